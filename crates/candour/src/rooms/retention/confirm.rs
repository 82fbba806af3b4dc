//! Typing today's date: where the clock was doubted, destruction goes on only after a person has said what day it is.

use super::date::{FIELDS, Question, Words};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::web::session::{Session, Staff};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Error, Guard};
use law::Date;
use notice::{Ask, Fields, Notice};

/// Who may say what day it is.
pub(super) const ROLES: [&str; 2] = ["officer", "operator"];

/// What is said to a date that is none.
pub(crate) const WRONG: &str = "Today’s date must be a real date";

/// What is said to a date that is not the clock's.
pub(crate) fn mismatch(typed: Date, clock: Date) -> String {
    format!(
        "The clock says {}, and you say {}. If you are right, have the clock mended first",
        law::words(clock),
        law::words(typed)
    )
}

static WORDS: Words = Words {
    legend: "What is today’s date?",
    hint: "For example, 27 3 2027.",
    missing: "Enter today’s date",
    noun: "Today’s date",
};

/// Asks the notice whether they work here, and looks whether their role confirms dates; for others there is no such page.
fn may(notice: &Notice, session: &Session) -> Result<(), Stop> {
    if !ROLES.contains(&session.role.as_str()) {
        return Err(Stop::NotFound);
    }
    notice.allow(&Ask { actor: &session.role, purpose: "run-desk", kind: "staff", fields: Fields::Named(&[]) })?;
    Ok(())
}

/// `GET /staff/retention/confirm`.
pub(super) async fn ask(State(app): State<App>, Staff(session): Staff) -> Answer {
    may(&*app.notice()?, &session)?;
    shown(&app, &session, Question::new(&WORDS))
}

/// `POST /staff/retention/confirm`. Where nothing waits any more, nothing is done.
pub(super) async fn confirm(
    State(app): State<App>,
    Staff(session): Staff,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    may(&*app.notice()?, &session)?;
    let mut question = Question::filled(&WORDS, &sent)?;
    if sent.len() != FIELDS.len() {
        return Err(Stop::Bad("confirm-form"));
    }
    let Some(date) = question.check() else { return shown(&app, &session, question) };
    let (it, actor) = (app.clone(), session.actor());
    let confirmed = tokio::task::spawn_blocking(move || match it.custody().guard()? {
        Guard::Open if it.today() == date => Ok(()),
        _ => it.custody().confirm_clock_by(date, &actor),
    });
    match confirmed.await.map_err(|_| Stop::Fault("confirm-clock"))? {
        Err(Error::NotToday(clock)) => {
            question.fail(mismatch(date, clock));
            shown(&app, &session, question)
        }
        Err(error) => Err(error.into()),
        Ok(()) => Ok(Redirect::to("/staff/retention?done=confirmed").into_response()),
    }
}

fn shown(app: &App, session: &Session, date: Question) -> Answer {
    let (notice, wrong) = (app.notice()?, date.error.is_some());
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = app
        .staff_shell(&notice, session, "Confirm today’s date", "/staff/retention")
        .back("/staff/retention", "Retention")
        .stands_on(Clause::of(&notice, &["purpose.delete-on-time", "text.deletion"]))
        .wrong(wrong);
    Ok((status, web::page(&Asking { shell, form: Form::default(), date })).into_response())
}

#[derive(Template)]
#[template(path = "rooms/retention/confirm.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    /// No question beside the date.
    form: Form,
    date: Question,
}
