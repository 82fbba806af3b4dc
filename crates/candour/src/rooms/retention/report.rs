//! The retention page: the answer first, then what needs the reader, the next thirty days, and why something waits.

use super::figures::{Epochs, Figures, Known, Need, kind_words, number, read, records};
use super::holds::Line;
use super::release::{href, words};
use crate::face::bars::{Chart, Count};
use crate::face::{Clause, Html, Shell, countdown};
use crate::web::session::Staff;
use crate::web::token::draw_key;
use crate::web::{self, Answer};
use crate::{App, jobs};
use askama::Template;
use axum::extract::{Query, State};
use custody::{Guard, RunRow, Waiting, Why};
use law::{Date, Period};
use notice::Notice;
use serde::Deserialize;

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// `GET /staff/retention`.
pub(super) async fn show(State(app): State<App>, Staff(session): Staff, Query(asked): Query<Asked>) -> Answer {
    let (notice, today) = (app.notice()?, app.today());
    let figures = read(&app, &session).await?;
    let needs = figures.needs(&session.role, today);
    let officer = session.role == "officer";
    let mut rng = app.custody().store().random();
    let releases = figures.releases.iter().map(|known| {
        let key = (officer && !known.own && !known.release.is_given()).then(|| draw_key(&mut rng));
        Release::of(known, figures.officers, key)
    });
    let window = notice.head().window();
    let shell = app
        .staff_shell(&notice, &session, "Retention", "/staff/retention")
        .stands_on(Clause::of(&notice, &["purpose.delete-on-time", "text.deletion", "store.backups"]));
    Ok(web::page(&Retention {
        shell,
        done: asked.done.as_deref().and_then(done_words),
        finding: figures.finding(&needs),
        next: next(&figures, today),
        waits: waits(&figures, &notice),
        chart: chart(&figures, today),
        days: days(&figures, &notice, today),
        months: months(&figures, &notice),
        held: held(&figures, &notice),
        lasts: figures.lasts.iter().map(|last| (last.what, last.words())).collect(),
        restored: figures.restored.clone(),
        evidence: session.role != "desk",
        runs: figures.runs.iter().map(Run::of).collect(),
        holds: figures.holds.iter().map(|one| one.line(&notice, today)).collect(),
        withdrawn: figures.withdrawn.iter().map(|(day, count)| (day_words(day), number(*count))).collect(),
        closed: jobs::closed(&notice),
        releases: releases.collect(),
        epochs: figures.epochs.iter().map(Keys::of).collect(),
        window: window.to_string(),
        restores: restores(window, today),
        needs,
        officer,
    }))
}

fn done_words(done: &str) -> Option<&'static str> {
    match done {
        "agreed" => Some("You agreed to the release: the next run makes use of it."),
        "asked" => Some("Your request waits for a second officer."),
        "confirmed" => Some("Today’s date is confirmed. Where deletion waited, it goes on within a minute."),
        _ => None,
    }
}

/// "Next: 3 records on Saturday 12 December 2026, in 19 days."
fn next(figures: &Figures, today: Date) -> String {
    match figures.next {
        Some((day, count)) => format!("Next: {} on {}, {}.", records(count), law::words(day), countdown(day, today)),
        None => "Nothing further is held that has a day to be deleted on.".to_owned(),
    }
}

/// How many days after a copy was made it can still be restored: the window less the two days that the keys need.
fn restores(window: Period, today: Date) -> i64 {
    let end = window.after(today).unwrap_or(today);
    (today.duration_until(end).as_hours() / 24 - 2).max(0)
}

/// Records that are past their day, and why they are still there.
struct Wait {
    kind: String,
    why: String,
    count: String,
}

fn waits(figures: &Figures, notice: &Notice) -> Vec<Wait> {
    let line = |one: &Waiting| Wait {
        kind: kind_words(notice, &one.kind),
        why: why_words(one, figures.guard),
        count: number(one.count),
    };
    figures.waits.iter().map(line).collect()
}

