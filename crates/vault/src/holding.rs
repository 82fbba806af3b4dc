//! The two keys of a holding: one for its content, one for its trail.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::bound::Bound;
use crate::key::{KEY_LEN, Key};
use crate::padding::{pad, unpad};
use crate::{Error, Result};

/// The keys of one version of one holding. They leave memory only wrapped, by [`EpochKey::wrap`](crate::EpochKey::wrap).
pub struct HoldingKeys {
    content: ContentKey,
    trail: TrailKey,
}

impl HoldingKeys {
    /// Fresh keys for a new holding.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> HoldingKeys {
        HoldingKeys { content: ContentKey(Key::generate(rng)), trail: TrailKey(Key::generate(rng)) }
    }

    /// Keys for the next version: a fresh content key, the same trail key. Once the old wrapped keys are overwritten, the old
    /// version opens nowhere.
    #[must_use]
    pub fn renew(&self, rng: &mut (impl CryptoRng + ?Sized)) -> HoldingKeys {
        HoldingKeys { content: ContentKey(Key::generate(rng)), trail: TrailKey(self.trail.0.copy()) }
    }

    /// The key of this version's record.
    pub fn content(&self) -> &ContentKey {
        &self.content
    }

    /// The key of the trail, which lives as long as the holding.
    pub fn trail(&self) -> &TrailKey {
        &self.trail
    }

    /// Content key ‖ trail key.
    pub(crate) fn write(&self) -> Zeroizing<[u8; 2 * KEY_LEN]> {
        let mut bytes = Zeroizing::new([0; 2 * KEY_LEN]);
        bytes[..KEY_LEN].copy_from_slice(self.content.0.bytes());
        bytes[KEY_LEN..].copy_from_slice(self.trail.0.bytes());
        bytes
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<HoldingKeys> {
        let keys =
            bytes.split_at_checked(KEY_LEN).and_then(|(content, trail)| Key::read(content).zip(Key::read(trail)));
        let Some((content, trail)) = keys else {
            return Err(Error::malformed("wrapped keys are not two keys"));
        };
        Ok(HoldingKeys { content: ContentKey(content), trail: TrailKey(trail) })
    }
}

/// Seals the record of one version of one holding.
pub struct ContentKey(Key);

impl ContentKey {
    /// Pads and seals a record, bound to person, holding, kind and version.
    pub fn seal(&self, plain: &[u8], bound: &Bound, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        self.0.seal(&pad(plain), &bound.content(), rng)
    }

    /// The record; [`Error::DoesNotOpen`] under any other key, person, holding, kind or version.
    pub fn open(&self, sealed: &[u8], bound: &Bound) -> Result<Zeroizing<Vec<u8>>> {
        unpad(&self.0.open(sealed, &bound.content(), "a holding")?)
    }
}

/// Seals the reveals of a holding's trail.
pub struct TrailKey(Key);

impl TrailKey {
    /// Pads and seals the `n`th reveal, bound to person, holding and `n`; the kind and version of `bound` are not read.
    pub fn seal(&self, n: u64, plain: &[u8], bound: &Bound, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        self.0.seal(&pad(plain), &bound.trail(n), rng)
    }

    /// The `n`th reveal; [`Error::DoesNotOpen`] under any other key, person, holding or count.
    pub fn open(&self, n: u64, sealed: &[u8], bound: &Bound) -> Result<Zeroizing<Vec<u8>>> {
        unpad(&self.0.open(sealed, &bound.trail(n), "a trail")?)
    }
}
