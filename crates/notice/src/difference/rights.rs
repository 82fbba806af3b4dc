//! Rights: those that the notice names, and those that come and go with a lawful basis.
//!
//! Two rights hang on the basis alone: to take data along (UK GDPR Art 20(1)(a): contract, or consent) and to object
//! (Art 21(1): public task and legitimate interests). Others hang on the single case (Art 17(3)(b) on what
//! a duty needs), which no notice tells.

use super::sentence::{deed, quoted};
use super::{At, Compare, Pair, Way, pairs};
use crate::{Basis, Kind, Notice, Purpose, Right};

pub(super) fn compare(compare: &mut Compare<'_>) {
    for pair in pairs(compare.both.old.rights(), compare.both.new.rights(), |right| &right.id) {
        match pair {
            Pair::New(right) => added(compare, right),
            Pair::Gone(right) => removed(compare, right),
            Pair::Both(old, new) => changed(compare, old, new),
        }
    }
    portability(compare);
    for pair in pairs(compare.both.old.purposes(), compare.both.new.purposes(), |purpose| &purpose.id) {
        if let Pair::Both(old, new) = pair {
            objection(compare, [old, new]);
        }
    }
}

/// What a right lets people do, to follow "the right".
fn right_words(right: &str) -> &str {
    match right {
        "access" => "to see what is held about you",
        "rectification" => "to have your data corrected",
        "erasure" => "to have your data erased",
        "restriction" => "to have the use of your data restricted",
        "objection" => "to object to a use of your data",
        "portability" => "to take your data along in a portable format",
        "human-review" => "to have a person look again at an automatic act",
        "complaint" => "to complain to us",
        other => other,
    }
}

fn added(compare: &mut Compare<'_>, right: &Right) {
    let (kinds, words) = (compare.both.scope(&[&right.kinds]), right_words(&right.id));
    let words = format!("This notice now gives you the right {words}: {}.", quoted(&right.words));
    compare.at(format!("right.{}", right.id), kinds).say("right-gained", Way::Added, words);
}

fn removed(compare: &mut Compare<'_>, right: &Right) {
    let (kinds, words) = (compare.both.scope(&[&right.kinds]), right_words(&right.id));
    let words = format!("This notice no longer gives you the right {words}.");
    compare.at(format!("right.{}", right.id), kinds).say("right-lost", Way::Removed, words);
}

fn changed(compare: &mut Compare<'_>, old: &Right, new: &Right) {
    let Right { id, words, kinds, limit, extension, fee, voluntary, said } = new;
    reach(compare, [old, new]);
    let name = right_words(id);
    let scope = compare.both.scope(&[&old.kinds, kinds]);
    let mut at = compare.at(format!("right.{id}"), scope);
    at.value("right-changed", &format!("What we say of the right {name}"), Some(&old.words), Some(words));
    at.period("right-changed", &format!("The time within which we answer about the right {name}"), old.limit, *limit);
    at.period("right-changed", &format!("The extension of time about the right {name}"), old.extension, *extension);
    at.flag(
        "right-changed",
        [old.fee, *fee],
        Way::Changed,
        format!("We may now ask a fee for the right {name}."),
        format!("We no longer ask a fee for the right {name}."),
    );
    at.flag(
        "right-changed",
        [old.voluntary, *voluntary],
        Way::Changed,
        format!("We now give you the right {name} also where the law does not."),
        format!("We now give you the right {name} only where the law does."),
    );
    at.said([&old.said, said]);
}

/// Kinds of both notices to which a right of both reaches in one of the two only.
fn reach(compare: &mut Compare<'_>, [old, new]: [&Right; 2]) {
    let (both, name) = (compare.both, right_words(&new.id));
    for (_, kind) in both.kept_kinds() {
        let reaches = [old, new].map(|right| right.kinds.is_empty() || right.kinds.contains(&kind.id));
        if reaches[0] == reaches[1] {
            continue;
        }
        let thing = both.thing(&kind.id);
        compare.at(format!("right.{}", new.id), vec![kind.id.clone()]).either(
            reaches,
            ("right-gained", Way::Widened, format!("You now have the right {name} for {thing} as well.")),
            ("right-lost", Way::Narrowed, format!("You no longer have the right {name} for {thing}.")),
        );
    }
}

