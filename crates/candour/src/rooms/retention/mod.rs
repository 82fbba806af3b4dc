//! Retention: whether everything is deleted on time, what needs somebody, what the next days bring, and why something waits.
//!
//! In scope: the page of counts, typing today's date where the clock was doubted, releases by two officers, legal holds. Out of
//! scope: what may be destroyed and when, which custody decides.
//!
//! Invariants: counts, days and closed codes only; nothing is opened here. An officer's act is done once for each key, and
//! custody asks again in the same transaction whether they may.

mod confirm;
mod date;
mod figures;
mod hold;
mod holds;
mod place;
mod release;
mod report;
mod rows;

pub(crate) use confirm::{WRONG, mismatch};
pub(crate) use hold::{Hold, close_reasons, on_ground};
pub(crate) use report::{job_words, outcome_words};

use super::{Feature, Room};
use crate::web;
use axum::Router;
use axum::routing::{get, post};

static RETENTION: Feature = Feature {
    id: "retention",
    clauses: &["kind.staff", "purpose.delete-on-time", "cookie.staff-session"],
    no_personal_data: None,
};

static GUARD: Feature = Feature {
    id: "retention-guard",
    clauses: &["kind.staff", "purpose.delete-on-time", "purpose.run-desk", "cookie.staff-session"],
    no_personal_data: None,
};

static HOLDS: Feature = Feature {
    id: "legal-holds",
    clauses: &["kind.enquiry", "purpose.delete-on-time", "purpose.handle-rights", "cookie.staff-session"],
    no_personal_data: None,
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let retention = web::compressed(Router::new().route("/staff/retention", get(report::show)));
    let guard = Router::new()
        .route("/staff/retention/confirm", get(confirm::ask).post(confirm::confirm))
        .route("/staff/retention/release", get(release::ask).post(release::release))
        .route("/staff/retention/release/{release}", post(release::agree));
    let holds = Router::new()
        .route("/staff/holds", get(holds::show))
        .route("/staff/enquiries/{reference}/hold", get(place::ask).post(place::check))
        .route("/staff/enquiries/{reference}/hold/place", post(place::place))
        .route("/staff/enquiries/{reference}/hold/lift", post(place::lift));
    vec![
        Room { feature: &RETENTION, router: retention },
        Room { feature: &GUARD, router: guard },
        Room { feature: &HOLDS, router: holds },
    ]
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    rows::STATEMENTS.to_vec()
}
