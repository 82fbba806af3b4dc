//! *Your data*: everything that is held about a person, each with why, from whom, until when, and who opened it.

use super::super::enquiry::Sort;
use super::held::{Held, KeptBack, Seen, gather};
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
use custody::LinkedRow;
use law::{Date, Timestamp};
use notice::Notice;
use std::borrow::Cow;

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
        told: told.words(),
        count: held.records.len(),
        picture: timeline("kept", &bars(&notice, &held), held.today),
        facts,
        beside: beside(&held.beside),
        acts: Act::all().map(|act| (act, draw_key(&app))),
    }))
}

/// A holding as the card that stands wherever personal data is shown.
fn fact(notice: &Notice, seen: &Seen, n: usize, today: Date) -> Option<Html> {
    let mut fact = Fact::of(notice, &seen.holding.kind, seen.holding.due_on, today)?.id(format!("record-{n}"));
    fact.title = seen.title(notice);
    for (field, value) in &seen.values {
        fact = fact.value(notice, field, &without_links(value));
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

/// A letter without the private links in it: a page that stays open for half an hour gives no access for a month. The copy to
/// take away, behind a code, has them.
fn without_links(text: &str) -> Cow<'_, str> {
    const LINK: &str = "/enquiries/link/";
    if !text.contains(LINK) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(LINK);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(part.len());
        shown.extend([LINK, "(only in the e-mail itself)", &part[end..]]);
    }
    Cow::Owned(shown)
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

/// Linked rows of one table.
pub(super) struct Table {
    /// The table's name, readable.
    pub name: String,
    /// Rows: what each value is, and the value.
    pub rows: Vec<Vec<(String, String)>>,
}

/// Linked rows by table, in words.
pub(super) fn beside(rows: &[LinkedRow]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for row in rows.iter().filter(|row| !row.values.is_empty()) {
        let name = row.table.replace('_', " ");
        let values = row.values.iter().map(|(words, value)| (words.clone(), readable(value))).collect();
        match tables.iter_mut().find(|table| table.name == name) {
            Some(table) => table.rows.push(values),
            None => tables.push(Table { name, rows: vec![values] }),
        }
    }
    tables
}

/// A day or an instant as people read it; everything else as it is.
fn readable(value: &str) -> String {
    if let Some(day) = law::parse_iso(value) {
        return law::short_words(day);
    }
    // Instants are milliseconds since 1970: no count of ours has thirteen digits.
    match value.parse::<i64>().ok().filter(|_| value.len() == 13).and_then(|at| Timestamp::from_millisecond(at).ok()) {
        Some(at) => law::london_time(at).strftime("%-d %B %Y at %H:%M").to_string(),
        None => value.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "rooms/enquiries/mine/data.html")]
struct Data<'a> {
    shell: Shell<'a>,
    told: Option<&'a str>,
    count: usize,
    picture: Html,
    facts: Vec<Html>,
    beside: Vec<Table>,
    acts: [(Act, String); 3],
}

#[cfg(test)]
mod tests {
    use super::{readable, without_links};

    #[test]
    fn a_private_link_is_left_out_of_a_shown_letter() {
        let text = "Here:\nhttps://a.example/enquiries/link/Ab-_9\nand /enquiries/link/x.";
        let shown = "Here:\nhttps://a.example/enquiries/link/(only in the e-mail itself)\nand /enquiries/link/(only in the e-mail itself).";
        assert_eq!(without_links(text), shown);
        assert_eq!(without_links("No link."), "No link.");
    }

    #[test]
    fn days_and_instants_are_shown_as_people_read_them() {
        assert_eq!(readable("2026-11-23"), "23 November 2026");
        assert_eq!(readable("1795424400000"), "23 November 2026 at 09:00");
        assert_eq!(readable("answered"), "answered");
        assert_eq!(readable("-1"), "-1");
    }
}
