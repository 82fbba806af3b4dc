//! What can go wrong, in sentences an operator can act on.

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// The answer of every fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a key, a record or a file could not be used. Messages name files and days, never a person or a holding.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The keyring was opened beside the process that owns it.
    #[error("a keyring opened beside the process that owns it is only read: it begins and destroys no epoch")]
    Beside,
    /// The epoch is the newest: whatever is sealed today would be lost with it.
    #[error("the current epoch key cannot be destroyed")]
    CurrentEpoch,
    /// A recovery code was not typed as it was given.
    #[error("group {group} of the recovery code has a typing slip")]
    CodeSlip {
        /// The group of four, counted from 1.
        group: usize,
    },
    /// A part of a copy does not open under the key of its day.
    #[error("part {part} of the copy was changed, or belongs to another copy")]
    CopyChanged {
        /// The part, counted from 0, which is the manifest.
        part: u64,
    },
    /// A copy ends before its last part.
    #[error("the copy ends too early: it was cut off")]
    CopyCut,
    /// A file of another program.
    #[error("this file is not a copy made by this program")]
    CopyForeign,
    /// A copy of a newer program.
    #[error("the copy has a format that this program does not know: a newer one made it")]
    CopyFormat,
    /// A copy has bytes after its last part.
    #[error("the copy goes on after its end")]
    CopyLonger,
    /// A part of a copy stands in another part's place.
    #[error("part {found} of the copy stands where part {expected} should: parts were moved, doubled or lost")]
    CopyOrder {
        /// The part that should come next.
        expected: u64,
        /// The part that does.
        found: u64,
    },
    /// Authentication failed: another key, another place, or changed bytes. Which of them cannot be told.
    #[error("{what} does not open under this key")]
    DoesNotOpen {
        /// What was to be opened.
        what: String,
    },
    /// The keyring holds no key for this day: it was destroyed, or never begun.
    #[error("the keyring holds no key for the epoch {0}")]
    EpochGone(Date),
    /// The file system refused.
    #[error("could not {what} {}: {source}", place.display())]
    Io {
        /// The verb that failed.
        what: &'static str,
        /// The file or folder.
        place: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
    /// Another process owns the keyring or the journal; or this one opened it twice.
    #[error("{} is in use by another process", place.display())]
    Locked {
        /// The place of the keyring, or the journal.
        place: PathBuf,
    },
    /// Bytes or text not of the form this crate writes.
    #[error("{what}")]
    Malformed {
        /// What was expected where, as a sentence.
        what: String,
    },
    /// A place of the keyring is not there while another one holds keys. Its disk may not be mounted, and keys below its mount
    /// point would outlive their destruction.
    #[error("the folder {} is missing: mount its disk, or make an empty folder there if the place is new", place.display())]
    PlaceMissing {
        /// The folder of the place.
        place: PathBuf,
    },
    /// The other end of a copy refused: a file, or whatever the caller gave.
    #[error("could not {what} the copy: {source}")]
    Stream {
        /// The verb that failed.
        what: &'static str,
        /// The other end's own words.
        source: io::Error,
    },
}

/// For those who use a copy as a stream.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl Error {
    /// For `map_err`: says which verb failed on which file.
    pub(crate) fn io(what: &'static str, place: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { what, place: place.to_owned(), source }
    }

    pub(crate) fn malformed(what: impl Into<String>) -> Error {
        Error::Malformed { what: what.into() }
    }
}
