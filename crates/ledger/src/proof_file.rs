//! Proof files: that one leaf is in the log, checkable offline, as C2SP tlog-proof has them.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra AQB…                        base64, left out where there is nothing; not signed, not proved
//! index 2
//! lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=      the hashes beside the leaf's path, lowest first
//!
//! learn.example/log                 the checkpoint as it was signed
//! …
//! ```
//!
//! The leaf itself is no part of the format; Candour carries it in [`Extra`](crate::Extra).

use crate::Unproved;
use crate::checkpoint::Checkpoint;
use crate::note::{MAX_NOTE, Verifier};
use crate::proof::verify_inclusion;
use crate::tree::{Hash, leaf_hash};
use crate::wire::{Malformed, base64, decimal, from_base64, hash_from_base64, take_line};

/// The most bytes of a proof file.
pub const MAX_PROOF_FILE: usize = 4 * MAX_NOTE;

/// The most hashes of a proof: one for each level of the largest tree.
const MAX_HASHES: usize = 64;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof that one leaf is in the log. It has no `Debug`: the extra bytes may say whom a leaf is about.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// Bytes for the one who checks; nothing vouches for them.
    pub extra: Vec<u8>,
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// The inclusion proof (RFC 6962 section 2.1.1), lowest hash first.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, as it was published.
    pub checkpoint: String,
}

impl ProofFile {
    /// The text of the file.
    pub fn encode(&self) -> String {
        let extra = match self.extra.as_slice() {
            [] => String::new(),
            bytes => format!("extra {}\n", base64(bytes)),
        };
        let hashes: String = self.hashes.iter().map(|hash| base64(hash) + "\n").collect();
        format!("{HEADER}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint)
    }

    /// The proof from what [`ProofFile::encode`] gave, and from nothing else. The checkpoint is taken as it stands and
    /// read when it is verified.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > MAX_PROOF_FILE {
            return Err(Malformed::TooLong);
        }
        let rest = &mut &*text;
        if take_line(rest)? != HEADER {
            return Err(Malformed::Version);
        }
        let mut line = take_line(rest)?;
        let mut extra = Vec::new();
        if let Some(letters) = line.strip_prefix("extra ") {
            extra = from_base64(letters)?;
            line = take_line(rest)?;
            if extra.is_empty() {
                return Err(Malformed::Line);
            }
        }
        let index = decimal(line.strip_prefix("index ").ok_or(Malformed::Line)?)?;
        let hashes = take_hashes(rest)?;
        Ok(Self { extra, index, hashes, checkpoint: (*rest).to_owned() })
    }

    /// What the log was when it held this leaf at this index. Everything is checked but the extra bytes.
    pub fn verify(&self, log: &Verifier, leaf: &[u8]) -> Result<Checkpoint, Unproved> {
        let checkpoint = Checkpoint::open(&self.checkpoint, log)?;
        let Checkpoint { size, root, .. } = &checkpoint;
        if verify_inclusion(&leaf_hash(leaf), self.index, *size, &self.hashes, root) {
            Ok(checkpoint)
        } else {
            Err(Unproved::Inclusion)
        }
    }
}

/// Takes hashes, a line each, and the empty line after them.
fn take_hashes(rest: &mut &str) -> Result<Vec<Hash>, Malformed> {
    let mut hashes = Vec::new();
    loop {
        let line = take_line(rest)?;
        if line.is_empty() {
            return Ok(hashes);
        }
        if hashes.len() == MAX_HASHES {
            return Err(Malformed::TooLong);
        }
        hashes.push(hash_from_base64(line)?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Signer, inclusion_proof, root};
    use proptest::prelude::*;

    const ORIGIN: &str = "learn.example/log";

    fn signer() -> Signer {
        Signer::from_seed(ORIGIN, &[1; 32]).expect("a name")
    }

    fn proof(index: u64, size: u64, extra: &[u8]) -> ProofFile {
        let hashes: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: root(&hashes) };
        ProofFile {
            extra: extra.to_vec(),
            index,
            hashes: inclusion_proof(&hashes, index).expect("a leaf"),
            checkpoint: checkpoint.sign(&signer()).expect("its own log"),
        }
    }

    #[test]
    fn a_proof_shows_its_own_leaf_at_its_own_index() {
        for size in 1..20_u64 {
            for index in 0..size {
                let mut file = proof(index, size, b"");
                let verify = |file: &ProofFile, leaf: u64| file.verify(signer().verifier(), &leaf.to_be_bytes());
                assert_eq!(verify(&file, index).map(|checkpoint| checkpoint.size), Ok(size));
                assert_eq!(verify(&file, index + 1), Err(Unproved::Inclusion));
                file.index += 1;
                assert_eq!(verify(&file, index), Err(Unproved::Inclusion));
            }
        }
    }

    #[test]
    fn a_proof_file_has_one_text() {
        let file = proof(2, 5, b"more");
        let text = file.encode();
        assert!(ProofFile::parse(&text).is_ok_and(|read| read == file));
        for (from, to) in [
            ("@v1", "@v2"),
            ("extra bW9yZQ==", "extra "),
            ("extra bW9yZQ==", "extra bW9yZR=="),
            ("index 2", "index 02"),
            ("index 2", "index"),
            ("index 2", "Index 2"),
            ("index 2\n", ""),
            ("index 2\n", "index 2\nAAAA\n"),
            ("index 2\n", "index 2\r\n"),
        ] {
            assert!(ProofFile::parse(&text.replacen(from, to, 1)).is_err(), "{from} becomes {to}");
        }
        let many = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(MAX_HASHES + 1);
        let over = ProofFile::parse(&text.replacen("index 2\n", &format!("index 2\n{many}"), 1));
        assert_eq!(over.err(), Some(Malformed::TooLong));
    }

    /// The extra bytes are not proved by the format: a bit changed there must change the bytes that are read, and no more.
    #[test]
    fn every_changed_bit_of_a_proof_file_is_refused_or_in_the_extra_bytes() {
        let file = proof(2, 5, b"more");
        let text = file.encode();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Some(read) = String::from_utf8(bytes).ok().and_then(|text| ProofFile::parse(&text).ok()) else {
                continue;
            };
            let proved = read.verify(signer().verifier(), &2_u64.to_be_bytes()).is_ok();
            assert!(!proved || (read.extra != file.extra && read.hashes == file.hashes), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_one_proof_or_none(
            text in "c2sp.org/tlog-proof@v1\n(extra [A-Za-z0-9+/]{0,8}={0,2}\n)?index [0-9]{0,3}\n([A-Za-z0-9+/]{43}=\n){0,2}\n?\\PC{0,9}",
            any in "\\PC{0,80}",
        ) {
            for text in [text, any] {
                if let Ok(file) = ProofFile::parse(&text) {
                    prop_assert_eq!(file.encode(), text);
                }
            }
        }
    }
}
