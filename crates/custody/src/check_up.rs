//! What a restored copy left for an officer to look at.
//!
//! A restore does again what the journal says was done. What it cannot know, it closes or marks: an erasure that had begun, a
//! value that was replaced by one that is lost, a legal hold without its reason. An officer looks at each and decides.

use crate::evidence::Act;
use crate::owed::of_id;
use crate::permit::find;
use crate::release::Allowance;
use crate::standing::Check;
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use law::Date;
use ledger::Effect;
use notice::{Ask, Fields};
use store::{Row, Tx};

/// A holding that waits for an officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckUp {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub holding: HoldingId,
    /// Its kind.
    pub kind: String,
    /// What it is held for.
    pub ground: Ground,
    /// Why it waits.
    pub why: Check,
    /// The day of the restore.
    pub day: Date,
}

/// What an officer decides of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was to be erased.
    Erase,
    /// It stays as it is, and opens as its terms allow.
    Keep,
}

impl Custody {
    /// What waits, oldest restore first, up to a number.
    pub fn check_ups(&self, tx: &mut Tx<'_>, limit: u32) -> Result<Vec<CheckUp>> {
        let rows = tx.all(&rows::LIST_CHECK_UPS, &[i64::from(limit).into()])?;
        let read = |row: &Row| -> Result<CheckUp> {
            Ok(CheckUp {
                person: PersonId(row.get(0)?),
                holding: HoldingId(row.get(1)?),
                kind: row.get(2)?,
                ground: Ground(row.get(3)?),
                why: why(row, 4)?,
                day: row.get(5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// An officer decides. [`Error::Gone`] when it does not wait. To erase needs a witnessed clock, room in the day's budget or a
    /// release, and no legal hold. Blocking: the journal is written around the transaction.
    pub fn settle_check_up(
        &self,
        officer: &Actor,
        person: PersonId,
        holding: HoldingId,
        decision: Decision,
    ) -> Result<()> {
        match decision {
            Decision::Keep => self.keep_checked(officer.clone(), person, holding),
            Decision::Erase => self.erase_checked(officer.clone(), person, holding),
        }
    }

    fn keep_checked(&self, officer: Actor, person: PersonId, holding: HoldingId) -> Result<()> {
        let custody = self.clone();
        self.write_blocking("keep_checked", move |tx| {
            custody.officer(tx, &officer)?;
            let held = find(tx, person, holding)?;
            if tx.execute(&rows::DELETE_CHECK_UP, &[person.into(), holding.into()])? == 0 {
                return Err(Error::Gone);
            }
            let keys = custody.unwrap(&held)?;
            let act = Act { effect: Effect::CheckUpSettled, kind: &held.kind, purpose: PURPOSE };
            custody.leave(tx, &act, person, Some((holding, keys.trail())), &officer)
        })
    }

    fn erase_checked(&self, officer: Actor, person: PersonId, holding: HoldingId) -> Result<()> {
        let witnessed = self.witnessed()?.ok_or_else(|| refused(&officer, "today's date must be confirmed first"))?;
        let day = witnessed.day();
        self.begin_budget(day)?;
        let (custody, by) = (self.clone(), officer.clone());
        self.store().read_blocking("find_check_up", move |tx| custody.may_erase(tx, &by, person, holding))?;
        let intent = self.journal(|journal| journal.intent(day, &[(of_id(holding.0), vault::Effect::Erase)]))?;
        let custody = self.clone();
        let leaf = self.write_blocking("erase_checked", move |tx| {
            custody.may_erase(tx, &officer, person, holding)?;
            let mut allowance = Allowance::of_holdings(tx, day)?;
            if !allowance.take() {
                return Err(refused(&officer, "the day's budget is spent, and there is no release"));
            }
            allowance.spend(tx)?;
            let held = find(tx, person, holding)?;
            let act = Act { effect: Effect::CheckUpSettled, kind: &held.kind, purpose: PURPOSE };
            custody.leave(tx, &act, person, None, &officer)?;
            let all = tx.one(&rows::COUNT_PERSON, &[person.into()])?.get::<i64>(0)? == 1;
            custody.destroy_rows(tx, person, &[held], all)
        })?;
        self.journal(|journal| journal.done(intent, &[Some(leaf)]))
    }

    /// It waits, and nothing keeps it.
    fn may_erase(&self, tx: &mut Tx<'_>, officer: &Actor, person: PersonId, holding: HoldingId) -> Result<()> {
        self.officer(tx, officer)?;
        tx.optional(&rows::FIND_CHECK_UP, &[person.into(), holding.into()])?.ok_or(Error::Gone)?;
        let (held, today) = (find(tx, person, holding)?, self.day(tx));
        let facts = self.facts(tx, &held, &*self.published(held.notice)?, today)?;
        if crate::standing(&facts, today).held {
            return Err(refused(officer, "a legal hold keeps it: lift it first"));
        }
        Ok(())
    }
}

/// Under what purpose an officer looks.
const PURPOSE: &str = "delete-on-time";

fn refused(officer: &Actor, why: &str) -> Error {
    let ask = Ask { actor: &officer.role, purpose: PURPOSE, kind: "", fields: Fields::All };
    Error::refused(&ask, format!("purpose.{PURPOSE}"), why)
}

fn why(row: &Row, at: usize) -> Result<Check> {
    Check::parse(&row.get::<String>(at)?).ok_or(Error::Nonsense("check_up.why"))
}
