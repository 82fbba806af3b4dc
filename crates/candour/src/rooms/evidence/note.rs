//! A signed checkpoint in lines that are short enough to be typed back from paper.

use super::figures::number;

/// The lines of a checkpoint.
pub(super) struct Note {
    /// Name, size and root: what has to be noted down to find a later change.
    pub lines: Vec<String>,
    /// How many entries it covers.
    pub size: u64,
    /// The signature, for whoever asks whether it was ours.
    pub signature: Vec<String>,
}

impl Note {
    /// Reads a checkpoint as it was signed; `None` where it is none.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (body, signatures) = text.split_once("\n\n")?;
        let lines: Vec<String> = body.lines().map(str::to_owned).collect();
        let size = lines.get(1)?.parse().ok()?;
        let signature = signatures.lines().filter(|line| !line.is_empty()).flat_map(|line| {
            let (name, base64) = line.rsplit_once(' ').unwrap_or(("", line));
            [vec![name.to_owned()], short_lines(base64)].concat()
        });
        Some(Self { size, signature: signature.collect(), lines })
    }

    /// How many entries it covers, as people read it.
    pub(super) fn count(&self) -> String {
        number(self.size)
    }
}

/// How many letters a line has at the most: as many as the root of a log.
const SHORT: usize = 44;

/// A long word in lines that can be typed back: put together without a blank they are the word.
pub(super) fn short_lines(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(SHORT).map(|line| line.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Note, short_lines};

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let note = Note::of("portal.example/log\n7\nAAAA=\n\n\u{2014} portal.example/log BBBB=\n").expect("a note");
        assert_eq!((note.lines.len(), note.size), (3, 7));
        assert_eq!(note.signature, ["\u{2014} portal.example/log", "BBBB="]);
        for wrong in ["", "portal.example/log", "portal.example/log\nmany\nAAAA=\n\nx"] {
            assert!(Note::of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_long_word_is_told_in_lines_that_make_it_up_again() {
        let word = "A".repeat(100);
        let lines = short_lines(&word);
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [44, 44, 12]);
        assert_eq!(lines.concat(), word);
    }
}
