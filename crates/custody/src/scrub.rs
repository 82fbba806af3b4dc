//! Scrub: everything that is stored is looked at, so that damage is found by a job and not by a person who asks.
//!
//! The engine checks its own files first. Every key is unwrapped, the tag of every record and every trail is verified, each
//! trail's reveal must open its leaf, each opening that was committed to must stand in a segment; every row that dies with
//! something must have it; the log, its tiles and its segments are derived again, and compared with the checkpoint that was
//! published. A page at a time, beside the writer.
//!
//! No plaintext is kept, and nothing is released to anybody: so a scrub asks for no permit and leaves no opening. Days, counts
//! and codes outside what is sealed have no tag; only their commitments, where they have some, tell of damage.

mod alone;
mod segment;

use crate::edge::{Edge, WIDTH, leaves};
use crate::error::short;
use crate::evidence::head;
use crate::publish::CHECKPOINT;
use crate::retention::record;
use crate::segments::Opening;
use crate::{Custody, Error, HoldingId, PersonId, Result, rows};
use law::Date;
use ledger::{Checkpoint, Effect, Hash, Leaf, Outcome, Reveal, Tile, Verifier};
use store::{Row, Tx};
use vault::{Bound, HoldingKeys};

/// How many rows are looked at in a page.
const PAGE: u64 = 500;

/// What a scrub looked at, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Records and their keys.
    pub holdings: u64,
    /// Sealed reveals.
    pub trails: u64,
    /// Openings with a commitment.
    pub openings: u64,
    /// Leaves of the log.
    pub leaves: u64,
    /// Full tiles of the log.
    pub tiles: u64,
    /// What is damaged.
    pub damage: Vec<Damage>,
}

/// Something that is not as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The table of the row; `database` for what the engine finds in its own files.
    pub table: String,
    /// The first bytes of its random key in hexadecimal, or its place in the log; empty where it has none.
    pub key: String,
    /// What is wrong with it, in words.
    pub what: String,
}

impl Scrubbed {
    fn found(&mut self, table: &str, key: String, what: impl Into<String>) {
        self.damage.push(Damage { table: table.to_owned(), key, what: what.into() });
    }

    /// How many rows were looked at.
    fn seen(&self) -> u64 {
        self.holdings + self.trails + self.openings + self.leaves + self.tiles
    }
}

