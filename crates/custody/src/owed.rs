//! What a transaction owes to the journal outside the database.
//!
//! Erasures write their intent before they commit. Every other effect that a restore must not undo leaves a row in its own
//! transaction, and the row becomes a line of the journal after the commit and before anybody is told that it is done. A
//! crash between the two leaves the row, and the next start writes the line. A row is taken out once its line is synced; should it
//! stay, the line is written twice, and doing again what is done changes nothing.

use crate::{Custody, Error, Result, rows};
use law::Date;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Tx;
use vault::Effect;

/// How many rows whose lines are synced stand at the most: whoever writes lines reads them all.
const PAID: usize = 64;

/// The number of a row: when it was made, in microseconds and in the order of this process, and eight random bytes.
type Id = [u8; 16];

/// A line as the journal takes it.
pub(crate) type Line = ([u8; 32], Effect, Date);

/// What this process knows of the rows.
#[derive(Default)]
pub(crate) struct Owed {
    /// The rows whose lines are synced and that still stand. Who has it is the one who writes lines.
    paid: Mutex<BTreeSet<Id>>,
    /// The last number that was given, so that lines stand in the order in which the effects happened.
    last: AtomicU64,
}

impl Owed {
    /// A number later than every one before it.
    fn stamp(&self, now_us: u64) -> u64 {
        let next = |last: u64| Some(now_us.max(last + 1));
        self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map_or(now_us, |last| now_us.max(last + 1))
    }

    /// A set of numbers is whole whatever panicked beside it.
    fn paid(&self) -> MutexGuard<'_, BTreeSet<Id>> {
        self.paid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Custody {
    /// Notes that this transaction owes the journal a line: whoever runs it writes the line after the commit and before the
    /// answer. `hash` is as [`Effect`] says.
    pub(crate) fn owe(&self, tx: &mut Tx<'_>, effect: Effect, hash: [u8; 32]) -> Result<()> {
        let now_us = u64::try_from(tx.now().as_microsecond()).unwrap_or_default();
        let (stamp, salt) = (self.0.owed.stamp(now_us), tx.bytes::<8>());
        let mut id: Id = [0; 16];
        id[..8].copy_from_slice(&stamp.to_be_bytes());
        id[8..].copy_from_slice(&salt);
        let day = self.day(tx);
        tx.execute(&rows::INSERT_OWED, &[id.into(), hash.into(), effect.word().into(), day.into()])?;
        tx.owe();
        Ok(())
    }

    /// Writes the line of every row that has none, for who has the journal. Beside a process that has it, the row waits for
    /// that one's minute. Blocking; [`Error::Journal`] when it fails: what was done stays done.
    pub(crate) fn pay(&self) -> Result<u64> {
        if !self.store().is_alone() {
            return Ok(0);
        }
        let written = match self.write_lines() {
            Err(Error::Vault(vault::Error::Locked { .. })) => Ok(0),
            other => other.map_err(|error| Error::Journal(Box::new(error))),
        }?;
        // A row that stays is written down twice, which changes nothing.
        let _ = self.take_out(PAID);
        Ok(written)
    }

    fn write_lines(&self) -> Result<u64> {
        let mut paid = self.0.owed.paid();
        let mut owed = self.store().read_blocking("list_owed", list)?;
        owed.retain(|(id, _)| !paid.contains(id));
        if owed.is_empty() {
            return Ok(0);
        }
        let lines: Vec<_> = owed.iter().map(|(_, line)| *line).collect();
        self.journal(|journal| journal.did(&lines))?;
        paid.extend(owed.iter().map(|(id, _)| *id));
        Ok(owed.len() as u64)
    }

    /// Each minute: writes what could not be written before and takes out the rows whose lines are synced. Says how many lines
    /// it wrote. Blocking.
    pub fn settle_owed(&self) -> Result<u64> {
        let late = self.pay()?;
        self.take_out(1)?;
        Ok(late)
    }

    /// Takes out the rows whose lines are synced, once there are so many.
    fn take_out(&self, most: usize) -> Result<()> {
        let done: Vec<Id> = self.0.owed.paid().iter().copied().collect();
        if done.len() < most {
            return Ok(());
        }
        let rows = done.clone();
        self.store().write_blocking("settle_owed", move |tx| {
            let delete = rows.iter().map(|id| (&rows::DELETE_OWED, vec![(*id).into()]));
            tx.execute_all(&delete.collect::<Vec<_>>()).map(|_| ())
        })?;
        let mut paid = self.0.owed.paid();
        for id in &done {
            paid.remove(id);
        }
        Ok(())
    }
}

/// Every row, in the order in which the effects happened, as the journal takes it.
pub(crate) fn list(tx: &mut Tx<'_>) -> Result<Vec<(Id, Line)>> {
    let rows = tx.all(&rows::LIST_OWED, &[])?;
    let line = |row: &store::Row| -> Result<_> {
        let effect = Effect::parse(&row.get::<String>(2)?).ok_or(Error::Nonsense("journal_outbox.effect"))?;
        Ok((row.get(0)?, (row.get(1)?, effect, row.get(3)?)))
    };
    rows.iter().map(line).collect()
}

/// As the journal names a holding, and a ground: without saying which it is to whoever does not know it already.
pub(crate) fn of_id(id: [u8; 16]) -> [u8; 32] {
    vault::sha256(&id)
}

/// As the journal names a version of a holding.
pub(crate) fn of_version(holding: [u8; 16], version: u64) -> [u8; 32] {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(&holding);
    bytes[16..].copy_from_slice(&version.to_be_bytes());
    vault::sha256(&bytes)
}

/// As the journal names a purpose to which a person objected.
pub(crate) fn of_purpose(person: [u8; 16], purpose: &str) -> [u8; 32] {
    vault::sha256(&[&person[..], purpose.as_bytes()].concat())
}

/// As the journal names an event that ended a ground.
pub(crate) fn of_event(ground: [u8; 16], event: &str) -> [u8; 32] {
    vault::sha256(&[&ground[..], event.as_bytes()].concat())
}
