//! What a store is opened with.

use std::path::PathBuf;
use std::time::Duration;

use crate::migration::Migration;

/// What a store is opened with.
pub struct Settings {
    /// Where the rows are.
    pub engine: Engine,
    /// The clock that transactions read.
    pub clock: law::Clock,
    /// The seed of the generator that transactions draw from; `None`: from the operating system.
    pub seed: Option<[u8; 32]>,
    /// The migrations of the program, in ascending order of number.
    pub migrations: &'static [Migration],
    /// Whether this process keeps out every other that wants the data alone, by a lock on the file `lock` in the folder
    /// and, on a server, by a lock in the database, as a server of pages does; a command beside a running one does not.
    pub alone: bool,
    /// How long a call waits for a lock that another holds, before the caller is told [`Busy`](crate::Error::Busy).
    pub patience: Duration,
    /// How many transactions may read at the same time; at least one.
    pub readers: usize,
}

/// Where the rows are. It has no `Debug`: an address may carry a password.
#[derive(Clone)]
pub enum Engine {
    /// A PostgreSQL server, version 15 or later.
    Postgres {
        /// Where it is and who we are there, as `postgresql://user:password@host:5432/name`. Several hosts are parted by
        /// commas, and the one that takes writes is used; `sslrootcert=FILE` names who signed its certificate.
        url: String,
        /// The folder of this machine's lock. It is created, for its owner only, if need be.
        folder: PathBuf,
    },
    /// A SQLite database in the program itself.
    Sqlite {
        /// The database file. Its folder is created, for its owner only, if need be.
        path: PathBuf,
    },
}

impl Engine {
    /// A server, with the folder of this machine's lock.
    pub fn postgres(url: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self::Postgres { url: url.into(), folder: folder.into() }
    }

    /// A database file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite { path: path.into() }
    }
}
