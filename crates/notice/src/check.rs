//! What a notice must cover: codes `C…`, and the warning about clauses that nothing uses.
//!
//! Speaks only of clauses that have the right shape; one mistake gives one finding.

mod circles;
mod promises;

use crate::gathered::{Gathered, Words};
use crate::read::Parts;
use crate::sections::least_days;
use crate::{Basis, Field, Keep, Kind, Output, Purpose, Recipient, SHORTEST_WINDOW, Shape, Text};
use std::collections::{BTreeSet, HashMap};

/// Most days of a period: nobody's data is needed for longer than anybody lives.
const LONGEST_KEEP: u64 = 150 * 365;

/// Words that promise without exception. In prose they need a clause that makes them true.
const ABSOLUTES: [&str; 5] = ["never", "always", "only", "anonymous", "anonymously"];

pub(crate) fn check(parts: &Parts, gathered: &mut Gathered) {
    check_window(parts, gathered);
    let fields: HashMap<&str, &Field> = parts.fields.iter().map(|field| (field.id.as_str(), field)).collect();
    let certain: BTreeSet<&str> = parts.events.iter().filter(|e| e.certain).map(|e| e.id.as_str()).collect();
    for purpose in &parts.purposes {
        check_purpose(purpose, gathered);
    }
    for kind in &parts.kinds {
        check_kind(kind, &fields, &|event| certain.contains(event), gathered);
    }
    for recipient in &parts.recipients {
        check_recipient(recipient, parts, gathered);
    }
    for text in &parts.texts {
        check_text(text, gathered);
    }
    circles::check(parts, gathered);
    promises::check(parts, gathered);
    // What a broken clause would have used cannot be known, so unused clauses are reported in whole files only.
    if gathered.is_whole() {
        check_contacts(parts, gathered);
        check_use(parts, gathered);
    }
}

fn check_window(parts: &Parts, gathered: &mut Gathered) {
    let Some(window) = parts.head.as_ref().and_then(|head| head.backup_window) else { return };
    if least_days(window) < least_days(SHORTEST_WINDOW) {
        let words = Words {
            why: format!("a backup window of {window} is too short to destroy keys in every place"),
            mend: "write at least \"4 days\"".into(),
            rests_on: "UK GDPR Art 5(1)(e), 17; promise P31",
        };
        gathered.uncovered("C13", "notice", gathered.place("notice", "backup_window"), words);
    }
}

fn check_purpose(purpose: &Purpose, gathered: &mut Gathered) {
    let clause = format!("purpose.{}", purpose.id);
    if purpose.basis == Basis::LegitimateInterests && purpose.interest.is_none() && gathered.is_well_shaped(&clause) {
        let words = Words {
            why: format!("`{clause}` rests on legitimate interests and does not name them"),
            mend: "add a line `interest = …` that says whose interest it is and in what".into(),
            rests_on: "UK GDPR Art 13(1)(d)",
        };
        gathered.uncovered("C10", &clause, gathered.place(&clause, "basis"), words);
    }
}

fn check_kind(kind: &Kind, fields: &HashMap<&str, &Field>, certain: &dyn Fn(&str) -> bool, gathered: &mut Gathered) {
    let clause = format!("kind.{}", kind.id);
    if !gathered.is_well_shaped(&clause) {
        return;
    }
    check_keep(&kind.keep, &clause, certain, gathered);
    if kind.purposes.is_empty() {
        let words = Words {
            why: format!("`{clause}` is held for no purpose that stands"),
            mend: "add a line `purposes = […]`".into(),
            rests_on: "UK GDPR Art 5(1)(b), 13(1)(c)",
        };
        gathered.uncovered("C03", &clause, gathered.place(&clause, "purposes"), words);
    }
    if let Some((field, _)) = kind.fields.iter().find(|(field, _)| kind.source_of(field).is_none()) {
        let words = Words {
            why: format!("`{clause}` does not say where `{field}` comes from"),
            mend: "add a line such as `source = { default = \"you\" }`".into(),
            rests_on: "UK GDPR Art 14(2)(f)",
        };
        gathered.uncovered("C04", &clause, gathered.place(&clause, "source"), words);
    }
    check_sealing(kind, &clause, fields, gathered);
}

