//! The log for everybody: what it is, its newest checkpoint, its key, and the hashes by which anybody checks it (C2SP
//! tlog-tiles). Entries go to auditors only.

use super::note::{Note, short_lines};
use super::rows;
use crate::App;
use crate::face::bars::{Chart, Count};
use crate::face::{Html, Shell};
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use custody::Error;
use jiff::Span;
use law::Date;

/// How many days the picture goes back.
const DAYS: i64 = 30;

const TEXT: &str = "text/plain; charset=utf-8";

/// `GET /log`.
pub(super) async fn show(State(app): State<App>) -> Answer {
    let (notice, today) = (app.notice()?, app.today());
    // The day before the first of the picture, to know what its first day added.
    let since = today.saturating_sub(Span::new().days(DAYS));
    let sizes = app.custody().store().read("log_sizes", move |tx| {
        let rows = tx.all(&rows::LIST_CHECKPOINTS, &[since.into()])?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(Date, u64)>, Error>>()
    });
    let (sizes, newest) = (sizes.await?, app.custody().checkpoint()?);
    Ok(page(&Log {
        shell: app.shell(&notice, "The log", ""),
        note: newest.as_deref().and_then(Note::of),
        key: short_lines(&app.custody().log_key()?),
        chart: chart(&sizes, since),
    }))
}

/// `GET /log/checkpoint`: the newest signed checkpoint.
pub(super) async fn checkpoint(State(app): State<App>) -> Answer {
    let newest = app.custody().checkpoint()?.ok_or(Stop::NotFound)?;
    Ok(file(TEXT, "no-cache", newest))
}

/// `GET /log/key`: the key that verifies checkpoints, in the format of signed notes.
pub(super) async fn key(State(app): State<App>) -> Answer {
    Ok(file(TEXT, "no-cache", format!("{}\n", app.custody().log_key()?)))
}

/// `GET /log/tile/{path}`: a tile of hashes. Bundles of entries are not served: nobody but an auditor needs them.
pub(super) async fn tile(State(app): State<App>, Path(path): Path<String>) -> Answer {
    let (custody, asked) = (app.custody().clone(), format!("tile/{path}"));
    let read = tokio::task::spawn_blocking(move || custody.tile(&asked));
    let tile = read.await.map_err(|_| Stop::Fault("tile"))??.ok_or(Stop::NotFound)?;
    // A full tile never changes. One that is not full goes when it is.
    let keep = if path.contains(".p/") { "no-cache" } else { "public, max-age=31536000, immutable" };
    Ok(file("application/octet-stream", keep, tile))
}

fn file(kind: &'static str, keep: &'static str, body: impl IntoResponse) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, keep)], body).into_response()
}

/// How many entries each day added. A day without a bar added none.
fn chart(sizes: &[(Date, u64)], since: Date) -> Html {
    let mut before = sizes.first().filter(|(day, _)| *day == since).map_or(0, |(_, size)| *size);
    let mut counts = Vec::new();
    for (day, size) in sizes.iter().filter(|(day, _)| *day > since) {
        let added = usize::try_from(size.saturating_sub(before)).ok();
        counts.push(Count { label: day.strftime("%-d %b").to_string(), count: added });
        before = *size;
    }
    let what = "entries were added in the last 30 days";
    Chart { id: "log", what, by: "Day", on: "on", counts: &counts, least: 1 }.html()
}

#[derive(Template)]
#[template(path = "rooms/evidence/log.html")]
struct Log<'a> {
    shell: Shell<'a>,
    /// The newest checkpoint; `None` before the first.
    note: Option<Note>,
    key: Vec<String>,
    chart: Html,
}
