//! Why a task ended without success.

use std::process::ExitCode;

/// The reason, as one sentence unless it has been told; the variant decides the exit code.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The task ran and the answer is no: exit 1.
    No(String),
    /// As `No`, and the task's last line said so already: exit 1.
    Told,
    /// The task could not run: exit 2.
    Unable(String),
}

impl Stop {
    /// The exit code that scripts rely on.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::No(_) | Self::Told => ExitCode::from(1),
            Self::Unable(_) => ExitCode::from(2),
        }
    }

    /// The sentence still to be told.
    pub(crate) fn sentence(&self) -> Option<&str> {
        match self {
            Self::No(sentence) | Self::Unable(sentence) => Some(sentence),
            Self::Told => None,
        }
    }
}
