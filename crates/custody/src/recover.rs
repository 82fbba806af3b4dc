//! Recover: a copy took the database's place, and everything that must not be undone is done again before the first request.
//!
//! 1. A row says that a restore has begun; until it says that it ended, nothing starts.
//! 2. What the log published and the copy lacks is imported from the evidence folder, notices too: no index is ever used twice.
//! 3. Every key of the keyring has its epoch again, and an epoch whose key was destroyed since is closed.
//! 4. The journal is done again: what was erased is erased; a value that was replaced is shut, and lost; an erasure that had
//!    only begun closes its holding until an officer decides; restrictions, objections, withdrawals and holds are as they
//!    last were.
//! 5. What belongs to rooms (sessions, links, codes, answers, mail) is settled by the caller, in the last transaction, with the
//!    leaf of the restore.
//!
//! For the days that were lost and fourteen more nothing is destroyed by schedule: a clock may have moved in what was lost.
//! Every step may be interrupted and done again.

mod import;
mod replay;

use crate::owed::Line;
use crate::{Custody, Error, Parts, Result, rows};
use jiff::Span;
use law::{Date, Timestamp};
use ledger::{Effect, Outcome};
pub(crate) use replay::Wanted;
use std::collections::BTreeMap;
use store::{Row, Tx};
use vault::{Entry, Journal};

/// How many days beyond those that were lost nothing is destroyed by schedule.
const SPARED_DAYS: i64 = 14;

/// What a restore did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The last day that the copy knew.
    pub copy_day: Date,
    /// Before it nothing is destroyed by schedule.
    pub until_day: Date,
    /// Leaves imported into the log.
    pub leaves: u64,
    /// Notices imported.
    pub notices: u64,
    /// Notices that were published and stand nowhere any more: they must be published again.
    pub notices_lost: u64,
    /// Holdings erased again.
    pub erased: u64,
    /// Replaced values that stay shut: their persons must be asked.
    pub shut: u64,
    /// Holdings closed until an officer decides.
    pub closed: u64,
    /// Objections, restrictions, withdrawals and holds that were set or taken back again.
    pub applied: u64,
    /// Holdings that wait for an officer.
    pub to_check: u64,
}

/// For what a copy is brought back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To show that it works: the journal is only read.
    Drill,
    /// To serve from it.
    Service,
    /// To serve from it although the journal is gone: what stood in it is not done again.
    WithoutJournal,
}

/// A restore that has begun.
#[derive(Clone, Copy)]
struct Begun {
    at: i64,
    copy_day: Date,
    until_day: Date,
}

