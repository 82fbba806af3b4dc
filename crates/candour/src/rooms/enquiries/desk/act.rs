//! What every act of the desk has in common: its form's key and purpose, the enquiry it is about, and the way back.

use super::super::enquiry::{EnquiryRow, by_reference, contact};
use super::super::reference;
use super::ANSWER;
use crate::App;
use crate::web::Stop;
use crate::web::session::Session;
use crate::web::token::unbase64;
use axum::response::{IntoResponse, Redirect, Response};
use custody::{Actor, Error};
use notice::{Ask, Fields, Notice};
use store::Tx;

/// Inputs that the page writes itself.
pub(super) const BESIDES: [&str; 2] = ["key", "for"];

/// One act on one enquiry by one member of staff.
#[derive(Clone)]
pub(super) struct Act {
    /// Who acts.
    pub actor: Actor,
    /// As people name the enquiry.
    pub reference: String,
    /// The purpose for which the page was open, to which the act leads back.
    pub purpose: String,
    session: Session,
    key: [u8; 16],
}

impl Act {
    /// Asks the notice, then reads the address and the form.
    pub(super) fn read(
        notice: &Notice,
        session: Session,
        reference: &str,
        form: &[(String, String)],
    ) -> Result<Self, Stop> {
        notice.allow(&Ask { actor: &session.role, purpose: ANSWER, kind: "enquiry", fields: Fields::All })?;
        let value = |name: &str| form.iter().find(|(id, _)| id == name).map(|(_, value)| value.as_str());
        let key = value("key").and_then(unbase64).and_then(|key| key.try_into().ok()).ok_or(Stop::Bad("desk-key"))?;
        let purpose = value("for").filter(|id| notice.purpose(id).is_some()).unwrap_or(ANSWER).to_owned();
        let reference = reference::parse(reference).ok_or(Stop::NotFound)?;
        Ok(Self { actor: session.actor(), reference, purpose, session, key })
    }

    /// Does it once, in one transaction: a repeated form changes nothing. `duty` gives the purpose of the act by the topic of
    /// the enquiry. An enquiry that is withdrawn or due is closed to every act, for its contact then gives no permit.
    pub(super) async fn once(
        self,
        app: &App,
        name: &'static str,
        duty: fn(&str) -> &'static str,
        f: impl for<'t> Fn(&App, &mut Tx<'t>, &Self, &EnquiryRow) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Stop> {
        let house = app.clone();
        let done = app.custody().write(name, move |tx| {
            let staff = self.session.person.0;
            if tx.once(staff, self.key)?.is_some() {
                return Ok(());
            }
            let row = by_reference(tx, &self.reference)?.ok_or(Error::Gone)?;
            let purpose = duty(&row.topic);
            let ask = Ask { actor: &self.actor.role, purpose, kind: "enquiry", fields: Fields::Named(&[]) };
            let allowed = house.custody().in_force(tx.today())?.allow(&ask)?;
            let holding = contact(&house, tx, row.person, row.ground)?.ok_or(Error::Gone)?;
            house.custody().permit(tx, &allowed, &self.actor, row.person, holding)?;
            f(&house, tx, &self, &row)?;
            tx.done(staff, self.key, "done")?;
            Ok::<_, Error>(())
        });
        Ok(done.await?)
    }

    /// The name of the member of staff who acts, opened from their own record.
    pub(super) fn own_name(&self, app: &App, tx: &mut Tx<'_>) -> Result<String, Error> {
        let custody = app.custody();
        let ask = Ask { actor: &self.actor.role, purpose: "run-desk", kind: "staff", fields: Fields::Named(&["name"]) };
        let allowed = custody.in_force(tx.today())?.allow(&ask)?;
        let own = custody
            .holdings(tx, self.session.person)?
            .into_iter()
            .find(|held| held.kind == "staff")
            .ok_or(Error::Gone)?;
        let permit = custody.permit(tx, &allowed, &self.actor, self.session.person, own.holding)?;
        let opened = custody.open(tx, &permit)?;
        opened.record.value("name").map(str::to_owned).ok_or(Error::Nonsense("a member of staff has no name"))
    }
}

/// Back to the open enquiry, which says what was done.
pub(super) fn back(reference: &str, purpose: &str, done: &str) -> Response {
    Redirect::to(&format!("/staff/enquiries/{reference}?for={purpose}&done={done}")).into_response()
}
