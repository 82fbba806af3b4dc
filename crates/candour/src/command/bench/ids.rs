//! Who is who: every id is derived from the seed and a number, so that the model in memory needs none, and a run can be repeated.

use custody::{Ground, HoldingId, PersonId};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// The ids of a run.
#[derive(Clone, Copy)]
pub(super) struct Ids(pub u64);

impl Ids {
    /// The person of a number among the people of this name.
    pub(super) fn person(self, of: &str, n: u64) -> PersonId {
        PersonId(self.derive("person", of, n))
    }

    /// The ground of a number.
    pub(super) fn ground(self, of: &str, n: u64) -> Ground {
        Ground(self.derive("ground", of, n))
    }

    /// The holding of a number.
    pub(super) fn holding(self, of: &str, n: u64) -> HoldingId {
        HoldingId(self.derive("holding", of, n))
    }

    /// A generator of this name.
    pub(super) fn generator(self, of: &str, n: u64) -> ChaCha20Rng {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&self.derive("generator", of, n));
        ChaCha20Rng::from_seed(seed)
    }

    /// The numbers below `n` in an order of their own.
    pub(super) fn shuffled(self, of: &str, n: u64) -> Vec<u64> {
        let (mut numbers, mut random) = ((0..n).collect::<Vec<_>>(), self.generator(of, n));
        for i in (1..numbers.len()).rev() {
            numbers.swap(i, below(&mut random, i as u64 + 1));
        }
        numbers
    }

    fn derive(self, sort: &str, of: &str, n: u64) -> [u8; 16] {
        let digest = vault::sha256(format!("{} {sort} {of} {n}", self.0).as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        id
    }
}

/// A number below another, which is not zero. The bias of a modulus below 2⁴⁰ is nothing that a measurement could show.
pub(super) fn below(random: &mut ChaCha20Rng, n: u64) -> usize {
    usize::try_from(random.next_u64() % n.max(1)).unwrap_or(usize::MAX)
}
