//! The catalogue of codes: every row is made by a notice, and every finding has its row and its severity.

use super::lawful::{Edit, LAWFUL};
use super::{contradicting, lawful};
use crate::{CODES, Severity, read};
use std::collections::BTreeSet;

const fn change(from: &'static str, to: &'static str) -> (Edit, &'static str, &'static str) {
    (Edit { changes: &[], more: "" }, from, to)
}

const fn more(more: &'static str) -> (Edit, &'static str, &'static str) {
    (Edit { changes: &[], more }, "", "")
}

/// What brings about each code of shape and coverage.
const CASES: [(&str, (Edit, &str, &str)); 38] = [
    ("N01", change("backup_window =", "backup_windo =")),
    ("N02", change("max = 254", "max = \"254\"")),
    ("N03", change("short = \"County Grid\"\n", "")),
    ("N04", change("id = \"run-desk\"", "id = \"show-you\"")),
    ("N05", change("recipients = [\"mail-relay\"]", "recipients = [\"mail-rely\"]")),
    ("N06", more("\n[[event]]\nid = \"spare\"\nwords = \"spare\"\n")),
    ("N07", change("by = [\"you\"]", "by = [\"me\"]")),
    ("N08", change("basis = \"legal-obligation\"", "basis = \"consent\"")),
    ("N09", change("clause = \"notice\"", "clause = \"text.the-rest\"")),
    ("C01", change("keep = \"earliest of 30 days after staff.left, 13 months after staff.last-sign-in\"\n", "")),
    ("C02", change("30 days after staff.left, 13 months", "30 days after staff.left, at least 13 months")),
    ("C03", change("purposes = [\"run-desk\"]\n", "")),
    ("C04", change("source = { default = \"our staff\" }\n", "")),
    ("C05", change("basis = \"legal-obligation\"\n", "")),
    ("C06", change("contract = \"C-1\"\n", "")),
    ("C07", more("\n[[field]]\nid = \"spare\"\nlabel = \"Spare\"\ntype = \"text\"\ncategory = \"identity\"\n")),
    ("C08", change("earliest of 30 days after staff.left, 13 months after staff.last-sign-in", "until further notice")),
    ("C09", change("output = \"aggregate\"\nmin_group = 10\n", "")),
    ("C10", change("interest = \"Knowing who works at the desk\"\n", "")),
    ("C11", change("linked = [\"role\"]", "linked = [\"role\", \"name\"]")),
    ("C12", change("contract_until = 2027-10-31", "contract_until = 2026-10-31")),
    ("C13", change("backup_window = \"14 days\"\n", "")),
    ("C14", change("informative = true\n", "")),
    ("C15", change("clause = \"purpose.show-you\"", "informative = true")),
    ("C16", change("id = \"regulator\"", "id = \"desk\"")),
    ("C17", change("web = \"https://ico.org.uk/make-a-complaint/\"\n", "")),
    ("C18", change("lifetime = \"24 hours\"\n", "")),
    ("C19", change("limit = \"14 days\"\n", "")),
    ("C20", change("get a copy.\"\nlimit = \"1 month\"\n", "get a copy.\"\n")),
    ("C21", change("human = \"officer\"\n", "")),
    ("C22", change("wait = \"14 days\"\n", "")),
    ("C23", more("\n[[disclosure]]\nid = \"crime\"\nground = \"crime\"\nwords = \"to the police\"\n")),
    ("C24", change("by = \"operator\"\nkinds", "by = \"sweeper\"\nkinds")),
    ("C25", change("by = [\"desk\", \"operator\"]", "by = [\"desk\", \"operator\", \"sweeper\"]")),
    ("C26", change("role = \"processor\"\n", "role = \"processor\"\nderived = \"members\"\n")),
    ("C27", change("example = true\n", "example = true\nfields = { staff = [\"name\"] }\n")),
    ("C28", change("warn = [\"14 days\"]\n", "warn = [\"14 days\"]\nobliged = \"law\"\n")),
    ("C29", change("purposes = [\"answer-enquiries\"]\n", "purposes = [\"run-desk\"]\n")),
];

fn texts() -> Vec<(&'static str, String)> {
    let text = |edit: &Edit, from: &str, to: &str| {
        assert!(from.is_empty() || LAWFUL.matches(from).count() == 1, "{from:?} must stand once");
        if from.is_empty() { edit.text() } else { edit.text().replace(from, to) }
    };
    let gaps = CASES.iter().map(|(code, (edit, from, to))| (*code, text(edit, from, to)));
    gaps.chain(lawful::texts()).chain(contradicting::texts()).collect()
}

#[test]
fn every_row_is_made_by_a_notice_and_no_other_finding_is() {
    let rows: BTreeSet<&str> = CODES.iter().map(|(code, ..)| *code).collect();
    assert_eq!(rows.len(), CODES.len(), "a code stands once");
    let mut made = BTreeSet::new();
    for (code, text) in texts() {
        let findings = read(&text).unwrap().findings;
        assert!(findings.iter().any(|finding| finding.code == code), "{code}: {findings:#?}");
        for finding in findings {
            let row = CODES.iter().find(|(row, ..)| *row == finding.code).unwrap_or_else(|| panic!("{}", finding.code));
            // The law of a later day is a remark, whatever it will be on its day.
            let is_later = finding.severity == Severity::Info && finding.why.starts_with("from ");
            assert!(finding.severity == row.1 || is_later, "{finding:#?}");
            made.insert(finding.code);
        }
    }
    assert_eq!(made, rows);
}

#[test]
fn rows_stand_in_the_order_in_which_people_look_them_up() {
    let key = |code: &str| ("NCLX".find(&code[..1]), code[1..].parse::<u32>().unwrap());
    assert!(CODES.windows(2).all(|two| key(two[0].0) < key(two[1].0)));
    assert!(CODES.iter().all(|(.., words)| !words.is_empty() && !words.ends_with('.')));
}
