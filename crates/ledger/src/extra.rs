//! What a proof given to a person carries beside the proof: the leaf, and what opens its commitments.

use crate::reveal::Reveal;
use crate::tree::Hash;
use crate::wire::{Malformed, VERSION, push_part, take, take_byte, take_part, take_version};

/// The extra bytes of a [`ProofFile`](crate::ProofFile); the format stands in the crate's documentation. Nothing here is
/// proved by being here: [`verify_receipt`](crate::verify_receipt) does that. It has no `Debug`, because reveals may name a
/// holding.
#[derive(Clone, PartialEq, Eq)]
pub struct Extra {
    /// The encoded leaf.
    pub leaf: Vec<u8>,
    /// What opens its commitments, or that of one opening in its segment.
    pub reveals: Vec<Reveal>,
    /// Where the opening stands in the segment.
    pub segment: Option<SegmentProof>,
}

/// That an opening is in the segment whose root is the detail of a leaf: the commitments of the segment, in order, are the
/// leaves of a small tree (RFC 6962 section 2.1), and this is an inclusion proof in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentProof {
    /// The opening's place in the segment, from 0.
    pub place: u64,
    /// How many openings the segment has.
    pub size: u64,
    /// The inclusion proof, lowest hash first.
    pub hashes: Vec<Hash>,
}

impl Extra {
    /// The one encoding. Refused is what its lengths cannot say.
    pub fn encode(&self) -> Result<Vec<u8>, Malformed> {
        let mut bytes = vec![VERSION];
        push_part(&mut bytes, &self.leaf)?;
        bytes.push(count(self.reveals.len())?);
        for reveal in &self.reveals {
            push_part(&mut bytes, &reveal.encode())?;
        }
        bytes.push(self.segment.is_some().into());
        if let Some(segment) = &self.segment {
            bytes.extend(segment.place.to_be_bytes());
            bytes.extend(segment.size.to_be_bytes());
            bytes.push(count(segment.hashes.len())?);
            bytes.extend(segment.hashes.as_flattened());
        }
        Ok(bytes)
    }

    /// What [`Extra::encode`] gave, and nothing else. Whether the leaf can be read is not looked at.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let rest = &mut &*bytes;
        take_version(rest)?;
        let leaf = take_part(rest)?.to_vec();
        let reveals = take_byte(rest)?;
        let reveals = (0..reveals).map(|_| Reveal::decode(take_part(rest)?)).collect::<Result<_, _>>()?;
        let segment = match take_byte(rest)? {
            0 => None,
            1 => Some(take_segment(rest)?),
            _ => return Err(Malformed::Code),
        };
        if rest.is_empty() { Ok(Self { leaf, reveals, segment }) } else { Err(Malformed::Length) }
    }
}

fn take_segment(rest: &mut &[u8]) -> Result<SegmentProof, Malformed> {
    let place = u64::from_be_bytes(take(rest)?);
    let size = u64::from_be_bytes(take(rest)?);
    let hashes = take_byte(rest)?;
    let hashes = (0..hashes).map(|_| take(rest)).collect::<Result<_, _>>()?;
    Ok(SegmentProof { place, size, hashes })
}

fn count(length: usize) -> Result<u8, Malformed> {
    u8::try_from(length).map_err(|_| Malformed::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Domain;
    use proptest::prelude::*;

    fn extra() -> Extra {
        let reveal = Reveal { r: [5; 32], domain: Domain::Opening, payload: b"payload".to_vec() };
        let segment = SegmentProof { place: 1, size: 3, hashes: vec![[6; 32], [7; 32]] };
        Extra { leaf: b"leaf".to_vec(), reveals: vec![reveal], segment: Some(segment) }
    }

    #[test]
    fn extra_bytes_are_read_as_they_were_written() {
        for extra in [extra(), Extra { segment: None, ..extra() }, Extra { reveals: vec![], ..extra() }] {
            let bytes = extra.encode().expect("short");
            assert!(Extra::decode(&bytes).is_ok_and(|read| read == extra));
            for end in 0..bytes.len() {
                assert!(Extra::decode(&bytes[..end]).is_err(), "{end} bytes");
            }
            let longer = [&bytes[..], &[0]].concat();
            assert_eq!(Extra::decode(&longer).err(), Some(Malformed::Length));
        }
    }

    #[test]
    fn what_the_lengths_cannot_say_is_refused() {
        let [leaf, reveals, hashes] = [
            Extra { leaf: vec![0; 65_536], ..extra() },
            Extra { reveals: vec![extra().reveals[0].clone(); 256], ..extra() },
            Extra { segment: Some(SegmentProof { place: 0, size: 1, hashes: vec![[0; 32]; 256] }), ..extra() },
        ];
        for extra in [leaf, reveals, hashes] {
            assert_eq!(extra.encode(), Err(Malformed::TooLong));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_one_extra_or_none(at in any::<prop::sample::Index>(), byte: u8, any: Vec<u8>) {
            let mut bytes = extra().encode().expect("short");
            let at = at.index(bytes.len());
            bytes[at] = byte;
            for bytes in [bytes, any] {
                if let Ok(read) = Extra::decode(&bytes) {
                    prop_assert_eq!(read.encode(), Ok(bytes));
                }
            }
        }
    }
}
