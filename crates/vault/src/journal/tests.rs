//! The journal against a real file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use tempfile::TempDir;

use super::{Account, Chain, Effect, Entry, Journal};
use crate::file::end_after;
use crate::{Error, hex, sha256};

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
const WEDNESDAY: Date = date(2026, 11, 25);

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    (folder, path)
}

fn entry(seq: u64, holding: &[u8], effect: Effect, done: bool, leaf: Option<u64>) -> Entry {
    let hash = sha256(holding);
    Entry { seq, hash, effect, day: MONDAY, done, leaf }
}

/// These lines with their checks, as the first of a journal.
fn checked(lines: &str) -> String {
    Chain::default().checked(lines)
}

/// What a journal with checks would be without them.
fn unchecked(text: &str) -> String {
    text.lines().map(|line| line.rsplit_once(' ').unwrap().0.to_owned() + "\n").collect()
}

fn is_read(text: &[u8]) -> bool {
    Account::read(text, Path::new("journal")).is_ok()
}

#[test]
fn intents_and_what_was_done_of_them_are_read_back() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    let first = journal
        .intent(MONDAY, &[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Replace), (sha256(b"c"), Effect::Hold)])
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
    assert!(text.lines().next().unwrap().starts_with(&format!("1 {hash} erase intent 2026-11-23 ")));
    assert!(text.lines().nth(3).unwrap().starts_with(&format!("1 {hash} erase done 7 ")));
}

#[test]
fn what_was_done_without_an_intent_is_one_line() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    journal.did(&[(sha256(b"b"), Effect::Replace, MONDAY), (sha256(b"c"), Effect::Unobject, TUESDAY)]).unwrap();
    journal.did(&[]).unwrap();
    let entries = [
        entry(1, b"a", Effect::Erase, false, None),
        entry(2, b"b", Effect::Replace, true, None),
        Entry { day: TUESDAY, ..entry(3, b"c", Effect::Unobject, true, None) },
    ];
    assert_eq!(Journal::read(&path).unwrap(), entries);
    let text = fs::read_to_string(&path).unwrap();
    let hash = hex::write(&sha256(b"b"));
    assert!(text.lines().nth(1).unwrap().starts_with(&format!("2 {hash} replace did 2026-11-23 ")));
    assert!(journal.done(2, &[None]).is_err());
    drop(journal);
    assert_eq!(Journal::open(&path).unwrap().intent(MONDAY, &[(sha256(b"d"), Effect::Erase)]).unwrap(), 4);
}

#[test]
fn every_effect_has_a_word_of_its_own_in_order() {
    let words = Effect::ALL.map(Effect::word);
    assert!(words.is_sorted_by(|a, b| a < b));
    assert_eq!(words.map(|word| Effect::parse(word).unwrap()), Effect::ALL);
    assert_eq!(Effect::parse("forget"), None);
}

/// What a power cut leaves of lines that were not synced, in the worst case: nothing.
#[test]
fn a_done_that_a_power_cut_took_leaves_its_intent() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    let synced = fs::read(&path).unwrap();
    journal.done(1, &[Some(7)]).unwrap();
    let written = fs::read(&path).unwrap();
    drop(journal);
    for length in synced.len()..written.len() {
        fs::write(&path, &written[..length]).unwrap();
        assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, false, None)]);
        Journal::open(&path).unwrap().done(1, &[None]).unwrap();
        assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, true, None)]);
    }
}

#[test]
fn a_done_that_is_not_synced_yet_is_written_again_by_the_next_line() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Erase)]).unwrap();
    let synced = fs::read(&path).unwrap();
    for seq in [1, 2] {
        journal.done(seq, &[Some(seq)]).unwrap();
    }
    // A disk that forgot what was not synced, and did not say so.
    fs::write(&path, synced).unwrap();
    journal.did(&[(sha256(b"c"), Effect::Hold, MONDAY)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap().iter().filter(|entry| entry.done).count(), 3);
    journal.sync().unwrap();
    assert_eq!(journal.prune(TUESDAY).unwrap(), 3);
}

