//! Checking a whole published log: every leaf, every tile, the root and the signature, without a database.

use crate::bundle::decode_bundle;
use crate::checkpoint::Checkpoint;
use crate::leaf::{Effect, Leaf};
use crate::note::Verifier;
use crate::path::{FULL, TileId, hashes};
use crate::tiles;
use crate::tree::{Hash, empty_root, leaf_hash, node_hash, root};

/// After so many findings reading stops: the log is not what it should be, and the rest would say so again.
pub const MAX_FINDINGS: usize = 1_000;

/// What was read of a log and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint, where its signature is good.
    pub checkpoint: Option<Checkpoint>,
    /// How many leaves were read.
    pub leaves: u64,
    /// How many leaves, from the first, are no longer kept; their hashes are.
    pub pruned: u64,
    /// How many leaves there are of each effect that occurs, in the order of [`Effect::ALL`].
    pub effects: Vec<(Effect, u64)>,
    /// What is wrong, in the order it was come upon. Nothing is: the log is whole.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, by its path in the log.
    pub file: String,
    /// The leaf's index in the log, or the hash's place in its tile, from 0.
    pub index: Option<u64>,
    /// What is wrong with it.
    pub sentence: String,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Reads a whole log. `read_file` gives the content of a file by its path (`checkpoint`, `tile/…`), or nothing where there is
/// none; `progress` is told from time to time how many leaves are done.
///
/// Each leaf must hash to its place in its tile, each tile to its place in the tile above, and the whole to the signed root:
/// so what is wrong is found where it is. Leaves at the beginning may be missing as far as a leaf [`Effect::Pruned`] says;
/// their tiles must stand. Other files of the folder (partial tiles of earlier sizes, notices, the key) are not read.
pub fn verify_log(
    read_file: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    log: &Verifier,
    progress: &mut dyn FnMut(u64),
) -> Report {
    let mut reading = Reading {
        read_file,
        report: Report::default(),
        size: 0,
        counts: [0; Effect::ALL.len()],
        may_be_pruned: 0,
        levels: Vec::new(),
    };
    match reading.open(log) {
        Ok(checkpoint) => {
            reading.size = checkpoint.size;
            reading.leaves(progress);
            reading.finish(&checkpoint);
            reading.report.checkpoint = Some(checkpoint);
        }
        Err(sentence) => reading.find(CHECKPOINT, None, sentence),
    }
    reading.report
}

const CHECKPOINT: &str = "checkpoint";

struct Reading<'a> {
    read_file: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
    report: Report,
    size: u64,
    /// For each code of an effect, from 1.
    counts: [u64; Effect::ALL.len()],
    may_be_pruned: u64,
    /// For each level the hashes of its last, growing tile; `None` for one that could not be derived.
    levels: Vec<Vec<Option<Hash>>>,
}

