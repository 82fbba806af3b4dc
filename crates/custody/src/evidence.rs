//! Evidence: each effect writes a leaf that names nobody, and its reveals where they die with their holding.
//!
//! A leaf goes to the outbox in the transaction of its effect; [`Custody::integrate`] gives it an index in the same commit.

use crate::{Actor, Custody, Error, HoldingId, PersonId, Result, rows};
use ledger::{Domain, Effect, Frontier, Hash, Leaf, Outcome, Reveal, Tile};
use store::{Tx, Val};
use vault::{Bound, TrailKey};

/// What happened, in the notice's vocabulary.
pub(crate) struct Act<'a> {
    pub effect: Effect,
    pub kind: &'a str,
    pub purpose: &'a str,
}

/// How many leaves are read from the outbox at a time.
const ROUND: u64 = 256;

impl Custody {
    /// Leaves evidence of an act on a person's holding. The reveal of the holding is sealed under the
    /// holding's trail key; the actor's under the trail key of the actor's own staff holding. Without a trail key (an
    /// erasure) the commitment stays unopened for ever.
    pub(crate) fn leave(
        &self,
        tx: &mut Tx<'_>,
        act: &Act<'_>,
        person: PersonId,
        holding: Option<(HoldingId, &TrailKey)>,
        actor: &Actor,
    ) -> Result<()> {
        let n = next(tx, person)?;
        let mut leaf = self.leaf(tx, act.effect);
        leaf.clauses = clauses(act);
        if let Some((holding, trail)) = holding {
            let reveal = Reveal { r: tx.bytes(), domain: Domain::Holding, payload: holding.0.to_vec() };
            leaf.holding = Some(reveal.commitment());
            let bound = Bound { person: &person.0, holding: &holding.0, kind: "trail", version: n };
            let sealed = trail.seal(n, &reveal.encode(), &bound, tx.random());
            tx.execute(&rows::INSERT_TRAIL, &[person.into(), holding.into(), n.into(), sealed.into()])?;
        }
        let own = if actor.is_staff() { self.leave_actor(tx, act, &mut leaf, actor, person)? } else { None };
        let (actor_id, actor_n) = own.unzip();
        tx.execute(
            &rows::INSERT_OUTBOX,
            &[
                person.into(),
                n.into(),
                encoded(&leaf)?.into(),
                actor_id.map(|id: PersonId| id.0).into(),
                actor_n.into(),
            ],
        )?;
        Ok(())
    }

    /// The actor's half: who, for what purpose and on which day, but not about whom.
    fn leave_actor(
        &self,
        tx: &mut Tx<'_>,
        act: &Act<'_>,
        leaf: &mut Leaf,
        actor: &Actor,
        about: PersonId,
    ) -> Result<Option<(PersonId, u64)>> {
        let Some(staff) = actor.person else {
            return Ok(None);
        };
        let Some(row) = tx.optional(&rows::FIND_OWN, &[staff.into(), "staff".into()])? else {
            return Ok(None);
        };
        let own = HoldingId(row.get(0)?);
        let keys = self.unwrap(&crate::permit::find(tx, staff, own)?)?;
        // A member of staff acting on their own record has already used this number for the holding's half.
        let n = next(tx, staff)? + u64::from(staff == about);
        let payload = format!("{} {} {}", actor.role, act.purpose, law::iso(tx.today()));
        let reveal =
            Reveal { r: tx.bytes(), domain: Domain::Actor, payload: [&staff.0[..], payload.as_bytes()].concat() };
        leaf.actor = Some(reveal.commitment());
        let bound = Bound { person: &staff.0, holding: &own.0, kind: "trail", version: n };
        let sealed = keys.trail().seal(n, &reveal.encode(), &bound, tx.random());
        tx.execute(&rows::INSERT_TRAIL, &[staff.into(), own.into(), n.into(), sealed.into()])?;
        Ok(Some((staff, n)))
    }

    /// Leaves evidence of something that is about nobody: a notice published, an epoch destroyed, a sweep.
    pub(crate) fn leave_system(
        &self,
        tx: &mut Tx<'_>,
        effect: Effect,
        outcome: Outcome,
        clauses: Vec<String>,
        count: u64,
    ) -> Result<()> {
        let mut leaf = self.leaf(tx, effect);
        leaf.outcome = outcome;
        leaf.clauses = clauses;
        leaf.count = u32::try_from(count).unwrap_or(u32::MAX);
        let nobody = PersonId([0; 16]);
        let n = next(tx, nobody)?;
        tx.execute(&rows::INSERT_OUTBOX, &[nobody.into(), n.into(), encoded(&leaf)?.into(), Val::Null, Val::Null])?;
        Ok(())
    }

    fn leaf(&self, tx: &Tx<'_>, effect: Effect) -> Leaf {
        Leaf {
            effect,
            hour: tx.now().as_second().div_euclid(3600),
            notice: self.in_force(tx.today()).map(|notice| notice.digest().0).unwrap_or_default(),
            clauses: Vec::new(),
            outcome: Outcome::Done,
            count: 1,
            holding: None,
            actor: None,
            detail: None,
        }
    }

