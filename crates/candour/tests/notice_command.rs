//! `candour notice check`, `render` and `diff` through the built program: exit codes and forms are promises to scripts.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The shipped notice.
const NOTICE: &str = include_str!("../../../notices/segfl.toml");

fn candour(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_candour")).args(words).output().expect("it ran")
}

/// Runs with a text on standard input.
fn candour_given(words: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candour"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it started");
    child.stdin.take().expect("its input").write_all(input).expect("written");
    child.wait_with_output().expect("it ran")
}

fn file(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn assert_exit(output: &Output, code: i32) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{}\n{complaint}", said(output));
}

fn assert_cannot(output: &Output, part: &str) {
    assert_exit(output, 2);
    let sentence = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!((said(output).as_str(), sentence.lines().count()), ("", 1), "{sentence}");
    assert!(sentence.contains(part), "{part} is missing in {sentence}");
}

/// The shipped notice with enquiries kept longer.
fn longer() -> String {
    let keep = "keep = \"earliest of 90 days after enquiry.closed, 12 months after enquiry.received\"";
    assert!(NOTICE.contains(keep));
    NOTICE.replacen(keep, "keep = \"earliest of 180 days after enquiry.closed, 12 months after enquiry.received\"", 1)
}

#[test]
fn a_notice_is_checked_from_standard_input_as_from_a_file() {
    let folder = folder();
    let path = file(&folder, "segfl.toml", NOTICE.as_bytes());
    let from_file = candour(&["notice", "check", word(&path), "--format", "json"]);
    let from_input = candour_given(&["notice", "check", "-", "--format", "json"], NOTICE.as_bytes());
    assert_exit(&from_input, 0);
    assert_eq!(said(&from_file), said(&from_input));
}

#[test]
fn a_notice_can_be_judged_by_another_day() {
    let folder = folder();
    let path = file(&folder, "segfl.toml", NOTICE.as_bytes());
    assert_exit(&candour(&["notice", "check", word(&path), "--on", "2026-11-01"]), 0);
    assert_exit(&candour(&["notice", "check", word(&path), "--on", "the first of May"]), 2);
}

#[test]
fn another_encoding_is_answered_with_one_sentence() {
    let folder = folder();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("[notice]".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, content) in [("wide.toml", wide.as_slice()), ("latin1.toml", b"[notice]\nid = \"caf\xe9\"\n")] {
        let path = file(&folder, name, content);
        assert_cannot(&candour(&["notice", "check", word(&path)]), "UTF-8");
        assert_cannot(&candour(&["notice", "render", word(&path), "--format", "json"]), "UTF-8");
        assert_cannot(&candour(&["notice", "diff", word(&path), word(&path)]), "UTF-8");
    }
}

#[test]
fn a_notice_is_rendered_in_every_form() {
    let folder = folder();
    let path = file(&folder, "segfl.toml", NOTICE.as_bytes());
    for (form, begins, has) in [
        ("html", "<!doctype html>", "</html>"),
        ("markdown", "# Privacy notice of ", "## Cookies"),
        ("json", "{", "\"form\": \"notice-1\""),
        ("dpv", "{", "\"dpv\": \"https://w3id.org/dpv#\""),
        ("ropa", "# Record of processing activities of ", "(g) Security"),
    ] {
        let output = candour(&["notice", "render", word(&path), "--format", form]);
        assert_exit(&output, 0);
        assert!(said(&output).starts_with(begins) && said(&output).contains(has), "{form}: {}", said(&output));
    }
    assert_exit(&candour(&["notice", "render", word(&path), "--format", "pdf"]), 2);
}

#[test]
fn what_is_no_whole_notice_is_neither_rendered_nor_compared() {
    let folder = folder();
    let whole = file(&folder, "segfl.toml", NOTICE.as_bytes());
    let broken = file(&folder, "broken.toml", NOTICE.replace("[controller]", "[contoller]").as_bytes());
    assert_cannot(&candour(&["notice", "render", word(&broken), "--format", "html"]), "errors of shape");
    assert_cannot(&candour(&["notice", "diff", word(&whole), word(&broken)]), "errors of shape");
    assert_cannot(&candour(&["notice", "diff", word(&whole), "missing.toml"]), "missing.toml cannot be read");
    assert_cannot(&candour(&["notice", "diff", "-", "-"]), "one notice only");
}

