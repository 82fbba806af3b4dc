//! Reading a notice file: TOML with places, then each section, then what the whole must cover.

use crate::clauses::Known;
use crate::codes::nearest;
use crate::entry::{Entry, is_id, named, shortened};
use crate::finding::Lines;
use crate::gathered::{Gathered, Place};
use crate::{
    Change, Contact, Controller, Cookie, Decision, Digest, Disclosure, Event, Field, Finding, Head, Kind, Notice,
    Purpose, Recipient, Right, Store, Subject, Text, check, lawful, sections,
};
use jiff::civil::Date;
use std::collections::HashSet;
use toml::de::DeTable;

/// Largest file, in bytes.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Most entries of one section.
const MOST_ENTRIES: usize = 300;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The notice; `None` when an error of shape leaves no whole one.
    pub notice: Option<Notice>,
    /// All findings at once, in file order. At most 500.
    pub findings: Vec<Finding>,
}

/// A file that is no notice at all: not TOML, without `[notice]`, too large or nested too deep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence} (line {line}, column {column})")]
pub struct NoNotice {
    /// What is wrong, in one sentence without a full stop.
    pub sentence: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

/// Reads a notice and says everything that is wrong with it, by the law of its effective day. Lines and columns are those
/// after a byte order mark.
pub fn read(text: &str) -> Result<Read, NoNotice> {
    judged(text, None)
}

/// Reads a notice as [`read`] does, by the law of another day: a notice of 2018 by the law of today, or a draft by the law of
/// the day on which it is written.
pub fn read_on(text: &str, day: Date) -> Result<Read, NoNotice> {
    judged(text, Some(day))
}

fn judged(text: &str, day: Option<Date>) -> Result<Read, NoNotice> {
    if text.len() > LARGEST {
        return Err(too_large());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = DeTable::parse(text).map_err(|error| {
        let sentence = format!("this is not TOML: {}", error.message().replace('\n', ", "));
        no_notice(sentence, text, error.span().map_or(0, |span| span.start))
    })?;
    let document = document.get_ref();
    if !document.get("notice").is_some_and(|value| value.get_ref().is_table()) {
        return Err(no_notice("the file has no section [notice], so it is no notice".to_owned(), text, 0));
    }
    let mut gathered = Gathered::default();
    let notice = build(document, day, &mut gathered);
    Ok(Read { notice, findings: gathered.into_findings(text) })
}

pub(crate) fn too_large() -> NoNotice {
    NoNotice { sentence: "the file is larger than 1 MiB".to_owned(), line: 1, column: 1 }
}

fn no_notice(sentence: String, text: &str, byte: usize) -> NoNotice {
    let (line, column) = Lines::of(text).place(byte);
    NoNotice { sentence, line, column }
}

/// The sections of a file, before they are a notice.
pub(crate) struct Parts {
    pub(crate) head: Option<Head>,
    pub(crate) controller: Option<Controller>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) fields: Vec<Field>,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) events: Vec<Event>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) disclosures: Vec<Disclosure>,
    pub(crate) rights: Vec<Right>,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) stores: Vec<Store>,
    pub(crate) change: Option<Change>,
    pub(crate) texts: Vec<Text>,
}

fn build(document: &DeTable, day: Option<Date>, gathered: &mut Gathered) -> Option<Notice> {
    check_sections(document, gathered);
    let mut parts = Parts {
        head: one(document, "notice", gathered, sections::head),
        controller: one(document, "controller", gathered, sections::controller),
        contacts: each(document, "contact", gathered, sections::contact),
        subjects: each(document, "subject", gathered, sections::subject),
        fields: each(document, "field", gathered, sections::field),
        purposes: each(document, "purpose", gathered, sections::purpose),
        events: each(document, "event", gathered, sections::event),
        kinds: each(document, "kind", gathered, sections::kind),
        recipients: each(document, "recipient", gathered, sections::recipient),
        disclosures: each(document, "disclosure", gathered, sections::disclosure),
        rights: each(document, "right", gathered, sections::right),
        cookies: each(document, "cookie", gathered, sections::cookie),
        decisions: each(document, "decision", gathered, sections::decision),
        stores: each(document, "store", gathered, sections::store),
        change: perhaps(document, "change", gathered, sections::change),
        texts: each(document, "text", gathered, sections::text),
    };
    gathered.resolve();
    prune(&mut parts);
    check::check(&parts, gathered);
    lawful::judge(&parts, day, gathered);
    if !gathered.is_whole() {
        return None;
    }
    let mut notice = Notice {
        head: parts.head?,
        controller: parts.controller?,
        contacts: parts.contacts,
        subjects: parts.subjects,
        fields: parts.fields,
        purposes: parts.purposes,
        events: parts.events,
        kinds: parts.kinds,
        recipients: parts.recipients,
        disclosures: parts.disclosures,
        rights: parts.rights,
        cookies: parts.cookies,
        decisions: parts.decisions,
        stores: parts.stores,
        change: parts.change,
        texts: parts.texts,
        known: Known { closed: gathered.closed(), digest: Digest::default() },
    };
    notice.known.digest = Digest::of(crate::print(&notice).as_bytes());
    Some(notice)
}

