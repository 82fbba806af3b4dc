//! An enquiry as its rows have it, and what every page of the room does with one: add to it, write to its person, draw a
//! private link. The rows say when and in what state; the words are in holdings.

use super::rows;
use crate::App;
use crate::mail::{self, Letter, Template};
use crate::web::token::Token;
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record, Terms};
use jiff::civil::Weekday;
use law::Date;
use notice::{Ask, Digest, Fields, Notice, Refusal, Shape};
use store::{Row, Tx};

/// How long a private link in a letter opens its enquiry: 30 days, in milliseconds.
pub(crate) const LINK_MS: i64 = 30 * DAY_MS;

/// The topic of requests and complaints about data, as the notice's field `topic` codes it.
pub(crate) const PRIVACY: &str = "privacy";

/// A day, in milliseconds.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// An enquiry: linked columns only.
#[derive(Clone)]
pub(crate) struct EnquiryRow {
    /// Whose it is.
    pub person: PersonId,
    /// What its holdings are held for.
    pub ground: Ground,
    /// How people name it: `ENQ-7K3M-Q9TX`.
    pub reference: String,
    /// A code of the field `topic` ([`topic_words`] says it in words).
    pub topic: String,
    /// Where it stands.
    pub state: State,
    /// The day it was received.
    pub received_on: Date,
    /// The day by which an answer was promised.
    pub answer_by: Date,
    /// When something last happened to it, in milliseconds since 1970.
    pub touched_at: i64,
}

/// Where an enquiry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The last word is our answer.
    Answered,
    /// Its clock towards deletion runs.
    Closed,
    /// Nobody has answered yet.
    New,
    /// The person wrote again after an answer.
    Waiting,
}

/// Whether an enquiry still opens for its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// It opens.
    Open,
    /// Its time is over: closed, and being deleted.
    Over,
    /// Withdrawn: closed, and destroyed on this day unless that is cancelled before.
    Withdrawn(Date),
}

/// What a part of an enquiry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// By our staff, to the person.
    Answer,
    /// By the person.
    Message,
    /// By our staff, for themselves.
    Note,
}

/// A part of an enquiry.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// The holding with its words.
    pub holding: HoldingId,
    /// What it is.
    pub sort: Sort,
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
}

/// A letter without its address. Its words hold nothing that anybody typed. Has no `Debug`.
pub(crate) struct Words {
    /// The kind of letter.
    pub template: &'static Template,
    /// The subject line: no personal data.
    pub subject: String,
    /// The whole text.
    pub text: String,
}

/// An enquiry before it is received. Has no `Debug`.
pub(crate) struct NewEnquiry {
    /// A new person: an unproved address never joins one who is known.
    pub person: PersonId,
    /// Drawn beforehand, so that a repeated request is received once.
    pub ground: Ground,
    /// A code of the field `topic`.
    pub topic: String,
    /// The sealed fields of kind `enquiry`: name, address, school and so on.
    pub contact: Record,
    /// The sealed fields of the first `enquiry-message`.
    pub message: Record,
}

impl State {
    /// As the row stores it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::New => "new",
            Self::Waiting => "waiting",
        }
    }

    /// Reads what a row or a filter says.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        [Self::Answered, Self::Closed, Self::New, Self::Waiting].into_iter().find(|state| state.code() == code)
    }

    /// In words, for staff: "Answered".
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Answered => "Answered",
            Self::Closed => "Closed",
            Self::New => "New",
            Self::Waiting => "Waiting for an answer",
        }
    }
}

impl Sort {
    /// As the row stores it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Message => "message",
            Self::Note => "note",
        }
    }

    /// The kind of the notice that holds its words.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Answer | Self::Message => "enquiry-message",
            Self::Note => "enquiry-note",
        }
    }

    fn parse(code: &str) -> Option<Self> {
        [Self::Answer, Self::Message, Self::Note].into_iter().find(|sort| sort.code() == code)
    }

    /// Where an enquiry stands after one more of this sort.
    fn moves(self, state: State) -> State {
        match (self, state) {
            (Self::Answer, _) => State::Answered,
            (Self::Message, State::New) => State::New,
            (Self::Message, _) => State::Waiting,
            (Self::Note, state) => state,
        }
    }
}

/// The enquiry that people name so, in any spelling that [`super::reference`] reads.
pub(crate) fn by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Option<EnquiryRow>, Error> {
    let Some(reference) = super::reference::parse(reference) else { return Ok(None) };
    let Some(row) = tx.optional(&rows::FIND_REFERENCE, &[reference.into()])? else { return Ok(None) };
    by_ground(tx, PersonId(row.get(0)?), Ground(row.get(1)?))
}

