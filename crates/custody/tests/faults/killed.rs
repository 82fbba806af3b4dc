//! A process is killed while it copies the database.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use vault::{Keyring, Root};

use crate::house::in_memory;
use crate::resident::{self, SCRATCH};
use crate::rounds;

/// What a resident is in the middle of when it is killed; nothing: it has just said that a copy is made.
const MOMENTS: [Option<&str>; 4] = [Some(SCRATCH), Some("candour.copy.new"), Some("candour.copy.new"), None];

/// Kills a resident in some turn of its copying, at a moment that this file stands, and says how far its log went in the last
/// copy that it acknowledged.
fn kill_in_turn(folder: &Path, turn: usize, moment: Option<&str>) -> u64 {
    let mut process = resident::copying_process(folder);
    let mut resident = process.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = BufReader::new(resident.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut told = said.filter_map(|line| line.strip_prefix("copied ")?.parse::<u64>().ok());
    let mut copied: Vec<u64> = told.by_ref().take(turn).collect();
    assert_eq!(copied.len(), turn, "it goes on until it is killed");
    while moment.is_some_and(|file| !folder.join(file).exists()) {
        std::thread::yield_now();
    }
    resident.kill().unwrap();
    copied.extend(told);
    resident.wait().unwrap();
    copied.last().copied().unwrap_or(0)
}

/// How far the log of a copy goes, which opens whole; the reason where it is refused.
fn opened(folder: &Path, copy: &str) -> Result<u64, String> {
    let root = Root::load(&folder.join("root.key")).unwrap();
    let keyring = Keyring::open_beside(vec![folder.join("keyring")], root).unwrap();
    let to = folder.join("unpacked.db");
    let manifest = custody::unpack(&folder.join(copy), &keyring, &to, &resident::store);
    assert_eq!(to.exists(), manifest.is_ok(), "what is refused leaves nothing");
    for end in ["", "-wal", "-shm"] {
        // The one that is not there needs no removing.
        let _ = std::fs::remove_file(folder.join(format!("unpacked.db{end}")));
    }
    manifest.map(|manifest| manifest.ledger.size).map_err(|error| error.to_string())
}

fn kill_in_rounds(rounds: usize) {
    in_memory();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (mut whole, mut refused, mut unsealed) = (0, 0, 0);
    for round in 0..rounds {
        let acknowledged = kill_in_turn(folder, round % 3, MOMENTS[round % MOMENTS.len()]);
        unsealed += usize::from(folder.join(SCRATCH).exists());
        if folder.join("candour.copy").exists() {
            let size = opened(folder, "candour.copy").unwrap();
            assert!(
                size >= acknowledged,
                "round {round}: a copy of {acknowledged} leaves was acknowledged, and {size} are there"
            );
            whole += 1;
        } else {
            assert_eq!(acknowledged, 0, "round {round}: a copy was acknowledged and is gone");
        }
        if folder.join("candour.copy.new").exists() {
            match opened(folder, "candour.copy.new") {
                Ok(_) => whole += 1,
                Err(reason) => {
                    assert!(!reason.is_empty());
                    refused += 1;
                }
            }
        }
    }
    let custody = resident::custody(folder).unwrap();
    resident::back_up(&custody, folder).unwrap();
    for end in ["", "-wal", "-shm", "-journal", ".old"] {
        assert!(!folder.join(format!("{SCRATCH}{end}")).exists(), "the next copy takes away what a killed one left");
    }
    assert!(!folder.join("candour.copy.new").exists());
    assert_eq!(custody.scrub(|_| ()).unwrap().damage, []);
    println!(
        "{rounds} rounds: {whole} copies opened whole, {refused} unfinished ones were refused, {unsealed} unsealed ones were left"
    );
}

#[test]
fn a_copy_whose_maker_was_killed_is_whole_or_refused() {
    kill_in_rounds(12);
}

#[test]
#[ignore = "takes long: CANDOUR_ROUNDS rounds, 200 unless told"]
fn a_copy_whose_maker_was_killed_is_whole_or_refused_many_times() {
    kill_in_rounds(rounds(200));
}
