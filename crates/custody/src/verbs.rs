//! The verbs of custody: take, open, amend. Each demands what the notice allowed; erase stands in its own file.

use crate::error::{asked, damaged};
use crate::evidence::Act;
use crate::owed::{of_event, of_version};
use crate::permit::{Held, Permit};
use crate::segments::{self, Opening};
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Record, Result, rows};
use law::Date;
use ledger::Effect;
use notice::{Allowed, Ask, Fields, Notice};
use std::collections::BTreeSet;
use store::{Tx, Val};
use vault::{Bound, HoldingKeys};

/// What is to be taken.
pub struct New<'a> {
    /// Whose data it is.
    pub person: PersonId,
    /// The id of the holding, drawn beforehand so that a repeated request takes it once.
    pub holding: HoldingId,
    /// What it is held for.
    pub ground: Ground,
    /// The sealed fields. Fields that the kind declares `linked` stand in the room's own rows instead.
    pub record: &'a Record,
    /// Clock events that happen with the taking: `enquiry.received`.
    pub events: &'a [&'a str],
}

/// What opening gives: the permitted fields of one version, and when it ends.
pub struct Opened {
    /// Only the permitted fields.
    pub record: Record,
    /// The version that was opened.
    pub version: u64,
    /// The day it was taken.
    pub taken_on: Date,
    /// The day it falls due, while a clock runs.
    pub due_on: Option<Date>,
}

impl Custody {
    /// Takes a holding: seals its record under keys of its own, starts its clocks and leaves evidence.
    pub fn take(&self, tx: &mut Tx<'_>, allowed: &Allowed, actor: &Actor, new: &New<'_>) -> Result<HoldingId> {
        let today = self.day(tx);
        let notice = self.in_force(today)?;
        if allowed.digest() != notice.digest() || actor.role != allowed.actor() {
            return Err(Error::refused(&asked(allowed), "notice".to_owned(), "the notice changed meanwhile"));
        }
        covered(&notice, allowed, new.record)?;
        for event in new.events {
            declared(&notice, &asked(allowed), event)?;
            tx.execute(
                &rows::UPSERT_CLOCK,
                &[new.person.into(), new.ground.into(), (*event).into(), law::iso(today).into()],
            )?;
        }
        let due = self.due(tx, &notice, allowed.kind(), (new.person, new.ground), today)?;
        let keys = HoldingKeys::generate(tx.random());
        let bound = Bound { person: &new.person.0, holding: &new.holding.0, kind: allowed.kind(), version: 1 };
        let sealed = keys.content().seal(&new.record.encode()?, &bound, tx.random());
        let (epoch, wrapped) = self.wrap(tx, &keys, &bound)?;
        tx.execute(
            &rows::INSERT_HOLDING,
            &[
                new.person.into(),
                new.holding.into(),
                allowed.kind().into(),
                new.ground.into(),
                law::iso(today).into(),
                due.now.into(),
                notice.digest().0.into(),
                1i64.into(),
                sealed.into(),
            ],
        )?;
        tx.execute(
            &rows::INSERT_KEY,
            &[new.person.into(), new.holding.into(), law::iso(epoch).into(), wrapped.into()],
        )?;
        Self::first_forecast(tx, new.person, new.holding, due, today)?;
        Self::inherit_hold(tx, new.person, new.ground, new.holding, today)?;
        // A ground's other holdings may have waited for one of these events.
        if !new.events.is_empty() {
            self.refresh_ground(tx, new.person, new.ground)?;
        }
        let act = Act { effect: Effect::Take, kind: allowed.kind(), purpose: allowed.purpose() };
        self.leave(tx, &act, new.person, Some((new.holding, keys.trail())), actor)?;
        Ok(new.holding)
    }

