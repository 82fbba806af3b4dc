//! Signed notes: text under Ed25519 signatures, as C2SP signed-note has them.
//!
//! ```text
//! learn.example/log
//! 3
//! qlE4rsm3bxMqwLkjGZOQa5PZ4IqoTlfC3jPNEeRzLmI=
//!
//! — learn.example/log b9HRPZ…
//! ```
//!
//! The text ends with its newline, before the empty line. A signature is the base64 of the key's number (four bytes of
//! SHA-256 over name, newline, the byte 1 and the key) and of 64 bytes of Ed25519 (RFC 8032) over the text. Signatures of
//! keys that are not known, a witness's for example, are passed over: what they say has no meaning here.

use crate::Unproved;
use crate::tree::sha256;
use crate::wire::{Malformed, base64, from_base64, take_line};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;
use std::str::FromStr;

/// The most bytes of a note: room for the largest signatures in use, sixteen times over.
pub const MAX_NOTE: usize = 1 << 18;

/// The most signatures under a note.
pub const MAX_SIGNATURES: usize = 32;

/// A name and the Ed25519 key that signs under it. It has no `Debug`, and the library below overwrites the key when it
/// is dropped.
pub struct Signer {
    verifier: Verifier,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The signer from the 32 bytes that an Ed25519 key grows from (RFC 8032 section 5.1.5). Refused are names that no
    /// note can carry.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Malformed> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Malformed::Length)?;
        let key = pair.public_key().as_ref().try_into().map_err(|_| Malformed::Length)?;
        Ok(Self { verifier: Verifier::new(name, key)?, pair })
    }

    /// Who can check what this signs.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The text with one signature. It must end with a newline and hold no other control character.
    pub fn sign(&self, text: &str) -> Result<String, Malformed> {
        check_text(text)?;
        let signature = [&self.verifier.id[..], self.pair.sign(text.as_bytes()).as_ref()].concat();
        let note = format!("{text}\n{MARK}{} {}\n", self.verifier.name, base64(&signature));
        if note.len() > MAX_NOTE { Err(Malformed::TooLong) } else { Ok(note) }
    }
}

/// A name and the Ed25519 public key that verifies what is signed under it. Written, and read, as the line
/// `name+number+base64(1 ‖ key)`, the number in eight small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: [u8; 32],
}

impl Verifier {
    /// The verifier of this name and key.
    pub fn new(name: &str, key: [u8; 32]) -> Result<Self, Malformed> {
        check_name(name)?;
        let [a, b, c, d, ..] = sha256(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &key]);
        Ok(Self { name: name.to_owned(), id: [a, b, c, d], key })
    }

    /// The name, which for a log is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number by which a signature names its key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The public key (RFC 8032 section 5.1.5).
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    fn verify(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key).verify(text.as_bytes(), signature).is_ok()
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u32::from_be_bytes(self.id);
        write!(f, "{}+{number:08x}+{}", self.name, base64(&[&[ED25519_TYPE], &self.key[..]].concat()))
    }
}

impl FromStr for Verifier {
    type Err = Malformed;

    /// Reads a verifier key without a newline; only Ed25519 is known.
    fn from_str(line: &str) -> Result<Self, Malformed> {
        let mut parts = line.splitn(3, '+');
        let (Some(name), Some(_), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Malformed::Line);
        };
        let bytes = from_base64(bytes)?;
        let (kind, key) = bytes.split_first().ok_or(Malformed::Length)?;
        if *kind != ED25519_TYPE {
            return Err(Malformed::Code);
        }
        let verifier = Self::new(name, key.try_into().map_err(|_| Malformed::Length)?)?;
        if verifier.to_string() == line { Ok(verifier) } else { Err(Malformed::KeyId) }
    }
}

/// The text of a note that at least one of these verifiers signed. A note with a wrong signature of a verifier's is
/// refused whatever else signs it.
pub fn open<'a>(note: &'a str, verifiers: &[Verifier]) -> Result<&'a str, Unproved> {
    let (text, signatures) = parse(note)?;
    let mut signed = false;
    for signature in signatures {
        let known = |verifier: &&Verifier| verifier.name == signature.name && verifier.id == signature.id;
        let Some(verifier) = verifiers.iter().find(known) else {
            continue;
        };
        if !verifier.verify(text, &signature.bytes) {
            return Err(Unproved::Signature);
        }
        signed = true;
    }
    if signed { Ok(text) } else { Err(Unproved::Unsigned) }
}

struct Signature<'a> {
    name: &'a str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// The text of a note and what stands under it, nothing of it verified.
fn parse(note: &str) -> Result<(&str, Vec<Signature<'_>>), Malformed> {
    if note.len() > MAX_NOTE {
        return Err(Malformed::TooLong);
    }
    check_text(note)?;
    // The last empty line parts them: the text may have some of its own.
    let (text, mut rest) = note.rfind("\n\n").map(|at| note.split_at(at + 1)).ok_or(Malformed::Line)?;
    take_line(&mut rest)?;
    let mut signatures = Vec::new();
    while !rest.is_empty() {
        if signatures.len() == MAX_SIGNATURES {
            return Err(Malformed::TooLong);
        }
        signatures.push(signature(take_line(&mut rest)?)?);
    }
    if signatures.is_empty() { Err(Malformed::Line) } else { Ok((text, signatures)) }
}

