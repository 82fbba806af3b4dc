//! What is held: the table of the first layer, and every kind in full.

use super::UNSAID;
use super::markup::{Facts, card, escape, here, in_a_row, link, list, list_of_words, sentence};
use crate::{Keep, Kind, Notice, Purpose, Subject};

/// Purposes for which at least three in four kinds are held, where there are four kinds or more.
pub(super) fn shared_purposes(notice: &Notice) -> Vec<&Purpose> {
    let kinds = notice.kinds();
    let without = |purpose: &Purpose| kinds.iter().filter(|kind| !kind.purposes.contains(&purpose.id)).count();
    let shared = |purpose: &&Purpose| kinds.len() >= 4 && without(purpose) * 4 <= kinds.len();
    notice.purposes().iter().filter(shared).collect()
}

pub(super) fn summary_row(kind: &Kind, shared: &[&Purpose], notice: &Notice) -> String {
    let own = own_purposes(kind, shared, notice);
    format!(
        "<tr><th scope=\"row\">{}</th><td data-label=\"Why\">{}</td><td data-label=\"Until when\">{}</td></tr>",
        link(&format!("kind.{}", kind.id), &kind.words),
        said(&own.iter().map(|purpose| escape(&purpose.words)).collect::<Vec<_>>()),
        escape(&sentence(&kind.keep.words(notice)))
    )
}

/// A list of words, or that the notice does not say.
fn said(words: &[String]) -> String {
    if words.is_empty() { UNSAID.to_owned() } else { list_of_words(words) }
}

/// What a kind is held for beside the shared purposes; all it is held for, where that is all.
fn own_purposes<'n>(kind: &Kind, shared: &[&Purpose], notice: &'n Notice) -> Vec<&'n Purpose> {
    let all: Vec<&Purpose> = kind.purposes.iter().filter_map(|id| notice.purpose(id)).collect();
    let own: Vec<&Purpose> = all.iter().copied().filter(|purpose| !shared.contains(purpose)).collect();
    if own.is_empty() { all } else { own }
}

/// The address of [`shared_list`] on the page.
pub(super) const SHARED: &str = "shared";

/// What nearly all kinds are held for; nothing where they share nothing.
pub(super) fn shared_list(shared: &[&Purpose], notice: &Notice) -> String {
    if shared.is_empty() {
        return String::new();
    }
    let items = shared.iter().map(|purpose| shared_item(purpose, notice));
    format!("<p id=\"{SHARED}\">All of it we use as well for what we owe to everybody:</p>{}", list(items))
}

/// A shared purpose with its basis, and the kinds it does not touch.
fn shared_item(purpose: &Purpose, notice: &Notice) -> String {
    let without: Vec<String> = notice
        .kinds()
        .iter()
        .filter(|kind| !kind.purposes.contains(&purpose.id))
        .map(|kind| link(&format!("kind.{}", kind.id), &kind.words))
        .collect();
    let not = if without.is_empty() { String::new() } else { format!(" Not for: {}.", without.join("; ")) };
    format!("<li>{}{not}</li>", with_basis(purpose))
}

/// "Answer what you ask us. (our legitimate interests)"
fn with_basis(purpose: &Purpose) -> String {
    format!("{} ({})", link(&format!("purpose.{}", purpose.id), &purpose.words), purpose.basis.words())
}

/// Everything about a kind, under its own heading.
pub(super) fn kind_card(kind: &Kind, shared: &[&Purpose], notice: &Notice) -> String {
    let clause = format!("kind.{}", kind.id);
    let mut facts = Facts::default();
    if let Some(subject) = notice.subject(&kind.subject) {
        facts.add("Whose data", whose(kind, subject, notice));
    }
    facts.add_at("What", &format!("{clause}.fields"), fields(kind, notice));
    let why = own_purposes(kind, shared, notice);
    facts.add("Why", said(&why.into_iter().map(with_basis).collect::<Vec<_>>()));
    facts.add("Where from", sources(kind, notice));
    if let Some(obliged) = obliged(kind) {
        facts.add("Must you give it", obliged);
    }
    facts.add_at("Until when", &format!("{clause}.keep"), until(kind, notice));
    facts.add("Who receives it", receivers(kind, notice));
    card(&clause, &kind.words, &facts)
}

