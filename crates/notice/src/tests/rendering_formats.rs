//! The forms of a notice: each whole, each safe to read, each in step with what it is made from.

use super::{COUNTY, county};
use crate::{Format, Notice, json_schema, print, read, render};
use serde_json::Value;
use std::collections::BTreeSet;

const WHOLE: &str = include_str!("whole.toml");
const FORMATS: [Format; 5] = [Format::Dpv, Format::Html, Format::Json, Format::Markdown, Format::Ropa];

fn notice(text: &str) -> Notice {
    read(text).unwrap().notice.unwrap()
}

/// Every notice that is shipped, and two of the tests.
fn all() -> Vec<Notice> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../notices");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let shipped = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let shipped = shipped.filter_map(|path| read(&std::fs::read_to_string(path).unwrap()).unwrap().notice);
    let notices: Vec<Notice> = [notice(WHOLE), county()].into_iter().chain(shipped).collect();
    assert!(notices.len() > 2);
    notices
}

/// What a value breaks of a schema, for the keywords that the published one uses. Unknown keywords fail.
pub(super) fn breaks(value: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "format" => true,
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_u64(),
                "boolean" => value.is_boolean(),
                other => panic!("{other}"),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minLength" => value.as_str().unwrap().chars().count() as u64 >= rule.as_u64().unwrap(),
            "maxLength" => value.as_str().unwrap().chars().count() as u64 <= rule.as_u64().unwrap(),
            "minProperties" => value.as_object().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "uniqueItems" => {
                let items = value.as_array().unwrap();
                items.iter().enumerate().all(|(i, item)| !items[..i].contains(item))
            }
            "minimum" => value.as_u64() >= rule.as_u64(),
            "maximum" => value.as_u64() <= rule.as_u64(),
            "minItems" => value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(),
            "maxItems" => value.as_array().unwrap().len() as u64 <= rule.as_u64().unwrap(),
            "pattern" => fits(value.as_str().unwrap(), rule.as_str().unwrap()),
            "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "properties" => {
                for (key, inner) in value.as_object().unwrap() {
                    if let Some(rule) = rule.get(key) {
                        breaks(inner, rule, &format!("{at}.{key}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
                for (key, inner) in value.as_object().unwrap().iter().filter(|(key, _)| !known(key)) {
                    match rule {
                        Value::Bool(false) => found.push(format!("{at}.{key} is unknown")),
                        rule => breaks(inner, rule, &format!("{at}.{key}"), found),
                    }
                }
                true
            }
            "items" => {
                for (i, item) in value.as_array().unwrap().iter().enumerate() {
                    breaks(item, rule, &format!("{at}[{i}]"), found);
                }
                true
            }
            other => panic!("the schema has the keyword {other}, which this test does not know"),
        };
        if !holds {
            found.push(format!("{at} breaks {keyword}: {rule}"));
        }
    }
}

/// The few patterns that the schema has.
fn fits(text: &str, pattern: &str) -> bool {
    let counted = |units: &[&str]| {
        text.split_once(' ').is_some_and(|(count, unit)| {
            count.bytes().all(|c| c.is_ascii_digit()) && units.contains(&unit.strip_suffix('s').unwrap_or(unit))
        })
    };
    let id = |more: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.len() <= 64
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    match pattern {
        "^[0-9a-f]{64}$" => text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')),
        "^[a-z][a-z0-9-]{0,63}$" => id("-"),
        "^[a-z][a-z0-9.-]{0,63}$" => id(".-"),
        "^[A-Z]{2}$" => text.len() == 2 && text.bytes().all(|c| c.is_ascii_uppercase()),
        "^https://" => text.starts_with("https://"),
        "^(0|[1-9][0-9]*) (day|week|month|year)s?$" => counted(&["day", "week", "month", "year"]),
        "^[1-9][0-9]* (minute|hour|day)s?$" => counted(&["minute", "hour", "day"]),
        "^[1-9][0-9]? working days?$" => counted(&["working day"]),
        other => panic!("the schema has the pattern {other}, which this test does not know"),
    }
}

#[test]
fn every_notice_as_json_keeps_to_the_published_schema() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    for notice in all() {
        let value: Value = serde_json::from_str(&render(&notice, Format::Json)).unwrap();
        let mut found = Vec::new();
        breaks(&value, &schema, "", &mut found);
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(value["digest"], notice.digest().to_string());
    }
}

