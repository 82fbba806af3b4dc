//! The power goes. A writer is watched once; then its files are left as a cut at any of its calls would leave them.

use std::ops::Range;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::outage::{self, Chance};
use crate::trace::{self, Event};
use crate::{chain, rounds, writer};

/// Cuts of one recording, before another is made.
const CUTS: usize = 100;

/// As [`CUTS`], of a recording with faults, each of which is another.
const CUTS_WITH_FAULTS: usize = 10;

/// Whether a cut at some place of the recording keeps what was acknowledged; what it lost, in a sentence.
fn survive(events: &[Event], seed: usize, honest: bool) -> Result<(), String> {
    let events = &events[..Chance::new(!seed).below(events.len())];
    let acknowledged = acknowledged(events);
    let folder = tempfile::tempdir().expect("a folder");
    outage::leave(events, folder.path(), seed, honest);
    let store = chain::open(folder.path()).map_err(|error| error.to_string())?;
    let last = chain::check(&store)?;
    if last < acknowledged {
        return Err(format!("link {acknowledged} was acknowledged, and {last} is the last"));
    }
    assert_eq!(chain::add(&store), Ok(last + 1), "the store goes on");
    assert_eq!(chain::check(&store), Ok(last + 1));
    store.close();
    sound(&folder.path().join("candour.db"))
}

fn acknowledged(events: &[Event]) -> i64 {
    let number = |event: &Event| match event {
        Event::Said(line) => line.trim().strip_prefix("ack ")?.parse().ok(),
        _ => None,
    };
    events.iter().filter_map(number).max().unwrap_or(0)
}

/// Whether SQLite finds its own structure whole.
fn sound(path: &Path) -> Result<(), String> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database opens");
    let answer: Result<String, _> = connection.pragma_query_value(None, "integrity_check", |row| row.get(0));
    let answer = answer.unwrap_or_else(|error| error.to_string());
    if answer == "ok" { Ok(()) } else { Err(answer) }
}

/// Cuts once for each seed. When one loses something, the recordings are kept.
fn survive_all(events: &[Event], seeds: Range<usize>, mut folder: TempDir) {
    for seed in seeds {
        let survived = survive(events, seed, true);
        folder.disable_cleanup(survived.is_err());
        assert_eq!(survived, Ok(()), "seed {seed} of what is recorded in {}", folder.path().display());
    }
}

fn cut_in_rounds(rounds: usize) {
    let mut links = 0;
    for first in (0..rounds).step_by(CUTS) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let mut events = Vec::new();
        trace::record(&mut events, &writer::process(&data, 40), &data, &[]);
        links += acknowledged(&events);
        survive_all(&events, first..rounds.min(first + CUTS), folder);
    }
    println!("{rounds} power cuts among {links} links, none lost");
}

/// A sync fails, the process ends without closing, another finds the files as the system shows them, and goes on; then the
/// power goes. What the failed sync meant is in the system's memory, and perhaps never on disk.
fn cut_after_failed_syncs(rounds: usize) {
    for first in (0..rounds).step_by(CUTS_WITH_FAULTS) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let mut events = Vec::new();
        let round = first / CUTS_WITH_FAULTS;
        // The first few syncs of a thread open the database.
        let fault = format!("fdatasync,fsync:error=EIO:when={}+{}", 12 + round % 8, 1 + round % 3);
        trace::record(&mut events, &writer::killed_process(&data, 20), &data, &[&fault]);
        assert!(events.iter().any(|event| matches!(event, Event::SyncFailed(_))), "{fault}");
        trace::record(&mut events, &writer::process(&data, 3), &data, &[]);
        survive_all(&events, first..rounds.min(first + CUTS_WITH_FAULTS), folder);
    }
    println!("{rounds} power cuts after failed syncs, nothing lost");
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_cut() {
    cut_in_rounds(60);
}

#[test]
fn what_was_acknowledged_after_a_failed_sync_is_there_after_a_power_cut() {
    cut_after_failed_syncs(60);
}

#[test]
#[ignore = "takes long: cuts the power CANDOUR_ROUNDS times in either way, 2,000 unless told"]
fn what_was_acknowledged_is_there_after_many_power_cuts() {
    let rounds = rounds(2_000);
    cut_in_rounds(rounds);
    cut_after_failed_syncs(rounds);
}

#[test]
fn a_disk_that_only_says_that_it_synced_is_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut events = Vec::new();
    trace::record(&mut events, &writer::process(&data, 40), &data, &[]);
    let found_out = (0..30).filter(|seed| survive(&events, *seed, false).is_err()).count();
    assert!(found_out > 10, "only {found_out} of 30 cuts lost something");
}
