//! What no restore brings back: an older copy takes the database's place, and whoever was erased stays erased.

use crate::house::{COLUMNS, Enquiry, House, MIGRATIONS, ORIGIN, custody_on};
use custody::{Actor, Check, Custody, Decision, Error, HoldReason, Parts, Recovered};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Settings, Store};
use vault::{Effect, Journal, Keyring, Root};

/// Opens a database file alone, on a clock of the same day, with a generator that no other file has.
pub(crate) fn open_file(path: &Path, clock: law::Clock, alone: bool) -> store::Result<Store> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut seed = [100; 32];
    seed[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Store::open(Settings {
        engine: store::Engine::sqlite(path),
        clock,
        seed: Some(seed),
        migrations: MIGRATIONS,
        alone,
        patience: std::time::Duration::from_secs(1),
        readers: 2,
    })
}

/// A copy of the database as it stands, unsealed.
pub(crate) fn copied(house: &House, name: &str) -> PathBuf {
    let path = house.keys.path().join(name);
    house.custody.store().copy_to(&path).unwrap();
    path
}

pub(crate) fn parts(store: Store, keys: &Path) -> Parts {
    let keyring = loop {
        match Keyring::open(vec![keys.join("keyring")], Root::load(&keys.join("root.key")).unwrap()) {
            Err(vault::Error::Locked { .. }) => std::thread::yield_now(),
            keyring => break keyring.unwrap(),
        }
    };
    let (journal, evidence) = (keys.join("journal"), keys.join("evidence"));
    Parts { store, keyring, journal, columns: store::columns(COLUMNS).unwrap(), evidence, origin: ORIGIN.to_owned() }
}

/// The database is lost, and a copy takes its place: recovered, in a folder of its own.
pub(crate) fn put_back(house: House, copy: &Path) -> Result<(House, Recovered), Error> {
    let House { custody, keys, database } = house;
    let clock = law::Clock::fixed(custody.store().clock().now());
    drop(custody);
    let folder = keys.path().join(format!("back-{}", copy.file_name().unwrap().to_string_lossy()));
    let file = (0..1_000).map(|n| folder.join(n.to_string()).join("candour.db")).find(|file| !file.exists()).unwrap();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::copy(copy, &file).unwrap();
    let store = open_file(&file, clock, true).unwrap();
    let (custody, recovered) = Custody::recover(parts(store, keys.path()), |_| Ok(()))?;
    Ok((House { custody, keys, database }, recovered))
}

fn restored(house: House, copy: &Path) -> (House, Recovered) {
    put_back(house, copy).unwrap_or_else(|error| panic!("{error}"))
}

/// Custody begins as usual, once whoever had the keys has let them go.
fn started(store: &Store, keys: &Path) -> Result<Custody, Error> {
    loop {
        match custody_on(store.clone(), keys) {
            Err(Error::Vault(vault::Error::Locked { .. })) => std::thread::yield_now(),
            custody => break custody,
        }
    }
}

/// Its person withdraws, and the days go by until it is erased.
fn erase(house: &House, enquiry: &Enquiry) {
    withdraw(house, enquiry);
    assert_eq!(house.pass_days(7), 1);
}

fn withdraw(house: &House, enquiry: &Enquiry) {
    let (person, ground) = (enquiry.person, enquiry.ground);
    house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
}

fn object(house: &House, enquiry: &Enquiry) {
    let person = enquiry.person;
    house.write(move |custody, tx| custody.object(tx, person, "answer-enquiries", &Actor::you(person))).unwrap();
}

#[test]
fn whoever_was_erased_stays_erased_and_nobody_else_is_lost() {
    let house = House::in_a_file();
    let (gone, stays) = (house.enquire("gone@oakfield.example"), house.enquire("stays@oakfield.example"));
    let copy = copied(&house, "copy.db");
    erase(&house, &gone);
    house.custody.publish_log().unwrap();
    let (house, recovered) = restored(house, &copy);
    assert_eq!((recovered.erased, recovered.shut, recovered.closed), (1, 0, 0));
    assert!(recovered.leaves > 0);
    assert!(matches!(house.open(&gone), Err(Error::Gone)));
    for table in ["holding", "data_key", "trail", "clock", "opening"] {
        assert_eq!(house.count(table, gone.person), 0, "{table}");
    }
    assert_eq!(house.open(&stays).unwrap(), "stays@oakfield.example");
}

