//! The list of legal holds: why, by whose word, from when until when, and what: kinds and a reference, never contents.

use super::figures::{kind_words, number};
use super::hold::{Hold, words};
use super::rows;
use crate::App;
use crate::face::fact::role_words;
use crate::face::{Clause, Shell, countdown};
use crate::rooms::notices::Officer;
use crate::web::{self, Answer};
use askama::Template;
use axum::extract::{Query, State};
use custody::Error;
use law::Date;
use notice::Notice;
use serde::Deserialize;
use store::Tx;

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// The hold on one ground.
pub(super) struct Held {
    /// The hold.
    pub hold: Hold,
    /// Who authorised it.
    pub role: String,
    /// The enquiry it is about, where it is one.
    pub reference: Option<String>,
    /// How many records of each kind it keeps.
    pub kinds: Vec<(String, u64)>,
}

/// The holds that have not ended, those that end first before the others.
pub(super) fn list(tx: &mut Tx<'_>) -> Result<Vec<Held>, Error> {
    let today = tx.today();
    let mut list: Vec<Held> = Vec::new();
    let mut last = None;
    for row in tx.all(&rows::LIST_HOLDS, &[today.into()])? {
        let (hold, kind) = (Hold::read(&row)?, (row.get(6)?, row.get(7)?));
        let key = (row.get::<[u8; 16]>(4)?, hold.reason.code(), hold.from, hold.until);
        match list.last_mut().filter(|_| last == Some(key)) {
            Some(held) => held.kinds.push(kind),
            None => list.push(Held { hold, role: row.get(1)?, reference: row.get(5)?, kinds: vec![kind] }),
        }
        last = Some(key);
    }
    Ok(list)
}

/// A hold as pages show it.
pub(super) struct Line {
    pub reference: Option<String>,
    pub what: String,
    pub why: &'static str,
    pub by: String,
    pub from: String,
    pub until: String,
    pub soon: bool,
}

impl Held {
    /// In words.
    pub(super) fn line(&self, notice: &Notice, today: Date) -> Line {
        let kinds = self.kinds.iter().map(|(kind, count)| format!("{} ({})", kind_words(notice, kind), number(*count)));
        Line {
            reference: self.reference.clone(),
            what: kinds.collect::<Vec<_>>().join("; "),
            why: words(self.hold.reason),
            by: role_words(&self.role).to_owned(),
            from: law::short_words(self.hold.from),
            until: format!("{}, {}", law::short_words(self.hold.until), countdown(self.hold.until, today)),
            soon: self.hold.ends_soon(today),
        }
    }
}

/// `GET /staff/holds`.
pub(super) async fn show(State(app): State<App>, Officer(session): Officer, Query(asked): Query<Asked>) -> Answer {
    let (notice, today) = (app.notice()?, app.today());
    let held = app.custody().store().read("list_holds", list).await?;
    let shell = app
        .staff_shell(&notice, &session, "Legal holds", "/staff/retention")
        .back("/staff/retention", "Retention")
        .stands_on(Clause::of(&notice, &["purpose.delete-on-time", "purpose.handle-rights"]));
    let done = match asked.done.as_deref() {
        Some("placed") => Some("The legal hold is placed."),
        Some("lifted") => Some("The legal hold is lifted."),
        Some("nothing") => Some("Nothing was changed: there is no such hold any more."),
        _ => None,
    };
    let lines: Vec<Line> = held.iter().map(|one| one.line(&notice, today)).collect();
    Ok(web::page(&Holds { shell, done, finding: finding(&held, today), lines }))
}

fn finding(held: &[Held], today: Date) -> String {
    let soon = held.iter().filter(|one| one.hold.ends_soon(today)).count();
    match (held.len(), soon) {
        (0, _) => "No legal hold keeps anything past its day.".to_owned(),
        (_, 0) => "No legal hold ends within 14 days.".to_owned(),
        (_, soon) => super::figures::holds_end(soon),
    }
}

#[derive(Template)]
#[template(path = "rooms/retention/holds.html")]
struct Holds<'a> {
    shell: Shell<'a>,
    done: Option<&'static str>,
    finding: String,
    lines: Vec<Line>,
}
