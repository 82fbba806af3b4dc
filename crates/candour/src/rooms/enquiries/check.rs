//! The check page: what was typed once more, before anything is taken.

use super::ask;
use super::draft::Draft;
use super::footing::End;
use crate::App;
use crate::face::{Change, Clause, Form, Shell};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::State;

#[derive(Template)]
#[template(path = "rooms/enquiries/check.html")]
struct CheckPage<'a> {
    shell: Shell<'a>,
    form: Form,
    sealed: String,
    end: End,
}

/// `POST /enquiries/check`: the question page again with what is wrong, or the check page.
pub(super) async fn check(State(app): State<App>, axum::Form(answers): axum::Form<Vec<(String, String)>>) -> Answer {
    let notice = app.notice()?;
    let mut form = ask::questions(&notice)?;
    form.fill(&answers).map_err(|_| Stop::Bad("enquiry-form"))?;
    if !form.check() {
        return ask::show(&app, &notice, form, None);
    }
    let sealed = Draft::new(&app, &notice, form.values()).seal(&app)?;
    let shell = app
        .shell(&notice, "Check your answers", "/enquiries/new")
        .stands_on(Clause::of(&notice, &["purpose.answer-enquiries", "kind.enquiry", "kind.enquiry.keep"]));
    Ok(page(&CheckPage { shell, form, sealed, end: End::of(&notice) }))
}
