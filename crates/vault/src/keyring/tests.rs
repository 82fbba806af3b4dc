//! The keyring against real folders.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

mod root;
mod rotate;

use super::{Keyring, Slot};
use crate::{Bound, Error, HoldingKeys, Root};

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
const BOUND: Bound = Bound { person: &[1; 16], holding: &[2; 16], kind: "kind.enquiry", version: 1 };

/// A root key and two places in a folder that is removed afterwards.
struct House {
    folder: TempDir,
    rng: ChaCha20Rng,
}

impl House {
    fn new() -> House {
        let mut house = House { folder: tempfile::tempdir().unwrap(), rng: ChaCha20Rng::seed_from_u64(1) };
        Root::create(&house.root_path(), &mut house.rng).unwrap();
        house
    }

    fn root_path(&self) -> PathBuf {
        self.folder.path().join("root.key")
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join("keyring").join(name)
    }

    fn places(&self) -> Vec<PathBuf> {
        vec![self.place("here"), self.place("there")]
    }

    fn open(&self) -> Result<Keyring, Error> {
        Keyring::open(self.places(), Root::load(&self.root_path())?)
    }

    fn open_beside(&self) -> Result<Keyring, Error> {
        Keyring::open_beside(self.places(), Root::load(&self.root_path())?)
    }

    /// A keyring in which Monday and Tuesday stand.
    fn begun(&mut self) -> Keyring {
        let mut keyring = self.open().unwrap();
        for day in [MONDAY, TUESDAY] {
            assert!(keyring.begin(day, &mut self.rng).unwrap());
        }
        keyring
    }

    fn slot(&self, place: &str, day: Date) -> PathBuf {
        Slot::Epoch(day).path(&self.place(place))
    }

    /// The slots of every place, in order.
    fn slots(&self) -> Vec<PathBuf> {
        let ours = |path: &PathBuf| Slot::parse(path.file_name().unwrap().to_str().unwrap()).is_some();
        self.files().into_keys().filter(ours).collect()
    }

    /// Every byte of every file below the folder.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path, bytes);
                }
            }
        }
        let mut found = BTreeMap::new();
        walk(self.folder.path(), &mut found);
        found
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        self.files().values().any(|file| file.windows(bytes.len()).any(|window| window == bytes))
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_key_begun_before_a_restart_opens_after_it() {
    let mut house = House::new();
    let wrapped = {
        let keyring = house.begun();
        let keys = HoldingKeys::generate(&mut house.rng);
        keyring.key(MONDAY).unwrap().wrap(&keys, &BOUND, &mut house.rng)
    };
    let keyring = house.open().unwrap();
    assert_eq!(keyring.epochs(), [MONDAY, TUESDAY]);
    assert_eq!(keyring.current(), Some(TUESDAY));
    assert!(keyring.key(MONDAY).unwrap().unwrap(&wrapped, &BOUND).is_ok());
}

#[test]
fn beginning_a_day_twice_changes_nothing() {
    let mut house = House::new();
    let mut keyring = house.begun();
    let before = house.files();
    assert!(!keyring.begin(MONDAY, &mut house.rng).unwrap());
    drop(keyring);
    assert!(!house.open().unwrap().begin(MONDAY, &mut house.rng).unwrap());
    assert_eq!(house.files(), before);
}

#[test]
fn every_place_has_the_same_slot() {
    let mut house = House::new();
    house.begun();
    let [here, there] = ["here", "there"].map(|place| fs::read(house.slot(place, MONDAY)).unwrap());
    assert_eq!(here, there);
    assert_eq!((here[0], here.len()), (1, 61));
}

#[test]
fn a_day_begun_with_a_failure_stands_once_the_place_is_back() {
    let mut house = House::new();
    let mut keyring = house.open().unwrap();
    // A file where the second place should be: writing there fails even for the superuser.
    fs::remove_dir_all(house.place("there")).unwrap();
    fs::write(house.place("there"), "").unwrap();
    assert!(keyring.begin(MONDAY, &mut house.rng).is_err());
    assert!(matches!(keyring.key(MONDAY), Err(Error::EpochGone(MONDAY))));
    fs::remove_file(house.place("there")).unwrap();
    fs::create_dir(house.place("there")).unwrap();
    assert!(keyring.begin(MONDAY, &mut house.rng).unwrap());
    drop(keyring);
    assert!(house.open().unwrap().key(MONDAY).is_ok());
}

