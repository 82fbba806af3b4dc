//! One clause each, and the words for the codes of the file.

use super::markup::{Facts, anchor, card, entry, escape, first_capital, lines, sentence};
use crate::{Contact, Cookie, Event, Output, Purpose, Text};

pub(crate) fn purpose_card(purpose: &Purpose) -> String {
    let mut facts = Facts::default();
    facts.add("Lawful basis", basis(purpose));
    let actors: Vec<&str> = purpose.by.iter().map(|actor| actor_words(actor)).collect();
    if !actors.is_empty() {
        facts.add("Who acts", sentence(&actors.join(", ")));
    }
    if let Output::Aggregate { min_group } = purpose.output {
        facts.add("What comes out", format!("Totals over at least {min_group} people, nothing about one person."));
    }
    if purpose.objectable {
        facts.add("Objection", "You may object to this.");
    }
    card(&format!("purpose.{}", purpose.id), &purpose.words, &facts)
}

fn basis(purpose: &Purpose) -> String {
    let interest = purpose.interest.as_deref().map(|words| format!(": {}", escape(words))).unwrap_or_default();
    let end = if interest.ends_with('.') { "" } else { "." };
    let assessment = purpose.assessment.as_deref();
    let assessment = assessment.map(|id| format!(" Our assessment: {}.", escape(id))).unwrap_or_default();
    format!("We rest this on {} ({}){interest}{end}{assessment}", purpose.basis.words(), purpose.basis.article())
}

/// The columns of [`cookie_row`].
pub(crate) const COOKIE_COLUMNS: [&str; 5] = ["Name", "What for", "Set by", "For how long", "Why without asking"];

pub(crate) fn cookie_row(cookie: &Cookie) -> String {
    let setter = if cookie.setter == "us" { "Us" } else { &cookie.setter };
    let cells =
        [escape(&cookie.words), escape(setter), cookie.lifetime(), exception_words(&cookie.exception).to_owned()];
    let labels = COOKIE_COLUMNS.iter().skip(1);
    let cells = labels.zip(cells).map(|(label, cell)| format!("<td data-label=\"{label}\">{cell}</td>"));
    let cells = cells.collect::<Vec<_>>().concat();
    format!(
        "<tr class=\"clause\" id=\"{}\"><th scope=\"row\"><code>{}</code></th>{cells}</tr>",
        anchor(&format!("cookie.{}", cookie.id)),
        escape(&cookie.name),
    )
}

pub(crate) fn event_entry(event: &Event) -> String {
    let counts = if event.counts.is_empty() {
        "Counted on the day it happens.".to_owned()
    } else {
        format!("What counts: {}.", escape(&event.counts.join(", ")))
    };
    entry(&format!("event.{}", event.id), &first_capital(&event.words), &counts)
}

/// How to reach a contact, in the way that is quickest.
pub(crate) fn contact_address(contact: &Contact) -> Option<String> {
    let mail = |email: &String| format!("<a href=\"mailto:{0}\">{0}</a>", escape(email));
    let web = |web: &String| format!("<a href=\"{0}\">{0}</a>", escape(web));
    let post = || contact.post.as_deref().map(lines);
    contact.email.as_ref().map(mail).or_else(|| contact.web.as_ref().map(web)).or_else(post)
}

pub(crate) fn contact_card(contact: &Contact) -> String {
    let mut facts = Facts::default();
    if let Some(email) = &contact.email {
        facts.add("E-mail", format!("<a href=\"mailto:{0}\">{0}</a>", escape(email)));
    }
    if let Some(post) = &contact.post {
        facts.add("Post", lines(post));
    }
    if let Some(web) = &contact.web {
        facts.add("Web", format!("<a href=\"{0}\">{0}</a>", escape(web)));
    }
    if let Some(days) = contact.answers_within {
        let plural = if days == 1 { "" } else { "s" };
        facts.add("Answers within", format!("{days} working day{plural}"));
    }
    card(&format!("contact.{}", contact.id), &contact.role, &facts)
}

pub(crate) fn prose(text: &Text) -> String {
    let paragraphs = text.words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let paragraphs: Vec<String> = paragraphs.map(|paragraph| format!("<p>{}</p>", escape(paragraph))).collect();
    format!("<div class=\"clause\" id=\"{}\">{}</div>", anchor(&format!("text.{}", text.id)), paragraphs.concat())
}

pub(crate) fn role_words(role: &str) -> String {
    match role {
        "processor" => "It processes data for us and on our instructions (a processor).".to_owned(),
        "joint-controller" => "It decides together with us (a joint controller).".to_owned(),
        "controller" => "It decides for itself (a controller).".to_owned(),
        "disclosure-only" => "It receives data when we must or may disclose it.".to_owned(),
        other => other.to_owned(),
    }
}

pub(crate) fn actor_words(actor: &str) -> &str {
    match actor {
        "you" => "you",
        "desk" => "our desk staff",
        "officer" => "our data protection officer",
        "operator" => "the people who run our systems",
        "mailer" => "our mail program",
        "sweeper" => "our deletion program",
        "doorkeeper" => "our sign-in program",
        other => other,
    }
}

pub(crate) fn exception_words(exception: &str) -> &'static str {
    match exception {
        "strictly-necessary" => "What you asked for needs it",
        "transmission" => "The connection needs it",
        "statistics" => "Statistics for ourselves, to which you may object",
        "appearance" => "It remembers how you like the page",
        _ => "Help in an emergency needs it",
    }
}

pub(crate) fn country_words(country: &str) -> &str {
    if country == "GB" { "United Kingdom" } else { country }
}
