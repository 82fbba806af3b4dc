//! Download: a copy to take away (Art 15(3), Art 20), as a file for programs and as one for people. Both with proofs, as one
//! archive, make [`super::whole`].
//!
//! The file for programs is JSON, UTF-8, of this shape; days and instants are ISO 8601, and ids are those of the notice:
//!
//! ```json
//! {
//!   "format": "candour-export-1",
//!   "made_on": "2026-11-23",
//!   "reference": "ENQ-7K3M-Q9TX",
//!   "scope": "…",
//!   "controller": "South East Grid for Learning Consortium Limited",
//!   "address": "…",
//!   "contacts": [{ "id": "officer", "role": "…", "email": "…", "post": null, "web": null }],
//!   "rights": ["…"], "complaints": ["…"],
//!   "notice": { "id": "segfl", "version": "2026-11", "digest": "64 hexadecimal digits" },
//!   "holdings": [{
//!     "kind": "enquiry", "words": "…", "title": "…",
//!     "taken_on": "2026-11-23", "until": "2027-11-23", "keep": "…",
//!     "fields": [{ "id": "name", "label": "Name", "value": "…", "source": "you" }],
//!     "kept_back": [{ "id": "note", "label": "Note by our staff", "why": "…" }],
//!     "purposes": [{ "id": "show-you", "words": "…", "basis": "legal-obligation", "article": "UK GDPR Art 6(1)(c)" }],
//!     "recipients": ["…"],
//!     "openings": [{ "by": "desk", "purpose": "answer-enquiries", "day": "2026-11-23", "fields": ["name"] }]
//!   }],
//!   "recipients": [{ "name": "…", "role": "processor", "country": "GB", "safeguard": null }],
//!   "beside": [{ "table": "enquiry", "values": [{ "words": "…", "value": "…" }] }]
//! }
//! ```
//!
//! A holding whose time is over is listed without fields. `beside` has every linked row, its codes as stored. Private links are
//! left out, and so is a code that still works. The file for people says all of it in words.

use super::super::enquiry::topic_words;
use super::beside::{self, Table};
use super::held::{Held, Seen, gather, scope};
use super::proof::{Act, demand};
use super::{inner_shell, open};
use crate::App;
use crate::face::fact::{Recipients, role_words};
use crate::face::{Shell, render};
use crate::web::session::{Session, You};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use notice::Notice;
use serde::Serialize;
use std::sync::Arc;

const CLAUSES: &[&str] = &["purpose.show-you", "text.your-rights"];

/// The page with the files.
pub(super) async fn show(State(app): State<App>, You(session): You) -> Answer {
    let running = app.clone();
    app.custody()
        .store()
        .read("show_download", move |tx| {
            open(&running, tx, &session)?;
            demand(tx, &session, Act::Download)
        })
        .await?;
    let notice = app.notice()?;
    let shell = inner_shell(&app, &notice, "Download your data", CLAUSES);
    Ok(page(&Files { shell, scope: scope(&notice) }))
}

/// The file for programs.
pub(super) async fn json(State(app): State<App>, You(session): You) -> Answer {
    let made = made(&app, session).await?;
    let title = name(&made, "json");
    Ok(([(CONTENT_TYPE, "application/json".to_owned()), title], made.json).into_response())
}

/// The file for people: one page that needs nothing else.
pub(super) async fn html(State(app): State<App>, You(session): You) -> Answer {
    let made = made(&app, session).await?;
    let title = name(&made, "html");
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), title], made.html).into_response())
}

/// A copy in both forms, made of one look.
pub(super) struct Made {
    /// The notice it was made under.
    pub notice: Arc<Notice>,
    /// The reference of the enquiry.
    pub reference: String,
    /// For programs.
    pub json: Vec<u8>,
    /// For people.
    pub html: String,
}

/// Makes a copy, once the person has proved that it is theirs.
pub(super) async fn made(app: &App, session: Session) -> Result<Made, Stop> {
    let (notice, running) = (app.notice()?, app.clone());
    let gathered = app.custody().write("download", move |tx| {
        demand(tx, &session, Act::Download)?;
        gather(&running, tx, &session)
    });
    let held: Held = gathered.await?;
    let json = serde_json::to_vec_pretty(&Export::of(&notice, &held)).map_err(|_| Stop::Fault("export"))?;
    let tables = beside::tables(&notice, &held.beside);
    let html = render(&Copy { notice: &notice, export: Export::of(&notice, &held), tables });
    Ok(Made { reference: held.row.reference, notice, json, html })
}

