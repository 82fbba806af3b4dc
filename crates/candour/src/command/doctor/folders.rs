//! The folders above what keeps the keys apart: whoever may write in one may put something else in the place of what
//! stands there, however well that is closed itself.

use super::Line;
use crate::app::RootPlace;
use crate::command::settings::Settings;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// In such a folder only the owner of a thing renames or removes it, as in `/tmp`.
const STICKY: u32 = 0o1000;

/// Whether the configuration, and every folder above it, the root key, the journal, the public log and the keyring, can be written by
/// their owner alone, who is the portal's user or the system's.
pub(super) fn around(settings: &Settings, config: &Path, owner: Option<u32>) -> Vec<Line> {
    let places = &settings.places;
    let root = match &places.root {
        RootPlace::File(root) => Some(root.as_path()),
        RootPlace::Credential(_) | RootPlace::Passphrase(_) => None,
    };
    let kept = [config, &places.journal, &places.evidence].into_iter().chain(root);
    let kept = kept.chain(places.keyring.iter().map(PathBuf::as_path));
    let mut above: BTreeSet<PathBuf> = kept.filter_map(folder).flat_map(|folder| ancestors(&folder)).collect();
    above.extend(config.canonicalize());
    above.iter().filter_map(|path| loose(path, owner)).collect()
}

/// The folder that a path stands in, without links; it need not stand there yet.
fn folder(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().or_else(|_| std::path::absolute(path)).ok()?;
    path.parent()?.canonicalize().ok()
}

fn ancestors(folder: &Path) -> Vec<PathBuf> {
    folder.ancestors().map(Path::to_owned).collect()
}

fn loose(path: &Path, owner: Option<u32>) -> Option<Line> {
    let there = path.metadata().ok()?;
    let name = path.display();
    if there.uid() != 0 && owner.is_some_and(|owner| owner != there.uid()) {
        return Some(Line::problem(
            "rights",
            format!("{name} belongs to another user than the data, who may change what stands there."),
            format!("Give it to root or to the user that runs candour serve, or choose another place than {name}."),
        ));
    }
    let open = there.mode() & 0o022 != 0 && (there.mode() & STICKY == 0 || !there.is_dir());
    open.then(|| {
        Line::problem(
            "rights",
            format!(
                "{name} can be changed by others (mode {:o}), and so can what stands there.",
                there.mode() & 0o7777
            ),
            format!("chmod go-w {name}"),
        )
    })
}
