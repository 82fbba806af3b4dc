//! What reading gathers beside the model: findings, the place of every key, ids that were declared and ids that were named.

use crate::catalogue::CODES;
use crate::codes::nearest;
use crate::finding::Lines;
use crate::{Finding, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// More findings than this help nobody, and a hostile file could ask for millions.
const MOST_FINDINGS: usize = 500;

/// The names that a mistaken one is compared with.
const MOST_COMPARED: usize = 500;

/// Longest sentence of a finding, in characters.
const LONGEST_SENTENCE: usize = 400;

/// What shape findings rest on.
const LANGUAGE: &str = "the notice language";

pub(crate) type Place = Range<usize>;

/// A clause that names another one.
struct Reference {
    by: String,
    to: String,
    place: Place,
}

/// What a finding says, before it has a place.
pub(crate) struct Words {
    pub(crate) why: String,
    pub(crate) mend: String,
    pub(crate) rests_on: &'static str,
}

#[derive(Default)]
pub(crate) struct Gathered {
    findings: Vec<Finding>,
    places: HashMap<String, Place>,
    declared: BTreeMap<String, Place>,
    references: Vec<Reference>,
    named: BTreeSet<String>,
    misshapen: BTreeSet<String>,
    closed: BTreeSet<String>,
}

impl Gathered {
    /// Records an error of shape: the file makes no notice.
    pub(crate) fn misshapen(&mut self, code: &'static str, clause: &str, place: Place, why: String, mend: String) {
        self.unwhole(code, clause, place, Words { why, mend, rests_on: LANGUAGE });
    }

    /// Records an error of coverage without which there is no notice either.
    pub(crate) fn unwhole(&mut self, code: &'static str, clause: &str, place: Place, words: Words) {
        self.misshapen.insert(clause.to_owned());
        self.push(code, Severity::Error, clause, place, words);
    }

    /// Records an error of coverage: the clause is closed.
    pub(crate) fn uncovered(&mut self, code: &'static str, clause: &str, place: Place, words: Words) {
        self.closed.insert(clause.to_owned());
        self.push(code, Severity::Error, clause, place, words);
    }

    /// Records a warning.
    pub(crate) fn warn(&mut self, code: &'static str, clause: &str, place: Place, words: Words) {
        self.push(code, Severity::Warning, clause, place, words);
    }

    /// Records a finding of a given severity; an error closes the clause.
    pub(crate) fn record(&mut self, severity: Severity, code: &'static str, clause: &str, place: Place, words: Words) {
        if severity == Severity::Error {
            self.closed.insert(clause.to_owned());
        }
        self.push(code, severity, clause, place, words);
    }

    fn push(&mut self, code: &'static str, severity: Severity, clause: &str, place: Place, words: Words) {
        debug_assert!(CODES.iter().any(|(row, ..)| *row == code), "{code} has no row in the catalogue");
        if self.findings.len() >= MOST_FINDINGS {
            return;
        }
        self.findings.push(Finding {
            code,
            severity,
            line: 0,
            column: 0,
            clause: printable(clause.to_owned()),
            why: printable(words.why),
            mend: printable(words.mend),
            rests_on: words.rests_on.to_owned(),
            place,
            beside: None,
        });
    }

    /// Notes where a clause, or a key of one (`kind.enquiry#keep`), stands.
    pub(crate) fn stands(&mut self, address: String, place: Place) {
        self.places.entry(address).or_insert(place);
    }

    /// The place of a key, or of the clause itself where the key is absent.
    pub(crate) fn place(&self, clause: &str, key: &str) -> Place {
        let key = self.places.get(&format!("{clause}#{key}"));
        key.or_else(|| self.places.get(clause)).cloned().unwrap_or(0..0)
    }

    /// Whether the file has a key, rightly or wrongly.
    pub(crate) fn has(&self, clause: &str, key: &str) -> bool {
        self.places.contains_key(&format!("{clause}#{key}"))
    }

    /// Declares a clause; a second of the same address is a finding.
    pub(crate) fn declare(&mut self, clause: &str, place: Place) {
        if let Some(first) = self.declared.get(clause) {
            let first = first.clone();
            let (why, mend) = (format!("`{clause}` is declared twice"), "give one of them another id".to_owned());
            self.misshapen("N04", clause, place.clone(), why, mend);
            if let Some(finding) = self.findings.last_mut().filter(|finding| finding.place == place) {
                finding.beside = Some(first);
            }
            return;
        }
        self.declared.insert(clause.to_owned(), place);
    }

    /// Notes that one clause names another.
    pub(crate) fn refer(&mut self, by: &str, to: String, place: Place) {
        self.references.push(Reference { by: by.to_owned(), to, place });
    }

    /// Every address that a clause names.
    pub(crate) fn named(&self) -> &BTreeSet<String> {
        &self.named
    }

    /// Turns every reference to nothing into a finding.
    pub(crate) fn resolve(&mut self) {
        for Reference { by, to, place } in std::mem::take(&mut self.references) {
            self.named.insert(to.clone());
            if self.declared.contains_key(&to) {
                continue;
            }
            let section = to.split('.').next().unwrap_or_default();
            let mend = match self.near(&to, section) {
                Some(near) => format!("write `{near}`, or declare `{to}`"),
                None => format!("declare `{to}`, or take it out"),
            };
            self.misshapen("N05", &by, place, format!("`{by}` names `{to}`, which this file does not declare"), mend);
        }
    }

    fn near(&self, to: &str, section: &str) -> Option<&str> {
        if self.findings.len() >= MOST_FINDINGS {
            return None;
        }
        let same = self.declared.keys().filter(|clause| clause.split('.').next() == Some(section));
        nearest(to, same.take(MOST_COMPARED).map(String::as_str))
    }

    /// Whether the file is free of errors of shape.
    pub(crate) fn is_whole(&self) -> bool {
        self.misshapen.is_empty()
    }

    /// Whether a clause is free of errors of shape, so that speaking of its coverage makes sense.
    pub(crate) fn is_well_shaped(&self, clause: &str) -> bool {
        !self.misshapen.contains(clause)
    }

    /// Addresses with an error of coverage, sorted.
    pub(crate) fn closed(&self) -> Vec<String> {
        self.closed.iter().cloned().collect()
    }

    /// All findings with their lines and columns, in file order.
    pub(crate) fn into_findings(mut self, text: &str) -> Vec<Finding> {
        let lines = Lines::of(text);
        for finding in &mut self.findings {
            (finding.line, finding.column) = lines.place(finding.place.start);
        }
        self.findings.sort_by(|a, b| (a.place.start, a.code).cmp(&(b.place.start, b.code)));
        self.findings
    }
}

/// A sentence that quotes a file, without what could steer a terminal, and of a length that people read.
fn printable(mut sentence: String) -> String {
    sentence.retain(|c| !c.is_control());
    if let Some((end, _)) = sentence.char_indices().nth(LONGEST_SENTENCE) {
        sentence.truncate(end);
    }
    sentence
}
