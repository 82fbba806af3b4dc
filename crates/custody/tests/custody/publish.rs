//! The log outside the database: anybody verifies it, and an older copy of the database is known by it.

use crate::house::{House, MIGRATIONS, ORIGIN, custody_beside, custody_on};
use custody::{Custody, Error};
use ledger::{Checkpoint, Report, TileId, Verifier};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use store::{Settings, Store};

store::statements! {
    @list pub(crate),
    CHANGE_LEAF = "UPDATE log_leaf SET leaf = (SELECT o.leaf FROM log_leaf o WHERE o.idx = 0) WHERE idx = $1";
    BEGIN_RESTORE = "INSERT INTO restored (at, day, copy_day, until_day, finished, leaves, erased, shut, closed, applied) \
        VALUES ($1, '', '', '', 0, 0, 0, 0, 0, 0)";
    FORGET_CHECKPOINTS = "DELETE FROM checkpoint WHERE size >= $1";
}

fn folder(house: &House) -> PathBuf {
    house.keys.path().join("evidence")
}

fn key(house: &House) -> Verifier {
    house.custody.log_key().unwrap().parse().unwrap()
}

pub(crate) fn verify(house: &House) -> Report {
    let folder = folder(house);
    ledger::verify_log(&mut |path| fs::read(folder.join(path)).ok(), &key(house), &mut |_| ())
}

fn assert_whole(house: &House) -> Report {
    let report = verify(house);
    let sentences: Vec<_> = report.findings.iter().map(|one| format!("{}: {}", one.file, one.sentence)).collect();
    assert!(sentences.is_empty(), "{sentences:?}");
    report
}

fn enquire(house: &House, count: u64) {
    for n in 0..count {
        house.enquire(&format!("person{n}@oakfield.example"));
    }
}

/// Closes custody and keeps the rest.
fn stopped(house: House) -> (store::test::Database, tempfile::TempDir) {
    let House { custody, keys, database } = house;
    drop(custody);
    (database, keys)
}

/// Begins custody again, once the lease that the one before had is over.
fn begun(database: &store::test::Database, keys: &tempfile::TempDir) -> Result<custody::Custody, Error> {
    database.store().clock().pass(Duration::from_secs(6));
    loop {
        match custody_on(database.store().clone(), keys.path()) {
            Err(Error::Vault(vault::Error::Locked { .. })) => std::thread::yield_now(),
            custody => break custody,
        }
    }
}

#[test]
fn the_folder_is_a_log_that_is_verified_without_the_database() {
    let house = House::new();
    for count in [0, 1, 3, 250, 1, 1, 1, 7, 260] {
        enquire(&house, count);
        let size = house.custody.publish_log().unwrap();
        let report = assert_whole(&house);
        assert_eq!((report.leaves, report.pruned), (size, 0));
        assert_eq!(house.custody.verify_log().unwrap(), (size, report.checkpoint.unwrap().root));
    }
    let key = key(&house);
    assert_eq!(key.name(), ORIGIN);
    assert_eq!(fs::read_to_string(folder(&house).join("log.vkey")).unwrap(), format!("{key}\n"));
}

