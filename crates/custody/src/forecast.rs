//! The forecast: what falls due within thirty days, and since when that is known.
//!
//! Nothing is destroyed by its day alone: it must have stood here for seven days, so that people could be warned and a mistake
//! could be seen. One function stores a holding's due day, and it keeps the forecast in step; a notice that was published and
//! is not yet in force is looked at too, so what it will make due stands here from its publishing on.

use crate::guard::Witnessed;
use crate::permit::clocks;
use crate::retention::{CHUNK, Cursor, START, record};
use crate::{Custody, Error, Ground, HoldingId, PersonId, Published, Result, Terms, rows};
use jiff::Span;
use law::Date;
use ledger::{Effect, Outcome};
use notice::{Digest, Notice};
use store::{Row, Tx};

/// How far ahead the forecast looks.
pub(crate) const HORIZON_DAYS: i64 = 30;

/// How long something must have stood in the forecast before its forecast lets it be destroyed.
pub(crate) const STOOD_DAYS: i64 = 7;

/// The run that records what enters the horizon.
const JOB: &str = "forecast";

/// What was recorded of a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forecast {
    /// The day it falls due.
    pub due_on: Date,
    /// Since when no earlier day was known.
    pub recorded_on: Date,
}

/// When a holding falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// Under its terms as they are.
    pub now: Option<Date>,
    /// The same or earlier: under a notice to come as well.
    pub ahead: Option<Date>,
}

/// A holding's stored day and forecast, as the first columns after its id have them.
struct Stored {
    holding: HoldingId,
    kind: String,
    taken: Digest,
    due_on: Option<String>,
    forecast: Option<Forecast>,
}

impl Forecast {
    /// Reads the two columns, which are empty together.
    pub(crate) fn read(row: &Row, at: usize) -> Result<Option<Self>> {
        let (due_on, recorded_on) = (row.get::<Option<Date>>(at)?, row.get::<Option<Date>>(at + 1)?);
        Ok(due_on.zip(recorded_on).map(|(due_on, recorded_on)| Self { due_on, recorded_on }))
    }

    /// What is to be recorded today of a holding that falls due on `due_on`: nothing beyond the horizon; an earlier day than was
    /// known counts from today; a later one as long as it is within the horizon. A record from a later day was made by a
    /// clock that had jumped, and says nothing.
    fn next(old: Option<Self>, due_on: Option<Date>, today: Date) -> Option<Self> {
        let due_on = due_on.filter(|day| *day <= today.saturating_add(Span::new().days(HORIZON_DAYS)))?;
        let stood = old.filter(|old| old.due_on <= due_on && old.recorded_on <= today);
        Some(Self { due_on, recorded_on: stood.map_or(today, |old| old.recorded_on) })
    }

    /// Whether it has stood for seven days on `today` and its day has come.
    pub(crate) fn ripe(self, today: Date) -> bool {
        self.due_on <= today && self.recorded_on.saturating_add(Span::new().days(STOOD_DAYS)) <= today
    }
}

impl Stored {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            holding: HoldingId(row.get(0)?),
            kind: row.get(1)?,
            taken: Digest(row.get(2)?),
            due_on: row.get(3)?,
            forecast: Forecast::read(row, 4)?,
        })
    }
}

impl Custody {
    /// The notices that were published and come into force after a day; those that a later one put aside never do.
    pub(crate) fn to_come(&self, day: Date) -> Result<Vec<Published>> {
        let to_come = |one: &&Published| !one.aside && one.effective_on > day;
        Ok(self.notices()?.iter().filter(to_come).cloned().collect())
    }

    /// The due day of a kind on a ground, from its clocks: under its terms on `day`, and under the notices to come.
    pub(crate) fn due(
        &self,
        tx: &mut Tx<'_>,
        taken: &Notice,
        kind: &str,
        (person, ground): (PersonId, Ground),
        day: Date,
    ) -> Result<Due> {
        self.due_by(taken, kind, &clocks(tx, person, ground)?, day)
    }

    /// The same from clock events with their days.
    pub(crate) fn due_by(&self, taken: &Notice, kind: &str, clocks: &[(String, Date)], day: Date) -> Result<Due> {
        let day_of = |event: &str| clocks.iter().find(|(id, _)| id == event).map(|(_, day)| *day);
        let under = |force: &Published| Terms { taken, force: &force.notice }.due(kind, &day_of, force.effective_on);
        let now = under(&self.published_on(day)?);
        let ahead = self.to_come(day)?.iter().filter_map(under).chain(now).min();
        Ok(Due { now, ahead })
    }

