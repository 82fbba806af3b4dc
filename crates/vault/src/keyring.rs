//! The keyring: one slot an epoch, the same in every place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rand_core::CryptoRng;

use crate::epoch::EpochKey;
use crate::{Error, Result, Root, day, equal, place};

/// The epoch keys, in memory and in every place. A place is a folder outside the database, its folder and every backup set; it is
/// overwritten, never versioned. One process owns the places and writes to them; any number may read them beside it.
pub struct Keyring {
    places: Vec<PathBuf>,
    root: Root,
    epochs: BTreeMap<Date, Arc<EpochKey>>,
    /// The lock of every place, held until the keyring is dropped; none when it was opened beside its owner.
    locks: Option<Vec<File>>,
}

impl Keyring {
    /// Opens every slot of every place for the one process that is alone on the data: another one, or a place given twice, is
    /// [`Error::Locked`]. Creates a folder that is missing, destroys what an interrupted write left behind, and writes to each
    /// place the slots that only another one has. A slot that does not open, or differs from the same day's slot in another
    /// place, is an error that names place and epoch: guessing here could lose everything sealed on that day.
    pub fn open(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        let mut locks = Vec::new();
        for place in &places {
            place::create_folder(place)?;
            locks.push(place::lock(&place.join("lock"), place)?);
        }
        places.iter().try_for_each(|place| tidy(place))?;
        let mut keyring = Keyring::read(places, root)?;
        keyring.locks = Some(locks);
        for &day in keyring.epochs.keys() {
            keyring.heal(day)?;
        }
        Ok(keyring)
    }

    /// Opens every slot for a process beside the owner. It only reads: no file is made, changed or locked, and [`Keyring::begin`]
    /// and [`Keyring::destroy`] are [`Error::Beside`]. What the owner is just writing is passed over, and so is a slot that it
    /// destroys meanwhile; an epoch that is begun afterwards is not seen. A place that is missing is an error, and so is what is
    /// one for [`Keyring::open`].
    pub fn open_beside(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        Keyring::read(places, root)
    }

    /// Makes the key of `day` and has it stand in every place, synced, before it can be used. `false` when it stands already.
    /// After a failure nothing was used; the next call finishes with the slot that the failed one left, so that two places never
    /// disagree about a day.
    pub fn begin(&mut self, day: Date, rng: &mut (impl CryptoRng + ?Sized)) -> Result<bool> {
        self.owned()?;
        if self.epochs.contains_key(&day) {
            return Ok(false);
        }
        let epoch = match self.heal(day)? {
            Some(epoch) => epoch,
            None => self.write(day, rng)?,
        };
        self.epochs.insert(day, Arc::new(epoch));
        Ok(true)
    }

    /// The newest epoch: the one under which keys are wrapped.
    pub fn current(&self) -> Option<Date> {
        self.epochs.last_key_value().map(|(&day, _)| day)
    }

    /// Every epoch whose key stands, oldest first.
    pub fn epochs(&self) -> Vec<Date> {
        self.epochs.keys().copied().collect()
    }

    /// The key of `day`, or [`Error::EpochGone`].
    pub fn key(&self, day: Date) -> Result<Arc<EpochKey>> {
        self.epochs.get(&day).cloned().ok_or(Error::EpochGone(day))
    }

    /// Overwrites with zeros, unlinks and syncs the slot of `day` in every place, and returns the places. The key goes from memory
    /// first (a clone from [`Keyring::key`] lives until it is dropped). Every place is tried even when one fails, and then it is
    /// an error: call again until it succeeds. A day without a slot succeeds; the current epoch is [`Error::CurrentEpoch`].
    pub fn destroy(&mut self, day: Date) -> Result<Vec<PathBuf>> {
        self.owned()?;
        if self.current() == Some(day) {
            return Err(Error::CurrentEpoch);
        }
        self.epochs.remove(&day);
        let mut outcome = Ok(());
        for place in &self.places {
            let slot = slot_path(place, day);
            outcome = outcome.and(place::destroy(&slot)).and(place::destroy(&place::temporary(&slot)));
        }
        outcome.map(|()| self.places.clone())
    }

    /// The folders that hold the slots.
    pub fn places(&self) -> &[PathBuf] {
        &self.places
    }

