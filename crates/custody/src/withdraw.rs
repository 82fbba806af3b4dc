//! Withdrawal: closed at once, destroyed after seven days, cancellable until then.

use crate::evidence::Act;
use crate::owed::of_id;
use crate::{Actor, Custody, Error, Ground, PersonId, Result, rows};
use law::Date;
use ledger::Effect;
use store::Tx;

/// The days between a withdrawal and its destruction.
pub const WITHDRAW_DAYS: i64 = 7;

/// The day on which what is withdrawn on a day is destroyed.
pub fn withdrawn_until(day: Date) -> Date {
    day.saturating_add(jiff::Span::new().days(WITHDRAW_DAYS))
}

impl Custody {
    /// Withdraws a ground: closed at once, destroyed after seven days, cancellable until then.
    pub fn withdraw(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, kind: &str) -> Result<Date> {
        let today = self.day(tx);
        let destroy_on = withdrawn_until(today);
        tx.execute(&rows::INSERT_WITHDRAWAL, &[person.into(), ground.into(), today.into(), destroy_on.into()])?;
        self.leave_withdrawal(tx, Effect::Withdraw, person, kind)?;
        self.owe(tx, vault::Effect::Withdraw, of_id(ground.0))?;
        Ok(destroy_on)
    }

    /// Cancels a withdrawal; `Gone` when there is none.
    pub fn cancel_withdrawal(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, kind: &str) -> Result<()> {
        if tx.execute(&rows::DELETE_WITHDRAWAL, &[person.into(), ground.into()])? == 0 {
            return Err(Error::Gone);
        }
        self.leave_withdrawal(tx, Effect::WithdrawCancelled, person, kind)?;
        self.owe(tx, vault::Effect::Keep, of_id(ground.0))
    }

    fn leave_withdrawal(&self, tx: &mut Tx<'_>, effect: Effect, person: PersonId, kind: &str) -> Result<()> {
        let act = Act { effect, kind, purpose: "show-you" };
        self.leave(tx, &act, person, None, &Actor::you(person))
    }

    /// The day on which a withdrawn ground is destroyed.
    pub fn withdrawal(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Option<Date>> {
        let row = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?;
        row.map(|row| crate::permit::day(&row.get::<String>(1)?)).transpose()
    }
}
