//! Where an installation stands. What is there already is never touched, two who make one at the same time do not meet, and
//! what was made is taken away when it fails.

use super::Cannot;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file that stands in the folder while an installation is being made there.
const MARKER: &str = "init.running";

/// The paths of a new installation.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) config: PathBuf,
    pub(super) data: PathBuf,
    pub(super) keyring: PathBuf,
    /// The keyring's second place, on another disk: its folder may stand already, empty.
    pub(super) second: Option<PathBuf>,
    pub(super) root: PathBuf,
    pub(super) journal: PathBuf,
    pub(super) evidence: PathBuf,
    pub(super) backups: PathBuf,
    pub(super) notice: PathBuf,
}

impl Place {
    /// Plans it below a folder.
    pub(super) fn plan(folder: &Path, second: Option<PathBuf>, config: Option<PathBuf>) -> Result<Self, Cannot> {
        Ok(Self {
            second,
            folder: folder.to_owned(),
            config: std::path::absolute(config.unwrap_or_else(|| folder.join("candour.toml")))?,
            data: folder.join("data"),
            keyring: folder.join("keyring"),
            root: folder.join("root.key"),
            journal: folder.join("journal"),
            evidence: folder.join("evidence"),
            backups: folder.join("backups"),
            notice: folder.join("notice.toml"),
        })
    }

    /// Makes the folder and what `fill` puts there, where nothing of it stands; what was made goes again when that fails.
    pub(super) fn make<T>(&self, fill: impl FnOnce(&mut Made) -> Result<T, Cannot>) -> Result<T, Cannot> {
        self.vacant()?;
        let mut made = Made::begin(&self.folder)?;
        // Looked at again: until the marker was ours, another may have finished.
        self.vacant()?;
        // Nobody else makes these while the marker stands.
        made.paths.extend([&self.data, &self.keyring, &self.root, &self.journal, &self.evidence].map(PathBuf::clone));
        made.paths.extend(self.second.iter().filter(|second| !second.exists()).cloned());
        let filled = fill(&mut made)?;
        made.keep();
        Ok(filled)
    }

    fn vacant(&self) -> Result<(), Cannot> {
        let all = [&self.config, &self.data, &self.keyring, &self.root, &self.journal, &self.evidence, &self.notice];
        let keys = self.second.iter().filter(|second| has_entries(second));
        match all.into_iter().filter(|path| path.symlink_metadata().is_ok()).chain(keys).next() {
            None => Ok(()),
            Some(stands) => Err(Cannot(format!(
                "{} stands already, and nothing is overwritten. To go on with what is there: candour doctor --config {}. \
                 To begin another installation, choose another --folder.",
                stands.display(),
                self.config.display()
            ))),
        }
    }
}

fn has_entries(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// What this run has made. When it goes, all of it goes, unless it is kept.
pub(super) struct Made {
    folders: Vec<PathBuf>,
    marker: PathBuf,
    paths: Vec<PathBuf>,
}

impl Made {
    /// Makes the folder, for its owner alone, and sets the marker in it.
    fn begin(folder: &Path) -> Result<Self, Cannot> {
        let folders: Vec<PathBuf> =
            folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        let cannot = |error: io::Error| Cannot(format!("{} cannot be made: {error}.", folder.display()));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot)?;
        let mode = folder.metadata().map_err(cannot)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Cannot(format!(
                "{folder} is open to others (mode {mode:o}), and keys are to stand in it. Nothing was made. Run chmod 700 \
                 {folder}, or choose another --folder.",
                folder = folder.display()
            )));
        }
        let marker = folder.join(MARKER);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&marker) {
            Ok(_) => Ok(Self { folders, marker, paths: Vec::new() }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Cannot(format!(
                "another candour init is at work in {}. If none is, one was stopped halfway: remove {} and what it left.",
                folder.display(),
                marker.display()
            ))),
            Err(error) => Err(cannot(error)),
        }
    }

    /// Writes a file that must not stand yet, for its owner alone.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), Cannot> {
        let cannot = |error: io::Error| Cannot(format!("{} cannot be written: {error}.", path.display()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
        self.paths.push(path.to_owned());
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)
    }

    fn keep(mut self) {
        self.paths.clear();
    }
}