/// `attachment; filename="segfl-ENQ-7K3M-Q9TX.json"`
pub(super) fn name(made: &Made, ending: &str) -> (axum::http::HeaderName, String) {
    let (notice, reference) = (&made.notice.head().id, &made.reference);
    (CONTENT_DISPOSITION, format!("attachment; filename=\"{notice}-{reference}.{ending}\""))
}

#[derive(Serialize)]
struct Export<'a> {
    format: &'static str,
    made_on: String,
    reference: &'a str,
    scope: String,
    controller: &'a str,
    address: &'a str,
    contacts: Vec<Contact<'a>>,
    rights: Vec<String>,
    complaints: Vec<String>,
    notice: Promised<'a>,
    holdings: Vec<Copied<'a>>,
    recipients: Vec<Recipient<'a>>,
    beside: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Contact<'a> {
    id: &'a str,
    role: &'a str,
    email: Option<&'a str>,
    post: Option<&'a str>,
    web: Option<&'a str>,
}

#[derive(Serialize)]
struct Recipient<'a> {
    name: &'a str,
    role: &'a str,
    country: &'a str,
    safeguard: Option<&'a str>,
}

#[derive(Serialize)]
struct Promised<'a> {
    id: &'a str,
    version: &'a str,
    digest: String,
}

#[derive(Serialize)]
struct Copied<'a> {
    kind: &'a str,
    words: &'a str,
    title: String,
    taken_on: String,
    until: Option<String>,
    keep: String,
    fields: Vec<Field<'a>>,
    kept_back: Vec<Back<'a>>,
    purposes: Vec<Purpose<'a>>,
    recipients: Vec<&'a str>,
    openings: Vec<Opening<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    id: &'a str,
    label: &'a str,
    value: &'a str,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct Back<'a> {
    id: &'a str,
    label: &'a str,
    why: String,
}

#[derive(Serialize)]
struct Purpose<'a> {
    id: &'a str,
    words: &'a str,
    basis: &'static str,
    article: &'static str,
}

#[derive(Serialize)]
struct Opening<'a> {
    by: &'a str,
    purpose: &'a str,
    day: String,
    fields: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    table: &'a str,
    values: Vec<Linked<'a>>,
}

#[derive(Serialize)]
struct Linked<'a> {
    words: &'a str,
    value: String,
}

impl<'a> Export<'a> {
    fn of(notice: &'a Notice, held: &'a Held) -> Self {
        let beside = held.beside.iter().map(|row| Row {
            table: &row.table,
            values: row.values.iter().map(|(words, value)| Linked { words, value: beside::iso(value) }).collect(),
        });
        Self {
            format: "candour-export-1",
            made_on: law::iso(held.today),
            reference: &held.row.reference,
            scope: scope(notice),
            controller: &notice.controller().name,
            address: &notice.controller().address,
            contacts: notice.contacts().iter().map(Contact::of).collect(),
            rights: rights(notice, |right| right.id != "complaint").chain(paragraphs(notice, "rights")).collect(),
            complaints: rights(notice, |right| right.id == "complaint")
                .chain(paragraphs(notice, "complaints"))
                .collect(),
            notice: Promised {
                id: &notice.head().id,
                version: &notice.head().version,
                digest: notice.digest().to_string(),
            },
            holdings: held.records.iter().map(|seen| Copied::of(notice, seen)).collect(),
            recipients: recipients(notice, held),
            beside: beside.collect(),
        }
    }
}

/// What the notice says in one part of its page, paragraph by paragraph.
fn paragraphs<'a>(notice: &'a Notice, under: &'a str) -> impl Iterator<Item = String> + 'a {
    let all = notice.texts_under(under).flat_map(|text| text.words.split("\n\n"));
    let lines = all.map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|one| !one.is_empty())
}

