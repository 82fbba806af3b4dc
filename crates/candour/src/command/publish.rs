//! `candour notice publish` and `candour notice rehearse`.
//!
//! The first notice of an installation is published at once, by the operator: nothing is held. So is one that nobody could approve: then the
//! operator answers for it alone, and the history says so. Any other becomes a draft, which an officer approves.

use super::notice::{Format, has_errors, print_findings, read};
use super::settings::Settings;
use super::{Cannot, Outcome};
use crate::App;
use crate::rooms::notices::draft_address;
use crate::rooms::notices::words::{People, findings, people_words, records};
use crate::rooms::staff;
use clap::Args;
use custody::{Counted, DraftId, Error, Plan, Rehearsal};
use notice::{Notice, Read};
use std::path::PathBuf;
use std::process::ExitCode;

/// Who publishes at the command line.
const OPERATOR: &str = "operator";

/// Publishes a notice, or makes it a draft for an officer to approve.
#[derive(Args)]
pub(super) struct Publish {
    /// The notice
    file: PathBuf,
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
    /// Publishes a notice whose errors close clauses: the features that stand on them stay closed
    #[arg(long)]
    with_closed: bool,
}

/// Counts what a notice would make due, and changes nothing.
#[derive(Args)]
pub(super) struct Rehearse {
    /// The notice
    file: PathBuf,
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
    /// How to print what was counted
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Publish {
    pub(super) fn run(self) -> Outcome {
        let (text, read) = read(&self.file)?;
        let Some(notice) = read.notice.as_ref().filter(|_| self.with_closed || !has_errors(&read)) else {
            print_findings(&self.file, &text, &read, Format::Text)?;
            println!("Not published. What is in force stays in force.");
            if read.notice.is_some() {
                println!("These errors close clauses. To publish it with those closed, add --with-closed.");
            }
            return Ok(ExitCode::from(1));
        };
        let app = Settings::read(&self.config)?.open(false)?;
        let history = app.custody().history()?;
        if history.iter().any(|one| one.digest == notice.digest()) {
            return done(&app, notice, "Published before; nothing changed");
        }
        if history.is_empty() {
            app.custody().publish(&text, notice, OPERATOR)?;
            return done(&app, notice, "Published");
        }
        if let Some(why) = unapprovable(&app)? {
            app.custody().publish_planned(&text, notice, OPERATOR)?;
            println!("Nobody could approve it, because {why}. The history says that the operator alone did.");
            return done(&app, notice, "Published");
        }
        drafted(&app, &text, &read, notice)
    }
}

/// Why no officer could approve a draft; `None` where two could.
fn unapprovable(app: &App) -> Result<Option<String>, Cannot> {
    let Ok(force) = app.custody().in_force(app.today()) else {
        return Ok(Some("no notice is in force yet".to_owned()));
    };
    let missing = staff::FEATURE.missing(&force);
    if !missing.is_empty() {
        return Ok(Some(format!("the notice in force does not cover {}", missing.join(", "))));
    }
    let officers = staff::list(app)?.iter().filter(|one| one.role == "officer" && one.state == "active").count();
    Ok((officers < 2).then(|| format!("{officers} of the two officers it takes can sign in")))
}

/// Makes it a draft of the operator's, unless it waits as one already.
fn drafted(app: &App, text: &str, read: &Read, notice: &Notice) -> Outcome {
    let (custody, text, read, digest) = (app.custody().clone(), text.to_owned(), read.clone(), notice.digest());
    let id = app.custody().write_blocking("make_draft", move |tx| {
        if let Some(id) = custody.open_draft(tx, digest)? {
            return Ok(id);
        }
        let id = DraftId::draw(tx.random());
        custody.make_draft(tx, id, &text, &read, None)?;
        Ok::<_, Error>(id)
    })?;
    println!("Not published yet: {} is a draft.", named(notice));
    println!("Digest: {digest}");
    println!("An officer rehearses and approves it at {}", draft_address(app, id));
    Ok(ExitCode::SUCCESS)
}

fn done(app: &App, notice: &Notice, outcome: &str) -> Outcome {
    let history = app.custody().history()?;
    let published = history.iter().find(|one| one.digest == notice.digest());
    println!("{outcome}: {}.", named(notice));
    println!("Digest: {}", notice.digest());
    println!("In force from: {}", published.map(|one| law::words(one.effective_on)).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

/// "the privacy notice of SEGfL, version 2026-11".
fn named(notice: &Notice) -> String {
    format!("the privacy notice of {}, version {}", notice.controller().short, notice.head().version)
}

impl Rehearse {
    pub(super) fn run(self) -> Outcome {
        let (text, read) = read(&self.file)?;
        let Some(notice) = read.notice.as_ref() else {
            print_findings(&self.file, &text, &read, Format::Text)?;
            println!("Not rehearsed: parts of it cannot be read.");
            return Ok(ExitCode::from(1));
        };
        let app = Settings::read(&self.config)?.open(false)?;
        let custody = app.custody();
        let plan = custody.plan(notice)?;
        let rehearsal = custody.rehearse(notice, &plan)?;
        let it = custody.clone();
        let people: People =
            custody.store().read_blocking("people_by_kind", move |tx| it.people_by_kind(tx))?.into_iter().collect();
        match self.format {
            Format::Json => println!("{:#}", json(&plan, &rehearsal)),
            Format::Text => print(notice, &plan, &rehearsal, &people),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(notice: &Notice, plan: &Plan, rehearsal: &Rehearsal, people: &People) {
    println!("Published today, {} is in force from {}.", named(notice), law::words(plan.effective_on));
    let Some(old) = &plan.follows else { return };
    for finding in findings(&old.notice, notice, &plan.difference, rehearsal, people) {
        println!("{finding}");
    }
    for one in rehearsal.by_kind() {
        println!(
            "  {}: {}, {}",
            one.kind.as_deref().unwrap_or_default(),
            people_words(one.people),
            records(one.holdings)
        );
    }
    for one in rehearsal.by_day() {
        let day = one.day.map(law::iso).unwrap_or_default();
        println!("  {day}: {}, {}", people_words(one.people), records(one.holdings));
    }
}

/// `{"effective", "significant", "due_earlier": [{"kind", "day", "people", "records"}]}`; no kind or day means all.
fn json(plan: &Plan, rehearsal: &Rehearsal) -> serde_json::Value {
    let one = |one: &Counted| serde_json::json!({ "kind": one.kind, "day": one.day.map(law::iso), "people": one.people, "records": one.holdings });
    serde_json::json!({
        "effective": law::iso(plan.effective_on),
        "significant": plan.is_significant(),
        "due_earlier": rehearsal.counts.iter().map(one).collect::<Vec<_>>(),
    })
}
