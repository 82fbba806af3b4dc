//! The officers' page of the evidence: whether it stands, what needs somebody, the checkpoint to print, the last copies and checks.

use super::check_up::{self, Line};
use super::figures::{Last, Restored, last_runs, number};
use super::note::{Note, short_lines};
use super::rows;
use crate::App;
use crate::face::{Clause, Shell};
use crate::web::session::{Session, Staff};
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Query, State};
use custody::Error;
use law::Date;
use serde::Deserialize;

/// How many months back the page names reports.
const MONTHS: usize = 12;

/// Who sees these pages. Deciding is for officers.
const ROLES: [&str; 2] = ["officer", "operator"];

/// Lets nobody else in: for others there is no such page.
pub(super) fn may(session: &Session) -> Result<(), Stop> {
    if ROLES.contains(&session.role.as_str()) { Ok(()) } else { Err(Stop::NotFound) }
}

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// `GET /staff/evidence`.
pub(super) async fn show(State(app): State<App>, Staff(session): Staff, Query(asked): Query<Asked>) -> Answer {
    may(&session)?;
    let (notice, today, custody) = (app.notice()?, app.today(), app.custody().clone());
    let read = app.custody().store().read("evidence", move |tx| {
        let first = tx.one(&rows::FIRST_CHECKPOINT, &[])?.get::<Option<Date>>(0)?;
        Ok::<_, Error>((last_runs(tx)?, Restored::last(tx)?, check_up::waiting(&custody, tx)?, first))
    });
    let (lasts, restored, waiting, first) = read.await?;
    let note = app.custody().checkpoint()?.as_deref().and_then(Note::of);
    let checks: Vec<Line> = waiting.iter().map(|one| Line::of(&notice, one)).collect();
    let shell = app
        .staff_shell(&notice, &session, "Evidence", "/staff/evidence")
        .stands_on(Clause::of(&notice, &["purpose.delete-on-time", "text.evidence", "store.backups"]));
    Ok(web::page(&Evidence {
        shell,
        done: asked.done.as_deref().and_then(check_up::done_words),
        finding: finding(note.as_ref(), &lasts),
        needs: needs(&lasts, checks.len()),
        note,
        key: short_lines(&app.custody().log_key()?),
        lasts,
        restored: restored.map(|one| one.words()),
        checks,
        officer: session.role == "officer",
        months: months(first.unwrap_or(today), today),
    }))
}

/// The answer to why the reader came: does the evidence stand?
fn finding(note: Option<&Note>, lasts: &[Last]) -> String {
    let damaged: u64 = lasts.iter().map(|last| last.damaged).sum();
    match (damaged, note) {
        (0, Some(note)) => format!("The log stands: {} entries, signed and published.", number(note.size)),
        (0, None) => "No checkpoint has been signed yet.".to_owned(),
        (1, _) => "Damage was found in one place.".to_owned(),
        (damaged, _) => format!("Damage was found in {} places.", number(damaged)),
    }
}

/// What somebody has to do.
fn needs(lasts: &[Last], checks: usize) -> Vec<String> {
    let mut needs = Vec::new();
    for last in lasts {
        match (last.job, last.day, last.damaged) {
            (_, Some(_), 1..) => needs.push(
                "Damage: only its count is kept here. The server’s own log of that day names each place, and “candour scrub” on the server looks again and names them. Have the operator look at the disk, and restore a copy where a record is lost.".to_owned(),
            ),
            ("backup", None, _) => needs.push("No copy was ever made: have the operator run “candour backup” each day.".to_owned()),
            ("drill", None, _) => needs.push("No copy was ever tried out: have the operator run “candour restore --drill” each month.".to_owned()),
            _ => {}
        }
    }
    match checks {
        0 => {}
        1 => needs.push("One record waits for an officer after a restore.".to_owned()),
        many => needs.push(format!("{many} records wait for an officer after a restore.")),
    }
    needs
}

/// The months that have a report, the newest first: address and name.
fn months(first: Date, today: Date) -> Vec<(String, String)> {
    let start = |day: Date| day.first_of_month();
    let mut month = start(today);
    let mut months = Vec::new();
    while month >= start(first) && months.len() < MONTHS {
        months.push((month.strftime("/staff/evidence/month/%Y-%m").to_string(), month.strftime("%B %Y").to_string()));
        month = month.saturating_sub(jiff::Span::new().months(1));
    }
    months
}

#[derive(Template)]
#[template(path = "rooms/evidence/page.html")]
struct Evidence<'a> {
    shell: Shell<'a>,
    done: Option<&'static str>,
    finding: String,
    needs: Vec<String>,
    note: Option<Note>,
    key: Vec<String>,
    lasts: Vec<Last>,
    /// What the last restore did.
    restored: Option<String>,
    /// What waits to be checked.
    checks: Vec<Line>,
    officer: bool,
    months: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        law::parse_iso(text).expect("a day")
    }

    #[test]
    fn a_report_is_named_for_each_month_since_the_first_checkpoint_and_a_year_at_most() {
        let named = |first: &str| months(day(first), day("2026-11-23"));
        assert_eq!(named("2026-11-30").len(), 1);
        let two = named("2026-10-31");
        assert_eq!(two[0], ("/staff/evidence/month/2026-11".to_owned(), "November 2026".to_owned()));
        assert_eq!((two.len(), two[1].1.as_str()), (2, "October 2026"));
        assert_eq!(named("2020-01-01").len(), MONTHS);
    }

    #[test]
    fn damage_is_the_first_thing_that_is_said() {
        let last =
            |damaged| Last { job: "scrub", what: "", day: Some(day("2026-11-23")), count: 9, damaged, done: true };
        assert_eq!(finding(None, &[last(2)]), "Damage was found in 2 places.");
        assert_eq!(needs(&[last(2)], 0).len(), 1);
        assert!(needs(&[last(0)], 0).is_empty());
    }
}