#[test]
fn a_line_whose_sync_fails_does_not_count_and_the_next_takes_its_place() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    journal.done(1, &[Some(7)]).unwrap();
    // The file is cut and written, and then the sync fails.
    end_after(Some(2));
    assert!(journal.did(&[(sha256(b"x"), Effect::Hold, MONDAY)]).is_err());
    assert_eq!(Journal::read(&path).unwrap().len(), 2);
    end_after(Some(2));
    assert!(journal.intent(MONDAY, &[(sha256(b"y"), Effect::Erase)]).is_err());
    assert!(journal.sync().is_err());
    end_after(None);
    assert_eq!(journal.intent(MONDAY, &[(sha256(b"b"), Effect::Erase)]).unwrap(), 2);
    let entries = [entry(1, b"a", Effect::Erase, true, Some(7)), entry(2, b"b", Effect::Erase, false, None)];
    assert_eq!(Journal::read(&path).unwrap(), entries);
    assert_eq!(journal.prune(TUESDAY).unwrap(), 1);
}

/// What a sync that failed lost is not in the file, though the next sync would find nothing amiss.
#[test]
fn what_a_sync_that_failed_lost_is_written_again() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    let synced = fs::read(&path).unwrap();
    journal.done(1, &[Some(7)]).unwrap();
    end_after(Some(0));
    assert!(journal.sync().is_err());
    end_after(None);
    fs::write(&path, synced).unwrap();
    journal.sync().unwrap();
    assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, true, Some(7))]);
}

#[test]
fn what_a_failed_write_cut_off_is_written_again() {
    let nexts: [fn(&mut Journal); 2] =
        [|journal| journal.sync().unwrap(), |journal| assert_eq!(journal.prune(MONDAY).unwrap(), 0)];
    for next in nexts {
        let (_folder, path) = folder();
        let mut journal = Journal::open(&path).unwrap();
        journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
        journal.done(1, &[Some(7)]).unwrap();
        end_after(Some(1));
        assert!(journal.did(&[(sha256(b"x"), Effect::Hold, MONDAY)]).is_err());
        end_after(None);
        assert!(!Journal::read(&path).unwrap()[0].done, "the done was cut off");
        next(&mut journal);
        assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, true, Some(7))]);
        journal.did(&[(sha256(b"b"), Effect::Hold, MONDAY)]).unwrap();
        let entries = [entry(1, b"a", Effect::Erase, true, Some(7)), entry(2, b"b", Effect::Hold, true, None)];
        assert_eq!(Journal::read(&path).unwrap(), entries);
        drop(journal);
        assert_eq!(Journal::open(&path).unwrap().intent(MONDAY, &[(sha256(b"c"), Effect::Erase)]).unwrap(), 3);
    }
}

#[test]
fn a_journal_written_before_there_was_a_did_is_still_read() {
    let (_folder, path) = folder();
    let hash = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let text = format!("pruned 1 1\n2 {hash} erase intent 2026-11-23\n2 {hash} erase done -\n");
    fs::write(&path, text).unwrap();
    let entries = [entry(2, b"a", Effect::Erase, true, None)];
    assert_eq!(Journal::read(&path).unwrap(), entries);
    let mut journal = Journal::open(&path).unwrap();
    journal.did(&[(sha256(b"b"), Effect::Hold, Date::ZERO)]).unwrap();
    // Pruning says in one line what two said.
    assert_eq!(journal.prune(MONDAY).unwrap(), 1);
    assert_eq!(Journal::read(&path).unwrap(), entries);
}

#[test]
fn a_reopened_journal_counts_on_and_closes_what_was_open() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Erase)]).unwrap();
    journal.done(1, &[Some(1)]).unwrap();
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    journal.done(2, &[None]).unwrap();
    assert_eq!(journal.intent(MONDAY, &[(sha256(b"c"), Effect::Object)]).unwrap(), 3);
    assert_eq!(Journal::read(&path).unwrap().len(), 3);
}

#[test]
fn nothing_is_done_twice_or_without_an_intent() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    assert!(matches!(journal.done(1, &[None, None]), Err(Error::Malformed { .. })));
    journal.done(1, &[None]).unwrap();
    assert!(journal.done(1, &[None]).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}

