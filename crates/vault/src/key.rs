//! The one cipher: AES-256-GCM-SIV (RFC 8452) with a random nonce and associated data that says what is sealed and where.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// The first byte of every ciphertext and of its associated data: another cipher takes another number.
const SUITE: u8 = 1;
const TAG_LEN: usize = 16;

/// How much longer a ciphertext is than what it seals.
pub(crate) const OVERHEAD: usize = 1 + NONCE_LEN + TAG_LEN;

/// Length of a key in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// A key. It stands on the heap from its making to its end, so that moving it leaves no copy on the stack.
pub(crate) struct Key(Box<Zeroizing<[u8; KEY_LEN]>>);

impl Key {
    pub(crate) fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Key {
        let mut key = Key::zero();
        rng.fill_bytes(key.0.as_mut_slice());
        key
    }

    /// `None` unless `bytes` are as long as a key.
    pub(crate) fn read(bytes: &[u8]) -> Option<Key> {
        if bytes.len() != KEY_LEN {
            return None;
        }
        let mut key = Key::zero();
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    fn zero() -> Key {
        Key(Box::new(Zeroizing::new([0; KEY_LEN])))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// A second key with the same bytes: named, so that no copy is made unseen.
    pub(crate) fn copy(&self) -> Key {
        let mut key = Key::zero();
        key.0.copy_from_slice(self.bytes());
        key
    }

    /// `suite ‖ nonce ‖ sealed ‖ tag`.
    pub(crate) fn seal(&self, plain: &[u8], associated: &Associated, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        // Allocated once: a vector that grows would leave plaintext behind in its old allocation.
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + TAG_LEN);
        sealed.push(SUITE);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher()
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(&associated.0),
                &mut sealed[1 + NONCE_LEN..],
            )
            .expect("the cipher refuses only texts above 64 GiB, longer than any record in memory");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// The plaintext of `sealed`; `what` names it in the error.
    pub(crate) fn open(&self, sealed: &[u8], associated: &Associated, what: &str) -> Result<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed
            .strip_prefix(&[SUITE])
            .and_then(|rest| rest.split_first_chunk::<NONCE_LEN>())
            .ok_or_else(|| Error::malformed(format!("{what} is not a ciphertext of this program")))?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()
            .open_in_place(Nonce::from(nonce), Aad::from(&associated.0), &mut plain)
            .map_err(|_| Error::DoesNotOpen { what: what.into() })?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM_SIV, self.bytes());
        LessSafeKey::new(key.expect("a key is 32 bytes long, as AES-256 asks"))
    }
}

/// What is authenticated beside a plaintext: the suite, the use, and the parts that bind it to its place. Every part after the
/// suite is preceded by its length, so two lists of parts never give the same bytes.
pub(crate) struct Associated(Vec<u8>);

impl Associated {
    /// `used` is one of the uses in the table of the crate's documentation.
    pub(crate) fn new(used: &str) -> Associated {
        Associated(vec![SUITE]).part(used.as_bytes())
    }

    pub(crate) fn part(mut self, bytes: &[u8]) -> Associated {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::{Associated, Key};

    #[test]
    fn every_flipped_bit_and_every_cut_keeps_it_shut() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = Key::generate(&mut rng);
        let associated = Associated::new("content").part(b"here");
        let sealed = key.seal(b"a short record", &associated, &mut rng);
        assert_eq!(*key.open(&sealed, &associated, "it").unwrap(), b"a short record");
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(&flipped, &associated, "it").is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(key.open(&sealed[..length], &associated, "it").is_err());
        }
    }

    proptest! {
        #[test]
        fn different_parts_give_different_associated_data(
            a in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..4),
            b in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..4),
        ) {
            let associated = |parts: &[Vec<u8>]| parts.iter().fold(Associated::new("content"), |so_far, part| so_far.part(part)).0;
            prop_assert_eq!(a == b, associated(&a) == associated(&b));
        }
    }
}
