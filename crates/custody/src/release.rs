//! What may be destroyed without having stood in the forecast: a budget a day, and beyond it what two officers release.

use crate::overview::count;
use crate::{Actor, Custody, Error, Result, rows};
use jiff::Span;
use law::Date;
use ledger::Effect;
use notice::{Ask, Fields};
use store::{Row, Tx};

/// What a day may always take without a forecast.
const LEAST: u64 = 50;

/// The share of all holdings that a day may take, where that is more: one in a hundred.
const SHARE: u64 = 100;

/// How many epoch keys a run may destroy by itself: a day's own, and two more to catch up.
pub(crate) const KEYS: u64 = 3;

/// How many officers release.
const OFFICERS: u64 = 2;

/// How long a release lasts.
const VALID_DAYS: i64 = 7;

/// The number of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReleaseId(pub [u8; 16]);

impl From<ReleaseId> for store::Val {
    fn from(id: ReleaseId) -> Self {
        Self::from(id.0)
    }
}

/// Why more must go than a day may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseReason {
    /// More fell due while the program was away than was forecast.
    Backlog,
    /// A contract or a membership ended, and with it the data of many.
    ContractEnded,
    /// A notice shortened what is kept.
    NoticeShortened,
    /// Keys of past days wait: this releases epoch keys, not holdings.
    OldKeys,
}

impl ReleaseReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Backlog, Self::ContractEnded, Self::NoticeShortened, Self::OldKeys];

    /// As rows have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Backlog => "backlog",
            Self::ContractEnded => "contract-ended",
            Self::NoticeShortened => "notice-shortened",
            Self::OldKeys => "old-keys",
        }
    }

    /// Reads what [`code`](Self::code) writes and nothing else.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether it releases epoch keys; all others release holdings.
    pub fn of_keys(self) -> bool {
        self == Self::OldKeys
    }
}

/// A release that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its number.
    pub id: ReleaseId,
    /// Why.
    pub reason: ReleaseReason,
    /// How many it lets go.
    pub up_to: u64,
    /// How many of them have gone.
    pub used: u64,
    /// The day it was asked for.
    pub asked_on: Date,
    /// The day from which it lets nothing go.
    pub ends_on: Date,
    /// How many officers agreed to it.
    pub officers: u64,
}

impl Release {
    fn read(row: &Row) -> Result<Self> {
        let reason = ReleaseReason::parse(&row.get::<String>(1)?).ok_or(Error::Nonsense("release.reason"))?;
        Ok(Self {
            id: ReleaseId(row.get(0)?),
            reason,
            up_to: row.get(2)?,
            used: row.get(3)?,
            asked_on: row.get(4)?,
            ends_on: row.get(5)?,
            officers: row.get(6)?,
        })
    }

    /// Whether two officers agreed to it, so that it lets go.
    pub fn is_given(&self) -> bool {
        self.officers >= OFFICERS
    }
}

impl Custody {
    /// An officer asks that up to so many be destroyed beyond the day's budget, within seven days, and agrees to it. It lets
    /// nothing go until a second officer agrees.
    pub fn ask_release(&self, tx: &mut Tx<'_>, actor: &Actor, reason: ReleaseReason, up_to: u64) -> Result<ReleaseId> {
        let officer = self.officer(tx, actor)?;
        if up_to == 0 {
            return Err(refused(actor, "a release of nothing releases nothing"));
        }
        let (id, today) = (ReleaseId(tx.bytes()), tx.today());
        let ends_on = today.saturating_add(Span::new().days(VALID_DAYS));
        let values = [id.into(), reason.code().into(), up_to.into(), today.into(), ends_on.into()];
        tx.execute(&rows::INSERT_RELEASE, &values)?;
        tx.execute(&rows::INSERT_VOTE, &[officer.into(), id.into(), today.into()])?;
        self.leave_staff(tx, Effect::ReleaseAsked, up_to, actor)?;
        Ok(id)
    }

    /// A second officer agrees to a release. [`Error::Gone`] when it has ended; refused to whoever agreed to it before.
    pub fn vote_release(&self, tx: &mut Tx<'_>, actor: &Actor, id: ReleaseId) -> Result<()> {
        let (officer, today) = (self.officer(tx, actor)?, tx.today());
        let row = tx.optional(&rows::FIND_RELEASE, &[id.into()])?.ok_or(Error::Gone)?;
        let release = Release::read(&row)?;
        if release.ends_on <= today {
            return Err(Error::Gone);
        }
        if tx.optional(&rows::FIND_VOTE, &[officer.into(), id.into()])?.is_some() {
            return Err(refused(actor, "a second officer must agree, not the same one twice"));
        }
        tx.execute(&rows::INSERT_VOTE, &[officer.into(), id.into(), today.into()])?;
        self.leave_staff(tx, Effect::ReleaseGiven, release.up_to, actor)
    }

