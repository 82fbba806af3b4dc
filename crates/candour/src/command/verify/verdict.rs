//! What a verification comes to, and how it is printed.

use super::{Cannot, Format};
use crate::command::{Outcome, say};
use std::process::ExitCode;

/// What was seen, and what is wrong with it.
#[derive(Default)]
pub(super) struct Verdict {
    says: Vec<String>,
    findings: Vec<Finding>,
}

/// One thing that is wrong, and where.
struct Finding {
    /// The file, by its name in what was checked.
    file: String,
    /// The entry in the log, or the line of the file, from 0.
    index: Option<u64>,
    says: String,
}

impl Verdict {
    /// Says something that was seen.
    pub(super) fn say(&mut self, sentence: impl Into<String>) {
        self.says.push(sentence.into());
    }

    /// Says what is wrong.
    pub(super) fn find(&mut self, file: impl Into<String>, index: Option<u64>, says: impl Into<String>) {
        self.findings.push(Finding { file: file.into(), index, says: says.into() });
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    /// Prints it; the exit code says whether something is wrong.
    pub(super) fn print(&self, what: &str, format: Format) -> Outcome {
        match format {
            Format::Json => say(&format!("{:#}\n", self.json()))?,
            Format::Text => self.print_text(what)?,
        }
        Ok(if self.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn json(&self) -> serde_json::Value {
        let one = |finding: &Finding| {
            let Finding { file, index, says } = finding;
            serde_json::json!({ "file": file, "index": index, "says": says })
        };
        let findings: Vec<_> = self.findings.iter().map(one).collect();
        serde_json::json!({ "verified": self.is_whole(), "says": self.says, "findings": findings })
    }

    fn print_text(&self, what: &str) -> Result<(), Cannot> {
        let mut lines = Vec::new();
        for Finding { file, index, says } in &self.findings {
            let place = index.map(|index| format!(" ({index})")).unwrap_or_default();
            lines.push(format!("refused: {file}{place}: {says}"));
        }
        lines.extend_from_slice(&self.says);
        lines.push(match self.findings.len() {
            0 => format!("Verified: {what}."),
            1 => format!("Refused: {what}. One thing is wrong."),
            count => format!("Refused: {what}. {count} things are wrong."),
        });
        say(&format!("{}\n", lines.join("\n")))
    }
}
