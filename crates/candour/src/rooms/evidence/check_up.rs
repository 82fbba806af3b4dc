//! What a restore left for an officer to decide: the list, the question whether they mean it, and the decision. Nothing is opened:
//! what a record says may not be known to decide whether it was to be deleted; its person, or who answered them, knows.

use crate::App;
use crate::face::{Clause, Form, Shell};
use crate::rooms::enquiries::enquiry;
use crate::rooms::notices::Officer;
use crate::web::session::Session;
use crate::web::token::{base64, unbase64};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Check, CheckUp, Custody, Decision, Error, HoldingId, PersonId};
use notice::{Ask, Fields, Notice};
use store::Tx;

/// How many the page shows; the rest follow when these are decided.
const SHOWN: u32 = 100;

/// One record that waits.
pub(super) struct Waiting {
    one: CheckUp,
    /// Of its enquiry, where it has one.
    reference: Option<String>,
}

/// What waits, the oldest first.
pub(super) fn waiting(custody: &Custody, tx: &mut Tx<'_>) -> Result<Vec<Waiting>, Error> {
    let mut waiting = Vec::new();
    for one in custody.check_ups(tx, SHOWN)? {
        let row = enquiry::by_ground(tx, one.person, one.ground)?;
        waiting.push(Waiting { one, reference: row.map(|row| row.reference) });
    }
    Ok(waiting)
}

/// One record as the page shows it.
pub(super) struct Line {
    /// What it is: "Your enquiry, ENQ-7K3M-Q9TX".
    pub what: String,
    /// Why it waits, and what that means.
    pub why: &'static str,
    /// The day of the restore.
    pub since: String,
    /// The words of the button that keeps it.
    pub keep: &'static str,
    /// What follows when it is kept.
    pub kept: &'static str,
    /// As a form names it.
    pub record: String,
}

impl Line {
    /// In words of the notice.
    pub(super) fn of(notice: &Notice, waiting: &Waiting) -> Self {
        let Waiting { one, reference } = waiting;
        let kind = notice.kind(&one.kind).map_or(one.kind.as_str(), |kind| &kind.words);
        Self {
            what: reference.as_ref().map_or_else(|| kind.to_owned(), |reference| format!("{kind}, {reference}")),
            why: why_words(one.why),
            keep: keep_words(one.why),
            kept: kept_words(one.why),
            since: law::short_words(one.day),
            record: base64(&[one.person.0, one.holding.0].concat()),
        }
    }
}

fn why_words(why: Check) -> &'static str {
    match why {
        Check::Hold => {
            "A legal hold kept it. It is kept for thirty days now; whoever placed the hold places it again. Keep takes this line away."
        }
        Check::Intent => "Its deletion had begun, and nobody knows whether it ended. It is closed.",
        Check::Replaced => {
            "It was corrected after the copy was made. The old value is shut and the new one is lost: nothing that it said is \
             left. In an enquiry or an entry of staff the name and the address are gone too, so its person cannot be written to."
        }
    }
}

fn keep_words(why: Check) -> &'static str {
    match why {
        Check::Hold | Check::Intent => "Keep it",
        Check::Replaced => "Keep it without its value",
    }
}

fn kept_words(why: Check) -> &'static str {
    match why {
        Check::Hold => {
            "Nothing changes but that this line goes. It opens or stays shut as its terms say, and the hold ends after its \
             thirty days unless somebody places it again."
        }
        Check::Intent => {
            "It opens again as its terms allow, until its day. Keep it only if you know that it was not to be deleted: ask its \
             person, or whoever was to delete it."
        }
        Check::Replaced => {
            "It stays until its day with nothing in it, and what else belongs to it stands as before. Nobody can be warned, \
             answered or sent a receipt at the address that it had. Should its person come to you, ask them for it again."
        }
    }
}

/// What was done, for the page that a redirect leads to.
pub(super) fn done_words(done: &str) -> Option<&'static str> {
    match done {
        "erased" => Some("The record is erased."),
        "kept" => Some("The record is kept, with what is left in it."),
        "not" => Some("Nothing was changed: the record does not wait any more."),
        _ => None,
    }
}

