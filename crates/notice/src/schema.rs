//! The schema of a notice file, for editors: JSON Schema, as those for TOML read it.

use crate::sections::{ALL, Key, Need, Section, Value};
use serde_json::{Map, Value as Json, json};

/// The JSON Schema (draft 2020-12) of a notice file, made of the same table that reading goes by. An editor that is given
/// it completes keys, explains them and underlines what is not of their type. What it accepts may still have findings.
pub fn schema() -> String {
    format!("{:#}\n", of_file())
}

/// The schema as a value: the JSON form of a notice adds to it.
pub(crate) fn of_file() -> Json {
    let sections = ALL.iter().map(|section| (section.name.to_owned(), section_schema(section)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A privacy notice that Candour obeys",
        "type": "object",
        "additionalProperties": false,
        "required": ["notice", "controller"],
        "properties": sections.collect::<Map<_, _>>(),
    })
}

fn section_schema(section: &Section) -> Json {
    let required: Vec<&str> = section.keys.iter().filter(|key| key.need == Need::Must).map(|key| key.name).collect();
    let properties = section.keys.iter().map(|key| (key.name.to_owned(), key_schema(key, section.name)));
    let mut table = json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties.collect::<Map<_, _>>(),
    });
    if section.many {
        return json!({ "type": "array", "description": section.help, "items": table });
    }
    table["description"] = section.help.into();
    table
}

fn key_schema(key: &Key, section: &str) -> Json {
    let mut schema = key.value.schema(section);
    schema["title"] = key.value.words().into();
    schema["description"] = match key.need {
        Need::Wanted(code) => format!("{} Without it: finding {code}.", key.help),
        Need::May | Need::Must => key.help.to_owned(),
    }
    .into();
    schema
}

impl Value {
    fn schema(self, section: &str) -> Json {
        let text = || json!({ "type": "string", "minLength": 1, "maxLength": 20_000 });
        let list = |items: Json| json!({ "type": "array", "uniqueItems": true, "items": items });
        let id = || json!({ "type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$" });
        let period = || json!({ "type": "string", "pattern": "^(0|[1-9][0-9]*) (day|week|month|year)s?$" });
        match self {
            Value::Address | Value::Email | Value::Keep | Value::Text => text(),
            Value::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
            Value::Date => json!({ "type": "string", "format": "date" }),
            Value::Digest => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
            Value::Fields => {
                json!({ "type": "object", "minProperties": 1, "additionalProperties": { "enum": ["required", "optional"] } })
            }
            Value::Flag => json!({ "type": "boolean" }),
            Value::Id if section == "event" => json!({ "type": "string", "pattern": "^[a-z][a-z0-9.-]{0,63}$" }),
            Value::Id | Value::IdOf(_) => id(),
            Value::IdsOf(_) | Value::OwnFields => list(id()),
            Value::KindFields => json!({ "type": "object", "additionalProperties": list(id()) }),
            Value::Lifetime => json!({ "type": "string", "pattern": "^[1-9][0-9]* (minute|hour|day)s?$" }),
            Value::Number(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
            Value::Options => {
                json!({ "type": "array", "items": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "string" } } })
            }
            Value::Period => period(),
            Value::Periods => list(period()),
            Value::Sources => json!({ "type": "object", "additionalProperties": text() }),
            Value::Texts => list(text()),
            Value::Web => json!({ "type": "string", "pattern": "^https://" }),
            Value::Word(words) => json!({ "enum": words }),
            Value::Words(words) => list(json!({ "enum": words })),
            Value::WorkingDays => json!({ "type": "string", "pattern": "^[1-9][0-9]? working days?$" }),
        }
    }

    /// In words, for editors and for the reference page: "one of `no`, `contract`, `law`".
    pub(crate) fn words(self) -> String {
        let codes = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        match self {
            Value::Address => "address of a clause".to_owned(),
            Value::Country => "two capitals".to_owned(),
            Value::Date => "date".to_owned(),
            Value::Digest => "64 hexadecimal digits".to_owned(),
            Value::Email => "e-mail address".to_owned(),
            Value::Fields => "`{ FIELD = \"required\", FIELD = \"optional\" }`".to_owned(),
            Value::Flag => "`true` or `false`".to_owned(),
            Value::Id => "id".to_owned(),
            Value::IdOf(section) => format!("id of a {section}"),
            Value::IdsOf(section) => format!("list of ids of `[[{section}]]`"),
            Value::Keep => "see [below](#keep-until-when)".to_owned(),
            Value::KindFields => "`{ KIND = [\"FIELD\"] }`".to_owned(),
            Value::Lifetime => "`\"30 minutes\"`, `\"24 hours\"`, `\"7 days\"`".to_owned(),
            Value::Number(from, to) => format!("number from {from} to {to}"),
            Value::Options => "`[[\"code\", \"Label\"]]`".to_owned(),
            Value::OwnFields => "list of its fields".to_owned(),
            Value::Period => "period".to_owned(),
            Value::Periods => "list of periods".to_owned(),
            Value::Sources => "`{ default = \"you\", FIELD = \"words\" }`".to_owned(),
            Value::Text => "text".to_owned(),
            Value::Texts => "list of texts".to_owned(),
            Value::Web => "address that begins with `https://`".to_owned(),
            Value::Word([one]) => format!("`{one}`"),
            Value::Word(words) => format!("one of {}", codes(words)),
            Value::Words(words) => format!("list of {}", codes(words)),
            Value::WorkingDays => "`\"5 working days\"`".to_owned(),
        }
    }
}
