//! The letters of the desk. They hold a reference, a day and a private link, and nothing that anybody typed.

use super::super::enquiry::{self, EnquiryRow};
use super::super::letters::Head;
use super::duty;
use crate::App;
use crate::mail;
use askama::Template;
use custody::{Actor, Error};
use law::Date;
use store::Tx;

const CLAUSES: &[&str] = &["kind.enquiry", "purpose.answer-enquiries", "purpose.send-mail"];

static ANSWERED: mail::Template = mail::Template { id: "enquiry-answered", clauses: CLAUSES, urgent: false };
static CLOSED: mail::Template = mail::Template { id: "enquiry-closed", clauses: CLAUSES, urgent: false };

/// Every letter of the desk.
pub(super) static TEMPLATES: &[&mail::Template] = &[&ANSWERED, &CLOSED];

/// Tells a person that their enquiry has an answer.
pub(super) fn answered(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow, actor: &Actor) -> Result<(), Error> {
    let head = Head::new(app, tx, row)?;
    let words = head.words(&ANSWERED, "We have answered your enquiry", &Answered { head: &head });
    enquiry::letter_to(app, tx, row, actor, duty(&row.topic), words)
}

/// Tells a person that their enquiry is closed, and when it will be deleted.
pub(super) fn closed(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow, actor: &Actor, due_on: Date) -> Result<(), Error> {
    let head = Head::new(app, tx, row)?;
    let text = Closed { head: &head, due_on: law::words(due_on) };
    let words = head.words(&CLOSED, "Your enquiry is closed", &text);
    enquiry::letter_to(app, tx, row, actor, duty(&row.topic), words)
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/answered.txt")]
struct Answered<'a> {
    head: &'a Head,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/closed.txt")]
struct Closed<'a> {
    head: &'a Head,
    due_on: String,
}
