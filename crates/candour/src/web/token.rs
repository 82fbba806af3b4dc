//! Tokens: 256 random bits in a link or a cookie; only their SHA-256 is stored.

use rand_core::RngCore;

/// A secret that is shown once. Has no `Debug`.
pub struct Token([u8; 32]);

impl Token {
    /// Draws one.
    pub fn draw(rng: &mut impl RngCore) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// As it stands in a link or a cookie: 43 characters of base64url (RFC 4648 section 5).
    pub fn text(&self) -> String {
        base64(&self.0)
    }

    /// As it is stored.
    pub fn hash(&self) -> [u8; 32] {
        vault::sha256(&self.0)
    }

    /// Reads what a browser sent back.
    pub fn parse(text: &str) -> Option<Self> {
        unbase64(text)?.try_into().ok().map(Self)
    }
}

/// The key of a form, 16 random bytes as base64url: sending the form twice does it once.
pub fn draw_key(rng: &mut impl RngCore) -> String {
    let mut key = [0; 16];
    rng.fill_bytes(&mut key);
    base64(&key)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// base64url without padding.
pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(n >> (18 - 6 * i) & 63) as usize]));
        }
    }
    text
}

/// Reads base64url without padding; `None` for anything else, stray low bits included.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut n = 0u32;
        for symbol in chunk {
            let value = ALPHABET.iter().position(|known| known == symbol)?;
            n = n << 6 | u32::try_from(value).ok()?;
        }
        n <<= 6 * (4 - chunk.len());
        let used = chunk.len() - 1;
        let all = n.to_be_bytes();
        if all[1 + used..].iter().any(|rest| *rest != 0) {
            return None;
        }
        bytes.extend_from_slice(&all[1..=used]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(unbase64(&base64(&bytes)), Some(bytes));
        }

        #[test]
        fn nothing_a_browser_sends_is_read_in_two_ways(text in "[A-Za-z0-9_-]{0,20}") {
            if let Some(bytes) = unbase64(&text) {
                prop_assert_eq!(base64(&bytes), text);
            }
        }
    }
}
