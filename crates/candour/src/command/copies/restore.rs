//! `candour restore`: a copy takes the database's place, and what must not be undone is done again, before anything can start.

use super::told::{Before, Told};
use super::{Cannot, Outcome, drill};
use crate::app::{App, Places, open_copy};
use crate::command::settings::Settings;
use crate::replace;
use clap::Args;
use custody::{Error, Manifest, Recovered};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Engine;
use vault::Keyring;

/// Puts a copy in the database's place, and does again what must not be undone.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::command) struct Restore {
    /// The copy, as candour backup made it
    file: Option<PathBuf>,
    /// Puts it in the place of a database that stands there
    #[arg(long, requires = "file", conflicts_with_all = ["recovered", "drill"])]
    replace: bool,
    /// The database was put in place by other tools, such as PostgreSQL's recovery to a point in time
    #[arg(long, conflicts_with_all = ["file", "drill"])]
    recovered: bool,
    /// The journal is gone for good: nothing that stood in it is done again
    #[arg(long, conflicts_with = "drill")]
    without_journal: bool,
    /// Only tries a copy, in a folder of its own: the one that is named, or the oldest in the folder backups
    #[arg(long)]
    drill: bool,
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Restore {
    pub(in crate::command) fn run(self) -> Outcome {
        let settings = Settings::read(&self.config)?;
        match (self.file, self.recovered, self.drill) {
            (file, _, true) => drill::drill(&settings, file),
            (Some(file), ..) => put_back(&settings, &file, self.replace, self.without_journal),
            (None, true, _) => recovered(&settings, self.without_journal),
            (None, false, _) => Err(Cannot(
                "name a copy, or say --recovered where the database was put in place already, or --drill to try one."
                    .to_owned(),
            )),
        }
    }
}

/// The database stands where it should; it does not know what was done since it was copied.
fn recovered(settings: &Settings, without_journal: bool) -> Outcome {
    let places = settings.places()?;
    let before = look_before(&places, without_journal)?;
    let (app, recovered) = App::recover(settings.start(places, true)?, without_journal).map_err(running)?;
    let told = Told::look(&app, recovered, before)?;
    close(&app)?;
    println!("Took over the database of {}. {}", law::words(recovered.copy_day), told.log());
    told.tell();
    Ok(ExitCode::SUCCESS)
}

/// What only now can be seen. To go without a journal that stands would bring people back: an empty one is what an interrupted
/// restore of this kind begins.
fn look_before(places: &Places, without_journal: bool) -> Result<Before, Cannot> {
    let lines = places.journal.metadata().map_or(0, |journal| journal.len());
    if without_journal && lines > 0 {
        return Err(Cannot(format!(
            "the journal {} is there. Leave out --without-journal, so that what it says is done again.",
            places.journal.display()
        )));
    }
    Ok(Before { published: places.evidence.join("checkpoint").exists(), without_journal, size: None })
}

fn put_back(settings: &Settings, file: &Path, over: bool, without_journal: bool) -> Outcome {
    let places = settings.places()?;
    let Engine::Sqlite { path } = &places.engine else {
        return Err(Cannot(
            "a PostgreSQL database is restored with the server's own tools. Do that, and then run candour restore --recovered."
                .to_owned(),
        ));
    };
    let data = &places.data;
    let Some(held) = replace::hold(data)? else {
        return Err(Cannot(format!("a server, or another command, is at work in {}. Stop it first.", data.display())));
    };
    if replace::finish(data)? {
        println!("A restore that was interrupted is finished. Look with candour doctor before you restore again.");
        return Ok(ExitCode::SUCCESS);
    }
    if path.exists() && !over {
        return Err(Cannot(format!(
            "{} stands already. To put the copy in its place, add --replace: what was taken since is lost.",
            path.display()
        )));
    }
    let before = look_before(&places, without_journal)?;
    let made_ready = make_ready(settings, &places, file, without_journal);
    let (manifest, recovered) = made_ready.inspect_err(|_| {
        // Why it could not be made ready is told already; what stays is cleared by the next start.
        let _ = replace::give_up(data);
    })?;
    replace::decide(data)?;
    replace::finish(data)?;
    drop(held);
    // Opened as the server will: whatever is wrong is said now.
    let app = App::start(settings.start(places, true)?)?;
    let told = Told::look(&app, recovered, Before { size: Some(manifest.ledger.size), ..before })?;
    close(&app)?;
    let at = manifest.made_at().map(law::london_time);
    let at = at.map(|at| format!("{}, {}", law::words(at.date()), at.strftime("%H:%M"))).unwrap_or_default();
    println!("Restored the copy of {at}. {}", told.log());
    told.tell();
    Ok(ExitCode::SUCCESS)
}

