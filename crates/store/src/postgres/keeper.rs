//! The keeper: a thread that opens the database and holds its lock while the store is open.

use std::fs::File;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use law::Clock;
use tokio::runtime::Runtime;

use super::address::Address;
use super::fault::Rules;
use super::session::Session;
use super::worker::runtime;
use super::{LIMIT, catalogue, fitness};
use crate::driver::Link;
use crate::error::{Error, Result};
use crate::migration::{self, Migration};
use crate::statement::Statement;
use crate::value::Val;

/// The numbers of this program's locks in its database: any two that are nobody else's.
const ALONE: i64 = 0x63_61_6e_64_6f_75_72;
const MIGRATING: i64 = ALONE + 1;

static TAKE: Statement = Statement::new("TAKE_LOCK", "SELECT pg_try_advisory_lock($1)");
static AWAIT: Statement = Statement::new("AWAIT_LOCK", "SELECT CAST(pg_advisory_lock($1) AS TEXT)");
static GIVE: Statement = Statement::new("GIVE_LOCK", "SELECT pg_advisory_unlock($1)");

/// How often the lock's connection is tried.
const BEAT: Duration = Duration::from_secs(1);

/// What the keeper needs to open the database.
pub(crate) struct Opening {
    pub(crate) address: Arc<Address>,
    /// Whether this process has the data to itself, for whoever asks.
    pub(crate) alone: Arc<AtomicBool>,
    /// The folder's lock, if it was free.
    pub(crate) lock: Option<File>,
    /// Whether the database's lock must be had too.
    pub(crate) must: bool,
    pub(crate) folder: PathBuf,
    pub(crate) migrations: &'static [Migration],
    pub(crate) clock: Clock,
}

/// The handle on the keeper's thread.
pub(crate) struct Keeper {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Gives the locks up.
    pub(crate) fn stop(self) {
        drop(self.stop);
        if self.thread.thread().id() != thread::current().id() {
            // A keeper that panicked has lost the locks with its connection.
            let _ = self.thread.join();
        }
    }
}

impl Opening {
    /// Opens the database on a thread of its own, for a connection must not be driven from within another runtime.
    pub(crate) fn start(self) -> Result<(Keeper, Rules)> {
        let (stop, stopped) = channel();
        let (report, opened) = channel();
        let mut opening = self;
        let serve = move || {
            let runtime = match runtime() {
                Ok(runtime) => Rc::new(runtime),
                Err(error) => return drop(report.send(Err(error))),
            };
            let (session, rules) = match opening.open(&runtime) {
                Ok(open) => open,
                Err(error) => return drop(report.send(Err(error))),
            };
            // Whoever opened is gone when this fails, and the store with it.
            let _ = report.send(Ok(rules));
            opening.keep(&runtime, session, &stopped);
        };
        let thread = thread::Builder::new()
            .name("store-keeper".to_owned())
            .spawn(serve)
            .map_err(|error| Error::Other(format!("the keeper's thread cannot be started: {error}")))?;
        let rules = opened.recv().unwrap_or(Err(Error::Unavailable))?;
        Ok((Keeper { stop, thread }, rules))
    }

    fn open(&mut self, runtime: &Rc<Runtime>) -> Result<(Option<Session>, Rules)> {
        let mut session = self.connect(runtime)?;
        fitness::check(&mut session)?;
        if self.lock.is_some() && take(&mut session)? {
            self.alone.store(true, Ordering::SeqCst);
        } else if self.must {
            return Err(Error::Locked(self.folder.clone()));
        } else {
            // A folder without its database is nothing to be alone on.
            self.lock = None;
        }
        let limit = session.limit.take();
        session.script("SET statement_timeout = 0")?;
        session.rows(&AWAIT, &[Val::Int(MIGRATING)])?;
        let migrated = migration::apply(&mut session, self.migrations, self.clock.now());
        session.rows(&GIVE, &[Val::Int(MIGRATING)])?;
        session.script("RESET statement_timeout")?;
        migrated?;
        session.limit = limit;
        let rules = catalogue::rules(&mut session)?;
        Ok((self.alone.load(Ordering::SeqCst).then_some(session), rules))
    }

    fn connect(&self, runtime: &Rc<Runtime>) -> Result<Session> {
        Session::open(Rc::clone(runtime), &self.address, Arc::default(), LIMIT)
    }

    /// Until the store is closed: looks after the lock.
    fn keep(&self, runtime: &Rc<Runtime>, mut session: Option<Session>, stopped: &Receiver<()>) {
        let was_alone = session.is_some();
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(BEAT) {
            if was_alone {
                let heard = session.as_mut().is_some_and(|session| session.ping().is_ok());
                session = if heard { session } else { self.take_again(runtime) };
                self.alone.store(session.is_some(), Ordering::SeqCst);
            }
        }
        self.alone.store(false, Ordering::SeqCst);
        if let Some(mut session) = session {
            // The server gives it up with the connection too, but a moment later.
            let _ = session.rows(&GIVE, &[Val::Int(ALONE)]);
        }
    }

    /// The lock went with its connection. It is taken again unless somebody else was faster.
    fn take_again(&self, runtime: &Rc<Runtime>) -> Option<Session> {
        let mut session = self.connect(runtime).ok()?;
        match take(&mut session) {
            Ok(true) => Some(session),
            Ok(false) => {
                tracing::error!(code = "not-alone", cause = "another process has taken the database's lock");
                None
            }
            Err(_) => None,
        }
    }
}

fn take(session: &mut Session) -> Result<bool> {
    session.rows(&TAKE, &[Val::Int(ALONE)])?.first().ok_or(Error::Missing)?.get(0)
}