impl Drop for Made {
    /// What cannot be removed is found by the next try. The marker goes last, and a folder only when it is empty.
    fn drop(&mut self) {
        for path in &self.paths {
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
        let _ = std::fs::remove_file(&self.marker);
        for folder in &self.folders {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Barrier;

    fn place(around: &tempfile::TempDir) -> Place {
        Place::plan(&around.path().join("house"), None, None).ok().expect("a plan")
    }

    /// Makes one as `init` does: a configuration, a key and data.
    fn fill(place: &Place, made: &mut Made, word: &str) -> Result<(), Cannot> {
        made.write(&place.config, word)?;
        std::fs::create_dir_all(&place.data)?;
        std::fs::write(&place.root, word)?;
        Ok(())
    }

    fn holds(place: &Place, word: &str) -> bool {
        let says = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| text == word);
        says(&place.config) && says(&place.root) && place.data.is_dir() && !place.folder.join(MARKER).exists()
    }

    #[test]
    fn whoever_comes_while_another_is_at_work_is_told_so_and_takes_nothing_away() {
        let around = tempfile::tempdir().expect("a folder");
        let place = place(&around);
        let made = place.make(|made| {
            let early = place.make(|_| Ok(()));
            assert!(early.is_err_and(|Cannot(sentence)| sentence.contains("at work")));
            fill(&place, made, "first")?;
            let late = place.make(|_| Ok(()));
            assert!(late.is_err_and(|Cannot(sentence)| sentence.contains("stands already")));
            Ok(())
        });
        assert!(made.is_ok() && holds(&place, "first"));
    }

    #[test]
    fn of_two_at_once_one_makes_it_and_the_other_leaves_it_whole() {
        for _ in 0..100 {
            let around = tempfile::tempdir().expect("a folder");
            let (place, start) = (place(&around), Barrier::new(2));
            let run = |word: &'static str| {
                start.wait();
                place.make(|made| fill(&place, made, word)).is_ok()
            };
            let (one, other) = std::thread::scope(|scope| {
                let one = scope.spawn(|| run("one"));
                let other = scope.spawn(|| run("other"));
                (one.join().expect("it ends"), other.join().expect("it ends"))
            });
            assert!(one != other, "{one} and {other}");
            assert!(holds(&place, if one { "one" } else { "other" }));
        }
    }

    #[test]
    fn a_configuration_elsewhere_that_another_wrote_is_not_removed() {
        let around = tempfile::tempdir().expect("a folder");
        let config = around.path().join("candour.toml");
        let place = Place::plan(&around.path().join("deep/house"), None, Some(config.clone())).ok().expect("a plan");
        let made = place.make(|made| {
            std::fs::write(&config, "another's")?;
            fill(&place, made, "mine")
        });
        assert!(made.is_err());
        assert_eq!(std::fs::read_to_string(&config).expect("it stands"), "another's");
        assert!(!around.path().join("deep").exists(), "what was made for it stays behind");
    }

    #[test]
    fn a_folder_that_is_open_to_others_is_refused_with_the_command_that_closes_it() {
        let around = tempfile::tempdir().expect("a folder");
        let place = place(&around);
        std::fs::create_dir(&place.folder).expect("a folder");
        std::fs::set_permissions(&place.folder, std::fs::Permissions::from_mode(0o750)).expect("set");
        let refused = place.make(|made| fill(&place, made, "mine"));
        assert!(refused.is_err_and(|Cannot(said)| said.contains(&format!("chmod 700 {}", place.folder.display()))));
        assert_eq!(std::fs::read_dir(&place.folder).expect("a folder").count(), 0);
        std::fs::set_permissions(&place.folder, std::fs::Permissions::from_mode(0o700)).expect("set");
        assert!(place.make(|made| fill(&place, made, "mine")).is_ok() && holds(&place, "mine"));
    }
}