#[test]
fn an_empty_batch_writes_nothing() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    assert_eq!(journal.intent(MONDAY, &[]).unwrap(), 1);
    journal.done(1, &[]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn a_torn_last_line_is_passed_over_and_written_over() {
    let (_folder, path) = folder();
    Journal::open(&path).unwrap().intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, [&whole, &whole[..length]].concat()).unwrap();
        assert_eq!(Journal::read(&path).unwrap().len(), 1);
    }
    Journal::open(&path).unwrap().done(1, &[Some(9)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap(), [entry(1, b"a", Effect::Erase, true, Some(9))]);
}

#[test]
fn a_last_line_that_is_whole_but_for_its_end_is_torn_or_changed() {
    let line = checked(&format!("1 {} erase intent 2026-11-23\n", hex::write(&sha256(b"a"))));
    let line = line.trim_end();
    // The second is what some file systems show where nothing was written.
    assert!(is_read(line.as_bytes()) && is_read(format!("{line}\0").as_bytes()));
    assert!(!is_read(format!("{line}\x0b").as_bytes()));
}

#[test]
fn nonsense_anywhere_else_is_an_error_that_names_the_line() {
    let (_folder, path) = folder();
    Journal::open(&path).unwrap().intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    let good = unchecked(&fs::read_to_string(&path).unwrap());
    let second = |from: &str, to: &str| good.replace("1 ca", "2 ca").replace(from, to);
    for bad in [
        "\n".to_owned(),
        good.clone(),
        second("2 ca", "3 ca"),
        second("2 ca", "18446744073709551615 ca"),
        second(" ca", " cA"),
        second("erase", "forget"),
        second("intent", "meant"),
        second("2026-11-23", "-"),
        second("intent 2026-11-23", "did -"),
        good.replace("intent", "did"),
        second("2026-11-23", "20261123"),
        second("2026-11-23", "2026-11-31"),
        second("intent", "done"),
        second("2026-11-23", "2026-11-23 -"),
        second(" 2026-11-23", ""),
        good.replace("erase intent", "hold done").replace("2026-11-23", "-"),
        good.replace("intent", "done"),
        "pruned 1 1\n".to_owned(),
        "pruned 3 4\n".to_owned(),
        "pruned 2 1\n".to_owned(),
        "pruned 2\n".to_owned(),
        "pruned 2 18446744073709551615\n".to_owned(),
    ] {
        for text in [format!("{good}{bad}"), checked(&format!("{good}{bad}"))] {
            fs::write(&path, text).unwrap();
            let error = Journal::read(&path).unwrap_err();
            assert!(error.to_string().starts_with("line 2 of the journal"), "{bad}");
            assert!(Journal::open(&path).is_err());
        }
    }
}

/// The example of the module's documentation, whose checks another program worked out.
#[test]
fn the_documented_lines_have_the_documented_checks() {
    let hash = hex::write(&sha256(b"test"));
    let other = hex::write(&sha256(b"test2"));
    let text = format!(
        "pruned 1 40 18064bb1\n41 {hash} erase intent 2026-11-23 6337d700\n41 {hash} erase done 1207 54fea4b3\n\
         42 {other} hold did 2026-11-23 25f6317b\n"
    );
    assert!(is_read(text.as_bytes()));
    assert_eq!(checked(&unchecked(&text)), text);
}

#[test]
fn a_line_that_is_lost_or_moved_is_named() {
    let (_folder, path) = folder();
    drop(three(&path));
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    // The last two say of two entries that they are done: without checks they could stand in any order.
    let swapped = [&lines[..3], &[lines[4], lines[3]]].concat().concat();
    let lost = [&lines[..3], &lines[4..]].concat().concat();
    for text in [swapped, lost] {
        let error = Account::read(text.as_bytes(), &path).err().unwrap().to_string();
        assert!(error.starts_with("line 4 of the journal"), "{error}");
        assert!(is_read(unchecked(&text).as_bytes()));
    }
}

