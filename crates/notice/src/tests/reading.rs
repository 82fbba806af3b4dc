//! Reading notices: what a whole one says, what each mistake is called, and that no input gets past.

use super::{COUNTY, changed, county, read};
use crate::{Digest, Finding, Keep, Read, SHORTEST_WINDOW, Severity, html, json, print, report};
use proptest::prelude::*;
use std::fmt::Write;

/// The only finding of a changed notice.
fn only(from: &str, to: &str) -> Finding {
    let read = changed(from, to);
    assert_eq!(read.findings.len(), 1, "{:#?}", read.findings);
    read.findings.into_iter().next().unwrap()
}

#[test]
fn a_whole_notice_has_no_findings_and_says_what_its_file_says() {
    let notice = county();
    assert_eq!(notice.head().version, "2026-11");
    assert_eq!(notice.controller().short, "County Grid");
    assert_eq!(notice.controller().address, "1 Any Street\nAnytown");
    assert_eq!(notice.contact("officer").unwrap().answers_within, Some(5));
    assert_eq!(notice.field("email").unwrap().max, 254);
    assert_eq!(notice.field("message").unwrap().max, 4000);
    assert_eq!(notice.cookie("staff-session").unwrap().minutes, Some(1440));
    assert_eq!(notice.texts_under("rights").count(), 1);
    assert!(notice.closed().is_empty());
}

#[test]
fn the_fields_of_a_kind_keep_the_order_of_the_file() {
    let notice = county();
    let fields: Vec<&str> = notice.kind("enquiry").unwrap().fields.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(fields, ["name", "email", "topic", "message"]);
    assert_eq!(notice.kind("enquiry").unwrap().source_of("topic"), Some("our staff"));
    assert_eq!(notice.kind("enquiry").unwrap().source_of("name"), Some("you"));
}

#[test]
fn a_printed_notice_reads_back_as_the_same_and_prints_the_same() {
    let notice = county();
    let printed = print(&notice);
    let again = read(&printed).unwrap();
    assert_eq!(again.findings, []);
    let again = again.notice.unwrap();
    assert_eq!(again, notice);
    assert_eq!(print(&again), printed);
    assert_eq!(again.digest(), notice.digest());
}

#[test]
fn comments_line_ends_and_the_order_of_keys_do_not_move_the_digest() {
    let digest = county().digest();
    let crlf = COUNTY.replace('\n', "\r\n");
    assert_eq!(read(&crlf).unwrap().notice.unwrap().digest(), digest);
    let turned = COUNTY.replace(
        "id = \"backups\"\nwords = \"Sealed copies of the database\"",
        "words = \"Sealed copies of the database\" # here\nid = \"backups\"",
    );
    assert_ne!(turned, COUNTY);
    assert_eq!(read(&turned).unwrap().notice.unwrap().digest(), digest);
    let longer = changed("backup_window = \"14 days\"", "backup_window = \"15 days\"");
    assert_ne!(longer.notice.unwrap().digest(), digest);
}

