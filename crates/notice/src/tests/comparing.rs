//! Comparing notices: every key means something, nothing else does, and the sentences are for people.

use crate::sections::{ALL, Value};
use crate::{Changed, Difference, Notice, Way, diff, print, read};
use std::collections::BTreeSet;

const WHOLE: &str = include_str!("whole.toml");

/// Keys that tell one version from another and change no meaning.
const VERSION: [&str; 3] = ["version", "effective", "supersedes"];

fn notice(text: &str) -> Notice {
    let read = read(text).unwrap();
    read.notice.unwrap_or_else(|| panic!("{:#?}", read.findings))
}

/// What a notice differs by when one text is replaced by another.
fn after(from: &str, to: &str) -> Difference {
    assert_eq!(WHOLE.matches(from).count(), 1, "{from:?} must stand once");
    diff(&notice(WHOLE), &notice(&WHOLE.replace(from, to)))
}

/// Codes, ways and words, apart from recipients who must accept the new version.
fn sentences(difference: &Difference) -> String {
    let line = |changed: &Changed| {
        let mark = if changed.significant { "!" } else { "" };
        format!("{mark}{} {} ({:?}): {}", changed.code, changed.clause, changed.way, changed.words)
    };
    difference.changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn codes(difference: &Difference) -> Vec<(&'static str, Way)> {
    difference.changes.iter().map(|changed| (changed.code, changed.way)).collect()
}

#[test]
fn a_notice_does_not_differ_from_itself() {
    for text in [WHOLE, super::COUNTY, include_str!("../../../../notices/segfl.toml")] {
        let notice = notice(text);
        assert_eq!(diff(&notice, &notice).changes, []);
        assert_eq!(diff(&notice, &self::notice(&print(&notice))).changes, []);
    }
}

#[test]
fn comments_order_and_the_version_are_no_difference() {
    let turned = WHOLE
        .replace(
            "id = \"backups\"\nwords = \"Sealed copies of the database\"",
            "words = \"Sealed copies of the database\" # here\nid = \"backups\"",
        )
        .replace("name = \"required\", email = \"required\"", "email = \"required\", name = \"required\"")
        .replace("said = [\"P06\", \"P09\"]", "said = [\"P09\", \"P06\"]")
        .replace("keep = \"1 year after pupil.left\"", "keep = \"12 months after pupil.left\"")
        .replace("version = \"2026-11\"\neffective = 2026-11-01", "version = \"2027-01\"\neffective = 2027-01-01");
    assert_eq!(diff(&notice(WHOLE), &notice(&turned)).changes, []);
}

/// Other values that a key might have; most do not fit, and reading says so.
fn others(raw: &str, value: Value) -> Vec<String> {
    let mut words = vec![
        format!("{} more", raw.trim_matches('"')),
        "400 days".into(),
        "400 days after enquiry.received".into(),
        "5 hours".into(),
        "9 working days".into(),
        "https://other.example/".into(),
        "other@county.example".into(),
        "DE".into(),
        "need".into(),
        "pupil".into(),
        "officer".into(),
        "regulator".into(),
        "make-quotes".into(),
        "members".into(),
        "name".into(),
        "right.portability".into(),
    ];
    if let Value::Word(list) | Value::Words(list) = value {
        words.extend(list.iter().map(|word| (*word).to_owned()));
    }
    let quoted = |word: &String| format!("\"{word}\"");
    match raw {
        "true" => vec!["false".into()],
        _ if raw.starts_with('"') => words.iter().map(quoted).collect(),
        _ if raw.starts_with('[') => {
            let lists = words.iter().map(|word| format!("[{}]", quoted(word)));
            lists.chain([raw.replace("\"Broadband\"", "\"Cables\"")]).collect()
        }
        _ if raw.starts_with('{') => vec![
            raw.replacen("required", "optional", 1),
            raw.replacen("name", "message", 1),
            raw.replace(", \"email\"", ""),
            raw.replace("you", "your school"),
        ],
        _ => vec!["2031-02-03".into(), "37".into()],
    }
}

#[test]
fn every_other_value_of_every_key_is_a_difference() {
    let old = notice(WHOLE);
    let canonical = print(&old);
    let lines: Vec<&str> = canonical.lines().collect();
    let mut section = "";
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        let Some((key, raw)) = line.split_once(" = ") else {
            continue;
        };
        let keys = ALL.iter().find(|one| one.name == section).unwrap().keys;
        let value = keys.iter().find(|one| one.name == key).unwrap().value;
        let other = others(raw, value).into_iter().map(|other| format!("{key} = {other}"));
        let mut tried = 0;
        for instead in [String::new()].into_iter().chain(other).filter(|instead| instead != line) {
            if tried == 3 {
                break;
            }
            let mut changed = lines.clone();
            changed[at] = &instead;
            let Some(new) = read(&changed.join("\n")).ok().and_then(|read| read.notice) else {
                continue;
            };
            if new == old {
                continue;
            }
            tried += 1;
            seen.insert((section, key));
            for (old, new) in [(&old, &new), (&new, &old)] {
                let difference = diff(old, new);
                let is_version = section == "notice" && VERSION.contains(&key);
                assert_eq!(difference.changes.is_empty(), is_version, "[{section}] {line} became {instead}");
                assert_told_well(&difference, old, new);
            }
        }
    }
    let all = ALL.iter().flat_map(|section| section.keys.iter().map(|key| (section.name, key.name)));
    // Nothing else can stand there, or other lines would have to change as well.
    let fixed = [("kind", "then"), ("notice", "jurisdiction"), ("text", "informative"), ("purpose", "output")];
    let named = [("subject", "id"), ("field", "id"), ("purpose", "id"), ("kind", "id")];
    let missed: Vec<_> = all.filter(|key| ![fixed, named].concat().contains(key) && !seen.contains(key)).collect();
    assert_eq!(missed, []);
}

