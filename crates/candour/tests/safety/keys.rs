//! `candour keys`: the root key from a file, a passphrase and a credential; its replacement; its recovery copies.

use crate::house::{House, word};
use crate::support::{assert_exit, candour, complained, said};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "seven quiet rivers under slate";

/// Makes a recovery copy as a person does: reads the code that is shown, and types it back.
fn copied(house: &House, to: &Path) -> (String, Output) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candour"))
        .args(["keys", "copy", "--to", word(to), "--config", word(&house.path("candour.toml"))])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let code = lines.by_ref().map(|line| line.trim().to_owned()).find(|line| line.matches('-').count() == 5);
    let code = code.expect("a code");
    writeln!(child.stdin.take().expect("its input"), "{}", code.to_lowercase()).expect("typed");
    lines.for_each(drop);
    (code, child.wait_with_output().expect("it ended"))
}

fn recovered(house: &House, from: &Path, code: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candour"))
        .args(["keys", "recover", "--from", word(from), "--config", word(&house.path("candour.toml"))])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let _ = writeln!(child.stdin.take().expect("its input"), "{code}");
    let mut output = Output { status: child.wait().expect("it ended"), stdout: Vec::new(), stderr: Vec::new() };
    child.stdout.take().expect("its output").read_to_end(&mut output.stdout).expect("read");
    child.stderr.take().expect("its errors").read_to_end(&mut output.stderr).expect("read");
    output
}

#[test]
fn the_root_key_is_replaced_and_everything_still_opens() {
    let house = House::published();
    let before = std::fs::read(house.path("root.key")).expect("a root");
    let status = house.run(&["keys", "status"], &[]);
    assert_exit(&status, 0);
    assert!(said(&status).contains("Days that still open something: 1."), "{}", said(&status));
    assert_exit(&house.run(&["keys", "rotate"], &[]), 0);
    assert_ne!(std::fs::read(house.path("root.key")).expect("a root"), before);
    assert!(!house.path("root.key.next").exists());
    assert_exit(&house.run(&["backup"], &[]), 0);
    let log = candour(&["verify", "log", word(&house.path("evidence"))], &[]);
    assert!(said(&log).contains("root-rotated 1"), "{}", said(&log));
}

#[test]
fn a_replacement_that_was_interrupted_is_finished_by_the_next_one() {
    let house = House::published();
    let root = || vault::Root::load(&house.path("root.key")).expect("a root");
    let random = || store::random().expect("random");
    // Between drawing the new key and sealing under it.
    vault::Root::create(&house.path("root.key.next"), &mut random()).expect("drawn");
    assert_exit(&house.run(&["backup"], &[]), 0);
    assert_exit(&house.run(&["keys", "rotate"], &[]), 0);
    // Between sealing and exchanging the files.
    let next = vault::Root::create(&house.path("root.key.next"), &mut random()).expect("drawn");
    drop(vault::Keyring::open_with(house.places().keyring, vec![root(), next], &mut random()).expect("sealed"));
    let refused = house.run(&["staff", "list"], &[]);
    assert_exit(&refused, 2);
    assert!(complained(&refused).contains("run candour keys rotate again"), "{}", complained(&refused));
    assert_exit(&house.run(&["keys", "status"], &[]), 1);
    assert_exit(&house.run(&["keys", "rotate"], &[]), 0);
    assert_exit(&house.run(&["staff", "list"], &[]), 0);
}

