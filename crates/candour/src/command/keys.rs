//! `candour keys`: the root key, which opens the slots of the keyring and nothing else.

use super::settings::Settings;
use super::{Cannot, Outcome, terminal};
use crate::app::{App, Places, RootPlace};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vault::{Keyring, RecoveryCode, Root, recovery};
use zeroize::Zeroizing;

/// What can be done with the root key.
#[derive(Subcommand)]
pub(super) enum Keys {
    /// Says where keys stand and which days they open
    Status {
        #[command(flatten)]
        at: At,
    },
    /// Replaces the root key and seals every slot anew; may be interrupted and run again
    Rotate {
        /// Where the new root key is written, where it comes from a credential: seal it again from there, then destroy the file
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// The file with the new passphrase, where the root key is one and nobody is asked
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
        #[command(flatten)]
        at: At,
    },
    /// Makes a recovery copy for one of two people: a file, and a code that is shown once
    Copy {
        /// The file to write; it must not stand yet
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Writes the root key anew from a recovery copy and its code; never over one that stands
    Recover {
        /// The recovery copy
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Where to write the root key, instead of the configured file
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        #[command(flatten)]
        at: At,
    },
}

/// The installation.
#[derive(Args)]
pub(super) struct At {
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Keys {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Status { at } => Ok(status(&Settings::read(&at.config)?)),
            Self::Rotate { to, new_passphrase_file, at } => {
                rotate(&Settings::read(&at.config)?, to.as_deref(), new_passphrase_file.as_deref())
            }
            Self::Copy { to, at } => copy(&Settings::read(&at.config)?, &to),
            Self::Recover { from, to, at } => recover(&Settings::read(&at.config)?, &from, to),
        }
    }
}

fn status(settings: &Settings) -> ExitCode {
    let places = &settings.places;
    println!("Root key: {}.", from(&places.root));
    if let Some(next) = interrupted(places) {
        println!("A rotation was interrupted: {} stands there. Run candour keys rotate again.", next.display());
        return ExitCode::from(1);
    }
    for place in &places.keyring {
        println!("Place: {}: {}.", place.display(), slots(place));
    }
    let epochs = match opened(settings) {
        Ok(keyring) => keyring.epochs(),
        Err(Cannot(sentence)) => {
            println!("What they open is not known: {}.", sentence.trim_end_matches('.'));
            return ExitCode::from(1);
        }
    };
    println!("Days that still open something: {}.", epochs.len());
    if let (Some(first), Some(last)) = (epochs.first(), epochs.last()) {
        println!("The oldest is {}, today's is {}.", law::words(*first), law::words(*last));
    }
    ExitCode::SUCCESS
}

/// The keyring under the root key that stands.
fn opened(settings: &Settings) -> Result<Keyring, Cannot> {
    let places = settings.places()?;
    Ok(Keyring::open_beside(places.keyring.clone(), places.root()?)?)
}

/// How many keys stand in a place, by the names of its files.
fn slots(place: &Path) -> String {
    let Ok(entries) = std::fs::read_dir(place) else { return "cannot be read".to_owned() };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_slot = |name: &String| name.strip_prefix("epoch-").is_some_and(|day| day.strip_suffix(".slot").is_some());
    match names.filter(is_slot).count() {
        1 => "the key of 1 day".to_owned(),
        count => format!("the keys of {count} days"),
    }
}

fn from(root: &RootPlace) -> String {
    match root {
        RootPlace::Credential(name) => format!("the credential {name} of systemd"),
        RootPlace::File(file) => format!("the file {}", file.display()),
        RootPlace::Passphrase(_) => "a passphrase".to_owned(),
    }
}

/// The next root key of a rotation that was interrupted.
fn interrupted(places: &Places) -> Option<PathBuf> {
    let RootPlace::File(file) = &places.root else { return None };
    Some(next(file)).filter(|next| next.exists())
}

fn next(file: &Path) -> PathBuf {
    file.with_added_extension("next")
}

fn rotate(settings: &Settings, to: Option<&Path>, passphrase: Option<&Path>) -> Outcome {
    let mut places = settings.places()?;
    match places.root.clone() {
        RootPlace::File(file) => rotate_file(&places, &file)?,
        RootPlace::Credential(name) => {
            let to = to.ok_or_else(|| {
                Cannot(format!("the root key is the credential {name}. Say with --to where the new one is written."))
            })?;
            let new = if to.exists() { Root::load(to)? } else { Root::create(to, &mut random()?)? };
            drop(Keyring::open_with(places.keyring.clone(), vec![places.root()?, new], &mut random()?)?);
            println!(
                "Replaced. Seal {} again as the credential {name}, and then overwrite and remove it:",
                to.display()
            );
            println!("systemd-creds encrypt --name={name} {} /etc/candour/root.cred && shred -u {0}", to.display());
            println!("Make new recovery copies: the old ones are of no use any more.");
            return Ok(ExitCode::SUCCESS);
        }
        RootPlace::Passphrase(old) => {
            let words = terminal::secret("new passphrase", passphrase, true)?;
            let old = Root::from_passphrase(&old, &places.keyring)?;
            let new = Root::create_from_passphrase(&words, &places.keyring, &mut random()?)?;
            drop(Keyring::open_with(places.keyring.clone(), vec![old, new], &mut random()?)?);
            places.root = RootPlace::Passphrase(words);
        }
    }
    // Opened as the server will, and noted in the log.
    let app = App::start(settings.start(places.clone(), true)?)?;
    app.custody().note_rotation()?;
    app.custody().publish_log()?;
    app.custody().store().clone().close();
    println!("Replaced: every slot in {} is sealed under the new root key.", places_words(&places));
    if matches!(places.root, RootPlace::Passphrase(_)) && settings.passphrase.is_some() {
        println!("Put the new passphrase into the file that passphrase_file names.");
    }
    println!("Make new recovery copies: the old ones are of no use any more.");
    Ok(ExitCode::SUCCESS)
}

