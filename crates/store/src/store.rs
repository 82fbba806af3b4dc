//! The store: the handle that the program holds.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use law::Clock;
use tokio::sync::oneshot;

use crate::checkpointer::Checkpointer;
use crate::connection::{self, Column, Opener};
use crate::error::{Error, Result};
use crate::migration;
use crate::random::Random;
use crate::readers::Readers;
use crate::settings::Settings;
use crate::tx::Tx;
use crate::writer::{Call, Message, QUEUE, Writer};

/// A database, opened. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    alone: bool,
    clock: Clock,
    random: Arc<Random>,
    readers: Readers,
    queue: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens the database, alone in its folder if so asked, and brings it to the program's schema.
    pub fn open(settings: Settings) -> Result<Self> {
        connection::prepare_place(&settings.path)?;
        let lock = match lock(connection::folder_of(&settings.path)) {
            Err(Error::Locked(_)) if !settings.alone => None,
            taken => Some(taken?),
        };
        let alone = lock.is_some();
        let opener = Opener { path: settings.path, patience: settings.patience };
        let connection = opener.writer()?;
        migration::apply(&connection, settings.migrations, settings.clock.now())?;
        let random = Arc::new(Random::new(settings.seed)?);
        let readers = Readers::new(opener.clone(), settings.readers);
        let (queue, receiver) = sync_channel(QUEUE);
        let writer = Writer {
            checkpointer: Checkpointer::start(&opener)?,
            opener,
            connection: Some(connection),
            clock: settings.clock.clone(),
            random: Arc::clone(&random),
            queue: receiver,
            _lock: lock,
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.serve())
            .map_err(|error| Error::Other(format!("the writer's thread cannot be started: {error}")))?;
        Ok(Self(Arc::new(Inner {
            alone,
            clock: settings.clock,
            random,
            readers,
            queue,
            thread: Mutex::new(Some(thread)),
        })))
    }

    /// Runs a transaction that writes. It answers when the commit is durable.
    ///
    /// The closure may run twice, sees the rows of calls committed with it, and must not call the store. When it fails,
    /// its rows are taken back. `name` stands in traces.
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
        self.submit(name, f, move |answer| drop(reply.send(answer)))?;
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
        self.submit(name, f, move |answer| drop(reply.send(answer)))?;
        answer.recv().unwrap_or_else(|_| Err(Error::Unknown.into()))
    }

    /// Runs a transaction that reads: everything it sees is of one moment. It runs in place, for it takes microseconds; a
    /// long one belongs on a blocking thread, through [`read_blocking`](Self::read_blocking). It must not call the store.
    #[expect(clippy::unused_async, reason = "an engine over the network will wait here")]
    pub async fn read<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.read_blocking(name, f)
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
        self.0.readers.run(name, &self.0.clock, &self.0.random, f)
    }

    /// Cuts the write-ahead log to nothing, between two transactions, so that no erased row is left in it. Waits a
    /// moment for readers; [`Error::Busy`] when they stay: ask again.
    pub fn truncate_log(&self) -> Result<()> {
        self.ask_writer(Message::TruncateLog)
    }

    /// Every column of the live schema, the store's own table `migration` included.
    pub fn catalogue(&self) -> Result<Vec<Column>> {
        self.0.readers.ask(connection::catalogue)
    }

    /// The clock that transactions read.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether this process has the folder to itself.
    pub fn is_alone(&self) -> bool {
        self.0.alone
    }

    /// A generator for what happens outside transactions, such as a new epoch key.
    pub fn random(&self) -> rand_chacha::ChaCha20Rng {
        self.0.random.draw()
    }

    /// Whether a transaction could begin now, of either sort. Waits as long as for a lock, so ask from a blocking thread.
    pub fn health(&self) -> Result<()> {
        self.0.readers.ask(|connection| Ok(connection.execute_batch("SELECT number FROM migration LIMIT 1")?))?;
        self.ask_writer(Message::Health)
    }

    /// Ends the writer after what is queued, and gives up the folder. Other clones find the store closed.
    pub fn close(self) {
        self.0.close();
    }

    fn submit<T, E>(
        &self,
        name: &'static str,
        f: impl for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send + 'static,
        reply: impl FnOnce(std::result::Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let call = Waiting { name, f, reply, answer: None };
        self.0.queue.try_send(Message::Call(Box::new(call))).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::closed(),
        })
    }

    fn ask_writer(&self, question: impl FnOnce(Sender<Result<()>>) -> Message) -> Result<()> {
        let (reply, answer) = channel();
        self.0.queue.send(question(reply)).map_err(|_| Error::closed())?;
        answer.recv().unwrap_or_else(|_| Err(Error::closed()))
    }
}

impl Inner {
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

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// A call of [`Store::write`], waiting for the writer.
struct Waiting<T, E, F, R> {
    name: &'static str,
    f: F,
    reply: R,
    answer: Option<std::result::Result<T, E>>,
}

impl<T, E, F, R> Call for Waiting<T, E, F, R>
where
    T: Send,
    E: From<Error> + Send,
    F: for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send,
    R: FnOnce(std::result::Result<T, E>) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // The closure's rows are taken back, and nothing of it is used again, so it may be in any state.
        let answer = catch_unwind(AssertUnwindSafe(|| (self.f)(tx)));
        let answer = answer.unwrap_or_else(|_| Err(Error::Panicked(self.name).into()));
        self.answer.insert(answer).is_ok()
    }

    fn settle(self: Box<Self>, committed: Result<()>) {
        let answer = match committed {
            Ok(()) => self.answer.unwrap_or_else(|| Err(Error::Unknown.into())),
            Err(error) => Err(error.into()),
        };
        (self.reply)(answer);
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

/// The folder's lock, held as long as the file is open, whatever becomes of the process.
fn lock(folder: &Path) -> Result<File> {
    let place = folder.join("lock");
    let refused = |error: std::io::Error| Error::Other(format!("{} cannot be locked: {error}", place.display()));
    let file = File::options().create(true).append(true).open(&place).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Locked(folder.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(refused(error)),
    }
}
