//! Files that stand after a power cut before something is signed over them.

use crate::edge::WIDTH;
use crate::{Error, Result};
use ledger::TileId;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How many files are written before they are synced together.
const TOGETHER: usize = 64;

/// Files on their way into a folder. Nothing is promised of them before [`sync`](Self::sync).
pub(super) struct Files<'a> {
    folder: &'a Path,
    written: Vec<(PathBuf, File)>,
    /// Folders in which there are new names.
    folders: BTreeSet<PathBuf>,
}

impl<'a> Files<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        Self { folder, written: Vec::new(), folders: BTreeSet::new() }
    }

    /// Writes a file, readable by its owner alone. Under no checkpoint that was signed is there another at its place.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(path);
        self.make_folder_of(&path)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(bytes).map(|()| file))
            .map_err(failed("write", &path))?;
        file.flush().map_err(failed("write", &path))?;
        self.written.push((path, file));
        if self.written.len() == TOGETHER { self.sync_files() } else { Ok(()) }
    }

    /// The same, unless it stands there as it shall be.
    pub(super) fn put_once(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let stands = vault::file::read(&self.folder.join(path))?;
        if stands.as_deref() == Some(bytes) { Ok(()) } else { self.put(path, bytes) }
    }

    /// Syncs every file, then every folder with a new name.
    pub(super) fn sync(mut self) -> Result<()> {
        self.sync_files()?;
        self.folders.iter().try_for_each(|folder| {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync", folder))
        })
    }

    fn sync_files(&mut self) -> Result<()> {
        let mut written = self.written.drain(..);
        written.try_for_each(|(path, file)| file.sync_all().map_err(failed("sync", &path)))
    }

    /// The folder of a file stands, and those above it; whichever gets a new name is synced later.
    fn make_folder_of(&mut self, path: &Path) -> Result<()> {
        let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            return Ok(());
        };
        self.folders.insert(folder.to_owned());
        if folder.is_dir() {
            return Ok(());
        }
        self.make_folder_of(folder)?;
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            made => made.map_err(failed("create", folder)),
        }
    }
}

/// Removes the tiles and bundles of a log of `from` leaves that were not full, where the log has grown over them. What stays
/// because it cannot be removed is under no checkpoint, and harms nobody.
pub(super) fn remove_partials(folder: &Path, from: u64, size: u64) {
    for level in 0..=u8::MAX {
        let hashes = |size: u64| size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let n = hashes(from) / WIDTH;
        if hashes(from) == 0 {
            break;
        }
        let last = TileId::within(level, n, from).filter(|_| hashes(from) < hashes(size));
        for path in last.into_iter().flat_map(|id| [Some(id.path()), (level == 0).then(|| id.bundle_path())]).flatten()
        {
            let path = folder.join(path);
            let _ = fs::remove_file(&path);
            if hashes(size) / WIDTH > n {
                let _ = path.parent().map(fs::remove_dir);
            }
        }
    }
}

/// Removes the bundles before the `end`th, which were pruned. The first that still stands is looked for from there, and they go
/// from it on, so that what an interrupted run left goes with the next.
pub(crate) fn remove_bundles(folder: &Path, end: u64) -> Result<()> {
    let path = |n| folder.join(TileId { level: 0, n, width: 256 }.bundle_path());
    let first = (0..end).rev().take_while(|n| path(*n).exists()).last().unwrap_or(end);
    for n in first..end {
        let path = path(n);
        fs::remove_file(&path).map_err(failed("remove", &path))?;
        if n + 1 == end || (n + 1) % 1_000 == 0 {
            vault::file::sync_folder(&path)?;
        }
    }
    Ok(())
}

/// For `map_err`: says which verb failed on which file.
pub(super) fn failed(what: &'static str, place: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| vault::Error::Io { what, place: place.to_owned(), source }.into()
}
