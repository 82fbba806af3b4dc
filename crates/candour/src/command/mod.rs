//! The command line. Exit codes: 0 done, 1 the answer is no, 2 it could not run.

mod clock;
mod demo;
mod notice;
mod serve;
mod settings;
mod staff;

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
    /// Serves the portal
    Serve(serve::Serve),
    /// Adds and lists members of staff
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Checks and publishes privacy notices
    #[command(subcommand)]
    Notice(notice::NoticeCommand),
    /// Confirms today's date after the clock has jumped or the server was down
    #[command(subcommand)]
    Clock(clock::ClockCommand),
}

/// Why a command could not run: one sentence for standard error; exit code 2.
pub struct Cannot(pub String);

impl<E: std::error::Error> From<E> for Cannot {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What a command's run comes to.
pub type Outcome = Result<ExitCode, Cannot>;

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Staff(staff) => staff.run(),
        Command::Notice(notice) => notice.run(),
        Command::Clock(clock) => clock.run(),
    };
    outcome.unwrap_or_else(|Cannot(sentence)| {
        eprintln!("candour: {sentence}");
        ExitCode::from(2)
    })
}