    /// Every slot of every place, in memory only.
    fn read(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        if places.is_empty() {
            return Err(Error::malformed("a keyring needs at least one place"));
        }
        let mut keyring = Keyring { places, root, epochs: BTreeMap::new(), locks: None };
        let mut read = BTreeSet::new();
        loop {
            // Again, until nothing was begun meanwhile: the newest of one listing may be destroyed before it is read.
            let days = &days(&keyring.places)? - &read;
            if days.is_empty() {
                return Ok(keyring);
            }
            for &day in &days {
                if let Some((_, epoch)) = find(&keyring.places, &keyring.root, day)? {
                    keyring.epochs.insert(day, Arc::new(epoch));
                }
            }
            read.extend(days);
        }
    }

    /// A new key for `day`, in every place.
    fn write(&self, day: Date, rng: &mut (impl CryptoRng + ?Sized)) -> Result<EpochKey> {
        let epoch = EpochKey::generate(day, rng);
        let slot = epoch.slot(self.root.key(), rng);
        for place in &self.places {
            place::replace(&slot_path(place, day), &slot)?;
        }
        Ok(epoch)
    }

    /// Copies the slot of `day`, if any place has one, to the places that have none.
    fn heal(&self, day: Date) -> Result<Option<EpochKey>> {
        let Some((slot, epoch)) = find(&self.places, &self.root, day)? else {
            return Ok(None);
        };
        for place in &self.places {
            let path = slot_path(place, day);
            if !exists(&path)? {
                place::replace(&path, &slot)?;
            }
        }
        Ok(Some(epoch))
    }

    fn owned(&self) -> Result<()> {
        self.locks.as_ref().map(|_| ()).ok_or(Error::Beside)
    }
}

/// The days that have a slot in any place.
fn days(places: &[PathBuf]) -> Result<BTreeSet<Date>> {
    let mut days = BTreeSet::new();
    for place in places {
        days.extend(names(place)?.iter().filter_map(|name| slot_day(name)));
    }
    Ok(days)
}

/// The slot of `day` and the key in it, if any place has one; an error when two places differ.
fn find(places: &[PathBuf], root: &Root, day: Date) -> Result<Option<(Vec<u8>, EpochKey)>> {
    let mut found: Option<(&Path, Vec<u8>, EpochKey)> = None;
    for place in places {
        let Some((slot, epoch)) = read_slot(place, root, day)? else { continue };
        match &found {
            Some((first, bytes, _)) if !equal(bytes, &slot) => {
                let (what, first) = (slot_words(place, day), first.display());
                return Err(Error::malformed(format!("{what} differs from the one in {first}")));
            }
            Some(_) => {}
            None => found = Some((place, slot, epoch)),
        }
    }
    Ok(found.map(|(_, slot, epoch)| (slot, epoch)))
}

fn read_slot(place: &Path, root: &Root, day: Date) -> Result<Option<(Vec<u8>, EpochKey)>> {
    let path = slot_path(place, day);
    let slot = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        slot => slot.map_err(Error::io("read", &path))?,
    };
    match EpochKey::read(day, &slot, root.key()) {
        Ok(epoch) => Ok(Some((slot, epoch))),
        // Opened just before the owner destroyed it, which takes the name first and the bytes after.
        Err(_) if !exists(&path)? => Ok(None),
        Err(_) => Err(Error::DoesNotOpen { what: slot_words(place, day) }),
    }
}

/// Destroys what an interrupted write or destruction left in `place`. Other files are none of ours.
fn tidy(place: &Path) -> Result<()> {
    for name in names(place)? {
        let path = place.join(&name);
        if name.strip_suffix(".new").and_then(slot_day).is_some() {
            place::destroy(&path)?;
        } else if let Some(name) = name.strip_suffix(".old")
            && slot_day(name.strip_suffix(".new").unwrap_or(name)).is_some()
        {
            place::shred(&path)?;
        }
    }
    Ok(())
}

/// The names in `place` that can be ours.
fn names(place: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(place).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(Error::io("read", place))?;
    Ok(entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

fn exists(path: &Path) -> Result<bool> {
    path.try_exists().map_err(Error::io("read", path))
}

fn slot_path(place: &Path, day: Date) -> PathBuf {
    place.join(format!("epoch-{day}.slot"))
}

fn slot_day(name: &str) -> Option<Date> {
    day::read(name.strip_prefix("epoch-")?.strip_suffix(".slot")?)
}

fn slot_words(place: &Path, day: Date) -> String {
    format!("the slot of epoch {day} in {}", place.display())
}

#[cfg(test)]
mod tests;
