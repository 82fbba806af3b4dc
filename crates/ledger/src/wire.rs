//! Reading bytes, and the one error of it.

/// The bytes, or the value to be written, are not what the format allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A clause is empty, longer than 255 bytes, or holds more than small letters, digits, dots, hyphens and
    /// underscores.
    #[error("a clause is not an address of small letters, digits, dots, hyphens and underscores")]
    Clause,
    /// A code stands for nothing in this version.
    #[error("a code is unknown in this version of the format")]
    Code,
    /// Bytes are missing or left over.
    #[error("the length is wrong")]
    Length,
    /// The number of leaves is past [`MAX_SIZE`](crate::MAX_SIZE).
    #[error("the log is larger than can be counted")]
    Size,
    /// A leaf is longer than [`MAX_LEAF`](crate::MAX_LEAF), or has more clauses than one byte counts.
    #[error("the leaf is longer than the format allows")]
    TooLong,
    /// The first byte names another version.
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

/// Takes the version byte off `rest`; there is one version so far.
pub(crate) fn take_version(rest: &mut &[u8]) -> Result<(), Malformed> {
    if take_byte(rest)? == VERSION { Ok(()) } else { Err(Malformed::Version) }
}

pub(crate) const VERSION: u8 = 1;
