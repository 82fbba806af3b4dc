//! Whether each right is at least the law's: L20 to L25. What is missing altogether, `informed` says.

use super::{Case, listed};
use crate::gathered::Words;
use crate::{Basis, Right};
use jiff::civil::{Date, date};
use law::Period;
use std::cmp::Ordering;

pub(super) fn check(case: &mut Case) {
    for right in &case.parts.rights {
        check_limit(right, case);
        check_extension(right, case);
        check_fee(right, case);
        check_breadth(right, case);
    }
    check_portability(case);
}

/// The rule that gives a right its time.
fn rule(right: &Right) -> &'static str {
    if right.id == "complaint" { "complaint" } else { "answer" }
}

/// A longer limit is an error: what a person is told there is too late by law. A shorter one is the controller's to promise.
/// A right that the law does not give has no limit in law.
fn check_limit(right: &Right, case: &mut Case) {
    let Some((rests_on, lawful)) = case.law.citation(rule(right)).zip(case.law.period(rule(right))) else { return };
    let Some(limit) = right.limit.filter(|_| !right.voluntary) else { return };
    let clause = format!("right.{}", right.id);
    match compared(limit, lawful) {
        Ordering::Greater => {
            let words = Words {
                why: format!("`{clause}` is answered within {limit}, which can be later than the law's {lawful}"),
                mend: format!("write `limit = \"{lawful}\"`, or less"),
                rests_on,
            };
            case.find("L20", &clause, "limit", words);
        }
        Ordering::Less => {
            let words = Words {
                why: format!("`{clause}` is answered within {limit}, where the law allows {lawful}"),
                mend: "leave it, if you want to keep the stricter promise".into(),
                rests_on,
            };
            case.find("L21", &clause, "limit", words);
        }
        Ordering::Equal => {}
    }
}

/// An error, as a limit that is too long.
fn check_extension(right: &Right, case: &mut Case) {
    let Some(extension) = right.extension.filter(|_| !right.voluntary) else { return };
    let lawful = case.law.period("extension").filter(|_| right.id != "complaint");
    let of_right = if right.id == "complaint" { "complaint" } else { "extension" };
    let Some(rests_on) = case.law.citation(of_right) else { return };
    if lawful.is_some_and(|lawful| compared(extension, lawful) != Ordering::Greater) {
        return;
    }
    let clause = format!("right.{}", right.id);
    let (why, mend) = match lawful {
        Some(lawful) => (
            format!("`{clause}` may be extended by {extension}, and the law allows {lawful}"),
            format!("write `extension = \"{lawful}\"`, or less"),
        ),
        None => (
            format!("`{clause}` may be extended by {extension}, and the law allows no extension there"),
            "take `extension` out".into(),
        ),
    };
    case.find("L22", &clause, "extension", Words { why, mend, rests_on });
}

/// A warning: the law allows a fee for a few requests, and the words must say so.
fn check_fee(right: &Right, case: &mut Case) {
    let Some(rests_on) = case.law.citation("fee") else { return };
    let is_limited = ["unfounded", "excessive"].iter().any(|word| right.words.to_lowercase().contains(word));
    if right.fee && !is_limited {
        let clause = format!("right.{}", right.id);
        let words = Words {
            why: format!("`{clause}` may cost a fee, and the law allows one for few requests"),
            mend: "say in its words that it is asked for manifestly unfounded or excessive requests, or take `fee` out"
                .into(),
            rests_on,
        };
        case.find("L23", &clause, "fee", words);
    }
}

/// Rights that no kind of data is outside of. Erasure has exceptions by kind, objection and portability depend on bases.
const FOR_ALL: [&str; 3] = ["access", "rectification", "restriction"];

/// A warning: there are exceptions by law, but no notice can make one.
fn check_breadth(right: &Right, case: &mut Case) {
    let Some(id) = FOR_ALL.into_iter().find(|id| *id == right.id) else { return };
    let Some(rests_on) = case.law.citation(id) else { return };
    if right.kinds.is_empty() {
        return;
    }
    let kinds = case.parts.kinds.iter().filter(|kind| !right.kinds.contains(&kind.id));
    let without = listed(kinds.map(|kind| kind.id.as_str()));
    if without.is_empty() {
        return;
    }
    let clause = format!("right.{}", right.id);
    let words = Words {
        why: format!("`{clause}` leaves out {without}, for which the law gives it too"),
        mend: "take `kinds` out, or name all kinds".into(),
        rests_on,
    };
    case.find("L25", &clause, "kinds", words);
}

/// A warning: the promise is fine, as long as nobody thinks that the law makes it.
fn check_portability(case: &mut Case) {
    let Some(rests_on) = case.law.citation("portability") else { return };
    let Some(right) = case.parts.rights.iter().find(|right| right.id == "portability") else { return };
    let has_contract = |kind| case.purposes_of(kind).any(|purpose| purpose.basis == Basis::Contract);
    if right.voluntary || case.kinds_among(&right.kinds).any(has_contract) {
        return;
    }
    let words = Words {
        why: "`right.portability` is promised, but no purpose rests on a contract, so the law does not give it".into(),
        mend: "write `voluntary = true`, if you give it all the same".into(),
        rests_on,
    };
    case.find("L24", "right.portability", "", words);
}

/// The days of two years from which two periods are compared, one of them a leap year: all lengths of months are in them.
const FROM: Date = date(2027, 1, 1);
const TO: Date = date(2029, 1, 1);

/// How two periods compare: greater where the first ends later from at least one day, less where it never does and ends
/// earlier from at least one. Thirty days are greater than a month, because of February.
pub(crate) fn compared(one: Period, other: Period) -> Ordering {
    if one == other {
        return Ordering::Equal;
    }
    let mut day = FROM;
    let mut ordering = Ordering::Equal;
    while day < TO {
        // Past the calendar nothing is later.
        let end = |period: Period| period.after(day).unwrap_or(Date::MAX);
        match end(one).cmp(&end(other)) {
            Ordering::Greater => return Ordering::Greater,
            Ordering::Less => ordering = Ordering::Less,
            Ordering::Equal => {}
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    ordering
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_compared_by_the_days_on_which_they_end() {
        let cases = [
            ("1 month", "1 month", Ordering::Equal),
            ("28 days", "1 month", Ordering::Less),
            ("4 weeks", "28 days", Ordering::Equal),
            ("30 days", "1 month", Ordering::Greater),
            ("31 days", "1 month", Ordering::Greater),
            ("12 months", "1 year", Ordering::Equal),
            ("1 month", "2 months", Ordering::Less),
            ("4294967295 years", "1 month", Ordering::Greater),
        ];
        for (one, other, ordering) in cases {
            let period = |text: &str| text.parse::<Period>().unwrap();
            assert_eq!(compared(period(one), period(other)), ordering, "{one} and {other}");
        }
    }
}