/// The enquiry of a person on a ground.
pub(crate) fn by_ground(tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Option<EnquiryRow>, Error> {
    let row = tx.optional(&rows::FIND_ENQUIRY, &[person.into(), ground.into()])?;
    row.map(|row| read(person, ground, &row)).transpose()
}

fn read(person: PersonId, ground: Ground, row: &Row) -> Result<EnquiryRow, Error> {
    Ok(EnquiryRow {
        person,
        ground,
        reference: row.get(0)?,
        topic: row.get(1)?,
        state: State::parse(&row.get::<String>(2)?).ok_or(Error::Nonsense("enquiry.state"))?,
        received_on: row.get(3)?,
        answer_by: row.get(4)?,
        touched_at: row.get(5)?,
    })
}

/// Receives an enquiry: takes who asks and what, starts the clock `enquiry.received`, gives it a reference and a day by
/// which it is answered. Letters are for the caller.
pub(crate) fn receive(app: &App, tx: &mut Tx<'_>, new: &NewEnquiry) -> Result<EnquiryRow, Error> {
    let (custody, today, desk) = (app.custody(), tx.today(), Actor::system("desk"));
    let notice = custody.in_force(today)?;
    let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    let allowed = notice.allow(&ask)?;
    let taken = New {
        person: new.person,
        holding: HoldingId::draw(tx.random()),
        ground: new.ground,
        record: &new.contact,
        events: &["enquiry.received"],
    };
    custody.take(tx, &allowed, &desk, &taken)?;
    let row = EnquiryRow {
        person: new.person,
        ground: new.ground,
        reference: draw_reference(tx)?,
        topic: new.topic.clone(),
        state: State::New,
        received_on: today,
        answer_by: answer_by(&notice, today)?,
        touched_at: tx.now().as_millisecond(),
    };
    insert(tx, &row)?;
    add_message(app, tx, &row, Sort::Message, &new.message, &desk)?;
    Ok(row)
}

fn insert(tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<(), Error> {
    let (person, ground, reference) = (row.person, row.ground, row.reference.as_str());
    tx.execute(
        &rows::INSERT_ENQUIRY,
        &[
            person.into(),
            ground.into(),
            reference.into(),
            row.topic.as_str().into(),
            row.state.code().into(),
            row.received_on.into(),
            row.answer_by.into(),
            row.touched_at.into(),
        ],
    )?;
    tx.execute(&rows::INSERT_REFERENCE, &[reference.into(), person.into(), ground.into()])?;
    Ok(())
}

/// A reference that stands for no other enquiry. There is one writer, so that nobody takes it meanwhile.
fn draw_reference(tx: &mut Tx<'_>) -> Result<String, Error> {
    loop {
        let drawn = super::reference::draw(tx.random());
        if tx.optional(&rows::FIND_REFERENCE, &[drawn.as_str().into()])?.is_none() {
            return Ok(drawn);
        }
    }
}

/// The day by which an enquiry of today is answered, as the contact `enquiries` of the notice promises. Beyond the
/// published table of bank holidays every weekday counts: the stricter promise.
pub(crate) fn answer_by(notice: &Notice, today: Date) -> Result<Date, Refusal> {
    let Some(days) = notice.contact("enquiries").and_then(|contact| contact.answers_within) else {
        return Err(Refusal {
            clause: "contact.enquiries".to_owned(),
            actor: "desk".to_owned(),
            purpose: "answer-enquiries".to_owned(),
            kind: "enquiry".to_owned(),
            why: "it does not say within how many working days enquiries are answered".to_owned(),
        });
    };
    Ok(law::add_working_days(today, days).unwrap_or_else(|_| {
        let mut at = today;
        let mut left = days;
        while left > 0 && at < Date::MAX {
            at = at.saturating_add(jiff::Span::new().days(1));
            left -= u32::from(!matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday));
        }
        at
    }))
}

/// The parts of an enquiry, oldest first.
pub(crate) fn entries(tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Vec<Entry>, Error> {
    let rows = tx.all(&rows::LIST_ENTRIES, &[person.into(), ground.into()])?;
    rows.iter()
        .map(|row| {
            let sort = Sort::parse(&row.get::<String>(1)?).ok_or(Error::Nonsense("enquiry_entry.sort"))?;
            Ok(Entry { holding: HoldingId(row.get(0)?), sort, at: row.get(2)? })
        })
        .collect()
}

/// Whether an enquiry opens today.
pub(super) fn door(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Door, Error> {
    if let Some(destroy_on) = app.custody().withdrawal(tx, row.person, row.ground)? {
        return Ok(if destroy_on > tx.today() { Door::Withdrawn(destroy_on) } else { Door::Over });
    }
    let holdings = app.custody().holdings(tx, row.person)?;
    let over = holdings.iter().any(|one| one.ground == row.ground && one.kind == "enquiry" && one.standing.due);
    Ok(if over { Door::Over } else { Door::Open })
}

/// Whether our staff have answered at least once.
pub(super) fn answered(tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<bool, Error> {
    Ok(entries(tx, row.person, row.ground)?.iter().any(|entry| entry.sort == Sort::Answer))
}

/// The day on which an enquiry would be due under its terms if it were not closed: what writing again can gain.
pub(super) fn open_until(app: &App, tx: &mut Tx<'_>, row: &EnquiryRow) -> Result<Option<Date>, Error> {
    let found = tx.one(&rows::FIND_NOTICE, &[row.person.into(), row.ground.into(), "enquiry".into()])?;
    let (taken, force) = (app.custody().published(Digest(found.get(0)?))?, app.custody().in_force(tx.today())?);
    let terms = Terms { taken: &taken, force: &force };
    Ok(terms.due("enquiry", &|event| (event == "enquiry.received").then_some(row.received_on), tx.today()))
}

/// The holding of kind `enquiry` on a ground: how to reach the person.
pub(crate) fn contact(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    ground: Ground,
) -> Result<Option<HoldingId>, Error> {
    app.custody().holding_on(tx, person, ground, "enquiry")
}

/// Takes the words of one more part under `answer-enquiries`: [`add_message_for`].
pub(crate) fn add_message(
    app: &App,
    tx: &mut Tx<'_>,
    row: &EnquiryRow,
    sort: Sort,
    record: &Record,
    actor: &Actor,
) -> Result<HoldingId, Error> {
    add_message_for(app, tx, row, sort, record, actor, "answer-enquiries")
}

/// Takes the words of one more part under a purpose, and moves the enquiry's state: an answer makes it answered, a
/// message waiting, a note nothing. A message or an answer opens a closed enquiry again, and a message that nobody waited for
/// before is promised an answer by a day of its own.
///
/// `actor` is a member of staff, or `Actor::system("desk")` for what the person writes.
pub(crate) fn add_message_for(
    app: &App,
    tx: &mut Tx<'_>,
    row: &EnquiryRow,
    sort: Sort,
    record: &Record,
    actor: &Actor,
    purpose: &str,
) -> Result<HoldingId, Error> {
    let ask = Ask { actor: &actor.role, purpose, kind: sort.kind(), fields: Fields::All };
    let allowed = app.custody().in_force(tx.today())?.allow(&ask)?;
    let holding = HoldingId::draw(tx.random());
    let new = New { person: row.person, holding, ground: row.ground, record, events: &[] };
    app.custody().take(tx, &allowed, actor, &new)?;
    let now = tx.now().as_millisecond();
    tx.execute(
        &rows::INSERT_ENTRY,
        &[row.person.into(), row.ground.into(), holding.into(), sort.code().into(), now.into()],
    )?;
    set_state(tx, row, sort.moves(row.state))?;
    if sort != Sort::Note && row.state == State::Closed {
        app.custody().unnote(tx, row.person, row.ground, CLOSED)?;
    }
    if sort == Sort::Message && matches!(row.state, State::Answered | State::Closed) {
        let answer_by = answer_by(&*app.custody().in_force(tx.today())?, tx.today())?;
        tx.execute(&rows::UPDATE_ANSWER_BY, &[row.person.into(), row.ground.into(), answer_by.into()])?;
    }
    Ok(holding)
}

/// The clock event of closing.
pub(crate) const CLOSED: &str = "enquiry.closed";

/// Moves the state of an enquiry and marks that something happened to it.
pub(crate) fn set_state(tx: &mut Tx<'_>, row: &EnquiryRow, state: State) -> Result<(), Error> {
    let now = tx.now().as_millisecond();
    let values = [row.person.into(), row.ground.into(), state.code().into(), now.into()];
    if tx.execute(&rows::UPDATE_STATE, &values)? == 1 { Ok(()) } else { Err(Error::Gone) }
}

/// Draws a private link to an enquiry, valid for 30 days: the absolute address that goes into a letter.
pub(crate) fn mail_link(app: &App, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<String, Error> {
    let token = Token::draw(tx.random());
    let until = tx.now().as_millisecond() + LINK_MS;
    tx.execute(&rows::INSERT_LINK, &[token.hash().into(), person.into(), ground.into(), until.into()])?;
    Ok(format!("{}/enquiries/link/{}", app.address(), token.text()))
}

/// Queues a letter to the person of an enquiry: opens the address, and nothing else, for this actor and purpose.
pub(crate) fn letter_to(
    app: &App,
    tx: &mut Tx<'_>,
    row: &EnquiryRow,
    actor: &Actor,
    purpose: &str,
    words: Words,
) -> Result<(), Error> {
    let custody = app.custody();
    let ask = Ask { actor: &actor.role, purpose, kind: "enquiry", fields: Fields::Named(&["email"]) };
    let allowed = custody.in_force(tx.today())?.allow(&ask)?;
    let holding = contact(app, tx, row.person, row.ground)?.ok_or(Error::Gone)?;
    let permit = custody.permit(tx, &allowed, actor, row.person, holding)?;
    let opened = custody.open(tx, &permit)?;
    let to = opened.record.value("email").ok_or_else(|| mail::nowhere("enquiry"))?;
    let Words { template, subject, text } = words;
    mail::queue(app, tx, row.person, &Letter { template, to, subject, text })
}

/// A topic as the notice calls it; the code itself where the notice no longer knows it.
pub(crate) fn topic_words(notice: &Notice, code: &str) -> String {
    let label = notice.field("topic").and_then(|field| match &field.shape {
        Shape::Choice(options) => options.iter().find(|(one, _)| one == code).map(|(_, label)| label.clone()),
        _ => None,
    });
    label.unwrap_or_else(|| code.to_owned())
}
