//! The checkpointer: a thread that moves the write-ahead log into the database file beside the writer, so that no call
//! waits for it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connection::{self, Opener};
use crate::error::{Error, Result};

/// After so many commits the log is worth moving: a few megabytes.
const COMMITS: u32 = 64;

/// The handle that the writer holds. When it goes, the thread has ended.
pub(crate) struct Checkpointer {
    commits: u32,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(opener: &Opener) -> Result<Self> {
        let connection = opener.writer()?;
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-checkpointer".to_owned())
            .spawn(move || serve(&connection, &woken))
            .map_err(|error| Error::Other(format!("the checkpointer's thread cannot be started: {error}")))?;
        Ok(Self { commits: 0, wake: Some(wake), thread: Some(thread) })
    }

    /// A commit was made.
    pub(crate) fn committed(&mut self) {
        self.commits += 1;
        let Some(wake) = &self.wake else { return };
        if self.commits >= COMMITS && wake.try_send(()).is_ok() {
            self.commits = 0;
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A checkpoint that panicked has nothing to tell: the next one does its work.
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // What cannot be moved now, because somebody still reads it or the disk is full, is moved the next time.
        let _ = connection::move_log(connection);
    }
}
