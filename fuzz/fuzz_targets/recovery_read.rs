//! `cargo +nightly fuzz run recovery_read`: any bytes, and a recovery copy with changes, as a recovery copy and as its code.

#![no_main]

#[path = "../src/vault_read.rs"]
#[expect(dead_code, reason = "each target reads one of the files")]
mod vault_read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    vault_read::recovery_read(bytes);
    vault_read::recovery_read(&vault_read::changed(&vault_read::whole_recovery(), bytes));
});
