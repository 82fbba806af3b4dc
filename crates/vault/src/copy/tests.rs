//! Copies that are whole, and copies that are not.

use std::io::{self, Read, Write};
use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{CopyHead, CopyReader, CopyWriter, FRAME, HEAD, PART};
use crate::{EpochKey, Error, Keyring, Result, Root};

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
/// Small parts, so that a copy of several can be cut at every byte.
const SMALL: usize = 40;

struct House {
    _folder: TempDir,
    keyring: Keyring,
    rng: ChaCha20Rng,
}

impl House {
    fn new() -> House {
        let (folder, mut rng) = (tempfile::tempdir().unwrap(), ChaCha20Rng::seed_from_u64(5));
        let root = Root::create(&folder.path().join("root.key"), &mut rng).unwrap();
        let mut keyring = Keyring::open(vec![folder.path().join("keyring")], root).unwrap();
        keyring.begin(MONDAY, &mut rng).unwrap();
        keyring.begin(TUESDAY, &mut rng).unwrap();
        House { _folder: folder, keyring, rng }
    }

    fn monday(&self) -> Arc<EpochKey> {
        self.keyring.key(MONDAY).unwrap()
    }

    /// A copy of `bytes` with Monday's key, in parts of `part` bytes.
    fn copy(&mut self, part: usize, bytes: &[u8]) -> Vec<u8> {
        let key = self.monday();
        let mut copy = CopyWriter::in_parts(part, Vec::new(), &key, b"the manifest", &mut self.rng).unwrap();
        copy.write_all(bytes).unwrap();
        copy.finish().unwrap()
    }

    fn open(&self, copy: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>)> {
        let (manifest, reader) = CopyReader::open(copy, &self.keyring)?;
        let mut bytes = Vec::new();
        let length = reader.unpack(&mut bytes)?;
        assert_eq!(length, bytes.len() as u64);
        Ok((manifest, bytes))
    }

    fn error(&self, copy: &[u8]) -> String {
        self.open(copy).unwrap_err().to_string()
    }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

/// The head, and then every part.
fn pieces(copy: &[u8]) -> Vec<Vec<u8>> {
    let (head, mut rest) = copy.split_at(HEAD);
    let mut pieces = vec![head.to_vec()];
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[9..FRAME].try_into().unwrap()) as usize;
        let (part, after) = rest.split_at(FRAME + length);
        pieces.push(part.to_vec());
        rest = after;
    }
    pieces
}

#[test]
fn a_copy_gives_back_its_manifest_and_every_byte() {
    let mut house = House::new();
    for length in [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL, 5 * SMALL + 7] {
        let copy = house.copy(SMALL, &bytes(length));
        assert_eq!(pieces(&copy).len(), 2 + length.div_ceil(SMALL).max(1), "{length}");
        let (manifest, opened) = house.open(&copy).unwrap();
        assert_eq!((&manifest[..], opened), (&b"the manifest"[..], bytes(length)), "{length}");
    }
    let long = bytes(2 * PART + 3);
    let copy = house.copy(PART, &long);
    assert_eq!(pieces(&copy).len(), 5);
    assert!(house.open(&copy).unwrap().1 == long);
}

#[test]
fn a_copy_is_a_stream_too() {
    let mut house = House::new();
    let copy = house.copy(SMALL, &bytes(3 * SMALL));
    let (_, mut reader) = CopyReader::open(&copy[..], &house.keyring).unwrap();
    let mut first = [0; 50];
    reader.read_exact(&mut first).unwrap();
    let mut rest = Vec::new();
    assert_eq!(reader.unpack(&mut rest).unwrap(), 70);
    assert_eq!([&first[..], &rest].concat(), bytes(3 * SMALL));
    let (_, mut reader) = CopyReader::open(&copy[..copy.len() - 1], &house.keyring).unwrap();
    for _ in 0..3 {
        // However often it is asked: a copy that was cut off never just ends.
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(error.to_string(), Error::CopyCut.to_string());
    }
}

#[test]
fn a_list_of_copies_needs_no_key() {
    let mut house = House::new();
    let copy = house.copy(SMALL, b"");
    assert_eq!(CopyHead::read(&mut &copy[..]).unwrap().day(), MONDAY);
    assert!(copy.starts_with(b"candour copy 1\n2026-11-23\n"));
}

#[test]
fn a_copy_cut_at_any_byte_is_refused_as_cut_off() {
    let mut house = House::new();
    let copy = house.copy(SMALL, &bytes(3 * SMALL + 5));
    for length in 0..copy.len() {
        assert!(matches!(house.open(&copy[..length]), Err(Error::CopyCut)), "{length}");
    }
}