impl Custody {
    /// Looks at everything, tells after each page how many rows that were, and leaves a leaf of it. Blocking, and long: as long as
    /// reading the whole database.
    pub fn scrub(&self, mut progress: impl FnMut(u64)) -> Result<Scrubbed> {
        let mut scrubbed = Scrubbed::default();
        let mut told = |scrubbed: &Scrubbed| progress(scrubbed.seen());
        let read = |table: &'static str, outcome: Result<()>, scrubbed: &mut Scrubbed| match outcome {
            // The engine itself cannot read it: that is damage too, and the rest is looked at all the same.
            Err(Error::Store(error)) if !matches!(error, store::Error::Busy) => {
                scrubbed.found(table, String::new(), format!("the database cannot read on: {error}"));
                Ok(())
            }
            other => other,
        };
        let outcome = self.scrub_files(&mut scrubbed);
        read("database", outcome, &mut scrubbed)?;
        let outcome = self.scrub_holdings(&mut scrubbed, &mut told);
        read("holding", outcome, &mut scrubbed)?;
        let outcome = self.scrub_trails(&mut scrubbed, &mut told);
        read("trail", outcome, &mut scrubbed)?;
        let outcome = self.scrub_openings(&mut scrubbed, &mut told);
        read("opening", outcome, &mut scrubbed)?;
        let outcome = self.scrub_alone(&mut scrubbed);
        read("holding", outcome, &mut scrubbed)?;
        let outcome = self.scrub_log(&mut scrubbed, &mut told);
        read("log_leaf", outcome, &mut scrubbed)?;
        self.note_scrub(&scrubbed)?;
        Ok(scrubbed)
    }

    fn note_scrub(&self, scrubbed: &Scrubbed) -> Result<()> {
        let (custody, seen, damaged) = (self.clone(), scrubbed.seen(), scrubbed.damage.len() as u64);
        self.write_blocking("scrubbed", move |tx| {
            let outcome = if damaged > 0 { Outcome::Stopped } else { Outcome::Done };
            custody.leave_system(tx, Effect::Scrubbed, outcome, Vec::new(), damaged)?;
            record(tx, "scrub", seen, damaged, if damaged > 0 { "failed" } else { "done" })
        })
    }

    fn scrub_files(&self, scrubbed: &mut Scrubbed) -> Result<()> {
        for line in self.store().check()? {
            scrubbed.found("database", String::new(), line);
        }
        Ok(())
    }

    fn scrub_holdings(&self, scrubbed: &mut Scrubbed, told: &mut impl FnMut(&Scrubbed)) -> Result<()> {
        let mut after = crate::retention::START;
        loop {
            let custody = self.clone();
            // Judged where it is read: a turn that goes on meanwhile destroys no key of these rows.
            let (count, last, bad) = self.store().read_blocking("scrub_holdings", move |tx| {
                let page = tx.all(&rows::PAGE_RECORDS, &[after.0.into(), after.1.into(), PAGE.into()])?;
                let mut bad = Vec::new();
                for row in &page {
                    if let Err((table, what)) = custody.check_record(row) {
                        bad.push((table, short(&row.get::<[u8; 16]>(1)?), what));
                    }
                }
                let last = page.last().map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?))).transpose()?;
                Ok::<_, Error>((page.len() as u64, last, bad))
            })?;
            scrubbed.holdings += count;
            for (table, key, what) in bad {
                scrubbed.found(table, key, what);
            }
            told(scrubbed);
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// A record opens under its own key; its plaintext is overwritten at once.
    fn check_record(&self, row: &Row) -> std::result::Result<(), (&'static str, &'static str)> {
        const STRANGE: (&str, &str) = ("holding", "its row cannot be read");
        let read = || -> Result<_> {
            Ok((row.get(0)?, row.get(1)?, row.get::<String>(2)?, row.get::<u64>(3)?, row.get::<Vec<u8>>(4)?))
        };
        let (person, holding, kind, version, sealed): ([u8; 16], [u8; 16], _, _, _) = read().map_err(|_| STRANGE)?;
        let keys = self.check_key(row, 5, (person, holding)).map_err(|what| ("data_key", what))?;
        let bound = Bound { person: &person, holding: &holding, kind: &kind, version };
        keys.content().open(&sealed, &bound).map(drop).map_err(|_| ("holding", "its tag is wrong"))
    }

    /// The keys whose epoch and wrapping stand in two columns.
    fn check_key(
        &self,
        row: &Row,
        at: usize,
        (person, holding): ([u8; 16], [u8; 16]),
    ) -> std::result::Result<HoldingKeys, &'static str> {
        let epoch = row.get::<Option<Date>>(at).map_err(|_| "its epoch is no day")?.ok_or("it has no key")?;
        let wrapped: Vec<u8> = row.get(at + 1).map_err(|_| "its key cannot be read")?;
        let bound = Bound { person: &person, holding: &holding, kind: "", version: 0 };
        let key = self.epoch_key(epoch).map_err(|_| "its epoch has no key")?;
        key.unwrap(&wrapped, &bound).map_err(|_| "its key does not open")
    }

    fn scrub_trails(&self, scrubbed: &mut Scrubbed, told: &mut impl FnMut(&Scrubbed)) -> Result<()> {
        let mut after = ([0; 16], [0; 16], 0u64);
        loop {
            let custody = self.clone();
            let (count, last, bad) = self.store().read_blocking("scrub_trails", move |tx| {
                let from = [after.0.into(), after.1.into(), after.2.into(), PAGE.into()];
                let page = tx.all(&rows::PAGE_TRAILS, &from)?;
                let mut bad = Vec::new();
                for row in &page {
                    if let Err(what) = custody.check_trail(row) {
                        bad.push((short(&row.get::<[u8; 16]>(1)?), what));
                    }
                }
                let last =
                    page.last().map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()?;
                Ok::<_, Error>((page.len() as u64, last, bad))
            })?;
            scrubbed.trails += count;
            for (key, what) in bad {
                scrubbed.found("trail", key, what);
            }
            told(scrubbed);
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// A reveal opens under its holding's trail key, and opens its leaf.
    fn check_trail(&self, row: &Row) -> std::result::Result<(), &'static str> {
        let read = || -> Result<_> { Ok((row.get(0)?, row.get(1)?, row.get::<u64>(2)?, row.get::<Vec<u8>>(3)?)) };
        let (person, holding, n, sealed): ([u8; 16], [u8; 16], _, _) = read().map_err(|_| "its row cannot be read")?;
        let keys = self.check_key(row, 4, (person, holding))?;
        let bound = Bound { person: &person, holding: &holding, kind: "trail", version: n };
        let plain = keys.trail().open(n, &sealed, &bound).map_err(|_| "its tag is wrong")?;
        let reveal = Reveal::decode(&plain).map_err(|_| "it holds no reveal")?;
        let Some(leaf) = row.get::<Option<Vec<u8>>>(6).map_err(|_| "its leaf cannot be read")? else {
            return Ok(());
        };
        let leaf = Leaf::decode(&leaf).map_err(|_| "its leaf is no leaf")?;
        let opens = [leaf.holding, leaf.actor, leaf.detail].iter().flatten().any(|commitment| reveal.opens(commitment));
        if opens { Ok(()) } else { Err("it opens nothing of its leaf") }
    }

    fn scrub_openings(&self, scrubbed: &mut Scrubbed, told: &mut impl FnMut(&Scrubbed)) -> Result<()> {
        let mut after = (PersonId([0; 16]), HoldingId([0; 16]), String::new(), [0u8; 16], String::new(), String::new());
        loop {
            let (count, last, bad) = self.store().read_blocking("scrub_openings", move |tx| {
                let (person, holding, actor, actor_id, purpose, day) = &after;
                let from = [
                    (*person).into(),
                    (*holding).into(),
                    actor.as_str().into(),
                    (*actor_id).into(),
                    purpose.as_str().into(),
                    day.as_str().into(),
                    PAGE.into(),
                ];
                let page = tx.all(&rows::PAGE_COMMITTED, &from)?;
                // The segments of leaves that were pruned went with them.
                let log = tx.optional(&rows::FIND_LOG, &[])?;
                let pruned = log.map_or(Ok(0), |row| row.get::<u64>(3))? > 0;
                let mut bad = Vec::new();
                for row in &page {
                    if !pruned && !is_committed(tx, row)? {
                        bad.push(short(&row.get::<[u8; 16]>(1)?));
                    }
                }
                let key = |row: &Row| -> Result<_> {
                    let (person, holding) = (PersonId(row.get(0)?), HoldingId(row.get(1)?));
                    Ok((person, holding, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
                };
                Ok::<_, Error>((page.len() as u64, page.last().map(key).transpose()?, bad))
            })?;
            scrubbed.openings += count;
            for key in bad {
                scrubbed.found("opening", key, "no commitment stands to what it says");
            }
            told(scrubbed);
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Derives the log again, leaf by leaf, and compares every tile, the head and the published checkpoint on the way.
    fn scrub_log(&self, scrubbed: &mut Scrubbed, told: &mut impl FnMut(&Scrubbed)) -> Result<()> {
        self.await_index()?;
        let (size, root, first) = self.store().read_blocking("find_head", |tx| {
            let (head, row) = (head(tx)?, tx.optional(&rows::FIND_LOG, &[])?);
            let first = row.map_or(Ok(0), |row| row.get::<u64>(3))?;
            Ok::<_, Error>((head.size(), head.root(), first))
        })?;
        let published = self.signed_outside()?;
        let mut edge = match self.store().read_blocking("read_edge", move |tx| Edge::read(tx, first)) {
            Err(Error::Log(what)) => {
                scrubbed.found("log_tile", String::new(), what);
                return Ok(());
            }
            edge => edge?,
        };
        while edge.size() < size {
            let (at, count) = (edge.size(), (WIDTH - edge.size() % WIDTH).min(size - edge.size()));
            let page = self.store().read_blocking("page_leaves", move |tx| {
                let page = leaves(tx, at, count)?;
                let broken = segment::broken(tx, &page, at)?;
                Ok::<_, Error>((page, broken))
            });
            let (page, broken) = match page {
                Err(Error::Log(what)) => {
                    scrubbed.found("log_leaf", at.to_string(), what);
                    return Ok(());
                }
                page => page?,
            };
            for idx in broken {
                scrubbed.found("segment", idx.to_string(), "its commitments are not those of its leaf");
            }
            let mut full = Vec::new();
            for (leaf, idx) in page.iter().zip(at..) {
                if Leaf::decode(leaf).is_err() {
                    scrubbed.found("log_leaf", idx.to_string(), "it is no leaf");
                }
                edge.append(ledger::leaf_hash(leaf), |level, n, hashes| {
                    full.push((level, n, hashes.to_vec()));
                    Ok(())
                })?;
                if let Some((_, signed)) = published.filter(|(size, _)| *size == edge.size())
                    && edge.root()? != signed
                {
                    scrubbed.found("log_leaf", String::new(), "the leaves are not those that were published");
                }
            }
            scrubbed.leaves += count;
            for (level, n, hashes) in full {
                scrubbed.tiles += 1;
                if !self.has_tile(level, n, &hashes)? {
                    scrubbed.found("log_tile", format!("{level}.{n}"), "it does not have the hashes of its leaves");
                }
            }
            told(scrubbed);
        }
        if edge.root()? != root {
            scrubbed.found("log_head", String::new(), "its root is not that of the leaves");
        }
        if published.is_some_and(|(signed, _)| signed > size) {
            scrubbed.found("log_head", String::new(), "more was published than stands");
        }
        Ok(())
    }

    /// Size and root of the checkpoint in the evidence folder, if it can be believed.
    fn signed_outside(&self) -> Result<Option<(u64, Hash)>> {
        let Some(note) = vault::file::read(&self.publisher().folder().join(CHECKPOINT))? else {
            return Ok(None);
        };
        let key: Verifier = self.log_key()?.parse().map_err(crate::evidence::damaged)?;
        let checkpoint = Checkpoint::open(&String::from_utf8_lossy(&note), &key);
        let checkpoint = checkpoint.map_err(|error| Error::Log(format!("the published checkpoint: {error}")))?;
        Ok(Some((checkpoint.size, checkpoint.root)))
    }

    fn has_tile(&self, level: u8, n: u64, hashes: &[Hash]) -> Result<bool> {
        let stored = self.store().read_blocking("find_tile", move |tx| {
            let row = tx.optional(&rows::FIND_TILE, &[u64::from(level).into(), n.into()])?;
            Ok::<_, Error>(row.map(|row| row.get::<Vec<u8>>(0)).transpose()?)
        })?;
        Ok(stored.and_then(|bytes| Tile::decode(&bytes).ok()).is_some_and(|tile| tile.encode() == hashes.concat()))
    }
}

/// The commitment to an opening stands in a segment, or is on its way to one.
fn is_committed(tx: &mut Tx<'_>, row: &Row) -> Result<bool> {
    let (actor, purpose, day, fields): (String, String, String, String) =
        (row.get(2)?, row.get(4)?, row.get(5)?, row.get(6)?);
    let (holding, r) = (row.get(1)?, row.get(7)?);
    let opening = Opening { holding, actor: &actor, purpose: &purpose, day: &day, fields: &fields };
    let commitment = opening.reveal(r).commitment();
    Ok(tx.optional(&rows::FIND_COMMITMENT, &[commitment.into()])?.is_some())
}
