//! The keyring: one slot an epoch and one for the log, the same in every place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::epoch::EpochKey;
use crate::key::{KEY_LEN, Key};
use crate::slot::{self, Slot};
use crate::{Error, Result, Root, file, salt};

/// The epoch keys, in memory and in every place. A place is a folder outside the database, its folder and every backup set; it is
/// overwritten, never versioned. One process owns the places and writes to them; any number may read them beside it.
pub struct Keyring {
    places: Vec<PathBuf>,
    /// What seals slots is the last one. Those before it open what a rotation has not reached.
    roots: Vec<Root>,
    epochs: BTreeMap<Date, Arc<EpochKey>>,
    /// The lock of every place, held until the keyring is dropped; none when it was opened beside its owner.
    locks: Option<Vec<File>>,
}

impl Keyring {
    /// Opens every slot of every place for the one process that is alone on the data: another one, or a place given twice, is
    /// [`Error::Locked`]. Destroys what an interrupted write left behind, and writes to each place the slots that only another
    /// one has. A slot that does not open, or differs from the same day's slot in another place, is an error that names place and
    /// epoch: guessing here could lose everything sealed on that day.
    ///
    /// Folders that are missing are made as long as no place holds a key. After that one that is missing is
    /// [`Error::PlaceMissing`], and nothing is made or changed.
    pub fn open(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        let keyring = Keyring::own(places, vec![root])?;
        for slot in slot::all(&keyring.places)? {
            keyring.heal(slot)?;
        }
        Ok(keyring)
    }

    /// [`Keyring::open`], and then [`Keyring::rotate`] to the last of `roots`: it finishes a rotation that was interrupted, for
    /// which it is given the old root and the new one. Each slot opens under any of them. When none was interrupted nothing is
    /// written.
    pub fn open_with(places: Vec<PathBuf>, roots: Vec<Root>, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Keyring> {
        if roots.is_empty() {
            return Err(Error::malformed("a keyring needs a root key"));
        }
        let mut keyring = Keyring::own(places, roots)?;
        keyring.renew_all(rng)?;
        Ok(keyring)
    }

    /// Opens every slot for a process beside the owner. It only reads: no file is made, changed or locked, and [`Keyring::begin`]
    /// and [`Keyring::destroy`] are [`Error::Beside`]. What the owner is just writing is passed over, and so is a slot that it
    /// destroys meanwhile; an epoch that is begun afterwards is not seen. A place that is missing is an error, and so is what is
    /// one for [`Keyring::open`].
    pub fn open_beside(places: Vec<PathBuf>, root: Root) -> Result<Keyring> {
        Keyring::read(places, vec![root])
    }

    /// Makes the key of `day` and has it stand in every place, synced, before it can be used. `false` when it stands already.
    /// After a failure nothing was used; the next call finishes with the slot that the failed one left, so that two places never
    /// disagree about a day.
    pub fn begin(&mut self, day: Date, rng: &mut (impl CryptoRng + ?Sized)) -> Result<bool> {
        self.owned()?;
        if self.epochs.contains_key(&day) {
            return Ok(false);
        }
        let key = self.stand(Slot::Epoch(day), rng)?;
        self.epochs.insert(day, Arc::new(EpochKey::new(day, key)));
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
            let path = Slot::Epoch(day).path(place);
            outcome = outcome.and(file::destroy(&path)).and(file::destroy(&file::temporary(&path)));
        }
        outcome.map(|()| self.places.clone())
    }

