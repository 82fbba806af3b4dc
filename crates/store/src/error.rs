//! What can go wrong, in sentences. No error carries a parameter or a value of a row.

use std::path::PathBuf;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The database is locked or the writer's queue is full. Nothing was written.
    #[error("the database is busy; nothing was written, try again")]
    Busy,
    /// A migration that has been applied reads differently now.
    #[error(
        "migration {0} was changed after it had been applied to this database; restore its text and add a new migration instead"
    )]
    Changed(u32),
    /// Another transaction, running at the same time, changed what this one relied on, again and again. Nothing was written.
    #[error("others were changing the same rows; nothing was written, try again")]
    Conflict,
    /// A row breaks a rule of the schema. The name lists the columns of the rule, as `table.column`, or the rule itself.
    #[error("the row breaks the rule on {name}")]
    Constraint {
        /// The columns of the rule (`enquiry_reference.reference`) or the name of the check.
        name: String,
    },
    /// The file is not a database, or it is damaged.
    #[error("the database file is damaged or is not a database; restore a backup")]
    Corrupt,
    /// There is no room left. Nothing was written.
    #[error("the disk is full; nothing was written")]
    Full,
    /// The disk reported an error before the commit. Nothing was written.
    #[error("the disk reported an error; nothing was written")]
    Io,
    /// Another process has the folder open.
    #[error("another process is using {}; stop it first", .0.display())]
    Locked(PathBuf),
    /// Exactly one row was asked for and there is none.
    #[error("there is no such row")]
    Missing,
    /// The database was migrated by a later version of the program.
    #[error("the database has migration {found}, but this program knows only {known}; start the newer program")]
    Newer {
        /// The highest migration in the database.
        found: u32,
        /// The highest migration of this program.
        known: u32,
    },
    /// A row does not convert to what the program expects of it.
    #[error("a row makes no sense: {0}")]
    Nonsense(&'static str),
    /// Anything else, in a sentence without personal data.
    #[error("{0}")]
    Other(String),
    /// The closure of this transaction panicked. Nothing was written.
    #[error("the transaction {0} stopped because of a fault in the program; nothing was written")]
    Panicked(&'static str),
    /// A statement or a migration uses what only one engine has.
    #[error("{0}")]
    Portability(String),
    /// The SQLite library is older than 3.51.3, which can lose committed rows.
    #[error("SQLite {0} can lose committed rows; version 3.51.3 or later is needed")]
    TooOld(String),
    /// The database server cannot be reached, or it left in the middle. Nothing was written.
    #[error("the database cannot be reached; nothing was written, try again")]
    Unavailable,
    /// The server, or its settings, cannot keep what is promised.
    #[error("{0}")]
    Unfit(String),
    /// The commit neither succeeded nor certainly failed: ask again with the same idempotency key.
    #[error("it is not known whether the change was written; ask again with the same key")]
    Unknown,
}

impl Error {
    /// Whether the service, and not the request, is at fault, so that the same request may succeed later (HTTP 503).
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Conflict | Self::Corrupt | Self::Full | Self::Io | Self::Unavailable | Self::Unknown
        )
    }

    /// Whether the connection that reported this should be replaced.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Corrupt | Self::Io | Self::Unavailable | Self::Unknown)
    }

    /// The store was closed while someone still held it.
    pub(crate) fn closed() -> Self {
        Self::Other("the store is closed".to_owned())
    }
}
