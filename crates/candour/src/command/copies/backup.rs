//! `candour backup`: one sealed file, of one moment, beside the running server.

use super::between::{alone, between};
use super::listing::Destroyed;
use super::{Cannot, Outcome, list, restores_until};
use crate::App;
use crate::app::open_copy;
use crate::command::say;
use crate::command::settings::Settings;
use clap::Args;
use custody::Manifest;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes a sealed copy of the database, beside the running server.
#[derive(Args)]
pub(in crate::command) struct Backup {
    /// The file to write, instead of one in the folder `backups`; it must not stand yet
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Backup {
    pub(in crate::command) fn run(self) -> Outcome {
        let settings = Settings::read(&self.config)?;
        let (places, backups) = (settings.places()?, settings.backups.clone());
        let app = App::start(settings.start(places.clone(), false)?)?;
        let to = match (&self.to, &backups) {
            (Some(to), _) => to.clone(),
            (None, Some(folder)) => named(&app, folder)?,
            (None, None) => {
                return Err(Cannot("no folder backups is configured. Name one, or a file with --to.".to_owned()));
            }
        };
        if to.exists() {
            return Err(Cannot(format!("{} stands already, and nothing is overwritten. Name another.", to.display())));
        }
        let Some(_alone) = alone(&places.data)? else {
            return Err(Cannot("another copy is just being made. Try again when it is done.".to_owned()));
        };
        eprintln!("Copying the database …");
        let manifest = app.custody().back_up(&to, &between(&places.data), &open_copy)?;
        tell(&app, &to, &manifest)?;
        if let Some(folder) = &backups {
            forget(folder, &Destroyed::read(&app)?)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// `candour-2026-11-22T0230.copy`, in London's time.
fn named(app: &App, folder: &Path) -> Result<PathBuf, Cannot> {
    vault::file::create_folder(folder)?;
    let now = law::london_time(app.clock().now());
    Ok(folder.join(format!("candour-{}.copy", now.strftime("%Y-%m-%dT%H%M"))))
}

fn tell(app: &App, to: &Path, manifest: &Manifest) -> Result<(), Cannot> {
    let bytes = to.metadata()?.len();
    let day = law::parse_iso(&manifest.day).unwrap_or(app.today());
    let sealed = law::words(day);
    let key = match restores_until(app, day) {
        Some(until) => {
            format!(
                "It is sealed under the key of {sealed}, and restores until {}; after that nothing opens it.",
                law::words(until)
            )
        }
        None => format!("It is sealed under the key of {sealed}."),
    };
    let (place, size, leaves) = (to.display(), bytes.div_ceil(1_000_000), manifest.ledger.size);
    say(&format!(
        "Copied to {place}: {size} MB, {leaves} entries of the log.\n{key}\n\
         Take it away with any tool. Never keep the keyring or the root key with it.\n"
    ))
}

/// Removes the copies whose keys the database says are destroyed.
fn forget(folder: &Path, destroyed: &Destroyed) -> Result<(), Cannot> {
    let gone: Vec<_> = list(folder)?.into_iter().filter(|copy| destroyed.has(copy.day)).collect();
    for copy in &gone {
        std::fs::remove_file(&copy.path)?;
    }
    if !gone.is_empty() {
        say(&format!("Removed {}, whose keys are destroyed.\n", super::counted_copies(gone.len())))?;
    }
    Ok(())
}
