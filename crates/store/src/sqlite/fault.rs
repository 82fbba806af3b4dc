//! The faults of SQLite, as errors of the store.

use rusqlite::{ErrorCode, ffi};

use crate::error::Error;

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
            // Plain, it is a write within a transaction that reads, which is a fault of the program; in its finer sorts, of
            // the files.
            ErrorCode::ReadOnly if failure.extended_code != ffi::SQLITE_READONLY => Self::Io,
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
