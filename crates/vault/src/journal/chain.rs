//! The checks of the lines: a line that was changed, lost or moved is noticed at its number.

use crate::{Sha256, hex};

/// The least number that a last space becomes when it turns into a nought, between a number and a check that is all digits. No
/// journal without checks counted this far.
const MERGED: u64 = 1_000_000_000;

/// What the lines so far add up to. A check finds what happens by chance; whoever can write the file can work it out anew.
#[derive(Clone, Default)]
pub(super) struct Chain {
    /// The check of the last line: the first 8 digits of the SHA-256, in hexadecimal, of the check before it and the line itself,
    /// without its check and end. Empty before the first line. A line without a check has one too, that is not written.
    check: String,
    /// Whether a line had its check written, so that all that follow need one.
    pub(super) begun: bool,
}

impl Chain {
    /// These lines, each with its check.
    pub(super) fn checked(&mut self, lines: &str) -> String {
        lines.lines().fold(String::new(), |text, line| {
            *self = Chain { begun: true, ..self.after(line) };
            text + line + " " + &self.check + "\n"
        })
    }

    /// What the next line says, and the chain with it. `None` if it has another check than it should, or none.
    pub(super) fn follow<'line>(&self, line: &'line str) -> Option<(&'line str, Chain)> {
        let words = if line.starts_with("pruned ") { 3 } else { 5 };
        if let Some((end, _)) = line.match_indices(' ').nth(words - 1) {
            let (line, check) = (&line[..end], &line[end + 1..]);
            let next = Chain { begun: true, ..self.after(line) };
            (check == next.check).then_some((line, next))
        } else {
            let merged = line.rsplit(' ').next()?.parse().is_ok_and(|number: u64| number >= MERGED);
            (!self.begun && !merged).then(|| (line, self.after(line)))
        }
    }

    fn after(&self, line: &str) -> Chain {
        let mut hash = Sha256::new();
        hash.update(self.check.as_bytes());
        hash.update(line.as_bytes());
        Chain { check: hex::write(&hash.finish()[..4]), begun: self.begun }
    }
}
