//! One clause each, and the words for the codes of the file.

use super::UNSAID;
use super::markup::{Facts, anchor, card, entry, escape, first_capital, here, item, lines, sentence};
use crate::{Contact, Cookie, Event, Field, Output, Purpose, Text};

/// A purpose with its basis, who acts, what comes out, and whether people may object.
pub(crate) fn purpose_entry(purpose: &Purpose) -> String {
    let actors: Vec<&str> = purpose.by.iter().map(|actor| actor_words(actor)).collect();
    let actors = if actors.is_empty() { String::new() } else { format!(" Who acts: {}.", actors.join(", ")) };
    let output = match purpose.output {
        Output::Aggregate { min_group } => {
            format!(" What comes out: totals over at least {min_group} people, nothing about one person.")
        }
        Output::Personal => String::new(),
    };
    let objection = if purpose.objectable { " You may object to this." } else { "" };
    let words = format!("{}{actors}{output}{objection}", basis(purpose));
    entry(&format!("purpose.{}", purpose.id), &purpose.words, &words)
}

fn basis(purpose: &Purpose) -> String {
    let interest = purpose.interest.as_deref().map(|words| format!(": {}", escape(words))).unwrap_or_default();
    let end = if interest.ends_with('.') { "" } else { "." };
    let law = purpose.law.as_deref().map(|law| format!(" {}.", escape(law))).unwrap_or_default();
    let basis = first_capital(purpose.basis.words());
    format!("{basis} ({}){interest}{end}{law}{}", purpose.basis.article(), special(purpose))
}

/// On what special category data rests.
fn special(purpose: &Purpose) -> String {
    let Some(condition) = &purpose.condition else { return String::new() };
    let condition = escape(&condition.replace('-', " "));
    let schedule = purpose.schedule.as_deref();
    let schedule =
        schedule.map(|words| format!(", Data Protection Act 2018 Schedule 1 {}", escape(words))).unwrap_or_default();
    format!(" Special category data: {condition} (UK GDPR Art 9(2){schedule}).")
}

/// The columns of [`cookie_row`].
pub(crate) const COOKIE_COLUMNS: [&str; 5] = ["Name", "What for", "Set by", "For how long", "Why without asking"];

pub(crate) fn cookie_row(cookie: &Cookie) -> String {
    let labels = COOKIE_COLUMNS.iter().skip(1);
    let cells = labels.zip(cookie_cells(cookie)).map(|(label, cell)| format!("<td data-label=\"{label}\">{cell}</td>"));
    let cells = cells.collect::<Vec<_>>().concat();
    format!(
        "<tr class=\"clause\" id=\"{}\"><th scope=\"row\"><code>{}</code></th>{cells}</tr>",
        anchor(&format!("cookie.{}", cookie.id)),
        escape(&cookie.name),
    )
}

/// "Keeps you signed in. Set by: us. For how long: 24 hours. Why without asking: what you asked for needs it."
pub(crate) fn cookie_entry(cookie: &Cookie) -> String {
    let [words, setter, lifetime, exception] = cookie_cells(cookie);
    let rest = [("Set by", setter), ("For how long", lifetime), ("Why without asking", exception)];
    let rest = rest.map(|(label, cell)| format!(" {label}: {}", sentence(&cell)));
    entry(&format!("cookie.{}", cookie.id), &cookie.name, &format!("{}{}", sentence(&words), rest.concat()))
}

/// What it is for, who sets it, for how long, and why without asking.
fn cookie_cells(cookie: &Cookie) -> [String; 4] {
    let setter = if cookie.setter == "us" { "Us" } else { &cookie.setter };
    let host = cookie.host.as_deref().map(|host| format!(", at {}", escape(host))).unwrap_or_default();
    let identifies = if cookie.identifies { " It tells one browser from another." } else { "" };
    let lifetime = if cookie.minutes.is_some() { cookie.lifetime() } else { UNSAID.to_owned() };
    let exception = exception_words(cookie.exception.as_deref()).to_owned();
    [format!("{}{identifies}", escape(&cookie.words)), format!("{}{host}", escape(setter)), lifetime, exception]
}

/// "You last used your account, which is: signing in, using the pages of the account."
pub(crate) fn event_item(event: &Event) -> String {
    let counts =
        if event.counts.is_empty() { String::new() } else { format!(", which is: {}", event.counts.join(", ")) };
    item(&format!("event.{}", event.id), &escape(&sentence(&format!("{}{counts}", event.words))))
}

/// The label of a field, at its own anchor.
pub(crate) fn field_word(field: &Field) -> String {
    let special = if field.special { " (special category)" } else { "" };
    format!("{}{special}", here(&format!("field.{}", field.id), &escape(&field.label)))
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

pub(crate) fn exception_words(exception: Option<&str>) -> &'static str {
    match exception.unwrap_or_default() {
        "" => UNSAID,
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

/// The recipients that a table of the program lists.
pub(crate) fn table_words(table: &str) -> &str {
    match table {
        "members" => "our members of that day",
        "schools" => "the schools that we serve on that day",
        "relying-parties" => "the services that trust our sign-in on that day",
        other => other,
    }
}