impl Reading<'_> {
    fn open(&mut self, log: &Verifier) -> Result<Checkpoint, String> {
        let bytes = (self.read_file)(CHECKPOINT).ok_or(MISSING)?;
        let note = String::from_utf8(bytes).map_err(|_| "The file is not text.")?;
        Checkpoint::open(&note, log).map_err(|error| sentence(&error))
    }

    fn leaves(&mut self, progress: &mut dyn FnMut(u64)) {
        for n in 0..self.size.div_ceil(FULL.into()) {
            if self.report.findings.len() >= MAX_FINDINGS {
                return;
            }
            let Some(tile) = TileId::within(0, n, self.size) else {
                return;
            };
            let leaves = self.bundle(tile);
            self.levels_mut(0).extend(leaves);
            if tile.is_full() {
                self.close(0, n);
            }
            progress((n * u64::from(FULL)).saturating_add(tile.width.into()).min(self.size));
        }
    }

    /// The hashes of the leaves in a bundle.
    fn bundle(&mut self, tile: TileId) -> Vec<Option<Hash>> {
        let unknown = vec![None; tile.width.into()];
        let path = tile.bundle_path();
        let first = tile.n * u64::from(FULL);
        let Some(bytes) = (self.read_file)(&path) else {
            // Only what comes before everything that is kept can have been pruned.
            if self.report.pruned == first && tile.is_full() {
                self.report.pruned += u64::from(FULL);
            } else {
                self.find(&path, None, MISSING);
            }
            return unknown;
        };
        let Ok(leaves) = decode_bundle(&bytes, tile.width) else {
            self.find(&path, None, "The file does not hold the leaves that it should, each after its length.");
            return unknown;
        };
        let mut hashes = Vec::with_capacity(leaves.len());
        for (index, leaf) in (first..).zip(leaves) {
            hashes.push(Some(leaf_hash(leaf)));
            match Leaf::read(leaf, |_| ()) {
                Ok(leaf) => self.count(&leaf),
                Err(error) => self.find(&path, Some(index), format!("This is no leaf: {error}.")),
            }
        }
        hashes
    }

    fn count(&mut self, leaf: &Leaf) {
        self.report.leaves += 1;
        if let Some(count) = self.counts.get_mut(leaf.effect as usize - 1) {
            *count += 1;
        }
        if leaf.effect == Effect::Pruned {
            self.may_be_pruned = self.may_be_pruned.max(leaf.count.into());
        }
    }

    /// Compares the last tile of a level with its file, hands its root to the level above, and begins the next.
    fn close(&mut self, level: u8, n: u64) {
        let hashes = self.compare(level, n);
        let above = hashes.map(|hashes| root(&hashes));
        let parents = self.levels_mut(level + 1);
        parents.push(above);
        if parents.len() == usize::from(FULL) {
            self.close(level + 1, n / u64::from(FULL));
        }
    }

    /// The hashes of the last tile of a level: those of its file where it can be read, and each is compared with what was
    /// derived from below; otherwise those derived.
    fn compare(&mut self, level: u8, n: u64) -> Option<Vec<Hash>> {
        let derived = std::mem::take(self.levels_mut(level));
        let tile = TileId::within(level, n, self.size)?;
        let path = tile.path();
        let bytes = (self.read_file)(&path);
        let held = bytes.as_deref().map(|bytes| tiles::decode(bytes, tile.width));
        let Some(Ok(held)) = held else {
            self.find(
                &path,
                None,
                if held.is_none() { MISSING } else { "The file does not hold the hashes that it should." },
            );
            return derived.into_iter().collect();
        };
        for (at, (held, derived)) in (0..).zip(held.iter().zip(derived)) {
            if derived.is_some_and(|derived| derived != *held) {
                self.differ(level, n * u64::from(FULL) + at, &path, at);
            }
        }
        Some(held.to_vec())
    }

    fn differ(&mut self, level: u8, child: u64, path: &str, at: u64) {
        let below = level.checked_sub(1).and_then(|level| TileId::within(level, child, self.size));
        if let Some(below) = below {
            self.find(path, Some(at), format!("The hash is not that of the tile {}.", below.path()));
        } else if let Some(tile) = TileId::within(0, child / u64::from(FULL), self.size) {
            self.find(
                &tile.bundle_path(),
                Some(child),
                format!("The leaf does not have the hash that {path} holds for it."),
            );
        }
    }

    fn finish(&mut self, checkpoint: &Checkpoint) {
        let count = |effect| self.counts.get(effect as usize - 1).copied().filter(|count| *count > 0);
        let effects = Effect::ALL.into_iter().filter_map(|effect| count(effect).map(|count| (effect, count)));
        self.report.effects = effects.collect();
        if self.report.findings.len() >= MAX_FINDINGS {
            self.find(CHECKPOINT, None, "There are too many findings: the rest was not read.");
            return;
        }
        if self.report.pruned > self.may_be_pruned {
            let (gone, may) = (self.report.pruned, self.may_be_pruned);
            let sentence = format!("The first {gone} leaves are missing, and the log says that {may} were pruned.");
            self.find("tile/entries/000", Some(0), sentence);
        }
        let derived = self.root();
        if derived.is_some_and(|derived| derived != checkpoint.root) {
            self.find(CHECKPOINT, None, "The signed root is not that of the tiles.");
        }
    }

    /// The root of all: the tiles at the right edge, each level left of those below it.
    fn root(&mut self) -> Option<Hash> {
        let mut right: Option<Hash> = None;
        for level in 0..self.levels.len() {
            let level = u8::try_from(level).ok()?;
            let width = hashes(level, self.size) % u64::from(FULL);
            if width == 0 {
                continue;
            }
            let mut left = self.compare(level, hashes(level, self.size) / u64::from(FULL))?;
            // The smallest perfect subtree of a partial tile stands rightmost.
            while let Some(height) = left.len().checked_sub(1).map(|_| left.len().trailing_zeros()) {
                let peak = root(&left.split_off(left.len() - (1 << height)));
                right = Some(right.map_or(peak, |right| node_hash(&peak, &right)));
            }
        }
        right.or_else(|| (self.size == 0).then(empty_root))
    }

    fn levels_mut(&mut self, level: u8) -> &mut Vec<Option<Hash>> {
        let level = usize::from(level);
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        &mut self.levels[level]
    }

    fn find(&mut self, file: &str, index: Option<u64>, sentence: impl Into<String>) {
        self.report.findings.push(Finding { file: file.to_owned(), index, sentence: sentence.into() });
    }
}

const MISSING: &str = "The file is missing.";

/// An error as a sentence of its own.
fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