    /// The releases that have not ended, oldest first.
    pub fn releases(&self, tx: &mut Tx<'_>) -> Result<Vec<Release>> {
        let today = tx.today();
        tx.all(&rows::LIST_RELEASES, &[today.into()])?.iter().map(Release::read).collect()
    }

    /// Says, at the day's first run, what the day may take without a forecast.
    pub(crate) fn begin_budget(&self, day: Date) -> Result<()> {
        let held = self.store().read_blocking("count_holdings", move |tx| {
            let begun = tx.optional(&rows::FIND_BUDGET, &[day.into()])?.is_some();
            if begun { Ok(None) } else { count(&tx.one(&rows::COUNT_HOLDINGS, &[])?, 0).map(Some) }
        })?;
        let Some(held) = held else {
            return Ok(());
        };
        self.store().write_blocking("begin_budget", move |tx| {
            let most = LEAST.max(held / SHARE);
            tx.execute(&rows::INSERT_BUDGET, &[day.into(), most.into()])?;
            Ok(())
        })
    }
}

fn refused(actor: &Actor, why: &str) -> Error {
    let ask = Ask { actor: &actor.role, purpose: "delete-on-time", kind: "", fields: Fields::All };
    Error::refused(&ask, "purpose.delete-on-time".to_owned(), why)
}

/// What may be destroyed without a forecast in one transaction: what is left of the day's budget, then of the releases.
pub(crate) struct Allowance {
    day: Date,
    left: u64,
    spent: u64,
    releases: Vec<(ReleaseId, u64, u64)>,
}

impl Allowance {
    /// For holdings: the day's budget less what earlier runs of the day took.
    pub(crate) fn of_holdings(tx: &mut Tx<'_>, day: Date) -> Result<Self> {
        let row = tx.optional(&rows::FIND_BUDGET, &[day.into()])?;
        let left = row.map_or(Ok(0), |row| Ok::<_, Error>(row.get::<u64>(0)?.saturating_sub(row.get(1)?)))?;
        Self::with(tx, day, left, false)
    }

    /// For epoch keys: what one run may take.
    pub(crate) fn of_keys(tx: &mut Tx<'_>, day: Date) -> Result<Self> {
        Self::with(tx, day, KEYS, true)
    }

    /// How many holdings the day's budget and the releases still let go. Before the day's first run the budget is whole.
    pub(crate) fn left(tx: &mut Tx<'_>, day: Date) -> Result<(u64, u64)> {
        let begun = tx.optional(&rows::FIND_BUDGET, &[day.into()])?.is_some();
        let allowance = Self::of_holdings(tx, day)?;
        let released = allowance.releases.iter().map(|(_, left, _)| left).sum();
        Ok((if begun { allowance.left } else { LEAST }, released))
    }

    fn with(tx: &mut Tx<'_>, day: Date, left: u64, of_keys: bool) -> Result<Self> {
        let mut releases = Vec::new();
        for row in tx.all(&rows::LIST_RELEASES, &[day.into()])? {
            let release = Release::read(&row)?;
            if release.is_given() && release.reason.of_keys() == of_keys {
                releases.push((release.id, release.up_to.saturating_sub(release.used), 0));
            }
        }
        Ok(Self { day, left, spent: 0, releases })
    }

    /// Takes one more, if there is room.
    pub(crate) fn take(&mut self) -> bool {
        if self.left > self.spent {
            self.spent += 1;
            return true;
        }
        let release = self.releases.iter_mut().find(|(_, left, spent)| left > spent);
        release.map(|(_, _, spent)| *spent += 1).is_some()
    }

    /// Writes down what was taken, in the transaction that took it. Of keys, the run's own share is counted nowhere.
    pub(crate) fn spend(self, tx: &mut Tx<'_>) -> Result<()> {
        if self.spent > 0 {
            tx.execute(&rows::SPEND_BUDGET, &[self.day.into(), self.spent.into()])?;
        }
        self.spend_releases(tx)
    }

    /// The same for the releases alone.
    pub(crate) fn spend_releases(self, tx: &mut Tx<'_>) -> Result<()> {
        for (id, _, spent) in self.releases.into_iter().filter(|(_, _, spent)| *spent > 0) {
            tx.execute(&rows::SPEND_RELEASE, &[id.into(), spent.into()])?;
        }
        Ok(())
    }
}
