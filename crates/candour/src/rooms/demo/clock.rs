//! The demonstration's clock: moved day by day, each day's jobs run in order as in a program that is never stopped.

use super::{Demo, Here};
use crate::App;
use crate::face::Shell;
use crate::web::{self, Stop};
use crate::{day, mail};
use askama::Template;
use axum::extract::Form;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use custody::Guard;
use jiff::Span;
use law::{Date, Timestamp};

/// How far the clock moves at a time.
const LONGEST_YEARS: i64 = 5;

/// At what time a day begins for the demonstration: nine in the morning, in milliseconds after midnight.
const MORNING_MS: i64 = 9 * 60 * 60 * 1_000;

/// What a move of the clock did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The day before.
    pub from: Date,
    /// The day after.
    pub to: Date,
    /// Days that were run.
    pub days: u64,
    /// Warnings that were sent.
    pub warned: u64,
    /// Records that were erased.
    pub erased: u64,
    /// Days whose keys were destroyed, which makes old copies of them unreadable.
    pub epochs: u64,
    /// Destruction waited on some day: the clock had not been witnessed.
    pub stopped: bool,
}

#[derive(Template)]
#[template(path = "rooms/demo/clock.html")]
struct Clock<'a> {
    shell: Shell<'a>,
    today: String,
    today_iso: String,
    stopped: bool,
    report: Option<Report>,
    staff: String,
}

pub(super) async fn page(Here(app, demo): Here) -> web::Answer {
    let notice = app.notice()?;
    let mut shell = app.shell(&notice, "Demonstration", "/demo");
    shell.alarm = app.alarm();
    let today = app.today();
    let page = Clock {
        shell,
        today: law::words(today),
        today_iso: law::iso(today),
        stopped: app.custody().guard()? != Guard::Open,
        report: demo.report(),
        staff: demo.staff_path(),
    };
    Ok(web::page(&page))
}

pub(super) async fn advance(
    Here(app, demo): Here,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> web::Answer {
    let [(name, length)] = form.as_slice() else { return Err(Stop::Bad("demo-clock")) };
    let length = (name == "advance").then(|| parse(length)).flatten().ok_or(Stop::Bad("demo-clock"))?;
    // On a task of its own: a browser that goes away does not leave the clock between two days.
    let moved = tokio::spawn(async move { go(&app, &demo, length).await }).await;
    let report = moved.map_err(|_| Stop::Fault("demo-clock"))??;
    let json = headers.get_all(ACCEPT).iter().any(|accept| accept.as_bytes().starts_with(b"application/json"));
    Ok(if json { report.json() } else { Redirect::to("/demo").into_response() })
}

/// A person says that today's date is right, as `candour clock confirm` does elsewhere.
pub(super) async fn confirm(Here(app, _): Here, Form(form): Form<Vec<(String, String)>>) -> web::Answer {
    let [(name, typed)] = form.as_slice() else { return Err(Stop::Bad("demo-confirm")) };
    let typed = (name == "today").then(|| law::parse_iso(typed)).flatten().ok_or(Stop::Bad("demo-confirm"))?;
    let confirmed = tokio::task::spawn_blocking(move || app.custody().confirm_clock(typed)).await;
    match confirmed.map_err(|_| Stop::Fault("demo-confirm"))? {
        Err(custody::Error::NotToday(_)) => return Err(Stop::Bad("demo-confirm")),
        other => other?,
    }
    Ok(Redirect::to("/demo").into_response())
}

impl Report {
    fn json(&self) -> Response {
        // Days and numbers need no escaping.
        let Self { days, warned, erased, epochs, .. } = self;
        let (from, to) = (law::iso(self.from), law::iso(self.to));
        let body = format!(
            "{{\"from\":\"{from}\",\"to\":\"{to}\",\"days\":{days},\"warned\":{warned},\"erased\":{erased},\"epochs\":{epochs}}}\n"
        );
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    }

    /// The first and the last day in words.
    fn days_in_words(&self) -> [String; 2] {
        [self.from, self.to].map(law::words)
    }
}

/// Reads a length of calendar time as ISO 8601 writes it: `P1D`, `P1M`.
fn parse(text: &str) -> Option<Span> {
    let in_days = text.starts_with('P') && !text.contains('T');
    in_days.then(|| text.parse().ok()).flatten()
}

/// Moves the clock on, one civil day after the other: each day's jobs, then its letters.
async fn go(app: &App, demo: &Demo, length: Span) -> Result<Report, Stop> {
    let _hands = demo.0.hands.lock().await;
    let from = app.today();
    let longest = from.saturating_add(Span::new().years(LONGEST_YEARS));
    let to = from.checked_add(length).ok().filter(|to| (from..=longest).contains(to)).ok_or(Stop::Bad("demo-clock"))?;
    let mut report = Report { from, to, days: 0, warned: 0, erased: 0, epochs: 0, stopped: false };
    while app.today() < to {
        let tomorrow = app.today().tomorrow().map_err(|_| Stop::Bad("demo-clock"))?;
        let morning = law::london_start(tomorrow).as_millisecond() + MORNING_MS;
        app.clock().move_to(Timestamp::from_millisecond(morning).map_err(|_| Stop::Bad("demo-clock"))?);
        let it = app.clone();
        let ran = tokio::task::spawn_blocking(move || day::run(&it)).await;
        let day::Ran { warned, report: ran } = ran.map_err(|_| Stop::Fault("demo-day"))??;
        while mail::deliver(app).await? > 0 {}
        report.days += 1;
        report.warned += warned;
        report.erased += ran.erased;
        report.epochs += ran.epochs;
        report.stopped |= ran.stopped;
    }
    demo.set_report(report.clone());
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_calendar_time_are_read_and_nothing_else_is() {
        for text in ["P1D", "P1W", "P1M", "P1Y", "P5Y", "P1Y6M"] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in ["", "1 day", "PT1H", "P1DT1H", "P", "-P1D", "P1.5D", "tomorrow"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
