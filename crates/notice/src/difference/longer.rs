//! Which of two periods or retentions is longer, said only where it holds whatever day each event falls on.

use super::Way;
use crate::Keep;
use law::{Period, Unit};

/// Fewest and most days of 0 to 11 calendar months.
const LEAST: [u64; 12] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];
const MOST: [u64; 12] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

/// How a retention went: `None` where both end on the same days, [`Way::Changed`] where neither is provably longer.
pub(super) fn keep_way(old: &Keep, new: &Keep) -> Option<Way> {
    way(is_at_most(old, new), is_at_most(new, old))
}

/// How a period went: `None` where both end on the same days.
pub(super) fn period_way(old: Period, new: Period) -> Option<Way> {
    way(period_is_at_most(old, new), period_is_at_most(new, old))
}

fn way(old_is_at_most: bool, new_is_at_most: bool) -> Option<Way> {
    match (old_is_at_most, new_is_at_most) {
        (true, true) => None,
        (true, false) => Some(Way::Widened),
        (false, true) => Some(Way::Narrowed),
        (false, false) => Some(Way::Changed),
    }
}

/// Whether `a` ends no later than `b` on all days of all events, an event that has not happened being later than any day.
///
/// The earliest of several is their meet and the latest their join: these are the four rules of a lattice, with
/// [`term_is_at_most`] below them. What they do not prove may still hold; then the answer is false.
fn is_at_most(a: &Keep, b: &Keep) -> bool {
    if let Keep::Latest(items) = a {
        return items.iter().all(|item| is_at_most(item, b));
    }
    if let Keep::Earliest(items) = b {
        return items.iter().all(|item| is_at_most(a, item));
    }
    let some_of_a = matches!(a, Keep::Earliest(items) if items.iter().any(|item| is_at_most(item, b)));
    let some_of_b = matches!(b, Keep::Latest(items) if items.iter().any(|item| is_at_most(a, item)));
    some_of_a || some_of_b || term_is_at_most(a, b)
}

fn term_is_at_most(a: &Keep, b: &Keep) -> bool {
    match (a, b) {
        (Keep::Unstated, Keep::Unstated) => true,
        // What is unsaid is neither long nor short.
        (Keep::Unstated, _) | (_, Keep::Unstated) => false,
        (_, Keep::UntilFurtherNotice) => true,
        (Keep::After(p, from, a_at_least), Keep::After(q, to, b_at_least)) => {
            // "At least" has no end of its own: it is no shorter than anything that has one.
            from == to && period_is_at_most(*p, *q) && (!a_at_least || *b_at_least)
        }
        (Keep::Until(from), Keep::After(_, to, _) | Keep::Until(to)) => from == to,
        (Keep::After(p, from, false), Keep::Until(to)) => from == to && p.is_zero(),
        _ => false,
    }
}

/// Whether `a` ends no later than `b`, whatever day both begin.
fn period_is_at_most(a: Period, b: Period) -> bool {
    match (months(a), months(b)) {
        (Some(a), Some(b)) => a <= b,
        _ => days(a).1 <= days(b).0,
    }
}

/// Calendar months of a period in months or years.
fn months(period: Period) -> Option<u64> {
    let count = u64::from(period.count);
    match period.unit {
        Unit::Month => Some(count),
        Unit::Year => Some(count * 12),
        Unit::Day | Unit::Week => None,
    }
}

/// Fewest and most days a period can have.
fn days(period: Period) -> (u64, u64) {
    let count = u64::from(period.count);
    match period.unit {
        Unit::Day => (count, count),
        Unit::Week => (count * 7, count * 7),
        Unit::Month => days_of_months(count),
        Unit::Year => days_of_months(count * 12),
    }
}

