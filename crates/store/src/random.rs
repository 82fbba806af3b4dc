//! Randomness as a parameter: one generator, seeded once at start, from which every transaction draws its own.

use std::sync::{Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng, TryRngCore};

use crate::error::{Error, Result};

/// The generator of a store. Seeded the same, it gives transactions in the same order the same bytes.
pub(crate) struct Random(Mutex<ChaCha20Rng>);

impl Random {
    /// From the given seed, or from the operating system.
    pub(crate) fn new(seed: Option<[u8; 32]>) -> Result<Self> {
        let seed = seed.map_or_else(system_seed, Ok)?;
        Ok(Self(Mutex::new(ChaCha20Rng::from_seed(seed))))
    }

    /// A generator for one run of one transaction.
    pub(crate) fn draw(&self) -> ChaCha20Rng {
        let mut seed = [0; 32];
        // A generator has no broken state, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut seed);
        ChaCha20Rng::from_seed(seed)
    }
}

/// A generator for what happens without a database, such as replacing the root key; seeded by the operating system.
pub fn random() -> Result<ChaCha20Rng> {
    Ok(Random::new(None)?.draw())
}

fn system_seed() -> Result<[u8; 32]> {
    #[expect(clippy::disallowed_types, reason = "the one place where the program is given its randomness")]
    use rand_core::OsRng;

    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).map_err(|_| Error::Other("the operating system gave no randomness".to_owned()))?;
    Ok(seed)
}
