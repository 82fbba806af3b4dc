//! The refusals: what the notice did not allow, by clause, in the last 90 days. A clause that is asked for again and again
//! is a question to whoever writes the notice.

use super::{Feature, Room};
use crate::App;
use crate::face::{Clause, Shell, thousands};
use crate::web::session::Staff;
use crate::web::{self, Answer};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use custody::RefusalCount;
use law::Date;
use notice::Notice;

/// The counts are about nobody; whoever reads them is signed in.
static REFUSALS: Feature =
    Feature { id: "refusals", clauses: &["kind.staff", "cookie.staff-session"], no_personal_data: None };

/// How many days back the page looks.
const DAYS: i64 = 90;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    vec![Room { feature: &REFUSALS, router: Router::new().route("/staff/refusals", get(show)) }]
}

/// `GET /staff/refusals`.
async fn show(State(app): State<App>, Staff(session): Staff) -> Answer {
    let notice = app.notice()?;
    let since = app.today().saturating_sub(jiff::Span::new().days(DAYS));
    let counts = app.custody().refusals(since).await?;
    let shell = app.staff_shell(&notice, &session, "Refusals", "/staff/refusals");
    let lines: Vec<Line> = counts.iter().map(|count| Line::of(&notice, count)).collect();
    Ok(web::page(&Refusals { shell, finding: finding(&counts), since: law::words(since), lines }))
}

/// "4 refusals in the last 90 days, most by purpose.answer-enquiries (3)."
fn finding(counts: &[RefusalCount]) -> String {
    let total: u64 = counts.iter().map(|count| count.count).sum();
    let by = |clause: &str| counts.iter().filter(|one| one.clause == clause).map(|one| one.count).sum::<u64>();
    let Some(most) = counts.iter().rev().map(|one| (by(&one.clause), &one.clause)).max_by_key(|(count, _)| *count)
    else {
        return "Nothing was refused in the last 90 days.".to_owned();
    };
    match total {
        1 => format!("1 refusal in the last 90 days, by {}.", most.1),
        total => format!("{} refusals in the last 90 days, most by {} ({}).", number(total), most.1, number(most.0)),
    }
}

struct Line {
    clause: String,
    /// What the clause says; empty where the notice in force has no such clause.
    words: String,
    covered: bool,
    actor: String,
    purpose: String,
    kind: String,
    count: String,
    last_on: String,
}

impl Line {
    fn of(notice: &Notice, count: &RefusalCount) -> Self {
        let clause = Clause::of(notice, &[&count.clause]);
        Self {
            covered: !clause.stands_on.is_empty(),
            words: clause.stands_on.into_iter().next().map(|(_, words)| words).unwrap_or_default(),
            clause: count.clause.clone(),
            actor: count.actor.clone(),
            purpose: count.purpose.clone(),
            kind: count.kind.clone(),
            count: number(count.count),
            last_on: day(&count.last_on),
        }
    }
}

fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A stored day in words.
fn day(iso: &str) -> String {
    law::parse_iso(iso).map_or_else(|| iso.to_owned(), |day: Date| law::short_words(day))
}

#[derive(Template)]
#[template(path = "rooms/refusals/refusals.html")]
struct Refusals<'a> {
    shell: Shell<'a>,
    finding: String,
    since: String,
    lines: Vec<Line>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(clause: &str, actor: &str, count: u64) -> RefusalCount {
        RefusalCount {
            clause: clause.to_owned(),
            actor: actor.to_owned(),
            purpose: "answer-enquiries".to_owned(),
            kind: "enquiry".to_owned(),
            count,
            last_on: "2026-11-23".to_owned(),
        }
    }

    #[test]
    fn the_first_line_adds_up_the_clause_that_said_no_most() {
        let counts =
            [count("kind.enquiry.keep", "desk", 4), count("purpose.x", "operator", 3), count("purpose.x", "desk", 2)];
        assert_eq!(finding(&counts), "9 refusals in the last 90 days, most by purpose.x (5).");
        assert_eq!(finding(&counts[1..2]), "3 refusals in the last 90 days, most by purpose.x (3).");
        assert_eq!(finding(&[count("purpose.x", "desk", 1)]), "1 refusal in the last 90 days, by purpose.x.");
        assert_eq!(finding(&[]), "Nothing was refused in the last 90 days.");
    }
}
