//! `candour restore`: nobody comes back, nobody else is lost, and whatever stops it, the old database or the new one stands.

use crate::house::{House, Story, close, open, opened, with_migrations, word};
use crate::support::{assert_exit, complained, said};
use law::Clock;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use store::Migration;
use vault::{CopyWriter, Keyring};

/// A running server; killed when it goes.
struct Server(Child);

impl Server {
    fn start(house: &House) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candour"))
            .args(["serve", "--config", word(&house.path("candour.toml"))])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        assert!(line.contains("listening on"), "{line}");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn keyring(house: &House) -> Keyring {
    let places = house.places();
    Keyring::open_beside(places.keyring, vault::Root::load(&house.path("root.key")).expect("a root"))
        .expect("a keyring")
}

/// Puts the database of a copy in place by hand, as an operator might who knows no better.
fn put_by_hand(story: &Story) {
    let to = story.house.path("old.db");
    custody::unpack(&story.copy, &keyring(&story.house), &to, &opened).expect("unpacked");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(story.house.path(&format!("data/candour.db{end}")));
    }
    std::fs::rename(to, story.house.path("data/candour.db")).expect("moved");
}

#[test]
fn a_copy_takes_the_databases_place_and_nobody_comes_back() {
    let story = Story::told();
    let without = story.house.run(&["restore", word(&story.copy)], &[]);
    assert_exit(&without, 2);
    assert!(complained(&without).contains("add --replace"), "{}", complained(&without));
    let output = story.house.run(&["restore", word(&story.copy), "--replace"], &[]);
    assert_exit(&output, 0);
    for part in [
        "Restored the copy of ",
        "entries of the evidence log were taken from the evidence folder",
        "Erased again: 1 record.",
        "Kept shut: 1 value that was replaced since",
        "nothing is destroyed by schedule",
        "Taken since the copy was made, and lost: 1 record. A loss of personal data may have to be notified within 72 hours",
        "tell the data protection officer today",
        "candour clock confirm DATE",
        "Next: start candour serve.",
        "settles what waits there: 1 record",
    ] {
        assert!(said(&output).contains(part), "{part} is missing in {}", said(&output));
    }
    story.assert_as_it_should_be();
    for leftover in ["restore.new", "restore.ready", "candour.db.replaced"] {
        assert!(!story.house.path("data").join(leftover).exists(), "{leftover}");
    }
    // It serves, and what it publishes continues what was published before.
    drop(Server::start(&story.house));
    assert_exit(&crate::support::candour(&["verify", "log", word(&story.house.path("evidence"))], &[]), 0);
}

#[test]
fn a_lost_data_folder_is_brought_back_from_a_copy_and_what_stands_apart() {
    let story = Story::told();
    std::fs::remove_dir_all(story.house.path("data")).expect("lost");
    assert_exit(&story.house.run(&["restore", word(&story.copy)], &[]), 0);
    story.assert_as_it_should_be();
}

#[test]
fn without_its_journal_nothing_is_restored_until_the_operator_says_so() {
    let story = Story::told();
    let (journal, newest) = (story.house.path("journal"), story.house.path("newest.copy"));
    assert_exit(&story.house.run(&["backup", "--to", word(&newest)], &[]), 0);
    let unneeded = story.house.run(&["restore", word(&story.copy), "--replace", "--without-journal"], &[]);
    assert_exit(&unneeded, 2);
    assert!(complained(&unneeded).contains("Leave out --without-journal"), "{}", complained(&unneeded));
    std::fs::remove_file(&journal).expect("lost");
    let doctor = story.house.run(&["doctor"], &[]);
    assert_exit(&doctor, 1);
    assert!(said(&doctor).contains("problem  journal: "), "{}", said(&doctor));
    let refused = story.house.run(&["restore", word(&story.copy), "--replace"], &[]);
    assert_exit(&refused, 2);
    assert!(complained(&refused).contains("add --without-journal"), "{}", complained(&refused));
    let older = story.house.run(&["restore", word(&story.copy), "--replace", "--without-journal"], &[]);
    assert_exit(&older, 2);
    assert!(complained(&older).contains("a newer copy is needed"), "somebody who was erased would come back");
    assert!(!journal.exists(), "a refusal begins nothing");
    let output = story.house.run(&["restore", word(&newest), "--replace", "--without-journal"], &[]);
    assert_exit(&output, 0);
    for part in [
        "The journal was lost: what was erased, corrected, withdrawn or objected to after ",
        "has not been done again. Tell your data protection officer today.",
        "Erased again: 0 records.",
    ] {
        assert!(said(&output).contains(part), "{part} is missing in {}", said(&output));
    }
    assert!(!said(&output).contains("and lost: "), "nothing was taken since: {}", said(&output));
    drop(Server::start(&story.house));
}

