//! The room `site`: the pages that are the same for everybody. Home, the privacy notice with its history and feed, cookies, the
//! accessibility statement, and the two small files that robots and browsers ask for.
//!
//! In scope: pages rendered from the notice alone. Out of scope: anything about a person; no page here reads a holding,
//! sets a cookie or takes a form.
//!
//! Invariants: what a page says about data is computed from a clause or linked to one; a page is compressed here and only
//! here, because nothing on it is secret.

mod accessibility;
mod banner;
mod cookies;
mod differences;
mod feed;
mod history;
mod home;
mod privacy;
mod version;

pub(crate) use banner::banner;
pub(crate) use version::href as version_href;

use super::{Feature, Room};
use crate::App;
use crate::web::compressed;
use crate::web::token;
use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};

static SITE: Feature = Feature {
    id: "site",
    clauses: &[],
    no_personal_data: Some("The pages are the same for everybody; nothing about their readers is taken or opened."),
};

static PRIVACY: Feature = Feature { id: "privacy", clauses: &["notice"], no_personal_data: None };

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let site = Router::new()
        .route("/", get(home::show))
        .route("/cookies", get(cookies::show))
        .route("/accessibility", get(accessibility::show))
        .route("/robots.txt", get(robots))
        .route("/favicon.svg", get(favicon));
    let privacy = Router::new()
        .route("/privacy", get(privacy::in_force))
        .route("/privacy/history", get(history::show))
        .route("/privacy/feed", get(feed::show))
        .route("/privacy/{version}", get(privacy::version))
        .route("/privacy/{version}/changes", get(history::changes))
        .route("/privacy/{version}/notice.toml", get(privacy::text))
        .route("/privacy/{version}/canonical.toml", get(privacy::canonical))
        .layer(Extension(differences::Differences::default()));
    vec![room(&SITE, site), room(&PRIVACY, privacy)]
}

fn room(feature: &'static Feature, router: Router<App>) -> Room {
    Room { feature, router: compressed(router) }
}

/// A page that is the same for everybody: a browser may keep it, and asks each time whether it still stands. The tag is
/// weak because the page travels compressed or not (RFC 9110 section 8.8.3).
fn public(asked: &HeaderMap, template: &impl Template) -> Response {
    let page = crate::face::render(template);
    let tag = format!("W/\"{}\"", token::base64(&vault::sha256(page.as_bytes())[..12]));
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let stands = known.flat_map(|tags| tags.split(',')).any(|known| known.trim() == tag);
    let headers = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag)];
    if stands { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, Html(page)).into_response() }
}

/// Robots may read what everybody reads; links in letters, the staff's pages and the demo's are not for them (RFC 9309).
async fn robots() -> Response {
    let text = "User-agent: *\nDisallow: /staff\nDisallow: /demo\nDisallow: /enquiries/link\n";
    file("text/plain; charset=utf-8", text)
}

/// The mark of the site, named on every page, so that no browser asks for what is not there.
async fn favicon() -> Response {
    file("image/svg+xml", include_str!("favicon.svg"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=86400")], text).into_response()
}
