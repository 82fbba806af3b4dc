//! The faults of PostgreSQL, as errors of the store. Its details quote values of rows, so they are never passed on.

use std::collections::HashMap;

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::error::Error;

/// The columns that each unique key lists, as `table.column, table.column`, by its name.
pub(crate) type Rules = HashMap<String, String>;

/// Why a statement failed.
pub(crate) fn of(error: &tokio_postgres::Error, rules: &Rules) -> Error {
    match error.as_db_error() {
        Some(told) => told_by_server(told, rules),
        // The connection ended or made no sense; statements and values are checked before they are sent.
        None => Error::Unavailable,
    }
}

/// Why a commit failed: nothing was written if the server says so and goes on, and anything may be true otherwise.
pub(crate) fn of_commit(error: &tokio_postgres::Error, rules: &Rules) -> Error {
    match error.as_db_error() {
        Some(told) if told.parsed_severity() == Some(Severity::Error) => told_by_server(told, rules),
        _ => Error::Unknown,
    }
}

/// Why there is no connection.
pub(crate) fn unreached(error: &tokio_postgres::Error) -> Error {
    let Some(told) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        tracing::warn!(code = "database-unreached", cause);
        return Error::Unavailable;
    };
    match told_by_server(told, &Rules::new()) {
        Error::Unavailable => Error::Unavailable,
        // A wrong name or password: waiting mends nothing.
        _ => Error::Unfit(format!("the database refuses the connection: {}", told.message())),
    }
}

fn told_by_server(told: &DbError, rules: &Rules) -> Error {
    let code = told.code();
    match *code {
        // The last: no room to remember what each of so many transactions has read.
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::OUT_OF_MEMORY => {
            return Error::Conflict;
        }
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => return Error::Busy,
        SqlState::DISK_FULL => return Error::Full,
        // The server has become a standby, and another takes the writes now; or the program stood still for too long.
        SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => {
            return Error::Unavailable;
        }
        SqlState::NOT_NULL_VIOLATION => {
            let name = [told.table(), told.column()].map(Option::unwrap_or_default).join(".");
            return Error::Constraint { name };
        }
        _ => {}
    }
    match code.code().get(..2) {
        // Connection exceptions; too many connections; the administrator stopped it, or it is starting.
        Some("08" | "53" | "57") => Error::Unavailable,
        Some("23") => {
            let rule = told.constraint().unwrap_or_default();
            Error::Constraint { name: rules.get(rule).cloned().unwrap_or_else(|| rule.to_owned()) }
        }
        Some("58") => Error::Io,
        Some("XX") => Error::Corrupt,
        // The server's sentence names tables, columns and words of the statement.
        Some("42" | "0A" | "25") => Error::Other(told.message().to_owned()),
        // Its other sentences may quote a value.
        _ => Error::Other(format!("the database refused with code {}", code.code())),
    }
}
