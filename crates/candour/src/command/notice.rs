//! `candour notice`.
use super::Outcome;
use clap::Subcommand;

/// notice
#[derive(Subcommand)]
pub(super) enum NoticeCommand {
    /// x
    X,
}

impl NoticeCommand {
    pub(super) fn run(self) -> Outcome {
        Ok(std::process::ExitCode::SUCCESS)
    }
}
