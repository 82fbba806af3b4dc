//! The record of processing activities (UK GDPR Art 30(1)), in Markdown: a table for each purpose, points (a) to (g).

use super::markdown::plain;
use crate::html::cards::{country_words, role_words};
use crate::html::markup::sentence;
use crate::html::window_words;
use crate::{Contact, Disclosure, Kind, Notice, Output, Purpose, Recipient};

const UNSAID: &str = "This notice does not say.";

pub(super) fn record(notice: &Notice) -> String {
    let (controller, head) = (notice.controller(), notice.head());
    let mut page = format!(
        "# Record of processing activities of {}\n\n\
         Article 30(1) of the UK GDPR. Made from version {} of the privacy notice, in force from {}.\n\n\
         Digest of the notice: {}\n",
        plain(&controller.name),
        plain(&head.version),
        law::short_words(head.effective),
        notice.digest()
    );
    for purpose in notice.purposes() {
        page.push_str(&activity(purpose, notice));
    }
    let disclosures: Vec<String> = notice.disclosures().iter().map(|one| disclosure(one, notice)).collect();
    page.push_str("\n## Disclosures on a ground of law\n\n");
    page.push_str(&list(&disclosures, "None is foreseen."));
    page.push_str("\n## Technical and organisational security measures\n\n");
    page.push_str(&list(&measures(notice), UNSAID));
    page
}

/// One purpose as a table.
fn activity(purpose: &Purpose, notice: &Notice) -> String {
    let kinds: Vec<&Kind> = notice.kinds().iter().filter(|kind| kind.purposes.contains(&purpose.id)).collect();
    let given = |one: &&Recipient| one.purposes.contains(&purpose.id);
    let receivers: Vec<String> = notice.recipients().iter().filter(given).map(recipient).collect();
    let transfers: Vec<String> = notice.recipients().iter().filter(given).filter_map(transfer).collect();
    let nothing = match purpose.output {
        Output::Aggregate { .. } => "No personal data is kept.",
        Output::Personal => "No kind of data is held for this.",
    };
    let of_kinds = |line: fn(&Kind, &Notice) -> String| {
        let lines: Vec<String> = kinds.iter().map(|kind| line(kind, notice)).collect();
        cell(&lines, nothing)
    };
    let rows = [
        ("(a) Controller and contacts", cell(&who(notice), UNSAID)),
        ("(b) Purpose", format!("{}<br>{}", plain(&purpose.words), basis(purpose))),
        ("(c) People", cell(&people(&kinds, notice), nothing)),
        ("(c) Personal data", of_kinds(data)),
        ("(d) Recipients", cell(&receivers, "Nobody outside.")),
        ("(e) Transfers", cell(&transfers, "None.")),
        ("(f) Time limits", of_kinds(limit)),
        ("(g) Security", "As below, for all activities.".to_owned()),
    ];
    let rows = rows.map(|(name, value)| format!("| {name} | {value} |\n")).concat();
    format!("\n## {}\n\n| Article 30(1) | |\n| --- | --- |\n{rows}", plain(purpose.words.trim_end_matches('.')))
}

fn who(notice: &Notice) -> Vec<String> {
    let controller = notice.controller();
    let mut lines = vec![plain(&controller.name), plain(&controller.address.replace('\n', ", "))];
    lines.extend(controller.registration.iter().map(|number| format!("Registration: {}", plain(number))));
    let joint = notice.recipients().iter().filter(|one| one.role.as_deref() == Some("joint-controller"));
    lines.extend(joint.map(|one| format!("Joint controller: {}", plain(&one.name))));
    lines.extend(notice.contact("officer").map(contact));
    lines
}

fn contact(contact: &Contact) -> String {
    let ways = [&contact.email, &contact.post, &contact.web];
    let ways: Vec<String> = ways.into_iter().flatten().map(|way| plain(&way.replace('\n', ", "))).collect();
    format!("{}: {}", plain(&contact.role), ways.join("; "))
}

fn basis(purpose: &Purpose) -> String {
    let mut words = format!("Lawful basis: {} ({})", purpose.basis.words(), purpose.basis.article());
    let more = [
        ("", &purpose.interest),
        ("assessment ", &purpose.assessment),
        ("law: ", &purpose.law),
        ("Art 9 condition: ", &purpose.condition),
        ("Schedule 1: ", &purpose.schedule),
    ];
    for (what, text) in more {
        if let Some(text) = text {
            words.extend(["; ", what, &plain(text.trim_end_matches('.'))]);
        }
    }
    words + "."
}

fn people(kinds: &[&Kind], notice: &Notice) -> Vec<String> {
    let held = notice.subjects().iter().filter(|subject| kinds.iter().any(|kind| kind.subject == subject.id));
    held.map(|subject| plain(&subject.words)).collect()
}

/// "Your enquiry: Full name (identity), Message (content); source: you."
fn data(kind: &Kind, notice: &Notice) -> String {
    let fields = kind.fields.iter().filter_map(|(id, _)| notice.field(id));
    let fields: Vec<String> = fields
        .map(|field| {
            let special = if field.special { ", special category" } else { "" };
            format!("{} ({}{special})", plain(&field.label), plain(&field.category))
        })
        .collect();
    format!("{}: {}", plain(&kind.words), fields.join(", "))
}

fn recipient(recipient: &Recipient) -> String {
    let role = recipient.role.as_deref().map_or(UNSAID.to_owned(), role_words);
    let contract = recipient.contract.as_deref().map(|contract| format!(" Contract {}.", plain(contract)));
    let example = if recipient.example { " An example, to be replaced." } else { "" };
    format!("{}: {}{}{example}", plain(&recipient.name), plain(&role), contract.unwrap_or_default())
}

fn transfer(recipient: &Recipient) -> Option<String> {
    let name = plain(&recipient.name);
    match recipient.country.as_deref() {
        Some("GB") => None,
        None => Some(format!("{name}: the notice does not say where the data goes")),
        Some(country) => {
            let safeguard = recipient.safeguard.as_deref().unwrap_or("no safeguard is stated");
            Some(format!("{name}: {}; {}", country_words(country), plain(safeguard)))
        }
    }
}

fn limit(kind: &Kind, notice: &Notice) -> String {
    format!("{}: {}", plain(&kind.words), plain(&kind.keep.words(notice)))
}

/// Prose on security, then where copies stand, then the backup window.
fn measures(notice: &Notice) -> Vec<String> {
    let mut measures: Vec<String> =
        notice.texts_under("security").map(|text| plain(&text.words.replace('\n', " "))).collect();
    measures.extend(notice.stores().iter().map(|store| {
        let limit = store.limit.map_or(UNSAID.to_owned(), |limit| format!("At most {limit}."));
        format!("{} {limit}", plain(&sentence(&store.words)))
    }));
    measures.push(window_words(notice));
    measures
}

fn disclosure(disclosure: &Disclosure, notice: &Notice) -> String {
    let kinds = disclosure.kinds.iter().filter_map(|id| notice.kind(id));
    let kinds: Vec<String> = kinds.map(|kind| plain(&kind.words)).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" Only: {}.", kinds.join("; ")) };
    format!("{}{kinds}", plain(&sentence(&disclosure.words)))
}

/// Lines of a cell of a table.
fn cell(lines: &[String], none: &str) -> String {
    if lines.is_empty() { none.to_owned() } else { lines.join("<br>") }
}

fn list(items: &[String], none: &str) -> String {
    if items.is_empty() { format!("{none}\n") } else { format!("- {}\n", items.join("\n- ")) }
}
