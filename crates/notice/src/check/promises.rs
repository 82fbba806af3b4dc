//! What recipients, kinds and automatic acts must agree about: C24 to C29.

use crate::codes::AUTOMATIC;
use crate::gathered::{Gathered, Words};
use crate::read::Parts;
use crate::{Decision, Kind, Recipient};

pub(super) fn check(parts: &Parts, gathered: &mut Gathered) {
    for decision in &parts.decisions {
        check_actor(decision, parts, gathered);
    }
    for actor in AUTOMATIC {
        check_automatic(actor, parts, gathered);
    }
    for recipient in &parts.recipients {
        check_derived(recipient, gathered);
        check_given(recipient, &parts.kinds, gathered);
    }
    for kind in &parts.kinds {
        check_obliged(kind, gathered);
        check_what_for(kind, &parts.recipients, gathered);
    }
}

fn check_actor(decision: &Decision, parts: &Parts, gathered: &mut Gathered) {
    if parts.purposes.iter().any(|purpose| purpose.by.contains(&decision.by)) {
        return;
    }
    let clause = format!("decision.{}", decision.id);
    let words = Words {
        why: format!("`{clause}` is made by `{}`, who acts under no purpose of this notice", decision.by),
        mend: format!("add \"{}\" to the `by` of a purpose, or take the decision out", decision.by),
        rests_on: "UK GDPR Art 5(1)(b); promise P38",
    };
    gathered.warn("C24", &clause, gathered.place(&clause, "by"), words);
}

fn check_automatic(actor: &str, parts: &Parts, gathered: &mut Gathered) {
    let acts = |by: &[String]| by.iter().any(|by| by == actor);
    let Some(purpose) = parts.purposes.iter().find(|purpose| acts(&purpose.by)) else { return };
    if parts.decisions.iter().any(|decision| decision.by == actor) {
        return;
    }
    let clause = format!("purpose.{}", purpose.id);
    let words = Words {
        why: format!(
            "`{clause}` lets the program act by itself as `{actor}`, and no decision says what that does to people"
        ),
        mend: format!("add a [[decision]] with `by = \"{actor}\"`"),
        rests_on: "UK GDPR Art 5(1)(a), 13(2)(f); promise P38",
    };
    gathered.warn("C25", &clause, gathered.place(&clause, "by"), words);
}

/// A table has a contract in each of its rows.
fn check_derived(recipient: &Recipient, gathered: &mut Gathered) {
    let Some(table) = &recipient.derived else { return };
    if recipient.contract.is_none() && recipient.contract_until.is_none() {
        return;
    }
    let clause = format!("recipient.{}", recipient.id);
    let words = Words {
        why: format!("`{clause}` stands for all `{table}`, so one contract cannot be the contract of each"),
        mend: "take `contract` and `contract_until` out: the table has them".into(),
        rests_on: "UK GDPR Art 28(3)",
    };
    gathered.uncovered("C26", &clause, gathered.place(&clause, "contract"), words);
}

fn check_given(recipient: &Recipient, kinds: &[Kind], gathered: &mut Gathered) {
    for (id, _) in &recipient.fields {
        let Some(kind) = kinds.iter().find(|kind| kind.id == *id) else { continue };
        if kind.recipients.contains(&recipient.id) {
            continue;
        }
        let clause = format!("recipient.{}", recipient.id);
        let words = Words {
            why: format!("`{clause}` is given fields of `kind.{id}`, which does not name it as a recipient"),
            mend: format!("add \"{}\" to the `recipients` of the kind, or take the kind out here", recipient.id),
            rests_on: "UK GDPR Art 13(1)(e)",
        };
        gathered.warn("C27", &clause, gathered.place(&clause, "fields"), words);
    }
}

fn check_obliged(kind: &Kind, gathered: &mut Gathered) {
    let obliged = kind.obliged.as_deref().is_some_and(|by| by != "no");
    if !obliged || kind.without.is_some() {
        return;
    }
    let clause = format!("kind.{}", kind.id);
    let words = Words {
        why: format!("people must give `{clause}`, and nothing says what follows if they do not"),
        mend: "add a line `without = …`".into(),
        rests_on: "UK GDPR Art 13(2)(e)",
    };
    gathered.warn("C28", &clause, gathered.place(&clause, "obliged"), words);
}

fn check_what_for(kind: &Kind, recipients: &[Recipient], gathered: &mut Gathered) {
    for id in &kind.recipients {
        let Some(recipient) = recipients.iter().find(|recipient| recipient.id == *id) else { continue };
        if recipient.purposes.is_empty() || recipient.purposes.iter().any(|purpose| kind.purposes.contains(purpose)) {
            continue;
        }
        let clause = format!("kind.{}", kind.id);
        let words = Words {
            why: format!("`{clause}` goes to `recipient.{id}`, but for nothing that it is held for"),
            mend: "give the recipient one of the kind's purposes, or take it out of the kind".into(),
            rests_on: "UK GDPR Art 5(1)(b), 13(1)(e)",
        };
        gathered.warn("C29", &clause, gathered.place(&clause, "recipients"), words);
    }
}
