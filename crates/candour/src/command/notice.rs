//! `candour notice`: checking and rendering here, comparing, publishing and rehearsing beside it.

use super::{Cannot, Outcome};
use clap::{Args, Subcommand, ValueEnum};
use notice::{Notice, Read, Severity};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with a notice.
#[derive(Subcommand)]
pub(super) enum NoticeCommand {
    /// Says everything that is wrong with a notice, where, and how to mend it
    Check(Check),
    /// Writes a notice in another form: a page, Markdown, JSON, linked data, the record of processing
    Render(Render),
    /// Says what differs between two notices, by meaning
    Diff(super::diff::Diff),
    /// Lists what the program does, sets and keeps, and which of it a notice would close
    Coverage(super::coverage::Coverage),
    /// Publishes a notice, or makes it a draft for an officer to approve
    Publish(super::publish::Publish),
    /// Counts what a notice would make due, and changes nothing
    Rehearse(super::publish::Rehearse),
}

/// `candour notice check`: exit 0 without errors, 1 with some.
#[derive(Args)]
pub(super) struct Check {
    /// The notice; `-` for standard input
    file: PathBuf,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Judges it by the law of that day instead of its own effective date
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<law::Date>,
}

/// `candour notice render`: exit 0 when it is written, 2 when the file is no whole notice.
#[derive(Args)]
pub(super) struct Render {
    /// The notice; `-` for standard input
    file: PathBuf,
    /// The form
    #[arg(long, value_enum)]
    format: Form,
}

/// How findings and differences are printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// One object
    Json,
    /// Lines for people
    Text,
}

/// The forms of a notice.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// JSON-LD in the terms of the Data Privacy Vocabulary
    Dpv,
    /// A page of its own
    Html,
    /// What the file says, as JSON
    Json,
    /// The public notice as Markdown
    Markdown,
    /// The record of processing activities (UK GDPR Art 30)
    Ropa,
}

impl NoticeCommand {
    pub(super) fn run(self) -> Outcome {
        match self {
            Self::Check(check) => check.run(),
            Self::Render(render) => render.run(),
            Self::Diff(diff) => diff.run(),
            Self::Coverage(coverage) => coverage.run(),
            Self::Publish(publish) => publish.run(),
            Self::Rehearse(rehearse) => rehearse.run(),
        }
    }
}

impl Check {
    fn run(self) -> Outcome {
        let (text, mut read) = read(&self.file)?;
        if let Some(day) = self.on {
            read = notice::read_on(&text, day).map_err(|error| no_notice(&self.file, &error))?;
        }
        print_findings(&self.file, &text, &read, self.format)?;
        Ok(if has_errors(&read) { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

impl Render {
    fn run(self) -> Outcome {
        let form = match self.format {
            Form::Dpv => notice::Format::Dpv,
            Form::Html => notice::Format::Html,
            Form::Json => notice::Format::Json,
            Form::Markdown => notice::Format::Markdown,
            Form::Ropa => notice::Format::Ropa,
        };
        super::say(&notice::render(&whole(&self.file)?, form))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The notice of a file. Its clauses may be closed; a file with errors of shape has none.
pub(super) fn whole(file: &Path) -> Result<Notice, Cannot> {
    let (_, read) = read(file)?;
    let name = name(file);
    let shape = || Cannot(format!("{name} has errors of shape: `candour notice check {name}` says which."));
    read.notice.ok_or_else(shape)
}

/// Reads a file; one that is no notice at all could not be checked.
pub(super) fn read(file: &Path) -> Result<(String, Read), Cannot> {
    let bytes = bytes(file).map_err(|error| Cannot(format!("{} cannot be read: {error}.", name(file))))?;
    let read = notice::read_bytes(&bytes).map_err(|error| no_notice(file, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| Cannot(format!("{} is no text in UTF-8.", name(file))))?;
    Ok((text, read))
}

fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn no_notice(file: &Path, error: &notice::NoNotice) -> Cannot {
    Cannot(format!("{}: {error}.", name(file)))
}

/// What a file is called in sentences.
pub(super) fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

pub(super) fn has_errors(read: &Read) -> bool {
    read.notice.is_none() || read.findings.iter().any(|finding| finding.severity == Severity::Error)
}

pub(super) fn print_findings(file: &Path, text: &str, read: &Read, format: Format) -> Result<(), Cannot> {
    super::say(&match format {
        Format::Json => notice::json(&read.findings),
        Format::Text => notice::report(&name(file), text, &read.findings),
    })
}

fn day(text: &str) -> Result<law::Date, String> {
    law::parse_iso(text).ok_or_else(|| "write a date such as 2026-11-01".to_owned())
}