#[test]
fn what_is_no_notice_at_all_is_refused_with_its_place() {
    let error = read("[notice]\nid = \n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 6));
    assert!(error.sentence.starts_with("this is not TOML: "), "{error}");
    assert_eq!(read("").unwrap_err().sentence, "the file has no section [notice], so it is no notice");
    assert!(read("notice = 1").is_err());
    assert!(read(&" ".repeat(1024 * 1024 + 1)).unwrap_err().sentence.contains("1 MiB"));
    for deep in [
        format!("a = {}", "[".repeat(100_000)),
        format!("{}[notice]", "a.".repeat(100_000)),
        format!("a{} = 1", ".a".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
    ] {
        assert!(read(&deep).is_err());
    }
}

#[test]
fn each_mistake_of_shape_has_its_code_and_its_place_and_leaves_no_notice() {
    let cases = [
        ("N01", "backup_window =", "backup_windo ="),
        ("N01", "[[store]]", "[[stor]]"),
        ("N02", "objectable = true", "objectable = \"true\""),
        ("N02", "effective = 2026-11-01", "effective = \"2026-11-01\""),
        ("N02", "[[store]]", "[store]"),
        ("N02", "warn = [\"14 days\"]", "warn = \"14 days\""),
        ("N02", "max = 254", "max = \"254\""),
        ("N02", "source = { default = \"our staff\" }", "source = \"our staff\""),
        ("N03", "short = \"County Grid\"\n", ""),
        ("N03", "words = \"Our staff\"\n", ""),
        ("N03", "min_group = 10\n", ""),
        ("N03", "label = \"Message\"\n", ""),
        ("N04", "id = \"run-desk\"", "id = \"show-you\""),
        ("N04", "[\"topic\", \"due\"]", "[\"topic\", \"topic\"]"),
        ("N05", "recipients = [\"mail-relay\"]", "recipients = [\"mail-rely\"]"),
        ("N05", "linked = [\"role\"]", "linked = [\"topic\"]"),
        ("N05", "earliest of 30 days after staff.left", "earliest of 30 days after staff.lost"),
        ("N05", "clause = \"purpose.show-you\"", "clause = \"purpose.show-me\""),
        ("N07", "limit = \"14 days\"", "limit = \"a while\""),
        ("N07", "by = [\"you\"]", "by = [\"me\"]"),
        ("N07", "id = \"backups\"", "id = \"Back ups\""),
        ("N07", "role = \"optional\"", "role = \"perhaps\""),
        ("N07", "keep = \"earliest of 30", "keep = \"earlier of 30"),
        ("N07", "max = 254", "max = -1"),
        ("N07", "country = \"GB\"", "country = \"England\""),
        ("N07", "web = \"https://ico.org.uk/make-a-complaint/\"", "web = \"javascript:alert(1)\""),
        ("N07", "words = \"Our staff\"", "words = \"\\u0000\""),
        ("N08", "basis = \"legal-obligation\"", "basis = \"consent\""),
        ("N08", "jurisdiction = \"uk\"", "jurisdiction = \"fr\""),
    ];
    for (code, from, to) in cases {
        let read = changed(from, to);
        assert!(read.notice.is_none(), "{from} -> {to}");
        let finding = read
            .findings
            .iter()
            .find(|finding| finding.code == code)
            .unwrap_or_else(|| panic!("{from} -> {to}: {:#?}", read.findings));
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.line > 1 && finding.column >= 1);
        assert!(!finding.mend.is_empty() && !finding.rests_on.is_empty());
    }
}

#[test]
fn a_mistake_stands_at_its_own_line_and_names_what_was_meant() {
    let finding = only("recipients = [\"mail-relay\"]", "recipients = [\"mail-rely\"]");
    assert_eq!(finding.mend, "write `recipient.mail-relay`, or declare `recipient.mail-rely`");
    let line = COUNTY.lines().position(|line| line.starts_with("recipients = ")).unwrap() + 1;
    assert_eq!((finding.line, finding.column), (line, 15));
    let finding = only("[[store]]", "[[stor]]");
    assert_eq!(finding.mend, "write `store`: Where data stands beside the database.");
}

/// Code, what is changed into what, and the clause that closes.
const GAPS: [(&str, &str, &str, &str); 22] = [
    (
        "C01",
        "keep = \"earliest of 30 days after staff.left, 13 months after staff.last-sign-in\"\n",
        "",
        "kind.staff.keep",
    ),
    (
        "C02",
        "30 days after staff.left, 13 months after staff.last-sign-in",
        "30 days after staff.left, at least 13 months after staff.last-sign-in",
        "kind.staff.keep",
    ),
    ("C03", "purposes = [\"run-desk\"]\n", "", "kind.staff"),
    ("C04", "source = { default = \"our staff\" }\n", "", "kind.staff"),
    ("C04", "source = { default = \"our staff\" }", "source = { name = \"our staff\" }", "kind.staff"),
    ("C05", "basis = \"legal-obligation\"\n", "", "purpose.show-you"),
    ("C05", "basis = \"legal-obligation\"", "basis = [\"legal-obligation\", \"contract\"]", "purpose.show-you"),
    ("C06", "role = \"processor\"\n", "", "recipient.mail-relay"),
    ("C06", "country = \"GB\"\n", "", "recipient.mail-relay"),
    ("C06", "contract = \"C-1\"\n", "", "recipient.mail-relay"),
    (
        "C08",
        "earliest of 30 days after staff.left, 13 months after staff.last-sign-in",
        "until further notice",
        "kind.staff.keep",
    ),
    ("C10", "interest = \"Knowing who works at the desk\"\n", "", "purpose.run-desk"),
    ("C11", "linked = [\"role\"]", "linked = [\"role\", \"name\"]", "kind.staff"),
    ("C11", "linked = [\"role\"]", "listed_by = [\"role\"]", "kind.staff"),
    ("C11", "names_others = [\"message\"]", "names_others = [\"topic\"]", "kind.enquiry"),
    ("C12", "contract_until = 2027-10-31", "contract_until = 2026-10-31", "recipient.mail-relay"),
    ("C13", "backup_window = \"14 days\"", "backup_window = \"3 days\"", "notice"),
    ("C13", "backup_window = \"14 days\"\n", "", "notice.backup_window"),
    ("C18", "lifetime = \"24 hours\"\n", "", "cookie.staff-session"),
    ("C18", "exception = \"strictly-necessary\"\n", "", "cookie.staff-session"),
    ("C19", "limit = \"14 days\"\n", "", "store.backups"),
    ("C17", "web = \"https://ico.org.uk/make-a-complaint/\"\n", "", "contact.regulator"),
];

#[test]
fn each_gap_of_coverage_closes_its_clause_and_leaves_the_rest_open() {
    for (code, from, to, clause) in GAPS {
        let read = changed(from, to);
        let notice = read.notice.unwrap_or_else(|| panic!("{from} -> {to}: {:#?}", read.findings));
        let errors: Vec<_> = read.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert_eq!(errors[0].code, code, "{from} -> {to}: {errors:#?}");
        assert_eq!(errors[0].clause, clause);
        assert!(!notice.covers(clause), "{clause}");
        assert!(notice.covers("kind.enquiry") || ["kind.enquiry", "notice"].contains(&clause));
        assert!(notice.covers("cookie.staff-session") || clause == "cookie.staff-session");
        let printed = print(&notice);
        let again = crate::read(&printed).unwrap().notice.expect("what is printed reads back");
        assert_eq!(again, notice);
        assert!(!again.covers(clause));
    }
}

#[test]
fn a_silent_backup_window_closes_nothing_else_and_is_the_shortest_one() {
    let notice = changed("backup_window = \"14 days\"\n", "").notice.unwrap();
    assert_eq!(notice.closed(), ["notice.backup_window"]);
    assert_eq!(notice.head().window(), SHORTEST_WINDOW);
    assert!(notice.covers("notice") && notice.covers("kind.enquiry") && !notice.covers("notice.backup_window"));
}

#[test]
fn what_nothing_uses_is_a_warning() {
    let cases = [
        ("N06", "[[store]]", "[[event]]\nid = \"spare\"\nwords = \"spare\"\n[[store]]", "event.spare"),
        (
            "C07",
            "[[store]]",
            "[[field]]\nid = \"spare\"\nlabel = \"Spare\"\ntype = \"text\"\ncategory = \"identity\"\n[[store]]",
            "field.spare",
        ),
        ("C09", "output = \"aggregate\"\nmin_group = 10\n", "", "purpose.count-use"),
        ("C14", "informative = true\n", "", "text.in-short"),
        ("C15", "clause = \"purpose.show-you\"", "informative = true", "text.rights"),
        ("C16", "id = \"officer\"", "id = \"desk\"", "contact.officer"),
    ];
    for (code, from, to, clause) in cases {
        let finding = only(from, to);
        assert_eq!((finding.code, finding.severity, finding.clause.as_str()), (code, Severity::Warning, clause));
        assert!(changed(from, to).notice.unwrap().closed().is_empty());
    }
}

#[test]
fn all_findings_come_at_once_and_in_file_order() {
    let broken = COUNTY
        .replace("effective = 2026-11-01", "effective = 2026")
        .replace("type = \"email\"", "type = \"emial\"")
        .replace("limit = \"14 days\"", "");
    let codes: Vec<&str> = read(&broken).unwrap().findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["N02", "N07", "C19"]);
}

