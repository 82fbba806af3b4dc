//! A draft: what was found in it, what it would change and for whom, its rehearsal, and who may approve it.

use super::rehearsing::Rehearsing;
use super::touched::{self, Touched, number};
use super::words::{People, findings};
use super::{Named, Officer, off_workers};
use crate::App;
use crate::face::{Clause, Html, Shell};
use crate::rooms::{closed_features, staff};
use crate::web::session::Session;
use crate::web::{self, Answer};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use custody::{Approval, Counted, Draft, DraftId, DraftState, Error, Plan, Rehearsal};
use law::Date;
use notice::{Finding, Notice, Severity};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// `GET /staff/notices/{draft}`.
pub(super) async fn show(
    State(app): State<App>,
    Officer(session): Officer,
    Named(id): Named,
    Query(asked): Query<Asked>,
    Extension(rehearsing): Extension<Rehearsing>,
) -> Answer {
    let done = match asked.done.as_deref() {
        Some("published") => Some("The notice is published."),
        Some("withdrawn") => Some("The draft is withdrawn."),
        Some("nothing") => Some("Nothing was changed: this draft waits no more."),
        _ => None,
    };
    page(&app, &session, id, &rehearsing, done).await
}

/// What the rows say of a draft.
struct Known {
    draft: Draft,
    rehearsal: Option<Rehearsal>,
    own: bool,
    author_left: bool,
    people: People,
    officers: u64,
}

/// The page, with a sentence above it on what was just done or refused.
pub(super) async fn page(
    app: &App,
    session: &Session,
    id: DraftId,
    rehearsing: &Rehearsing,
    done: Option<&'static str>,
) -> Answer {
    let (custody, person, force) = (app.custody().clone(), session.person, app.notice()?);
    let read = app.custody().store().read("draft", move |tx| {
        let draft = custody.draft(tx, id)?;
        Ok::<_, Error>(Known {
            rehearsal: custody.rehearsal(tx, &draft)?,
            own: custody.made_draft(tx, id, person)?,
            author_left: custody.author_left(tx, &draft)?,
            people: custody.people_by_kind(tx)?.into_iter().collect(),
            officers: staff::active(tx, "officer")?,
            draft,
        })
    });
    let known = read.await?;
    let (it, text) = (app.custody().clone(), known.draft.text.clone());
    let planned = off_workers(move || {
        // A text that was kept reads; its findings may be others than on the day it was made.
        let (findings, notice) = notice::read(&text).map(|read| (read.findings, read.notice)).unwrap_or_default();
        let plan = notice.as_ref().map(|notice| it.plan(notice)).transpose()?;
        Ok::<_, Error>((findings, notice, plan))
    });
    let (findings, notice, plan) = planned.await??;
    let compared = match (&notice, &plan) {
        (Some(notice), Some(plan)) => Some(Compared::of(&known, notice, plan, &force, app.today())),
        _ => None,
    };
    let title = match known.draft.version.as_str() {
        "" => "Draft of a notice".to_owned(),
        version => format!("Draft of version {version}"),
    };
    let shell = app
        .staff_shell(&force, session, title, "/staff/notices")
        .back("/staff/notices", "Notices")
        .stands_on(Clause::of(&force, &["kind.staff", "purpose.run-desk"]));
    let page = Page {
        shell,
        done,
        made: made(&known),
        open: known.draft.state == DraftState::Open,
        standing: standing(&known, plan.as_ref()),
        approval: compared.as_ref().map(|compared| compared.approval(&known)),
        looked_at: rehearsing.looked_at(id).map(number),
        href: super::href(id),
        findings: findings.iter().map(Found::of).collect(),
        read: notice.as_ref().map(|notice| (Html::summary(notice), Html::detail(notice))),
        text: known.draft.text,
        compared,
    };
    Ok(web::page(&page))
}

/// "Made by you on 23 November 2026."
fn made(known: &Known) -> String {
    let by = match (known.own, known.draft.made_by.as_str()) {
        (true, _) => "you",
        (false, "operator") => "the operator",
        (false, _) => "another officer",
    };
    format!("Made by {by} on {}.", law::words(known.draft.made_on))
}

fn standing(known: &Known, plan: Option<&Plan>) -> String {
    match (known.draft.state, plan) {
        (DraftState::Published, _) => "It is published.".to_owned(),
        (DraftState::Withdrawn, _) => "It is withdrawn.".to_owned(),
        (DraftState::Open, None) => "It cannot be published: parts of it cannot be read.".to_owned(),
        (DraftState::Open, Some(plan)) => {
            format!("Approved today, it is in force from {}.", law::words(plan.effective_on))
        }
    }
}

/// What a draft would change.
struct Compared {
    /// Why it waits, or does not.
    wait: String,
    /// Who hears of it by mail, where it waits.
    told: Option<String>,
    /// Features that it would close, with the clauses that are missing.
    closed: Vec<(String, String)>,
    /// The version of which people last heard, and with which it is compared.
    before: String,
    differences: Vec<Touched>,
    rehearsal: Option<Rehearsed>,
}

