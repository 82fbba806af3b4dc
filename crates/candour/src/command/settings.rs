//! The configuration file: a dozen keys, unknown ones refused. Secrets are in files that it names, never in it.

use super::Cannot;
use crate::app::{App, Places, Start};
use crate::mail::{Mailer, Smtp};
use law::Clock;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `candour.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Where to listen: `127.0.0.1:8080`. TLS ends at a proxy in front.
    pub listen: String,
    /// The public address, for links in mails: `https://portal.segfl.example`.
    pub address: String,
    /// The folder of the database.
    data: PathBuf,
    /// Folders of the keyring: outside the data folder and every backup set.
    keyring: Vec<PathBuf>,
    /// The file of the root key.
    root_key: PathBuf,
    /// The journal of erasures.
    journal: PathBuf,
    /// The mail server.
    mail: MailSettings,
}

/// `[mail]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailSettings {
    /// Host name of the server.
    pub host: String,
    /// Its port: 587 or 465; 25 on the same machine.
    pub port: u16,
    /// `tls`, `starttls`, or `none` on the same machine only.
    pub security: String,
    /// User name, where the server wants one.
    pub user: Option<String>,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// The sender: `SEGfL <desk@segfl.example>`.
    pub from: String,
}

impl Settings {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, Cannot> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Cannot(format!("{} cannot be read: {error}. Name another with --config.", path.display()))
        })?;
        let settings: Self = toml::from_str(&text).map_err(|error| Cannot(format!("{}: {error}", path.display())))?;
        let data = whole(&settings.data);
        let apart = settings.keyring.iter().chain([&settings.root_key, &settings.journal]);
        if let Some(place) = apart.map(|place| whole(place)).find(|place| place.starts_with(&data)) {
            return Err(Cannot(format!(
                "{} stands in the data folder: a copy of the data would hold it too. Give it a place of its own.",
                place.display()
            )));
        }
        Ok(settings)
    }

    /// Opens the program on it; `serving` where this process is alone on the data.
    pub(super) fn open(self, serving: bool) -> Result<App, Cannot> {
        let mailer = Mailer::Smtp(Smtp::new(
            &self.mail.host,
            self.mail.port,
            &self.mail.security,
            self.mail.credentials()?,
            &self.mail.from,
        )?);
        Ok(App::start(Start {
            places: Places { data: self.data, keyring: self.keyring, root: self.root_key, journal: self.journal },
            clock: Clock::system(),
            seed: None,
            mailer,
            address: self.address.trim_end_matches('/').to_owned(),
            demo: false,
            serving,
            patience: crate::app::PATIENCE,
        })?)
    }
}

/// A path without links, dots and double dots, as far as it stands on disk already.
fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = path.ancestors().find_map(|stem| Some((stem.canonicalize().ok()?, path.strip_prefix(stem).ok()?)));
    known.map_or(path.clone(), |(stem, rest)| stem.join(rest))
}

impl MailSettings {
    fn credentials(&self) -> Result<Option<(String, String)>, Cannot> {
        match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => {
                let password = std::fs::read_to_string(file).map_err(|error| {
                    Cannot(format!("the mail password in {} cannot be read: {error}", file.display()))
                })?;
                Ok(Some((user.clone(), password.trim_end().to_owned())))
            }
            (None, None) => Ok(None),
            _ => Err(Cannot("[mail] user and password_file go together.".to_owned())),
        }
    }
}
