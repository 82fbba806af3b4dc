//! The readers: a few connections that can only read, each lent to one transaction at a time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use law::Clock;
use rusqlite::Connection;

use super::connection::{Opener, command};
use crate::call::Call;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::tx::Tx;

pub(crate) struct Readers {
    opener: Opener,
    clock: Clock,
    random: Arc<Random>,
    idle: Mutex<Idle>,
    returned: Condvar,
}

struct Idle {
    /// `None` is a place whose connection was spoilt, or is not yet needed: it is opened when it is lent.
    connections: Vec<Option<Connection>>,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(opener: Opener, count: usize, clock: Clock, random: Arc<Random>) -> Self {
        let connections = std::iter::repeat_with(|| None).take(count.max(1)).collect();
        let idle = Mutex::new(Idle { connections, closed: false });
        Self { opener, clock, random, idle, returned: Condvar::new() }
    }

    /// Runs a call in one deferred read transaction: everything it reads is of one moment.
    pub(crate) fn run(&self, mut call: Box<dyn Call>) {
        let connection = match self.begun() {
            Ok(connection) => connection,
            Err(error) => return call.settle(Err(error)),
        };
        let mut link = &connection;
        let mut tx = Tx::new(&mut link, &self.clock, &self.random);
        call.run(&mut tx);
        let spoilt = tx.failure().is_some_and(Error::spoils_connection);
        let ended = connection.is_autocommit() || command(&connection, "ROLLBACK").is_ok();
        self.give_back((ended && !spoilt).then_some(connection));
        call.settle(Ok(()));
    }

    fn begun(&self) -> Result<Connection> {
        let connection = self.lend()?;
        command(&connection, "BEGIN DEFERRED").inspect_err(|_| self.give_back(None))?;
        Ok(connection)
    }

    /// A connection for a question about the schema.
    pub(crate) fn ask<T>(&self, question: impl Fn(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.lend()?;
        let answer = question(&connection);
        let spoilt = answer.as_ref().is_err_and(Error::spoils_connection);
        self.give_back((!spoilt).then_some(connection));
        answer
    }

    /// Closes what is idle, and what is lent when it comes back.
    pub(crate) fn close(&self) {
        let mut idle = self.idle();
        idle.closed = true;
        idle.connections.clear();
        self.returned.notify_all();
    }

    fn lend(&self) -> Result<Connection> {
        let none_idle = |idle: &mut Idle| idle.connections.is_empty() && !idle.closed;
        let waited = self.returned.wait_timeout_while(self.idle(), self.opener.patience, none_idle);
        let (mut idle, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if idle.closed {
            return Err(Error::closed());
        }
        let place = idle.connections.pop().ok_or(Error::Busy)?;
        drop(idle);
        match place {
            Some(connection) => Ok(connection),
            None => self.opener.reader().inspect_err(|_| self.give_back(None)),
        }
    }

    fn give_back(&self, connection: Option<Connection>) {
        let mut idle = self.idle();
        if !idle.closed {
            idle.connections.push(connection);
        }
        drop(idle);
        self.returned.notify_one();
    }

    /// Nothing panics while this lock is held, so what a poisoned one guards is whole.
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
