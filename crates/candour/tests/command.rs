//! The command line through the built program: exit codes and what is printed are promises to scripts.

use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// The shipped notice.
const NOTICE: &str = include_str!("../../../notices/segfl.toml");

/// A folder with a configuration and, later, data.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        let at = desk.folder.path().display().to_string();
        let config = format!(
            r#"
listen = "127.0.0.1:0"
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
        desk.file("candour.toml", config.as_bytes());
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("written");
        path
    }

    fn publish(&self, notice: &Path) -> Output {
        candour(&["notice", "publish", word(notice), "--config", word(&self.path("candour.toml"))])
    }
}

fn candour(words: &[&str]) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_candour")).args(words).output().expect("it ran")
}

fn check(notice: &Path, more: &[&str]) -> Output {
    candour(&[&["notice", "check", word(notice)], more].concat())
}

fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}\n{}", said(output), complained(output));
}

/// The shipped notice without the end of enquiries.
fn broken() -> String {
    let keep = "keep = \"earliest of 90 days after enquiry.closed, 12 months after enquiry.received\"\n";
    assert!(NOTICE.contains(keep));
    NOTICE.replacen(keep, "", 1)
}

#[test]
fn the_shipped_notice_passes() {
    let desk = Desk::new();
    let output = check(&desk.file("segfl.toml", NOTICE.as_bytes()), &[]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("0 errors"), "{}", said(&output));
}

#[test]
fn a_notice_with_an_error_is_answered_with_1_and_says_where_and_how_to_mend_it() {
    let desk = Desk::new();
    let output = check(&desk.file("broken.toml", broken().as_bytes()), &[]);
    assert_exit(&output, 1);
    let said = said(&output);
    for part in ["error[C01]", "broken.toml", "help:", "rests on", "1 error,"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn findings_as_json_have_exactly_the_promised_shape() {
    let desk = Desk::new();
    let output = check(&desk.file("broken.toml", broken().as_bytes()), &["--format", "json"]);
    assert_exit(&output, 1);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json.as_object().expect("an object").len(), 1);
    let findings = json["findings"].as_array().expect("an array");
    assert!(!findings.is_empty());
    for finding in findings {
        let mut keys: Vec<&str> = finding.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["clause", "code", "column", "line", "mend", "rests_on", "severity", "why"]);
        assert!(finding["line"].is_u64() && finding["column"].is_u64(), "{finding}");
    }
    let first = &findings[0];
    assert_eq!((first["code"].as_str(), first["severity"].as_str()), (Some("C01"), Some("error")));
}

#[test]
fn a_notice_that_passes_has_nothing_but_remarks_in_json() {
    let desk = Desk::new();
    let output = check(&desk.file("segfl.toml", NOTICE.as_bytes()), &["--format", "json"]);
    assert_exit(&output, 0);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = json["findings"].as_array().expect("an array");
    assert!(findings.iter().all(|finding| finding["severity"] == "info"), "{json}");
}

#[test]
fn what_is_no_notice_is_answered_with_2_and_one_sentence() {
    let desk = Desk::new();
    let files = [
        desk.path("missing.toml"),
        desk.file("latin1.toml", b"[notice]\nid = \"caf\xe9\"\n"),
        desk.file("letter.toml", b"Dear madam,\n"),
        desk.file("other.toml", b"[package]\nname = \"x\"\n"),
    ];
    for file in files {
        for format in ["text", "json"] {
            let output = check(&file, &["--format", format]);
            assert_exit(&output, 2);
            assert_eq!(said(&output), "", "{}", file.display());
            let sentence = complained(&output);
            assert_eq!(sentence.lines().count(), 1, "{sentence}");
            assert!(sentence.starts_with("candour: ") && sentence.contains(word(&file)), "{sentence}");
        }
    }
}

#[test]
fn a_first_notice_is_published_into_an_empty_place_and_only_once() {
    let desk = Desk::new();
    let file = desk.file("segfl.toml", NOTICE.as_bytes());
    let first = desk.publish(&file);
    assert_exit(&first, 0);
    let digest = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice").digest().to_string();
    for part in ["Published: ", digest.as_str(), "In force from: Sunday 1 November 2026"] {
        assert!(said(&first).contains(part), "{part} is missing in {}", said(&first));
    }
    let again = desk.publish(&file);
    assert_exit(&again, 0);
    assert!(said(&again).contains("nothing changed") && said(&again).contains(&digest), "{}", said(&again));
}

#[test]
fn a_notice_with_an_error_is_not_published_and_the_old_one_stands() {
    let desk = Desk::new();
    let whole = desk.file("segfl.toml", NOTICE.as_bytes());
    assert_exit(&desk.publish(&whole), 0);
    let refused = desk.publish(&desk.file("broken.toml", broken().as_bytes()));
    assert_exit(&refused, 1);
    for part in ["error[C01]", "Not published"] {
        assert!(said(&refused).contains(part), "{part} is missing in {}", said(&refused));
    }
    assert!(said(&desk.publish(&whole)).contains("nothing changed"));
}

#[test]
fn a_notice_is_approved_by_a_role_and_not_by_a_name() {
    let desk = Desk::new();
    let file = desk.file("segfl.toml", NOTICE.as_bytes());
    let config = desk.path("candour.toml");
    let output = candour(&["notice", "publish", word(&file), "--config", word(&config), "--role", "Aoife"]);
    assert_exit(&output, 2);
    assert!(!desk.path("data").exists());
}
