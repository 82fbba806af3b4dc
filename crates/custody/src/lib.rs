//! Custody: personal data only as the published notice allows.
//!
//! **Purpose.** The one place where personal data is sealed and unsealed. Everything about a person stands in *holdings*;
//! custody's verbs (take, open, amend, erase) demand what `notice::allow` answered, turn it into a [`Permit`] for one holding
//! inside one transaction, and leave evidence in the same commit.
//!
//! **In scope.** Terms and standing; the verbs; retention (turn, sweep, guard); evidence; published notices; what a person
//! may see of what is held.
//!
//! **Out of scope.** What is asked and shown (rooms), how keys are stored (`vault`), what a notice means (`notice`).
//!
//! **Invariants.**
//! - No permit, no data: [`Custody::open`] takes a [`Permit`], which only [`Custody::permit`] makes.
//! - The opening row commits before plaintext leaves: `open` runs in a write, and a write answers after its commit.
//! - Due means closed: standing is computed from clocks and both notices whenever a permit is asked for.
//! - A content key seals one version: `amend` draws a new one and overwrites the wrapped one.
//! - Effect and evidence are one commit: [`Custody::write`] integrates the outbox before it commits, or, where transactions
//!   write side by side, leaves it to [`Custody::sequence`], which gives every leaf its index within a second.
//! - What is signed stands outside the database: leaves are written and synced there before the checkpoint over them is signed,
//!   and a database that lacks what was signed does not start.
//! - What is about to be erased is decided and published before, so that its person can be given the proof.
//! - Destruction runs on witnessed time only, and takes what the person asked for, what stood in the forecast for seven days,
//!   and little else: a budget a day, and beyond it what two officers release.

mod check_up;
mod copies;
mod drafts;
mod edge;
mod erase;
mod error;
mod evidence;
mod export;
mod forecast;
mod guard;
mod hold;
mod ids;
mod notices;
mod object;
mod overview;
mod owed;
mod permit;
mod proofs;
mod prune;
mod publish;
mod receipt;
mod record;
mod recover;
mod refusals;
mod rehearse;
mod release;
mod retention;
mod root;
mod rows;
mod scrub;
mod segments;
mod standing;
mod sweep;
mod terms;
mod turn;
mod verbs;
mod warnings;
mod withdraw;

pub use check_up::{CheckUp, Decision};
pub use copies::{DatabaseFile, Drilled, LedgerState, Manifest, Opener, read_manifest, unpack};
pub use drafts::{Approval, Draft, DraftState, Proposal, Rehearsed};
pub use error::{Error, Result};
pub use export::{Holding, LinkedRow, OpeningRow};
pub use guard::Guard;
pub use hold::HoldReason;
pub use ids::{Actor, DraftId, Ground, HoldingId, PersonId};
pub use notices::{Plan, Published};
pub use overview::{ForecastDay, ForecastRow, HeldRow, KindCount, RunRow, Waiting, Why};
pub use permit::Permit;
pub use proofs::Proof;
pub use receipt::{Decided, Receipt, ReceiptState, Receipts};
pub use record::Record;
pub use recover::Recovered;
pub use refusals::RefusalCount;
pub use rehearse::{Counted, REHEARSED_DAYS, Rehearsal};
pub use release::{Release, ReleaseId, ReleaseReason};
pub use retention::DayReport;
pub use rows::STATEMENTS;
pub use scrub::{Damage, Scrubbed};
pub use standing::{Check, Facts, Standing, standing};
pub use terms::Terms;
pub use verbs::{New, Opened};
pub use warnings::{Unwarned, Warning};
pub use withdraw::{WITHDRAW_DAYS, withdrawn_until};

use law::Date;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use store::{Columns, Store, Tx};
use vault::{EpochKey, Journal, Keyring};

/// Custody of everything that is held: cheap to clone.
#[derive(Clone)]
pub struct Custody(Arc<Inner>);

struct Inner {
    store: Store,
    /// Before the keyring, so that whoever gets the keyring's lock gets the journal's.
    journal: Mutex<Option<Journal>>,
    journal_at: PathBuf,
    keyring: RwLock<Keyring>,
    notices: RwLock<Arc<Vec<Published>>>,
    columns: Columns,
    dying: erase::Dying,
    owed: owed::Owed,
    watch: guard::Watch,
    publisher: publish::Publisher,
    /// Who appends to the log in a transaction of its own, one at a time: side by side they would only lose to each other.
    appending: Mutex<()>,
    /// Tells this process from others at the same database.
    holder: [u8; 16],
}

/// What custody stands on.
pub struct Parts {
    /// The open database.
    pub store: Store,
    /// The open keyring.
    pub keyring: Keyring,
    /// The journal of what no restore may undo, outside the database.
    pub journal: PathBuf,
    /// The classification of every column.
    pub columns: Columns,
    /// The folder of the published log, outside the database.
    pub evidence: PathBuf,
    /// The name of a log that is published for the first time: the host of the service and a path, `portal.segfl.example/log`.
    pub origin: String,
}

impl Custody {
    /// Begins custody: refuses an unclassified column, reads the published notices, sees that an epoch key stands, and that
    /// the database is not behind what was published of its log.
    pub fn new(parts: Parts) -> Result<Self> {
        let custody = Self::assemble(parts)?;
        custody.check_keyring()?;
        custody.check_published()?;
        // What a crash left.
        custody.pay()?;
        Ok(custody)
    }

