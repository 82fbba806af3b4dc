//! The first of the person's pages: where the enquiry stands, what was written, and a form to write again.

use super::super::enquiry::{self, EnquiryRow, Entry, Sort, State, topic_words};
use super::proof::Act;
use super::{Door, Told, draw_key, find, open, parse_key, shell};
use crate::App;
use crate::face::{Form, Shell, countdown};
use crate::rooms::retention::{Hold, on_ground};
use crate::web::session::{PERSON, Session, You};
use crate::web::{Answer, Stop, cookie, page};
use askama::Template;
use axum::extract::{Form as Sent, Query, State as Running};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use custody::{Actor, Record};
use law::{Date, Timestamp};
use notice::{Ask, Fields, Notice};
use store::Tx;

const CLAUSES: &[&str] =
    &["purpose.show-you", "purpose.answer-enquiries", "kind.enquiry-message", "cookie.enquiry-session"];

/// The page.
pub(super) async fn show(Running(app): Running<App>, You(session): You, Query(told): Query<Told>) -> Answer {
    let form = again(&*app.notice()?)?;
    let told = told.words(&*app.notice()?);
    conversation(&app, &session, &form, told.as_deref()).await
}

/// One more message of the person; a closed enquiry is open again.
pub(super) async fn write(
    Running(app): Running<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    let mut form = again(&notice)?;
    form.fill(&pairs).map_err(|_| Stop::Bad("field-unasked"))?;
    let key = pairs.iter().find(|(name, _)| name == "key").ok_or(Stop::Bad("key"))?;
    let key = parse_key(&key.1)?;
    if !form.check() {
        let mut response = conversation(&app, &session, &form, None).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let record = Record::new().with("message", form.value("message"));
    let (running, who) = (app.clone(), session.clone());
    if app.custody().write("write_again", move |tx| add(&running, tx, &who, key, &record)).await? {
        return Ok(Redirect::to("/enquiries/mine?done=written").into_response());
    }
    form.fail("message", format!("You have written {A_DAY} messages today. Keep your words, and send them tomorrow"));
    let mut response = conversation(&app, &session, &form, None).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Ends the session.
pub(super) async fn leave(Running(app): Running<App>, You(session): You) -> Answer {
    app.custody().store().write("leave", move |tx| session.end(tx)).await?;
    let mut response = Redirect::to("/").into_response();
    cookie::clear(&mut response, &*app.notice()?, PERSON)?;
    Ok(response)
}

/// How many messages a person may add a day: a conversation, not a queue that others wait behind.
const A_DAY: usize = 20;

/// Adds a message once; `false` when the day's are used up.
fn add(app: &App, tx: &mut Tx<'_>, session: &Session, key: [u8; 16], record: &Record) -> Result<bool, Stop> {
    let row = open(app, tx, session)?;
    if tx.once(row.person.0, key)?.is_some() {
        return Ok(true);
    }
    let since = law::london_start(tx.today()).as_millisecond();
    let entries = enquiry::entries(tx, row.person, row.ground)?;
    if entries.iter().filter(|entry| entry.sort == Sort::Message && entry.at >= since).count() >= A_DAY {
        return Ok(false);
    }
    // What the person gives is taken under the desk's purpose: answering is what it is given for.
    enquiry::add_message(app, tx, &row, Sort::Message, record, &Actor::system("desk"))?;
    tx.done(row.person.0, key, "written")?;
    Ok(true)
}

/// The form to write again.
fn again(notice: &Notice) -> Result<Form, Stop> {
    let form = Form::for_kind(notice, "enquiry-message")
        .ok_or_else(|| Stop::Closed(vec!["kind.enquiry-message".to_owned()]))?;
    Ok(form.without(&["answered-by"]).besides(&["key"]))
}

/// One part of the conversation.
struct Part {
    who: String,
    day: String,
    /// Paragraphs, each of them lines.
    text: Vec<Vec<String>>,
}

/// What the page shows.
struct Look {
    row: EnquiryRow,
    door: Door,
    parts: Vec<Part>,
    answered_on: Option<Date>,
    due_on: Option<Date>,
    hold: Option<Hold>,
}

fn look(app: &App, tx: &mut Tx<'_>, session: &Session) -> Result<Look, Stop> {
    let (row, door) = find(app, tx, session)?;
    let hold = on_ground(tx, row.person, row.ground)?;
    let mut look = Look { row, door, parts: Vec::new(), answered_on: None, due_on: None, hold };
    if door != Door::Open {
        return Ok(look);
    }
    for entry in enquiry::entries(tx, session.person, session.ground)? {
        if entry.sort != Sort::Note {
            let (part, due_on) = part(app, tx, session, &entry)?;
            look.parts.push(part);
            look.due_on = look.due_on.max(due_on);
        }
        if entry.sort == Sort::Answer {
            look.answered_on = Some(day(entry.at));
        }
    }
    Ok(look)
}

fn part(app: &App, tx: &mut Tx<'_>, session: &Session, entry: &Entry) -> Result<(Part, Option<Date>), Stop> {
    let custody = app.custody();
    let notice = custody.in_force(tx.today())?;
    let allowed =
        notice.allow(&Ask { actor: "you", purpose: "show-you", kind: entry.sort.kind(), fields: Fields::All })?;
    let permit = custody.permit(tx, &allowed, &session.actor(), session.person, entry.holding)?;
    let opened = custody.open(tx, &permit)?;
    let short = &notice.controller().short;
    let who = match (entry.sort, opened.record.value("answered-by")) {
        (Sort::Message, _) => "You".to_owned(),
        (_, Some(name)) => format!("{name}, {short} desk"),
        (_, None) => format!("{short} desk"),
    };
    let text = paragraphs(opened.record.value("message").unwrap_or_default());
    Ok((Part { who, day: law::words(day(entry.at)), text }, opened.due_on))
}

fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n'));
    blocks.filter(|block| !block.is_empty()).map(|block| block.lines().map(str::to_owned).collect()).collect()
}

/// The civil day of an instant in milliseconds.
fn day(at_ms: i64) -> Date {
    law::london_day(Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

async fn conversation(app: &App, session: &Session, form: &Form, told: Option<&str>) -> Answer {
    let (running, who) = (app.clone(), session.clone());
    let look = app.custody().write("show_enquiry", move |tx| look(&running, tx, &who)).await?;
    let (notice, today) = (app.notice()?, app.today());
    if look.door != Door::Open {
        return Ok(ended(app, &notice, &look, today));
    }
    let lead = stands(&look, today);
    let shell = shell(app, &notice, "Your enquiry", CLAUSES).wrong(form.wrong());
    Ok(page(&Conversation {
        shell,
        form,
        told,
        lead,
        reference: &look.row.reference,
        topic: topic_words(&notice, &look.row.topic),
        received: law::words(look.row.received_on),
        until: look.due_on.map(|due| format!("{}, {}", law::words(due), countdown(due, today))),
        hold: look.hold.map(|hold| hold.told()),
        parts: &look.parts,
        key: draw_key(app),
        acts: Act::all().map(|act| (act, draw_key(app))),
    }))
}

/// The first sentence: what the person came to know.
fn stands(look: &Look, today: Date) -> String {
    let by = look.row.answer_by;
    match (look.row.state, look.answered_on) {
        (State::Closed, _) => "We have closed your enquiry. If something is still open, write again below.".to_owned(),
        (State::Answered, Some(on)) => format!("We answered on {}.", law::words(on)),
        (State::Answered, None) => "We have answered.".to_owned(),
        (State::New | State::Waiting, _) if by < today => {
            format!(
                "We promised an answer by {} and are late. We are sorry. Your enquiry is with our desk.",
                law::words(by)
            )
        }
        (State::New | State::Waiting, _) => format!("We will answer by {}.", law::words(by)),
    }
}

fn ended(app: &App, notice: &Notice, look: &Look, today: Date) -> Response {
    let (lead, key) = match look.door {
        Door::Withdrawn(_) if look.hold.is_some() => {
            ("Withdrawn: nobody can read it any more.".to_owned(), Some(draw_key(app)))
        }
        Door::Withdrawn(on) => (
            format!("Withdrawn: it will be destroyed on {}, {}.", law::words(on), countdown(on, today)),
            Some(draw_key(app)),
        ),
        _ if look.hold.is_some() => {
            ("The time for which we may use your enquiry is over. It is closed.".to_owned(), None)
        }
        _ => ("The time for which we may keep your enquiry is over. It is closed, and being deleted.".to_owned(), None),
    };
    let shell = shell(app, notice, "Your enquiry", &["purpose.show-you", "purpose.delete-on-time"]);
    let hold = look.hold.map(|hold| hold.told());
    page(&Ended { shell, lead, hold, reference: &look.row.reference, key })
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/page.html")]
struct Conversation<'a> {
    shell: Shell<'a>,
    form: &'a Form,
    told: Option<&'a str>,
    lead: String,
    reference: &'a str,
    topic: String,
    received: String,
    until: Option<String>,
    hold: Option<String>,
    parts: &'a [Part],
    key: String,
    acts: [(Act, String); 3],
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/ended.html")]
struct Ended<'a> {
    shell: Shell<'a>,
    lead: String,
    hold: Option<String>,
    reference: &'a str,
    key: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn a_text_is_shown_in_the_paragraphs_and_lines_it_was_written_in() {
        assert_eq!(
            paragraphs("Good morning,\n\nour line\nis slow."),
            [vec!["Good morning,"], vec!["our line", "is slow."]]
        );
        assert_eq!(paragraphs("one\n\n\n\ntwo\n"), [vec!["one"], vec!["two"]]);
        assert!(paragraphs("").is_empty());
    }
}
