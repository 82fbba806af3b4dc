//! What the law demands of a notice, by its day: codes `L…`. Contradictions within it (`X…`) are asked at the same time.
//!
//! A notice is judged by the law of its effective day, or of the day that [`crate::read_on`] names. What the law adds
//! later, as far as the pack knows, is reported as a remark that names the day.
//!
//! How grave a finding is follows one rule. An *error* says that using the data this way is unlawful: it closes the clause,
//! because what is unlawful may not run. A *warning* says that people are not told what they must be told, or that what they
//! are told is probably wrong: closing would tell them no more, so nothing closes. A *remark* is worth knowing: stricter
//! than the law, not yet the law, good practice.
//!
//! Points of the checklist that another finding already names are not named twice: the officer and the regulator (C16), a
//! purpose's basis (C05) and interest (C10), periods (C01, C08, C19), sources (C04), recipients without a country (C06).
//! Consent is not supported (N08), so there is nothing to say about withdrawing it; categories stand in each field.

mod bases;
mod cookies;
mod current;
mod decisions;
pub(crate) mod informed;
mod rights;
mod transfers;

use crate::catalogue::severity;
use crate::gathered::{Gathered, Place, Words};
use crate::read::Parts;
use crate::{Basis, Field, Keep, Kind, Purpose, Severity, Subject, contradictions};
use jiff::civil::Date;
use law::{Law, Pack, short_words};
use std::collections::{HashMap, HashSet};

/// Reports everything that the law of a day, and then of later days, holds against a notice.
pub(crate) fn judge(parts: &Parts, day: Option<Date>, gathered: &mut Gathered) {
    let Some(day) = day.or(parts.head.as_ref().map(|head| head.effective)) else {
        return;
    };
    let index = Index::of(parts);
    let on = |day| Case { parts, law: Pack::uk().on(day), index: &index, gathered, found: Vec::new() };
    let now = on(day).judged(&[law_of_the_day, current::check, contradictions::check]);
    let mut said: HashSet<(&str, String)> = now.iter().map(|found| (found.code, found.clause.clone())).collect();
    let mut later = Vec::new();
    for change in Pack::uk().changes_after(day) {
        for mut found in on(change).judged(&[law_of_the_day]) {
            if said.insert((found.code, found.clause.clone())) {
                found.words.why = format!("from {} on, {}", short_words(change), found.words.why);
                later.push(found);
            }
        }
    }
    for found in now {
        gathered.record(severity(found.code), found.code, &found.clause, found.place, found.words);
    }
    for found in later {
        gathered.record(Severity::Info, found.code, &found.clause, found.place, found.words);
    }
}

fn law_of_the_day(case: &mut Case) {
    bases::check(case);
    rights::check(case);
    transfers::check(case);
    cookies::check(case);
    decisions::check(case);
    // What a broken clause would have said cannot be known, so what is missing is reported in whole files only.
    if case.is_whole() {
        informed::check(case);
        current::check_regulator(case);
    }
}

/// A notice before the law of one day.
pub(crate) struct Case<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) law: Law,
    index: &'a Index<'a>,
    gathered: &'a Gathered,
    found: Vec<Found>,
}

struct Found {
    code: &'static str,
    clause: String,
    place: Place,
    words: Words,
}

/// Clauses by what names them, so that a large notice is judged quickly.
struct Index<'a> {
    answered: HashSet<&'a str>,
    fields: HashMap<&'a str, &'a Field>,
    kinds_for: HashMap<&'a str, Vec<&'a Kind>>,
    purposes: HashMap<&'a str, &'a Purpose>,
    subjects: HashMap<&'a str, &'a Subject>,
}

