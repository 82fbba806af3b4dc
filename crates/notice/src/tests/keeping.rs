//! The retention algebra: its text, its words, its day.

use super::county;
use crate::Keep;
use law::{Date, Period, Unit};
use proptest::prelude::*;

fn keep(text: &str) -> Keep {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Days of events that have happened: received on 1 March 2026, closed on 10 April 2026.
fn happened(event: &str) -> Option<Date> {
    match event {
        "enquiry.received" => Some(day("2026-03-01")),
        "enquiry.closed" => Some(day("2026-04-10")),
        _ => None,
    }
}

#[test]
fn a_period_after_an_event_is_due_that_much_later() {
    assert_eq!(keep("90 days after enquiry.closed").due(&happened), Some(day("2026-07-09")));
    assert_eq!(keep("at least 1 year after enquiry.closed").due(&happened), Some(day("2027-04-10")));
    assert_eq!(keep("until enquiry.closed").due(&happened), Some(day("2026-04-10")));
    assert_eq!(keep("90 days after contract.end").due(&happened), None);
    assert_eq!(keep("until further notice").due(&happened), None);
}

#[test]
fn the_earliest_is_of_the_days_that_are_known() {
    let keep = keep("earliest of 90 days after enquiry.closed, 12 months after enquiry.received");
    assert_eq!(keep.due(&happened), Some(day("2026-07-09")));
    let open = |event: &str| happened(event).filter(|_| event != "enquiry.closed");
    assert_eq!(keep.due(&open), Some(day("2027-03-01")));
    assert_eq!(keep.due(&|_| None), None);
}

#[test]
fn the_latest_needs_every_day() {
    let text = "latest of 90 days after enquiry.closed, 12 months after enquiry.received";
    assert_eq!(keep(text).due(&happened), Some(day("2027-03-01")));
    assert_eq!(keep(text).due(&|event| happened(event).filter(|_| event != "enquiry.closed")), None);
}

#[test]
fn a_day_past_the_calendar_is_no_day() {
    assert_eq!(keep("4000000000 years after enquiry.closed").due(&happened), None);
    assert_eq!(keep("1 day after enquiry.closed").due(&|_| Some(Date::MAX)), None);
}

#[test]
fn a_backstop_is_an_upper_bound_through_certain_events() {
    let notice = county();
    for (text, ends) in [
        ("12 months after enquiry.received", true),
        ("90 days after enquiry.closed", false),
        ("at least 12 months after enquiry.received", false),
        ("earliest of 90 days after enquiry.closed, 12 months after enquiry.received", true),
        ("earliest of 90 days after enquiry.closed, 30 days after staff.left", false),
        ("latest of 90 days after enquiry.closed, 12 months after enquiry.received", false),
        ("latest of 1 day after staff.last-sign-in, 12 months after enquiry.received", true),
        ("latest of 1 day after staff.last-sign-in, at least 3 years after enquiry.received", true),
        ("latest of at least 1 day after staff.last-sign-in, at least 3 years after enquiry.received", false),
        ("earliest of (latest of 1 day after enquiry.closed, 1 day after staff.left), until enquiry.received", true),
        ("until enquiry.received", true),
        ("until further notice", false),
        ("1 day after nothing.known", false),
    ] {
        assert_eq!(keep(text).has_backstop(&notice), ends, "{text}");
    }
}

#[test]
fn words_read_to_a_person() {
    let notice = county();
    for (text, words) in [
        ("12 months after enquiry.received", "12 months after we received your enquiry"),
        ("at least 3 years after staff.left", "at least 3 years after you left our staff"),
        (
            "earliest of 90 days after enquiry.closed, 12 months after enquiry.received",
            "90 days after we closed your enquiry, at the latest 12 months after we received it",
        ),
        (
            "earliest of 12 months after enquiry.received, 90 days after enquiry.closed",
            "90 days after we closed your enquiry, at the latest 12 months after we received it",
        ),
        (
            "earliest of 30 days after staff.left, 13 months after staff.last-sign-in",
            "30 days after you left our staff, at the latest 13 months after you last signed in",
        ),
        (
            "earliest of 1 day after staff.last-sign-in, 1 year after enquiry.received",
            "1 day after you last signed in or 1 year after we received your enquiry, whichever comes first",
        ),
        (
            "latest of 1 day after staff.left, 1 day after enquiry.closed, until enquiry.received",
            "1 day after you left our staff, 1 day after we closed your enquiry or the day we received your enquiry, whichever comes last",
        ),
        ("until staff.left", "until you left our staff"),
        (
            "earliest of until staff.left, 2 years after staff.last-sign-in",
            "until you left our staff, at the latest 2 years after you last signed in",
        ),
        (
            "earliest of 90 days after enquiry.closed, until enquiry.received",
            "90 days after we closed your enquiry, at the latest the day we received it",
        ),
        (
            "latest of 1 month after staff.left, at least 6 years after staff.last-sign-in",
            "1 month after you left our staff, but not before 6 years after you last signed in",
        ),
        (
            "latest of at least 1 week after enquiry.received, 90 days after enquiry.closed",
            "90 days after we closed your enquiry, but not before 1 week after we received it",
        ),
        (
            "earliest of (latest of 1 day after enquiry.closed, 1 day after staff.left), 1 year after enquiry.received",
            "the later of 1 day after we closed your enquiry and 1 day after you left our staff, at the latest 1 year after we received your enquiry",
        ),
        (
            "latest of 1 year after enquiry.received, (earliest of 1 day after enquiry.closed, 2 days after staff.left, until staff.last-sign-in)",
            "1 year after we received your enquiry or the first of 1 day after we closed your enquiry, 2 days after you left our staff and the day you last signed in, whichever comes last",
        ),
        ("1 day after nothing.known", "1 day after nothing.known"),
    ] {
        assert_eq!(keep(text).words(&notice), words);
    }
}

#[test]
fn events_come_in_the_order_of_the_text_and_once() {
    let keep = keep("earliest of 1 day after b, (latest of 2 days after a, 3 days after b)");
    assert_eq!(keep.events(), ["b", "a"]);
}

#[test]
fn a_text_that_is_no_retention_says_why() {
    for (text, part) in [
        ("", "neither"),
        ("90 days", "neither"),
        ("some days after x", "\"some days\" is no period"),
        ("90 days after", "neither"),
        ("90 days after X", "no id of an event"),
        ("90 days after x, 1 day after y", "no id of an event"),
        ("earliest of 90 days after x", "at least two"),
        ("earliest of 90 days after x,", "neither"),
        ("earliest of 90 days after x, latest of 1 day after y, 1 day after z", "no period"),
        ("earliest of (1 day after x, 1 day after y", "never closes"),
        ("earliest of 1 day after x), 1 day after y", "never opened"),
        (&"earliest of (".repeat(70), "never closes"),
        (&"x".repeat(2000), "at most"),
    ] {
        let error = text.parse::<Keep>().unwrap_err().to_string();
        assert!(error.contains(part), "{text:?}: {error}");
    }
    let deep = format!("{}1 day after a{}", "earliest of 1 day after b, (".repeat(9), ")".repeat(9));
    assert!(deep.parse::<Keep>().unwrap_err().to_string().contains("deep"));
}

fn any_keep() -> impl Strategy<Value = Keep> {
    let unit = prop_oneof![Just(Unit::Day), Just(Unit::Week), Just(Unit::Month), Just(Unit::Year)];
    let period = (1u32..2000, unit).prop_map(|(count, unit)| Period { count, unit });
    let event = "[a-z][a-z0-9-]{0,6}[a-z](\\.[a-z]{1,6})?";
    let term = prop_oneof![
        (period, event, any::<bool>()).prop_map(|(period, event, floor)| Keep::After(period, event, floor)),
        event.prop_map(Keep::Until),
        Just(Keep::UntilFurtherNotice),
    ];
    term.prop_recursive(3, 16, 3, |inner| {
        let items = prop::collection::vec(inner, 2..4);
        prop_oneof![items.clone().prop_map(Keep::Earliest), items.prop_map(Keep::Latest)]
    })
}

proptest! {
    #[test]
    fn every_retention_reads_back_from_its_own_text(keep in any_keep()) {
        prop_assert_eq!(keep.to_string().parse(), Ok(keep));
    }

    #[test]
    fn more_known_days_never_move_an_earliest_later(keeps in prop::collection::vec(any_keep(), 2..5)) {
        let all = Keep::Earliest(keeps.clone()).due(&happened);
        let fewer = Keep::Earliest(keeps[1..].to_vec()).due(&happened);
        if let (Some(all), Some(fewer)) = (all, fewer) {
            prop_assert!(all <= fewer);
        }
    }
}
