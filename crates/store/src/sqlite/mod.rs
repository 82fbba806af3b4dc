//! SQLite, in the program itself: one writer thread, a few readers, a checkpointer.

mod checkpointer;
mod connection;
mod copy;
mod fault;
mod leftover;
mod readers;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::call::Call;
use crate::catalogue::Catalogue;
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::random::Random;
use crate::settings::Settings;
use crate::{migration, place};

use checkpointer::Checkpointer;
use readers::Readers;
use writer::{Message, QUEUE, Writer};

pub(crate) use connection::Opener;

/// Has the engine read a statement, on a connection of its own.
#[cfg(any(test, feature = "test"))]
pub(crate) fn understand(path: &Path, statement: &crate::statement::Statement) -> Result<()> {
    let opener = Opener { path: path.to_owned(), patience: std::time::Duration::ZERO };
    opener.reader()?.prepare_cached(statement.text())?;
    Ok(())
}

/// A SQLite database, opened.
pub(crate) struct Sqlite {
    alone: bool,
    opener: Opener,
    readers: Readers,
    queue: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens the file, alone in its folder if so asked, and brings it to the program's schema.
    pub(crate) fn open(path: &Path, settings: &Settings, random: Arc<Random>) -> Result<Self> {
        let folder = connection::folder_of(path);
        place::make(folder)?;
        // The engine gives its log the rights of this file.
        place::make_file(path)?;
        let lock = place::lock(folder, settings.alone)?;
        let alone = lock.is_some();
        let opener = Opener { path: path.to_owned(), patience: settings.patience };
        let connection = opener.writer()?;
        if alone {
            leftover::secure(&connection, path)?;
        }
        migration::apply(&mut &connection, settings.migrations, settings.clock.now())?;
        let readers = Readers::new(opener.clone(), settings.readers, settings.clock.clone(), Arc::clone(&random));
        let (queue, receiver) = sync_channel(QUEUE);
        let writer = Writer {
            checkpointer: Checkpointer::start(&opener)?,
            opener: opener.clone(),
            connection: Some(connection),
            clock: settings.clock.clone(),
            random,
            queue: receiver,
            _lock: lock,
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.serve())
            .map_err(|error| Error::Other(format!("the writer's thread cannot be started: {error}")))?;
        Ok(Self { alone, opener, readers, queue, thread: Mutex::new(Some(thread)) })
    }

    fn ask_writer(&self, question: impl FnOnce(Sender<Result<()>>) -> Message) -> Result<()> {
        let (reply, answer) = channel();
        self.queue.send(question(reply)).map_err(|_| Error::closed())?;
        answer.recv().unwrap_or_else(|_| Err(Error::closed()))
    }
}

impl Driver for Sqlite {
    fn write(&self, call: Box<dyn Call>) -> Result<()> {
        self.queue.try_send(Message::Call(call)).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::closed(),
        })
    }

    fn read(&self, call: Box<dyn Call>) -> Result<()> {
        self.readers.run(call);
        Ok(())
    }

    fn catalogue(&self) -> Result<Catalogue> {
        self.readers.ask(connection::catalogue)
    }

    fn health(&self) -> Result<()> {
        self.readers.ask(|connection| Ok(connection.execute_batch("SELECT number FROM migration LIMIT 1")?))?;
        self.ask_writer(Message::Health)
    }

    fn check(&self) -> Result<Vec<String>> {
        // Long, so on a connection of its own: no transaction waits for it.
        connection::check(&self.opener.reader()?)
    }

    fn cut(&self) -> Result<()> {
        self.ask_writer(Message::TruncateLog)
    }

    fn copy_to(&self, path: &Path) -> Result<()> {
        copy::copy(&self.opener, path)
    }

    fn is_alone(&self) -> bool {
        self.alone
    }

    fn is_only_writer(&self) -> bool {
        true
    }

    fn close(&self) {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        self.readers.close();
        // The last handle may have been moved into a closure. The writer cannot wait for itself; it ends when the queue does.
        if thread.thread().id() == thread::current().id() {
            return;
        }
        // Both fail only when the writer has ended already.
        let _ = self.queue.send(Message::Close);
        let _ = thread.join();
    }
}
