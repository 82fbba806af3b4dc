//! What stands on which clause: every feature, job, letter, cookie, automatic act and column, and whether a notice covers it.
//!
//! In scope: putting the lists of the house side by side under one notice. Out of scope: closing anything; each list does that
//! where it is used. Pure, so that a notice can be asked before it is published.

use crate::acts::{self, Act};
use crate::jobs::{self, Job};
use crate::mail::Template;
use crate::migrations::COLUMNS;
use crate::rooms::{self, Feature};
use crate::web::session;
use notice::Notice;
use store::Class;

/// What columns name that belong to whatever is held.
const EVERY: &str = "every kind";

/// Whether something is open under a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every clause is covered, or it needs none.
    Open,
    /// A clause is missing, and no gap in a notice closes it.
    OpenByLaw,
    /// A clause is missing.
    Closed,
}

impl State {
    /// As scripts read it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OpenByLaw => "open-by-law",
            Self::Closed => "closed",
        }
    }
}

/// One thing of the house under one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `feature`, `job`, `letter`, `cookie`, `decision`, `column`.
    pub sort: &'static str,
    /// Its name.
    pub id: String,
    /// Addresses of the clauses it stands on.
    pub clauses: Vec<String>,
    /// Those that the notice does not cover.
    pub missing: Vec<String>,
    /// Why it needs no clause, or why no gap closes it.
    pub reason: Option<String>,
    /// Whether it is open.
    pub state: State,
}

/// The sorts of lines in their order, and what a heading calls each.
pub const SORTS: [(&str, &str); 6] = [
    ("feature", "Features"),
    ("job", "Jobs"),
    ("letter", "Letters"),
    ("cookie", "Cookies"),
    ("decision", "Automatic acts"),
    ("column", "Columns"),
];

/// Everything, under a notice.
pub fn of(notice: &Notice) -> Result<Vec<Line>, store::Error> {
    let features = rooms::features().into_iter().map(|feature| feature_line(notice, feature));
    let jobs = jobs::ALL.iter().map(|job| job_line(notice, job));
    let letters = rooms::letters().into_iter().map(|template| letter_line(notice, template));
    let cookies = session::COOKIES.iter().map(|id| plain(notice, "cookie", id, vec![format!("cookie.{id}")]));
    let acts = acts::ALL.iter().map(|act| act_line(notice, act));
    let lines = features.chain(jobs).chain(letters).chain(cookies).chain(acts);
    Ok(lines.chain(columns(notice)?).collect())
}

fn feature_line(notice: &Notice, feature: &Feature) -> Line {
    let reason = feature.no_personal_data.map(str::to_owned);
    Line { reason, ..plain(notice, "feature", feature.id, owned(feature.clauses)) }
}

fn job_line(notice: &Notice, job: &Job) -> Line {
    let line = plain(notice, "job", job.id, job.stands_on());
    let state = if job.never_closed.is_some() && !line.missing.is_empty() { State::OpenByLaw } else { line.state };
    Line { reason: job.no_personal_data.or(job.never_closed).map(str::to_owned), state, ..line }
}

fn letter_line(notice: &Notice, template: &Template) -> Line {
    plain(notice, "letter", template.id, owned(template.clauses))
}

/// An act by law goes on without its decision, because the job that does it does.
fn act_line(notice: &Notice, act: &Act) -> Line {
    let line = plain(notice, "decision", act.id, act.decision.map(|id| format!("decision.{id}")).into_iter().collect());
    let law = jobs::ALL.iter().find(|job| act.decision.is_some_and(|id| job.decisions.contains(&id)));
    let law = law.and_then(|job| job.never_closed).filter(|_| !line.missing.is_empty());
    let state = if law.is_some() { State::OpenByLaw } else { line.state };
    Line { reason: act.no_decision.or(law).map(str::to_owned), state, ..line }
}

/// What a column about people stands on, and why the others need nothing.
fn columns(notice: &Notice) -> Result<Vec<Line>, store::Error> {
    let columns = store::columns(COLUMNS)?;
    let mut lines = Vec::new();
    for (table, _) in columns.tables() {
        for (column, class) in columns.of_table(table) {
            let (clauses, reason) = match class {
                Class::Impersonal { reason } => (Vec::new(), Some(reason.clone())),
                Class::Linked { clauses, .. } | Class::Sealed { clauses } => named(clauses),
            };
            lines.push(Line { reason, ..plain(notice, "column", &format!("{table}.{column}"), clauses) });
        }
    }
    Ok(lines)
}

fn named(addresses: &[String]) -> (Vec<String>, Option<String>) {
    let every = addresses.iter().any(|address| address == EVERY);
    let clauses = addresses.iter().filter(|address| *address != EVERY).cloned().collect();
    (clauses, every.then(|| "it belongs to every kind, and stands on the one that its row is of".to_owned()))
}

fn plain(notice: &Notice, sort: &'static str, id: &str, clauses: Vec<String>) -> Line {
    let missing: Vec<String> = clauses.iter().filter(|clause| !notice.covers(clause)).cloned().collect();
    let state = if missing.is_empty() { State::Open } else { State::Closed };
    Line { sort, id: id.to_owned(), clauses, missing, reason: None, state }
}

fn owned(clauses: &[&str]) -> Vec<String> {
    clauses.iter().map(|clause| (*clause).to_owned()).collect()
}
