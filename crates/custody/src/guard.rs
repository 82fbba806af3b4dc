//! The guard on destruction: nothing is destroyed on a clock that contradicts what was seen.
//!
//! While the program runs it writes high-water marks of its clock, and it knows how much time really passed. The clock is
//! believed unless it
//!
//! - stands more than 48 hours beyond the last mark: it jumped, or the program was away so long;
//! - gained, in this process, more than an hour over the time that passed, be it at once or bit by bit;
//! - stands more than an hour behind the last mark;
//! - moved on too much while nobody saw it: sixteen hours a day are free, as of a machine that is off at night, and what goes
//!   beyond them adds up over the last seven witnessed days to more than 48 hours, however often the program was stopped.
//!
//! Then destruction waits until a person types today's date, or the clock is set right again. What is due stays closed
//! meanwhile, and no event is dated before the last mark: a clock that goes back opens nothing and makes nothing due early.
//!
//! A date may be confirmed carelessly. Where it lies more than a week after the last witnessed day, what falls due later than a
//! week after that day waits until the confirmation is a week old: see [`Witnessed::lets_go`].

use crate::forecast::STOOD_DAYS;
use crate::{Actor, Custody, Error, Result, rows};
use jiff::Span;
use law::{Clock, Date, Timestamp};
use ledger::{Effect, Outcome};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Tx;

/// How far a clock may be off in an honest house: an hour.
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// The longest unwitnessed time: 48 hours.
const GAP_MS: i64 = 48 * HOUR_MS;

/// How much of a day may pass unseen and counts for nothing: a night's sixteen hours.
const NIGHT_MS: i64 = 16 * HOUR_MS;

/// Over how many witnessed days the unseen time adds up.
const WEEK: usize = 7;

/// Whether destruction may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Time is witnessed.
    Open,
    /// The clock contradicts what was seen.
    Stopped {
        /// The last witnessed instant; where the clock gained on the time that passed, what it would say without.
        last: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
}

/// Proof that the guard was found open, with the civil day on which it was: whatever destroys demands it, and decides by its
/// day, so that a clock which jumps meanwhile decides nothing.
pub(crate) struct Witnessed {
    day: Date,
    jumps: Vec<Jump>,
    /// Since a copy was restored: the day before which nothing is destroyed by schedule.
    spared_until: Option<Date>,
}

/// A jump that somebody confirmed within the last week.
#[derive(Clone, Copy)]
struct Jump {
    /// The last witnessed day before it.
    from: Date,
    /// The confirmed day.
    to: Date,
}

impl Witnessed {
    /// The witnessed day.
    pub(crate) fn day(&self) -> Date {
        self.day
    }

    /// The same proof, for a transaction that outlives the borrow.
    pub(crate) fn again(&self) -> Self {
        Self { jumps: self.jumps.clone(), ..*self }
    }

    /// Whether only what people asked for is destroyed: after a copy was restored, what happened since it was made is not known,
    /// and may have moved a clock.
    pub(crate) fn spares(&self) -> bool {
        self.spared_until.is_some_and(|until| self.day < until)
    }

    /// Whether something that fell due on a day may go. For a week after a jump of more than a week was confirmed, only what
    /// was due within a week of the last witnessed day may: a wrong date that was confirmed takes no more than that, and it can
    /// be seen before it takes the rest. What was taken since the confirmation knows only the confirmed time.
    pub(crate) fn lets_go(&self, due_on: Option<Date>, taken_on: Date) -> bool {
        let lets = |jump: &Jump| taken_on >= jump.to || due_on.is_some_and(|day| day <= week_after(jump.from));
        self.jumps.iter().all(lets)
    }
}

fn week_after(day: Date) -> Date {
    day.saturating_add(Span::new().days(STOOD_DAYS))
}

/// What this process knows of the time beside the marks in the database.
pub(crate) struct Watch(Mutex<Seen>);

struct Seen {
    /// The wall and the steady side from which gains are counted: at the start, or when the date was last confirmed.
    wall_ms: i64,
    steady_ms: i64,
    /// The steady side when somebody last looked.
    looked_ms: i64,
    /// How many confirmations are known.
    confirmations: i64,
    /// The newest mark.
    mark_ms: Option<i64>,
    /// The steady side at the newest mark of this process, or at its start.
    marked_ms: i64,
}

