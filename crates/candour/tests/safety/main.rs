//! What an operator relies on when things go wrong, through the built program: logs and exports that outsiders verify, copies,
//! restores, trials, and the root key.

mod backup;
mod house;
mod keys;
mod postgres;
mod restore;
#[path = "../operator/support.rs"]
#[expect(dead_code, reason = "the operator's first hour uses the rest")]
mod support;
mod verify;
