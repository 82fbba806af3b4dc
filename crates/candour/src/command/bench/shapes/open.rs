//! Open: a permit, the record, and the row that its person sees; the first time on a day, and again.

use super::super::super::Cannot;
use super::super::role::Role;
use super::people::{email, is_brief, name};
use super::{Measured, Setting};

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let roles = [
        Role::new(setting.place, "desk", "measure", "contact")?,
        Role::new(setting.place, "desk", "measure", "brief")?,
    ];
    let mut measured = Vec::new();
    for part in ["first of the day", "again"] {
        let figures = setting.section(setting.people.count()).run(&format!("open, {part}"), 1, |samples, n| {
            let met = setting.people.met(n);
            let (person, holding) = setting.people.at(met);
            let opened = samples[0].time(|| roles[usize::from(is_brief(met))].open(person, holding))?;
            let address = email(met, setting.people.known(met).amended);
            let right =
                opened.record.value("email") == Some(&address) && opened.record.value("name") == Some(&name(met));
            samples[0].check(right);
            Ok(())
        })?;
        measured.extend(figures.into_iter().map(|figures| Measured::new("open", part, setting.clients, figures)));
    }
    Ok(measured)
}
