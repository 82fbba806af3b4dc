//! The writer: one thread that owns the write connection and commits many transactions with one sync.
//!
//! It takes what is queued, up to [`BATCH`] calls, runs each in a savepoint of one transaction, commits once, and only then
//! answers them all. A call that fails or panics is rolled back to its savepoint alone. When the engine itself gives up the
//! whole transaction, the calls run again one by one, so that none pays for another.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use law::Clock;
use rusqlite::Connection;

use super::checkpointer::Checkpointer;
use super::connection::{self, Opener, command};
use crate::call::Call;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::tx::Tx;

/// Calls that may wait; beyond that the store is [`Error::Busy`].
pub(crate) const QUEUE: usize = 1024;

/// Calls that share one commit. Measured: more gains nothing.
const BATCH: usize = 256;

/// What the writer is asked.
pub(crate) enum Message {
    /// Run a transaction.
    Call(Box<dyn Call>),
    /// Say whether a transaction could begin.
    Health(Sender<Result<()>>),
    /// Cut the log to nothing.
    TruncateLog(Sender<Result<()>>),
    /// End the thread.
    Close,
}

/// The state of the writer's thread.
pub(crate) struct Writer {
    pub(crate) opener: Opener,
    /// Moves the log beside; ended before the connection is closed.
    pub(crate) checkpointer: Checkpointer,
    /// Absent after an error that spoilt it, until the next call.
    pub(crate) connection: Option<Connection>,
    pub(crate) clock: Clock,
    pub(crate) random: Arc<Random>,
    pub(crate) queue: Receiver<Message>,
    /// The folder's lock, given up when the thread has ended and the connection is closed.
    pub(crate) _lock: Option<File>,
}

/// How a transaction over several calls ended.
enum End {
    /// As a whole: done, or not.
    Commit(Result<()>),
    /// The engine gave it up during one call. Nothing was written.
    GaveUp(Error),
}

impl Writer {
    /// Serves until the store is closed or its last handle is dropped.
    pub(crate) fn serve(mut self) {
        while let Ok(first) = self.queue.recv() {
            let mut calls = Vec::new();
            let mut next = Some(first);
            while let Some(Message::Call(call)) = next {
                calls.push(call);
                next = if calls.len() < BATCH { self.queue.try_recv().ok() } else { None };
            }
            self.guarded(calls);
            match next {
                Some(Message::Health(reply)) => drop(reply.send(self.health())),
                Some(Message::TruncateLog(reply)) => drop(reply.send(self.truncate_log())),
                Some(Message::Close) => return self.turn_away(),
                Some(Message::Call(_)) | None => {}
            }
        }
    }

    /// Answers whoever came too late: nothing of theirs was written.
    fn turn_away(&self) {
        for message in self.queue.try_iter() {
            if let Message::Call(call) = message {
                call.settle(Err(Error::closed()));
            }
        }
    }

    /// Whatever panics outside a closure (a conversion of an error, say) costs the batch, never the writer: whoever waits
    /// without an answer is told that the outcome is unknown.
    fn guarded(&mut self, calls: Vec<Box<dyn Call>>) {
        if catch_unwind(AssertUnwindSafe(|| self.commit_together(calls))).is_err() {
            self.connection = None;
        }
    }

    fn commit_together(&mut self, mut calls: Vec<Box<dyn Call>>) {
        if calls.is_empty() {
            return;
        }
        match self.attempt(&mut calls) {
            End::GaveUp(_) if calls.len() > 1 => calls.into_iter().for_each(|call| self.commit_together(vec![call])),
            End::GaveUp(error) => settle(calls, &Err(error)),
            End::Commit(outcome) => settle(calls, &outcome),
        }
    }

    fn attempt(&mut self, calls: &mut [Box<dyn Call>]) -> End {
        let end = match self.connection() {
            Ok(_) => self.transaction(calls),
            Err(error) => End::Commit(Err(error)),
        };
        self.checkpointer.committed();
        if let End::Commit(Err(error)) | End::GaveUp(error) = &end {
            self.recover(error);
        }
        end
    }

    fn transaction(&self, calls: &mut [Box<dyn Call>]) -> End {
        let Some(connection) = &self.connection else {
            return End::Commit(Err(Error::Io));
        };
        if let Err(error) = command(connection, "BEGIN IMMEDIATE") {
            return End::Commit(Err(error));
        }
        for call in calls {
            if let Err(error) = self.run_alone(connection, call.as_mut()) {
                return End::GaveUp(error);
            }
        }
        match commit(connection) {
            // A rule that is checked at the end was broken by one of them.
            Err(error @ Error::Constraint { .. }) => End::GaveUp(error),
            outcome => End::Commit(outcome),
        }
    }

    /// Runs one call in its savepoint; an error only when the whole transaction is gone.
    fn run_alone(&self, connection: &Connection, call: &mut dyn Call) -> Result<()> {
        command(connection, "SAVEPOINT one_call")?;
        let mut link = connection;
        let mut tx = Tx::new(&mut link, &self.clock, &self.random);
        let keep = call.run(&mut tx);
        let failure = tx.failure().cloned();
        if connection.is_autocommit() {
            return Err(failure.unwrap_or(Error::Io));
        }
        if !keep {
            command(connection, "ROLLBACK TO one_call")?;
        }
        command(connection, "RELEASE one_call")?;
        Ok(())
    }

    /// Leaves no transaction open, and no connection that cannot be trusted.
    fn recover(&mut self, error: &Error) {
        let rolled_back = match &self.connection {
            Some(connection) if !connection.is_autocommit() => connection.execute_batch("ROLLBACK").is_ok(),
            _ => true,
        };
        if error.spoils_connection() || !rolled_back {
            self.connection = None;
        }
    }

    fn connection(&mut self) -> Result<&Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.opener.writer()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn health(&mut self) -> Result<()> {
        Ok(self.connection()?.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?)
    }

    fn truncate_log(&mut self) -> Result<()> {
        let patience = self.opener.patience;
        connection::truncate_log(self.connection()?, patience)
    }
}

/// What is certain after a failed commit: a full disk and a lock stop it before its last frame is written; after any other
/// failure the frames may be found again when the database is next recovered.
fn commit(connection: &Connection) -> Result<()> {
    match command(connection, "COMMIT") {
        Ok(()) => Ok(()),
        Err(error @ (Error::Busy | Error::Constraint { .. } | Error::Full)) => Err(error),
        Err(_) => Err(Error::Unknown),
    }
}

fn settle(calls: Vec<Box<dyn Call>>, outcome: &Result<()>) {
    if let Err(error) = outcome {
        let names: Vec<&str> = calls.iter().map(|call| call.name()).collect();
        tracing::error!(transactions = names.join(" "), %error, "transactions failed");
    }
    for call in calls {
        call.settle(outcome.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_that_fails_for_no_known_reason_has_an_unknown_outcome() {
        let connection = Connection::open_in_memory().unwrap();
        assert_eq!(commit(&connection), Err(Error::Unknown));
        assert!(Error::Unknown.spoils_connection());
    }
}
