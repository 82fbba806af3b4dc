//! What a notice must tell: the checklist of UK GDPR Art 13 and 14, codes L01 to L10.
//!
//! A point is answered by structure, or by prose that says so: `answers = ["13(2)(e)"]`. All are warnings: a feature that
//! is closed tells people no more than one that runs.

use super::{Case, is_stated, listed};
use crate::gathered::Words;
use crate::{Basis, Kind, Output};

/// Points beyond the checklist that prose may answer: words for children, the safeguards of automatic decisions, and how to
/// object to statistics.
const BESIDE: [&str; 3] = ["12(1)", "22C", "A1(5)"];

pub(super) fn check(case: &mut Case) {
    check_controller(case);
    check_recipients(case);
    check_transfers(case);
    check_rights(case);
    check_complaint(case);
    check_obligation(case);
    check_automated(case);
    check_points(case);
}

/// The points of the checklist that a notice leaves open, wholly or in part, whatever finding names them.
pub(crate) fn open_points(case: &Case) -> Vec<&'static str> {
    let points =
        case.law.checklist().filter_map(|provision| Some((provision.id.as_str(), provision.point.as_deref()?)));
    points.filter(|(id, point)| !case.answers(point) && !is_answered(id, case)).map(|(_, point)| point).collect()
}

/// Whether structure answers the point of a rule.
fn is_answered(id: &str, case: &Case) -> bool {
    let parts = case.parts;
    let has_contact = |id: &str| parts.contacts.iter().any(|contact| contact.id == id);
    match id {
        "controller" => is_named(case),
        "officer" => has_contact("officer"),
        "purposes" => parts.purposes.iter().all(|purpose| purpose.basis != Basis::Unstated),
        "interests" => {
            let mut resting = parts.purposes.iter().filter(|purpose| purpose.basis == Basis::LegitimateInterests);
            resting.all(|purpose| purpose.interest.is_some())
        }
        "recipients" => {
            let in_roles = parts.recipients.iter().all(|recipient| recipient.role.is_some());
            let named = parts.cookies.iter().all(|cookie| cookie.is_ours() || case.is_recipient(&cookie.setter));
            in_roles && named && !parts.recipients.is_empty()
        }
        "transfers" => countries_are_said(case),
        "periods" => {
            let stores = parts.stores.iter().all(|store| store.limit.is_some());
            stores && parts.kinds.iter().all(|kind| is_stated(&kind.keep))
        }
        "rights" => missing_rights(case).is_empty() && !lacks_objection(case) && !lacks_portability(case),
        // A cookie without an exception needs consent, and a notice without consent offers no withdrawal.
        "withdrawal" => parts.cookies.iter().all(|cookie| cookie.exception.is_some()),
        "complaint-to-controller" => case.has_right("complaint"),
        "complaint-to-regulator" => has_contact("regulator"),
        "obligation" => unsaid_kinds(case).is_empty(),
        "automated" => !parts.decisions.is_empty() || case.has_right("human-review"),
        "source" => parts.kinds.iter().all(|kind| kind.fields.iter().all(|(field, _)| kind.source_of(field).is_some())),
        // Every field has its category.
        _ => true,
    }
}

/// Whether the controller has a legal name beside the one that pages use.
fn is_named(case: &Case) -> bool {
    case.parts.controller.as_ref().is_none_or(|controller| controller.name != controller.short)
}

fn countries_are_said(case: &Case) -> bool {
    let recipients = case.parts.recipients.iter().map(|recipient| &recipient.country);
    recipients.chain(case.parts.stores.iter().map(|store| &store.country)).all(Option::is_some)
}

fn check_controller(case: &mut Case) {
    let Some(rests_on) = case.law.citation("controller") else { return };
    if !is_named(case) && !case.answers("13(1)(a)") {
        let words = Words {
            why: "the controller is called by its short name, so no legal person answers for the data".into(),
            mend: "write the name that stands in its register or statute".into(),
            rests_on,
        };
        case.find("L01", "controller", "name", words);
    }
}

fn check_recipients(case: &mut Case) {
    let Some(rests_on) = case.law.citation("recipients") else { return };
    if case.parts.recipients.is_empty() && !case.answers("13(1)(e)") {
        let words = Words {
            why: "the notice does not say who else receives data".into(),
            mend: "add [[recipient]], or say in a [[text]] with `answers = [\"13(1)(e)\"]` that nobody does".into(),
            rests_on,
        };
        case.find("L02", "notice", "", words);
    }
}

fn check_transfers(case: &mut Case) {
    let Some(rests_on) = case.law.citation("transfers") else { return };
    if countries_are_said(case) || case.answers("13(1)(f)") {
        return;
    }
    let words = Words {
        why: "the notice does not say whether data leaves the United Kingdom".into(),
        mend: "give each recipient and store its `country`, or say it in a [[text]] with `answers = [\"13(1)(f)\"]`"
            .into(),
        rests_on,
    };
    case.find("L03", "notice", "", words);
}