/// "90 days after we closed your enquiry. Then we erase it. We warn you 14 days before."
fn until(kind: &Kind, notice: &Notice) -> String {
    if kind.keep == Keep::Unstated {
        return UNSAID.to_owned();
    }
    let until = escape(&sentence(&kind.keep.words(notice)));
    let warning =
        if kind.warn.is_empty() { String::new() } else { format!(" We warn you {} before.", in_a_row(&kind.warn)) };
    format!("{until} Then we erase it.{warning}")
}

/// The people, at their own anchor where they are first spoken of.
fn whose(kind: &Kind, subject: &Subject, notice: &Notice) -> String {
    let clause = format!("subject.{}", subject.id);
    let first = notice.kinds().iter().find(|other| other.subject == subject.id);
    if first.is_some_and(|first| first.id == kind.id) {
        here(&clause, &people(subject))
    } else {
        link(&clause, &subject.words)
    }
}

/// "People who work for us. They have a contract with us themselves."
pub(super) fn people(subject: &Subject) -> String {
    let party = if subject.party { " They have a contract with us themselves." } else { "" };
    let children = if subject.children { " They may be children." } else { "" };
    format!("{}{party}{children}", escape(&sentence(&subject.words)))
}

/// "Name, E-mail address. Optional: Telephone number."
fn fields(kind: &Kind, notice: &Notice) -> String {
    let labels = |needed: bool| {
        let fields = kind.fields.iter().filter(|(_, required)| *required == needed);
        let labels = fields.filter_map(|(id, _)| Some(escape(&notice.field(id)?.label)));
        labels.collect::<Vec<_>>().join(", ")
    };
    let (needed, optional) = (labels(true), labels(false));
    let parts = [(needed, ""), (optional, "Optional: ")].into_iter().filter(|(labels, _)| !labels.is_empty());
    parts.map(|(labels, before)| format!("{before}{labels}.")).collect::<Vec<_>>().join(" ")
}

fn sources(kind: &Kind, notice: &Notice) -> String {
    let own: Vec<String> = kind
        .fields
        .iter()
        .filter_map(|(id, _)| {
            let label = notice.field(id).map_or(id.as_str(), |field| field.label.as_str());
            let words = kind.source.get(id)?;
            Some(format!("<li>{}: {}</li>", escape(label), escape(words)))
        })
        .collect();
    match kind.source.get("default") {
        Some(words) if own.is_empty() => escape(&sentence(words)),
        Some(words) => list(own.into_iter().chain([format!("<li>Everything else: {}</li>", escape(words))])),
        None if own.is_empty() => UNSAID.to_owned(),
        None => list(own.into_iter()),
    }
}

/// "No. Without it we cannot answer you."
fn obliged(kind: &Kind) -> Option<String> {
    let by = match kind.obliged.as_deref() {
        Some("no") => "No.",
        Some("contract") => "Yes, by contract.",
        Some("law") => "Yes, by law.",
        _ => "",
    };
    let without = kind.without.as_deref().map(|words| escape(&sentence(words))).unwrap_or_default();
    let words = format!("{by} {without}");
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

fn receivers(kind: &Kind, notice: &Notice) -> String {
    let recipients = kind.recipients.iter().filter_map(|id| notice.recipient(id));
    let recipients: Vec<String> =
        recipients.map(|recipient| link(&format!("recipient.{}", recipient.id), &recipient.name)).collect();
    if recipients.is_empty() { "Nobody else.".to_owned() } else { list_of_words(&recipients) }
}
