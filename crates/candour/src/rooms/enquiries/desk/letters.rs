//! The letters of the desk. They hold a reference, a day and a private link, and nothing that anybody typed.

use super::super::enquiry::{self, EnquiryRow, LINK_MS, Words};
use super::duty;
use crate::App;
use crate::mail;
use askama::Template;
use custody::{Actor, Error};
use law::{Date, Timestamp};
use notice::Notice;
use std::sync::Arc;
use store::Tx;

const CLAUSES: &[&str] = &["kind.enquiry", "purpose.answer-enquiries", "purpose.send-mail"];

static ANSWERED: mail::Template = mail::Template { id: "enquiry-answered", clauses: CLAUSES, urgent: false };
static CLOSED: mail::Template = mail::Template { id: "enquiry-closed", clauses: CLAUSES, urgent: false };

/// Tells a person that their enquiry has an answer.
pub(super) fn answered(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow, actor: &Actor) -> Result<(), Error> {
    let head = Head::new(app, tx, row)?;
    let subject = format!("We have answered your enquiry ({})", row.reference);
    let words = Words { template: &ANSWERED, subject, text: crate::face::render(&Answered { head: &head }) };
    enquiry::letter_to(app, tx, row, actor, duty(&row.topic), words)
}

/// Tells a person that their enquiry is closed, and when it will be deleted.
pub(super) fn closed(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow, actor: &Actor, due_on: Date) -> Result<(), Error> {
    let head = Head::new(app, tx, row)?;
    let subject = format!("Your enquiry is closed ({})", row.reference);
    let text = crate::face::render(&Closed { head: &head, due_on: law::words(due_on) });
    enquiry::letter_to(app, tx, row, actor, duty(&row.topic), Words { template: &CLOSED, subject, text })
}

/// What both letters say.
struct Head<'a> {
    notice: Arc<Notice>,
    reference: &'a str,
    link: String,
    link_until: String,
    find: String,
}

impl<'a> Head<'a> {
    fn new(app: &App, tx: &mut Tx<'_>, row: &'a EnquiryRow) -> Result<Self, Error> {
        let until = Timestamp::from_millisecond(tx.now().as_millisecond() + LINK_MS);
        Ok(Self {
            notice: app.custody().in_force(tx.today())?,
            reference: &row.reference,
            link: enquiry::mail_link(app, tx, row.person, row.ground)?,
            link_until: until.map(law::london_day).map(law::words).unwrap_or_default(),
            find: format!("{}/enquiries/find", app.address()),
        })
    }

    fn human(&self) -> String {
        mail::human(&self.notice)
    }

    fn sender(&self) -> &str {
        &self.notice.controller().short
    }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/answered.txt")]
struct Answered<'a> {
    head: &'a Head<'a>,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/closed.txt")]
struct Closed<'a> {
    head: &'a Head<'a>,
    due_on: String,
}