#[test]
fn a_copy_that_is_not_recovered_does_not_start() {
    let house = House::in_a_file();
    house.enquire("a@oakfield.example");
    house.custody.publish_log().unwrap();
    let copy = copied(&house, "copy.db");
    house.enquire("b@oakfield.example");
    house.custody.publish_log().unwrap();
    let House { custody, keys, database } = house;
    let clock = law::Clock::fixed(custody.store().clock().now());
    drop(custody);
    let store = open_file(&copy, clock, true).unwrap();
    let Parts { store, .. } = parts(store, keys.path());
    assert!(matches!(started(&store, keys.path()), Err(Error::Behind { .. })));
    // Interrupted after it began: the gate knows.
    store
        .write_blocking("begin", |tx| {
            let today = tx.today();
            tx.execute(&BEGIN, &[1i64.into(), today.into()]).map(|_| ())
        })
        .unwrap();
    assert!(matches!(started(&store, keys.path()), Err(Error::Unfinished)));
    let (custody, _) = Custody::recover(parts(store.clone(), keys.path()), |_| Ok(())).unwrap();
    drop(custody);
    let again = started(&store, keys.path());
    assert!(again.is_ok(), "{:?}", again.err().map(|error| error.to_string()));
    drop(database);
}

store::statements! {
    BEGIN = "INSERT INTO restored (at, day, copy_day, until_day, finished, leaves, erased, shut, closed, applied) \
        VALUES ($1, $2, $2, $2, 0, 0, 0, 0, 0, 0)";
    UNDO = "DELETE FROM restored WHERE at >= $1";
    FORK = "UPDATE log_head SET frontier = $1, size = 1 WHERE log = $2";
}

#[test]
fn a_replaced_value_never_opens_and_its_person_gives_it_again() {
    let house = House::in_a_file();
    let enquiry = house.enquire("old@oakfield.example");
    let copy = copied(&house, "copy.db");
    house.amend(&enquiry, "new@oakfield.example").unwrap();
    house.custody.publish_log().unwrap();
    let (house, recovered) = restored(house, &copy);
    assert_eq!(recovered.shut, 1);
    assert_eq!(recovered.to_check, 1);
    assert!(matches!(house.open(&enquiry), Err(Error::Refused(_))), "an empty value is never used silently");
    let mine = house.open_as("you", "show-you", enquiry.person, enquiry.holding).unwrap();
    assert_eq!(mine, "", "its person sees that it is empty");
    let (custody, allowed) = (house.custody.clone(), house.allow("you", "show-you", "enquiry"));
    let (person, holding) = (enquiry.person, enquiry.holding);
    house
        .custody
        .write_blocking("amend", move |tx| {
            let permit = custody.permit(tx, &allowed, &Actor::you(person), person, holding)?;
            let record = custody::Record::new().with("name", "Priya Example").with("email", "again@oakfield.example");
            custody.amend(tx, permit, &record, &[])
        })
        .unwrap();
    assert_eq!(house.open(&enquiry).unwrap(), "again@oakfield.example");
    // The same copy once more: the value that was given again is lost with the database, and the old one stays shut.
    house.custody.publish_log().unwrap();
    let newer = copied(&house, "newer.db");
    let (house, recovered) = restored(house, &newer);
    assert_eq!(recovered.shut, 0, "what nobody replaced opens");
    assert_eq!(house.open(&enquiry).unwrap(), "again@oakfield.example");
    let (house, recovered) = restored(house, &copy);
    assert_eq!(recovered.shut, 1);
    assert!(matches!(house.open(&enquiry), Err(Error::Refused(_))));
}

