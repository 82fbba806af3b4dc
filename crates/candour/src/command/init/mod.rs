//! `candour init`: an installation from at most six answers. It never overwrites anything, prints no password, and leaves
//! nothing behind when it fails.

mod answers;
mod config;
mod place;

use super::settings::Settings;
use super::{Cannot, Outcome};
use crate::rooms::staff::{self, Role};
use answers::{Answers, Given};
use clap::Args;
use notice::Notice;
use place::Place;
use std::path::PathBuf;
use std::process::ExitCode;

/// The notice that comes with the program.
const NOTICE: &str = include_str!("../../../../../notices/segfl.toml");

/// Makes an installation: what is not given is asked, if there is a terminal.
#[derive(Args)]
pub(super) struct Init {
    #[command(flatten)]
    given: Given,
    /// A file with the answers: folder, keyring, notice, address, mail and from, in TOML
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Where to write the configuration [default: candour.toml in the folder]
    #[arg(long, env = "CANDOUR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// A PostgreSQL server, as postgresql://user@host/name, instead of SQLite in the folder
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The file with the password of its user
    #[arg(long, value_name = "FILE", requires = "database")]
    database_password_file: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(self) -> Outcome {
        let answers = Answers::gather(self.given, self.answers.as_deref())?;
        let (text, notice) = checked_notice(answers.notice.as_deref())?;
        let place = Place::plan(&answers.folder, answers.keyring.clone(), self.config)?;
        let server = self.database.as_deref().map(|url| (url, self.database_password_file.as_deref()));
        let config = config::text(&answers, &place, server);
        // Read as it will be read, so that nothing is made from answers that do not fit.
        let settings = Settings::of(&place.config.display().to_string(), &config, &[])?;
        let link = place.make(|made| {
            made.write(&place.config, &config)?;
            if answers.notice.is_none() {
                made.write(&place.notice, &text)?;
            }
            open_house(settings, &text, &notice)
        })?;
        report(&answers, &place, &notice, &link);
        Ok(ExitCode::SUCCESS)
    }
}

/// The text of the notice to publish; one with errors is refused before anything is made.
fn checked_notice(file: Option<&std::path::Path>) -> Result<(String, Notice), Cannot> {
    let (name, text) = match file {
        None => ("the shipped notice".to_owned(), NOTICE.to_owned()),
        Some(file) => {
            let name = file.display().to_string();
            let text =
                std::fs::read_to_string(file).map_err(|error| Cannot(format!("{name} cannot be read: {error}.")))?;
            (name, text)
        }
    };
    let read = notice::read(&text).map_err(|error| Cannot(format!("{name}: {error}.")))?;
    let errors = read.findings.iter().filter(|finding| finding.severity == notice::Severity::Error).count();
    match read.notice {
        Some(notice) if errors == 0 => Ok((text, notice)),
        _ => Err(Cannot(format!("{name} has errors. Nothing was made. See them with candour notice check {name}."))),
    }
}

/// Begins the keys and the database, publishes the notice and invites the first officer.
fn open_house(settings: Settings, text: &str, notice: &Notice) -> Result<staff::Invitation, Cannot> {
    let occupied = "If the database holds another installation, give this one a database of its own.";
    let app = settings.open(true).map_err(|Cannot(sentence)| {
        Cannot(format!("{}. Nothing was made. {occupied}", sentence.trim_end_matches('.')))
    })?;
    if !app.custody().history()?.is_empty() {
        return Err(Cannot(format!("the database is not empty. Nothing was made. {occupied}")));
    }
    app.custody().publish(text, notice, Role::Operator.id())?;
    let invitation = staff::invite(&app, Role::Officer)?;
    app.custody().store().clone().close();
    Ok(invitation)
}

fn report(answers: &Answers, place: &Place, notice: &Notice, invitation: &staff::Invitation) {
    let config = place.config.display();
    let until = law::london_time(invitation.until);
    println!("Made: {} with data, keyring and root key, and {config}.", place.folder.display());
    println!("Published: the privacy notice of {}, version {}.", notice.controller().short, notice.head().version);
    println!(
        "For the first data protection officer: this link works once, until {} on {}, for whoever opens it.",
        until.strftime("%H:%M"),
        law::words(until.date())
    );
    println!("{}", invitation.link);
    println!();
    println!("Next:");
    println!("1. candour serve --config {config}");
    println!("2. candour doctor --config {config}");
    let examples = notice.controller().example.join(", ");
    if examples.is_empty() {
        println!("3. Open the link, choose a password, and connect an authenticator app.");
    } else {
        let file = answers.notice.as_ref().unwrap_or(&place.notice).display();
        println!("3. Open the link. Before real people come, put your own words into {file}: {examples} are examples.");
    }
}
