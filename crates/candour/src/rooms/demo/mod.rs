//! The room `demo`: a clock to move, the letters that would have left, and a door for staff. Outside the demonstration its
//! addresses do not exist.

mod clock;
mod letters;
mod people;
mod rows;
mod staff;
mod story;

pub use clock::Report;
pub use story::settle;

use super::{Feature, Room};
use crate::App;
use crate::web::Stop;
use crate::web::token::Token;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{get, post};
use std::sync::{Arc, Mutex};
use tokio::sync::MutexGuard;

/// The demonstration's own state: cheap to clone.
#[derive(Clone)]
pub struct Demo(Arc<Inner>);

struct Inner {
    /// The secret of the staff link.
    token: Token,
    /// What the last move of the clock did.
    report: Mutex<Option<Report>>,
    /// Held while the clock is moved: one move at a time, and no other run of the day beside it.
    hands: tokio::sync::Mutex<()>,
}

impl Demo {
    /// Draws the secret of the staff link.
    pub(crate) fn new(rng: &mut rand_chacha::ChaCha20Rng) -> Self {
        Self(Arc::new(Inner {
            token: Token::draw(rng),
            report: Mutex::default(),
            hands: tokio::sync::Mutex::default(),
        }))
    }

    /// Where staff enter: `/demo/staff/TOKEN`. It works as long as the program runs.
    pub fn staff_path(&self) -> String {
        format!("/demo/staff/{}", self.0.token.text())
    }

    /// The clock's hands, unless somebody moves them just now.
    pub(crate) fn hands(&self) -> Option<MutexGuard<'_, ()>> {
        self.0.hands.try_lock().ok()
    }

    /// What the last move of the clock did.
    pub fn report(&self) -> Option<Report> {
        self.0.report.lock().ok()?.clone()
    }

    /// Keeps what a move of the clock did, for the page.
    pub fn set_report(&self, report: Report) {
        if let Ok(mut place) = self.0.report.lock() {
            *place = Some(report);
        }
    }

    /// Whether somebody knows the secret of the staff link.
    fn knows(&self, token: &str) -> bool {
        Token::parse(token).is_some_and(|token| vault::equal(&token.hash(), &self.0.token.hash()))
    }
}

/// The program, where it is the demonstration; elsewhere there is no such page.
struct Here(App, Demo);

impl FromRequestParts<App> for Here {
    type Rejection = Stop;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Stop> {
        app.demo().cloned().map(|demo| Self(app.clone(), demo)).ok_or(Stop::NotFound)
    }
}

static FEATURE: Feature = Feature {
    id: "demo",
    clauses: &[],
    no_personal_data: Some("made-up people only; closed outside the demonstration"),
};

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = Router::new()
        .route("/demo", get(clock::page))
        .route("/demo/clock", post(clock::advance))
        .route("/demo/clock/confirm", post(clock::confirm))
        .route("/demo/mail/{letter}", get(letters::show))
        .route("/demo/staff/{token}", get(staff::choose).post(staff::enter));
    let router = router.merge(crate::web::compressed(Router::new().route("/demo/mail", get(letters::list))));
    vec![Room { feature: &FEATURE, router }]
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    rows::STATEMENTS.to_vec()
}
