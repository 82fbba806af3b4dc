//! Custody on a real database, with real keys and the shipped notice.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot stand its house up fails there")]

mod clock;
mod guard;
mod histories;
mod house;
mod publishing;
mod residue;
mod sequence;
mod speed;
mod verbs;
