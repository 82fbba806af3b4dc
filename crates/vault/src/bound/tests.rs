//! What is sealed in one place opens in no other.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::Bound;
use crate::key::KEY_LEN;
use crate::slot::Slot;
use crate::{EpochKey, Error, HoldingKeys, Result};

const DAY: Date = date(2026, 11, 23);

/// A bound that owns its parts.
#[derive(Clone, Debug, PartialEq)]
struct Spot {
    person: [u8; 16],
    holding: [u8; 16],
    kind: String,
    version: u64,
}

impl Spot {
    fn bound(&self) -> Bound<'_> {
        Bound { person: &self.person, holding: &self.holding, kind: &self.kind, version: self.version }
    }
}

/// Two spots that are often the same in some part, so that each part is at times the only difference.
fn spots() -> impl Strategy<Value = (Spot, Spot)> {
    let spot = || {
        (0..2u8, 0..2u8, "[ab]{0,2}", 0..2u64).prop_map(|(person, holding, kind, version)| Spot {
            person: [person; 16],
            holding: [holding; 16],
            kind,
            version,
        })
    };
    (spot(), spot())
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn shut<T>(outcome: Result<T>) -> bool {
    matches!(outcome.err(), Some(Error::DoesNotOpen { .. }))
}

proptest! {
    #[test]
    fn content_opens_only_for_its_person_holding_kind_and_version(
        (here, there) in spots(), record in prop::collection::vec(any::<u8>(), 0..200), seed: u64,
    ) {
        let rng = &mut rng(seed);
        let keys = HoldingKeys::generate(rng);
        let sealed = keys.content().seal(&record, &here.bound(), rng);
        prop_assert_eq!(&*keys.content().open(&sealed, &here.bound()).unwrap(), &record);
        let opened = keys.content().open(&sealed, &there.bound());
        prop_assert_eq!(shut(opened), here != there);
    }

    #[test]
    fn a_trail_opens_only_for_its_person_holding_and_count(
        (here, there) in spots(), n in 0..3u64, m in 0..3u64, seed: u64,
    ) {
        let rng = &mut rng(seed);
        let keys = HoldingKeys::generate(rng);
        let sealed = keys.trail().seal(n, b"reveal", &here.bound(), rng);
        let same = n == m && here.person == there.person && here.holding == there.holding;
        prop_assert_eq!(shut(keys.trail().open(m, &sealed, &there.bound())), !same);
    }

    #[test]
    fn wrapped_keys_open_only_for_their_person_and_holding((here, there) in spots(), seed: u64) {
        let rng = &mut rng(seed);
        let epoch = EpochKey::generate(DAY, rng);
        let wrapped = epoch.wrap(&HoldingKeys::generate(rng), &here.bound(), rng);
        let same = here.person == there.person && here.holding == there.holding;
        prop_assert_eq!(shut(epoch.unwrap(&wrapped, &there.bound())), !same);
    }

    #[test]
    fn a_note_opens_only_under_its_label(a in "[ab/]{0,3}", b in "[ab/]{0,3}", seed: u64) {
        let rng = &mut rng(seed);
        let epoch = EpochKey::generate(DAY, rng);
        let sealed = epoch.seal_note(&a, b"a form", rng);
        prop_assert_eq!(shut(epoch.open_note(&b, &sealed)), a != b);
    }
}

fn spot() -> Spot {
    Spot { person: [1; 16], holding: [2; 16], kind: "kind.enquiry".to_owned(), version: 1 }
}

#[test]
fn wraps_and_notes_open_under_no_other_epoch() {
    let rng = &mut rng(1);
    let today = EpochKey::generate(DAY, rng);
    let wrapped = today.wrap(&HoldingKeys::generate(rng), &spot().bound(), rng);
    let note = today.seal_note("form", b"a form", rng);
    let other_key = EpochKey::generate(DAY, rng);
    // The same key under another day's name: the epoch is authenticated too, not only the key.
    let renamed = EpochKey::renamed(&today, DAY.tomorrow().unwrap());
    for epoch in [other_key, renamed] {
        assert!(shut(epoch.unwrap(&wrapped, &spot().bound())));
        assert!(shut(epoch.open_note("form", &note)));
    }
}

#[test]
fn a_slot_opens_under_no_other_root_and_no_other_day() {
    let rng = &mut rng(2);
    let root = crate::key::Key::generate(rng);
    let (key, today) = (crate::key::Key::generate(rng), Slot::Epoch(DAY));
    let slot = today.seal(&key, &root, rng);
    assert!(today.open(&slot, &root).is_ok());
    assert!(shut(Slot::Epoch(DAY.tomorrow().unwrap()).open(&slot, &root)));
    assert!(shut(Slot::Log.open(&slot, &root)));
    let other = crate::key::Key::generate(rng);
    assert!(shut(today.open(&slot, &other)));
}

#[test]
fn a_ciphertext_of_one_use_opens_in_no_other_under_the_same_key() {
    let rng = &mut rng(3);
    let twins = HoldingKeys::read(&[7; 2 * KEY_LEN]).unwrap();
    let spot = Spot { kind: String::new(), ..spot() };
    let content = twins.content().seal(b"record", &spot.bound(), rng);
    let trail = twins.trail().seal(1, b"record", &spot.bound(), rng);
    assert!(shut(twins.trail().open(1, &content, &spot.bound())));
    assert!(shut(twins.content().open(&trail, &spot.bound())));
}

#[test]
fn a_renewed_key_shuts_the_old_version_and_keeps_the_trail() {
    let rng = &mut rng(4);
    let old = HoldingKeys::generate(rng);
    let spot = spot();
    let record = old.content().seal(b"old address", &spot.bound(), rng);
    let reveal = old.trail().seal(1, b"reveal", &spot.bound(), rng);
    let new = old.renew(rng);
    assert!(shut(new.content().open(&record, &spot.bound())));
    assert_eq!(*new.trail().open(1, &reveal, &spot.bound()).unwrap(), b"reveal");
}

#[test]
fn keys_rewrapped_under_a_new_epoch_still_open_the_record() {
    let rng = &mut rng(5);
    let (monday, tuesday) = (EpochKey::generate(DAY, rng), EpochKey::generate(DAY.tomorrow().unwrap(), rng));
    let spot = spot();
    let keys = HoldingKeys::generate(rng);
    let record = keys.content().seal(b"record", &spot.bound(), rng);
    let wrapped = monday.wrap(&keys, &spot.bound(), rng);
    let turned = tuesday.wrap(&monday.unwrap(&wrapped, &spot.bound()).unwrap(), &spot.bound(), rng);
    let keys = tuesday.unwrap(&turned, &spot.bound()).unwrap();
    assert_eq!(*keys.content().open(&record, &spot.bound()).unwrap(), b"record");
}

#[test]
fn every_flipped_bit_keeps_a_holding_its_trail_and_its_keys_shut() {
    let rng = &mut rng(6);
    let spot = spot();
    let epoch = EpochKey::generate(DAY, rng);
    let keys = HoldingKeys::generate(rng);
    let record = keys.content().seal(b"record", &spot.bound(), rng);
    let reveal = keys.trail().seal(1, b"reveal", &spot.bound(), rng);
    let wrapped = epoch.wrap(&keys, &spot.bound(), rng);
    for flipped in each_flipped(&record) {
        assert!(keys.content().open(&flipped, &spot.bound()).is_err());
    }
    for flipped in each_flipped(&reveal) {
        assert!(keys.trail().open(1, &flipped, &spot.bound()).is_err());
    }
    for flipped in each_flipped(&wrapped) {
        assert!(epoch.unwrap(&flipped, &spot.bound()).is_err());
    }
}

fn each_flipped(sealed: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..sealed.len() * 8).map(|bit| {
        let mut flipped = sealed.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

#[test]
fn records_of_up_to_64_bytes_look_alike_and_longer_ones_grow_by_64() {
    let rng = &mut rng(7);
    let keys = HoldingKeys::generate(rng);
    let mut size = |length| keys.content().seal(&vec![b'a'; length], &spot().bound(), rng).len();
    let least = size(0);
    assert!((1..=64).all(|length| size(length) == least));
    assert!((65..=128).all(|length| size(length) == least + 64));
}

#[test]
fn the_first_byte_is_the_suite_and_no_two_ciphertexts_are_alike() {
    let rng = &mut rng(8);
    let keys = HoldingKeys::generate(rng);
    let a = keys.content().seal(b"record", &spot().bound(), rng);
    let b = keys.content().seal(b"record", &spot().bound(), rng);
    assert_eq!((a[0], b[0]), (1, 1));
    assert_ne!(a, b);
}
