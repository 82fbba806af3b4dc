//! What the officers' pages count: the last runs of what guards the evidence, and what a restore did.

use super::rows;
use crate::face::thousands;
use custody::Error;
use law::Date;
use store::{Row, Tx};

/// The jobs whose last run is told, with what each does.
const TOLD: [(&str, &str); 3] =
    [("backup", "Copy made"), ("drill", "Oldest copy tried out"), ("scrub", "Every record, key and entry checked")];

/// The last run of a job that guards the evidence.
pub(crate) struct Last {
    /// The job: `scrub`.
    pub job: &'static str,
    /// What it does: "Copy made".
    pub what: &'static str,
    /// The day it last ran; `None` where it never did.
    pub day: Option<Date>,
    /// How many it looked at.
    pub count: u64,
    /// How many of them were wrong.
    pub damaged: u64,
    /// Whether it did what it should.
    pub done: bool,
}

impl Last {
    /// How many it looked at, as people read it; nothing where it never ran.
    pub(super) fn number(&self) -> String {
        self.day.map(|_| measured(self.job, self.count)).unwrap_or_default()
    }

    /// When it ran, and what was wrong: "Monday 23 November 2026: damage was found in one place".
    pub(crate) fn words(&self) -> String {
        match (self.day, self.done, self.damaged) {
            (None, ..) => "Never".to_owned(),
            (Some(day), true, 0) => law::words(day),
            (Some(day), _, 0) => format!("{}: it failed, and the log of the server says why", law::words(day)),
            (Some(day), _, 1) => format!("{}: damage was found in one place", law::words(day)),
            (Some(day), _, damaged) => format!("{}: damage was found in {damaged} places", law::words(day)),
        }
    }
}

/// A number as people read it.
pub(super) fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

/// What a run counts: of a copy the bytes, of everything else how many.
pub(super) fn measured(job: &str, count: u64) -> String {
    match (job, count) {
        ("backup", ..1_000_000) => format!("{} kB", number(count.div_ceil(1_000))),
        ("backup", _) => format!("{} MB", number(count / 1_000_000)),
        _ => number(count),
    }
}

/// The last run of each of these jobs.
pub(crate) fn last_runs(tx: &mut Tx<'_>) -> Result<Vec<Last>, Error> {
    TOLD.iter().map(|(job, what)| last_run(tx, job, what)).collect()
}

fn last_run(tx: &mut Tx<'_>, job: &'static str, what: &'static str) -> Result<Last, Error> {
    let Some(row) = tx.optional(&rows::FIND_LAST_RUN, &[job.into()])? else {
        return Ok(Last { job, what, day: None, count: 0, damaged: 0, done: false });
    };
    let done = row.get::<String>(3)? == "done";
    Ok(Last { job, what, day: Some(row.get(0)?), count: row.get(1)?, damaged: row.get(2)?, done })
}

/// A copy that took the place of the database.
pub(super) struct Restored {
    /// On which day.
    pub day: Date,
    /// The last day that the copy knew.
    pub copy_day: Date,
    /// Before this day nothing is destroyed by schedule.
    pub until_day: Date,
    /// Entries of the log that the copy did not have.
    pub leaves: u64,
    /// Records erased again.
    pub erased: u64,
    /// Replaced values that stay shut.
    pub shut: u64,
    /// Records closed until an officer decides.
    pub closed: u64,
    /// Objections, restrictions, withdrawals and holds that were set or taken back again.
    pub applied: u64,
}

impl Restored {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            day: row.get(0)?,
            copy_day: row.get(1)?,
            until_day: row.get(2)?,
            leaves: row.get(3)?,
            erased: row.get(4)?,
            shut: row.get(5)?,
            closed: row.get(6)?,
            applied: row.get(7)?,
        })
    }

    /// The last one.
    pub(super) fn last(tx: &mut Tx<'_>) -> Result<Option<Self>, Error> {
        tx.optional(&rows::FIND_RESTORED, &[])?.as_ref().map(Self::read).transpose()
    }

    /// Those from one day to before another.
    pub(super) fn between(tx: &mut Tx<'_>, from: Date, before: Date) -> Result<Vec<Self>, Error> {
        tx.all(&rows::LIST_RESTORED, &[from.into(), before.into()])?.iter().map(Self::read).collect()
    }

    /// What was done, in a sentence.
    pub(super) fn words(&self) -> String {
        format!(
            "On {}, a copy of {} took the place of the database. Done again from our journal: {} erased, {} replaced \
             values shut, {} closed for an officer to decide, {} objections, restrictions, withdrawals or holds. {} \
             entries of the log came back from outside the database.",
            law::words(self.day),
            law::words(self.copy_day),
            self.erased,
            self.shut,
            self.closed,
            self.applied,
            self.leaves,
        )
    }
}

/// The sentence of the retention page while a restore keeps the schedule waiting.
pub(crate) fn waiting_since_restore(tx: &mut Tx<'_>) -> Result<Option<String>, Error> {
    let (today, last) = (tx.today(), Restored::last(tx)?);
    Ok(last.filter(|one| today < one.until_day).map(|one| {
        format!(
            "On {} a copy took the place of the database. Nothing is destroyed by schedule before {}; what people asked \
             for is.",
            law::words(one.day),
            law::words(one.until_day)
        )
    }))
}
