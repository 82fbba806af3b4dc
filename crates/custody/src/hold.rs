//! Legal holds: what must be kept past its day, for a reason, until a day, and by whose word.
//!
//! A hold stops erasure and nothing else: what is due stays closed, and a withdrawal waits. From the day after its last it has
//! no effect. One officer alone ends no hold unseen: it is never made shorter nor given another reason, only lifted, and what is
//! lifted waits seven days more, whatever would destroy it, so that another officer can see it and hold it again.

use crate::evidence::Act;
use crate::owed::of_id;
use crate::permit::find;
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use law::{Date, Period, Unit};
use ledger::Effect;
use notice::{Ask, Fields};
use store::{Tx, Val};

/// How long a hold lasts at the most; it can be placed again.
const LONGEST: Period = Period { count: 12, unit: Unit::Month };

/// Under what purpose a hold is placed: it is an exception from deleting on time (UK GDPR Art 17(3)).
const PURPOSE: &str = "delete-on-time";

/// Why something must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// To establish, exercise or defend a legal claim (UK GDPR Art 17(3)(e)).
    Claim,
    /// Its person asked that it be kept for a claim of their own (UK GDPR Art 18(1)(c)).
    Claimant,
    /// A court ordered it.
    CourtOrder,
    /// A regulator or the police inquire.
    Inquiry,
    /// It was placed before a copy was restored that does not know why: an officer gives the reason again.
    Restored,
}

impl HoldReason {
    /// Every reason that an officer gives.
    pub const ALL: [Self; 4] = [Self::Claim, Self::Claimant, Self::CourtOrder, Self::Inquiry];

    /// As rows have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Claimant => "claimant",
            Self::CourtOrder => "court-order",
            Self::Inquiry => "inquiry",
            Self::Restored => "restored",
        }
    }

    /// Reads what [`code`](Self::code) writes and nothing else.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Restored]).find(|reason| reason.code() == code)
    }
}

impl Custody {
    /// An officer places a hold on every holding of a ground, and on those that are taken on it while it lasts; says on how
    /// many. `until` is its last day, twelve months from now at the latest. A hold that stands already may be prolonged; to end
    /// it earlier, or to hold for another reason, is refused: it must be lifted first. One that a restore placed again has
    /// neither reason nor end of its own: it is given both.
    pub fn place_hold(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        person: PersonId,
        ground: Ground,
        reason: HoldReason,
        until: Date,
    ) -> Result<u64> {
        self.officer(tx, actor)?;
        let today = self.day(tx);
        if until < today || LONGEST.after(today).is_none_or(|latest| latest < until) {
            return Err(refused(actor, "a legal hold ends within twelve months"));
        }
        if reason == HoldReason::Restored {
            return Err(refused(actor, "only a restore places a hold without a reason"));
        }
        let standing = tx.optional(&rows::FIND_GROUND_HOLD, &[person.into(), ground.into(), today.into()])?;
        let standing = standing.map(|row| Ok::<_, Error>((row.get::<String>(0)?, row.get::<Date>(3)?))).transpose()?;
        if let Some((standing, last)) = standing.filter(|(standing, _)| standing != HoldReason::Restored.code()) {
            if standing != reason.code() {
                return Err(refused(actor, "a legal hold stands for another reason: lift it first"));
            }
            if until < last {
                return Err(refused(actor, "a legal hold stands until a later day: lift it first"));
            }
        }
        let hold = [reason.code().into(), actor.role.as_str().into(), today.into(), until.into()];
        let holdings = on_ground(tx, person, ground)?;
        for holding in &holdings {
            tx.execute(&rows::UPSERT_HOLD, &[&[person.into(), (*holding).into()], hold.as_slice()].concat())?;
            self.leave_hold(tx, Effect::Hold, actor, person, *holding)?;
            self.owe(tx, vault::Effect::Hold, of_id(holding.0))?;
        }
        if holdings.is_empty() { Err(Error::Gone) } else { Ok(holdings.len() as u64) }
    }

    /// An officer lifts the hold on a ground before its end; says on how many holdings. What is known of their days counts from
    /// today, and nothing destroys them for seven days. [`Error::Gone`] when there is none.
    pub fn lift_hold(&self, tx: &mut Tx<'_>, actor: &Actor, person: PersonId, ground: Ground) -> Result<u64> {
        self.officer(tx, actor)?;
        let (today, mut lifted) = (self.day(tx), 0);
        for holding in on_ground(tx, person, ground)? {
            if tx.execute(&rows::DELETE_HOLD, &[person.into(), holding.into()])? > 0 {
                let values = [person.into(), holding.into(), today.into()];
                tx.execute(&rows::UPSERT_LIFTED, &values)?;
                tx.execute(&rows::COUNT_ANEW, &values)?;
                self.leave_hold(tx, Effect::HoldLifted, actor, person, holding)?;
                self.owe(tx, vault::Effect::Unhold, of_id(holding.0))?;
                lifted += 1;
            }
        }
        if lifted == 0 { Err(Error::Gone) } else { Ok(lifted) }
    }

    /// What is taken on a held ground is held as the rest of it is.
    pub(crate) fn inherit_hold(
        tx: &mut Tx<'_>,
        person: PersonId,
        ground: Ground,
        holding: HoldingId,
        today: Date,
    ) -> Result<()> {
        let Some(row) = tx.optional(&rows::FIND_GROUND_HOLD, &[person.into(), ground.into(), today.into()])? else {
            return Ok(());
        };
        let hold = [0, 1, 2, 3].map(|i| row.get::<Val>(i));
        let [reason, by, from, until] = hold;
        tx.execute(&rows::UPSERT_HOLD, &[person.into(), holding.into(), reason?, by?, from?, until?])?;
        Ok(())
    }

    fn leave_hold(
        &self,
        tx: &mut Tx<'_>,
        effect: Effect,
        actor: &Actor,
        person: PersonId,
        holding: HoldingId,
    ) -> Result<()> {
        let held = find(tx, person, holding)?;
        let keys = self.unwrap(&held)?;
        let act = Act { effect, kind: &held.kind, purpose: PURPOSE };
        self.leave(tx, &act, person, Some((holding, keys.trail())), actor)
    }
}

fn refused(actor: &Actor, why: &str) -> Error {
    let ask = Ask { actor: &actor.role, purpose: PURPOSE, kind: "", fields: Fields::All };
    Error::refused(&ask, format!("purpose.{PURPOSE}"), why)
}

fn on_ground(tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Vec<HoldingId>> {
    let rows = tx.all(&rows::LIST_GROUND, &[person.into(), ground.into()])?;
    rows.iter().map(|row| Ok(HoldingId(row.get(0)?))).collect()
}
