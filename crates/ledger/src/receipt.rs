//! Checking a receipt: a proof file that carries its leaf and what opens it.

use crate::Unproved;
use crate::checkpoint::Checkpoint;
use crate::extra::{Extra, SegmentProof};
use crate::leaf::{Effect, Leaf};
use crate::note::Verifier;
use crate::proof::verify_inclusion;
use crate::proof_file::ProofFile;
use crate::reveal::{Domain, Reveal};
use crate::tree::leaf_hash;

/// What a receipt shows; all of it is proved. It has no `Debug`, because reveals may name a holding.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the log was when it held the leaf.
    pub checkpoint: Checkpoint,
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// What was done.
    pub leaf: Leaf,
    /// What was committed to, one reveal a domain at most. One of [`Domain::Opening`] is in the leaf's segment.
    pub reveals: Vec<Reveal>,
    /// Place in the segment of openings and how many there are, where the receipt is of an opening.
    pub opening: Option<(u64, u64)>,
}

/// What this text proves about the log that this key signs for. Every byte of it counts: whatever it carries that is not
/// proved is refused.
pub fn verify_receipt(text: &str, log: &Verifier) -> Result<Receipt, Unproved> {
    let file = ProofFile::parse(text)?;
    let extra = Extra::decode(&file.extra)?;
    let checkpoint = file.verify(log, &extra.leaf)?;
    let leaf = Leaf::decode(&extra.leaf)?;
    for (n, reveal) in extra.reveals.iter().enumerate() {
        let again = extra.reveals[..n].iter().any(|earlier| earlier.domain == reveal.domain);
        if again || !opens(reveal, &leaf, extra.segment.as_ref())? {
            return Err(Unproved::Reveal);
        }
    }
    let opening = extra.reveals.iter().any(|reveal| reveal.domain == Domain::Opening);
    if extra.segment.is_some() != opening {
        return Err(Unproved::Segment);
    }
    let opening = extra.segment.map(|segment| (segment.place, segment.size));
    Ok(Receipt { checkpoint, index: file.index, leaf, reveals: extra.reveals, opening })
}

fn opens(reveal: &Reveal, leaf: &Leaf, segment: Option<&SegmentProof>) -> Result<bool, Unproved> {
    let commitment = match reveal.domain {
        Domain::Actor => leaf.actor,
        Domain::Detail => leaf.detail,
        Domain::Holding => leaf.holding,
        Domain::Opening => return in_segment(reveal, leaf, segment).then_some(true).ok_or(Unproved::Segment),
    };
    Ok(commitment.is_some_and(|commitment| reveal.opens(&commitment)))
}

