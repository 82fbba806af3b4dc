//! The permit: proof that the notice allows an act on one holding, checked inside the transaction that does it.

use crate::error::asked;
use crate::forecast::STOOD_DAYS;
use crate::guard::Witnessed;
use crate::standing::{Facts, standing};
use crate::terms::Terms;
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use jiff::Span;
use law::Date;
use notice::{Allowed, Ask, Digest, Fields, Notice};
use std::cell::Cell;
use std::marker::PhantomData;
use store::{Tx, Val};

/// What was allowed, for one holding, within one transaction. Cannot be made elsewhere, outlive its transaction (`'tx` is
/// the transaction's own brand) or serve another holding (it carries the only one it serves).
pub struct Permit<'tx> {
    pub(crate) actor: Actor,
    pub(crate) purpose: String,
    pub(crate) fields: Vec<String>,
    pub(crate) held: Held,
    brand: PhantomData<Cell<&'tx ()>>,
}

/// What is to be done with a holding that was flagged.
pub(crate) enum Verdict<'tx> {
    /// It may be destroyed, in this way.
    Destroy(Box<Permit<'tx>>, Way),
    /// It is not, or no longer, to be destroyed.
    Keep,
    /// It is due and closed, and must stand in the forecast longer.
    Wait,
}

/// By what a holding may be destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Its person asked for it.
    Asked,
    /// It stood in the forecast, and its person was warned.
    Forecast,
    /// Neither, though it was promised to go by now: it needs room in the day's budget, or a release.
    Unforeseen,
}

/// A holding as its rows have it.
pub(crate) struct Held {
    pub person: PersonId,
    pub holding: HoldingId,
    pub kind: String,
    pub ground: Ground,
    pub taken_on: Date,
    pub due_on: Option<Date>,
    pub notice: Digest,
    pub version: u64,
    pub sealed: Vec<u8>,
    pub epoch: Date,
    pub wrapped: Vec<u8>,
}

impl Permit<'_> {
    /// The holding it serves.
    pub fn holding(&self) -> HoldingId {
        self.held.holding
    }

    /// The ground of that holding.
    pub fn ground(&self) -> Ground {
        self.held.ground
    }

    /// The version of it.
    pub fn version(&self) -> u64 {
        self.held.version
    }

    /// The fields that may come back.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// What was asked, for a refusal.
    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask { actor: &self.actor.role, purpose: &self.purpose, kind: &self.held.kind, fields: Fields::All }
    }
}

