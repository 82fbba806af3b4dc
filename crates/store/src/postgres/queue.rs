//! What waits for a thread of the pool, in order of arrival.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::call::Call;
use crate::error::{Error, Result};

/// Jobs that may wait; beyond that the store is [`Error::Busy`].
const LONGEST: usize = 1024;

/// Something to do with a connection, outside a transaction; it hears why there is none.
pub(crate) type Ask = Box<dyn FnOnce(Result<&mut Session>) + Send>;

/// What a thread of the pool is asked.
pub(crate) enum Job {
    /// Do this with a connection.
    Ask(Ask),
    /// Run a transaction.
    Call(Box<dyn Call>),
}

/// A job with the moment since which somebody waits for it.
pub(crate) struct Waiting {
    pub(crate) job: Job,
    pub(crate) since: Instant,
}

impl Waiting {
    /// Answers without having done anything.
    pub(crate) fn refuse(self, error: Error) {
        match self.job {
            Job::Ask(ask) => ask(Err(error)),
            Job::Call(call) => call.settle(Err(error)),
        }
    }
}

/// The queue of a pool.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    closing: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Waiting>,
    closed: bool,
}

impl Queue {
    /// Adds a job at the end.
    pub(crate) fn push(&self, job: Job) -> Result<()> {
        let mut state = self.state();
        if state.closed {
            return Err(Error::closed());
        }
        if state.jobs.len() >= LONGEST {
            return Err(Error::Busy);
        }
        state.jobs.push_back(Waiting { job, since: now() });
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// The job that has waited longest, as soon as there is one; `None` when the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<Waiting> {
        let nothing = |state: &mut State| state.jobs.is_empty() && !state.closed;
        let mut state = self.arrived.wait_while(self.state(), nothing).unwrap_or_else(PoisonError::into_inner);
        state.jobs.pop_front()
    }

    /// Until the queue is closed: turns away whoever has waited longer than this for a thread.
    pub(crate) fn watch(&self, patience: Duration) {
        let tick = (patience / 2).clamp(Duration::from_millis(10), Duration::from_millis(250));
        while !self.state().closed {
            while let Some(late) = self.late(patience) {
                late.refuse(Error::Busy);
            }
            let waited = self.closing.wait_timeout_while(self.state(), tick, |state| !state.closed);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn late(&self, patience: Duration) -> Option<Waiting> {
        let now = now();
        self.state().jobs.pop_front_if(|waiting| now.duration_since(waiting.since) > patience)
    }

    /// Takes nothing more; what waits is still done.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_all();
        self.closing.notify_all();
    }

    /// Nothing panics while this lock is held, so what a poisoned one guards is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moment, to measure waiting by. No row ever hears of it.
#[expect(clippy::disallowed_methods, reason = "how long somebody waits is not a time of the data")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