/// The detail of a leaf of openings is the root of its segment itself.
fn in_segment(reveal: &Reveal, leaf: &Leaf, segment: Option<&SegmentProof>) -> bool {
    let (Effect::Opened, Some(root), Some(segment)) = (leaf.effect, &leaf.detail, segment) else {
        return false;
    };
    let commitment = leaf_hash(&reveal.commitment());
    u64::from(leaf.count) == segment.size
        && verify_inclusion(&commitment, segment.place, segment.size, &segment.hashes, root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, Malformed, Outcome, Signer, inclusion_proof, root};

    const ORIGIN: &str = "learn.example/log";

    fn signer() -> Signer {
        Signer::from_seed(ORIGIN, &[1; 32]).expect("a name")
    }

    fn reveal(domain: Domain) -> Reveal {
        Reveal { r: [domain as u8; 32], domain, payload: b"3b1f 2026-11-23".to_vec() }
    }

    fn leaf(effect: Effect) -> Leaf {
        Leaf {
            effect,
            hour: 498_660,
            notice: [9; 32],
            clauses: vec!["kind.enquiry.keep".into()],
            outcome: Outcome::Done,
            count: 3,
            holding: Some(reveal(Domain::Holding).commitment()),
            actor: None,
            detail: None,
        }
    }

    /// A file for leaf 2 of 5 with this extra.
    fn file(extra: &Extra) -> String {
        let hashes: Vec<Hash> = (0..5).map(|n| if n == 2 { leaf_hash(&extra.leaf) } else { leaf_hash(&[n]) }).collect();
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 5, root: root(&hashes) };
        let file = ProofFile {
            extra: extra.encode().expect("short"),
            index: 2,
            hashes: inclusion_proof(&hashes, 2).expect("a leaf"),
            checkpoint: checkpoint.sign(&signer()).expect("its own log"),
        };
        file.encode()
    }

    fn erasure() -> Extra {
        let leaf = leaf(Effect::EraseDecided).encode().expect("well formed");
        Extra { leaf, reveals: vec![reveal(Domain::Holding)], segment: None }
    }

    fn opening() -> Extra {
        let commitments = [[1; 32], reveal(Domain::Opening).commitment(), [3; 32]];
        let hashes = commitments.map(|commitment| leaf_hash(&commitment));
        let leaf = Leaf { holding: None, detail: Some(root(&hashes)), ..leaf(Effect::Opened) };
        let proof = inclusion_proof(&hashes, 1).expect("a leaf");
        Extra {
            leaf: leaf.encode().expect("well formed"),
            reveals: vec![reveal(Domain::Opening)],
            segment: Some(SegmentProof { place: 1, size: 3, hashes: proof }),
        }
    }

    fn verify(text: &str) -> Result<Receipt, Unproved> {
        verify_receipt(text, signer().verifier())
    }

    #[test]
    fn a_receipt_shows_what_was_done_and_to_what() {
        let receipt = verify(&file(&erasure())).expect("proved");
        assert_eq!((receipt.index, receipt.checkpoint.size), (2, 5));
        assert_eq!(receipt.leaf, leaf(Effect::EraseDecided));
        assert!(receipt.reveals == [reveal(Domain::Holding)]);
        assert_eq!(receipt.opening, None);
    }

    #[test]
    fn an_opening_is_shown_through_its_segment() {
        let receipt = verify(&file(&opening())).expect("proved");
        assert_eq!(receipt.leaf.effect, Effect::Opened);
        assert_eq!(receipt.opening, Some((1, 3)));
    }

    #[test]
    fn a_receipt_without_reveals_shows_the_leaf_alone() {
        let receipt = verify(&file(&Extra { reveals: vec![], ..erasure() })).expect("proved");
        assert_eq!(receipt.leaf.effect, Effect::EraseDecided);
        assert!(receipt.reveals.is_empty());
    }

    #[test]
    fn what_a_receipt_carries_without_proof_is_refused() {
        let [one, other] = [reveal(Domain::Holding), Reveal { r: [0; 32], ..reveal(Domain::Holding) }];
        let segment = opening().segment;
        let place = segment.clone().map(|segment| SegmentProof { place: 2, ..segment });
        let size = segment.clone().map(|segment| SegmentProof { size: 4, ..segment });
        for (extra, error) in [
            (Extra { reveals: vec![other], ..erasure() }, Unproved::Reveal),
            (Extra { reveals: vec![one.clone(), one.clone()], ..erasure() }, Unproved::Reveal),
            (Extra { reveals: vec![reveal(Domain::Actor)], ..erasure() }, Unproved::Reveal),
            (Extra { reveals: vec![reveal(Domain::Opening)], ..erasure() }, Unproved::Segment),
            (Extra { segment: segment.clone(), ..erasure() }, Unproved::Segment),
            (Extra { reveals: vec![], ..opening() }, Unproved::Segment),
            (Extra { segment: None, ..opening() }, Unproved::Segment),
            (Extra { segment: place, ..opening() }, Unproved::Segment),
            (Extra { segment: size, ..opening() }, Unproved::Segment),
            (Extra { leaf: b"no leaf".to_vec(), ..erasure() }, Unproved::Malformed(Malformed::Version)),
        ] {
            assert_eq!(verify(&file(&extra)).err(), Some(error));
        }
    }

    #[test]
    fn a_receipt_of_another_log_is_refused() {
        let other = Signer::from_seed(ORIGIN, &[2; 32]).expect("a name");
        let refused = verify_receipt(&file(&erasure()), other.verifier());
        assert_eq!(refused.err(), Some(Unproved::Unsigned));
    }

    #[test]
    fn every_changed_bit_of_a_receipt_is_refused() {
        for text in [file(&erasure()), file(&opening())] {
            for bit in 0..text.len() * 8 {
                let mut bytes = text.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let proved = String::from_utf8(bytes).is_ok_and(|text| verify(&text).is_ok());
                assert!(!proved, "bit {bit}");
            }
        }
    }

    #[test]
    fn a_receipt_cut_short_is_refused() {
        let text = file(&opening());
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(verify(&text[..end]).is_err(), "{end} bytes");
        }
    }
}
