//! Which records are met: all alike, or few of them often, as the load generator YCSB draws them.

use super::super::ids::below;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

/// How much more often the first is met than the rest.
const THETA: f64 = 0.99;

/// A generator of numbers below an end.
pub(super) enum Keys {
    /// All alike.
    Uniform(u64),
    /// By Zipf's law, scrambled, so that those that are met often do not lie side by side.
    Zipf(Zipf),
}

impl Keys {
    pub(super) fn draw(&self, random: &mut ChaCha20Rng) -> u64 {
        match self {
            Self::Uniform(end) => below(random, *end) as u64,
            Self::Zipf(zipf) => zipf.draw(random),
        }
    }
}

/// Gray and others, "Quickly generating billion-record synthetic databases" (SIGMOD 1994), as YCSB has it.
pub(super) struct Zipf {
    end: u64,
    zeta: f64,
    eta: f64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ranks are far below 2^52"
)]
impl Zipf {
    pub(super) fn new(end: u64) -> Self {
        let zeta_of = |n: u64| (1..=n).map(|rank| (rank as f64).powf(-THETA)).sum::<f64>();
        let zeta = zeta_of(end);
        let eta = (1.0 - (2.0 / end as f64).powf(1.0 - THETA)) / (1.0 - zeta_of(2) / zeta);
        Self { end, zeta, eta }
    }

    fn draw(&self, random: &mut ChaCha20Rng) -> u64 {
        let u = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let uz = u * self.zeta;
        let rank = if uz < 1.0 {
            0
        } else if uz < 1.0 + 0.5f64.powf(THETA) {
            1
        } else {
            (self.end as f64 * (self.eta * u - self.eta + 1.0).powf(1.0 / (1.0 - THETA))) as u64
        };
        scrambled(rank.min(self.end - 1)) % self.end
    }
}

/// FNV-1a over the eight bytes of a rank.
fn scrambled(rank: u64) -> u64 {
    rank.to_le_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn by_zipf_few_are_met_often_and_none_lies_outside() {
        let (keys, mut random) = (Keys::Zipf(Zipf::new(1_000)), ChaCha20Rng::from_seed([7; 32]));
        let mut met = vec![0u32; 1_000];
        for _ in 0..20_000 {
            met[usize::try_from(keys.draw(&mut random)).expect("small")] += 1;
        }
        met.sort_unstable_by(|a, b| b.cmp(a));
        // The first of a thousand has about 13 % at θ = 0.99.
        assert!((2_000..3_400).contains(&met[0]), "{}", met[0]);
        assert!(met[..10].iter().sum::<u32>() > 6_000);
    }
}
