//! The root key is exchanged, and the process ends wherever it can.

use std::fs;

use super::{House, MONDAY, TUESDAY};
use crate::file::end_after;
use crate::{Error, Keyring, Root};

/// A house with Monday, Tuesday and the seed of the log in two places, and a second root key.
struct Rotation {
    house: House,
    seed: Vec<u8>,
}

impl Rotation {
    fn new() -> Rotation {
        let mut house = House::new();
        let mut keyring = house.begun();
        let seed = keyring.log_seed(&mut house.rng).unwrap().to_vec();
        Root::create(&house.folder.path().join("next.key"), &mut house.rng).unwrap();
        for (index, path) in house.slots().into_iter().enumerate() {
            fs::hard_link(path, house.folder.path().join(format!("second-name-{index}"))).unwrap();
        }
        Rotation { house, seed }
    }

    fn old(&self) -> Root {
        Root::load(&self.house.root_path()).unwrap()
    }

    fn new_root(&self) -> Root {
        Root::load(&self.house.folder.path().join("next.key")).unwrap()
    }

    fn open_with_both(&mut self) -> Result<Keyring, Error> {
        let roots = vec![self.old(), self.new_root()];
        Keyring::open_with(self.house.places(), roots, &mut self.house.rng)
    }

    /// Everything opens under the new root alone, and what was sealed under the old one is zeros.
    fn is_finished(&mut self) {
        let mut keyring = Keyring::open(self.house.places(), self.new_root()).unwrap();
        assert_eq!(keyring.epochs(), [MONDAY, TUESDAY]);
        assert_eq!(*keyring.log_seed(&mut self.house.rng).unwrap(), *self.seed);
        drop(keyring);
        assert!(matches!(self.house.open(), Err(Error::DoesNotOpen { .. })));
        assert_eq!(self.house.slots().len(), 6);
        for index in 0..6 {
            let bytes = fs::read(self.house.folder.path().join(format!("second-name-{index}"))).unwrap();
            assert_eq!(bytes, [0; 61], "{index}");
        }
        // Two root keys, six second names, and in each place three slots and the lock.
        assert_eq!(self.house.files().len(), 2 + 6 + 8);
    }
}

#[test]
fn after_a_rotation_only_the_new_root_opens_the_keyring() {
    let mut rotation = Rotation::new();
    let mut keyring = rotation.house.open().unwrap();
    keyring.rotate(rotation.new_root(), &mut rotation.house.rng).unwrap();
    assert!(keyring.key(MONDAY).is_ok());
    drop(keyring);
    rotation.is_finished();
}

#[test]
fn a_rotation_that_ends_anywhere_is_finished_with_both_roots() {
    for count in 0.. {
        let mut rotation = Rotation::new();
        let mut keyring = rotation.house.open().unwrap();
        end_after(Some(count));
        let outcome = keyring.rotate(rotation.new_root(), &mut rotation.house.rng);
        end_after(None);
        drop(keyring);
        // What finishes it may end as well.
        end_after(Some(count % 17));
        let _ = rotation.open_with_both();
        end_after(None);
        let keyring = rotation.open_with_both().unwrap();
        assert_eq!(keyring.epochs(), [MONDAY, TUESDAY], "{count}");
        drop(keyring);
        rotation.is_finished();
        if outcome.is_ok() {
            assert!(count > 60, "only {count} changes of files");
            return;
        }
    }
}

#[test]
fn a_rotation_that_failed_goes_on_in_the_same_process() {
    for count in [3, 20, 50] {
        let mut rotation = Rotation::new();
        let mut keyring = rotation.house.open().unwrap();
        end_after(Some(count));
        assert!(keyring.rotate(rotation.new_root(), &mut rotation.house.rng).is_err());
        end_after(None);
        // Until then it can be used, and what is begun is sealed under the new root.
        keyring.begin(TUESDAY.tomorrow().unwrap(), &mut rotation.house.rng).unwrap();
        keyring.rotate(rotation.new_root(), &mut rotation.house.rng).unwrap();
        drop(keyring);
        let mut keyring = Keyring::open(rotation.house.places(), rotation.new_root()).unwrap();
        keyring.begin(TUESDAY.tomorrow().unwrap().tomorrow().unwrap(), &mut rotation.house.rng).unwrap();
        keyring.destroy(TUESDAY.tomorrow().unwrap()).unwrap();
        assert_eq!(keyring.epochs().len(), 3);
    }
}

#[test]
fn opening_with_two_roots_writes_nothing_when_there_is_nothing_to_finish() {
    let mut rotation = Rotation::new();
    drop(rotation.open_with_both().unwrap());
    let before = rotation.house.files();
    drop(rotation.open_with_both().unwrap());
    assert_eq!(rotation.house.files(), before);
    assert!(matches!(
        Keyring::open_with(rotation.house.places(), vec![], &mut rotation.house.rng),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn a_keyring_opened_beside_rotates_nothing() {
    let mut rotation = Rotation::new();
    let before = rotation.house.files();
    let mut keyring = rotation.house.open_beside().unwrap();
    assert!(matches!(keyring.rotate(rotation.new_root(), &mut rotation.house.rng), Err(Error::Beside)));
    assert_eq!(rotation.house.files(), before);
}

#[test]
fn the_seed_of_the_log_is_drawn_once_and_healed() {
    let mut house = House::new();
    let mut keyring = house.begun();
    assert!(matches!(house.open_beside().unwrap().log_seed(&mut house.rng), Err(Error::Beside)));
    let seed = keyring.log_seed(&mut house.rng).unwrap();
    assert_eq!(keyring.log_seed(&mut house.rng).unwrap(), seed);
    drop(keyring);
    let [here, there] = ["here", "there"].map(|place| house.place(place).join("log.key"));
    assert!(!house.holds(seed.as_slice()));
    fs::remove_file(&here).unwrap();
    assert_eq!(house.open_beside().unwrap().log_seed(&mut house.rng).unwrap(), seed);
    assert!(!here.exists());
    assert_eq!(house.open().unwrap().log_seed(&mut house.rng).unwrap(), seed);
    assert_eq!(fs::read(&here).unwrap(), fs::read(&there).unwrap());
}

#[test]
fn a_seed_of_the_log_that_differs_or_is_damaged_is_an_error_that_names_it() {
    let mut house = House::new();
    house.begun().log_seed(&mut house.rng).unwrap();
    let path = house.place("there").join("log.key");
    let root = Root::load(&house.root_path()).unwrap();
    let alone = house.folder.path().join("alone");
    Keyring::open(vec![alone.clone()], root).unwrap().log_seed(&mut house.rng).unwrap();
    fs::copy(alone.join("log.key"), &path).unwrap();
    assert!(matches!(house.open(), Err(Error::Malformed { .. })));
    fs::write(&path, [0; 61]).unwrap();
    let sentence = format!("the key of the log in {} does not open under this key", house.place("there").display());
    assert_eq!(house.open().err().unwrap().to_string(), sentence);
}
