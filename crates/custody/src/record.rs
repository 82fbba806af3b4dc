//! The record of a holding: its sealed fields as one deterministic text, in the order of their ids.

use crate::{Error, Result};
use std::collections::BTreeMap;
use zeroize::{Zeroize, Zeroizing};

/// The sealed fields of a holding. Wiped when dropped; has no `Debug`, so it cannot slip into a log.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Record(BTreeMap<String, String>);

impl Record {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more value. An empty value is no value.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<String>) -> Self {
        self.set(field, value);
        self
    }

    /// Sets a value, or removes it when empty.
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        let value = value.into();
        let old = if value.is_empty() { self.0.remove(field) } else { self.0.insert(field.to_owned(), value) };
        if let Some(mut old) = old {
            old.zeroize();
        }
    }

    /// The value of a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Field ids and values, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value.as_str()))
    }

    /// Keeps only the named fields.
    pub(crate) fn keep_only(&mut self, fields: &[String]) {
        let gone: Vec<String> = self.0.keys().filter(|field| !fields.contains(field)).cloned().collect();
        for field in gone {
            self.set(&field, "");
        }
    }

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(&self.0).map(Zeroizing::new).map_err(|_| Error::Nonsense("a record cannot be written"))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map(Self).map_err(|_| Error::Nonsense("an opened record cannot be read"))
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        for value in self.0.values_mut() {
            value.zeroize();
        }
    }
}