impl Custody {
    /// Turns *allowed* into a permit for one holding: its kind and person must be the ones asked about, both notices must
    /// allow it, its standing must not bar it, and the person must not have objected.
    pub fn permit<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        allowed: &Allowed,
        actor: &Actor,
        person: PersonId,
        holding: HoldingId,
    ) -> Result<Permit<'tx>> {
        let mut held = find(tx, person, holding)?;
        if held.kind != allowed.kind() || actor.role != allowed.actor() {
            return Err(Error::Gone);
        }
        if actor.role == "you" && actor.person != Some(person) {
            return Err(Error::Gone);
        }
        let today = self.day(tx);
        let (taken, force) = (self.published(held.notice)?, self.in_force(today)?);
        let fields = Terms { taken: &taken, force: &force }.allow(allowed)?;
        let facts = self.facts(tx, &held, &taken, today)?;
        held.due_on = facts.due_on;
        let standing = standing(&facts, today);
        if let Some(why) = standing.bars(allowed.purpose()) {
            return Err(Error::refused(&asked(allowed), format!("kind.{}.keep", held.kind), why));
        }
        let objected = tx.optional(&rows::FIND_OBJECTION, &[person.into(), allowed.purpose().into()])?.is_some();
        if objected {
            return Err(Error::refused(
                &asked(allowed),
                format!("purpose.{}", allowed.purpose()),
                "the person objected to it",
            ));
        }
        Ok(Permit { actor: actor.clone(), purpose: allowed.purpose().to_owned(), fields, held, brand: PhantomData })
    }

    /// Whether a holding may be destroyed on a witnessed day, and by which way: not a question to the notice but to the holding's
    /// standing, so that a kind which a notice no longer covers can still be destroyed. What a later notice shortened or dropped
    /// goes by its forecast alone, and never by the budget before the day that was promised when it was taken.
    pub(crate) fn verdict<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        person: PersonId,
        holding: HoldingId,
        witnessed: &Witnessed,
    ) -> Result<Verdict<'tx>> {
        let day = witnessed.day();
        let held = find(tx, person, holding)?;
        let (taken, force) = (self.published(held.notice)?, self.in_force(day)?);
        let facts = self.facts(tx, &held, &taken, day)?;
        let standing = standing(&facts, day);
        if !standing.destroyable {
            return Ok(Verdict::Keep);
        }
        let way = if standing.ripe {
            Way::Asked
        } else if !witnessed.lets_go(facts.due_on, held.taken_on) {
            return Ok(Verdict::Wait);
        } else if self.foreseen(tx, &held, facts.due_on, day)? {
            Way::Forecast
        } else if (Terms { taken: &taken, force: &force }).covers(&held.kind)
            && self.told(tx, &held)?.is_some_and(|told| told <= day)
        {
            Way::Unforeseen
        } else {
            return Ok(Verdict::Wait);
        };
        let (actor, purpose) = (Actor::system("sweeper"), "delete-on-time".to_owned());
        let permit = Permit { actor, purpose, fields: Vec::new(), held, brand: PhantomData };
        Ok(Verdict::Destroy(Box::new(permit), way))
    }

    /// Whether a due holding stood in the forecast for long enough, and its person was warned where its kind promises that.
    fn foreseen(&self, tx: &mut Tx<'_>, held: &Held, due_on: Option<Date>, day: Date) -> Result<bool> {
        let Some(forecast) = crate::forecast::find(tx, held.person, held.holding)? else {
            return Ok(false);
        };
        let stood = forecast.ripe(day)
            || forecast.due_on <= day && forecast.recorded_on == held.taken_on && self.is_short(tx, held)?;
        let due_on = due_on.map_or(forecast.due_on, |due_on| due_on.min(forecast.due_on));
        Ok(stood && self.was_warned(tx, held, due_on, day)?)
    }

    /// Whether what people were told when it was taken is a term of less than seven days: then its record of that day suffices.
    fn is_short(&self, tx: &mut Tx<'_>, held: &Held) -> Result<bool> {
        let told = self.told(tx, held)?;
        Ok(told.is_some_and(|day| day < held.taken_on.saturating_add(Span::new().days(STOOD_DAYS))))
    }

    /// The day on which it falls due by the notice it was taken under, as people were told then.
    pub(crate) fn told(&self, tx: &mut Tx<'_>, held: &Held) -> Result<Option<Date>> {
        let taken = self.published(held.notice)?;
        let clocks = clocks(tx, held.person, held.ground)?;
        let day_of = |event: &str| clocks.iter().find(|(id, _)| id == event).map(|(_, day)| *day);
        Ok(taken.kind(&held.kind).and_then(|kind| kind.keep.due(&day_of)))
    }

    /// Gathers the facts behind a holding's standing on a day; the due day is computed anew, never believed.
    pub(crate) fn facts(&self, tx: &mut Tx<'_>, held: &Held, taken: &Notice, day: Date) -> Result<Facts> {
        let key: [Val; 2] = [held.person.into(), held.holding.into()];
        let ground: [Val; 2] = [held.person.into(), held.ground.into()];
        let due = self.due(tx, taken, &held.kind, (held.person, held.ground), day)?;
        let one =
            |row: Option<store::Row>| -> Result<Option<Date>> { row.map(|row| Ok(row.get::<Date>(0)?)).transpose() };
        Ok(Facts {
            due_on: due.now,
            held_until: one(tx.optional(&rows::FIND_HOLD, &key)?)?,
            lifted_on: one(tx.optional(&rows::FIND_LIFTED, &key)?)?,
            restricted: tx.optional(&rows::FIND_RESTRICTION, &key)?.is_some(),
            withdrawn: tx
                .optional(&rows::FIND_WITHDRAWAL, &ground)?
                .map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?)))
                .transpose()?,
            flagged_on: one(tx.optional(&rows::FIND_FLAG, &key)?)?,
        })
    }

    /// The officer who acts: a member of staff in that role whose own record stands, so that what is done has its evidence there
    /// and two officers are two people.
    pub(crate) fn officer(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<PersonId> {
        let ask = Ask { actor: &actor.role, purpose: "delete-on-time", kind: "", fields: Fields::All };
        let refused = || Error::refused(&ask, "purpose.delete-on-time".to_owned(), "only an officer may do this");
        let person = actor.person.filter(|_| actor.role == "officer").ok_or_else(refused)?;
        let own = tx.optional(&rows::FIND_OWN, &[person.into(), "staff".into()])?.ok_or_else(refused)?;
        let held = find(tx, person, HoldingId(own.get(0)?))?;
        let (today, taken) = (self.day(tx), self.published(held.notice)?);
        let facts = self.facts(tx, &held, &taken, today)?;
        if standing(&facts, today).bars("run-desk").is_some() { Err(refused()) } else { Ok(person) }
    }
}

/// Reads a holding with its key. A person's holding is never found under another person.
pub(crate) fn find(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId) -> Result<Held> {
    let row = tx.optional(&rows::FIND_HOLDING, &[person.into(), holding.into()])?.ok_or(Error::Gone)?;
    Ok(Held {
        person,
        holding,
        kind: row.get(0)?,
        ground: Ground(row.get(1)?),
        taken_on: day(&row.get::<String>(2)?)?,
        due_on: row.get::<Option<String>>(8)?.as_deref().map(day).transpose()?,
        notice: Digest(row.get(3)?),
        version: u64::try_from(row.get::<i64>(4)?).map_err(|_| Error::Nonsense("holding.version"))?,
        sealed: row.get(5)?,
        epoch: day(&row.get::<String>(6)?)?,
        wrapped: row.get(7)?,
    })
}

/// The clock events of a ground with their days.
pub(crate) fn clocks(tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Vec<(String, Date)>> {
    let rows = tx.all(&rows::LIST_CLOCKS, &[person.into(), ground.into()])?;
    rows.iter().map(|row| Ok((row.get(0)?, day(&row.get::<String>(1)?)?))).collect()
}

/// A civil day as rows store it.
pub(crate) fn day(text: &str) -> Result<Date> {
    law::parse_iso(text).ok_or(Error::Nonsense("a day is no date"))
}
