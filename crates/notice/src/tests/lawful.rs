//! What the law holds against a notice: each code by a small change of a lawful notice, and the days on which it begins.

use crate::{CODES, Finding, Read, Severity, read, read_on};
use jiff::civil::{Date, date};

pub(super) const LAWFUL: &str = include_str!("lawful.toml");

/// A lawful notice with some texts replaced and more at its end.
pub(super) struct Edit {
    pub(super) changes: &'static [(&'static str, &'static str)],
    pub(super) more: &'static str,
}

impl Edit {
    pub(super) fn text(&self) -> String {
        let mut text = LAWFUL.to_owned();
        for (from, to) in self.changes {
            assert_eq!(text.matches(from).count(), 1, "{from:?} must stand once");
            text = text.replace(from, to);
        }
        text + self.more
    }

    pub(super) fn read(&self) -> Read {
        let read = read(&self.text()).unwrap();
        assert!(read.notice.is_some(), "{:#?}", read.findings);
        read
    }
}

const fn change(changes: &'static [(&'static str, &'static str)]) -> Edit {
    Edit { changes, more: "" }
}

const fn more(more: &'static str) -> Edit {
    Edit { changes: &[], more }
}

fn on(text: &str, day: Date) -> Vec<Finding> {
    read_on(text, day).unwrap().findings
}

const ACCESS: (&str, &str) = (
    "words = \"Ask what we hold about you, and get a copy.\"\nlimit = \"1 month\"\nextension = \"2 months\"",
    "words = \"Ask what we hold about you, and get a copy.\"\n",
);

