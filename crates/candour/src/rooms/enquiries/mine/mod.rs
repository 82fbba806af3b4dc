//! The person's own pages of an enquiry: the conversation, everything that is held about them, and what they can do about
//! it: write again, change, download, withdraw.
//!
//! In scope: what one person may do with their own enquiry inside a session that a private link began. Out of scope: asking
//! and finding again (beside this folder), what our staff do.
//!
//! Invariants: every value is opened for `you` under `show-you`; what changes data, takes a copy of it or ends it is done
//! only after a code from the enquiry's own mailbox ([`proof`]); every act is done once for each key.

mod beside;
mod change;
mod data;
mod download;
mod held;
mod page;
mod proof;
mod rows;
mod whole;
mod withdraw;

use super::enquiry::{self, Door, EnquiryRow};
use crate::App;
use crate::face::{Clause, Shell};
use crate::rooms::{Feature, Room};
use crate::web::session::Session;
use crate::web::token::{self, unbase64};
use crate::web::{Stop, compressed};
use axum::Router;
use axum::routing::{get, post};
use notice::Notice;
use serde::Deserialize;
use store::{Statement, Tx};

static FEATURE: Feature = Feature {
    id: "your-enquiry",
    clauses: &[
        "kind.enquiry",
        "kind.enquiry-message",
        "purpose.show-you",
        "cookie.enquiry-session",
        "decision.delete-what-you-withdraw",
        "decision.limit-tries",
    ],
    no_personal_data: None,
};

/// Where the person's pages begin.
const MINE: &str = "/enquiries/mine";

/// Where they see everything that is held.
const DATA: &str = "/enquiries/mine/data";

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = Router::new()
        .route(MINE, get(page::show))
        .route("/enquiries/mine/write", post(page::write))
        .route("/enquiries/mine/leave", post(page::leave))
        .route("/enquiries/mine/code", get(proof::show).post(proof::send))
        .route("/enquiries/mine/prove", post(proof::prove))
        .route("/enquiries/mine/change", get(change::show).post(change::check))
        .route("/enquiries/mine/change/save", post(change::save))
        .route("/enquiries/mine/download", get(download::show))
        .route("/enquiries/mine/download.json", get(download::json))
        .route("/enquiries/mine/download.html", get(download::html))
        .route("/enquiries/mine/download.zip", get(whole::zip))
        .route("/enquiries/mine/withdraw", get(withdraw::show).post(withdraw::withdraw))
        .route("/enquiries/mine/cancel", post(withdraw::cancel));
    let long = compressed(Router::new().route(DATA, get(data::show)));
    vec![Room { feature: &FEATURE, router: router.merge(long) }]
}

/// Its letters.
pub(super) fn letters() -> Vec<&'static crate::mail::Template> {
    vec![&proof::LETTER, &change::LETTER, &withdraw::LETTER]
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static Statement> {
    rows::STATEMENTS.to_vec()
}

/// The enquiry of a session, and whether it opens.
fn find(app: &App, tx: &mut Tx<'_>, session: &Session) -> Result<(EnquiryRow, Door), Stop> {
    let (person, ground) = (session.person, session.ground);
    let row = enquiry::by_ground(tx, person, ground)?.ok_or(Stop::NotFound)?;
    let door = enquiry::door(app, tx, &row)?;
    Ok((row, door))
}

/// The enquiry of a session while it opens; the pages beyond the first lead back to it otherwise.
fn open(app: &App, tx: &mut Tx<'_>, session: &Session) -> Result<EnquiryRow, Stop> {
    match find(app, tx, session)? {
        (row, Door::Open) => Ok(row),
        _ => Err(Stop::Elsewhere(MINE)),
    }
}

/// What was done just before, told on the page that a redirect leads to.
#[derive(Deserialize)]
struct Told {
    done: Option<String>,
}

impl Told {
    fn words(&self, notice: &Notice) -> Option<String> {
        let copies = notice.head().window();
        Some(match self.done.as_deref()? {
            "cancelled" => "Your enquiry is open again. Nothing was destroyed.".to_owned(),
            "changed" => format!("Your details are changed. Copies of the old ones become unreadable within {copies}."),
            "moved" => format!(
                "Your details are changed. E-mails already sent still show the old address until they are deleted, and copies become unreadable within {copies}."
            ),
            "same" => "Nothing was different, so nothing was changed.".to_owned(),
            "written" => "Your message is with us.".to_owned(),
            _ => return None,
        })
    }
}

/// The frame of these pages.
fn shell<'a>(app: &App, notice: &'a Notice, title: &str, clauses: &[&str]) -> Shell<'a> {
    app.shell(notice, title, "/enquiries/find").stands_on(Clause::of(notice, clauses))
}

/// The frame of the pages beyond the first, with the way back to it.
fn inner_shell<'a>(app: &App, notice: &'a Notice, title: &str, clauses: &[&str]) -> Shell<'a> {
    shell(app, notice, title, clauses).back(DATA, "Your data")
}

/// A fresh key for a form.
fn draw_key(app: &App) -> String {
    token::draw_key(&mut app.custody().store().random())
}

/// Reads the key of a form.
fn parse_key(text: &str) -> Result<[u8; 16], Stop> {
    unbase64(text).and_then(|bytes| bytes.try_into().ok()).ok_or(Stop::Bad("key"))
}

/// The values of exactly these inputs, each sent once.
fn sent<'a, const N: usize>(pairs: &'a [(String, String)], names: [&str; N]) -> Result<[&'a str; N], Stop> {
    let mut values = [""; N];
    for (value, name) in values.iter_mut().zip(names) {
        *value = &pairs.iter().find(|(one, _)| one == name).ok_or(Stop::Bad("field-missing"))?.1;
    }
    if pairs.len() == N { Ok(values) } else { Err(Stop::Bad("field-unasked")) }
}
