//! `cargo +nightly fuzz run copy_read`: any bytes, and a copy with changes, as a sealed copy.

#![no_main]

#[path = "../src/vault_read.rs"]
#[expect(dead_code, reason = "each target reads one of the files")]
mod vault_read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    vault_read::copy_read(bytes);
    vault_read::copy_read(&vault_read::changed(&vault_read::whole_copy(), bytes));
});
