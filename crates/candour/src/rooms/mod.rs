//! Rooms: each feature's pages, types, rows and tests in a folder of its own.

pub mod demo;
pub mod enquiries;
pub mod post;
pub mod refusals;
pub mod retention;
pub mod site;
pub mod staff;

use crate::App;
use axum::Router;
use custody::{Error, Warning};
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
        post::rooms(),
        demo::rooms(),
    ]
    .into_iter()
    .flatten()
    .collect()
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

/// The main navigation.
pub const NAV: &[(&str, &str)] =
    &[("/", "Home"), ("/enquiries/new", "Ask us"), ("/enquiries/find", "Your enquiry"), ("/privacy", "Privacy")];

/// The navigation of staff, which begins with the inbox for those who may list enquiries.
pub fn staff_nav(notice: &Notice, role: &str) -> &'static [(&'static str, &'static str)] {
    if enquiries::may_list(notice, role).is_ok() { STAFF_NAV } else { &STAFF_NAV[1..] }
}

const STAFF_NAV: &[(&str, &str)] = &[
    ("/staff", "Inbox"),
    ("/staff/retention", "Retention"),
    ("/staff/refusals", "Refusals"),
    ("/staff/mail", "Mail"),
    ("/", "Public site"),
];

/// Every statement of the rooms.
pub fn statements() -> Vec<&'static store::Statement> {
    [enquiries::statements(), staff::statements(), demo::statements()].concat()
}