fn may(notice: &Notice, session: &Session) -> Result<(), Stop> {
    notice.allow(&Ask { actor: &session.role, purpose: "run-desk", kind: "staff", fields: Fields::Named(&[]) })?;
    Ok(())
}

/// What a form sent: the record, and what is decided of it.
fn read(sent: &[(String, String)]) -> Result<(String, Decision), Stop> {
    Form::default().besides(&["record", "decision"]).fill(sent).map_err(|_| Stop::Bad("check-form"))?;
    let value = |name: &str| sent.iter().find(|(id, _)| id == name).map(|(_, value)| value.as_str());
    let decision = match value("decision") {
        Some("erase") => Decision::Erase,
        Some("keep") => Decision::Keep,
        _ => return Err(Stop::Bad("check-form")),
    };
    Ok((value("record").ok_or(Stop::Bad("check-form"))?.to_owned(), decision))
}

fn ids(record: &str) -> Result<(PersonId, HoldingId), Stop> {
    let bytes = unbase64(record).ok_or(Stop::Bad("check-record"))?;
    let (person, holding) = bytes.split_first_chunk::<16>().ok_or(Stop::Bad("check-record"))?;
    Ok((PersonId(*person), HoldingId(holding.try_into().map_err(|_| Stop::Bad("check-record"))?)))
}

/// `POST /staff/evidence/check`: asks whether they mean it.
pub(super) async fn ask(
    State(app): State<App>,
    Officer(session): Officer,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    may(&notice, &session)?;
    let (record, decision) = read(&sent)?;
    let (named, custody) = (ids(&record)?, app.custody().clone());
    let all = app.custody().store().read("list_check_ups", move |tx| waiting(&custody, tx)).await?;
    let found = all.iter().find(|one| (one.one.person, one.one.holding) == named);
    let Some(found) = found else { return Ok(Redirect::to("/staff/evidence?done=not").into_response()) };
    let erase = decision == Decision::Erase;
    let title = match (erase, found.one.why) {
        (true, _) => "Erase this record?",
        (false, Check::Replaced) => "Keep this record without its value?",
        (false, _) => "Keep this record?",
    };
    let line = Line::of(&notice, found);
    Ok(web::page(&Asking { shell: shell(&app, &notice, &session, title), line, erase }))
}

/// `POST /staff/evidence/check/settle`. Sent twice it is done once: then the record does not wait any more.
pub(super) async fn settle(
    State(app): State<App>,
    Officer(session): Officer,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Answer {
    let notice = app.notice()?;
    may(&notice, &session)?;
    let (record, decision) = read(&sent)?;
    let ((person, holding), custody, actor) = (ids(&record)?, app.custody().clone(), session.actor());
    // The journal is written around it: beside the workers that answer.
    let settled = tokio::task::spawn_blocking(move || custody.settle_check_up(&actor, person, holding, decision));
    let done = match (settled.await.map_err(|_| Stop::Fault("check-up"))?, decision) {
        (Ok(()), Decision::Erase) => "erased",
        (Ok(()), Decision::Keep) => "kept",
        (Err(Error::Gone), _) => "not",
        (Err(Error::Refused(refusal)), Decision::Erase) => {
            let shell = shell(&app, &notice, &session, "Not erased");
            return Ok((StatusCode::CONFLICT, web::page(&Refused { shell, why: refusal.why })).into_response());
        }
        (Err(error), _) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/staff/evidence?done={done}")).into_response())
}

fn shell<'a>(app: &App, notice: &'a Notice, session: &Session, title: &str) -> Shell<'a> {
    app.staff_shell(notice, session, title, "/staff/evidence")
        .back("/staff/evidence", "Evidence")
        .stands_on(Clause::of(notice, &["purpose.delete-on-time", "store.key-journal"]))
}

#[derive(Template)]
#[template(path = "rooms/evidence/check_up.html")]
struct Asking<'a> {
    shell: Shell<'a>,
    line: Line,
    /// Erase it, or keep it.
    erase: bool,
}

#[derive(Template)]
#[template(path = "rooms/evidence/refused.html")]
struct Refused<'a> {
    shell: Shell<'a>,
    why: String,
}
