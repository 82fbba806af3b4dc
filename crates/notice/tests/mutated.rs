//! Changed copies of the shipped notices: nothing panics, what an error names covers nothing, and a notice that lost
//! something never allows more than before.

#[path = "../../../fuzz/src/notice_read.rs"]
mod notice_read;

use notice::{Ask, Fields, Finding, Notice, Severity, read};
use notice_read::notice_read;
use std::collections::BTreeSet;
use std::path::Path;

const CURRENT: &str = include_str!("../../../notices/segfl.toml");

/// Actors that the program knows.
const ACTORS: [&str; 7] = ["you", "desk", "officer", "operator", "mailer", "sweeper", "doorkeeper"];

/// A small generator of numbers: the same ones for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = u128::from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)) * most as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }
}

/// A changed copy, and whether the change only takes away.
struct Mutation {
    text: String,
    takes_away: bool,
}

/// One of: a clause taken out, a line taken out, a clause twice, a line twice, two words swapped, a word replaced, bytes
/// replaced, the end cut off.
fn mutate(text: &str, dice: &mut Dice) -> Mutation {
    let clauses: Vec<&str> = split_before(text, "\n[");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let which = dice.below(8);
    let text = match which {
        0 => without(&clauses, dice.below(clauses.len())),
        1 => without(&lines, dice.below(lines.len())),
        2 => twice(&clauses, dice.below(clauses.len())),
        3 => twice(&lines, dice.below(lines.len())),
        4 => {
            let mut words = words;
            let (a, b) = (dice.below(words.len()), dice.below(words.len()));
            words.swap(a, b);
            words.concat()
        }
        5 => {
            let mut words = words;
            let at = dice.below(words.len());
            words[at] = ["", "[", "true ", "\"\" ", "= ", "2026-11-01 ", "\\u0000", "never "][dice.below(8)];
            words.concat()
        }
        6 => {
            let (at, length) = (dice.below(text.len()), dice.below(40));
            let mut bytes = text.as_bytes().to_vec();
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, [b'x', 0xff, b'"', b'\n'].into_iter().take(dice.below(5)));
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => String::from_utf8_lossy(&text.as_bytes()[..dice.below(text.len())]).into_owned(),
    };
    Mutation { text, takes_away: matches!(which, 0..=3 | 7) }
}

/// Pieces of a text, each but the first beginning with a mark.
fn split_before<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    let mut cuts: Vec<usize> = text.match_indices(mark).map(|(at, _)| at + 1).collect();
    cuts.insert(0, 0);
    cuts.push(text.len());
    cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect()
}

fn without(pieces: &[&str], at: usize) -> String {
    [&pieces[..at], &pieces[at + 1..]].concat().concat()
}

fn twice(pieces: &[&str], at: usize) -> String {
    [&pieces[..=at], &pieces[at..]].concat().concat()
}

/// Everything that a notice allows: actor, purpose, kind and field.
fn allowed(notice: &Notice) -> BTreeSet<(String, String, String, String)> {
    let mut all = BTreeSet::new();
    for actor in ACTORS {
        for purpose in notice.purposes() {
            for kind in notice.kinds() {
                let ask = Ask { actor, purpose: &purpose.id, kind: &kind.id, fields: Fields::All };
                for field in notice.allow(&ask).iter().flat_map(notice::Allowed::fields) {
                    all.insert((actor.to_owned(), purpose.id.clone(), kind.id.clone(), field.clone()));
                }
            }
        }
    }
    all
}

/// Every address of a notice that something may stand on.
fn addresses(notice: &Notice) -> BTreeSet<String> {
    let mut all = BTreeSet::from(["notice".to_owned(), "notice.backup_window".to_owned(), "controller".to_owned()]);
    all.extend(notice.change().map(|_| "change".to_owned()));
    for kind in notice.kinds() {
        all.extend([format!("kind.{}", kind.id), format!("kind.{}.keep", kind.id)]);
        all.extend(kind.fields.iter().map(|(field, _)| format!("kind.{}.fields.{field}", kind.id)));
    }
    all.extend(notice.contacts().iter().map(|clause| format!("contact.{}", clause.id)));
    all.extend(notice.subjects().iter().map(|clause| format!("subject.{}", clause.id)));
    all.extend(notice.fields().iter().map(|clause| format!("field.{}", clause.id)));
    all.extend(notice.purposes().iter().map(|clause| format!("purpose.{}", clause.id)));
    all.extend(notice.events().iter().map(|clause| format!("event.{}", clause.id)));
    all.extend(notice.recipients().iter().map(|clause| format!("recipient.{}", clause.id)));
    all.extend(notice.disclosures().iter().map(|clause| format!("disclosure.{}", clause.id)));
    all.extend(notice.rights().iter().map(|clause| format!("right.{}", clause.id)));
    all.extend(notice.cookies().iter().map(|clause| format!("cookie.{}", clause.id)));
    all.extend(notice.decisions().iter().map(|clause| format!("decision.{}", clause.id)));
    all.extend(notice.stores().iter().map(|clause| format!("store.{}", clause.id)));
    all.extend(notice.texts().iter().map(|clause| format!("text.{}", clause.id)));
    all
}

fn covered(notice: &Notice) -> BTreeSet<String> {
    addresses(notice).into_iter().filter(|clause| notice.covers(clause)).collect()
}

/// Whether a kind stands on a clause, worked out from what the notice says and not by the crate.
fn stands_on(kind: &notice::Kind, clause: &str) -> bool {
    let own = format!("kind.{}", kind.id);
    ["notice", "controller", &own, &format!("subject.{}", kind.subject)].contains(&clause)
        || clause.starts_with(&format!("{own}."))
        || kind.fields.iter().any(|(field, _)| clause == format!("field.{field}"))
        || kind.keep.events().iter().any(|event| clause == format!("event.{event}"))
}

