//! Comparing two notices by what they mean.
//!
//! Each part of a notice has a file here. Every key of every clause is taken apart by name, so that a key which the
//! language gains later cannot be forgotten: the compiler asks for it.

mod around;
mod given;
mod held;
mod longer;
mod rights;
mod sentence;
mod used;
mod who;

use crate::{Change, Kind, Notice};
use law::Period;
use longer::period_way;
use sentence::{deed, listed, quoted, set, thing};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt::Display;

/// What is different between two notices, in the order people read a notice. Empty where both mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Each difference, in a sentence of its own.
    pub changes: Vec<Changed>,
}

/// One difference between two notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// One of [`crate::DIFFERENCES`].
    pub code: &'static str,
    /// Address of the clause in the new notice, or in the old one where it is gone.
    pub clause: String,
    /// Which way it went.
    pub way: Way,
    /// Whether `[change]` of the old notice or of the new one counts it as significant.
    pub significant: bool,
    /// A whole plain sentence for people: "We keep your enquiry for 12 months instead of 90 days."
    pub words: String,
    /// Ids of the kinds whose people it touches; empty where it touches everybody who reads the site.
    pub kinds: Vec<String>,
}

/// Which way a difference goes, seen by the people whose data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// It was not there before.
    Added,
    /// Neither wider nor narrower, or not provably so.
    Changed,
    /// Less data, a shorter time, fewer who receive it.
    Narrowed,
    /// It is no longer there.
    Removed,
    /// More data, a longer time, more who receive it.
    Widened,
}

impl Way {
    /// The way back.
    fn reversed(self) -> Way {
        match self {
            Way::Added => Way::Removed,
            Way::Changed => Way::Changed,
            Way::Narrowed => Way::Widened,
            Way::Removed => Way::Added,
            Way::Widened => Way::Narrowed,
        }
    }
}

impl Difference {
    /// Whether people must be told before the new notice takes effect: any difference is significant.
    pub fn is_significant(&self) -> bool {
        self.changes.iter().any(|changed| changed.significant)
    }

    /// Rights that people lose, by a right taken out of the notice or by a change of a lawful basis.
    pub fn rights_lost(&self) -> impl Iterator<Item = &Changed> {
        self.changes.iter().filter(|changed| changed.code == "right-lost")
    }

    /// Ids of the subjects whose kinds any difference touches, each once, in the order of the new notice and then of the
    /// old one. A difference that touches no kind touches every subject.
    pub fn subjects(&self, old: &Notice, new: &Notice) -> Vec<String> {
        let all = self.changes.iter().any(|changed| changed.kinds.is_empty());
        let mut subjects: Vec<String> = Vec::new();
        for notice in [new, old] {
            let touched = |subject: &str| {
                let mut kinds = notice.kinds().iter().filter(|kind| kind.subject == subject);
                all || kinds.any(|kind| self.changes.iter().any(|changed| changed.kinds.contains(&kind.id)))
            };
            for subject in notice.subjects() {
                if !subjects.contains(&subject.id) && touched(&subject.id) {
                    subjects.push(subject.id.clone());
                }
            }
        }
        subjects
    }
}

/// What differs between two notices, by meaning. `diff(n, n)` is empty.
///
/// Comments, white space, the order of keys and of clauses, the version and its dates, and one period in other units
/// ("12 months" and "1 year") are no difference. A clause with another id is one that is gone and one that is new.
pub fn diff(old: &Notice, new: &Notice) -> Difference {
    let kinds = kinds_of(old, new);
    let by_id = kinds.iter().filter_map(|pair| Some((pair[1].or(pair[0])?.id.as_str(), *pair))).collect();
    let mut compare =
        Compare { both: Both { old, new, kinds: &kinds, by_id: &by_id }, changes: Vec::new(), said: Vec::new() };
    who::compare(&mut compare);
    held::compare(&mut compare);
    used::compare(&mut compare);
    rights::compare(&mut compare);
    given::compare(&mut compare);
    around::compare(&mut compare);
    around::said(&mut compare);
    given::acceptance(&mut compare);
    Difference { changes: compare.changes }
}

/// Two notices, and what was found to differ so far.
struct Compare<'n> {
    both: Both<'n>,
    changes: Vec<Changed>,
    /// Clauses that carry out other promises of an earlier notice than before.
    said: Vec<String>,
}

