//! Bundles: the leaves under a tile, each after its length in two bytes, as in C2SP tlog-tiles.

use crate::path::FULL;
use crate::wire::{Malformed, push_part, take_part};

/// The bundle of up to 256 leaves.
pub fn encode_bundle(leaves: &[&[u8]]) -> Result<Vec<u8>, Malformed> {
    if leaves.is_empty() || leaves.len() > FULL.into() {
        return Err(Malformed::Length);
    }
    let mut bytes = Vec::new();
    for leaf in leaves {
        push_part(&mut bytes, leaf)?;
    }
    Ok(bytes)
}

/// The `width` leaves of a bundle, no more and no fewer; what they say is not read.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, Malformed> {
    let rest = &mut &*bytes;
    let leaves = (0..width.min(FULL)).map(|_| take_part(rest)).collect::<Result<Vec<_>, _>>()?;
    if rest.is_empty() && (1..=FULL).contains(&width) { Ok(leaves) } else { Err(Malformed::Length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bundle_is_1_to_256_leaves_and_nothing_else() {
        let leaves = [&b"one"[..], b"", b"three"];
        let bytes = encode_bundle(&leaves).expect("short leaves");
        assert_eq!(bytes, b"\0\x03one\0\0\0\x05three");
        assert_eq!(decode_bundle(&bytes, 3), Ok(leaves.to_vec()));
        for width in [0, 1, 2, 4, 257, u16::MAX] {
            assert_eq!(decode_bundle(&bytes, width), Err(Malformed::Length), "{width} leaves");
        }
        assert_eq!(encode_bundle(&[]), Err(Malformed::Length));
        assert_eq!(encode_bundle(&[&[][..]; 257]), Err(Malformed::Length));
        assert_eq!(encode_bundle(&[&vec![0; 65_536]]), Err(Malformed::TooLong));
    }

    proptest! {
        #[test]
        fn any_bytes_are_one_bundle_or_none(bytes: Vec<u8>, width in 0..300_u16) {
            if let Ok(leaves) = decode_bundle(&bytes, width) {
                prop_assert_eq!(encode_bundle(&leaves), Ok(bytes.clone()));
            }
        }
    }
}
