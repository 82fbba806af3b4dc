//! A limit for one process without addresses: so many at once, then so many a minute. It remembers two numbers.

use law::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// A token bucket.
pub(crate) struct Bucket {
    full: i64,
    drop_ms: i64,
    level: Mutex<Level>,
}

struct Level {
    left: i64,
    at: i64,
}

impl Bucket {
    /// A full one, for all requests of a router: thirty at once, and one more every two seconds.
    pub(crate) fn shared() -> Arc<Self> {
        Self::of(30, 2_000)
    }

    /// A full one that lets so many in at once, and one more after so many milliseconds.
    pub(crate) fn of(full: i64, drop_ms: i64) -> Arc<Self> {
        Arc::new(Self { full, drop_ms, level: Mutex::new(Level { left: full, at: i64::MIN }) })
    }

    /// Lets one more in, or says that there were too many.
    pub(crate) fn take(&self, now: Timestamp) -> bool {
        let now = now.as_millisecond();
        // Two numbers have no half-changed state, so a panic elsewhere does not spoil them.
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let drops = now.saturating_sub(level.at).max(0) / self.drop_ms;
        if drops > 0 {
            level.left = level.left.saturating_add(drops).min(self.full);
            level.at = now;
        }
        // A clock that was set back refills from there.
        level.at = level.at.min(now);
        let room = level.left > 0;
        level.left -= i64::from(room);
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("an instant")
    }

    fn let_in(bucket: &Bucket, ms: i64, tries: usize) -> usize {
        (0..tries).filter(|_| bucket.take(at(ms))).count()
    }

    #[test]
    fn a_full_bucket_lets_thirty_in_and_then_one_every_two_seconds() {
        let bucket = Bucket::shared();
        assert_eq!(let_in(&bucket, 0, 40), 30);
        assert_eq!(let_in(&bucket, 1_999, 5), 0);
        assert_eq!(let_in(&bucket, 2_000, 5), 1);
        assert_eq!(let_in(&bucket, 60_000, 100), 29);
        assert_eq!(let_in(&bucket, 10_000_000, 100), 30);
    }

    #[test]
    fn a_clock_set_back_stops_nobody_for_ever() {
        let bucket = Bucket::shared();
        assert_eq!(let_in(&bucket, 1_000_000, 30), 30);
        assert_eq!(let_in(&bucket, 0, 1), 0);
        assert_eq!(let_in(&bucket, 2_000, 1), 1);
    }
}
