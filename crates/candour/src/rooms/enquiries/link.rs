//! The private link of a letter. Mail programs and scanners look at links, so looking changes nothing; the button on the page
//! opens the enquiry, as often as the person wants until the link's day.

use super::{enquiry, find, rows};
use crate::App;
use crate::face::{Clause, Shell};
use crate::web::session::{self, PERSON};
use crate::web::token::Token;
use crate::web::{Answer, Stop, page};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use custody::{Error, Ground, PersonId};
use store::Tx;

#[derive(Template)]
#[template(path = "rooms/enquiries/link.html")]
struct LinkPage<'a> {
    shell: Shell<'a>,
}

/// `GET /enquiries/link/{token}`: one button.
pub(super) async fn look(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let notice = app.notice()?;
    let Some(token) = Token::parse(&token) else { return find::over(&app) };
    let hash = token.hash();
    let found = app.custody().store().read("look_at_link", move |tx| holder(tx, hash)).await?;
    if found.is_none() {
        return find::over(&app);
    }
    let shell = app
        .shell(&notice, "Your enquiry", "/enquiries/find")
        .stands_on(Clause::of(&notice, &["cookie.enquiry-session", "purpose.show-you"]));
    Ok(page(&LinkPage { shell }))
}

/// `POST /enquiries/link/{token}`: a session of 30 minutes.
pub(super) async fn open(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let notice = app.notice()?;
    let cookie = format!("cookie.{PERSON}");
    if !notice.covers(&cookie) {
        return Err(Stop::Closed(vec![cookie]));
    }
    let Some(token) = Token::parse(&token) else { return find::over(&app) };
    let hash = token.hash();
    let begun = app.custody().store().write("open_link", move |tx| {
        let Some((person, ground)) = holder(tx, hash)? else { return Ok(None) };
        Ok::<_, Error>(Some(session::begin(tx, PERSON, person, ground, "you")?))
    });
    let Some(session) = begun.await? else { return find::over(&app) };
    let mut response = Redirect::to("/enquiries/mine").into_response();
    session::give(&app, &mut response, PERSON, &session)?;
    Ok(response)
}

/// Whose enquiry a link opens, while it is valid and the enquiry stands.
fn holder(tx: &mut Tx<'_>, hash: [u8; 32]) -> Result<Option<(PersonId, Ground)>, Error> {
    let now = tx.now();
    let Some(row) = tx.optional(&rows::FIND_LINK, &[hash.into(), now.into()])? else { return Ok(None) };
    let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
    Ok(enquiry::by_ground(tx, person, ground)?.map(|_| (person, ground)))
}
