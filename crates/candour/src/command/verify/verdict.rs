//! What a verification comes to, and how it is printed.

use super::{Cannot, Format};
use crate::command::{Outcome, say};
use std::process::ExitCode;

/// After so many findings the others are counted, and not kept.
const MOST: usize = 1_000;

/// The most letters of a line: what was parsed may be as long as its writer liked.
const LINE: usize = 2_000;

/// What was seen, and what is wrong with it.
#[derive(Default)]
pub(super) struct Verdict {
    says: Vec<String>,
    findings: Vec<Finding>,
    /// How many findings there are beyond those kept.
    more: usize,
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
        if self.findings.len() < MOST {
            self.findings.push(Finding { file: file.into(), index, says: says.into() });
        } else {
            self.more += 1;
        }
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
        lines.push(match self.findings.len() + self.more {
            0 => format!("Verified: {what}."),
            1 => format!("Refused: {what}. One thing is wrong."),
            count => format!("Refused: {what}. {count} things are wrong."),
        });
        let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
        say(&format!("{}\n", lines.join("\n")))
    }
}

/// A line as a terminal may be given it. What was parsed is a stranger's: control characters could move the cursor over what was
/// said before, and marks of direction could turn "refused" around. They are written as `\u{1b}`.
pub(super) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for (n, letter) in line.chars().enumerate() {
        if n >= LINE {
            plain.push('…');
            break;
        }
        if is_mark(letter) {
            plain.extend(letter.escape_unicode());
        } else {
            plain.push(letter);
        }
    }
    plain
}

/// Control characters (Unicode Cc), marks of direction (UAX 9), line ends, and what has no width.
fn is_mark(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(plain("a\u{1b}[2Jb\r\nc\u{9b}d\u{202e}e"), r"a\u{1b}[2Jb\u{d}\u{a}c\u{9b}d\u{202e}e");
        assert_eq!(plain("Dún Laoghaire – café."), "Dún Laoghaire – café.");
        assert!(plain(&"x".repeat(9_999)).chars().count() == LINE + 1);
    }

    #[test]
    fn findings_beyond_many_are_counted_and_not_kept() {
        let mut verdict = Verdict::default();
        (0..2 * MOST as u64).for_each(|n| verdict.find("x", Some(n), "It is wrong."));
        assert_eq!((verdict.findings.len(), verdict.more, verdict.is_whole()), (MOST, MOST, false));
    }
}
