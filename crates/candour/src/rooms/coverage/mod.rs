//! The coverage: what the program can do, sets and keeps, the clauses that each of it stands on, and what is closed under the
//! notice in force. For officers and operators. No personal data is read.

use super::{Feature, Room};
use crate::App;
use crate::coverage::{self, Line, SORTS, State};
use crate::face::Shell;
use crate::web::session::Staff;
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::Router;
use axum::extract::State as Of;
use axum::routing::get;

static COVERAGE: Feature =
    Feature { id: "coverage", clauses: &["kind.staff", "cookie.staff-session"], no_personal_data: None };

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = web::compressed(Router::new().route("/staff/coverage", get(show)));
    vec![Room { feature: &COVERAGE, router }]
}

/// `GET /staff/coverage`.
async fn show(Of(app): Of<App>, Staff(session): Staff) -> Answer {
    if !matches!(session.role.as_str(), "officer" | "operator") {
        return Err(Stop::NotFound);
    }
    let notice = app.notice()?;
    let lines = coverage::of(&notice)?;
    let shell = app.staff_shell(&notice, &session, "Coverage", "/staff/coverage");
    Ok(web::page(&Coverage { shell, finding: finding(&lines), parts: parts(&lines) }))
}

/// "Everything is open: …", "2 are closed: …".
fn finding(lines: &[Line]) -> String {
    match lines.iter().filter(|line| line.state == State::Closed).count() {
        0 => "The notice in force covers everything that this program does.".to_owned(),
        1 => "One thing is closed, because the notice in force does not cover it.".to_owned(),
        closed => format!("{closed} things are closed, because the notice in force does not cover them."),
    }
}

/// The lines of one sort, those that are closed first.
struct Part<'l> {
    heading: &'static str,
    summary: String,
    /// Shown at once, because something in it is closed.
    open: bool,
    lines: Vec<&'l Line>,
}

fn parts(lines: &[Line]) -> Vec<Part<'_>> {
    SORTS
        .iter()
        .map(|(sort, heading)| part(heading, lines.iter().filter(|line| line.sort == *sort).collect()))
        .collect()
}

fn part<'l>(heading: &'static str, mut lines: Vec<&'l Line>) -> Part<'l> {
    let closed = lines.iter().filter(|line| line.state == State::Closed).count();
    lines.sort_by_key(|line| match line.state {
        State::Closed => 0,
        State::OpenByLaw => 1,
        State::Open => 2,
    });
    let all = lines.len();
    let summary = if closed == 0 { format!("{all}, all open") } else { format!("{all}, of which {closed} closed") };
    Part { heading, summary, open: closed > 0, lines }
}

#[derive(Template)]
#[template(path = "rooms/coverage/coverage.html")]
struct Coverage<'a> {
    shell: Shell<'a>,
    finding: String,
    parts: Vec<Part<'a>>,
}