#[test]
fn a_part_of_a_kind_stands_and_falls_with_it() {
    let notice = county();
    for clause in [
        "notice",
        "controller",
        "kind.enquiry",
        "kind.enquiry.keep",
        "kind.enquiry.fields.email",
        "field.email",
        "event.enquiry.closed",
        "contact.officer",
        "subject.staff",
        "store.backups",
        "text.rights",
    ] {
        assert!(notice.covers(clause), "{clause}");
    }
    for clause in [
        "",
        ".",
        "kind",
        "kind.",
        "kind.enquiry.",
        "kind.enquiry.fields",
        "kind.enquiry.fields.",
        "kind.enquiry.fields.role",
        "kind.quote",
        "field.fax",
        "event.enquiry",
        "cookie.__Host-staff",
    ] {
        assert!(!notice.covers(clause), "{clause}");
    }
    let notice = changed(
        "30 days after staff.left, 13 months after staff.last-sign-in",
        "30 days after staff.left, 13 months after enquiry.closed",
    )
    .notice
    .unwrap();
    assert_eq!(notice.closed(), ["kind.staff.keep"]);
    assert!(!notice.covers("kind.staff") && !notice.covers("kind.staff.keep"));
    assert!(!notice.covers("kind.staff.fields.name") && notice.covers("kind.enquiry.keep"));
}