fn places_words(places: &Places) -> String {
    match places.keyring.len() {
        1 => "the one place".to_owned(),
        count => format!("all {count} places"),
    }
}

/// The new root key stands beside the old one until every slot is sealed under it; then the two swap names and the old one is
/// overwritten. Whichever step was the last, the next run goes on from there.
fn rotate_file(places: &Places, file: &Path) -> Result<(), Cannot> {
    let next = next(file);
    let opened = Keyring::open(places.keyring.clone(), Root::load(file)?).map(drop);
    match (next.exists(), opened) {
        // Either no slot was sealed under it, or all were and the names are swapped: then it is the old one.
        (true, Ok(())) => vault::file::destroy(&next)?,
        (true, Err(vault::Error::DoesNotOpen { .. })) | (false, Ok(())) => {}
        (_, Err(error)) => return Err(error.into()),
    }
    let new = if next.exists() { Root::load(&next)? } else { Root::create(&next, &mut random()?)? };
    drop(Keyring::open_with(places.keyring.clone(), vec![Root::load(file)?, new], &mut random()?)?);
    vault::file::swap(&next, file)?;
    Ok(vault::file::destroy(&next)?)
}

fn copy(settings: &Settings, to: &Path) -> Outcome {
    let places = settings.places()?;
    let root = places.root()?;
    // Whether it is the key that opens the slots is seen before anybody relies on it.
    drop(Keyring::open_beside(places.keyring.clone(), places.root()?)?);
    if to.exists() {
        return Err(Cannot(format!("{} stands already, and nothing is overwritten. Name another.", to.display())));
    }
    let code = RecoveryCode::generate(&mut random()?);
    println!("The code of this copy, shown once. Write it down; it is kept apart from the file:");
    println!();
    println!("    {}", *code.text());
    println!();
    let typed = terminal::secret("code that you wrote down", None, false)?;
    if RecoveryCode::parse(&typed)?.text() != code.text() {
        return Err(Cannot("that is not the code. No copy was made; begin again.".to_owned()));
    }
    recovery::write(&root, &code, to, &mut random()?)?;
    let app = App::start(settings.start(places, false)?)?;
    app.custody().note_recovery_copy()?;
    app.custody().store().clone().close();
    println!("Made: {}. It is for one of two people: give them the file, and the code by another way.", to.display());
    println!("Make a second one for somebody else. Both end with the next candour keys rotate.");
    Ok(ExitCode::SUCCESS)
}

fn recover(settings: &Settings, copy: &Path, to: Option<PathBuf>) -> Outcome {
    let to = match (to, &settings.places.root) {
        (Some(to), _) => to,
        (None, RootPlace::File(file)) => file.clone(),
        (None, _) => return Err(Cannot("the root key is no file here. Say with --to where to write it.".to_owned())),
    };
    if to.exists() {
        return Err(Cannot(format!(
            "{} stands already, and a root key is never overwritten. Move it away first, if it is not the right one.",
            to.display()
        )));
    }
    let bytes = std::fs::read(copy).map_err(|error| Cannot(format!("{} cannot be read: {error}.", copy.display())))?;
    let typed = terminal::secret("code of this copy", None, false)?;
    let root = recovery::read(&Zeroizing::new(bytes), &RecoveryCode::parse(&typed)?)?;
    root.save(&to)?;
    let opens = Keyring::open_beside(settings.places.keyring.clone(), root);
    if let Err(error) = opens {
        vault::file::destroy(&to)?;
        return Err(Cannot(format!(
            "this copy holds another root key than the keyring is sealed under: {error}. Nothing was written; it may be from before a \
             rotation."
        )));
    }
    println!("Written: {}. It opens every slot of the keyring.", to.display());
    println!("Next: candour doctor, then candour serve. Make a new recovery copy if this one was used up.");
    Ok(ExitCode::SUCCESS)
}

/// The generator of a command that opens no database.
fn random() -> Result<impl rand_core::CryptoRng, Cannot> {
    store::random().map_err(|error| Cannot(format!("{error}.")))
}
