//! What is held, what falls due and what ran: counts without anybody in them.

use crate::forecast::STOOD_DAYS;
use crate::release::Allowance;
use crate::{Custody, Error, Guard, Result, rows};
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

/// Holdings that stand in the forecast for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastDay {
    /// The day they fall due.
    pub day: Date,
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// Holdings that are due by today, closed, and still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The kind.
    pub kind: String,
    /// Why they are still there.
    pub why: Why,
    /// The day from which that changes by itself, where there is one.
    pub until: Option<Date>,
    /// How many.
    pub count: u64,
}

/// Why something due has not been destroyed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The day's budget is spent: it waits for its forecast to have stood long enough, or for a release by two officers.
    Budget,
    /// The clock contradicts what was seen: a person must confirm the date.
    Clock,
    /// The notice dropped its kind: it is destroyed by its forecast alone, when that has stood for seven days.
    Forecast,
    /// A legal hold keeps it.
    Hold,
    /// A release by two officers lets it go with the next run.
    Release,
    /// The next run takes it.
    Run,
    /// It stood in the forecast, but nobody was warned: it waits for the day's budget or a release.
    Unwarned,
}

impl Why {
    /// As programs have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Clock => "clock",
            Self::Forecast => "forecast",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Run => "run",
            Self::Unwarned => "unwarned",
        }
    }
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
    /// Since when.
    pub from: String,
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

    /// What stands in the forecast, by day and kind: the next thirty days, and what was due before and is still there.
    pub fn forecast_days(&self, tx: &mut Tx<'_>) -> Result<Vec<ForecastDay>> {
        let rows = tx.all(&rows::LIST_FORECAST, &[])?;
        rows.iter().map(|row| Ok(ForecastDay { day: row.get(0)?, kind: row.get(1)?, count: count(row, 2)? })).collect()
    }

    /// What is due by today and still there, by kind, and why.
    pub fn waits(&self, tx: &mut Tx<'_>) -> Result<Vec<Waiting>> {
        let (today, force) = (tx.today(), self.in_force(tx.today())?);
        let stopped = self.look(tx)? != Guard::Open;
        let swept = tx.optional(&rows::FIND_RUN, &["sweep".into(), today.into()])?.is_some();
        let (room, released) = Allowance::left(tx, today)?;
        let mut waits: Vec<Waiting> = Vec::new();
        for row in tx.all(&rows::LIST_WAITING, &[today.into()])? {
            let (kind, held, recorded) = (row.get::<String>(0)?, row.get::<bool>(1)?, row.get::<Option<Date>>(2)?);
            let ripe_on = recorded.map(|day| day.saturating_add(jiff::Span::new().days(STOOD_DAYS)));
            let ripe = ripe_on.is_some_and(|day| day <= today);
            let why = match () {
                () if held => Why::Hold,
                () if stopped => Why::Clock,
                () if ripe && swept && room == 0 => Why::Unwarned,
                () if ripe => Why::Run,
                () if !force.covers(&format!("kind.{kind}")) => Why::Forecast,
                // The run had room and left it: a notice, a confirmed jump or a lifted hold lets it go by its forecast only.
                () if room > 0 && swept => Why::Forecast,
                () if room > 0 => Why::Run,
                () if released > 0 => Why::Release,
                () => Why::Budget,
            };
            let until = ripe_on.filter(|_| matches!(why, Why::Budget | Why::Forecast));
            let count = count(&row, 3)?;
            match waits.iter_mut().find(|one| one.kind == kind && one.why == why && one.until == until) {
                Some(one) => one.count += count,
                None => waits.push(Waiting { kind, why, until, count }),
            }
        }
        Ok(waits)
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
                    from: row.get(5)?,
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