    /// Records the forecast of a holding that has just been taken.
    pub(crate) fn first_forecast(
        tx: &mut Tx<'_>,
        person: PersonId,
        holding: HoldingId,
        due: Due,
        today: Date,
    ) -> Result<()> {
        set_forecast(tx, (person, holding), None, Forecast::next(None, due.ahead, today))
    }

    /// Stores the due days of a ground's holdings as they now are, and their forecast.
    pub(crate) fn refresh_ground(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<()> {
        for row in tx.all(&rows::LIST_GROUND, &[person.into(), ground.into()])? {
            self.refresh(tx, person, ground, &Stored::read(&row)?)?;
        }
        Ok(())
    }

    /// The same for a page of all holdings: how many days moved, and where the next page begins.
    pub(crate) fn refresh_page(&self, tx: &mut Tx<'_>, from: Cursor) -> Result<(u64, Option<Cursor>)> {
        let page = tx.all(&rows::PAGE_HOLDINGS, &[from.0.into(), from.1.into(), CHUNK.into()])?;
        let (mut last, mut moved) = (None, 0);
        for row in &page {
            let (stored, person) = (Stored::read(row)?, PersonId(row.get(6)?));
            moved += u64::from(self.refresh(tx, person, Ground(row.get(7)?), &stored)?);
            last = Some((person.0, stored.holding.0));
        }
        Ok((moved, last))
    }

    /// Stores a holding's due day and keeps its forecast in step; says whether either moved.
    fn refresh(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, stored: &Stored) -> Result<bool> {
        let (today, taken) = (self.day(tx), self.published(stored.taken)?);
        let due = self.due(tx, &taken, &stored.kind, (person, ground), today)?;
        let due_on = due.now.map(law::iso);
        let moved = due_on != stored.due_on;
        if moved {
            tx.execute(&rows::UPDATE_DUE, &[person.into(), stored.holding.into(), due_on.into()])?;
        }
        let next = Forecast::next(stored.forecast, due.ahead, today);
        set_forecast(tx, (person, stored.holding), stored.forecast, next)?;
        Ok(moved || next != stored.forecast)
    }

    /// Records, once a day, what enters the horizon, and leaves one leaf that says how much. While a notice waits to come into
    /// force every holding is looked at, for any of them may enter by it.
    pub(crate) fn forecast_day(&self, witnessed: &Witnessed) -> Result<u64> {
        let day = witnessed.day();
        let done = self.store().read_blocking("forecast_done", move |tx| {
            Ok::<_, Error>(tx.optional(&rows::FIND_RUN, &[JOB.into(), day.into()])?.is_some())
        })?;
        if done {
            return Ok(0);
        }
        let entered = if self.to_come(day)?.is_empty() { self.record_entering(day)? } else { self.refresh_all()? };
        let custody = self.clone();
        self.write_blocking("forecast_run", move |tx| {
            let standing = tx.one(&rows::COUNT_FORECAST, &[])?.get(0)?;
            let clauses = vec!["purpose.delete-on-time".to_owned()];
            custody.leave_system(tx, Effect::Forecast, Outcome::Done, clauses, entered)?;
            record(tx, JOB, entered, standing, "done")
        })?;
        Ok(entered)
    }

    /// Looks at every holding, a page at a time; says how many moved.
    pub(crate) fn refresh_all(&self) -> Result<u64> {
        let (mut moved, mut after) = (0, Some(START));
        while let Some(from) = after {
            let custody = self.clone();
            let (count, last) = self.write_blocking("refresh", move |tx| custody.refresh_page(tx, from))?;
            moved += count;
            after = last;
        }
        Ok(moved)
    }

    /// Finds what enters beside the writer, and records it a chunk at a time.
    fn record_entering(&self, day: Date) -> Result<u64> {
        let horizon = day.saturating_add(Span::new().days(HORIZON_DAYS));
        let (mut entered, mut after) = (0, Some((String::new(), START)));
        while let Some((due_on, (person, holding))) = after.take() {
            let page = self.store().read_blocking("list_entering", move |tx| {
                let from = [due_on.as_str().into(), person.into(), holding.into()];
                let [due_on, person, holding] = from;
                let values = [horizon.into(), due_on, person, holding, day.into(), CHUNK.into()];
                let rows = tx.all(&rows::LIST_ENTERING, &values)?;
                rows.iter()
                    .map(|row| Ok((row.get::<String>(2)?, (row.get(0)?, row.get(1)?))))
                    .collect::<Result<Vec<_>>>()
            })?;
            after = page.last().cloned();
            if page.is_empty() {
                break;
            }
            entered += self.write_blocking("record_forecast", move |tx| {
                let mut count = 0;
                for (_, (person, holding)) in &page {
                    count += u64::from(record_one(tx, PersonId(*person), HoldingId(*holding), day)?);
                }
                Ok::<_, Error>(count)
            })?;
        }
        Ok(entered)
    }
}

/// Records a holding as its row now has it, if it is still there.
fn record_one(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, day: Date) -> Result<bool> {
    let Some(row) = tx.optional(&rows::FIND_STORED, &[person.into(), holding.into()])? else {
        return Ok(false);
    };
    let (due_on, old) = (row.get::<Option<Date>>(0)?, Forecast::read(&row, 1)?);
    // A notice to come may have been withdrawn by a later one: what it made known stays known.
    let due_on = due_on.into_iter().chain(old.map(|old| old.due_on)).min();
    let next = Forecast::next(old, due_on, day);
    set_forecast(tx, (person, holding), old, next)?;
    Ok(next != old)
}

fn set_forecast(
    tx: &mut Tx<'_>,
    (person, holding): (PersonId, HoldingId),
    old: Option<Forecast>,
    next: Option<Forecast>,
) -> Result<()> {
    match next {
        _ if next == old => {}
        Some(Forecast { due_on, recorded_on }) => {
            let values = [person.into(), holding.into(), due_on.into(), recorded_on.into()];
            tx.execute(&rows::UPSERT_FORECAST, &values)?;
        }
        None => {
            tx.execute(&rows::DELETE_FORECAST, &[person.into(), holding.into()])?;
        }
    }
    Ok(())
}

/// What was forecast of a holding.
pub(crate) fn find(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId) -> Result<Option<Forecast>> {
    let row = tx.optional(&rows::FIND_FORECAST, &[person.into(), holding.into()])?;
    row.map_or(Ok(None), |row| Forecast::read(&row, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Date {
        law::parse_iso("2026-11-23").unwrap().saturating_add(Span::new().days(n))
    }

    fn at(due: i64, recorded: i64) -> Forecast {
        Forecast { due_on: day(due), recorded_on: day(recorded) }
    }

    #[test]
    fn what_falls_due_within_thirty_days_is_recorded_and_nothing_else() {
        assert_eq!(Forecast::next(None, Some(day(30)), day(0)), Some(at(30, 0)));
        assert_eq!(Forecast::next(None, Some(day(31)), day(0)), None);
        assert_eq!(Forecast::next(None, None, day(0)), None);
    }

    #[test]
    fn an_earlier_day_counts_from_today_and_a_later_one_from_before() {
        assert_eq!(Forecast::next(Some(at(20, 0)), Some(day(19)), day(5)), Some(at(19, 5)));
        assert_eq!(Forecast::next(Some(at(20, 0)), Some(day(20)), day(5)), Some(at(20, 0)));
        assert_eq!(Forecast::next(Some(at(20, 0)), Some(day(35)), day(5)), Some(at(35, 0)));
        assert_eq!(Forecast::next(Some(at(20, 0)), Some(day(36)), day(5)), None);
    }

    #[test]
    fn a_record_of_a_day_that_has_not_come_says_nothing() {
        assert_eq!(Forecast::next(Some(at(20, 9)), Some(day(20)), day(5)), Some(at(20, 5)));
    }

    #[test]
    fn a_forecast_is_ripe_on_its_day_and_after_seven_days() {
        let ripe = |due, recorded, today| at(due, recorded).ripe(day(today));
        assert!(!ripe(10, 0, 9));
        assert!(ripe(10, 0, 10));
        assert!(!ripe(1, 0, 6));
        assert!(ripe(1, 0, 7));
    }
}
