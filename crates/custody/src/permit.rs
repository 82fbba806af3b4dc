//! The permit: proof that the notice allows an act on one holding, checked inside the transaction that does it.

use crate::error::asked;
use crate::forecast::{Forecast, STOOD_DAYS};
use crate::guard::Witnessed;
use crate::receipt::Decided;
use crate::standing::{Check, Facts, Standing, standing};
use crate::terms::Terms;
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use jiff::Span;
use law::Date;
use notice::{Allowed, Ask, Digest, Fields, Notice};
use std::cell::Cell;
use std::collections::HashMap;
use std::marker::PhantomData;
use store::{Row, Statement, Tx};

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

/// A holding with everything by which its destruction is judged.
pub(crate) struct Case {
    pub held: Held,
    pub facts: Facts,
    pub forecast: Option<Forecast>,
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
        self.permit_as(tx, allowed, actor, (person, holding), |standing| standing)
    }

    /// The same for whoever writes to a person that something of theirs is erased: between the decision and the erasure, and
    /// until the receipt is settled. Due and withdrawn mean closed to everybody; this is the one exception, for it is the last
    /// moment in which anybody can be told, and the ground that is told about is the only one that opens.
    pub fn permit_receipt<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        allowed: &Allowed,
        actor: &Actor,
        decided: &Decided,
        holding: HoldingId,
    ) -> Result<Permit<'tx>> {
        let (person, ground) = (decided.person, decided.ground);
        let row = tx.optional(&rows::FIND_DECISION, &[person.into(), ground.into()])?.ok_or(Error::Gone)?;
        if row.get::<String>(0)? != "decided" || allowed.purpose() != "delete-on-time" {
            return Err(Error::Gone);
        }
        let open = |standing: Standing| Standing { due: false, withdrawn: false, ..standing };
        let permit = self.permit_as(tx, allowed, actor, (person, holding), open)?;
        if permit.held.ground == ground { Ok(permit) } else { Err(Error::Gone) }
    }

    fn permit_as<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        allowed: &Allowed,
        actor: &Actor,
        (person, holding): (PersonId, HoldingId),
        seen: impl FnOnce(Standing) -> Standing,
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
        if let Some(why) = seen(standing(&facts, today)).bars(allowed.purpose()) {
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
        let held = find(tx, person, holding)?;
        let facts = self.facts(tx, &held, &*self.published(held.notice)?, witnessed.day())?;
        let forecast = if standing(&facts, witnessed.day()).destroyable {
            crate::forecast::find(tx, person, holding)?
        } else {
            None
        };
        self.verdict_on(tx, Case { held, facts, forecast }, witnessed)
    }

    /// As [`verdict`](Self::verdict), of what is known already.
    pub(crate) fn verdict_on<'tx>(&self, tx: &mut Tx<'tx>, case: Case, witnessed: &Witnessed) -> Result<Verdict<'tx>> {
        let Case { held, facts, forecast } = case;
        let day = witnessed.day();
        let standing = standing(&facts, day);
        if !standing.destroyable {
            return Ok(Verdict::Keep);
        }
        let way = if standing.ripe {
            Way::Asked
        } else if witnessed.spares() || !witnessed.lets_go(facts.due_on, held.taken_on) {
            return Ok(Verdict::Wait);
        } else if self.foreseen(tx, &held, forecast, facts.due_on, day)? {
            Way::Forecast
        } else if self.in_force(day)?.covers(&format!("kind.{}", held.kind))
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
    fn foreseen(
        &self,
        tx: &mut Tx<'_>,
        held: &Held,
        forecast: Option<Forecast>,
        due_on: Option<Date>,
        day: Date,
    ) -> Result<bool> {
        let Some(forecast) = forecast else {
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

    /// Everything that is held about a person, as destruction judges it on a day: what [`verdict`](Self::verdict) asks of one
    /// holding after the other, in a few questions. Records and keys are left out: destruction needs neither.
    pub(crate) fn cases(&self, tx: &mut Tx<'_>, person: PersonId, day: Date) -> Result<Vec<Case>> {
        let clocks = person_clocks(tx, person)?;
        let held = by_id(tx, &rows::LIST_PERSON_HOLDS, person, |row| Ok(row.get(1)?))?;
        let lifted = by_id(tx, &rows::LIST_PERSON_LIFTED, person, |row| Ok(row.get(1)?))?;
        let restricted = by_id(tx, &rows::LIST_PERSON_RESTRICTED, person, |_| Ok(()))?;
        let flagged = by_id(tx, &rows::LIST_PERSON_FLAGS, person, |row| Ok(row.get(1)?))?;
        let checks = by_id(tx, &rows::LIST_PERSON_CHECKS, person, |row| check(Some(row.get(1)?)))?;
        let withdrawn = by_id(tx, &rows::LIST_PERSON_WITHDRAWN, person, |row| Ok((row.get(1)?, row.get(2)?)))?;
        let forecasts = by_id(tx, &rows::LIST_PERSON_FORECASTS, person, |row| Forecast::read(row, 1))?;
        let case = |row: &Row| -> Result<Case> {
            let held_one = Held::without_record(row, person)?;
            let (id, ground) = (held_one.holding.0, held_one.ground.0);
            let known = clocks.get(&ground).map(Vec::as_slice).unwrap_or_default();
            let due = self.due_by(&*self.published(held_one.notice)?, &held_one.kind, known, day)?;
            let facts = Facts {
                due_on: due.now,
                held_until: held.get(&id).copied(),
                lifted_on: lifted.get(&id).copied(),
                restricted: restricted.contains_key(&id),
                withdrawn: withdrawn.get(&ground).copied(),
                flagged_on: flagged.get(&id).copied(),
                check: checks.get(&id).copied().flatten(),
            };
            Ok(Case { held: held_one, facts, forecast: forecasts.get(&id).copied().flatten() })
        };
        tx.all(&rows::LIST_HOLDINGS, &[person.into()])?.iter().map(case).collect()
    }

    /// Gathers the facts behind a holding's standing on a day; the due day is computed anew, never believed.
    pub(crate) fn facts(&self, tx: &mut Tx<'_>, held: &Held, taken: &Notice, day: Date) -> Result<Facts> {
        let due = self.due(tx, taken, &held.kind, (held.person, held.ground), day)?;
        let row = tx.one(&rows::FIND_FACTS, &[held.person.into(), held.holding.into()])?;
        facts(&row, 0, due.now)
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
    let key = [person.into(), holding.into()];
    match tx.optional(&rows::FIND_HOLDING, &key)? {
        Some(row) => Held::read(&row, person, holding),
        // Its key stands no more where it belongs: the record is not gone, it is damaged.
        None if tx.optional(&rows::FIND_KIND, &key)?.is_some() => {
            Err(Error::Damaged { table: "data_key", key: crate::error::short(&holding.0) })
        }
        None => Err(Error::Gone),
    }
}

impl Held {
    /// Reads the first nine columns of a row.
    pub(crate) fn read(row: &Row, person: PersonId, holding: HoldingId) -> Result<Self> {
        Ok(Self {
            person,
            holding,
            kind: row.get(0)?,
            ground: Ground(row.get(1)?),
            taken_on: row.get(2)?,
            due_on: row.get(8)?,
            notice: Digest(row.get(3)?),
            version: u64::try_from(row.get::<i64>(4)?).map_err(|_| Error::Nonsense("holding.version"))?,
            sealed: row.get(5)?,
            epoch: row.get(6)?,
            wrapped: row.get(7)?,
        })
    }

    /// Reads a row of what destruction needs to know: neither the record nor its keys.
    fn without_record(row: &Row, person: PersonId) -> Result<Self> {
        let taken_on = row.get(3)?;
        Ok(Self {
            person,
            holding: HoldingId(row.get(0)?),
            kind: row.get(1)?,
            ground: Ground(row.get(2)?),
            taken_on,
            due_on: row.get(6)?,
            notice: Digest(row.get(4)?),
            version: row.get(5)?,
            sealed: Vec::new(),
            epoch: taken_on,
            wrapped: Vec::new(),
        })
    }
}

fn check(why: Option<String>) -> Result<Option<Check>> {
    why.map(|why| Check::parse(&why).ok_or(Error::Nonsense("check_up.why"))).transpose()
}

/// The rows of a person by the id in their first column.
fn by_id<T>(
    tx: &mut Tx<'_>,
    statement: &'static Statement,
    person: PersonId,
    read: impl Fn(&Row) -> Result<T>,
) -> Result<HashMap<[u8; 16], T>> {
    tx.all(statement, &[person.into()])?.iter().map(|row| Ok((row.get(0)?, read(row)?))).collect()
}

/// Clock events with their days.
type Clocks = Vec<(String, Date)>;

/// The clock events of every ground of a person.
fn person_clocks(tx: &mut Tx<'_>, person: PersonId) -> Result<HashMap<[u8; 16], Clocks>> {
    let mut clocks: HashMap<_, Vec<_>> = HashMap::new();
    for row in tx.all(&rows::LIST_PERSON_CLOCKS, &[person.into()])? {
        clocks.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    Ok(clocks)
}

/// Reads the facts that begin at a column: hold, lifting, restriction, withdrawal, flag and check-up.
fn facts(row: &Row, at: usize, due_on: Option<Date>) -> Result<Facts> {
    let day = |i: usize| row.get::<Option<Date>>(at + i);
    let check = check(row.get(at + 6)?)?;
    Ok(Facts {
        due_on,
        held_until: day(0)?,
        lifted_on: day(1)?,
        restricted: day(2)?.is_some(),
        withdrawn: day(3)?.zip(day(4)?),
        flagged_on: day(5)?,
        check,
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
