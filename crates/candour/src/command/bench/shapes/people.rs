//! The people of the shapes, with what the model in memory knows about each.

use super::super::super::Cannot;
use super::super::ids::Ids;
use super::super::place::Place;
use super::super::progress::Progress;
use super::super::role::{Item, Role, TAKEN};
use custody::{HoldingId, PersonId, Record};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many records share a transaction while they are loaded.
pub(super) const TOGETHER: u64 = 100;

/// One in so many is held for 30 days only.
const BRIEF: u64 = 10;

/// What the model knows about a person.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// How often their record was amended.
    pub amended: u64,
    /// Whether they objected to being measured.
    pub objected: bool,
    /// Whether their record was erased.
    pub gone: bool,
}

/// The people, each with one record.
pub(super) struct People {
    ids: Ids,
    known: Vec<Mutex<Known>>,
    order: Vec<u64>,
}

impl People {
    /// Takes a record about each.
    pub(super) fn load(place: &Place, ids: Ids, count: u64) -> Result<Self, Cannot> {
        let roles = [Role::new(place, "desk", "measure", "brief")?, Role::new(place, "desk", "measure", "contact")?];
        let progress = Progress::new(format!("Load {count} people"), count);
        for from in (0..count).step_by(usize::try_from(TOGETHER)?) {
            let (until, roles) = (count.min(from + TOGETHER), roles.clone());
            place
                .custody()
                .write_blocking("bench_load", move |tx| {
                    (from..until)
                        .try_for_each(|n| roles[usize::from(!is_brief(n))].take_in(tx, &item(ids, n), &[TAKEN]))
                })
                .map_err(|error: custody::Error| Cannot::from(error))?;
            progress.at(until);
        }
        let known = (0..count).map(|_| Mutex::default()).collect();
        Ok(Self { ids, known, order: ids.shuffled("people", count) })
    }

    pub(super) fn count(&self) -> u64 {
        self.known.len() as u64
    }

    /// The number of the person whom the operation of a number meets: everybody once before anybody twice.
    pub(super) fn met(&self, operation: u64) -> u64 {
        let at = usize::try_from(operation % self.count()).unwrap_or(0);
        self.order.get(at).copied().unwrap_or(0)
    }

    /// What is known about a person: nobody else changes it meanwhile.
    pub(super) fn known(&self, n: u64) -> MutexGuard<'_, Known> {
        let at = usize::try_from(n).unwrap_or(usize::MAX).min(self.known.len() - 1);
        self.known[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids of a person and of their record.
    pub(super) fn at(&self, n: u64) -> (PersonId, HoldingId) {
        (self.ids.person("people", n), self.ids.holding("people", n))
    }
}

/// Whether a person's record is one that is soon due.
pub(super) fn is_brief(n: u64) -> bool {
    n.is_multiple_of(BRIEF)
}

/// The kind of a person's record.
pub(super) fn kind(n: u64) -> &'static str {
    if is_brief(n) { "brief" } else { "contact" }
}

/// The record of a person as it is taken.
pub(super) fn item(ids: Ids, n: u64) -> Item {
    let (person, holding, ground) = (ids.person("people", n), ids.holding("people", n), ids.ground("people", n));
    Item { person, holding, ground, record: Record::new().with("name", name(n)).with("email", email(n, 0)) }
}

/// What the name of a person is.
pub(super) fn name(n: u64) -> String {
    format!("Person {n}")
}

/// What the address of a person is, after it was amended so often.
pub(super) fn email(n: u64, amended: u64) -> String {
    format!("person{n}.{amended}@bench.example")
}
