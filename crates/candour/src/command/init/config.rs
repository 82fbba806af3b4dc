//! The configuration as it is written: at most forty lines, what it says and what it could say.

use super::answers::Answers;
use super::place::Place;
use std::path::Path;

/// The text of `candour.toml`.
pub(super) fn text(answers: &Answers, place: &Place, server: Option<(&str, Option<&Path>)>) -> String {
    let (host, port) = &answers.mail;
    let security = match port {
        _ if crate::mail::is_here(host) => "none",
        465 => "tls",
        _ => "starttls",
    };
    let notice = answers.notice.as_ref().unwrap_or(&place.notice);
    let notice = std::path::absolute(notice).unwrap_or_else(|_| notice.clone());
    format!(
        r#"# Candour. Every key stands in docs/operating.md, and can also come from the environment, which wins: CANDOUR_MAIL_HOST.
listen = "127.0.0.1:8080"
address = {address}
# log = "json"

data = {data}
# Never in the data folder and never in a backup{second}.
keyring = [{keyring}]
# With the keyring and this file everything can be read. Or "credential:NAME" of systemd, or "passphrase".
root_key = {root}
# What a restore needs when the disk of the data is gone: on another one, like the public log in evidence.
journal = {journal}
evidence = {evidence}
# Sealed copies, by candour backup; keep others elsewhere.
backups = {backups}
{database}
# What is in force was published; candour doctor says when this file differs from it.
notice = {notice}

[mail]
host = {host}
port = {port}
security = "{security}" # starttls, tls, or none on this machine
# user = "portal"
# password_file = "/etc/candour/mail.password"
from = {from}

# Where no proxy stands in front: a certificate and its key, looked at again each minute.
# [tls]
# certificate = "/etc/candour/chain.pem"
# key = "/etc/candour/key.pem"
"#,
        address = quoted(&answers.address),
        data = path(&place.data),
        second = if place.second.is_some() {
            ""
        } else {
            "; a second folder on another disk guards against losing everything"
        },
        keyring = std::iter::once(&place.keyring)
            .chain(&place.second)
            .map(|place| path(place))
            .collect::<Vec<_>>()
            .join(", "),
        root = path(&place.root),
        journal = path(&place.journal),
        evidence = path(&place.evidence),
        backups = path(&place.backups),
        database = database(server),
        notice = path(&notice),
        host = quoted(host),
        from = quoted(&answers.from),
    )
}

fn database(server: Option<(&str, Option<&Path>)>) -> String {
    match server {
        None => {
            "# database = \"postgresql://candour@db.segfl.example/candour\" # instead of SQLite in data\n".to_owned()
        }
        Some((url, None)) => format!("database = {}\n", quoted(url)),
        Some((url, Some(file))) => format!("database = {}\ndatabase_password_file = {}\n", quoted(url), path(file)),
    }
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
