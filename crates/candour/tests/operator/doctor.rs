//! `candour doctor`.

use crate::support::{House, assert_exit, complained, said};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

/// Check and verdict of every line.
fn verdicts(output: &Output) -> Vec<(String, String)> {
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let checks = json["checks"].as_array().expect("an array");
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().expect("a text").to_owned();
    for one in checks {
        let mut keys: Vec<&str> = one.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["check", "mend", "says", "verdict"]);
        assert_eq!(one["mend"].is_null(), one["verdict"] == "ok", "{one}");
    }
    checks.iter().map(|one| (text(one, "check"), text(one, "verdict"))).collect()
}

fn is(verdicts: &[(String, String)], check: &str, verdict: &str) -> bool {
    verdicts.iter().any(|(one, how)| one == check && how == verdict)
}

#[test]
fn a_new_installation_has_warnings_and_no_problem() {
    let (house, _) = House::made();
    let output = house.doctor(&["--format", "json"], &[]);
    assert_exit(&output, 0);
    let all = verdicts(&output);
    for check in
        ["settings", "rights", "keyring", "journal", "certificate", "mail", "database", "clock", "notice", "day"]
    {
        assert!(is(&all, check, "ok"), "{check} in {all:?}");
    }
    assert!(is(&all, "server", "warning") && is(&all, "places", "warning"), "{all:?}");
}

#[test]
fn it_looks_beside_a_running_server_and_changes_nothing() {
    let (house, _) = House::made();
    let server = house.serve(&[]);
    let output = house.doctor(&["--format", "json"], &[]);
    assert_exit(&output, 0);
    assert!(is(&verdicts(&output), "server", "ok"), "{}", said(&output));
    assert!(server.get("/privacy", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn what_is_open_to_others_is_a_problem_with_the_command_that_mends_it() {
    let (house, _) = House::made();
    let root = house.path("house/root.key");
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o644)).expect("set");
    let output = house.doctor(&[], &[]);
    assert_exit(&output, 1);
    assert!(said(&output).contains(&format!("chmod 600 {}", root.display())), "{}", said(&output));
    assert!(said(&output).ends_with("warnings.\n") && said(&output).contains("1 problem, "), "{}", said(&output));
}

#[test]
fn a_folder_in_which_others_may_put_another_key_or_configuration_is_a_problem() {
    let (house, _) = House::made();
    let set = |name: &str, mode| std::fs::set_permissions(house.path(name), PermissionsExt::from_mode(mode));
    // The keys stand in it, and so does the configuration.
    set("house", 0o770).expect("set");
    let output = house.doctor(&[], &[]);
    assert_exit(&output, 1);
    let (words, folder) = (said(&output), house.path("house"));
    assert!(words.contains(&format!("chmod go-w {}", folder.display())) && words.contains("1 problem, "), "{words}");
    set("house", 0o755).expect("set");
    assert_exit(&house.doctor(&[], &[]), 0);
    // The folder around it: whoever may write there may put another in its place.
    set(".", 0o722).expect("set");
    assert_exit(&house.doctor(&[], &[]), 1);
    // In one like /tmp nobody renames what is another's.
    set(".", 0o1777).expect("set");
    assert_exit(&house.doctor(&[], &[]), 0);
    set("house/candour.toml", 0o620).expect("set");
    assert!(said(&house.doctor(&[], &[])).contains("candour.toml"));
    assert_exit(&house.doctor(&[], &[]), 1);
}

#[test]
fn keys_that_are_gone_and_mail_that_does_not_answer_are_problems() {
    let (house, _) = House::made();
    std::fs::rename(house.path("house/keyring"), house.path("elsewhere")).expect("moved");
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let output = house.doctor(&["--format", "json"], &[("CANDOUR_MAIL_PORT", &free.to_string())]);
    assert_exit(&output, 1);
    let all = verdicts(&output);
    assert!(["keyring", "mail", "database"].iter().all(|check| is(&all, check, "problem")), "{all:?}");
    assert!(!house.path("house/keyring").exists(), "a doctor makes nothing");
}

#[test]
fn a_notice_that_was_edited_and_not_published_is_said() {
    let (house, _) = House::made();
    let file = house.path("house/notice.toml");
    let text = std::fs::read_to_string(&file).expect("a notice");
    assert!(said(&house.doctor(&[], &[])).contains("is what is in force."));
    std::fs::write(&file, text.replace("SEGfL", "SEGL")).expect("written");
    let output = house.doctor(&[], &[]);
    assert_exit(&output, 0);
    assert!(said(&output).contains("differs from the notice in force"), "{}", said(&output));
}

#[test]
fn a_certificate_of_another_name_is_a_problem() {
    let (house, _) = House::made();
    let made = rcgen::generate_simple_self_signed(vec!["www.segfl.example".to_owned()]).expect("a certificate");
    let (chain, key) = (house.path("chain.pem"), house.path("key.pem"));
    std::fs::write(&chain, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).expect("set");
    let files = [
        ("CANDOUR_TLS_CERTIFICATE", chain.to_str().expect("a path")),
        ("CANDOUR_TLS_KEY", key.to_str().expect("a path")),
    ];
    let output = house.doctor(&[], &files);
    assert_exit(&output, 1);
    assert!(said(&output).contains("does not speak for portal.segfl.example"), "{}", said(&output));
}

#[test]
fn a_configuration_with_problems_is_answered_with_1_and_one_that_is_missing_with_2() {
    let (house, _) = House::made();
    let output = house.doctor(&["--format", "json"], &[("CANDOUR_LISTEN", "x"), ("CANDOUR_LOGS", "json")]);
    assert_exit(&output, 1);
    assert_eq!(verdicts(&output), vec![("settings".to_owned(), "problem".to_owned()); 2]);
    std::fs::remove_file(house.path("house/candour.toml")).expect("removed");
    let output = house.doctor(&[], &[]);
    assert_exit(&output, 2);
    assert_eq!(complained(&output).lines().count(), 1, "{}", complained(&output));
}

#[test]
fn nobody_is_named() {
    let (house, _) = House::made();
    let text = said(&house.doctor(&[], &[])) + &said(&house.doctor(&["--format", "json"], &[]));
    for personal in ["desk@segfl.example", "/staff/join/"] {
        assert!(!text.contains(personal), "{text}");
    }
}
