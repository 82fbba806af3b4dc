//! The clock that the program is given once, at start.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::london_day;

/// Where the time comes from: the system, or an instant that stands still until it is moved.
///
/// It has two sides. The wall ([`now`](Self::now)) says what time it is, and whoever sets the machine's clock can make it say
/// anything. The steady side ([`steady_ms`](Self::steady_ms)) says how much time really passed in this process, and nobody can
/// set it. Where the two part, the wall is not to be believed.
///
/// A clone is the same clock: moving one moves all. Instants are whole milliseconds since 1970 in UTC, as rows keep
/// them; anything finer is cut off.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    /// When a clock that runs began to; a fixed one has none.
    began: Option<Instant>,
    /// Milliseconds: the distance from the system's time, or for a fixed clock from 1970.
    shift_ms: AtomicI64,
    /// Milliseconds that passed by hand.
    passed_ms: AtomicI64,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(Some(instant()), 0)
    }

    /// A clock that stands at `at` until it is moved.
    pub fn fixed(at: Timestamp) -> Self {
        Self::new(None, at.as_millisecond())
    }

    fn new(began: Option<Instant>, shift_ms: i64) -> Self {
        Self(Arc::new(Hands { began, shift_ms: AtomicI64::new(shift_ms), passed_ms: AtomicI64::new(0) }))
    }

    /// The present instant. At either end of the calendar the clock stands still.
    pub fn now(&self) -> Timestamp {
        instant_at(self.now_ms())
    }

    /// The present civil day in Europe/London.
    pub fn today(&self) -> Date {
        london_day(self.now())
    }

    /// How much time passed since this clock was made, in milliseconds, whatever the wall says. It never goes back. A machine
    /// that sleeps may not count its sleep.
    pub fn steady_ms(&self) -> i64 {
        let ran = self.0.began.map_or(0, |began| ms(instant().saturating_duration_since(began)));
        ran.saturating_add(self.0.passed_ms.load(Ordering::SeqCst))
    }

    /// Makes `at` the present instant. Forwards, that much time has passed; backwards, only the wall is set. A system clock goes
    /// on running from there; a fixed clock stands there.
    pub fn move_to(&self, at: Timestamp) {
        let by_ms = at.as_millisecond().saturating_sub(self.now_ms());
        add(&self.0.passed_ms, by_ms.max(0));
        add(&self.0.shift_ms, by_ms);
    }

    /// Lets time pass: wall and steady side go on together.
    pub fn pass(&self, span: Duration) {
        // The steady side first: whoever looks in between sees a wall that is late, never one that gained.
        add(&self.0.passed_ms, ms(span));
        add(&self.0.shift_ms, ms(span));
    }

    /// Sets the wall forwards or backwards while no time passes, as somebody does who sets a machine's clock.
    pub fn jump(&self, span: SignedDuration) {
        let span_ms = i64::try_from(span.as_millis()).unwrap_or(if span.is_negative() { i64::MIN } else { i64::MAX });
        add(&self.0.shift_ms, span_ms);
    }

    fn now_ms(&self) -> i64 {
        let source_ms = if self.0.began.is_some() { system_ms() } else { 0 };
        source_ms.saturating_add(self.0.shift_ms.load(Ordering::SeqCst))
    }
}

/// Adds milliseconds; at either end of what can be counted, the count stands still.
fn add(count: &AtomicI64, by_ms: i64) {
    // Never refused: the closure always gives a number.
    let _ = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| Some(now.saturating_add(by_ms)));
}

/// At either end of the calendar its last instant.
fn instant_at(now_ms: i64) -> Timestamp {
    let end = if now_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(now_ms).unwrap_or(end)
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system clock; everyone else is given a Clock"
)]
fn system_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads how much time passed")]
fn instant() -> Instant {
    Instant::now()
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

    #[test]
    fn time_that_passes_moves_both_sides_and_a_jump_moves_the_wall_alone() {
        let clock = Clock::fixed(at("2026-11-23T12:00:00Z"));
        clock.pass(Duration::from_hours(1));
        assert_eq!((clock.now(), clock.steady_ms()), (at("2026-11-23T13:00:00Z"), 3_600_000));
        clock.jump(SignedDuration::from_hours(47));
        assert_eq!((clock.now(), clock.steady_ms()), (at("2026-11-25T12:00:00Z"), 3_600_000));
        clock.jump(SignedDuration::from_hours(-48));
        assert_eq!((clock.now(), clock.steady_ms()), (at("2026-11-23T12:00:00Z"), 3_600_000));
    }

    #[test]
    fn a_move_forwards_passes_time_and_a_move_backwards_does_not() {
        let clock = Clock::fixed(at("2026-11-23T12:00:00Z"));
        clock.move_to(at("2026-11-24T12:00:00Z"));
        assert_eq!(clock.steady_ms(), 86_400_000);
        clock.move_to(at("2026-11-23T12:00:00Z"));
        assert_eq!(clock.steady_ms(), 86_400_000);
    }

    #[test]
    fn the_steady_side_of_a_system_clock_runs_and_does_not_follow_the_wall() {
        let clock = Clock::system();
        let first = clock.steady_ms();
        clock.jump(SignedDuration::from_hours(400 * 24));
        let second = clock.steady_ms();
        assert!(first <= second && second < 3_600_000);
        clock.jump(SignedDuration::MAX);
        assert!(clock.now() <= Timestamp::MAX);
    }
}
