//! The store: the handle that the program holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use law::Clock;
use tokio::sync::oneshot;

use crate::call::Waiting;
use crate::catalogue::{Catalogue, Column};
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::postgres::Postgres;
use crate::random::Random;
use crate::settings::{Engine, Settings};
use crate::sqlite::Sqlite;
use crate::tx::Tx;

/// A database, opened. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    clock: Clock,
    random: Arc<Random>,
    driver: Box<dyn Driver>,
    schema: u64,
}

impl Store {
    /// Opens the database, alone on the data if so asked, and brings it to the program's schema.
    pub fn open(settings: Settings) -> Result<Self> {
        let random = Arc::new(Random::new(settings.seed)?);
        let driver: Box<dyn Driver> = match &settings.engine {
            Engine::Postgres { url, folder } => Box::new(Postgres::open(url, folder, &settings, Arc::clone(&random))?),
            Engine::Sqlite { path } => Box::new(Sqlite::open(path, &settings, Arc::clone(&random))?),
        };
        // Nothing opens unless the database has the program's migrations, all of them and no other.
        let schema = settings.migrations.last().map_or(0, |newest| u64::from(newest.number));
        Ok(Self(Arc::new(Inner { clock: settings.clock, random, driver, schema })))
    }

    /// Runs a transaction that writes. It answers when the commit is durable.
    ///
    /// The closure may run twice, must not call the store, and sees all others as if they ran before or after it. When it
    /// fails, or a statement of it fails, its rows are taken back. `name` stands in traces.
    pub async fn write<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.driver.write(Box::new(Waiting::new(name, f, move |answer| drop(reply.send(answer)))))?;
        answer.await.unwrap_or_else(|_| Err(Error::Unknown.into()))
    }

    /// As [`write`](Self::write), for callers outside the runtime: the command line, start-up.
    pub fn write_blocking<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = channel();
        self.0.driver.write(Box::new(Waiting::new(name, f, move |answer| drop(reply.send(answer)))))?;
        answer.recv().unwrap_or_else(|_| Err(Error::Unknown.into()))
    }

    /// Runs a transaction that reads: everything it sees is of one moment. In the program's own database it runs in place,
    /// for it takes microseconds; a long one belongs on a blocking thread, through
    /// [`read_blocking`](Self::read_blocking). It must not call the store.
    pub async fn read<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.driver.read(Box::new(Waiting::new(name, f, move |answer| drop(reply.send(answer)))))?;
        answer.await.unwrap_or_else(|_| Err(Error::closed().into()))
    }

    /// As [`read`](Self::read), for callers outside the runtime.
    pub fn read_blocking<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = channel();
        self.0.driver.read(Box::new(Waiting::new(name, f, move |answer| drop(reply.send(answer)))))?;
        answer.recv().unwrap_or_else(|_| Err(Error::closed().into()))
    }

    /// Cuts what deleted and replaced rows have left behind: on SQLite the write-ahead log, to nothing, so that no erased
    /// row is left in any file; on PostgreSQL the dead rows of the tables that lost some since the last time (`VACUUM`).
    /// Waits a moment for readers; [`Error::Busy`] when they stay: ask again.
    ///
    /// A *dead tuple* is a row that no transaction sees any more and that still lies in its table's file, with its entries
    /// in the indexes. `VACUUM` takes it out and gives its place to later rows. Until one comes, and in PostgreSQL's own
    /// write-ahead log until that is recycled, its bytes may still be found on the disk: sealed bytes, whose epoch key is
    /// destroyed within the backup window, and linked columns, for which the notice names the disk as a place that keeps
    /// copies.
    pub fn truncate_log(&self) -> Result<()> {
        self.0.driver.cut()
    }

    /// What the engine's own check finds wrong with its files, at most a hundred lines; empty when they are whole. The lines name
    /// structures and places, never a value. Every page is read, beside the writer, so ask from a blocking thread.
    ///
    /// It compares tables with their indexes, and values with the types of their columns; a value
    /// that became another of its type, in no index, is not seen. No migration declares a foreign key, so none is checked. A server's answer
    /// is always empty: it has a checksum of each page, without which [`open`](Self::open) refuses it, and looks at it
    /// whenever it reads the page.
    pub fn check(&self) -> Result<Vec<String>> {
        self.0.driver.check()
    }

    /// Copies the database to a file that does not stand yet, readable by its owner alone. The copy is of one moment, has
    /// nothing of deleted rows, and is on disk when this answers; the writer goes on meanwhile. When it fails, the file is
    /// gone again. It takes as long as writing the whole database, so ask from a blocking thread.
    ///
    /// A server is not copied: it has tools of its own, which the error names.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        self.0.driver.copy_to(path)
    }

    /// The number of the newest migration that the database had when it was opened; 0 before the first.
    pub fn schema(&self) -> u64 {
        self.0.schema
    }

    /// Every column of the live schema, the store's own table `migration` included.
    pub fn catalogue(&self) -> Result<Vec<Column>> {
        Ok(self.live_schema()?.columns)
    }

    /// The live schema: columns and indexes.
    pub fn live_schema(&self) -> Result<Catalogue> {
        self.0.driver.catalogue()
    }

    /// The clock that transactions read.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether this process has the data to itself.
    pub fn is_alone(&self) -> bool {
        self.0.driver.is_alone()
    }

    /// Whether transactions that write run one after the other, so that one may touch what all of them need. Where they
    /// run side by side, as on a server, such work belongs in a transaction of its own.
    pub fn is_only_writer(&self) -> bool {
        self.0.driver.is_only_writer()
    }

    /// A generator for what happens outside transactions, such as a new epoch key.
    pub fn random(&self) -> rand_chacha::ChaCha20Rng {
        self.0.random.draw()
    }

    /// Whether a transaction could begin now, of either sort. Waits as long as for a lock, so ask from a blocking thread.
    pub fn health(&self) -> Result<()> {
        self.0.driver.health()
    }

    /// Ends the writers after what is queued, and gives up the data. Other clones find the store closed.
    pub fn close(self) {
        self.0.driver.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.driver.close();
    }
}
