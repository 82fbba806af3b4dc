//! Warnings: who hears, how long before, that something of theirs will be deleted.

use crate::{Custody, Ground, PersonId, Result, rows};
use law::{Date, Period};
use store::Tx;

/// A ground that falls due soon and has not been warned at this step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub ground: Ground,
    /// The kind that declares the warning.
    pub kind: String,
    /// The day it falls due.
    pub due_on: Date,
    /// The step of `warn`: 14 days.
    pub step: Period,
}

impl Custody {
    /// Grounds of a kind that want a warning today. A missed step is caught up once, by the shortest that applies.
    pub fn warnings(&self) -> Result<Vec<Warning>> {
        let custody = self.clone();
        self.store().read_blocking("list_warnings", move |tx| {
            let (today, force) = (tx.today(), custody.in_force(tx.today())?);
            let mut wanted: Vec<Warning> = Vec::new();
            for kind in force.kinds() {
                let mut steps = kind.warn.clone();
                steps.sort_by_key(|step| step.after(today));
                for step in steps {
                    let Some(horizon) = step.after(today) else {
                        continue;
                    };
                    for row in tx.all(
                        &rows::LIST_TO_WARN,
                        &[kind.id.as_str().into(), law::iso(today).into(), law::iso(horizon).into()],
                    )? {
                        let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
                        let due_on: String = row.get(2)?;
                        let key = [person.into(), ground.into(), due_on.as_str().into(), step.to_string().into()];
                        let known = wanted.iter().any(|one| one.person == person && one.ground == ground);
                        let withdrawn = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?.is_some();
                        if known || withdrawn || tx.optional(&rows::FIND_WARNING, &key)?.is_some() {
                            continue;
                        }
                        let due_on = crate::permit::day(&due_on)?;
                        wanted.push(Warning { person, ground, kind: kind.id.clone(), due_on, step });
                    }
                }
            }
            Ok(wanted)
        })
    }

    /// Notes that a warning went out, in the transaction that queues it. Longer steps that were missed count as given.
    pub fn warned(&self, tx: &mut Tx<'_>, warning: &Warning) -> Result<()> {
        let force = self.in_force(tx.today())?;
        let steps = force.kind(&warning.kind).map(|kind| kind.warn.clone()).unwrap_or_default();
        let (today, due_on) = (tx.today(), law::iso(warning.due_on));
        for step in steps.into_iter().filter(|step| step.after(today) >= warning.step.after(today)) {
            let key = [warning.person.into(), warning.ground.into(), due_on.as_str().into(), step.to_string().into()];
            if tx.optional(&rows::FIND_WARNING, &key)?.is_none() {
                let [person, ground, due, step] = key;
                tx.execute(&rows::INSERT_WARNING, &[person, ground, due, step, law::iso(today).into()])?;
            }
        }
        Ok(())
    }
}
