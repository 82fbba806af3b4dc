//! One error type: `Refused` is an outcome that pages show; the rest is for the operator's log.

use law::Date;
use notice::{Allowed, Ask, Fields, Refusal};

/// Why a verb of custody did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such holding, or no longer. Says nothing about whether there ever was one.
    #[error("There is no such record.")]
    Gone,
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

/// What was asked before it was allowed.
pub(crate) fn asked(allowed: &Allowed) -> Ask<'_> {
    Ask { actor: allowed.actor(), purpose: allowed.purpose(), kind: allowed.kind(), fields: Fields::All }
}

/// What custody's verbs return.
pub type Result<T> = std::result::Result<T, Error>;
