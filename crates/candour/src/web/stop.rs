//! How a handler answers: a page, or a reason to stop that the frame turns into a page with the organisation's face.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use notice::Refusal;

/// What handlers return.
pub type Answer = Result<Response, Stop>;

/// A rendered page.
pub struct Page(pub String);

/// Renders a template to a page.
pub fn page(template: &impl askama::Template) -> Response {
    Html(crate::face::render(template)).into_response()
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0).into_response()
    }
}

/// Why a handler does not do what it was asked. What the person reads is in `face::Trouble`; the log gets [`Stop::code`].
#[derive(Debug)]
pub enum Stop {
    /// What was sent cannot be read: a repeated field, an unknown field, a form that is too old. The code says which.
    Bad(&'static str),
    /// The feature is closed: the notice does not cover these clauses.
    Closed(Vec<String>),
    /// Too often in a short time.
    TooOften,
    /// Not signed in, or the session is over: go there.
    Elsewhere(&'static str),
    /// A fault of the program, by code.
    Fault(&'static str),
    /// There is no such thing, or nobody may know that there is.
    NotFound,
    /// The notice says no.
    Refused(Refusal),
    /// The database cannot do it now; nothing was half-done.
    Unavailable,
    /// The commit neither succeeded nor certainly failed: the same form, sent again, resolves it.
    Unknown,
}

impl Stop {
    /// The code in the operator's log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bad(code) | Self::Fault(code) => code,
            Self::Closed(_) => "closed",
            Self::Elsewhere(_) => "sign-in",
            Self::NotFound => "not-found",
            Self::Refused(_) => "refused",
            Self::TooOften => "too-often",
            Self::Unavailable => "unavailable",
            Self::Unknown => "unknown-outcome",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Closed(_) | Self::Refused(_) => StatusCode::FORBIDDEN,
            Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Unknown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<custody::Error> for Stop {
    fn from(error: custody::Error) -> Self {
        match error {
            custody::Error::Gone => Self::NotFound,
            custody::Error::Refused(refusal) => Self::Refused(refusal),
            custody::Error::Store(error) => error.into(),
            custody::Error::NoNotice => Self::Closed(vec!["notice".to_owned()]),
            other => {
                tracing::error!(code = "custody", cause = %other);
                Self::Fault("custody")
            }
        }
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        tracing::error!(code = "store", cause = %error);
        match error {
            store::Error::Unknown => Self::Unknown,
            error if error.is_unavailable() => Self::Unavailable,
            _ => Self::Fault("store"),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The reason travels to the frame beside an empty body: the frame knows the organisation, the handler does not.
#[derive(Clone)]
pub(super) struct Reason(pub(super) std::sync::Arc<Stop>);

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        if let Self::Elsewhere(place) = self {
            return Redirect::to(place).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Reason(std::sync::Arc::new(self)));
        response
    }
}