#[test]
fn what_the_schema_does_not_know_breaks_it() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let value: Value = serde_json::from_str(&render(&county(), Format::Json)).unwrap();
    let wrong: [fn(&mut Value); 5] = [
        |value| value["purpose"][0]["porpose"] = "x".into(),
        |value| value["purpose"][0]["basis"] = "consent".into(),
        |value| value["notice"]["backup_window"] = "soon".into(),
        |value| value["field"][0]["special"] = "yes".into(),
        |value| value["kind"][0]["fields"]["name"] = "perhaps".into(),
    ];
    for change in wrong {
        let (mut value, mut found) = (value.clone(), Vec::new());
        change(&mut value);
        breaks(&value, &schema, "", &mut found);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn json_says_every_key_that_the_canonical_form_says() {
    let notice = notice(WHOLE);
    let value: Value = serde_json::from_str(&render(&notice, Format::Json)).unwrap();
    let mut section = String::new();
    let mut count = 0;
    for line in print(&notice).lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
        } else if let Some((key, _)) = line.split_once(" = ") {
            let clauses = value[&section].as_array().cloned().unwrap_or_else(|| vec![value[&section].clone()]);
            assert!(clauses.iter().any(|clause| clause.get(key).is_some()), "[{section}] {key}");
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}

#[test]
fn a_page_of_its_own_is_whole_and_fetches_nothing() {
    for notice in all() {
        let page = render(&notice, Format::Html);
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en-GB\">") && page.ends_with("</html>\n"));
        for fetched in ["<script", "<link", "<img", "<iframe", "@import", "url(", " src="] {
            assert!(!page.contains(fetched), "{fetched}");
        }
        assert_eq!(page.matches("<h1>").count(), 1);
        assert!(page.contains(&notice.digest().to_string()));
    }
}

#[test]
fn markdown_says_what_the_page_says() {
    for notice in all() {
        let markdown = render(&notice, Format::Markdown);
        for kind in notice.kinds() {
            assert!(markdown.contains(&format!("### {}", crate::render::plain(&kind.words))), "{}", kind.id);
        }
        for heading in render(&notice, Format::Html).split("<h2").skip(1) {
            let words = heading.split_once('>').unwrap().1.split('<').next().unwrap();
            assert!(markdown.contains(&format!("\n## {words}\n")), "{words}");
        }
        assert!(!markdown.contains("<a ") && !markdown.contains("</") && !markdown.contains("\n\n\n"), "{markdown}");
        let rows = markdown.lines().filter(|line| line.starts_with('|'));
        assert!(rows.clone().all(|row| row.ends_with('|')) && rows.count() > 3);
    }
}

/// Letters and digits alone, word by word.
fn bare(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn markdown_has_the_words_of_the_page_and_no_others() {
    for notice in all() {
        let page = render(&notice, Format::Html);
        let (_, body) = page.split_once("<body>").unwrap();
        let (before, rest) = body.split_once("<nav").unwrap();
        let (_, after) = rest.split_once("</nav>").unwrap();
        let pieces = format!("{before} {after}");
        let words: String = pieces
            .split('<')
            .map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words))
            .fold(String::new(), |text, words| text + " " + words);
        let words = words.replace("&quot;", " ").replace("&#39;", " ").replace("&lt;", " ").replace("&gt;", " ");
        let markdown = render(&notice, Format::Markdown).replace("<br>", " ");
        assert_eq!(bare(&markdown), bare(&words.replace("&amp;", " ")));
    }
}

#[test]
fn nothing_a_notice_says_becomes_markup() {
    let wild = COUNTY.replace(
        "words = \"Your enquiry and how to reach you\"",
        "words = \"# *You* | <b>&amp;</b> `x` [y](z) \\\\ _\"",
    );
    let notice = notice(&wild);
    let markdown = render(&notice, Format::Markdown);
    let escaped = "\\# \\*You\\* \\| \\<b\\>\\&amp;\\</b\\> \\`x\\` \\[y\\](z) \\\\ \\_";
    assert!(markdown.contains(escaped), "{markdown}");
    assert!(render(&notice, Format::Ropa).contains(escaped));
    assert!(!render(&notice, Format::Html).contains("<b>"));
    for format in [Format::Json, Format::Dpv] {
        assert!(serde_json::from_str::<Value>(&render(&notice, format)).is_ok());
    }
}

