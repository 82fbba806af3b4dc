//! The configuration: one file of at most forty lines, every key also in the environment, which wins. Unknown keys are
//! refused, and everything that is wrong is said at once. Secrets stand in files that it names, never in it.

mod gather;
mod keys;
mod problem;
#[cfg(test)]
mod tests;

pub(super) use problem::Wrong;

use super::{Cannot, terminal};
use crate::app::{App, Places, RootPlace, Start};
use crate::mail::{Mailer, Smtp};
use axum::http::Uri;
use gather::Gathered;
use law::Clock;
use std::path::{Path, PathBuf};
use store::Engine;
use zeroize::Zeroizing;

/// The engine in the program itself.
const SQLITE: &str = "sqlite";

/// A root key that is made from what somebody knows.
const PASSPHRASE: &str = "passphrase";

/// What the program is told.
pub(super) struct Settings {
    /// Where to listen: `127.0.0.1:8080`.
    pub(super) listen: String,
    /// The public address, without a slash at its end: `https://portal.segfl.example`.
    pub(super) address: String,
    /// Where things stand.
    pub(super) places: Places,
    /// The file of the notice, to compare with what is in force.
    pub(super) notice: Option<PathBuf>,
    /// How the log is written.
    pub(super) log: Log,
    /// The user's password on a PostgreSQL server.
    pub(super) database_password: Option<PathBuf>,
    /// The passphrase of the root key, where it is one and is not typed.
    pub(super) passphrase: Option<PathBuf>,
    /// Where copies of the database are kept.
    pub(super) backups: Option<PathBuf>,
    /// The mail server.
    pub(super) mail: MailSettings,
    /// The certificate, where TLS ends here.
    pub(super) tls: Option<TlsFiles>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// One object a line.
    Json,
    /// For people.
    Text,
}

/// `[mail]`.
pub(super) struct MailSettings {
    /// Host name of the server.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// `tls`, `starttls`, or `none` on the same machine only.
    pub(super) security: String,
    /// User name and the file with the password, where the server wants them.
    pub(super) user: Option<(String, PathBuf)>,
    /// The sender.
    pub(super) from: String,
}

/// `[tls]`.
#[derive(Clone)]
pub(super) struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub(super) certificate: PathBuf,
    /// Its private key.
    pub(super) key: PathBuf,
}

impl Settings {
    /// Reads the file and the environment.
    pub(super) fn read(path: &Path) -> Result<Self, Wrong> {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .collect();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of(&path.display().to_string(), &text, &environment),
            // The environment alone may say everything, as in a container.
            Err(error) => Self::of("the environment", "", &environment).map_err(|_| {
                Wrong::Unreadable(format!(
                    "{} cannot be read: {error}. Make it with candour init, or name another with --config.",
                    path.display()
                ))
            }),
        }
    }

    /// Reads them from a text that is called `file`, and from an environment.
    pub(super) fn of(file: &str, text: &str, environment: &[(String, String)]) -> Result<Self, Wrong> {
        let mut gathered = Gathered::new(file, text, environment);
        let settings = build(&mut gathered);
        match settings {
            Some(settings) if gathered.problems.is_empty() => Ok(settings),
            _ => Err(Wrong::Problems(gathered.problems)),
        }
    }

    /// How mail leaves.
    pub(super) fn smtp(&self) -> Result<Smtp, Cannot> {
        let mail = &self.mail;
        Smtp::new(&mail.host, mail.port, &mail.security, mail.credentials()?, &mail.from)
    }

    /// Opens the program on it; `serving` where this process is alone on the data.
    pub(super) fn open(self, serving: bool) -> Result<App, Cannot> {
        let app = App::start(self.start(self.places()?, serving)?)?;
        if let Some(file) = self.notice {
            app.notice_file().is_at(file);
        }
        Ok(app)
    }

    /// What the program is started with.
    pub(super) fn start(&self, places: Places, serving: bool) -> Result<Start, Cannot> {
        Ok(Start {
            places,
            clock: Clock::system(),
            seed: None,
            mailer: Mailer::Smtp(self.smtp()?),
            address: self.address.clone(),
            demo: false,
            serving,
            patience: crate::app::PATIENCE,
        })
    }

    /// Where things stand, with the password of the server and the passphrase of the root key, read or asked for.
    pub(super) fn places(&self) -> Result<Places, Cannot> {
        let mut places = self.places.clone();
        if let (Engine::Postgres { url, .. }, Some(file)) = (&mut places.engine, &self.database_password) {
            *url = with_password(url, &secret(file, "database")?);
        }
        let first = !places.has_keys();
        if let RootPlace::Passphrase(words) = &mut places.root {
            *words = terminal::secret("passphrase of the root key", self.passphrase.as_deref(), first)?;
        }
        Ok(places)
    }
}

