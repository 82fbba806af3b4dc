//! `candour notice check` and `candour notice publish`.

use super::settings::Settings;
use super::{Cannot, Outcome};
use clap::{Subcommand, ValueEnum};
use notice::{Notice, Read, Severity};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with a notice.
#[derive(Subcommand)]
pub(super) enum NoticeCommand {
    /// Says everything that is wrong with a notice, where, and how to mend it
    Check {
        /// The notice
        file: PathBuf,
        /// How to print what was found
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Publishes a notice without errors: from its effective date on, everything obeys it
    Publish {
        /// The notice
        file: PathBuf,
        /// The configuration file
        #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
        config: PathBuf,
        /// The role that approved it; never a person's name
        #[arg(long, default_value = "officer", value_parser = ["desk", "officer", "operator"])]
        role: String,
    },
}

/// How findings are printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// One object: {"findings": […]}
    Json,
    /// With the lines they speak of
    Text,
}

impl NoticeCommand {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Check { file, format } => check(&file, format),
            Self::Publish { file, config, role } => publish(&file, &config, &role),
        }
    }
}

fn check(file: &Path, format: Format) -> Outcome {
    let (text, read) = read(file)?;
    print_findings(file, &text, &read, format);
    Ok(if has_errors(&read) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn publish(file: &Path, config: &Path, role: &str) -> Outcome {
    let (text, read) = read(file)?;
    let Some(notice) = read.notice.as_ref().filter(|_| !has_errors(&read)) else {
        print_findings(file, &text, &read, Format::Text);
        println!("Not published. What is in force stays in force.");
        return Ok(ExitCode::from(1));
    };
    let app = Settings::read(config)?.open(false)?;
    let new = app.custody().publish(&text, notice, role)?;
    let history = app.custody().history()?;
    let published = history.iter().find(|one| one.digest == notice.digest());
    let from = published.map(|one| law::words(one.effective_on)).unwrap_or_default();
    let outcome = if new { "Published" } else { "Published before; nothing changed" };
    println!("{outcome}: {}.", named(notice));
    println!("Digest: {}", notice.digest());
    println!("In force from: {from}");
    Ok(ExitCode::SUCCESS)
}

/// "the privacy notice of SEGfL, version 2026-11".
fn named(notice: &Notice) -> String {
    format!("the privacy notice of {}, version {}", notice.controller().short, notice.head().version)
}

/// Reads a file; one that is no notice at all could not be checked.
fn read(file: &Path) -> Result<(String, Read), Cannot> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| Cannot(format!("{name} cannot be read: {error}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| Cannot(format!("{name} is no text in UTF-8.")))?;
    let read = notice::read(&text).map_err(|error| Cannot(format!("{name}: {error}.")))?;
    Ok((text, read))
}

fn has_errors(read: &Read) -> bool {
    read.notice.is_none() || read.findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn print_findings(file: &Path, text: &str, read: &Read, format: Format) {
    match format {
        Format::Json => print!("{}", notice::json(&read.findings)),
        Format::Text => print!("{}", notice::report(&file.display().to_string(), text, &read.findings)),
    }
}
