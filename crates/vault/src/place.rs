//! Files that must be there after a power cut, or must be gone.
//!
//! A file counts as written when its bytes and its name in the folder are both synced, and as destroyed when its bytes are
//! overwritten and its name is removed, both synced. Overwriting destroys only on a file system that writes in place: a place on a
//! copy-on-write or versioned volume lies, and no program can tell.
//!
//! Two endings are ours. `.new` is a file that is being written; it is renamed when it is whole. `.old` is a file that is doomed;
//! nothing is ever renamed away from it, so only under that name are bytes overwritten.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Creates the folder, and those above it, readable by the owner alone; one that exists is left as it is.
pub(crate) fn create_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::io("create", folder))
}

/// Locks `used` for this process until the file is dropped or the process ends; [`Error::Locked`] at once when another one has it.
/// The lock is on the file `lock`, which stays: to remove it would let two processes lock one each.
pub(crate) fn lock(lock: &Path, used: &Path) -> Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(lock)
        .map_err(Error::io("open", lock))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { place: used.to_owned() }),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", lock)(error)),
    }
}

/// Writes a file that must not exist yet, readable by the owner alone, and leaves it open for writing.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()).map(|()| file))
        .map_err(Error::io("create", path))?;
    sync_folder(path)?;
    Ok(file)
}

/// Writes a file under a temporary name and then renames it to `path`, so that it is there as a whole or not at all. It stands
/// after a power cut once the folder is synced, which is left to the caller.
pub(crate) fn exchange(path: &Path, bytes: &[u8]) -> Result<File> {
    let temporary = temporary(path);
    destroy(&temporary)?;
    let file = create(&temporary, bytes)?;
    fs::rename(&temporary, path).map_err(Error::io("rename", &temporary))?;
    Ok(file)
}

/// [`exchange`], synced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    exchange(path, bytes)?;
    sync_folder(path)
}

/// The name under which a file is written before it has its own.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Overwrites and removes a file. Its name is taken from it, durably, before its bytes: a process that is just renaming the file
/// keeps it whole or fails to, one that reads zeros finds the name gone, and after a power cut no file that is read is zeros.
/// One that is gone already is no error; what an earlier run left of it is destroyed.
pub(crate) fn destroy(path: &Path) -> Result<()> {
    let doomed = path.with_added_extension("old");
    shred(&doomed)?;
    match fs::rename(path, &doomed) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        outcome => outcome.map_err(Error::io("destroy", path))?,
    }
    sync_folder(path)?;
    shred(&doomed)
}

/// Overwrites and removes a doomed file. One that is gone already is no error, but its folder is synced again: the run that
/// removed the name may have died before that.
pub(crate) fn shred(doomed: &Path) -> Result<()> {
    match overwrite(doomed).and_then(|()| fs::remove_file(doomed)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => outcome.map_err(Error::io("destroy", doomed))?,
    }
    sync_folder(doomed)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()
}

/// Syncs the names in the folder of `path`.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("sync", folder))
}

#[cfg(test)]
mod tests;
