//! *Your data*: everything that is held for an enquiry, each with why, from whom, until when, and who opened it.

use super::super::enquiry::Sort;
use super::beside::{Table, tables};
use super::held::{Held, KeptBack, Seen, gather, scope};
use super::proof::Act;
use super::{MINE, Told, draw_key, shell};
use crate::App;
use crate::face::fact::{Fact, Opened};
use crate::face::timeline::{Bar, timeline};
use crate::face::{Html, Shell};
use crate::web::session::You;
use crate::web::{Answer, page};
use askama::Template;
use axum::extract::{Query, State};
use law::Date;
use notice::Notice;

const CLAUSES: &[&str] = &[
    "purpose.show-you",
    "kind.enquiry.keep",
    "kind.enquiry-message",
    "kind.enquiry-note",
    "kind.outbound-mail",
    "purpose.delete-on-time",
];

/// The page.
pub(super) async fn show(State(app): State<App>, You(session): You, Query(told): Query<Told>) -> Answer {
    let running = app.clone();
    let held = app.custody().write("show_data", move |tx| gather(&running, tx, &session)).await?;
    let notice = app.notice()?;
    let facts: Vec<Html> =
        (1..).zip(&held.records).filter_map(|(n, seen)| fact(&notice, seen, n, held.today)).collect();
    Ok(page(&Data {
        shell: shell(&app, &notice, "Your data", CLAUSES).back(MINE, "Your enquiry"),
        told: told.words(&notice),
        hold: held.hold.map(|hold| hold.told()),
        count: held.records.len(),
        picture: timeline("kept", &bars(&notice, &held), held.today),
        facts,
        scope: scope(&notice),
        beside: tables(&notice, &held.beside),
        acts: Act::all().map(|act| (act, draw_key(&app))),
    }))
}

/// A holding as the card that stands wherever personal data is shown.
fn fact(notice: &Notice, seen: &Seen, n: usize, today: Date) -> Option<Html> {
    let mut fact = Fact::of(notice, &seen.holding.kind, seen.holding.due_on, today)?.id(format!("record-{n}"));
    fact.title = seen.title(notice);
    for (field, value) in &seen.values {
        fact = fact.value(notice, field, value);
    }
    for (field, why) in &seen.kept_back {
        fact = fact.value(notice, field, &KeptBack::words(*why, notice));
    }
    if seen.sort == Some(Sort::Answer) {
        let source = seen.source(notice, "message").unwrap_or_default();
        fact.values.iter_mut().for_each(|value| source.clone_into(&mut value.from));
    }
    let openings = seen.holding.openings.iter().rev();
    let opened = openings.map(|one| Opened { day: one.day, by: one.actor.clone(), purpose: one.purpose.clone() });
    Some(fact.opened(opened.collect()).html())
}

/// One bar for each kind and end.
fn bars(notice: &Notice, held: &Held) -> Vec<Bar> {
    let mut bars: Vec<(&str, usize, Bar)> = Vec::new();
    for holding in held.records.iter().map(|seen| &seen.holding) {
        let same = bars.iter_mut().find(|(kind, _, bar)| *kind == holding.kind && bar.until == holding.due_on);
        if let Some((_, count, bar)) = same {
            *count += 1;
            bar.from = bar.from.min(holding.taken_on);
        } else if let Some(kind) = notice.kind(&holding.kind) {
            let (label, moved_by) = (kind.words.clone(), kind.keep.words(notice));
            bars.push((&kind.id, 1, Bar { label, from: holding.taken_on, until: holding.due_on, moved_by }));
        }
    }
    let counted = bars.into_iter().map(|(_, count, mut bar)| {
        if count > 1 {
            bar.label = format!("{} ({count})", bar.label);
        }
        bar
    });
    counted.collect()
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/data.html")]
struct Data<'a> {
    shell: Shell<'a>,
    told: Option<String>,
    hold: Option<String>,
    count: usize,
    picture: Html,
    facts: Vec<Html>,
    scope: String,
    beside: Vec<Table>,
    acts: [(Act, String); 3],
}
