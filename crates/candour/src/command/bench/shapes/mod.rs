//! Our own shapes: what people wait for, one sort at a time, and what the nightly jobs do with all of them.

mod amend;
mod append;
mod erase;
mod export;
mod objection;
mod open;
mod people;
mod subjects;
mod sweep;
mod take;
mod turn;

use super::super::Cannot;
use super::figures::Figures;
use super::ids::Ids;
use super::place::Place;
use super::section::{Limit, Section};
use clap::ValueEnum;
use law::Date;
use people::People;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

/// A shape. They run in this order: first what is counted in bytes, before anything was deleted that leaves room; last what lets days
/// pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Shape {
    /// Write a bare leaf into the log, of one client and of 64
    Append,
    /// Take one record about a new person
    Take,
    /// Open one record for a purpose: the first time on a day, which writes a row that its person sees, and again
    Open,
    /// Replace a value, so that the old one dies in every copy
    Amend,
    /// Give one person all 80 records of theirs
    Export,
    /// Object to a purpose, and be left alone: the next opening is refused
    Objection,
    /// Erase one person with 80 records of 200 bytes, who asked for it a week before
    Erase,
    /// Find and erase what is due: one in ten of the people
    Sweep,
    /// Wrap every key anew under the key of a new day
    Turn,
}

/// Every statement of the shapes.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    [append::STATEMENTS, turn::STATEMENTS].concat()
}

/// What every shape is given.
pub(super) struct Setting<'a> {
    place: &'a Place,
    ids: Ids,
    people: People,
    clients: u64,
    limit: Limit,
    /// The day on which the people were taken.
    loaded_on: Date,
    /// How many holdings stand: what the turn must find.
    standing: AtomicU64,
}

/// What was measured of one sort of operation.
#[derive(Serialize)]
pub(super) struct Measured {
    /// The shape: `open`.
    pub shape: &'static str,
    /// What of it: `first of the day`.
    pub part: &'static str,
    /// How many clients there were.
    pub clients: u64,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// More that was counted: `bytes_of_a_leaf`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<&'static str, f64>,
}

impl Measured {
    fn new(shape: &'static str, part: &'static str, clients: u64, figures: Figures) -> Self {
        Self { shape, part, clients, figures, facts: BTreeMap::new() }
    }
}

impl<'a> Setting<'a> {
    /// Loads the people.
    pub(super) fn load(place: &'a Place, seed: u64, people: u64, clients: u64, limit: Limit) -> Result<Self, Cannot> {
        let ids = Ids(seed);
        let people = People::load(place, ids, people)?;
        let standing = AtomicU64::new(people.count());
        Ok(Self { place, ids, people, clients, limit, loaded_on: place.today(), standing })
    }

    /// A section of so many operations at the most.
    fn section(&self, most: u64) -> Section {
        Section { clients: self.clients, limit: self.limit, most }
    }

    /// Runs a shape.
    pub(super) fn run(&self, shape: Shape) -> Result<Vec<Measured>, Cannot> {
        match shape {
            Shape::Append => append::run(self),
            Shape::Take => take::run(self),
            Shape::Open => open::run(self),
            Shape::Amend => amend::run(self),
            Shape::Export => export::run(self),
            Shape::Objection => objection::run(self),
            Shape::Erase => erase::run(self),
            Shape::Sweep => sweep::run(self),
            Shape::Turn => turn::run(self),
        }
    }
}
