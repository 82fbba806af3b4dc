//! The room `enquiries`: asking, the person's own pages, and the desk of our staff.
//!
//! In scope here: the way of an enquiry from the question page over the check page to its confirmation; the private link in a
//! letter, and asking for a new one; the warning before an enquiry is deleted. Out of scope: following an enquiry (`mine`)
//! and answering it (`desk`).
//!
//! Invariants: what was typed stays on the page or in the sealed form until it is sent, and is taken once however often it is
//! sent; a link that is only looked at changes nothing; nobody learns from us whether a reference and an address belong
//! together.

mod ask;
mod check;
pub(crate) mod desk;
mod draft;
pub(crate) mod enquiry;
mod find;
mod footing;
mod letters;
mod limit;
mod link;
pub(crate) mod mine;
mod receipt;
mod reference;
mod rows;
mod sent;
mod warn;

pub(crate) use desk::may_list;
pub(crate) use receipt::receipt;
pub(crate) use warn::warn;

use super::{Feature, Room};
use axum::response::Redirect;
use axum::routing::get;
use axum::{Extension, Router};

static ENQUIRIES: Feature = Feature {
    id: "enquiries",
    clauses: &[
        "kind.enquiry",
        "kind.enquiry-message",
        "kind.outbound-mail",
        "purpose.answer-enquiries",
        "purpose.show-you",
        "purpose.send-mail",
        "contact.enquiries",
        "decision.limit-tries",
    ],
    no_personal_data: None,
};

/// Coming back by a private link.
static LINK: Feature = Feature {
    id: "enquiry-link",
    clauses: &[
        "kind.enquiry",
        "kind.outbound-mail",
        "purpose.answer-enquiries",
        "purpose.show-you",
        "purpose.send-mail",
        "cookie.enquiry-session",
    ],
    no_personal_data: None,
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    // A page that was reached by sending a form is loaded again as the empty form.
    let empty = || async { Redirect::to("/enquiries/new") };
    let router = Router::new()
        .route("/enquiries/new", get(ask::new))
        .route("/enquiries/check", get(empty).post(check::check))
        .route("/enquiries", get(empty).post(sent::send))
        .route("/enquiries/sent/{reference}", get(sent::sent))
        .layer(Extension(limit::Limit::shared()));
    let links = Router::new()
        .route("/enquiries/link/{token}", get(link::look).post(link::open))
        .route("/enquiries/find", get(find::ask).post(find::find))
        .layer(Extension(crate::web::bucket::Bucket::shared()));
    let own = vec![Room { feature: &ENQUIRIES, router }, Room { feature: &LINK, router: links }];
    [own, mine::rooms(), desk::rooms()].into_iter().flatten().collect()
}

/// Its letters.
pub(super) fn letters() -> Vec<&'static crate::mail::Template> {
    [letters::TEMPLATES.to_vec(), vec![&receipt::RECEIPT], mine::letters(), desk::letters()].concat()
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    [rows::STATEMENTS.to_vec(), mine::statements(), desk::statements()].concat()
}
