//! Purposes against their bases and what bases give: X2, X6 and X7.

use super::has_any;
use crate::gathered::Words;
use crate::lawful::Case;
use crate::{Basis, Output, Purpose};

/// Stems of totals.
const TOTALS: [&str; 3] = ["aggregat", "anonym", "in totals"];

pub(super) fn check(case: &mut Case) {
    check_totals(case);
    check_blanket(case);
    check_objection(case);
}

/// X2.
fn check_totals(case: &mut Case) {
    let personal = case.parts.purposes.iter().filter(|purpose| purpose.output == Output::Personal);
    for purpose in personal.filter(|purpose| has_any(&purpose.words, &TOTALS)) {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("`{clause}` speaks of totals and may use data about one person"),
            mend: "write `output = \"aggregate\"`, and give what is about one person a purpose and a basis of its own"
                .into(),
            rests_on: "UK GDPR Art 5(1)(a), 5(1)(b); promises P11, P49, P50",
        };
        case.find("X2", &clause, "words", words);
    }
}

/// X6.
fn check_blanket(case: &mut Case) {
    let parts = case.parts;
    let all = parts.purposes.iter().all(|purpose| purpose.basis == Basis::Contract);
    let Some(purpose) = parts.purposes.first().filter(|_| all && parts.purposes.len() > 1) else { return };
    let strangers: Vec<&str> =
        parts.subjects.iter().filter(|subject| !subject.party).map(|subject| subject.id.as_str()).collect();
    if strangers.is_empty() {
        return;
    }
    let words = Words {
        why: format!("one contract is the basis of every purpose, and {} have none", crate::lawful::listed(strangers)),
        mend: "give each purpose the basis that fits it".into(),
        rests_on: "UK GDPR Art 6(1)(b); promise P15",
    };
    case.find("X6", &format!("purpose.{}", purpose.id), "basis", words);
}

/// X7. Where the right itself stands on nothing, that says it all.
fn check_objection(case: &mut Case) {
    let parts = case.parts;
    let right = parts.rights.iter().find(|right| right.id == "objection");
    if right.is_some_and(|right| right.voluntary) {
        return;
    }
    let rests_on = "UK GDPR Art 21(1); promises P15, P36";
    let mend = "choose the basis that fits, or write `voluntary = true` at the right to object";
    // Where a basis is unstated or recognised, nobody can say what it gives.
    let gives_none =
        |purpose: &&Purpose| matches!(purpose.basis, Basis::Contract | Basis::LegalObligation | Basis::VitalInterests);
    if right.is_some() && !parts.purposes.is_empty() && parts.purposes.iter().all(|purpose| gives_none(&purpose)) {
        let why =
            "people are promised that they can object, but no purpose rests on what the law lets them object to".into();
        return case.find("X7", "right.objection", "", Words { why, mend: mend.into(), rests_on });
    }
    for purpose in parts.purposes.iter().filter(|purpose| purpose.objectable).filter(gives_none) {
        let clause = format!("purpose.{}", purpose.id);
        let why = format!("people may object to `{clause}`, but not to what rests on {}", purpose.basis.words());
        case.find("X7", &clause, "objectable", Words { why, mend: mend.into(), rests_on });
    }
}