#[test]
fn a_place_that_missed_a_slot_is_healed() {
    let mut house = House::new();
    house.begun();
    let slot = fs::read(house.slot("there", MONDAY)).unwrap();
    fs::remove_file(house.slot("there", MONDAY)).unwrap();
    fs::remove_dir_all(house.place("here")).unwrap();
    fs::create_dir(house.place("here")).unwrap();
    // Monday's slot is lost altogether, Tuesday's stands in one place.
    assert_eq!(house.open().unwrap().epochs(), [TUESDAY]);
    assert!(house.slot("here", TUESDAY).exists());
    fs::write(house.slot("here", MONDAY), &slot).unwrap();
    assert_eq!(house.open().unwrap().epochs(), [MONDAY, TUESDAY]);
    assert_eq!(fs::read(house.slot("there", MONDAY)).unwrap(), slot);
}

#[test]
fn a_missing_place_is_refused_while_another_has_an_epoch_and_nothing_changes() {
    let mut house = House::new();
    house.begun();
    fs::write(house.slot("here", MONDAY).with_added_extension("new"), "some bytes").unwrap();
    fs::remove_file(house.place("here").join("lock")).unwrap();
    fs::rename(house.place("there"), house.folder.path().join("unmounted")).unwrap();
    let before = house.files();
    let place = house.place("there");
    let is_refused = |outcome: Result<(), Error>| {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, Error::PlaceMissing { place: missing } if *missing == place));
        let sentence = "is missing: mount its disk, or make an empty folder there if the place is new";
        assert_eq!(error.to_string(), format!("the folder {} {sentence}", place.display()));
        assert_eq!(house.files(), before);
        assert!(!place.exists());
    };
    let root = || Root::load(&house.root_path()).unwrap();
    let words = "correct horse battery staple";
    is_refused(house.open().map(drop));
    is_refused(Keyring::open_with(house.places(), vec![root(), root()], &mut house.rng.clone()).map(drop));
    is_refused(Root::create_from_passphrase(words, &house.places(), &mut house.rng.clone()).map(drop));
    fs::rename(house.folder.path().join("unmounted"), &place).unwrap();
    assert_eq!(house.open().unwrap().epochs(), [MONDAY, TUESDAY]);
}

#[test]
fn a_missing_place_is_refused_while_another_has_the_key_of_the_log() {
    let mut house = House::new();
    house.open().unwrap().log_seed(&mut house.rng).unwrap();
    fs::remove_dir_all(house.place("here")).unwrap();
    assert!(matches!(house.open(), Err(Error::PlaceMissing { place }) if place == house.place("here")));
    assert!(!house.place("here").exists());
}

#[test]
fn a_missing_place_is_made_while_no_place_has_a_key() {
    let house = House::new();
    drop(house.open().unwrap());
    fs::remove_dir_all(house.place("there")).unwrap();
    assert!(house.open().unwrap().epochs().is_empty());
    assert!(house.place("there").exists());
}

#[test]
fn a_new_place_is_filled_once_its_empty_folder_is_made() {
    let mut house = House::new();
    house.begun();
    let places = || [house.places(), vec![house.place("new")]].concat();
    let open = || Keyring::open(places(), Root::load(&house.root_path()).unwrap());
    assert!(matches!(open(), Err(Error::PlaceMissing { .. })));
    fs::create_dir(house.place("new")).unwrap();
    assert_eq!(open().unwrap().epochs(), [MONDAY, TUESDAY]);
    assert_eq!(fs::read(house.slot("new", MONDAY)).unwrap(), fs::read(house.slot("here", MONDAY)).unwrap());
}

#[test]
fn a_destroyed_epoch_is_in_no_place_and_opens_no_more() {
    let mut house = House::new();
    let mut keyring = house.begun();
    let slot = fs::read(house.slot("here", MONDAY)).unwrap();
    // A second name for the same bytes on the disk shows that they were overwritten, not only unlinked.
    let second_name = house.folder.path().join("second-name");
    fs::hard_link(house.slot("there", MONDAY), &second_name).unwrap();
    assert!(house.holds(&slot));
    assert_eq!(keyring.destroy(MONDAY).unwrap(), [house.place("here"), house.place("there")]);
    assert!(!house.holds(&slot));
    assert_eq!(fs::read(second_name).unwrap(), vec![0; slot.len()]);
    assert!(matches!(keyring.key(MONDAY), Err(Error::EpochGone(MONDAY))));
    drop(keyring);
    assert!(matches!(house.open().unwrap().key(MONDAY), Err(Error::EpochGone(MONDAY))));
}

