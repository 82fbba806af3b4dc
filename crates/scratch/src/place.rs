//! Where the server's programs are, and who runs them.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the newest server's programs on a Debian, or the one that holds `initdb` on the search path.
pub fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .collect();
    found.sort();
    let on_path = || {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders)
            .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
    };
    found.pop().map(|(_, bin)| bin).or_else(on_path)
}

/// The account that a server runs as: it refuses to run as root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Ours.
    Ourselves,
    /// Another, by its numbers: of the user and of the group.
    Other(u32, u32),
}

impl Owner {
    /// Ours, or for root the account `postgres`, or `nobody` where there is none.
    pub fn unprivileged() -> Option<Self> {
        if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
            return Some(Self::Ourselves);
        }
        let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
        ["postgres", "nobody"].iter().find_map(|name| {
            let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut numbers = line.split(':').skip(2).map(str::parse);
            Some(Self::Other(numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
    }

    /// Gives a folder to the account.
    pub(crate) fn own(self, folder: &Path) -> std::io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other(user, group) => std::os::unix::fs::chown(folder, Some(user), Some(group)),
        }
    }

    /// A command that runs as the account.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Self::Other(user, group) = self {
            command.uid(user).gid(group);
        }
        command
    }
}
