//! `candour staff`: invites, lists and removes members of staff, beside a running server.
//!
//! No name and no address stands on a command line: people give them themselves when they join.

use super::settings::Settings;
use super::{Cannot, Outcome};
use crate::app::{App, Places, Start};
use crate::mail::Mailer;
use crate::rooms::staff::{self, FEATURE, Member, Role};
use clap::{Args, Subcommand, ValueEnum};
use law::Clock;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with the staff.
#[derive(Subcommand)]
pub(super) enum Staff {
    /// Invites somebody: prints a link that works once, for 48 hours
    Add {
        /// What they are here for
        #[arg(long, value_enum)]
        role: Role,
        /// Where the demonstration answers, for the link
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        address: String,
        #[command(flatten)]
        place: Place,
    },
    /// Lists everybody by number, role and state
    List {
        /// How to print it
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        #[command(flatten)]
        place: Place,
    },
    /// Lets somebody go: they are signed out at once, and their record's last days begin
    Remove {
        /// The number that the list gives them
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Where the data is.
#[derive(Args)]
pub(super) struct Place {
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
    /// The folder of a demonstration, instead of a configuration
    #[arg(long)]
    data: Option<PathBuf>,
}

/// How a list is printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For scripts
    Json,
    /// For people
    Text,
}

impl Staff {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Add { role, address, place } => add(&place.open(&address)?, role),
            Self::List { format, place } => list(&place.open("")?, format),
            Self::Remove { id, place } => remove(&place.open("")?, &id),
        }
    }
}

fn add(app: &App, role: Role) -> Outcome {
    let notice = app.custody().in_force(app.today())?;
    let missing = FEATURE.missing(&notice);
    if !missing.is_empty() {
        return Err(Cannot(format!("the notice in force does not cover {}, so nobody can join.", missing.join(", "))));
    }
    let invitation = staff::invite(app, role)?;
    let until = law::london_time(invitation.until);
    println!("{} works once, until {} on {}", invitation.link, until.strftime("%H:%M"), law::words(until.date()));
    Ok(ExitCode::SUCCESS)
}

fn list(app: &App, format: Format) -> Outcome {
    let members = staff::list(app)?;
    match format {
        Format::Json => {
            let one = |member: &Member| serde_json::json!({ "id": member.short(), "role": member.role, "state": member.state });
            println!("{}", serde_json::Value::from(members.iter().map(one).collect::<Vec<_>>()));
        }
        Format::Text if members.is_empty() => println!("Nobody yet. Invite somebody: candour staff add --role desk"),
        Format::Text => {
            for member in &members {
                println!("{}  {:<8}  {}", member.short(), member.role, member.state);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn remove(app: &App, id: &str) -> Outcome {
    let members = staff::list(app)?;
    let mut named = members.iter().filter(|member| member.short() == id.to_lowercase());
    let (Some(member), None) = (named.next(), named.next()) else {
        return Err(Cannot(format!("nobody, or more than one, has the number {id}. See candour staff list.")));
    };
    if !staff::remove(app, member)? {
        println!("No: {id} has left already.");
        return Ok(ExitCode::from(1));
    }
    match member.state.as_str() {
        "invited" => println!("{id} is no longer invited."),
        _ => println!("{id} has left and is signed out."),
    }
    Ok(ExitCode::SUCCESS)
}

impl Place {
    /// Opens the data beside whoever serves it.
    fn open(self, address: &str) -> Result<App, Cannot> {
        match self.data {
            Some(folder) => demonstration(&folder, address),
            None => Settings::read(&self.config)?.open(false),
        }
    }
}

fn demonstration(folder: &Path, address: &str) -> Result<App, Cannot> {
    let places = Places::below(folder);
    if !places.data.exists() {
        return Err(Cannot(format!("there is no demonstration in {}.", folder.display())));
    }
    Ok(App::start(Start {
        places,
        clock: Clock::system(),
        seed: None,
        mailer: Mailer::page(),
        address: address.trim_end_matches('/').to_owned(),
        demo: false,
        serving: false,
        patience: crate::app::PATIENCE,
    })?)
}
