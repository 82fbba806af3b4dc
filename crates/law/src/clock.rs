//! The clock that the program is given once, at start.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::london_day;

/// Where the time comes from: the system, or an instant that stands still until it is moved.
///
/// A clone is the same clock: moving one moves all. Instants are whole milliseconds since 1970 in UTC, as rows keep
/// them; anything finer is cut off.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    /// Whether the system's time is added to the shift.
    running: bool,
    /// Milliseconds: the distance from the system's time, or for a fixed clock from 1970.
    shift_ms: AtomicI64,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(true, 0)
    }

    /// A clock that stands at `at` until it is moved.
    pub fn fixed(at: Timestamp) -> Self {
        Self::new(false, at.as_millisecond())
    }

    fn new(running: bool, shift_ms: i64) -> Self {
        Self(Arc::new(Hands { running, shift_ms: AtomicI64::new(shift_ms) }))
    }

    /// The present instant. At either end of the calendar the clock stands still.
    pub fn now(&self) -> Timestamp {
        let shift_ms = self.0.shift_ms.load(Ordering::SeqCst);
        let now_ms = self.source_ms().saturating_add(shift_ms);
        let end = if now_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_millisecond(now_ms).unwrap_or(end)
    }

    /// The present civil day in Europe/London.
    pub fn today(&self) -> Date {
        london_day(self.now())
    }

    /// Makes `at` the present instant, forwards or backwards. A system clock goes on running from there; a fixed clock
    /// stands there.
    pub fn move_to(&self, at: Timestamp) {
        let shift_ms = at.as_millisecond() - self.source_ms();
        self.0.shift_ms.store(shift_ms, Ordering::SeqCst);
    }

    fn source_ms(&self) -> i64 {
        if self.0.running { system_ms() } else { 0 }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system clock; everyone else is given a Clock"
)]
fn system_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_fixed_clock_stands_still_until_it_is_moved() {
        let clock = Clock::fixed(at("2026-11-23T12:00:00Z"));
        assert_eq!(clock.now(), at("2026-11-23T12:00:00Z"));
        clock.move_to(at("2026-11-22T08:30:00Z"));
        assert_eq!(clock.now(), at("2026-11-22T08:30:00Z"));
    }

    #[test]
    fn a_clone_is_the_same_clock() {
        let clock = Clock::fixed(at("2026-11-23T12:00:00Z"));
        let other = clock.clone();
        other.move_to(at("2027-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn a_moved_system_clock_goes_on_running_from_there() {
        let clock = Clock::system();
        let there = at("2031-03-01T00:00:00Z");
        clock.move_to(there);
        let first = clock.now();
        let second = clock.now();
        assert!(there <= first && first <= second);
        assert!(second < at("2031-03-01T01:00:00Z"));
    }

    #[test]
    fn instants_are_whole_milliseconds() {
        let clock = Clock::fixed(at("2026-11-23T12:00:00.123456789Z"));
        assert_eq!(clock.now(), at("2026-11-23T12:00:00.123Z"));
    }

    #[test]
    fn today_turns_at_midnight_in_london_not_in_greenwich() {
        let clock = Clock::fixed(at("2026-06-30T22:59:59.999Z"));
        assert_eq!(clock.today(), jiff::civil::date(2026, 6, 30));
        clock.move_to(at("2026-06-30T23:00:00Z"));
        assert_eq!(clock.today(), jiff::civil::date(2026, 7, 1));
    }

    #[test]
    fn at_the_end_of_the_calendar_the_clock_stands_still() {
        let clock = Clock::fixed(Timestamp::MAX);
        clock.0.shift_ms.store(i64::MAX, Ordering::SeqCst);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.0.shift_ms.store(i64::MIN, Ordering::SeqCst);
        assert_eq!(clock.now(), Timestamp::MIN);
    }
}
