//! One error type: `Refused` is an outcome that pages show; the rest is for the operator's log.

use notice::Refusal;

/// Why a verb of custody did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such holding, or no longer. Says nothing about whether there ever was one.
    #[error("There is no such record.")]
    Gone,
    /// The evidence log and its head do not agree.
    #[error("The evidence log does not continue from its head: {0}.")]
    Log(String),
    /// No published notice is in force, so nothing is covered.
    #[error("No published notice is in force. Publish one with `candour notice publish FILE`.")]
    NoNotice,
    /// A row holds what the program never writes.
    #[error("A stored row makes no sense: {0}.")]
    Nonsense(&'static str),
    /// The notice, or what stands against the holding, says no.
    #[error("{0}")]
    Refused(Refusal),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The keys did not do it.
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

impl Error {
    /// A refusal with its clause and reason.
    pub(crate) fn refused(permit: &dyn Subject, clause: String, why: &str) -> Self {
        Self::Refused(Refusal {
            clause,
            actor: permit.actor().to_owned(),
            purpose: permit.purpose().to_owned(),
            kind: permit.kind().to_owned(),
            why: why.to_owned(),
        })
    }
}

/// What a refusal is about: an [`notice::Allowed`] before, a [`crate::Permit`] after the checks of a transaction.
pub(crate) trait Subject {
    fn actor(&self) -> &str;
    fn purpose(&self) -> &str;
    fn kind(&self) -> &str;
}

impl Subject for notice::Allowed {
    fn actor(&self) -> &str {
        notice::Allowed::actor(self)
    }
    fn purpose(&self) -> &str {
        notice::Allowed::purpose(self)
    }
    fn kind(&self) -> &str {
        notice::Allowed::kind(self)
    }
}

/// What custody's verbs return.
pub type Result<T> = std::result::Result<T, Error>;
