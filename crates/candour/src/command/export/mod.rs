//! `candour export`: what leaves the house as a file for somebody to check.

mod files;
mod records;

use super::settings::Settings;
use super::{Cannot, Outcome, say};
use crate::App;
use crate::archive::Archive;
use clap::{Args, Subcommand};
use law::Date;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) use records::STATEMENTS;

/// What can be exported.
#[derive(Subcommand)]
pub(super) enum Export {
    /// An auditor's pack: the log, the notices, each day's checkpoint, and the records that name nobody
    Pack(Pack),
}

/// An auditor's pack.
#[derive(Args)]
pub(super) struct Pack {
    /// The file to write; it must not stand yet
    #[arg(long, value_name = "FILE.zip")]
    to: PathBuf,
    /// Leaves out records of the days before; the log is always whole
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Date>,
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
}

impl Export {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Pack(pack) => pack.run(),
        }
    }
}

impl Pack {
    fn run(self) -> Outcome {
        let settings = Settings::read(&self.config)?;
        let evidence = settings.places.evidence.clone();
        let app = settings.open(false)?;
        let name = self.to.display();
        let cannot = |error: std::io::Error| Cannot(format!("{name} cannot be written: {error}."));
        let out = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.to);
        let packed = pack(&app, &evidence, self.from, out.map_err(cannot)?);
        let size = packed.inspect_err(|_| {
            // Half a pack is worth nothing, and why it is half is told already.
            let _ = std::fs::remove_file(&self.to);
        })?;
        say(&format!(
            "Packed into {name}: the log with {size} entries, every notice, each day's checkpoint and the records.\n\
             It names nobody. Whoever gets it checks it with: candour verify export {name}\n"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes the pack; how many entries its log has.
fn pack(app: &App, evidence: &Path, from: Option<Date>, out: File) -> Result<u64, Cannot> {
    // Once before, so that the newest checkpoint is among those of the days; and the records before the log: whatever they tell of
    // is in the log that is published after them.
    app.custody().publish_now()?;
    let records = records::read(app, from)?;
    app.custody().publish_now()?;
    let mut archive = Archive::new(out);
    archive.add("README.txt", readme(app)?.as_bytes())?;
    let size = files::log(&mut archive, evidence)?;
    for published in app.custody().history()? {
        archive.add(&format!("notices/{}.toml", published.digest), published.text.as_bytes())?;
    }
    for (name, bytes) in records {
        archive.add(&name, &bytes)?;
    }
    let out = archive.finish("an auditor's pack")?;
    out.sync_all()?;
    Ok(size)
}

fn readme(app: &App) -> Result<String, Cannot> {
    let address = app.address();
    let key = app.custody().log_key()?;
    Ok(format!(
        "The evidence of {address}, packed for an auditor on {}.

log/             the log of what was done, as C2SP tlog-tiles has it, with its entries; log/log.vkey is the public key
notices/         every notice that was published, named after its digest, which entries name
checkpoints.txt  the last checkpoint that was signed on each day
records/         what the service wrote down of itself, one object a line: runs of its jobs, what stands in the forecast,
                 what was destroyed beyond it, refusals, releases, confirmed dates, restored copies, keys of days
manifest.json    the SHA-256 of every file

Check it on any machine, without a network:

  candour verify export FILE.zip --key '{key}'

Do not take the key from here or from the pack: take it from {address}/log/key, or from a printed report.
An older checkpoint that you hold, typed in from paper if need be, is checked against the log with:

  candour verify log FILE.zip --key … --was FILE

What it proves: that no entry was changed, added or left out before any checkpoint that somebody else holds; that every
entry names a notice that is here; that the sweeps, restores, confirmed dates and destroyed keys that were recorded are those in the log.
What it does not prove: that everything was entered, that nobody kept another copy of anything, or that others were shown the same log.
Nothing in the log vouches for the forecast, the refusals, the releases, what was destroyed beyond the forecast, other runs, and this file.
Compare your checkpoint with theirs. Nobody is named here: an entry's numbers mean something only to whoever holds its keys.
",
        law::words(app.today()),
    ))
}

fn day(text: &str) -> Result<Date, String> {
    law::parse_iso(text).ok_or_else(|| "write a date such as 2026-11-01".to_owned())
}
