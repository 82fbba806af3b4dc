//! People of whom much is held: 80 answers of 200 bytes on one ground, the shape of *Edna* (SOSP 2023) for an account that goes.

use super::super::super::Cannot;
use super::super::ids::Ids;
use super::super::progress::Progress;
use super::super::role::{Item, Role, TAKEN};
use super::super::section::Limit;
use super::Setting;
use custody::{Ground, PersonId, Record};
use std::sync::atomic::Ordering;

/// How many records each has.
pub(super) const RECORDS: u64 = 80;

/// How long each record is, in bytes.
const BYTES: usize = 200;

/// Loads so many of a name, `most` at the most; says how many that were.
pub(super) fn load(setting: &Setting<'_>, of: &'static str, most: u64) -> Result<u64, Cannot> {
    let count = match setting.limit {
        Limit::Operations(operations) => operations.min(most),
        Limit::Time(_) => most,
    };
    let (role, ids) = (Role::new(setting.place, "desk", "measure", "answer")?, setting.ids);
    let progress = Progress::new(format!("Load {count} people with {RECORDS} records each"), count);
    for n in 0..count {
        let role = role.clone();
        let taken = setting.place.custody().write_blocking("bench_load", move |tx| {
            // The first starts the clock of the ground for the rest.
            role.take_in(tx, &item(ids, of, n, 0), &[TAKEN])?;
            (1..RECORDS).try_for_each(|record| role.take_in(tx, &item(ids, of, n, record), &[]))
        });
        taken.map_err(|error: custody::Error| Cannot::from(error))?;
        progress.at(n + 1);
    }
    setting.standing.fetch_add(count * RECORDS, Ordering::Relaxed);
    Ok(count)
}

/// The person of a number and their one ground.
pub(super) fn at(ids: Ids, of: &str, n: u64) -> (PersonId, Ground) {
    (ids.person(of, n), ids.ground(of, n))
}

/// What a record of theirs says.
pub(super) fn answer(n: u64, record: u64) -> String {
    let begins = format!("Answer {record} of person {n}. ");
    begins.chars().cycle().take(BYTES).collect()
}

fn item(ids: Ids, of: &str, n: u64, record: u64) -> Item {
    let (person, ground) = at(ids, of, n);
    let holding = ids.holding(of, n * RECORDS + record);
    Item { person, holding, ground, record: Record::new().with("answer", answer(n, record)) }
}
