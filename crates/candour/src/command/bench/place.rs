//! Where a measurement runs: custody below a folder of its own, with real keys, a real journal, durable commits and its evidence on,
//! on a clock that runs from a day of its own.

use super::super::Cannot;
use super::clauses;
use crate::migrations::{COLUMNS, MIGRATIONS};
use custody::{Custody, Error, Guard, Parts, PersonId};
use law::{Clock, Date, Timestamp};
use notice::{Allowed, Ask, Fields};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Engine, Settings, Store};
use tempfile::TempDir;
use vault::{Keyring, Root};

/// The day on which measurements begin: nine o'clock on Monday 23 November 2026.
const START: Timestamp = Timestamp::constant(1_795_424_400, 0);

/// The hour of a day to which the clock is moved, in milliseconds.
const NINE_MS: i64 = 9 * 3_600_000;

/// How long a call waits for a lock, and how many transactions read at the same time: as in the program.
const SERVED: (Duration, usize) = (Duration::from_secs(10), 4);

/// How often an erasure is tried.
const ERASED_AGAIN: u32 = 100;

/// Custody that is measured. Its folder goes with it; the rows of a server stay there.
pub(super) struct Place {
    // Dropped in this order: nobody writes into a folder that is gone.
    publisher: Publisher,
    custody: Custody,
    engine: Engine,
    folder: TempDir,
}

impl Place {
    /// Begins below an empty folder, or below one in the system's folder for what is temporary; on a server in a database that
    /// has nothing in it.
    pub(super) fn new(server: Option<&str>, folder: Option<&Path>, seed: u64) -> Result<Self, Cannot> {
        let folder = scratch(folder)?;
        let below = |name: &str| folder.path().join(name);
        let engine = match server {
            Some(url) => Engine::postgres(url, below("data")),
            None => Engine::sqlite(below("data").join("candour.db")),
        };
        let clock = Clock::system();
        clock.move_to(START);
        let (patience, readers) = SERVED;
        let seed = Some(vault::sha256(&seed.to_be_bytes()));
        let migrations = MIGRATIONS;
        let engine_of = engine.clone();
        let store =
            Store::open(Settings { engine: engine_of, clock, seed, migrations, alone: true, patience, readers })?;
        let root = Root::create(&below("root.key"), &mut store.random())?;
        let (keyring, columns) = (Keyring::open(vec![below("keyring")], root)?, store::columns(COLUMNS)?);
        let (journal, evidence, origin) = (below("journal"), below("evidence"), "bench.example/log".to_owned());
        let custody = Custody::new(Parts { store, keyring, journal, columns, evidence, origin })?;
        if !custody.history()?.is_empty() {
            return Err(Cannot("the database has something in it. Name one that was made for this.".to_owned()));
        }
        let text = clauses::notice();
        let whole = notice::read(&text)?.notice;
        let notice = whole.ok_or(Cannot("the notice of the measurements is not whole.".to_owned()))?;
        custody.publish(&text, &notice, "operator")?;
        custody.witness()?;
        let publisher = Publisher::start(custody.clone());
        Ok(Self { publisher, custody, engine, folder })
    }

    pub(super) fn custody(&self) -> &Custody {
        &self.custody
    }

    /// The folder in which everything stands.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database file, of SQLite.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match &self.engine {
            Engine::Sqlite { path } => Some(path.clone()),
            Engine::Postgres { .. } => None,
        }
    }

    fn clock(&self) -> &Clock {
        self.custody.store().clock()
    }

    pub(super) fn today(&self) -> Date {
        self.clock().today()
    }

    /// What the notice allows a role: every field of a kind for a purpose.
    pub(super) fn allow(&self, actor: &str, purpose: &str, kind: &str) -> Result<Allowed, Cannot> {
        let ask = Ask { actor, purpose, kind, fields: Fields::All };
        Ok(self.custody().in_force(self.today())?.allow(&ask)?)
    }

    /// Lets days pass, each of them witnessed, as a running program does.
    pub(super) fn pass_days(&self, days: u32) -> Result<(), Cannot> {
        for _ in 0..days {
            let tomorrow = self.today().tomorrow()?;
            let at = law::london_start(tomorrow).as_millisecond() + NINE_MS;
            self.clock().move_to(Timestamp::from_millisecond(at)?);
            if self.custody().witness()? != Guard::Open {
                return Err(Cannot("the clock was not believed, so that nothing can be destroyed.".to_owned()));
            }
        }
        Ok(())
    }

    /// Erases whatever of a person may be destroyed today, and says how much that was. On a server somebody else may write at the
    /// log's head in the same moment: then nothing was done, and it is done again. How often, `again` counts.
    pub(super) fn erase(&self, person: PersonId, again: &AtomicU64) -> Result<u64, Cannot> {
        for _ in 1..ERASED_AGAIN {
            match self.custody.erase_person(person) {
                Err(Error::Store(store::Error::Constraint { .. })) => again.fetch_add(1, Ordering::Relaxed),
                erased => return Ok(erased?),
            };
        }
        Ok(self.custody.erase_person(person)?)
    }

    /// Waits until everything that was done has its place in the log and the log is published.
    pub(super) fn settle(&self) -> Result<(), Cannot> {
        self.custody().await_index()?;
        Ok(self.custody().truncate_log()?)
    }

    /// How many bytes the database file has once its write-ahead log is in it; `None` on a server.
    pub(super) fn bytes(&self) -> Result<Option<u64>, Cannot> {
        self.settle()?;
        Ok(self.file().map(std::fs::metadata).transpose()?.map(|data| data.len()))
    }

    /// Ends, and removes the folder.
    pub(super) fn close(self) -> Result<(), Cannot> {
        let Self { mut publisher, custody, engine: _, folder } = self;
        let published = publisher.stop();
        drop(custody);
        folder.close()?;
        published
    }
}

/// A folder of its own below an empty one.
fn scratch(folder: Option<&Path>) -> Result<TempDir, Cannot> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("candour-bench-");
    let Some(folder) = folder else { return Ok(builder.tempdir()?) };
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        let at = folder.display();
        return Err(Cannot(format!(
            "{at} has something in it. Name an empty folder: what is measured is thrown away."
        )));
    }
    Ok(builder.tempdir_in(folder)?)
}

/// What a server does each second: the leaves get their index, and the log is published.
struct Publisher {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<Result<(), String>>>,
}

impl Publisher {
    fn start(custody: Custody) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            for second in 1u64.. {
                if stopped.recv_timeout(Duration::from_secs(1)) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
                tend(&custody, second).map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }

    /// Stops, and says what went wrong meanwhile.
    fn stop(&mut self) -> Result<(), Cannot> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(published)) => published.map_err(|why| Cannot(format!("the evidence was not published: {why}"))),
            Some(Err(_)) => Err(Cannot("the evidence was not published.".to_owned())),
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Whoever wants to hear what went wrong has stopped it.
        let _ = self.stop();
    }
}

/// Each second and each minute.
fn tend(custody: &Custody, second: u64) -> custody::Result<()> {
    custody.publish_log()?;
    if second.is_multiple_of(60) {
        custody.cut_segment()?;
        custody.settle_owed()?;
        custody.truncate_log()?;
    }
    Ok(())
}
