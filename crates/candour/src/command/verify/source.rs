//! Where the files stand that are checked: a folder, or a ZIP archive. Nothing of it is trusted.

use super::Cannot;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes of one file: a bundle of the log has 17 MB at the most, a person's export rarely more.
const LARGEST: u64 = 256 << 20;

/// A folder or an archive, or a folder in one of them.
pub(super) struct Source {
    name: String,
    place: Place,
    /// What every name begins with.
    below: String,
}

enum Place {
    Folder(PathBuf),
    /// Reading moves in the archive's file.
    Zip(RefCell<ZipArchive<File>>),
}

impl Source {
    /// Opens it; what is neither is said.
    pub(super) fn open(path: &Path) -> Result<Self, Cannot> {
        let name = path.display().to_string();
        let cannot = |error: &dyn std::fmt::Display| Cannot(format!("{name} cannot be read: {error}."));
        if path.is_dir() {
            return Ok(Self { name, place: Place::Folder(path.to_owned()), below: String::new() });
        }
        let file = File::open(path).map_err(|error| cannot(&error))?;
        let archive = ZipArchive::new(file).map_err(|_| {
            Cannot(format!("{name} is neither a folder nor a whole ZIP archive. Fetch it again, or name another."))
        })?;
        Ok(Self { name, place: Place::Zip(RefCell::new(archive)), below: String::new() })
    }

    /// As it was named.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The log in it: its folder `log` if it has one, or else itself.
    pub(super) fn log(mut self) -> Result<Self, Cannot> {
        if self.read("checkpoint")?.is_none() || self.read("log/checkpoint")?.is_some() {
            "log/".clone_into(&mut self.below);
        }
        Ok(self)
    }

    /// The whole again, of which [`Self::log`] is a part.
    pub(super) fn whole(mut self) -> Self {
        self.below.clear();
        self
    }

    /// The bytes of a file; `None` where there is none. Names are those of the formats: never absolute, never upwards.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Cannot> {
        let name = format!("{}{name}", self.below);
        if name.split('/').any(|part| part.is_empty() || part == "..") {
            return Ok(None);
        }
        let cannot =
            |error: &dyn std::fmt::Display| Cannot(format!("{name} in {} cannot be read: {error}.", self.name));
        match &self.place {
            Place::Folder(folder) => match File::open(folder.join(&name)) {
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
                Err(error) => Err(cannot(&error)),
                Ok(file) => contents(file).map(Some).map_err(|error| cannot(&error)),
            },
            Place::Zip(archive) => match archive.borrow_mut().by_name(&name) {
                Err(ZipError::FileNotFound) => Ok(None),
                Err(error) => Err(cannot(&error)),
                // What does not unpack, or not to what its checksum says, is damaged: a finding, like any other change.
                Ok(file) => Ok(Some(contents(file).unwrap_or_default())),
            },
        }
    }

    /// The text of a file; what is not UTF-8 is read as far as it is.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Cannot> {
        Ok(self.read(name)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The name of every file in it, in order.
    pub(super) fn names(&self) -> Result<Vec<String>, Cannot> {
        let mut names = BTreeSet::new();
        match &self.place {
            Place::Folder(folder) => walk(&folder.join(&self.below), "", &mut names)?,
            Place::Zip(archive) => {
                let archive = archive.borrow();
                let all = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned());
                let files = all.filter(|name| !name.ends_with('/'));
                names.extend(files.filter_map(|name| name.strip_prefix(&self.below).map(str::to_owned)));
            }
        }
        Ok(names.into_iter().collect())
    }
}

fn contents(file: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than 256 MB"));
    }
    Ok(bytes)
}

fn walk(folder: &Path, below: &str, names: &mut BTreeSet<String>) -> Result<(), Cannot> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.insert(name);
        }
    }
    Ok(())
}
