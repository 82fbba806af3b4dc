//! The feed of published notices (Atom, RFC 4287): for everybody whose address we do not hold.

use super::differences::Differences;
use super::history::sentences;
use super::version::href;
use crate::App;
use crate::web::{Answer, Stop};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use custody::Published;

#[derive(Template)]
#[template(path = "rooms/site/feed.xml", escape = "xml")]
struct Feed<'a> {
    organisation: &'a str,
    address: &'a str,
    lang: &'a str,
    updated: String,
    entries: Vec<Entry>,
}

/// A version, told.
struct Entry {
    title: String,
    href: String,
    updated: String,
    words: String,
}

/// `GET /privacy/feed`
pub(super) async fn show(State(app): State<App>, Extension(differences): Extension<Differences>) -> Answer {
    let (notice, history) = (app.notice()?, app.custody().history()?);
    let mut entries = Vec::with_capacity(history.len());
    for published in history.iter().rev() {
        entries.push(Entry::of(&app, &differences, published).await?);
    }
    let feed = Feed {
        organisation: &notice.controller().name,
        address: app.address(),
        lang: &notice.head().language,
        updated: entries.first().map(|entry| entry.updated.clone()).unwrap_or_default(),
        entries,
    };
    let headers = [(CONTENT_TYPE, "application/atom+xml; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, crate::face::render(&feed)).into_response())
}

impl Entry {
    async fn of(app: &App, differences: &Differences, published: &Published) -> Result<Self, Stop> {
        let words = match sentences(app, differences, published).await? {
            None => "The first notice published here.".to_owned(),
            Some(changes) if changes.is_empty() => "It means the same as the one before.".to_owned(),
            Some(changes) => changes.join("\n"),
        };
        let (version, from) = (&published.notice.head().version, law::words(published.effective_on));
        Ok(Self {
            title: format!("Privacy notice, version {version}, in force from {from}"),
            href: href(published.digest),
            updated: law::london_start(published.published_on).to_string(),
            words,
        })
    }
}
