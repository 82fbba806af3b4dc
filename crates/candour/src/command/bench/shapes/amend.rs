//! Amend: a new version under a new content key; the old value's key is overwritten.

use super::super::super::Cannot;
use super::super::role::Role;
use super::people::{email, is_brief, name};
use super::{Measured, Setting};
use custody::Record;

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let roles = [
        Role::new(setting.place, "desk", "measure", "contact")?,
        Role::new(setting.place, "desk", "measure", "brief")?,
    ];
    let figures = setting.section(u64::MAX).run("amend", 1, |samples, n| {
        let met = setting.people.met(n);
        let ((person, holding), role) = (setting.people.at(met), &roles[usize::from(is_brief(met))]);
        let mut known = setting.people.known(met);
        let address = email(met, known.amended + 1);
        let version = samples[0].time(|| role.amend(person, holding, Record::new().with("email", &address)))?;
        known.amended += 1;
        // The new value opens, and what was not changed is as it was. Not part of the time.
        let opened = role.open(person, holding)?;
        let right = opened.record.value("email") == Some(&address) && opened.record.value("name") == Some(&name(met));
        samples[0].check(right && version == known.amended + 1 && opened.version == version);
        Ok(())
    })?;
    Ok(figures.into_iter().map(|figures| Measured::new("amend", "one value", setting.clients, figures)).collect())
}
