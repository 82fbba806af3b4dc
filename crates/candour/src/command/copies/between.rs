//! The unsealed file that stands in the data folder while a copy is made: for one copy at a time, and no longer than it takes.

use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use vault::{Error, file};

/// What the engine keeps beside a database, and the database.
const ENDS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Its name in a data folder.
pub(super) fn between(data: &Path) -> PathBuf {
    data.join("backup.db")
}

/// The lock of who makes a copy, for as long as the file is open; `None` when another process has it.
pub(super) fn alone(data: &Path) -> Result<Option<File>, Error> {
    let path = data.join("backup.lock");
    let failed = |what: &'static str| {
        let place = path.clone();
        move |source| Error::Io { what, place, source }
    };
    let lock = File::options().create(true).append(true).mode(0o600).open(&path).map_err(failed("open"))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(failed("lock")(source)),
    }
}

/// Destroys what a copy that was killed left of it, unless one is just being made.
pub(in crate::command) fn tidy(data: &Path) -> Result<(), Error> {
    let named = |end: &str| {
        let mut name = between(data).into_os_string();
        name.push(end);
        PathBuf::from(name)
    };
    let files = ENDS.map(named);
    // A doomed file is what an interrupted destruction left.
    if !files.iter().any(|path| path.exists() || path.with_added_extension("old").exists()) {
        return Ok(());
    }
    match alone(data)? {
        Some(_held) => files.iter().try_for_each(|path| file::destroy(path)),
        None => Ok(()),
    }
}