/// Rights that everybody has, whatever the basis.
const ALWAYS: [&str; 4] = ["access", "rectification", "erasure", "restriction"];

fn missing_rights(case: &Case) -> Vec<&'static str> {
    ALWAYS.into_iter().filter(|right| !case.has_right(right)).collect()
}

fn lacks_objection(case: &Case) -> bool {
    !case.has_right("objection") && rests(case, Basis::bears_objection)
}

fn lacks_portability(case: &Case) -> bool {
    !case.has_right("portability") && rests(case, |basis| basis == Basis::Contract)
}

/// Whether a purpose that uses data about one person rests on such a basis.
fn rests(case: &Case, on: fn(Basis) -> bool) -> bool {
    case.parts.purposes.iter().any(|purpose| purpose.output == Output::Personal && on(purpose.basis))
}

fn check_rights(case: &mut Case) {
    if case.answers("13(2)(b)") {
        return;
    }
    for right in missing_rights(case) {
        say_missing("L04", right, format!("the notice does not name the right \"{right}\""), case);
    }
    if lacks_objection(case) {
        let why = "people may object to some of these purposes, and the notice does not name the right".into();
        say_missing("L05", "objection", why, case);
    }
    if lacks_portability(case) {
        let why = "a purpose rests on a contract, and the notice does not name the right to portability".into();
        say_missing("L06", "portability", why, case);
    }
}

fn say_missing(code: &'static str, right: &str, why: String, case: &mut Case) {
    let Some(rests_on) = case.law.citation(right) else { return };
    let mend = format!("add a [[right]] with `id = \"{right}\"`");
    case.find(code, &format!("right.{right}"), "", Words { why, mend, rests_on });
}

fn check_complaint(case: &mut Case) {
    let Some(rests_on) = case.law.citation("complaint-to-controller") else { return };
    if !case.has_right("complaint") && !case.answers("13(2)(ca)") {
        let words = Words {
            why: "the notice does not say that people can complain to the controller".into(),
            mend: "add a [[right]] with `id = \"complaint\"` and `limit = \"30 days\"`".into(),
            rests_on,
        };
        case.find("L07", "right.complaint", "", words);
    }
}

/// Kinds that people give themselves, or may give where no source is said, and that do not say whether they must.
fn unsaid_kinds<'a>(case: &Case<'a>) -> Vec<&'a str> {
    let from_them = |kind: &&Kind| kind.source.is_empty() || kind.source.values().any(|source| source == "you");
    let kinds = case.parts.kinds.iter().filter(from_them).filter(|kind| kind.obliged.is_none());
    kinds.map(|kind| kind.id.as_str()).collect()
}

fn check_obligation(case: &mut Case) {
    let Some(rests_on) = case.law.citation("obligation") else { return };
    let kinds = unsaid_kinds(case);
    if kinds.is_empty() || case.answers("13(2)(e)") {
        return;
    }
    let words = Words {
        why: format!("the notice does not say whether people must give what they give for {}", listed(kinds)),
        mend: "add `obliged` and `without` to the kind, or say it in a [[text]] with `answers = [\"13(2)(e)\"]`".into(),
        rests_on,
    };
    case.find("L08", "notice", "", words);
}

fn check_automated(case: &mut Case) {
    let Some(rests_on) = case.law.citation("automated") else { return };
    if is_answered("automated", case) || case.answers("13(2)(f)") {
        return;
    }
    let words = Words {
        why: "the notice does not say whether anything is decided by machine alone".into(),
        mend: "add [[decision]], or say in a [[text]] with `answers = [\"13(2)(f)\"]` that nothing is".into(),
        rests_on,
    };
    case.find("L09", "notice", "", words);
}

/// Prose may answer what the law of any day asks, so that a notice can be written before its day.
fn check_points(case: &mut Case) {
    let known: Vec<&str> = law::Pack::uk().provisions().iter().filter_map(|one| one.point.as_deref()).collect();
    for text in &case.parts.texts {
        let mut answers = text.answers.iter().map(String::as_str);
        let Some(unknown) = answers.find(|point| !known.contains(point) && !BESIDE.contains(point)) else { continue };
        let clause = format!("text.{}", text.id);
        let words = Words {
            why: format!("`{clause}` answers {unknown:?}, which is no point of the checklist"),
            mend: format!("write one of: {}, {}", known.join(", "), BESIDE.join(", ")),
            rests_on: "UK GDPR Art 13, 14",
        };
        case.find("L10", &clause, "answers", words);
    }
}
