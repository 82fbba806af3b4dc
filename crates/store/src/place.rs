//! The folder on this machine: made for its owner alone, and locked by whoever is alone in it.

use std::fs::File;
use std::path::Path;

use crate::error::{Error, Result};

/// Creates a folder for its owner alone, if it does not stand yet.
pub(crate) fn make(folder: &Path) -> Result<()> {
    let mut folders = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        folders.mode(0o700);
    }
    folders.recursive(true).create(folder).map_err(|error| unmade(folder, &error))
}

/// Creates a file for its owner alone, if it does not stand yet.
pub(crate) fn make_file(path: &Path) -> Result<()> {
    let mut file = std::fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        file.mode(0o600);
    }
    file.append(true).create(true).open(path).map_err(|error| unmade(path, &error))?;
    Ok(())
}

fn unmade(what: &Path, error: &std::io::Error) -> Error {
    Error::Other(format!("{} cannot be made: {error}", what.display()))
}

/// The folder's lock: `None` when another has it and `must` does not ask for it. It is held as long as the file is open,
/// whatever becomes of the process.
pub(crate) fn lock(folder: &Path, must: bool) -> Result<Option<File>> {
    let place = folder.join("lock");
    let refused = |error: std::io::Error| Error::Other(format!("{} cannot be locked: {error}", place.display()));
    let file = File::options().create(true).append(true).open(&place).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) if must => Err(Error::Locked(folder.to_owned())),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(refused(error)),
    }
}
