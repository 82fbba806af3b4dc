//! Erase: keys, record, trail and everything that hangs on a holding, in one transaction; the intent is in the journal
//! outside the database before, and the log of the database is truncated after.

use crate::evidence::Act;
use crate::guard::Witnessed;
use crate::permit::{Permit, Verdict, Way};
use crate::release::Allowance;
use crate::{Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use ledger::Effect;
use store::{DiesWith, Statement, Tx, Val};
use vault::Journal;

/// What dies with a holding, a ground or a person: one statement for each table that `columns.toml` names.
pub(crate) struct Dying {
    holding: Vec<Statement>,
    ground: Vec<Statement>,
    person: Vec<Statement>,
}

impl Dying {
    pub(crate) fn new(columns: &store::Columns) -> Self {
        let all = |dies: DiesWith| {
            let tables = columns.tables().filter(|(name, with)| *with == dies && *name != "holding");
            tables.map(|(name, with)| store::delete_by(name, with.key())).collect()
        };
        Self { holding: all(DiesWith::Holding), ground: all(DiesWith::Ground), person: all(DiesWith::Person) }
    }
}

/// How many erasures share a transaction, so that requests go on between them.
const TOGETHER: usize = 40;

/// What became of a holding that was to be erased.
enum Ended {
    /// It is erased; its leaf has this index.
    Erased(u64),
    /// It was gone before.
    Gone,
    /// It stays: what was found before is no longer so.
    Stays,
}

impl Custody {
    /// Erases these holdings and says how many. Each is judged again in the transaction that erases it, and stays where the
    /// judgement changed. Idempotent: what is gone is counted as nothing.
    ///
    /// The journal is synced twice for all of them. The intent of one that stays is never answered by a done: a restore that
    /// finds it looks whether the holding is there.
    pub(crate) fn erase(&self, witnessed: &Witnessed, batch: &[(PersonId, HoldingId)]) -> Result<u64> {
        if batch.is_empty() {
            return Ok(0);
        }
        let entries: Vec<_> =
            batch.iter().map(|(_, holding)| (vault::sha256(&holding.0), vault::Effect::Erase)).collect();
        let intent = self.journal(|journal| journal.intent(witnessed.day(), &entries))?;
        let mut ended = Vec::with_capacity(batch.len());
        let outcome = batch.chunks(TOGETHER).try_for_each(|together| {
            ended.extend(self.erase_together(witnessed, together.to_vec())?);
            Ok(())
        });
        self.journal(|journal| settle(journal, intent, &ended))?;
        outcome.map(|()| ended.iter().filter(|ended| matches!(ended, Ended::Erased(_))).count() as u64)
    }

    fn erase_together(&self, witnessed: &Witnessed, together: Vec<(PersonId, HoldingId)>) -> Result<Vec<Ended>> {
        let (custody, witnessed) = (self.clone(), witnessed.again());
        self.write_blocking("erase", move |tx| {
            let mut allowance = Allowance::of_holdings(tx, witnessed.day())?;
            let mut ended = Vec::with_capacity(together.len());
            for (person, holding) in &together {
                ended.push(custody.erase_one(tx, *person, *holding, &witnessed, &mut allowance)?);
            }
            allowance.spend(tx)?;
            Ok::<_, Error>(ended)
        })
    }

    fn erase_one(
        &self,
        tx: &mut Tx<'_>,
        person: PersonId,
        holding: HoldingId,
        witnessed: &Witnessed,
        allowance: &mut Allowance,
    ) -> Result<Ended> {
        match self.verdict(tx, person, holding, witnessed) {
            Ok(Verdict::Destroy(permit, way)) if way != Way::Unforeseen || allowance.take() => {
                let index = Self::next_index(tx)?;
                self.erase_permitted(tx, &permit)?;
                Ok(Ended::Erased(index))
            }
            Ok(_) => Ok(Ended::Stays),
            Err(Error::Gone) => Ok(Ended::Gone),
            Err(other) => Err(other),
        }
    }

    fn erase_permitted<'tx>(&self, tx: &mut Tx<'tx>, permit: &Permit<'tx>) -> Result<()> {
        let held = &permit.held;
        let holding: [Val; 2] = [held.person.into(), held.holding.into()];
        let dying = self.dying().holding.iter().chain([&rows::DELETE_HOLDING]);
        tx.execute_all(&dying.map(|statement| (statement, holding.to_vec())).collect::<Vec<_>>())?;
        self.erase_ground(tx, held.person, held.ground)?;
        let act = Act { effect: Effect::Erase, kind: &held.kind, purpose: &permit.purpose };
        self.leave(tx, &act, held.person, None, &permit.actor)?;
        // Each erasure's leaf is integrated at once: the journal names its index, and the outbox keeps no row of the person.
        Custody::integrate(tx)?;
        if tx.one(&rows::COUNT_PERSON, &[held.person.into()])?.get::<i64>(0)? == 0 {
            let dying = self.dying().person.iter().map(|statement| (statement, vec![held.person.into()]));
            tx.execute_all(&dying.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// When nothing is held on a ground any more, its linked rows and look-ups go too.
    fn erase_ground(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<()> {
        if tx.one(&rows::COUNT_GROUND, &[person.into(), ground.into()])?.get::<i64>(0)? > 0 {
            return Ok(());
        }
        let dying = self.dying().ground.iter().map(|statement| (statement, vec![person.into(), ground.into()]));
        tx.execute_all(&dying.collect::<Vec<_>>())?;
        Ok(())
    }
}

/// Answers the intents from `first` on for what is gone, run by run.
fn settle(journal: &mut Journal, first: u64, ended: &[Ended]) -> vault::Result<()> {
    let mut from = first;
    for run in ended.split(|ended| matches!(ended, Ended::Stays)) {
        let leaves: Vec<Option<u64>> = run
            .iter()
            .map(|ended| match ended {
                Ended::Erased(index) => Some(*index),
                Ended::Gone | Ended::Stays => None,
            })
            .collect();
        journal.done(from, &leaves)?;
        // The one that ended the run stays.
        from += leaves.len() as u64 + 1;
    }
    Ok(())
}
