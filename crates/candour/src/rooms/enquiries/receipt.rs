//! The receipt when an enquiry is deleted: what goes, until when a copy of it can be opened, and the proof that it was decided.

use super::enquiry;
use crate::App;
use crate::mail::{self, Letter};
use crate::rooms::evidence::{Enclosed, is_whole, opened_address};
use askama::Template;
use custody::{Decided, Error};
use store::Tx;

pub(super) static RECEIPT: mail::Template = mail::Template {
    id: "enquiry-receipt",
    clauses: &["purpose.send-mail", "purpose.delete-on-time", "kind.enquiry"],
    urgent: false,
};

#[derive(Template)]
#[template(path = "rooms/enquiries/receipt.txt")]
struct Text<'a> {
    reference: &'a str,
    human: String,
    withdrawn: bool,
    /// Whether everything of the enquiry goes.
    whole: bool,
    enclosed: Enclosed,
    sender: &'a str,
}

/// Queues the receipt to the person of an enquiry; `false` where nobody is there to be written to.
pub(crate) fn receipt(app: &App, tx: &mut Tx<'_>, decided: &Decided) -> Result<bool, Error> {
    let Some(row) = enquiry::by_ground(tx, decided.person, decided.ground)? else { return Ok(false) };
    let Some(to) = opened_address(app, tx, decided, "enquiry")? else { return Ok(false) };
    let notice = app.custody().in_force(tx.today())?;
    let whole = is_whole(app, tx, decided)?;
    let text = Text {
        reference: &row.reference,
        human: mail::human(&notice),
        withdrawn: decided.withdrawn,
        whole,
        enclosed: Enclosed::of(app, tx, decided)?,
        sender: &notice.controller().short,
    };
    let what = if whole { "Your enquiry" } else { "Part of your enquiry" };
    let subject = format!("{what} is deleted: a receipt ({})", row.reference);
    let letter = Letter { template: &RECEIPT, to: &to, subject, text: crate::face::render(&text) };
    mail::queue(app, tx, decided.person, &letter)?;
    Ok(true)
}
