//! A copy of the database, of one moment.
//!
//! One statement on a connection of its own: it reads from one snapshot, so the writer goes on, and what it commits
//! meanwhile stays in the log until the copy is done. SQLite's stepped copy starts anew whenever somebody else has written,
//! and under load it never ends.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::connection::{self, Opener};
use crate::error::{Error, Result};
use crate::statement::Statement;

/// Writes the copy, or leaves nothing.
pub(crate) fn copy(opener: &Opener, path: &Path) -> Result<()> {
    let refused = |error: std::io::Error| Error::Other(format!("{} cannot be written: {error}", path.display()));
    // A name that began with `file:` would be read as an address, which no absolute path does.
    let place = std::path::absolute(path).map_err(refused)?;
    let name = place.to_str().ok_or_else(|| Error::Other(format!("{} is not UTF-8", path.display())))?;
    let file = make(&place).map_err(refused)?;
    let copied = fill(opener, name).and_then(|()| settle(&file, &place).map_err(refused));
    copied.inspect_err(|_| {
        // Half a copy is worth nothing, and the reason why it is half is told already.
        let _ = std::fs::remove_file(&place);
    })
}

/// The engine writes into an empty file as into none; made here, it is its owner's alone from its first byte.
fn make(place: &Path) -> std::io::Result<File> {
    let mut file = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        file.mode(0o600);
    }
    file.write(true).create_new(true).open(place)
}

fn fill(opener: &Opener, name: &str) -> Result<()> {
    let copy = Statement::new("COPY", "VACUUM INTO $1");
    connection::execute(&opener.copier()?, &copy, &[name.into()])?;
    Ok(())
}

/// The engine does not sync what it copies.
fn settle(file: &File, place: &Path) -> std::io::Result<()> {
    file.sync_all()?;
    File::open(connection::folder_of(place))?.sync_all()
}
