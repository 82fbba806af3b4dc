//! Copies: making them, putting them back, trying them.

mod backup;
mod between;
mod drill;
mod listing;
mod restore;
mod told;

pub(super) use backup::Backup;
pub(super) use between::tidy;
pub(super) use listing::{Copy, list};
pub(super) use restore::Restore;

use super::{Cannot, Outcome};
use law::Date;

/// Every statement of these commands.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    [listing::STATEMENTS, told::STATEMENTS].concat()
}

/// How many days of the backup window a copy restores for: the key of its day is destroyed two days before the end, so that
/// every place has let it go by then.
const SPARE_DAYS: i64 = 2;

/// The last day on which a copy of a day restores, under the notice in force.
fn restores_until(app: &crate::App, day: Date) -> Option<Date> {
    let window = app.custody().in_force(app.today()).ok()?.head().window();
    window.after(day)?.checked_sub(jiff::Span::new().days(SPARE_DAYS)).ok()
}

/// "1 record", "3 records".
fn counted(count: u64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// "1 copy", "3 copies".
fn counted_copies(count: usize) -> String {
    if count == 1 { "1 copy".to_owned() } else { format!("{count} copies") }
}
