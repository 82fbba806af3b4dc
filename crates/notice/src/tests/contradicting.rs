//! Where a notice speaks against itself: each contradiction in a small notice, and the same notice when it is mended.

use super::lawful::Edit;
use crate::{CODES, read};

const fn change(changes: &'static [(&'static str, &'static str)]) -> Edit {
    Edit { changes, more: "" }
}

const fn more(more: &'static str) -> Edit {
    Edit { changes: &[], more }
}

/// A code, what brings it about, what mends it, and the clause at which it stands.
const CASES: [(&str, Edit, Edit, &str); 23] = [
    (
        "X1",
        change(&[("words = \"Keeps a member of staff signed in.\"", "words = \"Counts you anonymously.\"\nidentifies = true")]),
        change(&[("words = \"Keeps a member of staff signed in.\"", "words = \"Knows you again.\"\nidentifies = true")]),
        "cookie.staff-session",
    ),
    (
        "X1",
        more("\n[[text]]\nid = \"device\"\nunder = \"visiting\"\ninformative = true\nwords = \"Your device can identify you.\"\n[[text]]\nid = \"cookies\"\nunder = \"cookies\"\nclause = \"cookie.staff-session\"\nwords = \"All that cookies collect is anonymous.\"\n"),
        more("\n[[text]]\nid = \"device\"\nunder = \"visiting\"\ninformative = true\nwords = \"Your device can identify you.\"\n[[text]]\nid = \"cookies\"\nunder = \"cookies\"\nclause = \"cookie.staff-session\"\nwords = \"What cookies collect is not anonymous.\"\n"),
        "text.cookies",
    ),
    (
        "X2",
        change(&[("words = \"Run the desk.\"", "words = \"Understand use, aggregated and individualised.\"")]),
        change(&[("words = \"Count how our website is used.\"", "words = \"Understand use, aggregated.\"")]),
        "purpose.run-desk",
    ),
    (
        "X3",
        change(&[("setter = \"us\"", "setter = \"Example Analytics\""), ("Keeps a member of staff signed in.", "Counts visits.")]).also(
            "\n[[text]]\nid = \"counted\"\nunder = \"cookies\"\nclause = \"cookie.staff-session\"\nwords = \"Example Analytics gives us statistics.\"\n",
        ),
        change(&[("Keeps a member of staff signed in.", "Counts visits.")]).also(
            "\n[[text]]\nid = \"counted\"\nunder = \"cookies\"\nclause = \"cookie.staff-session\"\nwords = \"Our server gives us statistics.\"\n",
        ),
        "cookie.staff-session",
    ),
    (
        "X4",
        change(&[("setter = \"us\"", "setter = \"Example Analytics\"")]),
        change(&[("setter = \"us\"", "setter = \"Example Mail Limited\"")]),
        "cookie.staff-session",
    ),
    (
        "X5",
        more("\n[[text]]\nid = \"use\"\nunder = \"cookies\"\ninformative = true\nwords = \"By using the website, you agree to this notice.\"\n"),
        more("\n[[text]]\nid = \"use\"\nunder = \"cookies\"\ninformative = true\nwords = \"Nobody agrees to anything here. By using the link you reach us.\"\n"),
        "text.use",
    ),
    (
        "X6",
        change(&[
            ("basis = \"legitimate-interests\"\ninterest = \"Answering people who write to us\"", "basis = \"contract\""),
            ("basis = \"legal-obligation\"", "basis = \"contract\""),
            ("basis = \"legitimate-interests\"\ninterest = \"Knowing who works at the desk\"", "basis = \"contract\""),
            ("basis = \"public-task\"", "basis = \"contract\""),
        ]),
        more(""),
        "purpose.answer-enquiries",
    ),
    (
        "X7",
        change(&[
            ("basis = \"legitimate-interests\"\ninterest = \"Answering people who write to us\"", "basis = \"contract\""),
            ("basis = \"legitimate-interests\"\ninterest = \"Knowing who works at the desk\"", "basis = \"contract\""),
            ("basis = \"public-task\"", "basis = \"legal-obligation\""),
        ]),
        more(""),
        "right.objection",
    ),
    (
        "X7",
        change(&[("basis = \"legal-obligation\"", "basis = \"legal-obligation\"\nobjectable = true")]),
        change(&[
            ("basis = \"legal-obligation\"", "basis = \"legal-obligation\"\nobjectable = true"),
            ("words = \"Object to what we do.\"", "words = \"Object to what we do.\"\nvoluntary = true"),
        ]),
        "purpose.show-you",
    ),
    (
        "X9",
        change(&[
            ("id = \"enquiry.received\"", "id = \"contract.end\""),
            ("12 months after enquiry.received", "until contract.end"),
        ]).also("\n[[disclosure]]\nid = \"claims\"\nground = \"legal-claims\"\nwords = \"to bring a claim\"\ntold = true\n"),
        change(&[
            ("id = \"enquiry.received\"", "id = \"contract.end\""),
            ("12 months after enquiry.received", "until contract.end"),
        ]).also("\n[[disclosure]]\nid = \"claims\"\nground = \"legal-claims\"\nwords = \"to bring a claim\"\nkinds = [\"staff\"]\ntold = true\n"),
        "kind.enquiry",
    ),
    (
        "X10",
        change(&[("id = \"logs\"\nwords = \"What the program did, and nobody's data\"", "id = \"queue\"\nwords = \"E-mails on their way\"")]),
        change(&[("id = \"logs\"\nwords = \"What the program did, and nobody's data\"", "id = \"traces\"\nwords = \"A log of what was done\"")]),
        "notice",
    ),
    (
        "X11",
        change(&[("get a copy.\"\nlimit = \"1 month\"\nextension = \"2 months\"", "get a copy.\"\nlimit = \"1 month\"")]),
        more(""),
        "right.access",
    ),
    (
        "X12",
        change(&[("words = \"you last signed in\"\ncounts = [\"sign-in\"]", "words = \"you were last active\"")]),
        change(&[("words = \"you last signed in\"", "words = \"you were last active\"")]),
        "event.staff.last-sign-in",
    ),
    (
        "X13",
        more("\n[[recipient]]\nid = \"members\"\nname = \"Our members\"\nderived = \"members\"\nrole = \"processor\"\npurposes = [\"answer-enquiries\"]\ncountry = \"GB\"\n"),
        more("\n[[recipient]]\nid = \"members\"\nname = \"Our members\"\nderived = \"members\"\nrole = \"controller\"\npurposes = [\"answer-enquiries\"]\ncountry = \"GB\"\n"),
        "recipient.members",
    ),
    (
        "X14",
        change(&[
            ("answers = [\"13(1)(f)\", \"13(2)(e)\"]\n", ""),
            ("id = \"complaint\"", "id = \"human-review\""),
        ]),
        more(""),
        "notice",
    ),
    ("X15", change(&[("tell = [\"enquirer\"]", "tell = [\"enquirer\", \"visitor\"]"), ("[[field]]\nid = \"name\"", "[[subject]]\nid = \"visitor\"\nwords = \"Visitors\"\n\n[[field]]\nid = \"name\"")]), more(""), "change"),
    ("X16", change(&[("role = \"Data protection officer\"", "role = \"Jane Doe\"")]), change(&[("role = \"Data protection officer\"", "role = \"Data Protection Officer\"")]), "contact.officer"),
    ("X16", change(&[("privacy@county.example", "jane.doe@county.example")]), change(&[("privacy@county.example", "data.protection@county.example")]), "contact.officer"),
    ("X16", change(&[("Nobody has to give us any.", "Nobody has to give us any: http://county.example.")]), change(&[("Nobody has to give us any.", "Nobody has to give us any: https://county.example.")]), "text.the-rest"),
    ("X16", change(&[("Object to what we do.", "From 25 May 2018, you will have a right to object.")]), change(&[("Object to what we do.", "From 25 May 2028, you will have a right to object.")]), "right.objection"),
    ("X16", change(&[("Nobody has to give us any.", "These may include include others.")]), change(&[("Nobody has to give us any.", "These may include that that others had had.")]), "text.the-rest"),
    ("X17", change(&[("contract = \"C-1\"", "contract = \"C-1\"\naccepted = \"2026-05\"")]), change(&[("contract = \"C-1\"", "contract = \"C-1\"\naccepted = \"2026-11\"")]), "recipient.mail-relay"),
    (
        "X18",
        change(&[
            ("[[decision]]\nid = \"delete-when-due\"\nwords = \"Our program deletes an enquiry on its day.\"\nby = \"operator\"\nkinds = [\"enquiry\"]\nreason = \"Its day is known from the start, and people are warned.\"\nhuman = \"officer\"\n", ""),
            (", \"13(2)(e)\"", ", \"13(2)(e)\", \"13(2)(f)\""),
        ]),
        change(&[(", \"13(2)(e)\"", ", \"13(2)(e)\", \"13(2)(f)\"")]),
        "text.the-rest",
    ),
];

