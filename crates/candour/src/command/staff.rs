//! `candour staff`.
use super::Outcome;
use clap::Subcommand;

/// staff
#[derive(Subcommand)]
pub(super) enum Staff {
    /// x
    X,
}

impl Staff {
    pub(super) fn run(self) -> Outcome {
        Ok(std::process::ExitCode::SUCCESS)
    }
}
