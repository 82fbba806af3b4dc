//! Publishing: the log in files outside the database, and a signed checkpoint that says how far they go.
//!
//! The folder is a static log as C2SP tlog-tiles describes it, and anybody who has it can verify it without a database:
//! `checkpoint`, `log.vkey`, the tiles of hashes, the bundles of entries, and the text of each published notice. The entries go to
//! auditors; over HTTP the hashes alone are given.
//!
//! Leaves are written and synced before the checkpoint that covers them is signed. So whatever was ever signed stands outside
//! the database, an older copy of it is known by that, and what it lacks comes back from here: no index is ever used twice.

mod files;
mod gate;
mod signed;

use crate::edge::{Edge, WIDTH, leaves};
use crate::evidence::{damaged, index};
use crate::{Custody, Error, Result, notices, rows};
use files::Files;
pub(crate) use files::remove_bundles;
use ledger::{Checkpoint, Frontier, Hash, Signer, TileId};
use notice::Digest;
pub(crate) use signed::Signed;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use store::Tx;

/// The name of the newest checkpoint in the folder.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// The name of the key that verifies it.
const KEY: &str = "log.vkey";

/// How often, and how long apart, the newest checkpoint is looked at by who waits for another process to sign.
const ASKS: (u32, Duration) = (50, Duration::from_millis(100));

/// How many checkpoints are remembered: a transaction that began before the newest was signed needs the one before.
const REMEMBERED: usize = 2;

/// Where the log is published, and how far.
pub(crate) struct Publisher {
    folder: PathBuf,
    /// The name of a log that has none yet.
    origin: String,
    /// What the one who publishes goes on from. Nothing after a failure: then it is what the folder says.
    outside: Mutex<Option<Outside>>,
    /// The newest checkpoints, newest first.
    signed: RwLock<Vec<Arc<Signed>>>,
    key: OnceLock<String>,
}

/// What was published.
struct Outside {
    signer: Signer,
    /// How many leaves the newest checkpoint in the folder covers.
    covered: u64,
    edge: Edge,
    /// The leaves of the last bundle while it is not full.
    bundle: Vec<Vec<u8>>,
    notices: BTreeSet<Digest>,
}

/// The head of the log as its row has it.
#[derive(Default)]
pub(crate) struct Log {
    pub head: Frontier,
    pub origin: Option<String>,
    /// The first leaf that was not pruned.
    pub first: u64,
}

impl Publisher {
    pub(crate) fn new(folder: PathBuf, origin: String) -> Self {
        let (outside, signed, key) = (Mutex::default(), RwLock::default(), OnceLock::new());
        Self { folder, origin, outside, signed, key }
    }

    /// The folder of the published log.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the log is published, and the name that it has when it is published first.
    pub(crate) fn place(&self) -> (PathBuf, String) {
        (self.folder.clone(), self.origin.clone())
    }

    fn signed(&self) -> Vec<Arc<Signed>> {
        self.signed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, text: String, edge: Edge) {
        let mut signed = self.signed.write().unwrap_or_else(PoisonError::into_inner);
        signed.insert(0, Arc::new(Signed { text, edge }));
        signed.truncate(REMEMBERED);
    }
}

impl Custody {
    /// Publishes what is new in the log and signs a checkpoint over it; says how many leaves the newest checkpoint covers. Every
    /// leaf that waits gets its index before. Where another process publishes, this one only looks how far that has come.
    ///
    /// On an error nothing is signed, and the next call begins from what the folder has. Blocking.
    pub fn publish_log(&self) -> Result<u64> {
        if !self.store().is_alone() || self.sequenced()?.is_none() {
            return self.read_signed();
        }
        let mut place =
            self.publisher().outside.lock().map_err(|_| Error::Nonsense("publishing was left half-done"))?;
        let mut outside = match place.take() {
            Some(outside) => outside,
            None => self.look_outside()?,
        };
        self.publish_to(&mut outside)?;
        let size = outside.edge.size();
        *place = Some(outside);
        Ok(size)
    }

    /// Has everything that was acknowledged until now under the newest checkpoint, openings too, whoever signs it: for what
    /// shows proofs, such as receipts and exports. Blocking; [`store::Error::Busy`] after five seconds.
    pub fn publish_now(&self) -> Result<u64> {
        self.cut_segment()?;
        self.await_index()?;
        let size = self.store().read_blocking("find_log", find_log)?.head.size();
        for _ in 0..ASKS.0 {
            let published = self.publish_log()?;
            if published >= size {
                return Ok(published);
            }
            std::thread::sleep(ASKS.1);
        }
        Err(store::Error::Busy.into())
    }

    /// The key that verifies checkpoints, as a line of text.
    pub fn log_key(&self) -> Result<String> {
        if let Some(key) = self.publisher().key.get() {
            return Ok(key.clone());
        }
        let log = self.store().read_blocking("find_log", find_log)?;
        Ok(self.signer(&log)?.verifier().to_string())
    }

    fn signer(&self, log: &Log) -> Result<Signer> {
        let seed = self.keyring_mut()?.log_seed(&mut self.store().random())?;
        Signer::from_seed(log.origin.as_ref().unwrap_or(&self.publisher().origin), &seed).map_err(damaged)
    }

