//! The demonstration's mail: what would have left, in memory only.

use super::Here;
use crate::App;
use crate::face::Shell;
use crate::mail::{self, Mailer, Outgoing};
use crate::web::{self, Stop};
use askama::Template;
use axum::extract::Path;
use std::collections::VecDeque;
use std::sync::MutexGuard;

#[derive(Template)]
#[template(path = "rooms/demo/letters.html")]
struct List<'a> {
    shell: Shell<'a>,
    letters: Vec<Line>,
}

/// A letter in the list.
struct Line {
    id: String,
    to: String,
    subject: String,
    day: String,
}

#[derive(Template)]
#[template(path = "rooms/demo/letter.html")]
struct Letter<'a> {
    shell: Shell<'a>,
    line: Line,
    text: Vec<Part>,
}

/// A stretch of a letter's text: words, or the address of one of our own pages.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    words: String,
    href: Option<String>,
}

/// What would have left, newest first. Letters that are ready leave before it is shown.
pub(super) async fn list(Here(app, _): Here) -> web::Answer {
    mail::deliver(&app).await?;
    let notice = app.notice()?;
    let shell = app.shell(&notice, "Mail of the demonstration", "/demo").back("/demo", "Demonstration");
    let letters = letters(&app)?.iter().map(Line::of).collect();
    Ok(web::page(&List { shell, letters }))
}

pub(super) async fn show(Here(app, _): Here, Path(id): Path<String>) -> web::Answer {
    let (line, text) = {
        let letters = letters(&app)?;
        let letter = letters.iter().find(|letter| letter.id == id).ok_or(Stop::NotFound)?;
        (Line::of(letter), parts(&letter.text, app.address()))
    };
    let notice = app.notice()?;
    let shell = app.shell(&notice, line.subject.as_str(), "/demo").back("/demo/mail", "Mail");
    Ok(web::page(&Letter { shell, line, text }))
}

fn letters(app: &App) -> Result<MutexGuard<'_, VecDeque<Outgoing>>, Stop> {
    match app.mailer() {
        Mailer::Page(page) => page.lock().map_err(|_| Stop::Fault("demo-mail")),
        Mailer::Smtp(_) => Err(Stop::NotFound),
    }
}

impl Line {
    fn of(letter: &Outgoing) -> Self {
        Self {
            id: letter.id.clone(),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            day: law::words(law::london_day(letter.at)),
        }
    }
}

/// Cuts a text where it names a page of this portal.
fn parts(text: &str, address: &str) -> Vec<Part> {
    let ours = |word: &str| word.strip_prefix(address).filter(|path| path.starts_with('/')).map(str::to_owned);
    let words = text.split_inclusive(char::is_whitespace).flat_map(|piece| {
        let word = piece.trim_end();
        [(word, ours(word)), (&piece[word.len()..], None)]
    });
    let mut parts: Vec<Part> = Vec::new();
    for (word, href) in words {
        match parts.last_mut() {
            Some(last) if href.is_none() && last.href.is_none() => last.words.push_str(word),
            _ => parts.push(Part { words: word.to_owned(), href }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_become_links() {
        let text =
            "Open it:\nhttps://portal.example/enquiries/link/abc\nNot https://portal.example.evil/x or javascript:1.";
        let parts = parts(text, "https://portal.example");
        let links: Vec<_> = parts.iter().filter_map(|part| part.href.as_deref()).collect();
        assert_eq!(links, ["/enquiries/link/abc"]);
        assert_eq!(parts.iter().map(|part| part.words.as_str()).collect::<String>(), text);
    }
}
