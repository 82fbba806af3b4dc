//! The inbox: which enquiries wait. Linked columns only; nothing is opened. A role that the notice lets list nothing is led
//! to the page of counts.

use super::super::enquiry::{State, topic_words};
use super::super::reference;
use super::{may_list, rows};
use crate::App;
use crate::face::{Clause, Shell};
use crate::web::session::Staff;
use crate::web::{self, Answer};
use askama::Template;
use axum::extract::{Query, State as Given};
use axum::response::{IntoResponse, Redirect};
use law::{Date, Timestamp};
use notice::Notice;
use serde::Deserialize;
use store::{Error, Row, Tx};

/// How many enquiries stand on a page.
const PAGE: usize = 25;

/// The views of the inbox: code, words, states.
const VIEWS: [(&str, &str, [State; 4]); 4] = [
    ("all", "All", [State::New, State::Waiting, State::Answered, State::Closed]),
    ("waiting", "Waiting for an answer", [State::New, State::Waiting, State::New, State::Waiting]),
    ("answered", "Answered", [State::Answered; 4]),
    ("closed", "Closed", [State::Closed; 4]),
];

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    state: Option<String>,
    /// The last row of the page before: its instant in milliseconds and its reference, with a full stop between.
    before: Option<String>,
}

/// `GET /staff`.
pub(super) async fn show(Given(app): Given<App>, Staff(session): Staff, Query(asked): Query<Asked>) -> Answer {
    let notice = app.notice()?;
    if may_list(&notice, &session.role).is_err() {
        return Ok(Redirect::to("/staff/retention").into_response());
    }
    let today = app.today();
    let (view, _, states) = VIEWS.iter().find(|(code, ..)| asked.state.as_deref() == Some(*code)).unwrap_or(&VIEWS[0]);
    let before = asked.before.as_deref().and_then(cursor).unwrap_or((i64::MAX, String::new()));
    let first_page = before.0 == i64::MAX;
    let (waiting, mut found) = app
        .custody()
        .store()
        .read("inbox", move |tx| Ok::<_, Error>((waiting(tx)?, list(tx, *states, &before)?)))
        .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let shell = app
        .staff_shell(&notice, &session, "Enquiries", "/staff")
        .stands_on(Clause::of(&notice, &["kind.enquiry", "purpose.answer-enquiries"]));
    let next = found.last().filter(|_| more).map(|last| format!("{}.{}", last.touched_at, last.reference));
    let lines = found.iter().map(|found| found.line(&notice, today)).collect();
    Ok(web::page(&Inbox { shell, finding: finding(waiting), view, first_page, next, lines }))
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (at, name) = text.split_once('.')?;
    Some((at.parse().ok()?, reference::parse(name)?))
}

/// How many wait, and the instant since which the oldest does.
fn waiting(tx: &mut Tx<'_>) -> Result<(i64, Option<Timestamp>), Error> {
    let row = tx.one(&rows::COUNT_WAITING, &[tx.today().into()])?;
    Ok((row.get(0)?, row.get(1)?))
}

fn list(tx: &mut Tx<'_>, states: [State; 4], before: &(i64, String)) -> Result<Vec<Found>, Error> {
    let mut values: Vec<store::Val> = states.iter().map(|state| state.code().into()).collect();
    values.extend([tx.today().into(), before.0.into(), before.1.as_str().into(), (PAGE as u64 + 1).into()]);
    tx.all(&rows::LIST_INBOX, &values)?.iter().map(Found::read).collect()
}

/// "3 enquiries wait for an answer, the oldest since Friday 20 November 2026."
fn finding((count, since): (i64, Option<Timestamp>)) -> String {
    let since = since.map(|at| law::words(law::london_day(at))).unwrap_or_default();
    match count {
        0 => "No enquiry waits for an answer.".to_owned(),
        1 => format!("1 enquiry waits for an answer, since {since}."),
        count => format!("{count} enquiries wait for an answer, the oldest since {since}."),
    }
}

/// An enquiry as the list reads it.
struct Found {
    reference: String,
    topic: String,
    state: State,
    received_on: Date,
    answer_by: Date,
    touched_at: i64,
    asked_on: Date,
}

impl Found {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            reference: row.get(0)?,
            topic: row.get(1)?,
            state: State::parse(&row.get::<String>(2)?).ok_or(Error::Nonsense("enquiry.state"))?,
            received_on: row.get(3)?,
            answer_by: row.get(4)?,
            touched_at: row.get(5)?,
            asked_on: law::london_day(row.get(6)?),
        })
    }

    fn line(&self, notice: &Notice, today: Date) -> Line {
        let waits = matches!(self.state, State::New | State::Waiting);
        let overdue = waits && self.answer_by < today;
        let by = match self.answer_by {
            day if overdue => format!("Overdue: promised for {}", brief(day)),
            day if day == today => "Today".to_owned(),
            day => brief(day),
        };
        Line {
            reference: self.reference.clone(),
            topic: topic_words(notice, &self.topic),
            state: self.state.words(),
            received: brief(self.received_on),
            answer: match self.state {
                State::New => by,
                State::Waiting => format!("{by}; wrote again on {}", brief(self.asked_on)),
                State::Answered | State::Closed => "Nothing waits".to_owned(),
            },
            overdue,
        }
    }
}

/// A day as a narrow column has it: "23 Nov 2026".
fn brief(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

struct Line {
    reference: String,
    topic: String,
    state: &'static str,
    received: String,
    answer: String,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "rooms/enquiries/desk/inbox.html")]
struct Inbox<'a> {
    shell: Shell<'a>,
    finding: String,
    view: &'a str,
    first_page: bool,
    next: Option<String>,
    lines: Vec<Line>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_counts_and_dates_what_waits() {
        let at = Some("2026-11-20T09:00:00Z".parse::<Timestamp>().expect("an instant"));
        assert_eq!(finding((0, None)), "No enquiry waits for an answer.");
        assert_eq!(finding((1, at)), "1 enquiry waits for an answer, since Friday 20 November 2026.");
        assert_eq!(finding((3, at)), "3 enquiries wait for an answer, the oldest since Friday 20 November 2026.");
    }

    #[test]
    fn a_place_in_the_list_is_read_or_passed_over() {
        assert_eq!(cursor("5.ENQ-7K3M-Q9TX"), Some((5, "ENQ-7K3M-Q9TX".to_owned())));
        for wrong in ["", "5", "5.", "x.ENQ-7K3M-Q9TX", "5.<script>"] {
            assert_eq!(cursor(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn who_wrote_again_waits_for_a_promised_day_too() {
        let read = notice::read(include_str!("../../../../../../notices/segfl.toml")).expect("a notice");
        let notice = read.notice.expect("a whole notice");
        let day = |iso: &str| law::parse_iso(iso).expect("a day");
        let found = |state: State| Found {
            reference: "ENQ-7K3M-Q9TX".to_owned(),
            topic: "broadband".to_owned(),
            state,
            received_on: day("2026-11-02"),
            answer_by: day("2026-11-27"),
            touched_at: 0,
            asked_on: day("2026-11-20"),
        };
        let waiting = |today: &str| found(State::Waiting).line(&notice, day(today));
        assert_eq!(waiting("2026-11-23").answer, "27 Nov 2026; wrote again on 20 Nov 2026");
        assert!(!waiting("2026-11-27").overdue);
        let late = waiting("2026-11-28");
        assert!(late.overdue && late.answer.starts_with("Overdue: promised for 27 Nov 2026"), "{}", late.answer);
        assert!(!found(State::Answered).line(&notice, day("2026-12-24")).overdue);
    }
}