fn signature(line: &str) -> Result<Signature<'_>, Malformed> {
    let (name, letters) = line.strip_prefix(MARK).and_then(|line| line.split_once(' ')).ok_or(Malformed::Line)?;
    check_name(name)?;
    let bytes = from_base64(letters)?;
    match bytes.split_first_chunk() {
        Some((id, signature)) if !signature.is_empty() => Ok(Signature { name, id: *id, bytes: signature.to_vec() }),
        _ => Err(Malformed::Length),
    }
}

fn check_text(text: &str) -> Result<(), Malformed> {
    let clean = |byte: u8| byte >= b' ' || byte == b'\n';
    if text.ends_with('\n') && text.bytes().all(clean) { Ok(()) } else { Err(Malformed::Text) }
}

fn check_name(name: &str) -> Result<(), Malformed> {
    let barred = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    if name.is_empty() || name.contains(barred) { Err(Malformed::Name) } else { Ok(()) }
}

/// What a line of signature begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// The type of an Ed25519 signature.
const ED25519_TYPE: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer(name: &str, seed: u8) -> Signer {
        Signer::from_seed(name, &[seed; 32]).expect("a name")
    }

    /// The example of the Go package golang.org/x/mod/sumdb/note.
    #[test]
    fn a_note_signed_elsewhere_is_opened() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = concat!(
            "If you think cryptography is the answer to your problem,\n",
            "then you don't know what your problem is.\n",
            "\n",
            "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        );
        let verifier: Verifier = key.parse().expect("a key");
        assert_eq!(verifier.to_string(), key);
        let text = open(note, &[verifier]).expect("signed");
        assert!(text.ends_with("what your problem is.\n"));
    }

    #[test]
    fn a_note_is_opened_by_who_knows_one_of_its_keys() {
        let [log, witness, stranger] = [signer("a.example", 1), signer("b.example", 2), signer("a.example", 3)];
        let note = log.sign("one\n\ntwo\n").expect("a text");
        let line = witness.sign("one\n\ntwo\n").expect("a text").lines().last().expect("a line").to_owned();
        let both = format!("{note}{line}\n");
        for known in [&log, &witness] {
            assert_eq!(open(&both, &[known.verifier().clone()]), Ok("one\n\ntwo\n"));
        }
        assert_eq!(open(&both, &[stranger.verifier().clone()]), Err(Unproved::Unsigned));
        assert_eq!(open(&both, &[]), Err(Unproved::Unsigned));
    }

    #[test]
    fn a_wrong_signature_of_a_known_key_spoils_the_note() {
        let [log, witness] = [signer("a.example", 1), signer("b.example", 2)];
        let good = log.sign("one\n").expect("a text");
        let wrong = witness.sign("two\n").expect("a text").lines().last().expect("a line").to_owned();
        let known = [log.verifier().clone(), witness.verifier().clone()];
        assert_eq!(open(&format!("{good}{wrong}\n"), &known), Err(Unproved::Signature));
    }

    #[test]
    fn names_and_texts_that_no_note_can_carry_are_refused() {
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{7f}"] {
            assert_eq!(Signer::from_seed(name, &[1; 32]).err(), Some(Malformed::Name), "{name:?}");
        }
        for text in ["", "no newline", "tab\t\n", "return\r\n", "nul\0\n"] {
            assert_eq!(signer("a", 1).sign(text), Err(Malformed::Text), "{text:?}");
        }
        assert_eq!(signer("a", 1).sign(&"x\n".repeat(MAX_NOTE / 2)), Err(Malformed::TooLong));
    }

    #[test]
    fn more_signatures_than_the_limit_are_refused() {
        let log = signer("a.example", 1);
        let note = log.sign("one\n").expect("a text");
        let line = note.lines().last().expect("a line");
        let many = |count| format!("one\n\n{}", format!("{line}\n").repeat(count));
        assert_eq!(open(&many(MAX_SIGNATURES), &[log.verifier().clone()]), Ok("one\n"));
        let over = many(MAX_SIGNATURES + 1);
        assert_eq!(open(&over, &[log.verifier().clone()]), Err(Unproved::Malformed(Malformed::TooLong)));
    }

    #[test]
    fn every_changed_bit_of_a_note_is_refused() {
        let log = signer("a.example/log", 1);
        let note = log.sign("a.example/log\n3\n\nmore\n").expect("a text");
        for bit in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = String::from_utf8(bytes).is_ok_and(|note| open(&note, &[log.verifier().clone()]).is_ok());
            assert!(!opened, "bit {bit}");
        }
    }

    #[test]
    fn every_changed_bit_of_a_verifier_key_is_refused_or_another_name() {
        let line = signer("a.example/log", 1).verifier().to_string();
        for bit in 0..line.len() * 8 {
            let mut bytes = line.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let read = String::from_utf8(bytes).is_ok_and(|line| line.parse::<Verifier>().is_ok());
            assert!(!read, "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(note in "\\PC{0,40}\n{0,2}(\u{2014} [a-z]{0,3} [A-Za-z0-9+/]{0,12}={0,2}\n?){0,3}") {
            let known = [signer("a", 1).verifier().clone()];
            prop_assert!(open(&note, &known).is_err());
            if let Ok(verifier) = note.parse::<Verifier>() {
                prop_assert_eq!(verifier.to_string(), note);
            }
        }

        #[test]
        fn what_is_signed_opens(lines in prop::collection::vec("\\PC{0,20}", 1..5)) {
            let log = signer("a", 1);
            let text = lines.join("\n") + "\n";
            if let Ok(note) = log.sign(&text) {
                prop_assert_eq!(open(&note, &[log.verifier().clone()]), Ok(text.as_str()));
            }
        }
    }
}