/// Every fourth year is a leap year, but for at most one in each hundred years or part of them.
fn days_of_months(months: u64) -> (u64, u64) {
    let (years, rest) = (months / 12, usize::try_from(months % 12).unwrap_or_default());
    let least_leaps = (years / 4).saturating_sub(years / 100 + 1);
    let most_leaps = if years == 0 { 0 } else { years / 4 + 1 };
    (years * 365 + least_leaps + LEAST[rest], years * 365 + most_leaps + MOST[rest])
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    fn keep(text: &str) -> Keep {
        text.parse().unwrap()
    }

    fn went(old: &str, new: &str) -> Option<Way> {
        let way = keep_way(&keep(old), &keep(new));
        let back = keep_way(&keep(new), &keep(old));
        assert_eq!(way.map(Way::reversed), back, "{old} and {new}");
        way
    }

    #[test]
    fn what_always_ends_later_is_longer() {
        for (shorter, longer) in [
            ("90 days after a", "91 days after a"),
            ("90 days after a", "12 months after a"),
            ("28 days after a", "1 month after a"),
            ("365 days after a", "1 year after a"),
            ("1 year after a", "366 days after a"),
            ("11 months after a", "1 year after a"),
            ("until a", "1 day after a"),
            ("3 years after a", "at least 3 years after a"),
            ("3 years after a", "until further notice"),
            ("earliest of 90 days after a, 12 months after b", "90 days after a"),
            ("earliest of 90 days after a, 12 months after b", "earliest of 90 days after a, 13 months after b"),
            ("90 days after a", "latest of 90 days after a, 1 year after b"),
            ("earliest of 1 day after a, 1 day after b", "latest of 1 day after b, 1 day after c"),
            (
                "earliest of 1 day after a, (latest of 1 day after b, 1 day after c)",
                "latest of 1 day after a, 1 day after b",
            ),
        ] {
            assert_eq!(went(shorter, longer), Some(Way::Widened), "{shorter} and {longer}");
        }
    }

    #[test]
    fn what_may_end_sooner_or_later_is_only_changed() {
        for (a, b) in [
            ("90 days after a", "90 days after b"),
            ("30 days after a", "1 month after a"),
            ("90 days after a", "earliest of 91 days after a, 1 year after b"),
            ("at least 3 years after a", "4 years after a"),
        ] {
            assert_eq!(went(a, b), Some(Way::Changed), "{a} and {b}");
        }
        assert_eq!(keep_way(&Keep::Unstated, &keep("1 day after a")), Some(Way::Changed));
        assert_eq!(keep_way(&Keep::Unstated, &Keep::UntilFurtherNotice), Some(Way::Changed));
    }

    #[test]
    fn the_same_days_in_other_words_are_no_change() {
        for (a, b) in [
            ("1 year after a", "12 months after a"),
            ("2 weeks after a", "14 days after a"),
            ("until a", "0 days after a"),
            ("earliest of 1 day after a, 1 day after b", "earliest of 1 day after b, 1 day after a, 2 days after b"),
        ] {
            assert_eq!(went(a, b), None, "{a} and {b}");
        }
        assert_eq!(keep_way(&Keep::Unstated, &Keep::Unstated), None);
    }

    fn period() -> impl Strategy<Value = Period> {
        let unit = prop_oneof![Just(Unit::Day), Just(Unit::Week), Just(Unit::Month), Just(Unit::Year)];
        (0..40_u32, unit).prop_map(|(count, unit)| Period { count, unit })
    }

    fn event() -> impl Strategy<Value = String> {
        "[abc]"
    }

    fn any_keep() -> impl Strategy<Value = Keep> {
        let term = prop_oneof![
            8 => (period(), event(), any::<bool>()).prop_map(|(p, e, at_least)| Keep::After(p, e, at_least)),
            2 => event().prop_map(Keep::Until),
            1 => Just(Keep::UntilFurtherNotice),
        ];
        term.prop_recursive(2, 9, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Keep::Earliest),
                prop::collection::vec(inner, 2..4).prop_map(Keep::Latest),
            ]
        })
    }

    fn day() -> impl Strategy<Value = Date> {
        (0..146_097_i64).prop_map(|n| date(1900, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_retention_said_to_be_longer_never_ends_sooner(
            old in any_keep(), new in any_keep(), days in prop::collection::vec(prop::option::of(day()), 3)
        ) {
            let day_of = |event: &str| days[usize::from(event.as_bytes()[0] - b'a')];
            // Not due yet is later than any day.
            let due = |keep: &Keep| keep.due(&day_of).unwrap_or(Date::MAX);
            match keep_way(&old, &new) {
                None => prop_assert_eq!(due(&old), due(&new)),
                Some(Way::Widened) => prop_assert!(due(&old) <= due(&new)),
                Some(Way::Narrowed) => prop_assert!(due(&old) >= due(&new)),
                Some(_) => {}
            }
        }

        #[test]
        fn a_retention_is_as_long_as_itself(keep in any_keep()) {
            prop_assert_eq!(keep_way(&keep, &keep), None);
        }

        #[test]
        fn no_period_has_fewer_or_more_days_than_said(period in period(), from in day()) {
            let (least, most) = days(period);
            let span = u64::try_from(period.after(from).unwrap().duration_since(from).as_hours() / 24).unwrap();
            prop_assert!((least..=most).contains(&span), "{period} from {from} has {span} days");
        }
    }
}