#[test]
fn a_database_that_lost_its_journal_or_its_evidence_is_taken_over_and_what_is_lost_is_said() {
    let story = Story::told();
    put_by_hand(&story);
    std::fs::remove_file(story.house.path("journal")).expect("lost");
    std::fs::remove_dir_all(story.house.path("evidence")).expect("lost");
    let refused = story.house.run(&["restore", "--recovered"], &[]);
    assert_exit(&refused, 2);
    assert!(complained(&refused).contains("add --without-journal"), "{}", complained(&refused));
    let output = story.house.run(&["restore", "--recovered", "--without-journal"], &[]);
    assert_exit(&output, 0);
    for part in [
        "Its log goes on as portal.segfl.example/log/2, for what was published before is lost. Tell your auditor.",
        "The journal was lost",
        "What was taken since the copy was made is lost. A loss of personal data",
    ] {
        assert!(said(&output).contains(part), "{part} is missing in {}", said(&output));
    }
    assert!(!said(&output).contains("Its evidence log was complete"), "{}", said(&output));
    drop(Server::start(&story.house));
}

#[test]
fn beside_a_running_server_nothing_is_restored() {
    let story = Story::told();
    let server = Server::start(&story.house);
    for words in [vec!["restore", word(&story.copy), "--replace"], vec!["restore", "--recovered"]] {
        let output = story.house.run(&words, &[]);
        assert_exit(&output, 2);
        assert!(complained(&output).contains("Stop it first"), "{}", complained(&output));
    }
    drop(server);
    let app = story.house.open(Clock::system());
    assert!(open(&app, story.lost).is_ok(), "something was restored");
    close(&story.house, app);
}

#[test]
fn an_older_database_put_in_place_by_hand_is_not_served_until_it_was_recovered() {
    let story = Story::told();
    put_by_hand(&story);
    let refused = story.house.run(&["serve"], &[]);
    assert_exit(&refused, 2);
    assert!(complained(&refused).contains("candour restore --recovered"), "{}", complained(&refused));
    let doctor = story.house.run(&["doctor"], &[]);
    assert_exit(&doctor, 1);
    assert!(said(&doctor).contains("it is an older copy"), "{}", said(&doctor));
    let output = story.house.run(&["restore", "--recovered"], &[]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("Erased again: 1 record."), "{}", said(&output));
    story.assert_as_it_should_be();
}

/// Seals a database as `candour backup` would have, whatever its schema.
fn sealed(house: &House, database: &Path, schema: u32, copy: &Path) {
    let bytes = std::fs::read(database).expect("a database");
    let ring = keyring(house);
    let key = ring.key(ring.current().expect("an epoch")).expect("a key");
    let store = with_migrations(database, first(schema)).expect("opened");
    let size = store.read_blocking("size", |tx| tx.all(&SIZE, &[])?.first().map_or(Ok(0), |row| row.get::<i64>(0)));
    assert_eq!(size, Ok(0), "it has an empty log");
    store.close();
    let manifest = serde_json::json!({
        "format": 1, "made_at": 0, "day": law::iso(key.day()), "program": "0", "engine": "sqlite", "schema": schema,
        "database": { "sha256": candour::archive::hex(&vault::sha256(&bytes)), "bytes": bytes.len() },
        "ledger": { "origin": null, "size": 0, "root": candour::archive::hex(&ledger::empty_root()) },
        "notice": null, "epochs": [],
    });
    let out = std::fs::File::create(copy).expect("a file");
    let mut writer =
        CopyWriter::new(out, &key, manifest.to_string().as_bytes(), store::random().expect("random")).expect("begun");
    std::io::Write::write_all(&mut writer, &bytes).expect("written");
    writer.finish().expect("finished");
}

store::statements! {
    SIZE = "SELECT size FROM log_head";
}

