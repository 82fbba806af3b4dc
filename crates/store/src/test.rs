//! Databases for tests: each its own, migrated, seeded, on a clock that stands still until it is moved.
//!
//! The engine is the one that `CANDOUR_TEST_ENGINE` names: `sqlite`, unless it says `postgres`. Then
//! `CANDOUR_TEST_POSTGRES` is the address of a server, with `{database}` in the place of a database's name, and an account
//! there that may create databases; `cargo xtask test` starts one. A test that needs it and does not find it fails.

mod server;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use law::{Clock, Timestamp};
use tempfile::TempDir;

use crate::{Engine, Error, Migration, Result, Settings, Statement, Store};

/// Short, so that a test of a locked database does not wait.
const PATIENCE: Duration = Duration::from_millis(100);

/// Whether this run of the tests is about PostgreSQL.
pub fn is_postgres() -> bool {
    std::env::var("CANDOUR_TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

/// A migrated database of a test's own on the engine of this run, below a folder that the test has; on a server it is dropped
/// when this goes.
pub struct Place {
    engine: Engine,
    on_server: Option<server::Name>,
}

impl Place {
    /// A new one. Below the folder stands the database file `candour.db`, or the lock alone.
    pub fn new(folder: &Path, migrations: &'static [Migration]) -> Result<Self> {
        if !is_postgres() {
            return Self::sqlite(folder, migrations);
        }
        let name = server::create(migrations)?;
        Ok(Self { engine: Engine::postgres(name.url(), folder), on_server: Some(name) })
    }

    /// One of SQLite, whatever this run is about: for a test that looks into the files.
    pub fn sqlite(folder: &Path, migrations: &'static [Migration]) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|error| refused(&error))?;
        let path = folder.join("candour.db");
        std::fs::write(&path, template::bytes(migrations)?).map_err(|error| refused(&error))?;
        Ok(Self { engine: Engine::sqlite(path), on_server: None })
    }

    /// One that the test has already, and removes itself.
    pub fn of(engine: Engine) -> Self {
        Self { engine, on_server: None }
    }

    /// Where the rows are.
    pub fn engine(&self) -> Engine {
        self.engine.clone()
    }
}

/// A migrated database with its folder, which goes when this goes. It stands for its [`Store`].
pub struct Database {
    store: Store,
    migrations: &'static [Migration],
    place: Place,
    folder: TempDir,
}

/// A fresh database on the engine of this run. Its clock stands at 09:00 on Monday 23 November 2026; move it with
/// [`Clock::move_to`]. Its generator is seeded, so the same test draws the same bytes.
pub fn database(migrations: &'static [Migration]) -> Result<Database> {
    opened(migrations, Place::new)
}

/// As [`database`], always of SQLite: for a test that looks into the files.
pub fn database_file(migrations: &'static [Migration]) -> Result<Database> {
    opened(migrations, Place::sqlite)
}

fn opened(
    migrations: &'static [Migration],
    make: impl FnOnce(&Path, &'static [Migration]) -> Result<Place>,
) -> Result<Database> {
    let folder = folder()?;
    let place = make(folder.path(), migrations)?;
    let store = open(place.engine(), migrations, Clock::fixed(start()))?;
    Ok(Database { store, migrations, place, folder })
}

impl Database {
    /// The store; a clone may be kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where the rows are, to open them once more.
    pub fn engine(&self) -> Engine {
        self.place.engine()
    }

    /// The database file, of SQLite.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("candour.db")
    }

    /// Closes the store and opens the same data again, on the same clock.
    pub fn reopen(self) -> Result<Self> {
        let Self { store, migrations, place, folder } = self;
        let clock = store.clock().clone();
        store.close();
        Ok(Self { store: open(place.engine(), migrations, clock)?, migrations, place, folder })
    }

    /// Has the engine read a statement: names, types, sorts of parameters. Nothing is run.
    pub fn understand(&self, statement: &Statement) -> Result<()> {
        match &self.place.on_server {
            Some(name) => server::understand(name, statement),
            None => crate::sqlite::understand(&self.path(), statement),
        }
    }
}

impl Deref for Database {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Each list of migrations is applied once in a test program.
mod template {
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    use super::{Clock, Engine, Migration, Result, folder, open, refused, start};

    /// The bytes of a migrated database file.
    pub(super) fn bytes(migrations: &'static [Migration]) -> Result<Vec<u8>> {
        static TEMPLATES: LazyLock<Mutex<HashMap<Vec<&'static str>, Vec<u8>>>> = LazyLock::new(Mutex::default);

        let texts: Vec<&str> = migrations.iter().map(|migration| migration.text).collect();
        let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = templates.get(&texts) {
            return Ok(bytes.clone());
        }
        let folder = folder()?;
        let path = folder.path().join("candour.db");
        open(Engine::sqlite(&path), migrations, Clock::fixed(start()))?.close();
        let bytes = std::fs::read(path).map_err(|error| refused(&error))?;
        templates.insert(texts, bytes.clone());
        Ok(bytes)
    }
}

fn open(engine: Engine, migrations: &'static [Migration], clock: Clock) -> Result<Store> {
    Store::open(Settings {
        engine,
        clock,
        seed: Some([7; 32]),
        migrations,
        alone: true,
        patience: PATIENCE,
        readers: 2,
    })
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
