//! The gate at start: a database that lacks what was signed, or says something else, does not start.

use super::signed::full_tile;
use super::{CHECKPOINT, Files, Log, Outside, find_log, full};
use crate::edge::{Edge, WIDTH, leaves};
use crate::evidence::damaged;
use crate::{Custody, Error, Result, rows};
use ledger::{Checkpoint, Signer, Verifier};
use std::collections::BTreeSet;
use store::Tx;

impl Custody {
    /// At start, for the one process that has the data to itself: the database must have all that was published of its log.
    pub(crate) fn check_published(&self) -> Result<()> {
        if !self.store().is_alone() {
            return Ok(());
        }
        let unfinished = self.store().read_blocking("count_unfinished", |tx| {
            Ok::<_, Error>(tx.one(&rows::COUNT_UNFINISHED, &[])?.get::<i64>(0)?)
        })?;
        if unfinished > 0 {
            return Err(Error::Unfinished);
        }
        self.check_journal()?;
        let outside = self.look_outside()?;
        *self.publisher().outside.lock().map_err(|_| Error::Nonsense("publishing was left half-done"))? = Some(outside);
        Ok(())
    }

    /// A journal that was begun must be there: without it, nobody knows what a copy in the database's place brought back. And the
    /// log must have every leaf that it names.
    fn check_journal(&self) -> Result<()> {
        let journal = &self.0.journal_at;
        let log = self.store().read_blocking("find_log", find_log)?;
        if !journal.exists() {
            return if log.origin.is_some() {
                Err(Error::JournalMissing(journal.clone()))
            } else {
                self.journal(|_| Ok(()))
            };
        }
        let named = vault::Journal::read(journal)?.iter().filter_map(|entry| entry.leaf).max();
        match named {
            Some(leaf) if leaf >= log.head.size() => {
                Err(Error::Behind { database: log.head.size(), published: leaf + 1 })
            }
            _ => Ok(()),
        }
    }

    /// After a restore, which has looked at what was published: the folder is written anew where it has nothing.
    pub(crate) fn publish_anew(&self) -> Result<()> {
        let log = self.store().read_blocking("find_log", find_log)?;
        if vault::file::read(&self.publisher().folder.join(CHECKPOINT))?.is_none() {
            let signer = self.signer(&log)?;
            let (edge, bundle) = self.begin_anew(log.first)?;
            let mut outside = Outside { signer, covered: 0, edge, bundle, notices: BTreeSet::new() };
            self.publish_to(&mut outside)?;
        }
        Ok(())
    }

    /// What the folder has, compared with the rows. Where it has nothing and the log was published before, whether the database
    /// is the newest cannot be known.
    pub(super) fn look_outside(&self) -> Result<Outside> {
        let log = self.store().read_blocking("find_log", find_log)?;
        let signer = self.signer(&log)?;
        let path = self.publisher().folder.join(CHECKPOINT);
        let (covered, (edge, bundle)) = match vault::file::read(&path)? {
            Some(note) => {
                let (edge, bundle) = self.look_at(&String::from_utf8_lossy(&note), &signer, &log)?;
                (edge.size(), (edge, bundle))
            }
            None if log.origin.is_some() => return Err(Error::EvidenceMissing(self.publisher().folder.clone())),
            None => (0, self.begin_anew(log.first)?),
        };
        self.publisher().key.get_or_init(|| signer.verifier().to_string());
        Ok(Outside { signer, covered, edge, bundle, notices: BTreeSet::new() })
    }

    /// Goes on from a checkpoint, which must be of this log.
    fn look_at(&self, note: &str, signer: &Signer, log: &Log) -> Result<(Edge, Vec<Vec<u8>>)> {
        let (folder, size) = (self.publisher().folder.clone(), log.head.size());
        // A copy from before the log began anew knows it by an older name.
        let name = note.lines().next().unwrap_or_default();
        let verifier = Verifier::new(name, *signer.verifier().key()).map_err(damaged)?;
        let checkpoint = Checkpoint::open(note, &verifier).map_err(|error| {
            Error::Log(format!("the checkpoint in {} cannot be believed: {error}", folder.display()))
        })?;
        if checkpoint.size > size {
            return Err(Error::Behind { database: size, published: checkpoint.size });
        }
        let (edge, bundle) = self.store().read_blocking("read_edge", move |tx| edge_at(tx, checkpoint.size))?;
        if edge.root()? != checkpoint.root || name != signer.verifier().name() {
            return Err(Error::Forked { folder, published: checkpoint.size });
        }
        self.publisher().remember(note.to_owned(), edge.clone());
        Ok((edge, bundle))
    }

    /// Goes on from nothing. Of leaves that were pruned the full tiles are written again.
    fn begin_anew(&self, first: u64) -> Result<(Edge, Vec<Vec<u8>>)> {
        if first == 0 {
            return Ok((Edge::default(), Vec::new()));
        }
        let mut files = Files::new(&self.publisher().folder);
        let (mut level, mut tiles) = (0, first / WIDTH);
        while tiles > 0 {
            for n in 0..tiles {
                let hashes = self.store().read_blocking("find_tile", move |tx| full_tile(tx, level, n))?;
                files.put(&full(level, n).path(), &hashes)?;
            }
            (level, tiles) = (level + 1, tiles / WIDTH);
        }
        files.sync()?;
        self.store().read_blocking("read_edge", move |tx| edge_at(tx, first))
    }
}

/// The edge of the log at a size, and the leaves of its last bundle.
fn edge_at(tx: &mut Tx<'_>, size: u64) -> Result<(Edge, Vec<Vec<u8>>)> {
    Ok((Edge::read(tx, size)?, leaves(tx, size - size % WIDTH, size % WIDTH)?))
}
