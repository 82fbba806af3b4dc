//! Sending: one transaction takes the enquiry, gives it a reference and queues the letter. And its confirmation.

use super::draft::Draft;
use super::enquiry::{self, Door, EnquiryRow, NewEnquiry, State as Stands, Words};
use super::limit::Limit;
use super::{ask, letters};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::mail::{self, Letter};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use custody::{Error, Ground, Record};
use law::Date;
use notice::Notice;
use rand_core::RngCore;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "rooms/enquiries/sent.html")]
struct SentPage<'a> {
    shell: Shell<'a>,
    reference: String,
    /// Where it stands, in one or two sentences.
    stands: String,
    next: Next,
}

/// What stands below it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// What happens until it is answered.
    Answer,
    /// The way to the private link.
    Link,
    /// Nothing any more.
    Nothing,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/lost.html")]
struct LostPage<'a> {
    shell: Shell<'a>,
}

/// `POST /enquiries`: the sealed form of the check page, to be sent, or to be changed.
pub(super) async fn send(
    State(app): State<App>,
    Extension(limit): Extension<Arc<Limit>>,
    axum::Form(answers): axum::Form<Vec<(String, String)>>,
) -> Answer {
    let (sealed, change) = read(&answers)?;
    let notice = app.notice()?;
    let Some(draft) = Draft::open(&app, sealed) else { return Ok(lost(&app, &notice)) };
    let form = ask::refilled(&notice, &draft.values)?;
    let stale = draft.stale(&app, &notice);
    if change || stale.is_some() {
        return ask::show(&app, &notice, form, stale);
    }
    if let Some(full) = refuses(&app, &limit, form.value("email"), draft.ground()) {
        return ask::show(&app, &notice, form, Some(full));
    }
    let reference = receive(&app, parted(&notice, &draft, &form)).await?;
    Ok(Redirect::to(&format!("/enquiries/sent/{reference}")).into_response())
}

/// Why an enquiry is not taken now, in a sentence above what was typed. The demonstration takes as many as it is sent.
fn refuses(app: &App, limit: &Limit, email: &str, ground: Ground) -> Option<&'static str> {
    let (now, mut key) = (app.clock().now(), [0; 32]);
    app.custody().store().random().fill_bytes(&mut key);
    if app.demo().is_none() && !limit.room(now) {
        return Some(
            "Very many enquiries are reaching us at this moment. Nothing is lost: please send yours again in a minute.",
        );
    }
    (!limit.admits(email, ground, now, key)).then_some(
        "We have had five enquiries from this e-mail address today. Please write again through the link of one of them, or tomorrow.",
    )
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

/// `GET /enquiries/sent/{reference}`: what is promised and whether it was kept, and nothing personal.
pub(super) async fn sent(State(app): State<App>, Path(reference): Path<String>) -> Answer {
    let notice = app.notice()?;
    let running = app.clone();
    let found = app.custody().store().read("find_sent", move |tx| {
        let Some(row) = enquiry::by_reference(tx, &reference)? else { return Ok(None) };
        let (door, answered) = (enquiry::door(&running, tx, &row)?, enquiry::answered(tx, &row)?);
        Ok::<_, Error>(Some((row, door, answered)))
    });
    let (row, door, answered) = found.await?.ok_or(Stop::NotFound)?;
    let (title, stands, next) = told(&row, door, answered, app.today());
    let shell = app
        .shell(&notice, title, "/enquiries/new")
        .stands_on(Clause::of(&notice, &["kind.enquiry.keep", "kind.outbound-mail", "purpose.show-you"]));
    Ok(page(&SentPage { shell, reference: row.reference, stands, next }))
}

/// Title, where it stands, and what comes next.
fn told(row: &EnquiryRow, door: Door, answered: bool, today: Date) -> (&'static str, String, Next) {
    let by = law::words(row.answer_by);
    match (door, row.state) {
        (Door::Withdrawn(on), _) => (
            "This enquiry is withdrawn",
            format!("Nobody can read what was written. It is deleted on {}.", law::words(on)),
            Next::Nothing,
        ),
        (Door::Over, _) => {
            ("This enquiry has ended", "Its time is over: it is closed, and being deleted.".to_owned(), Next::Nothing)
        }
        (Door::Open, Stands::Closed) if !answered => {
            ("We have closed your enquiry", "Use your private link to write again.".to_owned(), Next::Link)
        }
        (Door::Open, Stands::Answered | Stands::Closed | Stands::Waiting) => {
            ("We have answered your enquiry", "Use your private link to read our answer.".to_owned(), Next::Link)
        }
        (Door::Open, Stands::New) if row.answer_by < today => {
            let late = format!("We promised an answer by {by} and are late. We are sorry.");
            ("We have received your enquiry", late, Next::Answer)
        }
        (Door::Open, Stands::New) => ("We have received your enquiry", format!("We answer by {by}."), Next::Answer),
    }
}
