//! `candour scrub`: looks at everything that is stored for damage, as each night's job does, and says where it is.

use super::Outcome;
use super::settings::Settings;
use clap::Args;
use custody::{Damage, Scrubbed};
use std::path::PathBuf;
use std::process::ExitCode;

/// Looks at every record, key and entry for damage, beside the running server.
#[derive(Args)]
pub(super) struct Scrub {
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Scrub {
    pub(super) fn run(self) -> Outcome {
        let app = Settings::read(&self.config)?.open(false)?;
        eprintln!("Looking at everything; this takes as long as reading the whole database …");
        let Scrubbed { holdings, trails, openings, leaves, tiles, damage } = app.custody().scrub(|_| ())?;
        println!(
            "Looked at {holdings} records, {trails} reveals, {openings} openings, {leaves} entries and {tiles} tiles of the log."
        );
        for Damage { table, key, what } in &damage {
            println!("damaged: {table} {key}: {what}");
        }
        if damage.is_empty() {
            println!("Nothing is damaged.");
            return Ok(ExitCode::SUCCESS);
        }
        println!("{} damaged. Restore a copy from before: candour restore FILE --replace.", damage.len());
        Ok(ExitCode::from(1))
    }
}