impl MailSettings {
    fn credentials(&self) -> Result<Option<(String, String)>, Cannot> {
        let Some((user, file)) = &self.user else { return Ok(None) };
        Ok(Some((user.clone(), secret(file, "mail")?)))
    }
}

/// What a file of a password says, without the end of its line.
fn secret(file: &Path, whose: &str) -> Result<String, Cannot> {
    match std::fs::read_to_string(file) {
        Ok(password) => Ok(password.trim_end().to_owned()),
        Err(error) => Err(Cannot(format!("the {whose} password in {} cannot be read: {error}.", file.display()))),
    }
}

/// The address of a server with the password of its user, percent-encoded (RFC 3986 section 2.1).
fn with_password(url: &str, password: &str) -> String {
    let encoded = password.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => format!("{all}{}", char::from(byte)),
        byte => format!("{all}%{byte:02X}"),
    });
    match url.split_once('@') {
        Some((user, place)) => format!("{user}:{encoded}@{place}"),
        None => url.to_owned(),
    }
}

/// What is wrong with the text of one key, for whoever is just being asked for it.
pub(super) fn fault(name: &'static str, text: &str) -> Option<String> {
    let text = toml::Value::String(text.to_owned());
    let text = match name.split_once('.') {
        Some((section, key)) => format!("[{section}]\n{key} = {text}"),
        None => format!("{name} = {text}"),
    };
    let mut gathered = Gathered::new("", &text, &[]);
    build(&mut gathered);
    let found = gathered.problems.into_iter().find(|problem| problem.is_about(name))?;
    Some(format!("{}. {}", found.what, found.mend))
}

/// Asks for every key before it gives up on any, so that all problems come at once.
fn build(gathered: &mut Gathered<'_>) -> Option<Settings> {
    let listen = listen(gathered);
    let tls = tls(gathered);
    let address = address(gathered, tls.is_some());
    let (places, database_password) = (places(gathered), database_password(gathered));
    let passphrase = passphrase(gathered);
    let backups = places.as_ref().and_then(|places| backups(gathered, places));
    let notice = gathered.text("notice").map(PathBuf::from);
    let log = log(gathered);
    let mail = mail(gathered);
    Some(Settings {
        listen: listen?,
        address: address?,
        places: places?,
        notice,
        log: log?,
        database_password,
        passphrase,
        backups,
        mail: mail?,
        tls,
    })
}

fn listen(gathered: &mut Gathered<'_>) -> Option<String> {
    let listen = gathered.text("listen")?;
    let whole = listen.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if !whole {
        gathered.wrong("listen", format!("\"{listen}\" is no address with a port"), "Write it as 127.0.0.1:8080.");
    }
    Some(listen)
}

fn address(gathered: &mut Gathered<'_>, tls: bool) -> Option<String> {
    let address = gathered.text("address")?;
    let uri: Option<Uri> = address.parse().ok();
    let host = uri.as_ref().filter(|uri| uri.path() == "/" && uri.query().is_none()).and_then(Uri::host);
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    let mend = "Write it as https://portal.segfl.example, without a path.";
    match (scheme, host) {
        (Some("https"), Some(_)) => {}
        (Some("http"), Some(_)) if tls => {
            gathered.wrong("address", "[tls] is set, but the address begins with http://", mend);
        }
        (Some("http"), Some(host)) if crate::mail::is_here(host.trim_matches(['[', ']'])) => {}
        (Some("http"), Some(_)) => gathered.wrong("address", "people's data must not travel in clear", mend),
        _ => gathered.wrong("address", format!("\"{address}\" is no public address"), mend),
    }
    Some(address.trim_end_matches('/').to_owned())
}

