//! Asking for a new link, with the reference and the address of an enquiry. Whether they belong together is told to the
//! mailbox, never to the browser: the page and the time it takes are the same.

use super::enquiry::{self, DAY_MS, LINK_MS};
use super::{letters, reference, rows};
use crate::App;
use crate::face::{Clause, Form, Question, Shell};
use crate::web::bucket::Bucket;
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use custody::{Actor, Error};
use notice::{Ask, Fields, Notice, Shape};
use std::sync::Arc;
use std::time::Duration;

/// Every answer takes as long as this, found or not: many times what finding takes.
const ANSWER_TIME: Duration = Duration::from_millis(200);

/// How many links an enquiry is given within 24 hours, letters of ours included.
const LINKS_A_DAY: i64 = 3;

#[derive(Template)]
#[template(path = "rooms/enquiries/find.html")]
struct FindPage<'a> {
    shell: Shell<'a>,
    form: Form,
    /// The link that led here is over.
    over: bool,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/found.html")]
struct FoundPage<'a> {
    shell: Shell<'a>,
}

/// `GET /enquiries/find`; also where a person without a session arrives.
pub(super) async fn ask(State(app): State<App>) -> Answer {
    let notice = app.notice()?;
    Ok(show(&app, &notice, questions(&notice)?, false))
}

/// The same page for a link that is over or was never given.
pub(super) fn over(app: &App) -> Answer {
    let notice = app.notice()?;
    Ok(show(app, &notice, questions(&notice)?, true))
}

/// `POST /enquiries/find`.
pub(super) async fn find(
    State(app): State<App>,
    Extension(bucket): Extension<Arc<Bucket>>,
    axum::Form(answers): axum::Form<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    let mut form = questions(&notice)?;
    form.fill(&answers).map_err(|_| Stop::Bad("find-form"))?;
    if form.check() && reference::parse(form.value("reference")).is_none() {
        form.fail("reference", MISSPELT);
    }
    if form.wrong() {
        return Ok(show(&app, &notice, form, false));
    }
    if !bucket.take(app.clock().now()) {
        return Err(Stop::TooOften);
    }
    let (reference, email) = (form.value("reference").to_owned(), form.value("email").to_owned());
    let (sent, ()) = tokio::join!(send_link(&app, reference, email), tokio::time::sleep(ANSWER_TIME));
    sent?;
    let shell = app.shell(&notice, "Look in your mailbox", "/enquiries/find").stands_on(clause(&notice));
    Ok(page(&FoundPage { shell }))
}

const MISSPELT: &str = "Enter a reference like ENQ-7K3M-Q9TX";

fn questions(notice: &Notice) -> Result<Form, Stop> {
    let email = notice.field("email").ok_or_else(|| Stop::Closed(vec!["field.email".to_owned()]))?;
    let mut form = Form::default();
    form.questions.push(Question {
        id: "reference".to_owned(),
        label: "Reference".to_owned(),
        hint: Some("It stands in our letters, like ENQ-7K3M-Q9TX.".to_owned()),
        required: true,
        shape: Shape::Text,
        max: 40,
        value: String::new(),
        error: None,
        autocomplete: None,
        missing: MISSPELT.to_owned(),
    });
    let hint = Some("The one that you gave with your enquiry.".to_owned());
    form.questions.push(Question { hint, ..Question::new(email, true) });
    Ok(form)
}

fn show(app: &App, notice: &Notice, form: Form, over: bool) -> Response {
    let (wrong, shell) = (form.wrong(), app.shell(notice, "Find your enquiry", "/enquiries/find"));
    let shell = shell.stands_on(clause(notice)).wrong(wrong);
    let status = match (over, wrong) {
        (true, _) => StatusCode::NOT_FOUND,
        (_, true) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    (status, page(&FindPage { shell, form, over })).into_response()
}

fn clause(notice: &Notice) -> Clause {
    Clause::of(notice, &["purpose.show-you", "purpose.send-mail"])
}

/// Sends a new link where reference and address belong together. The address is compared inside custody.
async fn send_link(app: &App, reference: String, email: String) -> Result<(), Stop> {
    let it = app.clone();
    let sent = app.custody().write("send_link", move |tx| {
        let Some(row) = enquiry::by_reference(tx, &reference)? else { return Ok(()) };
        let Some(holding) = enquiry::contact(&it, tx, row.person, row.ground)? else { return Ok(()) };
        let you = Actor::you(row.person);
        let ask = Ask { actor: &you.role, purpose: "show-you", kind: "enquiry", fields: Fields::Named(&["email"]) };
        let allowed = it.custody().in_force(tx.today())?.allow(&ask)?;
        let permit = it.custody().permit(tx, &allowed, &you, row.person, holding)?;
        let belongs = it.custody().matches(&permit, "email", &email)?;
        let yesterday = tx.now().as_millisecond() + LINK_MS - DAY_MS;
        let given =
            tx.one(&rows::COUNT_LINKS, &[row.person.into(), row.ground.into(), yesterday.into()])?.get::<i64>(0)?;
        if belongs && given < LINKS_A_DAY {
            let words = letters::link(&it, tx, &row)?;
            enquiry::letter_to(&it, tx, &row, &you, "show-you", words)?;
        }
        Ok(())
    });
    match sent.await {
        // Withdrawn, due or gone: to a stranger this is the same as never there.
        Ok(()) | Err(Error::Gone | Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
