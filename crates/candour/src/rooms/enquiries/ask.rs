//! The question page: what the notice says an enquiry holds, and no more.

use super::footing::Footing;
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use notice::Notice;

#[derive(Template)]
#[template(path = "rooms/enquiries/ask.html")]
struct AskPage<'a> {
    shell: Shell<'a>,
    form: Form,
    /// Why the page comes again although nothing is wrong with the answers.
    again: Option<&'static str>,
    answer_by: String,
    footing: Footing,
}

/// `GET /enquiries/new`.
pub(super) async fn new(State(app): State<App>) -> Answer {
    let notice = app.notice()?;
    show(&app, &notice, questions(&notice)?, None)
}

/// The empty questions: the contact fields and the message. Who answers is not asked.
pub(super) fn questions(notice: &Notice) -> Result<Form, Stop> {
    let form = Form::for_kind(notice, "enquiry").and_then(|form| form.and(notice, "enquiry-message"));
    let missing = || Stop::Closed(vec!["kind.enquiry".to_owned(), "kind.enquiry-message".to_owned()]);
    Ok(form.ok_or_else(missing)?.without(&["answered-by"]))
}

/// The questions with earlier answers.
pub(super) fn refilled(notice: &Notice, values: &[(String, String)]) -> Result<Form, Stop> {
    let mut form = questions(notice)?;
    for (id, value) in values {
        form.set(id, value.as_str());
    }
    Ok(form)
}

/// The page with the questions: status 422 where an answer is wrong.
pub(super) fn show(app: &App, notice: &Notice, form: Form, again: Option<&'static str>) -> Answer {
    let wrong = form.wrong();
    let shell = app
        .shell(notice, "Ask us", "/enquiries/new")
        .stands_on(Clause::of(notice, &["purpose.answer-enquiries", "kind.enquiry", "kind.enquiry.keep"]))
        .wrong(wrong);
    let answer_by = law::words(super::enquiry::answer_by(notice, app.today())?);
    let page = page(&AskPage { shell, form, again, answer_by, footing: Footing::of(notice) });
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}
