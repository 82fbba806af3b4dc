//! One line in the log for each request, under a number that the answer carries too. The line has no address, no path and
//! no query: it names the pattern of the route. What the client calls its request is not looked at.

use crate::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use rand_core::RngCore;
use std::fmt;
use tracing::Instrument;

/// Where the answer carries the number.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The number of a request: twelve random digits in groups of four, made to be read out. It stands in the log and on
/// error pages and says nothing about anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(u64);

impl Number {
    fn draw(rng: &mut impl RngCore) -> Self {
        Self(rng.next_u64() % 1_000_000_000_000)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(n) = self;
        write!(f, "{:04}-{:04}-{:04}", n / 100_000_000, n / 10_000 % 10_000, n % 10_000)
    }
}

/// The code of why a request was stopped, for its line in the log.
#[derive(Clone, Copy)]
pub(super) struct Code(pub(super) &'static str);

/// Numbers the request, runs it in a span of that number, and writes its line.
pub(super) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let number = Number::draw(&mut app.custody().store().random());
    request.extensions_mut().insert(number);
    // A span of the highest level, so that the number stands in every line, whatever level is written.
    let span = tracing::error_span!("request", id = %number);
    let handled = async {
        let began = app.clock().steady_ms();
        let method = named(request.method());
        let route = request.extensions().get::<MatchedPath>().cloned();
        let response = next.run(request).await;
        let ms = app.clock().steady_ms() - began;
        let route = route.as_ref().map_or("none", MatchedPath::as_str);
        let (status, stop) = (response.status().as_u16(), response.extensions().get::<Code>().map(|code| code.0));
        tracing::info!(code = "request", method, route, status, ms, stop);
        response
    };
    let mut response = handled.instrument(span).await;
    if let Ok(number) = HeaderValue::try_from(number.to_string()) {
        response.headers_mut().insert(HEADER, number);
    }
    if app.address().starts_with("https://") {
        // RFC 6797 section 6.1. Sub-domains are not ours to speak for.
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// A method that this program answers, or `other`: a client may call a method whatever it likes.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_twelve_digits_in_three_groups() {
        assert_eq!(Number(0).to_string(), "0000-0000-0000");
        assert_eq!(Number(482_109_375_526).to_string(), "4821-0937-5526");
        assert_eq!(Number(999_999_999_999).to_string(), "9999-9999-9999");
    }

    #[test]
    fn a_method_that_a_client_made_up_is_not_written_down() {
        let made_up = Method::from_bytes(b"PRIYA").expect("a method");
        assert_eq!(named(&made_up), "other");
        assert_eq!(named(&Method::POST), "POST");
    }
}