fn why_words(one: &Waiting, guard: Guard) -> String {
    let on = one.until.map(law::words).unwrap_or_default();
    match one.why {
        Why::Budget if on.is_empty() => "It was not forecast, and today’s share is spent. It goes on one of the next days, or when two officers release it.".to_owned(),
        Why::Budget => format!("It was not forecast for seven days, and today’s share is spent. It goes on {on} at the latest, or when two officers release it."),
        Why::Clock => match guard {
            Guard::Stopped { last, .. } => {
                format!("The clock has been doubted since {}: today’s date is not confirmed.", law::words(law::london_day(last)))
            }
            Guard::Open => "Today’s date was not confirmed.".to_owned(),
        },
        Why::Forecast if on.is_empty() => "The notice no longer covers it. It goes seven days after the next run has forecast it.".to_owned(),
        Why::Forecast => format!("The notice no longer covers it, and it has not been forecast for seven days. It goes on {on}."),
        Why::Hold => "A legal hold keeps it. Its last day stands below.".to_owned(),
        Why::Release => "Two officers released it: the next run takes it.".to_owned(),
        Why::Run => "The next run takes it.".to_owned(),
        Why::Unwarned => "It was forecast, but its person could not be warned. It goes within a day’s share, or when two officers release it.".to_owned(),
    }
}

/// The days of the forecast as a picture. A day without a bar deletes nothing.
fn chart(figures: &Figures, today: Date) -> Html {
    let mut counts: Vec<(Date, u64)> = Vec::new();
    for one in figures.days.iter().filter(|one| one.day > today) {
        match counts.last_mut().filter(|(day, _)| *day == one.day) {
            Some((_, count)) => *count += one.count,
            None => counts.push((one.day, one.count)),
        }
    }
    let bar = |(day, count): &(Date, u64)| Count { label: short(*day), count: usize::try_from(*count).ok() };
    let counts: Vec<Count> = counts.iter().map(bar).collect();
    let what = "records fall due in the next 30 days";
    Chart { id: "forecast", what, by: "Day", on: "on", counts: &counts, least: 1 }.html()
}

