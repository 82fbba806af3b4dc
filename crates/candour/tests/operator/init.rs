//! `candour init`.

use crate::support::{House, assert_exit, candour, complained, said};
use std::os::unix::fs::PermissionsExt;

fn mode(house: &House, name: &str) -> u32 {
    house.path(name).metadata().expect("it is there").permissions().mode() & 0o777
}

#[test]
fn an_installation_is_made_for_its_owner_alone_and_ends_with_what_to_do_next() {
    let (house, words) = House::made();
    for folder in ["house", "house/data", "house/keyring"] {
        assert_eq!(mode(&house, folder), 0o700, "{folder}");
    }
    for file in ["house/candour.toml", "house/root.key", "house/notice.toml", "house/data/candour.db"] {
        assert_eq!(mode(&house, file), 0o600, "{file}");
    }
    let config = std::fs::read_to_string(house.path("house/candour.toml")).expect("a configuration");
    assert!(config.lines().count() <= 40, "{} lines", config.lines().count());
    let link = words.lines().find(|line| line.contains("/staff/join/")).expect("a link");
    assert!(!config.contains(link) && !config.contains("officer"), "{config}");
    let next: Vec<&str> = words.lines().skip_while(|line| *line != "Next:").skip(1).collect();
    assert_eq!(next.len(), 3, "{words}");
    assert!(next[0].contains("candour serve") && next[1].contains("candour doctor"), "{words}");
    assert!(!words.to_lowercase().contains("password:"), "{words}");
}

#[test]
fn the_printed_link_lets_the_first_officer_in() {
    let (house, words) = House::made();
    let link = words.lines().find_map(|line| line.strip_prefix("https://portal.segfl.example")).expect("a link");
    let server = house.serve(&[]);
    let answer = server.get(link, "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("the data protection officer"), "{answer}");
}

#[test]
fn what_stands_is_never_overwritten() {
    let (house, _) = House::made();
    let names = ["house/candour.toml", "house/root.key", "house/data/candour.db", "house/notice.toml"];
    let contents = || names.map(|name| std::fs::read(house.path(name)).expect("it is there"));
    let before = contents();
    let again = house.init(&[]);
    assert_exit(&again, 2);
    assert!(complained(&again).contains("candour doctor --config"), "{}", complained(&again));
    assert!(contents() == before, "something was changed");
    // Even one file of another's is left alone.
    let other = House::empty();
    std::fs::create_dir(other.path("house")).expect("a folder");
    std::fs::set_permissions(other.path("house"), PermissionsExt::from_mode(0o700)).expect("set");
    std::fs::write(other.path("house/root.key"), "mine").expect("written");
    assert_exit(&other.init(&[]), 2);
    assert_eq!(std::fs::read_to_string(other.path("house/root.key")).expect("there"), "mine");
    assert_eq!(std::fs::read_dir(other.path("house")).expect("a folder").count(), 1);
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let house = House::empty();
    let broken = house.path("broken.toml");
    std::fs::write(&broken, "[notice]\nid = \"x\"\n").expect("written");
    let no_notice = house.init(&["--notice", broken.to_str().expect("a path")]);
    assert_exit(&no_notice, 2);
    assert!(complained(&no_notice).contains("has errors"), "{}", complained(&no_notice));
    // The configuration cannot be written, after the folder was made.
    let config = house.path("nowhere/candour.toml");
    assert_exit(&house.init(&["--config", config.to_str().expect("a path")]), 2);
    assert!(!house.path("house").exists());
}

#[test]
fn of_two_at_once_one_installation_stands_whole() {
    let house = House::empty();
    let (one, other) = std::thread::scope(|scope| {
        let run = || house.init(&[]).status.success();
        let (one, other) = (scope.spawn(run), scope.spawn(run));
        (one.join().expect("it ran"), other.join().expect("it ran"))
    });
    assert!(one != other, "{one} and {other}");
    let examined = house.doctor(&[], &[]);
    assert_exit(&examined, 0);
}

#[test]
fn nobody_is_asked_who_the_first_officer_is() {
    let house = House::empty();
    let refused = house.init(&["--officer", "tamsin.ferreday@segfl.example"]);
    assert_exit(&refused, 2);
    assert!(!house.path("house").exists());
}

#[test]
fn scripts_give_their_answers_in_a_file_and_hear_of_everything_that_is_missing() {
    let house = House::empty();
    let (answers, folder) = (house.path("answers.toml"), house.path("house"));
    let file = answers.to_str().expect("a path");
    std::fs::write(&answers, format!("folder = {folder:?}\nmail = \"localhost:25\"\n")).expect("written");
    let missing = candour(&["init", "--answers", file], &[]);
    assert_exit(&missing, 2);
    assert!(complained(&missing).contains("--address is missing"), "{}", complained(&missing));
    let whole = candour(&["init", "--answers", file, "--address", "https://portal.segfl.example"], &[]);
    assert_exit(&whole, 0);
    assert!(said(&whole).contains("/staff/join/"), "{}", said(&whole));
    std::fs::write(&answers, "folders = \"x\"\n").expect("written");
    assert_exit(&candour(&["init", "--answers", file], &[]), 2);
}

#[test]
fn a_second_place_of_the_keyring_holds_the_same_keys() {
    let house = House::empty();
    let second = house.path("other/keyring");
    let words = ["--keyring", second.to_str().expect("a path")];
    assert_exit(&house.init(&words), 0);
    let slots = |folder: &std::path::Path| {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).expect("a place").flatten().map(|one| one.file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(slots(&second), slots(&house.path("house/keyring")));
    let config = std::fs::read_to_string(house.path("house/candour.toml")).expect("a configuration");
    assert!(
        config.contains("other/keyring") && config.contains("evidence = ") && config.contains("backups = "),
        "{config}"
    );
    // Keys of another installation stay.
    let other = House::empty();
    let words = ["--keyring", second.to_str().expect("a path")];
    assert_exit(&other.init(&words), 2);
    assert_eq!(slots(&second), slots(&house.path("house/keyring")));
}
