//! What is held, what falls due and what ran: counts without anybody in them.

use crate::{Custody, Error, Result, rows};
use law::Date;
use store::Tx;

/// Holdings that fall due in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastRow {
    /// The month: 2026-12.
    pub month: String,
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// Something that is kept past its day, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// The kind.
    pub kind: String,
    /// When it would have been erased.
    pub due_on: Option<String>,
    /// The code of the reason.
    pub reason: String,
    /// Until when.
    pub until: String,
    /// The role that authorised it.
    pub authorised_by: String,
}

/// How many holdings there are of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Of them, with a day.
    pub dated: u64,
}

/// A run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// turn, sweep, epochs, terms.
    pub job: String,
    /// The civil day it ran for.
    pub day: String,
    /// How many it did.
    pub count: u64,
    /// How many it kept.
    pub held: u64,
    /// done, stopped-clock, failed.
    pub outcome: String,
}

impl Custody {
    /// How many holdings fall due, by month and kind.
    pub fn forecast(&self, tx: &mut Tx<'_>) -> Result<Vec<ForecastRow>> {
        let rows = tx.all(&rows::FORECAST, &[])?;
        rows.iter()
            .map(|row| Ok(ForecastRow { month: row.get(0)?, kind: row.get(1)?, count: count(row, 2)? }))
            .collect()
    }

    /// How many holdings there are of each kind.
    pub fn kind_counts(&self, tx: &mut Tx<'_>) -> Result<Vec<KindCount>> {
        let rows = tx.all(&rows::COUNT_KINDS, &[])?;
        rows.iter()
            .map(|row| Ok(KindCount { kind: row.get(0)?, count: count(row, 1)?, dated: count(row, 2)? }))
            .collect()
    }

    /// How many records wait for the next run: due, and not under a legal hold.
    pub fn waiting(&self, tx: &mut Tx<'_>) -> Result<u64> {
        let today = tx.today();
        count(&tx.one(&rows::COUNT_DUE, &[today.into()])?, 0)
    }

    /// The next day on which records fall due, and how many.
    pub fn next_due(&self, tx: &mut Tx<'_>) -> Result<Option<(Date, u64)>> {
        let today = tx.today();
        let row = tx.optional(&rows::NEXT_DUE, &[today.into()])?;
        row.map(|row| Ok((row.get(0)?, count(&row, 1)?))).transpose()
    }

    /// What legal holds keep.
    pub fn held(&self, tx: &mut Tx<'_>) -> Result<Vec<HeldRow>> {
        let today = law::iso(tx.today());
        let rows = tx.all(&rows::LIST_HELD, &[today.into()])?;
        rows.iter()
            .map(|row| {
                Ok(HeldRow {
                    kind: row.get(0)?,
                    due_on: row.get(1)?,
                    reason: row.get(2)?,
                    until: row.get(3)?,
                    authorised_by: row.get(4)?,
                })
            })
            .collect()
    }

    /// Withdrawals that wait, by the day on which they destroy.
    pub fn waiting_withdrawals(&self, tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>> {
        tx.all(&rows::COUNT_WITHDRAWN, &[])?.iter().map(|row| Ok((row.get(0)?, count(row, 1)?))).collect()
    }

    /// The last runs, newest first.
    pub fn runs(&self, tx: &mut Tx<'_>, limit: u32) -> Result<Vec<RunRow>> {
        let rows = tx.all(&rows::LIST_RUNS, &[i64::from(limit).into()])?;
        rows.iter()
            .map(|row| {
                Ok(RunRow {
                    job: row.get(0)?,
                    day: row.get(1)?,
                    count: count(row, 3)?,
                    held: count(row, 4)?,
                    outcome: row.get(5)?,
                })
            })
            .collect()
    }
}

pub(crate) fn count(row: &store::Row, i: usize) -> Result<u64> {
    u64::try_from(row.get::<i64>(i)?).map_err(|_| Error::Nonsense("a count is negative"))
}
