//! A slot: a key that stands in every place, sealed under the root.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rand_core::CryptoRng;

use crate::key::{Associated, Key};
use crate::{Error, Result, Root, day, equal, file};

/// Whose key a slot holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// The key of a civil day.
    Epoch(Date),
    /// The seed with which checkpoints of the log are signed.
    Log,
}

impl Slot {
    /// The slot that a file of this name in a place is.
    pub(crate) fn parse(name: &str) -> Option<Slot> {
        if name == "log.key" {
            return Some(Slot::Log);
        }
        day::read(name.strip_prefix("epoch-")?.strip_suffix(".slot")?).map(Slot::Epoch)
    }

    pub(crate) fn path(self, place: &Path) -> PathBuf {
        place.join(match self {
            Slot::Epoch(day) => format!("epoch-{day}.slot"),
            Slot::Log => "log.key".to_owned(),
        })
    }

    /// The bytes of the file: `key` sealed under `root`.
    pub(crate) fn seal(self, key: &Key, root: &Key, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        root.seal(key.bytes(), &self.associated(), rng)
    }

    /// The key in `bytes`; [`Error::DoesNotOpen`] under another root or as another slot.
    pub(crate) fn open(self, bytes: &[u8], root: &Key) -> Result<Key> {
        let plain = root.open(bytes, &self.associated(), "a slot")?;
        Key::read(&plain).ok_or_else(|| Error::malformed("a slot is not one key"))
    }

    fn associated(self) -> Associated {
        match self {
            Slot::Epoch(day) => Associated::new("slot").part(day.to_string().as_bytes()),
            Slot::Log => Associated::new("log-key"),
        }
    }

    fn words(self, place: &Path) -> String {
        match self {
            Slot::Epoch(day) => format!("the slot of epoch {day} in {}", place.display()),
            Slot::Log => format!("the key of the log in {}", place.display()),
        }
    }
}

/// What a place has of a slot.
pub(crate) struct Found<'a> {
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// The key in it.
    pub(crate) key: Key,
    /// How many roots are newer than the one that opened it.
    pub(crate) age: usize,
    place: &'a Path,
}

/// What the places have of a slot, under the newest root that any of them knows; an error when two hold different keys. Places
/// may differ in bytes for a while: a rotation of the root goes from one to the next.
pub(crate) fn find<'a>(slot: Slot, places: &'a [PathBuf], roots: &[Root]) -> Result<Option<Found<'a>>> {
    let mut newest: Option<Found> = None;
    for place in places {
        let Some(found) = read(slot, place, roots)? else { continue };
        if let Some(first) = &newest
            && !equal(first.key.bytes(), found.key.bytes())
        {
            let (what, first) = (slot.words(place), first.place.display());
            return Err(Error::malformed(format!("{what} differs from the one in {first}")));
        }
        if newest.as_ref().is_none_or(|newest| found.age < newest.age) {
            newest = Some(found);
        }
    }
    Ok(newest)
}

fn read<'a>(slot: Slot, place: &'a Path, roots: &[Root]) -> Result<Option<Found<'a>>> {
    let path = slot.path(place);
    let Some(bytes) = file::read(&path)? else { return Ok(None) };
    let key = (0..).zip(roots.iter().rev()).find_map(|(age, root)| Some((age, slot.open(&bytes, root.key()).ok()?)));
    match key {
        Some((age, key)) => Ok(Some(Found { bytes, key, age, place })),
        // Opened just before the owner destroyed it, which takes the name first and the bytes after.
        None if !path.try_exists().map_err(Error::io("read", &path))? => Ok(None),
        None => Err(Error::DoesNotOpen { what: slot.words(place) }),
    }
}

/// The slots that stand in any place.
pub(crate) fn all(places: &[PathBuf]) -> Result<BTreeSet<Slot>> {
    let mut slots = BTreeSet::new();
    for place in places {
        slots.extend(names(place)?.iter().filter_map(|name| Slot::parse(name)));
    }
    Ok(slots)
}

/// The names in `place` that can be ours.
pub(crate) fn names(place: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(place).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(Error::io("read", place))?;
    Ok(entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}
