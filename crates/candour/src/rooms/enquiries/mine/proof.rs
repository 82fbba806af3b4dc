//! Proof that the person at the screen reads the enquiry's mailbox: a code of six digits by mail, for one act.
//!
//! The link that began the session may have been passed on, or the screen left open. So a change, a copy and a withdrawal
//! each ask for a code: 15 minutes, five tries, a new one replaces the old, five letters a day. Stored is
//! SHA-256(code ‖ person ‖ act), so a code proves one act of one person; once given, its row is proof for ten minutes.

use super::super::enquiry::{Words, letter_to};
use super::super::footing;
use super::{draw_key, inner_shell, open, parse_key, rows, sent};
use crate::App;
use crate::face::{Form, Question, Shell};
use crate::mail;
use crate::web::session::{Session, You};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::PersonId;
use notice::Shape;
use rand_core::RngCore;
use serde::Deserialize;
use store::{Tx, Val};
use zeroize::Zeroizing;

/// The letter with the code.
pub(super) static LETTER: mail::Template = mail::Template {
    id: "enquiry-code",
    clauses: &["kind.enquiry", "kind.outbound-mail", "purpose.send-mail", "purpose.show-you"],
    urgent: true,
};

const CLAUSES: &[&str] = &["purpose.show-you", "kind.outbound-mail"];

const MINUTE_MS: i64 = 60_000;
/// How long a code is accepted.
const CODE_MS: i64 = 15 * MINUTE_MS;
/// How long an act may begin after its code was given.
const PROOF_MS: i64 = 10 * MINUTE_MS;
/// How many wrong codes end a code.
const TRIES: i64 = 5;
/// How many letters with a code are written to a person in a day.
const A_DAY: i64 = 5;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Correct how to be reached.
    Change,
    /// Take a copy away.
    Download,
    /// Withdraw the enquiry.
    Withdraw,
}

impl Act {
    /// All of them, in the order of their buttons.
    pub(super) fn all() -> [Self; 3] {
        [Self::Change, Self::Download, Self::Withdraw]
    }

    /// As rows, forms and addresses have it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Download => "download",
            Self::Withdraw => "withdraw",
        }
    }

    /// As a button names it.
    pub(super) fn button(self) -> &'static str {
        match self {
            Self::Change => "Change my details",
            Self::Download => "Download my data",
            Self::Withdraw => "Withdraw my enquiry",
        }
    }

    /// To follow "It lets you".
    fn words(self) -> &'static str {
        match self {
            Self::Change => "change the details of your enquiry",
            Self::Download => "download what we hold for your enquiry",
            Self::Withdraw => "withdraw your enquiry",
        }
    }

    /// The page that needs the code.
    fn place(self) -> &'static str {
        match self {
            Self::Change => "/enquiries/mine/change",
            Self::Download => "/enquiries/mine/download",
            Self::Withdraw => "/enquiries/mine/withdraw",
        }
    }

    /// The page that asks for the code.
    pub(super) fn asking(self) -> &'static str {
        match self {
            Self::Change => "/enquiries/mine/code?act=change",
            Self::Download => "/enquiries/mine/code?act=download",
            Self::Withdraw => "/enquiries/mine/code?act=withdraw",
        }
    }

    fn parse(code: &str) -> Result<Self, Stop> {
        Self::all().into_iter().find(|act| act.code() == code).ok_or(Stop::Bad("act"))
    }
}

/// The act in an address.
#[derive(Deserialize)]
pub(super) struct For {
    act: String,
}

/// How far an act is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// No code is out, or it is over.
    Unasked,
    /// A code is out and has so many tries left.
    Asked(i64),
    /// The code was given.
    Proved,
    /// Five wrong codes were given.
    Spent,
}

/// Stops unless the code of an act was given in the last ten minutes; leads to the page that asks for it.
pub(super) fn demand(tx: &mut Tx<'_>, session: &Session, act: Act) -> Result<(), Stop> {
    match standing(tx, session, act)? {
        Standing::Proved => Ok(()),
        _ => Err(Stop::Elsewhere(act.asking())),
    }
}

