//! `cargo +nightly fuzz run notice_read`: any bytes as a notice file.

#![no_main]

#[path = "../src/notice_read.rs"]
mod notice_read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| notice_read::notice_read(bytes));