#[test]
fn a_removed_line_leaves_nothing_covered_that_the_line_declared() {
    let lines: Vec<&str> = COUNTY.lines().collect();
    for (n, removed) in lines.iter().enumerate() {
        let mut rest = lines.clone();
        rest.remove(n);
        let Ok(Read { notice: Some(notice), .. }) = read(&rest.join("\n")) else {
            continue;
        };
        let again = read(&print(&notice)).unwrap().notice.expect("what is printed reads back");
        assert_eq!(again, notice, "without {removed:?}");
        if let Some(id) = removed.strip_prefix("id = \"").and_then(|id| id.strip_suffix('"')) {
            panic!("the notice still stands without the id {id}");
        }
        if removed.starts_with("keep = ") || removed.starts_with("purposes = ") || removed.starts_with("basis = ") {
            assert!(!notice.closed().is_empty(), "without {removed:?}");
        }
    }
}

#[test]
fn any_line_with_a_value_of_another_type_is_found() {
    for line in
        COUNTY.lines().filter(|line| line.contains(" = ") && !line.starts_with('#') && !line.ends_with("\"\"\""))
    {
        let (key, value) = line.split_once(" = ").unwrap();
        for other in ["1.5", "true", "[[1]]", "{ a = 1 }", "inf", "1979-05-27T07:32:00Z", "\"\"", "9999999999999999999"]
        {
            let Ok(read) = read(&COUNTY.replacen(line, &format!("{key} = {other}"), 1)) else {
                continue;
            };
            assert!(value == other || !read.findings.is_empty(), "{key} = {other}");
        }
    }
}

#[test]
fn a_huge_hostile_file_gives_at_most_500_findings() {
    let mut keys = String::from("[notice]\n");
    for n in 0..40_000 {
        writeln!(keys, "key{n} = {n}").unwrap();
    }
    assert_eq!(read(&keys).unwrap().findings.len(), 500);
    let mut kinds = COUNTY.to_owned();
    for n in 0..280 {
        write!(kinds, "\n[[kind]]\nid = \"k{n}\"\npurposes = [\"p{n}\"]\nkeep = \"1 day after e{n}\"\n").unwrap();
    }
    let read = read(&kinds).unwrap();
    assert!(read.notice.is_none());
    assert_eq!(read.findings.len(), 500);
    assert!(report("county.toml", &kinds, &read.findings).contains("500 errors"));
}