#[test]
fn what_a_notice_covers_is_answered_with_0_and_what_it_closes_with_1() {
    let folder = folder();
    let covering = file(&folder, "segfl.toml", NOTICE.as_bytes());
    let output = candour(&["notice", "coverage", word(&covering)]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("everything is open"), "{}", said(&output));
    let without = NOTICE.replace("\"tell-changes\"", "\"tell-otherwise\"");
    let output = candour_given(&["notice", "coverage", "-"], without.as_bytes());
    assert_exit(&output, 1);
    let line = "closed      notice-changed: not covered: purpose.tell-changes";
    assert!(said(&output).contains(line), "{}", said(&output));
    let broken = file(&folder, "broken.toml", NOTICE.replace("[controller]", "[contoller]").as_bytes());
    assert_cannot(&candour(&["notice", "coverage", word(&broken)]), "errors of shape");
}

#[test]
fn the_coverage_as_json_has_exactly_the_promised_shape() {
    let without = NOTICE.replace("\"tell-changes\"", "\"tell-otherwise\"");
    let output = candour_given(&["notice", "coverage", "-", "--format", "json"], without.as_bytes());
    assert_exit(&output, 1);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let keys = |value: &serde_json::Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&json), ["closed", "lines"]);
    let lines = json["lines"].as_array().expect("a list");
    let closed: Vec<_> = lines.iter().filter(|line| line["state"] == "closed").collect();
    assert_eq!(json["closed"], closed.len());
    assert_eq!(keys(closed[0]), ["clauses", "id", "missing", "reason", "sort", "state"]);
    let names: Vec<_> = closed.iter().map(|line| (line["sort"].as_str(), line["id"].as_str())).collect();
    assert_eq!(names, [(Some("job"), Some("tell-changes")), (Some("letter"), Some("notice-changed"))]);
}

#[test]
fn notices_that_mean_the_same_are_answered_with_0_and_others_with_1() {
    let folder = folder();
    let old = file(&folder, "old.toml", NOTICE.as_bytes());
    let same = file(&folder, "same.toml", format!("# Again.\n{NOTICE}").as_bytes());
    let output = candour(&["notice", "diff", word(&old), word(&same)]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("mean the same"), "{}", said(&output));
    let output = candour_given(&["notice", "diff", word(&old), "-"], longer().as_bytes());
    assert_exit(&output, 1);
    assert!(said(&output).contains("longer: ") && said(&output).contains("(kind.enquiry.keep)"), "{}", said(&output));
}

#[test]
fn differences_as_json_have_exactly_the_promised_shape() {
    let folder = folder();
    let old = file(&folder, "old.toml", NOTICE.as_bytes());
    let new = file(&folder, "new.toml", longer().as_bytes());
    let output = candour(&["notice", "diff", word(&old), word(&new), "--format", "json"]);
    assert_exit(&output, 1);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["differences", "new", "old", "significant", "subjects"]);
    let longer = &json["differences"].as_array().expect("a list")[0];
    let keys: Vec<&str> = longer.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["clause", "code", "kinds", "significant", "way", "words"]);
    let [code, clause, way] = ["code", "clause", "way"].map(|key| longer[key].as_str().expect("a text"));
    assert_eq!((code, clause, way), ("keep-longer", "kind.enquiry.keep", "widened"));
    assert_eq!(longer["kinds"], serde_json::json!(["enquiry"]));
}

#[test]
fn beside_a_database_each_difference_says_how_many_people_it_touches() {
    let folder = folder();
    let at = folder.path().display().to_string();
    let config = format!(
        "listen = \"127.0.0.1:0\"\naddress = \"https://portal.segfl.example\"\ndata = \"{at}/data\"\n\
         keyring = [\"{at}/keyring\"]\nroot_key = \"{at}/root.key\"\njournal = \"{at}/journal\"\n\n\
         [mail]\nhost = \"localhost\"\nport = 25\nsecurity = \"none\"\nfrom = \"SEGfL <desk@segfl.example>\"\n"
    );
    let config = file(&folder, "candour.toml", config.as_bytes());
    let old = file(&folder, "old.toml", NOTICE.as_bytes());
    let new = file(&folder, "new.toml", longer().as_bytes());
    assert_exit(&candour(&["notice", "publish", word(&old), "--config", word(&config)]), 0);
    let beside = ["notice", "diff", word(&old), word(&new), "--beside", word(&config)];
    let output = candour(&beside);
    assert_exit(&output, 1);
    assert!(said(&output).contains("(kind.enquiry.keep; nobody yet)"), "{}", said(&output));
    let output = candour(&[&beside[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["differences"][0]["people"], serde_json::json!({ "enquiry": 0 }));
    assert_cannot(&candour(&["notice", "diff", word(&old), word(&new), "--beside", "missing.toml"]), "missing.toml");
}
