//! Proofs for people: what the log says about them, each as a file that anybody checks offline.

use crate::evidence::damaged;
use crate::publish::Signed;
use crate::segments::{Opening, hashes};
use crate::{Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use ledger::{Extra, Hash, Leaf, ProofFile, Reveal, SegmentProof, TileId};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Row, Tx};
use vault::{Bound, HoldingKeys};

/// A proof that something stands in the published log, with what opens its commitments.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// The holding in whose trail, or for whose opening, it is: for a member of staff their own record.
    pub holding: HoldingId,
    /// What was done, and in which hour or on which day: `take, 2026-11-23 09:00 UTC`.
    pub what: String,
    /// The proof (C2SP tlog-proof). Its extra data is an [`Extra`].
    pub file: ProofFile,
}

impl Custody {
    /// What the published log says about a person, or about one ground of theirs, in the order of the log: for each act the
    /// leaf with its reveals, for each opening the segment and its path in it. Leaves beyond the newest checkpoint are left out,
    /// so the caller has [published](Self::publish_now) before; so are leaves that were pruned.
    ///
    /// For a member of staff it is also what they did, under their own record.
    pub fn proofs(&self, tx: &mut Tx<'_>, person: PersonId, ground: Option<Ground>) -> Result<Vec<Proof>> {
        let Some(signed) = self.signed(tx)? else {
            return Ok(Vec::new());
        };
        let mut prover = Prover::new(signed);
        let keys = self.keys_of(tx, person, ground)?;
        let mut proofs = acts(tx, &mut prover, person, &keys)?;
        proofs.extend(openings(tx, &mut prover, person, &keys)?);
        proofs.sort_by_key(|proof| proof.file.index);
        Ok(proofs)
    }

    /// The keys of a person's holdings.
    fn keys_of(&self, tx: &mut Tx<'_>, person: PersonId, ground: Option<Ground>) -> Result<Keys> {
        let mut keys = Keys::new();
        for row in tx.all(&rows::LIST_KEYS, &[person.into()])? {
            let (holding, kind): (_, String) = (HoldingId(row.get(0)?), row.get(2)?);
            if ground.is_some_and(|ground| row.get::<[u8; 16]>(1).is_ok_and(|of| of != ground.0)) {
                continue;
            }
            let bound = Bound { person: &person.0, holding: &holding.0, kind: &kind, version: 0 };
            let wrapped: Vec<u8> = row.get(4)?;
            keys.insert(holding, self.epoch_key(row.get(3)?)?.unwrap(&wrapped, &bound)?);
        }
        Ok(keys)
    }
}

type Keys = BTreeMap<HoldingId, HoldingKeys>;

/// Makes proofs under one checkpoint, and reads no tile twice.
pub(crate) struct Prover {
    signed: Arc<Signed>,
    tiles: BTreeMap<String, Vec<u8>>,
}

impl Prover {
    pub(crate) fn new(signed: Arc<Signed>) -> Self {
        Self { signed, tiles: BTreeMap::new() }
    }

    /// Whether the checkpoint covers a leaf.
    pub(crate) fn covers(&self, index: u64) -> bool {
        index < self.signed.edge.size()
    }

    /// The proof of a leaf that the checkpoint covers.
    pub(crate) fn prove(&mut self, tx: &mut Tx<'_>, index: u64, extra: &Extra) -> Result<ProofFile> {
        let Self { signed, tiles } = self;
        let hashes = ledger::tiles::inclusion(index, signed.edge.size(), &mut |id: TileId| {
            let path = id.path();
            if let Some(tile) = tiles.get(&path) {
                return Ok(tile.clone());
            }
            let tile = signed.tile(tx, id)?.ok_or_else(|| Error::Log(format!("{path} is missing")))?;
            tiles.insert(path, tile.clone());
            Ok::<_, Error>(tile)
        })?;
        Ok(ProofFile { extra: extra.encode().map_err(damaged)?, index, hashes, checkpoint: signed.text.clone() })
    }
}

