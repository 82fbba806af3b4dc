//! Objection and restriction: what a person says no to, though it is held.
//!
//! An objection stops a purpose for everything of a person (UK GDPR Art 21); a restriction stops every purpose but their own
//! rights for one holding (Art 18). Both close with the next permit, leave evidence, and outlive a restored copy.

use crate::evidence::Act;
use crate::owed::{of_id, of_purpose};
use crate::permit::find;
use crate::{Actor, Custody, Error, HoldingId, PersonId, Result, rows};
use ledger::Effect;
use notice::{Ask, Fields};
use store::Tx;

/// Under what purpose others than the person act on these rights.
const PURPOSE: &str = "handle-rights";

impl Custody {
    /// A person objects to a purpose: from the next permit on nothing of theirs opens for it. One that the notice in force
    /// does not declare is refused. `false` when the objection stands already.
    pub fn object(&self, tx: &mut Tx<'_>, person: PersonId, purpose: &str, actor: &Actor) -> Result<bool> {
        may_act(actor, person)?;
        let (clause, today) = (format!("purpose.{purpose}"), self.day(tx));
        if self.in_force(today)?.purpose(purpose).is_none() {
            let ask = Ask { actor: &actor.role, purpose, kind: "", fields: Fields::All };
            return Err(Error::refused(&ask, clause, "the purpose is not declared"));
        }
        // Of whom nothing is held nothing can be used, and the row would die with nobody.
        if tx.one(&rows::COUNT_PERSON, &[person.into()])?.get::<i64>(0)? == 0 {
            return Err(Error::Gone);
        }
        if tx.execute(&rows::INSERT_OBJECTION, &[person.into(), purpose.into(), today.into()])? == 0 {
            return Ok(false);
        }
        self.leave_objection(tx, Effect::Object, person, purpose, actor)?;
        self.owe(tx, vault::Effect::Object, of_purpose(person.0, purpose))?;
        Ok(true)
    }

    /// A person takes an objection back, whatever the notice says of the purpose by now. [`Error::Gone`] when there is none.
    pub fn unobject(&self, tx: &mut Tx<'_>, person: PersonId, purpose: &str, actor: &Actor) -> Result<()> {
        may_act(actor, person)?;
        if tx.execute(&rows::DELETE_OBJECTION, &[person.into(), purpose.into()])? == 0 {
            return Err(Error::Gone);
        }
        self.leave_objection(tx, Effect::Unobject, person, purpose, actor)?;
        self.owe(tx, vault::Effect::Unobject, of_purpose(person.0, purpose))
    }

    /// Restricts a holding: it opens for its person's own rights alone. `false` when it is restricted already.
    pub fn restrict(&self, tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, actor: &Actor) -> Result<bool> {
        may_act(actor, person)?;
        let held = find(tx, person, holding)?;
        let today = self.day(tx);
        if tx.execute(&rows::INSERT_RESTRICTION, &[person.into(), holding.into(), today.into()])? == 0 {
            return Ok(false);
        }
        let act = Act { effect: Effect::Restrict, kind: &held.kind, purpose: purpose_of(actor) };
        self.leave(tx, &act, person, Some((holding, self.unwrap(&held)?.trail())), actor)?;
        self.owe(tx, vault::Effect::Restrict, of_id(holding.0))?;
        Ok(true)
    }

    /// Takes a restriction back. [`Error::Gone`] when there is none.
    pub fn unrestrict(&self, tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, actor: &Actor) -> Result<()> {
        may_act(actor, person)?;
        let held = find(tx, person, holding)?;
        if tx.execute(&rows::DELETE_RESTRICTION, &[person.into(), holding.into()])? == 0 {
            return Err(Error::Gone);
        }
        let act = Act { effect: Effect::Unrestrict, kind: &held.kind, purpose: purpose_of(actor) };
        self.leave(tx, &act, person, Some((holding, self.unwrap(&held)?.trail())), actor)?;
        self.owe(tx, vault::Effect::Unrestrict, of_id(holding.0))
    }

    fn leave_objection(
        &self,
        tx: &mut Tx<'_>,
        effect: Effect,
        person: PersonId,
        purpose: &str,
        actor: &Actor,
    ) -> Result<()> {
        self.leave(tx, &Act { effect, kind: "", purpose }, person, None, actor)
    }
}

/// A person acts on their own data alone.
fn may_act(actor: &Actor, person: PersonId) -> Result<()> {
    if actor.role == "you" && actor.person != Some(person) { Err(Error::Gone) } else { Ok(()) }
}

fn purpose_of(actor: &Actor) -> &'static str {
    if actor.role == "you" { "show-you" } else { PURPOSE }
}
