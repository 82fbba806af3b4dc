//! Databases for tests: each its own, migrated, seeded, on a clock that stands still until it is moved.

use std::collections::HashMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use law::{Clock, Timestamp};
use tempfile::TempDir;

use crate::{Error, Migration, Result, Settings, Store};

/// Short, so that a test of a locked database does not wait.
const PATIENCE: Duration = Duration::from_millis(100);

/// A migrated database in a folder of its own, which goes when this goes. It stands for its [`Store`].
pub struct Database {
    store: Store,
    migrations: &'static [Migration],
    folder: TempDir,
}

/// A fresh database. Its clock stands at 09:00 on Monday 23 November 2026; move it with [`Clock::move_to`]. Its generator is
/// seeded, so the same test draws the same bytes.
pub fn database(migrations: &'static [Migration]) -> Result<Database> {
    let folder = folder()?;
    std::fs::write(file_in(folder.path()), template(migrations)?).map_err(|error| refused(&error))?;
    Ok(Database { store: open(folder.path(), migrations, Clock::fixed(start()))?, migrations, folder })
}

impl Database {
    /// The store; a clone may be kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The database file.
    pub fn path(&self) -> PathBuf {
        file_in(self.folder.path())
    }

    /// Closes the store and opens the same file again, on the same clock.
    pub fn reopen(self) -> Result<Self> {
        let clock = self.store.clock().clone();
        self.store.close();
        Ok(Self {
            store: open(self.folder.path(), self.migrations, clock)?,
            migrations: self.migrations,
            folder: self.folder,
        })
    }
}

impl Deref for Database {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// The bytes of a migrated database: each list of migrations is applied once in a test program.
fn template(migrations: &'static [Migration]) -> Result<Vec<u8>> {
    static TEMPLATES: LazyLock<Mutex<HashMap<Vec<&'static str>, Vec<u8>>>> = LazyLock::new(Mutex::default);

    let texts: Vec<&str> = migrations.iter().map(|migration| migration.text).collect();
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = templates.get(&texts) {
        return Ok(bytes.clone());
    }
    let folder = folder()?;
    open(folder.path(), migrations, Clock::fixed(start()))?.close();
    let bytes = std::fs::read(file_in(folder.path())).map_err(|error| refused(&error))?;
    templates.insert(texts, bytes.clone());
    Ok(bytes)
}

fn open(folder: &Path, migrations: &'static [Migration], clock: Clock) -> Result<Store> {
    let settings = Settings {
        path: file_in(folder),
        clock,
        seed: Some([7; 32]),
        migrations,
        alone: true,
        patience: PATIENCE,
        readers: 2,
    };
    Store::open(settings)
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("candour.db")
}

fn folder() -> Result<TempDir> {
    tempfile::tempdir().map_err(|error| refused(&error))
}

/// 2026-11-23T09:00:00Z.
fn start() -> Timestamp {
    Timestamp::constant(1_795_424_400, 0)
}

fn refused(error: &std::io::Error) -> Error {
    Error::Other(format!("the test's folder cannot be used: {error}"))
}