/// Unpacks the copy beside the database and does everything again in it. Until the end nothing else is touched.
fn make_ready(
    settings: &Settings,
    places: &Places,
    file: &Path,
    without_journal: bool,
) -> Result<(Manifest, Recovered), Cannot> {
    let to = replace::begin(&places.data)?;
    eprintln!("Opening {} …", file.display());
    let keyring = Keyring::open_beside(places.keyring.clone(), places.root()?)?;
    let manifest = custody::unpack(file, &keyring, &to, &open_copy).map_err(|error| refused(file, &keyring, &error))?;
    ours(places, &manifest)?;
    drop(keyring);
    eprintln!("Doing again what was done since …");
    let beside = Places { engine: Engine::sqlite(&to), ..places.clone() };
    let (app, recovered) = App::recover(settings.start(beside, true)?, without_journal).map_err(running)?;
    app.custody().store().clone().close();
    Ok((manifest, recovered))
}

/// Why a copy was not taken, and what to do.
fn refused(file: &Path, keyring: &Keyring, error: &Error) -> Cannot {
    let name = file.display();
    let mend = match error {
        Error::Vault(vault::Error::EpochGone(day)) if keyring.epochs().first().is_some_and(|oldest| day < oldest) => {
            return Cannot(format!(
                "{name} is sealed under the key of {}, which is destroyed: its time is over, and nothing opens it. Take a newer copy.",
                law::words(*day)
            ));
        }
        Error::Vault(vault::Error::EpochGone(day)) => {
            return Cannot(format!(
                "{name} is sealed under a key of {} that this keyring does not have. Bring back the keyring that belongs to it, or take a \
                 copy of this installation.",
                law::words(*day)
            ));
        }
        Error::Vault(vault::Error::CopyChanged { part: 0 }) => {
            "Take a copy of this installation, or fetch this one again."
        }
        Error::Vault(vault::Error::CopyForeign) => "Name a file that candour backup made.",
        Error::Store(store::Error::Newer { .. }) => "Nothing was changed.",
        _ => "Fetch it again, or take another. Nothing was changed.",
    };
    Cannot(format!("{name} cannot be restored: {}. {mend}", error.to_string().trim_end_matches('.')))
}

/// Whether the copy's log is the one that this installation publishes.
fn ours(places: &Places, manifest: &Manifest) -> Result<(), Cannot> {
    let note = vault::file::read(&places.evidence.join("checkpoint"))?.unwrap_or_default();
    let note = String::from_utf8_lossy(&note);
    let host = |origin: &str| origin.split('/').next().unwrap_or_default().to_owned();
    match (&manifest.ledger.origin, note.lines().next()) {
        (Some(copy), Some(here)) if host(copy) != host(here) => Err(Cannot(format!(
            "the copy is of another installation: its log is {copy}, and the one here is {here}. Nothing was changed."
        ))),
        _ => Ok(()),
    }
}

/// Why it was not taken over, and what to do.
fn running(error: Error) -> Cannot {
    match error {
        Error::Store(store::Error::Locked(folder)) => {
            Cannot(format!("a server, or another command, is at work in {}. Stop it first.", folder.display()))
        }
        Error::JournalMissing(_) => Cannot(format!(
            "{error} Where it is gone for good, add --without-journal; then nothing that stood in it is done again."
        )),
        other => other.into(),
    }
}

/// What was recovered is published before anybody asks for it.
fn close(app: &App) -> Result<(), Cannot> {
    app.custody().publish_log()?;
    app.custody().store().clone().close();
    Ok(())
}
