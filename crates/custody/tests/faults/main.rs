//! Custody on a disk that fails: bits that turn, and calls on the journal, the evidence folder and the keyring that fail for a
//! moment. What the database's own files lose is the matter of the crate `store`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot stand its house up fails there")]

mod failing;
mod flips;
#[path = "../custody/house.rs"]
#[expect(dead_code, reason = "the tests of the verbs ask more of a house")]
mod house;
mod killed;
mod look;
mod resident;
mod stored;

/// How long a long test takes.
fn rounds(default: usize) -> usize {
    std::env::var("CANDOUR_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
