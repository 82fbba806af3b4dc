//! Promises against the people and companies they are about: X11, X13, X15 and X17.

use crate::gathered::Words;
use crate::lawful::{Case, listed};
use crate::{Right, Shape};

pub(super) fn check(case: &mut Case) {
    check_month(case);
    check_roles(case);
    check_told(case);
    check_accepted(case);
}

/// X11.
fn check_month(case: &mut Case) {
    let Some(month) = case.law.period("answer").filter(|_| case.law.period("extension").is_some()) else { return };
    let is_strict = |right: &&Right| {
        right.limit == Some(month) && right.extension.is_none() && !right.voluntary && right.id != "complaint"
    };
    let strict: Vec<&str> = case.parts.rights.iter().filter(is_strict).map(|right| right.id.as_str()).collect();
    let Some(first) = strict.first() else { return };
    let clause = format!("right.{first}");
    let words = Words {
        why: format!(
            "{} are answered within {month} without exception, where the law allows two months more",
            listed(strict)
        ),
        mend: "leave it, if you want to keep the stricter promise; otherwise write `extension = \"2 months\"`".into(),
        rests_on: "UK GDPR Art 12(3), 12A; promise P40",
    };
    case.find("X11", &clause, "limit", words);
}

/// X13.
fn check_roles(case: &mut Case) {
    let derived = case.parts.recipients.iter().filter(|recipient| recipient.derived.is_some());
    for recipient in derived.filter(|recipient| recipient.role.as_deref() == Some("processor")) {
        let clause = format!("recipient.{}", recipient.id);
        let words = Words {
            why: format!("`{clause}` are called processors, but whoever decides what for is a controller"),
            mend: "write `role = \"controller\"` or \"joint-controller\", unless they act on our instructions alone"
                .into(),
            rests_on: "UK GDPR Art 4(7), 4(8), 28(10); promises P22, P26",
        };
        case.find("X13", &clause, "role", words);
    }
}

/// X15.
fn check_told(case: &mut Case) {
    let Some(change) = &case.parts.change else { return };
    let has_address = |subject: &str| {
        let mut kinds = case.parts.kinds.iter().filter(|kind| kind.subject == subject);
        kinds.any(|kind| kind.fields.iter().any(|(id, _)| case.field(id).is_some_and(|f| f.shape == Shape::Email)))
    };
    let without: Vec<&str> = change.tell.iter().map(String::as_str).filter(|subject| !has_address(subject)).collect();
    if without.is_empty() || !case.is_whole() {
        return;
    }
    let words = Words {
        why: format!("a change is told by e-mail to {}, of whom no kind holds an e-mail address", listed(without)),
        mend: "take them out of `tell`: the banner and the feed reach them".into(),
        rests_on: "UK GDPR Art 5(1)(a), 13(3); promise P56",
    };
    case.find("X15", "change", "tell", words);
}

/// X17.
fn check_accepted(case: &mut Case) {
    let Some(head) = &case.parts.head else { return };
    for recipient in &case.parts.recipients {
        let Some(accepted) = recipient.accepted.as_deref().filter(|accepted| *accepted != head.version) else {
            continue;
        };
        let clause = format!("recipient.{}", recipient.id);
        let words = Words {
            why: format!("`{clause}` has accepted version {accepted}, and this is version {}", head.version),
            mend: "have the recipient accept this version, and write it down".into(),
            rests_on: "UK GDPR Art 28(3); promise P24",
        };
        case.find("X17", &clause, "accepted", words);
    }
}