#[test]
fn linked_data_names_nothing_that_is_not_there_and_fetches_no_context() {
    for notice in all() {
        let document: Value = serde_json::from_str(&render(&notice, Format::Dpv)).unwrap();
        let context = document["@context"].as_object().expect("an inline context");
        let graph = document["@graph"].as_array().unwrap();
        let (mut declared, mut named) = (BTreeSet::new(), BTreeSet::new());
        for node in graph {
            walk(node, true, &mut declared, &mut named, context);
        }
        let loose: Vec<_> = named.difference(&declared).collect();
        assert_eq!(loose, Vec::<&String>::new());
        let processes = graph.iter().filter(|node| node["@type"][0] == "dpv:Process").count();
        assert_eq!(processes, notice.kinds().iter().map(|kind| kind.purposes.len()).sum::<usize>());
    }
}

/// Gathers the nodes that a document declares (those with more than an address) and names; every term has its prefix.
fn walk(
    value: &Value,
    top: bool,
    declared: &mut BTreeSet<String>,
    named: &mut BTreeSet<String>,
    context: &serde_json::Map<String, Value>,
) {
    let is_known = |term: &str| term.split_once(':').is_some_and(|(prefix, _)| context.contains_key(prefix));
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, false, declared, named, context)),
        Value::Object(object) => {
            if let Some(id) = object.get("@id").and_then(Value::as_str) {
                let is_clause = id.starts_with('#');
                assert!(is_clause || is_known(id), "{id}");
                if is_clause && object.len() > 1 {
                    assert!(declared.insert(id.to_owned()) || !top, "{id} stands twice");
                } else if is_clause {
                    named.insert(id.to_owned());
                }
            }
            for (key, inner) in object.iter().filter(|(key, _)| !key.starts_with('@')) {
                assert!(is_known(key), "{key}");
                walk(inner, false, declared, named, context);
            }
        }
        _ => {}
    }
}

