//! Files against a real folder, and against a second process that is played by a thread.

use std::cell::Cell;
use std::fs;
use std::io;

use super::{destroy, replace, supersede, temporary};

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Lets `count` more changes of a file on this thread succeed and all others fail, as if the process had ended there; `None` ends
/// that.
pub(crate) fn end_after(count: Option<u32>) {
    LEFT.set(count.unwrap_or(u32::MAX));
}

pub(crate) fn operate() -> io::Result<()> {
    match LEFT.get() {
        u32::MAX => Ok(()),
        0 => Err(io::Error::other("the process has ended")),
        left => {
            LEFT.set(left - 1);
            Ok(())
        }
    }
}

#[test]
fn a_file_that_is_being_renamed_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slot");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for count in 0..=250 {
                let bytes = [b'a' + count % 26; 61];
                if replace(&path, &bytes).is_ok() {
                    assert_eq!(fs::read(&path).unwrap(), bytes);
                }
            }
        });
        while !writer.is_finished() {
            // What a second process does that takes the file for one left behind.
            let _ = destroy(&temporary(&path));
        }
    });
    assert!(!fs::read(&path).unwrap().contains(&0));
}

#[test]
fn what_an_interrupted_destruction_left_is_destroyed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let [path, doomed, other] = ["slot", "slot.old", "other"].map(|name| folder.path().join(name));
    fs::write(&doomed, "some bytes").unwrap();
    fs::hard_link(&doomed, &other).unwrap();
    destroy(&path).unwrap();
    assert!(!doomed.exists());
    assert_eq!(fs::read(other).unwrap(), [0; 10]);
}

#[test]
fn a_superseded_file_is_whole_at_every_moment_and_its_old_bytes_are_overwritten() {
    for count in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["slot", "other"].map(|name| folder.path().join(name));
        fs::write(&path, "old bytes").unwrap();
        fs::hard_link(&path, &other).unwrap();
        end_after(Some(count));
        let outcome = supersede(&path, b"new bytes");
        end_after(None);
        assert!([&b"old bytes"[..], b"new bytes"].contains(&&*fs::read(&path).unwrap()), "{count}");
        if outcome.is_ok() {
            assert!(count > 8);
            break;
        }
        supersede(&path, b"new bytes").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new bytes");
        assert_eq!(fs::read(other).unwrap(), [0; 9], "{count}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }
}
