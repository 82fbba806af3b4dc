//! The month's report, to be printed: what was forecast and deleted, what was refused, which notices and copies came, and the
//! checkpoint at its end, in lines short enough to be typed back.

use super::figures::{Restored, measured, number};
use super::note::{Note, short_lines};
use super::page::may;
use super::rows;
use crate::App;
use crate::face::Shell;
use crate::rooms::retention::{job_words, outcome_words};
use crate::web::session::Staff;
use crate::web::{self, Answer, Stop};
use askama::Template;
use axum::extract::{Path, State};
use custody::{Error, Published, RunRow};
use jiff::Span;
use law::Date;
use store::{Row, Tx};

/// `GET /staff/evidence/month/{month}`: "2026-11".
pub(super) async fn show(State(app): State<App>, Staff(session): Staff, Path(month): Path<String>) -> Answer {
    may(&session)?;
    let (notice, today) = (app.notice()?, app.today());
    let from = law::parse_iso(&format!("{month}-01")).filter(|day| *day <= today).ok_or(Stop::NotFound)?;
    let next = from.saturating_add(Span::new().months(1));
    let figures = app.custody().store().read("month_report", move |tx| Figures::read(tx, from, next)).await?;
    let last = next.saturating_sub(Span::new().days(1)).min(today);
    let name = from.strftime("%B %Y").to_string();
    let published = app.custody().history()?;
    let published = published.iter().filter(|one| (from..next).contains(&one.published_on));
    let shell = app
        .staff_shell(&notice, &session, format!("Report of {name}"), "/staff/evidence")
        .back("/staff/evidence", "Evidence");
    Ok(web::page(&Month {
        finding: figures.finding(last, next <= today),
        days: days(&figures.runs),
        others: figures.runs.iter().filter(|run| !BY_DAY.contains(&run.job.as_str())).map(Other::of).collect(),
        refusals: figures.refusals.iter().map(|(clause, count)| (clause.clone(), number(*count))).collect(),
        notices: published.map(notice_words).collect(),
        restored: figures.restored.iter().map(Restored::words).collect(),
        checkpoint: figures.checkpoint.and_then(|(day, text)| Some((law::words(day), Note::of(&text)?))),
        key: short_lines(&app.custody().log_key()?),
        shell,
    }))
}

/// The jobs that stand in the table of days.
const BY_DAY: [&str; 3] = ["forecast", "sweep", "epochs"];

/// What stands in no report: they move nothing that anybody asks about; a restore is told apart, in words.
const UNTOLD: [&str; 4] = ["day", "restore", "terms", "turn"];

/// What the report is made of.
struct Figures {
    runs: Vec<RunRow>,
    refusals: Vec<(String, u64)>,
    restored: Vec<Restored>,
    checkpoint: Option<(Date, String)>,
}

impl Figures {
    fn read(tx: &mut Tx<'_>, from: Date, next: Date) -> Result<Self, Error> {
        let last = next.saturating_sub(Span::new().days(1));
        let runs = tx.all(&rows::LIST_MONTH_RUNS, &[from.into(), next.into()])?;
        let runs = runs.iter().map(run).collect::<Result<Vec<_>, Error>>()?;
        let refusals = tx.all(&rows::LIST_MONTH_REFUSALS, &[from.into(), next.into()])?;
        let checkpoint = tx.optional(&rows::FIND_CHECKPOINT, &[last.into()])?;
        Ok(Self {
            runs: runs.into_iter().filter(|run| !UNTOLD.contains(&word(&run.job))).collect(),
            refusals: refusals.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, Error>>()?,
            restored: Restored::between(tx, from, next)?,
            checkpoint: checkpoint.map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?))).transpose()?,
        })
    }

    /// "In this month 12 records were deleted, …"
    fn finding(&self, last: Date, over: bool) -> String {
        let of = |job: &str| self.runs.iter().filter(|run| run.job == job).map(|run| run.count).sum::<u64>();
        let refused: u64 = self.refusals.iter().map(|(_, count)| count).sum();
        let until = if over { String::new() } else { format!(" So far, until {}.", law::words(last)) };
        format!(
            "{} records were deleted, the keys of {} days destroyed, and {} requests refused.{until}",
            number(of("sweep")),
            number(of("epochs")),
            number(refused),
        )
    }
}

