//! What was published outside the database and the copy lacks: leaves of the log, and notices.

use crate::edge::Edge;
use crate::evidence::{append, damaged, head};
use crate::publish::CHECKPOINT;
use crate::{Custody, Error, Result, notices, rows};
use law::Date;
use ledger::{Checkpoint, Effect, Frontier, Outcome, Signer, TileId, Verifier};
use notice::{Digest, Notice};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use store::{Tx, Val};
use vault::Entry;

/// How many bundles of 256 leaves are imported in a transaction.
const TOGETHER: u64 = 16;

/// What the evidence folder has of the log.
pub(super) enum Found {
    /// A log that goes on from the copy's, up to this size, under this name.
    Log { name: String, size: u64 },
    /// Nothing, and nothing was published before.
    Never,
    /// Nothing: what was published is lost. The log begins anew under this name.
    Lost { name: String },
}

impl Found {
    /// The name under which the log begins anew.
    pub(super) fn restarted(&self) -> Option<String> {
        match self {
            Self::Lost { name } => Some(name.clone()),
            Self::Log { .. } | Self::Never => None,
        }
    }
}

/// What stands beside the text of a published notice.
#[derive(Deserialize)]
struct Facts {
    published_on: String,
    effective_on: String,
    approved_by: String,
}

/// A notice that the copy lacks.
struct Missing {
    text: String,
    notice: Notice,
    published_on: Date,
    effective_on: Date,
    approved_by: String,
}

impl Custody {
    /// Looks at the published log, and believes it only as a whole: signed with our key, going on from the copy's leaves, and its
    /// what was done in them known to the journal. Where that is gone, nobody may have been erased in them.
    pub(super) fn look_for_leaves(&self, journal: Option<&[Entry]>, copy_day: Date) -> Result<Found> {
        let folder = self.publisher().folder();
        let (head, origin) = self.store().read_blocking("find_head", |tx| {
            let origin = tx.optional(&rows::FIND_LOG, &[])?.map(|row| row.get::<Option<String>>(2)).transpose()?;
            Ok::<_, Error>((head(tx)?, origin.flatten()))
        })?;
        let Some(note) = vault::file::read(&folder.join(CHECKPOINT))? else {
            return Ok(origin.map_or(Found::Never, |origin| Found::Lost { name: next_name(&origin) }));
        };
        let note = String::from_utf8_lossy(&note).into_owned();
        let name = note.lines().next().unwrap_or_default();
        let seed = self.keyring_mut()?.log_seed(&mut self.store().random())?;
        let signer = Signer::from_seed(name, &seed).map_err(damaged)?;
        let verifier = Verifier::new(name, *signer.verifier().key()).map_err(damaged)?;
        let Checkpoint { size, root, .. } = Checkpoint::open(&note, &verifier).map_err(|error| {
            Error::Log(format!("the checkpoint in {} cannot be believed: {error}", folder.display()))
        })?;
        let (derived, since) = if size <= head.size() {
            (self.store().read_blocking("read_edge", move |tx| Edge::read(tx, size)?.root())?, Since::default())
        } else {
            let waiting = self.store().read_blocking("list_outbox", waiting)?;
            follow(folder, head.clone(), size, &waiting)?
        };
        if derived != root {
            return Err(Error::Forked { folder: folder.to_owned(), published: size });
        }
        match journal {
            Some(journal) => since.is_known_to(journal, copy_day)?,
            None if since.erasures.is_empty() => {}
            None => {
                let erased = since.erasures.len();
                return Err(Error::Log(format!(
                    "{erased} records were erased after this copy was made, and the journal that names them is gone; a newer \
                     copy is needed"
                )));
            }
        }
        Ok(Found::Log { name: name.to_owned(), size })
    }

    /// Imports what was found, a few bundles at a time; says how many leaves.
    pub(super) fn import_leaves(&self, found: &Found) -> Result<u64> {
        let Found::Log { name, size } = found else {
            return Ok(0);
        };
        let first = self.store().read_blocking("find_head", |tx| Ok::<_, Error>(head(tx)?.size()))?;
        let mut at = first;
        while at < *size {
            let mut leaves = Vec::new();
            let end = *size;
            while at < end && leaves.len() as u64 <= TOGETHER * 256 {
                let page = bundle(self.publisher().folder(), at / 256, end)?;
                leaves.extend(page.into_iter().skip(usize::try_from(at % 256).unwrap_or_default()));
                at = (at / 256 + 1).saturating_mul(256).min(end);
            }
            self.store().write_blocking("import_leaves", move |tx| arrive(tx, &leaves))?;
        }
        if *size > 0 {
            let name = name.clone();
            self.store().write_blocking("name_log", move |tx| {
                tx.execute(&rows::RENAME_LOG, &[name.as_str().into(), "main".into()]).map(|_| ())
            })?;
        }
        Ok(at - first)
    }

