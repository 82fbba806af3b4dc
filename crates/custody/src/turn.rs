//! The keyring's day: a new epoch, every key wrapped anew under it, old epochs closed, and their keys destroyed when the
//! copies that they open have had their time.

use crate::guard::Witnessed;
use crate::retention::{CHUNK, Cursor, START, record};
use crate::{Custody, Error, Result, rows};
use law::Date;
use ledger::{Effect, Outcome};
use store::Tx;
use vault::Bound;

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

    /// The turn: a new epoch, every key wrapped anew under it, older epochs closed when nothing is left under them.
    pub fn turn(&self) -> Result<u64> {
        let today = self.store().clock().today();
        // A key never goes back to an epoch that is older than the newest.
        if self.keyring()?.current().is_none_or(|current| current < today) {
            let mut rng = self.store().random();
            self.keyring_mut()?.begin(today, &mut rng)?;
        }
        let current = self.keyring()?.current().ok_or(Error::Nonsense("the keyring has no epoch"))?;
        let (mut turned, mut after) = (0, Some(START));
        while let Some(from) = after {
            let (custody, before) = (self.clone(), turned);
            let (count, last) = self.write_blocking("turn", move |tx| {
                tx.execute(&rows::INSERT_EPOCH, &[law::iso(current).into()])?;
                let (count, last) = custody.turn_chunk(tx, current, from)?;
                if last.is_none() {
                    custody.close_epochs(tx, current, before + count)?;
                }
                Ok::<_, Error>((count, last))
            })?;
            turned += count;
            after = last;
        }
        Ok(turned)
    }

    fn turn_chunk(&self, tx: &mut Tx<'_>, current: Date, from: Cursor) -> Result<(u64, Option<Cursor>)> {
        let page =
            tx.all(&rows::PAGE_OLD_KEYS, &[law::iso(current).into(), from.0.into(), from.1.into(), CHUNK.into()])?;
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
        let count = page.len() as u64;
        Ok((count, last.filter(|_| count == CHUNK)))
    }

    fn close_epochs(&self, tx: &mut Tx<'_>, current: Date, turned: u64) -> Result<()> {
        for row in tx.all(&rows::LIST_EPOCHS, &[])? {
            let day: String = row.get(0)?;
            if day < law::iso(current) && !in_use(tx, &day)? {
                tx.execute(&rows::CLOSE_EPOCH, &[day.into(), law::iso(tx.today()).into()])?;
            }
        }
        if turned > 0 {
            self.leave_system(tx, Effect::Turn, Outcome::Done, Vec::new(), turned)?;
        }
        record(tx, "turn", turned, 0, "done")
    }

    /// Destroys the keys of epochs that were closed W − 2 days ago: copies that they open have then had their time.
    pub(crate) fn destroy_epochs(&self, _witnessed: &Witnessed) -> Result<u64> {
        let today = self.store().clock().today();
        let window = self.in_force(today)?.head().backup_window;
        let ended = self.store().read_blocking("ended_epochs", move |tx| {
            let mut ended = Vec::new();
            for row in tx.all(&rows::LIST_EPOCHS, &[])? {
                let day: String = row.get(0)?;
                let Some(closed_on) = row.get::<Option<String>>(1)?.as_deref().and_then(law::parse_iso) else {
                    continue;
                };
                let end = window.after(closed_on).and_then(|end| end.checked_sub(jiff::Span::new().days(2)).ok());
                if end.is_some_and(|end| end <= today) && !in_use(tx, &day)? {
                    ended.push(crate::permit::day(&day)?);
                }
            }
            Ok::<_, Error>(ended)
        })?;
        self.destroy(ended)
    }

    /// The files go first: should the rows fail, the next run destroys what is gone already and writes them.
    fn destroy(&self, days: Vec<Date>) -> Result<u64> {
        let mut destroyed = Vec::with_capacity(days.len());
        for day in days {
            destroyed.push((day, self.keyring_mut()?.destroy(day)?.len() as u64));
        }
        let custody = self.clone();
        self.write_blocking("destroy_epochs", move |tx| {
            for (day, places) in &destroyed {
                let (day, today) = (law::iso(*day), law::iso(tx.today()));
                tx.execute(&rows::DESTROY_EPOCH, &[day.as_str().into(), today.into()])?;
                custody.leave_system(
                    tx,
                    Effect::EpochDestroyed,
                    Outcome::Done,
                    vec![format!("epoch.{day}")],
                    *places,
                )?;
            }
            record(tx, "epochs", destroyed.len() as u64, 0, "done")?;
            Ok::<_, Error>(destroyed.len() as u64)
        })
    }
}

/// Whether an epoch's key still wraps a key.
fn in_use(tx: &mut Tx<'_>, day: &str) -> Result<bool> {
    Ok(tx.optional(&rows::FIND_UNDER_EPOCH, &[day.into()])?.is_some())
}