    /// Writes what is new, syncs it, and only then signs.
    fn publish_to(&self, outside: &mut Outside) -> Result<()> {
        let log = self.store().read_blocking("find_log", find_log)?;
        let (from, size) = (outside.covered, log.head.size());
        if size < from {
            return Err(Error::Behind { database: size, published: from });
        }
        if size == from {
            return Ok(());
        }
        let folder = &self.publisher().folder;
        let mut files = Files::new(folder);
        self.write_notices(&mut files, &mut outside.notices)?;
        self.write_leaves(&mut files, outside, size)?;
        files.put_once(KEY, format!("{}\n", outside.signer.verifier()).as_bytes())?;
        files.sync()?;
        let root = outside.edge.root()?;
        if root != log.head.root() {
            return Err(Error::Log(format!("its first {size} leaves do not have its root")));
        }
        self.sign(outside, size, root)?;
        // A log that has a name was published: from then on its folder may not be missing.
        if log.origin.is_none() {
            self.name_log(outside.signer.verifier().name())?;
        }
        outside.covered = size;
        files::remove_partials(folder, from, size);
        Ok(())
    }

    fn sign(&self, outside: &Outside, size: u64, root: Hash) -> Result<()> {
        let checkpoint = Checkpoint { origin: outside.signer.verifier().name().to_owned(), size, root };
        let text = checkpoint.sign(&outside.signer).map_err(|error| Error::Log(error.to_string()))?;
        vault::file::replace(&self.publisher().folder.join(CHECKPOINT), text.as_bytes())?;
        self.publisher().remember(text.clone(), outside.edge.clone());
        self.store().write_blocking("checkpoint", move |tx| {
            let today = tx.today();
            tx.execute(&rows::UPSERT_CHECKPOINT, &[today.into(), index(size)?.into(), text.as_str().into()])?;
            Ok(())
        })
    }

    fn name_log(&self, origin: &str) -> Result<()> {
        let origin = origin.to_owned();
        self.store().write_blocking("name_log", move |tx| {
            tx.execute(&rows::NAME_LOG, &[origin.as_str().into(), "main".into()])?;
            Ok(())
        })
    }

    /// The text of each published notice, and beside it when it was published and by what role.
    fn write_notices(&self, files: &mut Files<'_>, known: &mut BTreeSet<Digest>) -> Result<()> {
        let digests = self.store().read_blocking("list_digests", notices::digests)?;
        if digests.iter().all(|digest| known.contains(digest)) {
            return Ok(());
        }
        for one in self.store().read_blocking("list_notices", notices::list)? {
            if known.insert(one.digest) {
                let name = format!("notices/{}", one.digest);
                let facts = serde_json::json!({
                    "version": one.notice.head().version,
                    "published_on": law::iso(one.published_on),
                    "effective_on": law::iso(one.effective_on),
                    "approved_by": one.approved_by,
                });
                files.put_once(&format!("{name}.toml"), one.text.as_bytes())?;
                files.put_once(&format!("{name}.json"), format!("{facts:#}\n").as_bytes())?;
            }
        }
        Ok(())
    }

    /// Tiles and bundles from where the last ones end: full ones as they fill, then what is left of each level.
    fn write_leaves(&self, files: &mut Files<'_>, outside: &mut Outside, size: u64) -> Result<()> {
        let from = outside.covered;
        while outside.edge.size() < size {
            let at = outside.edge.size();
            let count = (WIDTH - at % WIDTH).min(size - at);
            let page = self.store().read_blocking("page_leaves", move |tx| leaves(tx, at, count))?;
            for leaf in page {
                let hash = ledger::leaf_hash(&leaf);
                outside.bundle.push(leaf);
                let bundle = &mut outside.bundle;
                outside.edge.append(hash, |level, n, hashes| {
                    if level == 0 {
                        files.put(&full(0, n).bundle_path(), &bundled(bundle)?)?;
                        bundle.clear();
                    }
                    files.put(&full(level, n).path(), &hashes.concat())
                })?;
            }
        }
        for (level, hashes) in (0u8..).zip(outside.edge.levels()) {
            let reach = 8 * u32::from(level);
            if hashes.is_empty() || from >> reach == size >> reach {
                continue;
            }
            let Some(last) = TileId::within(level, (size >> reach) / WIDTH, size) else { continue };
            files.put(&last.path(), &hashes.concat())?;
            if level == 0 {
                files.put(&last.bundle_path(), &bundled(&outside.bundle)?)?;
            }
        }
        Ok(())
    }
}

fn bundled(leaves: &[Vec<u8>]) -> Result<Vec<u8>> {
    ledger::encode_bundle(&leaves.iter().map(Vec::as_slice).collect::<Vec<_>>()).map_err(damaged)
}

/// A tile of 256 hashes.
fn full(level: u8, n: u64) -> TileId {
    TileId { level, n, width: 256 }
}

pub(crate) fn find_log(tx: &mut Tx<'_>) -> Result<Log> {
    let Some(row) = tx.optional(&rows::FIND_LOG, &[])? else {
        return Ok(Log::default());
    };
    let head = Frontier::decode(row.get(0)?, &row.get::<Vec<u8>>(1)?).map_err(damaged)?;
    Ok(Log { head, origin: row.get(2)?, first: row.get(3)? })
}