/// What holds for every difference: a known code, a clause of either notice, a whole sentence, kinds that exist.
fn assert_told_well(difference: &Difference, old: &Notice, new: &Notice) {
    for changed in &difference.changes {
        assert!(crate::DIFFERENCES.iter().any(|(code, _)| *code == changed.code), "{changed:?}");
        let exists = |clause: &str| new.says(clause) || old.says(clause);
        assert!(exists(&changed.clause) || changed.clause == "change", "{changed:?}");
        assert!(
            changed.words.ends_with('.') && !changed.words.contains("..") && !changed.words.contains('\n'),
            "{changed:?}"
        );
        assert!(changed.words.starts_with(|c: char| c.is_uppercase() || c == '“'), "{changed:?}");
        assert!(changed.kinds.iter().all(|kind| new.kind(kind).or(old.kind(kind)).is_some()), "{changed:?}");
    }
}

#[test]
fn a_longer_time_is_said_to_be_longer_and_counts_if_the_notice_says_so() {
    let longer = after("keep = \"90 days after enquiry.closed\"", "keep = \"12 months after enquiry.closed\"");
    insta::assert_snapshot!(sentences(&longer), @r"
!keep-longer kind.enquiry.keep (Widened): We keep your enquiry longer: 12 months instead of 90 days after we closed your enquiry.
");
    assert!(longer.is_significant());
    let other = after("keep = \"90 days after enquiry.closed\"", "keep = \"90 days after enquiry.received\"");
    assert_eq!(codes(&other), [("keep-changed", Way::Changed)]);
    assert!(other.is_significant(), "what may be longer counts as what is longer");
    let shorter = after(
        "keep = \"1 year after pupil.left\"",
        "keep = \"earliest of 1 year after pupil.left, 5 years after enquiry.received\"",
    );
    insta::assert_snapshot!(sentences(&shorter), @r"
keep-shorter kind.need.keep (Narrowed): We keep what a pupil needs for less time: 1 year after the pupil left school or 5 years after we received your enquiry, whichever comes first; before, it was 1 year after the pupil left school.
");
    assert!(!shorter.is_significant());
    assert_eq!(shorter.subjects(&notice(WHOLE), &notice(WHOLE)), ["pupil"]);
}

#[test]
fn a_change_of_basis_tells_the_rights_it_takes_and_gives() {
    let make_quotes = "words = \"Make you an offer.\"\nbasis = \"contract\"";
    let lost = after(make_quotes, "words = \"Make you an offer.\"\nbasis = \"legitimate-interests\"");
    insta::assert_snapshot!(sentences(&lost), @r"
basis purpose.make-quotes (Changed): We rest “Make you an offer” on our legitimate interests (UK GDPR Art 6(1)(f)) instead of a contract with you, or steps you asked for before one (UK GDPR Art 6(1)(b)).
!right-lost purpose.make-quotes (Removed): You no longer have the right to take your data along in a portable format for your enquiry, because we now rest “Make you an offer” on our legitimate interests.
right-gained purpose.make-quotes (Added): You may now object when we use your data to make you an offer, because we now rest this on our legitimate interests.
");
    assert_eq!(lost.rights_lost().count(), 1);
    assert!(lost.is_significant());
    let voluntary = "id = \"portability\"\nvoluntary = true";
    let kept = notice(&WHOLE.replace("id = \"portability\"", voluntary));
    let still = WHOLE
        .replace("id = \"portability\"", voluntary)
        .replace(make_quotes, "words = \"Make you an offer.\"\nbasis = \"legitimate-interests\"");
    assert_eq!(diff(&kept, &notice(&still)).rights_lost().count(), 0);
    let gained = diff(&notice(&still), &kept);
    assert_eq!(codes(&gained), [("basis", Way::Changed), ("right-lost", Way::Removed)], "{gained:#?}");
}

#[test]
fn losing_the_only_purpose_under_contract_loses_portability() {
    let lost = after("purposes = [\"answer-enquiries\", \"make-quotes\"]", "purposes = [\"answer-enquiries\"]");
    insta::assert_snapshot!(sentences(&lost), @r"
purpose-removed kind.enquiry (Narrowed): We no longer use your enquiry to make you an offer.
!right-lost kind.enquiry (Removed): You no longer have the right to take your data along in a portable format for your enquiry, because we no longer use it to make you an offer.
");
}

#[test]
fn whoever_accepted_another_version_is_asked_again_when_the_meaning_changes() {
    let newer = WHOLE.replacen("version = \"2026-11\"", "version = \"2027-01\"", 1);
    assert_eq!(diff(&notice(WHOLE), &notice(&newer)).changes, []);
    let newer = newer.replace("fee = true\n", "");
    insta::assert_snapshot!(sentences(&diff(&notice(WHOLE), &notice(&newer))), @r"
right-changed right.access (Changed): We no longer ask a fee for the right to see what is held about you.
acceptance recipient.mail-relay (Changed): “Example Mail Limited” has accepted version 2026-11 and must accept version 2027-01.
");
}

#[test]
fn a_renamed_kind_is_one_that_is_gone_and_one_that_is_new() {
    let renamed = WHOLE
        .replace("id = \"need\"\nwords", "id = \"support\"\nwords")
        .replace("need = [\"name\"] }", "support = [\"name\"] }");
    insta::assert_snapshot!(sentences(&diff(&notice(WHOLE), &notice(&renamed))), @r"
kind-added kind.support (Added): We now hold what a pupil needs: “Full name” and “Special need”; we keep it 1 year after the pupil left school.
kind-removed kind.need (Removed): We no longer hold what a pupil needs.
recipient-added kind.support (Widened): “Example Mail Limited” now receives what a pupil needs as well.
");
}

#[test]
fn who_receives_more_is_told_with_what() {
    let more = after("fields = { enquiry = [\"name\", \"email\"], need", "fields = { need");
    insta::assert_snapshot!(sentences(&more), @r"
recipient-added kind.enquiry (Widened): “Example Mail Limited” now receives “Topic” and “Message” of your enquiry as well.
");
    let home = after("country = \"FR\"", "country = \"GB\"");
    insta::assert_snapshot!(sentences(&home), @r"
transfer recipient.mail-relay (Narrowed): What “Example Mail Limited” receives no longer goes to FR.
");
    let nobody = WHOLE
        .replace("recipients = [\"mail-relay\"]\nobliged", "obliged")
        .replace("enquiry = [\"name\", \"email\"], ", "");
    insta::assert_snapshot!(sentences(&diff(&notice(WHOLE), &notice(&nobody))), @r"
recipient-removed kind.enquiry (Narrowed): “Example Mail Limited” no longer receives your enquiry.
");
}

#[test]
fn people_read_whole_sentences_about_everything_else() {
    let new = WHOLE
        .replace("backup_window = \"14 days\"", "backup_window = \"7 days\"")
        .replace("email = \"privacy@county.example\"", "email = \"dpo@county.example\"")
        .replace("message = \"optional\"", "need = \"optional\"")
        .replace("topic = \"required\"", "topic = \"optional\"")
        .replace("names_others = [\"message\"]\n", "")
        .replace("source = { default = \"you\", topic = \"our staff\" }", "source = { default = \"your school\" }")
        .replace("warn = [\"14 days\"]", "warn = [\"60 days\", \"14 days\"]")
        .replace("id = \"count-use\"", "id = \"count-visits\"")
        .replace("\"count-use\"", "\"count-visits\"")
        .replace("by = [\"desk\", \"officer\"]", "by = [\"desk\", \"mailer\"]")
        .replace("limit = \"1 month\"\nextension = \"2 months\"", "limit = \"21 days\"")
        .replace("lifetime = \"24 hours\"", "lifetime = \"30 days\"")
        .replace("id = \"crime\"\nground", "id = \"police\"\nground")
        .replace("kinds = [\"enquiry\"]\nsignificant", "significant")
        .replace("tell = [\"enquirer\"]", "tell = [\"enquirer\", \"pupil\"]")
        .replace("words = \"We seal what we hold.\"", "words = \"We seal all we hold.\"");
    insta::assert_snapshot!(sentences(&diff(&notice(WHOLE), &notice(&new))), @r"
contact contact.officer (Changed): The e-mail address of “Data protection officer” is now “dpo@county.example” instead of “privacy@county.example”.
field-changed kind.enquiry (Narrowed): “Topic” may now be left out of your enquiry.
field-added kind.enquiry (Added): “Special need” is now part of your enquiry, and you may leave it out.
field-removed kind.enquiry (Removed): “Message” is no longer part of your enquiry.
source kind.enquiry (Changed): The source of “Full name” and “E-mail address” in your enquiry is now “your school” instead of “you”.
source kind.enquiry (Changed): The source of “Topic” in your enquiry is now “your school” instead of “our staff”.
warning kind.enquiry (Changed): How long before we erase your enquiry you are warned is now “60 days and 14 days” instead of “14 days”.
purpose-changed purpose.answer-enquiries (Widened): “Answer what you ask us” is now also done by our mail program.
purpose-changed purpose.answer-enquiries (Narrowed): “Answer what you ask us” is no longer done by our data protection officer.
!purpose-added purpose.count-visits (Added): We have a new purpose, to count how our website is used; we rest this on a task in the public interest (UK GDPR Art 6(1)(e)).
purpose-removed purpose.count-use (Removed): We no longer have the purpose to count how our website is used.
right-changed right.access (Narrowed): The time within which we answer about the right to see what is held about you is now 21 days instead of 1 month.
right-changed right.access (Removed): The extension of time about the right to see what is held about you is no longer stated; it was “2 months”.
recipient-changed recipient.members (Widened): “The members of our consortium” now receives data also to count how our website is used.
recipient-changed recipient.members (Narrowed): “The members of our consortium” no longer receives data to count how our website is used.
disclosure disclosure.police (Added): We may now disclose data to the police, when it is needed to prevent or detect a crime.
disclosure disclosure.crime (Removed): We no longer disclose data to the police, when it is needed to prevent or detect a crime.
cookie cookie.staff-session (Widened): The cookie “__Host-staff” now lives 30 days instead of 24 hours.
decision decision.delete-when-due (Widened): “We delete what is due” now touches what a pupil needs.
window notice.backup_window (Narrowed): The time until what we erase is unreadable in every copy is now 7 days instead of 14 days.
change change (Changed): We now write to “Pupils whose school asks for them” before a significant change.
promise text.security (Removed): About how we keep it safe we no longer say: “We seal what we hold”.
promise text.security (Added): About how we keep it safe we now say: “We seal all we hold”.
");
}

#[test]
fn a_difference_that_touches_no_kind_touches_everybody() {
    let (old, new) = (notice(WHOLE), notice(&WHOLE.replace("lifetime = \"24 hours\"", "lifetime = \"30 days\"")));
    assert_eq!(diff(&old, &new).subjects(&old, &new), ["enquirer", "pupil"]);
}