    /// Gives every leaf of the outbox its index, in the commit of its effect.
    pub(crate) fn integrate(tx: &mut Tx<'_>) -> Result<()> {
        loop {
            let waiting = tx.all(&rows::LIST_OUTBOX, &[ROUND.into()])?;
            if waiting.is_empty() {
                return Ok(());
            }
            let last = (waiting.len() as u64) < ROUND;
            let mut head = head(tx)?;
            for row in waiting {
                let (person, n, leaf) = (row.get::<[u8; 16]>(0)?, row.get::<i64>(1)?, row.get::<Vec<u8>>(2)?);
                let idx = index(head.size())?;
                head.append(ledger::leaf_hash(&leaf));
                tx.execute(&rows::INSERT_LEAF, &[idx.into(), leaf.into()])?;
                write_tiles(tx, head.size())?;
                tx.execute(&rows::UPDATE_TRAIL, &[person.into(), n.into(), idx.into()])?;
                if let (Some(actor), Some(actor_n)) = (row.get::<Option<[u8; 16]>>(3)?, row.get::<Option<i64>>(4)?) {
                    tx.execute(&rows::UPDATE_TRAIL, &[actor.into(), actor_n.into(), idx.into()])?;
                }
                tx.execute(&rows::DELETE_OUTBOX, &[person.into(), n.into()])?;
            }
            let size = index(head.size())?;
            tx.execute(&rows::UPSERT_HEAD, &[size.into(), head.encode().into()])?;
            if last {
                return Ok(());
            }
        }
    }

    /// Derives the log's root again from its leaves and compares it with the head: size and root.
    pub fn verify_log(&self) -> Result<(u64, Hash)> {
        self.store().read_blocking("verify_log", |tx| {
            let stored = head(tx)?;
            let mut derived = Frontier::new();
            let mut from = 0i64;
            loop {
                let page = tx.all(&rows::PAGE_LEAVES, &[from.into(), 1_024i64.into()])?;
                if page.is_empty() {
                    break;
                }
                for row in &page {
                    if row.get::<i64>(0)? != from {
                        return Err(Error::Log(format!("leaf {from} is missing")));
                    }
                    derived.append(ledger::leaf_hash(&row.get::<Vec<u8>>(1)?));
                    from += 1;
                }
            }
            if derived.size() != stored.size() || derived.root() != stored.root() {
                return Err(Error::Log(format!("{} leaves stand, the head names {}", derived.size(), stored.size())));
            }
            Ok((derived.size(), derived.root()))
        })
    }
}

/// The head of the log, empty at first.
pub(crate) fn head(tx: &mut Tx<'_>) -> Result<Frontier> {
    let Some(row) = tx.optional(&rows::FIND_HEAD, &[])? else {
        return Ok(Frontier::new());
    };
    let size = u64::try_from(row.get::<i64>(0)?).map_err(|_| Error::Nonsense("log_head.size"))?;
    Frontier::decode(size, &row.get::<Vec<u8>>(1)?).map_err(|_| Error::Log("its head cannot be read".to_owned()))
}

/// Writes the tiles that became full with this size: level 0 from the last 256 leaves, each higher one from 256 tiles below.
fn write_tiles(tx: &mut Tx<'_>, size: u64) -> Result<()> {
    for (level, n) in ledger::full_tiles(size) {
        let first = index(n * 256)?;
        let hashes = if level == 0 {
            let rows = tx.all(&rows::PAGE_LEAVES, &[first.into(), 256i64.into()])?;
            rows.iter().map(|row| Ok(ledger::leaf_hash(&row.get::<Vec<u8>>(1)?))).collect::<Result<Vec<Hash>>>()?
        } else {
            let rows = tx.all(&rows::PAGE_TILES, &[i64::from(level - 1).into(), first.into(), 256i64.into()])?;
            rows.iter()
                .map(|row| Ok(Tile::decode(&row.get::<Vec<u8>>(1)?).map_err(damaged)?.root()))
                .collect::<Result<Vec<Hash>>>()?
        };
        let tile = Tile::new(hashes).map_err(damaged)?;
        tx.execute(&rows::INSERT_TILE, &[i64::from(level).into(), index(n)?.into(), tile.encode().into()])?;
    }
    Ok(())
}

fn index(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| Error::Nonsense("the log is too long"))
}

fn encoded(leaf: &Leaf) -> Result<Vec<u8>> {
    leaf.encode().map_err(damaged)
}

fn damaged(malformed: ledger::Malformed) -> Error {
    Error::Log(malformed.to_string())
}

/// The next number of a person's leaves.
fn next(tx: &mut Tx<'_>, person: PersonId) -> Result<u64> {
    let row = tx.one(&rows::NEXT_LEAF, &[person.into()])?;
    let last = row.get::<i64>(0)?.max(row.get::<i64>(1)?);
    u64::try_from(last + 1).map_err(|_| Error::Nonsense("trail.n"))
}

fn clauses(act: &Act<'_>) -> Vec<String> {
    vec![format!("kind.{}", act.kind), format!("purpose.{}", act.purpose)]
}
