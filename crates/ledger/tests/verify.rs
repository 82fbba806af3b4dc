//! A whole log is checked from its files alone, and what is wrong is found where it is.

mod log;

use ledger::{Effect, Finding, Leaf, MAX_FINDINGS, Outcome, Report, Signer, Verifier, verify_log};
use log::{Files, ORIGIN, leaves, publish, signer};

fn verify_by(files: &Files, log: &Verifier) -> Report {
    let mut done = 0;
    verify_log(&mut |path| files.get(path).cloned(), log, &mut |leaves| {
        assert!(leaves > done, "progress goes on");
        done = leaves;
    })
}

fn verify(files: &Files) -> Report {
    verify_by(files, signer().verifier())
}

fn places(report: &Report) -> Vec<(&str, Option<u64>)> {
    report.findings.iter().map(|Finding { file, index, .. }| (file.as_str(), *index)).collect()
}

fn flip(files: &Files, path: &str, bit: usize) -> Files {
    let mut files = files.clone();
    files.get_mut(path).expect("a file")[bit / 8] ^= 1 << (bit % 8);
    files
}

#[test]
fn a_whole_log_is_found_whole() {
    let all = leaves(66_000);
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 66_000] {
        let report = verify(&publish(&all[..size]));
        assert_eq!(report.findings, [], "{size} leaves");
        assert_eq!((report.leaves, report.pruned), (size as u64, 0));
        assert_eq!(report.checkpoint, Some(log::checkpoint(&all[..size])));
        assert_eq!(report.effects.iter().map(|(_, count)| count).sum::<u64>(), size as u64);
    }
}

#[test]
fn effects_are_counted() {
    let report = verify(&publish(&leaves(6)));
    let expected = [(Effect::Amend, 2), (Effect::Erase, 1), (Effect::Export, 1), (Effect::Take, 2)];
    assert_eq!(report.effects, expected);
}

#[test]
fn every_changed_bit_of_a_small_log_is_found_in_its_file() {
    let files = publish(&leaves(5));
    assert_eq!(files.len(), 3);
    for (path, bytes) in &files {
        for bit in 0..bytes.len() * 8 {
            let report = verify(&flip(&files, path, bit));
            assert!(!report.is_whole(), "bit {bit} of {path}");
            // A changed hash differs from its leaf, and the leaf is what the finding names first.
            let expected = if path == "checkpoint" { path } else { "tile/entries/000.p/5" };
            assert_eq!(report.findings[0].file, expected, "bit {bit} of {path}");
        }
    }
}

#[test]
fn changed_bits_of_a_log_of_several_tiles_are_found() {
    let files = publish(&leaves(300));
    assert_eq!(files.len(), 6);
    for (path, bytes) in &files {
        for bit in (0..bytes.len() * 8).step_by(797) {
            assert!(!verify(&flip(&files, path, bit)).is_whole(), "bit {bit} of {path}");
        }
    }
}

#[test]
fn a_changed_leaf_is_found_by_its_index_alone() {
    let files = publish(&leaves(600));
    let bit = 8 * (300 - 256) * (2 + log::leaf(300).len()) + 8 * 20;
    let report = verify(&flip(&files, "tile/entries/001", bit));
    assert_eq!(places(&report), [("tile/entries/001", Some(300))]);
    assert_eq!(report.findings[0].sentence, "The leaf does not have the hash that tile/0/001 holds for it.");
}

#[test]
fn a_changed_hash_is_found_below_and_above() {
    let files = publish(&leaves(600));
    let report = verify(&flip(&files, "tile/0/001", 8 * 32 * 44));
    assert_eq!(places(&report), [("tile/entries/001", Some(300)), ("tile/1/000.p/2", Some(1))]);
    let report = verify(&flip(&files, "tile/1/000.p/2", 0));
    assert_eq!(places(&report), [("tile/1/000.p/2", Some(0)), ("checkpoint", None)]);
}

#[test]
fn a_missing_short_or_long_file_is_named() {
    let files = publish(&leaves(600));
    for path in files.keys() {
        let mut less = files.clone();
        less.remove(path);
        assert!(places(&verify(&less)).iter().any(|(file, _)| *file == path), "{path} is missing");
        for change in
            [|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1), |bytes: &mut Vec<u8>| bytes.push(0), Vec::clear]
        {
            let mut changed = files.clone();
            change(changed.get_mut(path).expect("a file"));
            assert!(places(&verify(&changed)).iter().any(|(file, _)| *file == path), "{path} has another length");
        }
    }
}

#[test]
fn a_log_rewritten_without_its_key_is_found() {
    let honest = publish(&leaves(600));
    let mut others = leaves(600);
    others.swap(3, 4);
    let mut rewritten = publish(&others);
    rewritten.insert("checkpoint".into(), honest["checkpoint"].clone());
    assert_eq!(places(&verify(&rewritten)), [("checkpoint", None)]);
    let other = Signer::from_seed(ORIGIN, &[2; 32]).expect("a name");
    let report = verify_by(&honest, other.verifier());
    assert_eq!((report.checkpoint, report.leaves, report.findings.len()), (None, 0, 1));
    assert_eq!(report.findings[0].sentence, "No signature is by a key that is known.");
}

#[test]
fn a_leaf_of_an_unknown_kind_is_found() {
    let mut leaves = leaves(300);
    leaves[280] = b"something else".to_vec();
    assert_eq!(places(&verify(&publish(&leaves))), [("tile/entries/001.p/44", Some(280))]);
}

/// 600 leaves, the last of which says that the first `gone` are no longer kept.
fn pruned(gone: u32) -> Files {
    let mut leaves = leaves(599);
    let leaf = Leaf { effect: Effect::Pruned, count: gone, ..Leaf::decode(&leaves[0]).expect("a leaf") };
    assert_eq!(leaf.outcome, Outcome::Done);
    leaves.push(leaf.encode().expect("well formed"));
    publish(&leaves)
}

#[test]
fn leaves_may_be_gone_as_far_as_the_log_says() {
    let mut files = pruned(512);
    files.remove("tile/entries/000");
    let report = verify(&files);
    assert_eq!((report.findings.as_slice(), report.pruned, report.leaves), (&[][..], 256, 344));
    files.remove("tile/entries/001");
    let report = verify(&files);
    assert_eq!((report.findings.as_slice(), report.pruned, report.leaves), (&[][..], 512, 88));
    files.remove("tile/0/000");
    assert_eq!(places(&verify(&files)), [("tile/0/000", None)], "the tiles of what is gone stand");
}

#[test]
fn leaves_that_the_log_does_not_call_pruned_are_missed() {
    let mut files = pruned(256);
    files.remove("tile/entries/001");
    assert_eq!(places(&verify(&files)), [("tile/entries/001", None)], "not from the first on");
    files.remove("tile/entries/000");
    assert_eq!(places(&verify(&files)), [("tile/entries/000", Some(0))], "more than the log says");
    let mut files = publish(&leaves(256));
    files.remove("tile/entries/000");
    assert_eq!(places(&verify(&files)), [("tile/entries/000", Some(0))], "all of it");
}

#[test]
fn reading_stops_where_nothing_is_as_it_should_be() {
    let mut files = publish(&leaves(256 * 600));
    for (_, bytes) in files.iter_mut().filter(|(path, _)| *path != "checkpoint") {
        bytes.clear();
    }
    let findings = verify(&files).findings;
    assert!((MAX_FINDINGS..MAX_FINDINGS + 10).contains(&findings.len()), "{} findings", findings.len());
    assert_eq!(
        findings.last().map(|last| last.sentence.as_str()),
        Some("There are too many findings: the rest was not read.")
    );
}