/// The migrations up to a number; beyond those of the program, one that it does not know.
fn first(number: u32) -> &'static [Migration] {
    let known = candour::migrations::MIGRATIONS;
    let mut all: Vec<Migration> = known.iter().filter(|one| one.number <= number).copied().collect();
    if known.iter().all(|one| one.number < number) {
        let text = "CREATE TABLE later (day TEXT NOT NULL PRIMARY KEY) {table};";
        all.push(Migration { number, name: "later", text });
    }
    Vec::leak(all)
}

#[test]
fn a_copy_of_an_older_schema_is_brought_up_and_one_of_a_newer_program_is_refused() {
    let house = House::published();
    assert_exit(&house.run(&["export", "pack", "--to", word(&house.path("audit.zip"))], &[]), 0);
    let newest = candour::migrations::MIGRATIONS.last().expect("one").number;
    for (schema, code) in [(newest + 1, 2), (4, 0)] {
        let (database, copy) = (house.path(&format!("made-{schema}.db")), house.path(&format!("made-{schema}.copy")));
        with_migrations(&database, first(schema)).expect("made").close();
        while house.path(&format!("made-{schema}.db-wal")).exists() {
            std::thread::yield_now();
        }
        sealed(&house, &database, schema, &copy);
        let output = house.run(&["restore", word(&copy), "--replace"], &[]);
        assert_exit(&output, code);
        if code == 2 {
            assert!(complained(&output).contains("start the newer program"), "{}", complained(&output));
        } else {
            assert!(said(&output).contains("Notices taken from the evidence folder: 1"), "{}", said(&output));
        }
    }
    assert!(House::open(&house, Clock::system()).custody().history().is_ok_and(|history| history.len() == 1));
}

#[test]
fn a_trial_shows_that_what_was_erased_opens_before_and_not_after() {
    let story = Story::told();
    let output = story.house.run(&["restore", "--drill", word(&story.copy)], &[]);
    assert_exit(&output, 0);
    for part in
        ["Erased since it was made: 1 record.", "Of them 1 opened in the copy before", "and 0 afterwards", "Passed."]
    {
        assert!(said(&output).contains(part), "{part} is missing in {}", said(&output));
    }
    let app = story.house.open(Clock::system());
    assert!(open(&app, story.lost).is_ok(), "the trial changed the data");
    close(&story.house, app);
    // Without a name, the oldest in the folder.
    assert_exit(&story.house.run(&["restore", "--drill"], &[]), 2);
    assert_exit(&story.house.run(&["backup"], &[]), 0);
    assert_exit(&story.house.run(&["restore", "--drill"], &[]), 0);
    let lines = said(&story.house.run(&["doctor"], &[]));
    assert!(lines.contains("ok       drill: A copy was tried") && lines.contains("ok       backup: "), "{lines}");
}

/// Files of a restore, in the order in which they appear.
const MOMENTS: [&str; 6] = [
    "restore.new",
    "restore.new/candour.db",
    "restore.new/candour.db-wal",
    "restore.ready",
    "candour.db.replaced",
    "never",
];

#[test]
fn a_restore_that_is_killed_at_any_moment_leaves_the_old_database_or_the_new_one() {
    let story = Story::told();
    let (mut old, mut new) = (0, 0);
    for moment in MOMENTS {
        let mut restore = Command::new(env!("CARGO_BIN_EXE_candour"))
            .args(["restore", word(&story.copy), "--replace", "--config", word(&story.house.path("candour.toml"))])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // A moment that was passed unseen is the end.
        while !story.house.path("data").join(moment).exists() && restore.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::yield_now();
        }
        let _ = restore.kill();
        restore.wait().expect("gone");
        let app = story.house.open(Clock::system());
        assert!(open(&app, story.erased).is_err(), "who was erased is back after {moment}");
        assert!(open(&app, story.kept).is_ok(), "who is kept is lost after {moment}");
        *(if open(&app, story.lost).is_ok() { &mut old } else { &mut new }) += 1;
        close(&story.house, app);
        assert!(!story.house.path("data/restore.new").exists(), "what was unpacked is left after {moment}");
    }
    println!("killed {} times: the old one stood {old} times, the new one {new}", MOMENTS.len());
    assert_exit(&story.house.run(&["restore", word(&story.copy), "--replace"], &[]), 0);
    story.assert_as_it_should_be();
}