/// The page that asks for a code, or offers to send one.
pub(super) async fn show(State(app): State<App>, You(session): You, Query(asked): Query<For>) -> Answer {
    let act = Act::parse(&asked.act)?;
    ask(&app, &session, act, None).await
}

/// Sends a code.
pub(super) async fn send(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let [act, key] = sent(&pairs, ["act", "key"])?;
    let (act, key) = (Act::parse(act)?, parse_key(key)?);
    let running = app.clone();
    app.custody().write("send_code", move |tx| post(&running, tx, &session, act, key)).await?;
    Ok(Redirect::to(act.asking()).into_response())
}

/// Takes a code.
pub(super) async fn prove(
    State(app): State<App>,
    You(session): You,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let [act, code, key] = sent(&pairs, ["act", "code", "key"])?;
    let (act, key) = (Act::parse(act)?, parse_key(key)?);
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() {
        return ask(&app, &session, act, Some(Wrong::Missing)).await;
    }
    let (running, who) = (app.clone(), session.clone());
    let right = app.custody().write("prove_code", move |tx| judge(&running, tx, &who, act, &code, key)).await?;
    if right {
        return Ok(Redirect::to(act.place()).into_response());
    }
    ask(&app, &session, act, Some(Wrong::Code)).await
}

/// What was wrong with what was typed.
#[derive(Clone, Copy)]
enum Wrong {
    Code,
    Missing,
}

fn standing(tx: &mut Tx<'_>, session: &Session, act: Act) -> Result<Standing, Stop> {
    Ok(stored(tx, session, act)?.map_or(Standing::Unasked, |(_, standing)| standing))
}

fn stored(tx: &mut Tx<'_>, session: &Session, act: Act) -> Result<Option<([u8; 32], Standing)>, Stop> {
    let now = tx.now().as_millisecond();
    let [person, ground, here, act] = row_of(session, act);
    let Some(row) = tx.optional(&rows::FIND_CODE, &[person, ground, here, act, now.into()])? else { return Ok(None) };
    let standing = match row.get::<i64>(1)? {
        -1 => Standing::Proved,
        tries if tries < TRIES => Standing::Asked(TRIES - tries),
        _ => Standing::Spent,
    };
    Ok(Some((row.get(0)?, standing)))
}

/// The code of an act belongs to the session that asked for it: whoever else holds the link is not proved by it.
fn row_of(session: &Session, act: Act) -> [Val; 4] {
    [session.person.into(), session.ground.into(), session.id().into(), act.code().into()]
}

fn fingerprint(code: &str, person: PersonId, act: Act) -> [u8; 32] {
    vault::sha256(&[code.as_bytes(), &person.0, act.code().as_bytes()].concat())
}

/// Draws a code and writes the letter; does nothing when the act is proved already, or when today's letters are used up.
fn post(app: &App, tx: &mut Tx<'_>, session: &Session, act: Act, key: [u8; 16]) -> Result<(), Stop> {
    let row = open(app, tx, session)?;
    if tx.once(row.person.0, key)?.is_some()
        || standing(tx, session, act)? == Standing::Proved
        || spent_today(tx, session)?
    {
        return Ok(());
    }
    let code = Zeroizing::new(format!("{:06}", tx.random().next_u64() % 1_000_000));
    let until = tx.now().as_millisecond() + CODE_MS;
    let [person, ground, here, id] = row_of(session, act);
    let hash = fingerprint(&code, row.person, act);
    tx.execute(&rows::UPSERT_CODE, &[person, ground, here, id, hash.into(), until.into()])?;
    let notice = app.custody().in_force(tx.today())?;
    let sender = &notice.controller().short;
    let text = Letter { reference: &row.reference, human: crate::mail::human(&notice), sender, code: &code, act };
    let subject = format!("Your code ({})", row.reference);
    let words = Words { template: &LETTER, subject, text: crate::face::render(&text) };
    letter_to(app, tx, &row, &session.actor(), "show-you", words)?;
    Ok(tx.done(row.person.0, key, "sent")?)
}

