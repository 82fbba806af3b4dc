//! A difference between two notices with how many people it touches.

use crate::face::thousands;
use notice::{Changed, Difference, Notice};
use std::collections::BTreeMap;

/// How many people each kind is held about.
pub(crate) type People = BTreeMap<String, u64>;

/// One difference, as the officers see it.
pub(super) struct Touched {
    /// The sentence for people.
    pub words: String,
    /// The clause.
    pub clause: String,
    /// Whether people are told before.
    pub significant: bool,
    /// Whom it touches: "212 people", "everybody who reads the site".
    pub whom: String,
}

/// Every difference, in order.
pub(super) fn list(difference: &Difference, people: &People) -> Vec<Touched> {
    let one = |changed: &Changed| Touched {
        words: changed.words.clone(),
        clause: changed.clause.clone(),
        significant: changed.significant,
        whom: whom(changed, people),
    };
    difference.changes.iter().map(one).collect()
}

/// Whom a difference touches, in words.
pub(crate) fn whom(changed: &Changed, people: &People) -> String {
    let of = |kind: &String| people.get(kind).copied().unwrap_or_default();
    match changed.kinds.as_slice() {
        [] => "everybody who reads the site".to_owned(),
        [kind] => people_words(of(kind)),
        kinds => {
            let held = kinds.iter().filter(|kind| of(kind) > 0);
            let each: Vec<String> = held.map(|kind| format!("{} ({kind})", people_words(of(kind)))).collect();
            if each.is_empty() { "nobody yet".to_owned() } else { each.join(", ") }
        }
    }
}

/// "212 people", "1 person", "nobody yet".
pub(crate) fn people_words(count: u64) -> String {
    match count {
        0 => "nobody yet".to_owned(),
        1 => "1 person".to_owned(),
        count => format!("{} people", number(count)),
    }
}

pub(crate) fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Purposes for which kinds may be opened no longer: the kind and the purpose, in words.
pub(crate) fn purposes_lost(old: &Notice, new: &Notice) -> Vec<(String, String)> {
    let kinds = old.kinds().iter().filter_map(|before| Some((before, new.kind(&before.id)?)));
    let lost = kinds.flat_map(|(before, now)| {
        let gone = before.purposes.iter().filter(|id| !now.purposes.contains(id));
        gone.map(|id| (before.words.clone(), old.purpose(id).map_or(id.clone(), |purpose| purpose.words.clone())))
    });
    lost.collect()
}
