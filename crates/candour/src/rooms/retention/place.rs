//! Placing a legal hold on an enquiry, and lifting it: asked from the enquiry's page, checked, then done.

use super::date::{self, Words};
use super::hold::{self, Hold, latest, words};
use crate::App;
use crate::face::{Change, Clause, Form, Question, Shell};
use crate::rooms::enquiries::enquiry::{EnquiryRow, by_reference};
use crate::rooms::notices::Officer;
use crate::web::session::Session;
use crate::web::token::{draw_key, unbase64};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Form as Sent, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Error, HoldReason};
use law::Date;
use notice::{Ask, Fields, Notice, Shape};

/// The notice under which the officer acts for the person: it must give them the purpose.
fn may(notice: &Notice, session: &Session) -> Result<(), Stop> {
    let fields = Fields::Named(&[]);
    notice.allow(&Ask { actor: &session.role, purpose: "handle-rights", kind: "enquiry", fields })?;
    Ok(())
}

static UNTIL: Words = Words {
    legend: "The last day of the hold",
    hint: "Twelve months from today at the latest. For example, 27 3 2027.",
    missing: "Enter the last day of the hold",
    noun: "The last day",
};

/// What is asked: why, and until when.
struct Questions {
    form: Form,
    date: date::Question,
}

impl Questions {
    fn new() -> Self {
        let reasons = HoldReason::ALL.map(|reason| (reason.code().to_owned(), words(reason).to_owned()));
        let mut form = Form::default().besides(&["change", "day", "key", "month", "year"]);
        let choice = Shape::Choice(reasons.to_vec());
        form.questions = vec![question("reason", "Why must it be kept?", choice, "Select why it must be kept")];
        Self { form, date: date::Question::new(&UNTIL) }
    }

    fn filled(sent: &[(String, String)]) -> Result<Self, Stop> {
        let mut questions = Self { date: date::Question::filled(&UNTIL, sent)?, ..Self::new() };
        questions.form.fill(sent).map_err(|_| Stop::Bad("hold-form"))?;
        Ok(questions)
    }

    /// What they say, where nothing is wrong.
    fn read(&mut self, today: Date) -> Option<(HoldReason, Date)> {
        let (right, until) = (self.form.check(), self.date.check()?);
        let last = latest(today);
        if !(today..=last).contains(&until) {
            let day = law::words(last);
            self.date.fail(format!("The last day must be today or later, and {day} at the latest"));
            return None;
        }
        Some((HoldReason::parse(self.form.value("reason")).filter(|_| right)?, until))
    }

    fn wrong(&self) -> bool {
        self.form.wrong() || self.date.error.is_some()
    }

    /// What the check page sends on.
    fn values(&self) -> Vec<(String, String)> {
        let date = self.date.fields().map(|(name, _, _, value)| (name.to_owned(), value.clone()));
        self.form.values().into_iter().chain(date).collect()
    }
}

/// A question that no field of the notice asks: its answer is about the act, not about a person.
pub(super) fn question(id: &str, label: &str, shape: Shape, missing: &str) -> Question {
    Question {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: None,
        required: true,
        shape,
        max: 40,
        value: String::new(),
        error: None,
        autocomplete: None,
        missing: missing.to_owned(),
    }
}

/// The key of a form.
pub(super) fn key(sent: &[(String, String)]) -> Result<[u8; 16], Stop> {
    let value = sent.iter().find(|(id, _)| id == "key").map(|(_, value)| value.as_str());
    value.and_then(unbase64).and_then(|key| key.try_into().ok()).ok_or(Stop::Bad("guard-key"))
}

/// `GET /staff/enquiries/{reference}/hold`.
pub(super) async fn ask(State(app): State<App>, Officer(session): Officer, Path(reference): Path<String>) -> Answer {
    shown(&app, &session, reference, Questions::new()).await
}

/// `POST /staff/enquiries/{reference}/hold`: the question page again with what is wrong or is to be changed, or the check page.
pub(super) async fn check(
    State(app): State<App>,
    Officer(session): Officer,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    may(&notice, &session)?;
    let mut questions = Questions::filled(&sent)?;
    let Some((_, until)) = questions.read(app.today()) else {
        return shown(&app, &session, reference, questions).await;
    };
    if sent.iter().any(|(id, _)| id == "change") {
        return shown(&app, &session, reference, questions).await;
    }
    let row = find(&app, reference).await?.0;
    let shell = shell(&app, &notice, &session, "Check the legal hold", &row.reference);
    let key = draw_key(&mut app.custody().store().random());
    let (values, mut form) = (questions.values(), questions.form);
    let mut day = question("day", UNTIL.legend, Shape::Text, UNTIL.missing);
    day.value = law::short_words(until);
    form.questions.push(day);
    Ok(web::page(&Check { shell, reference: &row.reference, until: law::words(until), form, values, key }))
}

