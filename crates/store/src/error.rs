//! What can go wrong, in sentences. No error carries a parameter or a value of a row.

use std::path::PathBuf;

use rusqlite::ErrorCode;

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
    /// The commit neither succeeded nor certainly failed: ask again with the same idempotency key.
    #[error("it is not known whether the change was written; ask again with the same key")]
    Unknown,
}

impl Error {
    /// Whether the service, and not the request, is at fault, so that the same request may succeed later (HTTP 503).
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Busy | Self::Corrupt | Self::Full | Self::Io | Self::Unknown)
    }

    /// Whether the connection that reported this should be replaced.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Corrupt | Self::Io | Self::Unknown)
    }

    /// The store was closed while someone still held it.
    pub(crate) fn closed() -> Self {
        Self::Other("the store is closed".to_owned())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = error else {
            return Self::Other(driver_sentence(&error).to_owned());
        };
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::FileLockingProtocolFailed => Self::Io,
            ErrorCode::ConstraintViolation => Self::Constraint { name: rule(message.as_deref().unwrap_or_default()) },
            // The engine's sentence names tables, columns and words of the statement, never a bound value.
            _ => Self::Other(
                message.unwrap_or_else(|| format!("the database refused with code {}", failure.extended_code)),
            ),
        }
    }
}

/// The columns or the name at the end of the engine's sentence: `UNIQUE constraint failed: link.token`.
fn rule(message: &str) -> String {
    let last = message.rsplit_once(": ").map(|(_, names)| names);
    // `cannot store TEXT value in INTEGER column link.until`
    let column = || message.rsplit_once(" column ").map(|(_, name)| name);
    last.or_else(column).unwrap_or(message).to_owned()
}

/// Errors of the driver itself. Their own text may quote a statement or a value, so it is not passed on.
fn driver_sentence(error: &rusqlite::Error) -> &'static str {
    match error {
        rusqlite::Error::SqlInputError { .. } => "the database does not understand the statement",
        rusqlite::Error::InvalidPath(_) => "the database's path cannot be used",
        rusqlite::Error::MultipleStatement => "the text holds more than one statement",
        _ => "the database driver refused the statement",
    }
}
