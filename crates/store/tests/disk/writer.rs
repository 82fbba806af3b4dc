//! The process that the others watch: this very program, started again with the name of one test.
//!
//! It tells by lines on its standard output, each in one system call: `ack N` once link N is acknowledged, `refused …` for
//! what failed, and at its end `done N`, after link N.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use store::{Result, Store};

use crate::chain;

/// Threads that add links side by side, so that several share a commit.
const THREADS: usize = 4;

/// After so many turns the log is cut, as after an erasure.
const CUT: usize = 15;

/// Tries until the store must have recovered: more than any fault lasts.
const TRIES: usize = 20;

/// A writer of a folder, in which each thread takes so many turns, twice.
pub(crate) fn process(folder: &Path, turns: usize) -> Command {
    let mut process = named("writer::add_links", folder);
    process.env("CANDOUR_DISK_TURNS", turns.to_string());
    process
}

/// A process that adds a few links and copies them to `copy.db`, until it has a copy.
pub(crate) fn copying_process(folder: &Path) -> Command {
    named("writer::copy_links", folder)
}

fn named(test: &str, folder: &Path) -> Command {
    let mut process = Command::new(std::env::current_exe().expect("this program"));
    process.args(["--exact", test, "--ignored", "--nocapture"]).env("CANDOUR_DISK_FOLDER", folder);
    process
}

/// The folder that a process is started for; none when the test is run by itself.
fn folder() -> Option<PathBuf> {
    std::env::var_os("CANDOUR_DISK_FOLDER").map(PathBuf::from)
}

/// A writer that ends after its first turns without closing anything, as one that is killed.
pub(crate) fn killed_process(folder: &Path, turns: usize) -> Command {
    let mut process = process(folder, turns);
    process.env("CANDOUR_DISK_KILLED", "yes");
    process
}

/// A process that adds one link and then keeps the store open until it is killed.
pub(crate) fn waiting_process(folder: &Path) -> Command {
    let mut process = process(folder, 0);
    process.env("CANDOUR_DISK_WAITS", "yes");
    process
}

#[test]
#[ignore = "the process that the others watch"]
fn add_links() {
    let Some(folder) = folder() else { return };
    let turns = std::env::var("CANDOUR_DISK_TURNS").map_or(0, |turns| turns.parse().expect("a number"));
    for _ in 0..2 {
        let store = until_it_works(|| chain::open(&folder));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| add_turns(&store, turns));
            }
        });
        if std::env::var_os("CANDOUR_DISK_KILLED").is_some() {
            std::process::exit(0);
        }
        let last = until_it_works(|| chain::add(&store));
        say(&format!("ack {last}"));
        until_it_works(|| store.health());
        if std::env::var_os("CANDOUR_DISK_WAITS").is_some() {
            // Whoever started this never writes.
            std::io::stdin().read_line(&mut String::new()).expect("the end");
        }
        store.close();
        say(&format!("done {last}"));
    }
}

#[test]
#[ignore = "the process that the others watch"]
fn copy_links() {
    let Some(folder) = folder() else { return };
    let store = until_it_works(|| chain::open(&folder));
    let last = (0..30).fold(0, |_, _| until_it_works(|| chain::add(&store)));
    let copy = folder.join("copy.db");
    until_it_works(|| store.copy_to(&copy).inspect_err(|_| assert!(!copy.exists(), "half a copy is there")));
    store.close();
    say(&format!("done {last}"));
}

fn add_turns(store: &Store, turns: usize) {
    for turn in 1..=turns {
        match chain::add(store) {
            Ok(n) => say(&format!("ack {n}")),
            Err(error) => {
                assert!(error.is_unavailable(), "whose fault is this: {error}");
                say(&format!("refused {error}"));
            }
        }
        if turn % CUT == 0 {
            // Perhaps a fault, perhaps another thread that reads.
            let _ = store.truncate_log();
        }
    }
}

/// A fault passes, and then everything goes on.
fn until_it_works<T>(mut work: impl FnMut() -> Result<T>) -> T {
    let mut answers = (0..TRIES).map(|_| work().inspect_err(|error| say(&format!("refused {error}"))));
    answers.find_map(Result::ok).expect("the fault has passed")
}

/// Says a line, in one system call.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).expect("the line is read");
}