/// What was done with a person's data, and for a member of staff by them.
fn acts(tx: &mut Tx<'_>, prover: &mut Prover, person: PersonId, keys: &Keys) -> Result<Vec<Proof>> {
    let rows = tx.all(&rows::LIST_TRAIL, &[person.into(), prover.signed.edge.size().into()])?;
    let rows = rows.iter().map(Trail::read).collect::<Result<Vec<_>>>()?;
    let mut proofs = Vec::with_capacity(rows.len());
    // Staff who acted on their own record have both halves.
    for halves in rows.chunk_by(|one, other| one.index == other.index) {
        let mut reveals = Vec::with_capacity(halves.len());
        let mut holding = None;
        for half in halves {
            let Some(keys) = keys.get(&half.holding) else { continue };
            reveals.push(reveal(keys, person, half.holding, half.n, &half.sealed)?);
            holding = holding.or(Some(half.holding));
        }
        let (Some(holding), Some(Trail { index, leaf, .. })) = (holding, halves.first()) else { continue };
        let extra = Extra { leaf: leaf.clone(), reveals, segment: None };
        proofs.push(Proof { holding, what: words(leaf)?, file: prover.prove(tx, *index, &extra)? });
    }
    Ok(proofs)
}

/// Who opened a person's data.
fn openings(tx: &mut Tx<'_>, prover: &mut Prover, person: PersonId, keys: &Keys) -> Result<Vec<Proof>> {
    let mut segments: BTreeMap<u64, (Vec<u8>, Vec<Hash>)> = BTreeMap::new();
    let mut proofs = Vec::new();
    for row in tx.all(&rows::LIST_COMMITTED, &[person.into()])? {
        let holding = HoldingId(row.get(0)?);
        let [actor, purpose, day, fields] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get::<String>(4)?];
        let opening = Opening { holding: holding.0, actor: &actor, purpose: &purpose, day: &day, fields: &fields };
        let reveal = opening.reveal(row.get(5)?);
        let found = tx.optional(&rows::FIND_SEGMENT, &[reveal.commitment().into()])?;
        let Some((index, place)) = found.map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?))).transpose()? else {
            continue;
        };
        if !keys.contains_key(&holding) || !prover.covers(index) {
            continue;
        }
        if let std::collections::btree_map::Entry::Vacant(space) = segments.entry(index) {
            space.insert((find_leaf(tx, index)?, segment(tx, index)?));
        }
        let (leaf, leaves) = &segments[&index];
        let path = ledger::inclusion_proof(leaves, place).ok_or(Error::Nonsense("segment.place"))?;
        let segment = SegmentProof { place, size: leaves.len() as u64, hashes: path };
        let extra = Extra { leaf: leaf.clone(), reveals: vec![reveal], segment: Some(segment) };
        let what = format!("opened by {actor} for {purpose}, {day}");
        proofs.push(Proof { holding, what, file: prover.prove(tx, index, &extra)? });
    }
    Ok(proofs)
}

/// A row of a trail with its leaf.
struct Trail {
    holding: HoldingId,
    n: u64,
    sealed: Vec<u8>,
    index: u64,
    leaf: Vec<u8>,
}

impl Trail {
    fn read(row: &Row) -> Result<Self> {
        let (holding, n, sealed) = (HoldingId(row.get(0)?), row.get(1)?, row.get(2)?);
        Ok(Self { holding, n, sealed, index: row.get(3)?, leaf: row.get(4)? })
    }
}

/// Opens a reveal under its holding's trail key.
pub(crate) fn reveal(
    keys: &HoldingKeys,
    person: PersonId,
    holding: HoldingId,
    n: u64,
    sealed: &[u8],
) -> Result<Reveal> {
    let bound = Bound { person: &person.0, holding: &holding.0, kind: "trail", version: n };
    Reveal::decode(&keys.trail().open(n, sealed, &bound)?).map_err(damaged)
}

/// A leaf that stands.
pub(crate) fn find_leaf(tx: &mut Tx<'_>, index: u64) -> Result<Vec<u8>> {
    let row = tx.optional(&rows::FIND_LEAF, &[index.into()])?;
    row.map_or_else(|| Err(Error::Log(format!("leaf {index} is missing"))), |row| Ok(row.get(0)?))
}

/// The hashes of a segment's leaves.
fn segment(tx: &mut Tx<'_>, index: u64) -> Result<Vec<Hash>> {
    let rows = tx.all(&rows::LIST_SEGMENT, &[index.into()])?;
    Ok(hashes(&rows.iter().map(|row| Ok(row.get(0)?)).collect::<Result<Vec<Hash>>>()?))
}

/// What a leaf says was done, and in which hour.
fn words(leaf: &[u8]) -> Result<String> {
    let leaf = Leaf::decode(leaf).map_err(damaged)?;
    let hour = law::Timestamp::from_second(leaf.hour.saturating_mul(3_600));
    let hour = hour.map_err(|_| Error::Nonsense("a leaf's hour"))?;
    Ok(format!("{}, {}", leaf.effect.word(), hour.strftime("%Y-%m-%d %H:00 UTC")))
}
