//! Files that are made of this crate's tables: the two schemas and the tables of the reference page. When one is
//! stale, `UPDATE_SNAPSHOTS=1 cargo test -p notice generated` writes it anew.

use super::COUNTY;
use super::rendering_formats::breaks;
use crate::sections::{ALL, Need, Section};
use crate::{CODES, DIFFERENCES, Severity, schema};
use std::fmt::Write;
use std::path::PathBuf;

const SCHEMA: &str = "notices/notice.schema.json";
const REFERENCE: &str = "docs/notice-language.md";

#[test]
fn the_schema_for_editors_is_the_one_of_the_tables() {
    keep_fresh(SCHEMA, |_| schema());
}

#[test]
fn the_schema_of_the_json_form_is_the_one_of_the_tables() {
    keep_fresh("docs/schemas/notice-1.json", |_| crate::json_schema());
}

#[test]
fn the_tables_of_the_reference_page_are_those_of_the_code() {
    keep_fresh(REFERENCE, |page| {
        let page = between(page, "sections", &sections());
        let page = between(&page, "differences", &differences());
        between(&page, "findings", &findings())
    });
}

/// Compares a file of the repository with what it should be, or writes it where that is asked for.
fn keep_fresh(file: &str, fresh: impl Fn(&str) -> String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    let fresh = fresh(&stands);
    if stands == fresh {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_SNAPSHOTS").is_some(),
        "{file} is stale; `UPDATE_SNAPSHOTS=1 cargo test -p notice generated` writes it anew"
    );
    std::fs::write(path, fresh).unwrap();
}

/// A page with the part between its two marks replaced.
fn between(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no mark {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no mark {end}"));
    format!("{before}{begin}{table}{end}{after}")
}

fn sections() -> String {
    ALL.iter().map(section).collect::<Vec<_>>().join("\n")
}

fn section(section: &Section) -> String {
    let (open, close) = if section.many { ("[[", "]]") } else { ("[", "]") };
    let mut table = format!("### `{open}{}{close}`\n\n{}\n\n", section.name, section.help);
    table.push_str("| key | without it | value | says |\n|---|---|---|---|\n");
    for key in section.keys {
        let need = match key.need {
            Need::May => "",
            Need::Must => "**must**",
            Need::Wanted(code) => code,
        };
        writeln!(table, "| `{}` | {need} | {} | {} |", key.name, key.value.words(), key.help).unwrap();
    }
    table
}

fn differences() -> String {
    let mut table = String::from("| code | difference |\n|---|---|\n");
    for (code, words) in DIFFERENCES {
        writeln!(table, "| `{code}` | {words} |").unwrap();
    }
    table
}

fn findings() -> String {
    let mut table = String::from("| code | severity | finding |\n|---|---|---|\n");
    for (code, severity, words) in CODES {
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        writeln!(table, "| {code} | {severity} | {words} |").unwrap();
    }
    table
}

/// A TOML file as the JSON that an editor judges by the schema.
fn as_json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Boolean(flag) => (*flag).into(),
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Table(table) => {
            serde_json::Value::Object(table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect())
        }
    }
}

#[test]
fn the_schema_accepts_what_the_reader_accepts_and_no_key_it_does_not_know() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let broken = |text: &str| {
        let mut found = Vec::new();
        breaks(&as_json(&text.parse::<toml::Table>().unwrap().into()), &schema, "", &mut found);
        found
    };
    for text in [COUNTY, include_str!("whole.toml"), include_str!("../../../../notices/segfl.toml")] {
        assert_eq!(broken(text), Vec::<String>::new());
    }
    for (from, to) in [
        ("hint = ", "hnt = "),
        ("id = \"backups\"", "id = \"Backups\""),
        ("basis = \"legal-obligation\"\n", "basis = \"consent\"\n"),
        ("limit = \"14 days\"", "limit = \"soon\""),
        ("words = \"Our staff\"\n", ""),
    ] {
        assert_eq!(broken(&COUNTY.replacen(from, to, 1)).len(), 1, "{from}");
    }
}

#[test]
fn the_small_notice_of_the_reference_page_has_no_gap() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/notice-language.md")).unwrap();
    let small = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let read = super::read(small).unwrap();
    assert_eq!(read.findings, []);
    assert!(read.notice.unwrap().closed().is_empty());
}

#[test]
fn every_key_has_one_sentence_of_help_and_is_written_in_the_order_of_the_canonical_form() {
    for section in ALL {
        for key in section.keys {
            assert!(key.help.ends_with('.') && !key.help.contains('|'), "{}.{}", section.name, key.name);
        }
    }
    let printed = crate::print(&crate::read(include_str!("whole.toml")).unwrap().notice.unwrap());
    let mut known: &[_] = &[];
    for line in printed.lines() {
        if let Some(name) = line.strip_prefix('[') {
            known = crate::sections::keys(name.trim_matches(['[', ']']));
        } else if let Some((name, _)) =
            line.split_once(" = ").filter(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        {
            let at = known.iter().position(|key| key.name == name).unwrap_or_else(|| panic!("{name} is out of order"));
            known = &known[at + 1..];
        }
    }
}

#[test]
fn a_key_that_must_be_there_is_missed_and_no_other_is() {
    let whole = include_str!("whole.toml");
    for section in ALL.iter().filter(|section| section.many) {
        let Some(start) = whole.find(&format!("[[{}]]", section.name)) else { continue };
        let (before, rest) = whole.split_at(start);
        let end = rest.find("\n[").unwrap_or(rest.len());
        for key in section.keys.iter().filter(|key| key.name != "id") {
            let lines: Vec<&str> =
                rest[..end].lines().filter(|line| !line.starts_with(&format!("{} = ", key.name))).collect();
            if lines.len() == rest[..end].lines().count() {
                continue;
            }
            let Ok(read) = crate::read(&format!("{before}{}\n{}", lines.join("\n"), &rest[end..])) else { continue };
            let missed =
                read.findings.iter().any(|f| f.code == "N03" && f.why.ends_with(&format!("has no `{}`", key.name)));
            assert_eq!(missed, key.need == Need::Must, "{}.{}", section.name, key.name);
            if let Need::Wanted(code) = key.need {
                assert!(read.findings.iter().any(|f| f.code == code), "{}.{} {code}", section.name, key.name);
            }
        }
    }
}