/// A code, what brings it about, and the clause at which it stands.
pub(super) const CASES: [(&str, Edit, &str); 40] = [
    ("L01", change(&[("name = \"County Grid for Learning Limited\"", "name = \"County Grid\"")]), "controller"),
    (
        "L02",
        change(&[
            ("recipients = [\"mail-relay\"]\n", ""),
            (
                "[[recipient]]\nid = \"mail-relay\"\nname = \"Example Mail Limited\"\nrole = \"processor\"\npurposes = [\"answer-enquiries\"]\ncountry = \"GB\"\ncontract = \"C-1\"\ncontract_until = 2027-10-31\nexample = true\n",
                "",
            ),
        ]),
        "notice",
    ),
    ("L03", change(&[("\"13(1)(f)\", ", "")]), "notice"),
    ("L04", change(&[("id = \"restriction\"", "id = \"human-review\"")]), "right.restriction"),
    ("L05", change(&[("id = \"objection\"", "id = \"human-review\"")]), "right.objection"),
    (
        "L06",
        change(&[
            ("words = \"Our staff\"", "words = \"Our staff\"\nparty = true"),
            ("basis = \"legitimate-interests\"\ninterest = \"Knowing who works at the desk\"", "basis = \"contract\""),
            ("objectable=true\n", ""),
        ]),
        "right.portability",
    ),
    ("L07", change(&[("id = \"complaint\"", "id = \"human-review\"")]), "right.complaint"),
    ("L08", change(&[(", \"13(2)(e)\"", "")]), "notice"),
    (
        "L09",
        change(&[(
            "[[decision]]\nid = \"delete-when-due\"\nwords = \"Our program deletes an enquiry on its day.\"\nby = \"operator\"\nkinds = [\"enquiry\"]\nreason = \"Its day is known from the start, and people are warned.\"\nhuman = \"officer\"\n",
            "",
        )]),
        "notice",
    ),
    ("L10", change(&[("\"13(2)(e)\"]", "\"13(2)(e)\", \"13(2)(z)\"]")]), "text.the-rest"),
    (
        "L11",
        change(&[
            ("basis = \"legitimate-interests\"\ninterest = \"Knowing who works at the desk\"", "basis = \"contract\""),
            ("objectable=true\n", ""),
        ]),
        "purpose.run-desk",
    ),
    (
        "L12",
        change(&[("registration = \"ZA000000\"", "registration = \"ZA000000\"\npublic_authority = true")]),
        "purpose.answer-enquiries",
    ),
    ("L13", change(&[("law = \"UK GDPR Art 15\"\n", "")]), "purpose.show-you"),
    (
        "L14",
        change(&[
            ("effective = 2026-11-01", "effective = 2026-02-04"),
            ("basis = \"legal-obligation\"", "basis = \"recognised-legitimate-interest\""),
        ]),
        "purpose.show-you",
    ),
    ("L15", change(&[("assessment = \"LIA-2\"\n", "")]), "purpose.run-desk"),
    ("L16", change(&[("objectable=true\n", "")]), "purpose.run-desk"),
    ("L17", change(&[("label = \"Role\"\n", "label = \"Role\"\nspecial = true\n")]), "kind.staff"),
    (
        "L18",
        change(&[
            ("label = \"Role\"\n", "label = \"Role\"\nspecial = true\n"),
            ("objectable=true\n", "condition = \"employment\"\nobjectable=true\n"),
        ]),
        "kind.staff",
    ),
    (
        "L19",
        change(&[(
            "words = \"People who ask us something\"",
            "words = \"People who ask us something\"\nchildren = true",
        )]),
        "subject.enquirer",
    ),
    ("L20", Edit { changes: &[ACCESS], more: "limit = \"30 days\"\n" }, "right.access"),
    ("L21", Edit { changes: &[ACCESS], more: "limit = \"28 days\"\n" }, "right.access"),
    ("L22", Edit { changes: &[ACCESS], more: "limit = \"1 month\"\nextension = \"3 months\"\n" }, "right.access"),
    (
        "L22",
        change(&[(
            "limit = \"30 days\"\n\n[[decision]]",
            "limit = \"30 days\"\nextension = \"1 month\"\n\n[[decision]]",
        )]),
        "right.complaint",
    ),
    (
        "L23",
        Edit { changes: &[ACCESS], more: "limit = \"1 month\"\nextension = \"2 months\"\nfee = true\n" },
        "right.access",
    ),
    (
        "L24",
        more(
            "\n[[right]]\nid = \"portability\"\nwords = \"Take it with you.\"\nlimit = \"1 month\"\nextension = \"2 months\"\n",
        ),
        "right.portability",
    ),
    (
        "L25",
        Edit { changes: &[ACCESS], more: "limit = \"1 month\"\nextension = \"2 months\"\nkinds = [\"enquiry\"]\n" },
        "right.access",
    ),
    ("L26", change(&[("country = \"GB\"", "country = \"US\"")]), "recipient.mail-relay"),
    (
        "L27",
        change(&[
            ("\"13(1)(f)\", ", ""),
            (
                "words = \"Sealed copies of the database\"\n",
                "words = \"Sealed copies of the database\"\ncountry = \"BR\"\n",
            ),
            (
                "words = \"What the program did, and nobody's data\"\n",
                "words = \"What the program did, and nobody's data\"\ncountry = \"IE\"\n",
            ),
        ]),
        "store.backups",
    ),
    (
        "L28",
        change(&[
            ("effective = 2026-11-01", "effective = 2026-02-04"),
            ("exception = \"strictly-necessary\"", "exception = \"appearance\""),
        ]),
        "cookie.staff-session",
    ),
    ("L29", change(&[("exception = \"strictly-necessary\"", "exception = \"statistics\"")]), "cookie.staff-session"),
    ("L30", change(&[("setter = \"us\"", "setter = \"Example Analytics\"")]), "cookie.staff-session"),
    (
        "L31",
        change(&[("exception = \"strictly-necessary\"", "exception = \"statistics\"\nidentifies = true")]),
        "cookie.staff-session",
    ),
    ("L32", change(&[("by = \"operator\"\n", "by = \"operator\"\nsignificant = true\n")]), "decision.delete-when-due"),
    (
        "L33",
        change(&[
            ("by = \"operator\"\n", "by = \"operator\"\nsignificant = true\n"),
            ("label = \"Message\"\n", "label = \"Message\"\nspecial = true\n"),
        ]),
        "decision.delete-when-due",
    ),
    ("L34", change(&[("review_due = 2027-11-01", "review_due = 2026-10-31")]), "notice"),
    ("L35", change(&[("review_due = 2027-11-01\n", "")]), "notice"),
    ("L36", change(&[("https://ico.org.uk/make-a-complaint/", "https://ico.example/")]), "contact.regulator"),
    ("L37", change(&[("role = \"Information Commissioner\"", "role = \"Data regulator\"")]), "contact.regulator"),
    // A basis, an exception and a complaint whose law is on its way: a remark that names the day.
    (
        "L07",
        change(&[
            ("effective = 2026-11-01", "effective = 2026-06-18"),
            ("id = \"complaint\"", "id = \"human-review\""),
        ]),
        "right.complaint",
    ),
    // Several points of the checklist stand open, and each says so.
    ("L08", change(&[("answers = [\"13(1)(f)\", \"13(2)(e)\"]\n", "")]), "notice"),
];

