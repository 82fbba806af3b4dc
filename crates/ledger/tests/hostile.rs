//! Every format, changed at random, is read in its one spelling or refused.

mod log;

#[path = "../../../fuzz/src/ledger_read.rs"]
mod ledger_read;

use ledger::{Extra, ProofFile, SegmentProof, Signer, TileId};
use ledger_read::ledger_read;
use log::{leaf, leaves, publish};
use proptest::prelude::*;

/// One of each format, signed by a key that nobody knows.
fn samples() -> Vec<Vec<u8>> {
    let other = Signer::from_seed(log::ORIGIN, &[2; 32]).expect("a name");
    let checkpoint = log::checkpoint(&leaves(3));
    let note = checkpoint.sign(&other).expect("its own log");
    let segment = Some(SegmentProof { place: 1, size: 3, hashes: vec![[6; 32], [7; 32]] });
    let extra = Extra { leaf: leaf(1), reveals: vec![], segment }.encode().expect("short");
    let file = ProofFile { extra: extra.clone(), index: 1, hashes: vec![[5; 32], [4; 32]], checkpoint: note.clone() };
    let mut samples: Vec<Vec<u8>> = publish(&leaves(2)).into_values().skip(1).collect();
    samples.extend([leaf(1), extra]);
    let path = TileId { level: 2, n: 1_234_567, width: 5 }.path();
    let texts = [note, checkpoint.encode(), other.verifier().to_string(), file.encode(), path];
    samples.extend(texts.map(String::into_bytes));
    samples
}

#[test]
fn each_format_unchanged_is_read() {
    for bytes in samples() {
        ledger_read(&bytes);
    }
}

proptest! {
    #[test]
    fn each_format_changed_is_read_in_its_one_spelling_or_refused(
        sample in prop::sample::select(samples()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        end in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let mut bytes = sample;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        ledger_read(&bytes);
    }

    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        ledger_read(&bytes);
    }
}
