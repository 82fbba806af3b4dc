//! Sessions: a random token in a cookie, its SHA-256 in a row. A person's session ends after 30 minutes; a member of
//! staff's after an hour without use or a day at the latest.

use super::token::Token;
use super::{Stop, cookie};
use crate::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use custody::{Actor, Ground, PersonId};
use store::Tx;

store::statements! {
    /// A session begins.
    INSERT_SESSION = "INSERT INTO session (token, person_id, ground, cookie, role, until, idle_until) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// A session that has not ended.
    FIND_SESSION = "SELECT person_id, ground, role, idle_until FROM session WHERE token = $1 AND cookie = $2 AND until > $3 AND idle_until > $3";
    /// A session is used.
    TOUCH_SESSION = "UPDATE session SET idle_until = $2 WHERE token = $1";
    /// A session ends.
    DELETE_SESSION = "DELETE FROM session WHERE token = $1";
    /// Every other session on a ground ends.
    DELETE_OTHERS = "DELETE FROM session WHERE person_id = $1 AND ground = $2 AND token <> $3";
    /// Every session of a person ends.
    DELETE_SESSIONS = "DELETE FROM session WHERE person_id = $1";
    /// Sessions that are over.
    DELETE_OLD_SESSIONS = "DELETE FROM session WHERE until <= $1 OR idle_until <= $1";
}

/// The cookie of a person who follows an enquiry.
pub const PERSON: &str = "enquiry-session";
/// The cookie of staff.
pub const STAFF: &str = "staff-session";

/// Every cookie that the program sets, by its id in the notice.
pub const COOKIES: &[&str] = &[PERSON, STAFF];

const MINUTE_MS: i64 = 60_000;

/// Who is there.
#[derive(Clone)]
pub struct Session {
    /// The person.
    pub person: PersonId,
    /// What the session is for: this enquiry, this staff record.
    pub ground: Ground,
    /// `you`, or the role of a member of staff.
    pub role: String,
    token: [u8; 32],
}

impl Session {
    /// As custody knows who acts.
    pub fn actor(&self) -> Actor {
        if self.role == "you" { Actor::you(self.person) } else { Actor::staff(&self.role, self.person) }
    }

    /// The SHA-256 of its token, as rows name it.
    pub fn id(&self) -> [u8; 32] {
        self.token
    }

    /// Ends every other session of the same person on the same ground.
    pub fn end_others(&self, tx: &mut Tx<'_>) -> Result<(), store::Error> {
        tx.execute(&DELETE_OTHERS, &[self.person.into(), self.ground.into(), self.token.into()]).map(|_| ())
    }

    /// Ends it.
    pub fn end(&self, tx: &mut Tx<'_>) -> Result<(), store::Error> {
        tx.execute(&DELETE_SESSION, &[self.token.into()]).map(|_| ())
    }
}

/// Begins a session in a transaction; the token goes into the cookie with [`give`].
pub fn begin(tx: &mut Tx<'_>, id: &str, person: PersonId, ground: Ground, role: &str) -> Result<Token, store::Error> {
    let token = Token::draw(tx.random());
    let now = tx.now().as_millisecond();
    let (whole, idle) = lives(id);
    tx.execute(
        &INSERT_SESSION,
        &[
            token.hash().into(),
            person.into(),
            ground.into(),
            id.into(),
            role.into(),
            (now + whole).into(),
            (now + idle).into(),
        ],
    )?;
    Ok(token)
}

/// Puts the token of a session into its cookie.
pub fn give(app: &App, response: &mut Response, id: &str, token: &Token) -> Result<(), Stop> {
    cookie::set(response, &*app.notice()?, id, &token.text())
}

/// Ends every session of a person.
pub fn end_all(tx: &mut Tx<'_>, person: PersonId) -> Result<(), store::Error> {
    tx.execute(&DELETE_SESSIONS, &[person.into()]).map(|_| ())
}

/// Removes the rows of sessions that are over.
pub fn sweep(tx: &mut Tx<'_>) -> Result<(), store::Error> {
    let now = tx.now().as_millisecond();
    tx.execute(&DELETE_OLD_SESSIONS, &[now.into()]).map(|_| ())
}

/// The longest life of a session, in minutes.
pub fn longest_minutes(id: &str) -> i64 {
    lives(id).0 / MINUTE_MS
}

/// Longest and idle life in milliseconds.
fn lives(id: &str) -> (i64, i64) {
    match id {
        STAFF => (24 * 60 * MINUTE_MS, 60 * MINUTE_MS),
        _ => (30 * MINUTE_MS, 30 * MINUTE_MS),
    }
}

async fn find(app: &App, parts: &Parts, id: &'static str) -> Result<Option<Session>, Stop> {
    let notice = app.notice()?;
    let Some(token) = cookie::value(&parts.headers, &notice, id).as_deref().and_then(Token::parse) else {
        return Ok(None);
    };
    let hash = token.hash();
    let found = app
        .custody()
        .store()
        .read("find_session", move |tx| {
            let now = tx.now().as_millisecond();
            let Some(row) = tx.optional(&FIND_SESSION, &[hash.into(), id.into(), now.into()])? else { return Ok(None) };
            let session =
                Session { person: PersonId(row.get(0)?), ground: Ground(row.get(1)?), role: row.get(2)?, token: hash };
            Ok::<_, store::Error>(Some((session, row.get::<i64>(3)? - now)))
        })
        .await?;
    let Some((session, left)) = found else { return Ok(None) };
    let (_, idle) = lives(id);
    // One write in five minutes at the most keeps a session alive.
    if id == STAFF && left < idle - 5 * MINUTE_MS {
        app.custody()
            .store()
            .write("touch_session", move |tx| {
                let until = tx.now().as_millisecond() + idle;
                tx.execute(&TOUCH_SESSION, &[hash.into(), until.into()]).map(|_| ())
            })
            .await?;
    }
    Ok(Some(session))
}

/// The person who follows an enquiry; without a session, the page that explains how to get a link.
pub struct You(pub Session);

impl FromRequestParts<App> for You {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        find(app, parts, PERSON).await?.map(You).ok_or(Stop::Elsewhere("/enquiries/find"))
    }
}

/// A signed-in member of staff of any role; without a session, the sign-in page.
pub struct Staff(pub Session);

impl FromRequestParts<App> for Staff {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        find(app, parts, STAFF).await?.map(Staff).ok_or(Stop::Elsewhere("/staff/sign-in"))
    }
}
