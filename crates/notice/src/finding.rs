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

/// One finding.
///
/// | code | what is wrong |
/// |---|---|
/// | N01 | an unknown section or key |
/// | N02 | a value of the wrong type |
/// | N03 | a missing section or key |
/// | N04 | an id, or an item of a list, that stands twice |
/// | N05 | a name of a clause that the file does not declare |
/// | N06 | a subject, event or recipient that nothing uses (warning) |
/// | N07 | a value that cannot be: no date, no period, no id, an unknown word, too many |
/// | N08 | lawful in the language, not supported yet: consent, another law, special categories, another `then` |
/// | C01 | a kind without `keep` |
/// | C02 | a `keep` that nothing certain ends |
/// | C03 | a kind without a purpose |
/// | C04 | a kind with a field whose source is not said |
/// | C05 | a purpose without a basis, or with two |
/// | C06 | a recipient without role or country, or a processor without a contract |
/// | C07 | a field in no kind (warning) |
/// | C08 | a `keep` "until further notice" |
/// | C09 | a purpose for which no kind is held (warning; totals need none) |
/// | C10 | legitimate interests that are not named |
/// | C11 | something outside the sealed record that must be in it, or names of others in what is no free text |
/// | C12 | a contract that ends before the notice begins |
/// | C13 | no backup window (no notice), or one below 4 days |
/// | C14 | prose that is neither bound to a clause nor informative (warning) |
/// | C15 | an absolute word (never, always, only, anonymous) in prose that no clause makes true (warning) |
/// | C16 | no contact `officer` or `regulator` (warning) |
/// | C17 | a contact that nobody can reach |
///
/// Every `N` but N06 leaves no notice; every `C` that is no warning closes its clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `N…` shape, `C…` coverage; stable, so that people can look it up.
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
