//! The desk: our staff see which enquiries wait, open one for a purpose, answer it, note something beside it and close it.
//!
//! Lists show linked columns. What a person wrote is opened for a purpose that the notice gives the role, and who may do
//! what is asked of the notice alone: this room has no check of roles of its own. Requests and complaints about data are
//! answered and closed under the purpose that the notice gives the officer.

mod act;
mod close;
mod conversation;
mod inbox;
mod letters;
mod page;
mod rows;
mod write;

use super::enquiry::PRIVACY;
use crate::rooms::{Feature, Room};
use crate::web::compressed;
use axum::Router;
use axum::routing::{get, post};
use notice::{Allowed, Ask, Fields, Notice, Refusal};
use store::Statement;

/// The purpose under which the desk works.
const ANSWER: &str = "answer-enquiries";

/// The purpose under which enquiries of a topic are answered and closed.
fn duty(topic: &str) -> &'static str {
    if topic == PRIVACY { "handle-rights" } else { ANSWER }
}

/// Asks the notice whether a role may see what lists show of enquiries.
pub(crate) fn may_list(notice: &Notice, role: &str) -> Result<Allowed, Refusal> {
    let kind = notice.kind("enquiry");
    let listed = kind.iter().flat_map(|kind| kind.listed_by.iter().filter(|id| kind.has_field(id)));
    let listed: Vec<&str> = listed.map(String::as_str).collect();
    notice.allow(&Ask { actor: role, purpose: ANSWER, kind: "enquiry", fields: Fields::Named(&listed) })
}

static DESK: Feature = Feature {
    id: "desk",
    clauses: &[
        "kind.enquiry",
        "kind.enquiry-message",
        "kind.outbound-mail",
        "kind.staff",
        "purpose.answer-enquiries",
        "purpose.run-desk",
        "purpose.send-mail",
        "cookie.staff-session",
    ],
    no_personal_data: None,
};

static NOTES: Feature = Feature {
    id: "desk-notes",
    clauses: &["kind.enquiry", "kind.enquiry-note", "purpose.answer-enquiries", "cookie.staff-session"],
    no_personal_data: None,
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let desk = Router::new()
        .route("/staff/enquiries/{reference}", get(page::show))
        .route("/staff/enquiries/{reference}/answer", post(write::answer))
        .route("/staff/enquiries/{reference}/close", post(close::close))
        .route("/staff/enquiries/{reference}/reopen", post(close::reopen));
    let desk = desk.merge(compressed(Router::new().route("/staff", get(inbox::show))));
    let notes = Router::new().route("/staff/enquiries/{reference}/note", post(write::note));
    vec![Room { feature: &DESK, router: desk }, Room { feature: &NOTES, router: notes }]
}

/// Its letters.
pub(super) fn letters() -> Vec<&'static crate::mail::Template> {
    letters::TEMPLATES.to_vec()
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static Statement> {
    rows::STATEMENTS.to_vec()
}