#[test]
fn of_each_level_one_partial_tile_stands() {
    let house = House::new();
    for _ in 0..5 {
        enquire(&house, 60);
        house.custody.publish_log().unwrap();
    }
    let names = |path: &str| {
        let entries = fs::read_dir(folder(&house).join(path)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("tile"), ["0", "1", "entries"]);
    assert_eq!(names("tile/0"), ["000", "001.p"]);
    assert_eq!(names("tile/entries"), ["000", "001.p"]);
    assert_eq!([names("tile/0/001.p").len(), names("tile/entries/001.p").len(), names("tile/1/000.p").len()], [1; 3]);
}

#[test]
fn publishing_what_is_published_writes_nothing() {
    let house = House::new();
    let size = house.custody.publish_log().unwrap();
    let written = fs::metadata(folder(&house).join("checkpoint")).unwrap().modified().unwrap();
    assert_eq!(house.custody.publish_log().unwrap(), size);
    assert_eq!(fs::metadata(folder(&house).join("checkpoint")).unwrap().modified().unwrap(), written);
}

#[test]
fn each_checkpoint_covers_what_was_acknowledged_before_and_is_the_one_that_is_told() {
    let house = House::new();
    assert_eq!(house.custody.checkpoint().unwrap(), None);
    let enquiry = house.enquire("ada@oakfield.example");
    house.open(&enquiry).unwrap();
    let size = house.custody.publish_now().unwrap();
    let text = house.custody.checkpoint().unwrap().unwrap();
    assert_eq!(Checkpoint::open(&text, &key(&house)).unwrap().size, size);
    assert_eq!(fs::read_to_string(folder(&house).join("checkpoint")).unwrap(), text);
    assert_eq!(house.custody.verify_log().unwrap().0, size);
}

#[test]
fn published_notices_stand_beside_the_log() {
    let house = House::new();
    house.custody.publish_log().unwrap();
    let published = house.custody.published_on(house.today()).unwrap();
    let notices = folder(&house).join("notices");
    let hex = published.digest.to_string();
    assert_eq!(fs::read_to_string(notices.join(format!("{hex}.toml"))).unwrap(), &*published.text);
    let facts: serde_json::Value =
        serde_json::from_slice(&fs::read(notices.join(format!("{hex}.json"))).unwrap()).unwrap();
    assert_eq!(facts["approved_by"], "officer");
    assert_eq!(facts["published_on"], law::iso(published.published_on));
}

#[test]
fn hashes_are_given_to_everybody_and_entries_to_nobody() {
    let house = House::new();
    enquire(&house, 300);
    let size = house.custody.publish_log().unwrap();
    enquire(&house, 5);
    for id in ledger::needed(size) {
        let bytes = house.custody.tile(&id.path()).unwrap().unwrap();
        assert_eq!(bytes, fs::read(folder(&house).join(id.path())).unwrap());
        assert_eq!(house.custody.tile(&id.bundle_path()).unwrap(), None);
        let narrower = TileId { width: 1, ..id };
        assert_eq!(house.custody.tile(&narrower.path()).unwrap().unwrap(), bytes[..32]);
    }
    let beyond = TileId::within(0, 1, size + 1).unwrap();
    for path in [beyond.path().as_str(), "tile/0/002", "tile/5/000.p/1", "checkpoint", "../journal", ""] {
        assert_eq!(house.custody.tile(path).unwrap(), None, "{path}");
    }
}

#[test]
fn a_copy_of_the_database_that_is_behind_does_not_start() {
    let house = House::in_a_file();
    enquire(&house, 3);
    let early = house.custody.publish_log().unwrap();
    house.custody.truncate_log().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("candour.db");
    fs::copy(house.database.path(), &path).unwrap();
    enquire(&house, 2);
    let late = house.custody.publish_log().unwrap();
    let clock = house.custody.store().clock().clone();
    let (_database, keys) = stopped(house);
    let settings = Settings {
        engine: store::Engine::sqlite(path),
        clock,
        seed: Some([5; 32]),
        migrations: MIGRATIONS,
        alone: true,
        patience: Duration::from_secs(5),
        readers: 1,
    };
    let store = Store::open(settings).unwrap();
    let error = loop {
        match custody_on(store.clone(), keys.path()) {
            Err(Error::Vault(vault::Error::Locked { .. })) => std::thread::yield_now(),
            other => break other.err().unwrap(),
        }
    };
    assert!(
        matches!(error, Error::Behind { database, published } if (database, published) == (early, late)),
        "{error}"
    );
    assert!(error.to_string().contains("candour restore --recovered"));
}

#[test]
fn a_log_that_is_another_than_was_published_does_not_start() {
    let house = House::new();
    enquire(&house, 10);
    house.custody.publish_log().unwrap();
    house.custody.store().write_blocking("change", |tx| tx.execute(&CHANGE_LEAF, &[3i64.into()])).unwrap();
    let (database, keys) = stopped(house);
    let error = begun(&database, &keys).err().unwrap();
    assert!(matches!(error, Error::Forked { published: 11, .. }), "{error}");
}

#[test]
fn a_checkpoint_of_another_key_does_not_start() {
    let house = House::new();
    house.custody.publish_log().unwrap();
    let path = folder(&house).join("checkpoint");
    let text = fs::read_to_string(&path).unwrap();
    let checkpoint = Checkpoint::open(&text, &key(&house)).unwrap();
    let other = ledger::Signer::from_seed(ORIGIN, &[9; 32]).unwrap();
    fs::write(&path, checkpoint.sign(&other).unwrap()).unwrap();
    let (database, keys) = stopped(house);
    assert!(matches!(begun(&database, &keys).err().unwrap(), Error::Log(_)));
}

#[test]
fn a_restore_that_did_not_end_does_not_start() {
    let house = House::new();
    house.custody.store().write_blocking("restore", |tx| tx.execute(&BEGIN_RESTORE, &[1i64.into()])).unwrap();
    let (database, keys) = stopped(house);
    assert!(matches!(begun(&database, &keys).err().unwrap(), Error::Unfinished));
}

#[test]
fn where_nothing_can_be_written_nothing_is_signed_and_it_goes_on_afterwards() {
    let house = House::new();
    enquire(&house, 5);
    let size = house.custody.publish_log().unwrap();
    let before = fs::read_to_string(folder(&house).join("checkpoint")).unwrap();
    let (tiles, aside) = (folder(&house).join("tile"), folder(&house).join("aside"));
    fs::rename(&tiles, &aside).unwrap();
    fs::write(&tiles, "in the way").unwrap();
    enquire(&house, 300);
    let error = house.custody.publish_log().err().unwrap();
    assert!(error.to_string().contains("tile"), "{error}");
    assert_eq!(fs::read_to_string(folder(&house).join("checkpoint")).unwrap(), before);
    assert!(house.custody.checkpoint().unwrap().unwrap() == before);
    fs::remove_file(&tiles).unwrap();
    fs::rename(&aside, &tiles).unwrap();
    assert_eq!(house.custody.publish_log().unwrap(), size + 300);
    assert_whole(&house);
}

#[test]
fn what_a_crash_left_before_signing_is_written_over() {
    let house = House::new();
    enquire(&house, 250);
    house.custody.publish_log().unwrap();
    let early = fs::read(folder(&house).join("checkpoint")).unwrap();
    enquire(&house, 40);
    house.custody.publish_log().unwrap();
    // The checkpoint was not replaced; of the partial tiles of before, some are gone.
    fs::write(folder(&house).join("checkpoint"), early).unwrap();
    let (database, keys) = stopped(house);
    let custody = begun(&database, &keys).unwrap();
    let house = House { custody, keys, database };
    enquire(&house, 1);
    assert_eq!(house.custody.publish_log().unwrap(), 292);
    assert_whole(&house);
}

#[test]
fn a_folder_that_is_lost_stops_the_start_and_a_restore_writes_it_anew_under_another_name() {
    let house = House::new();
    enquire(&house, 300);
    let size = house.custody.publish_log().unwrap();
    fs::remove_dir_all(folder(&house)).unwrap();
    let (database, keys) = stopped(house);
    assert!(matches!(begun(&database, &keys), Err(Error::EvidenceMissing(_))));
    let parts = crate::recover::parts(database.store().clone(), keys.path());
    let (custody, _) = Custody::recover(parts, |_| Ok(())).unwrap();
    assert!(custody.checkpoint().unwrap().unwrap().starts_with("portal.segfl.example/log/2\n"));
    let house = House { custody, keys, database };
    assert!(house.custody.publish_now().unwrap() > size);
    assert_whole(&house);
}

#[test]
fn a_journal_that_is_lost_stops_the_start_and_every_restore() {
    let house = House::new();
    enquire(&house, 1);
    house.custody.publish_log().unwrap();
    fs::remove_file(house.keys.path().join("journal")).unwrap();
    let (database, keys) = stopped(house);
    assert!(matches!(begun(&database, &keys), Err(Error::JournalMissing(_))));
    let parts = crate::recover::parts(database.store().clone(), keys.path());
    assert!(matches!(Custody::recover(parts, |_| Ok(())), Err(Error::JournalMissing(_))));
}

#[test]
fn who_stands_beside_reads_the_newest_checkpoint_and_signs_none() {
    let house = House::new();
    enquire(&house, 300);
    let size = house.custody.publish_log().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = match house.database.engine() {
        store::Engine::Postgres { url, .. } => store::Engine::postgres(url, folder.path()),
        file @ store::Engine::Sqlite { .. } => file,
    };
    let settings = Settings {
        engine,
        clock: law::Clock::fixed(house.custody.store().clock().now()),
        seed: Some([4; 32]),
        migrations: MIGRATIONS,
        alone: false,
        patience: Duration::from_secs(5),
        readers: 1,
    };
    let beside = custody_beside(Store::open(settings).unwrap(), house.keys.path()).unwrap();
    enquire(&house, 1);
    assert_eq!(beside.publish_log().unwrap(), size);
    assert_eq!(beside.checkpoint().unwrap(), house.custody.checkpoint().unwrap());
    assert_eq!(beside.log_key().unwrap(), house.custody.log_key().unwrap());
    for id in ledger::needed(size) {
        assert_eq!(beside.tile(&id.path()).unwrap(), house.custody.tile(&id.path()).unwrap());
    }
    assert_eq!(house.custody.publish_log().unwrap(), size + 1);
    assert_eq!(beside.publish_log().unwrap(), size + 1);
}

#[test]
fn the_row_of_a_day_has_its_last_checkpoint() {
    let house = House::new();
    house.custody.publish_log().unwrap();
    enquire(&house, 1);
    let size = house.custody.publish_log().unwrap();
    let forgotten =
        house.custody.store().write_blocking("forget", move |tx| tx.execute(&FORGET_CHECKPOINTS, &[size.into()]));
    assert_eq!(forgotten.unwrap(), 1);
}
