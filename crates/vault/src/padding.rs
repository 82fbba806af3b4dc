//! Padding, so that a ciphertext shows the length of its record in steps of 64 bytes only.

use zeroize::Zeroizing;

use crate::{Error, Result};

const STEP: usize = 64;
const LENGTH: usize = size_of::<u64>();

/// `length ‖ record ‖ zeros`; an empty record is as long as one of 64 bytes.
pub(crate) fn pad(record: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(vec![0; size(record.len())]);
    padded[..LENGTH].copy_from_slice(&(record.len() as u64).to_be_bytes());
    padded[LENGTH..][..record.len()].copy_from_slice(record);
    padded
}

/// The record inside `padded`. Anything that [`pad`] does not write is malformed, so a record has one padded form.
pub(crate) fn unpad(padded: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let malformed = || Error::malformed("a record is not padded as this program pads");
    let (length, body) = padded.split_first_chunk().ok_or_else(malformed)?;
    let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| malformed())?;
    let (record, zeros) = body.split_at_checked(length).ok_or_else(malformed)?;
    if padded.len() != size(length) || zeros.iter().any(|&byte| byte != 0) {
        return Err(malformed());
    }
    Ok(Zeroizing::new(record.to_vec()))
}

fn size(record: usize) -> usize {
    LENGTH + record.max(1).next_multiple_of(STEP)
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, pad, unpad};

    #[test]
    fn every_length_comes_back() {
        for length in 0..300 {
            let record = vec![7; length];
            assert_eq!(*unpad(&pad(&record)).unwrap(), record);
        }
    }

    #[test]
    fn padding_that_is_not_ours_is_refused() {
        let long = u64::MAX.to_be_bytes();
        let mut spare = pad(b"word").to_vec();
        spare.extend([0; 64]);
        let mut dirty = pad(b"word").to_vec();
        dirty[LENGTH + 4] = 1;
        let mut huge = pad(b"word").to_vec();
        huge[..LENGTH].copy_from_slice(&long);
        let mut beyond = pad(b"word").to_vec();
        beyond[LENGTH - 1] = 65;
        for bytes in [vec![], vec![0; 7], vec![0; 8], spare, dirty, huge, beyond] {
            assert!(unpad(&bytes).is_err());
        }
    }
}