    /// Opens a holding: only the permitted fields come back, and the opening stands in a row before they leave the
    /// transaction, for whoever the data is about to see.
    pub fn open<'tx>(&self, tx: &mut Tx<'tx>, permit: &Permit<'tx>) -> Result<Opened> {
        let keys = self.unwrap(&permit.held)?;
        let mut record = unseal(&keys, &permit.held)?;
        record.keep_only(&permit.fields);
        Self::record_opening(tx, permit, record.iter().map(|(field, _)| field.to_owned()).collect())?;
        Ok(Opened { record, version: permit.held.version, taken_on: permit.held.taken_on, due_on: permit.held.due_on })
    }

    /// One row per holding, actor, purpose and day: it names every field that was opened, however many times, and what it says
    /// is committed to. Opening the same again writes nothing.
    fn record_opening<'tx>(tx: &mut Tx<'tx>, permit: &Permit<'tx>, mut fields: BTreeSet<String>) -> Result<()> {
        let (holding, actor_id, day) = (permit.held.holding.0, permit.actor.staff_id(), law::iso(tx.today()));
        let (actor, purpose) = (permit.actor.role.as_str(), permit.purpose.as_str());
        let key: [Val; 6] = [
            permit.held.person.into(),
            holding.into(),
            actor.into(),
            actor_id.into(),
            purpose.into(),
            day.as_str().into(),
        ];
        if let Some(row) = tx.optional(&rows::FIND_OPENING, &key)? {
            let known: String = row.get(0)?;
            let known: BTreeSet<String> = known.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect();
            if fields.is_subset(&known) {
                return Ok(());
            }
            fields.extend(known);
        }
        let fields = fields.into_iter().collect::<Vec<_>>().join(" ");
        let opening = Opening { holding, actor, purpose, day: &day, fields: &fields };
        let r = segments::commit(tx, &opening)?;
        tx.execute(&rows::UPSERT_OPENING, &[key.as_slice(), &[fields.as_str().into(), r.into()]].concat())?;
        Ok(())
    }

    /// Amends a holding: the new version is sealed under a new content key, and the old key is overwritten, so that the
    /// replaced value dies in old copies as an erased one does. Fields outside the permit stay as they are. The
    /// permit is used up: it knew the old version.
    #[expect(clippy::needless_pass_by_value, reason = "used up: it knew the version that is now replaced")]
    pub fn amend<'tx>(&self, tx: &mut Tx<'tx>, permit: Permit<'tx>, changes: &Record, emptied: &[&str]) -> Result<u64> {
        let notice = self.in_force(tx.today())?;
        let held = &permit.held;
        if let Some(field) = changes
            .iter()
            .map(|(field, _)| field)
            .chain(emptied.iter().copied())
            .find(|field| !permit.fields.iter().any(|f| f == field))
        {
            return Err(Error::refused(
                &permit.ask(),
                format!("kind.{}.fields.{field}", held.kind),
                "the field is not covered",
            ));
        }
        let old = self.unwrap(held)?;
        let mut record = unseal(&old, held)?;
        for (field, value) in changes.iter().chain(emptied.iter().map(|field| (*field, ""))) {
            record.set(field, value);
        }
        required(&notice, &permit.ask(), &held.kind, &record)?;
        let keys = old.renew(tx.random());
        let version = held.version + 1;
        let bound = Bound { person: &held.person.0, holding: &held.holding.0, kind: &held.kind, version };
        let sealed = keys.content().seal(&record.encode()?, &bound, tx.random());
        let (epoch, wrapped) = self.wrap(tx, &keys, &bound)?;
        let key: [Val; 2] = [held.person.into(), held.holding.into()];
        let [person, holding] = key;
        let changed = tx.execute(
            &rows::UPDATE_HOLDING,
            &[person.clone(), holding.clone(), version.into(), sealed.into(), held.version.into()],
        )?;
        if changed != 1 {
            return Err(Error::Gone);
        }
        tx.execute(&rows::UPDATE_KEY, &[person, holding, law::iso(epoch).into(), wrapped.into()])?;
        let act = Act { effect: Effect::Amend, kind: &held.kind, purpose: &permit.purpose };
        self.leave(tx, &act, held.person, Some((held.holding, keys.trail())), &permit.actor)?;
        tx.execute(&rows::DELETE_LOST, &[held.person.into(), held.holding.into()])?;
        self.owe(tx, vault::Effect::Replace, of_version(held.holding.0, held.version))?;
        Ok(version)
    }

    /// Whether a holding's field has this value, compared inside custody in constant time.
    pub fn matches(&self, permit: &Permit<'_>, field: &str, value: &str) -> Result<bool> {
        if !permit.fields.iter().any(|known| known == field) {
            return Err(Error::refused(
                &permit.ask(),
                format!("kind.{}.fields.{field}", permit.held.kind),
                "the field is not covered",
            ));
        }
        let record = unseal(&self.unwrap(&permit.held)?, &permit.held)?;
        let hash = |text: &str| vault::sha256(normal(text).as_bytes());
        Ok(vault::equal(&hash(record.value(field).unwrap_or_default()), &hash(value)))
    }

    /// Notes a clock event of a ground and moves the due days that hang on it. An event that the notice in force does not
    /// declare is refused: its clock would move nothing.
    pub fn note(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, event: &str) -> Result<()> {
        let today = self.day(tx);
        declared(&*self.in_force(today)?, &CLOCK, event)?;
        tx.execute(&rows::UPSERT_CLOCK, &[person.into(), ground.into(), event.into(), today.into()])?;
        self.refresh_ground(tx, person, ground)
    }

    /// Notes a clock event that no copy may undo, such as somebody leaving the staff.
    pub fn note_for_good(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, event: &str) -> Result<()> {
        self.note(tx, person, ground, event)?;
        self.owe(tx, vault::Effect::End, of_event(ground.0, event))
    }

    /// Takes an event back: a closed enquiry is reopened.
    pub fn unnote(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, event: &str) -> Result<()> {
        declared(&*self.in_force(tx.today())?, &CLOCK, event)?;
        tx.execute(&rows::DELETE_CLOCK, &[person.into(), ground.into(), event.into()])?;
        self.refresh_ground(tx, person, ground)
    }

    /// The first holding of a kind on a ground: the record of this enquiry, of this member of staff.
    pub fn holding_on(
        &self,
        tx: &mut Tx<'_>,
        person: PersonId,
        ground: Ground,
        kind: &str,
    ) -> Result<Option<HoldingId>> {
        let row = tx.optional(&rows::FIND_ON_GROUND, &[person.into(), ground.into(), kind.into()])?;
        row.map(|row| Ok(HoldingId(row.get(0)?))).transpose()
    }

    /// Wraps keys under the current epoch.
    pub(crate) fn wrap(&self, tx: &mut Tx<'_>, keys: &HoldingKeys, bound: &Bound<'_>) -> Result<(Date, Vec<u8>)> {
        let key = self.current_key()?;
        Ok((key.day(), key.wrap(keys, bound, tx.random())))
    }

    /// Unwraps the keys of a holding.
    pub(crate) fn unwrap(&self, held: &Held) -> Result<HoldingKeys> {
        let bound = Bound { person: &held.person.0, holding: &held.holding.0, kind: &held.kind, version: held.version };
        self.epoch_key(held.epoch)?.unwrap(&held.wrapped, &bound).map_err(damaged("data_key", held.holding))
    }
}