/// A look at the clock: what it said, on the steady side when, and what went unseen since the last mark.
struct Look {
    guard: Guard,
    steady_ms: i64,
    unseen_ms: i64,
}

impl Watch {
    pub(crate) fn new(clock: &Clock) -> Self {
        let (wall_ms, steady_ms) = (clock.now().as_millisecond(), clock.steady_ms());
        let (looked_ms, marked_ms) = (steady_ms, steady_ms);
        Self(Mutex::new(Seen { wall_ms, steady_ms, looked_ms, confirmations: 0, mark_ms: None, marked_ms }))
    }

    /// Six numbers are whole whatever panicked beside them.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Judges a clock that says `now_ms` when `steady_ms` have passed; gives the instant that it contradicts.
    fn contradicted(&self, now_ms: i64, steady_ms: i64) -> Option<i64> {
        let expected_ms = self.wall_ms + (steady_ms - self.steady_ms);
        let mark_ms = self.mark_ms.unwrap_or(now_ms);
        if now_ms - mark_ms > GAP_MS || mark_ms - now_ms > HOUR_MS {
            Some(mark_ms)
        } else if now_ms - expected_ms > HOUR_MS {
            Some(expected_ms)
        } else {
            None
        }
    }

    /// How much of the time since the last mark this process did not see pass.
    fn unseen(&self, now_ms: i64, steady_ms: i64) -> i64 {
        let since_ms = now_ms - self.mark_ms.unwrap_or(now_ms);
        (since_ms - (steady_ms - self.marked_ms)).max(0)
    }
}

/// What of each day's unseen time goes beyond a night, added up.
fn beyond_nights(days: impl IntoIterator<Item = i64>) -> i64 {
    days.into_iter().map(|unseen_ms| (unseen_ms - NIGHT_MS).max(0)).sum()
}

impl Custody {
    /// At start: the confirmations that were given before count no more than the marks.
    pub(crate) fn begin_watch(&self) -> Result<()> {
        let (known, mark_ms) =
            self.store().read_blocking("begin_watch", |tx| Ok::<_, Error>((last_confirmation(tx)?, last_mark(tx)?)))?;
        let mut seen = self.watch().seen();
        (seen.confirmations, seen.mark_ms) = (known.map_or(0, |(n, _)| n), mark_ms);
        Ok(())
    }

    /// Looks at the clock, and witnesses it unless it contradicts what was seen.
    pub fn witness(&self) -> Result<Guard> {
        let custody = self.clone();
        let (guard, now_ms, steady_ms) = self.store().write_blocking("witness", move |tx| {
            let Look { guard, steady_ms, unseen_ms } = custody.look_closely(tx)?;
            if guard == Guard::Open {
                mark(tx, "running", unseen_ms)?;
            }
            Ok::<_, Error>((guard, tx.now().as_millisecond(), steady_ms))
        })?;
        if guard == Guard::Open {
            let mut seen = self.watch().seen();
            if seen.mark_ms.is_none_or(|mark_ms| mark_ms < now_ms) {
                (seen.mark_ms, seen.marked_ms) = (Some(now_ms), steady_ms);
            }
        }
        Ok(guard)
    }

    /// Looks without writing.
    pub fn guard(&self) -> Result<Guard> {
        let custody = self.clone();
        self.store().read_blocking("guard", move |tx| custody.look(tx))
    }

    /// Proof that destruction may run now.
    pub(crate) fn witnessed(&self) -> Result<Option<Witnessed>> {
        let custody = self.clone();
        self.store().read_blocking("witnessed", move |tx| {
            let day = tx.today();
            if custody.look(tx)? != Guard::Open {
                return Ok(None);
            }
            let jumps = confirmed_jumps(tx, day)?;
            let spared_until = tx.one(&rows::SPARED_UNTIL, &[])?.get(0)?;
            Ok(Some(Witnessed { day, jumps, spared_until }))
        })
    }

    /// A person confirms today's date by typing it. [`Error::NotToday`] when the clock says another: then the clock is to be
    /// mended first. Marks that the confirmed date disproves are forgotten.
    pub fn confirm_clock(&self, typed: Date) -> Result<()> {
        self.confirm(typed, None)
    }

    /// The same by a member of staff on a page: the evidence has them as its actor.
    pub fn confirm_clock_by(&self, typed: Date, actor: &Actor) -> Result<()> {
        self.confirm(typed, Some(actor.clone()))
    }

