//! The keyring's day: a new epoch, every key wrapped anew under it, old epochs closed, and their keys destroyed when the
//! copies that they open have had their time.

use crate::guard::Witnessed;
use crate::release::Allowance;
use crate::retention::{Cursor, START, record};
use crate::{Custody, Error, Result, rows};
use law::Date;
use ledger::{Effect, Outcome};
use std::collections::BTreeSet;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use store::Tx;
use vault::Bound;

/// How many keys are wrapped anew in a transaction: a few milliseconds of the writer.
const TURNED_TOGETHER: u64 = 500;

impl Custody {
    /// At start: every key that records need must be there, or nothing starts; a keyring is never begun beside records that
    /// stand under another. What was destroyed and came back, with a place that had been away, is destroyed again.
    pub(crate) fn check_keyring(&self) -> Result<()> {
        // Beside a server the keyring may turn between two looks; whoever needs a key that is not there is told then.
        if !self.store().is_alone() {
            return Ok(());
        }
        let (needed, destroyed) = self.store().read_blocking("list_epochs", |tx| {
            let mut days = |statement: &store::Statement| -> Result<Vec<Date>> {
                tx.all(statement, &[])?.iter().map(|row| crate::permit::day(&row.get::<String>(0)?)).collect()
            };
            Ok::<_, Error>((days(&rows::LIST_NEEDED)?, days(&rows::LIST_DESTROYED)?))
        })?;
        let there = self.keyring()?.epochs();
        if let Some(missing) = needed.iter().find(|day| !there.contains(day)) {
            return Err(Error::KeyMissing(*missing));
        }
        for day in destroyed.into_iter().filter(|day| there.contains(day)) {
            self.keyring_mut()?.destroy(day)?;
        }
        if needed.is_empty() && self.keyring()?.current().is_none() {
            self.begin_epoch(self.store().clock().today())?;
        }
        Ok(())
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

    /// The turn: a new epoch, every key wrapped anew under it, older epochs closed when nothing is left under them. Its day is
    /// the witnessed one: a clock that jumps meanwhile begins and closes nothing.
    pub(crate) fn turn(&self, witnessed: &Witnessed) -> Result<u64> {
        let today = witnessed.day();
        // A key never goes back to an epoch that is older than the newest.
        if self.keyring()?.current().is_none_or(|current| current < today) {
            let mut rng = self.store().random();
            self.keyring_mut()?.begin(today, &mut rng)?;
        }
        let current = self.keyring()?.current().ok_or(Error::Nonsense("the keyring has no epoch"))?;
        self.write_blocking("begin_epoch", move |tx| {
            tx.execute(&rows::INSERT_EPOCH, &[current.into()])?;
            Ok::<_, Error>(())
        })?;
        let mut turned = 0;
        loop {
            let (count, left) = self.turn_once(current)?;
            turned += count;
            // Whoever amends wraps under the new epoch, but for one who began before it did: those are met the next time round.
            if left == 0 {
                break;
            }
        }
        let (custody, used) = (self.clone(), self.store().read_blocking("used_epochs", used)?);
        self.write_blocking("close_epochs", move |tx| custody.close_epochs(tx, current, &used, today, turned))?;
        Ok(turned)
    }

    /// Goes once over every key of an older epoch: how many were wrapped anew, and how many somebody else wrapped meanwhile.
    /// One thread reads and wraps ahead, so the writer only writes.
    fn turn_once(&self, current: Date) -> Result<(u64, u64)> {
        let (sender, chunks) = sync_channel(1);
        thread::scope(|scope| {
            let wrapping = scope.spawn(move || self.wrap_anew(current, &sender));
            let (mut turned, mut left) = (0, 0);
            for chunk in chunks {
                let all = Vec::len(&chunk) as u64;
                let count = self.store().write_blocking("turn", move |tx| store_wrapped(tx, current, &chunk))?;
                turned += count;
                left += all - count;
            }
            wrapping.join().map_err(|_| Error::Nonsense("wrapping keys anew panicked"))??;
            Ok((turned, left))
        })
    }

    /// Wraps every key of an older epoch under the current one, a chunk at a time, until nobody takes them any more.
    fn wrap_anew(&self, current: Date, sender: &SyncSender<Vec<Wrapped>>) -> Result<()> {
        let new = self.epoch_key(current)?;
        let mut after = Some(START);
        while let Some(from) = after {
            let page = self.store().read_blocking("old_keys", move |tx| {
                let values = [current.into(), from.0.into(), from.1.into(), TURNED_TOGETHER.into()];
                Ok::<_, Error>(tx.all(&rows::PAGE_OLD_KEYS, &values)?)
            })?;
            let mut rng = self.store().random();
            let mut chunk = Vec::with_capacity(page.len());
            after = None;
            for row in &page {
                let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
                let old: Vec<u8> = row.get(3)?;
                let bound = Bound { person: &person, holding: &holding, kind: "", version: 0 };
                let keys = self.epoch_key(row.get(2)?)?.unwrap(&old, &bound)?;
                let new = new.wrap(&keys, &bound, &mut rng);
                chunk.push(Wrapped { person, holding, old, new });
                after = Some((person, holding));
            }
            // Nobody takes it when writing failed: the writer's error is the one to hear of.
            if chunk.is_empty() || sender.send(chunk).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn close_epochs(
        &self,
        tx: &mut Tx<'_>,
        current: Date,
        used: &BTreeSet<Date>,
        today: Date,
        turned: u64,
    ) -> Result<()> {
        for row in tx.all(&rows::LIST_EPOCHS, &[])? {
            let day: Date = row.get(0)?;
            if day < current && !used.contains(&day) {
                tx.execute(&rows::CLOSE_EPOCH, &[day.into(), today.into()])?;
            }
        }
        if turned > 0 {
            self.leave_system(tx, Effect::Turn, Outcome::Done, Vec::new(), turned)?;
        }
        record(tx, "turn", turned, 0, "done")
    }

    /// Destroys the keys of epochs that were closed W − 2 days ago: copies that they open have then had their time. The oldest
    /// go first, and three at the most; the others wait for the next run, or for two officers.
    pub(crate) fn destroy_epochs(&self, witnessed: &Witnessed) -> Result<u64> {
        let today = witnessed.day();
        let window = self.in_force(today)?.head().window();
        let (ended, waiting) = self.store().read_blocking("ended_epochs", move |tx| {
            let (used, mut ended) = (used(tx)?, Vec::new());
            for row in tx.all(&rows::LIST_EPOCHS, &[])? {
                let day: Date = row.get(0)?;
                let Some(closed_on) = row.get::<Option<Date>>(1)? else {
                    continue;
                };
                let end = window.after(closed_on).and_then(|end| end.checked_sub(jiff::Span::new().days(2)).ok());
                if end.is_some_and(|end| end <= today) && !used.contains(&day) {
                    ended.push(day);
                }
            }
            let mut allowance = Allowance::of_keys(tx, today)?;
            let waiting = ended.split_off(ended.iter().take_while(|_| allowance.take()).count());
            Ok::<_, Error>((ended, waiting.len() as u64))
        })?;
        self.destroy(ended, waiting, today)
    }

    /// The files go first: should the rows fail, the next run destroys what is gone already and writes them.
    fn destroy(&self, days: Vec<Date>, waiting: u64, today: Date) -> Result<u64> {
        let mut destroyed = Vec::with_capacity(days.len());
        for day in days {
            destroyed.push((day, self.keyring_mut()?.destroy(day)?.len() as u64));
        }
        let custody = self.clone();
        self.write_blocking("destroy_epochs", move |tx| {
            let mut allowance = Allowance::of_keys(tx, today)?;
            for (day, places) in &destroyed {
                allowance.take();
                let day = law::iso(*day);
                tx.execute(&rows::DESTROY_EPOCH, &[day.as_str().into(), today.into()])?;
                custody.leave_system(
                    tx,
                    Effect::EpochDestroyed,
                    Outcome::Done,
                    vec![format!("epoch.{day}")],
                    *places,
                )?;
            }
            allowance.spend_releases(tx)?;
            record(tx, "epochs", destroyed.len() as u64, waiting, "done")?;
            Ok::<_, Error>(destroyed.len() as u64)
        })
    }
}

/// A key that was wrapped anew.
struct Wrapped {
    person: [u8; 16],
    holding: [u8; 16],
    old: Vec<u8>,
    new: Vec<u8>,
}

/// Stores what was wrapped anew, but for what somebody amended or erased meanwhile; says how many.
fn store_wrapped(tx: &mut Tx<'_>, current: Date, chunk: &[Wrapped]) -> Result<u64> {
    let values = |one: &Wrapped| {
        let (old, new) = (one.old.as_slice().into(), one.new.as_slice().into());
        vec![one.person.into(), one.holding.into(), current.into(), new, old]
    };
    Ok(tx.execute_all(&chunk.iter().map(|one| (&rows::TURN_KEY, values(one))).collect::<Vec<_>>())?)
}

/// The epochs whose keys still wrap a key. Looks at every row, beside the writer: an index on the epoch would have to be
/// written anew with every turn.
fn used(tx: &mut Tx<'_>) -> Result<BTreeSet<Date>> {
    tx.all(&rows::LIST_USED, &[])?.iter().map(|row| Ok(row.get(0)?)).collect()
}