/// `POST /staff/enquiries/{reference}/hold/place`.
pub(super) async fn place(
    State(app): State<App>,
    Officer(session): Officer,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    may(&*app.notice()?, &session)?;
    let mut questions = Questions::filled(&sent)?;
    let Some((reason, until)) = questions.read(app.today()) else {
        return shown(&app, &session, reference, questions).await;
    };
    let (custody, key, staff) = (app.custody().clone(), key(&sent)?, session.person.0);
    let placed = app.custody().write("place_hold", move |tx| {
        if tx.once(staff, key)?.is_none() {
            let row = by_reference(tx, &reference)?.ok_or(Error::Gone)?;
            custody.place_hold(tx, &session.actor(), row.person, row.ground, reason, until)?;
            tx.done(staff, key, "placed")?;
        }
        Ok::<_, Error>(())
    });
    placed.await?;
    Ok(Redirect::to("/staff/holds?done=placed").into_response())
}

/// `POST /staff/enquiries/{reference}/hold/lift`.
pub(super) async fn lift(
    State(app): State<App>,
    Officer(session): Officer,
    Path(reference): Path<String>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    may(&*app.notice()?, &session)?;
    Form::default().besides(&["key"]).fill(&sent).map_err(|_| Stop::Bad("hold-form"))?;
    let (custody, key, staff) = (app.custody().clone(), key(&sent)?, session.person.0);
    let lifted = app.custody().write("lift_hold", move |tx| {
        if let Some(answer) = tx.once(staff, key)? {
            return Ok(answer);
        }
        let row = by_reference(tx, &reference)?.ok_or(Error::Gone)?;
        if hold::on_ground(tx, row.person, row.ground)?.is_none() {
            return Ok("nothing".to_owned());
        }
        custody.lift_hold(tx, &session.actor(), row.person, row.ground)?;
        tx.done(staff, key, "lifted")?;
        Ok::<_, Error>("lifted".to_owned())
    });
    Ok(Redirect::to(&format!("/staff/holds?done={}", lifted.await?)).into_response())
}

async fn find(app: &App, reference: String) -> Result<(EnquiryRow, Option<Hold>), Stop> {
    let found = app.custody().store().read("find_hold", move |tx| {
        let row = by_reference(tx, &reference)?.ok_or(Error::Gone)?;
        let hold = hold::on_ground(tx, row.person, row.ground)?;
        Ok::<_, Error>((row, hold))
    });
    Ok(found.await?)
}

async fn shown(app: &App, session: &Session, reference: String, questions: Questions) -> Answer {
    let notice = app.notice()?;
    may(&notice, session)?;
    let (row, hold) = find(app, reference).await?;
    let shell = shell(app, &notice, session, "Legal hold", &row.reference).wrong(questions.wrong());
    let status = if questions.wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let key = draw_key(&mut app.custody().store().random());
    let stands = hold.map(|hold| {
        format!("{}: held since {} until {}.", words(hold.reason), law::words(hold.from), law::words(hold.until))
    });
    let Questions { form, date } = questions;
    Ok((status, web::page(&Asking { shell, reference: &row.reference, stands, form, date, key })).into_response())
}

fn shell<'a>(app: &App, notice: &'a Notice, session: &Session, title: &str, reference: &str) -> Shell<'a> {
    app.staff_shell(notice, session, title, "/staff/retention")
        .back(format!("/staff/enquiries/{reference}"), format!("Enquiry {reference}"))
        .stands_on(Clause::of(notice, &["purpose.handle-rights", "purpose.delete-on-time"]))
}

#[derive(Template)]
#[template(path = "rooms/retention/hold.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    reference: &'a str,
    stands: Option<String>,
    form: Form,
    date: date::Question,
    key: String,
}

#[derive(Template)]
#[template(path = "rooms/retention/check.html")]
struct Check<'a> {
    shell: Shell<'a>,
    reference: &'a str,
    until: String,
    form: Form,
    values: Vec<(String, String)>,
    key: String,
}
