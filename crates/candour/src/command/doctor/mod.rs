//! `candour doctor`: what an operator would look at by hand, each in one line with what to do. It changes nothing, names
//! nobody, and works beside a running server.

mod certificate;
mod der;
mod evidence;
mod files;
mod folders;
mod keyring;
mod places;
mod running;

pub(crate) use evidence::STATEMENTS;

use super::settings::{Settings, Wrong};
use super::{Cannot, Outcome};
use clap::{Args, ValueEnum};
use law::Clock;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Looks whether everything is in order, and says what to do where it is not.
#[derive(Args)]
pub(super) struct Doctor {
    /// The configuration file
    #[arg(long, env = "CANDOUR_CONFIG", default_value = "candour.toml")]
    config: PathBuf,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// How findings are printed.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One object: {"checks": […]}
    Json,
    /// A line each
    Text,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing to do.
    Ok,
    /// It works, and could be better.
    Warning,
    /// Something that was promised does not hold.
    Problem,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Problem => "problem",
            Self::Warning => "warning",
        }
    }
}

/// What a check says.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    check: &'static str,
    verdict: Verdict,
    /// One sentence.
    says: String,
    /// What to do; empty when nothing is.
    mend: String,
}

impl Line {
    fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, says: says.into(), mend: String::new() }
    }

    fn warning(check: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warning, says: says.into(), mend: mend.into() }
    }

    fn problem(check: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Problem, says: says.into(), mend: mend.into() }
    }
}

impl Doctor {
    pub(super) fn run(self) -> Outcome {
        let lines = match Settings::read(&self.config) {
            Ok(settings) => examine(settings, &self.config),
            Err(Wrong::Problems(problems)) => problems
                .into_iter()
                .map(|problem| Line::problem("settings", format!("{}: {}.", problem.place, problem.what), problem.mend))
                .collect(),
            Err(unreadable) => return Err(unreadable.into()),
        };
        match self.format {
            Format::Json => print_json(&lines),
            Format::Text => print_text(&lines),
        }
        let wrong = lines.iter().any(|line| line.verdict == Verdict::Problem);
        Ok(if wrong { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

/// Every check, from the disk upwards. What one finds does not keep the others from looking.
fn examine(settings: Settings, config: &Path) -> Vec<Line> {
    let clock = Clock::system();
    let mut lines = vec![Line::ok("settings", "The configuration can be read as a whole.")];
    lines.extend(files::rights(&settings, config));
    lines.extend(files::disk(&settings));
    lines.push(places::look(&settings));
    lines.extend(keyring::look(&settings));
    lines.push(keyring::journal(&settings));
    lines.push(certificate::look(&settings, clock.now()));
    lines.push(mail(&settings));
    lines.extend(running::look(settings));
    lines
}

/// Greets the mail server, signs in where that is wanted, and sends nothing.
fn mail(settings: &Settings) -> Line {
    let server = format!("{}:{}", settings.mail.host, settings.mail.port);
    let greeted = settings.smtp().map_err(|Cannot(sentence)| sentence).and_then(|smtp| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(smtp.greet())
    });
    match greeted {
        Ok(()) => Line::ok("mail", format!("{server} lets us in; no letter was sent.")),
        Err(error) => Line::problem(
            "mail",
            format!("{server} does not let us in: {}.", error.trim_end_matches('.')),
            "Look at [mail] and at the server; letters wait until it answers.",
        ),
    }
}

fn print_text(lines: &[Line]) {
    for Line { check, verdict, says, mend } in lines {
        println!("{}", format!("{:<8} {check}: {says} {mend}", verdict.word()).trim_end());
    }
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    let (problems, warnings) = (count(Verdict::Problem), count(Verdict::Warning));
    println!("{}, {}.", counted(problems, "problem"), counted(warnings, "warning"));
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn print_json(lines: &[Line]) {
    let one = |line: &Line| {
        let mend = Some(&line.mend).filter(|mend| !mend.is_empty());
        serde_json::json!({ "check": line.check, "verdict": line.verdict.word(), "says": line.says, "mend": mend })
    };
    println!("{}", serde_json::json!({ "checks": lines.iter().map(one).collect::<Vec<_>>() }));
}