/// What an edit appends stands in the last section of the file, so the right of access is put there.
fn text_of(edit: &Edit) -> String {
    let is_access = edit.changes.contains(&ACCESS);
    if !is_access {
        return edit.text();
    }
    let right = "[[right]]\nid = \"access\"\nwords = \"Ask what we hold about you, and get a copy.\"\n";
    let text = Edit { changes: edit.changes, more: "" }.text();
    let text = text.replace(right, "");
    format!("{text}\n{right}{}", edit.more)
}

/// The text of a case, and its code.
pub(super) fn texts() -> impl Iterator<Item = (&'static str, String)> {
    CASES.iter().map(|(code, edit, _)| (*code, text_of(edit)))
}

fn row(code: &str) -> Severity {
    CODES.iter().find(|(row, ..)| *row == code).unwrap_or_else(|| panic!("{code} has no row")).1
}

#[test]
fn a_lawful_notice_has_no_findings() {
    assert_eq!(read(LAWFUL).unwrap().findings, []);
}

#[test]
fn each_rule_of_law_has_its_code_its_clause_and_its_severity_and_an_error_closes() {
    for (code, edit, clause) in &CASES {
        let text = text_of(edit);
        let read = read(&text).unwrap();
        let notice = read.notice.unwrap_or_else(|| panic!("{code}: {:#?}", read.findings));
        let found = read.findings.iter().find(|finding| finding.code == *code && finding.clause == *clause);
        let finding = found.unwrap_or_else(|| panic!("{code} at {clause}: {:#?}", read.findings));
        let is_later = finding.why.starts_with("from ");
        assert_eq!(finding.severity, if is_later { Severity::Info } else { row(code) }, "{code}");
        let errors = read.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut errors: Vec<&str> = errors.map(|finding| finding.clause.as_str()).collect();
        errors.sort_unstable();
        errors.dedup();
        assert_eq!(notice.closed(), errors, "{code}");
        assert!(finding.line > 1 && !finding.mend.is_empty() && !finding.rests_on.is_empty(), "{finding:#?}");
        assert!(finding.why.chars().count() < 400 && !finding.why.ends_with('.'), "{}", finding.why);
    }
}

#[test]
fn what_is_mended_is_silent() {
    let mended = [
        // A safeguard, an adequate country.
        change(&[(
            "country = \"GB\"",
            "country = \"US\"\nsafeguard = \"United Kingdom extension of the Data Privacy Framework\"",
        )]),
        change(&[("country = \"GB\"", "country = \"IE\"")]),
        // A contract with people who are party to it, and the right that goes with it.
        Edit {
            changes: &[
                ("words = \"Our staff\"", "words = \"Our staff\"\nparty = true"),
                (
                    "basis = \"legitimate-interests\"\ninterest = \"Knowing who works at the desk\"",
                    "basis = \"contract\"",
                ),
                ("objectable=true\n", ""),
            ],
            more: "\n[[right]]\nid = \"portability\"\nwords = \"Take it with you.\"\nlimit = \"1 month\"\nextension = \"2 months\"\n",
        },
        // Portability that the law does not give.
        more(
            "\n[[right]]\nid = \"portability\"\nwords = \"Take it with you.\"\nlimit = \"3 months\"\nvoluntary = true\n",
        ),
        // Special categories with a condition and its schedule.
        change(&[
            ("label = \"Role\"\n", "label = \"Role\"\nspecial = true\n"),
            ("objectable=true\n", "condition = \"employment\"\nschedule = \"Sch 1 para 1\"\nobjectable=true\n"),
        ]),
        // Statistics to which people can object.
        Edit {
            changes: &[("exception = \"strictly-necessary\"", "exception = \"statistics\"")],
            more: "\n[[text]]\nid = \"counting\"\nunder = \"cookies\"\nclause = \"cookie.staff-session\"\nwords = \"Press Stop, and we count you no more.\"\n",
        },
        // What a processor sets for us.
        change(&[("setter = \"us\"", "setter = \"example mail limited\"")]),
        // A significant decision that people can contest.
        Edit {
            changes: &[("by = \"operator\"\n", "by = \"operator\"\nsignificant = true\n")],
            more: "\n[[right]]\nid = \"human-review\"\nwords = \"Have a person look again.\"\nlimit = \"1 month\"\nextension = \"2 months\"\n",
        },
        // Words for children, kinds that say whether they must be given, a fee with its limits.
        Edit {
            changes: &[(
                "words = \"People who ask us something\"",
                "words = \"People who ask us something\"\nchildren = true",
            )],
            more: "\n[[text]]\nid = \"for-you\"\nunder = \"who\"\nclause = \"subject.enquirer\"\nwords = \"If you are a child: ask us, and we help.\"\n",
        },
        change(&[(", \"13(2)(e)\"", ""), ("warn = [\"14 days\"]\n", "warn = [\"14 days\"]\nobliged = \"no\"\n")]),
    ];
    for edit in mended {
        let text = text_of(&edit);
        assert_eq!(read(&text).unwrap().findings, [], "{:?}", edit.changes);
    }
}

