//! `candour notice publish` and `rehearse` through the built program.

use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// The shipped notice.
const NOTICE: &str = include_str!("../../../notices/segfl.toml");

/// A folder with a configuration, and the shipped notice published in it.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        let at = desk.0.path().display().to_string();
        let config = format!(
            r#"
address = "https://portal.segfl.example"
data = "{at}/data"
keyring = ["{at}/keyring"]
root_key = "{at}/root.key"
journal = "{at}/journal"

[mail]
host = "localhost"
port = 25
security = "none"
from = "SEGfL <desk@segfl.example>"
"#
        );
        desk.file("candour.toml", &config);
        assert_said(&desk.notice("publish", &desk.file("first.toml", NOTICE), &[]), 0, &["Published: "]);
        desk
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    }

    fn notice(&self, act: &str, file: &Path, more: &[&str]) -> Output {
        std::process::Command::new(env!("CARGO_BIN_EXE_candour"))
            .args(["notice", act])
            .arg(file)
            .arg("--config")
            .arg(self.0.path().join("candour.toml"))
            .args(more)
            .output()
            .expect("it ran")
    }
}

fn assert_said(output: &Output, code: i32, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

fn version(name: &str) -> String {
    NOTICE.replacen("version = \"2026-11\"", &format!("version = \"{name}\""), 1)
}

#[test]
fn a_notice_that_nobody_could_approve_is_published_by_the_operator_alone_and_that_is_said() {
    let desk = Desk::new();
    let file = desk.file("second.toml", &version("2026-12"));
    let said = ["Nobody could approve it, because 0 of the two officers", "The history says", "Published: "];
    assert_said(&desk.notice("publish", &file, &[]), 0, &said);
    assert_said(&desk.notice("publish", &file, &[]), 0, &["Published before; nothing changed"]);
}

#[test]
fn a_notice_whose_errors_close_clauses_is_published_only_with_them_closed() {
    let desk = Desk::new();
    let keep = "keep = \"earliest of 90 days after enquiry.closed, 12 months after enquiry.received\"\n";
    let file = desk.file("closing.toml", &version("2026-12").replacen(keep, "", 1));
    assert_said(&desk.notice("publish", &file, &[]), 1, &["error[C01]", "Not published", "--with-closed"]);
    assert_said(&desk.notice("publish", &file, &["--with-closed"]), 0, &["Published: "]);
    let misshapen = desk.file("misshapen.toml", "[notice]\nid = \"x\"\n");
    assert_said(&desk.notice("publish", &misshapen, &["--with-closed"]), 1, &["Not published"]);
}

#[test]
fn a_rehearsal_counts_and_changes_nothing() {
    let desk = Desk::new();
    let file = desk.file("second.toml", &version("2026-12"));
    assert_said(
        &desk.notice("rehearse", &file, &[]),
        0,
        &["is in force from", "Nothing that is held falls due earlier."],
    );
    let json = desk.notice("rehearse", &file, &["--format", "json"]);
    assert_said(&json, 0, &[]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&json["significant"], &json["due_earlier"]), (&false.into(), &serde_json::json!([])));
    assert_said(&desk.notice("publish", &file, &[]), 0, &["Published: "]);
}
