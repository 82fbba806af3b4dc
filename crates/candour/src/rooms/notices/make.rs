//! A new draft: the text of a notice, pasted or as a file.

use super::{Officer, href, off_workers, parse};
use crate::App;
use crate::face::{Clause, Shell};
use crate::web::session::Session;
use crate::web::token::draw_key;
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "rooms/notices/make.html")]
struct Make<'a> {
    shell: Shell<'a>,
    /// The draft's id, so that a form that is sent twice makes one draft.
    key: &'a str,
    text: &'a str,
    error: Option<String>,
}

/// What the form sent.
#[derive(Default)]
struct Sent {
    key: String,
    text: String,
    file: Vec<u8>,
}

/// `GET /staff/notices/new`.
pub(super) async fn ask(State(app): State<App>, Officer(session): Officer) -> Answer {
    let key = draw_key(&mut app.custody().store().random());
    shown(&app, &session, &key, "", None)
}

/// `POST /staff/notices`.
pub(super) async fn make(State(app): State<App>, Officer(session): Officer, parts: Multipart) -> Answer {
    let sent = match receive(parts).await {
        Ok(sent) => sent?,
        // The frame gives a bare status its page.
        Err(error) => return Ok(error.status().into_response()),
    };
    let id = parse(&sent.key).ok_or(Stop::Bad("notice-key"))?;
    let text = match sent.whole() {
        Ok(text) => text,
        Err(sentence) => return wrong(&app, &session, &sent, sentence),
    };
    let it = text.clone();
    let read = match off_workers(move || notice::read(&it)).await? {
        Ok(read) => read,
        Err(error) => return wrong(&app, &session, &Sent { text, ..sent }, format!("This is no notice: {error}")),
    };
    let (custody, actor) = (app.custody().clone(), session.actor());
    let made = app.custody().write("make_draft", move |tx| custody.make_draft(tx, id, &text, &read, Some(&actor)));
    made.await?;
    Ok(Redirect::to(&href(id)).into_response())
}

async fn receive(mut parts: Multipart) -> Result<Result<Sent, Stop>, MultipartError> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await? {
        match part.name() {
            Some("key") => sent.key = line(part).await?,
            Some("text") => sent.text = line(part).await?.replace("\r\n", "\n"),
            Some("file") => sent.file = part.bytes().await?.to_vec(),
            _ => return Ok(Err(Stop::Bad("notice-form"))),
        }
    }
    Ok(Ok(sent))
}

async fn line(part: Field<'_>) -> Result<String, MultipartError> {
    part.text().await
}

impl Sent {
    /// The one text that was given, or what is wrong.
    fn whole(&self) -> Result<String, String> {
        match (self.text.trim().is_empty(), self.file.is_empty()) {
            (false, true) => Ok(self.text.clone()),
            (true, false) => String::from_utf8(self.file.clone())
                .map_err(|_| "The file is no text in UTF-8. Save it as UTF-8 and choose it again".to_owned()),
            (true, true) => Err("Paste the text of the notice, or choose its file".to_owned()),
            (false, false) => Err("Paste the text or choose a file, not both".to_owned()),
        }
    }
}

fn wrong(app: &App, session: &Session, sent: &Sent, sentence: String) -> Answer {
    let mut page = shown(app, session, &sent.key, &sent.text, Some(sentence))?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

fn shown(app: &App, session: &Session, key: &str, text: &str, error: Option<String>) -> Result<Response, Stop> {
    let notice = app.notice()?;
    let shell = app
        .staff_shell(&notice, session, "A new notice", "/staff/notices")
        .back("/staff/notices", "Notices")
        .stands_on(Clause::of(&notice, &["kind.staff", "purpose.run-desk"]))
        .wrong(error.is_some());
    Ok(web::page(&Make { shell, key, text, error }))
}