    /// The 32 bytes from which the key that signs the log is made (an Ed25519 seed, RFC 8032). They are drawn once, by the owner,
    /// and stand in every place before this returns; [`Error::Beside`] when a process beside the owner asks before that.
    pub fn log_seed(&mut self, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Zeroizing<[u8; KEY_LEN]>> {
        let key = match self.owned() {
            Ok(()) => self.stand(Slot::Log, rng)?,
            Err(beside) => slot::find(Slot::Log, &self.places, &self.roots)?.ok_or(beside)?.key,
        };
        let mut seed = Zeroizing::new([0; KEY_LEN]);
        seed.copy_from_slice(key.bytes());
        Ok(seed)
    }

    /// Seals every slot anew under `new`, in every place, and overwrites what was sealed under the old root. The new root must be
    /// kept safely before this is called, and the old one until it has succeeded: when it is interrupted some slots open under
    /// the one and some under the other, and [`Keyring::open_with`] both finishes it; calling this again does too. Epoch keys
    /// stay as they are, and so does what they wrap.
    pub fn rotate(&mut self, new: Root, rng: &mut (impl CryptoRng + ?Sized)) -> Result<()> {
        self.owned()?;
        self.roots.push(new);
        self.renew_all(rng)
    }

    /// The folders that hold the slots.
    pub fn places(&self) -> &[PathBuf] {
        &self.places
    }

    /// Locks and tidies every place, and reads it.
    fn own(places: Vec<PathBuf>, roots: Vec<Root>) -> Result<Keyring> {
        let locks = take(&places)?;
        places.iter().try_for_each(|place| tidy(place))?;
        salt::heal(&places)?;
        Ok(Keyring { locks: Some(locks), ..Keyring::read(places, roots)? })
    }

    /// Every slot of every place, in memory only.
    fn read(places: Vec<PathBuf>, roots: Vec<Root>) -> Result<Keyring> {
        if places.is_empty() {
            return Err(Error::malformed("a keyring needs at least one place"));
        }
        let mut keyring = Keyring { places, roots, epochs: BTreeMap::new(), locks: None };
        let mut read = BTreeSet::new();
        loop {
            // Again, until nothing was begun meanwhile: the newest of one listing may be destroyed before it is read.
            let slots = &slot::all(&keyring.places)? - &read;
            if slots.is_empty() {
                return Ok(keyring);
            }
            for &slot in &slots {
                let found = slot::find(slot, &keyring.places, &keyring.roots)?;
                if let (Slot::Epoch(day), Some(found)) = (slot, found) {
                    keyring.epochs.insert(day, Arc::new(EpochKey::new(day, found.key)));
                }
            }
            read.extend(slots);
        }
    }

    /// The key of `slot`, in every place: the one that any place has, or a new one.
    fn stand(&self, slot: Slot, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Key> {
        if let Some(key) = self.heal(slot)? {
            return Ok(key);
        }
        let key = Key::generate(rng);
        self.spread(slot, &slot.seal(&key, self.root().key(), rng))?;
        Ok(key)
    }

    /// Gives every place the slot that any place has.
    fn heal(&self, slot: Slot) -> Result<Option<Key>> {
        let Some(found) = slot::find(slot, &self.places, &self.roots)? else { return Ok(None) };
        self.spread(slot, &found.bytes)?;
        Ok(Some(found.key))
    }

    /// Brings every slot to the newest root and forgets the others. A slot that some place has under it already is not sealed
    /// again, so that the places end with the same bytes.
    fn renew_all(&mut self, rng: &mut (impl CryptoRng + ?Sized)) -> Result<()> {
        for slot in slot::all(&self.places)? {
            let Some(found) = slot::find(slot, &self.places, &self.roots)? else { continue };
            match found.age {
                0 => self.spread(slot, &found.bytes)?,
                _ => self.spread(slot, &slot.seal(&found.key, self.root().key(), rng))?,
            }
        }
        self.roots.drain(..self.roots.len() - 1);
        Ok(())
    }

    /// Has `bytes` stand in every place; what else stood there is overwritten.
    fn spread(&self, slot: Slot, bytes: &[u8]) -> Result<()> {
        for place in &self.places {
            let path = slot.path(place);
            match file::read(&path)? {
                None => file::replace(&path, bytes)?,
                Some(stands) if stands == bytes => {}
                Some(_) => file::supersede(&path, bytes)?,
            }
        }
        Ok(())
    }

    fn root(&self) -> &Root {
        self.roots.last().expect("every constructor is given a root, and a rotation keeps the last")
    }

    fn owned(&self) -> Result<()> {
        self.locks.as_ref().map(|_| ()).ok_or(Error::Beside)
    }
}

/// Makes the places of a new keyring, and locks each for this process until its file is dropped.
pub(crate) fn take(places: &[PathBuf]) -> Result<Vec<File>> {
    make(places)?;
    places.iter().map(|place| file::lock(&place.join("lock"), place)).collect()
}

/// Makes the folders that are missing, as long as no place holds a key. After that a missing one may be a disk that is not
/// mounted: keys written below its mount point would be hidden once it is, and nothing would ever destroy them.
fn make(places: &[PathBuf]) -> Result<()> {
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for place in places {
        let is_there = place.try_exists().map_err(Error::io("read", place))?;
        if is_there { &mut there } else { &mut missing }.push(place.clone());
    }
    match missing.first() {
        Some(place) if !slot::all(&there)?.is_empty() => Err(Error::PlaceMissing { place: place.clone() }),
        _ => missing.iter().try_for_each(|place| file::create_folder(place)),
    }
}

/// Destroys what an interrupted write or destruction left in `place`. Other files are none of ours.
fn tidy(place: &Path) -> Result<()> {
    let ours = |name: &str| Slot::parse(name).is_some() || name == salt::NAME;
    for name in slot::names(place)? {
        let path = place.join(&name);
        if name.strip_suffix(".new").is_some_and(ours) {
            file::destroy(&path)?;
        } else if let Some(name) = name.strip_suffix(".old")
            && ours(name.strip_suffix(".new").unwrap_or(name))
        {
            file::shred(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
