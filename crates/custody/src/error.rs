//! One error type: `Refused` is an outcome that pages show; the rest is for the operator's log.

use crate::HoldingId;
use law::Date;
use notice::{Allowed, Ask, Fields, Refusal};
use std::path::PathBuf;

/// Why a verb of custody did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database has fewer entries in its log than were published: it is an older copy.
    #[error(
        "The evidence log of this database ends at {database}, but it was published up to {published}: this is an older copy of \
         the database. Put the newest one back, or run `candour restore --recovered`."
    )]
    Behind {
        /// How many entries the database has.
        database: u64,
        /// How many were published.
        published: u64,
    },
    /// The database has another log than the one that was published.
    #[error(
        "The evidence log of this database is not the one that was published in {}: the first {published} entries differ. \
         Put the right database, or the right folder, in place.", folder.display()
    )]
    Forked {
        /// The folder of the published log.
        folder: PathBuf,
        /// How many entries were published.
        published: u64,
    },
    /// The folder of the published log is empty, and the log was published before.
    #[error(
        "The evidence folder {} has no checkpoint, though this log was published: whether the database is the newest one cannot \
         be known. Put the folder back, or run `candour restore --recovered`.", .0.display()
    )]
    EvidenceMissing(PathBuf),
    /// The journal is not there, though it was begun.
    #[error(
        "The journal {} is missing: what was erased, corrected, withdrawn or objected to cannot be done again after a restore. \
         Put its disk back; if it is gone for good, run `candour restore --recovered --without-journal`.", .0.display()
    )]
    JournalMissing(PathBuf),
    /// A copy is not what it says.
    #[error("The copy cannot be believed: {0}.")]
    Copy(String),
    /// Stored bytes do not open with their key: they were changed, and nothing of them is shown.
    #[error(
        "A stored record is damaged (code {table}-{key}): nothing of it was shown. Run `candour scrub` and restore a copy."
    )]
    Damaged {
        /// The table of the row.
        table: &'static str,
        /// The first bytes of its random key, in hexadecimal.
        key: String,
    },
    /// There is no such holding, or no longer. Says nothing about whether there ever was one.
    #[error("There is no such record.")]
    Gone,
    /// It is done, and its line in the journal is not: a restore would not know of it.
    #[error(
        "It is done, but the journal could not be written, so a restored copy would not know of it: {0} It is tried again each minute."
    )]
    Journal(#[source] Box<Error>),
    /// The keyring lacks the key of this day, under which records stand.
    #[error("The keyring lacks the key of {0}, which records still need. Put its place back before you start again.")]
    KeyMissing(Date),
    /// The evidence log and its head do not agree.
    #[error("The evidence log does not continue from its head: {0}.")]
    Log(String),
    /// No published notice is in force, so nothing is covered.
    #[error("No published notice is in force. Publish one with `candour notice publish FILE`.")]
    NoNotice,
    /// The clock says this date, and another was typed.
    #[error("The clock says {0}, which is not the date that was typed.")]
    NotToday(Date),
    /// A row holds what the program never writes.
    #[error("A stored row makes no sense: {0}.")]
    Nonsense(&'static str),
    /// The notice, or what stands against the holding, says no.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A restore began and did not end.
    #[error("A restore began and did not end. Run `candour restore --recovered` again before you start.")]
    Unfinished,
    /// The keys did not do it.
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

impl Error {
    /// A refusal of what was asked, with its clause and reason.
    pub(crate) fn refused(ask: &Ask<'_>, clause: String, why: &str) -> Self {
        let [actor, purpose, kind] = [ask.actor, ask.purpose, ask.kind].map(str::to_owned);
        Self::Refused(Refusal { clause, actor, purpose, kind, why: why.to_owned() })
    }
}

impl From<ledger::Malformed> for Error {
    /// What the log holds is read by nobody but this program: it is damaged.
    fn from(malformed: ledger::Malformed) -> Self {
        Self::Log(malformed.to_string())
    }
}

/// For `map_err`: what does not open is damaged, and says where.
pub(crate) fn damaged(table: &'static str, holding: HoldingId) -> impl FnOnce(vault::Error) -> Error {
    move |error| match error {
        vault::Error::DoesNotOpen { .. } | vault::Error::Malformed { .. } => {
            Error::Damaged { table, key: short(&holding.0) }
        }
        other => other.into(),
    }
}

/// The first bytes of a random key, as a code: enough to find the row, and about nobody.
pub(crate) fn short(key: &[u8]) -> String {
    crate::segments::hex(&key[..key.len().min(4)])
}

/// What was asked before it was allowed.
pub(crate) fn asked(allowed: &Allowed) -> Ask<'_> {
    Ask { actor: allowed.actor(), purpose: allowed.purpose(), kind: allowed.kind(), fields: Fields::All }
}

/// What custody's verbs return.
pub type Result<T> = std::result::Result<T, Error>;
