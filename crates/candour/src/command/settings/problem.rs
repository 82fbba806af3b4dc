//! What is wrong with a configuration: all of it at once, each with its place and a mend.

use std::fmt;

/// One thing that is wrong. Values are quoted only where they cannot be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct Problem {
    /// The key that it is about, if it is a known one.
    pub(super) key: Option<&'static str>,
    /// `candour.toml:7`, or the variable.
    pub(in crate::command) place: String,
    /// What is wrong, without a full stop.
    pub(in crate::command) what: String,
    /// What to do, as a sentence.
    pub(in crate::command) mend: String,
}

impl Problem {
    pub(super) fn new(place: String, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { key: None, place, what: what.into(), mend: mend.into() }
    }

    /// Whether it is about this key.
    pub(super) fn is_about(&self, key: &str) -> bool {
        self.key == Some(key)
    }

    pub(super) fn of(key: &'static str, place: String, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { key: Some(key), ..Self::new(place, what, mend) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. {}", self.place, self.what, self.mend)
    }
}

/// Why there are no settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) enum Wrong {
    /// They say something wrong.
    Problems(Vec<Problem>),
    /// The file cannot be read: a sentence.
    Unreadable(String),
}

impl std::error::Error for Wrong {}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(sentence) => f.write_str(sentence),
            Self::Problems(problems) => {
                if problems.len() > 1 {
                    writeln!(f, "the configuration has {} problems.", problems.len())?;
                }
                let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}
