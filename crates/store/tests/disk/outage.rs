//! What a power cut leaves of the files. What was synced stands. Of what was not, any page may stand or not or in part, whatever
//! was written before or after it; of the names that were added and taken away since the folder was synced, the first
//! few stand.

use std::collections::BTreeMap;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::trace::Event;

const PAGE: usize = 4096;
const SECTOR: usize = 512;

/// What becomes of a change.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// Written, and not yet synced.
    Open,
    /// Synced.
    Safe,
    /// Its sync failed: it stands in the system's memory, and perhaps on disk; no later sync writes it.
    Adrift,
}

enum Change<'a> {
    Write(usize, &'a [u8]),
    Cut(usize),
}

/// A file, under whatever name, or none: every change since it was made.
#[derive(Default)]
struct File<'a>(Vec<(Change<'a>, Fate)>);

enum Name<'a> {
    Added(&'a str, usize),
    Taken(&'a str),
}

/// The disk at the moment of the cut.
#[derive(Default)]
struct Disk<'a> {
    files: Vec<File<'a>>,
    /// Which file each name means to the processes.
    live: BTreeMap<&'a str, usize>,
    names: Vec<Name<'a>>,
    /// So many of the names are synced.
    named: usize,
    /// What each sync that runs means: a file, or the folder, and how many of its changes.
    syncs: BTreeMap<usize, (Option<usize>, usize)>,
}

/// What a power cut after these events leaves, in an empty folder. `honest`: whether syncs do what they promise.
pub(crate) fn leave(events: &[Event], folder: &Path, seed: usize, honest: bool) {
    let mut disk = Disk::default();
    for event in events {
        disk.happen(event, honest);
    }
    let mut chance = Chance::new(seed);
    for (name, file) in disk.names_left(&mut chance) {
        std::fs::write(folder.join(name), disk.files[file].left(&mut chance)).expect("the file is written");
    }
    if chance.percent(50) {
        // Whatever was in the shared memory.
        std::fs::write(folder.join("candour.db-shm"), vec![0xA5; 32_768]).expect("the file is written");
    }
}

impl<'a> Disk<'a> {
    fn happen(&mut self, event: &'a Event, honest: bool) {
        match event {
            Event::Opened(name) if !self.live.contains_key(name.as_str()) => {
                self.files.push(File::default());
                self.live.insert(name, self.files.len() - 1);
                self.names.push(Name::Added(name, self.files.len() - 1));
            }
            Event::Unlinked(name) => {
                self.live.remove(name.as_str());
                self.names.push(Name::Taken(name));
            }
            Event::Wrote { file, at, bytes } => self.change(file, Change::Write(*at, bytes)),
            Event::Cut { file, length } => self.change(file, Change::Cut(*length)),
            Event::SyncBegan { file, sync } => {
                let file = self.live.get(file.as_str()).copied();
                let count = file.map_or(self.names.len(), |file| self.files[file].0.len());
                self.syncs.insert(*sync, (file, count));
            }
            Event::Synced(sync) if honest => self.sync(*sync, Fate::Safe),
            Event::SyncFailed(sync) => self.sync(*sync, Fate::Adrift),
            Event::Opened(_) | Event::Synced(_) | Event::Said(_) => {}
        }
    }

    fn change(&mut self, name: &str, change: Change<'a>) {
        let file = *self.live.get(name).expect("a file that is written was opened");
        self.files[file].0.push((change, Fate::Open));
    }

    fn sync(&mut self, sync: usize, fate: Fate) {
        let (file, count) = self.syncs.remove(&sync).expect("a sync that ends has begun");
        let Some(file) = file else {
            self.named = if fate == Fate::Safe { self.named.max(count) } else { self.named };
            return;
        };
        let open = self.files[file].0[..count].iter_mut().filter(|(_, fate)| *fate == Fate::Open);
        open.for_each(|(_, now)| *now = fate);
    }

    fn names_left(&self, chance: &mut Chance) -> BTreeMap<&'a str, usize> {
        let more = chance.below(self.names.len() - self.named + 1);
        let mut left = BTreeMap::new();
        for name in &self.names[..self.named + more] {
            match name {
                Name::Added(name, file) => drop(left.insert(*name, *file)),
                Name::Taken(name) => drop(left.remove(name)),
            }
        }
        left
    }
}

impl File<'_> {
    fn left(&self, chance: &mut Chance) -> Vec<u8> {
        let mut left = Vec::new();
        for (change, fate) in &self.0 {
            let safe = *fate == Fate::Safe;
            match change {
                Change::Cut(length) if safe || chance.keeps() => left.resize(*length, 0),
                Change::Cut(_) => {}
                Change::Write(at, bytes) => {
                    for (at, piece) in pages(*at, bytes) {
                        let (from, to) = if safe { (0, piece.len()) } else { chance.part(piece.len()) };
                        if from < to {
                            left.resize(left.len().max(at + to), 0);
                            left[at + from..at + to].copy_from_slice(&piece[from..to]);
                        }
                    }
                }
            }
        }
        left
    }
}

/// A write, cut where the pages of its file begin.
fn pages(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (PAGE - at % PAGE).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    let rest = rest.chunks(PAGE).enumerate().map(move |(i, piece)| (at + first + i * PAGE, piece));
    std::iter::once((at, head)).chain(rest)
}

/// Where the cut falls and what of the changes that are not safe it leaves: none, few, half, most or all of them, by its seed.
pub(crate) struct Chance {
    generator: ChaCha8Rng,
    kept_percent: usize,
}

impl Chance {
    pub(crate) fn new(seed: usize) -> Self {
        let mut chance = Self { generator: ChaCha8Rng::seed_from_u64(seed as u64), kept_percent: 0 };
        chance.kept_percent = [0, 10, 50, 90, 100][chance.below(5)];
        chance
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.generator.next_u32() as usize % end
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn keeps(&mut self) -> bool {
        self.percent(self.kept_percent)
    }

    /// The part of a page that stands: nothing, all, or the sectors before or after some sector.
    fn part(&mut self, length: usize) -> (usize, usize) {
        if !self.keeps() {
            return (0, 0);
        }
        let torn = (SECTOR * (1 + self.below(PAGE / SECTOR))).min(length);
        match self.below(10) {
            0 => (0, torn),
            1 => (torn, length),
            _ => (0, length),
        }
    }
}
