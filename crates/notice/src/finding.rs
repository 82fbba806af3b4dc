//! A finding: one thing that is wrong with a notice file, where, why, how to mend it and what that rests on.

use serde::Serialize;
use std::ops::Range;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Every feature that stands on the clause stays closed.
    Error,
    /// Probably a mistake; nothing closes.
    Warning,
    /// Worth knowing.
    Info,
}

/// One finding. What each code means, [`crate::CODES`] says.
///
/// Every `N` but N06 leaves no notice; every other error closes its clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `N…` shape, `C…` coverage, `L…` law, `X…` contradiction; stable, so that people can look it up.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Address of the clause: `kind.enquiry.keep`.
    pub clause: String,
    /// What is wrong, in one sentence.
    pub why: String,
    /// How to mend it, in one sentence.
    pub mend: String,
    /// The law, the promise or the rule of the language it rests on.
    pub rests_on: String,
    /// Bytes of the file to underline.
    #[serde(skip)]
    pub(crate) place: Range<usize>,
    /// Bytes of an earlier declaration that this one repeats.
    #[serde(skip)]
    pub(crate) beside: Option<Range<usize>>,
}

/// Where the lines of a text begin, to turn bytes into lines and columns.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Lines<'t> {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column, both from 1, of a byte; the end of the text for a byte beyond it.
    pub(crate) fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line - 1];
        let before = self.text[start..].char_indices().take_while(|(at, _)| start + at < byte).count();
        (line, before + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let lines = Lines::of("a\nbéc\n");
        assert_eq!(lines.place(0), (1, 1));
        assert_eq!(lines.place(2), (2, 1));
        assert_eq!(lines.place(5), (2, 3));
        assert_eq!(lines.place(7), (3, 1));
        assert_eq!(lines.place(99), (3, 1));
        assert_eq!(Lines::of("").place(0), (1, 1));
    }
}
