//! `candour restore --drill`: a copy put back in a folder of its own, to see that restoring works and brings nobody back.

use super::listing::Destroyed;
use super::{Cannot, Copy, Outcome, counted, list};
use crate::App;
use crate::app::open_copy;
use crate::command::settings::Settings;
use custody::Drilled;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vault::Keyring;

/// Tries a copy, or the oldest in the folder `backups` that a key opens.
pub(super) fn drill(settings: &Settings, file: Option<PathBuf>) -> Outcome {
    let places = settings.places()?;
    let keyring = Keyring::open_beside(places.keyring.clone(), places.root()?)?;
    let copies = match (&file, &settings.backups) {
        (Some(_), _) => Vec::new(),
        (None, Some(folder)) => list(folder).map_err(|_| none(folder))?,
        (None, None) => return Err(Cannot("no folder backups is configured. Name one, or a copy.".to_owned())),
    };
    let app = App::start(settings.start(places.clone(), false)?)?;
    let destroyed = Destroyed::read(&app)?;
    let (gone, open): (Vec<Copy>, Vec<Copy>) = copies.into_iter().partition(|copy| destroyed.has(copy.day));
    let copy = match (file, open.into_iter().next(), &settings.backups) {
        (Some(file), ..) => file,
        (None, Some(oldest), _) => oldest.path,
        (None, None, folder) => return Err(none(folder.as_deref().unwrap_or(Path::new("backups")))),
    };
    let opened = gone.iter().filter(|copy| custody::read_manifest(&copy.path, &keyring).is_ok()).count();
    if let Some(Copy { day, .. }) = Copy::read(copy.clone())
        && !destroyed.has(day)
        && !keyring.epochs().contains(&day)
    {
        return Err(Cannot(format!(
            "{} is sealed under a key of {} that this keyring does not have, and the database does not say that it was destroyed. \
             Look at the keyring with candour doctor.",
            copy.display(),
            law::words(day)
        )));
    }
    eprintln!("Trying {} in a folder of its own …", copy.display());
    let folder = places.data.join("drill");
    vault::file::create_folder(&folder)?;
    let drilled = app.custody().drill(&copy, &folder, keyring, &open_copy);
    // Emptied by the drill; what is left is a lock.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(tell(&copy, &drilled?, gone.len(), opened))
}

fn none(folder: &Path) -> Cannot {
    Cannot(format!("{} has no copy that a key opens. Make one with candour backup.", folder.display()))
}

fn tell(copy: &Path, drilled: &Drilled, gone: usize, opened: usize) -> ExitCode {
    let Drilled { copy_day, opens, erased_since, before_open, after_open, .. } = *drilled;
    println!("Tried: {}, sealed under the key of {}.", copy.display(), law::words(copy_day));
    if gone > 0 {
        println!("Copies whose keys are destroyed: {gone}. Of them {opened} opened.");
    }
    if !opens {
        println!("It does not open: the key of its day is destroyed, and everything in it is out of reach.");
        println!("Passed. It stands in the evidence log.");
        return ExitCode::SUCCESS;
    }
    println!("Erased since it was made: {}.", counted(erased_since, "record"));
    println!(
        "Of them {before_open} opened in the copy before the journal was done again, and {after_open} afterwards."
    );
    if after_open > 0 || opened > 0 {
        println!(
            "Failed: what was erased opens. Do not restore from it; look at the journal and the keyring with candour doctor."
        );
        return ExitCode::from(1);
    }
    if before_open < erased_since {
        println!(
            "Failed: {} did not open even before, so the trial shows nothing of them. Look at the keyring with candour doctor.",
            counted(erased_since - before_open, "record")
        );
        return ExitCode::from(1);
    }
    println!("Passed. It stands in the evidence log.");
    ExitCode::SUCCESS
}
