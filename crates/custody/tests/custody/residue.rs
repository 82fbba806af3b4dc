//! Erasure, not only encryption: what is gone is gone from the files, and a copy taken before dies with its day's key.
//!
//! On a server the files belong to somebody else, and the tables are asked instead: an erased row is in none of them, and the
//! dead row that it leaves in its table's file until `VACUUM` (see `Store::truncate_log`) is sealed under a key that dies
//! within the backup window. What looks into files or copies them runs on a database file on either engine.

use crate::house::{Enquiry, House, MIGRATIONS, custody_on};
use custody::{Actor, Custody, Error};
use notice::{Ask, Fields};
use std::path::{Path, PathBuf};
use store::{Settings, Store};
use tempfile::TempDir;

/// Every byte of every file below a folder.
fn bytes_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes_below(&path));
        } else {
            found.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
    found
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn assert_nowhere(folder: &Path, needle: &[u8], what: &str) {
    for (path, bytes) in bytes_below(folder) {
        assert!(!holds(&bytes, needle), "{what} stands in {}", path.display());
    }
}

fn is_somewhere(folder: &Path, needle: &[u8]) -> bool {
    bytes_below(folder).iter().any(|(_, bytes)| holds(bytes, needle))
}

/// The ciphertext and the wrapped key of a person's holdings, as they stand now.
fn secrets(house: &House, enquiry: &Enquiry) -> Vec<Vec<u8>> {
    let person = enquiry.person;
    house
        .custody
        .store()
        .read_blocking("secrets", move |tx| {
            let mut all = Vec::new();
            for (table, column) in [("holding", "sealed"), ("data_key", "wrapped"), ("trail", "sealed")] {
                for row in tx.all(&store::select_by(table, &[column], &["person_id"]), &[person.into()])? {
                    all.push(row.get(0)?);
                }
            }
            Ok::<_, store::Error>(all)
        })
        .unwrap()
}

fn folder(house: &House) -> PathBuf {
    house.database.path().parent().unwrap().to_owned()
}

/// A copy of the data folder and of the keyring, as they stand.
fn copy(house: &House) -> (TempDir, TempDir) {
    house.custody.truncate_log().unwrap();
    let (data, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::copy(house.database.path(), data.path().join("candour.db")).unwrap();
    copy_folder(house.keys.path(), keys.path());
    (data, keys)
}

/// A copy of the keyring as it stands today: the key of a copy's own day is destroyed 13 days later.
fn keyring_of_today(house: &House) -> TempDir {
    let keys = tempfile::tempdir().unwrap();
    copy_folder(house.keys.path(), keys.path());
    keys
}

fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in bytes_below(from) {
        let place = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, bytes).unwrap();
    }
}

/// Custody of a copy, with the keyring of a folder, on a day of its own.
fn custody_of(house: &House, data: &Path, keys: &Path) -> Result<Custody, Error> {
    let store = Store::open(Settings {
        engine: store::Engine::sqlite(data.join("candour.db")),
        clock: law::Clock::fixed(house.custody.store().clock().now()),
        seed: Some([3; 32]),
        migrations: MIGRATIONS,
        alone: true,
        patience: std::time::Duration::from_secs(1),
        readers: 1,
    });
    custody_on(store.unwrap(), keys)
}

/// Whether a copy does not even start: the key of its day is gone.
fn is_dead(house: &House, data: &Path, keys: &Path) -> bool {
    matches!(custody_of(house, data, keys), Err(Error::KeyMissing(_)))
}

fn open_copy(copy: &Custody, enquiry: &Enquiry) -> Result<String, Error> {
    let today = copy.store().clock().today();
    let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    let allowed = copy.in_force(today)?.allow(&ask).unwrap();
    let (custody, person, holding) = (copy.clone(), enquiry.person, enquiry.holding);
    copy.write_blocking("open", move |tx| {
        let permit = custody.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
        Ok(custody.open(tx, &permit)?.record.value("email").unwrap_or_default().to_owned())
    })
}

#[test]
fn no_value_ever_stands_in_the_data_folder_in_clear() {
    let house = House::in_a_file();
    let enquiry = house.enquire("canary-taken-7f3a9c@oakfield.example");
    house.open(&enquiry).unwrap();
    house.amend(&enquiry, "canary-amended-51be02@oakfield.example").unwrap();
    for needle in ["canary-taken-7f3a9c", "canary-amended-51be02", "Priya Example"] {
        assert_nowhere(&folder(&house), needle.as_bytes(), needle);
        assert_nowhere(house.keys.path(), needle.as_bytes(), needle);
    }
}

