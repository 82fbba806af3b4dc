//! The page of one enquiry: what its rows say, and, opened for a purpose, what its holdings say.

use super::super::enquiry::{EnquiryRow, PRIVACY, Sort, State, by_reference, topic_words};
use super::act::Act;
use super::conversation::{Conversation, held, open};
use super::{ANSWER, duty, may_list, write};
use crate::App;
use crate::face::{Clause, Form, Shell, countdown};
use crate::rooms::retention::{Hold, on_ground};
use crate::web::session::{Session, Staff};
use crate::web::token::draw_key;
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use custody::Error;
use law::{Date, Period, Unit};
use notice::{Allowed, Ask, Fields, Notice};
use serde::Deserialize;

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "for")]
    purpose: Option<String>,
    done: Option<String>,
}

/// `GET /staff/enquiries/{reference}`: the rows; with `?for=PURPOSE`, opened for that purpose.
pub(super) async fn show(
    Given(app): Given<App>,
    Staff(session): Staff,
    Path(reference): Path<String>,
    Query(mut asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let notice = app.notice()?;
    // A link on somebody else's page opens nothing in a colleague's name: it leads to the page with the button.
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        asked.purpose = None;
    }
    match &asked.purpose {
        Some(purpose) => may_open(&notice, &session.role, purpose)?,
        None => may_list(&notice, &session.role)?,
    };
    let known = look(&app, reference).await?;
    let Some(purpose) = asked.purpose else {
        let page = Sheet::of(&app, &notice, &session, &known, "");
        return Ok(web::page(&page));
    };
    let opened = open_for(&app, &session, &known.row, &purpose).await?;
    let mut page = Sheet::of(&app, &notice, &session, &known, &purpose);
    page.done = asked.done.as_deref().and_then(done_words);
    page.opened = Some(opened);
    Ok(web::page(&page))
}

/// The same page with what was typed and what is wrong with it.
pub(super) async fn again(app: &App, session: &Session, act: &Act, sort: Sort, form: Form) -> Answer {
    let notice = app.notice()?;
    let known = look(app, act.reference.clone()).await?;
    let opened = open_for(app, session, &known.row, &act.purpose).await?;
    let mut page = Sheet::of(app, &notice, session, &known, &act.purpose);
    page.shell = page.shell.wrong(true);
    page.opened = Some(opened);
    *(if sort == Sort::Note { &mut page.note } else { &mut page.answer }) = Some(form);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, web::page(&page)).into_response())
}

/// What is said of an enquiry about data and rights.
const REQUEST: &str = "This may be a request or a complaint about data: our letter to the person acknowledged it, and the data protection officer answers it, within one month.";

/// How an enquiry ends.
#[derive(Clone, Copy)]
enum End {
    /// On this day, as things are.
    On(Option<Date>),
    /// Its time is over; it is closed.
    Over,
    /// The person withdrew it; destroyed on this day.
    Withdrawn(Option<Date>),
}

/// What the linked rows say.
struct Known {
    row: EnquiryRow,
    end: End,
    hold: Option<Hold>,
}

/// The linked rows. Opens nothing.
async fn look(app: &App, reference: String) -> Result<Known, Stop> {
    let house = app.clone();
    let found = app.custody().store().read("desk_enquiry", move |tx| {
        let row = by_reference(tx, &reference)?.ok_or(Error::Gone)?;
        let held = held(&house, tx, &row)?.ok_or(Error::Gone)?;
        let end = if held.standing.due {
            End::Over
        } else if held.standing.withdrawn {
            End::Withdrawn(house.custody().withdrawal(tx, row.person, row.ground)?)
        } else {
            End::On(held.due_on)
        };
        let hold = on_ground(tx, row.person, row.ground)?;
        Ok::<_, Error>(Known { row, end, hold })
    });
    Ok(found.await?)
}

/// Asks the notice, then opens: the opening is a row before this answers.
async fn open_for(app: &App, session: &Session, row: &EnquiryRow, purpose: &str) -> Result<Conversation, Stop> {
    let notice = app.notice()?;
    let (house, row, actor, purpose) = (app.clone(), row.clone(), session.actor(), purpose.to_owned());
    may_open(&notice, &actor.role, &purpose)?;
    let opened = app.custody().write("open_enquiry", move |tx| open(&house, tx, &notice, &row, &actor, &purpose));
    Ok(opened.await?)
}

/// Asks the notice whether a role may open enquiries for a purpose. What is no purpose at all is no question to it: an
/// address that somebody made up is not counted among the refusals.
fn may_open(notice: &Notice, role: &str, purpose: &str) -> Result<Allowed, Stop> {
    if notice.purpose(purpose).is_none() {
        return Err(Stop::Bad("purpose"));
    }
    Ok(notice.allow(&Ask { actor: role, purpose, kind: "enquiry", fields: Fields::All })?)
}

/// A purpose for which the reader's role may open the enquiry.
struct Way {
    purpose: String,
    label: String,
}

/// Every purpose of the kind that the notice gives the role.
fn ways(notice: &Notice, role: &str, topic: &str) -> Vec<Way> {
    let purposes = notice.kind("enquiry").map_or(&[][..], |kind| &kind.purposes);
    let open = |id: &&String| may_open(notice, role, id).is_ok();
    let way = |id: &String| Way { purpose: id.clone(), label: label(notice, id, topic) };
    purposes.iter().filter(open).map(way).collect()
}

fn label(notice: &Notice, purpose: &str, topic: &str) -> String {
    match purpose {
        ANSWER if duty(topic) != ANSWER => "Open to see what is asked".to_owned(),
        ANSWER => "Open to answer the enquiry".to_owned(),
        "handle-rights" => "Open to handle their rights".to_owned(),
        other => format!("Open: {}", notice.purpose(other).map_or(other, |purpose| &purpose.words)),
    }
}

