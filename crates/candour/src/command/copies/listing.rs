//! The copies in the folder `backups`, by what their heads say.

use super::Cannot;
use law::Date;
use std::fs::File;
use std::path::{Path, PathBuf};
use vault::{CopyHead, Keyring};

/// A copy in the folder.
pub(in crate::command) struct Copy {
    /// Its file.
    pub(in crate::command) path: PathBuf,
    /// The day under whose key it is sealed.
    pub(in crate::command) day: Date,
}

/// The copies in a folder, oldest first; files that are none are passed over, and a folder that is not made yet has none.
pub(in crate::command) fn list(folder: &Path) -> Result<Vec<Copy>, Cannot> {
    let mut copies = Vec::new();
    if !folder.exists() {
        return Ok(copies);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_copy = path.extension().is_some_and(|end| end == "copy");
        let head = File::open(&path).ok().filter(|_| is_copy).and_then(|mut file| CopyHead::read(&mut file).ok());
        copies.extend(head.map(|head| Copy { path, day: head.day() }));
    }
    copies.sort_by(|one, other| (one.day, &one.path).cmp(&(other.day, &other.path)));
    Ok(copies)
}

impl Copy {
    /// Whether no key opens it: its day's was destroyed. A later day than the keyring knows may just have begun.
    pub(super) fn is_gone(&self, keyring: &Keyring) -> bool {
        keyring.current().is_some_and(|current| self.day < current) && !keyring.epochs().contains(&self.day)
    }
}
