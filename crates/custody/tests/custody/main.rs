//! Custody on a real database, with real keys and the shipped notice.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot stand its house up fails there")]

mod clock;
mod copies;
mod erase;
mod guard;
mod histories;
mod house;
mod object;
mod owed;
mod proofs;
mod prune;
mod publish;
mod publishing;
mod receipt;
mod recover;
mod residue;
mod schedules;
mod scrub;
mod segments;
mod sequence;
mod speed;
mod verbs;
