//! Whether each purpose may rest on its basis: L11 to L19.

use super::{Case, listed};
use crate::gathered::Words;
use crate::{Basis, Kind, Purpose};

pub(super) fn check(case: &mut Case) {
    let parts = case.parts;
    for purpose in &parts.purposes {
        check_known(purpose, case);
        check_party(purpose, case);
        check_authority(purpose, case);
        check_law(purpose, case);
        check_assessment(purpose, case);
        check_objection(purpose, case);
    }
    for kind in &parts.kinds {
        check_special(kind, case);
        check_schedule(kind, case);
    }
    check_children(case);
}

/// An error: a basis that is not yet law is none.
fn check_known(purpose: &Purpose, case: &mut Case) {
    let code = purpose.basis.code();
    // Before the pack begins, it knows no basis at all and says nothing.
    if purpose.basis == Basis::Unstated || case.law.provision("basis.contract").is_none() {
        return;
    }
    if case.law.provision(&format!("basis.{code}")).is_none() {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("`{clause}` rests on \"{code}\", which is no basis in law on that day"),
            mend: "choose a basis that the law has, or let the notice begin later".into(),
            rests_on: purpose.basis.article(),
        };
        case.find("L14", &clause, "basis", words);
    }
}

/// An error: whoever acts for a school or only reads the website is party to nothing, so the data is held on no basis.
/// A purpose that serves both is closed for both until it is split.
fn check_party(purpose: &Purpose, case: &mut Case) {
    let Some(rests_on) = case.law.citation("basis.contract") else { return };
    if purpose.basis != Basis::Contract {
        return;
    }
    let strangers = |kind: &&&Kind| case.subject(&kind.subject).is_some_and(|subject| !subject.party);
    let kinds: Vec<&str> = case.kinds_for(purpose).iter().filter(strangers).map(|kind| kind.id.as_str()).collect();
    if kinds.is_empty() {
        return;
    }
    let clause = format!("purpose.{}", purpose.id);
    let words = Words {
        why: format!("`{clause}` rests on a contract, but the people of {} are party to none", listed(kinds)),
        mend: "rest it on another basis, or write `party = true` where the people themselves have a contract".into(),
        rests_on,
    };
    case.find("L11", &clause, "basis", words);
}

/// A warning, because an authority may rest on its interests outside its tasks.
fn check_authority(purpose: &Purpose, case: &mut Case) {
    let Some(rests_on) = case.law.citation("authority") else { return };
    let is_authority = case.parts.controller.as_ref().is_some_and(|controller| controller.public_authority);
    if is_authority && purpose.basis == Basis::LegitimateInterests {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("`{clause}` rests on legitimate interests, which a public authority may not do in its tasks"),
            mend: "write `basis = \"public-task\"` with its `law`, unless this is none of its tasks".into(),
            rests_on,
        };
        case.find("L12", &clause, "basis", words);
    }
}

/// A warning: the law may well exist, but nobody can look it up.
fn check_law(purpose: &Purpose, case: &mut Case) {
    let Some(rests_on) = case.law.citation("laid-down") else { return };
    if matches!(purpose.basis, Basis::LegalObligation | Basis::PublicTask) && purpose.law.is_none() {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("`{clause}` rests on {}, and does not say which law", purpose.basis.words()),
            mend: "add a line such as `law = \"UK GDPR Art 5(1)(e)\"`".into(),
            rests_on,
        };
        case.find("L13", &clause, "basis", words);
    }
}

/// A remark: the law wants the weighing, not its reference in the notice.
fn check_assessment(purpose: &Purpose, case: &mut Case) {
    let Some(rests_on) = case.law.citation("accountable") else { return };
    if purpose.basis == Basis::LegitimateInterests && purpose.assessment.is_none() {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("`{clause}` rests on legitimate interests, and does not say where they were weighed"),
            mend: "add a line such as `assessment = \"LIA-1\"`".into(),
            rests_on,
        };
        case.find("L15", &clause, "basis", words);
    }
}

/// An error: the law gives the objection whatever the notice says, so a purpose that knows none cannot run. Where nothing
/// is held for a purpose, as for totals, nobody could object.
fn check_objection(purpose: &Purpose, case: &mut Case) {
    let Some(rests_on) = case.law.citation("objection") else { return };
    let is_held = !case.kinds_for(purpose).is_empty();
    if purpose.basis.bears_objection() && !purpose.objectable && is_held {
        let clause = format!("purpose.{}", purpose.id);
        let words = Words {
            why: format!("people may object to what rests on {}, but not to `{clause}`", purpose.basis.words()),
            mend: "write `objectable = true`".into(),
            rests_on,
        };
        case.find("L16", &clause, if case.has(&clause, "objectable") { "objectable" } else { "basis" }, words);
    }
}

/// An error. The kind closes and not the purpose: others are held for it without special categories.
fn check_special<'a>(kind: &'a Kind, case: &mut Case<'a>) {
    let Some(rests_on) = case.law.citation("special") else { return };
    if !case.is_special(kind) {
        return;
    }
    let without = purposes_that(kind, case, |purpose| purpose.condition.is_none());
    if without.is_empty() {
        return;
    }
    let clause = format!("kind.{}", kind.id);
    let words = Words {
        why: format!("`{clause}` has special category data, and {without} names no condition for it"),
        mend: "add `condition = …` to the purpose, or a purpose of its own for this kind".into(),
        rests_on,
    };
    case.find("L17", &clause, "purposes", words);
}

/// Conditions of Art 9(2) that domestic law must complete.
const WITH_SCHEDULE: [&str; 5] =
    ["employment", "substantial-public-interest", "health-or-social-care", "public-health", "archiving"];

/// An error, for the same reason and in the same place as a missing condition.
fn check_schedule<'a>(kind: &'a Kind, case: &mut Case<'a>) {
    let Some(rests_on) = case.law.citation("schedule") else { return };
    if !case.is_special(kind) {
        return;
    }
    let without = purposes_that(kind, case, |purpose| {
        let needs_one = purpose.condition.as_deref().is_some_and(|condition| WITH_SCHEDULE.contains(&condition));
        needs_one && purpose.schedule.is_none()
    });
    if without.is_empty() {
        return;
    }
    let clause = format!("kind.{}", kind.id);
    let words = Words {
        why: format!(
            "`{clause}` has special category data, and the condition of {without} needs one of Schedule 1 as well"
        ),
        mend: "add a line such as `schedule = \"Sch 1 para 18\"` to the purpose".into(),
        rests_on,
    };
    case.find("L18", &clause, "purposes", words);
}

/// A warning: words are missing, not a basis.
fn check_children(case: &mut Case) {
    let Some(rests_on) = case.law.citation("children") else { return };
    let parts = case.parts;
    for subject in parts.subjects.iter().filter(|subject| subject.children) {
        let clause = format!("subject.{}", subject.id);
        let bound = parts.texts.iter().any(|text| text.clause.as_deref() == Some(clause.as_str()));
        if !bound && !case.answers("12(1)") {
            let words = Words {
                why: format!("`{clause}` are or may be children, and nothing is written for them"),
                mend: format!("add a [[text]] in a child's words with `clause = \"{clause}\"`"),
                rests_on,
            };
            case.find("L19", &clause, "children", words);
        }
    }
}

/// The purposes of a kind that a test singles out, as a sentence names them; empty for none.
fn purposes_that<'a>(kind: &'a Kind, case: &Case<'a>, test: impl Fn(&Purpose) -> bool) -> String {
    listed(case.purposes_of(kind).filter(|purpose| test(purpose)).map(|purpose| purpose.id.as_str()))
}