/// "30 Nov".
fn short(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// How many records of a kind fall due on a day, or in a month.
struct Due {
    when: String,
    kind: String,
    count: String,
}

fn days(figures: &Figures, notice: &Notice, today: Date) -> Vec<Due> {
    let ahead = figures.days.iter().filter(|one| one.day > today);
    let line = |one: &custody::ForecastDay| Due {
        when: law::short_words(one.day),
        kind: kind_words(notice, &one.kind),
        count: number(one.count),
    };
    ahead.map(line).collect()
}

fn months(figures: &Figures, notice: &Notice) -> Vec<Due> {
    let line = |row: &custody::ForecastRow| Due {
        when: month_words(&row.month),
        kind: kind_words(notice, &row.kind),
        count: number(row.count),
    };
    figures.months.iter().map(line).collect()
}

/// How many records of a kind are held.
struct Kept {
    kind: String,
    clause: String,
    count: String,
    dated: String,
}

fn held(figures: &Figures, notice: &Notice) -> Vec<Kept> {
    let line = |row: &custody::KindCount| Kept {
        kind: kind_words(notice, &row.kind),
        clause: format!("kind.{}", row.kind),
        count: number(row.count),
        dated: number(row.dated),
    };
    figures.kinds.iter().map(line).collect()
}

/// A release, and who may still agree.
struct Release {
    reason: &'static str,
    up_to: String,
    used: String,
    asked: String,
    ends: String,
    standing: &'static str,
    href: String,
    /// The key of the form with which the reader may agree.
    key: Option<String>,
}

impl Release {
    fn of(known: &Known, officers: u64, key: Option<String>) -> Self {
        let release = &known.release;
        let standing = match (release.is_given(), known.own) {
            (true, true) => "You and another officer agreed",
            (true, false) => "Two officers agreed",
            (false, true) if officers < 2 => {
                "You asked, and nobody else could agree: have the operator invite a second officer"
            }
            (false, true) => "You asked; any other officer may still agree",
            (false, false) => "One officer asked; any other officer may still agree",
        };
        Self {
            reason: words(release.reason),
            up_to: number(release.up_to),
            used: number(release.used),
            asked: law::short_words(release.asked_on),
            ends: law::short_words(release.ends_on),
            standing,
            href: href(release.id),
            key,
        }
    }
}

/// Keys of days in one state.
struct Keys {
    state: &'static str,
    count: String,
    days: String,
}

impl Keys {
    fn of(epochs: &Epochs) -> Self {
        let state = match epochs.state.as_str() {
            "open" => "Open: records stand under it",
            "closed" => "Closed: it opens old copies only, until its time is over",
            _ => "Destroyed: copies of these days cannot be read",
        };
        let (first, last) = (law::short_words(epochs.first), law::short_words(epochs.last));
        let days = if epochs.first == epochs.last { first } else { format!("{first} to {last}") };
        Self { state, count: number(epochs.count), days }
    }
}

/// A run of a job.
struct Run {
    job: String,
    day: String,
    count: String,
    held: String,
    outcome: String,
}

impl Run {
    fn of(row: &RunRow) -> Self {
        Self {
            job: job_words(&row.job),
            day: day_words(&row.day),
            count: number(row.count),
            held: number(row.held),
            outcome: outcome_words(&row.outcome),
        }
    }
}

fn day_words(iso: &str) -> String {
    law::parse_iso(iso).map_or_else(|| iso.to_owned(), law::short_words)
}

/// "2026-12" as "Dec 2026".
fn month_words(month: &str) -> String {
    law::parse_iso(&format!("{month}-01")).map_or_else(|| month.to_owned(), |day| day.strftime("%b %Y").to_string())
}

pub(crate) fn job_words(job: &str) -> String {
    match job.split(' ').next().unwrap_or(job) {
        "backup" => "Copy made",
        "day" => "The day’s run",
        "drill" => "Oldest copy tried out",
        "epochs" => "Keys of past days destroyed",
        "forecast" => "What falls due soon recorded",
        "prune" => "Old entries of the log deleted",
        "restore" => "A copy took the place of the database",
        "scrub" => "Records, keys and entries checked",
        "sweep" => "Records deleted",
        "terms" => "Dates computed again",
        "turn" => "Keys renewed",
        other => other,
    }
    .to_owned()
}

pub(crate) fn outcome_words(outcome: &str) -> String {
    match outcome {
        "damage" => "Damage was found",
        "done" => "Done",
        "failed" => "Failed: look at the log",
        "stopped-clock" => "Waited: today’s date is not confirmed",
        other => other,
    }
    .to_owned()
}

#[derive(Template)]
#[template(path = "rooms/retention/retention.html")]
struct Retention<'a> {
    shell: Shell<'a>,
    done: Option<&'static str>,
    finding: String,
    needs: Vec<Need>,
    next: String,
    waits: Vec<Wait>,
    chart: Html,
    days: Vec<Due>,
    months: Vec<Due>,
    held: Vec<Kept>,
    /// Jobs that the notice in force closes, and the clauses that each lacks.
    closed: Vec<(&'static str, String)>,
    runs: Vec<Run>,
    holds: Vec<Line>,
    withdrawn: Vec<(String, String)>,
    releases: Vec<Release>,
    epochs: Vec<Keys>,
    window: String,
    restores: i64,
    /// The last copy, its last trial and the last check: what, and when.
    lasts: Vec<(&'static str, String)>,
    /// That a restore keeps the schedule waiting.
    restored: Option<String>,
    /// Whether the reader sees the page of the evidence.
    evidence: bool,
    officer: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use law::Unit;

    #[test]
    fn a_copy_restores_for_two_days_less_than_the_window() {
        let today = law::parse_iso("2026-11-23").expect("a day");
        let window = |count, unit| Period { count, unit };
        assert_eq!(restores(window(14, Unit::Day), today), 12);
        assert_eq!(restores(window(1, Unit::Month), today), 28);
    }

    #[test]
    fn a_month_is_named() {
        assert_eq!(month_words("2026-12"), "Dec 2026");
    }
}
