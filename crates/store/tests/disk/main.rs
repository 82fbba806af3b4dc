//! The store on a disk that fails: power cuts that forget what was not synced, calls that fail for a moment, a process that
//! comes second. The store itself runs unchanged, as a process of its own, under `strace`.

#![cfg(target_os = "linux")]

mod chain;
mod faults;
mod outage;
mod power;
mod second;
mod trace;
mod writer;

/// How long a long test takes.
fn rounds(default: usize) -> usize {
    std::env::var("CANDOUR_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
