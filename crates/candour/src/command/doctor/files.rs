//! Rights and room on the disk.

use super::{Line, folders};
use crate::app::RootPlace;
use crate::command::settings::Settings;
use rustix::fs::statvfs;
use std::collections::BTreeSet;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Below this many bytes, or this part of the whole in per cent, room is short.
const SHORT: (u64, u64) = (1_000_000_000, 10);

/// Whether what is ours is for its owner alone, and belongs to the user that runs the portal.
pub(super) fn rights(settings: &Settings, config: &Path) -> Vec<Line> {
    let places = &settings.places;
    let owner = places.data.metadata().ok().map(|data| data.uid());
    let mut wrong = Vec::new();
    if owner.is_some_and(|owner| owner != rustix::process::geteuid().as_raw()) {
        wrong.push(Line::warning(
            "rights",
            "This runs as another user than the data belongs to, so what that one may do is not seen.",
            "Run candour doctor as the user that runs candour serve.",
        ));
    }
    if let RootPlace::File(root) = &places.root
        && !root.exists()
    {
        wrong.push(Line::problem(
            "rights",
            format!("The root key {} is not there.", root.display()),
            "Bring it back, or write it anew from a recovery copy: candour keys recover --from FILE.",
        ));
    }
    for path in ours(settings) {
        let Ok(there) = path.metadata() else { continue };
        wrong.extend(opened(&path, &there, 0o077));
        if owner.is_some_and(|owner| owner != there.uid()) {
            wrong.push(Line::problem(
                "rights",
                format!("{} belongs to another user than the data.", path.display()),
                format!("chown --reference={} {}", places.data.display(), path.display()),
            ));
        }
    }
    wrong.extend(folders::around(settings, config, owner));
    // These are often a group's, so that a certificate can be renewed by somebody else.
    for path in secrets(settings) {
        match path.metadata() {
            Ok(there) => wrong.extend(opened(&path, &there, 0o007)),
            Err(error) => wrong.push(Line::problem(
                "rights",
                format!("{} cannot be read: {error}.", path.display()),
                "Put the file there, or mend its path.",
            )),
        }
    }
    if wrong.is_empty() {
        wrong.push(Line::ok(
            "rights",
            "Data, keys and secrets are for their owner alone, and nobody else changes the folders above.",
        ));
    }
    wrong
}

fn opened(path: &Path, there: &Metadata, others: u32) -> Option<Line> {
    let mode = there.mode() & 0o777;
    let mend = format!("chmod {:o} {}", mode & !others, path.display());
    (mode & others != 0)
        .then(|| Line::problem("rights", format!("{} is open to others (mode {mode:o}).", path.display()), mend))
}

/// Folders and files that only the portal uses. The lock of a folder holds nothing.
fn ours(settings: &Settings) -> Vec<PathBuf> {
    let places = &settings.places;
    let mut all = vec![places.data.clone(), places.journal.clone(), places.evidence.clone()];
    if let RootPlace::File(root) = &places.root {
        all.push(root.clone());
    }
    all.extend(places.keyring.iter().chain(&settings.backups).cloned());
    for folder in places.keyring.iter().chain([&places.data]) {
        all.extend(entries(folder).into_iter().filter(|path| path.file_name().is_none_or(|name| name != "lock")));
    }
    all
}

fn secrets(settings: &Settings) -> Vec<PathBuf> {
    let mail = settings.mail.user.iter().map(|(_, file)| file.clone());
    let others = settings.database_password.iter().chain(&settings.passphrase).cloned();
    mail.chain(settings.tls.iter().map(|tls| tls.key.clone())).chain(others).collect()
}

/// What stands in a folder; nothing where it cannot be read.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Whether every file system that the portal writes to has room.
pub(super) fn disk(settings: &Settings) -> Vec<Line> {
    let places = &settings.places;
    let journal = places.journal.parent().unwrap_or(Path::new("."));
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    let others = [places.data.as_path(), journal, places.evidence.as_path()];
    for folder in places.keyring.iter().chain(&settings.backups).map(PathBuf::as_path).chain(others) {
        let Ok(there) = folder.metadata() else { continue };
        if seen.insert(there.dev())
            && let Ok(room) = statvfs(folder)
        {
            let free = room.f_bavail.saturating_mul(room.f_frsize);
            let part = room.f_bavail.saturating_mul(100) / room.f_blocks.max(1);
            lines.push(short(folder, free, part));
        }
    }
    lines
}

fn short(folder: &Path, free: u64, part: u64) -> Line {
    let says = format!("{} has {} MB free, {part} % of its disk.", folder.display(), free / 1_000_000);
    if free < SHORT.0 || part < SHORT.1 {
        return Line::warning("disk", says, "Make room: at least 1 GB and 10 %.");
    }
    Line::ok("disk", says)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn short_room_is_a_warning_by_size_and_by_part() {
        let verdict = |free, part| short(Path::new("/data"), free, part).verdict;
        assert_eq!(verdict(1_000_000_000, 10), Verdict::Ok);
        assert_eq!(verdict(999_999_999, 50), Verdict::Warning);
        assert_eq!(verdict(50_000_000_000, 9), Verdict::Warning);
    }
}
