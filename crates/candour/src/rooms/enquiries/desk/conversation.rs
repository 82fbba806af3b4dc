//! Opening an enquiry: how to reach the person, what was said and noted, each under a permit of its own.

use super::super::enquiry::{EnquiryRow, Entry, Sort, contact, entries};
use crate::App;
use crate::face::{Fact, Opened};
use custody::{Actor, Error, Holding};
use law::Timestamp;
use notice::{Ask, Fields, Notice};
use store::Tx;

/// An opened enquiry, as its page shows it. Has no `Debug`.
pub(super) struct Conversation {
    /// How to reach the person, with why, until when and who opened it.
    pub contact: Fact,
    /// What was said and noted, oldest first.
    pub parts: Vec<Part>,
}

/// One message, answer or note.
pub(super) struct Part {
    /// Who wrote it.
    pub who: String,
    /// When.
    pub day: String,
    /// Its words; or, where it is closed, why.
    pub text: String,
}

/// Opens an enquiry for an actor and a purpose: the contact first, for what closes it closes the enquiry.
pub(super) fn open(
    app: &App,
    tx: &mut Tx<'_>,
    notice: &Notice,
    row: &EnquiryRow,
    actor: &Actor,
    purpose: &str,
) -> Result<Conversation, Error> {
    let custody = app.custody();
    let allowed = notice.allow(&ask(actor, purpose, "enquiry"))?;
    let holding = contact(app, tx, row.person, row.ground)?.ok_or(Error::Gone)?;
    let permit = custody.permit(tx, &allowed, actor, row.person, holding)?;
    let record = custody.open(tx, &permit)?.record;
    let name = record.value("name").unwrap_or("The person").to_owned();
    let mut parts = Vec::new();
    for entry in entries(tx, row.person, row.ground)? {
        match part(app, tx, notice, row, &entry, actor, purpose, &name) {
            Ok(part) => parts.push(part),
            Err(Error::Gone) => {}
            Err(error) => return Err(error),
        }
    }
    let held = held(app, tx, row)?.ok_or(Error::Gone)?;
    let mut fact = Fact::of(notice, "enquiry", held.due_on, tx.today()).ok_or(Error::Gone)?;
    for (field, _) in notice.kind("enquiry").map_or(&[][..], |kind| &kind.fields) {
        let value = if field == "topic" { Some(row.topic.as_str()) } else { record.value(field) };
        if let Some(value) = value {
            fact = fact.value(notice, field, value);
        }
    }
    // The notice speaks to the person; here their colleagues read it.
    "The enquiry, and how to reach the person".clone_into(&mut fact.title);
    for value in fact.values.iter_mut().filter(|value| value.from == "you") {
        "the person".clone_into(&mut value.from);
    }
    Ok(Conversation { contact: fact.opened(openings(&held)), parts })
}

/// The holding that says how to reach the person, with its standing.
pub(super) fn held(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Option<Holding>, Error> {
    let all = app.custody().holdings(tx, row.person)?;
    Ok(all.into_iter().find(|held| held.ground == row.ground && held.kind == "enquiry"))
}

#[expect(clippy::too_many_arguments, reason = "the transaction, what is opened, and by whom for what")]
fn part(
    app: &App,
    tx: &mut Tx<'_>,
    notice: &Notice,
    row: &EnquiryRow,
    entry: &Entry,
    actor: &Actor,
    purpose: &str,
    name: &str,
) -> Result<Part, Error> {
    let day = Timestamp::from_millisecond(entry.at).map_err(|_| Error::Nonsense("enquiry_entry.at"))?;
    let mut part = Part { who: who(entry.sort, name), day: law::words(law::london_day(day)), text: String::new() };
    match words(app, tx, notice, row, entry, actor, purpose) {
        Ok((text, by)) => {
            part.text = text;
            if let Some(by) = by {
                part.who = format!("{by}, our answer");
            }
        }
        // A part may be closed on its own, such as a note whose kind a newer notice no longer covers.
        Err(Error::Refused(refusal)) => part.text = format!("Closed: {}.", refusal.why),
        Err(error) => return Err(error),
    }
    Ok(part)
}

/// The words of a part, and who answered.
fn words(
    app: &App,
    tx: &mut Tx<'_>,
    notice: &Notice,
    row: &EnquiryRow,
    entry: &Entry,
    actor: &Actor,
    purpose: &str,
) -> Result<(String, Option<String>), Error> {
    let allowed = notice.allow(&ask(actor, purpose, entry.sort.kind()))?;
    let permit = app.custody().permit(tx, &allowed, actor, row.person, entry.holding)?;
    let record = app.custody().open(tx, &permit)?.record;
    let field = if entry.sort == Sort::Note { "note" } else { "message" };
    let text = record.value(field).unwrap_or_default().to_owned();
    Ok((text, record.value("answered-by").map(str::to_owned)))
}

fn who(sort: Sort, name: &str) -> String {
    match sort {
        Sort::Answer => "Our answer".to_owned(),
        Sort::Message => name.to_owned(),
        Sort::Note => "Note by our staff".to_owned(),
    }
}

fn ask<'a>(actor: &'a Actor, purpose: &'a str, kind: &'a str) -> Ask<'a> {
    Ask { actor: &actor.role, purpose, kind, fields: Fields::All }
}

/// Latest first. When the person looked at their own data is nobody else's business.
fn openings(held: &Holding) -> Vec<Opened> {
    let others = held.openings.iter().rev().filter(|row| row.actor != "you");
    others.map(|row| Opened { day: row.day, by: row.actor.clone(), purpose: row.purpose.clone() }).collect()
}
