//! Time-based one-time passwords (RFC 6238): HMAC-SHA1, six digits, a step of 30 seconds, as every authenticator app
//! reads them. A code of the step before or after is accepted too, for clocks that differ and people who type slowly.

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use law::Timestamp;
use rand_core::RngCore;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Length of a secret in bytes: that of the hash, as RFC 4226 section 4 (R6) recommends.
pub(super) const SECRET: usize = 20;
/// Length of a step in seconds.
const STEP: i64 = 30;

/// The secret that an authenticator app and this program share. Wiped when dropped; has no `Debug`.
pub(super) struct Secret(Zeroizing<[u8; SECRET]>);

impl Secret {
    /// Draws one.
    pub(super) fn draw(rng: &mut impl RngCore) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }

    /// From its bytes; `None` for another length.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// As people type it: base32 (RFC 4648 section 6), 32 characters.
    pub(super) fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SECRET / 5 * 8));
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            text.extend((0..8).rev().map(|n| char::from(ALPHABET[(bits >> (5 * n) & 31) as usize])));
        }
        text
    }

    /// Reads what [`text`](Self::text) writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET));
        for eight in text.as_bytes().chunks(8) {
            let mut bits = 0u64;
            for symbol in eight {
                let value = ALPHABET.iter().position(|known| known == symbol)?;
                bits = bits << 5 | u64::try_from(value).ok()?;
            }
            bytes.extend_from_slice(&bits.to_be_bytes()[3..]);
        }
        (text.len() == SECRET / 5 * 8).then(|| Self::from_bytes(&bytes)).flatten()
    }

    /// As an authenticator app opens it: the key URI that all of them read. `issuer` is shown beside the codes.
    pub(super) fn link(&self, issuer: &str) -> Zeroizing<String> {
        let issuer = encoded(issuer);
        Zeroizing::new(format!("otpauth://totp/{issuer}:staff?secret={}&issuer={issuer}", *self.text()))
    }

    /// The step whose code this is: the present one, or one before or after. Takes the same time for every code.
    pub(super) fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let here = now.as_second().div_euclid(STEP);
        let (mut found, mut step) = (Choice::from(0), 0);
        for near in here - 1..=here + 1 {
            let same = self.code(near).as_bytes().ct_eq(code.as_bytes());
            step.conditional_assign(&near, same);
            found |= same;
        }
        bool::from(found).then_some(step)
    }

    /// The code of a step (RFC 4226 section 5.3).
    fn code(&self, step: i64) -> Zeroizing<String> {
        let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 15);
        let number = tag[offset..offset + 4].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        Zeroizing::new(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Percent-encoded for a URI (RFC 3986 section 2.1).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => format!("{all}{}", char::from(byte)),
        byte => format!("{all}%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238 appendix B, the rows of SHA1; its eight digits end in our six.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*secret().code(second / 30), code, "{second}");
            assert_eq!(secret().step_of(code, at(second)), Some(second / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_one_before_and_after() {
        let code = secret().code(1_000);
        for (step, good) in [(998, false), (999, true), (1_000, true), (1_001, true), (1_002, false)] {
            let found = secret().step_of(&code, at(step * 30 + 29));
            assert_eq!(found, good.then_some(1_000), "{step}");
        }
    }

    #[test]
    fn nothing_but_six_digits_is_a_code() {
        let code = secret().code(1_000);
        for typed in ["", "0", &code[1..], &format!("{}0", *code), "abcdef", "１２３４５６"] {
            assert_eq!(secret().step_of(typed, at(30_000)), None, "{typed}");
        }
    }

    #[test]
    fn the_secret_is_written_as_apps_read_it() {
        assert_eq!(*secret().text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            *secret().link("South & East"),
            "otpauth://totp/South%20%26%20East:staff?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=South%20%26%20East"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes in any::<[u8; SECRET]>()) {
            let secret = Secret::from_bytes(&bytes).unwrap();
            let again = Secret::parse(&secret.text()).unwrap();
            prop_assert_eq!(again.bytes(), &bytes[..]);
        }

        #[test]
        fn no_text_is_read_in_two_ways(text in "[A-Z0-9=]{0,40}") {
            if let Some(secret) = Secret::parse(&text) {
                prop_assert_eq!(&*secret.text(), &text);
            }
        }
    }
}
