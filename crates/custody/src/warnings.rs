//! Warnings: who hears, how long before, that something of theirs will be deleted.
//!
//! Where a kind promises a warning, its forecast destroys nothing until the last of them was written, or could not be: nobody can
//! be written to, or the person or the notice says no.
//!
//! What a notice made due sooner than was promised may be due before anybody could be warned. It is warned of late, of a day
//! seven days on, and goes no earlier. But due means closed, to this purpose as well: where the address is due itself, no letter
//! can be written, and that is noted. Then the seven days of its forecast and the telling of the notice must suffice.

use crate::forecast::STOOD_DAYS;
use crate::permit::{Held, find};
use crate::{Custody, Ground, HoldingId, PersonId, Result, rows};
use jiff::Span;
use law::{Date, Period};
use notice::Kind;
use std::collections::HashSet;
use store::{Statement, Tx};

/// A ground that falls due soon and has not been warned at this step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub ground: Ground,
    /// The kind that declares the warning.
    pub kind: String,
    /// The day it falls due; of what is due already and closed, the day from which it may be erased.
    pub due_on: Date,
    /// The step of `warn`: 14 days.
    pub step: Period,
}

/// Why a warning could not be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwarned {
    /// Nobody is there to be written to.
    NoContact,
    /// The notice or the person says no to it.
    Refused,
}

impl Unwarned {
    /// As rows have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoContact => "no-contact",
            Self::Refused => "refused",
        }
    }
}

impl Custody {
    /// Grounds of a kind that want a warning today: by their own day, by a notice to come, or late, because a notice made them due
    /// sooner than was promised. A missed step is caught up once, by the shortest that applies.
    pub fn warnings(&self) -> Result<Vec<Warning>> {
        let custody = self.clone();
        self.store().read_blocking("list_warnings", move |tx| {
            let today = tx.today();
            let force = custody.in_force(today)?;
            let mut statements: Vec<&Statement> = vec![&rows::LIST_TO_WARN];
            if !custody.to_come(today)?.is_empty() {
                statements.insert(0, &rows::LIST_TO_WARN_AHEAD);
            }
            let (mut wanted, mut known) = (Vec::new(), HashSet::new());
            for kind in force.kinds() {
                for step in steps(kind, today) {
                    for statement in &statements {
                        wanted.extend(wanting(tx, &mut known, statement, (&kind.id, step))?);
                    }
                }
                if let Some(step) = steps(kind, today).first() {
                    wanted.extend(custody.wanting_late(tx, &mut known, (&kind.id, *step))?);
                }
            }
            Ok(wanted)
        })
    }

    /// The grounds of a kind that a notice made due before the day that was promised, and nobody warned of.
    fn wanting_late(
        &self,
        tx: &mut Tx<'_>,
        known: &mut HashSet<(PersonId, Ground)>,
        (kind, step): (&str, Period),
    ) -> Result<Vec<Warning>> {
        let (today, mut wanted) = (tx.today(), Vec::new());
        // Its forecast is of today at the latest, so it allows no earlier day.
        let due_on = today.saturating_add(Span::new().days(STOOD_DAYS));
        for row in tx.all(&rows::LIST_TO_WARN_LATE, &[kind.into(), today.into(), step.to_string().into()])? {
            let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
            let held = find(tx, person, HoldingId(row.get(2)?))?;
            let sooner = self.told(tx, &held)?.is_none_or(|told| told > today);
            let withdrawn = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?.is_some();
            if sooner && !withdrawn && known.insert((person, ground)) {
                wanted.push(Warning { person, ground, kind: kind.to_owned(), due_on, step });
            }
        }
        Ok(wanted)
    }

    /// Notes that a warning went out, in the transaction that queues it. Longer steps that were missed count as given.
    pub fn warned(&self, tx: &mut Tx<'_>, warning: &Warning) -> Result<()> {
        let today = tx.today();
        let force = self.in_force(today)?;
        let steps = force.kind(&warning.kind).map(|kind| kind.warn.clone()).unwrap_or_default();
        for step in steps.into_iter().filter(|step| step.after(today) >= warning.step.after(today)) {
            let key = [warning.person.into(), warning.ground.into(), warning.due_on.into(), step.to_string().into()];
            if tx.optional(&rows::FIND_WARNING, &key)?.is_none() {
                let [person, ground, due, step] = key;
                tx.execute(&rows::INSERT_WARNING, &[person, ground, due, step, today.into()])?;
            }
        }
        Ok(())
    }

    /// Notes that a warning was tried and could not be given. It is tried again until the day it falls due.
    pub fn not_warned(&self, tx: &mut Tx<'_>, warning: &Warning, why: Unwarned) -> Result<()> {
        let (today, due_on) = (tx.today(), warning.due_on);
        let values = [warning.person.into(), warning.ground.into(), due_on.into(), today.into(), why.code().into()];
        tx.execute(&rows::INSERT_UNWARNED, &values)?;
        Ok(())
    }

    /// Whether the last warning was written or could not be, and the day that it named has come: its due day, or after it the
    /// day of a late one. A kind without a warning, or one that the notice dropped, promises none: what is closed at once opens
    /// for no letter.
    pub(crate) fn was_warned(&self, tx: &mut Tx<'_>, held: &Held, due_on: Date, day: Date) -> Result<bool> {
        let force = self.in_force(day)?;
        let Some(last) = force.kind(&held.kind).and_then(|kind| steps(kind, day).into_iter().next()) else {
            return Ok(true);
        };
        if !force.covers(&format!("kind.{}", held.kind)) {
            return Ok(true);
        }
        let mut span = vec![held.person.into(), held.ground.into(), due_on.into(), day.into()];
        if tx.optional(&rows::FIND_UNWARNED, &span)?.is_some() {
            return Ok(true);
        }
        span.push(last.to_string().into());
        Ok(tx.optional(&rows::FIND_WARNED, &span)?.is_some())
    }
}

/// The steps of a kind's warning, the shortest first.
fn steps(kind: &Kind, today: Date) -> Vec<Period> {
    let mut steps = kind.warn.clone();
    steps.sort_by_key(|step| step.after(today));
    steps
}

/// The grounds of a list that want a step, and are not among those known to want one.
fn wanting(
    tx: &mut Tx<'_>,
    known: &mut HashSet<(PersonId, Ground)>,
    statement: &Statement,
    (kind, step): (&str, Period),
) -> Result<Vec<Warning>> {
    let today = tx.today();
    let Some(horizon) = step.after(today) else {
        return Ok(Vec::new());
    };
    let mut wanted = Vec::new();
    for row in tx.all(statement, &[kind.into(), today.into(), horizon.into()])? {
        let (person, ground, due_on) = (PersonId(row.get(0)?), Ground(row.get(1)?), row.get::<Date>(2)?);
        let key = [person.into(), ground.into(), due_on.into(), step.to_string().into()];
        let withdrawn = tx.optional(&rows::FIND_WITHDRAWAL, &key[..2])?.is_some();
        if !withdrawn && tx.optional(&rows::FIND_WARNING, &key)?.is_none() && known.insert((person, ground)) {
            wanted.push(Warning { person, ground, kind: kind.to_owned(), due_on, step });
        }
    }
    Ok(wanted)
}
