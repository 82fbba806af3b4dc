//! Sending: one transaction takes the enquiry, gives it a reference and queues the letter. And its confirmation.

use super::draft::Draft;
use super::enquiry::{self, NewEnquiry, Words};
use super::{ask, letters};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::mail::{self, Letter};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use custody::{Error, Record};
use notice::Notice;

#[derive(Template)]
#[template(path = "rooms/enquiries/sent.html")]
struct SentPage<'a> {
    shell: Shell<'a>,
    reference: String,
    answer_by: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/lost.html")]
struct LostPage<'a> {
    shell: Shell<'a>,
}

/// `POST /enquiries`: the sealed form of the check page, to be sent, or to be changed.
pub(super) async fn send(State(app): State<App>, axum::Form(answers): axum::Form<Vec<(String, String)>>) -> Answer {
    let (sealed, change) = read(&answers)?;
    let notice = app.notice()?;
    let Some(draft) = Draft::open(&app, sealed) else { return Ok(lost(&app, &notice)) };
    let form = ask::refilled(&notice, &draft.values)?;
    let stale = draft.stale(&app, &notice);
    if change || stale.is_some() {
        return ask::show(&app, &notice, form, stale);
    }
    let reference = receive(&app, parted(&notice, &draft, &form)).await?;
    Ok(Redirect::to(&format!("/enquiries/sent/{reference}")).into_response())
}

/// The sealed form, and whether a button of the check page asks to change it. A browser names the button first, because it
/// stands first on the page.
fn read(answers: &[(String, String)]) -> Result<(&str, bool), Stop> {
    match answers {
        [(form, sealed)] if form == "form" => Ok((sealed, false)),
        [(change, _), (form, sealed)] if change == "change" && form == "form" => Ok((sealed, true)),
        _ => Err(Stop::Bad("enquiry-sealed-form")),
    }
}

/// Splits the answers as the notice does: codes for our lists, sealed fields, the message.
fn parted(notice: &Notice, draft: &Draft, form: &Form) -> NewEnquiry {
    let linked = notice.kind("enquiry").map(|kind| kind.linked.as_slice()).unwrap_or_default();
    let is_linked = |id: &str| linked.iter().any(|one| one == id);
    let record = |kind: &str| {
        let values = form.values_of(notice, kind).into_iter().filter(|(id, _)| !is_linked(id));
        values.fold(Record::new(), |record, (id, value)| record.with(&id, value))
    };
    NewEnquiry {
        person: draft.person(),
        ground: draft.ground(),
        topic: if is_linked("topic") { form.value("topic").to_owned() } else { String::new() },
        contact: record("enquiry"),
        message: record("enquiry-message"),
    }
}

/// Receives it once: a repeated sending is answered with the same reference.
async fn receive(app: &App, new: NewEnquiry) -> Result<String, Stop> {
    let it = app.clone();
    let received = app.custody().write("receive_enquiry", move |tx| {
        let (person, key) = (new.person.0, new.ground.0);
        if let Some(reference) = tx.once(person, key)? {
            return Ok(reference);
        }
        let row = enquiry::receive(&it, tx, &new)?;
        if let Some(to) = new.contact.value("email") {
            let Words { template, subject, text } = letters::received(&it, tx, &row)?;
            mail::queue(&it, tx, row.person, &Letter { template, to, subject, text })?;
        }
        tx.done(person, key, &row.reference)?;
        Ok::<_, Error>(row.reference)
    });
    Ok(received.await?)
}

/// The sealed form does not open any more: nothing of it can be brought back here.
fn lost(app: &App, notice: &Notice) -> Response {
    let shell = app.shell(notice, "This form can no longer be sent", "/enquiries/new");
    (StatusCode::BAD_REQUEST, page(&LostPage { shell })).into_response()
}

/// `GET /enquiries/sent/{reference}`: what is promised, and nothing personal.
pub(super) async fn sent(State(app): State<App>, Path(reference): Path<String>) -> Answer {
    let notice = app.notice()?;
    let found = app.custody().store().read("find_sent", move |tx| enquiry::by_reference(tx, &reference)).await?;
    let row = found.ok_or(Stop::NotFound)?;
    let shell = app
        .shell(&notice, "We have received your enquiry", "/enquiries/new")
        .stands_on(Clause::of(&notice, &["kind.enquiry.keep", "kind.outbound-mail", "purpose.show-you"]));
    Ok(page(&SentPage { shell, reference: row.reference, answer_by: law::words(row.answer_by) }))
}
