//! The letters of this room: reference and a human's address first, then why we write. They repeat nothing that was typed.

use super::enquiry::{self, EnquiryRow, LINK_MS, Words};
use super::footing;
use crate::App;
use crate::mail;
use askama::Template;
use custody::{Error, WITHDRAW_DAYS};
use law::Date;
use notice::Notice;
use std::sync::Arc;
use store::Tx;

static RECEIVED: mail::Template = mail::Template {
    id: "enquiry-received",
    clauses: &["purpose.send-mail", "purpose.answer-enquiries", "kind.enquiry"],
    urgent: false,
};
static LINK: mail::Template = mail::Template {
    id: "enquiry-link",
    clauses: &["purpose.send-mail", "purpose.show-you", "kind.enquiry"],
    urgent: true,
};
static ENDS_SOON: mail::Template = mail::Template {
    id: "enquiry-ends-soon",
    clauses: &["purpose.send-mail", "purpose.delete-on-time", "kind.enquiry"],
    urgent: false,
};

/// Every letter of this file.
pub(super) static TEMPLATES: &[&mail::Template] = &[&RECEIVED, &LINK, &ENDS_SOON];

/// What every letter about an enquiry says, the desk's as well.
pub(super) struct Head {
    pub(super) notice: Arc<Notice>,
    pub(super) reference: String,
    pub(super) link: String,
    pub(super) link_until: String,
    pub(super) find: String,
}

impl Head {
    pub(super) fn new(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Self, Error> {
        let until = law::Timestamp::from_millisecond(tx.now().as_millisecond() + LINK_MS);
        Ok(Self {
            notice: app.custody().in_force(tx.today())?,
            reference: row.reference.clone(),
            link: enquiry::mail_link(app, tx, row.person, row.ground)?,
            link_until: until.map(law::london_day).map(law::words).unwrap_or_default(),
            find: format!("{}/enquiries/find", app.address()),
        })
    }

    pub(super) fn human(&self) -> String {
        mail::human(&self.notice)
    }

    pub(super) fn sender(&self) -> &str {
        &self.notice.controller().short
    }

    pub(super) fn words(&self, template: &'static mail::Template, subject: &str, text: &impl Template) -> Words {
        Words { template, subject: format!("{subject} ({})", self.reference), text: crate::face::render(text) }
    }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/received.txt")]
struct Received<'a> {
    head: &'a Head,
    answer_by: String,
    /// Whether it may be a request or a complaint about data.
    request: bool,
    keep: String,
    withdraw_days: i64,
    objection: Option<String>,
    /// Where the notice stands.
    privacy: String,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/link.txt")]
struct Link<'a> {
    head: &'a Head,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/ends_soon.txt")]
struct EndsSoon<'a> {
    head: &'a Head,
    due_on: String,
    moved_by: String,
    answered: bool,
    /// Until when it would stay if it were open again; `None` where writing again moves nothing.
    open_until: Option<String>,
    desk: &'a str,
    /// Where to ask anew.
    ask: String,
}

/// "We have your enquiry": when to expect an answer, until when it is kept, how to object, and the private link.
pub(super) fn received(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Words, Error> {
    let head = Head::new(app, tx, row)?;
    let text = Received {
        head: &head,
        answer_by: law::words(row.answer_by),
        request: row.topic == enquiry::PRIVACY,
        keep: keep(&head.notice),
        withdraw_days: WITHDRAW_DAYS,
        objection: footing::objection(&head.notice),
        privacy: format!("{}/privacy", app.address()),
    };
    Ok(head.words(&RECEIVED, "We have received your enquiry", &text))
}

/// A new private link.
pub(super) fn link(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Words, Error> {
    let head = Head::new(app, tx, row)?;
    Ok(head.words(&LINK, "A new link to your enquiry", &Link { head: &head }))
}

/// The warning that an enquiry is deleted on a day. One that was never answered is owned up to, with what can still be done.
pub(super) fn ends_soon(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow, due_on: Date) -> Result<Words, Error> {
    let head = Head::new(app, tx, row)?;
    let open_until = enquiry::open_until(app, tx, row)?.filter(|day| *day > due_on);
    let text = EndsSoon {
        head: &head,
        due_on: law::words(due_on),
        moved_by: keep(&head.notice),
        answered: enquiry::answered(tx, row)?,
        open_until: open_until.map(law::words),
        desk: footing::desk(&head.notice),
        ask: format!("{}/enquiries/new", app.address()),
    };
    Ok(head.words(&ENDS_SOON, "Your enquiry will be deleted soon", &text))
}

fn keep(notice: &Notice) -> String {
    notice.kind("enquiry").map(|kind| kind.keep.words(notice)).unwrap_or_default()
}