#[test]
fn an_older_journal_goes_on_with_checks_that_cover_its_lines_too() {
    let (_folder, path) = folder();
    drop(three(&path));
    let older = unchecked(&fs::read_to_string(&path).unwrap());
    fs::write(&path, &older).unwrap();
    let before = Journal::read(&path).unwrap();
    Journal::open(&path).unwrap().done(2, &[None]).unwrap();
    Journal::open(&path).unwrap().did(&[(sha256(b"d"), Effect::Hold, TUESDAY)]).unwrap();
    let entries = Journal::read(&path).unwrap();
    assert_eq!((&entries[2..3], entries.len()), (&before[2..], 4));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&older));
    no_bit_turns_unseen(text.as_bytes());
    // After a line with a check there is none without.
    let more = format!("{text}5 {} hold did 2026-11-24\n", hex::write(&sha256(b"e")));
    let error = Account::read(more.as_bytes(), &path).err().unwrap().to_string();
    assert!(error.starts_with("line 8 of the journal"), "{error}");
}

#[test]
fn a_check_that_is_all_digits_does_not_run_into_the_number_before_it() {
    let hash = hex::write(&sha256(b"a"));
    let older = format!("1 {hash} erase intent 2026-11-23\n");
    let mut digits = 0;
    for number in 1..400 {
        let pruned = checked(&format!("pruned 1 {number}\n"));
        let mut chain = Chain::default();
        chain.checked(&older);
        let done = format!("{older}{}", chain.checked(&format!("1 {hash} erase done {number}\n")));
        for text in [pruned, done] {
            if text.trim_end().rsplit(' ').next().unwrap().bytes().all(|byte| byte.is_ascii_digit()) {
                digits += 1;
                no_bit_turns_unseen(text.as_bytes());
            }
        }
    }
    assert!(digits > 4);
}

