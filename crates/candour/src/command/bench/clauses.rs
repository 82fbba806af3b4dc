//! The notice of the measurements: `bench.toml`, and the clauses of the published comparison, which differ in a number alone.
//!
//! What the comparison keeps beside each record is a function of the record's number, with a period of 100. So it stands once, in
//! one of 100 kinds, and a record says only which kind it is of: policy by reference.

use std::fmt::Write as _;

/// The part that is written by hand.
const WRITTEN: &str = include_str!("bench.toml");

/// What the comparison keeps beside a record's data and purpose, by its own names in the order of the alphabet.
pub(super) const ATTRIBUTES: [&str; 7] = ["acl", "cat", "dec", "obj", "shr", "src", "ttl"];

/// How many kinds the records of the comparison are of: the period of everything that is declared about them.
pub(super) const KINDS: u64 = 100;

/// How many purposes they have (`PUR`, a record's number modulo 25).
pub(super) const PURPOSES: u64 = 25;

/// How many recipients (`SHR`), sources (`SRC`), categories (`CAT`), roles (`ACL`) and rules of retention (`TTL`) there are:
/// a record's number modulo 10.
pub(super) const TENS: u64 = 10;

/// The whole notice.
pub(super) fn notice() -> String {
    let mut text = format!("{WRITTEN}{TERMS}");
    for id in ATTRIBUTES {
        // Writing to a String does not fail, here and below.
        let _ = write!(text, "{}", attribute(id));
    }
    for n in 0..PURPOSES {
        let _ = write!(text, "{}", purpose(n));
    }
    for n in 0..TENS {
        let _ = write!(text, "{}{}", field(n), recipient(n));
    }
    for n in 0..KINDS {
        let _ = write!(text, "{}", kind(n));
    }
    text
}

/// What was decided later than the notice, for a purpose, a recipient or a person; and the purpose under which it is looked up.
const TERMS: &str = r#"
[[event]]
id = "record.kept"
words = "we took the record, or you last asked us to keep it"
certain = true

[[purpose]]
id = "apply-terms"
words = "Apply what was decided later, for everybody or for you."
basis = "legal-obligation"
law = "UK GDPR Art 5(2)"
by = ["desk", "officer", "you"]

[[kind]]
id = "terms"
words = "What was decided later"
subject = "person"
fields = { acl = "optional", cat = "optional", dec = "optional", obj = "optional", shr = "optional", src = "optional", ttl = "optional" }
source = { default = "you" }
purposes = ["apply-terms", "handle-rights", "delete-on-time"]
keep = "6 years after record.taken"
then = "erase"
recipients = ["hosting"]
obliged = "no"
without = "Nothing follows."
"#;

fn attribute(id: &str) -> String {
    format!(
        r#"
[[field]]
id = "{id}"
label = "What was decided later on {id}"
type = "text"
category = "terms"
"#
    )
}

fn purpose(n: u64) -> String {
    format!(
        r#"
[[purpose]]
id = "p{n}"
words = "Measure purpose {n} of the published comparison."
basis = "legitimate-interests"
interest = "Comparing our program with others."
assessment = "LIA-2 (example)"
objectable = true
by = ["desk"]
"#
    )
}

fn field(n: u64) -> String {
    format!(
        r#"
[[field]]
id = "data{n}"
label = "Data of category {n}"
type = "message"
category = "category-{n}"
"#
    )
}

fn recipient(n: u64) -> String {
    format!(
        r#"
[[recipient]]
id = "x{n}"
name = "Example Recipient {n} Limited"
role = "processor"
purposes = ["handle-rights"]
country = "GB"
contract = "EX-2-{n}, United Kingdom data processing agreement"
contract_until = 2036-10-31
accepted = "1"
checked = 2026-10-01
"#
    )
}

fn kind(n: u64) -> String {
    let (purpose, ten, days) = (n % PURPOSES, n % TENS, days(n % TENS));
    format!(
        r#"
[[kind]]
id = "k{n}"
words = "Records of class {n}"
subject = "person"
fields = {{ data{ten} = "required" }}
source = {{ default = "source {ten}" }}
purposes = ["p{purpose}", "show-you", "handle-rights", "delete-on-time"]
keep = "{days} days after record.kept"
then = "erase"
recipients = ["x{ten}", "hosting"]
obliged = "no"
without = "Nothing follows."
"#
    )
}

/// How many days the rule of retention of this number gives.
pub(super) fn days(rule: u64) -> u64 {
    (rule + 1) * 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_of_the_measurements_is_whole_and_lawful() {
        let read = notice::read(&super::notice()).expect("a notice");
        let errors: Vec<String> = read
            .findings
            .iter()
            .filter(|one| one.severity == notice::Severity::Error)
            .map(|one| format!("{one:?}"))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        let notice = read.notice.expect("a whole notice");
        assert_eq!(notice.kinds().len() as u64, KINDS + 4);
        assert!(notice.kinds().iter().all(|kind| notice.covers(&format!("kind.{}", kind.id))));
    }
}
