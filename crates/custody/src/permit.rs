//! The permit: proof that the notice allows an act on one holding, checked inside the transaction that does it.

use crate::error::asked;
use crate::standing::{Facts, Standing, standing};
use crate::terms::Terms;
use crate::{Actor, Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use law::Date;
use notice::{Allowed, Ask, Digest, Fields};
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
        let (today, force) = (tx.today(), self.in_force(tx.today())?);
        let taken = self.published(held.notice)?;
        let terms = Terms { taken: &taken, force: &force };
        let fields = terms.allow(allowed)?;
        let facts = facts(tx, &held, &terms)?;
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

    /// The permit to erase: not a question to the notice but to the holding's standing, so that a kind which a notice no
    /// longer covers can still be destroyed. `None`: it is not (or no longer) destroyable.
    pub(crate) fn permit_erase<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        person: PersonId,
        holding: HoldingId,
    ) -> Result<Option<Permit<'tx>>> {
        let held = find(tx, person, holding)?;
        let standing = self.standing_of(tx, &held)?;
        Ok(standing.destroyable.then(|| Permit {
            actor: Actor::system("sweeper"),
            purpose: "delete-on-time".to_owned(),
            fields: Vec::new(),
            held,
            brand: PhantomData,
        }))
    }

    /// The standing of a holding today, under its terms.
    pub(crate) fn standing_of(&self, tx: &mut Tx<'_>, held: &Held) -> Result<Standing> {
        let force = self.in_force(tx.today())?;
        let taken = self.published(held.notice)?;
        let facts = facts(tx, held, &Terms { taken: &taken, force: &force })?;
        Ok(standing(&facts, tx.today()))
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

/// Gathers the facts behind a holding's standing; the due day is computed anew, never believed.
pub(crate) fn facts(tx: &mut Tx<'_>, held: &Held, terms: &Terms<'_>) -> Result<Facts> {
    let key: [Val; 2] = [held.person.into(), held.holding.into()];
    let ground: [Val; 2] = [held.person.into(), held.ground.into()];
    let due_on = crate::verbs::due(tx, terms, &held.kind, held.person, held.ground)?;
    let one =
        |row: Option<store::Row>| -> Result<Option<Date>> { row.map(|row| day(&row.get::<String>(0)?)).transpose() };
    Ok(Facts {
        due_on,
        held_until: one(tx.optional(&rows::FIND_HOLD, &key)?)?,
        restricted: tx.optional(&rows::FIND_RESTRICTION, &key)?.is_some(),
        withdrawn: tx
            .optional(&rows::FIND_WITHDRAWAL, &ground)?
            .map(|row| Ok::<_, Error>((day(&row.get::<String>(0)?)?, day(&row.get::<String>(1)?)?)))
            .transpose()?,
        flagged_on: one(tx.optional(&rows::FIND_FLAG, &key)?)?,
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