#[test]
fn objections_restrictions_withdrawals_and_holds_are_as_they_last_were() {
    let house = House::in_a_file();
    let officer = house.officer();
    let all: Vec<Enquiry> = (0..6).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    let [objects, no_longer, restricted, withdrawn, held, untouched] = all.try_into().ok().unwrap();
    object(&house, &no_longer);
    let copy = copied(&house, "copy.db");
    object(&house, &objects);
    let person = no_longer.person;
    house.write(move |custody, tx| custody.unobject(tx, person, "answer-enquiries", &Actor::you(person))).unwrap();
    let (person, holding) = (restricted.person, restricted.holding);
    house.write(move |custody, tx| custody.restrict(tx, person, holding, &Actor::you(person))).unwrap();
    withdraw(&house, &withdrawn);
    let (person, ground) = (held.person, held.ground);
    let until = house.today().saturating_add(jiff::Span::new().days(90));
    let by = officer.clone();
    house.write(move |custody, tx| custody.place_hold(tx, &by, person, ground, HoldReason::Claim, until)).unwrap();
    house.custody.publish_log().unwrap();
    let (house, recovered) = restored(house, &copy);
    assert_eq!(recovered.applied, 5);
    for closed in [&objects, &restricted, &withdrawn] {
        assert!(matches!(house.open(closed), Err(Error::Refused(_))));
    }
    for opens in [&no_longer, &held, &untouched] {
        assert!(house.open(opens).is_ok());
    }
    assert_eq!(house.count("legal_hold", held.person), 1);
    let checks = house.write(|custody, tx| custody.check_ups(tx, 10)).unwrap();
    assert_eq!(checks.len(), 1);
    assert_eq!((checks[0].holding, checks[0].why), (held.holding, Check::Hold));
    let (by, until) = (officer.clone(), house.today().saturating_add(jiff::Span::new().days(60)));
    let nothing =
        house.write(move |custody, tx| custody.place_hold(tx, &by, person, ground, HoldReason::Restored, until));
    assert!(matches!(nothing, Err(Error::Refused(_))), "nobody holds without a reason");
    let by = officer.clone();
    house.write(move |custody, tx| custody.place_hold(tx, &by, person, ground, HoldReason::Inquiry, until)).unwrap();
    house.custody.settle_check_up(&officer, person, held.holding, Decision::Keep).unwrap();
    assert!(house.write(|custody, tx| custody.check_ups(tx, 10)).unwrap().is_empty());
    // What was withdrawn goes on its day, though nothing else is destroyed by schedule.
    assert_eq!(house.pass_days(7), 1);
    assert!(matches!(house.open(&withdrawn), Err(Error::Gone)));
}

#[test]
fn an_erasure_that_had_only_begun_closes_until_an_officer_decides() {
    let house = House::in_a_file();
    let officer = house.officer();
    let (kept, erased) = (house.enquire("kept@oakfield.example"), house.enquire("erased@oakfield.example"));
    let copy = copied(&house, "copy.db");
    house.custody.publish_log().unwrap();
    let journal = house.keys.path().join("journal");
    let day = house.today();
    let House { custody, keys, database } = house;
    let clock = custody.store().clock().clone();
    drop(custody);
    let mut writing = loop {
        match Journal::open(&journal) {
            Err(vault::Error::Locked { .. }) => std::thread::yield_now(),
            journal => break journal.unwrap(),
        }
    };
    let intents = [&kept, &erased].map(|one| (vault::sha256(&one.holding.0), Effect::Erase));
    writing.intent(day, &intents).unwrap();
    drop(writing);
    let store = open_file(&copy, clock, true).unwrap();
    let (custody, recovered) = Custody::recover(parts(store, keys.path()), |_| Ok(())).unwrap();
    let house = House { custody, keys, database };
    assert_eq!((recovered.closed, recovered.erased), (2, 0));
    for one in [&kept, &erased] {
        assert!(matches!(house.open(one), Err(Error::Refused(_))));
        let mine = house.open_as("you", "show-you", one.person, one.holding);
        assert!(matches!(mine, Err(Error::Refused(_))), "closed for every purpose");
    }
    house.custody.witness().unwrap();
    house.custody.settle_check_up(&officer, kept.person, kept.holding, Decision::Keep).unwrap();
    house.custody.settle_check_up(&officer, erased.person, erased.holding, Decision::Erase).unwrap();
    assert_eq!(house.open(&kept).unwrap(), "kept@oakfield.example");
    assert!(matches!(house.open(&erased), Err(Error::Gone)));
    let again = house.custody.settle_check_up(&officer, kept.person, kept.holding, Decision::Erase);
    assert!(matches!(again, Err(Error::Gone)), "it waits no longer");
    let last = Journal::read(&journal).unwrap().pop().unwrap();
    assert!(last.effect == Effect::Erase && last.done);
}