impl Edit {
    const fn also(self, more: &'static str) -> Edit {
        Edit { changes: self.changes, more }
    }
}

/// The text of each case that contradicts itself, and its code.
pub(super) fn texts() -> impl Iterator<Item = (&'static str, String)> {
    CASES.iter().map(|(code, edit, ..)| (*code, edit.text()))
}

#[test]
fn each_contradiction_is_found_at_its_clause_and_closes_nothing_of_its_own() {
    for (code, edit, _, clause) in &CASES {
        let read = edit.read();
        let found = read.findings.iter().find(|finding| finding.code == *code && finding.clause == *clause);
        let finding = found.unwrap_or_else(|| panic!("{code} at {clause}: {:#?}", read.findings));
        let row = CODES.iter().find(|(row, ..)| row == code).unwrap();
        assert_eq!(finding.severity, row.1, "{code}");
        assert!(finding.line > 1 && !finding.why.ends_with('.') && !finding.mend.is_empty(), "{finding:#?}");
    }
}

#[test]
fn each_contradiction_is_silent_when_it_is_mended() {
    for (code, _, mended, _) in &CASES {
        let codes: Vec<&str> = read(&mended.text()).unwrap().findings.iter().map(|finding| finding.code).collect();
        assert!(!codes.contains(code), "{code}: {codes:?}");
    }
}
