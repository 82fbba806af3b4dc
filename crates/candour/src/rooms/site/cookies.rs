//! The cookie page: every cookie that the notice declares. No other can be set.

use super::public;
use crate::App;
use crate::face::{Html, Shell};
use crate::web::Answer;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;

#[derive(Template)]
#[template(path = "rooms/site/cookies.html")]
struct Cookies<'a> {
    shell: Shell<'a>,
    cookies: Html,
}

/// `GET /cookies`
pub(super) async fn show(State(app): State<App>, headers: HeaderMap) -> Answer {
    let notice = app.notice()?;
    let page = Cookies { shell: app.shell(&notice, "Cookies", ""), cookies: Html::cookies(&notice) };
    Ok(public(&headers, &page))
}
