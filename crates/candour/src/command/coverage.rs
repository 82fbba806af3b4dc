//! `candour notice coverage`: what would be open and what closed under a notice.

use super::notice::{Format, name, whole};
use super::{Cannot, Outcome};
use crate::coverage::{self, Line, SORTS, State};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit 0 when everything is open, 1 where something is closed, 2 when the file is no whole notice.
#[derive(Args)]
pub(super) struct Coverage {
    /// The notice; `-` for standard input
    file: PathBuf,
    /// How to print what is covered
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Coverage {
    pub(super) fn run(self) -> Outcome {
        let lines = coverage::of(&whole(&self.file)?).map_err(|error| Cannot(format!("{error}.")))?;
        let closed = lines.iter().filter(|line| line.state == State::Closed).count();
        let text = match self.format {
            Format::Json => format!("{:#}\n", object(&lines, closed)),
            Format::Text => text(&name(&self.file), &lines, closed),
        };
        super::say(&text)?;
        Ok(if closed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// `{"closed", "lines": [{"sort", "id", "state", "clauses", "missing", "reason"}]}`.
fn object(lines: &[Line], closed: usize) -> Value {
    let one = |line: &Line| {
        json!({
            "sort": line.sort,
            "id": line.id,
            "state": line.state.code(),
            "clauses": line.clauses,
            "missing": line.missing,
            "reason": line.reason,
        })
    };
    json!({ "closed": closed, "lines": lines.iter().map(one).collect::<Vec<_>>() })
}

fn text(name: &str, lines: &[Line], closed: usize) -> String {
    let mut text = String::new();
    for (sort, heading) in SORTS {
        let _ = writeln!(text, "{heading}\n"); // writing to a String does not fail
        for line in lines.iter().filter(|line| line.sort == sort) {
            let _ = writeln!(text, "  {}", words(line));
        }
        text.push('\n');
    }
    let _ = match closed {
        0 => writeln!(text, "Under {name} everything is open."),
        closed => writeln!(text, "Under {name} {closed} of {} are closed.", lines.len()),
    };
    text
}

/// "closed  enquiries: not covered: kind.enquiry", "open    site: the pages are the same for everybody".
fn words(line: &Line) -> String {
    let why = match (&line.missing[..], &line.reason) {
        ([], None) => line.clauses.join(", "),
        ([], Some(reason)) if line.clauses.is_empty() => reason.clone(),
        ([], Some(reason)) => format!("{}; {reason}", line.clauses.join(", ")),
        (missing, None) => format!("not covered: {}", missing.join(", ")),
        (missing, Some(reason)) => format!("not covered: {}; {reason}", missing.join(", ")),
    };
    format!("{:<11} {}: {why}", line.state.code(), line.id)
}
