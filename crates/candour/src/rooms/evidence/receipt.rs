//! Checking a receipt, or any other proof of ours, in plain words. What is typed is checked and forgotten.

use super::shown::Shown;
use super::{pasted, rows};
use crate::App;
use crate::face::{Clause, Form, Question, Shell};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Form as Sent, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use custody::Error;
use law::Date;
use ledger::{MAX_PROOF_FILE, ProofFile, Receipt, Unproved, Verifier};
use notice::{Notice, Shape};

const NONE: &str =
    "This is no receipt, or a part of it is missing. Copy everything between the two lines of our letter";

/// `GET /receipt`.
pub(super) async fn ask(State(app): State<App>) -> Answer {
    let notice = app.notice()?;
    let shell = shell(&app, &notice, "Check a receipt");
    Ok(page(&Asking { shell, form: question() }))
}

/// `POST /receipt`.
pub(super) async fn check(State(app): State<App>, Sent(sent): Sent<Vec<(String, String)>>) -> Answer {
    let notice = app.notice()?;
    let mut form = question();
    form.fill(&sent).map_err(|_| Stop::Bad("receipt-form"))?;
    let text = pasted::join(form.value("receipt")).filter(|text| ProofFile::parse(text).is_ok());
    if form.check() && text.is_none() {
        form.fail("receipt", NONE);
    }
    let Some(text) = text.filter(|_| !form.wrong()) else {
        let shell = shell(&app, &notice, "Check a receipt").wrong(true);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&Asking { shell, form })).into_response());
    };
    let (title, shown) = match proved(&app, &text)? {
        Ok(receipt) => ("A genuine receipt", shown(&app, &notice, &receipt).await?),
        Err(why) => ("Not a genuine receipt", Shown::refused(why)),
    };
    Ok(page(&Answered { shell: shell(&app, &notice, title), shown }))
}

/// `GET /receipt/second/{day}`: the entry which says that the key of a day is destroyed, with its proof.
pub(super) async fn second(State(app): State<App>, Path(day): Path<String>) -> Answer {
    let (day, custody) = (law::parse_iso(&day).ok_or(Stop::NotFound)?, app.custody().clone());
    let proof = tokio::task::spawn_blocking(move || custody.completion(day));
    let proof = proof.await.map_err(|_| Stop::Fault("second-entry"))??.ok_or(Stop::NotFound)?;
    let title = format!("attachment; filename=\"destroyed-{}.tlog-proof\"", law::iso(day));
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, title)];
    Ok((headers, proof.encode()).into_response())
}

/// Whether it is ours and whole. A log of ours that began anew has another name and the same key.
fn proved(app: &App, text: &str) -> Result<Result<Receipt, Unproved>, Stop> {
    let ours: Verifier = app.custody().log_key()?.parse().map_err(|_| Stop::Fault("log-key"))?;
    let name = ProofFile::parse(text).ok().and_then(|file| file.checkpoint.lines().next().map(str::to_owned));
    let host = |name: &str| name.split('/').next().map(str::to_owned);
    let named = name.filter(|name| host(name) == host(ours.name()));
    let log = named.and_then(|name| Verifier::new(&name, *ours.key()).ok()).unwrap_or(ours);
    Ok(ledger::verify_receipt(text, &log))
}

/// What it shows, with what our rows know of the day's key.
async fn shown(app: &App, notice: &Notice, receipt: &Receipt) -> Result<Shown, Stop> {
    let named = app.custody().history()?.into_iter().find(|one| one.digest.0 == receipt.leaf.notice);
    let mut shown = Shown::of(notice, named.as_ref(), receipt);
    let Some(day) = shown.epoch else { return Ok(shown) };
    let custody = app.custody().clone();
    let known = app.custody().store().read("find_destroyed", move |tx| {
        let row = tx.optional(&rows::FIND_DESTROYED, &[day.into()])?;
        Ok::<_, Error>(row.map(|row| row.get::<Option<Date>>(0)).transpose()?.flatten())
    });
    let destroyed = known.await?;
    let second = tokio::task::spawn_blocking(move || custody.completion(day));
    let second = second.await.map_err(|_| Stop::Fault("second-entry"))??.is_some();
    shown.tell_copies(destroyed, notice.head().window().after(day), second, app.today());
    Ok(shown)
}

fn question() -> Form {
    let mut form = Form::default();
    form.questions.push(Question {
        id: "receipt".to_owned(),
        label: "Your receipt".to_owned(),
        hint: Some("Everything between the two lines of our letter, or a proof from the file with proofs.".to_owned()),
        required: true,
        shape: Shape::Message,
        max: MAX_PROOF_FILE,
        value: String::new(),
        error: None,
        autocomplete: None,
        missing: "Paste the receipt".to_owned(),
    });
    form
}

fn shell<'a>(app: &App, notice: &'a Notice, title: &str) -> Shell<'a> {
    let shell = app.shell(notice, title, "").back("/log", "The log");
    shell.stands_on(Clause::of(notice, &["text.evidence", "text.deletion", "store.backups"]))
}

#[derive(Template)]
#[template(path = "rooms/evidence/ask.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    form: Form,
}

#[derive(Template)]
#[template(path = "rooms/evidence/answer.html")]
struct Answered<'a> {
    shell: Shell<'a>,
    shown: Shown,
}
