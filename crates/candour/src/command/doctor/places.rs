//! Which places share a disk that should not: what fails, or is copied, together.

use super::Line;
use crate::app::RootPlace;
use crate::command::settings::Settings;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use store::Engine;

/// A place with its name in a sentence, and the number of its file system.
struct Place {
    name: String,
    device: Option<u64>,
}

impl Place {
    fn new(what: &str, path: &Path) -> Self {
        Self { name: format!("{what} {}", path.display()), device: device(path) }
    }
}

/// The file system of a path; of the folder above where it does not stand yet.
fn device(path: &Path) -> Option<u64> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find_map(|above| above.metadata().ok()).map(|there| there.dev())
}

/// One line: what stands on the disk of the database, and copies that stand on a disk of the keys.
pub(super) fn look(settings: &Settings) -> Line {
    let places = &settings.places;
    let mut keys: Vec<Place> = places.keyring.iter().map(|place| Place::new("the keyring", place)).collect();
    if let RootPlace::File(root) = &places.root {
        keys.push(Place::new("the root key", root));
    }
    let backups: Option<Place> = settings.backups.as_ref().map(|folder| Place::new("the copies in", folder));
    // Where a server has the database, its disk is not ours to see.
    let data = Some(&places.data).filter(|_| matches!(places.engine, Engine::Sqlite { .. }));
    let data = data.and_then(|data: &PathBuf| device(data));
    let apart = [("the journal", &places.journal), ("the evidence", &places.evidence)];
    let apart: Vec<Place> = apart.iter().map(|(what, path)| Place::new(what, path)).collect();
    compare(data, &apart, &keys, backups.as_ref())
}

fn compare(data: Option<u64>, apart: &[Place], keys: &[Place], backups: Option<&Place>) -> Line {
    let beside: Vec<&str> = apart
        .iter()
        .chain(backups)
        .chain(keys)
        .filter(|place| data.is_some() && place.device == data)
        .map(|place| place.name.as_str())
        .collect();
    let copies = backups.filter(|copies| keys.iter().any(|key| key.device.is_some() && key.device == copies.device));
    let mut says = Vec::new();
    if !beside.is_empty() {
        says.push(format!(
            "On the database’s disk stand {}: when that disk fails, or is copied whole, they go with it.",
            beside.join(", ")
        ));
    }
    if let Some(copies) = copies {
        says.push(format!("On one disk stand {} and keys that open them.", copies.name));
    }
    if says.is_empty() {
        return Line::ok("places", "Database, keys, journal, evidence and copies stand on disks apart.");
    }
    let mend = "Move them to disks of their own: a restore needs the journal and the evidence, and no copy may be with its keys.";
    Line::warning("places", says.join(" "), mend)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn place(name: &str, device: u64) -> Place {
        Place { name: name.to_owned(), device: Some(device) }
    }

    #[test]
    fn what_shares_the_databases_disk_is_named_and_so_are_copies_beside_keys() {
        let line = |journal, keyring, copies| {
            let backups = place("copies", copies);
            compare(Some(1), &[place("journal", journal)], &[place("keyring", keyring)], Some(&backups))
        };
        assert_eq!(line(2, 3, 4).verdict, Verdict::Ok);
        let shared = line(1, 3, 4);
        assert_eq!(shared.verdict, Verdict::Warning);
        assert!(shared.says.contains("stand journal:") && !shared.says.contains("keyring"), "{}", shared.says);
        assert!(line(1, 1, 1).says.contains("stand journal, copies, keyring:"));
        let copies = line(2, 3, 3);
        assert!(copies.says.contains("copies and keys that open them") && !copies.says.contains("database"));
    }

    #[test]
    fn of_a_servers_database_only_copies_beside_keys_are_seen() {
        let backups = place("copies", 1);
        let keys = [place("keyring", 1)];
        assert_eq!(compare(None, &[place("journal", 1)], &[], Some(&backups)).verdict, Verdict::Ok);
        assert_eq!(compare(None, &[], &keys, Some(&backups)).verdict, Verdict::Warning);
    }
}
