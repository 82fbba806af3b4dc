//! Hashes and comparison in constant time.

use aws_lc_rs::{constant_time, digest, hmac};

/// SHA-256 (FIPS 180-4) of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    array(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// SHA-256 of bytes that come one after another, such as those of a large file.
pub struct Sha256(digest::Context);

impl Sha256 {
    /// Before the first byte.
    #[expect(clippy::new_without_default, reason = "a hash of nothing is no default of anything")]
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    pub fn finish(self) -> [u8; 32] {
        array(self.0.finish().as_ref())
    }
}

/// HMAC-SHA256 (RFC 2104) of `bytes` under `key`.
pub fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    array(hmac::sign(&key, bytes).as_ref())
}

/// Whether `a` and `b` are the same bytes, in a time that depends on their lengths alone.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

fn array(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::{Sha256, equal, hmac_sha256, sha256};
    use crate::hex;

    #[test]
    fn the_empty_text_has_the_published_sha256() {
        assert_eq!(hex::write(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn bytes_that_come_in_pieces_have_the_same_hash() {
        let mut hash = Sha256::new();
        for piece in ["one", "", "two"] {
            hash.update(piece.as_bytes());
        }
        assert_eq!(hash.finish(), sha256(b"onetwo"));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_gives_the_published_answer() {
        assert_eq!(
            hex::write(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn only_the_same_bytes_are_equal() {
        assert!(equal(b"same", b"same"));
        assert!(!equal(b"same", b"sane"));
        assert!(!equal(b"same", b"sam"));
    }
}
