//! Evidence: each effect writes a leaf that names nobody, and its reveals where they die with their holding.
//!
//! A leaf goes to the outbox in the transaction of its effect. Where transactions write one after the other,
//! [`Custody::integrate`] gives it an index in the same commit. Where they write side by side, each would wait there for the
//! head of the log: the leaf stays in the outbox, and [`Custody::sequence`] gives it its index within a second.

use crate::edge::Edge;
use crate::{Actor, Custody, Error, HoldingId, PersonId, Result, rows};
use ledger::{Domain, Effect, Frontier, Hash, Leaf, Outcome, Reveal, Tile};
use notice::Digest;
use store::{Tx, Val};
use vault::{Bound, TrailKey};

/// What happened, in the notice's vocabulary.
pub(crate) struct Act<'a> {
    pub effect: Effect,
    /// Empty where it is about all of them.
    pub kind: &'a str,
    pub purpose: &'a str,
}

/// How many leaves get their index at a time.
const ROUND: u64 = 256;

/// How long the lease of the sequencer lasts, in milliseconds. It is renewed with every round.
const LEASE_MS: i64 = 5_000;

/// How far apart the clocks of two machines may stand, in milliseconds.
const APART_MS: i64 = 60_000;

/// How often, and how long apart, the outbox is asked whether it is empty.
const ASKS: (u32, std::time::Duration) = (50, std::time::Duration::from_millis(100));

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

    /// Leaves evidence of something that a member of staff decided about nobody: up to how many may be destroyed, what day it is.
    pub(crate) fn leave_staff(&self, tx: &mut Tx<'_>, effect: Effect, count: u64, actor: &Actor) -> Result<()> {
        let mut leaf = self.leaf(tx, effect);
        leaf.clauses = vec!["purpose.delete-on-time".to_owned()];
        leaf.count = counted(count);
        let nobody = PersonId([0; 16]);
        let act = Act { effect, kind: "staff", purpose: "delete-on-time" };
        let (actor_id, actor_n) = self.leave_actor(tx, &act, &mut leaf, actor, nobody)?.unzip();
        let n = next(tx, nobody)?;
        let actor_id = actor_id.map(|id: PersonId| id.0);
        let values = [nobody.into(), n.into(), encoded(&leaf)?.into(), actor_id.into(), actor_n.into()];
        tx.execute(&rows::INSERT_OUTBOX, &values)?;
        Ok(())
    }

    /// Leaves evidence of a notice that was drafted or published: which, and by what officer; `None` for the operator at the
    /// command line. A notice is public, so what opens the detail is too: its digest, under an `r` of zeroes.
    pub(crate) fn leave_notice(
        &self,
        tx: &mut Tx<'_>,
        effect: Effect,
        notice: Option<Digest>,
        actor: Option<&Actor>,
    ) -> Result<()> {
        let mut leaf = self.leaf(tx, effect);
        leaf.clauses = vec!["notice".to_owned()];
        leaf.detail =
            notice.map(|digest| Reveal { r: [0; 32], domain: Domain::Detail, payload: digest.0.to_vec() }.commitment());
        let nobody = PersonId([0; 16]);
        let act = Act { effect, kind: "staff", purpose: "run-desk" };
        let own = actor.map(|actor| self.leave_actor(tx, &act, &mut leaf, actor, nobody)).transpose()?.flatten();
        let (actor_id, actor_n) = own.map(|(person, n)| (person.0, n)).unzip();
        let n = next(tx, nobody)?;
        let values = [nobody.into(), n.into(), encoded(&leaf)?.into(), actor_id.into(), actor_n.into()];
        tx.execute(&rows::INSERT_OUTBOX, &values)?;
        Ok(())
    }

    /// Leaves evidence of something that is about nobody: an epoch destroyed, a sweep.
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
        leaf.count = counted(count);
        leave_about_nobody(tx, &leaf)
    }

    /// The leaf of an erased holding. No commitment is in it: nothing could ever open one.
    pub(crate) fn erased_leaf(&self, tx: &Tx<'_>, kind: &str) -> Result<Vec<u8>> {
        let mut leaf = self.leaf(tx, Effect::Erase);
        leaf.clauses = clauses(&Act { effect: Effect::Erase, kind, purpose: "delete-on-time" });
        encoded(&leaf)
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

    /// Leaves evidence of the openings of a segment: how many, and the root of the tree of their commitments, which says
    /// nothing by itself and stands as it is.
    pub(crate) fn leave_segment(&self, tx: &mut Tx<'_>, root: Hash, count: u64) -> Result<()> {
        let mut leaf = self.leaf(tx, Effect::Opened);
        leaf.count = counted(count);
        leaf.detail = Some(root);
        leave_about_nobody(tx, &leaf)
    }

    /// Leaves evidence that the log was pruned: how many leaves are gone from its beginning, in all.
    pub(crate) fn leave_pruned(&self, tx: &mut Tx<'_>, first: u64) -> Result<()> {
        self.leave_system(tx, Effect::Pruned, Outcome::Done, Vec::new(), first)
    }

    /// Leaves evidence that the erasure of a ground was decided: under which day's key it was held, and how many holdings. The
    /// reveal is sealed in the trail of one of them, under the number that this gives.
    pub(crate) fn leave_decided(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        (person, holding): (PersonId, HoldingId),
        trail: &TrailKey,
        payload: Vec<u8>,
        count: u64,
    ) -> Result<u64> {
        let n = next(tx, person)?;
        let mut leaf = self.leaf(tx, Effect::EraseDecided);
        leaf.clauses = clauses(&Act { effect: Effect::EraseDecided, kind, purpose: "delete-on-time" });
        leaf.count = counted(count);
        let reveal = Reveal { r: tx.bytes(), domain: Domain::Holding, payload };
        leaf.holding = Some(reveal.commitment());
        let bound = Bound { person: &person.0, holding: &holding.0, kind: "trail", version: n };
        let sealed = trail.seal(n, &reveal.encode(), &bound, tx.random());
        tx.execute(&rows::INSERT_TRAIL, &[person.into(), holding.into(), n.into(), sealed.into()])?;
        let leaf = encoded(&leaf)?;
        tx.execute(&rows::INSERT_OUTBOX, &[person.into(), n.into(), leaf.into(), Val::Null, Val::Null])?;
        Ok(n)
    }

    /// Gives every leaf of the outbox its index.
    pub(crate) fn integrate(tx: &mut Tx<'_>) -> Result<()> {
        while integrate_round(tx)? == ROUND {}
        Ok(())
    }

    /// The index that the next leaf of this transaction will have: those that wait in the outbox come before.
    pub(crate) fn next_index(tx: &mut Tx<'_>) -> Result<u64> {
        Self::integrate(tx)?;
        Ok(head(tx)?.size())
    }

    /// Gives the leaves that wait in the outbox their index, and says how many. There is nothing to do where their own
    /// transactions do it, and nothing is done while another process holds the lease. Blocking.
    pub fn sequence(&self) -> Result<u64> {
        Ok(self.sequenced()?.unwrap_or(0))
    }

    /// Waits until every leaf of a transaction that has been acknowledged has its index, whoever gives it: for what quotes
    /// indexes, such as receipts and exports. Blocking; [`store::Error::Busy`] after five seconds.
    pub fn await_index(&self) -> Result<()> {
        for _ in 0..ASKS.0 {
            if self.sequenced()?.is_some() || self.on_their_way()? == 0 {
                return Ok(());
            }
            std::thread::sleep(ASKS.1);
        }
        Err(store::Error::Busy.into())
    }

    /// As [`sequence`](Self::sequence); nothing when another process holds the lease.
    pub(crate) fn sequenced(&self) -> Result<Option<u64>> {
        let (holder, mut sequenced) = (self.0.holder, 0);
        while !self.store().is_only_writer() {
            let _turn = self.appending();
            let round = self.store().write_blocking("sequence", move |tx| {
                if leased(tx, holder)? { integrate_round(tx).map(Some) } else { Ok(None) }
            })?;
            match round {
                Some(ROUND) => sequenced += ROUND,
                Some(rest) => return Ok(Some(sequenced + rest)),
                None => return Ok(None),
            }
        }
        Ok(Some(sequenced))
    }

    fn on_their_way(&self) -> Result<u64> {
        self.store().read_blocking("count_outbox", |tx| Ok(tx.one(&rows::COUNT_OUTBOX, &[])?.get(0)?))
    }

    /// Derives the log's root again from its leaves, after those that were pruned from its tiles, and compares it with the head:
    /// size and root.
    ///
    /// It begins with what waits in the outbox, so that every act that was acknowledged is under the root.
    pub fn verify_log(&self) -> Result<(u64, Hash)> {
        self.await_index()?;
        self.store().read_blocking("verify_log", |tx| {
            let stored = head(tx)?;
            let first = tx.optional(&rows::FIND_LOG, &[])?.map_or(Ok(0), |row| row.get::<u64>(3))?;
            let mut derived = Edge::read(tx, first)?.frontier()?;
            let mut from = index(first)?;
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

/// Gives the first leaves of the outbox their index, and says how many: fewer than [`ROUND`] when none is left.
fn integrate_round(tx: &mut Tx<'_>) -> Result<u64> {
    let waiting = tx.all(&rows::LIST_OUTBOX, &[ROUND.into()])?;
    let Some(end) = waiting.last() else { return Ok(0) };
    let leaves = waiting.iter().map(|row| Ok(row.get(2)?)).collect::<Result<Vec<_>>>()?;
    let mut trails = Vec::new();
    for (row, idx) in waiting.iter().zip(append(tx, &leaves)?..) {
        let idx = index(idx)?;
        trails.push((&rows::UPDATE_TRAIL, vec![row.get::<Val>(0)?, row.get::<Val>(1)?, idx.into()]));
        if row.get::<Option<[u8; 16]>>(3)?.is_some() {
            trails.push((&rows::UPDATE_TRAIL, vec![row.get::<Val>(3)?, row.get::<Val>(4)?, idx.into()]));
        }
    }
    tx.execute_all(&trails)?;
    // The round is all that stands up to its last row, in key order.
    tx.execute(&rows::DELETE_OUTBOX, &[end.get::<Val>(0)?, end.get::<Val>(1)?])?;
    Ok(waiting.len() as u64)
}

/// Appends leaves to the log: the index of the first, which the others follow.
pub(crate) fn append(tx: &mut Tx<'_>, leaves: &[Vec<u8>]) -> Result<u64> {
    let mut head = head(tx)?;
    let first = head.size();
    let mut inserts = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let idx = index(head.size())?;
        inserts.push((&rows::INSERT_LEAF, vec![idx.into(), leaf.as_slice().into()]));
        if let Some(day) = destroyed_epoch(leaf)? {
            inserts.push((&rows::NAME_EPOCH_LEAF, vec![day.into(), idx.into()]));
        }
        head.append(ledger::leaf_hash(leaf));
    }
    tx.execute_all(&inserts)?;
    for size in first..head.size() {
        write_tiles(tx, size + 1)?;
    }
    tx.execute(&rows::UPSERT_HEAD, &[index(head.size())?.into(), head.encode().into()])?;
    Ok(first)
}

/// Whether this process is the one that gives leaves their index, for the next seconds.
fn leased(tx: &mut Tx<'_>, holder: [u8; 16]) -> Result<bool> {
    let now = tx.now().as_millisecond();
    let until = now + LEASE_MS;
    let values = ["sequencer".into(), holder.into(), until.into(), now.into(), (until + APART_MS).into()];
    Ok(tx.execute(&rows::LEASE, &values)? > 0)
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

pub(crate) fn index(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| Error::Nonsense("the log is too long"))
}

fn encoded(leaf: &Leaf) -> Result<Vec<u8>> {
    leaf.encode().map_err(damaged)
}

pub(crate) fn damaged(malformed: ledger::Malformed) -> Error {
    Error::Log(malformed.to_string())
}

/// A leaf that is about nobody is on its way.
fn leave_about_nobody(tx: &mut Tx<'_>, leaf: &Leaf) -> Result<()> {
    let nobody = PersonId([0; 16]);
    let n = next(tx, nobody)?;
    tx.execute(&rows::INSERT_OUTBOX, &[nobody.into(), n.into(), encoded(leaf)?.into(), Val::Null, Val::Null])?;
    Ok(())
}

/// The epoch whose key is destroyed, as this leaf says it: what completes a receipt is then found by its day.
fn destroyed_epoch(leaf: &[u8]) -> Result<Option<String>> {
    if leaf.get(1) != Some(&(Effect::EpochDestroyed as u8)) {
        return Ok(None);
    }
    let leaf = Leaf::decode(leaf).map_err(damaged)?;
    Ok(leaf.clauses.iter().find_map(|clause| clause.strip_prefix("epoch.")).map(str::to_owned))
}

fn counted(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The next number of a person's leaves.
fn next(tx: &mut Tx<'_>, person: PersonId) -> Result<u64> {
    let row = tx.one(&rows::NEXT_LEAF, &[person.into()])?;
    let last = row.get::<i64>(0)?.max(row.get::<i64>(1)?);
    u64::try_from(last + 1).map_err(|_| Error::Nonsense("trail.n"))
}

fn clauses(act: &Act<'_>) -> Vec<String> {
    let kind = (!act.kind.is_empty()).then(|| format!("kind.{}", act.kind));
    kind.into_iter().chain([format!("purpose.{}", act.purpose)]).collect()
}
