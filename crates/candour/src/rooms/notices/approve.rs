//! Approving a draft, which publishes it, and withdrawing one.

use super::rehearsing::Rehearsing;
use super::{Named, Officer, draft, href, off_workers};
use crate::App;
use crate::web::Answer;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use custody::{Approval, Error, Proposal};

/// `POST /staff/notices/{draft}/approve`.
pub(super) async fn approve(
    State(app): State<App>,
    Officer(session): Officer,
    Named(id): Named,
    Extension(rehearsing): Extension<Rehearsing>,
) -> Answer {
    let it = app.custody().clone();
    let draft = app.custody().store().read("find_draft", move |tx| it.draft(tx, id)).await?;
    let it = app.custody().clone();
    let proposal: Result<Proposal, Error> = off_workers(move || it.propose(&draft)).await?;
    let (custody, actor, proposal) = (app.custody().clone(), session.actor(), proposal?);
    let approving = app.custody().write("approve_notice", move |tx| custody.approve_draft(tx, &proposal, &actor));
    let approval = approving.await?;
    let Some(sentence) = refused(approval) else {
        app.custody().read_notices().await?;
        return Ok(Redirect::to(&format!("{}?done=published", href(id))).into_response());
    };
    let mut page = draft::page(&app, &session, id, &rehearsing, Some(sentence)).await?;
    *page.status_mut() = StatusCode::CONFLICT;
    Ok(page)
}

/// Why a draft was not approved; `None` where it was.
pub(super) fn refused(approval: Approval) -> Option<&'static str> {
    match approval {
        Approval::AuthorLeft => Some("Its author has left. Make the draft again."),
        Approval::Before => Some("This notice was published before. Nothing was changed."),
        Approval::From(_) => None,
        Approval::Misshapen => {
            Some("Parts of the text cannot be read, so it makes no notice. Mend it and make a new draft.")
        }
        Approval::Over => Some("This draft waits no more. Nothing was changed."),
        Approval::Own => Some("You made this draft, so another officer has to approve it. Nothing was changed."),
        Approval::Stale => Some(
            "Its rehearsal is too old, or says another day, or another notice was published since. Rehearse it again. Nothing was changed.",
        ),
        Approval::Unrehearsed => {
            Some("Rehearse this draft first, under the notices as they are today. Nothing was changed.")
        }
    }
}

/// `POST /staff/notices/{draft}/withdraw`.
pub(super) async fn withdraw(State(app): State<App>, Officer(session): Officer, Named(id): Named) -> Answer {
    let custody = app.custody().clone();
    let withdrawn = app.custody().write("withdraw_draft", move |tx| {
        custody.draft(tx, id)?;
        custody.withdraw_draft(tx, id, session.person)
    });
    let done = if withdrawn.await? { "withdrawn" } else { "nothing" };
    Ok(Redirect::to(&format!("{}?done={done}", href(id))).into_response())
}