/// Rights of the notice, each with how it is answered (Art 15(1)(e), (f)).
fn rights(notice: &Notice, wanted: fn(&notice::Right) -> bool) -> impl Iterator<Item = String> + '_ {
    let rights = notice.rights().iter().filter(move |right| wanted(right));
    rights.map(|right| format!("{}: {} {}", right.title(), right.words, right.terms()))
}

/// Everybody to whom something of this may be given, each once, with the country (Art 13(1)(f)).
fn recipients<'a>(notice: &'a Notice, held: &Held) -> Vec<Recipient<'a>> {
    let kinds = || held.records.iter().filter_map(|seen| notice.kind(&seen.holding.kind));
    let receives = |id: &str| kinds().any(|kind| kind.recipients.iter().any(|one| one == id));
    notice.recipients().iter().filter(|one| receives(&one.id)).map(Recipient::of).collect()
}

impl<'a> Contact<'a> {
    fn of(contact: &'a notice::Contact) -> Self {
        Self {
            id: &contact.id,
            role: &contact.role,
            email: contact.email.as_deref(),
            post: contact.post.as_deref(),
            web: contact.web.as_deref(),
        }
    }
}

impl<'a> Recipient<'a> {
    fn of(recipient: &'a notice::Recipient) -> Self {
        Self {
            name: &recipient.name,
            role: recipient.role.as_deref().unwrap_or_default(),
            country: recipient.country.as_deref().unwrap_or_default(),
            safeguard: recipient.safeguard.as_deref(),
        }
    }

    /// Where the data goes, in words.
    fn country_words(&self) -> &str {
        if self.country == "GB" { "United Kingdom" } else { self.country }
    }
}

impl<'a> Copied<'a> {
    fn of(notice: &'a Notice, seen: &'a Seen) -> Self {
        let holding = &seen.holding;
        let kind = notice.kind(&holding.kind);
        let named = |id: &'a str| notice.field(id).map_or(id, |field| field.label.as_str());
        let value =
            |(id, value): &'a (String, String)| Field { id, label: named(id), value, source: seen.source(notice, id) };
        let opening = |one: &'a custody::OpeningRow| Opening {
            by: &one.actor,
            purpose: &one.purpose,
            day: law::iso(one.day),
            fields: &one.fields,
        };
        let purposes = kind.into_iter().flat_map(|kind| &kind.purposes).filter_map(|id| notice.purpose(id));
        let recipients = kind.into_iter().flat_map(|kind| &kind.recipients).filter_map(|id| notice.recipient(id));
        Self {
            kind: &holding.kind,
            words: kind.map_or(&holding.kind, |kind| &kind.words),
            title: seen.title(notice),
            taken_on: law::iso(holding.taken_on),
            until: holding.due_on.map(law::iso),
            keep: kind.map(|kind| kind.keep.words(notice)).unwrap_or_default(),
            fields: seen.values.iter().map(value).collect(),
            kept_back: seen
                .kept_back
                .iter()
                .map(|(id, why)| Back { id, label: named(id), why: why.words(notice) })
                .collect(),
            purposes: purposes.map(Purpose::of).collect(),
            recipients: recipients.map(|recipient| recipient.name.as_str()).collect(),
            openings: holding.openings.iter().map(opening).collect(),
        }
    }
}

impl<'a> Purpose<'a> {
    fn of(purpose: &'a notice::Purpose) -> Self {
        Self { id: &purpose.id, words: &purpose.words, basis: purpose.basis.code(), article: purpose.basis.article() }
    }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/download.html")]
struct Files<'a> {
    shell: Shell<'a>,
    scope: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/copy.html")]
struct Copy<'a> {
    notice: &'a Notice,
    export: Export<'a>,
    tables: Vec<Table>,
}

impl Copy<'_> {
    /// A day or a code of the export as people read it.
    fn words(&self, value: &str) -> String {
        beside::words(self.notice, value)
    }

    /// A value as its person reads it: the label of a topic, everything else as it is.
    fn value(&self, field: &Field<'_>) -> String {
        if field.id == "topic" { topic_words(self.notice, field.value) } else { field.value.to_owned() }
    }

    /// Who receives a kind.
    fn receive(&self, kind: &str) -> Vec<Recipients> {
        Recipients::of(self.notice, &[kind])
    }

    fn who(role: &str) -> &str {
        role_words(role)
    }
}
