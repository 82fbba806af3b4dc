//! The keyring: one slot an epoch, the same in every place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rand_core::CryptoRng;

use crate::epoch::EpochKey;
use crate::{Error, Result, Root, equal, place};

/// The epoch keys, in memory and in every place. A place is a folder outside the database, its folder and every backup set; it is
/// overwritten, never versioned. One process at a time writes to the places.
pub struct Keyring {
    places: Vec<PathBuf>,
    root: Root,
    epochs: BTreeMap<Date, Arc<EpochKey>>,
}

impl Keyring {
    /// Opens every slot of every place. Creates a folder that is missing, writes to each place the slots that only another one
    /// has, and destroys what an interrupted write left behind. A slot that does not open, or differs from the same day's slot
    /// in another place, is an error that names place and epoch: guessing here could lose everything sealed on that day.
    pub fn open(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        if places.is_empty() {
            return Err(Error::malformed("a keyring needs at least one place"));
        }
        let mut days = BTreeSet::new();
        for place in &places {
            place::create_folder(place)?;
            days.append(&mut tidy(place)?);
        }
        let mut keyring = Keyring { places, root, epochs: BTreeMap::new() };
        for day in days {
            keyring.adopt(day)?;
        }
        Ok(keyring)
    }

    /// Makes the key of `day` and has it stand in every place, synced, before it can be used. `false` when it stands already.
    /// After a failure nothing was used; the next call finishes with the slot that the failed one left, so that two places never
    /// disagree about a day.
    pub fn begin(&mut self, day: Date, rng: &mut (impl CryptoRng + ?Sized)) -> Result<bool> {
        if self.epochs.contains_key(&day) {
            return Ok(false);
        }
        if !self.adopt(day)? {
            let epoch = EpochKey::generate(day, rng);
            let slot = epoch.slot(self.root.key(), rng);
            for place in &self.places {
                place::replace(&slot_path(place, day), &slot)?;
            }
            self.epochs.insert(day, Arc::new(epoch));
        }
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
        if self.current() == Some(day) {
            return Err(Error::CurrentEpoch);
        }
        self.epochs.remove(&day);
        let mut outcome = Ok(());
        for place in &self.places {
            let slot = slot_path(place, day);
            outcome = outcome.and(place::destroy(&slot)).and(place::destroy(&slot.with_added_extension("new")));
        }
        outcome.map(|()| self.places.clone())
    }

    /// The folders that hold the slots.
    pub fn places(&self) -> &[PathBuf] {
        &self.places
    }

    /// Takes up the slot of `day` if any place has one, and heals the places that have none.
    fn adopt(&mut self, day: Date) -> Result<bool> {
        let slots = self.places.iter().map(|place| Ok((place, read_slot(place, day)?))).collect::<Result<Vec<_>>>()?;
        let mut found: Option<(&Path, &[u8], EpochKey)> = None;
        for (place, slot) in &slots {
            let Some(slot) = slot else { continue };
            let what = || format!("the slot of epoch {day} in {}", place.display());
            let epoch = EpochKey::read(day, slot, self.root.key()).map_err(|_| Error::DoesNotOpen { what: what() })?;
            match &found {
                Some((first, bytes, _)) if !equal(bytes, slot) => {
                    let (what, first) = (what(), first.display());
                    return Err(Error::malformed(format!("{what} differs from the one in {first}")));
                }
                Some(_) => {}
                None => found = Some((place, slot, epoch)),
            }
        }
        let Some((_, bytes, epoch)) = found else {
            return Ok(false);
        };
        for (place, _) in slots.iter().filter(|(_, slot)| slot.is_none()) {
            place::replace(&slot_path(place, day), bytes)?;
        }
        self.epochs.insert(day, Arc::new(epoch));
        Ok(true)
    }
}

/// The days that have a slot in `place`; what an interrupted write left there is destroyed. Other files are none of ours.
fn tidy(place: &Path) -> Result<BTreeSet<Date>> {
    let mut days = BTreeSet::new();
    for entry in fs::read_dir(place).map_err(Error::io("read", place))? {
        let name = entry.map_err(Error::io("read", place))?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(day) = slot_day(name) {
            days.insert(day);
        } else if name.strip_suffix(".new").and_then(slot_day).is_some() {
            place::destroy(&place.join(name))?;
        }
    }
    Ok(days)
}

fn read_slot(place: &Path, day: Date) -> Result<Option<Vec<u8>>> {
    let path = slot_path(place, day);
    match fs::read(&path) {
        Ok(slot) => Ok(Some(slot)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}

fn slot_path(place: &Path, day: Date) -> PathBuf {
    place.join(format!("epoch-{day}.slot"))
}

fn slot_day(name: &str) -> Option<Date> {
    let day: Date = name.strip_prefix("epoch-")?.strip_suffix(".slot")?.parse().ok()?;
    // Only the one spelling that we write: the parser takes others too.
    (name == format!("epoch-{day}.slot")).then_some(day)
}

#[cfg(test)]
mod tests;
