//! The doorkeeper: checks that a member of staff who signs in is who they say they are.

use super::totp::Secret;
use super::{PURPOSE, password, rows};
use crate::App;
use crate::web::bucket::Bucket;
use crate::web::token::Token;
use crate::web::{Stop, session};
use custody::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result};
use notice::{Allowed, Ask, Fields, Notice, Refusal};
use store::Tx;
use zeroize::Zeroizing;

/// Who acts here.
const ACTOR: &str = "doorkeeper";

const MINUTE_MS: i64 = 60_000;

/// What the doorkeeper may use.
#[derive(Clone)]
pub(super) struct Door {
    custody: Custody,
    staff: Allowed,
    sign_in: Allowed,
}

/// What proves that it is them. Has no `Debug`.
struct Proof {
    person: PersonId,
    ground: Ground,
    password: String,
    totp: Zeroizing<String>,
}

impl Door {
    /// Asks the notice.
    pub(super) fn open(app: &App, notice: &Notice) -> std::result::Result<Self, Refusal> {
        let ask = |kind, fields| notice.allow(&Ask { actor: ACTOR, purpose: PURPOSE, kind, fields });
        Ok(Self {
            custody: app.custody().clone(),
            staff: ask("staff", Fields::Named(&["email"]))?,
            sign_in: ask("sign-in", Fields::Named(&["password", "totp"]))?,
        })
    }

    /// The active member of staff with this address. Compared inside custody: nothing is opened.
    pub(super) fn find(&self, tx: &mut Tx<'_>, email: &str) -> Result<Option<(PersonId, Ground)>> {
        let mut found = None;
        for row in tx.all(&rows::LIST_ACTIVE, &["staff".into()])? {
            let (person, ground, holding) = (PersonId(row.get(0)?), Ground(row.get(1)?), HoldingId(row.get(2)?));
            let permit = self.custody.permit(tx, &self.staff, &Actor::system(ACTOR), person, holding);
            let Some(permit) = present(permit)? else { continue };
            if self.custody.matches(&permit, "email", email)? {
                found = found.or(Some((person, ground)));
            }
        }
        Ok(found)
    }

    /// Lets in whoever gives the right three answers; `None`, whatever was wrong.
    pub(super) async fn enter(
        self,
        app: &App,
        bucket: &Bucket,
        email: String,
        password: String,
        code: &str,
    ) -> std::result::Result<Option<Token>, Stop> {
        let (door, now) = (self.clone(), app.clock().now());
        let found = app.custody().store().read("find_staff", move |tx| door.find(tx, &email)).await?;
        let proof = match found {
            Some((person, ground)) => {
                let door = self.clone();
                app.custody().write("try_sign_in", move |tx| door.prove(tx, person, ground)).await?
            }
            None => None,
        };
        // For nobody there is nothing to check: a dummy takes the same time, as long as not too many are asked for. So a
        // flood of guesses spends nobody's turn at the door, and no more of the machine than the bucket lets through.
        if proof.is_none() && !bucket.take(now) {
            return Ok(None);
        }
        let right = password::verify(app, password, proof.as_ref().map(|proof| proof.password.clone())).await?;
        let Some(Proof { person, ground, totp, .. }) = proof else { return Ok(None) };
        let secret = Secret::parse(&totp).ok_or(Stop::Fault("totp-secret"))?;
        let Some(step) = secret.step_of(code, now).filter(|_| right) else { return Ok(None) };
        Ok(app.custody().write("sign_in", move |tx| self.admit(tx, person, ground, step)).await?)
    }

    /// Counts the try and opens what proves. Nobody is there who has left, rests after failures, or whose time is over.
    fn prove(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Option<Proof>> {
        let key = [person.into(), ground.into(), "sign-in".into()];
        let Some(row) = tx.optional(&rows::FIND_ACTIVE, &key)? else { return Ok(None) };
        let now = tx.now().as_millisecond();
        if row.get::<i64>(1)? > now {
            return Ok(None);
        }
        let failures = row.get::<i64>(0)?.saturating_add(1);
        let until = rest_ms(failures).map_or(0, |rest| now + rest);
        tx.execute(&rows::COUNT_TRY, &[person.into(), ground.into(), failures.into(), until.into()])?;
        let permit = self.custody.permit(tx, &self.sign_in, &Actor::system(ACTOR), person, HoldingId(row.get(2)?));
        let Some(permit) = present(permit)? else { return Ok(None) };
        let opened = self.custody.open(tx, &permit)?;
        let value = |field| opened.record.value(field).unwrap_or_default().to_owned();
        Ok(Some(Proof { person, ground, password: value("password"), totp: Zeroizing::new(value("totp")) }))
    }

    /// Begins a session, unless the code's step was used before.
    fn admit(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, step: i64) -> Result<Option<Token>> {
        let Some(row) = tx.optional(&rows::ADMIT, &[person.into(), ground.into(), step.into()])? else {
            return Ok(None);
        };
        self.custody.note(tx, person, ground, "staff.last-sign-in")?;
        Ok(Some(session::begin(tx, session::STAFF, person, ground, &row.get::<String>(0)?)?))
    }
}

/// How long sign-in rests after so many failures in a row: 1, 2, 4, 8 and then 15 minutes.
fn rest_ms(failures: i64) -> Option<i64> {
    let minutes = match failures {
        ..5 => return None,
        5 => 1,
        6 => 2,
        7 => 4,
        8 => 8,
        _ => 15,
    };
    Some(minutes * MINUTE_MS)
}

/// Whoever may not be opened is not there: the door gives no other answer.
fn present<T>(permit: Result<T>) -> Result<Option<T>> {
    match permit {
        Ok(permit) => Ok(Some(permit)),
        Err(Error::Gone | Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}
