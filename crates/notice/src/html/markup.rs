//! The small pieces of HTML. What comes from the file is escaped here or by the caller, exactly once.

use law::Period;

/// The anchor of a clause in [`crate::detail`]: `kind.enquiry.keep` becomes `kind-enquiry-keep`. All fields of a kind share
/// the line that lists them, `kind-enquiry-fields`.
pub fn anchor(clause: &str) -> String {
    let line = clause.starts_with("kind.").then(|| clause.find(".fields.")).flatten();
    let clause = line.map_or(clause, |at| &clause[..at + ".fields".len()]);
    clause.replace('.', "-")
}

/// A list of facts, name by name.
#[derive(Default)]
pub(crate) struct Facts {
    html: String,
}

impl Facts {
    pub(crate) fn add(&mut self, name: &str, value: impl AsRef<str>) {
        self.html.extend(["<div><dt>", name, "</dt><dd>", value.as_ref(), "</dd></div>"]);
    }

    pub(crate) fn add_at(&mut self, name: &str, clause: &str, value: impl AsRef<str>) {
        let at = anchor(clause);
        self.html.extend(["<div><dt>", name, "</dt><dd id=\"", &at, "\">", value.as_ref(), "</dd></div>"]);
    }

    pub(crate) fn list(&self) -> String {
        format!("<dl>{}</dl>", self.html)
    }
}

pub(crate) fn card(clause: &str, title: &str, facts: &Facts) -> String {
    marked_card(clause, title, "", facts)
}

/// A card whose title is followed by a mark in HTML.
pub(crate) fn marked_card(clause: &str, title: &str, mark: &str, facts: &Facts) -> String {
    let (at, title) = (anchor(clause), escape(title));
    format!("<section class=\"clause\" id=\"{at}\"><h3>{title}{mark}</h3>{}</section>", facts.list())
}

/// Any content under its own anchor.
pub(crate) fn clause(address: &str, html: &str) -> String {
    format!("<div class=\"clause\" id=\"{}\">{html}</div>", anchor(address))
}

/// An item of a list with its own clause.
pub(crate) fn item(clause: &str, html: &str) -> String {
    format!("<li class=\"clause\" id=\"{}\">{html}</li>", anchor(clause))
}

/// A word with its own clause, in a list of words.
pub(crate) fn entry(clause: &str, word: &str, meaning: &str) -> String {
    let at = anchor(clause);
    format!("<div class=\"clause\" id=\"{at}\"><dt>{}</dt><dd>{meaning}</dd></div>", escape(word))
}

/// A stretch of a line with its own clause.
pub(crate) fn here(clause: &str, html: &str) -> String {
    format!("<span id=\"{}\">{html}</span>", anchor(clause))
}

pub(crate) fn link(clause: &str, words: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", anchor(clause), escape(words))
}

pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    format!("<ul>{}</ul>", items.collect::<String>())
}

/// A list, or the one thing by itself.
pub(crate) fn list_of_words(words: &[String]) -> String {
    if let [one] = words { one.clone() } else { list(words.iter().map(|item| format!("<li>{item}</li>"))) }
}

pub(crate) fn in_a_row(periods: &[Period]) -> String {
    let words: Vec<String> = periods.iter().map(ToString::to_string).collect();
    crate::in_a_row(&words, "and")
}

pub(crate) fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>")
}

/// With a capital at the beginning and a full stop at the end.
pub(crate) fn sentence(words: &str) -> String {
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", first_capital(words))
}

pub(crate) fn first_capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
