//! The warning before the entry of a member of staff is deleted, as the notice promises it.

use crate::App;
use crate::mail::{self, Letter};
use askama::Template;
use custody::{Actor, Error, Warning};
use notice::{Ask, Fields};
use store::Tx;

pub(super) static ENDS_SOON: mail::Template = mail::Template {
    id: "staff-ends-soon",
    clauses: &["purpose.send-mail", "purpose.delete-on-time", "kind.staff"],
    urgent: false,
};

#[derive(Template)]
#[template(path = "rooms/staff/ends_soon.txt")]
struct EndsSoon<'a> {
    human: String,
    due_on: String,
    keep: String,
    door: String,
    sender: &'a str,
}

/// Queues the warning to a member of staff whose entry is due soon.
pub(crate) fn warn(app: &App, tx: &mut Tx<'_>, warning: &Warning) -> Result<(), Error> {
    let (custody, sweeper) = (app.custody(), Actor::system("sweeper"));
    let notice = custody.in_force(tx.today())?;
    let ask = Ask { actor: "sweeper", purpose: "delete-on-time", kind: "staff", fields: Fields::Named(&["email"]) };
    let allowed = notice.allow(&ask)?;
    let holding = custody.holding_on(tx, warning.person, warning.ground, "staff")?.ok_or(Error::Gone)?;
    let permit = custody.permit(tx, &allowed, &sweeper, warning.person, holding)?;
    let opened = custody.open(tx, &permit)?;
    let to = opened.record.value("email").ok_or_else(|| mail::nowhere("staff"))?;
    let text = EndsSoon {
        human: mail::human(&notice),
        due_on: law::words(warning.due_on),
        keep: notice.kind("staff").map(|kind| kind.keep.words(&notice)).unwrap_or_default(),
        door: format!("{}/staff/sign-in", app.address()),
        sender: &notice.controller().short,
    };
    let subject = "Your entry among our staff will be deleted soon".to_owned();
    let letter = Letter { template: &ENDS_SOON, to, subject, text: crate::face::render(&text) };
    mail::queue(app, tx, warning.person, &letter)
}
