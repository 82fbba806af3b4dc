//! The officers' list: what is in force and to come, what is left to do for it, how far telling people has come, and drafts.

use super::touched::people_words;
use super::{Officer, href, rows};
use crate::App;
use crate::face::{Clause, Shell};
use crate::web::{self, Answer};
use askama::Template;
use axum::extract::State;
use custody::{Draft, DraftState, Error, Published};
use law::Date;
use notice::{Digest, Notice};
use store::Row;

/// `GET /staff/notices`.
pub(super) async fn show(State(app): State<App>, Officer(session): Officer) -> Answer {
    let (notice, today, custody) = (app.notice()?, app.today(), app.custody().clone());
    let read = app.custody().store().read("notices", move |tx| {
        let told: Vec<Reach> = tx.all(&rows::LIST_TOLD, &[])?.iter().map(Reach::read).collect::<Result<_, Error>>()?;
        Ok::<_, Error>((told, custody.drafts(tx)?))
    });
    let (told, drafts) = read.await?;
    let history = app.custody().history()?;
    let force = app.custody().published_on(today)?;
    let shell = app
        .staff_shell(&notice, &session, "Notices", "/staff/notices")
        .stands_on(Clause::of(&notice, &["kind.staff", "purpose.run-desk"]));
    let to_come = history.iter().filter(|one| !one.aside && one.effective_on > today).map(|one| Line::of(one, &told));
    let latest = history.iter().rev().find(|one| !one.aside).unwrap_or(&force);
    let page = Notices {
        shell,
        file: app.notice_file().differs(&app),
        force: Line::of(&force, &told),
        to_come: to_come.collect(),
        tasks: tasks(&latest.notice),
        latest: latest.notice.head().version.clone(),
        drafts: drafts.iter().map(Waiting::of).collect(),
    };
    Ok(web::page(&page))
}

/// Processors that have not accepted this version of the notice yet.
fn tasks(notice: &Notice) -> Vec<String> {
    let version = notice.head().version.as_str();
    let processors = notice.recipients().iter().filter(|one| one.role.as_deref() == Some("processor"));
    let behind = processors.filter(|one| one.accepted.as_deref() != Some(version));
    behind
        .map(|one| match &one.accepted {
            Some(accepted) => format!("{} has accepted version {accepted}.", one.name),
            None => format!("{} has accepted no version that the notice names.", one.name),
        })
        .collect()
}

/// A published notice.
struct Line {
    version: String,
    href: String,
    from: Date,
    told: Option<String>,
}

impl Line {
    fn of(published: &Published, told: &[Reach]) -> Self {
        Self {
            version: published.notice.head().version.clone(),
            href: format!("/privacy/{}", published.digest),
            from: published.effective_on,
            told: told.iter().find(|reach| reach.digest == published.digest).and_then(Reach::words),
        }
    }
}

/// How far telling people of a notice has come.
struct Reach {
    digest: Digest,
    state: String,
    told: u64,
    unreached: u64,
    objected: u64,
}

impl Reach {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            digest: Digest(row.get(0)?),
            state: row.get(1)?,
            told: row.get(2)?,
            unreached: row.get(3)?,
            objected: row.get(4)?,
        })
    }

    /// "Written to: 212 people. Without an address that may be used for it: 3 people. Objected …: 1 person."
    fn words(&self) -> Option<String> {
        let others = match self.state.as_str() {
            "open" => " Others follow.",
            "done" => "",
            _ => return None,
        };
        let [told, unreached, objected] = [self.told, self.unreached, self.objected].map(people_words);
        Some(format!(
            "Written to: {told}. Without an address that may be used for it: {unreached}. Objected to such e-mails: {objected}.{others}"
        ))
    }
}

/// A draft in the list.
struct Waiting {
    href: String,
    name: String,
    made: String,
    state: &'static str,
}

impl Waiting {
    fn of(draft: &Draft) -> Self {
        Self {
            href: href(draft.id),
            name: if draft.version.is_empty() { "No version".to_owned() } else { draft.version.clone() },
            made: format!("{}, by the {}", law::short_words(draft.made_on), draft.made_by),
            state: match draft.state {
                DraftState::Open if draft.digest.is_none() => "Cannot be published",
                DraftState::Open if draft.rehearsed.is_none() => "Waits for its rehearsal",
                DraftState::Open => "Waits for approval",
                DraftState::Published => "Published",
                DraftState::Withdrawn => "Withdrawn",
            },
        }
    }
}

#[derive(Template)]
#[template(path = "rooms/notices/list.html")]
struct Notices<'a> {
    shell: Shell<'a>,
    file: Option<String>,
    force: Line,
    to_come: Vec<Line>,
    tasks: Vec<String>,
    latest: String,
    drafts: Vec<Waiting>,
}
