//! `[[kind]]`: which fields about whom, what for, from where, until when.

use super::{A_PERIOD, id, least_days, unsupported};
use crate::codes::{FACTS, OBLIGED};
use crate::entry::Entry;
use crate::gathered::Words;
use crate::{Keep, Kind};
use law::Period;
use std::collections::BTreeMap;

pub(crate) fn kind(e: &mut Entry) -> Option<Kind> {
    let id = id(e, false);
    let words = e.text("words");
    let subject = e.text("subject");
    if let Some(subject) = &subject {
        let place = e.gathered.place(&e.clause, "subject");
        e.gathered.refer(&e.clause, format!("subject.{subject}"), place);
    }
    let fields = kind_fields(e);
    let linked = own_fields(e, "linked", &fields, &[]);
    let names_others = own_fields(e, "names_others", &fields, &[]);
    let listed_by = own_fields(e, "listed_by", &fields, &FACTS);
    let source = source(e, &fields);
    let purposes = e.ids_of("purpose", "purposes");
    let keep = keep(e);
    let warn = warn(e);
    let then = e.text("then");
    if then.is_some_and(|then| then != "erase") {
        unsupported(
            e,
            "then",
            format!("`{}` ends otherwise than by erasing, which is not supported yet", e.clause),
            "write `then = \"erase\"`",
        );
    }
    let recipients = e.ids_of("recipient", "recipients");
    let obliged = e.get("obliged").is_some().then(|| e.one_of("obliged", &OBLIGED)).flatten();
    let without = e.optional_text("without");
    let said = e.plain_texts("said");
    Some(Kind {
        id: id?,
        words: words?,
        subject: subject?,
        fields,
        linked,
        names_others,
        listed_by,
        source,
        purposes,
        keep: keep?,
        warn,
        recipients,
        obliged,
        without,
        said,
    })
}

fn kind_fields(e: &mut Entry) -> Vec<(String, bool)> {
    e.required("fields");
    let pairs = e.pairs("fields");
    if pairs.is_empty() && e.get("fields").is_some() && e.gathered.is_well_shaped(&e.clause) {
        e.bad("fields", format!("`{}` has no field", e.clause), "name at least one field".into());
    }
    let mut fields = Vec::new();
    for (field, need, place) in pairs {
        e.gathered.refer(&e.clause, format!("field.{field}"), place.clone());
        if !matches!(need.as_str(), "required" | "optional") {
            let why = format!("`{field}` of `{}` is {need:?}", e.clause);
            e.bad_at(place.clone(), why, "write \"required\" or \"optional\"".into());
        }
        let clause = format!("{}.fields.{field}", e.clause);
        e.declare(&clause, place);
        fields.push((field, need == "required"));
    }
    fields
}

/// A list of this kind's own fields, or of the facts that any holding has.
fn own_fields(e: &mut Entry, key: &str, fields: &[(String, bool)], facts: &[&str]) -> Vec<String> {
    let texts = e.texts(key);
    for (field, place) in &texts {
        if !facts.contains(&field.as_str()) && !fields.iter().any(|(own, _)| own == field) {
            let why = format!("`{key}` of `{}` names `{field}`, which is not among its fields", e.clause);
            e.gathered.misshapen(
                "N05",
                &e.clause,
                place.clone(),
                why,
                "add it to `fields`, or take it out here".into(),
            );
        }
    }
    texts.into_iter().map(|(field, _)| field).collect()
}

fn source(e: &mut Entry, fields: &[(String, bool)]) -> BTreeMap<String, String> {
    let mut source = BTreeMap::new();
    for (field, words, place) in e.pairs("source") {
        if field != "default" && !fields.iter().any(|(own, _)| *own == field) {
            let why = format!("`source` of `{}` names `{field}`, which is not among its fields", e.clause);
            e.gathered.misshapen("N05", &e.clause, place, why, "add it to `fields`, or take it out here".into());
        }
        source.insert(field, words);
    }
    source
}

fn keep(e: &mut Entry) -> Option<Keep> {
    let Some(value) = e.get("keep") else {
        let why = format!("`{}` does not say until when it is kept", e.clause);
        let mend = "add a line such as `keep = \"1 year after account.last-activity\"`".to_owned();
        let words = Words { why, mend, rests_on: "UK GDPR Art 5(1)(e), 13(2)(a)" };
        let place = e.place.clone();
        let clause = format!("{}.keep", e.clause);
        e.gathered.uncovered("C01", &clause, place, words);
        return Some(Keep::Unstated);
    };
    let clause = format!("{}.keep", e.clause);
    e.declare(&clause, value.span());
    let keep = match e.optional_text("keep")?.parse::<Keep>() {
        Ok(keep) => keep,
        Err(error) => {
            let why = format!("`keep` of `{}` cannot be read: {error}", e.clause);
            e.bad("keep", why, "write \"90 days after an.event\", or \"earliest of …, …\"".into());
            return None;
        }
    };
    for event in keep.events() {
        e.gathered.refer(&e.clause, format!("event.{event}"), value.span());
    }
    Some(keep)
}

fn warn(e: &mut Entry) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for (text, place) in e.texts("warn") {
        match text.parse::<Period>() {
            Ok(period) if !period.is_zero() => periods.push(period),
            _ => e.bad_at(place, format!("`warn` of `{}` is {text:?}", e.clause), format!("write {A_PERIOD}")),
        }
    }
    periods.sort_by_key(|period| std::cmp::Reverse(least_days(*period)));
    periods
}