fn places(gathered: &mut Gathered<'_>) -> Option<Places> {
    let data = gathered.text("data").map(PathBuf::from);
    let keyring = gathered.list("keyring");
    let root = root(gathered);
    let journal = gathered.text("journal").map(PathBuf::from);
    let evidence = gathered.text("evidence").map(PathBuf::from);
    if keyring.as_ref().is_some_and(Vec::is_empty) {
        gathered.wrong("keyring", "the keyring has no place", "Name at least one folder.");
    }
    let keyring: Option<Vec<PathBuf>> = keyring.map(|list| list.into_iter().map(PathBuf::from).collect());
    for place in keyring.iter().flatten() {
        outside(gathered, "keyring", place, data.as_deref());
    }
    if let Some(RootPlace::File(file)) = &root {
        outside(gathered, "root_key", file, data.as_deref());
    }
    for (name, place) in [("journal", &journal), ("evidence", &evidence)] {
        if let Some(place) = place {
            outside(gathered, name, place, data.as_deref());
        }
    }
    let engine = engine(gathered, data.as_deref());
    let journal = journal?;
    let evidence = evidence.unwrap_or_else(|| journal.with_file_name("evidence"));
    Some(Places { data: data?, engine: engine?, keyring: keyring?, root: root?, journal, evidence })
}

/// Says so where a place stands in the data folder.
fn outside(gathered: &mut Gathered<'_>, name: &'static str, place: &Path, data: Option<&Path>) {
    if data.is_some_and(|data| whole(place).starts_with(whole(data))) {
        let what = format!("{} stands in the data folder, so a copy of the data would hold it too", place.display());
        gathered.wrong(name, what, "Give it a place of its own.");
    }
}

/// A file, `credential:NAME`, or `passphrase`.
fn root(gathered: &mut Gathered<'_>) -> Option<RootPlace> {
    let root = gathered.text("root_key")?;
    if root == PASSPHRASE {
        return Some(RootPlace::Passphrase(Zeroizing::default()));
    }
    let Some(name) = root.strip_prefix("credential:") else { return Some(RootPlace::File(root.into())) };
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        let mend = "Write it as credential:candour-root, with LoadCredential=candour-root:… in the unit.";
        gathered.wrong("root_key", format!("\"{name}\" is no name of a credential"), mend);
    }
    Some(RootPlace::Credential(name.to_owned()))
}

fn passphrase(gathered: &mut Gathered<'_>) -> Option<PathBuf> {
    let file = gathered.text("passphrase_file")?;
    if gathered.text("root_key").is_some_and(|root| root != PASSPHRASE) {
        let mend = "Write root_key = \"passphrase\", or take the file out.";
        gathered.wrong("passphrase_file", "the root key comes from elsewhere", mend);
    }
    Some(file.into())
}

fn backups(gathered: &mut Gathered<'_>, places: &Places) -> Option<PathBuf> {
    let backups = PathBuf::from(gathered.text("backups")?);
    outside(gathered, "backups", &backups, Some(&places.data));
    let near = |place: &&PathBuf| {
        let (place, backups) = (whole(place), whole(&backups));
        place.starts_with(&backups) || backups.starts_with(&place)
    };
    if places.keyring.iter().any(|place| near(&place)) {
        let what = "copies and the keys that open them would stand together";
        gathered.wrong("backups", what, "Give the copies a place of their own.");
    }
    Some(backups)
}

