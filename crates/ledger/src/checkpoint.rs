//! Checkpoints: the size and root of the log, signed, as in C2SP tlog-checkpoint.

use crate::Unproved;
use crate::frontier::MAX_SIZE;
use crate::note::{self, Signer, Verifier};
use crate::tree::Hash;
use crate::wire::{Malformed, base64, decimal, hash_from_base64, take_line};

/// What the log was at one moment. Its text is three lines: origin, size, root in base64. The extension lines that the
/// format allows and advises against are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, under which it is signed.
    pub origin: String,
    /// How many leaves the log has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The three lines that are signed.
    pub fn encode(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))
    }

    /// The checkpoint from what [`Checkpoint::encode`] gave, and from nothing else.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let rest = &mut &*text;
        let origin = take_line(rest)?;
        if origin.is_empty() {
            return Err(Malformed::Line);
        }
        let size = decimal(take_line(rest)?)?;
        if size > MAX_SIZE {
            return Err(Malformed::Size);
        }
        let root = hash_from_base64(take_line(rest)?)?;
        if rest.is_empty() { Ok(Self { origin: origin.to_owned(), size, root }) } else { Err(Malformed::Line) }
    }

    /// The checkpoint as a signed note. The signer's name must be the origin.
    pub fn sign(&self, signer: &Signer) -> Result<String, Unproved> {
        if signer.verifier().name() != self.origin {
            return Err(Unproved::Origin);
        }
        Ok(signer.sign(&self.encode())?)
    }

    /// The checkpoint from a note that the log signed.
    pub fn open(note: &str, log: &Verifier) -> Result<Self, Unproved> {
        let checkpoint = Self::parse(note::open(note, std::slice::from_ref(log))?)?;
        if checkpoint.origin == log.name() { Ok(checkpoint) } else { Err(Unproved::Origin) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ORIGIN: &str = "learn.example/log";

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: ORIGIN.into(), size: 70_000, root: [7; 32] }
    }

    fn signer() -> Signer {
        Signer::from_seed(ORIGIN, &[1; 32]).expect("a name")
    }

    #[test]
    fn a_checkpoint_is_opened_as_it_was_signed() {
        let note = checkpoint().sign(&signer()).expect("its own log");
        assert_eq!(Checkpoint::open(&note, signer().verifier()), Ok(checkpoint()));
    }

    #[test]
    fn a_log_signs_and_opens_its_own_checkpoints_only() {
        let other = Checkpoint { origin: "other.example/log".into(), ..checkpoint() };
        assert_eq!(other.sign(&signer()), Err(Unproved::Origin));
        let note = signer().sign(&other.encode()).expect("a text");
        assert_eq!(Checkpoint::open(&note, signer().verifier()), Err(Unproved::Origin));
        let key = Signer::from_seed(ORIGIN, &[2; 32]).expect("a name");
        let note = checkpoint().sign(&key).expect("its own log");
        assert_eq!(Checkpoint::open(&note, signer().verifier()), Err(Unproved::Unsigned));
    }

    #[test]
    fn a_checkpoint_has_one_text() {
        let text = checkpoint().encode();
        for (from, to) in [
            ("learn.example/log", ""),
            ("70000", "070000"),
            ("70000", "9223372036854775808"),
            ("70000", ""),
            ("=\n", "=\nmore\n"),
            ("=\n", "="),
            ("=\n", "\n"),
        ] {
            assert!(Checkpoint::parse(&text.replace(from, to)).is_err(), "{from} becomes {to}");
        }
    }

    #[test]
    fn every_changed_bit_of_a_signed_checkpoint_is_refused() {
        let note = checkpoint().sign(&signer()).expect("its own log");
        for bit in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let read = String::from_utf8(bytes).ok();
            let opened = read.and_then(|note| Checkpoint::open(&note, signer().verifier()).ok());
            assert_eq!(opened, None, "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_one_checkpoint_or_none(text in "[a-z]{0,3}\n?[0-9]{0,20}\n?([A-Za-z0-9+/]{43}=)?\n?\\PC{0,5}") {
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                prop_assert_eq!(checkpoint.encode(), text);
            }
        }
    }
}
