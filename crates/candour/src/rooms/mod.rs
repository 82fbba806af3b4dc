//! Rooms: each feature's pages, types, rows and tests in a folder of its own.

pub mod coverage;
pub mod demo;
pub mod enquiries;
pub mod evidence;
pub mod notices;
pub mod post;
pub mod refusals;
mod restored;
pub mod retention;
pub mod site;
pub mod staff;

pub use restored::forget_doors;

use crate::App;
use axum::Router;
use custody::{Decided, Error, ReceiptState, Warning};
use notice::Notice;
use store::Tx;

/// A feature, and the clauses it stands on. While the notice in force lacks one of them, its pages are closed and say so.
pub struct Feature {
    /// Its name: `enquiries`.
    pub id: &'static str,
    /// Addresses of clauses: `kind.enquiry`. Empty with a reason: it touches no personal data.
    pub clauses: &'static [&'static str],
    /// Why it needs no clause, where it has none.
    pub no_personal_data: Option<&'static str>,
}

impl Feature {
    /// The clauses that the notice does not cover.
    pub fn missing(&self, notice: &Notice) -> Vec<String> {
        self.clauses.iter().filter(|clause| !notice.covers(clause)).map(|clause| (*clause).to_owned()).collect()
    }
}

/// Pages behind the gate of one feature.
pub struct Room {
    /// The feature.
    pub feature: &'static Feature,
    /// Its routes.
    pub router: Router<App>,
}

/// Every room.
pub fn all() -> Vec<Room> {
    [
        site::rooms(),
        enquiries::rooms(),
        staff::rooms(),
        retention::rooms(),
        refusals::rooms(),
        coverage::rooms(),
        evidence::rooms(),
        notices::rooms(),
        post::rooms(),
        demo::rooms(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every feature: those of the rooms, and what the frame serves beside them.
pub fn features() -> Vec<&'static Feature> {
    all().iter().map(|room| room.feature).chain([&crate::web::OUTSIDE]).collect()
}

/// Every letter that the program can write.
pub fn letters() -> Vec<&'static crate::mail::Template> {
    [enquiries::letters(), notices::letters(), staff::letters()].concat()
}

/// Queues the letter that warns of a deletion; `false` where no room writes to people about this kind.
pub fn warn(app: &App, tx: &mut Tx<'_>, warning: &Warning) -> Result<bool, Error> {
    match warning.kind.as_str() {
        "enquiry" => enquiries::warn(app, tx, warning)?,
        "staff" => staff::warn(app, tx, warning)?,
        _ => return Ok(false),
    }
    app.custody().warned(tx, warning)?;
    Ok(true)
}

/// Queues the receipt of an erasure that was decided; `false` where no room writes to people about this kind, or nobody is
/// there to be written to.
pub fn receipt(app: &App, tx: &mut Tx<'_>, decided: &Decided) -> Result<bool, Error> {
    let written = match decided.kind.as_str() {
        "enquiry" | "enquiry-message" | "enquiry-note" => enquiries::receipt(app, tx, decided)?,
        "sign-in" | "staff" => staff::receipt(app, tx, decided)?,
        _ => false,
    };
    if written {
        app.custody().receipted(tx, decided, ReceiptState::Written)?;
    }
    Ok(written)
}

/// The main navigation.
pub const NAV: &[(&str, &str)] =
    &[("/", "Home"), ("/enquiries/new", "Ask us"), ("/enquiries/find", "Your enquiry"), ("/privacy", "Privacy")];

/// Features that stand under one notice and would be closed under another, with the clauses that the other lacks.
pub(crate) fn closed_features(old: &Notice, new: &Notice) -> Vec<(String, String)> {
    let features = all().into_iter().map(|room| room.feature).filter(|feature| feature.missing(old).is_empty());
    let missing = features.map(|feature| (feature.id.replace('-', " "), feature.missing(new).join(", ")));
    missing.filter(|(_, missing)| !missing.is_empty()).collect()
}

/// The navigation of staff: it begins with the inbox for those who may list enquiries, officers see the notices, and they and operators what is covered.
pub fn staff_nav(notice: &Notice, role: &str) -> &'static [(&'static str, &'static str)] {
    let nav = match role {
        "officer" => OFFICER_NAV,
        "operator" => OPERATOR_NAV,
        _ => STAFF_NAV,
    };
    if enquiries::may_list(notice, role).is_ok() { nav } else { &nav[1..] }
}

const OFFICER_NAV: &[(&str, &str)] = &[
    ("/staff", "Inbox"),
    ("/staff/notices", "Notices"),
    ("/staff/coverage", "Coverage"),
    ("/staff/evidence", "Evidence"),
    ("/staff/retention", "Retention"),
    ("/staff/refusals", "Refusals"),
    ("/staff/mail", "Mail"),
    ("/", "Public site"),
];

const OPERATOR_NAV: &[(&str, &str)] = &[
    ("/staff", "Inbox"),
    ("/staff/coverage", "Coverage"),
    ("/staff/evidence", "Evidence"),
    ("/staff/retention", "Retention"),
    ("/staff/refusals", "Refusals"),
    ("/staff/mail", "Mail"),
    ("/", "Public site"),
];

const STAFF_NAV: &[(&str, &str)] = &[
    ("/staff", "Inbox"),
    ("/staff/retention", "Retention"),
    ("/staff/refusals", "Refusals"),
    ("/staff/mail", "Mail"),
    ("/", "Public site"),
];

/// Every statement of the rooms.
pub fn statements() -> Vec<&'static store::Statement> {
    [
        enquiries::statements(),
        evidence::statements(),
        notices::statements(),
        restored::STATEMENTS.to_vec(),
        retention::statements(),
        staff::statements(),
        demo::statements(),
    ]
    .concat()
}
