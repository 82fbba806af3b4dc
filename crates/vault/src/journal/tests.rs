//! The journal against a real file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Effect, Entry, Journal};
use crate::{Error, sha256};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    (folder, path)
}

fn entry(seq: u64, holding: &[u8], effect: Effect, done: bool, leaf: Option<u64>) -> Entry {
    let holding = sha256(holding);
    Entry { seq, holding, effect, done, leaf }
}

#[test]
fn intents_and_what_was_done_of_them_are_read_back() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    let first = journal
        .intent(&[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Replace), (sha256(b"c"), Effect::Hold)])
        .unwrap();
    journal.done(first, &[Some(7), None]).unwrap();
    let entries = [
        entry(1, b"a", Effect::Erase, true, Some(7)),
        entry(2, b"b", Effect::Replace, true, None),
        entry(3, b"c", Effect::Hold, false, None),
    ];
    assert_eq!(Journal::read(&path).unwrap(), entries);
    let text = fs::read_to_string(&path).unwrap();
    let hash = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assert_eq!(text.lines().next(), Some(format!("1 {hash} erase intent -").as_str()));
    assert_eq!(text.lines().nth(3), Some(format!("1 {hash} erase done 7").as_str()));
}

#[test]
fn a_reopened_journal_counts_on_and_closes_what_was_open() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(&[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Erase)]).unwrap();
    journal.done(1, &[Some(1)]).unwrap();
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    journal.done(2, &[None]).unwrap();
    assert_eq!(journal.intent(&[(sha256(b"c"), Effect::Object)]).unwrap(), 3);
    assert_eq!(Journal::read(&path).unwrap().len(), 3);
}

#[test]
fn nothing_is_done_twice_or_without_an_intent() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(&[(sha256(b"a"), Effect::Erase)]).unwrap();
    assert!(matches!(journal.done(1, &[None, None]), Err(Error::Malformed { .. })));
    journal.done(1, &[None]).unwrap();
    assert!(journal.done(1, &[None]).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}

#[test]
fn an_empty_batch_writes_nothing() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    assert_eq!(journal.intent(&[]).unwrap(), 1);
    journal.done(1, &[]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn a_torn_last_line_is_passed_over_and_written_over() {
    let (_folder, path) = folder();
    Journal::open(&path).unwrap().intent(&[(sha256(b"a"), Effect::Erase)]).unwrap();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, [&whole, &whole[..length]].concat()).unwrap();
        assert_eq!(Journal::read(&path).unwrap().len(), 1);
    }
    Journal::open(&path).unwrap().done(1, &[Some(9)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, true, Some(9))]);
}

#[test]
fn nonsense_anywhere_else_is_an_error_that_names_the_line() {
    let (_folder, path) = folder();
    Journal::open(&path).unwrap().intent(&[(sha256(b"a"), Effect::Erase)]).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let second = |from: &str, to: &str| good.replace("1 ca", "2 ca").replace(from, to);
    for bad in [
        "\n".to_owned(),
        good.clone(),
        second("2 ca", "3 ca"),
        second("2 ca", "18446744073709551615 ca"),
        second(" ca", " cA"),
        second("erase", "forget"),
        second("intent", "meant"),
        second("intent -", "intent 4"),
        second("intent", "done"),
        second("-", "- -"),
        second(" -", ""),
        good.replace("erase intent", "hold done"),
    ] {
        fs::write(&path, format!("{good}{bad}")).unwrap();
        let error = Journal::read(&path).unwrap_err();
        assert!(error.to_string().starts_with("line 2 of the journal"), "{bad}");
        assert!(Journal::open(&path).is_err());
    }
}

#[test]
fn a_second_writer_is_refused() {
    let (_folder, path) = folder();
    let first = Journal::open(&path).unwrap();
    assert!(matches!(Journal::open(&path), Err(Error::Io { what: "lock", .. })));
    drop(first);
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn the_journal_is_its_owners_alone() {
    let (_folder, path) = folder();
    Journal::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn half_a_line_left_by_a_failed_write_is_cut_off_by_the_next() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(&[(sha256(b"a"), Effect::Erase)]).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"2 ca9781").unwrap();
    journal.intent(&[(sha256(b"b"), Effect::Notice)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap().len(), 2);
}

proptest! {
    #[test]
    fn reading_never_panics(text in "([0-3] [0-9a-f]{64} (erase|hold) (intent|done) (-|[0-9])\n){0,4}.{0,9}") {
        let (_folder, path) = folder();
        fs::write(&path, text).unwrap();
        let _ = Journal::read(&path);
    }
}
