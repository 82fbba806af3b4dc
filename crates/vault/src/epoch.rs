//! The key of an epoch: a civil day of the keyring.

use jiff::civil::Date;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::bound::Bound;
use crate::hash::hmac_sha256;
use crate::holding::HoldingKeys;
use crate::key::{Associated, Key};
use crate::padding::{pad, unpad};
use crate::{Result, hex};

/// The key of one civil day. It seals nothing itself: wraps and notes have sub-keys of their own, and die with it.
pub struct EpochKey {
    day: Date,
    key: Key,
    wrap: Key,
}

impl EpochKey {
    #[cfg(test)]
    pub(crate) fn generate(day: Date, rng: &mut (impl CryptoRng + ?Sized)) -> EpochKey {
        EpochKey::new(day, Key::generate(rng))
    }

    pub(crate) fn new(day: Date, key: Key) -> EpochKey {
        let wrap = expand(&key, "wrap", "");
        EpochKey { day, key, wrap }
    }

    /// The civil day that names this key.
    pub fn day(&self) -> Date {
        self.day
    }

    /// Wraps the keys of a holding, bound to person, holding and epoch; the kind and version of `bound` are not read.
    pub fn wrap(&self, keys: &HoldingKeys, bound: &Bound, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        self.wrap.seal(keys.write().as_slice(), &bound.wrap(self.day), rng)
    }

    /// The keys of a holding; [`Error::DoesNotOpen`](crate::Error::DoesNotOpen) under any other epoch, person or holding.
    pub fn unwrap(&self, wrapped: &[u8], bound: &Bound) -> Result<HoldingKeys> {
        let plain = self.wrap.open(wrapped, &bound.wrap(self.day), "a wrapped key")?;
        HoldingKeys::read(&plain)
    }

    /// Pads and seals something short-lived that travels outside the database, such as a form between two pages. `label` says
    /// what it is: each label has a key of its own.
    pub fn seal_note(&self, label: &str, plain: &[u8], rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        expand(&self.key, "note", label).seal(&pad(plain), &self.note_associated(label), rng)
    }

    /// The note; [`Error::DoesNotOpen`](crate::Error::DoesNotOpen) under any other epoch or label.
    pub fn open_note(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let key = expand(&self.key, "note", label);
        unpad(&key.open(sealed, &self.note_associated(label), "a note")?)
    }

    /// The key of one copy of the data, which has a random id of its own.
    pub(crate) fn copy_key(&self, id: &[u8; 32]) -> Key {
        expand(&self.key, "copy", &hex::write(id))
    }

    /// This key under another day's name.
    #[cfg(test)]
    pub(crate) fn renamed(&self, day: Date) -> EpochKey {
        EpochKey::new(day, self.key.copy())
    }

    fn note_associated(&self, label: &str) -> Associated {
        Associated::new("note").part(self.day.to_string().as_bytes()).part(label.as_bytes())
    }
}

/// HKDF-Expand to one block (RFC 5869, section 2.3). No extract step: an epoch key is uniformly random already. No use contains a
/// slash, so use and label stay apart.
fn expand(key: &Key, used: &str, label: &str) -> Key {
    let info = format!("candour/{used}/{label}\u{1}");
    let block = Zeroizing::new(hmac_sha256(key.bytes(), info.as_bytes()));
    Key::read(block.as_slice()).expect("a block of HMAC-SHA256 is as long as a key")
}