    /// The log begins anew under a name of its own, for its last leaves are lost and their indexes will be used again.
    pub(super) fn restart_log(&self, tx: &mut Tx<'_>, name: &str) -> Result<()> {
        tx.execute(&rows::RENAME_LOG, &[name.into(), "main".into()])?;
        let size = head(tx)?.size();
        self.leave_system(tx, Effect::LogRestarted, Outcome::Done, Vec::new(), size)
    }

    /// Imports the notices that were published since, in the order of the journal; says how many, and how many are lost.
    pub(super) fn import_notices(&self, journal: &[Entry]) -> Result<(u64, u64)> {
        let known = self.store().read_blocking("list_digests", notices::digests)?;
        let order: Vec<Digest> = journal
            .iter()
            .filter(|entry| entry.effect == vault::Effect::Notice)
            .map(|entry| Digest(entry.hash))
            .filter(|digest| !known.contains(digest))
            .collect();
        let mut missing = find_missing(&self.publisher().folder().join("notices"), &known)?;
        let place = |one: &Missing| order.iter().position(|digest| *digest == one.notice.digest());
        missing.sort_by_key(|one| (place(one).unwrap_or(usize::MAX), one.published_on));
        let found: BTreeSet<Digest> = missing.iter().map(|one| one.notice.digest()).collect();
        let lost = order.iter().filter(|digest| !found.contains(digest)).collect::<BTreeSet<_>>().len();
        let count = missing.len();
        if count > 0 {
            self.store().write_blocking("import_notices", move |tx| {
                for Missing { text, notice, published_on, effective_on, approved_by } in &missing {
                    notices::readmit(tx, text, notice, (*published_on, *effective_on), approved_by)?;
                }
                Ok::<_, Error>(())
            })?;
            self.reload_notices()?;
        }
        Ok((count as u64, lost as u64))
    }
}

/// What the log says was done since the copy was made.
#[derive(Default)]
struct Since {
    /// The indexes of the erasures.
    erasures: Vec<u64>,
    /// How many other effects have a line in the journal.
    noted: usize,
}

/// The effects that leave a line of their own in the journal.
const NOTED: [Effect; 9] = [
    Effect::Amend,
    Effect::Hold,
    Effect::HoldLifted,
    Effect::Object,
    Effect::Restrict,
    Effect::Unobject,
    Effect::Unrestrict,
    Effect::Withdraw,
    Effect::WithdrawCancelled,
];

/// The leaves that wait in the copy's own outbox: the copy knows what they tell of.
fn waiting(tx: &mut Tx<'_>) -> Result<BTreeSet<Vec<u8>>> {
    tx.all(&rows::LIST_OUTBOX, &[i64::MAX.into()])?.iter().map(|row| Ok(row.get(2)?)).collect()
}

/// The root at a size, following the bundles from where the copy ends, and what was done in them that the copy does not know.
fn follow(folder: &Path, mut log: Frontier, size: u64, waiting: &BTreeSet<Vec<u8>>) -> Result<(ledger::Hash, Since)> {
    let mut since = Since::default();
    while log.size() < size {
        let skipped = usize::try_from(log.size() % 256).unwrap_or_default();
        for leaf in bundle(folder, log.size() / 256, size)?.iter().skip(skipped) {
            let effect = leaf.get(1).copied().filter(|_| !waiting.contains(leaf));
            if effect == Some(Effect::Erase as u8) {
                since.erasures.push(log.size());
            }
            since.noted += usize::from(NOTED.iter().any(|noted| effect == Some(*noted as u8)));
            log.append(ledger::leaf_hash(leaf));
        }
    }
    Ok((log.root(), since))
}