impl Custody {
    /// Begins custody on a database that was put in place of a lost one: a copy, or what a server recovered. `also` settles what
    /// belongs to rooms, in the last transaction. [`Error::Forked`] when the published log is of another database;
    /// [`Error::KeyMissing`] when the copy is older than the keys that are left.
    pub fn recover(
        parts: Parts,
        also: impl for<'t> Fn(&mut Tx<'t>) -> Result<()> + Send + 'static,
    ) -> Result<(Self, Recovered)> {
        Self::recover_for(Purpose::Service, parts, also)
    }

    /// The same where the journal is gone and the operator has said so: what was erased, corrected, withdrawn or objected to since
    /// is not done again, and an empty journal is begun.
    pub fn recover_without_journal(
        parts: Parts,
        also: impl for<'t> Fn(&mut Tx<'t>) -> Result<()> + Send + 'static,
    ) -> Result<(Self, Recovered)> {
        Self::recover_for(Purpose::WithoutJournal, parts, also)
    }

    fn recover_for(
        purpose: Purpose,
        parts: Parts,
        also: impl for<'t> Fn(&mut Tx<'t>) -> Result<()> + Send + 'static,
    ) -> Result<(Self, Recovered)> {
        if !parts.store.is_alone() {
            return Err(Error::Nonsense("a restore needs the data to itself"));
        }
        let custody = Self::assemble(parts)?;
        let recovered = custody.bring_back(purpose, also)?;
        if purpose == Purpose::WithoutJournal {
            // Begun last, so that whatever stops before this is refused again for the journal that is missing.
            custody.journal(|_| Ok(()))?;
        }
        custody.check_keyring()?;
        custody.publish_anew()?;
        custody.check_published()?;
        Ok((custody, recovered))
    }

    /// Does everything again that the copy does not know.
    pub(crate) fn bring_back(
        &self,
        purpose: Purpose,
        also: impl for<'t> Fn(&mut Tx<'t>) -> Result<()> + Send + 'static,
    ) -> Result<Recovered> {
        let begun = self.write_plain("begin_restore", begin)?;
        self.settle_epochs()?;
        let paid = self.pay_missing(purpose)?;
        let journal = if purpose == Purpose::WithoutJournal { None } else { Some(self.read_journal()?) };
        let published = self.look_for_leaves(journal.as_deref(), begun.copy_day)?;
        let journal = journal.unwrap_or_default();
        let leaves = self.import_leaves(&published)?;
        let (notices, notices_lost) = self.import_notices(&journal)?;
        self.write_plain("count_leaves", move |tx| begun.count(tx, [leaves, 0, 0, 0, 0]))?;
        self.do_again(&Wanted::of(&journal), begun, purpose)?;
        let restarted = published.restarted();
        let custody = self.clone();
        let mut recovered = self.write_blocking("finish_restore", move |tx| {
            also(tx)?;
            if let Some(name) = &restarted {
                custody.restart_log(tx, name)?;
            }
            paid.iter().try_for_each(|id| tx.execute(&rows::DELETE_OWED, &[(*id).into()]).map(|_| ()))?;
            custody.finish(tx, begun)
        })?;
        (recovered.notices, recovered.notices_lost) = (notices, notices_lost);
        Ok(recovered)
    }

    /// Every line of the journal; none where neither it nor the log was ever begun.
    fn read_journal(&self) -> Result<Vec<Entry>> {
        let path = &self.0.journal_at;
        if path.exists() {
            return Ok(Journal::read(path)?);
        }
        if self.store().read_blocking("find_log", crate::publish::find_log)?.origin.is_some() {
            return Err(Error::JournalMissing(path.clone()));
        }
        Ok(Vec::new())
    }

    fn finish(&self, tx: &mut Tx<'_>, begun: Begun) -> Result<Recovered> {
        tx.execute(&rows::FINISH_RESTORED, &[begun.at.into()])?;
        let row = tx.one(&rows::FIND_RESTORED, &[begun.at.into()])?;
        let to_check = tx.one(&rows::COUNT_CHECK_UPS, &[])?.get(0)?;
        let recovered = Recovered {
            copy_day: begun.copy_day,
            until_day: begun.until_day,
            leaves: row.get(0)?,
            erased: row.get(1)?,
            shut: row.get(2)?,
            closed: row.get(3)?,
            applied: row.get(4)?,
            to_check,
            ..Recovered::default()
        };
        let outcome = if to_check > 0 { Outcome::Stopped } else { Outcome::Done };
        let done = recovered.erased + recovered.shut + recovered.closed + recovered.applied;
        self.leave_system(tx, Effect::Restore, outcome, Vec::new(), done)?;
        crate::retention::record(tx, "restore", done, to_check, "done")?;
        Ok(recovered)
    }

    /// The keyring and the epochs of the copy agree again: each key has an open epoch or one that the copy closed, and an epoch
    /// whose key was destroyed since wraps nothing.
    fn settle_epochs(&self) -> Result<()> {
        let there = self.keyring()?.epochs();
        self.write_plain("settle_epochs", move |tx| {
            let today = tx.today();
            for day in &there {
                tx.execute(&rows::INSERT_EPOCH, &[(*day).into()])?;
            }
            // Each was closed when the next began. What it still wraps is turned before it is destroyed, and its time in the copies
            // counts from then: a restore makes no copy live longer.
            for (day, next) in there.iter().zip(there.iter().skip(1)) {
                tx.execute(&rows::CLOSE_EPOCH, &[(*day).into(), (*next).into()])?;
            }
            let used = tx.all(&rows::LIST_USED, &[])?;
            let used = used.iter().map(|row| Ok(row.get(0)?)).collect::<Result<Vec<Date>>>()?;
            if let Some(missing) = used.iter().find(|day| !there.contains(day)) {
                return Err(Error::KeyMissing(*missing));
            }
            for row in tx.all(&rows::LIST_EPOCHS, &[])? {
                let day: Date = row.get(0)?;
                if !there.contains(&day) {
                    tx.execute(&rows::CLOSE_EPOCH, &[day.into(), today.into()])?;
                    tx.execute(&rows::DESTROY_EPOCH, &[day.into(), today.into()])?;
                }
            }
            Ok(())
        })
    }

    /// What the copy owed the journal when it was made: most of it was written then. Gives the rows, which have their lines.
    fn pay_missing(&self, purpose: Purpose) -> Result<Vec<[u8; 16]>> {
        let owed = self.store().read_blocking("list_owed", crate::owed::list)?;
        if owed.is_empty() || purpose == Purpose::Drill {
            return Ok(owed.into_iter().map(|(id, _)| id).collect());
        }
        if purpose == Purpose::WithoutJournal {
            // The rows stay: the next start writes their lines.
            return Ok(Vec::new());
        }
        let missing = missing(&self.read_journal()?, &owed);
        if !missing.is_empty() {
            self.journal(|journal| journal.did(&missing))?;
        }
        Ok(owed.into_iter().map(|(id, _)| id).collect())
    }

    /// A transaction that neither leaves evidence nor owes a line.
    fn write_plain<T: Send + 'static>(
        &self,
        name: &'static str,
        f: impl for<'t> Fn(&mut Tx<'t>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store().write_blocking(name, f)
    }
}

