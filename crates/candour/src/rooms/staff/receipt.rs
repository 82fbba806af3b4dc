//! The receipt when the entry of a member of staff, or what proves their sign-in, is deleted.

use crate::App;
use crate::mail::{self, Letter};
use crate::rooms::evidence::{Enclosed, is_whole, opened_address};
use askama::Template;
use custody::{Decided, Error};
use store::Tx;

pub(super) static RECEIPT: mail::Template = mail::Template {
    id: "staff-receipt",
    clauses: &["purpose.send-mail", "purpose.delete-on-time", "kind.staff"],
    urgent: false,
};

#[derive(Template)]
#[template(path = "rooms/staff/receipt.txt")]
struct Text<'a> {
    human: String,
    /// Whether the whole entry goes.
    whole: bool,
    enclosed: Enclosed,
    sender: &'a str,
}

/// Queues the receipt to a member of staff; `false` where nobody is there to be written to.
pub(crate) fn receipt(app: &App, tx: &mut Tx<'_>, decided: &Decided) -> Result<bool, Error> {
    let Some(to) = opened_address(app, tx, decided, "staff")? else { return Ok(false) };
    let notice = app.custody().in_force(tx.today())?;
    let whole = is_whole(app, tx, decided)?;
    let text = Text {
        human: mail::human(&notice),
        whole,
        enclosed: Enclosed::of(app, tx, decided)?,
        sender: &notice.controller().short,
    };
    let what = if whole { "Your entry" } else { "Part of your entry" };
    let subject = format!("{what} among our staff is deleted: a receipt");
    let letter = Letter { template: &RECEIPT, to: &to, subject, text: crate::face::render(&text) };
    mail::queue(app, tx, decided.person, &letter)?;
    Ok(true)
}
