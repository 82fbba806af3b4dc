//! `candour backup`, and copies that are not what they should be.

use crate::house::{House, Story, close, word};
use crate::support::{assert_exit, complained, said};
use law::Clock;
use std::path::{Path, PathBuf};

/// The rows and the bytes of the database as they stand.
fn database(house: &House) -> Vec<u8> {
    std::fs::read(house.path("data/candour.db")).expect("a database")
}

fn copies(house: &House) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(house.path("backups")).expect("a folder").flatten();
    entries.map(|entry| entry.path()).collect()
}

fn refused(house: &House, copy: &Path) -> String {
    let output = house.run(&["restore", word(copy), "--replace"], &[]);
    assert_exit(&output, 2);
    assert_eq!(said(&output), "");
    complained(&output).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_copy_is_made_and_says_until_when_it_restores() {
    let house = House::published();
    let output = house.run(&["backup"], &[]);
    assert_exit(&output, 0);
    for part in ["Copied to", "entries of the log", "restores until", "after that nothing opens it"] {
        assert!(said(&output).contains(part), "{part} is missing in {}", said(&output));
    }
    let copies = copies(&house);
    assert_eq!(copies.len(), 1);
    let copy = &copies[0];
    let name = copy.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(
        name.starts_with("candour-2") && name.split_once('T').is_some_and(|(_, time)| time.len() == "0230.copy".len()),
        "{name}"
    );
    assert_exit(&house.run(&["backup", "--to", word(copy)], &[]), 2);
    let left: Vec<_> =
        std::fs::read_dir(house.path("data")).expect("data").flatten().map(|one| one.file_name()).collect();
    assert!(!left.iter().any(|name| name == "backup.db"), "{left:?}");
    let doctor = house.run(&["doctor"], &[]);
    assert!(!said(&doctor).contains("is open to others"), "{}", said(&doctor));
    assert!(left.iter().any(|name| name == "backup.lock"), "{left:?}");
}

#[test]
fn a_start_destroys_what_a_killed_backup_left_and_never_what_one_is_just_making() {
    let house = House::published();
    let left = ["backup.db", "backup.db-wal", "backup.db-shm.old"].map(|name| house.path("data").join(name));
    let count = || left.iter().filter(|path| path.exists()).count();
    let leave = || left.iter().for_each(|path| std::fs::write(path, "rows in clear").expect("written"));
    leave();
    let lock = std::fs::File::create(house.path("data/backup.lock")).expect("a lock");
    lock.lock().expect("locked");
    close(&house, house.open(Clock::system()));
    assert_eq!(count(), 3, "somebody is just making a copy");
    drop(lock);
    close(&house, house.open(Clock::system()));
    assert_eq!(count(), 0, "rows in clear are left");
}

#[test]
fn a_copy_whose_key_the_keyring_merely_lacks_is_neither_removed_nor_passed() {
    let story = Story::told();
    let folder = story.house.path("backups");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(&story.copy, folder.join("candour-old.copy")).expect("copied");
    let keyring = std::fs::read_dir(story.house.path("keyring")).expect("a keyring").flatten();
    let mut slots: Vec<_> = keyring.map(|entry| entry.path()).filter(|path| path.extension().is_some()).collect();
    slots.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("epoch-")));
    slots.sort();
    let (newest, older) = slots.split_last().expect("slots");
    assert!(!older.is_empty() && newest.exists());
    for slot in older {
        std::fs::rename(slot, slot.with_extension("aside")).expect("a disk is away");
    }
    let drill = story.house.run(&["restore", "--drill"], &[]);
    assert_exit(&drill, 2);
    assert!(complained(&drill).contains("that this keyring does not have"), "{}", complained(&drill));
    assert_exit(&story.house.run(&["backup"], &[]), 0);
    assert!(folder.join("candour-old.copy").exists(), "its disk may come back");
    std::fs::rename(newest, newest.with_extension("aside")).expect("moved");
    let says = refused(&story.house, &folder.join("candour-old.copy"));
    assert!(says.contains("a key of ") && says.contains("that this keyring does not have"), "{says}");
}

#[test]
fn copies_that_no_key_opens_are_removed_and_no_others() {
    let story = Story::told();
    let folder = story.house.path("backups");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(&story.copy, folder.join("candour-old.copy")).expect("copied");
    let bytes = std::fs::read(&story.copy).expect("a copy");
    // Its head names a day whose key is destroyed.
    let at = bytes.windows(4).position(|four| four.starts_with(b"20") && four[2].is_ascii_digit()).expect("a day");
    let mut gone = bytes.clone();
    gone[at..at + 4].copy_from_slice(b"2020");
    std::fs::write(folder.join("candour-gone.copy"), &gone).expect("written");
    std::fs::write(folder.join("letter.txt"), "mine").expect("written");
    let output = story.house.run(&["backup"], &[]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("Removed 1 copy"), "{}", said(&output));
    assert!(!folder.join("candour-gone.copy").exists());
    assert!(folder.join("candour-old.copy").exists() && folder.join("letter.txt").exists());
    // Restoring one says why it cannot be.
    std::fs::write(folder.join("candour-gone.copy"), &gone).expect("written");
    let says = refused(&story.house, &folder.join("candour-gone.copy"));
    assert!(says.contains("2020") && says.contains("which is destroyed"), "{says}");
}

#[test]
fn a_copy_that_was_cut_anywhere_is_refused_with_the_reason_and_nothing_changes() {
    let story = Story::told();
    let (bytes, before) = (std::fs::read(&story.copy).expect("a copy"), database(&story.house));
    let cut = story.house.path("cut.copy");
    for step in 0..100 {
        let end = bytes.len() * step / 100;
        std::fs::write(&cut, &bytes[..end]).expect("written");
        let says = refused(&story.house, &cut);
        assert!(
            says.contains("cannot be restored: ") && says.contains("Fetch it again") | says.contains("Name a file"),
            "{end}: {says}"
        );
        assert!(!story.house.path("data/restore.new").exists(), "cut at {end}, half of it is left");
    }
    assert!(database(&story.house) == before, "the database was changed");
}

#[test]
fn a_foreign_file_a_changed_one_and_one_of_another_installation_are_refused() {
    let story = Story::told();
    let before = database(&story.house);
    let letter = story.house.path("letter.copy");
    std::fs::write(&letter, "Dear madam,\n").expect("written");
    assert!(refused(&story.house, &letter).contains("not a copy made by this program"));
    let mut bytes = std::fs::read(&story.copy).expect("a copy");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&letter, &bytes).expect("written");
    assert!(refused(&story.house, &letter).contains("was changed"));
    bytes[middle] ^= 1;
    bytes.push(0);
    std::fs::write(&letter, &bytes).expect("written");
    assert!(refused(&story.house, &letter).contains("goes on after its end"));
    let other = House::published();
    assert_exit(&other.run(&["backup", "--to", word(&other.path("other.copy"))], &[]), 0);
    let says = refused(&story.house, &other.path("other.copy"));
    assert!(says.contains("another copy") || says.contains("does not have"), "{says}");
    assert!(refused(&story.house, &story.house.path("missing.copy")).contains("missing.copy"));
    assert!(database(&story.house) == before, "the database was changed");
}
