//! Retention: what runs once each civil day. Turn the keyring, flag what is due, verify it again, erase it, and destroy
//! the keys of epochs whose time in the copies is over. Each step catches up after days of downtime and may run twice.

use crate::{Custody, Error, Ground, Guard, HoldingId, PersonId, Result, rows};
use law::{Date, Period};
use ledger::{Effect, Outcome};
use store::{Statement, Tx};
use vault::Bound;

/// How many rows a transaction of these jobs touches at the most, so that requests go on between them.
const CHUNK: i64 = 500;

/// A ground that falls due soon and has not been warned at this step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub ground: Ground,
    /// The kind that declares the warning.
    pub kind: String,
    /// The day it falls due.
    pub due_on: Date,
    /// The step of `warn`: 14 days.
    pub step: Period,
}

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
    /// Runs the day: terms, turn, sweep, epochs. The caller has sent the warnings before. On an unwitnessed clock nothing
    /// but a note of the stop is written.
    pub fn run_day(&self) -> Result<DayReport> {
        if let Guard::Stopped { .. } = self.guard()? {
            self.record("sweep", 0, 0, "stopped-clock")?;
            return Ok(DayReport { stopped: true, ..DayReport::default() });
        }
        self.refresh_terms()?;
        // A started server turns before it destroys; a failed turn destroys nothing.
        let turned = self.turn().or_else(|error| self.failed("turn", error))?;
        let (erased, kept) = self.sweep().or_else(|error| self.failed("sweep", error))?;
        let epochs = self.destroy_epochs().or_else(|error| self.failed("epochs", error))?;
        self.leave_refusals()?;
        Ok(DayReport { turned, erased, kept, epochs, stopped: false })
    }

    /// Whether the day's run has been done.
    pub fn ran_on(&self, day: Date) -> Result<bool> {
        let last = self.store().read_blocking("last_run", |tx| {
            Ok::<_, Error>(tx.one(&rows::LAST_RUN, &["epochs".into()])?.get::<Option<String>>(0)?)
        })?;
        Ok(last.is_some_and(|last| last >= law::iso(day)))
    }

    /// Begins an epoch: its key stands synced in every place before its row says so.
    pub(crate) fn begin_epoch(&self, day: Date) -> Result<()> {
        let mut rng = self.store().random();
        self.keyring_mut()?.begin(day, &mut rng)?;
        self.write_blocking("begin_epoch", move |tx| {
            tx.execute(&rows::INSERT_EPOCH, &[law::iso(day).into()])?;
            Ok::<_, Error>(())
        })
    }

    /// The turn: a new epoch, every key wrapped anew under it, older epochs closed when nothing is left under them.
    pub fn turn(&self) -> Result<u64> {
        let today = self.store().clock().today();
        // A key never goes back to an epoch that is older than the newest.
        if self.keyring()?.current().is_none_or(|current| current < today) {
            self.begin_epoch(today)?;
        }
        let current = self.keyring()?.current().ok_or(Error::Nonsense("the keyring has no epoch"))?;
        let (mut turned, mut after) = (0, Some(([0; 16], [0; 16])));
        while let Some(from) = after {
            let custody = self.clone();
            let (count, last) = self.write_blocking("turn", move |tx| custody.turn_chunk(tx, current, from))?;
            turned += count;
            after = last;
        }
        let custody = self.clone();
        self.write_blocking("close_epochs", move |tx| custody.close_epochs(tx, current, turned))?;
        self.record("turn", turned, 0, "done")?;
        Ok(turned)
    }

    fn turn_chunk(&self, tx: &mut Tx<'_>, current: Date, from: Cursor) -> Result<(u64, Option<Cursor>)> {
        let page = tx.all(&rows::PAGE_OLD_KEYS, &[law::iso(current).into(), from.0.into(), from.1.into(), CHUNK.into()])?;
        let new = self.epoch_key(current)?;
        let mut last = None;
        for row in &page {
            let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
            let old = self.epoch_key(crate::permit::day(&row.get::<String>(2)?)?)?;
            let bound = Bound { person: &person, holding: &holding, kind: "", version: 0 };
            let keys = old.unwrap(&row.get::<Vec<u8>>(3)?, &bound)?;
            let wrapped = new.wrap(&keys, &bound, tx.random());
            tx.execute(&rows::UPDATE_KEY, &[person.into(), holding.into(), law::iso(current).into(), wrapped.into()])?;
            last = Some((person, holding));
        }
        Ok((page.len() as u64, last))
    }

    fn close_epochs(&self, tx: &mut Tx<'_>, current: Date, turned: u64) -> Result<()> {
        for row in tx.all(&rows::LIST_EPOCHS, &[])? {
            let day: String = row.get(0)?;
            let left = tx.one(&rows::COUNT_EPOCH, &[day.as_str().into()])?.get::<i64>(0)?;
            if day < law::iso(current) && left == 0 {
                tx.execute(&rows::CLOSE_EPOCH, &[day.into(), law::iso(tx.today()).into()])?;
            }
        }
        if turned > 0 {
            self.leave_system(tx, Effect::Turn, Outcome::Done, Vec::new(), turned)?;
        }
        Ok(())
    }

    /// The sweep: flag what is due or withdrawn and ripe, then verify each again and erase it.
    fn sweep(&self) -> Result<(u64, u64)> {
        for statement in [&rows::LIST_DUE, &rows::LIST_RIPE] {
            let mut after = Some(([0; 16], [0; 16]));
            while let Some(from) = after {
                after = self.write_blocking("flag", move |tx| flag_chunk(tx, statement, from))?;
            }
        }
        let (mut erased, mut flagged, mut from) = (0, 0, ([0; 16], [0; 16]));
        loop {
            let page = self.store().read_blocking("list_flagged", move |tx| {
                let rows = tx.all(&rows::LIST_FLAGGED, &[from.0.into(), from.1.into(), CHUNK.into()])?;
                rows.iter().map(|row| Ok((PersonId(row.get(0)?), HoldingId(row.get(1)?)))).collect::<Result<Vec<_>>>()
            })?;
            let Some((person, holding)) = page.last() else { break };
            from = (person.0, holding.0);
            flagged += page.len() as u64;
            erased += self.erase(page)?;
        }
        if erased > 0 {
            self.store().truncate_log()?;
        }
        let (custody, kept) = (self.clone(), flagged - erased);
        if flagged > 0 {
            self.write_blocking("sweep_run", move |tx| custody.leave_system(tx, Effect::SweepRun, Outcome::Done, Vec::new(), erased))?;
        }
        self.record("sweep", erased, kept, "done")?;
        Ok((erased, kept))
    }

    /// Destroys the keys of epochs that were closed W − 2 days ago: copies that they open have then had their time.
    fn destroy_epochs(&self) -> Result<u64> {
        let today = self.store().clock().today();
        let window = self.in_force(today)?.head().backup_window;
        let closed = self.store().read_blocking("closed_epochs", move |tx| {
            let mut closed = Vec::new();
            for row in tx.all(&rows::LIST_EPOCHS, &[])? {
                let Some(on) = row.get::<Option<String>>(1)? else { continue };
                let day: String = row.get(0)?;
                if tx.one(&rows::COUNT_EPOCH, &[day.as_str().into()])?.get::<i64>(0)? == 0 {
                    closed.push((crate::permit::day(&day)?, crate::permit::day(&on)?));
                }
            }
            Ok::<_, Error>(closed)
        })?;
        let mut destroyed = 0;
        for (day, closed_on) in closed {
            let end = window.after(closed_on).and_then(|end| end.checked_sub(jiff::Span::new().days(2)).ok());
            if end.is_some_and(|end| end <= today) {
                self.destroy_epoch(day)?;
                destroyed += 1;
            }
        }
        self.record("epochs", destroyed, 0, "done")?;
        Ok(destroyed)
    }

    /// Destroys the key of a closed epoch in every place, and says so in the evidence.
    pub fn destroy_epoch(&self, day: Date) -> Result<()> {
        let places = self.keyring_mut()?.destroy(day)?.len() as u64;
        let custody = self.clone();
        self.write_blocking("destroy_epoch", move |tx| {
            tx.execute(&rows::DESTROY_EPOCH, &[law::iso(day).into(), law::iso(tx.today()).into()])?;
            custody.leave_system(tx, Effect::EpochDestroyed, Outcome::Done, vec![format!("epoch.{}", law::iso(day))], places)
        })
    }

    /// Stores every due day anew when the notice in force is not the one they were computed under.
    pub(crate) fn refresh_terms(&self) -> Result<()> {
        let today = self.store().clock().today();
        let job = format!("terms {}", self.in_force(today)?.digest().short());
        let name = job.clone();
        let done = self.store().read_blocking("last_run", move |tx| {
            Ok::<_, Error>(tx.one(&rows::LAST_RUN, &[name.as_str().into()])?.get::<Option<String>>(0)?)
        })?;
        if done.is_some() && self.history()?.len() == 1 {
            return Ok(());
        }
        let mut after = Some(([0; 16], [0; 16]));
        let mut moved = 0;
        while let Some(from) = after {
            let custody = self.clone();
            let (count, last) = self.write_blocking("terms", move |tx| custody.refresh_chunk(tx, from))?;
            moved += count;
            after = last;
        }
        if done.is_none() || moved > 0 {
            self.record(&job, moved, 0, "done")?;
        }
        Ok(())
    }

    fn refresh_chunk(&self, tx: &mut Tx<'_>, from: Cursor) -> Result<(u64, Option<Cursor>)> {
        let force = self.in_force(tx.today())?;
        let page = tx.all(&rows::PAGE_HOLDINGS, &[from.0.into(), from.1.into(), CHUNK.into()])?;
        let (mut last, mut moved) = (None, 0);
        for row in &page {
            let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
            let taken = self.published(notice::Digest(row.get(4)?))?;
            let due = self.due(tx, &taken, &force, &row.get::<String>(2)?, PersonId(person), Ground(row.get(3)?))?.map(law::iso);
            if due != row.get::<Option<String>>(5)? {
                tx.execute(&rows::UPDATE_DUE, &[person.into(), holding.into(), due.into()])?;
                moved += 1;
            }
            last = Some((person, holding));
        }
        Ok((moved, last))
    }

    /// Grounds of a kind that want a warning today. A missed step is caught up once, by the shortest that applies.
    pub fn warnings(&self) -> Result<Vec<Warning>> {
        let custody = self.clone();
        self.store().read_blocking("list_warnings", move |tx| {
            let (today, force) = (tx.today(), custody.in_force(tx.today())?);
            let mut wanted: Vec<Warning> = Vec::new();
            for kind in force.kinds() {
                let mut steps = kind.warn.clone();
                steps.sort_by_key(|step| step.after(today));
                for step in steps {
                    let Some(horizon) = step.after(today) else { continue };
                    for row in tx.all(&rows::LIST_TO_WARN, &[kind.id.as_str().into(), law::iso(today).into(), law::iso(horizon).into()])? {
                        let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
                        let due_on: String = row.get(2)?;
                        let key = [person.into(), ground.into(), due_on.as_str().into(), step.to_string().into()];
                        let known = wanted.iter().any(|one| one.person == person && one.ground == ground);
                        let withdrawn = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?.is_some();
                        if known || withdrawn || tx.optional(&rows::FIND_WARNING, &key)?.is_some() {
                            continue;
                        }
                        let due_on = crate::permit::day(&due_on)?;
                        wanted.push(Warning { person, ground, kind: kind.id.clone(), due_on, step });
                    }
                }
            }
            Ok(wanted)
        })
    }

    /// Notes that a warning went out, in the transaction that queues it. Longer steps that were missed count as given.
    pub fn warned(&self, tx: &mut Tx<'_>, warning: &Warning) -> Result<()> {
        let force = self.in_force(tx.today())?;
        let steps = force.kind(&warning.kind).map(|kind| kind.warn.clone()).unwrap_or_default();
        let (today, due_on) = (tx.today(), law::iso(warning.due_on));
        for step in steps.into_iter().filter(|step| step.after(today) >= warning.step.after(today)) {
            let key = [warning.person.into(), warning.ground.into(), due_on.as_str().into(), step.to_string().into()];
            if tx.optional(&rows::FIND_WARNING, &key)?.is_none() {
                let [person, ground, due, step] = key;
                tx.execute(&rows::INSERT_WARNING, &[person, ground, due, step, law::iso(today).into()])?;
            }
        }
        Ok(())
    }

    /// Withdraws a ground: closed at once, destroyed after seven days, cancellable until then.
    pub fn withdraw(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, kind: &str) -> Result<Date> {
        let destroy_on = tx.today().saturating_add(jiff::Span::new().days(WITHDRAW_DAYS));
        let days = [law::iso(tx.today()), law::iso(destroy_on)];
        let [asked, destroy] = days;
        tx.execute(&rows::INSERT_WITHDRAWAL, &[person.into(), ground.into(), asked.into(), destroy.into()])?;
        self.leave_withdrawal(tx, Effect::Withdraw, person, kind)?;
        Ok(destroy_on)
    }

    /// Cancels a withdrawal; `Gone` when there is none.
    pub fn cancel_withdrawal(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, kind: &str) -> Result<()> {
        if tx.execute(&rows::DELETE_WITHDRAWAL, &[person.into(), ground.into()])? == 0 {
            return Err(Error::Gone);
        }
        self.leave_withdrawal(tx, Effect::WithdrawCancelled, person, kind)
    }

    fn leave_withdrawal(&self, tx: &mut Tx<'_>, effect: Effect, person: PersonId, kind: &str) -> Result<()> {
        let act = crate::evidence::Act { effect, kind, purpose: "show-you", detail: "" };
        self.leave(tx, &act, person, None, &crate::Actor::you(person))
    }

    /// The day on which a withdrawn ground is destroyed.
    pub fn withdrawal(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Option<Date>> {
        let row = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?;
        row.map(|row| crate::permit::day(&row.get::<String>(1)?)).transpose()
    }

    /// How many holdings fall due, by month and kind.
    pub fn forecast(&self, tx: &mut Tx<'_>) -> Result<Vec<ForecastRow>> {
        let rows = tx.all(&rows::FORECAST, &[])?;
        rows.iter().map(|row| Ok(ForecastRow { month: row.get(0)?, kind: row.get(1)?, count: count(row, 2)? })).collect()
    }

    /// How many holdings there are of each kind.
    pub fn kind_counts(&self, tx: &mut Tx<'_>) -> Result<Vec<KindCount>> {
        let rows = tx.all(&rows::COUNT_KINDS, &[])?;
        rows.iter().map(|row| Ok(KindCount { kind: row.get(0)?, count: count(row, 1)?, dated: count(row, 2)? })).collect()
    }

    /// What legal holds keep.
    pub fn held(&self, tx: &mut Tx<'_>) -> Result<Vec<HeldRow>> {
        let today = law::iso(tx.today());
        let rows = tx.all(&rows::LIST_HELD, &[today.into()])?;
        rows.iter()
            .map(|row| {
                Ok(HeldRow { kind: row.get(0)?, due_on: row.get(1)?, reason: row.get(2)?, until: row.get(3)?, authorised_by: row.get(4)? })
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
            .map(|row| Ok(RunRow { job: row.get(0)?, day: row.get(1)?, count: count(row, 3)?, held: count(row, 4)?, outcome: row.get(5)? }))
            .collect()
    }

    /// One leaf for each clause that refused yesterday: counted, without anybody in it.
    fn leave_refusals(&self) -> Result<()> {
        let custody = self.clone();
        self.write_blocking("leave_refusals", move |tx| {
            let yesterday = tx.today().yesterday().map_err(|_| Error::Nonsense("there is no yesterday"))?;
            for row in tx.all(&rows::DAY_REFUSALS, &[law::iso(yesterday).into()])? {
                custody.leave_system(tx, Effect::Refused, Outcome::Refused, vec![row.get(0)?], count(&row, 1)?)?;
            }
            Ok(())
        })
    }

    fn failed<T>(&self, job: &str, error: Error) -> Result<T> {
        // The failure itself is what the caller must hear of; a second one while recording it adds nothing.
        let _ = self.record(job, 0, 0, "failed");
        Err(error)
    }

    fn record(&self, job: &str, count: u64, held: u64, outcome: &str) -> Result<()> {
        let (job, outcome) = (job.to_owned(), outcome.to_owned());
        self.write_blocking("record_run", move |tx| {
            let id: [u8; 16] = tx.bytes();
            let (day, now) = (law::iso(tx.today()), tx.now().as_millisecond());
            let (count, held) = (i64::try_from(count).unwrap_or(i64::MAX), i64::try_from(held).unwrap_or(i64::MAX));
            tx.execute(
                &rows::INSERT_RUN,
                &[id.into(), job.as_str().into(), day.into(), now.into(), count.into(), held.into(), outcome.as_str().into()],
            )?;
            Ok(())
        })
    }
}

/// The days between a withdrawal and its destruction.
const WITHDRAW_DAYS: i64 = 7;

/// Where a page of rows ended, in key order.
type Cursor = ([u8; 16], [u8; 16]);

fn flag_chunk(tx: &mut Tx<'_>, statement: &Statement, from: Cursor) -> Result<Option<Cursor>> {
    let today = law::iso(tx.today());
    let page = tx.all(statement, &[today.as_str().into(), from.0.into(), from.1.into(), CHUNK.into()])?;
    let mut last = None;
    for row in &page {
        let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
        tx.execute(&rows::UPSERT_FLAG, &[person.into(), holding.into(), today.as_str().into(), row.get::<String>(2)?.into()])?;
        last = Some((person, holding));
    }
    Ok(last)
}

fn count(row: &store::Row, i: usize) -> Result<u64> {
    u64::try_from(row.get::<i64>(i)?).map_err(|_| Error::Nonsense("a count is negative"))
}
