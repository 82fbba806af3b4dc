//! The post: how many letters wait, left or failed, and which need a person. Templates and states only, never an address
//! or a word; a letter is not opened here.

use super::{Feature, Room};
use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::mail::{self, COUNT_JOBS, LIST_STUCK};
use crate::web::session::{Session, Staff};
use crate::web::token::{base64, unbase64};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, Query, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use custody::{Error, HoldingId, PersonId};
use law::Timestamp;
use serde::Deserialize;
use store::Row;

static POST: Feature = Feature {
    id: "post",
    clauses: &["kind.outbound-mail", "purpose.send-mail", "cookie.staff-session"],
    no_personal_data: None,
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = Router::new().route("/staff/mail", get(show)).route("/staff/mail/again", post(again));
    vec![Room { feature: &POST, router }]
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// `GET /staff/mail`.
async fn show(State(app): State<App>, Staff(session): Staff, Query(asked): Query<Asked>) -> Answer {
    let notice = app.notice()?;
    let read = app.custody().store().read("mail_queue", |tx| {
        let queue: Vec<Pile> = tx.all(&COUNT_JOBS, &[])?.iter().map(Pile::read).collect::<Result<_, Error>>()?;
        let stuck: Vec<Stuck> = tx.all(&LIST_STUCK, &[])?.iter().map(Stuck::read).collect::<Result<_, Error>>()?;
        Ok::<_, Error>((queue, stuck))
    });
    let (queue, stuck) = read.await?;
    let shell = app
        .staff_shell(&notice, &session, "Mail", "/staff/mail")
        .stands_on(Clause::of(&notice, &["kind.outbound-mail", "purpose.send-mail"]));
    let done = match asked.done.as_deref() {
        Some("again") => Some("The letter is queued again."),
        Some("not") => Some("Nothing was changed: the letter is queued, or has left, already."),
        _ => None,
    };
    let finding = finding(&queue, &stuck);
    Ok(web::page(&Post { shell, finding, may_decide: may_decide(&session), done, queue, stuck }))
}

/// `POST /staff/mail/again`: a doubtful or failed letter is queued again. A repeated form finds it queued and changes
/// nothing.
async fn again(State(app): State<App>, Staff(session): Staff, Sent(sent): Sent<Vec<(String, String)>>) -> Answer {
    if !may_decide(&session) {
        return Err(Stop::NotFound);
    }
    Form::default().besides(&["letter"]).fill(&sent).map_err(|_| Stop::Bad("mail-form"))?;
    let letter = sent.first().and_then(|(_, letter)| unbase64(letter)).ok_or(Stop::Bad("mail-letter"))?;
    let (person, holding) = ids(&letter).ok_or(Stop::Bad("mail-letter"))?;
    let queued = mail::send_again(&app, person, holding).await?;
    Ok(Redirect::to(if queued { "/staff/mail?done=again" } else { "/staff/mail?done=not" }).into_response())
}

/// Whether a letter that may have left goes out again is for the operator or the officer to decide. Nothing is opened by
/// it, so the notice has no clause that says so.
fn may_decide(session: &Session) -> bool {
    matches!(session.role.as_str(), "operator" | "officer")
}

fn ids(letter: &[u8]) -> Option<(PersonId, HoldingId)> {
    let (person, holding) = letter.split_first_chunk::<16>()?;
    Some((PersonId(*person), HoldingId(holding.try_into().ok()?)))
}

fn finding(queue: &[Pile], stuck: &[Stuck]) -> String {
    let of = |state: &str| queue.iter().filter(|pile| pile.state == state).map(|pile| pile.count).sum::<i64>();
    let waiting = of("queued") + of("sending");
    match (waiting, stuck.len()) {
        (0, 0) => "Nothing waits, and no letter is stuck.".to_owned(),
        (waiting, 0) => format!("{} to leave; none is stuck.", letters(waiting, "waits", "wait")),
        (_, stuck) => format!("{} a look.", letters(i64::try_from(stuck).unwrap_or(i64::MAX), "needs", "need")),
    }
}

fn letters(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 letter {one}") } else { format!("{count} letters {many}") }
}

/// Letters of one template in one state.
struct Pile {
    template: String,
    state: String,
    count: i64,
}

impl Pile {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { template: row.get(0)?, state: row.get(1)?, count: row.get(2)? })
    }

    fn state_words(&self) -> &str {
        state_words(&self.state)
    }
}

/// A letter that needs a person.
struct Stuck {
    letter: String,
    template: String,
    state: String,
    tries: i64,
    next: String,
}

impl Stuck {
    fn read(row: &Row) -> Result<Self, Error> {
        let (person, holding): ([u8; 16], [u8; 16]) = (row.get(0)?, row.get(1)?);
        let next: Timestamp = row.get(5)?;
        Ok(Self {
            letter: base64(&[person, holding].concat()),
            template: row.get(2)?,
            state: row.get(3)?,
            tries: row.get(4)?,
            next: law::london_time(next).strftime("%-d %B %Y, %H:%M").to_string(),
        })
    }

    fn state_words(&self) -> &str {
        state_words(&self.state)
    }

    /// Whether it waits for somebody to decide, rather than for its next try.
    fn waits_for_us(&self) -> bool {
        self.state != "queued"
    }
}

fn state_words(state: &str) -> &str {
    match state {
        "queued" => "Waiting to leave",
        "sending" => "On its way to the mail server",
        "sent" => "Left",
        "unknown" => "May have left: the connection broke",
        "failed" => "Failed: the mail server does not take it",
        other => other,
    }
}

#[derive(Template)]
#[template(path = "rooms/post/post.html")]
struct Post<'a> {
    shell: Shell<'a>,
    finding: String,
    may_decide: bool,
    done: Option<&'static str>,
    queue: Vec<Pile>,
    stuck: Vec<Stuck>,
}
