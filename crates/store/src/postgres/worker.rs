//! A thread of the pool: it takes jobs, keeps a connection for them, and runs again what the engine or the network undid.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use law::Clock;
use rand_core::RngCore;
use tokio::runtime::{Builder, Runtime};

use super::LIMIT;
use super::address::Address;
use super::fault::Rules;
use super::queue::{Ask, Job, Queue, now};
use super::session::{READ, Session, WRITE};
use crate::call::Call;
use crate::driver::Link;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::statement::Statement;
use crate::tx::Tx;

/// How long to wait before a server that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a server that is known to be down is given to show that it is not.
const PROBE: Duration = Duration::from_millis(500);

/// The longest pause before a transaction that had to give way runs again.
const LONGEST_STEP_US: u32 = 64_000;

/// What the threads of a pool share.
pub(crate) struct Shared {
    address: Arc<Address>,
    rules: Arc<Rules>,
    clock: Clock,
    random: Arc<Random>,
    /// Somebody waited the whole limit for nothing.
    down: AtomicBool,
    /// What dead rows lie in.
    pub(crate) losses: Losses,
}

impl Shared {
    pub(crate) fn new(address: Arc<Address>, rules: Rules, clock: Clock, random: Arc<Random>) -> Self {
        let rules = Arc::new(rules);
        Self { address, rules, clock, random, down: AtomicBool::new(false), losses: Losses::default() }
    }
}

/// The runtime that drives one thread's connection.
pub(crate) fn runtime() -> Result<Runtime> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Error::Other(format!("a connection's runtime cannot be started: {error}")))
}

/// One thread of the pool.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    runtime: Rc<Runtime>,
    session: Option<Session>,
    begin: &'static str,
}

/// A transaction that left nothing behind.
struct Undone {
    error: Error,
    /// Whether the closure's own answer says so.
    answered: bool,
    /// Whether it may go well the next time.
    again: bool,
}

