//! A role with what the notice allows it on one kind: the verbs of custody, each in a transaction of its own.

use super::super::Cannot;
use super::place::Place;
use custody::{Actor, Custody, Ground, HoldingId, New, Opened, PersonId, Record, Result};
use notice::Allowed;
use std::sync::Arc;
use store::Tx;

/// Who acts, for what purpose, on which kind.
#[derive(Clone)]
pub(super) struct Role(Arc<Inner>);

struct Inner {
    custody: Custody,
    allowed: Allowed,
}

/// Something to be taken: whose, under which id, on which ground, and what it says.
#[derive(Clone)]
pub(super) struct Item {
    pub person: PersonId,
    pub holding: HoldingId,
    pub ground: Ground,
    pub record: Record,
}

impl Role {
    pub(super) fn new(place: &Place, actor: &str, purpose: &str, kind: &str) -> std::result::Result<Self, Cannot> {
        let allowed = place.allow(actor, purpose, kind)?;
        Ok(Self(Arc::new(Inner { custody: place.custody().clone(), allowed })))
    }

    /// Whoever acts, when it is about this person.
    fn actor(&self, person: PersonId) -> Actor {
        match self.0.allowed.actor() {
            "you" => Actor::you(person),
            role => Actor::system(role),
        }
    }

    /// Takes something within a transaction.
    pub(super) fn take_in(&self, tx: &mut Tx<'_>, item: &Item, events: &[&str]) -> Result<()> {
        let Inner { custody, allowed } = &*self.0;
        let Item { person, holding, ground, record } = item;
        let new = New { person: *person, holding: *holding, ground: *ground, record, events };
        custody.take(tx, allowed, &self.actor(*person), &new).map(|_| ())
    }

    /// Opens within a transaction.
    pub(super) fn open_in(&self, tx: &mut Tx<'_>, person: PersonId, holding: HoldingId) -> Result<Opened> {
        let Inner { custody, allowed } = &*self.0;
        let permit = custody.permit(tx, allowed, &self.actor(person), person, holding)?;
        custody.open(tx, &permit)
    }

    /// Amends within a transaction, by what is to stand in the version of a number; gives that number.
    pub(super) fn amend_in(
        &self,
        tx: &mut Tx<'_>,
        (person, holding): (PersonId, HoldingId),
        changes: impl Fn(u64) -> Record,
    ) -> Result<u64> {
        let Inner { custody, allowed } = &*self.0;
        let permit = custody.permit(tx, allowed, &self.actor(person), person, holding)?;
        let changes = changes(permit.version() + 1);
        custody.amend(tx, permit, &changes, &[])
    }

    /// Takes something.
    pub(super) fn take(&self, item: Item) -> Result<()> {
        let role = self.clone();
        self.0.custody.write_blocking("bench_take", move |tx| role.take_in(tx, &item, &[TAKEN]))
    }

    /// Opens something.
    pub(super) fn open(&self, person: PersonId, holding: HoldingId) -> Result<Opened> {
        let role = self.clone();
        self.0.custody.write_blocking("bench_open", move |tx| role.open_in(tx, person, holding))
    }

    /// Amends something; gives the new version.
    pub(super) fn amend(&self, person: PersonId, holding: HoldingId, changes: Record) -> Result<u64> {
        let role = self.clone();
        self.0
            .custody
            .write_blocking("bench_amend", move |tx| role.amend_in(tx, (person, holding), |_| changes.clone()))
    }
}

/// The event that starts the clock of everything that is taken here.
pub(super) const TAKEN: &str = "record.taken";