#[test]
fn a_process_has_its_purpose_basis_data_people_and_end() {
    let document: Value = serde_json::from_str(&render(&notice(WHOLE), Format::Dpv)).unwrap();
    let graph = document["@graph"].as_array().unwrap();
    let process = graph.iter().find(|node| node["@id"] == "#kind-need--help-pupils").unwrap();
    insta::assert_snapshot!(format!("{process:#}"), @r##"
{
  "@id": "#kind-need--help-pupils",
  "@type": [
    "dpv:Process",
    "dpv:PersonalDataProcess"
  ],
  "dpv:hasDataController": {
    "@id": "#controller"
  },
  "dpv:hasDataSource": [
    {
      "@type": "dpv:DataSource",
      "skos:prefLabel": "the school"
    }
  ],
  "dpv:hasDataSubject": {
    "@id": "#subject-pupil"
  },
  "dpv:hasLegalBasis": [
    {
      "@id": "eu-gdpr:A6-1-e"
    },
    {
      "@id": "eu-gdpr:A9-2-g"
    }
  ],
  "dpv:hasPersonalData": [
    {
      "@id": "#field-name"
    },
    {
      "@id": "#field-need"
    }
  ],
  "dpv:hasPurpose": {
    "@id": "#purpose-help-pupils"
  },
  "dpv:hasRecipient": [],
  "dpv:hasRight": [
    {
      "@id": "#right-portability"
    }
  ],
  "dpv:hasStorageCondition": [
    {
      "@id": "#kind-need-keep",
      "@type": [
        "dpv:StorageDuration",
        "dpv:UntilEventDuration"
      ],
      "skos:notation": "1 year after pupil.left",
      "skos:prefLabel": "1 year after the pupil left school"
    },
    {
      "@type": "dpv:StorageDeletion"
    }
  ],
  "skos:prefLabel": "What a pupil needs"
}
"##);
}

#[test]
fn the_record_has_all_points_for_every_purpose() {
    for notice in all() {
        let record = render(&notice, Format::Ropa);
        for point in ["(a) Controller", "(b)", "(c) People", "(c) Personal", "(d)", "(e)", "(f)", "(g)"] {
            let rows = record.lines().filter(|line| line.starts_with(&format!("| {point}"))).count();
            assert_eq!(rows, notice.purposes().len(), "{point}");
        }
        assert!(record.lines().filter(|line| line.starts_with("| (")).all(|row| !row.contains("|  |")));
    }
}

#[test]
fn the_record_reads_as_text() {
    insta::assert_snapshot!(render(&notice(WHOLE), Format::Ropa), @r"
# Record of processing activities of Example County Grid Limited

Article 30(1) of the UK GDPR. Made from version 2026-11 of the privacy notice, in force from 1 November 2026.

Digest of the notice: 98b38b568d71dedfb2588cd6098f3bad6d558e20ed3a8ae7ba121e3a541eff82

## Answer what you ask us

| Article 30(1) | |
| --- | --- |
| (a) Controller and contacts | Example County Grid Limited<br>1 Any Street, Anytown<br>Registration: ZA000000<br>Data protection officer: privacy@county.example; 2 Any Street, Anytown; https://county.example/privacy |
| (b) Purpose | Answer what you ask us.<br>Lawful basis: our legitimate interests (UK GDPR Art 6(1)(f)); Answering people who write to us; assessment LIA-1. |
| (c) People | People who ask us something |
| (c) Personal data | Your enquiry: Full name (identity), E-mail address (contact), Topic (content), Message (content) |
| (d) Recipients | Example Mail Limited: It processes data for us and on our instructions (a processor). Contract C-1. An example, to be replaced. |
| (e) Transfers | Example Mail Limited: FR; Adequacy regulations |
| (f) Time limits | Your enquiry: 90 days after we closed your enquiry |
| (g) Security | As below, for all activities. |

## Make you an offer

| Article 30(1) | |
| --- | --- |
| (a) Controller and contacts | Example County Grid Limited<br>1 Any Street, Anytown<br>Registration: ZA000000<br>Data protection officer: privacy@county.example; 2 Any Street, Anytown; https://county.example/privacy |
| (b) Purpose | Make you an offer.<br>Lawful basis: a contract with you, or steps you asked for before one (UK GDPR Art 6(1)(b)). |
| (c) People | People who ask us something |
| (c) Personal data | Your enquiry: Full name (identity), E-mail address (contact), Topic (content), Message (content) |
| (d) Recipients | Nobody outside. |
| (e) Transfers | None. |
| (f) Time limits | Your enquiry: 90 days after we closed your enquiry |
| (g) Security | As below, for all activities. |

## Provide what a pupil needs

| Article 30(1) | |
| --- | --- |
| (a) Controller and contacts | Example County Grid Limited<br>1 Any Street, Anytown<br>Registration: ZA000000<br>Data protection officer: privacy@county.example; 2 Any Street, Anytown; https://county.example/privacy |
| (b) Purpose | Provide what a pupil needs.<br>Lawful basis: a task in the public interest (UK GDPR Art 6(1)(e)); law: Education Act 1996 s.14; Art 9 condition: substantial-public-interest; Schedule 1: paragraph 6. |
| (c) People | Pupils whose school asks for them |
| (c) Personal data | What a pupil needs: Full name (identity), Special need (health, special category) |
| (d) Recipients | Nobody outside. |
| (e) Transfers | None. |
| (f) Time limits | What a pupil needs: 1 year after the pupil left school |
| (g) Security | As below, for all activities. |

## Count how our website is used

| Article 30(1) | |
| --- | --- |
| (a) Controller and contacts | Example County Grid Limited<br>1 Any Street, Anytown<br>Registration: ZA000000<br>Data protection officer: privacy@county.example; 2 Any Street, Anytown; https://county.example/privacy |
| (b) Purpose | Count how our website is used.<br>Lawful basis: a task in the public interest (UK GDPR Art 6(1)(e)); law: Education Act 1996 s.14. |
| (c) People | No personal data is kept. |
| (c) Personal data | No personal data is kept. |
| (d) Recipients | The members of our consortium: It decides for itself (a controller). |
| (e) Transfers | None. |
| (f) Time limits | No personal data is kept. |
| (g) Security | As below, for all activities. |

## Disclosures on a ground of law

- To the police, when it is needed to prevent or detect a crime. Only: Your enquiry.

## Technical and organisational security measures

- We seal what we hold.
- Sealed copies of the database. At most 14 days.
- What we erase from our database is unreadable in every copy of it 14 days later.
");
}

#[test]
fn what_a_notice_leaves_unsaid_is_said_to_be_so_in_every_form() {
    let bare = WHOLE
        .replace("keep = \"90 days after enquiry.closed\"\n", "")
        .replace("basis = \"contract\"\n", "")
        .replace("country = \"FR\"\n", "")
        .replace("lifetime = \"24 hours\"\n", "")
        .replace("backup_window = \"14 days\"\n", "");
    let notice = notice(&bare);
    for format in FORMATS {
        let text = render(&notice, format);
        assert!(!text.is_empty());
        if matches!(format, Format::Html | Format::Markdown | Format::Ropa) {
            assert!(text.to_lowercase().contains("notice does not say"), "{format:?}");
        }
    }
}