fn engine(gathered: &mut Gathered<'_>, data: Option<&Path>) -> Option<Engine> {
    let database = gathered.text("database")?;
    if database == SQLITE {
        return Some(Engine::sqlite(crate::app::database(data?)));
    }
    let place = database.strip_prefix("postgresql://").or_else(|| database.strip_prefix("postgres://"));
    let Some(place) = place else {
        gathered.wrong("database", "this is no database", "Write \"sqlite\" or postgresql://user@host/name.");
        return None;
    };
    // Neither is quoted: that is the point.
    let user = place.split_once('@').map_or("", |(user, _)| user);
    if user.contains(':') || place.contains("password=") {
        let mend = "Take it out, and name a file with it in database_password_file.";
        gathered.wrong("database", "a password stands in the address", mend);
    }
    Some(Engine::postgres(database, data?))
}

fn database_password(gathered: &mut Gathered<'_>) -> Option<PathBuf> {
    let file = gathered.text("database_password_file")?;
    let database = gathered.text("database")?;
    if !database.contains('@') {
        let mend = "Write database as postgresql://user@host/name, or take the file out.";
        gathered.wrong("database_password_file", "there is no database user whose password it could be", mend);
    }
    Some(file.into())
}

/// A path without links, dots and double dots, as far as it stands on disk already.
fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = path.ancestors().find_map(|stem| Some((stem.canonicalize().ok()?, path.strip_prefix(stem).ok()?)));
    known.map_or(path.clone(), |(stem, rest)| stem.join(rest))
}

fn log(gathered: &mut Gathered<'_>) -> Option<Log> {
    match gathered.text("log")?.as_str() {
        "json" => Some(Log::Json),
        "text" => Some(Log::Text),
        other => {
            gathered.wrong("log", format!("\"{other}\" is no way to write the log"), "Write \"text\" or \"json\".");
            None
        }
    }
}

fn mail(gathered: &mut Gathered<'_>) -> Option<MailSettings> {
    let host = gathered.text("mail.host");
    let port = port(gathered);
    let security = gathered.text("mail.security");
    let user = pair(gathered, "mail.user", "mail.password_file").map(|(user, file)| (user, file.into()));
    let from = gathered.text("mail.from");
    // The mailer is the judge of its own settings; each probe asks about one of them.
    if let (Some(host), Some(port), Some(security)) = (&host, port, &security) {
        judged(gathered, "mail.security", Smtp::new(host, port, security, None, "desk@segfl.example"));
    }
    if let Some(from) = &from {
        judged(gathered, "mail.from", Smtp::new("localhost", 25, "none", None, from));
    }
    Some(MailSettings { host: host?, port: port?, security: security?, user, from: from? })
}

fn judged(gathered: &mut Gathered<'_>, name: &'static str, verdict: Result<Smtp, Cannot>) {
    if let Err(Cannot(sentence)) = verdict {
        let (what, mend) = sentence.split_once(". ").unwrap_or((sentence.trim_end_matches('.'), "Write another."));
        gathered.wrong(name, what, mend);
    }
}

fn port(gathered: &mut Gathered<'_>) -> Option<u16> {
    let port = gathered.text("mail.port")?;
    let number = port.parse().ok().filter(|number| *number > 0);
    if number.is_none() {
        gathered.wrong("mail.port", format!("\"{port}\" is no port"), "Write a number from 1 to 65535.");
    }
    number
}

fn tls(gathered: &mut Gathered<'_>) -> Option<TlsFiles> {
    let (certificate, key) = pair(gathered, "tls.certificate", "tls.key")?;
    Some(TlsFiles { certificate: certificate.into(), key: key.into() })
}

/// Two keys that mean something only together.
fn pair(gathered: &mut Gathered<'_>, one: &'static str, other: &'static str) -> Option<(String, String)> {
    match (gathered.text(one), gathered.text(other)) {
        (Some(first), Some(second)) => Some((first, second)),
        (Some(_), None) => {
            gathered.wrong(one, format!("{one} stands without {other}"), "Give both or neither.");
            None
        }
        (None, Some(_)) => {
            gathered.wrong(other, format!("{other} stands without {one}"), "Give both or neither.");
            None
        }
        (None, None) => None,
    }
}
