//! Files against a real folder, and against a second process that is played by a thread.

use std::fs;

use super::{destroy, replace, temporary};

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