impl Since {
    /// The journal must know all of it: an older journal would bring back who was erased, and forget who objected.
    fn is_known_to(&self, journal: &[Entry], copy_day: Date) -> Result<()> {
        let of_erasures = journal.iter().filter(|entry| entry.effect == vault::Effect::Erase);
        let (mut named, mut open) = (BTreeSet::new(), 0);
        for entry in of_erasures {
            match entry.leaf {
                Some(leaf) => drop(named.insert(leaf)),
                None => open += usize::from(entry.day >= copy_day),
            }
        }
        let unknown = self.erasures.iter().filter(|leaf| !named.contains(leaf)).count();
        let is_noted = |entry: &&Entry| {
            entry.day >= copy_day && !matches!(entry.effect, vault::Effect::Erase | vault::Effect::Notice)
        };
        let noted = journal.iter().filter(is_noted).count();
        if unknown > open || noted < self.noted {
            let unknown = unknown.saturating_sub(open) + self.noted.saturating_sub(noted);
            return Err(Error::Log(format!(
                "{unknown} effects in it are unknown to the journal, which is an older one"
            )));
        }
        Ok(())
    }
}

/// The leaves of a bundle of the log that was published at a size.
fn bundle(folder: &Path, n: u64, size: u64) -> Result<Vec<Vec<u8>>> {
    let gone = || Error::Log(format!("the entries from {} on are missing in {}", n * 256, folder.display()));
    let id = TileId::within(0, n, size).ok_or_else(gone)?;
    let bytes = vault::file::read(&folder.join(id.bundle_path()))?.ok_or_else(gone)?;
    let leaves = ledger::decode_bundle(&bytes, id.width).map_err(damaged)?;
    Ok(leaves.into_iter().map(<[u8]>::to_vec).collect())
}

/// Leaves arrive. One that waits in the copy's own outbox has its index now.
fn arrive(tx: &mut Tx<'_>, leaves: &[Vec<u8>]) -> Result<()> {
    let first = append(tx, leaves)?;
    let waiting = tx.all(&rows::LIST_OUTBOX, &[i64::MAX.into()])?;
    if waiting.is_empty() {
        return Ok(());
    }
    let mut places: HashMap<&[u8], Vec<u64>> = HashMap::new();
    for (leaf, idx) in leaves.iter().zip(first..) {
        places.entry(leaf).or_default().push(idx);
    }
    for row in &waiting {
        let leaf: Vec<u8> = row.get(2)?;
        let Some(idx) = places.get_mut(leaf.as_slice()).and_then(Vec::pop) else {
            continue;
        };
        tx.execute(&rows::UPDATE_TRAIL, &[row.get::<Val>(0)?, row.get::<Val>(1)?, idx.into()])?;
        if row.get::<Option<[u8; 16]>>(3)?.is_some() {
            tx.execute(&rows::UPDATE_TRAIL, &[row.get::<Val>(3)?, row.get::<Val>(4)?, idx.into()])?;
        }
        tx.execute(&rows::DELETE_ARRIVED, &[row.get::<Val>(0)?, row.get::<Val>(1)?])?;
    }
    Ok(())
}

/// The published notices that are in a folder and not among those known.
fn find_missing(folder: &Path, known: &[Digest]) -> Result<Vec<Missing>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| unreadable(folder, error))?,
    };
    let mut missing = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let one = read_missing(&path)?;
        if !known.contains(&one.notice.digest()) {
            missing.push(one);
        }
    }
    Ok(missing)
}

fn read_missing(path: &Path) -> Result<Missing> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    let facts_at = path.with_extension("json");
    let facts = std::fs::read(&facts_at).map_err(|error| unreadable(&facts_at, error))?;
    let facts: Facts = serde_json::from_slice(&facts).map_err(|_| strange())?;
    let notice = notice::read(&text).ok().and_then(|read| read.notice).ok_or_else(strange)?;
    let day = |text: &str| law::parse_iso(text).ok_or_else(strange);
    let (published_on, effective_on) = (day(&facts.published_on)?, day(&facts.effective_on)?);
    Ok(Missing { text, notice, published_on, effective_on, approved_by: facts.approved_by })
}

fn strange() -> Error {
    Error::Log("a notice that was published beside it cannot be read".to_owned())
}

fn unreadable(place: &Path, source: std::io::Error) -> Error {
    vault::Error::Io { what: "read", place: place.to_owned(), source }.into()
}

/// `host/log` becomes `host/log/2`, that `host/log/3`.
fn next_name(origin: &str) -> String {
    let numbered = origin.rsplit_once('/').and_then(|(stem, n)| Some((stem, n.parse::<u32>().ok()?)));
    match numbered {
        Some((stem, n)) => format!("{stem}/{}", n.saturating_add(1)),
        None => format!("{origin}/2"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_begins_anew_counts_its_names() {
        assert_eq!(next_name("portal.segfl.example/log"), "portal.segfl.example/log/2");
        assert_eq!(next_name("portal.segfl.example/log/2"), "portal.segfl.example/log/3");
    }
}
