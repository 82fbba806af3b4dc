//! Copies: sealed, described, believed only as a whole, and shown to hold nothing that was erased.

use crate::house::House;
use crate::recover::{open_file, put_back};
use custody::{Drilled, Error, Manifest};
use ledger::{Effect, Leaf};
use std::path::{Path, PathBuf};
use vault::{Keyring, Root};

fn opener(house: &House) -> impl Fn(&Path) -> store::Result<store::Store> + use<> {
    let clock = house.custody.store().clock().now();
    move |path| open_file(path, law::Clock::fixed(clock), false)
}

pub(crate) fn back_up(house: &House, name: &str) -> Result<(PathBuf, Manifest), Error> {
    let (out, scratch) = (house.keys.path().join(name), house.database.path().with_file_name("scratch.db"));
    let manifest = house.custody.back_up(&out, &scratch, &opener(house))?;
    Ok((out, manifest))
}

fn beside(house: &House) -> Keyring {
    let root = Root::load(&house.keys.path().join("root.key")).unwrap();
    Keyring::open_beside(vec![house.keys.path().join("keyring")], root).unwrap()
}

pub(crate) fn unpacked(house: &House, copy: &Path, name: &str) -> Result<PathBuf, Error> {
    let to = house.keys.path().join(name);
    custody::unpack(copy, &beside(house), &to, &opener(house))?;
    Ok(to)
}

fn drill(house: &House, copy: &Path) -> Result<Drilled, Error> {
    let folder = tempfile::tempdir().unwrap();
    let drilled = house.custody.drill(copy, folder.path(), beside(house), &opener(house));
    let left = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name != "lock").collect();
    assert!(left.is_empty(), "the drill leaves nothing but an empty lock behind: {left:?}");
    drilled
}

fn effects(house: &House) -> Vec<Effect> {
    let leaves = house.custody.store().read_blocking("leaves", |tx| {
        tx.all(&ALL_LEAVES, &[])?.iter().map(|row| row.get::<Vec<u8>>(0)).collect::<store::Result<Vec<_>>>()
    });
    leaves.unwrap().iter().map(|leaf| Leaf::decode(leaf).unwrap().effect).collect()
}

store::statements! {
    ALL_LEAVES = "SELECT leaf FROM log_leaf ORDER BY idx";
}

#[test]
fn a_copy_says_what_is_in_it_and_comes_back_as_it_was() {
    let house = House::in_a_file();
    let enquiry = house.enquire("canary-in-a-copy-77@oakfield.example");
    house.custody.publish_log().unwrap();
    let (copy, manifest) = back_up(&house, "copy").unwrap();
    assert_eq!(manifest.ledger.origin.as_deref(), Some(crate::house::ORIGIN));
    assert!(manifest.schema >= 5 && manifest.database.bytes > 0);
    assert_eq!(manifest.epochs, [law::iso(house.today())]);
    assert_eq!(custody::read_manifest(&copy, &beside(&house)).unwrap(), manifest);
    assert!(!house.database.path().with_file_name("scratch.db").exists());
    assert_eq!(effects(&house).last(), Some(&Effect::BackupMade));
    // The linked rows of it are sealed too.
    let bytes = std::fs::read(&copy).unwrap();
    for needle in [&b"SQLite format"[..], b"enquiry.received", &enquiry.person.0] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
    let file = unpacked(&house, &copy, "back.db").unwrap();
    let (house, recovered) = put_back(house, &file).unwrap();
    assert_eq!((recovered.erased, recovered.shut, recovered.closed), (0, 0, 0));
    assert_eq!(house.open(&enquiry).unwrap(), "canary-in-a-copy-77@oakfield.example");
}

#[test]
fn a_copy_that_was_cut_changed_or_is_foreign_is_refused_and_leaves_no_file() {
    let house = House::in_a_file();
    house.enquire("a@oakfield.example");
    let (copy, _) = back_up(&house, "copy").unwrap();
    let whole = std::fs::read(&copy).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let broken: [(&str, Vec<u8>); 4] = [
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("changed", changed),
        ("longer", [&whole[..], b"x"].concat()),
        ("foreign", std::fs::read(house.database.path()).unwrap()),
    ];
    for (name, bytes) in broken {
        let path = house.keys.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert!(unpacked(&house, &path, "back.db").is_err(), "{name}");
        assert!(!house.keys.path().join("back.db").exists(), "{name}");
    }
    assert!(unpacked(&house, &copy, "back.db").is_ok());
}

#[test]
fn a_failed_copy_leaves_no_unsealed_file() {
    let house = House::in_a_file();
    let scratch = house.database.path().with_file_name("scratch.db");
    let nowhere = house.keys.path().join("no such folder").join("copy");
    assert!(house.custody.back_up(&nowhere, &scratch, &opener(&house)).is_err());
    assert!(!scratch.exists());
    assert!(!effects(&house).contains(&Effect::BackupMade));
}

#[test]
fn a_drill_sees_what_was_erased_since_and_that_it_opens_no_more() {
    let house = House::in_a_file();
    let enquiry = house.enquire("gone@oakfield.example");
    house.enquire("stays@oakfield.example");
    house.custody.publish_log().unwrap();
    let (copy, _) = back_up(&house, "copy").unwrap();
    let copy_day = house.today();
    let (person, ground) = (enquiry.person, enquiry.ground);
    house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap();
    assert_eq!(house.pass_days(7), 1);
    house.custody.publish_log().unwrap();
    let drilled = drill(&house, &copy).unwrap();
    let expected = Drilled { copy_day, opens: true, erased_since: 1, before_open: 1, after_open: 0, gone: 1 };
    assert_eq!(drilled, expected);
    assert_eq!(effects(&house).last(), Some(&Effect::DrillRun));
    // Fourteen days after its day the copy opens nowhere, journal or not.
    house.pass_days(8);
    let drilled = drill(&house, &copy).unwrap();
    assert!(!drilled.opens);
}
