use super::keys::{KEYS, Kind, Need};
use super::*;

/// What must be given, and nothing else.
const WHOLE: &str = r#"
address = "https://portal.segfl.example/"
data = "/var/lib/candour/data"
keyring = ["/mnt/one/keyring", "/mnt/other/keyring"]
root_key = "/etc/candour/root.key"
journal = "/mnt/one/journal"

[mail]
host = "mail.segfl.example"
from = "SEGfL <desk@segfl.example>"
"#;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Wrong> {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::of("candour.toml", text, &environment)
}

fn whole(text: &str, environment: &[(&str, &str)]) -> Settings {
    match read(text, environment) {
        Ok(settings) => settings,
        Err(wrong) => panic!("{wrong}"),
    }
}

/// What is said about a text, a line for each problem.
fn problems(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match read(text, environment) {
        Err(Wrong::Problems(problems)) => problems.iter().map(ToString::to_string).collect(),
        Err(wrong) => panic!("{wrong}"),
        Ok(_) => Vec::new(),
    }
}

fn assert_one(problems: &[String], parts: &[&str]) {
    assert_eq!(problems.len(), 1, "{problems:?}");
    for part in parts {
        assert!(problems[0].contains(part), "{part} is missing in {problems:?}");
    }
}

#[test]
fn a_short_file_is_enough() {
    let settings = whole(WHOLE, &[]);
    assert_eq!(settings.listen, "127.0.0.1:8080");
    assert_eq!(settings.address, "https://portal.segfl.example");
    assert_eq!((settings.mail.port, settings.mail.security.as_str()), (587, "starttls"));
    assert_eq!(settings.places.keyring.len(), 2);
    assert!(settings.tls.is_none() && settings.notice.is_none() && settings.log == Log::Text);
}

#[test]
fn the_public_log_stands_beside_the_journal_unless_said_otherwise() {
    assert_eq!(whole(WHOLE, &[]).places.evidence, Path::new("/mnt/one/evidence"));
    let settings = whole(WHOLE, &[("CANDOUR_EVIDENCE", "/mnt/other/log"), ("CANDOUR_BACKUPS", "/mnt/backups")]);
    assert_eq!(settings.places.evidence, Path::new("/mnt/other/log"));
    assert_eq!(settings.backups.as_deref(), Some(Path::new("/mnt/backups")));
    for (name, place) in [
        ("CANDOUR_EVIDENCE", "/var/lib/candour/data/log"),
        ("CANDOUR_BACKUPS", "/var/lib/candour/data/backups"),
        ("CANDOUR_BACKUPS", "/mnt/one"),
        ("CANDOUR_BACKUPS", "/mnt/one/keyring/backups"),
    ] {
        assert_one(&problems(WHOLE, &[(name, place)]), &[name]);
    }
}

#[test]
fn a_root_key_is_a_file_a_credential_or_a_passphrase() {
    let root = |word: &str| whole(WHOLE, &[("CANDOUR_ROOT_KEY", word)]).places.root;
    assert!(matches!(root("/etc/root.key"), RootPlace::File(file) if file == Path::new("/etc/root.key")));
    assert!(matches!(root("credential:candour-root"), RootPlace::Credential(name) if name == "candour-root"));
    assert!(matches!(root("passphrase"), RootPlace::Passphrase(words) if words.is_empty()));
    for wrong in ["credential:", "credential:../root", "/var/lib/candour/data/root.key"] {
        assert_one(&problems(WHOLE, &[("CANDOUR_ROOT_KEY", wrong)]), &["CANDOUR_ROOT_KEY"]);
    }
    assert_one(&problems(WHOLE, &[("CANDOUR_PASSPHRASE_FILE", "/pass")]), &["comes from elsewhere"]);
}

#[test]
fn the_environment_wins() {
    let settings = whole(
        WHOLE,
        &[
            ("CANDOUR_MAIL_PORT", "465"),
            ("CANDOUR_MAIL_SECURITY", "tls"),
            ("CANDOUR_KEYRING", "/mnt/third/keyring"),
            ("CANDOUR_LOG", "json"),
            ("CANDOUR_LISTEN", ""),
            ("PATH", "/usr/bin"),
        ],
    );
    assert_eq!((settings.mail.port, settings.mail.security.as_str()), (465, "tls"));
    assert_eq!(settings.places.keyring, [Path::new("/mnt/third/keyring")]);
    assert_eq!((settings.log, settings.listen.as_str()), (Log::Json, "127.0.0.1:8080"));
}

#[test]
fn the_environment_alone_can_say_everything() {
    let settings = whole(
        "",
        &[
            ("CANDOUR_ADDRESS", "https://portal.segfl.example"),
            ("CANDOUR_DATA", "/data"),
            ("CANDOUR_KEYRING", "/one:/other"),
            ("CANDOUR_ROOT_KEY", "/root.key"),
            ("CANDOUR_JOURNAL", "/journal"),
            ("CANDOUR_MAIL_HOST", "mail.segfl.example"),
            ("CANDOUR_MAIL_FROM", "desk@segfl.example"),
        ],
    );
    assert_eq!(settings.places.keyring, [Path::new("/one"), Path::new("/other")]);
}

#[test]
fn a_wrong_value_in_the_file_does_not_count_where_the_environment_speaks() {
    let text = format!("listen = 8080\n{WHOLE}");
    assert_one(&problems(&text, &[]), &["candour.toml:1", "listen must be a text in quotes"]);
    assert_eq!(problems(&text, &[("CANDOUR_LISTEN", "0.0.0.0:80")]), Vec::<String>::new());
}

