//! The command line. Exit codes: 0 done, 1 the answer is no, 2 it could not run.

mod bench;
mod clock;
mod copies;
mod coverage;
mod demo;
mod diff;
mod doctor;
mod export;
mod init;
mod keys;
mod logs;
mod notice;
mod publish;
mod scrub;
mod serve;
mod settings;
mod staff;
mod terminal;
mod verify;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An education consortium's portal whose published privacy notice is its configuration.
#[derive(Parser)]
#[command(name = "candour", version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a demonstration with made-up people and a clock that you can move
    Demo(demo::Demo),
    /// Makes an installation: at most six questions, then a link for its first officer
    Init(init::Init),
    /// Serves the portal
    Serve(serve::Serve),
    /// Looks whether everything is in order, and says what to do where it is not
    Doctor(doctor::Doctor),
    /// Adds and lists members of staff
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Checks, renders, compares and publishes privacy notices
    #[command(subcommand)]
    Notice(notice::NoticeCommand),
    /// Confirms today's date after the clock has jumped or the server was down
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Makes a sealed copy of the database, beside the running server
    Backup(copies::Backup),
    /// Puts a copy in the database's place, and does again what must not be undone
    Restore(copies::Restore),
    /// Looks at every record, key and entry for damage, beside the running server
    Scrub(scrub::Scrub),
    /// Looks after the root key: status, rotation, recovery copies
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Packs the evidence for an auditor
    #[command(subcommand)]
    Export(export::Export),
    /// Verifies logs, receipts and exports, without a database and without a network
    #[command(subcommand)]
    Verify(verify::Verify),
    /// Measures how long things take on this machine
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Why a command could not run: one sentence for standard error; exit code 2.
pub struct Cannot(pub String);

impl<E: std::error::Error> From<E> for Cannot {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Destroys what a backup that was killed left unsealed in the data folder, unless one is just being made.
pub(crate) fn tidy(data: &std::path::Path) -> Result<(), vault::Error> {
    copies::tidy(data)
}

/// Every statement of the commands.
pub(crate) fn statements() -> Vec<&'static store::Statement> {
    [export::STATEMENTS, doctor::STATEMENTS, &copies::statements(), &bench::statements()].concat()
}

/// Prints to standard output. A reader that has gone away, such as `head`, is no fault.
fn say(text: &str) -> Result<(), Cannot> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// What a command's run comes to.
pub type Outcome = Result<ExitCode, Cannot>;

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Bench(bench) => bench.run(),
        Command::Demo(demo) => demo.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Init(init) => init.run(),
        Command::Scrub(scrub) => scrub.run(),
        Command::Serve(serve) => serve.run(),
        Command::Staff(staff) => staff.run(),
        Command::Notice(notice) => notice.run(),
        Command::Clock(clock) => clock.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Keys(keys) => keys.run(),
        Command::Export(export) => export.run(),
        Command::Verify(verify) => verify.run(),
    };
    outcome.unwrap_or_else(|Cannot(sentence)| {
        eprintln!("candour: {sentence}");
        ExitCode::from(2)
    })
}
