//! Parameters and rows, without the driver's types.

use law::{Date, Timestamp};

use crate::error::{Error, Result};

/// A value bound to a statement or read from a row. It has no `Debug`: it may be sealed or linked data.
#[derive(Clone, PartialEq, Eq)]
pub enum Val {
    /// Nothing.
    Null,
    /// A count, or an instant in milliseconds since 1970 in UTC.
    Int(i64),
    /// Text; a civil day is ISO text (`2026-11-23`).
    Text(String),
    /// Bytes: an id, a digest, a sealed record.
    Bytes(Vec<u8>),
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Val {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u64> for Val {
    /// Counts beyond `i64::MAX` do not occur; one would be stored as `i64::MAX`.
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Val {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&[u8]> for Val {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Vec<u8>> for Val {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<const N: usize> From<[u8; N]> for Val {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Val {
    fn from(value: &[u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Date> for Val {
    fn from(value: Date) -> Self {
        Self::Text(law::iso(value))
    }
}

impl From<Timestamp> for Val {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_millisecond())
    }
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a column of a row converts to. A value that does not convert is [`Error::Nonsense`].
pub trait FromVal: Sized {
    /// Converts, or says what was expected.
    fn from_val(value: &Val) -> Result<Self>;
}

impl FromVal for i64 {
    fn from_val(value: &Val) -> Result<Self> {
        match value {
            Val::Int(value) => Ok(*value),
            _ => Err(Error::Nonsense("a number was expected")),
        }
    }
}

impl FromVal for u64 {
    fn from_val(value: &Val) -> Result<Self> {
        let value = i64::from_val(value)?;
        Self::try_from(value).map_err(|_| Error::Nonsense("a count is negative"))
    }
}

impl FromVal for u32 {
    fn from_val(value: &Val) -> Result<Self> {
        let value = i64::from_val(value)?;
        Self::try_from(value).map_err(|_| Error::Nonsense("a count is negative or too large"))
    }
}

impl FromVal for bool {
    fn from_val(value: &Val) -> Result<Self> {
        match i64::from_val(value)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::Nonsense("a yes or no was expected")),
        }
    }
}

impl FromVal for String {
    fn from_val(value: &Val) -> Result<Self> {
        match value {
            Val::Text(value) => Ok(value.clone()),
            _ => Err(Error::Nonsense("text was expected")),
        }
    }
}

impl FromVal for Vec<u8> {
    fn from_val(value: &Val) -> Result<Self> {
        match value {
            Val::Bytes(value) => Ok(value.clone()),
            _ => Err(Error::Nonsense("bytes were expected")),
        }
    }
}

impl<const N: usize> FromVal for [u8; N] {
    fn from_val(value: &Val) -> Result<Self> {
        let Val::Bytes(value) = value else {
            return Err(Error::Nonsense("bytes were expected"));
        };
        Self::try_from(value.as_slice()).map_err(|_| Error::Nonsense("bytes have another length than expected"))
    }
}

impl FromVal for Date {
    fn from_val(value: &Val) -> Result<Self> {
        law::parse_iso(&String::from_val(value)?).ok_or(Error::Nonsense("a civil day was expected"))
    }
}

impl FromVal for Timestamp {
    fn from_val(value: &Val) -> Result<Self> {
        Self::from_millisecond(i64::from_val(value)?).map_err(|_| Error::Nonsense("an instant is out of range"))
    }
}

impl FromVal for Val {
    fn from_val(value: &Val) -> Result<Self> {
        Ok(value.clone())
    }
}

impl<T: FromVal> FromVal for Option<T> {
    fn from_val(value: &Val) -> Result<Self> {
        match value {
            Val::Null => Ok(None),
            value => T::from_val(value).map(Some),
        }
    }
}

/// One row of an answer. It has no `Debug`: it may hold sealed or linked data.
#[derive(Clone, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Val>);

impl Row {
    /// The value of the column at place `i`, counted from zero in the order of the statement.
    pub fn get<T: FromVal>(&self, i: usize) -> Result<T> {
        let value = self.0.get(i).ok_or(Error::Nonsense("a column was expected that the statement does not name"))?;
        T::from_val(value)
    }
}