impl<'a> Index<'a> {
    fn of(parts: &'a Parts) -> Index<'a> {
        let mut kinds_for: HashMap<&str, Vec<&Kind>> = HashMap::new();
        for kind in &parts.kinds {
            for purpose in &kind.purposes {
                kinds_for.entry(purpose).or_default().push(kind);
            }
        }
        Index {
            answered: parts.texts.iter().flat_map(|text| &text.answers).map(String::as_str).collect(),
            fields: parts.fields.iter().map(|field| (field.id.as_str(), field)).collect(),
            kinds_for,
            purposes: parts.purposes.iter().map(|purpose| (purpose.id.as_str(), purpose)).collect(),
            subjects: parts.subjects.iter().map(|subject| (subject.id.as_str(), subject)).collect(),
        }
    }
}

impl<'a> Case<'a> {
    fn judged(mut self, rules: &[fn(&mut Case)]) -> Vec<Found> {
        for rule in rules {
            rule(&mut self);
        }
        self.found
    }

    /// Records a finding at a key of a clause, at the clause where the key is absent, or at `[notice]` where the clause is;
    /// none at a misshapen clause.
    pub(crate) fn find(&mut self, code: &'static str, clause: &str, key: &str, words: Words) {
        if !self.gathered.is_well_shaped(clause) {
            return;
        }
        let place = Some(self.gathered.place(clause, key)).filter(|place| !place.is_empty());
        let place = place.unwrap_or_else(|| self.gathered.place("notice", ""));
        self.found.push(Found { code, clause: clause.to_owned(), place, words });
    }

    /// Whether the file is free of errors of shape.
    pub(crate) fn is_whole(&self) -> bool {
        self.gathered.is_whole()
    }

    /// Whether a file has a key, rightly or wrongly.
    pub(crate) fn has(&self, clause: &str, key: &str) -> bool {
        self.gathered.has(clause, key)
    }

    pub(crate) fn subject(&self, id: &str) -> Option<&'a Subject> {
        self.index.subjects.get(id).copied()
    }

    pub(crate) fn field(&self, id: &str) -> Option<&'a Field> {
        self.index.fields.get(id).copied()
    }

    pub(crate) fn has_right(&self, id: &str) -> bool {
        self.parts.rights.iter().any(|right| right.id == id)
    }

    /// Whether somebody who sets a cookie is among the recipients, by id or as a part of the name.
    pub(crate) fn is_recipient(&self, setter: &str) -> bool {
        let setter = setter.to_lowercase();
        let mut recipients = self.parts.recipients.iter();
        recipients.any(|one| one.name.to_lowercase().contains(&setter) || one.id.contains(&setter))
    }

    /// The purposes of a kind, as far as they stand.
    pub(crate) fn purposes_of(&self, kind: &'a Kind) -> impl Iterator<Item = &'a Purpose> {
        kind.purposes.iter().filter_map(|id| self.index.purposes.get(id.as_str()).copied())
    }

    /// The kinds held for a purpose.
    pub(crate) fn kinds_for(&self, purpose: &Purpose) -> &'a [&'a Kind] {
        self.index.kinds_for.get(purpose.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The kinds that a clause is limited to; all where it names none.
    pub(crate) fn kinds_among(&self, ids: &'a [String]) -> impl Iterator<Item = &'a Kind> {
        self.parts.kinds.iter().filter(|kind| ids.is_empty() || ids.contains(&kind.id))
    }

    /// Whether prose says that it answers a point of the checklist.
    pub(crate) fn answers(&self, point: &str) -> bool {
        self.index.answered.contains(point)
    }

    /// Whether a kind has special category data.
    pub(crate) fn is_special(&self, kind: &Kind) -> bool {
        kind.fields.iter().any(|(field, _)| self.field(field).is_some_and(|field| field.special))
    }
}

impl Basis {
    /// Whether people may object to what rests on it (UK GDPR Art 21(1)).
    pub(crate) fn bears_objection(self) -> bool {
        matches!(self, Basis::PublicTask | Basis::LegitimateInterests)
    }
}

/// Whether a retention says when it ends.
pub(crate) fn is_stated(keep: &Keep) -> bool {
    match keep {
        Keep::Unstated | Keep::UntilFurtherNotice => false,
        Keep::Earliest(items) | Keep::Latest(items) => items.iter().all(is_stated),
        Keep::After(..) | Keep::Until(_) => true,
    }
}

/// Ids as a sentence names them: `a`, `b` and `c`.
pub(crate) fn listed<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    crate::in_a_row(&ids, "and")
}