fn no_bit_turns_unseen(text: &[u8]) {
    assert!(is_read(text));
    for bit in 0..text.len() * 8 {
        let mut text = text.to_vec();
        text[bit / 8] ^= 1 << (bit % 8);
        assert!(!is_read(&text), "bit {bit} of {}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn a_second_writer_is_refused() {
    let (_folder, path) = folder();
    let first = Journal::open(&path).unwrap();
    assert!(matches!(Journal::open(&path), Err(Error::Locked { place }) if place == path));
    drop(first);
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn the_journal_is_its_owners_alone() {
    let (folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    journal.done(1, &[None]).unwrap();
    for before in [MONDAY, TUESDAY] {
        journal.prune(before).unwrap();
        for name in ["journal", "journal.lock"] {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn half_a_line_left_by_a_failed_write_is_cut_off_by_the_next() {
    let (_folder, path) = folder();
    let mut journal = Journal::open(&path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase)]).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"2 ca9781").unwrap();
    journal.intent(MONDAY, &[(sha256(b"b"), Effect::Notice)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap().len(), 2);
}

/// A journal in which Monday's `a` is done and `b` open, and Tuesday's `c` done.
fn three(path: &Path) -> Journal {
    let mut journal = Journal::open(path).unwrap();
    journal.intent(MONDAY, &[(sha256(b"a"), Effect::Erase), (sha256(b"b"), Effect::Erase)]).unwrap();
    journal.intent(TUESDAY, &[(sha256(b"c"), Effect::Erase)]).unwrap();
    journal.done(1, &[Some(7)]).unwrap();
    journal.done(3, &[Some(8)]).unwrap();
    journal
}

#[test]
fn what_is_pruned_is_nowhere_in_the_folder() {
    let (folder, path) = folder();
    let mut journal = three(&path);
    assert_eq!(journal.prune(TUESDAY).unwrap(), 1);
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let stands = |holding: &[u8]| text.contains(&hex::write(&sha256(holding)));
    assert_eq!([b"a", b"b", b"c"].map(|holding| stands(holding)), [false, true, true]);
    assert!(text.starts_with(&(checked("pruned 1 1\n") + "2 ")));
}

#[test]
fn an_open_intent_stays_whatever_its_age_and_is_closed_after() {
    let (_folder, path) = folder();
    let mut journal = three(&path);
    assert_eq!(journal.prune(Date::MAX).unwrap(), 2);
    assert_eq!(Journal::read(&path).unwrap(), [entry(2, b"b", Effect::Erase, false, None)]);
    journal.done(2, &[Some(9)]).unwrap();
    assert_eq!(Journal::read(&path).unwrap(), [entry(2, b"b", Effect::Erase, true, Some(9))]);
    assert_eq!(journal.prune(TUESDAY).unwrap(), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), checked("pruned 1 3\n"));
}

#[test]
fn the_count_goes_on_after_everything_is_pruned() {
    let (_folder, path) = folder();
    let mut journal = three(&path);
    journal.done(2, &[None]).unwrap();
    assert_eq!(journal.prune(WEDNESDAY).unwrap(), 3);
    assert_eq!(Journal::read(&path).unwrap(), []);
    assert_eq!(journal.intent(WEDNESDAY, &[(sha256(b"d"), Effect::Erase)]).unwrap(), 4);
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    journal.done(4, &[None]).unwrap();
    assert_eq!(journal.prune(Date::MAX).unwrap(), 1);
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    assert_eq!(journal.intent(WEDNESDAY, &[(sha256(b"e"), Effect::Erase)]).unwrap(), 5);
}

#[test]
fn what_is_of_the_day_itself_stays_and_pruning_again_writes_nothing() {
    let (_folder, path) = folder();
    let mut journal = three(&path);
    let before = fs::read(&path).unwrap();
    assert_eq!(journal.prune(MONDAY).unwrap(), 0);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(journal.prune(TUESDAY).unwrap(), 1);
    let file = fs::metadata(&path).unwrap().ino();
    assert_eq!(journal.prune(TUESDAY).unwrap(), 0);
    assert_eq!(fs::metadata(&path).unwrap().ino(), file);
}

#[test]
fn a_lost_line_is_noticed_after_pruning_too() {
    let (_folder, path) = folder();
    three(&path).prune(TUESDAY).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 4);
    for lost in 0..3 {
        let rest: String = (0..4).filter(|line| *line != lost).map(|line| lines[line]).collect();
        fs::write(&path, rest).unwrap();
        assert!(Journal::read(&path).is_err(), "{lost}");
    }
}

#[test]
fn a_pruned_journal_is_still_locked() {
    let (_folder, path) = folder();
    let mut journal = three(&path);
    journal.prune(TUESDAY).unwrap();
    assert!(matches!(Journal::open(&path), Err(Error::Locked { .. })));
    drop(journal);
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn what_an_interrupted_pruning_left_is_destroyed() {
    let (folder, path) = folder();
    drop(three(&path));
    let before = fs::read(&path).unwrap();
    let left = ["journal.new", "journal.new.old"].map(|name| folder.path().join(name));
    for path in &left {
        fs::write(path, "pruned 1 3\n").unwrap();
    }
    drop(Journal::open(&path).unwrap());
    assert!(left.iter().all(|path| !path.exists()));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn lines_that_were_never_acknowledged_are_not_pruned_into_the_journal() {
    let (_folder, path) = folder();
    let mut journal = three(&path);
    let line = format!("4 {} erase intent 2026-11-24\n", hex::write(&sha256(b"x")));
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(journal.chain.clone().checked(&line).as_bytes()).unwrap();
    assert_eq!(Journal::read(&path).unwrap().len(), 4);
    journal.prune(TUESDAY).unwrap();
    assert_eq!(Journal::read(&path).unwrap().len(), 2);
    assert_eq!(journal.intent(TUESDAY, &[(sha256(b"d"), Effect::Erase)]).unwrap(), 4);
}

#[test]
fn a_pruning_that_fails_changes_nothing_and_the_journal_goes_on() {
    let (folder, path) = folder();
    let mut journal = three(&path);
    let before = Journal::read(&path).unwrap();
    // A folder where the temporary file should be: even the superuser cannot overwrite it.
    fs::create_dir(folder.path().join("journal.new")).unwrap();
    assert!(journal.prune(TUESDAY).is_err());
    assert_eq!(Journal::read(&path).unwrap(), before);
    assert_eq!(journal.intent(TUESDAY, &[(sha256(b"d"), Effect::Erase)]).unwrap(), 4);
}

/// Intents, dones and prunings in a seeded order, with a restart now and then, against a plain list.
#[test]
fn the_journal_is_what_a_plain_list_would_be() {
    let (_folder, path) = folder();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let mut journal = Journal::open(&path).unwrap();
    let mut list: Vec<Entry> = Vec::new();
    let (mut next, mut day) = (1, MONDAY);
    for _ in 0..400 {
        match rng.next_u32() % 8 {
            0..3 => {
                let hash = sha256(&rng.next_u64().to_be_bytes());
                assert_eq!(journal.intent(day, &[(hash, Effect::Erase)]).unwrap(), next);
                list.push(Entry { seq: next, hash, effect: Effect::Erase, day, done: false, leaf: None });
                next += 1;
                if rng.next_u32() % 2 == 0 {
                    journal.did(&[(hash, Effect::Hold, day)]).unwrap();
                    list.push(Entry { seq: next, hash, effect: Effect::Hold, day, done: true, leaf: None });
                    next += 1;
                }
            }
            3..5 => {
                let open: Vec<_> = (0..list.len()).filter(|&index| !list[index].done).collect();
                if !open.is_empty() {
                    let entry = &mut list[open[rng.next_u32() as usize % open.len()]];
                    (entry.done, entry.leaf) = (true, Some(entry.seq));
                    journal.done(entry.seq, &[entry.leaf]).unwrap();
                }
            }
            5 => {
                day = day.tomorrow().unwrap();
                journal.sync().unwrap();
            }
            6 => {
                let before = day.yesterday().unwrap();
                let count = list.len();
                list.retain(|entry| !entry.done || entry.day >= before);
                assert_eq!(journal.prune(before).unwrap(), (count - list.len()) as u64);
            }
            _ => {
                drop(journal);
                journal = Journal::open(&path).unwrap();
            }
        }
        assert_eq!(Journal::read(&path).unwrap(), list);
    }
    assert!(fs::read_to_string(&path).unwrap().contains("pruned"));
}

/// Lines of a journal: entries on three days, of which some are done at once and some later.
fn lines() -> impl Strategy<Value = String> {
    let entry = (any::<[u8; 8]>(), 0..Effect::ALL.len(), 23..26u8, 0..3u8, any::<Option<u16>>());
    prop::collection::vec(entry, 1..5).prop_map(|entries| {
        let (mut lines, mut later) = (Vec::new(), Vec::new());
        for (seq, (of, effect, day, how, leaf)) in (1..).zip(entries) {
            let begin = format!("{seq} {} {}", hex::write(&sha256(&of)), Effect::ALL[effect].word());
            let word = if how == 0 { "did" } else { "intent" };
            lines.push(format!("{begin} {word} 2026-11-{day}\n"));
            let done = format!("{begin} done {}\n", leaf.map_or("-".to_owned(), |leaf| leaf.to_string()));
            match how {
                0 => {}
                1 => lines.push(done),
                _ => later.push(done),
            }
        }
        lines.concat() + &later.concat()
    })
}

proptest! {
    // Each reads a journal once for every bit.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_bit_of_a_journal_turns_unseen(lines in lines(), older in 0..4usize, prune: bool) {
        let (_folder, path) = folder();
        let at = lines.match_indices('\n').nth(older).map_or(0, |(at, _)| at + 1);
        let (older, newer) = lines.split_at(if at < lines.len() { at } else { 0 });
        let mut chain = Chain::default();
        chain.checked(older);
        fs::write(&path, format!("{older}{}", chain.checked(newer))).unwrap();
        let mut journal = Journal::open(&path).unwrap();
        if prune {
            journal.prune(TUESDAY).unwrap();
        }
        journal.did(&[(sha256(b"last"), Effect::Hold, TUESDAY)]).unwrap();
        no_bit_turns_unseen(&fs::read(&path).unwrap());
    }
}

proptest! {
    #[test]
    fn reading_never_panics(
        text in "((pruned [0-3] [0-3]|[0-3] [0-9a-f]{64} (erase|hold) ((intent|did) 2026-11-2[0-9]|done (-|[0-9])))( [0-9a-f]{8})?\n){0,4}.{0,9}",
    ) {
        let (_folder, path) = folder();
        fs::write(&path, text).unwrap();
        let _ = Journal::read(&path);
    }
}