    /// The same on a database that has been compared neither with the keyring nor with what was published of its log.
    pub(crate) fn assemble(parts: Parts) -> Result<Self> {
        let missing = store::unclassified(&parts.columns, &parts.store.catalogue()?);
        if let Some(sentence) = missing.first() {
            return Err(store::Error::Other(sentence.clone()).into());
        }
        let custody = Self(Arc::new(Inner {
            dying: erase::Dying::new(&parts.columns),
            owed: owed::Owed::default(),
            appending: Mutex::default(),
            watch: guard::Watch::new(parts.store.clock()),
            holder: drawn(&mut parts.store.random()),
            store: parts.store,
            keyring: RwLock::new(parts.keyring),
            journal: Mutex::new(None),
            journal_at: parts.journal,
            publisher: publish::Publisher::new(parts.evidence, parts.origin),
            notices: RwLock::default(),
            columns: parts.columns,
        }));
        custody.reload_notices()?;
        custody.begin_watch()?;
        Ok(custody)
    }

    /// The database beneath, for rooms' own reads of linked and impersonal rows.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// One transaction whose evidence is in the log, or on its way there, when it commits; what it owes the journal is written before
    /// it answers. The closure may run twice: no effect but rows.
    pub async fn write<T, E>(
        &self,
        name: &'static str,
        f: impl for<'t> Fn(&mut Tx<'t>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<store::Error> + Send + 'static,
    {
        let (value, owes) = self.0.store.write(name, move |tx| integrated(tx, &f)).await?;
        if owes {
            let custody = self.clone();
            let paid = tokio::task::spawn_blocking(move || custody.pay()).await;
            paid.map_err(|_| Error::Journal(Box::new(Error::Nonsense("its writer panicked"))))??;
        }
        Ok(value)
    }

    /// The same for the command line, start-up and jobs.
    pub fn write_blocking<T, E>(
        &self,
        name: &'static str,
        f: impl for<'t> Fn(&mut Tx<'t>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<store::Error> + Send + 'static,
    {
        let (value, owes) = self.0.store.write_blocking(name, move |tx| integrated(tx, &f))?;
        if owes {
            self.pay()?;
        }
        Ok(value)
    }

    /// Seals a short-lived note, such as a form between two pages, under the epoch key of the day it is written.
    pub fn seal_note(&self, label: &str, plain: &[u8], rng: &mut impl rand_core::CryptoRng) -> Result<Vec<u8>> {
        let key = self.current_key()?;
        let mut note = law::iso(key.day()).into_bytes();
        note.extend(key.seal_note(label, plain, rng));
        Ok(note)
    }

    /// Opens such a note while its epoch key stands; `Gone` when it is no note or too old.
    pub fn open_note(&self, label: &str, note: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        let (day, sealed) = note.split_at_checked(10).ok_or(Error::Gone)?;
        let day = std::str::from_utf8(day).ok().and_then(law::parse_iso).ok_or(Error::Gone)?;
        let key = self.epoch_key(day).map_err(|_| Error::Gone)?;
        key.open_note(label, sealed).map_err(|_| Error::Gone)
    }

    pub(crate) fn keyring(&self) -> Result<std::sync::RwLockReadGuard<'_, Keyring>> {
        self.0.keyring.read().map_err(|_| Error::Nonsense("the keyring was left half-changed"))
    }

    pub(crate) fn keyring_mut(&self) -> Result<std::sync::RwLockWriteGuard<'_, Keyring>> {
        self.0.keyring.write().map_err(|_| Error::Nonsense("the keyring was left half-changed"))
    }

    pub(crate) fn current_key(&self) -> Result<Arc<EpochKey>> {
        let keyring = self.keyring()?;
        let day = keyring.current().ok_or(Error::Nonsense("the keyring has no epoch"))?;
        Ok(keyring.key(day)?)
    }

    pub(crate) fn epoch_key(&self, day: Date) -> Result<Arc<EpochKey>> {
        Ok(self.keyring()?.key(day)?)
    }

    /// Writes in the journal. It is opened, and locked, by the first who writes: commands beside a server never do.
    pub(crate) fn journal<T>(&self, f: impl FnOnce(&mut Journal) -> vault::Result<T>) -> Result<T> {
        let mut place = self.0.journal.lock().map_err(|_| Error::Nonsense("the journal was left half-written"))?;
        if place.is_none() {
            *place = Some(Journal::open(&self.0.journal_at)?);
        }
        let journal = place.as_mut().ok_or(Error::Nonsense("the journal is not open"))?;
        Ok(f(journal)?)
    }

    /// The turn to append to the log: it guards no value, so a panic beside it leaves nothing half-done.
    pub(crate) fn appending(&self) -> std::sync::MutexGuard<'_, ()> {
        self.0.appending.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn notices(&self) -> Result<Arc<Vec<Published>>> {
        self.0.notices.read().map(|list| list.clone()).map_err(|_| Error::Nonsense("the notices were left half-read"))
    }

    pub(crate) fn set_notices(&self, list: Vec<Published>) -> Result<()> {
        *self.0.notices.write().map_err(|_| Error::Nonsense("the notices were left half-read"))? = Arc::new(list);
        Ok(())
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.0.columns
    }

    pub(crate) fn dying(&self) -> &erase::Dying {
        &self.0.dying
    }

    pub(crate) fn watch(&self) -> &guard::Watch {
        &self.0.watch
    }

    pub(crate) fn publisher(&self) -> &publish::Publisher {
        &self.0.publisher
    }
}

fn integrated<'t, T, E: From<Error>>(
    tx: &mut Tx<'t>,
    f: &impl Fn(&mut Tx<'t>) -> std::result::Result<T, E>,
) -> std::result::Result<(T, bool), E> {
    let value = f(tx)?;
    if tx.is_only_writer() {
        Custody::integrate(tx)?;
    }
    Ok((value, tx.owes()))
}

fn drawn(rng: &mut impl rand_core::RngCore) -> [u8; 16] {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    bytes
}
