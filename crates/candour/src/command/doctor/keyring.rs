//! The keyring's places and the journal, by their files alone: no key is opened.

use super::Line;
use super::files::entries;
use crate::command::settings::Settings;
use rustix::fs::{Access, access};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use vault::Journal;

/// Whether every place is there, can be written, and holds the same slots.
pub(super) fn look(settings: &Settings) -> Vec<Line> {
    let places = &settings.places.keyring;
    let mut lines: Vec<Line> = places.iter().filter_map(|place| reach(place)).collect();
    if places.len() == 1 {
        lines.push(Line::warning(
            "keyring",
            "The keyring has one place: when that disk fails, nothing can be read any more.",
            "Name a second folder on another disk under keyring; the next start fills it.",
        ));
    }
    lines.push(slots(&places.iter().map(|place| (place.as_path(), read(place))).collect::<Vec<_>>()));
    lines
}

fn reach(place: &Path) -> Option<Line> {
    if !place.is_dir() {
        return Some(Line::problem(
            "keyring",
            format!("The place {} is not there.", place.display()),
            "Mount it or bring it back before the next start.",
        ));
    }
    access(place, Access::WRITE_OK | Access::EXEC_OK).is_err().then(|| {
        Line::problem(
            "keyring",
            format!("{} cannot be written, so no key can be begun or destroyed there.", place.display()),
            "Give its user the right to write, or mount it writable.",
        )
    })
}

/// The slots of a place by name. They are wrapped under the root key, which is not read.
fn read(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let slot = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix("epoch-")?.strip_suffix(".slot")?;
        Some((name.to_owned(), std::fs::read(path).ok()?))
    };
    entries(place).iter().filter_map(|path| slot(path)).collect()
}

fn slots(places: &[(&Path, BTreeMap<String, Vec<u8>>)]) -> Line {
    let all: BTreeSet<(&String, &Vec<u8>)> = places.iter().flat_map(|(_, slots)| slots).collect();
    let names: BTreeSet<&String> = all.iter().map(|(name, _)| *name).collect();
    if names.len() < all.len() {
        return Line::problem(
            "keyring",
            "Two places hold different keys for the same day.",
            "Find out which place was swapped or edited; nothing starts before they agree.",
        );
    }
    let lacking: Vec<String> = places
        .iter()
        .filter(|(_, slots)| slots.len() < names.len())
        .map(|(place, slots)| format!("{} lacks {}", place.display(), names.len() - slots.len()))
        .collect();
    if lacking.is_empty() {
        return Line::ok("keyring", format!("Every place holds the same keys: {}.", names.len()));
    }
    let says = format!("Of {} keys, {}.", names.len(), lacking.join(", "));
    Line::warning("keyring", says, "The next start of candour serve copies what is missing.")
}

/// Whether the journal is there, and an erasure was begun and not finished.
pub(super) fn journal(settings: &Settings) -> Line {
    let path = &settings.places.journal;
    if !path.exists() && settings.places.evidence.join("checkpoint").exists() {
        return Line::problem(
            "journal",
            format!("The journal {} is not there, though the log was published.", path.display()),
            "Put its disk back; where it is gone for good, read candour restore --help before anything starts.",
        );
    }
    if !path.exists() {
        return Line::ok("journal", "Nothing has been erased yet.");
    }
    match Journal::read(path) {
        Err(error) => Line::problem("journal", format!("{error}."), "Keep the file as it is and look at its disk."),
        Ok(entries) => match entries.iter().filter(|entry| !entry.done).count() {
            0 => Line::ok("journal", "Every erasure that was begun is finished."),
            open => Line::warning(
                "journal",
                format!("{open} erasures were begun and are not marked as finished."),
                "While the day runs that is as it should be; if it stays, look in the log for day-failed.",
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn place(slots: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
        slots.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
    }

    fn verdict(one: &[(&str, &[u8])], other: &[(&str, &[u8])]) -> Verdict {
        slots(&[(Path::new("/one"), place(one)), (Path::new("/other"), place(other))]).verdict
    }

    #[test]
    fn places_are_compared_by_name_and_by_content() {
        assert_eq!(verdict(&[("a", b"1"), ("b", b"2")], &[("a", b"1"), ("b", b"2")]), Verdict::Ok);
        assert_eq!(verdict(&[("a", b"1"), ("b", b"2")], &[("a", b"1")]), Verdict::Warning);
        assert_eq!(verdict(&[("a", b"1")], &[("a", b"2")]), Verdict::Problem);
    }
}
