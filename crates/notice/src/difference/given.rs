//! Who else receives data, and when it may be disclosed once.

use super::sentence::{deed, listed, quoted};
use super::{Compare, Pair, Way, pairs};
use crate::html::cards::country_words;
use crate::{Disclosure, Kind, Notice, Recipient};
use jiff::civil::Date;

pub(super) fn compare(compare: &mut Compare<'_>) {
    for pair in pairs(compare.both.old.recipients(), compare.both.new.recipients(), |recipient| &recipient.id) {
        match pair {
            Pair::New(recipient) => added(compare, recipient),
            Pair::Gone(recipient) => removed(compare, recipient),
            Pair::Both(old, new) => {
                given(compare, [old, new]);
                changed(compare, old, new);
            }
        }
    }
    for pair in pairs(compare.both.old.disclosures(), compare.both.new.disclosures(), |disclosure| &disclosure.id) {
        disclosure(compare, &pair);
    }
}

/// Recipients who accepted another version than the new one: what they agreed to has changed, so they are asked again
/// (promise P24).
pub(super) fn acceptance(compare: &mut Compare<'_>) {
    if compare.changes.is_empty() {
        return;
    }
    let version = &compare.both.new.head().version;
    for recipient in compare.both.new.recipients() {
        let accepted = recipient.accepted.as_deref();
        let is_asked = recipient.role.as_deref() == Some("processor") || accepted.is_some();
        if !is_asked || accepted == Some(version) {
            continue;
        }
        let kinds = receives_from(compare, &recipient.id);
        let name = quoted(&recipient.name);
        let words = match accepted {
            Some(before) => format!("{name} has accepted version {before} and must accept version {version}."),
            None => format!("{name} has yet to accept version {version}."),
        };
        compare.at(format!("recipient.{}", recipient.id), kinds).say("acceptance", Way::Changed, words);
    }
}

/// The fields of a kind that a recipient is given: the kind says to whom, the recipient which fields, and all of a kind
/// that it does not name.
fn fields_given<'n>(recipient: &'n Recipient, kind: &'n Kind) -> Vec<&'n str> {
    if !kind.recipients.contains(&recipient.id) {
        return Vec::new();
    }
    match recipient.fields.iter().find(|(id, _)| *id == kind.id) {
        Some((_, fields)) => fields.iter().map(String::as_str).collect(),
        None => kind.fields.iter().map(|(field, _)| field.as_str()).collect(),
    }
}

fn receives_from(compare: &Compare<'_>, recipient: &str) -> Vec<String> {
    let gives = |notice: &Notice, kind: &Kind| {
        notice.recipient(recipient).is_some_and(|recipient| !fields_given(recipient, kind).is_empty())
    };
    compare.both.kinds_where(gives)
}

fn added(compare: &mut Compare<'_>, recipient: &Recipient) {
    let kinds = receives_from(compare, &recipient.id);
    let what = match compare.both.things(&kinds).as_str() {
        "" => "data".to_owned(),
        things => things.to_owned(),
    };
    let purposes = recipient.purposes.iter().filter_map(|id| compare.both.new.purpose(id));
    let deeds: Vec<String> = purposes.map(|purpose| deed(&purpose.words)).collect();
    let why = if deeds.is_empty() { String::new() } else { format!(", to {}", listed(&deeds)) };
    let name = quoted(&recipient.name);
    let mut at = compare.at(format!("recipient.{}", recipient.id), kinds);
    at.say("recipient-added", Way::Added, format!("{name} now receives {what}{why}."));
    if let Some(country) = abroad(recipient) {
        at.say("transfer", Way::Added, format!("Data goes to {country}, because {name} receives it there."));
    }
}

fn removed(compare: &mut Compare<'_>, recipient: &Recipient) {
    let kinds = receives_from(compare, &recipient.id);
    let name = quoted(&recipient.name);
    let mut at = compare.at(format!("recipient.{}", recipient.id), kinds);
    at.say("recipient-removed", Way::Removed, format!("{name} no longer receives data."));
    if let Some(country) = abroad(recipient) {
        at.say("transfer", Way::Removed, format!("Data no longer goes to {country} for {name}."));
    }
}

/// The country of a recipient outside the United Kingdom.
fn abroad(recipient: &Recipient) -> Option<&str> {
    recipient.country.as_deref().filter(|country| *country != "GB").map(country_words)
}

/// What a recipient is given of each kind.
fn given(compare: &mut Compare<'_>, [was, is]: [&Recipient; 2]) {
    let (both, name) = (compare.both, quoted(&is.name));
    for [old, new] in both.kinds {
        // A kind that is given up is given to nobody, and its own difference says so.
        let Some(kind) = new else {
            continue;
        };
        let [old, new] = [old.map(|kind| fields_given(was, kind)).unwrap_or_default(), fields_given(is, kind)];
        let [more, less] = [only(&new, &old), only(&old, &new)];
        if more.is_empty() && less.is_empty() {
            continue;
        }
        let labels = |fields: &[&str]| listed(&fields.iter().map(|field| both.label(field)).collect::<Vec<_>>());
        let thing = both.thing(&kind.id);
        let mut at = compare.at(format!("kind.{}", kind.id), vec![kind.id.clone()]);
        if old.is_empty() {
            at.say("recipient-added", Way::Widened, format!("{name} now receives {thing} as well."));
        } else if new.is_empty() {
            at.say("recipient-removed", Way::Narrowed, format!("{name} no longer receives {thing}."));
        } else {
            if !more.is_empty() {
                let words = format!("{name} now receives {} of {thing} as well.", labels(&more));
                at.say("recipient-added", Way::Widened, words);
            }
            if !less.is_empty() {
                let words = format!("{name} no longer receives {} of {thing}.", labels(&less));
                at.say("recipient-changed", Way::Narrowed, words);
            }
        }
    }
}

