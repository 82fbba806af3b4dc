//! What a store is opened with.

use std::path::PathBuf;
use std::time::Duration;

use crate::migration::Migration;

/// What a store is opened with.
pub struct Settings {
    /// The database file. Its folder is created, for its owner only, if need be.
    pub path: PathBuf,
    /// The clock that transactions read.
    pub clock: law::Clock,
    /// The seed of the generator that transactions draw from; `None`: from the operating system.
    pub seed: Option<[u8; 32]>,
    /// The migrations of the program, in ascending order of number.
    pub migrations: &'static [Migration],
    /// Whether this process keeps out every other that wants the folder alone, by a lock on the file `lock` in it, as a
    /// server does; a command beside a running server does not.
    pub alone: bool,
    /// How long a connection waits for a lock that another holds, before the caller is told [`Busy`](crate::Error::Busy).
    pub patience: Duration,
    /// How many transactions may read at the same time; at least one.
    pub readers: usize,
}
