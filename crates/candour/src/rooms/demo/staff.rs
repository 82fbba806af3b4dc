//! The demonstration's door for staff: choose who to be, without a password. Elsewhere staff sign in.

use super::people::{Colleague, STAFF};
use super::{Here, rows};
use crate::App;
use crate::face::Shell;
use crate::rooms::staff;
use crate::web::{self, Stop, session};
use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect};
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use notice::{Ask, Fields};
use store::Tx;

#[derive(Template)]
#[template(path = "rooms/demo/staff.html")]
struct Door<'a> {
    shell: Shell<'a>,
    staff: &'static [Colleague],
}

pub(super) async fn choose(Here(app, demo): Here, Path(token): Path<String>) -> web::Answer {
    if !demo.knows(&token) {
        return Err(Stop::NotFound);
    }
    let notice = app.notice()?;
    let shell = app.shell(&notice, "Work as staff", "/demo").back("/demo", "Demonstration");
    Ok(web::page(&Door { shell, staff: &STAFF }))
}

pub(super) async fn enter(
    Here(app, demo): Here,
    Path(token): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> web::Answer {
    if !demo.knows(&token) {
        return Err(Stop::NotFound);
    }
    let missing = staff::FEATURE.missing(&*app.notice()?);
    if !missing.is_empty() {
        return Err(Stop::Closed(missing));
    }
    let chosen = |one: &&Colleague| form == [("role".to_owned(), one.code.to_owned())];
    let colleague: &'static Colleague = STAFF.iter().find(chosen).ok_or(Stop::Bad("demo-role"))?;
    let it = app.clone();
    let token = app
        .custody()
        .write("enter_demo", move |tx| {
            let (person, ground) = employed(&it, tx, colleague)?;
            it.custody().note(tx, person, ground, "staff.last-sign-in")?;
            Ok::<_, Error>(session::begin(tx, session::STAFF, person, ground, colleague.role)?)
        })
        .await?;
    let mut response = Redirect::to("/staff").into_response();
    session::give(&app, &mut response, session::STAFF, &token)?;
    Ok(response)
}

/// Finds a colleague by their address, or takes one on: after years without a sign-in the notice has ended the last one's entry.
pub(super) fn employed(app: &App, tx: &mut Tx<'_>, colleague: &Colleague) -> Result<(PersonId, Ground), Error> {
    if let Some(found) = staff::by_address(app, tx, colleague.email)? {
        return Ok(found);
    }
    let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
    let ask = Ask { actor: "you", purpose: "staff-sign-in", kind: "staff", fields: Fields::All };
    let allowed = app.custody().in_force(tx.today())?.allow(&ask)?;
    let record = Record::new().with("name", colleague.name).with("email", colleague.email);
    let holding = HoldingId::draw(tx.random());
    let new = New { person, holding, ground, record: &record, events: &["staff.joined", "staff.last-sign-in"] };
    app.custody().take(tx, &allowed, &Actor::you(person), &new)?;
    tx.execute(&rows::INSERT_COLLEAGUE, &[person.into(), ground.into(), colleague.role.into(), "active".into()])?;
    Ok((person, ground))
}