#[test]
fn a_notice_is_judged_by_the_law_of_its_day_and_told_what_comes_later() {
    let old = LAWFUL.replace("effective = 2026-11-01", "effective = 2018-05-25");
    let old = old.replace("id = \"complaint\"", "id = \"human-review\"").replace(
        "limit = \"30 days\"\n\n[[decision]]",
        "limit = \"1 month\"\nextension = \"2 months\"\n\n[[decision]]",
    );
    let old = old.replace("https://ico.org.uk/make-a-complaint/", "https://ico.org.uk/concerns/");
    let judged = read(&old).unwrap();
    assert!(judged.notice.unwrap().closed().is_empty(), "{:#?}", judged.findings);
    let found: Vec<_> = judged.findings.iter().map(|f| (f.code, f.severity, f.why.as_str())).collect();
    assert_eq!(
        found,
        [
            (
                "L07",
                Severity::Info,
                "from 19 June 2026 on, the notice does not say that people can complain to the controller"
            ),
            (
                "L36",
                Severity::Info,
                "from 23 November 2026 on, the Information Commissioner is not known at https://ico.org.uk/concerns/"
            ),
        ]
    );
    let codes = |findings: Vec<Finding>| findings.into_iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>();
    let today = codes(on(&old, date(2026, 11, 23)));
    assert_eq!(today, [("L07", Severity::Warning), ("L36", Severity::Warning)]);
}

#[test]
fn what_is_not_yet_law_is_closed_until_it_is() {
    let early = LAWFUL.replace("exception = \"strictly-necessary\"", "exception = \"appearance\"");
    let closed = |day| read_on(&early, day).unwrap().notice.unwrap().closed().to_vec();
    assert_eq!(closed(date(2026, 2, 4)), ["cookie.staff-session"]);
    assert!(closed(date(2026, 2, 5)).is_empty());
    // Before the pack begins, there is no law to speak of.
    assert!(on(LAWFUL, date(2018, 5, 24)).is_empty());
}

#[test]
fn a_review_is_overdue_on_the_day_after_its_day() {
    assert!(on(LAWFUL, date(2027, 11, 1)).is_empty());
    assert_eq!(on(LAWFUL, date(2027, 11, 2))[0].code, "L34");
}

#[test]
fn a_later_law_is_a_remark_also_where_it_would_close() {
    let text = LAWFUL.replace("effective = 2026-11-01", "effective = 2026-06-18");
    let text = text.replace("limit = \"30 days\"\n\n[[decision]]", "limit = \"31 days\"\n\n[[decision]]");
    let read = read(&text).unwrap();
    let found: Vec<_> = read.findings.iter().map(|f| (f.code, f.severity, f.clause.as_str())).collect();
    assert_eq!(found, [("L20", Severity::Info, "right.complaint")]);
    assert!(read.notice.unwrap().covers("right.complaint"));
}

#[test]
fn the_law_speaks_beside_an_error_of_shape_but_not_of_what_is_missing() {
    let text = LAWFUL.replace("[[store]]\nid = \"logs\"", "[[stor]]\nid = \"logs\"");
    let text = text.replace("law = \"UK GDPR Art 15\"\n", "").replace("id = \"restriction\"", "id = \"human-review\"");
    let codes: Vec<&str> = read(&text).unwrap().findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["L13", "N01"]);
}
