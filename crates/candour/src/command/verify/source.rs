//! Where the files stand that are checked: a folder, or a ZIP archive. Nothing of it is trusted, and least of all the size that an
//! archive declares of a file: each is read up to a bound.

use super::Cannot;
use aws_lc_rs::digest::{Context, SHA256};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes of a file of which nothing else is said: a key, a notice, a proof. A bundle of the log has 132 KB at the most.
const SMALL: u64 = 1 << 20;

/// The most bytes of a file that is summed and not kept, such as a person's export.
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
        let cannot = |error: &dyn Display| Cannot(format!("{name} cannot be read: {error}."));
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

    /// The bytes of a small file; `None` where there is none. Names are those of the formats: never absolute, never upwards.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Cannot> {
        self.read_up_to(name, SMALL)
    }

    /// The bytes of a file that may have so many.
    pub(super) fn read_up_to(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Cannot> {
        self.with(name, |file| contents(file, most))
    }

    /// The SHA-256 of a file of any kind.
    pub(super) fn sum(&self, name: &str) -> Result<Option<[u8; 32]>, Cannot> {
        self.with(name, |file| {
            let (mut sum, mut bytes, mut length) = (Context::new(&SHA256), vec![0; 1 << 16], 0);
            loop {
                let read = file.read(&mut bytes)?;
                length += read as u64;
                match bytes.get(..read) {
                    _ if length > LARGEST => return Err(ErrorKind::FileTooLarge.into()),
                    None | Some([]) => break,
                    Some(read) => sum.update(read),
                }
            }
            Ok(sum.finish().as_ref().try_into().unwrap_or_default())
        })
    }

    fn with<T: Default>(
        &self,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> std::io::Result<T>,
    ) -> Result<Option<T>, Cannot> {
        let name = format!("{}{name}", self.below);
        if name.split('/').any(|part| part.is_empty() || part == "..") {
            return Ok(None);
        }
        let cannot = |error: &dyn Display| Cannot(format!("{name} in {} cannot be read: {error}.", self.name));
        let too_large = || {
            Cannot(format!("{name} in {} is larger than any such file that is genuine: it was not read.", self.name))
        };
        match &self.place {
            Place::Folder(folder) => {
                let path = folder.join(&name);
                // Anything but a file could keep its reader waiting for ever.
                if !path.is_file() {
                    return Ok(None);
                }
                let mut file = File::open(path).map_err(|error| cannot(&error))?;
                match read(&mut file) {
                    Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(too_large()),
                    done => done.map(Some).map_err(|error| cannot(&error)),
                }
            }
            Place::Zip(archive) => match archive.borrow_mut().by_name(&name) {
                Err(ZipError::FileNotFound) => Ok(None),
                Err(error) => Err(cannot(&error)),
                Ok(mut file) => match read(&mut file) {
                    Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(too_large()),
                    // What does not unpack, or not to what its checksum says, is damaged: a finding, like any other change.
                    done => Ok(Some(done.unwrap_or_default())),
                },
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

fn contents(file: &mut dyn Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// A small text that was named on the command line.
pub(super) fn text(path: &Path) -> std::io::Result<String> {
    let bytes = contents(&mut File::open(path)?, SMALL)?;
    String::from_utf8(bytes).map_err(|_| ErrorKind::InvalidData.into())
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
