//! Change: a person corrects how they are reached (Art 16). Form, check page, save. Between the pages what was typed travels
//! in a note sealed for this session, this enquiry and the version it began from, so nothing unsaved is at rest, no page can
//! be taken for another's, and none that was kept works after a change. A new address ends every other session and link.

use super::super::enquiry::{contact, mail_link};
use super::proof::{Act, demand};
use super::{draw_key, inner_shell, open, parse_key, rows, sent};
use crate::App;
use crate::face::{Form, Shell};
use crate::mail;
use crate::web::session::{Session, You};
use crate::web::token::{base64, unbase64};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Permit, Record};
use notice::{Ask, Fields, Notice};
use serde::{Deserialize, Serialize};
use store::Tx;

/// The letters to the old and to the new address.
pub(super) static LETTER: mail::Template = mail::Template {
    id: "enquiry-address-changed",
    clauses: &["kind.enquiry", "kind.outbound-mail", "purpose.send-mail", "purpose.show-you"],
    urgent: false,
};

const CLAUSES: &[&str] = &["purpose.show-you", "kind.enquiry"];

/// How long the pages of one change may take: as long as a session.
const DRAFT_MS: i64 = 30 * 60_000;

/// What travels between the pages. Has no `Debug`.
#[derive(Serialize, Deserialize)]
struct Draft {
    /// When it ends, in milliseconds since 1970.
    until: i64,
    /// Makes saving it once.
    key: String,
    /// The version of the record that it began from.
    version: u64,
    /// What was typed and checked; empty before.
    values: Vec<(String, String)>,
}

/// The form with the current values.
pub(super) async fn show(State(app): State<App>, You(session): You) -> Answer {
    let (running, who) = (app.clone(), session.clone());
    let (version, values) = app
        .custody()
        .write("show_change", move |tx| {
            open(&running, tx, &who)?;
            demand(tx, &who, Act::Change)?;
            let (permit, record) = current(&running, tx, &who)?;
            Ok::<_, Stop>((permit.version(), pairs_of(&record)))
        })
        .await?;
    let until = app.clock().now().as_millisecond() + DRAFT_MS;
    let draft = Draft { until, key: draw_key(&app), version, values: Vec::new() };
    let mut form = ask(&*app.notice()?)?;
    set(&mut form, &values);
    asking(&app, &session, &form, &draft)
}

/// Checks what was typed; the check page shows old and new. `change` leads back to the form with what was typed.
pub(super) async fn check(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let note = pairs.iter().find(|(name, _)| name == "form").map(|(_, note)| note.as_str());
    let mut draft = unseal(&app, &session, note.ok_or(Stop::Bad("form"))?)?;
    let notice = app.notice()?;
    let mut form = ask(&notice)?;
    if pairs.iter().any(|(name, _)| name == "change") {
        set(&mut form, &draft.values);
        return asking(&app, &session, &form, &draft);
    }
    form.fill(&pairs).map_err(|_| Stop::Bad("field-unasked"))?;
    if !form.check() {
        return asking(&app, &session, &form, &draft);
    }
    draft.values = form.values();
    let (running, who) = (app.clone(), session.clone());
    let old = app
        .custody()
        .write("check_change", move |tx| {
            open(&running, tx, &who)?;
            Ok::<_, Stop>(pairs_of(&current(&running, tx, &who)?.1))
        })
        .await?;
    let lines = differences(&form, &old);
    if lines.is_empty() {
        return Ok(Redirect::to("/enquiries/mine/data?done=same").into_response());
    }
    let mail = lines.iter().any(|line| line.field == "email");
    let shell = inner_shell(&app, &notice, "Check what will change", CLAUSES);
    Ok(page(&Check { shell, lines, mail, note: seal(&app, &session, &draft)? }))
}

/// Saves what was checked.
pub(super) async fn save(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let [note] = sent(&pairs, ["form"])?;
    let draft = unseal(&app, &session, note)?;
    if draft.values.is_empty() {
        return Err(Stop::Bad("form"));
    }
    let key = parse_key(&draft.key)?;
    let running = app.clone();
    let done = app.custody().write("save_change", move |tx| amend(&running, tx, &session, &draft, key)).await?;
    Ok(Redirect::to(&format!("/enquiries/mine/data?done={done}")).into_response())
}

