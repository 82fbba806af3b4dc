//! Take: a record about a new person, sealed and durable, with its evidence.

use super::super::super::Cannot;
use super::super::role::Role;
use super::people::{email, item, kind};
use super::{Measured, Setting};
use std::sync::atomic::Ordering;

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let role = Role::new(setting.place, "desk", "measure", "contact")?;
    let first = setting.people.count();
    let figures = setting.section(u64::MAX).run("take", 1, |samples, n| {
        let item = item(setting.ids, next(first, n));
        let (person, holding) = (item.person, item.holding);
        samples[0].time(|| role.take(item))?;
        setting.standing.fetch_add(1, Ordering::Relaxed);
        // What was taken opens with what was given. Not part of the time.
        let opened = role.open(person, holding)?;
        samples[0].check(opened.version == 1 && opened.record.value("email") == Some(&email(next(first, n), 0)));
        Ok(())
    })?;
    Ok(figures.into_iter().map(|figures| Measured::new("take", "one record", setting.clients, figures)).collect())
}

/// New people are those of whom a `contact` is kept.
fn next(first: u64, n: u64) -> u64 {
    let tens = (first.div_ceil(10) + n / 9) * 10;
    debug_assert_eq!(kind(tens + 1 + n % 9), "contact");
    tens + 1 + n % 9
}
