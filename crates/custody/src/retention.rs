//! Retention: what runs once each civil day. Turn the keyring, sweep what is due, destroy the keys of epochs whose time
//! in the copies is over. Each step catches up after days of downtime and may run twice.

use crate::guard::Witnessed;
use crate::overview::count;
use crate::{Custody, Error, Ground, PersonId, Result, rows};
use law::Date;
use ledger::{Effect, Outcome};
use store::Tx;

/// How many rows a transaction of these jobs touches at the most, so that requests go on between them.
pub(crate) const CHUNK: u64 = 500;

/// How long counts of refusals and runs are kept, in years, as the notice says.
const COUNTS_YEARS: i64 = 2;

/// The run that says that a day is done.
const DAY: &str = "day";

/// Where a page of rows ended, in key order: person and holding.
pub(crate) type Cursor = ([u8; 16], [u8; 16]);

/// Before the first row.
pub(crate) const START: Cursor = ([0; 16], [0; 16]);

/// What a day's run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayReport {
    /// Keys wrapped anew.
    pub turned: u64,
    /// Holdings erased.
    pub erased: u64,
    /// Holdings flagged but kept: under a legal hold, or no longer due.
    pub kept: u64,
    /// Epoch keys destroyed.
    pub epochs: u64,
    /// Destruction waited: the clock has not been witnessed.
    pub stopped: bool,
}

impl Custody {
    /// Runs the day: terms, turn, sweep, epochs, refusals. The caller has sent the warnings before, and says with
    /// [`Custody::day_done`] that its own part is done too. On an unwitnessed clock nothing but a note of the stop is written.
    pub fn run_day(&self) -> Result<DayReport> {
        let Some(witnessed) = self.witnessed()? else {
            self.record_now("sweep", 0, "stopped-clock")?;
            return Ok(DayReport { stopped: true, ..DayReport::default() });
        };
        self.refresh_terms()?;
        // A started server turns before it destroys; a failed turn destroys nothing.
        let turned = self.turn().or_else(|error| self.failed("turn", error))?;
        let (erased, kept) = self.sweep(&witnessed).or_else(|error| self.failed("sweep", error))?;
        let epochs = self.destroy_epochs(&witnessed).or_else(|error| self.failed("epochs", error))?;
        self.prune_journal(&witnessed)?;
        Ok(DayReport { turned, erased, kept, epochs, stopped: false })
    }

    /// The day is done: leaves evidence of the refusals of the days before, forgets counts of two years ago, and notes
    /// the day.
    pub fn day_done(&self, tx: &mut Tx<'_>) -> Result<()> {
        let today = law::iso(tx.today());
        let since = tx.one(&rows::LAST_RUN, &[DAY.into()])?.get::<Option<String>>(0)?.unwrap_or_default();
        for row in tx.all(&rows::DAY_REFUSALS, &[since.into(), today.into()])? {
            self.leave_system(tx, Effect::Refused, Outcome::Refused, vec![row.get(1)?], count(&row, 2)?)?;
        }
        let long_ago = law::iso(tx.today().saturating_sub(jiff::Span::new().years(COUNTS_YEARS)));
        for statement in [&rows::DELETE_OLD_RUNS, &rows::DELETE_OLD_REFUSALS] {
            tx.execute(statement, &[long_ago.as_str().into()])?;
        }
        record(tx, DAY, 1, 0, "done")
    }

    /// Whether the day's run has been done.
    pub fn ran_on(&self, day: Date) -> Result<bool> {
        let last = self.store().read_blocking("last_run", |tx| {
            Ok::<_, Error>(tx.one(&rows::LAST_RUN, &[DAY.into()])?.get::<Option<String>>(0)?)
        })?;
        Ok(last.is_some_and(|last| last >= law::iso(day)))
    }

    /// Stores every due day anew once under each notice that comes into force.
    pub fn refresh_terms(&self) -> Result<()> {
        let today = self.store().clock().today();
        let job = format!("terms {}", self.in_force(today)?.digest().short());
        let name = job.clone();
        let done = self.store().read_blocking("last_run", move |tx| {
            Ok::<_, Error>(tx.one(&rows::LAST_RUN, &[name.as_str().into()])?.get::<Option<String>>(0)?)
        })?;
        if done.is_some() {
            return Ok(());
        }
        let mut after = Some(START);
        let mut moved = 0;
        while let Some(from) = after {
            let custody = self.clone();
            let (count, last) = self.write_blocking("terms", move |tx| custody.refresh_chunk(tx, from))?;
            moved += count;
            after = last;
        }
        self.record_now(&job, moved, "done")
    }

    fn refresh_chunk(&self, tx: &mut Tx<'_>, from: Cursor) -> Result<(u64, Option<Cursor>)> {
        let force = self.in_force(tx.today())?;
        let page = tx.all(&rows::PAGE_HOLDINGS, &[from.0.into(), from.1.into(), CHUNK.into()])?;
        let (mut last, mut moved) = (None, 0);
        for row in &page {
            let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
            let taken = self.published(notice::Digest(row.get(4)?))?;
            let terms = crate::Terms { taken: &taken, force: &force };
            let due = crate::verbs::due(tx, &terms, &row.get::<String>(2)?, PersonId(person), Ground(row.get(3)?))?;
            let due = due.map(law::iso);
            if due != row.get::<Option<String>>(5)? {
                tx.execute(&rows::UPDATE_DUE, &[person.into(), holding.into(), due.into()])?;
                moved += 1;
            }
            last = Some((person, holding));
        }
        Ok((moved, last))
    }

    /// Forgets what the journal has kept for the whole backup window: no copy can need it any more.
    fn prune_journal(&self, _witnessed: &Witnessed) -> Result<()> {
        let today = self.store().clock().today();
        let window = self.in_force(today)?.head().backup_window;
        match window.before(today) {
            Some(before) => self.journal(|journal| journal.prune(before)).map(|_| ()),
            None => Ok(()),
        }
    }

    fn failed<T>(&self, job: &str, error: Error) -> Result<T> {
        // The failure itself is what the caller must hear of; a second one while recording it adds nothing.
        let _ = self.record_now(job, 0, "failed");
        Err(error)
    }

    fn record_now(&self, job: &str, count: u64, outcome: &'static str) -> Result<()> {
        let job = job.to_owned();
        self.write_blocking("record_run", move |tx| record(tx, &job, count, 0, outcome))
    }
}

/// Writes down that a job ran.
pub(crate) fn record(tx: &mut Tx<'_>, job: &str, count: u64, held: u64, outcome: &str) -> Result<()> {
    let id: [u8; 16] = tx.bytes();
    let (day, now) = (law::iso(tx.today()), tx.now().as_millisecond());
    let values = [id.into(), job.into(), day.into(), now.into(), count.into(), held.into(), outcome.into()];
    tx.execute(&rows::INSERT_RUN, &values)?;
    Ok(())
}