impl Compare<'_> {
    /// A clause to say something about; `kinds` are those whose people it touches.
    fn at(&mut self, clause: impl Into<String>, kinds: Vec<String>) -> At<'_> {
        let significant = [self.both.old.change(), self.both.new.change()];
        At { changes: &mut self.changes, said: &mut self.said, significant, clause: clause.into(), kinds }
    }
}

/// A kind as it was and as it is.
type Kinds<'n> = [Option<&'n Kind>; 2];

/// The kinds of either notice, in the order of the new one and then of the old one.
fn kinds_of<'n>(old: &'n Notice, new: &'n Notice) -> Vec<Kinds<'n>> {
    let kept = new.kinds().iter().map(|kind| [old.kind(&kind.id), Some(kind)]);
    let gone = old.kinds().iter().filter(|kind| new.kind(&kind.id).is_none()).map(|kind| [Some(kind), None]);
    kept.chain(gone).collect()
}

/// Two notices.
#[derive(Clone, Copy)]
struct Both<'n> {
    old: &'n Notice,
    new: &'n Notice,
    kinds: &'n [Kinds<'n>],
    by_id: &'n HashMap<&'n str, Kinds<'n>>,
}

impl<'n> Both<'n> {
    /// The kinds that both notices have, before and after.
    fn kept_kinds(self) -> impl Iterator<Item = (&'n Kind, &'n Kind)> {
        self.kinds.iter().filter_map(|[old, new]| (*old).zip(*new))
    }

    /// Ids of the kinds of which something holds in either notice.
    fn kinds_where(self, holds: impl Fn(&Notice, &Kind) -> bool) -> Vec<String> {
        let in_either = |[old, new]: &Kinds<'_>| {
            new.is_some_and(|kind| holds(self.new, kind)) || old.is_some_and(|kind| holds(self.old, kind))
        };
        let found = self.kinds.iter().filter(|kinds| in_either(kinds));
        found.filter_map(|[old, new]| new.or(*old)).map(|kind| kind.id.clone()).collect()
    }

    /// The kinds of either notice that a clause names; all where it names none.
    fn scope(self, named: &[&[String]]) -> Vec<String> {
        self.kinds_where(|_, kind| named.iter().any(|kinds| kinds.is_empty() || kinds.contains(&kind.id)))
    }

    /// What a kind is called in a sentence, in the new notice if it has it.
    fn thing(self, kind: &str) -> String {
        let found = self.by_id.get(kind).and_then(|[old, new]| new.or(*old));
        found.map_or_else(|| kind.to_owned(), |kind| thing(&kind.words))
    }

    /// Several kinds in a sentence; "all data" where they are all of them.
    fn things(self, kinds: &[String]) -> String {
        let of_new = |kind: &&String| self.by_id.get(kind.as_str()).is_some_and(|[_, new]| new.is_some());
        if kinds.len() > 2 && kinds.iter().filter(of_new).count() == self.new.kinds().len() {
            return "all data".to_owned();
        }
        listed(&kinds.iter().map(|kind| self.thing(kind)).collect::<Vec<_>>())
    }

    /// What a field is called, in the new notice if it has it.
    fn label(self, field: &str) -> String {
        let found = self.new.field(field).or_else(|| self.old.field(field));
        quoted(found.map_or(field, |field| &field.label))
    }

    /// What a purpose does, to follow "to", in the new notice if it has it.
    fn deed(self, purpose: &str) -> String {
        let found = self.new.purpose(purpose).or_else(|| self.old.purpose(purpose));
        found.map_or_else(|| purpose.to_owned(), |purpose| deed(&purpose.words))
    }

    /// What a group of people is called, in the new notice if it has it.
    fn people(self, subject: &str) -> String {
        let found = self.new.subject(subject).or_else(|| self.old.subject(subject));
        quoted(found.map_or(subject, |subject| &subject.words))
    }
}

/// One clause, about which sentences can be said.
struct At<'c> {
    changes: &'c mut Vec<Changed>,
    said: &'c mut Vec<String>,
    significant: [Option<&'c Change>; 2],
    clause: String,
    kinds: Vec<String>,
}

