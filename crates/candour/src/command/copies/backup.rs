//! `candour backup`: one sealed file, of one moment, beside the running server.

use super::{Cannot, Outcome, list, restores_until};
use crate::App;
use crate::app::open_copy;
use crate::command::settings::Settings;
use clap::Args;
use custody::Manifest;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vault::Keyring;

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
        let keyring = places.clone();
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
        let _alone = alone(&places.data)?;
        eprintln!("Copying the database …");
        let manifest = app.custody().back_up(&to, &places.data.join("backup.db"), &open_copy)?;
        tell(&app, &to, &manifest)?;
        if let Some(folder) = &backups {
            forget(folder, &Keyring::open_beside(keyring.keyring.clone(), keyring.root()?)?)?;
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

/// One copy is made at a time: the file between would be another's.
fn alone(data: &Path) -> Result<File, Cannot> {
    let lock = File::options().create(true).append(true).open(data.join("backup.lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(_) => Err(Cannot("another copy is just being made. Try again when it is done.".to_owned())),
    }
}

fn tell(app: &App, to: &Path, manifest: &Manifest) -> Result<(), Cannot> {
    let bytes = to.metadata()?.len();
    let day = law::parse_iso(&manifest.day).unwrap_or(app.today());
    println!(
        "Copied to {}: {} MB, {} entries of the log.",
        to.display(),
        bytes.div_ceil(1_000_000),
        manifest.ledger.size
    );
    match restores_until(app, day) {
        Some(until) => println!(
            "It is sealed under the key of {}, and restores until {}; after that nothing opens it.",
            law::words(day),
            law::words(until)
        ),
        None => println!("It is sealed under the key of {}.", law::words(day)),
    }
    println!("Take it away with any tool. Never keep the keyring or the root key with it.");
    Ok(())
}

/// Removes the copies that no key opens any more.
fn forget(folder: &Path, keyring: &Keyring) -> Result<(), Cannot> {
    let gone: Vec<_> = list(folder)?.into_iter().filter(|copy| copy.is_gone(keyring)).collect();
    for copy in &gone {
        std::fs::remove_file(&copy.path)?;
    }
    if !gone.is_empty() {
        println!("Removed {}, whose keys are destroyed.", super::counted_copies(gone.len()));
    }
    Ok(())
}
