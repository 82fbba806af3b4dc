//! Sign-in: three answers in one form, and one answer for whatever is wrong with them.

use super::door::Door;
use super::{FEATURE, password};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::web::bucket::Bucket;
use crate::web::session::{self, Staff};
use crate::web::{Answer, Stop, cookie, page as rendered};
use askama::Template;
use axum::Extension;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use notice::{Notice, Shape};
use std::sync::Arc;
use std::time::Duration;

/// No failed try is answered sooner: far above what any of them takes, so that none says what was wrong.
const MOMENT: Duration = Duration::from_millis(300);

/// The one answer.
const WRONG: &str = "That did not match. Check all three: address, password and code";

#[derive(Template)]
#[template(path = "rooms/staff/sign_in.html")]
struct SignIn<'a> {
    shell: Shell<'a>,
    form: Form,
}

/// `GET /staff/sign-in`.
pub(super) async fn page(State(app): State<App>, staff: Result<Staff, Stop>) -> Answer {
    match staff {
        Ok(_) => Ok(Redirect::to("/staff").into_response()),
        Err(Stop::Elsewhere(_)) => {
            let notice = app.notice()?;
            Ok(shown(&app, &notice, questions(&notice)?))
        }
        Err(stop) => Err(stop),
    }
}

/// `POST /staff/sign-in`.
pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(bucket): Extension<Arc<Bucket>>,
    Sent(answers): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    let mut form = questions(&notice)?;
    form.fill(&answers).map_err(|_| Stop::Bad("sign-in-form"))?;
    if !form.check() {
        return Ok(wrong(&app, &notice, form));
    }
    let moment = tokio::time::sleep(MOMENT);
    let door = Door::open(&app, &notice)?;
    let (email, password) = (form.value("email").to_owned(), form.value("password").to_owned());
    let Some(token) = door.enter(&app, &bucket, email, password, &digits(form.value("totp"))).await? else {
        moment.await;
        form.fail("email", WRONG);
        return Ok(wrong(&app, &notice, form));
    };
    let mut response = Redirect::to("/staff").into_response();
    session::give(&app, &mut response, session::STAFF, &token)?;
    Ok(response)
}

/// `POST /staff/sign-out`.
pub(super) async fn sign_out(State(app): State<App>, staff: Result<Staff, Stop>) -> Answer {
    if let Ok(Staff(session)) = staff {
        app.custody().store().write("sign_out", move |tx| session.end(tx)).await?;
    }
    let mut response = Redirect::to("/").into_response();
    cookie::clear(&mut response, &*app.notice()?, session::STAFF)?;
    Ok(response)
}

/// The three questions.
fn questions(notice: &Notice) -> Result<Form, Stop> {
    let form = Form::for_kind(notice, "staff").map(|form| form.without(&["name", "role"]));
    let form =
        form.and_then(|form| form.and(notice, "sign-in")).ok_or_else(|| Stop::Closed(FEATURE.missing(notice)))?;
    let mut form = with_code(form).reword("email", "Work e-mail address").reword("password", "Password");
    if let Some(email) = form.question_mut("email") {
        email.hint = None;
        email.autocomplete = Some("username");
    }
    if let Some(password) = form.question_mut("password") {
        password.max = password::MAX;
    }
    Ok(form)
}

/// Asks for the code of the shared secret, where the notice holds the secret itself. A code may be seen while it is typed.
pub(super) fn with_code(form: Form) -> Form {
    let mut form = form.reword("totp", "Code from your authenticator app");
    if let Some(code) = form.question_mut("totp") {
        code.hint = Some("Six digits.".to_owned());
        code.shape = Shape::Text;
        code.max = 16;
    }
    form
}

/// The digits of a code: apps show it in two groups, and people type the gap.
pub(super) fn digits(code: &str) -> String {
    code.chars().filter(|character| !character.is_whitespace()).collect()
}

fn wrong(app: &App, notice: &Notice, mut form: Form) -> axum::response::Response {
    // The next try needs the next code.
    form.set("totp", "");
    (StatusCode::UNPROCESSABLE_ENTITY, shown(app, notice, form)).into_response()
}

fn shown(app: &App, notice: &Notice, form: Form) -> axum::response::Response {
    let shell = app.shell(notice, "Staff sign-in", "").wrong(form.wrong());
    let shell =
        shell.stands_on(Clause::of(notice, &["purpose.staff-sign-in", "kind.sign-in.keep", "cookie.staff-session"]));
    rendered(&SignIn { shell, form })
}