impl At<'_> {
    fn say(&mut self, code: &'static str, way: Way, words: String) {
        let significant = self.significant.iter().flatten().any(|change| counts(code, change));
        let (clause, kinds) = (self.clause.clone(), self.kinds.clone());
        self.changes.push(Changed { code, clause, way, significant, words, kinds });
    }

    /// Something that is so in one of the two notices only: what is said where it is new, and where it is gone.
    fn either(
        &mut self,
        [old, new]: [bool; 2],
        is_new: (&'static str, Way, String),
        is_gone: (&'static str, Way, String),
    ) {
        match (old, new) {
            (false, true) => self.say(is_new.0, is_new.1, is_new.2),
            (true, false) => self.say(is_gone.0, is_gone.1, is_gone.2),
            _ => {}
        }
    }

    /// A value that is said to be something: `what` begins a sentence.
    fn value(&mut self, code: &'static str, what: &str, old: Option<&str>, new: Option<&str>) {
        match (old, new) {
            (Some(old), Some(new)) if old != new => {
                self.say(code, Way::Changed, format!("{what} is now {} instead of {}.", quoted(new), quoted(old)));
            }
            (None, Some(new)) => self.say(code, Way::Added, format!("{what} is now stated: {}.", quoted(new))),
            (Some(old), None) => {
                self.say(code, Way::Removed, format!("{what} is no longer stated; it was {}.", quoted(old)));
            }
            _ => {}
        }
    }

    /// A number that grew or shrank: `what` begins a sentence.
    fn number<T: Ord + Display>(&mut self, code: &'static str, what: &str, old: Option<T>, new: Option<T>) {
        if let (Some(old), Some(new)) = (&old, &new) {
            let way = if old < new { Way::Widened } else { Way::Narrowed };
            if old != new {
                self.say(code, way, format!("{what} is now {new} instead of {old}."));
            }
            return;
        }
        let [old, new] = [old, new].map(|value| value.map(|value| value.to_string()));
        self.value(code, what, old.as_deref(), new.as_deref());
    }

    /// A period that grew or shrank: `what` begins a sentence.
    fn period(&mut self, code: &'static str, what: &str, old: Option<Period>, new: Option<Period>) {
        if let (Some(old), Some(new)) = (old, new) {
            if let Some(way) = period_way(old, new) {
                self.say(code, way, format!("{what} is now {new} instead of {old}."));
            }
            return;
        }
        let [old, new] = [old, new].map(|period| period.map(|period| period.to_string()));
        self.value(code, what, old.as_deref(), new.as_deref());
    }

    /// Something that holds or does not: the way and sentence for each.
    fn flag(&mut self, code: &'static str, flags: [bool; 2], way: Way, holds: String, not: String) {
        self.either(flags, (code, way, holds), (code, way.reversed(), not));
    }

    /// A list of which the order means nothing: a sentence for each item that is new, and for each that is gone.
    fn list(
        &mut self,
        code: &'static str,
        [old, new]: [&[String]; 2],
        way: Way,
        is_new: impl Fn(&str) -> String,
        is_gone: impl Fn(&str) -> String,
    ) {
        for item in new.iter().filter(|item| !old.contains(item)) {
            self.say(code, way, is_new(item));
        }
        for item in old.iter().filter(|item| !new.contains(item)) {
            self.say(code, way.reversed(), is_gone(item));
        }
    }

    /// The promises of an earlier notice that a clause carries out: all clauses with others are told of in one sentence.
    fn said(&mut self, [old, new]: [&[String]; 2]) {
        if set(old) != set(new) {
            self.said.push(self.clause.clone());
        }
    }
}

/// Whether `[change]` counts a difference. What may end later counts wherever what does end later counts.
fn counts(code: &str, change: &Change) -> bool {
    let may_be_longer = matches!(code, "event" | "keep-changed");
    let named = |wanted: &str| change.significant.iter().any(|code| code == wanted);
    named(code) || (may_be_longer && named("keep-longer"))
}

/// A clause in one notice or in both.
enum Pair<'n, T> {
    Both(&'n T, &'n T),
    Gone(&'n T),
    New(&'n T),
}

/// Clauses by their ids: in the order of the new notice, and then those that are gone.
fn pairs<'n, T>(old: &'n [T], new: &'n [T], id: impl Fn(&T) -> &str) -> Vec<Pair<'n, T>> {
    let of = |list: &'n [T], wanted: &str| list.iter().find(|item| id(item) == wanted);
    let kept = new.iter().map(|item| of(old, id(item)).map_or(Pair::New(item), |before| Pair::Both(before, item)));
    let gone = old.iter().filter(|item| of(new, id(item)).is_none()).map(Pair::Gone);
    kept.chain(gone).collect()
}