#[test]
fn destroying_twice_gives_the_same_answer() {
    let mut house = House::new();
    let mut keyring = house.begun();
    let places = keyring.destroy(MONDAY).unwrap();
    assert_eq!(keyring.destroy(MONDAY).unwrap(), places);
}

#[test]
fn the_current_epoch_is_not_destroyed() {
    let mut house = House::new();
    let mut keyring = house.begun();
    assert!(matches!(keyring.destroy(TUESDAY), Err(Error::CurrentEpoch)));
    assert!(keyring.key(TUESDAY).is_ok());
    assert!(house.slot("here", TUESDAY).exists());
}

#[test]
fn one_place_that_fails_does_not_spare_the_others() {
    let mut house = House::new();
    let mut keyring = house.begun();
    fs::remove_dir_all(house.place("here")).unwrap();
    assert!(matches!(keyring.destroy(MONDAY), Err(Error::Io { .. })));
    assert!(!house.slot("there", MONDAY).exists());
    fs::create_dir(house.place("here")).unwrap();
    assert!(keyring.destroy(MONDAY).is_ok());
}

#[test]
fn a_damaged_slot_is_an_error_that_names_place_and_epoch() {
    let mut house = House::new();
    house.begun();
    let path = house.slot("there", MONDAY);
    let mut slot = fs::read(&path).unwrap();
    slot[40] ^= 1;
    fs::write(&path, slot).unwrap();
    let error = house.open().err().unwrap();
    assert!(matches!(error, Error::DoesNotOpen { .. }));
    let place = house.place("there");
    let sentence = format!("the slot of epoch 2026-11-23 in {} does not open under this key", place.display());
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn places_that_disagree_about_a_day_are_an_error() {
    let mut house = House::new();
    house.begun();
    let root = Root::load(&house.root_path()).unwrap();
    let alone = house.folder.path().join("alone");
    let mut other = Keyring::open(vec![alone.clone()], root).unwrap();
    other.begin(MONDAY, &mut house.rng).unwrap();
    fs::copy(Slot::Epoch(MONDAY).path(&alone), house.slot("there", MONDAY)).unwrap();
    assert!(matches!(house.open(), Err(Error::Malformed { .. })));
}

#[test]
fn another_root_opens_nothing() {
    let mut house = House::new();
    house.begun();
    fs::remove_file(house.root_path()).unwrap();
    Root::create(&house.root_path(), &mut house.rng).unwrap();
    assert!(matches!(house.open(), Err(Error::DoesNotOpen { .. })));
}

#[test]
fn what_an_interrupted_write_left_is_destroyed_and_foreign_files_are_left_alone() {
    let mut house = House::new();
    house.begun();
    let left = ["new", "old", "new.old"].map(|end| house.slot("here", MONDAY).with_added_extension(end));
    let foreign = ["lost+found", "notes.old", "epoch-1.slot.new"].map(|name| house.place("here").join(name));
    for path in left.iter().chain(&foreign) {
        fs::write(path, "some bytes").unwrap();
    }
    assert_eq!(house.open().unwrap().epochs(), [MONDAY, TUESDAY]);
    assert!(left.iter().all(|path| !path.exists()));
    assert!(foreign.iter().all(|path| fs::read(path).unwrap() == b"some bytes"));
}

#[test]
fn opening_beside_changes_no_byte_of_any_place() {
    let mut house = House::new();
    house.begun();
    let slot = house.slot("here", MONDAY);
    fs::copy(&slot, house.slot("here", TUESDAY.tomorrow().unwrap()).with_added_extension("new")).unwrap();
    fs::write(slot.with_added_extension("old"), "some bytes").unwrap();
    // What its owner would heal, and the lock that it would make.
    fs::remove_file(house.slot("there", MONDAY)).unwrap();
    fs::remove_file(house.place("there").join("lock")).unwrap();
    let before = house.files();
    let keyring = house.open_beside().unwrap();
    assert_eq!(keyring.epochs(), [MONDAY, TUESDAY]);
    assert!(keyring.key(MONDAY).is_ok());
    assert_eq!(house.files(), before);
    fs::remove_dir_all(house.place("there")).unwrap();
    assert!(matches!(house.open_beside(), Err(Error::Io { what: "read", .. })));
    assert!(!house.place("there").exists());
}

#[test]
fn a_keyring_opened_beside_begins_and_destroys_nothing() {
    let mut house = House::new();
    let owner = house.begun();
    let before = house.files();
    let mut keyring = house.open_beside().unwrap();
    for day in [MONDAY, TUESDAY, TUESDAY.tomorrow().unwrap()] {
        assert!(matches!(keyring.begin(day, &mut house.rng), Err(Error::Beside)));
        assert!(matches!(keyring.destroy(day), Err(Error::Beside)));
    }
    assert_eq!(keyring.epochs(), owner.epochs());
    assert_eq!(house.files(), before);
}

#[test]
fn a_second_owner_is_refused_and_changes_nothing() {
    let mut house = House::new();
    let owner = house.begun();
    fs::write(house.slot("here", MONDAY).with_added_extension("new"), "some bytes").unwrap();
    let before = house.files();
    let error = house.open().err().unwrap();
    assert!(matches!(&error, Error::Locked { place } if *place == house.place("here")));
    assert_eq!(error.to_string(), format!("{} is in use by another process", house.place("here").display()));
    assert_eq!(house.files(), before);
    drop(owner);
    assert!(house.open().is_ok());
}

#[test]
fn one_shared_place_is_enough_to_be_refused() {
    let mut house = House::new();
    let _owner = house.begun();
    let before = house.files();
    let (places, root) = (vec![house.place("there")], Root::load(&house.root_path()).unwrap());
    assert!(matches!(Keyring::open(places, root), Err(Error::Locked { .. })));
    let (places, root) = (vec![house.place("once"); 2], Root::load(&house.root_path()).unwrap());
    assert!(matches!(Keyring::open(places, root), Err(Error::Locked { .. })));
    fs::remove_dir_all(house.place("once")).unwrap();
    assert_eq!(house.files(), before);
}

#[test]
fn opening_beside_never_fails_while_the_owner_begins_and_destroys() {
    let mut house = House::new();
    let mut owner = house.begun();
    let (places, root_path) = (house.places(), house.root_path());
    std::thread::scope(|scope| {
        let owning = scope.spawn(|| {
            let mut day = TUESDAY;
            for _ in 0..60 {
                let next = day.tomorrow().unwrap();
                owner.begin(next, &mut house.rng).unwrap();
                owner.destroy(day).unwrap();
                day = next;
            }
        });
        while !owning.is_finished() {
            let keyring = Keyring::open_beside(places.clone(), Root::load(&root_path).unwrap()).unwrap();
            assert!(keyring.current() >= Some(TUESDAY));
        }
    });
    drop(owner);
    assert_eq!(house.open().unwrap().epochs(), [MONDAY, date(2027, 1, 23)]);
}

#[test]
fn a_slot_of_zeros_that_still_has_its_name_is_an_error_beside_too() {
    let mut house = House::new();
    house.begun();
    fs::write(house.slot("there", MONDAY), [0; 61]).unwrap();
    assert!(matches!(house.open_beside(), Err(Error::DoesNotOpen { .. })));
}

#[test]
fn files_and_folders_are_their_owners_alone() {
    let mut house = House::new();
    house.begun();
    assert_eq!(mode(&house.root_path()), 0o600);
    for place in ["here", "there"] {
        assert_eq!(mode(&house.place(place)), 0o700);
        assert_eq!(mode(&house.slot(place, MONDAY)), 0o600);
        assert_eq!(mode(&house.place(place).join("lock")), 0o600);
    }
}

#[test]
fn a_root_key_file_is_never_written_over() {
    let mut house = House::new();
    let before = fs::read(house.root_path()).unwrap();
    assert!(Root::create(&house.root_path(), &mut house.rng).is_err());
    assert_eq!(fs::read(house.root_path()).unwrap(), before);
}

#[test]
fn a_root_key_file_is_one_comment_and_64_digits() {
    let house = House::new();
    let text = fs::read_to_string(house.root_path()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("# ") && lines[1].len() == 64);
    for nonsense in ["", "# only a comment\n", "abcd\n", &text.repeat(2), &text.replace(lines[1], &"g".repeat(64))] {
        fs::write(house.root_path(), nonsense).unwrap();
        assert!(matches!(Root::load(&house.root_path()), Err(Error::Malformed { .. })));
    }
}

#[test]
fn a_keyring_without_a_place_is_refused() {
    let house = House::new();
    let root = Root::load(&house.root_path()).unwrap();
    assert!(matches!(Keyring::open(vec![], root), Err(Error::Malformed { .. })));
    let root = Root::load(&house.root_path()).unwrap();
    assert!(matches!(Keyring::open_beside(vec![], root), Err(Error::Malformed { .. })));
}

#[test]
fn a_keyring_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Keyring>();
    shared::<HoldingKeys>();
}
