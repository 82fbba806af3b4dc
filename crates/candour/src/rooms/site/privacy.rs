//! The privacy notice: the one in force, and every published one at an address for good, as a page and as its file.

use super::public;
use super::version::{Version, find, list};
use crate::App;
use crate::face::{Html, Shell};
use crate::web::{Answer, Stop};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use custody::Published;

#[derive(Template)]
#[template(path = "rooms/site/privacy.html")]
struct Privacy<'a> {
    shell: Shell<'a>,
    version: Version,
    summary: Html,
    detail: Html,
}

/// `GET /privacy`
pub(super) async fn in_force(State(app): State<App>, headers: HeaderMap) -> Answer {
    let published = app.custody().published_on(app.today())?;
    show(&app, &headers, &published, "Privacy notice".to_owned(), "/privacy")
}

/// `GET /privacy/{version}`
pub(super) async fn version(State(app): State<App>, Path(named): Path<String>, headers: HeaderMap) -> Answer {
    let published = find(&app, &named)?;
    let title = format!("Privacy notice, version {}", published.notice.head().version);
    show(&app, &headers, &published, title, "")
}

fn show(app: &App, headers: &HeaderMap, shown: &Published, title: String, here: &'static str) -> Answer {
    let notice = app.notice()?;
    let version = list(app)?.into_iter().find(|version| version.digest == shown.digest).ok_or(Stop::NotFound)?;
    let page = Privacy {
        shell: app.shell(&notice, title, here),
        version,
        summary: Html::summary(&shown.notice),
        detail: Html::detail(&shown.notice),
    };
    Ok(public(headers, &page))
}

/// `GET /privacy/{version}/notice.toml`: the file as it was published.
pub(super) async fn text(State(app): State<App>, Path(named): Path<String>) -> Answer {
    let published = find(&app, &named)?;
    Ok(download(&published, "", published.text.to_string()))
}

/// `GET /privacy/{version}/canonical.toml`: what it says and no more, byte for byte what the digest is of.
pub(super) async fn canonical(State(app): State<App>, Path(named): Path<String>) -> Answer {
    let published = find(&app, &named)?;
    Ok(download(&published, "-canonical", notice::print(&published.notice)))
}

fn download(published: &Published, suffix: &str, text: String) -> Response {
    let head = published.notice.head();
    // A version may hold anything; a name of a file may not.
    let safe =
        |name: &str| name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect::<String>();
    let name = format!("attachment; filename=\"{}-{}{suffix}.toml\"", safe(&head.id), safe(&head.version));
    let headers = [
        (CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, text).into_response()
}