#[test]
fn every_problem_is_said_at_once_with_its_place_and_a_mend() {
    let text = r#"listn = "127.0.0.1:8080"
address = "http://portal.segfl.example"
data = "/data"
keyring = ["/data/keyring"]
journal = "/journal"
log = "xml"

[mail]
host = "mail.segfl.example"
port = 0
security = "none"
"#;
    let said = problems(text, &[("CANDOUR_MAIL_HOSTS", "x"), ("CANDOUR_TLS_KEY", "/key.pem")]);
    let expected: [&[&str]; 9] = [
        &["candour.toml:1", "no key listn", "Did you mean listen?"],
        &["CANDOUR_MAIL_HOSTS", "Did you mean CANDOUR_MAIL_HOST?"],
        &["CANDOUR_TLS_KEY", "stands without tls.certificate"],
        &["candour.toml:2", "in clear", "https://"],
        &["candour.toml: ", "root_key is missing", "CANDOUR_ROOT_KEY"],
        &["candour.toml:4", "in the data folder"],
        &["candour.toml:6", "\"xml\"", "\"text\" or \"json\""],
        &["candour.toml:10", "\"0\" is no port"],
        &["candour.toml: ", "mail.from is missing"],
    ];
    for parts in expected {
        assert!(
            said.iter().any(|one| parts.iter().all(|part| one.contains(part))),
            "{parts:?} is missing in {said:#?}"
        );
    }
}

#[test]
fn a_file_that_is_no_toml_is_named_by_its_line() {
    let said = problems(&format!("{WHOLE}\nport = = 5\n"), &[]);
    assert!(said.iter().any(|one| one.starts_with("candour.toml:12: this is not TOML")), "{said:#?}");
}

#[test]
fn a_secret_is_not_taken_and_not_repeated() {
    let said = problems(&format!("{WHOLE}password = \"hunter2\"\n"), &[("CANDOUR_DATABASE_PASSWORD", "hunter2")]);
    assert!(said.iter().any(|one| one.contains("Did you mean mail.password_file?")), "{said:#?}");
    assert!(said.iter().any(|one| one.contains("CANDOUR_DATABASE_PASSWORD_FILE")), "{said:#?}");
    let url = "postgresql://candour:hunter2@db.segfl.example/candour";
    let database = problems(WHOLE, &[("CANDOUR_DATABASE", url)]);
    assert_one(&database, &["CANDOUR_DATABASE", "database_password_file"]);
    assert!(!format!("{said:?}{database:?}").contains("hunter2"), "{said:#?}");
}

#[test]
fn a_server_gets_the_password_of_its_file() {
    let url = "postgresql://candour@one.example,other.example/candour?sslrootcert=/ca.pem";
    assert_eq!(
        with_password(url, "p:ss/w@rd "),
        "postgresql://candour:p%3Ass%2Fw%40rd%20@one.example,other.example/candour?sslrootcert=/ca.pem"
    );
    let settings = whole(WHOLE, &[("CANDOUR_DATABASE", url)]);
    assert!(matches!(settings.places.engine, Engine::Postgres { .. }));
}

#[test]
fn plain_http_is_for_this_machine_only_and_never_beside_tls() {
    let at =
        |address: &str, more: &[(&str, &str)]| problems(WHOLE, &[&[("CANDOUR_ADDRESS", address)], more].concat()).len();
    let tls = [("CANDOUR_TLS_CERTIFICATE", "/chain.pem"), ("CANDOUR_TLS_KEY", "/key.pem")];
    assert_eq!(at("http://127.0.0.1:8080", &[]), 0);
    assert_eq!(at("http://[::1]:8080", &[]), 0);
    assert_eq!(at("http://127.0.0.1:8080", &tls), 1);
    assert_eq!(at("https://127.0.0.1:8080", &tls), 0);
    for wrong in ["http://portal.segfl.example", "portal.segfl.example", "https://portal.segfl.example/portal", "x"] {
        assert_eq!(at(wrong, &[]), 1, "{wrong}");
    }
}

#[test]
fn variables_are_made_from_names_by_one_rule() {
    let variable = |name| KEYS.iter().find(|key| key.name == name).map(keys::Key::variable);
    assert_eq!(variable("mail.password_file").as_deref(), Some("CANDOUR_MAIL_PASSWORD_FILE"));
    let variables: std::collections::BTreeSet<_> = KEYS.iter().map(keys::Key::variable).collect();
    assert_eq!(variables.len(), KEYS.len());
}

/// The table of docs/operating.md, as it must stand there.
fn table() -> String {
    let row = |key: &keys::Key| {
        let need = match key.need {
            Need::Default(word) => format!("`{word}`"),
            Need::Optional => "–".to_owned(),
            Need::Required => "required".to_owned(),
        };
        let kind = match key.kind {
            Kind::List => "list",
            Kind::Number => "number",
            Kind::Text => "text",
        };
        format!("| `{}` | `{}` | {kind} | {need} | {} |\n", key.name, key.variable(), key.words)
    };
    KEYS.iter().map(row).collect()
}

#[test]
fn the_page_for_operators_lists_every_key() {
    let page = include_str!("../../../../../docs/operating.md");
    assert!(page.contains(&table()), "docs/operating.md must hold this table:\n{}", table());
}
