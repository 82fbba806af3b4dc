//! The one question custody asks, and every way in which the answer is no.

use super::{changed, county};
use crate::{Ask, Fields, Notice, Refusal};

const ASK: Ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };

/// The refusal of a question, by its clause.
fn refused(notice: &Notice, ask: &Ask) -> Refusal {
    notice.allow(ask).unwrap_err()
}

#[test]
fn who_acts_for_a_purpose_may_use_the_fields_of_a_kind_held_for_it() {
    let notice = county();
    let allowed = notice.allow(&ASK).unwrap();
    assert_eq!((allowed.actor(), allowed.purpose(), allowed.kind()), ("desk", "answer-enquiries", "enquiry"));
    assert_eq!(allowed.fields(), ["name", "email", "topic", "message"]);
    assert_eq!(allowed.digest(), notice.digest());
}

#[test]
fn only_the_named_fields_are_allowed_in_the_order_of_the_kind_and_once() {
    let named = Fields::Named(&["message", "name", "message"]);
    let allowed = county().allow(&Ask { fields: named, ..ASK }).unwrap();
    assert_eq!(allowed.fields(), ["name", "message"]);
    let allowed = county().allow(&Ask { fields: Fields::Named(&[]), ..ASK }).unwrap();
    assert!(allowed.fields().is_empty());
}

#[test]
fn each_refusal_names_the_clause_that_says_no_or_is_missing() {
    let notice = county();
    for (ask, clause) in [
        (Ask { purpose: "sell-data", ..ASK }, "purpose.sell-data"),
        (Ask { actor: "mailer", ..ASK }, "purpose.answer-enquiries"),
        (Ask { actor: "", ..ASK }, "purpose.answer-enquiries"),
        (Ask { kind: "quote", ..ASK }, "kind.quote"),
        (Ask { kind: "staff", ..ASK }, "kind.staff"),
        (Ask { fields: Fields::Named(&["name", "role"]), ..ASK }, "kind.enquiry.fields.role"),
        (Ask { purpose: "count-use", ..ASK }, "purpose.count-use"),
    ] {
        let refusal = refused(&notice, &ask);
        assert_eq!(refusal.clause, clause, "{ask:?}");
        assert_eq!(
            (refusal.actor.as_str(), refusal.purpose.as_str(), refusal.kind.as_str()),
            (ask.actor, ask.purpose, ask.kind)
        );
    }
}

#[test]
fn a_refusal_is_a_sentence() {
    let refusal = refused(&county(), &Ask { actor: "mailer", ..ASK });
    assert_eq!(
        refusal.to_string(),
        "The privacy notice does not allow this: the role \"mailer\" may not use this for the purpose \"Answer what you ask us\"."
    );
}

#[test]
fn a_purpose_that_gives_totals_opens_nothing() {
    let notice = changed("by = []", "by = [\"desk\"]").notice.unwrap();
    let refusal = refused(&notice, &Ask { purpose: "count-use", ..ASK });
    assert_eq!(refusal.clause, "purpose.count-use");
    assert!(refusal.why.contains("totals only"));
}

#[test]
fn an_error_in_a_clause_closes_what_stands_on_it() {
    for (from, to, clause) in [
        ("interest = \"Answering people who write to us\"\n", "", "purpose.answer-enquiries"),
        ("names_others = [\"message\"]", "names_others = [\"email\"]", "kind.enquiry"),
        ("12 months after enquiry.received", "until further notice", "kind.enquiry.keep"),
        ("backup_window = \"14 days\"", "backup_window = \"1 day\"", "notice"),
    ] {
        let notice = changed(from, to).notice.unwrap();
        assert_eq!(refused(&notice, &ASK).clause, clause, "{from} -> {to}");
    }
    let run_desk = Ask { purpose: "run-desk", kind: "staff", ..ASK };
    let notice = changed("interest = \"Answering people who write to us\"\n", "").notice.unwrap();
    assert!(notice.allow(&run_desk).is_ok());
}

#[test]
fn the_shipped_notice_lets_the_desk_answer_enquiries() {
    let notice = crate::read(include_str!("../../../../notices/segfl.toml")).unwrap().notice.unwrap();
    assert!(notice.allow(&ASK).is_ok());
}
