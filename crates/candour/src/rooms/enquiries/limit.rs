//! How many enquiries are taken: nobody can make us write to a stranger again and again, or fill the queue before others.
//!
//! Addresses are counted under a keyed hash whose key is drawn anew each day; key and counts stand in memory only.

use crate::web::bucket::Bucket;
use custody::Ground;
use law::{Date, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many enquiries of one address are taken a day.
const A_DAY: usize = 5;

/// How many of all may come at once, and after how many milliseconds one more.
const ALL: (i64, i64) = (300, 1_000);

/// What an enquiry meets.
pub(super) struct Limit {
    all: Arc<Bucket>,
    today: Mutex<Option<Today>>,
}

struct Today {
    day: Date,
    key: [u8; 32],
    counted: HashMap<[u8; 32], HashSet<Ground>>,
}

impl Limit {
    /// One for a router.
    pub(super) fn shared() -> Arc<Self> {
        Arc::new(Self { all: Bucket::of(ALL.0, ALL.1), today: Mutex::new(None) })
    }

    /// Whether any enquiry can be taken now.
    pub(super) fn room(&self, now: Timestamp) -> bool {
        self.all.take(now)
    }

    /// Whether an address may send one more today. The same enquiry again is not one more.
    pub(super) fn admits(&self, email: &str, ground: Ground, now: Timestamp, key: [u8; 32]) -> bool {
        let day = law::london_day(now);
        // Counts have no half-changed state, so a panic elsewhere does not spoil them.
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.as_ref().is_none_or(|today| today.day != day) {
            *today = Some(Today { day, key, counted: HashMap::new() });
        }
        let Some(today) = today.as_mut() else { return false };
        let address = vault::hmac_sha256(&today.key, email.trim().to_lowercase().as_bytes());
        let grounds = today.counted.entry(address).or_default();
        grounds.contains(&ground) || (grounds.len() < A_DAY && grounds.insert(ground))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn five_enquiries_of_one_address_are_taken_a_day_and_others_are_not_touched() {
        let limit = Limit::shared();
        let now = at("2026-11-23T09:00:00Z");
        for n in 0..5 {
            assert!(limit.admits("priya@oakfield.example", Ground([n; 16]), now, [1; 32]));
        }
        assert!(!limit.admits(" Priya@Oakfield.example", Ground([5; 16]), now, [1; 32]));
        assert!(limit.admits("priya@oakfield.example", Ground([4; 16]), now, [1; 32]), "the same one again");
        assert!(limit.admits("mary@oakfield.example", Ground([6; 16]), now, [1; 32]));
        assert!(limit.admits("priya@oakfield.example", Ground([7; 16]), at("2026-11-24T09:00:00Z"), [2; 32]));
    }
}