/// Whether the notice gives a right for a kind beyond what the law demands.
fn is_voluntary(right: &str, kind: &str, notice: &Notice) -> bool {
    let covers = |right: &Right| right.voluntary && (right.kinds.is_empty() || right.kinds.iter().any(|id| id == kind));
    notice.right(right).is_some_and(covers)
}

/// The first purpose that makes a kind portable.
fn portable_under<'n>(kind: &Kind, notice: &'n Notice) -> Option<&'n Purpose> {
    let mut purposes = kind.purposes.iter().filter_map(|id| notice.purpose(id));
    purposes.find(|purpose| purpose.basis == Basis::Contract)
}

/// Kinds that became portable, or are so no longer: by the basis of a purpose, or by what they are used for.
fn portability(compare: &mut Compare<'_>) {
    let (before, now) = (compare.both.old, compare.both.new);
    let name = right_words("portability");
    let both = compare.both;
    for (old, new) in both.kept_kinds() {
        let thing = both.thing(&new.id);
        let (code, way, purpose, words) = match [portable_under(old, before), portable_under(new, now)] {
            [None, Some(purpose)] if !is_voluntary("portability", &old.id, before) => {
                ("right-gained", Way::Added, purpose, format!("You now have the right {name} for {thing}"))
            }
            [Some(purpose), None] if !is_voluntary("portability", &new.id, now) => {
                ("right-lost", Way::Removed, purpose, format!("You no longer have the right {name} for {thing}"))
            }
            _ => continue,
        };
        let (clause, why) = cause(purpose, new, way, compare);
        compare.at(clause, vec![new.id.clone()]).say(code, way, format!("{words}, because {why}."));
    }
}

/// The clause that made a kind portable or took that away, and how: another basis, or another use.
fn cause(purpose: &Purpose, kind: &Kind, way: Way, compare: &Compare<'_>) -> (String, String) {
    let bases = [compare.both.old, compare.both.new].map(|notice| notice.purpose(&purpose.id));
    if let [Some(was), Some(is)] = bases
        && was.basis != is.basis
    {
        let why = format!("we now rest {} on {}", quoted(&is.words), is.basis.words());
        return (format!("purpose.{}", purpose.id), why);
    }
    let use_it = if way == Way::Added { "now use" } else { "no longer use" };
    (format!("kind.{}", kind.id), format!("we {use_it} it to {}", deed(&purpose.words)))
}

/// Whether people may object to a purpose: by law, or because the notice says so.
fn may_object(purpose: &Purpose) -> bool {
    purpose.objectable || purpose.basis.bears_objection()
}

fn objection(compare: &mut Compare<'_>, [old, new]: [&Purpose; 2]) {
    let kinds = compare.both.kinds_where(|_, kind| kind.purposes.contains(&new.id));
    let deed = deed(&new.words);
    let why = if old.basis == new.basis {
        String::new()
    } else {
        format!(", because we now rest this on {}", new.basis.words())
    };
    let clause = format!("purpose.{}", new.id);
    let [could, can] = [may_object(old), may_object(new)];
    // Taken away and given back, beyond the law: nothing is lost.
    if could && !can && !kinds.is_empty() && kinds.iter().all(|kind| is_voluntary("objection", kind, compare.both.new))
    {
        return;
    }
    let mut at = compare.at(clause, kinds);
    match [could, can] {
        [false, true] => {
            at.say("right-gained", Way::Added, format!("You may now object when we use your data to {deed}{why}."));
        }
        [true, false] => {
            at.say(
                "right-lost",
                Way::Removed,
                format!("You may no longer object when we use your data to {deed}{why}."),
            );
        }
        _ => unsaid_objection(&mut at, [old, new], &deed),
    }
}

/// The right stands either way: by law, or by the notice alone.
fn unsaid_objection(at: &mut At<'_>, [old, new]: [&Purpose; 2], deed: &str) {
    at.flag(
        "purpose-changed",
        [old.objectable, new.objectable],
        Way::Changed,
        format!("This notice now says that you may object when we use your data to {deed}; the law lets you anyway."),
        format!(
            "This notice no longer says that you may object when we use your data to {deed}; the law still lets you."
        ),
    );
}
