//! A published log made up for tests: its leaves, its files in memory, its key.

#![allow(dead_code, reason = "each test program uses a part of it")]

use ledger::{Checkpoint, Effect, Hash, Leaf, Outcome, Signer, TileId, encode_bundle, leaf_hash, needed, root};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) const ORIGIN: &str = "learn.example/log";

/// The files of a log by their paths.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[1; 32]).expect("a name")
}

/// Leaf `n` of the log: two clauses and a holding, as most leaves have.
pub(crate) fn leaf(n: u64) -> Vec<u8> {
    let effects = [Effect::Take, Effect::Amend, Effect::Erase, Effect::Export];
    let leaf = Leaf {
        effect: effects[usize::try_from(n % 4).expect("small")],
        hour: 498_660 + i64::try_from(n / 1_000).expect("small"),
        notice: [9; 32],
        clauses: vec!["kind.enquiry.keep".into(), "purpose.answer".into()],
        outcome: Outcome::Done,
        count: 1,
        holding: Some(leaf_hash(&n.to_be_bytes())),
        actor: None,
        detail: None,
    };
    leaf.encode().expect("well formed")
}

pub(crate) fn leaves(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(leaf).collect()
}

pub(crate) fn checkpoint(leaves: &[Vec<u8>]) -> Checkpoint {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    Checkpoint { origin: ORIGIN.into(), size: leaves.len() as u64, root: root(&hashes) }
}

/// Every file of the log of these leaves.
pub(crate) fn publish(leaves: &[Vec<u8>]) -> Files {
    let mut files = Files::new();
    let mut levels = vec![leaves.iter().map(|leaf| leaf_hash(leaf)).collect::<Vec<Hash>>()];
    for TileId { level, n, width } in needed(leaves.len() as u64) {
        let (level_at, from) = (usize::from(level), usize::try_from(n).expect("small") * 256);
        if levels.len() == level_at {
            levels.push(levels[level_at - 1].as_chunks::<256>().0.iter().map(|tile| root(tile)).collect());
        }
        let range = from..from + usize::from(width);
        let tile = TileId { level, n, width };
        files.insert(tile.path(), levels[level_at][range.clone()].concat());
        if level == 0 {
            let bundle: Vec<&[u8]> = leaves[range].iter().map(Vec::as_slice).collect();
            files.insert(tile.bundle_path(), encode_bundle(&bundle).expect("short leaves"));
        }
    }
    let note = checkpoint(leaves).sign(&signer()).expect("its own log");
    files.insert("checkpoint".into(), note.into_bytes());
    files
}

/// Writes the log into a folder, with its key beside it.
pub(crate) fn write(files: &Files, folder: &Path) {
    for (path, bytes) in files {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().expect("in the folder")).expect("a folder");
        std::fs::write(file, bytes).expect("a file");
    }
    std::fs::write(folder.join("log.vkey"), format!("{}\n", signer().verifier())).expect("a file");
}
