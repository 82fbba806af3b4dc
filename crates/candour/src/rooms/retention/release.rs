//! Releases: an officer asks that more be deleted than a day may take, a second one agrees.

use super::figures::number;
use super::place::{key, question};
use super::rows;
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::rooms::notices::Officer;
use crate::web::session::Session;
use crate::web::token::{base64, draw_key, unbase64};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Form as Sent, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Error, ReleaseId, ReleaseReason};
use notice::{Ask, Fields, Notice, Shape};

/// The most that one release lets go.
const MOST: u64 = 1_000_000;

/// Why more must go, in words.
pub(super) fn words(reason: ReleaseReason) -> &'static str {
    match reason {
        ReleaseReason::Backlog => "More fell due while the service was away than was forecast",
        ReleaseReason::ContractEnded => "A contract or a membership ended, and with it the data of many",
        ReleaseReason::NoticeShortened => "A notice shortened how long data is kept",
        ReleaseReason::OldKeys => "Keys of past days wait: this releases keys, not records",
    }
}

/// Where an officer agrees to a release.
pub(super) fn href(id: ReleaseId) -> String {
    format!("/staff/retention/release/{}", base64(&id.0))
}

/// Asks the notice whether this officer works here.
fn may(notice: &Notice, session: &Session) -> Result<(), Stop> {
    notice.allow(&Ask { actor: &session.role, purpose: "run-desk", kind: "staff", fields: Fields::Named(&[]) })?;
    Ok(())
}

fn questions() -> Form {
    let reasons = ReleaseReason::ALL.map(|reason| (reason.code().to_owned(), words(reason).to_owned()));
    let mut form = Form::default().besides(&["key"]);
    let mut up_to = question("up-to", "How many at the most?", Shape::Text, "Enter how many at the most");
    up_to.max = 9;
    form.questions =
        vec![question("reason", "Why?", Shape::Choice(reasons.to_vec()), "Select why more must be deleted"), up_to];
    form
}

fn read(form: &mut Form) -> Option<(ReleaseReason, u64)> {
    if !form.check() {
        return None;
    }
    let reason = ReleaseReason::parse(form.value("reason"))?;
    let up_to = form.value("up-to").replace(',', "").parse().ok().filter(|count| (1..=MOST).contains(count));
    if up_to.is_none() {
        form.fail("up-to", format!("How many must be a whole number from 1 to {}", number(MOST)));
    }
    Some((reason, up_to?))
}

/// `GET /staff/retention/release`.
pub(super) async fn ask(State(app): State<App>, Officer(session): Officer) -> Answer {
    may(&*app.notice()?, &session)?;
    shown(&app, &session, &questions())
}

/// `POST /staff/retention/release`.
pub(super) async fn release(
    State(app): State<App>,
    Officer(session): Officer,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    may(&*app.notice()?, &session)?;
    let mut form = questions();
    form.fill(&sent).map_err(|_| Stop::Bad("release-form"))?;
    let Some((reason, up_to)) = read(&mut form) else { return shown(&app, &session, &form) };
    let (custody, key, staff) = (app.custody().clone(), key(&sent)?, session.person.0);
    let asked = app.custody().write("ask_release", move |tx| {
        if tx.once(staff, key)?.is_none() {
            custody.ask_release(tx, &session.actor(), reason, up_to)?;
            tx.done(staff, key, "asked")?;
        }
        Ok::<_, Error>(())
    });
    asked.await?;
    Ok(Redirect::to("/staff/retention?done=asked").into_response())
}

/// How an officer's wish to agree ends.
enum Agreed {
    Yes,
    /// They agreed to it before.
    Own,
    /// It has ended.
    Over,
}

/// `POST /staff/retention/release/{release}`: a second officer agrees.
pub(super) async fn agree(
    State(app): State<App>,
    Officer(session): Officer,
    Path(id): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    may(&*app.notice()?, &session)?;
    Form::default().besides(&["key"]).fill(&sent).map_err(|_| Stop::Bad("release-form"))?;
    let id = unbase64(&id).and_then(|id| id.try_into().ok()).map(ReleaseId).ok_or(Stop::NotFound)?;
    let (it, who, key, staff) = (app.clone(), session.clone(), key(&sent)?, session.person.0);
    let agreed = app.custody().write("vote_release", move |tx| {
        if tx.once(staff, key)?.is_some() {
            return Ok(Agreed::Yes);
        }
        if tx.optional(&rows::FIND_AGREED, &[who.person.into(), id.into()])?.is_some() {
            return Ok(Agreed::Own);
        }
        match it.custody().vote_release(tx, &who.actor(), id) {
            Err(Error::Gone) => return Ok(Agreed::Over),
            other => other?,
        }
        tx.done(staff, key, "agreed")?;
        Ok::<_, Error>(Agreed::Yes)
    });
    match agreed.await? {
        Agreed::Yes => Ok(Redirect::to("/staff/retention?done=agreed").into_response()),
        Agreed::Own => refused(
            &app,
            &session,
            "You agreed to this release already, so another officer has to. Nothing was changed.",
        ),
        Agreed::Over => refused(&app, &session, "This release has ended, or never was. Nothing was changed."),
    }
}

fn refused(app: &App, session: &Session, sentence: &'static str) -> Answer {
    let notice = app.notice()?;
    let shell = shell(app, &notice, session, "Not released");
    Ok((StatusCode::CONFLICT, web::page(&Refused { shell, sentence })).into_response())
}

fn shown(app: &App, session: &Session, form: &Form) -> Answer {
    let notice = app.notice()?;
    let shell = shell(app, &notice, session, "Delete more than a day may").wrong(form.wrong());
    let status = if form.wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let key = draw_key(&mut app.custody().store().random());
    Ok((status, web::page(&Asking { shell, form, key })).into_response())
}

fn shell<'a>(app: &App, notice: &'a Notice, session: &Session, title: &str) -> Shell<'a> {
    app.staff_shell(notice, session, title, "/staff/retention")
        .back("/staff/retention", "Retention")
        .stands_on(Clause::of(notice, &["purpose.delete-on-time", "purpose.run-desk"]))
}

#[derive(Template)]
#[template(path = "rooms/retention/release.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    form: &'a Form,
    key: String,
}

#[derive(Template)]
#[template(path = "rooms/retention/refused.html")]
struct Refused<'a> {
    shell: Shell<'a>,
    sentence: &'static str,
}