/// Who moves a clock, for a refusal.
const CLOCK: Ask<'static> = Ask { actor: "sweeper", purpose: "delete-on-time", kind: "", fields: Fields::All };

/// The notice declares the event.
fn declared(notice: &Notice, ask: &Ask<'_>, event: &str) -> Result<()> {
    let clause = format!("event.{event}");
    if notice.covers(&clause) { Ok(()) } else { Err(Error::refused(ask, clause, "the event is not declared")) }
}

fn unseal(keys: &HoldingKeys, held: &Held) -> Result<Record> {
    let bound = Bound { person: &held.person.0, holding: &held.holding.0, kind: &held.kind, version: held.version };
    Record::decode(&keys.content().open(&held.sealed, &bound).map_err(damaged("holding", held.holding))?)
}

/// As values are compared: without case and outer spaces.
fn normal(value: &str) -> String {
    value.trim().to_lowercase()
}

/// Every field is allowed and sealed, and every required sealed field is there.
fn covered(notice: &Notice, allowed: &Allowed, record: &Record) -> Result<()> {
    let linked = notice.kind(allowed.kind()).map(|kind| kind.linked.as_slice()).unwrap_or_default();
    for (field, _) in record.iter() {
        if !allowed.fields().iter().any(|known| known == field) || linked.iter().any(|known| known == field) {
            return Err(Error::refused(
                &asked(allowed),
                format!("kind.{}.fields.{field}", allowed.kind()),
                "the field is not covered",
            ));
        }
    }
    required(notice, &asked(allowed), allowed.kind(), record)
}

fn required(notice: &Notice, ask: &Ask<'_>, kind: &str, record: &Record) -> Result<()> {
    let Some(clause) = notice.kind(kind) else {
        return Ok(());
    };
    let missing = clause
        .fields
        .iter()
        .find(|(field, required)| *required && !clause.linked.contains(field) && record.value(field).is_none());
    match missing {
        Some((field, _)) => {
            Err(Error::refused(ask, format!("kind.{kind}.fields.{field}"), "a required field is missing"))
        }
        None => Ok(()),
    }
}