fn done_words(done: &str) -> Option<&'static str> {
    match done {
        "answered" => Some("Your answer is saved, and the person has been written to."),
        "closed" => Some("The enquiry is closed, and the person has been written to."),
        "noted" => Some("Your note is saved."),
        "reopened" => Some("The enquiry is open again."),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/enquiry.html")]
struct Sheet<'a> {
    shell: Shell<'a>,
    done: Option<&'static str>,
    finding: String,
    facts: Vec<(&'static str, String)>,
    reference: &'a str,
    request: Option<&'static str>,
    purpose: &'a str,
    ways: Vec<Way>,
    opened: Option<Conversation>,
    answer: Option<Form>,
    note: Option<Form>,
    acts: bool,
    shut: bool,
    /// The way to the page of its legal hold, for an officer.
    hold: Option<&'static str>,
    closed: bool,
    keys: [String; 3],
}

impl<'a> Sheet<'a> {
    fn of(
        app: &App,
        notice: &'a Notice,
        session: &'a Session,
        Known { row, end, hold }: &'a Known,
        purpose: &'a str,
    ) -> Self {
        let end = *end;
        let today = app.today();
        let clause = format!("purpose.{purpose}");
        let clauses: &[&str] =
            if purpose.is_empty() { &["kind.enquiry"] } else { &[&clause, "kind.enquiry", "kind.enquiry-message"] };
        let closed = row.state == State::Closed;
        let may = |sort: Sort| {
            let purpose = if sort == Sort::Note { ANSWER } else { duty(&row.topic) };
            notice.allow(&Ask { actor: &session.role, purpose, kind: sort.kind(), fields: Fields::All }).is_ok()
        };
        let form = |sort| write::form(notice, sort).filter(|_| may(sort));
        let mut rng = app.custody().store().random();
        let mut facts = vec![
            ("Topic", topic_words(notice, &row.topic)),
            ("Received", law::words(row.received_on)),
            ("State", row.state.words().to_owned()),
        ];
        let request = row.topic == PRIVACY;
        if request {
            facts.push(("Acknowledged", law::words(row.received_on)));
            facts.extend(last_day(row.received_on).map(|day| ("One month ends", law::words(day))));
        }
        if let End::On(Some(day)) = end {
            facts.push(("Deleted on", format!("{}, {}", law::words(day), countdown(day, today))));
        }
        if let Some(hold) = hold {
            facts.push(("Legal hold", format!("Nothing is deleted until {} is over", law::words(hold.until))));
        }
        Self {
            shell: app
                .staff_shell(notice, session, format!("Enquiry {}", row.reference), "/staff")
                .back("/staff", "All enquiries")
                .stands_on(Clause::of(notice, clauses)),
            done: None,
            finding: finding(row, end, hold.is_some(), today),
            facts,
            reference: &row.reference,
            request: request.then_some(REQUEST),
            purpose,
            ways: ways(notice, &session.role, &row.topic),
            opened: None,
            answer: form(Sort::Answer).filter(|_| !closed),
            note: form(Sort::Note),
            acts: may(Sort::Answer),
            shut: !matches!(end, End::On(_)),
            hold: (session.role == "officer").then_some(if hold.is_some() {
                "Change or lift the legal hold"
            } else {
                "Place a legal hold"
            }),
            closed,
            keys: std::array::from_fn(|_| draw_key(&mut rng)),
        }
    }
}

/// The last day for the answer to a request or complaint: one month after it was received (UK GDPR Art 12(3)), or the next
/// working day where that is none. Beyond the published table of bank holidays the day itself: the stricter promise.
fn last_day(received_on: Date) -> Option<Date> {
    let day = Period { count: 1, unit: Unit::Month }.after(received_on)?;
    let off = matches!(law::is_working_day(day), Ok(false));
    Some(if off { law::add_working_days(day, 1).unwrap_or(day) } else { day })
}

/// The first line: what is to be done.
fn finding(row: &EnquiryRow, end: End, held: bool, today: Date) -> String {
    match (end, row.state) {
        (End::Over, _) if held => {
            "The time for which this may be used is over. It is closed, and kept under a legal hold.".to_owned()
        }
        (End::Withdrawn(_), _) if held => {
            "The person withdrew this. It is closed, and kept under a legal hold.".to_owned()
        }
        (End::Over, _) => "The time for which this may be kept is over. It is closed, and being deleted.".to_owned(),
        (End::Withdrawn(Some(day)), _) => {
            format!("The person withdrew this. It is closed, and will be deleted on {}.", law::words(day))
        }
        (End::Withdrawn(None), _) => "The person withdrew this. It is closed.".to_owned(),
        (_, State::New | State::Waiting) if row.answer_by < today => {
            format!("An answer is overdue: it was promised for {}.", law::words(row.answer_by))
        }
        (_, State::New) => format!("Waits for an answer by {}.", law::words(row.answer_by)),
        (_, State::Waiting) => {
            format!("The person wrote again and waits for an answer by {}.", law::words(row.answer_by))
        }
        (_, State::Answered) => "Answered. Close it when nothing more is to be done.".to_owned(),
        (_, State::Closed) => "Closed. Nothing waits.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_that_ends_on_a_day_off_ends_on_the_next_working_day() {
        let day = |iso: &str| law::parse_iso(iso).expect("a day");
        for (received, last) in
            [("2026-11-23", "2026-12-23"), ("2026-11-25", "2026-12-29"), ("2027-01-31", "2027-03-01")]
        {
            assert_eq!(last_day(day(received)), Some(day(last)), "{received}");
        }
    }
}
