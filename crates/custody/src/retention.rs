//! Retention: what runs once each civil day. Turn the keyring, record what falls due soon, sweep what is due, destroy the keys of
//! epochs whose time in the copies is over. Each step catches up after days of downtime and may run twice.

use crate::guard::Witnessed;
use crate::overview::count;
use crate::receipt::Receipts;
use crate::sweep::Swept;
use crate::{Custody, Error, Result, rows};
use law::{Date, Period};
use ledger::{Effect, Outcome};
use store::{Statement, Tx};

/// How many rows a transaction of these jobs touches at the most, so that requests go on between them.
pub(crate) const CHUNK: u64 = 500;

/// How long counts of refusals and runs are kept, in years, as the notice says.
const COUNTS_YEARS: i64 = 2;

/// What is forgotten after them.
const OLD: [&Statement; 5] = [
    &rows::DELETE_OLD_RUNS,
    &rows::DELETE_OLD_REFUSALS,
    &rows::DELETE_OLD_BUDGETS,
    &rows::DELETE_OLD_RELEASES,
    &rows::DELETE_OLD_VOTES,
];

/// The `[[store]]` of a notice that speaks of the evidence log.
const LOG: &str = "evidence";

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
    /// Holdings that entered the forecast.
    pub forecast: u64,
    /// Holdings erased.
    pub erased: u64,
    /// Holdings flagged but kept: under a legal hold, or no longer due.
    pub kept: u64,
    /// Holdings that are due and closed, and wait for their forecast, a budget or a release.
    pub waiting: u64,
    /// Epoch keys destroyed.
    pub epochs: u64,
    /// Destruction waited: the clock has not been witnessed.
    pub stopped: bool,
}

impl Custody {
    /// Runs the day: terms, turn, forecast, sweep, epochs, refusals. The caller has sent the warnings before, and says with
    /// [`Custody::day_done`] that its own part is done too. On an unwitnessed clock nothing but a note of the stop is written.
    ///
    /// Before something is erased its erasure is decided and published, and `receipts` gives the people theirs.
    pub fn run_day(&self, receipts: Receipts<'_>) -> Result<DayReport> {
        let Some(witnessed) = self.witnessed()? else {
            self.record_now("sweep", 0, "stopped-clock")?;
            return Ok(DayReport { stopped: true, ..DayReport::default() });
        };
        self.refresh_terms()?;
        // A started server turns before it destroys; a failed turn destroys nothing.
        let turned = self.turn(&witnessed).or_else(|error| self.failed("turn", error))?;
        let forecast = self.forecast_day(&witnessed).or_else(|error| self.failed("forecast", error))?;
        let swept = self.sweep(&witnessed, receipts).or_else(|error| self.failed("sweep", error))?;
        let Swept { erased, kept, waiting } = swept;
        let epochs = self.destroy_epochs(&witnessed).or_else(|error| self.failed("epochs", error))?;
        self.prune_journal(&witnessed)?;
        self.prune_log(self.log_kept()?).or_else(|error| self.failed("prune", error))?;
        Ok(DayReport { turned, forecast, erased, kept, waiting, epochs, stopped: false })
    }

    /// The day is done: leaves evidence of the refusals of the days before, forgets counts of two years ago, and notes
    /// the day.
    pub fn day_done(&self, tx: &mut Tx<'_>) -> Result<()> {
        let today = law::iso(tx.today());
        // Not a day that was noted by a clock that had jumped.
        let since = tx.one(&rows::LAST_DAY, &[DAY.into(), today.as_str().into()])?.get::<Option<String>>(0)?;
        let since = since.unwrap_or_default();
        for row in tx.all(&rows::DAY_REFUSALS, &[since.into(), today.into()])? {
            self.leave_system(tx, Effect::Refused, Outcome::Refused, vec![row.get(1)?], count(&row, 2)?)?;
        }
        let long_ago = law::iso(tx.today().saturating_sub(jiff::Span::new().years(COUNTS_YEARS)));
        for statement in OLD {
            tx.execute(statement, &[long_ago.as_str().into()])?;
        }
        record(tx, DAY, 1, 0, "done")
    }

    /// Whether the day's run has been done.
    pub fn ran_on(&self, day: Date) -> Result<bool> {
        self.store()
            .read_blocking("ran_on", move |tx| Ok(tx.optional(&rows::FIND_RUN, &[DAY.into(), day.into()])?.is_some()))
    }

    /// Stores every due day and forecast anew once under each notice that comes into force, and once when it was published
    /// to come.
    pub fn refresh_terms(&self) -> Result<()> {
        let today = self.store().clock().today();
        let mut jobs = vec![format!("terms {}", self.in_force(today)?.digest().short())];
        jobs.extend(self.to_come(today)?.iter().map(|published| format!("terms {} ahead", published.digest.short())));
        let waiting = self.store().read_blocking("last_terms", move |tx| {
            let mut waiting = Vec::new();
            for job in &jobs {
                if tx.one(&rows::LAST_RUN, &[job.as_str().into()])?.get::<Option<String>>(0)?.is_none() {
                    waiting.push(job.clone());
                }
            }
            Ok::<_, Error>(waiting)
        })?;
        if waiting.is_empty() {
            return Ok(());
        }
        let moved = self.refresh_all()?;
        waiting.iter().try_for_each(|job| self.record_now(job, moved, "done"))
    }

    /// Forgets what the journal has kept for the whole backup window, and for as long as the key of a copy from before stands:
    /// no copy can need it any more.
    fn prune_journal(&self, witnessed: &Witnessed) -> Result<()> {
        let today = witnessed.day();
        let window = self.in_force(today)?.head().window();
        let oldest = self.keyring()?.epochs().first().copied().unwrap_or(today);
        match window.before(today) {
            Some(before) => self.journal(|journal| journal.prune(before.min(oldest))).map(|_| ()),
            None => Ok(()),
        }
    }

    /// How long entries of the log are kept: what the notice says of where they stand, and for good where it says nothing.
    fn log_kept(&self) -> Result<Option<Period>> {
        let notice = self.in_force(self.store().clock().today())?;
        Ok(notice.stores().iter().find(|store| store.id == LOG).and_then(|store| store.limit))
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