#[test]
fn every_flipped_bit_keeps_a_copy_shut() {
    let mut house = House::new();
    let copy = house.copy(SMALL, &bytes(SMALL + 5));
    for bit in 0..copy.len() * 8 {
        let mut flipped = copy.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(house.open(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn parts_that_are_moved_doubled_or_lost_are_named() {
    let mut house = House::new();
    let pieces = pieces(&house.copy(SMALL, &bytes(3 * SMALL)));
    let with = |order: &[usize]| order.iter().flat_map(|&index| pieces[index].clone()).collect::<Vec<_>>();
    assert!(house.open(&with(&[0, 1, 2, 3, 4])).is_ok());
    for (order, expected, found) in
        [(&[0, 1, 3, 2, 4][..], 1, 2), (&[0, 1, 2, 2, 3, 4], 2, 1), (&[0, 1, 2, 4], 2, 3), (&[0, 2, 3, 4], 0, 1)]
    {
        let sentence =
            format!("part {found} of the copy stands where part {expected} should: parts were moved, doubled or lost");
        assert_eq!(house.error(&with(order)), sentence);
    }
    // With its number changed to fit, a part does not open.
    let mut moved = pieces.clone();
    moved.swap(2, 3);
    moved[2][..8].copy_from_slice(&1u64.to_be_bytes());
    assert!(matches!(house.open(&moved.concat()), Err(Error::CopyChanged { part: 1 })));
    // Nor does one that is made the last, or said to be longer than any.
    let mut last = pieces.clone();
    last[3][8] = 1;
    assert!(matches!(house.open(&last[..4].concat()), Err(Error::CopyChanged { part: 2 })));
    let mut long = pieces.clone();
    long[2][9..FRAME].fill(0xff);
    assert!(matches!(house.open(&long.concat()), Err(Error::CopyChanged { part: 1 })));
}

#[test]
fn a_part_of_another_copy_does_not_open() {
    let mut house = House::new();
    let [one, other] = [(); 2].map(|()| pieces(&house.copy(SMALL, &bytes(SMALL))));
    let mixed = [&one[..2], &other[2..]].concat().concat();
    let sentence = "part 1 of the copy was changed, or belongs to another copy";
    assert_eq!(house.error(&mixed), sentence);
}

#[test]
fn bytes_after_the_end_and_foreign_files_are_refused_with_the_reason() {
    let mut house = House::new();
    let copy = house.copy(SMALL, &bytes(SMALL));
    assert_eq!(house.error(&[&copy[..], b"x"].concat()), "the copy goes on after its end");
    assert_eq!(house.error(&[&copy[..], &copy].concat()), "the copy goes on after its end");
    assert_eq!(house.error(b"SQLite format 3\0"), "this file is not a copy made by this program");
    let newer = [b"candour copy 2\n", &copy[15..]].concat();
    assert_eq!(house.error(&newer), "the copy has a format that this program does not know: a newer one made it");
    let nonsense = [b"candour copy 1\n2026-11-31\n", &copy[26..]].concat();
    assert!(matches!(house.open(&nonsense), Err(Error::CopyForeign)));
    let renamed = [b"candour copy 1\n2026-11-24\n", &copy[26..]].concat();
    assert!(matches!(house.open(&renamed), Err(Error::CopyChanged { part: 0 })));
}

#[test]
fn no_copy_opens_after_its_epoch_is_destroyed() {
    let mut house = House::new();
    let copy = house.copy(SMALL, b"rows");
    house.keyring.destroy(MONDAY).unwrap();
    assert!(matches!(house.open(&copy), Err(Error::EpochGone(MONDAY))));
}

#[test]
fn a_manifest_is_one_part_at_most() {
    let mut house = House::new();
    let key = house.monday();
    for (length, fits) in [(PART, true), (PART + 1, false)] {
        let copy = CopyWriter::new(Vec::new(), &key, &bytes(length), &mut house.rng);
        assert_eq!(copy.is_ok(), fits);
    }
}

#[test]
fn what_the_other_end_refuses_is_an_error_of_the_copy() {
    let mut house = House::new();
    let (key, mut room) = (house.monday(), [0; 20]);
    let refused = CopyWriter::new(&mut room[..], &key, b"", &mut house.rng).err().unwrap();
    assert!(refused.to_string().starts_with("could not write the copy: "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn however_it_is_written_and_read_it_is_the_same_stream(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..8), step in 1..90usize,
    ) {
        let mut house = House::new();
        let key = house.monday();
        let mut copy = CopyWriter::in_parts(SMALL, Vec::new(), &key, b"", &mut house.rng).unwrap();
        for piece in &pieces {
            copy.write_all(piece).unwrap();
            copy.flush().unwrap();
        }
        let copy = copy.finish().unwrap();
        let (_, mut reader) = CopyReader::open(&copy[..], &house.keyring).unwrap();
        let (mut back, mut buffer) = (Vec::new(), vec![0; step]);
        loop {
            match reader.read(&mut buffer).unwrap() {
                0 => break,
                given => back.extend_from_slice(&buffer[..given]),
            }
        }
        prop_assert_eq!(back, pieces.concat());
    }

    #[test]
    fn reading_nonsense_never_panics(rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let house = House::new();
        prop_assert!(house.open(&[&b"candour copy 1\n2026-11-23\n"[..], &rest].concat()).is_err());
    }
}

/// `cargo test -p vault --release -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn a_gigabyte_is_sealed_and_opened_in_seconds() {
    let mut house = House::new();
    let key = house.monday();
    let (mib, block) = (1024_u32, vec![7; 1 << 20]);
    let mut copy = CopyWriter::new(io::sink(), &key, b"", &mut house.rng).unwrap();
    let sealed = seconds(|| (0..mib).for_each(|_| copy.write_all(&block).unwrap()));
    let small = house.copy(PART, &bytes(256 << 20));
    let opened = seconds(|| {
        CopyReader::open(&small[..], &house.keyring).unwrap().1.unpack(&mut io::sink()).unwrap();
    });
    println!("sealed {:.0} MiB/s, opened {:.0} MiB/s", f64::from(mib) / sealed, 256.0 / opened);
    let places = house.keyring.places().to_vec();
    drop(house.keyring);
    let words = "correct horse battery staple";
    let derived = seconds(|| drop(Root::create_from_passphrase(words, &places, &mut house.rng).unwrap()));
    println!("argon2id {:.0} ms", derived * 1000.0);
    assert!(sealed < 20.0 && opened < 5.0);
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn seconds(f: impl FnOnce()) -> f64 {
    let before = std::time::Instant::now();
    f();
    before.elapsed().as_secs_f64()
}