    fn confirm(&self, typed: Date, actor: Option<Actor>) -> Result<()> {
        let custody = self.clone();
        let (n, wall_ms) = self.write_blocking("confirm_clock", move |tx| {
            let (today, now) = (tx.today(), tx.now());
            if typed != today {
                return Err(Error::NotToday(today));
            }
            let witnessed_on = last_mark(tx)?.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(law::london_day);
            tx.execute(&rows::DELETE_LATER_MARKS, &[now.into()])?;
            tx.execute(&rows::SETTLE_UNSEEN, &[now.into()])?;
            mark(tx, "confirmed", 0)?;
            let n = last_confirmation(tx)?.map_or(0, |(n, _)| n) + 1;
            tx.execute(&rows::INSERT_CONFIRMATION, &[n.into(), now.into(), today.into(), witnessed_on.into()])?;
            match &actor {
                Some(actor) => custody.leave_staff(tx, Effect::ClockConfirmed, 1, actor)?,
                None => custody.leave_system(tx, Effect::ClockConfirmed, Outcome::Done, Vec::new(), 1)?,
            }
            Ok((n, now.as_millisecond()))
        })?;
        let steady_ms = self.store().clock().steady_ms();
        let (looked_ms, marked_ms) = (steady_ms, steady_ms);
        *self.watch().seen() =
            Seen { wall_ms, steady_ms, looked_ms, confirmations: n, mark_ms: Some(wall_ms), marked_ms };
        Ok(())
    }

