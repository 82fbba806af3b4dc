//! `cargo +nightly fuzz run ledger_read`: any bytes as a file of a published log or as a receipt.

#![no_main]

#[path = "../src/ledger_read.rs"]
mod ledger_read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledger_read::ledger_read(bytes));
