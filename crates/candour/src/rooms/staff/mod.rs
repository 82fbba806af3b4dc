//! Staff: invitations, joining, sign-in and sign-out.
//!
//! **Purpose.** Let the right members of staff in, and nobody else: a password and an authenticator app (RFC 6238).
//!
//! **In scope.** Inviting, listing and removing members of staff; the doorkeeper's checks; beginning and ending sessions.
//!
//! **Out of scope.** What staff may open: the notice says it and custody does it. How a session lives: `web::session`.
//!
//! **Invariants.**
//! - A password stands nowhere but as an argon2id fingerprint, and that and the authenticator's secret only sealed.
//! - Whatever is wrong at the door, the answer is the same, byte for byte, and comes no sooner.
//! - A try is counted before it is judged, so that tries made at the same time cannot outrun the count.
//! - A code is accepted once.

mod door;
mod join;
mod members;
mod password;
mod receipt;
mod rows;
mod sign_in;
mod square;
mod totp;
mod warn;

pub(crate) use members::active;
pub use members::{Invitation, Member, Role, forget_absent, invite, list, remove};
pub(crate) use receipt::receipt;
pub(crate) use warn::warn;

use super::{Feature, Room};
use crate::App;
use crate::web::bucket::Bucket;
use axum::routing::{get, post};
use axum::{Extension, Router};
use custody::{Error, Ground, PersonId};
use store::Tx;

/// Signing in as a member of staff.
pub static FEATURE: Feature = Feature {
    id: "staff-sign-in",
    clauses: &["kind.staff", "kind.sign-in", "purpose.staff-sign-in", "cookie.staff-session", "decision.limit-tries"],
    no_personal_data: None,
};

/// The purpose of everything in this room.
const PURPOSE: &str = "staff-sign-in";

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = Router::new()
        .route("/staff/join/{token}", get(join::page).post(join::join))
        .route("/staff/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/staff/sign-out", post(sign_in::sign_out))
        .layer(Extension(Bucket::shared()));
    vec![Room { feature: &FEATURE, router }]
}

/// Its letters.
pub(super) fn letters() -> Vec<&'static crate::mail::Template> {
    vec![&receipt::RECEIPT, &warn::ENDS_SOON]
}

/// The member of staff with this address who can sign in. Nothing is opened.
pub(crate) fn by_address(app: &App, tx: &mut Tx<'_>, email: &str) -> Result<Option<(PersonId, Ground)>, Error> {
    let notice = app.custody().in_force(tx.today())?;
    door::Door::open(app, &notice)?.find(tx, email)
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    rows::STATEMENTS.to_vec()
}