/// A rehearsal as the page shows it.
struct Rehearsed {
    on: String,
    /// Whether it still says what approving would do.
    current: bool,
    findings: Vec<String>,
    days: Vec<Row>,
    kinds: Vec<Row>,
}

/// A line of a table of counts.
struct Row {
    name: String,
    people: String,
    holdings: String,
}

impl Row {
    fn of(name: String, counted: &Counted) -> Self {
        Self { name, people: number(counted.people), holdings: number(counted.holdings) }
    }
}

impl Compared {
    fn of(known: &Known, notice: &Notice, plan: &Plan, force: &Notice, today: Date) -> Self {
        let old = plan.follows.as_ref().map_or(force, |one| &*one.notice);
        let heard = plan.heard.as_ref().map_or(force, |one| &*one.notice);
        Self {
            wait: wait(notice, plan, force, today),
            told: plan.is_significant().then(|| told(heard, notice)),
            closed: closed_features(old, notice),
            before: heard.head().version.clone(),
            differences: touched::list(&plan.news, &known.people),
            rehearsal: known.draft.rehearsed.zip(known.rehearsal.as_ref()).map(|(rehearsed, rehearsal)| Rehearsed {
                on: law::words(rehearsed.on),
                current: plan.is_rehearsed(&rehearsed, today),
                findings: findings(old, notice, &plan.difference, rehearsal, &known.people),
                days: rehearsal.by_day().map(|one| Row::of(one.day.map(law::words).unwrap_or_default(), one)).collect(),
                kinds: rehearsal.by_kind().map(|one| Row::of(kind_words(old, one), one)).collect(),
            }),
        }
    }

    /// Whether this officer may approve; else why not.
    fn approval(&self, known: &Known) -> Result<(), &'static str> {
        let refused = |approval| super::approve::refused(approval).unwrap_or_default();
        match &self.rehearsal {
            _ if known.own && known.officers < 2 => Err(
                "You made this draft, and nobody else could approve it. Invite a second officer, or have the operator publish the file with “candour notice publish”.",
            ),
            _ if known.own => Err("You made this draft, so another officer has to approve it."),
            _ if known.author_left => Err(refused(Approval::AuthorLeft)),
            Some(rehearsed) if rehearsed.current => Ok(()),
            Some(_) => Err(
                "Its rehearsal is too old, or says another day, or another notice was published since. Rehearse it again.",
            ),
            None => Err(refused(Approval::Unrehearsed)),
        }
    }
}

fn kind_words(notice: &Notice, counted: &Counted) -> String {
    let id = counted.kind.as_deref().unwrap_or_default();
    notice.kind(id).map_or(id, |kind| kind.words.as_str()).to_owned()
}

/// Why it waits, or need not.
fn wait(notice: &Notice, plan: &Plan, force: &Notice, today: Date) -> String {
    let wait = force.change().and_then(|change| change.wait);
    // What differs significantly on its own day waits, also where on the later day another has taken effect that differs less.
    let waits = plan.effective_on > notice.head().effective.max(today);
    match (plan.difference.is_significant() || waits, wait) {
        (true, Some(wait)) => {
            format!(
                "Some differences are significant: people know of them {wait} before, as the notice in force promises."
            )
        }
        (true, None) => "Some differences are significant, and the notice in force promises no time before.".to_owned(),
        (false, _) => "No difference is significant, so nothing waits but its own day.".to_owned(),
    }
}

/// Who hears of it by mail: "People who ask us something, People who work for us".
fn told(old: &Notice, new: &Notice) -> String {
    let subjects = super::tell::subjects(old, new);
    let words = subjects.iter().filter_map(|id| new.subject(id).or(old.subject(id))).map(|one| one.words.as_str());
    words.collect::<Vec<_>>().join("; ")
}

/// Something that was found in the text.
struct Found {
    severity: &'static str,
    code: &'static str,
    line: usize,
    clause: String,
    why: String,
    mend: String,
    rests_on: String,
}

impl Found {
    fn of(finding: &Finding) -> Self {
        Self {
            severity: match finding.severity {
                Severity::Error if finding.code.starts_with('N') => "Error: cannot be published",
                Severity::Error => "Error: closes the clause",
                Severity::Warning => "Warning",
                Severity::Info => "Remark",
            },
            code: finding.code,
            line: finding.line,
            clause: finding.clause.clone(),
            why: finding.why.clone(),
            mend: finding.mend.clone(),
            rests_on: finding.rests_on.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "rooms/notices/draft.html")]
struct Page<'a> {
    shell: Shell<'a>,
    done: Option<&'static str>,
    made: String,
    open: bool,
    standing: String,
    approval: Option<Result<(), &'static str>>,
    looked_at: Option<String>,
    href: String,
    findings: Vec<Found>,
    /// The notice as people will read it.
    read: Option<(Html, Html)>,
    text: String,
    compared: Option<Compared>,
}
