//! The published log, of one checkpoint, while a server may go on publishing.

use super::Cannot;
use crate::archive::Archive;
use ledger::{TileId, needed};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

/// Files by their names in the log.
type Files = Vec<(String, Vec<u8>)>;

/// How often it begins again when the log grew while its last tiles were read.
const TRIES: u32 = 20;

/// Adds the log; how many entries it has. What still grows is read first, until all of it is of one checkpoint: full tiles
/// never change.
pub(super) fn log(archive: &mut Archive<File>, evidence: &Path) -> Result<u64, Cannot> {
    for _ in 0..TRIES {
        let checkpoint = read(evidence, "checkpoint")?.ok_or_else(|| {
            Cannot(format!("{} has no log yet. Start candour serve, and pack again.", evidence.display()))
        })?;
        let size = size(&checkpoint)?;
        let Some(growing) = growing(evidence, size)? else { continue };
        archive.add("log/checkpoint", &checkpoint)?;
        archive.add("log/log.vkey", &read(evidence, "log.vkey")?.unwrap_or_default())?;
        for (name, bytes) in growing {
            archive.add(&format!("log/{name}"), &bytes)?;
        }
        for tile in needed(size).filter(|tile| tile.is_full()) {
            for name in names(tile) {
                // Entries that were pruned are missing; verifying says whether they may be.
                if let Some(bytes) = read(evidence, &name)? {
                    archive.add(&format!("log/{name}"), &bytes)?;
                }
            }
        }
        return Ok(size);
    }
    Err(Cannot("the log grew faster than it could be read. Pack it at a quieter hour.".to_owned()))
}

/// The tiles and bundles that still grow, as they were at this size; `None` when they have grown meanwhile.
fn growing(evidence: &Path, size: u64) -> Result<Option<Files>, Cannot> {
    let mut all = Vec::new();
    for name in needed(size).filter(|tile| !tile.is_full()).flat_map(names) {
        let Some(bytes) = read(evidence, &name)? else { return Ok(None) };
        all.push((name, bytes));
    }
    Ok(Some(all))
}

/// The files of a tile: its hashes, and at the lowest level its entries.
fn names(tile: TileId) -> Vec<String> {
    let entries = (tile.level == 0).then(|| tile.bundle_path());
    std::iter::once(tile.path()).chain(entries).collect()
}

fn size(checkpoint: &[u8]) -> Result<u64, Cannot> {
    let text = String::from_utf8_lossy(checkpoint);
    let size = text.lines().nth(1).and_then(|line| line.parse().ok());
    size.ok_or_else(|| Cannot("the checkpoint in the evidence folder is damaged. Look at candour doctor.".to_owned()))
}

fn read(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, Cannot> {
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Cannot(format!("{} cannot be read: {error}.", folder.join(name).display()))),
    }
}
