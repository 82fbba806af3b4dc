//! `candour clock confirm`.

use super::settings::Settings;
use super::{Cannot, Outcome};
use clap::Subcommand;
use custody::Guard;
use std::path::PathBuf;
use std::process::ExitCode;

/// What can be done with the clock.
#[derive(Subcommand)]
pub(super) enum ClockCommand {
    /// Says that today's date is right, so that deletion goes on
    Confirm {
        /// The configuration file
        #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
        config: PathBuf,
        /// The date that you see on your own calendar, as 2026-11-23
        #[arg(long)]
        today: String,
    },
}

impl ClockCommand {
    pub(super) fn run(self) -> Outcome {
        let Self::Confirm { config, today } = self;
        let app = Settings::read(&config)?.open(false)?;
        let clock = app.today();
        if law::parse_iso(&today) != Some(clock) {
            println!("No: this machine's clock says {}, you say {today}. Mend the clock first.", law::iso(clock));
            return Ok(ExitCode::from(1));
        }
        let waited = matches!(app.custody().guard().map_err(Cannot::from)?, Guard::Stopped { .. });
        app.custody().confirm_clock()?;
        let next =
            if waited { "Deletion goes on with the next run, within a minute." } else { "Deletion was not waiting." };
        println!("Confirmed: today is {}. {next}", law::words(clock));
        Ok(ExitCode::SUCCESS)
    }
}
