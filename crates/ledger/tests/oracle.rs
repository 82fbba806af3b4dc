//! What is published here is what the crates `tlog_tiles` and `signed_note` read, and their proofs are ours.

mod log;

use ledger::{Hash, Malformed, TileId, inclusion_proof, leaf_hash, tiles, verify_consistency, verify_inclusion};
use log::{Files, leaves, publish, signer};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Checkpoint, Error, HashReader, Tile, TileHashReader, TileReader};

const SIZES: [u64; 8] = [1, 2, 255, 256, 257, 600, 65_536, 70_000];

/// The other library's reader over our files; its own paths name the height too.
struct Reader<'a>(&'a Files);

impl TileReader for Reader<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let path = |tile: &Tile| tile.path().replacen("tile/8/", "tile/", 1);
        Ok(tiles.iter().map(|tile| self.0[&path(tile)].clone()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn known(vkey: &str) -> VerifierList {
    VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).expect("a key"))])
}

fn ours(files: &Files) -> impl FnMut(TileId) -> Result<Vec<u8>, Malformed> {
    |id| files.get(&id.path()).cloned().ok_or(Malformed::Path)
}

fn first(all: &[Vec<u8>], size: u64) -> &[Vec<u8>] {
    &all[..usize::try_from(size).expect("small")]
}

#[test]
fn a_checkpoint_signed_here_is_opened_there() {
    let checkpoint = log::checkpoint(&leaves(5));
    let note = checkpoint.sign(&signer()).expect("its own log");
    let read = Note::from_bytes(note.as_bytes()).expect("a note");
    let (verified, unverified) = read.verify(&known(&signer().verifier().to_string())).expect("signed");
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    assert_eq!(read.text(), checkpoint.encode().as_bytes());
    let theirs = Checkpoint::from_bytes(read.text()).expect("a checkpoint");
    assert_eq!((theirs.origin(), theirs.size(), theirs.hash().0), (log::ORIGIN, 5, checkpoint.root));
    assert_eq!(theirs.to_bytes(), checkpoint.encode().as_bytes());
}

#[test]
fn a_key_is_spelled_alike() {
    let ours = signer().verifier().clone();
    let theirs = StandardVerifier::new(&ours.to_string()).expect("a key");
    assert_eq!(signed_note::Verifier::name(&theirs), ours.name());
    assert_eq!(signed_note::Verifier::key_id(&theirs).to_be_bytes(), ours.id());
}

#[test]
fn every_tile_that_a_log_needs_is_needed_there() {
    for size in SIZES {
        // The other list has every partial tile on the way from nothing; the last of a level is the one of this size.
        let mut theirs: Vec<Tile> = Vec::new();
        for tile in Tile::new_tiles(8, 0, size) {
            let narrower = |last: &Tile| (last.level(), last.level_index()) == (tile.level(), tile.level_index());
            if theirs.last().is_some_and(narrower) {
                theirs.pop();
            }
            theirs.push(tile);
        }
        let theirs: Vec<String> = theirs.iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
        let ours: Vec<String> = ledger::needed(size).map(TileId::path).collect();
        assert_eq!(ours, theirs, "{size} leaves");
    }
}

#[test]
fn roots_and_proofs_are_alike() {
    let all = leaves(70_000);
    for size in SIZES {
        let files = publish(first(&all, size));
        let root = log::checkpoint(first(&all, size)).root;
        let reader = Reader(&files);
        // This reader accepts a tile only if the root follows from it.
        let hashes = TileHashReader::new(size, tlog_tiles::Hash(root), &reader);
        assert_eq!(tlog_tiles::tree_hash(size, &hashes).expect("a root").0, root);
        for index in [0, size / 3, size / 2, size - 1] {
            let leaf = leaf_hash(&log::leaf(index));
            let proof = tlog_tiles::prove_record(size, index, &hashes).expect("a leaf");
            let theirs: Vec<Hash> = proof.iter().map(|hash| hash.0).collect();
            assert_eq!(tiles::inclusion(index, size, &mut ours(&files)), Ok(theirs.clone()), "{index} of {size}");
            assert!(verify_inclusion(&leaf, index, size, &theirs, &root));
            let checked =
                |n| tlog_tiles::check_record(&proof, size, tlog_tiles::Hash(root), n, tlog_tiles::Hash(leaf)).is_ok();
            assert!(checked(index) && !checked(index + 1));
            let place = [tlog_tiles::stored_hash_index(0, index)];
            assert_eq!(hashes.read_hashes(&place).expect("a hash")[0].0, leaf);
        }
        for old in [1, size.div_ceil(2), size] {
            let old_root = log::checkpoint(first(&all, old)).root;
            let proof = tlog_tiles::prove_tree(size, old, &hashes).expect("smaller");
            let theirs: Vec<Hash> = proof.iter().map(|hash| hash.0).collect();
            assert_eq!(tiles::consistency(old, size, &mut ours(&files)), Ok(theirs.clone()), "{old} of {size}");
            assert!(verify_consistency(old, &old_root, size, &root, &theirs));
            let [new, old_hash] = [root, old_root].map(tlog_tiles::Hash);
            assert!(tlog_tiles::check_tree(&proof, size, new, old, old_hash).is_ok());
        }
    }
}

#[test]
fn a_proof_over_all_leaves_is_that_from_tiles() {
    let all = leaves(600);
    let files = publish(&all);
    let hashes: Vec<Hash> = all.iter().map(|leaf| leaf_hash(leaf)).collect();
    for index in 0..600 {
        assert_eq!(tiles::inclusion(index, 600, &mut ours(&files)).ok(), inclusion_proof(&hashes, index));
    }
}