fn run(row: &Row) -> Result<RunRow, Error> {
    Ok(RunRow { job: row.get(0)?, day: row.get(1)?, count: row.get(2)?, held: row.get(3)?, outcome: row.get(4)? })
}

/// The first word of a job's name: "terms" of "terms 3f2a".
fn word(job: &str) -> &str {
    job.split(' ').next().unwrap_or(job)
}

/// What the runs of a day did.
#[derive(Default)]
struct Day {
    name: String,
    forecast: u64,
    deleted: u64,
    kept: u64,
    keys: u64,
    outcome: String,
}

impl Day {
    fn add(&mut self, run: &RunRow) {
        match run.job.as_str() {
            "forecast" => self.forecast += run.count,
            "epochs" => self.keys += run.count,
            _ => {
                self.deleted += run.count;
                self.kept = run.held;
            }
        }
        if run.outcome != "done" || self.outcome.is_empty() {
            self.outcome = outcome_words(&run.outcome);
        }
    }
}

/// The days on which something was forecast, deleted or kept, or went wrong.
fn days(runs: &[RunRow]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for run in runs.iter().filter(|run| BY_DAY.contains(&run.job.as_str())) {
        let name = day_words(&run.day);
        if days.last().is_none_or(|day| day.name != name) {
            days.push(Day { name, ..Day::default() });
        }
        if let Some(day) = days.last_mut() {
            day.add(run);
        }
    }
    days.retain(|day| day.forecast + day.deleted + day.kept + day.keys > 0 || day.outcome != outcome_words("done"));
    days
}

/// A run that guards the evidence.
struct Other {
    what: String,
    day: String,
    count: String,
    outcome: String,
}

impl Other {
    fn of(run: &RunRow) -> Self {
        let outcome = match run.held {
            0 => outcome_words(&run.outcome),
            held => format!("{}; {} wrong", outcome_words(&run.outcome), number(held)),
        };
        Self { what: job_words(&run.job), day: day_words(&run.day), count: measured(&run.job, run.count), outcome }
    }
}

fn day_words(iso: &str) -> String {
    law::parse_iso(iso).map_or_else(|| iso.to_owned(), law::short_words)
}

/// "Version 2026-12, published on 1 December 2026, in force from …, SHA-256 …".
fn notice_words(one: &Published) -> String {
    format!(
        "Version {}, published on {} and in force from {}, approved by the {}, SHA-256 {}",
        one.notice.head().version,
        law::short_words(one.published_on),
        law::short_words(one.effective_on),
        one.approved_by,
        one.digest
    )
}

#[derive(Template)]
#[template(path = "rooms/evidence/month.html")]
struct Month<'a> {
    shell: Shell<'a>,
    finding: String,
    days: Vec<Day>,
    others: Vec<Other>,
    refusals: Vec<(String, String)>,
    notices: Vec<String>,
    restored: Vec<String>,
    /// Of which day, and its lines.
    checkpoint: Option<(String, Note)>,
    key: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(job: &str, day: &str, count: u64, outcome: &str) -> RunRow {
        RunRow { job: job.to_owned(), day: day.to_owned(), count, held: 0, outcome: outcome.to_owned() }
    }

    #[test]
    fn a_day_adds_up_its_runs_and_says_what_went_wrong() {
        let runs = [
            run("forecast", "2026-11-23", 2, "done"),
            run("sweep", "2026-11-23", 3, "done"),
            run("sweep", "2026-11-24", 0, "done"),
            run("sweep", "2026-11-25", 0, "failed"),
        ];
        let days = days(&runs);
        assert_eq!((days.len(), days[0].forecast, days[0].deleted), (2, 2, 3));
        assert_eq!((days[0].outcome.as_str(), days[1].outcome.as_str()), ("Done", "Failed: look at the log"));
    }
}