#[test]
fn a_recovery_copy_brings_the_root_key_back_and_never_over_one_that_stands() {
    let house = House::published();
    let copy = house.path("first.recovery");
    let (code, output) = copied(&house, &copy);
    assert_exit(&output, 0);
    assert_eq!(
        copy.metadata().map(|there| std::os::unix::fs::MetadataExt::mode(&there) & 0o777).expect("there"),
        0o600
    );
    assert_exit(&recovered(&house, &copy, &code), 2);
    let silent = house.run(&["keys", "copy", "--to", word(&house.path("silent"))], &[]);
    assert_exit(&silent, 2);
    assert!(complained(&silent).contains("the code that you wrote down was not given. "), "{}", complained(&silent));
    let before = std::fs::read(house.path("root.key")).expect("a root");
    std::fs::remove_file(house.path("root.key")).expect("lost");
    let lost = house.run(&["staff", "list"], &[]);
    assert_exit(&lost, 2);
    assert!(complained(&lost).contains("candour keys recover --from FILE"), "{}", complained(&lost));
    assert!(!house.path("root.key").exists(), "another was drawn in its place");
    let status = house.run(&["keys", "status"], &[]);
    assert_exit(&status, 1);
    assert!(said(&status).contains("the key of 1 day") && said(&status).contains("keys recover"), "{}", said(&status));
    let slip = recovered(&house, &copy, &code.replacen(&code[..1], if code.starts_with('Q') { "R" } else { "Q" }, 1));
    assert_exit(&slip, 2);
    assert!(complained(&slip).contains("group 1"), "{}", complained(&slip));
    assert_exit(&recovered(&house, &copy, &code), 0);
    assert_eq!(std::fs::read(house.path("root.key")).expect("a root"), before);
    // After a rotation it is of no use, and says so.
    assert_exit(&house.run(&["keys", "rotate"], &[]), 0);
    std::fs::rename(house.path("root.key"), house.path("aside")).expect("moved");
    let old = recovered(&house, &copy, &code);
    assert_exit(&old, 2);
    assert!(complained(&old).contains("before a rotation"), "{}", complained(&old));
    assert!(!house.path("root.key").exists());
}

#[test]
fn doctor_counts_recovery_copies() {
    let house = House::published();
    let line = || {
        let words = said(&house.run(&["doctor"], &[]));
        words.lines().find(|line| line.contains(" recovery: ")).expect("a line").to_owned()
    };
    assert!(line().starts_with("warning"));
    for name in ["first", "second"] {
        assert_exit(&copied(&house, &house.path(name)).1, 0);
    }
    assert!(line().starts_with("ok"), "{}", line());
    assert_exit(&house.run(&["keys", "rotate"], &[]), 0);
    assert!(line().starts_with("warning"), "{}", line());
}

#[test]
fn a_passphrase_opens_the_keyring_and_can_be_replaced() {
    let house = House::empty();
    let file = |name: &str, words: &str| {
        std::fs::write(house.path(name), words).expect("written");
        house.path(name)
    };
    let (good, wrong) = (file("good", PASSPHRASE), file("wrong", "seven quiet rivers under stone"));
    let next = file("next", "nine loud brooks over granite");
    let with = |path: &Path| {
        [("CANDOUR_ROOT_KEY", "passphrase".to_owned()), ("CANDOUR_PASSPHRASE_FILE", word(path).to_owned())]
    };
    let run = |words: &[&str], path: &Path| {
        let environment = with(path);
        house.run(words, &environment.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    assert_exit(&run(&["notice", "publish", word(&house.path("segfl.toml"))], &good), 0);
    assert!(!house.path("root.key").exists());
    assert_exit(&run(&["staff", "list"], &good), 0);
    assert_exit(&run(&["staff", "list"], &wrong), 2);
    assert_exit(&run(&["keys", "rotate", "--new-passphrase-file", word(&next)], &good), 0);
    assert_exit(&run(&["staff", "list"], &good), 2);
    assert_exit(&run(&["staff", "list"], &next), 0);
    for words in [said(&run(&["keys", "status"], &next)), complained(&run(&["staff", "list"], &wrong))] {
        assert!(!words.contains("granite") && !words.contains("stone"), "{words}");
    }
}

#[test]
fn a_credential_of_the_service_manager_is_the_root_key() {
    let house = House::published();
    std::fs::create_dir(house.path("credentials")).expect("a folder");
    std::fs::rename(house.path("root.key"), house.path("credentials/candour-root")).expect("moved");
    let folder = house.path("credentials");
    let environment = [("CANDOUR_ROOT_KEY", "credential:candour-root"), ("CREDENTIALS_DIRECTORY", word(&folder))];
    assert_exit(&house.run(&["staff", "list"], &environment), 0);
    let without = house.run(&["staff", "list"], &environment[..1]);
    assert_exit(&without, 2);
    assert!(complained(&without).contains("LoadCredential"), "{}", complained(&without));
}
