//! Where things are: the workspace, its programs, the tools of the machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The folder of the browser story.
pub(crate) fn story() -> PathBuf {
    root().join("tests/browser")
}

/// The Python environment in which the tests run a verifier written by others; they look for it here.
pub(crate) fn aics() -> PathBuf {
    root().join("target/foreign/python")
}

/// What is installed in it.
pub(crate) fn aics_packages() -> PathBuf {
    root().join("tests/foreign/python/requirements.txt")
}

/// A program that cargo built, in the profile's folder (`debug` or `release`).
pub(crate) fn built(profile: &str, program: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join(profile).join(program)
}

/// The cargo that runs this task, with the words of a command line, started in the root of the workspace.
pub(crate) fn cargo(words: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(words.split(' ')).current_dir(root());
    cargo
}

/// A program on the search path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The browser: the one named by `CHROMIUM`, else the first of its usual names on the search path.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path))
}
