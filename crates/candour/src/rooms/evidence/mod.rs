//! The room `evidence`: the log that nobody can quietly rewrite, receipts of deletion, and what of both our officers look after.
//!
//! In scope: the log's newest checkpoint, its key and its hashes, for everybody and for good at the same addresses; the page that
//! says what a receipt shows; the officers' page with the last copies, trials and checks, what a restore left for them to decide,
//! and the month's report. Out of scope: making the log and its proofs (`custody`), what a proof is (`ledger`), the letters with
//! receipts (the room of whatever was deleted).
//!
//! Invariants: entries of the log are never served here, only hashes of them; what is typed on the page of receipts is checked
//! and forgotten, never kept and never logged; nothing is opened here.

mod check_up;
mod enclosed;
mod figures;
mod log;
mod month;
mod note;
mod page;
mod pasted;
mod receipt;
mod rows;
mod shown;

pub(crate) use enclosed::{Enclosed, is_whole, opened_address};
pub(crate) use figures::{Last, last_runs, waiting_since_restore};
pub(crate) use pasted::join;
pub(crate) use shown::{effect_words, epoch, hour_words, outcome_words};

use super::{Feature, Room};
use crate::web;
use axum::Router;
use axum::routing::{get, post};

static LOG: Feature =
    Feature { id: "log", clauses: &[], no_personal_data: Some("hashes of hashes: whoever has them learns of nobody") };

static RECEIPTS: Feature = Feature {
    id: "receipts",
    clauses: &[],
    no_personal_data: Some("a receipt names nobody, and what is typed is checked and forgotten"),
};

static EVIDENCE: Feature = Feature {
    id: "evidence",
    clauses: &["kind.staff", "purpose.delete-on-time", "purpose.run-desk", "cookie.staff-session"],
    no_personal_data: None,
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let log = Router::new()
        .route("/log", get(log::show))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/key", get(log::key))
        .route("/log/tile/{*path}", get(log::tile));
    let receipts = Router::new()
        .route("/receipt", get(receipt::ask).post(receipt::check))
        .route("/receipt/second/{day}", get(receipt::second));
    let evidence = Router::new()
        .route("/staff/evidence", get(page::show))
        .route("/staff/evidence/month/{month}", get(month::show))
        .route("/staff/evidence/check", post(check_up::ask))
        .route("/staff/evidence/check/settle", post(check_up::settle));
    vec![
        Room { feature: &LOG, router: web::compressed(log) },
        Room { feature: &RECEIPTS, router: receipts },
        Room { feature: &EVIDENCE, router: evidence },
    ]
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    rows::STATEMENTS.to_vec()
}