#[test]
fn the_sealed_bytes_and_wrapped_keys_of_the_erased_are_gone_from_database_and_log() {
    let house = House::in_a_file();
    let enquiry = house.enquire("gone@oakfield.example");
    let others: Vec<Enquiry> = (0..40).map(|n| house.enquire(&format!("other{n}@oakfield.example"))).collect();
    house.note(&enquiry, "enquiry.closed");
    // The turn wraps keys anew each day, so the bytes are noted on the last day before the end.
    house.pass_days(89);
    let noted = secrets(&house, &enquiry);
    assert_eq!(noted.len(), 3);
    for bytes in &noted {
        assert!(is_somewhere(&folder(&house), bytes), "they stand before");
    }
    assert_eq!(house.pass_days(1), 1);
    // What the run could not cut because somebody read meanwhile, the next minute cuts.
    house.custody.truncate_log().unwrap();
    for bytes in &noted {
        assert_nowhere(&folder(&house), bytes, "the erased");
    }
    assert!(house.open(&others[0]).is_ok());
}

#[test]
fn the_sealed_bytes_and_the_wrapped_key_of_a_replaced_value_are_gone_too() {
    let house = House::in_a_file();
    let enquiry = house.enquire("old@oakfield.example");
    house.custody.truncate_log().unwrap();
    let noted = secrets(&house, &enquiry);
    house.amend(&enquiry, "new@oakfield.example").unwrap();
    house.custody.truncate_log().unwrap();
    // The third is the reveal of the taking, which lives as long as the holding.
    for bytes in &noted[..2] {
        assert_nowhere(&folder(&house), bytes, "the replaced value");
    }
}

#[test]
fn a_copy_opens_with_the_keyring_of_its_day_and_dies_with_that_days_key() {
    let house = House::in_a_file();
    let enquiry = house.enquire("gone@oakfield.example");
    let (data, keys) = copy(&house);
    assert_eq!(
        open_copy(&custody_of(&house, data.path(), keys.path()).unwrap(), &enquiry).unwrap(),
        "gone@oakfield.example"
    );

    house.pass_days(12);
    let keys = keyring_of_today(&house);
    assert!(
        open_copy(&custody_of(&house, data.path(), keys.path()).unwrap(), &enquiry).is_ok(),
        "its time is not over"
    );
    house.pass_days(1);
    let keys = keyring_of_today(&house);
    assert!(is_dead(&house, data.path(), keys.path()));
    assert!(house.open(&enquiry).is_ok(), "the living keep their keys");
}

#[test]
fn a_value_that_was_only_replaced_dies_in_the_copy_as_the_erased_do() {
    let house = House::in_a_file();
    let enquiry = house.enquire("old@oakfield.example");
    let (data, keys) = copy(&house);
    house.amend(&enquiry, "new@oakfield.example").unwrap();
    assert_eq!(
        open_copy(&custody_of(&house, data.path(), keys.path()).unwrap(), &enquiry).unwrap(),
        "old@oakfield.example"
    );

    house.pass_days(13);
    let keys = keyring_of_today(&house);
    assert!(is_dead(&house, data.path(), keys.path()));
    assert_eq!(house.open(&enquiry).unwrap(), "new@oakfield.example");
}

#[test]
fn a_keyring_that_is_away_stops_the_start_and_no_new_key_is_made() {
    let house = House::in_a_file();
    house.enquire("kept@oakfield.example");
    let (data, keys) = copy(&house);
    std::fs::rename(keys.path().join("keyring"), keys.path().join("unmounted")).unwrap();
    assert!(is_dead(&house, data.path(), keys.path()));
    let made = std::fs::read_dir(keys.path().join("keyring")).map(|slots| {
        slots.filter(|slot| slot.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "slot")).count()
    });
    assert_eq!(made.unwrap_or_default(), 0);
    std::fs::remove_dir_all(keys.path().join("keyring")).unwrap();
    std::fs::rename(keys.path().join("unmounted"), keys.path().join("keyring")).unwrap();
    assert!(custody_of(&house, data.path(), keys.path()).is_ok(), "once the place is back, it starts");
}

store::statements! {
    @list pub(crate),
    ALL_RECORDS = "SELECT sealed FROM holding";
    ALL_KEYS = "SELECT wrapped FROM data_key";
    ALL_REVEALS = "SELECT sealed FROM trail";
}

/// Every sealed value of the database.
fn all_sealed(house: &House) -> Vec<Vec<u8>> {
    let read = |tx: &mut store::Tx<'_>| {
        let mut all = Vec::new();
        for statement in STATEMENTS {
            for row in tx.all(statement, &[])? {
                all.push(row.get(0)?);
            }
        }
        Ok::<_, store::Error>(all)
    };
    house.custody.store().read_blocking("all_sealed", read).unwrap()
}

#[test]
fn the_sealed_bytes_and_wrapped_keys_of_the_erased_are_gone_from_every_table() {
    let house = House::new();
    let enquiry = house.enquire("gone@oakfield.example");
    let kept = house.enquire("kept@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    house.pass_days(89);
    let noted = secrets(&house, &enquiry);
    assert!(noted.len() >= 3 && noted.iter().all(|value| all_sealed(&house).contains(value)));
    house.pass_days(1);
    assert!(noted.iter().all(|value| !all_sealed(&house).contains(value)));
    assert!(house.open(&kept).is_ok());
    for table in ["holding", "data_key", "trail", "clock", "opening", "outbox"] {
        assert_eq!(house.count(table, enquiry.person), 0, "{table}");
    }
    house.custody.truncate_log().unwrap();
}
