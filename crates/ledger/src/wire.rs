//! Reading bytes and lines, and the one error of it.

use crate::tree::Hash;
use base64ct::{Base64, Encoding};

/// The bytes, or the value to be written, are not what the format allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// What should be base64 (RFC 4648 section 4) is not, or is not in its one spelling.
    #[error("what should be base64 is not, or is not in its one spelling")]
    Base64,
    /// A clause is empty, longer than 255 bytes, or holds more than small letters, digits, dots, hyphens and
    /// underscores.
    #[error("a clause is not an address of small letters, digits, dots, hyphens and underscores")]
    Clause,
    /// A code stands for nothing in this version.
    #[error("a code is unknown in this version of the format")]
    Code,
    /// The name and the key in a verifier key do not give the key's number.
    #[error("the number in the key is not that of its name and bytes")]
    KeyId,
    /// Bytes are missing or left over.
    #[error("the length is wrong")]
    Length,
    /// A line is missing, is one too many, or begins otherwise than it must.
    #[error("a line is missing, is one too many or begins with the wrong word")]
    Line,
    /// The name of a key is empty, or holds a space, a plus sign or a control character.
    #[error("the name of a key is empty or holds a space, a plus sign or a control character")]
    Name,
    /// A number is not written in decimal digits without leading zeroes, or is too large.
    #[error("a number is too large or not written in plain decimal digits")]
    Number,
    /// A path names no tile, or not in its one spelling.
    #[error("the path names no tile")]
    Path,
    /// There is no such leaf, or no such older tree, in a tree of that size.
    #[error("the tree has no such place")]
    Place,
    /// The number of leaves is past [`MAX_SIZE`](crate::MAX_SIZE).
    #[error("the log is larger than can be counted")]
    Size,
    /// A text holds control characters or does not end with a newline.
    #[error("the text holds control characters or does not end with a newline")]
    Text,
    /// A leaf is longer than [`MAX_LEAF`](crate::MAX_LEAF), a note than [`MAX_NOTE`](crate::note::MAX_NOTE), a proof file
    /// than [`MAX_PROOF_FILE`](crate::MAX_PROOF_FILE), or a part than its length can say.
    #[error("it is longer than the format allows")]
    TooLong,
    /// The first byte or line names another version.
    #[error("the version of the format is unknown")]
    Version,
}

/// Takes the first `N` bytes off `rest`.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (head, tail) = rest.split_first_chunk().ok_or(Malformed::Length)?;
    *rest = tail;
    Ok(*head)
}

/// Takes the first byte off `rest`.
pub(crate) fn take_byte(rest: &mut &[u8]) -> Result<u8, Malformed> {
    take::<1>(rest).map(|[byte]| byte)
}

/// Takes the first `length` bytes off `rest`.
pub(crate) fn take_slice<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Malformed> {
    let (head, tail) = rest.split_at_checked(length).ok_or(Malformed::Length)?;
    *rest = tail;
    Ok(head)
}

/// Takes two bytes of length, and that many bytes, off `rest`.
pub(crate) fn take_part<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = u16::from_be_bytes(take(rest)?);
    take_slice(rest, length.into())
}

/// Adds two bytes of length, and `part`.
pub(crate) fn push_part(bytes: &mut Vec<u8>, part: &[u8]) -> Result<(), Malformed> {
    let length = u16::try_from(part.len()).map_err(|_| Malformed::TooLong)?;
    bytes.extend(length.to_be_bytes());
    bytes.extend(part);
    Ok(())
}

/// Takes the version byte off `rest`; there is one version so far.
pub(crate) fn take_version(rest: &mut &[u8]) -> Result<(), Malformed> {
    if take_byte(rest)? == VERSION { Ok(()) } else { Err(Malformed::Version) }
}

pub(crate) const VERSION: u8 = 1;

/// Takes the first line off `rest`, without its newline.
pub(crate) fn take_line<'a>(rest: &mut &'a str) -> Result<&'a str, Malformed> {
    let (line, tail) = rest.split_once('\n').ok_or(Malformed::Line)?;
    *rest = tail;
    Ok(line)
}

/// A number in decimal digits, as it is printed and in no other spelling.
pub(crate) fn decimal(digits: &str) -> Result<u64, Malformed> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain).ok_or(Malformed::Number)
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Bytes from standard base64 with padding (RFC 4648 section 4), in its one spelling.
pub(crate) fn from_base64(letters: &str) -> Result<Vec<u8>, Malformed> {
    Base64::decode_vec(letters).map_err(|_| Malformed::Base64)
}

/// A hash from base64.
pub(crate) fn hash_from_base64(letters: &str) -> Result<Hash, Malformed> {
    from_base64(letters)?.try_into().map_err(|_| Malformed::Length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(decimal("0"), Ok(0));
        assert_eq!(decimal("18446744073709551615"), Ok(u64::MAX));
        for digits in ["", "00", "01", "+1", "-1", " 1", "1 ", "1e3", "18446744073709551616", "１"] {
            assert_eq!(decimal(digits), Err(Malformed::Number), "{digits}");
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(from_base64("AQI="), Ok(vec![1, 2]));
        for letters in ["AQI", "AQJ=", "AQI==", "A-I=", "AQ I=", "AQI=\n"] {
            assert_eq!(from_base64(letters), Err(Malformed::Base64), "{letters}");
        }
    }
}