impl Worker {
    /// Starts a thread that serves until the queue is closed.
    pub(crate) fn start(shared: Arc<Shared>, queue: Arc<Queue>, reads: bool) -> Result<JoinHandle<()>> {
        let runtime = runtime()?;
        let (name, begin) = if reads { ("store-reader", READ) } else { ("store-writer", WRITE) };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || Self { shared, runtime: Rc::new(runtime), session: None, begin }.serve(&queue))
            .map_err(|error| Error::Other(format!("a thread of the pool cannot be started: {error}")))
    }

    fn serve(mut self, queue: &Queue) {
        while let Some(waiting) = queue.take() {
            let until = waiting.since + LIMIT;
            if until <= now() {
                waiting.refuse(Error::Busy);
                continue;
            }
            // Whatever panics outside a closure costs the one call, whose caller is told that the outcome is unknown.
            let done = catch_unwind(AssertUnwindSafe(|| match waiting.job {
                Job::Ask(ask) => self.answer(ask, until),
                Job::Call(call) => self.run(call, until),
            }));
            if done.is_err() {
                self.session = None;
            }
        }
    }

    /// A connection that stood idle may be dead: it is tried, and replaced, before it is asked something.
    fn answer(&mut self, ask: Ask, until: Instant) {
        let limit = until.saturating_duration_since(now());
        let tried = |session: &mut Session| {
            session.limit = Some(limit);
            let heard = session.ping();
            session.limit = Some(LIMIT);
            heard
        };
        if self.session.as_mut().is_some_and(|session| tried(session).is_err()) {
            self.session = None;
        }
        ask(self.session(until));
    }

    /// Runs a transaction to its end, again and again while that may help and its caller still waits.
    fn run(&mut self, mut call: Box<dyn Call>, until: Instant) {
        for turn in 0.. {
            let Err(undone) = self.attempt(call.as_mut(), until) else {
                return call.settle(Ok(()));
            };
            if undone.error.spoils_connection() {
                self.session = None;
            }
            let pause = self.pause(&undone.error, turn);
            if undone.again && pause.is_some_and(|pause| now() + pause < until) {
                thread::sleep(pause.unwrap_or_default());
                continue;
            }
            if undone.answered {
                return call.settle(Ok(()));
            }
            tracing::error!(transaction = call.name(), error = %undone.error, "a transaction failed");
            return call.settle(Err(undone.error));
        }
    }

    /// Once through. `Ok` when the closure's own answer stands, whichever it is.
    fn attempt(&mut self, call: &mut dyn Call, until: Instant) -> std::result::Result<(), Undone> {
        let (shared, begin) = (Arc::clone(&self.shared), self.begin);
        let unreached = |error| Undone { error, answered: false, again: false };
        let session = self.session(until).map_err(unreached)?;
        session.want(begin, until);
        let mut tx = Tx::new(&mut *session, &shared.clock, &shared.random);
        let keep = call.run(&mut tx);
        let failure = tx.failure().cloned();
        if keep {
            session.commit().map_err(|error| Undone { error, answered: false, again: true })?;
            shared.losses.note(session.lost.drain(..));
            return Ok(());
        }
        let gone = failure.as_ref().is_some_and(Error::spoils_connection) || session.roll_back().is_err();
        if gone {
            self.session = None;
        }
        match failure {
            Some(error) => Err(Undone { answered: matches!(error, Error::Constraint { .. }), error, again: true }),
            None => Ok(()),
        }
    }

    /// How long to wait before a transaction runs again; `None` when that would help nothing.
    fn pause(&self, error: &Error, turn: u32) -> Option<Duration> {
        match error {
            Error::Conflict => Some(self.step_back(turn)),
            // A connection that stood idle may have died long ago; one that dies again is given time.
            Error::Unavailable => Some(if turn == 0 { Duration::ZERO } else { PAUSE }),
            // The row in the way may be one that the transaction could not see. The second time it has been looked for.
            Error::Constraint { .. } if turn == 0 => Some(Duration::ZERO),
            _ => None,
        }
    }

    /// A pause of random length, longer each time, so that two that met do not meet again.
    fn step_back(&self, turn: u32) -> Duration {
        let most = LONGEST_STEP_US >> 6_u32.saturating_sub(turn);
        Duration::from_micros((self.shared.random.draw().next_u32() % most).into())
    }

    /// The thread's connection. One is made if there is none: waited for until then, or asked for once where the server is
    /// known to be down.
    fn session(&mut self, until: Instant) -> Result<&mut Session> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.connect(until)?,
        };
        Ok(self.session.insert(session))
    }

    fn connect(&self, until: Instant) -> Result<Session> {
        let down = &self.shared.down;
        loop {
            let is_down = down.load(Ordering::Relaxed);
            let limit = until.saturating_duration_since(now()).min(if is_down { PROBE } else { LIMIT });
            let (runtime, rules) = (Rc::clone(&self.runtime), Arc::clone(&self.shared.rules));
            let made = Session::open(runtime, &self.shared.address, rules, limit);
            let waits = !is_down && now() + PAUSE < until;
            match made {
                Err(Error::Unavailable) if waits => thread::sleep(PAUSE),
                made => {
                    down.store(made.as_ref().is_err_and(|error| *error == Error::Unavailable), Ordering::Relaxed);
                    return made;
                }
            }
        }
    }
}

/// The tables that lost or replaced rows since they were last vacuumed; at first that is not known, and it may be any.
#[derive(Default)]
pub(crate) struct Losses(Mutex<Option<BTreeSet<String>>>);

static TABLES: Statement = Statement::new(
    "TABLES",
    "SELECT CAST(t.relname AS TEXT) FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE n.nspname = current_schema() AND t.relkind IN ('r', 'p')",
);

impl Losses {
    /// A transaction that took or replaced rows was committed.
    fn note(&self, tables: impl Iterator<Item = String>) {
        if let Some(known) = self.tables().as_mut() {
            known.extend(tables);
        }
    }

    /// Takes the dead rows out of those tables. What cannot be done now is done the next time.
    pub(crate) fn vacuum(&self, session: &mut Session) -> Result<()> {
        let known = self.tables().replace(BTreeSet::new());
        let tables = match &known {
            Some(tables) => tables.clone(),
            None => session.rows(&TABLES, &[])?.iter().map(|row| row.get(0)).collect::<Result<_>>()?,
        };
        if tables.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        let limit = session.limit.take();
        let done = session
            .script("SET statement_timeout = 0")
            .and_then(|()| session.script(&format!("VACUUM {}", names.join(", "))))
            .and_then(|()| session.script("RESET statement_timeout"));
        session.limit = limit;
        done.inspect_err(|_| match known {
            Some(tables) => self.note(tables.into_iter()),
            None => *self.tables() = None,
        })
    }

    fn tables(&self) -> MutexGuard<'_, Option<BTreeSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
