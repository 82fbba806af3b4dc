//! Files that are no notice, and mistakes that look harmless: one clear sentence each, at its place.

use super::{COUNTY, changed, read};
use crate::{NoNotice, read_bytes, report};

fn refused(bytes: &[u8]) -> NoNotice {
    read_bytes(bytes).unwrap_err()
}

#[test]
fn a_byte_order_mark_of_utf_8_is_accepted_and_moves_nothing() {
    let marked = format!("\u{feff}{COUNTY}");
    assert_eq!(read_bytes(marked.as_bytes()), crate::read(COUNTY));
    let broken = marked.replace("[[store]]", "[[stor]]");
    let findings = read_bytes(broken.as_bytes()).unwrap().findings;
    assert!(report("county.toml", &broken, &findings).contains("[[stor]]\n"));
}

#[test]
fn wide_encodings_are_named_with_or_without_their_mark() {
    let wide = |text: &str, mark: bool| -> Vec<u16> {
        mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).collect()
    };
    for mark in [true, false] {
        let units = wide(COUNTY, mark);
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little, big] {
            let error = refused(&bytes);
            assert_eq!(error.sentence, "the file is written in UTF-16, but a notice is UTF-8; save it as UTF-8");
        }
    }
    let four: Vec<u8> = COUNTY.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    assert!(refused(&four).sentence.contains("UTF-32"));
}

#[test]
fn another_encoding_is_refused_at_its_first_strange_byte() {
    let mut latin = COUNTY.replacen("Our staff", "Our staf\u{fe}", 1).into_bytes();
    let at = latin.windows(2).position(|pair| pair == "\u{fe}".as_bytes()).unwrap();
    latin.splice(at..at + 2, [0xfe]);
    let error = refused(&latin);
    assert!(error.sentence.starts_with("the file is not UTF-8 from this place on"), "{error}");
    let line = COUNTY.lines().position(|line| line.contains("Our staff")).unwrap() + 1;
    assert_eq!((error.line, error.column), (line, 18));
}

#[test]
fn fifty_megabytes_are_refused_before_they_are_looked_at() {
    assert_eq!(refused(&vec![0xff; 50 * 1024 * 1024]).sentence, "the file is larger than 1 MiB");
    assert_eq!(read(&"a".repeat(1024 * 1024 + 1)).unwrap_err().sentence, "the file is larger than 1 MiB");
}

#[test]
fn what_is_nested_too_deep_is_refused_with_its_place() {
    for deep in [format!("a = {}", "[".repeat(500_000)), format!("a = {}", "{a=".repeat(300_000))] {
        let error = read(&deep).unwrap_err();
        assert!(error.sentence.starts_with("this is not TOML: ") && error.line == 1, "{error}");
        assert!(error.sentence.len() < 200, "{error}");
    }
}

#[test]
fn nothing_at_all_is_no_notice() {
    for empty in ["", "\n", "# only a comment\n", "\u{feff}"] {
        assert_eq!(refused(empty.as_bytes()).sentence, "the file has no section [notice], so it is no notice");
    }
    assert!(refused(&[0]).sentence.starts_with("this is not TOML: "));
    assert!(refused(&[0xff]).sentence.starts_with("the file is not UTF-8"));
}

#[test]
fn a_section_nobody_knows_is_one_finding_that_names_what_was_meant() {
    let read = read(&format!("{COUNTY}\n\n[[cookies]]\nid = \"x\"\n\n[zebra]\na = 1\n")).unwrap();
    let mends: Vec<&str> = read.findings.iter().map(|finding| finding.mend.as_str()).collect();
    assert_eq!(mends[0], "write `cookie`: A cookie that may be set; no other can be.");
    assert!(mends[1].starts_with("take it out; known: notice, controller,"), "{mends:?}");
    assert_eq!(mends.len(), 2);
}

#[test]
fn a_key_nobody_knows_is_one_finding_that_says_what_the_near_one_is() {
    let read = changed("assessment = \"LIA-1\"", "assesment = \"LIA-1\"");
    assert_eq!(read.findings.len(), 1);
    assert_eq!(read.findings[0].mend, "write `assessment`: The reference of the assessment behind it.");
}

#[test]
fn a_day_that_does_not_exist_is_refused_at_its_place() {
    for day in ["2027-02-29", "2027-04-31", "2027-13-01", "2027-00-10"] {
        let text = COUNTY.replace("review_due = 2027-11-01", &format!("review_due = {day}"));
        let line = COUNTY.lines().position(|line| line.starts_with("review_due")).unwrap() + 1;
        match read(&text) {
            Ok(read) => {
                assert_eq!((read.findings.len(), read.findings[0].code, read.findings[0].line), (1, "N07", line));
            }
            Err(error) => assert_eq!(error.line, line, "{error}"),
        }
    }
}

#[test]
fn an_id_that_stands_twice_is_one_finding() {
    let read =
        read(&format!("{COUNTY}\n\n[[store]]\nid = \"backups\"\nwords = \"More\"\nlimit = \"1 day\"\n")).unwrap();
    let codes: Vec<&str> = read.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["N04"]);
}

#[test]
fn clauses_that_stand_on_themselves_are_one_finding_for_each_circle() {
    for (from, to, clause, words) in [
        ("counts = [\"sign-in\"]", "counts = [\"staff.last-sign-in\"]", "event.staff.last-sign-in", "stands on itself"),
        (
            "words = \"you left our staff\"",
            "words = \"you left our staff\"\ncounts = [\"staff.gone\"]\n\n[[event]]\nid = \"staff.gone\"\nwords = \"you went\"\ncounts = [\"staff.left\"]",
            "event.staff.gone",
            "`event.staff.gone`, `event.staff.left` stand on one another in a circle",
        ),
        ("clause = \"purpose.show-you\"", "clause = \"text.rights\"", "text.rights", "stands on itself"),
    ] {
        let read = changed(from, to);
        assert!(read.notice.is_none());
        let found: Vec<_> = read.findings.iter().map(|f| (f.code, f.clause.as_str())).collect();
        assert_eq!(found, [("N09", clause)], "{:#?}", read.findings);
        assert!(read.findings[0].why.contains(words), "{}", read.findings[0].why);
    }
}

#[test]
fn a_chain_of_texts_that_ends_is_no_circle_and_falls_with_its_end() {
    let chain = format!(
        "{COUNTY}\n\n[[text]]\nid = \"second\"\nunder = \"rights\"\nclause = \"text.rights\"\nwords = \"This stands on the text before.\"\n"
    );
    let notice = read(&chain).unwrap().notice.unwrap();
    assert!(notice.covers("text.second"));
    let notice = read(&chain.replace("basis = \"legal-obligation\"\n", "")).unwrap().notice.unwrap();
    assert!(!notice.covers("text.rights") && !notice.covers("text.second"));
}

#[test]
fn what_nobody_can_see_is_refused_in_every_text() {
    for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{200f}', '\u{2028}', '\u{feff}', '\u{e0041}'] {
        let read = changed("words = \"you left our staff\"", &format!("words = \"you {hidden}left our staff\""));
        let found: Vec<_> = read.findings.iter().map(|f| (f.code, f.clause.as_str())).collect();
        assert_eq!(found, [("N07", "event.staff.left")], "{hidden:?}");
    }
}
