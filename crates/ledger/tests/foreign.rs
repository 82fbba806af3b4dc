//! A log published here is checked by programs written by others: see `tests/foreign` at the root of the workspace.

mod log;

use log::{Files, leaves, publish, signer};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// 273 full tiles, a partial one on each of three levels.
const SIZE: u64 = 70_000;
const OLD_SIZE: u64 = SIZE / 2;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The log, and beside it the checkpoint of its first half and its key as text.
struct Published {
    folder: TempDir,
    files: Files,
    vkey: String,
}

impl Published {
    fn new() -> Self {
        let all = leaves(SIZE);
        let files = publish(&all);
        let folder = TempDir::new().expect("a folder");
        log::write(&files, &folder.path().join("log"));
        let half = &all[..usize::try_from(OLD_SIZE).expect("small")];
        std::fs::write(folder.path().join("old"), log::checkpoint(half).sign(&signer()).expect("its own log"))
            .expect("a file");
        let other = leaves(OLD_SIZE + 1);
        std::fs::write(folder.path().join("other"), log::checkpoint(&other[1..]).sign(&signer()).expect("its own log"))
            .expect("a file");
        let vkey = signer().verifier().to_string();
        std::fs::write(folder.path().join("vkey"), format!("{vkey}\n")).expect("a file");
        Self { folder, files, vkey }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `check` while one bit of a file is changed.
    fn while_changed(&self, path: &str, check: impl FnOnce()) {
        let file = self.path("log").join(path);
        let mut bytes = self.files[path].clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        std::fs::write(&file, bytes).expect("a file");
        check();
        std::fs::write(&file, &self.files[path]).expect("a file");
    }
}

/// A file of each sort, in the middle of the log and at its right edge.
const CHANGED: [&str; 7] = [
    "checkpoint",
    "tile/entries/100",
    "tile/entries/273.p/112",
    "tile/0/100",
    "tile/0/273.p/112",
    "tile/1/000",
    "tile/2/000.p/1",
];

/// The Go program, built from source by Debian's compiler against Debian's copy of the library.
fn go_program(folder: &Path) -> PathBuf {
    let program = folder.join("check");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(workspace().join("tests/foreign/go/main.go"))
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", ""), ("GOTOOLCHAIN", "local")])
        .env("GOCACHE", workspace().join("target/foreign/go-cache"))
        .output()
        .expect("Go is missing: run cargo xtask setup");
    assert!(built.status.success(), "run cargo xtask setup, then look at: {}", String::from_utf8_lossy(&built.stderr));
    program
}

#[test]
fn the_library_of_gos_checksum_database_accepts_the_log_and_refuses_every_changed_copy() {
    let published = Published::new();
    let program = go_program(published.folder.path());
    let check = |old: &str| -> Output {
        let mut command = Command::new(&program);
        command.arg(published.path("log")).args([&published.vkey, "20261123"]).arg(published.path(old));
        command.output().expect("it runs")
    };
    let good = check("old");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    assert!(good.stdout.starts_with(b"70000 "));
    assert_eq!(check("other").status.code(), Some(1), "a history that is not this log's");
    for path in CHANGED {
        published.while_changed(path, || assert_eq!(check("old").status.code(), Some(1), "{path}"));
    }
}

fn aics(arguments: &[&str], folder: &Path) -> bool {
    let program = workspace().join("target/foreign/python/bin/aics-tlog");
    assert!(program.is_file(), "aics-tlog is missing: run cargo xtask setup");
    let command = Command::new(program).args(arguments).current_dir(folder).output().expect("it runs");
    command.status.success()
}

#[test]
fn aics_tlog_accepts_the_log_and_refuses_a_wrong_index_and_changed_copies() {
    let published = Published::new();
    let folder = published.folder.path();
    std::fs::write(published.path("leaf"), log::leaf(12_345)).expect("a file");
    let key = ["--tiles", "log", "--vkey-file", "vkey", "--origin", log::ORIGIN];
    let checkpoint = || aics(&[&["verify-checkpoint"], &key[..]].concat(), folder);
    let inclusion =
        |index| aics(&[&["verify-inclusion", "--leaf", "leaf", "--index", index], &key[..]].concat(), folder);
    let consistency = |old| aics(&[&["verify-consistency", "--old-checkpoint", old], &key[..]].concat(), folder);
    assert!(checkpoint());
    assert!(inclusion("12345"));
    assert!(!inclusion("12346"));
    assert!(consistency("old"));
    assert!(!consistency("other"));
    published.while_changed("checkpoint", || assert!(!checkpoint()));
    published.while_changed("tile/1/000", || assert!(!inclusion("12345")));
    published.while_changed("tile/0/048", || assert!(!inclusion("12345")));
}
