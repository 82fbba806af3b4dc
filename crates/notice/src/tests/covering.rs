//! What a notice leaves open: each gap has its code, its place and its mend, and closes what it must.

use super::{COUNTY, changed, read};
use crate::{Finding, Severity, print};

/// The sections that the small notice does without.
const MORE: &str = r#"
[[disclosure]]
id = "crime"
ground = "crime"
words = "to the police, when it is needed to prevent or detect a crime"
told = true

[[right]]
id = "access"
words = "You can see what we hold about you."
limit = "1 month"

[[decision]]
id = "close-old"
words = "An enquiry that nobody closed is closed after a year."
by = "desk"
kinds = ["enquiry"]
reason = "You can write again."
human = "officer"

[change]
significant = ["purpose-added"]
wait = "14 days"
tell = ["enquirer"]
"#;

/// Findings of the notice with every section, one text replaced by another.
fn found(from: &str, to: &str) -> Vec<Finding> {
    let whole = format!("{COUNTY}\n{MORE}");
    assert_eq!(whole.matches(from).count(), 1, "{from:?} must stand once");
    let read = read(&whole.replace(from, to)).unwrap();
    let notice = read.notice.unwrap_or_else(|| panic!("{from} -> {to}: {:#?}", read.findings));
    let again = super::read(&print(&notice)).unwrap();
    assert_eq!(again.notice.unwrap(), notice);
    let codes = |findings: &[Finding]| {
        let mut codes: Vec<(&str, String)> = findings.iter().map(|f| (f.code, f.clause.clone())).collect();
        codes.sort();
        codes
    };
    assert_eq!(codes(&again.findings), codes(&read.findings));
    for finding in &read.findings {
        assert!(!finding.why.is_empty() && !finding.mend.is_empty() && !finding.rests_on.is_empty());
        assert!(finding.line > 1);
        assert!(finding.severity != Severity::Error || notice.closed().contains(&finding.clause), "{finding:#?}");
    }
    read.findings
}

#[test]
fn a_notice_with_every_section_has_no_gap() {
    let codes: Vec<&str> = found("told = true", "told = true").iter().map(|finding| finding.code).collect();
    assert!(!codes.iter().any(|code| code.starts_with(['C', 'N'])), "{codes:?}");
}

#[test]
fn what_a_section_leaves_unsaid_is_found_where_it_should_stand() {
    for (code, from, to, clause, severity) in [
        ("C20", "limit = \"1 month\"\n", "", "right.access", Severity::Error),
        ("C21", "reason = \"You can write again.\"\n", "", "decision.close-old", Severity::Error),
        ("C21", "human = \"officer\"\n", "", "decision.close-old", Severity::Error),
        ("C22", "wait = \"14 days\"\n", "", "change", Severity::Error),
        ("C23", "told = true\n", "", "disclosure.crime", Severity::Warning),
        ("C24", "by = \"desk\"", "by = \"mailer\"", "decision.close-old", Severity::Warning),
        ("C25", "by = [\"you\"]", "by = [\"you\", \"sweeper\"]", "purpose.show-you", Severity::Warning),
        (
            "C26",
            "role = \"processor\"",
            "role = \"processor\"\nderived = \"schools\"",
            "recipient.mail-relay",
            Severity::Error,
        ),
        (
            "C27",
            "role = \"processor\"",
            "role = \"processor\"\nfields = { staff = [\"email\"] }",
            "recipient.mail-relay",
            Severity::Warning,
        ),
        ("C28", "said = [\"P06\", \"P09\"]", "obliged = \"contract\"", "kind.enquiry", Severity::Warning),
        ("C29", "purposes = [\"answer-enquiries\"]", "purposes = [\"run-desk\"]", "kind.enquiry", Severity::Warning),
        ("C08", "13 months after staff.last", "151 years after staff.last", "kind.staff.keep", Severity::Error),
    ] {
        let findings: Vec<_> = found(from, to).into_iter().filter(|finding| finding.code.starts_with('C')).collect();
        assert_eq!(findings.len(), 1, "{from} -> {to}: {findings:#?}");
        let finding = &findings[0];
        assert_eq!(
            (finding.code, finding.clause.as_str(), finding.severity),
            (code, clause, severity),
            "{from} -> {to}"
        );
    }
}

#[test]
fn a_name_of_nothing_is_found_in_every_section() {
    let whole = format!("{COUNTY}\n{MORE}");
    for (from, to, name) in [
        ("kinds = [\"enquiry\"]", "kinds = [\"quote\"]", "kind.quote"),
        ("limit = \"1 month\"", "limit = \"1 month\"\nkinds = [\"quote\"]", "kind.quote"),
        ("told = true", "told = true\nkinds = [\"quote\"]", "kind.quote"),
        ("human = \"officer\"", "human = \"desk\"", "contact.desk"),
        ("tell = [\"enquirer\"]", "tell = [\"pupil\"]", "subject.pupil"),
        ("contract = \"C-1\"", "contract = \"C-1\"\nfields = { enquiry = [\"role\"] }", "kind.enquiry.fields.role"),
        ("contract = \"C-1\"", "contract = \"C-1\"\nfields = { quote = [\"name\"] }", "kind.quote"),
    ] {
        assert_eq!(whole.matches(from).count(), 1, "{from}");
        let read = read(&whole.replace(from, to)).unwrap();
        assert!(read.notice.is_none());
        let finding = &read.findings.iter().find(|finding| finding.code == "N05").unwrap();
        assert!(finding.why.contains(&format!("`{name}`")), "{}", finding.why);
    }
}

#[test]
fn a_table_of_processors_needs_no_contract_here() {
    let read = changed("contract = \"C-1\"\ncontract_until = 2027-10-31\n", "derived = \"members\"\n");
    assert!(read.notice.unwrap().covers("recipient.mail-relay"), "{:#?}", read.findings);
}

#[test]
fn a_decision_falls_with_the_contact_who_looks_again() {
    let whole = format!("{COUNTY}\n{MORE}").replace("email = \"privacy@county.example\"\n", "");
    let notice = read(&whole).unwrap().notice.unwrap();
    assert!(notice.closed().contains(&"contact.officer".to_owned()));
    assert!(!notice.covers("decision.close-old") && notice.covers("right.access"));
}

#[test]
fn telling_nobody_is_said_and_is_no_gap() {
    let findings = found("told = true", "told = false");
    assert!(!findings.iter().any(|finding| finding.code == "C23"));
}
