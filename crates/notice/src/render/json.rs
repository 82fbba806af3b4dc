//! What the file says, as JSON: the canonical form in another notation, so that it has one word for each thing and nothing
//! can be missing from it. What the canonical form leaves out by default is left out here, and the schema is that of the
//! file with the name of the form and the digest.

use crate::{Notice, print};
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

/// The name of the form and of its schema.
const NAME: &str = "notice-1";

pub(super) fn json(notice: &Notice) -> String {
    let canonical = print(notice);
    let mut object = Map::new();
    object.insert("form".to_owned(), json!(NAME));
    object.insert("digest".to_owned(), json!(notice.digest().to_string()));
    // What `print` writes, `read` reads (an invariant of the crate), so that it is TOML.
    if let Ok(document) = DeTable::parse(&canonical) {
        object.extend(table(document.get_ref()));
    }
    format!("{:#}\n", Value::Object(object))
}

/// The schema of [`crate::Format::Json`] (JSON Schema, draft 2020-12), as published in `docs/schemas/notice-1.json`.
pub fn json_schema() -> String {
    let mut schema = crate::schema::of_file();
    schema["$id"] = json!(format!("{NAME}.json"));
    schema["title"] = json!("A privacy notice as JSON");
    schema["required"] = json!(["form", "digest", "notice", "controller"]);
    schema["properties"]["form"] = json!({ "const": NAME, "description": "The name of this form." });
    schema["properties"]["digest"] = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the notice's canonical form." });
    format!("{schema:#}\n")
}

fn table(table: &DeTable<'_>) -> Map<String, Value> {
    table.iter().map(|(key, inner)| (key.get_ref().to_string(), value(inner.get_ref()))).collect()
}

fn value(inner: &DeValue<'_>) -> Value {
    match inner {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => number.as_str().parse::<u64>().map_or(Value::Null, Value::from),
        DeValue::Float(number) => json!(number.as_str()),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(day) => json!(day.to_string()),
        DeValue::Array(items) => items.iter().map(|item| value(item.get_ref())).collect(),
        DeValue::Table(inner) => Value::Object(table(inner)),
    }
}
