//! Who is on the staff: invited, active or gone. Rows under random ids; who they are stands in their holdings.

use super::rows;
use crate::App;
use crate::web::session;
use crate::web::token::Token;
use custody::{Error, Ground, PersonId};
use law::Timestamp;
use store::Tx;

/// How long an invitation is good for: 48 hours.
const LIFE_MS: i64 = 48 * 60 * 60 * 1_000;

/// What a member of staff is here for. What each role may open is for the notice to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Answers enquiries.
    Desk,
    /// Looks after data protection.
    Officer,
    /// Keeps the service running.
    Operator,
}

impl Role {
    /// As rows and the notice have it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Officer => "officer",
            Self::Operator => "operator",
        }
    }
}

/// A role in words, as the person who is invited reads it.
pub(super) fn role_words(role: &str) -> &str {
    match role {
        "desk" => "a member of the enquiry desk",
        "officer" => "the data protection officer",
        "operator" => "an operator of this service",
        other => other,
    }
}

/// An invitation. Has no `Debug`: whoever has the link can join.
pub struct Invitation {
    /// The link that works once.
    pub link: String,
    /// The instant at which it ends.
    pub until: Timestamp,
}

/// Somebody on the staff, as far as rows know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// What their sign-in stands on.
    pub ground: Ground,
    /// `desk`, `officer`, `operator`.
    pub role: String,
    /// `invited`, `active`, `left`.
    pub state: String,
}

impl Member {
    /// The first eight digits of the person's id: enough to tell colleagues apart.
    pub fn short(&self) -> String {
        self.person.0[..4].iter().fold(String::new(), |all, byte| format!("{all}{byte:02x}"))
    }
}

/// Invites somebody to a role. Nothing is known about them until they join. Those who did not come in time go.
pub fn invite(app: &App, role: Role) -> Result<Invitation, Error> {
    let (token, until) = app.custody().write_blocking("invite_staff", move |tx| {
        let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
        let token = Token::draw(tx.random());
        let now = tx.now().as_millisecond();
        let until = now + LIFE_MS;
        tx.execute(&rows::DELETE_ABSENT, &[now.into()])?;
        tx.execute(&rows::INSERT_STAFF, &[person.into(), ground.into(), role.id().into()])?;
        tx.execute(&rows::INSERT_INVITATION, &[token.hash().into(), person.into(), ground.into(), until.into()])?;
        Ok::<_, Error>((token, until))
    })?;
    let until = Timestamp::from_millisecond(until).map_err(|_| Error::Nonsense("invitation.until"))?;
    Ok(Invitation { link: format!("{}/staff/join/{}", app.address(), token.text()), until })
}

/// Everybody on the staff, by state and role.
pub fn list(app: &App) -> Result<Vec<Member>, Error> {
    app.custody().store().read_blocking("list_staff", |tx| {
        let rows = tx.all(&rows::LIST_STAFF, &[])?;
        rows.iter()
            .map(|row| {
                Ok(Member {
                    person: PersonId(row.get(0)?),
                    ground: Ground(row.get(1)?),
                    role: row.get(2)?,
                    state: row.get(3)?,
                })
            })
            .collect()
    })
}

/// Lets somebody go: their sessions end in the same commit, and the clocks of their holdings start. Whoever had not joined
/// leaves no row behind. False when there was nothing to end.
pub fn remove(app: &App, member: &Member) -> Result<bool, Error> {
    let custody = app.custody().clone();
    let (person, ground) = (member.person, member.ground);
    app.custody().write_blocking("remove_staff", move |tx| {
        session::end_all(tx, person)?;
        tx.execute(&rows::DELETE_INVITATIONS, &[person.into()])?;
        if tx.execute(&rows::DELETE_INVITED, &[person.into()])? > 0 {
            return Ok(true);
        }
        let left = tx.execute(&rows::LEAVE, &[person.into(), ground.into()])? > 0;
        if left {
            custody.note_for_good(tx, person, ground, "staff.left")?;
        }
        Ok(left)
    })
}

/// How many members of staff of a role can sign in.
pub(crate) fn active(tx: &mut Tx<'_>, role: &str) -> Result<u64, store::Error> {
    tx.one(&rows::COUNT_ACTIVE, &[role.into()])?.get(0)
}

/// Forgets those whose invitation ended before they joined.
pub fn forget_absent(tx: &mut Tx<'_>) -> Result<(), store::Error> {
    let now = tx.now().as_millisecond();
    tx.execute(&rows::DELETE_ABSENT, &[now.into()]).map(|_| ())
}
