//! Files that must be there after a power cut, or must be gone.
//!
//! A file counts as written when its bytes and its name in the folder are both synced, and as destroyed when its bytes are
//! overwritten and its name is removed, both synced. Overwriting destroys only on a file system that writes in place: a place on a
//! copy-on-write or versioned volume lies, and no program can tell.
//!
//! Three functions write a whole file: [`create`] one that is new, [`replace`] one that may stand already, whose old bytes are no
//! secret, [`supersede`] one whose old bytes must be gone.
//!
//! Two endings are ours. `.new` is a file that is being written; it is renamed when it is whole. `.old` is a file that is doomed;
//! nothing is ever renamed away from it, so only under that name are bytes overwritten.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::{Error, Result};

/// Creates the folder, and those above it, readable by the owner alone; one that exists is left as it is.
pub fn create_folder(folder: &Path) -> Result<()> {
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

/// The bytes of a file, if it is there.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(Error::io("read", path)),
    }
}

/// Writes a file that must not exist yet, readable by the owner alone, and leaves it open for writing.
pub fn create(path: &Path, bytes: &[u8]) -> Result<File> {
    let write = || {
        operate()?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        operate()?;
        file.write_all(bytes)?;
        operate()?;
        file.sync_all()?;
        Ok(file)
    };
    let file = write().map_err(Error::io("create", path))?;
    sync_folder(path)?;
    Ok(file)
}

/// Writes a file under a temporary name and then renames it to `path`, so that it is there as a whole or not at all. It stands
/// after a power cut once the folder is synced, which is left to the caller.
pub fn exchange(path: &Path, bytes: &[u8]) -> Result<File> {
    let temporary = temporary(path);
    destroy(&temporary)?;
    let file = create(&temporary, bytes)?;
    rename(&temporary, path).map_err(Error::io("rename", &temporary))?;
    Ok(file)
}

/// [`exchange`], synced: after a power cut the file is as it was or as it shall be. Old bytes stay on the disk without a name.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    exchange(path, bytes)?;
    sync_folder(path)
}

/// [`replace`] that overwrites the old bytes. The two files swap their names in one step, so at every moment `path` is whole, and
/// what an interruption leaves is under the temporary name. A file system that cannot swap names (NFS, for one) refuses, and the
/// file stays as it was.
pub fn supersede(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary(path);
    destroy(&temporary)?;
    create(&temporary, bytes)?;
    swap(&temporary, path)?;
    destroy(&temporary)
}

/// Swaps two files' names in one step, synced. They stand in one folder, and a file system that cannot do it refuses.
pub fn swap(one: &Path, other: &Path) -> Result<()> {
    operate()
        .and_then(|()| Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?))
        .map_err(Error::io("swap names with", other))?;
    sync_folder(other)
}

/// The name under which a file is written before it has its own.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Overwrites and removes a file. Its name is taken from it, durably, before its bytes: a process that is just renaming the file
/// keeps it whole or fails to, one that reads zeros finds the name gone, and after a power cut no file that is read is zeros.
/// One that is gone already is no error; what an earlier run left of it is destroyed.
pub fn destroy(path: &Path) -> Result<()> {
    let doomed = path.with_added_extension("old");
    shred(&doomed)?;
    match rename(path, &doomed) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        outcome => outcome.map_err(Error::io("destroy", path))?,
    }
    sync_folder(path)?;
    shred(&doomed)
}

/// Overwrites and removes a doomed file. One that is gone already is no error, but its folder is synced again: the run that
/// removed the name may have died before that.
pub(crate) fn shred(doomed: &Path) -> Result<()> {
    match overwrite(doomed).and_then(|()| operate()).and_then(|()| fs::remove_file(doomed)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => outcome.map_err(Error::io("destroy", doomed))?,
    }
    sync_folder(doomed)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    operate()?;
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    operate()?;
    file.sync_all()
}

fn rename(from: &Path, to: &Path) -> io::Result<()> {
    operate()?;
    fs::rename(from, to)
}

/// Syncs the names in the folder of `path`.
pub fn sync_folder(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    operate().and_then(|()| File::open(folder)?.sync_all()).map_err(Error::io("sync", folder))
}

/// Stands before every change of a file; in a test the process can end at any of them.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in a test it fails")]
pub(crate) fn operate() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use tests::{end_after, operate};

#[cfg(test)]
mod tests;