impl Begun {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self { at: row.get(0)?, copy_day: row.get(1)?, until_day: row.get(2)? })
    }

    /// Adds to what the row says was done: leaves, erased, shut, closed, applied.
    fn count(self, tx: &mut Tx<'_>, [leaves, erased, shut, closed, applied]: [u64; 5]) -> Result<()> {
        let values = [self.at.into(), leaves.into(), erased.into(), shut.into(), closed.into(), applied.into()];
        tx.execute(&rows::COUNT_RESTORED, &values)?;
        Ok(())
    }
}

/// The lines that rows owe and the journal lacks, in their order. What was done to one thing over and over is compared as a whole:
/// the journal may have the first of it and lack the last, and then it ends with the first.
fn missing(journal: &[Entry], owed: &[([u8; 16], Line)]) -> Vec<Line> {
    let mut of_hash: BTreeMap<[u8; 32], Vec<(vault::Effect, Date)>> = BTreeMap::new();
    for (_, (hash, effect, day)) in owed {
        of_hash.entry(*hash).or_default().push((*effect, *day));
    }
    let is_written = |hash: &[u8; 32], lines: &[(vault::Effect, Date)]| -> usize {
        let of_it = journal.iter().filter(|entry| entry.hash == *hash);
        let written: Vec<_> = of_it.map(|entry| (entry.effect, entry.day)).collect();
        if written.windows(lines.len()).any(|part| part == lines) {
            return lines.len();
        }
        (0..lines.len()).rev().find(|count| written.ends_with(&lines[..*count])).unwrap_or_default()
    };
    let mut written: BTreeMap<_, _> = of_hash.iter().map(|(hash, lines)| (*hash, is_written(hash, lines))).collect();
    let mut lines: Vec<Line> = owed.iter().map(|(_, line)| *line).collect();
    lines.retain(|line| match written.get_mut(&line.0) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    lines
}

/// Goes on with the restore that did not end, or begins one. What the copy knew ended with its last witnessed day.
fn begin(tx: &mut Tx<'_>) -> Result<Begun> {
    if let Some(row) = tx.optional(&rows::FIND_UNFINISHED, &[])? {
        return Begun::read(&row);
    }
    let (last, today) = (tx.one(&rows::LAST_RESTORED, &[])?.get::<Option<i64>>(0)?, tx.today());
    let at = last.map_or(i64::MIN, |last| last + 1).max(tx.now().as_millisecond());
    let mark =
        tx.one(&rows::LAST_MARK, &[])?.get::<Option<i64>>(0)?.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let copy_day = mark.map_or(today, law::london_day).min(today);
    let lost = copy_day.until(today).map_or(0, |span| i64::from(span.get_days()));
    let until_day = today.saturating_add(Span::new().days(lost + SPARED_DAYS));
    tx.execute(&rows::INSERT_RESTORED, &[at.into(), today.into(), copy_day.into(), until_day.into()])?;
    Ok(Begun { at, copy_day, until_day })
}
