//! Files that must be there after a power cut, or must be gone.
//!
//! A file counts as written when its bytes and its name in the folder are both synced, and as destroyed when its bytes are
//! overwritten and its name is removed, both synced. Overwriting destroys only on a file system that writes in place: a place on a
//! copy-on-write or versioned volume lies, and no program can tell.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::{Error, Result};

/// Creates the folder, and those above it, readable by the owner alone; one that exists is left as it is.
pub(crate) fn create_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::io("create", folder))
}

/// Writes a file that must not exist yet, readable by the owner alone.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(Error::io("create", path))?;
    sync_folder(path)
}

/// Writes a file as a whole or not at all: under a temporary name first, which is then renamed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_added_extension("new");
    destroy(&temporary)?;
    create(&temporary, bytes)?;
    fs::rename(&temporary, path).map_err(Error::io("rename", &temporary))?;
    sync_folder(path)
}

/// Overwrites and removes a file. One that is gone already is no error, but its folder is synced again: the run that removed the
/// name may have died before that.
pub(crate) fn destroy(path: &Path) -> Result<()> {
    match overwrite(path).and_then(|()| fs::remove_file(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => outcome.map_err(Error::io("destroy", path))?,
    }
    sync_folder(path)
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