/// For every clause that an error names, nothing that stands on it is covered or allowed.
fn check_closed(notice: &Notice, findings: &[Finding]) {
    let allowed = allowed(notice);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    for clause in errors.map(|finding| finding.clause.as_str()) {
        assert!(!notice.covers(clause), "{clause}");
        for kind in notice.kinds().iter().filter(|kind| stands_on(kind, clause)) {
            let own = format!("kind.{}", kind.id);
            assert!(!notice.covers(&own), "{own} stands on {clause}");
            assert!(!notice.covers(&format!("{own}.keep")), "{own}.keep stands on {clause}");
            assert!(!allowed.iter().any(|(_, _, id, _)| *id == kind.id), "{own} stands on {clause}");
        }
        for purpose in notice.purposes() {
            if clause == format!("purpose.{}", purpose.id) || ["notice", "controller"].contains(&clause) {
                assert!(!allowed.iter().any(|(_, id, _, _)| *id == purpose.id), "{} stands on {clause}", purpose.id);
            }
        }
        for text in notice.texts().iter().filter(|text| text.clause.as_deref() == Some(clause)) {
            assert!(!notice.covers(&format!("text.{}", text.id)), "text.{} stands on {clause}", text.id);
        }
    }
}

/// Every shipped notice.
fn shipped() -> Vec<String> {
    let notices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notices");
    let folders = [notices.clone(), notices.join("examples")];
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let files = files.filter_map(|file| Some(file.ok()?.path()));
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.map(|path| std::fs::read_to_string(path).expect("a notice is a text")).collect()
}

#[test]
fn the_corpus_and_the_shipped_notices_break_no_promise() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/notice_read");
    let mut files = 0;
    for file in std::fs::read_dir(corpus).unwrap() {
        notice_read(&std::fs::read(file.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 10);
    for text in shipped() {
        notice_read(text.as_bytes());
        let read = read(&text).unwrap();
        check_closed(&read.notice.unwrap(), &read.findings);
    }
}

#[test]
fn two_hundred_changed_notices_never_panic_and_never_allow_more() {
    let whole = read(CURRENT).unwrap().notice.unwrap();
    let (before_allowed, before_covered) = (allowed(&whole), covered(&whole));
    let mut dice = Dice(2026);
    let mut notices = 0;
    for n in 0..200 {
        let mutation = mutate(CURRENT, &mut dice);
        notice_read(mutation.text.as_bytes());
        let Ok(read) = read(&mutation.text) else { continue };
        let Some(notice) = read.notice else { continue };
        notices += 1;
        check_closed(&notice, &read.findings);
        if mutation.takes_away {
            let more: Vec<_> = allowed(&notice).difference(&before_allowed).cloned().collect();
            assert!(more.is_empty(), "change {n} allows more: {more:?}");
            let more: Vec<_> = covered(&notice).difference(&before_covered).cloned().collect();
            assert!(more.is_empty(), "change {n} covers more: {more:?}");
        }
    }
    assert!(notices >= 20, "only {notices} changed notices were notices");
}

#[test]
fn every_clause_that_is_taken_out_takes_with_it_what_stood_on_it() {
    let whole = read(CURRENT).unwrap().notice.unwrap();
    let before = allowed(&whole);
    let clauses = split_before(CURRENT, "\n[");
    for at in 1..clauses.len() {
        let section = clauses[at].lines().next().unwrap_or_default().trim_matches(['[', ']']);
        let id = clauses[at].lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
        let Ok(read) = read(&without(&clauses, at)) else { continue };
        let Some(notice) = read.notice else { continue };
        let gone = id.map_or(section.to_owned(), |id| format!("{section}.{id}"));
        assert!(!notice.covers(&gone), "{gone} is gone and covered");
        check_closed(&notice, &read.findings);
        let after = allowed(&notice);
        assert!(after.is_subset(&before), "without {gone} more is allowed");
        match (section, id) {
            ("purpose", Some(id)) => assert!(!after.iter().any(|(_, purpose, _, _)| purpose == id)),
            ("kind", Some(id)) => assert!(!after.iter().any(|(_, _, kind, _)| kind == id)),
            _ => {}
        }
    }
}

#[test]
fn every_key_that_is_taken_out_closes_what_stood_on_it_and_opens_nothing() {
    let whole = read(CURRENT).unwrap().notice.unwrap();
    let before = allowed(&whole);
    let lines: Vec<&str> = CURRENT.split_inclusive('\n').collect();
    // What N03 asks for in every section makes no notice without it; that is tested elsewhere.
    let plain = |line: &str| {
        ["id = ", "words = ", "label = ", "category = ", "type = "].iter().all(|key| !line.starts_with(key))
    };
    for at in (0..lines.len()).filter(|at| lines[*at].contains(" = ") && plain(lines[*at])) {
        let Ok(read) = read(&without(&lines, at)) else { continue };
        let Some(notice) = read.notice else { continue };
        check_closed(&notice, &read.findings);
        assert!(allowed(&notice).is_subset(&before), "without line {} more is allowed: {}", at + 1, lines[at]);
        let key = lines[at].split(' ').next().unwrap_or_default();
        if ["keep", "purposes", "source", "basis", "limit", "lifetime", "exception", "wait"].contains(&key) {
            let errors = read.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
            assert!(errors > 0, "line {} is gone and nothing closed: {}", at + 1, lines[at]);
        }
    }
}