#[test]
fn what_is_too_many_is_said_once_and_costs_nothing() {
    let fields: Vec<String> = (0..20_000).map(|n| format!("f{n} = \"required\"")).collect();
    let names: Vec<String> = (0..20_000).map(|n| format!("\"f{n}\"")).collect();
    let wide = COUNTY
        .replace(
            "fields = { name = \"required\", email = \"required\", role = \"optional\" }",
            &format!("fields = {{ {} }}", fields.join(", ")),
        )
        .replace("linked = [\"role\"]", &format!("linked = [{}]", names.join(", ")));
    let codes: Vec<&str> = read(&wide).unwrap().findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["N07", "N07"]);
    let long = format!("{COUNTY}{}", "[[store]]\n".repeat(1001));
    assert_eq!(read(&long).unwrap().findings[0].code, "N07");
}

#[test]
fn what_a_file_writes_cannot_steer_a_terminal() {
    let hostile = COUNTY
        .replace("setter = \"us\"", "\"\\u001b[2Jsetter\" = \"us\"")
        .replace("by = [\"you\"]", "by = [\"\\u001b[2J\"]");
    let findings = read(&hostile).unwrap().findings;
    assert_eq!(findings.len(), 3, "{findings:#?}");
    assert!(!report("county.toml", &hostile, &findings).contains('\u{1b}'));
    assert!(findings.iter().all(|f| !f.why.contains('\u{1b}')));
}

#[test]
fn the_report_shows_the_line_and_how_to_mend_it() {
    let broken = COUNTY.replace("recipients = [\"mail-relay\"]", "recipients = [\"mail-rely\"]");
    let findings = read(&broken).unwrap().findings;
    insta::assert_snapshot!(report("county.toml", &broken, &findings), @r##"
error[N05]: `kind.enquiry` names `recipient.mail-rely`, which this file does not declare
   --> county.toml:137:15
    |
137 | recipients = ["mail-rely"]
    |               ^^^^^^^^^^^
    |
    = help: write `recipient.mail-relay`, or declare `recipient.mail-rely`
    = note: rests on the notice language

1 error, 0 warnings, 0 remarks
"##);
    insta::assert_snapshot!(json(&findings), @r##"
{
  "findings": [
    {
      "clause": "kind.enquiry",
      "code": "N05",
      "column": 15,
      "line": 137,
      "mend": "write `recipient.mail-relay`, or declare `recipient.mail-rely`",
      "rests_on": "the notice language",
      "severity": "error",
      "why": "`kind.enquiry` names `recipient.mail-rely`, which this file does not declare"
    }
  ]
}
"##);
    let twice = COUNTY.replace("id = \"run-desk\"", "id = \"show-you\"");
    let findings = read(&twice).unwrap().findings;
    insta::assert_snapshot!(report("county.toml", &twice, &findings[..1]), @r##"
error[N04]: `purpose.show-you` is declared twice
  --> county.toml:89:6
   |
83 | id = "show-you"
   |      ---------- first declared here
...
89 | id = "show-you"
   |      ^^^^^^^^^^
   |
   = help: give one of them another id
   = note: rests on the notice language

1 error, 0 warnings, 0 remarks
"##);
    assert_eq!(report("county.toml", COUNTY, &[]), "0 errors, 0 warnings, 0 remarks\n");
}

#[test]
fn a_report_on_another_text_than_the_one_read_still_stands() {
    let findings = read(&COUNTY.replace("\"GB\"", "\"Grüße\"")).unwrap().findings;
    assert!(report("a", "é", &findings).contains("line"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_change_of_bytes_panics_and_what_is_read_prints_and_reads_back(
        at in 0..COUNTY.len(), length in 0usize..40, filling in "[ -~\n\u{e9}]{0,12}",
    ) {
        let mut bytes = COUNTY.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, filling.bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(read) = read(&text) {
            report("county.toml", &text, &read.findings);
            if let Some(notice) = read.notice {
                let again = crate::read(&print(&notice)).unwrap().notice;
                prop_assert_eq!(again.as_ref(), Some(&notice));
                html(&notice);
            }
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = read(&text);
        let _ = read(&format!("[notice]\n{text}"));
        let _ = text.parse::<Keep>();
        let _ = text.parse::<Digest>();
    }
}
