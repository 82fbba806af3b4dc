//! Root keys from a passphrase and from a credential.

use std::fs;

use super::{House, MONDAY};
use crate::salt::Salt;
use crate::{Error, Keyring, Root};

const WORDS: &str = "correct horse battery staple";

#[test]
fn a_passphrase_opens_the_keyring_again_and_another_one_does_not() {
    let mut house = House::new();
    let root = Root::create_from_passphrase(WORDS, &house.places(), &mut house.rng).unwrap();
    Keyring::open(house.places(), root).unwrap().begin(MONDAY, &mut house.rng).unwrap();
    let root = Root::from_passphrase(WORDS, &house.places()).unwrap();
    assert_eq!(Keyring::open(house.places(), root).unwrap().epochs(), [MONDAY]);
    let root = Root::from_passphrase("correct horse battery stable", &house.places()).unwrap();
    assert!(matches!(Keyring::open(house.places(), root), Err(Error::DoesNotOpen { .. })));
}

#[test]
fn the_salt_stands_in_every_place_and_is_healed() {
    let mut house = House::new();
    let root = Root::create_from_passphrase(WORDS, &house.places(), &mut house.rng).unwrap();
    let [here, there] = ["here", "there"].map(|place| house.place(place).join("root.salt"));
    let text = fs::read_to_string(&here).unwrap();
    assert!(text.lines().nth(1).unwrap().starts_with("argon2id 65536 3 1 "));
    fs::remove_file(&here).unwrap();
    drop(Keyring::open(house.places(), root).unwrap());
    assert_eq!([&here, &there].map(|path| fs::read_to_string(path).unwrap()), [text.clone(), text.clone()]);
    // A second passphrase takes the salt that stands.
    Root::create_from_passphrase("quite another passphrase", &house.places(), &mut house.rng).unwrap();
    assert_eq!(fs::read_to_string(&here).unwrap(), text);
    fs::write(&here, text.replace("65536", "65537")).unwrap();
    assert!(matches!(Root::from_passphrase(WORDS, &house.places()), Err(Error::Malformed { .. })));
}

#[test]
fn a_passphrase_that_is_short_or_has_no_salt_is_refused() {
    let mut house = House::new();
    assert!(Root::create_from_passphrase("too short", &house.places(), &mut house.rng).is_err());
    assert!(!house.place("here").exists());
    assert!(matches!(Root::from_passphrase(WORDS, &house.places()), Err(Error::Malformed { .. })));
    let _owner = house.begun();
    let refused = Root::create_from_passphrase(WORDS, &house.places(), &mut house.rng);
    assert!(matches!(refused, Err(Error::Locked { .. })));
}

#[test]
fn a_salt_that_would_exhaust_the_machine_is_refused() {
    let digits = "00".repeat(16);
    assert!(Salt::parse(&format!("argon2id 65536 3 1 {digits}")).is_some());
    for cost in ["1048577 3 1", "65536 17 1", "65536 3 5", "65536 3 0", "0 3 1", "-1 3 1", "65536 3", "65536 3 1 1"] {
        assert!(Salt::parse(&format!("argon2id {cost} {digits}")).is_none(), "{cost}");
    }
    assert!(Salt::parse(&format!("argon2d 65536 3 1 {digits}")).is_none());
    assert!(Salt::parse("argon2id 65536 3 1 00").is_none());
    // Less memory than the lanes need is a refusal of the derivation, not a panic.
    assert!(Salt::parse(&format!("argon2id 1 1 1 {digits}")).unwrap().key(WORDS).is_err());
}

#[test]
fn a_credential_is_a_file_of_its_folder() {
    let house = House::new();
    assert!(Root::credential("root.key", house.folder.path()).is_ok());
    for name in ["", ".", "..", "../root.key", "/etc/hostname", "keyring/root.key", "root.key/"] {
        let refused = Root::credential(name, house.folder.path());
        assert!(matches!(refused, Err(Error::Malformed { .. })), "{name}");
    }
    assert!(matches!(Root::credential("missing", house.folder.path()), Err(Error::Io { .. })));
}
