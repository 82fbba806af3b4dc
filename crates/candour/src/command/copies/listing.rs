//! The copies in the folder `backups`, by what their heads say.

use super::Cannot;
use crate::App;
use law::Date;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use store::Error;
use vault::CopyHead;

store::statements! {
    @list pub(in crate::command),
    /// The days that the database knows, and when the key of each was destroyed.
    LIST_EPOCHS = "SELECT day, destroyed_on FROM epoch ORDER BY day";
}

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
        if path.extension().is_some_and(|end| end == "copy") {
            copies.extend(Copy::read(path));
        }
    }
    copies.sort_by(|one, other| (one.day, &one.path).cmp(&(other.day, &other.path)));
    Ok(copies)
}

impl Copy {
    /// A copy, if the file is one.
    pub(super) fn read(path: PathBuf) -> Option<Self> {
        let head = CopyHead::read(&mut File::open(&path).ok()?).ok()?;
        Some(Self { path, day: head.day() })
    }
}

/// The days whose keys were destroyed, as the database says: a keyring may lack a key because its disk does.
pub(super) struct Destroyed {
    days: BTreeSet<Date>,
    /// The first day that the database knows. Those before it are over.
    oldest: Option<Date>,
}

impl Destroyed {
    pub(super) fn read(app: &App) -> Result<Self, Cannot> {
        let rows = app.custody().store().read_blocking("list_epochs", |tx| {
            let rows = tx.all(&LIST_EPOCHS, &[])?;
            rows.iter()
                .map(|row| Ok((row.get::<Date>(0)?, row.get::<Option<Date>>(1)?)))
                .collect::<Result<Vec<_>, Error>>()
        })?;
        let oldest = rows.first().map(|(day, _)| *day);
        let days = rows.into_iter().filter(|(_, destroyed)| destroyed.is_some()).map(|(day, _)| day).collect();
        Ok(Self { days, oldest })
    }

    /// Whether nothing opens what was sealed on a day any more.
    pub(super) fn has(&self, day: Date) -> bool {
        self.days.contains(&day) || self.oldest.is_some_and(|oldest| day < oldest)
    }
}
