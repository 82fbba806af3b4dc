//! `candour clock confirm`.

use super::Outcome;
use super::settings::Settings;
use crate::rooms::retention::{WRONG, mismatch};
use clap::Subcommand;
use custody::Error;
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
        today: String,
    },
}

impl ClockCommand {
    pub(super) fn run(self) -> Outcome {
        let Self::Confirm { config, today } = self;
        let app = Settings::read(&config)?.open(false)?;
        let refusal = match law::parse_iso(&today) {
            None => format!("{WRONG}, like 2026-11-23."),
            Some(typed) => match app.custody().confirm_clock(typed) {
                Err(Error::NotToday(clock)) => format!("{}.", mismatch(typed, clock)),
                other => {
                    other?;
                    let day = law::words(typed);
                    println!("Confirmed: today is {day}. Where deletion waited, it goes on within a minute.");
                    return Ok(ExitCode::SUCCESS);
                }
            },
        };
        println!("No. {refusal}");
        Ok(ExitCode::from(1))
    }
}
