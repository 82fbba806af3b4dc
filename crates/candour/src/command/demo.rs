//! `candour demo`.
use super::Outcome;
use clap::Args;

/// demo
#[derive(Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) fn run(self) -> Outcome {
        Ok(std::process::ExitCode::SUCCESS)
    }
}
