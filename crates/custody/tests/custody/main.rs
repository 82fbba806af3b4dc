//! Custody on a real database, with real keys and the shipped notice.

mod house;
mod residue;
mod verbs;
