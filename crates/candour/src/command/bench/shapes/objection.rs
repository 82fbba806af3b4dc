//! Objection: a person says no to a purpose, and the next opening for it is refused.

use super::super::super::Cannot;
use super::super::role::Role;
use super::people::is_brief;
use super::{Measured, Setting};
use custody::{Actor, Error};

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let roles = [
        Role::new(setting.place, "desk", "measure", "contact")?,
        Role::new(setting.place, "desk", "measure", "brief")?,
    ];
    let custody = setting.place.custody();
    let figures = setting.section(setting.people.count()).run("objection", 2, |samples, n| {
        let met = setting.people.met(n);
        let (person, holding) = setting.people.at(met);
        let mut known = setting.people.known(met);
        let objecting = custody.clone();
        let new = samples[0].time(|| {
            custody
                .write_blocking("bench_object", move |tx| objecting.object(tx, person, "measure", &Actor::you(person)))
        })?;
        samples[0].check(new != known.objected);
        known.objected = true;
        let opened = samples[1].time(|| roles[usize::from(is_brief(met))].open(person, holding));
        samples[1].check(matches!(opened, Err(Error::Refused(refusal)) if refusal.clause == "purpose.measure"));
        Ok(())
    })?;
    let parts = ["object", "the next opening, refused"];
    Ok(parts
        .into_iter()
        .zip(figures)
        .map(|(part, figures)| Measured::new("objection", part, setting.clients, figures))
        .collect())
}
