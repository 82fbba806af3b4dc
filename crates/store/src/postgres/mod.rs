//! PostgreSQL: a bounded pool of threads, each with a connection of its own.
//!
//! # Isolation
//! Transactions that write are SERIALIZABLE, as they are on SQLite, where one writer runs them in turn. Custody decides by
//! what it reads (the last holding on a ground takes the ground's rows with it; a budget is counted before it is spent),
//! and under a weaker level two such decisions may be made side by side and be wrong together. The price is that one of two
//! that touch each other runs again. Transactions that read decide nothing that lasts: one snapshot (REPEATABLE READ) is
//! enough, and never has to run again.
//!
//! # When it runs again
//! After 40001 and 40P01 (the engine chose it to give way), after a connection that was lost before the commit was sent, and
//! once after a broken unique key, for the row in its way may be one that it could not see. Never after the commit was sent
//! and no answer came: that outcome is unknown, and the caller's idempotency key resolves it.
//!
//! # Waiting
//! Nobody waits longer than [`LIMIT`] for a server that does not answer. When the whole limit has been waited for nothing, the
//! server is taken to be down, and whoever comes is told at once until a connection succeeds.

mod address;
mod catalogue;
mod fault;
mod fitness;
mod keeper;
mod queue;
mod session;
mod worker;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::call::Call;
use crate::catalogue::Catalogue;
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::place;
use crate::random::Random;
use crate::settings::Settings;

use address::Address;
use keeper::Keeper;
use queue::{Job, Queue};
use session::Session;
use worker::{Shared, Worker};

/// The longest that anybody waits for a server which does not answer.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// Threads, and so connections, that write. Measured on two shared cores with enquiries sent 32 at a time: two threads accepted
/// 316 a second, four 499, six 496, eight 462, where more and more transactions had to run again.
const WRITERS: usize = 6;

/// A PostgreSQL database, opened.
pub(crate) struct Postgres {
    alone: Arc<AtomicBool>,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    keeper: Mutex<Option<Keeper>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    shared: Arc<Shared>,
}

impl Postgres {
    /// Opens the database, alone on it if so asked, and brings it to the program's schema.
    pub(crate) fn open(url: &str, folder: &Path, settings: &Settings, random: Arc<Random>) -> Result<Self> {
        place::make(folder)?;
        let lock = place::lock(folder, settings.alone)?;
        let address = Arc::new(Address::read(url, settings.patience)?);
        let (writes, reads) = (Arc::new(Queue::default()), Arc::new(Queue::default()));
        let alone = Arc::new(AtomicBool::new(false));
        let keeper = keeper::Opening {
            address: Arc::clone(&address),
            alone: Arc::clone(&alone),
            lock,
            must: settings.alone,
            folder: folder.to_owned(),
            migrations: settings.migrations,
            clock: settings.clock.clone(),
        };
        let (keeper, rules) = keeper.start()?;
        let shared = Arc::new(Shared::new(address, rules, settings.clock.clone(), random));
        let mut threads = Vec::new();
        for (count, queue, reads_only) in [(WRITERS, &writes, false), (settings.readers.max(1), &reads, true)] {
            threads.push(janitor(Arc::clone(queue), settings.patience.min(LIMIT))?);
            for _ in 0..count {
                threads.push(Worker::start(Arc::clone(&shared), Arc::clone(queue), reads_only)?);
            }
        }
        Ok(Self { alone, writes, reads, keeper: Mutex::new(Some(keeper)), threads: Mutex::new(threads), shared })
    }

    /// Asks something of a connection of the pool, outside a transaction.
    fn ask<T: Send + 'static>(
        queue: &Queue,
        question: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = channel();
        queue.push(Job::Ask(Box::new(move |session| drop(reply.send(session.and_then(question))))))?;
        answer.recv().unwrap_or(Err(Error::Unavailable))
    }
}

/// A thread that sees that nobody waits for ever for another.
fn janitor(queue: Arc<Queue>, patience: Duration) -> Result<JoinHandle<()>> {
    let named = std::thread::Builder::new().name("store-janitor".to_owned());
    let started = named.spawn(move || queue.watch(patience));
    started.map_err(|error| Error::Other(format!("a thread of the pool cannot be started: {error}")))
}

impl Driver for Postgres {
    fn write(&self, call: Box<dyn Call>) -> Result<()> {
        self.writes.push(Job::Call(call))
    }

    fn read(&self, call: Box<dyn Call>) -> Result<()> {
        self.reads.push(Job::Call(call))
    }

    fn catalogue(&self) -> Result<Catalogue> {
        Self::ask(&self.reads, catalogue::read)
    }

    fn health(&self) -> Result<()> {
        Self::ask(&self.reads, Session::ping)?;
        Self::ask(&self.writes, Session::ping)
    }

    fn check(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn cut(&self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        Self::ask(&self.reads, move |session| shared.losses.vacuum(session))
    }

    fn copy_to(&self, _: &Path) -> Result<()> {
        const SENTENCE: &str = "copies of a server are made with its own tools (a base backup and its archived log); \
            what they bring back is made ready by candour restore --recovered";
        Err(Error::Other(SENTENCE.to_owned()))
    }

    fn is_alone(&self) -> bool {
        self.alone.load(Ordering::SeqCst)
    }

    fn is_only_writer(&self) -> bool {
        false
    }

    fn close(&self) {
        self.writes.close();
        self.reads.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // The last handle may have been moved into a closure. Its thread cannot wait for itself; it ends with its queue.
            if thread.thread().id() != std::thread::current().id() {
                // A worker that panicked has nothing to tell.
                let _ = thread.join();
            }
        }
        if let Some(keeper) = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take() {
            keeper.stop();
        }
    }
}

/// Does something with a connection of its own, on a thread of its own: for tests, which have a runtime already.
#[cfg(any(test, feature = "test"))]
pub(crate) fn aside<T: Send + 'static>(
    url: &str,
    patience: Duration,
    work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
) -> Result<T> {
    use crate::driver::Link;

    let address = Address::read(url, patience)?;
    let thread = std::thread::spawn(move || {
        let runtime = std::rc::Rc::new(worker::runtime()?);
        let mut session = Session::open(runtime, &address, Arc::default(), LIMIT)?;
        session.limit = None;
        session.script("SET statement_timeout = 0; SET lock_timeout = 0")?;
        work(&mut session)
    });
    thread.join().unwrap_or(Err(Error::Unavailable))
}