fn spent_today(tx: &mut Tx<'_>, session: &Session) -> Result<bool, Stop> {
    let today = tx.today();
    let written = tx.one(&rows::COUNT_LETTERS, &[session.person.into(), LETTER.id.into(), today.into()])?;
    Ok(written.get::<i64>(0)? >= A_DAY)
}

/// Whether the code is right; counts a wrong one. The same request again gets the same answer and counts nothing.
fn judge(app: &App, tx: &mut Tx<'_>, session: &Session, act: Act, code: &str, key: [u8; 16]) -> Result<bool, Stop> {
    let row = open(app, tx, session)?;
    if let Some(answer) = tx.once(row.person.0, key)? {
        return Ok(answer == "right");
    }
    let hash = match stored(tx, session, act)? {
        Some((_, Standing::Proved)) => return Ok(true),
        Some((hash, Standing::Asked(_))) => hash,
        _ => return Ok(false),
    };
    let right = vault::equal(&hash, &fingerprint(code, row.person, act));
    let [person, ground, here, id] = row_of(session, act);
    if right {
        let until = tx.now().as_millisecond() + PROOF_MS;
        tx.execute(&rows::PROVE, &[person, ground, here, id, until.into()])?;
    } else {
        tx.execute(&rows::COUNT_TRY, &[person, ground, here, id])?;
    }
    tx.done(row.person.0, key, if right { "right" } else { "wrong" })?;
    Ok(right)
}

async fn ask(app: &App, session: &Session, act: Act, wrong: Option<Wrong>) -> Answer {
    let (running, who) = (app.clone(), session.clone());
    let (standing, spent) = app
        .custody()
        .store()
        .read("show_code", move |tx| {
            open(&running, tx, &who)?;
            Ok::<_, Stop>((standing(tx, &who, act)?, spent_today(tx, &who)?))
        })
        .await?;
    let left = match standing {
        Standing::Proved => return Ok(Redirect::to(act.place()).into_response()),
        Standing::Asked(left) => Some(left),
        Standing::Spent | Standing::Unasked => None,
    };
    let notice = app.notice()?;
    let form = question(left, wrong);
    let lead = match (standing, wrong, spent) {
        (Standing::Asked(_), ..) => {
            "We have sent a code of six digits to the e-mail address of your enquiry.".to_owned()
        }
        (Standing::Spent, ..) => "That was the fifth wrong code, so this code no longer works.".to_owned(),
        (_, Some(Wrong::Code), _) => "That code is over: a code works for 15 minutes.".to_owned(),
        _ => format!("To {}, you need a code that we send to its e-mail address.", act.words()),
    };
    let shell = inner_shell(app, &notice, "Check that it is you", CLAUSES).wrong(wrong.is_some());
    let desk = footing::desk(&notice).to_owned();
    let keys = [draw_key(app), draw_key(app)];
    let mut response = page(&Asking { shell, act, form, asked: left.is_some(), spent, lead, desk, keys });
    if wrong.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The question for the code, with what is wrong; no question while no code is out.
fn question(left: Option<i64>, wrong: Option<Wrong>) -> Form {
    let mut form = Form::default();
    let Some(left) = left else { return form };
    let missing = "Enter the code from our e-mail".to_owned();
    let error = wrong.map(|wrong| match wrong {
        Wrong::Missing => missing.clone(),
        Wrong::Code if left == 1 => "That is not the code. You have one try left".to_owned(),
        Wrong::Code => format!("That is not the code. You have {left} tries left"),
    });
    form.questions.push(Question {
        id: "code".to_owned(),
        label: "Code".to_owned(),
        hint: Some("Six digits. It works for 15 minutes.".to_owned()),
        required: true,
        shape: Shape::Text,
        max: 20,
        value: String::new(),
        error,
        autocomplete: Some("one-time-code"),
        missing,
    });
    form
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/code.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    act: Act,
    form: Form,
    asked: bool,
    spent: bool,
    lead: String,
    desk: String,
    keys: [String; 2],
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/code.txt")]
struct Letter<'a> {
    reference: &'a str,
    human: String,
    sender: &'a str,
    code: &'a str,
    act: Act,
}