fn check_keep(keep: &Keep, kind: &str, certain: &dyn Fn(&str) -> bool, gathered: &mut Gathered) {
    if *keep == Keep::Unstated {
        return; // C01 has said so.
    }
    let clause = format!("{kind}.keep");
    let place = gathered.place(kind, "keep");
    if says_until_further_notice(keep) {
        let words = Words {
            why: format!("`{kind}` is kept until further notice, which is no period"),
            mend: "say after which event it ends, and how long after".into(),
            rests_on: "UK GDPR Art 5(1)(e), 13(2)(a)",
        };
        return gathered.uncovered("C08", &clause, place, words);
    }
    if longest(keep) > LONGEST_KEEP {
        let words = Words {
            why: format!("`{kind}` is kept for longer than {} years, which is no period", LONGEST_KEEP / 365),
            mend: "write the time for which it is needed".into(),
            rests_on: "UK GDPR Art 5(1)(e), 13(2)(a)",
        };
        return gathered.uncovered("C08", &clause, place, words);
    }
    if !keep.ends(certain) {
        let events = keep.events().join("`, `");
        let words = Words {
            why: format!("`{kind}` may be kept for ever: nothing makes sure that `{events}` happens"),
            mend: "add a backstop, such as \"earliest of …, 12 months after\" an event with `certain = true`".into(),
            rests_on: "UK GDPR Art 5(1)(e)",
        };
        gathered.uncovered("C02", &clause, place, words);
    }
}

fn says_until_further_notice(keep: &Keep) -> bool {
    match keep {
        Keep::UntilFurtherNotice => true,
        Keep::Earliest(items) | Keep::Latest(items) => items.iter().any(says_until_further_notice),
        Keep::After(..) | Keep::Until(_) | Keep::Unstated => false,
    }
}

/// The longest period of a retention, in days at least.
fn longest(keep: &Keep) -> u64 {
    match keep {
        Keep::After(period, ..) => least_days(*period),
        Keep::Earliest(items) | Keep::Latest(items) => items.iter().map(longest).max().unwrap_or_default(),
        Keep::Until(_) | Keep::UntilFurtherNotice | Keep::Unstated => 0,
    }
}

/// What stands outside the sealed record must be able to stand there.
fn check_sealing(kind: &Kind, clause: &str, fields: &HashMap<&str, &Field>, gathered: &mut Gathered) {
    let shape_of = |id: &String| fields.get(id.as_str()).map(|field| &field.shape);
    let mut report = |key: &str, why: String, mend: String| {
        let words = Words { why, mend, rests_on: "UK GDPR Art 25, 32(1)" };
        gathered.uncovered("C11", clause, gathered.place(clause, key), words);
    };
    if let Some(id) = kind.linked.iter().find(|id| shape_of(id).is_some_and(|shape| !shape.may_be_linked())) {
        let why = format!("`{clause}` links `{id}`, which is no closed code, school, role or date and must be sealed");
        report("linked", why, format!("take `{id}` out of `linked`"));
    }
    if let Some(id) = kind.listed_by.iter().find(|id| kind.has_field(id) && !kind.linked.contains(id)) {
        let why = format!("`{clause}` is listed by `{id}`, which is sealed");
        report("listed_by", why, format!("take `{id}` out of `listed_by`, or add it to `linked`"));
    }
    let is_prose = |shape: &Shape| matches!(shape, Shape::Message | Shape::Text);
    if let Some(id) = kind.names_others.iter().find(|id| shape_of(id).is_some_and(|shape| !is_prose(shape))) {
        let why = format!("`{clause}` says that `{id}` may name others, but it is no free text");
        report("names_others", why, format!("take `{id}` out of `names_others`"));
    }
}

fn check_recipient(recipient: &Recipient, parts: &Parts, gathered: &mut Gathered) {
    let clause = format!("recipient.{}", recipient.id);
    let needs_contract = recipient.role.as_deref() == Some("processor") && recipient.derived.is_none();
    if needs_contract && recipient.contract.is_none() && gathered.is_well_shaped(&clause) {
        let words = Words {
            why: format!("`{clause}` is a processor without a contract"),
            mend: "add a line `contract = …` with its reference".into(),
            rests_on: "UK GDPR Art 28(3); promise P22",
        };
        gathered.uncovered("C06", &clause, gathered.place(&clause, "role"), words);
    }
    let Some((head, until)) = parts.head.as_ref().zip(recipient.contract_until) else {
        return;
    };
    if until < head.effective {
        let words = Words {
            why: format!("the contract of `{clause}` ends before the notice begins"),
            mend: "renew the contract and its date, or take the recipient out".into(),
            rests_on: "UK GDPR Art 28(3); promise P22",
        };
        gathered.uncovered("C12", &clause, gathered.place(&clause, "contract_until"), words);
    }
}

