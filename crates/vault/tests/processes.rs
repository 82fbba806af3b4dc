//! What needs a second process. It stands alone in its binary: a process that is just being started holds copies of the locks of
//! the one that starts it, for a moment, and would disturb tests that lock beside it.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::civil::{Date, date};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use vault::{Error, Journal, Keyring, Root};

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
const FOLDER: &str = "VAULT_LOCK_TEST_FOLDER";

#[test]
fn the_locks_go_with_the_process_that_held_them() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        // The other process: it holds both locks until it is killed, or its input ends with the one that started it.
        let folder = Path::new(&folder);
        let _held = (keyring(folder).unwrap(), journal(folder).unwrap());
        println!("held");
        let _ = std::io::stdin().read_line(&mut String::new());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    Root::create(&folder.path().join("root.key"), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_locks_go_with_the_process_that_held_them", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.ends_with("held")));

    let place = folder.path().join("keyring");
    let sentence = format!("{} is in use by another process", place.display());
    assert_eq!(keyring(folder.path()).err().unwrap().to_string(), sentence);
    assert!(matches!(journal(folder.path()), Err(Error::Locked { .. })));
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(keyring(folder.path()).is_ok());
    assert!(journal(folder.path()).is_ok());
}

/// A pipe plays the slot: it gives the reader zeros after the name is gone, as a slot does that was opened just before.
#[test]
fn a_slot_that_is_destroyed_while_it_is_read_beside_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    Root::create(&folder.path().join("root.key"), &mut rng).unwrap();
    keyring(folder.path()).unwrap().begin(TUESDAY, &mut rng).unwrap();
    let slot = folder.path().join("keyring").join(format!("epoch-{MONDAY}.slot"));
    assert!(Command::new("mkfifo").arg(&slot).status().unwrap().success());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pipe = OpenOptions::new().write(true).open(&slot).unwrap();
            fs::remove_file(&slot).unwrap();
            pipe.write_all(&[0; 61]).unwrap();
        });
        let root = Root::load(&folder.path().join("root.key")).unwrap();
        let keyring = Keyring::open_beside(vec![folder.path().join("keyring")], root).unwrap();
        assert_eq!(keyring.epochs(), [TUESDAY]);
    });
}

fn keyring(folder: &Path) -> Result<Keyring, Error> {
    Keyring::open(vec![folder.join("keyring")], Root::load(&folder.join("root.key"))?)
}

fn journal(folder: &Path) -> Result<Journal, Error> {
    Journal::open(&folder.join("journal"))
}
