//! The log that an ended process left behind, made safe before anything is built upon it.
//!
//! When a sync fails, Linux takes what it meant for written all the same: whoever reads is shown it, and no later sync writes
//! it. If the process then ends without closing, the next one finds those frames, takes them for committed and adds its own
//! after them; a power cut would take the first away and make the rest unreadable. So the log is written once more, byte for
//! byte as it is shown, and synced, before the first transaction. A cut in the middle leaves each byte as it was or as it is.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::connection::command;
use crate::error::{Error, Result};

/// So much of the log is in memory at once.
const CHUNK: usize = 1 << 20;

/// Makes the log of a database safe. It holds the writer's lock meanwhile, so that nobody else writes or moves the log.
pub(crate) fn secure(connection: &Connection, database: &Path) -> Result<()> {
    command(connection, "BEGIN IMMEDIATE")?;
    let written = write_again(&log_of(database)).map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full,
        _ => Error::Io,
    });
    written.and(command(connection, "ROLLBACK"))
}

fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[cfg(unix)]
fn write_again(log: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::FileExt;

    // The engine's locks lie on other files, so that closing this one gives none of them up.
    let file = match File::options().read(true).write(true).open(log) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut chunk = vec![0; CHUNK];
    let mut at = 0;
    loop {
        let read = file.read_at(&mut chunk, at)?;
        if read == 0 {
            return if at == 0 { Ok(()) } else { file.sync_all() };
        }
        file.write_all_at(&chunk[..read], at)?;
        at += read as u64;
    }
}

#[cfg(not(unix))]
fn write_again(log: &Path) -> std::io::Result<()> {
    match File::options().write(true).open(log) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        file => file?.sync_all(),
    }
}
