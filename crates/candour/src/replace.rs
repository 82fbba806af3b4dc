//! A restored database takes the old one's place: in steps that the next start finishes, so that at every moment either the old one
//! stands as it was, or the new one will.
//!
//! It is made ready in the folder `restore.new` of the data folder. That folder's new name, `restore.ready`, is the moment from
//! which there is no way back. The old database is overwritten and removed once the new one stands.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use vault::file;

/// The database's name in every folder.
const DATABASE: &str = "candour.db";

/// What the engine keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Where a restored database is made ready, empty: what an interrupted restore left there is overwritten and removed.
pub(crate) fn begin(data: &Path) -> Result<PathBuf, vault::Error> {
    clear(&making(data))?;
    file::create_folder(&making(data))?;
    Ok(making(data).join(DATABASE))
}

/// Gives up what was being made ready.
pub(crate) fn give_up(data: &Path) -> Result<(), vault::Error> {
    clear(&making(data))
}

/// From here on the restored database will stand, whatever happens.
pub(crate) fn decide(data: &Path) -> Result<(), vault::Error> {
    let log = making(data).join("candour.db-wal");
    if log.metadata().is_ok_and(|log| log.len() > 0) {
        return Err(failed("close", &log, io::Error::other("the restored database still has rows in its log")));
    }
    let moved = std::fs::rename(making(data), ready(data));
    moved.map_err(|source| failed("rename", &making(data), source))?;
    file::sync_folder(&ready(data))
}

/// Finishes what was decided; `false` when nothing was. The caller has the data folder to itself.
pub(crate) fn finish(data: &Path) -> Result<bool, vault::Error> {
    let (ready, place) = (ready(data), data.join(DATABASE));
    let (new, old) = (ready.join(DATABASE), data.join("candour.db.replaced"));
    if !ready.exists() && !old.exists() {
        return Ok(false);
    }
    if new.exists() {
        if place.exists() {
            rename(&place, &old)?;
        }
        // The old one's log would be taken for the new one's.
        destroy_beside(&place)?;
        rename(&new, &place)?;
        file::sync_folder(&new)?;
    }
    file::destroy(&old)?;
    clear(&ready)?;
    Ok(true)
}

/// Whether something was decided and is not finished.
pub(crate) fn is_open(data: &Path) -> bool {
    ready(data).exists() || data.join("candour.db.replaced").exists()
}

/// The lock of a data folder, for as long as the file is open; `None` when another process has it.
pub(crate) fn hold(data: &Path) -> Result<Option<File>, vault::Error> {
    file::create_folder(data)?;
    let path = data.join("lock");
    let lock = File::options().create(true).append(true).open(&path);
    let lock = lock.map_err(|source| failed("open", &path, source))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(failed("lock", &path, source)),
    }
}

fn making(data: &Path) -> PathBuf {
    data.join("restore.new")
}

fn ready(data: &Path) -> PathBuf {
    data.join("restore.ready")
}

fn rename(from: &Path, to: &Path) -> Result<(), vault::Error> {
    std::fs::rename(from, to).map_err(|source| failed("rename", from, source))?;
    file::sync_folder(to)
}

fn destroy_beside(database: &Path) -> Result<(), vault::Error> {
    BESIDE.iter().try_for_each(|end| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        file::destroy(Path::new(&name))
    })
}

/// Overwrites and removes a folder with a database in it.
fn clear(folder: &Path) -> Result<(), vault::Error> {
    if !folder.exists() {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    for entry in entries.map_err(|source| failed("read", folder, source))? {
        file::destroy(&entry.path())?;
    }
    std::fs::remove_dir(folder).map_err(|source| failed("remove", folder, source))?;
    file::sync_folder(folder)
}

fn failed(what: &'static str, place: &Path, source: io::Error) -> vault::Error {
    vault::Error::Io { what, place: place.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data folder with an old database and its log, and a new one made ready.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(DATABASE), "old").expect("written");
        std::fs::write(folder.path().join("candour.db-wal"), "old log").expect("written");
        std::fs::write(begin(folder.path()).expect("begun"), "new").expect("written");
        folder
    }

    fn stands(folder: &Path) -> String {
        std::fs::read_to_string(folder.join(DATABASE)).expect("a database")
    }

    fn names(folder: &Path) -> usize {
        std::fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    fn until_it_is_decided_the_old_one_stands_as_it_was() {
        let folder = folder();
        assert!(!finish(folder.path()).expect("looked"));
        assert_eq!(stands(folder.path()), "old");
        give_up(folder.path()).expect("given up");
        assert_eq!(names(folder.path()), 2);
    }

    #[test]
    fn once_it_is_decided_the_new_one_stands_after_any_interruption() {
        for steps in 0..4 {
            let folder = folder();
            let at = |name: &str| folder.path().join(name);
            decide(folder.path()).expect("decided");
            // What an interrupted run of `finish` has done already.
            if steps > 0 {
                std::fs::rename(at(DATABASE), at("candour.db.replaced")).expect("renamed");
            }
            if steps > 1 {
                std::fs::remove_file(at("candour.db-wal")).expect("removed");
            }
            if steps > 2 {
                std::fs::rename(at("restore.ready/candour.db"), at(DATABASE)).expect("renamed");
            }
            assert!(is_open(folder.path()));
            assert!(finish(folder.path()).expect("finished"));
            assert_eq!((stands(folder.path()).as_str(), names(folder.path())), ("new", 1), "after {steps} steps");
            assert!(!is_open(folder.path()));
        }
    }

    #[test]
    fn one_process_at_a_time_holds_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = hold(folder.path()).expect("asked");
        assert!(held.is_some() && hold(folder.path()).expect("asked").is_none());
        drop(held);
        assert!(hold(folder.path()).expect("asked").is_some());
    }
}
