//! Rehearsals on their way: each goes on beside the pages, and says how far it has come.

use super::{Named, Officer, href, off_workers};
use crate::App;
use crate::web::{Answer, Stop};
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use custody::{DraftId, DraftState, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the answer waits for a rehearsal before the page says how far it has come.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many records each rehearsal has looked at so far.
#[derive(Clone, Default)]
pub(super) struct Rehearsing(Arc<Mutex<HashMap<DraftId, u64>>>);

impl Rehearsing {
    /// How far a rehearsal has come; `None` where none is on its way.
    pub(super) fn looked_at(&self, id: DraftId) -> Option<u64> {
        self.with(|all| all.get(&id).copied())
    }

    /// Begins one; false where one is on its way already.
    fn begin(&self, id: DraftId) -> bool {
        self.with(|all| all.insert(id, 0)).is_none()
    }

    /// Numbers are whole whatever panicked beside them.
    fn with<T>(&self, f: impl FnOnce(&mut HashMap<DraftId, u64>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A rehearsal is on its way as long as this stands.
struct Way(Rehearsing, DraftId);

impl Drop for Way {
    fn drop(&mut self) {
        self.0.with(|all| all.remove(&self.1));
    }
}

/// `POST /staff/notices/{draft}/rehearse`: counts what the draft would make due, and keeps the numbers.
pub(super) async fn rehearse(
    State(app): State<App>,
    Officer(_): Officer,
    Named(id): Named,
    Extension(rehearsing): Extension<Rehearsing>,
) -> Answer {
    let custody = app.custody().clone();
    let draft = app.custody().store().read("find_draft", move |tx| custody.draft(tx, id)).await?;
    if draft.digest.is_none() {
        return Err(Stop::Bad("notice-shape"));
    }
    if draft.state == DraftState::Open && rehearsing.begin(id) {
        let way = Way(rehearsing, id);
        let run = off_workers(move || run(&app, &way, &draft.text));
        // What takes longer goes on, and the page says how far it is.
        if let Ok(done) = tokio::time::timeout(PATIENCE, run).await {
            done??;
        }
    }
    Ok(Redirect::to(&format!("{}#rehearsal", href(id))).into_response())
}

fn run(app: &App, way: &Way, text: &str) -> Result<(), Error> {
    let (custody, id) = (app.custody().clone(), way.1);
    let read = notice::read(text).ok().and_then(|read| read.notice);
    let notice = &read.ok_or(Error::Nonsense("a draft makes no notice any more"))?;
    let plan = custody.plan(notice)?;
    let mut progress = |looked_at| {
        way.0.with(|all| all.insert(id, looked_at));
    };
    let counted = custody.rehearse_aloud(notice, &plan, &mut progress).and_then(|rehearsal| {
        let it = custody.clone();
        custody.write_blocking("note_rehearsal", move |tx| it.note_rehearsal(tx, id, &rehearsal))
    });
    counted.inspect_err(|error| tracing::error!(code = "rehearsal", cause = %error))
}