fn check_sections(document: &DeTable, gathered: &mut Gathered) {
    let names = || sections::ALL.iter().map(|section| section.name);
    for (key, _) in document.iter().filter(|(key, _)| !names().any(|name| name == key.get_ref())) {
        let name = shortened(key.get_ref());
        let near = nearest(&name, names());
        let mend = match sections::ALL.iter().find(|section| Some(section.name) == near) {
            Some(near) => format!("write `{}`: {}", near.name, near.help),
            None => format!("take it out; known: {}", named(names())),
        };
        gathered.misshapen("N01", "notice", key.span(), format!("a notice has no section `{name}`"), mend);
    }
}

/// Reads a section that may stand once.
fn perhaps<'t, T>(
    document: &'t DeTable<'t>,
    name: &'static str,
    gathered: &mut Gathered,
    section: fn(&mut Entry<'_, 't>) -> Option<T>,
) -> Option<T> {
    document.get(name)?;
    one(document, name, gathered, section)
}

/// Reads a section that stands once.
fn one<'t, T>(
    document: &'t DeTable<'t>,
    name: &'static str,
    gathered: &mut Gathered,
    section: fn(&mut Entry<'_, 't>) -> Option<T>,
) -> Option<T> {
    let Some(value) = document.get(name) else {
        let why = format!("the file has no section [{name}]");
        gathered.misshapen("N03", name, 0..0, why, format!("add a section [{name}]"));
        return None;
    };
    let Some(table) = value.get_ref().as_table() else {
        let why = format!("`{name}` is no section that stands once");
        gathered.misshapen("N02", name, value.span(), why, format!("write [{name}]"));
        return None;
    };
    gathered.declare(name, value.span());
    section(&mut Entry::enter(name.to_owned(), value.span(), table, sections::keys(name), gathered))
}

/// Reads a section that stands once for each of its ids.
fn each<'t, T>(
    document: &'t DeTable<'t>,
    name: &'static str,
    gathered: &mut Gathered,
    section: fn(&mut Entry<'_, 't>) -> Option<T>,
) -> Vec<T> {
    let Some(value) = document.get(name) else {
        return Vec::new();
    };
    let Some(array) = value.get_ref().as_array() else {
        let why = format!("`{name}` stands once, but a notice may have several");
        gathered.misshapen("N02", name, value.span(), why, format!("write [[{name}]]"));
        return Vec::new();
    };
    if array.len() > MOST_ENTRIES {
        let why = format!("the file has more than {MOST_ENTRIES} sections [[{name}]]");
        gathered.misshapen("N07", name, value.span(), why, "write fewer".to_owned());
        return Vec::new();
    }
    let mut items = Vec::new();
    for (n, item) in array.iter().enumerate() {
        let Some(table) = item.get_ref().as_table() else {
            let why = format!("`{name}` is a list of something else than sections");
            gathered.misshapen("N02", name, item.span(), why, format!("write [[{name}]]"));
            continue;
        };
        let clause = match id_of(table, name) {
            Some((id, place)) => {
                let clause = format!("{name}.{id}");
                gathered.declare(&clause, place);
                clause
            }
            None => format!("{name}[{}]", n + 1),
        };
        items.extend(section(&mut Entry::enter(clause, item.span(), table, sections::keys(name), gathered)));
    }
    items
}

/// The id of an entry, if it has a lawful one.
fn id_of<'t>(table: &'t DeTable<'t>, section: &str) -> Option<(&'t str, Place)> {
    let value = table.get("id")?;
    let id = value.get_ref().as_str()?;
    is_id(id, section == "event").then_some((id, value.span()))
}

/// Takes out every mention of a clause that its error left without a place in the model, so that what is printed reads
/// back. The finding stands; what is not there covers nothing.
fn prune(parts: &mut Parts) {
    let purposes: HashSet<String> = parts.purposes.iter().map(|purpose| purpose.id.clone()).collect();
    let recipients: HashSet<String> = parts.recipients.iter().map(|recipient| recipient.id.clone()).collect();
    for kind in &mut parts.kinds {
        kind.purposes.retain(|id| purposes.contains(id));
        kind.recipients.retain(|id| recipients.contains(id));
    }
    for recipient in &mut parts.recipients {
        recipient.purposes.retain(|id| purposes.contains(id));
    }
    let kinds: HashSet<String> = parts.kinds.iter().map(|kind| kind.id.clone()).collect();
    parts.texts.retain(|text| {
        let Some((section, rest)) = text.clause.as_deref().and_then(|clause| clause.split_once('.')) else {
            return true;
        };
        match section {
            "kind" => kinds.contains(rest.split('.').next().unwrap_or_default()),
            "purpose" => purposes.contains(rest),
            "recipient" => recipients.contains(rest),
            _ => true,
        }
    });
}
