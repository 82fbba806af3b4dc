//! Retention: what is deleted next, what the coming months bring, what is held, what ran, and what is held back. Counts
//! only; nothing is opened.

mod report;

use super::{Feature, Room};
use crate::App;
use crate::face::{Clause, Html, Shell};
use crate::web::session::Staff;
use crate::web::{self, Answer};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use custody::Guard;
use report::{Forecast, Held, Hold, Run};

static RETENTION: Feature = Feature { id: "retention", clauses: &["purpose.delete-on-time"], no_personal_data: None };

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    let router = web::compressed(Router::new().route("/staff/retention", get(show)));
    vec![Room { feature: &RETENTION, router }]
}

/// `GET /staff/retention`.
async fn show(State(app): State<App>, Staff(session): Staff) -> Answer {
    let (notice, today) = (app.notice()?, app.today());
    let figures = report::read(&app).await?;
    let stopped = matches!(app.custody().guard()?, Guard::Stopped { .. });
    let shell = app
        .staff_shell(&notice, &session, "Retention", "/staff/retention")
        .stands_on(Clause::of(&notice, &["purpose.delete-on-time"]));
    Ok(web::page(&Retention {
        shell,
        finding: figures.finding(today),
        confirm: stopped.then(|| law::iso(today)),
        chart: figures.chart(today),
        forecast: figures.forecast(&notice),
        held: figures.held(&notice),
        runs: figures.runs(),
        holds: figures.holds(&notice),
        withdrawn: figures.withdrawn(),
        window: notice.head().backup_window.to_string(),
    }))
}

#[derive(Template)]
#[template(path = "rooms/retention/retention.html")]
struct Retention<'a> {
    shell: Shell<'a>,
    finding: String,
    confirm: Option<String>,
    chart: Html,
    forecast: Vec<Forecast>,
    held: Vec<Held>,
    runs: Vec<Run>,
    holds: Vec<Hold>,
    withdrawn: Vec<(String, String)>,
    window: String,
}