/// Those of the first that are not among the second.
fn only<'n>(these: &[&'n str], those: &[&str]) -> Vec<&'n str> {
    these.iter().filter(|field| !those.contains(field)).copied().collect()
}

fn changed(compare: &mut Compare<'_>, old: &Recipient, new: &Recipient) {
    let Recipient {
        id,
        name: called,
        derived,
        role,
        purposes,
        fields: _, // Compared by what is given.
        country,
        safeguard,
        contract,
        contract_until,
        accepted,
        checked,
        example,
        said,
    } = new;
    let kinds = receives_from(compare, id);
    let both = compare.both;
    let name = quoted(called);
    let mut at = compare.at(format!("recipient.{id}"), kinds);
    at.value("recipient-changed", "The name of somebody who receives data", Some(&old.name), Some(called));
    at.value("recipient-changed", &format!("The role of {name}"), old.role.as_deref(), role.as_deref());
    let what = format!("The table from which {name} is taken");
    at.value("recipient-changed", &what, old.derived.as_deref(), derived.as_deref());
    at.list(
        "recipient-changed",
        [&old.purposes, purposes],
        Way::Widened,
        |purpose| format!("{name} now receives data also to {}.", both.deed(purpose)),
        |purpose| format!("{name} no longer receives data to {}.", both.deed(purpose)),
    );
    let [from, to] = [old, new].map(abroad);
    let at_home = |country: &Option<String>| country.as_deref() == Some("GB");
    if let (true, Some(to)) = (at_home(&old.country), to) {
        at.say("transfer", Way::Widened, format!("What {name} receives now goes to {to}."));
    } else if let (Some(from), true) = (from, at_home(country)) {
        at.say("transfer", Way::Narrowed, format!("What {name} receives no longer goes to {from}."));
    } else {
        let [from, to] = [&old.country, country].map(|country| country.as_deref().map(country_words));
        at.value("transfer", &format!("The country to which the data of {name} goes"), from, to);
    }
    let what = format!("The safeguard for what {name} receives");
    at.value("transfer", &what, old.safeguard.as_deref(), safeguard.as_deref());
    let what = format!("The contract with {name}");
    at.value("recipient-changed", &what, old.contract.as_deref(), contract.as_deref());
    let days = |[old, new]: [Option<Date>; 2]| [old, new].map(|day| day.map(law::short_words));
    let [before, now] = days([old.contract_until, *contract_until]);
    at.value("recipient-changed", &format!("The end of the contract with {name}"), before.as_deref(), now.as_deref());
    let what = format!("The version that {name} has accepted");
    at.value("acceptance", &what, old.accepted.as_deref(), accepted.as_deref());
    let [before, now] = days([old.checked, *checked]);
    at.value("words", &format!("The day on which we last looked up {name}"), before.as_deref(), now.as_deref());
    at.flag(
        "recipient-changed",
        [old.example, *example],
        Way::Changed,
        format!("{name} is now marked as an example."),
        format!("{name} is no longer marked as an example."),
    );
    at.said([&old.said, said]);
}

fn disclosure(compare: &mut Compare<'_>, pair: &Pair<'_, Disclosure>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let words = one.words.trim_end_matches('.');
    let clause = format!("disclosure.{}", one.id);
    let old = match pair {
        Pair::New(_) | Pair::Gone(_) => {
            let kinds = compare.both.scope(&[&one.kinds]);
            let mut at = compare.at(clause, kinds);
            return match pair {
                Pair::New(_) => at.say("disclosure", Way::Added, format!("We may now disclose data {words}.")),
                _ => at.say("disclosure", Way::Removed, format!("We no longer disclose data {words}.")),
            };
        }
        Pair::Both(old, _) => old,
    };
    let Disclosure { id: _, ground, words: now, kinds, told, said } = one;
    let [before, after] = [&old.kinds, kinds].map(|kinds| compare.both.scope(&[kinds]));
    let scope = compare.both.scope(&[&old.kinds, kinds]);
    let both = compare.both;
    let mut at = compare.at(clause, scope);
    at.value("disclosure", "To whom we may disclose data", Some(&old.words), Some(now));
    at.value("disclosure", &format!("The ground on which we disclose data {words}"), Some(&old.ground), Some(ground));
    at.list(
        "disclosure",
        [&before, &after],
        Way::Widened,
        |kind| format!("We may now disclose {} as well {words}.", both.thing(kind)),
        |kind| format!("We no longer disclose {} {words}.", both.thing(kind)),
    );
    let [before, now] = [old.told, *told].map(|told| told.map(|told| if told { "yes" } else { "no" }));
    at.value("disclosure", &format!("Whether you are told when we disclose data {words}"), before, now);
    at.said([&old.said, said]);
}
