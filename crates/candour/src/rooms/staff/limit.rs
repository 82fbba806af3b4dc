//! How often anybody at all may try to sign in: thirty times a minute for the whole process. No address is kept.

use law::Timestamp;
use std::sync::{Mutex, PoisonError};

/// What one try costs, in milliseconds of waiting.
const TRY_MS: i64 = 2_000;
/// What can be saved up: thirty tries.
const FULL_MS: i64 = 30 * TRY_MS;

/// A token bucket on the program's clock.
pub(super) struct Bucket(Mutex<Level>);

struct Level {
    saved_ms: i64,
    at_ms: i64,
}

impl Default for Bucket {
    fn default() -> Self {
        Self(Mutex::new(Level { saved_ms: FULL_MS, at_ms: 0 }))
    }
}

impl Bucket {
    /// Takes one try out; false when none is left.
    pub(super) fn take(&self, now: Timestamp) -> bool {
        // Two numbers have no broken state.
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = now.as_millisecond();
        let waited_ms = now_ms.saturating_sub(level.at_ms).max(0);
        let saved_ms = level.saved_ms.saturating_add(waited_ms).min(FULL_MS);
        let enough = saved_ms >= TRY_MS;
        *level = Level { saved_ms: if enough { saved_ms - TRY_MS } else { saved_ms }, at_ms: now_ms };
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
    }

    #[test]
    fn thirty_tries_in_a_minute_and_then_one_every_two_seconds() {
        let bucket = Bucket::default();
        assert!((0..30).all(|_| bucket.take(at(0))));
        assert!(!bucket.take(at(0)));
        assert!(!bucket.take(at(1_999)));
        assert!(bucket.take(at(2_000)));
        assert!(!bucket.take(at(2_001)));
        assert!((0..30).all(|_| bucket.take(at(120_000))));
        assert!(!bucket.take(at(120_000)));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        let bucket = Bucket::default();
        assert!((0..29).all(|_| bucket.take(at(0))));
        assert!(bucket.take(at(-86_400_000)));
        assert!(!bucket.take(at(-86_400_000)));
        assert!(bucket.take(at(-86_398_000)));
    }
}
