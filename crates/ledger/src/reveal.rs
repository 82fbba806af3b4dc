//! What opens a commitment.

use crate::tree::{Hash, sha256};
use crate::wire::{Malformed, VERSION, take, take_byte, take_version};

/// The content behind one commitment of a leaf. Whoever has it can show what the leaf is about; when it is gone, nobody
/// can. It is kept sealed, and has no `Debug`, because it may name a holding.
#[derive(Clone, PartialEq, Eq)]
pub struct Reveal {
    /// 32 bytes drawn for this reveal alone: without them a payload cannot be guessed from its commitment.
    pub r: [u8; 32],
    /// Which commitment of the leaf it opens.
    pub domain: Domain,
    /// What was committed to.
    pub payload: Vec<u8>,
}

/// What a reveal opens: one of the three commitments of a leaf, or one of a segment of openings. A reveal for one never
/// opens another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Domain {
    /// Who did it.
    Actor = 1,
    /// Anything further.
    Detail = 2,
    /// The holding it was done to.
    Holding = 3,
    /// One opening of a holding, in the segment whose root a leaf commits to.
    Opening = 4,
}

impl Domain {
    fn from_code(code: u8) -> Result<Self, Malformed> {
        match code {
            1 => Ok(Self::Actor),
            2 => Ok(Self::Detail),
            3 => Ok(Self::Holding),
            4 => Ok(Self::Opening),
            _ => Err(Malformed::Code),
        }
    }
}

impl Reveal {
    /// SHA-256(r ‖ domain ‖ payload).
    pub fn commitment(&self) -> Hash {
        sha256(&[&self.r, &[self.domain as u8], &self.payload])
    }

    /// Whether this reveal is what was committed to.
    pub fn opens(&self, commitment: &Hash) -> bool {
        self.commitment() == *commitment
    }

    /// The reveal's one encoding; the format stands in the crate's documentation.
    pub fn encode(&self) -> Vec<u8> {
        let head = [VERSION, self.domain as u8];
        [&head[..], &self.r, &self.payload].concat()
    }

    /// The reveal from what [`Reveal::encode`] gave, and from nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let rest = &mut &*bytes;
        take_version(rest)?;
        let domain = Domain::from_code(take_byte(rest)?)?;
        let r = take(rest)?;
        Ok(Self { r, domain, payload: rest.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOMAINS: [Domain; 4] = [Domain::Actor, Domain::Detail, Domain::Holding, Domain::Opening];

    fn reveal(domain: Domain, payload: &[u8]) -> Reveal {
        Reveal { r: [5; 32], domain, payload: payload.to_vec() }
    }

    #[test]
    fn a_reveal_opens_its_own_commitment_only() {
        let one = reveal(Domain::Holding, b"holding 1");
        assert!(one.opens(&one.commitment()));
        let mut other_r = one.clone();
        other_r.r[0] ^= 1;
        let others = [
            reveal(Domain::Actor, b"holding 1"),
            reveal(Domain::Detail, b"holding 1"),
            reveal(Domain::Opening, b"holding 1"),
            reveal(Domain::Holding, b"holding 2"),
            reveal(Domain::Holding, b"holding 1 "),
            other_r,
        ];
        for other in others {
            assert!(!other.opens(&one.commitment()));
        }
    }

    #[test]
    fn a_commitment_is_the_hash_of_r_domain_and_payload() {
        let bytes = [&[5; 32][..], &[3], b"holding 1"].concat();
        assert_eq!(reveal(Domain::Holding, b"holding 1").commitment(), sha256(&[&bytes]));
    }

    #[test]
    fn a_malformed_reveal_is_refused() {
        let bytes = reveal(Domain::Actor, b"").encode();
        for end in 0..bytes.len() {
            assert_eq!(Reveal::decode(&bytes[..end]).err(), Some(Malformed::Length));
        }
        for (at, byte, error) in
            [(0, 0, Malformed::Version), (0, 2, Malformed::Version), (1, 0, Malformed::Code), (1, 5, Malformed::Code)]
        {
            let mut changed = bytes.clone();
            changed[at] = byte;
            assert_eq!(Reveal::decode(&changed).err(), Some(error));
        }
    }

    proptest! {
        #[test]
        fn a_reveal_is_read_as_it_was_written(r: [u8; 32], domain in prop::sample::select(&DOMAINS[..]), payload: Vec<u8>) {
            let reveal = Reveal { r, domain, payload };
            let bytes = reveal.encode();
            prop_assert!(Reveal::decode(&bytes).is_ok_and(|read| read == reveal));
        }

        #[test]
        fn any_bytes_are_one_reveal_or_none(bytes: Vec<u8>) {
            if let Ok(reveal) = Reveal::decode(&bytes) {
                prop_assert_eq!(reveal.encode(), bytes);
            }
        }
    }
}
