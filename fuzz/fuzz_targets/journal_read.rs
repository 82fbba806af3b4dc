//! `cargo +nightly fuzz run journal_read`: any bytes as a journal.

#![no_main]

#[path = "../src/vault_read.rs"]
#[expect(dead_code, reason = "each target reads one of the files")]
mod vault_read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vault_read::journal_read(bytes));