/// Saves; `moved` where the e-mail address is another now, else `changed`.
fn amend(app: &App, tx: &mut Tx<'_>, session: &Session, draft: &Draft, key: [u8; 16]) -> Result<String, Stop> {
    let row = open(app, tx, session)?;
    if let Some(done) = tx.once(row.person.0, key)? {
        return Ok(done);
    }
    let (permit, old) = current(app, tx, session)?;
    if permit.version() != draft.version {
        return Err(Stop::Elsewhere(Act::Change.asking()));
    }
    let changes = draft.values.iter().fold(Record::new(), |record, (field, value)| record.with(field, value));
    let emptied: Vec<&str> =
        old.iter().map(|(field, _)| field).filter(|field| changes.value(field).is_none()).collect();
    app.custody().amend(tx, permit, &changes, &emptied)?;
    let mut done = "changed";
    if let (Some(from), Some(to)) = (old.value("email"), changes.value("email"))
        && from != to
    {
        done = "moved";
        // Links and codes went to the old address; it may never have been the person's, and nor may the other sessions.
        session.end_others(tx)?;
        tx.execute(&rows::DELETE_LINKS, &[row.person.into(), row.ground.into()])?;
        tx.execute(&rows::DELETE_CODES, &[row.person.into(), row.ground.into()])?;
        let link = mail_link(app, tx, row.person, row.ground)?;
        for (to, link) in [(from, None), (to, Some(link))] {
            let notice = app.custody().in_force(tx.today())?;
            let words = Letter {
                reference: &row.reference,
                human: crate::mail::human(&notice),
                sender: &notice.controller().short,
                link,
                find: format!("{}/enquiries/find", app.address()),
            };
            let subject = format!("The e-mail address of your enquiry has changed ({})", row.reference);
            let letter = mail::Letter { template: &LETTER, to, subject, text: crate::face::render(&words) };
            mail::queue(app, tx, row.person, &letter)?;
        }
    }
    tx.done(row.person.0, key, done)?;
    Ok(done.to_owned())
}

/// How the person is reached now, and the permit to change it.
fn current<'tx>(app: &App, tx: &mut Tx<'tx>, session: &Session) -> Result<(Permit<'tx>, Record), Stop> {
    let custody = app.custody();
    let ask = Ask { actor: "you", purpose: "show-you", kind: "enquiry", fields: Fields::All };
    let allowed = custody.in_force(tx.today())?.allow(&ask)?;
    let holding = contact(app, tx, session.person, session.ground)?.ok_or(Stop::NotFound)?;
    let permit = custody.permit(tx, &allowed, &session.actor(), session.person, holding)?;
    let record = custody.open(tx, &permit)?.record;
    Ok((permit, record))
}

fn pairs_of(record: &Record) -> Vec<(String, String)> {
    record.iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
}

/// The questions: what the kind seals. What is linked, such as the topic, stays.
fn ask(notice: &Notice) -> Result<Form, Stop> {
    let closed = || Stop::Closed(vec!["kind.enquiry".to_owned()]);
    let linked: Vec<&str> = notice.kind("enquiry").ok_or_else(closed)?.linked.iter().map(String::as_str).collect();
    Ok(Form::for_kind(notice, "enquiry").ok_or_else(closed)?.without(&linked).besides(&["form"]))
}

fn set(form: &mut Form, values: &[(String, String)]) {
    for (field, value) in values {
        form.set(field, value.clone());
    }
}

fn asking(app: &App, session: &Session, form: &Form, draft: &Draft) -> Answer {
    let notice = app.notice()?;
    let shell = inner_shell(app, &notice, "Change your details", CLAUSES).wrong(form.wrong());
    let mut response = page(&Asking { shell, form, note: seal(app, session, draft)? });
    if form.wrong() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// One value that changes.
struct Line {
    field: String,
    label: String,
    old: String,
    new: String,
}

fn differences(form: &Form, old: &[(String, String)]) -> Vec<Line> {
    let lines = form.questions.iter().map(|question| {
        let before = old.iter().find(|(field, _)| *field == question.id).map_or("", |(_, value)| value);
        (question, before)
    });
    let changed = lines.filter(|(question, before)| question.value != *before);
    changed
        .map(|(question, before)| Line {
            field: question.id.clone(),
            label: question.label.clone(),
            old: if before.is_empty() { "Not given".to_owned() } else { before.to_owned() },
            new: question.shown().to_owned(),
        })
        .collect()
}

/// The label binds a note to one session, of one person and one enquiry: no other can open it.
fn label(session: &Session) -> String {
    let [person, ground, here] = [&session.person.0[..], &session.ground.0, &session.id()].map(base64);
    format!("enquiry-change {person} {ground} {here}")
}

fn seal(app: &App, session: &Session, draft: &Draft) -> Result<String, Stop> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(draft).map_err(|_| Stop::Fault("draft"))?);
    let note = app.custody().seal_note(&label(session), &plain, &mut app.custody().store().random())?;
    Ok(base64(&note))
}

/// Opens a note; one that is too old leads to the page that asks for a code again.
fn unseal(app: &App, session: &Session, note: &str) -> Result<Draft, Stop> {
    let over = || Stop::Elsewhere(Act::Change.asking());
    let plain =
        app.custody().open_note(&label(session), &unbase64(note).ok_or(Stop::Bad("form"))?).map_err(|_| over())?;
    let draft: Draft = serde_json::from_slice(&plain).map_err(|_| Stop::Bad("form"))?;
    if draft.until > app.clock().now().as_millisecond() { Ok(draft) } else { Err(over()) }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/change.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    form: &'a Form,
    note: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/check.html")]
struct Check<'a> {
    shell: Shell<'a>,
    lines: Vec<Line>,
    mail: bool,
    note: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/address.txt")]
struct Letter<'a> {
    reference: &'a str,
    human: String,
    sender: &'a str,
    link: Option<String>,
    find: String,
}