fn check_text(text: &Text, gathered: &mut Gathered) {
    let clause = format!("text.{}", text.id);
    if text.clause.is_some() {
        return;
    }
    if !gathered.has(&clause, "informative") {
        let words = Words {
            why: format!("`{clause}` neither stands on a clause nor says that it is informative"),
            mend: "add `clause = …` with what makes it true, or `informative = true`".into(),
            rests_on: "UK GDPR Art 5(2)",
        };
        gathered.warn("C14", &clause, gathered.place(&clause, "words"), words);
    }
    if let Some(absolute) = absolute_in(&text.words) {
        let words = Words {
            why: format!("`{clause}` says \"{absolute}\", and no clause makes it true"),
            mend: "bind it with `clause = …`, or say it without the absolute word".into(),
            rests_on: "UK GDPR Art 5(1)(a), 5(2)",
        };
        gathered.warn("C15", &clause, gathered.place(&clause, "words"), words);
    }
}

fn absolute_in(prose: &str) -> Option<&'static str> {
    let mut words = prose.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    words.find_map(|word| ABSOLUTES.into_iter().find(|absolute| *absolute == word))
}

fn check_contacts(parts: &Parts, gathered: &mut Gathered) {
    let wanted = [
        ("officer", "who answers for data protection", "UK GDPR Art 13(1)(b)"),
        ("regulator", "where people can complain", "UK GDPR Art 13(2)(d)"),
    ];
    for (id, what, rests_on) in wanted {
        if !parts.contacts.iter().any(|contact| contact.id == id) {
            let words = Words {
                why: format!("the notice does not say {what}"),
                mend: format!("add a [[contact]] with `id = \"{id}\"`"),
                rests_on,
            };
            gathered.warn("C16", &format!("contact.{id}"), gathered.place("controller", ""), words);
        }
    }
    for contact in &parts.contacts {
        if contact.email.is_none() && contact.post.is_none() && contact.web.is_none() {
            let clause = format!("contact.{}", contact.id);
            let words = Words {
                why: format!("nobody can reach `{clause}`"),
                mend: "add `email`, `post` or `web`".into(),
                rests_on: "UK GDPR Art 12(2)",
            };
            gathered.uncovered("C17", &clause, gathered.place(&clause, ""), words);
        }
    }
}

fn check_use(parts: &Parts, gathered: &mut Gathered) {
    let mut named = gathered.named().clone();
    // An event that counts as another one is used by it.
    let counted = parts.events.iter().flat_map(|event| &event.counts).map(|id| format!("event.{id}"));
    named.extend(counted);
    for field in parts.fields.iter().filter(|field| !named.contains(&format!("field.{}", field.id))) {
        let words = Words {
            why: format!("`field.{}` is in no kind, so nothing may hold it", field.id),
            mend: "add it to a kind, or take it out".into(),
            rests_on: "UK GDPR Art 5(1)(c)",
        };
        let clause = format!("field.{}", field.id);
        gathered.warn("C07", &clause, gathered.place(&clause, ""), words);
    }
    for purpose in parts.purposes.iter().filter(|purpose| purpose.output == Output::Personal) {
        if parts.kinds.iter().any(|kind| kind.purposes.contains(&purpose.id)) {
            continue;
        }
        let words = Words {
            why: format!("no kind is held for `purpose.{}`", purpose.id),
            mend: "add it to a kind, or take it out".into(),
            rests_on: "UK GDPR Art 5(1)(b)",
        };
        let clause = format!("purpose.{}", purpose.id);
        gathered.warn("C09", &clause, gathered.place(&clause, ""), words);
    }
    let subjects = parts.subjects.iter().map(|subject| format!("subject.{}", subject.id));
    let events = parts.events.iter().map(|event| format!("event.{}", event.id));
    for clause in subjects.chain(events).filter(|clause| !named.contains(clause)) {
        unused(&clause, gathered);
    }
    for recipient in parts.recipients.iter().filter(|recipient| recipient.purposes.is_empty()) {
        let clause = format!("recipient.{}", recipient.id);
        if !named.contains(&clause) {
            unused(&clause, gathered);
        }
    }
}

fn unused(clause: &str, gathered: &mut Gathered) {
    let words = Words {
        why: format!("nothing in this notice uses `{clause}`"),
        mend: "name it in a kind or in the `clause` of a text, or take it out".into(),
        rests_on: "the notice language",
    };
    gathered.warn("N06", clause, gathered.place(clause, ""), words);
}