    /// The instant up to which this service has seen time pass: what a demonstration goes on from.
    pub fn last_mark(&self) -> Result<Option<Timestamp>> {
        let mark_ms = self.store().read_blocking("last_mark", last_mark)?;
        Ok(mark_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    }

    /// The civil day by which custody closes, dates events and records: today, and never before the last witnessed day.
    pub(crate) fn day(&self, tx: &Tx<'_>) -> Date {
        let mark = self.watch().seen().mark_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        mark.map_or(tx.today(), |mark| law::london_day(mark).max(tx.today()))
    }

    pub(crate) fn look(&self, tx: &mut Tx<'_>) -> Result<Guard> {
        Ok(self.look_closely(tx)?.guard)
    }

    fn look_closely(&self, tx: &mut Tx<'_>) -> Result<Look> {
        let (now, steady_ms) = (tx.now(), self.store().clock().steady_ms());
        let (confirmed, mark_ms, today) = (last_confirmation(tx)?, last_mark(tx)?, tx.today());
        let days = unseen_days(tx)?;
        let mut seen = self.watch().seen();
        seen.mark_ms = mark_ms;
        if let Some((n, at_ms)) = confirmed.filter(|(n, _)| *n > seen.confirmations) {
            // Somebody confirmed the date after the last look, perhaps in another process: gains count from there.
            (seen.confirmations, seen.wall_ms, seen.steady_ms) = (n, at_ms, seen.looked_ms);
            seen.marked_ms = seen.looked_ms;
        }
        seen.looked_ms = steady_ms;
        let unseen_ms = seen.unseen(now.as_millisecond(), steady_ms);
        let too_much = beyond_nights(with_today(days, today, unseen_ms)) > GAP_MS;
        let contradicted = seen.contradicted(now.as_millisecond(), steady_ms);
        let guard = match contradicted.or(mark_ms.filter(|_| too_much)) {
            None => Guard::Open,
            Some(last_ms) => Guard::Stopped { last: Timestamp::from_millisecond(last_ms).unwrap_or(now), now },
        };
        Ok(Look { guard, steady_ms, unseen_ms })
    }
}

fn last_mark(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    Ok(tx.one(&rows::LAST_MARK, &[])?.get(0)?)
}

/// The count and the instant of the last confirmation.
fn last_confirmation(tx: &mut Tx<'_>) -> Result<Option<(i64, i64)>> {
    let row = tx.optional(&rows::LAST_CONFIRMATION, &[])?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The jumps of more than a week that were confirmed within the week before a day.
fn confirmed_jumps(tx: &mut Tx<'_>, day: Date) -> Result<Vec<Jump>> {
    let week_ago = day.saturating_sub(Span::new().days(STOOD_DAYS));
    let rows = tx.all(&rows::LIST_CONFIRMED, &[week_ago.into()])?;
    let jumps = rows.iter().map(|row| Ok(Jump { from: row.get(0)?, to: row.get(1)? }));
    let jumps = jumps.collect::<Result<Vec<_>>>()?;
    Ok(jumps.into_iter().filter(|jump| jump.to > week_after(jump.from)).collect())
}

/// The last witnessed days, newest first, with what of each went unseen.
fn unseen_days(tx: &mut Tx<'_>) -> Result<Vec<(Date, i64)>> {
    let days = i64::try_from(WEEK).unwrap_or(i64::MAX);
    let rows = tx.all(&rows::LIST_UNSEEN, &[days.into()])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The same as they will be once today is witnessed, with what went unseen since the last mark.
fn with_today(mut days: Vec<(Date, i64)>, today: Date, unseen_ms: i64) -> impl Iterator<Item = i64> {
    match days.iter_mut().find(|(day, _)| *day == today) {
        Some((_, sum_ms)) => *sum_ms += unseen_ms,
        None => days.insert(0, (today, unseen_ms)),
    }
    days.into_iter().take(WEEK).map(|(_, unseen_ms)| unseen_ms)
}

fn mark(tx: &mut Tx<'_>, kind: &str, unseen_ms: i64) -> Result<()> {
    let (day, now) = (tx.today(), tx.now());
    tx.execute(&rows::UPSERT_MARK, &[day.into(), now.into(), kind.into(), unseen_ms.into()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Started at noon, with a mark at noon.
    fn seen() -> Seen {
        Seen { wall_ms: 0, steady_ms: 0, looked_ms: 0, confirmations: 0, mark_ms: Some(0), marked_ms: 0 }
    }

    proptest! {
        #[test]
        fn a_clock_within_an_hour_of_the_time_that_passed_never_stops(passed in 0..GAP_MS - HOUR_MS, off in -HOUR_MS..=HOUR_MS) {
            prop_assert_eq!(seen().contradicted(passed + off, passed), None);
        }

        #[test]
        fn a_clock_that_gains_more_than_an_hour_stops_however_it_gains_it(passed in 0..GAP_MS, gain in HOUR_MS + 1..400 * 24 * HOUR_MS) {
            prop_assert!(seen().contradicted(passed + gain, passed).is_some());
        }

        #[test]
        fn a_clock_more_than_an_hour_behind_the_last_mark_stops(passed in 0..GAP_MS, behind in HOUR_MS + 1..400 * 24 * HOUR_MS) {
            prop_assert_eq!(seen().contradicted(-behind, passed), Some(0));
        }
    }

    #[test]
    fn what_is_unseen_is_what_neither_mark_nor_steady_side_explains() {
        let started = Seen { steady_ms: HOUR_MS, marked_ms: HOUR_MS, ..seen() };
        assert_eq!(started.unseen(20 * HOUR_MS, HOUR_MS), 20 * HOUR_MS);
        assert_eq!(started.unseen(20 * HOUR_MS, 16 * HOUR_MS), 5 * HOUR_MS);
        assert_eq!(started.unseen(-HOUR_MS, 2 * HOUR_MS), 0);
    }

    #[test]
    fn nights_count_for_nothing_and_what_goes_beyond_them_adds_up_over_seven_days() {
        let day = |n: i64| law::parse_iso("2026-11-23").unwrap().saturating_add(Span::new().days(n));
        let nights: Vec<(Date, i64)> = (0..7).rev().map(|n| (day(n), NIGHT_MS)).collect();
        assert_eq!(beyond_nights(with_today(nights.clone(), day(7), NIGHT_MS)), 0);
        assert_eq!(beyond_nights(with_today(nights, day(6), 3 * HOUR_MS)), 3 * HOUR_MS);
        let mut days: Vec<(Date, i64)> = (0..7).rev().map(|n| (day(n), 0)).collect();
        days[6].1 = 40 * HOUR_MS;
        assert_eq!(beyond_nights(with_today(days.clone(), day(6), 0)), 24 * HOUR_MS);
        assert_eq!(beyond_nights(with_today(days, day(7), 0)), 0, "a week later it is forgotten");
    }

    #[test]
    fn a_program_that_was_away_for_more_than_two_days_stops_and_for_less_does_not() {
        // Started now, with a mark of long ago.
        let away = |ms: i64| Seen { mark_ms: Some(-ms), ..seen() };
        assert_eq!(away(GAP_MS).contradicted(0, 0), None);
        assert_eq!(away(GAP_MS + 1).contradicted(0, 0), Some(-GAP_MS - 1));
    }
}
