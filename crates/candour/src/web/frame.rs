//! The frame around all rooms: closed features, wrong origins, limits, headers, and the face of every reason to stop.

use super::request::{self, Code, Number};
use super::stop::{Reason, Stop};
use crate::App;
use crate::face::{self, Trouble, style};
use crate::rooms::{self, Feature, Room};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// The largest request body: a form of every field at its longest, with room to spare.
const BODY: usize = 64 * 1024;

/// What is served outside the rooms, without a page's headers.
pub static OUTSIDE: Feature = Feature {
    id: "frame",
    clauses: &[],
    no_personal_data: Some("a style sheet and a sign of life, the same for everybody"),
};

/// The rooms that are no pages.
fn outside() -> Vec<Room> {
    let sheet = compressed(Router::new().route(style::path(), get(sheet)));
    let health = Router::new().route("/healthz", get(|| async { "ok\n" }));
    vec![Room { feature: &OUTSIDE, router: sheet.merge(health) }]
}

/// Each room behind the gate of its feature: there is no other way into the router.
fn gated(app: &App, rooms: Vec<Room>) -> Router<App> {
    rooms.into_iter().fold(Router::new(), |router, room| {
        let gate = Gate { app: app.clone(), feature: room.feature };
        router.merge(room.router.route_layer(from_fn_with_state(gate, closed)))
    })
}

/// The whole router.
pub fn router(app: &App) -> Router {
    // One request of the demonstration may run the days of five years.
    let patience = Duration::from_secs(if app.demo().is_some() { 600 } else { 30 });
    let pages = gated(app, rooms::all())
        .fallback(|| async { Stop::NotFound })
        .method_not_allowed_fallback(|| async { Stop::NotFound })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(|_| Stop::Fault("panic").into_response()))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience))
        .layer(from_fn_with_state(app.clone(), dress))
        .with_state(app.clone());
    let outside = gated(app, outside()).with_state(app.clone());
    // Outside everything, so that no answer leaves without its number and its line.
    outside.merge(pages.layer(from_fn(headers))).layer(from_fn_with_state(app.clone(), request::record))
}

/// Compresses answers, for pages that repeat nothing which a request could choose: there compressing tells nothing (BREACH).
/// Quality 7 costs a page of the notice a few milliseconds; the best would cost a hundred.
pub(crate) fn compressed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CompressionLayer::new().quality(CompressionLevel::Precise(7)))
}

#[derive(Clone)]
struct Gate {
    app: App,
    feature: &'static Feature,
}

/// A feature is closed while the notice in force does not cover a clause it stands on.
async fn closed(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if gate.feature.clauses.is_empty() {
        return next.run(request).await;
    }
    let missing = match gate.app.notice() {
        Ok(notice) => gate.feature.missing(&notice),
        Err(stop) => return stop.into_response(),
    };
    if missing.is_empty() { next.run(request).await } else { Stop::Closed(missing).into_response() }
}

async fn sheet() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, style::CSS).into_response()
}

/// Gives every reason to stop the organisation's face, its code for the log, and counts refusals.
async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let number = request.extensions().get::<Number>().map(Number::to_string);
    let response = next.run(request).await;
    let status = response.status();
    let reason = response.extensions().get::<Reason>().map(|reason| reason.0.clone());
    let bare = reason.is_none() && (status.is_client_error() || status.is_server_error()) && !has_page(&response);
    if reason.is_none() && !bare {
        return response;
    }
    if let Some(Stop::Refused(refusal)) = reason.as_deref()
        && let Err(error) = app.custody().count_refusal(refusal.clone()).await
    {
        tracing::error!(code = "refusal-not-counted", cause = %error);
    }
    let Ok(notice) = app.notice() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "No privacy notice is in force, so this service is closed.\n")
            .into_response();
    };
    let mut shell = app.shell(&notice, "", "");
    shell.number = number;
    let page = match reason.as_deref() {
        Some(Stop::Closed(missing)) => {
            let clauses: Vec<&str> = missing.iter().map(String::as_str).collect();
            face::closed(shell, &notice, "open this page", &clauses)
        }
        stop => trouble(stop, status).page(shell),
    };
    let mut dressed = (status, Html(page)).into_response();
    dressed.extensions_mut().insert(Code(reason.as_deref().map_or("frame", Stop::code)));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        dressed.headers_mut().insert("retry-after", HeaderValue::from_static("10"));
    }
    dressed
}

fn has_page(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn trouble(reason: Option<&Stop>, status: StatusCode) -> Trouble {
    match (reason, status) {
        (Some(Stop::Refused(refusal)), _) => Trouble::Refused(refusal.clone()),
        (Some(Stop::Unknown), _) => Trouble::NotKnown,
        (_, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => Trouble::NotFound,
        (_, StatusCode::FORBIDDEN) => Trouble::WrongOrigin,
        (_, StatusCode::PAYLOAD_TOO_LARGE) => Trouble::TooLarge,
        (_, StatusCode::TOO_MANY_REQUESTS) => Trouble::TooOften,
        (_, StatusCode::SERVICE_UNAVAILABLE) => Trouble::NotSaved,
        (_, status) if status.is_client_error() => Trouble::BadRequest,
        _ => Trouble::Broken,
    }
}

/// Pages load nothing from elsewhere, run no script, are framed by nobody and stay out of caches.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &str); 7] = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
