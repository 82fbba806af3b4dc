//! Erase: keys, record, trail and everything that hangs on a holding, in one transaction; the intent is in the journal
//! outside the database before, and the log of the database is truncated after.

use crate::evidence::Act;
use crate::guard::Witnessed;
use crate::permit::Permit;
use crate::{Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use ledger::Effect;
use store::{DiesWith, Statement, Tx, Val};

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

impl Custody {
    /// Erases what is destroyable among these holdings and says how many. The rest stays and loses its flag: it was
    /// verified again and is no longer due. Idempotent: what is gone is counted as nothing.
    pub(crate) fn erase(&self, _witnessed: &Witnessed, batch: Vec<(PersonId, HoldingId)>) -> Result<u64> {
        let entries: Vec<_> =
            batch.iter().map(|(_, holding)| (vault::sha256(&holding.0), vault::Effect::Erase)).collect();
        let today = self.store().clock().today();
        let intent = self.journal(|journal| journal.intent(today, &entries))?;
        let custody = self.clone();
        let (erased, indices) = self.write_blocking("erase", move |tx| {
            let mut indices = Vec::with_capacity(batch.len());
            let mut erased = 0;
            for (person, holding) in &batch {
                let size = crate::evidence::head(tx)?.size();
                let done = custody.erase_one(tx, *person, *holding)?;
                indices.push(done.then_some(size));
                erased += u64::from(done);
            }
            Ok::<_, Error>((erased, indices))
        })?;
        self.journal(|journal| journal.done(intent, &indices))?;
        Ok(erased)
    }

    fn erase_one(&self, tx: &mut Tx<'_>, person: PersonId, holding: HoldingId) -> Result<bool> {
        let permit = match self.permit_erase(tx, person, holding) {
            Ok(Some(permit)) => permit,
            Ok(None) => {
                tx.execute(&rows::DELETE_FLAG, &[person.into(), holding.into()])?;
                return Ok(false);
            }
            Err(Error::Gone) => return Ok(false),
            Err(other) => return Err(other),
        };
        self.erase_permitted(tx, &permit)?;
        Ok(true)
    }

    fn erase_permitted<'tx>(&self, tx: &mut Tx<'tx>, permit: &Permit<'tx>) -> Result<()> {
        let held = &permit.held;
        let holding: [Val; 2] = [held.person.into(), held.holding.into()];
        for statement in &self.dying().holding {
            tx.execute(statement, &holding)?;
        }
        tx.execute(&rows::DELETE_HOLDING, &holding)?;
        self.erase_ground(tx, held.person, held.ground)?;
        let act = Act { effect: Effect::Erase, kind: &held.kind, purpose: &permit.purpose };
        self.leave(tx, &act, held.person, None, &permit.actor)?;
        // Each erasure's leaf is integrated at once: the journal names its index, and the outbox keeps no row of the person.
        Custody::integrate(tx)?;
        if tx.one(&rows::COUNT_PERSON, &[held.person.into()])?.get::<i64>(0)? == 0 {
            for statement in &self.dying().person {
                tx.execute(statement, &[held.person.into()])?;
            }
        }
        Ok(())
    }

    /// When nothing is held on a ground any more, its linked rows and look-ups go too.
    fn erase_ground(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<()> {
        if tx.one(&rows::COUNT_GROUND, &[person.into(), ground.into()])?.get::<i64>(0)? > 0 {
            return Ok(());
        }
        for statement in &self.dying().ground {
            tx.execute(statement, &[person.into(), ground.into()])?;
        }
        Ok(())
    }
}