#[test]
fn nothing_is_destroyed_by_schedule_for_the_days_that_were_lost_and_fourteen() {
    let house = House::in_a_file();
    let enquiry = house.enquire("due@oakfield.example");
    house.note(&enquiry, "enquiry.closed");
    house.pass_days(85);
    let copy = copied(&house, "copy.db");
    house.custody.publish_log().unwrap();
    house.pass_days(2);
    let (house, recovered) = restored(house, &copy);
    assert_eq!(recovered.until_day, house.today().saturating_add(jiff::Span::new().days(16)));
    house.custody.witness().unwrap();
    assert_eq!(house.pass_days(15), 0, "it is due and waits");
    assert!(house.open(&enquiry).is_err(), "and is closed");
    assert_eq!(house.pass_days(1), 1);
}

#[test]
fn published_notices_come_back_from_the_evidence_folder() {
    let house = House::in_a_file();
    let copy = copied(&house, "copy.db");
    let text = crate::house::NOTICE.replacen("version", "# Twice.\nversion", 1).replacen("2026-11", "2026-12", 1);
    crate::house::publish(&house.custody, &text);
    house.custody.publish_log().unwrap();
    let before = house.custody.history().unwrap().len();
    let (house, recovered) = restored(house, &copy);
    assert_eq!((recovered.notices, recovered.notices_lost), (1, 0));
    assert_eq!(house.custody.history().unwrap().len(), before);
}

#[test]
fn without_the_evidence_folder_the_log_begins_anew_under_another_name() {
    let house = House::in_a_file();
    let enquiry = house.enquire("a@oakfield.example");
    house.custody.publish_log().unwrap();
    let copy = copied(&house, "copy.db");
    std::fs::remove_dir_all(house.keys.path().join("evidence")).unwrap();
    let (house, _) = restored(house, &copy);
    house.custody.publish_log().unwrap();
    let checkpoint = house.custody.checkpoint().unwrap().unwrap();
    assert!(checkpoint.starts_with("portal.segfl.example/log/2\n"), "{checkpoint}");
    assert!(house.open(&enquiry).is_ok());
    house.custody.verify_log().unwrap();
}

#[test]
fn a_published_log_of_another_database_is_refused() {
    let house = House::in_a_file();
    let copy = copied(&house, "copy.db");
    house.enquire("a@oakfield.example");
    let other = copied(&house, "other.db");
    house.custody.publish_log().unwrap();
    // The copy goes on by itself before it is restored: it is no older copy any more.
    let House { custody, keys, database } = house;
    let clock = custody.store().clock().clone();
    drop(custody);
    let store = open_file(&copy, clock.clone(), true).unwrap();
    store.write_blocking("fork", |tx| tx.execute(&FORK, &[[9u8; 32].into(), "main".into()]).map(|_| ())).unwrap();
    let forked = Custody::recover(parts(store, keys.path()), |_| Ok(()));
    assert!(matches!(forked, Err(Error::Forked { .. } | Error::Log(_))), "{:?}", forked.err().map(|e| e.to_string()));
    let store = open_file(&other, clock, true).unwrap();
    assert!(Custody::recover(parts(store, keys.path()), |_| Ok(())).is_ok());
    drop(database);
}

#[test]
fn an_older_journal_than_the_log_is_refused() {
    let house = House::in_a_file();
    let gone = house.enquire("gone@oakfield.example");
    let copy = copied(&house, "copy.db");
    let journal = house.keys.path().join("journal");
    let older = std::fs::read(&journal).unwrap();
    erase(&house, &gone);
    house.custody.publish_log().unwrap();
    let newest = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, older).unwrap();
    let House { custody, keys, database } = house;
    let clock = custody.store().clock().clone();
    drop(custody);
    let store = open_file(&copy, clock, true).unwrap();
    let refused = Custody::recover(parts(store.clone(), keys.path()), |_| Ok(()));
    assert!(matches!(refused, Err(Error::Log(_))), "{:?}", refused.err().map(|error| error.to_string()));
    std::fs::write(&journal, newest).unwrap();
    let (custody, recovered) = Custody::recover(parts(store, keys.path()), |_| Ok(())).unwrap();
    assert_eq!(recovered.erased, 1);
    drop((custody, database));
}

