//! The room `notices`: how a privacy notice is published, for the officers.
//!
//! **Purpose.** From a pasted text to a notice in force: draft, findings, difference, rehearsal, a second officer's approval,
//! and the letters that tell people.
//!
//! **In scope.** The officers' pages; the job that tells people, a chunk each minute; the look at the configured file.
//!
//! **Out of scope.** What a notice means and how two differ (`notice`); when it comes into force and what it would make due
//! (`custody`); the public history (`site`).
//!
//! **Invariants.**
//! - Nobody publishes what they made themselves: custody refuses it in the transaction, whatever a form says.
//! - No text is read, compared or planned on a worker that answers, or while a transaction is open.
//! - A notice is never edited and never taken back: another one takes its place.
//! - Each person is written to once about a notice, across restarts: the letter and its row are one commit.
//! - A file on disk changes nothing; that it differs is said.

mod approve;
mod draft;
mod file;
mod list;
mod make;
mod rehearsing;
mod rows;
mod tell;
mod touched;
pub(crate) mod words;

pub use file::NoticeFile;
pub use tell::tell;

use super::{Feature, Room};
use crate::App;
use crate::web::Stop;
use crate::web::session::Staff;
use crate::web::token::{base64, unbase64};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Extension, Router};
use custody::DraftId;

static NOTICES: Feature = Feature {
    id: "notices",
    clauses: &["kind.staff", "purpose.run-desk", "cookie.staff-session"],
    no_personal_data: None,
};

/// The largest form with a draft: a notice of 1 MiB as a form sends it, with room to spare.
const BODY: usize = 1_200 * 1024;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = Router::new()
        .route("/staff/notices", get(list::show).post(make::make).layer(DefaultBodyLimit::max(BODY)))
        .route("/staff/notices/new", get(make::ask))
        .route("/staff/notices/{draft}", get(draft::show))
        .route("/staff/notices/{draft}/rehearse", post(rehearsing::rehearse))
        .route("/staff/notices/{draft}/approve", post(approve::approve))
        .route("/staff/notices/{draft}/withdraw", post(approve::withdraw))
        .layer(Extension(rehearsing::Rehearsing::default()));
    vec![Room { feature: &NOTICES, router }]
}

/// Its letters.
pub(super) fn letters() -> Vec<&'static crate::mail::Template> {
    vec![&tell::CHANGED]
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    rows::STATEMENTS.to_vec()
}

/// A signed-in officer; for everybody else there is no such page.
pub(super) struct Officer(pub(super) crate::web::session::Session);

impl FromRequestParts<App> for Officer {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        let Staff(session) = Staff::from_request_parts(parts, app).await?;
        if session.role == "officer" { Ok(Self(session)) } else { Err(Stop::NotFound) }
    }
}

/// The draft that an address names.
pub(super) struct Named(pub(super) DraftId);

impl FromRequestParts<App> for Named {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, app).await;
        path.ok().and_then(|Path(id)| parse(&id)).map(Self).ok_or(Stop::NotFound)
    }
}

/// As an address names a draft.
pub(super) fn href(id: DraftId) -> String {
    format!("/staff/notices/{}", base64(&id.0))
}

/// Where a draft waits, for somebody who has no page before them.
pub(crate) fn draft_address(app: &App, id: DraftId) -> String {
    format!("{}{}", app.address(), href(id))
}

/// Runs what takes long for a long text (reading it, comparing it, planning it) beside the workers that answer, under the
/// span of its request.
pub(crate) async fn off_workers<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T, Stop> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(f)).await.map_err(|_| Stop::Fault("notice-text"))
}

fn parse(id: &str) -> Option<DraftId> {
    unbase64(id)?.try_into().ok().map(DraftId)
}