#[test]
fn a_restore_that_is_done_twice_does_nothing_the_second_time() {
    let house = House::in_a_file();
    let (gone, old) = (house.enquire("gone@oakfield.example"), house.enquire("old@oakfield.example"));
    let copy = copied(&house, "copy.db");
    house.amend(&old, "new@oakfield.example").unwrap();
    object(&house, &old);
    erase(&house, &gone);
    house.custody.publish_log().unwrap();
    let House { custody, keys, database } = house;
    let clock = custody.store().clock().clone();
    drop(custody);
    let store = open_file(&copy, clock, true).unwrap();
    // The last transaction fails, as if the power had gone.
    let broken = Custody::recover(parts(store.clone(), keys.path()), |_| Err(Error::Gone));
    assert!(matches!(broken, Err(Error::Gone)));
    assert!(matches!(started(&store, keys.path()), Err(Error::Unfinished)));
    let (custody, recovered) = Custody::recover(parts(store.clone(), keys.path()), |_| Ok(())).unwrap();
    assert_eq!((recovered.erased, recovered.shut, recovered.applied), (1, 1, 1), "counted once, over both");
    drop(custody);
    store.write_blocking("undo", |tx| tx.execute(&UNDO, &[0i64.into()]).map(|_| ())).unwrap();
    let (custody, recovered) = Custody::recover(parts(store, keys.path()), |_| Ok(())).unwrap();
    assert_eq!((recovered.erased, recovered.shut, recovered.applied), (0, 0, 0));
    drop((custody, database));
}

#[test]
fn a_database_that_lost_nothing_is_recovered_to_what_it_was() {
    let house = House::new();
    let (gone, stays) = (house.enquire("gone@oakfield.example"), house.enquire("stays@oakfield.example"));
    object(&house, &stays);
    erase(&house, &gone);
    house.custody.publish_now().unwrap();
    let House { custody, keys, database } = house;
    drop(custody);
    let recovered = Custody::recover(parts(database.store().clone(), keys.path()), |_| Ok(()));
    let (custody, recovered) = recovered.unwrap_or_else(|error| panic!("{error}"));
    let done = [recovered.leaves, recovered.erased, recovered.shut, recovered.closed, recovered.applied];
    assert_eq!(done, [0; 5]);
    let house = House { custody, keys, database };
    assert!(matches!(house.open(&gone), Err(Error::Gone)));
    assert!(matches!(house.open(&stays), Err(Error::Refused(_))));
    // The lease of who gave indexes before is over by then.
    house.move_to(house.today().tomorrow().unwrap());
    house.custody.verify_log().unwrap();
}

#[test]
fn a_journal_that_lost_a_correction_is_refused() {
    let house = House::in_a_file();
    let enquiry = house.enquire("before@oakfield.example");
    let copy = copied(&house, "copy.db");
    let journal = house.keys.path().join("journal");
    let older = std::fs::read(&journal).unwrap();
    house.amend(&enquiry, "after@oakfield.example").unwrap();
    house.custody.publish_log().unwrap();
    std::fs::write(&journal, older).unwrap();
    assert!(matches!(put_back(house, &copy), Err(Error::Log(_))));
}

#[test]
fn a_restore_makes_no_copy_live_longer() {
    let house = House::in_a_file();
    house.enquire("a@oakfield.example");
    let (copy, day) = (copied(&house, "copy.db"), house.today());
    house.pass_days(10);
    house.custody.publish_log().unwrap();
    let (house, _) = restored(house, &copy);
    house.custody.confirm_clock(house.today()).unwrap();
    let keys = || House::epochs(&house);
    assert!(keys().contains(&day));
    // Two days before the end of the window, counted from the day after the copy.
    house.pass_days(3);
    assert!(!keys().contains(&day), "{:?}", keys());
}

#[test]
fn whoever_left_has_left() {
    let house = House::in_a_file();
    let officer = house.officer();
    let person = officer.person.unwrap();
    let copy = copied(&house, "copy.db");
    house.leave(person);
    let clocks = |house: &House| house.count("clock", person);
    let before = clocks(&house);
    house.custody.publish_log().unwrap();
    let (house, recovered) = restored(house, &copy);
    assert_eq!((clocks(&house), recovered.applied), (before, 1));
}
