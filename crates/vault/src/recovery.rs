//! Recovery copies of the root key, for the day on which its file or its passphrase is lost.
//!
//! Two people get one each: a file, and a code on paper that opens this file alone. Either of them can bring the root key back,
//! so file and code are kept apart. A recovery copy opens slots only while they stand: the root wraps slots and never data, so it
//! never outlives the destruction of an epoch. It is made anew when the root is rotated; the old one opens nothing then.
//!
//! The file is text: a comment, the format, the line of argon2id (as in `root.salt`), and the sealed root key in hexadecimal.
//!
//! A code is six groups of four characters out of 31 that look different, as `7KQM-…`. The last of each group follows from the
//! other three and from the group's place, so that one wrong character, two that changed places, or two groups that did, are
//! named. The 18 others are random: 89 bits, behind argon2id.

use std::path::Path;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{Associated, KEY_LEN, OVERHEAD};
use crate::salt::Salt;
use crate::{Error, Result, Root, file, hex};

const COMMENT: &str =
    "# Recovery copy of the root key of a Candour keyring. With its code it opens everything: keep the two apart.";
const FORMAT: &str = "candour recovery 1";

/// Digits and capitals without 0, 1, I, L and O. A prime number of them, so that the check notices every slip that it promises.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const GROUPS: usize = 6;
const GROUP: usize = 4;

/// The code of one recovery copy.
pub struct RecoveryCode(Zeroizing<[u8; GROUPS * GROUP]>);

impl RecoveryCode {
    /// A random code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> RecoveryCode {
        let mut code = RecoveryCode(Zeroizing::new([0; GROUPS * GROUP]));
        for (index, group) in (0..).zip(code.0.chunks_exact_mut(GROUP)) {
            group[..GROUP - 1].fill_with(|| draw(rng));
            group[GROUP - 1] = check(index, group);
        }
        code
    }

    /// The code that a person typed: small letters, spaces and hyphens do not matter. [`Error::CodeSlip`] names the group that
    /// cannot be right.
    pub fn parse(typed: &str) -> Result<RecoveryCode> {
        let typed = Zeroizing::new(typed.bytes().filter(|byte| !b" -\r\n\t".contains(byte)).collect::<Vec<u8>>());
        if typed.len() != GROUPS * GROUP {
            return Err(Error::malformed("a recovery code is six groups of four characters"));
        }
        let mut code = RecoveryCode(Zeroizing::new([0; GROUPS * GROUP]));
        for (index, (group, typed)) in code.0.chunks_exact_mut(GROUP).zip(typed.chunks_exact(GROUP)).enumerate() {
            for (value, byte) in group.iter_mut().zip(typed) {
                let found = ALPHABET.iter().position(|letter| *letter == byte.to_ascii_uppercase());
                *value = found.and_then(|at| u8::try_from(at).ok()).ok_or(Error::CodeSlip { group: index + 1 })?;
            }
            if group[GROUP - 1] != check(index, group) {
                return Err(Error::CodeSlip { group: index + 1 });
            }
        }
        Ok(code)
    }

    /// The code as it is handed over: `7KQM-…`, six groups.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(*value)]));
        }
        text
    }
}

/// Writes a recovery copy of `root` to `path`, which must not exist yet, readable by its owner alone and synced.
pub fn write(root: &Root, code: &RecoveryCode, path: &Path, rng: &mut (impl CryptoRng + ?Sized)) -> Result<()> {
    let salt = Salt::generate(rng);
    let line = salt.line();
    let sealed = salt.key(&code.text())?.seal(root.key().bytes(), &associated(&line), rng);
    let text = format!("{COMMENT}\n{FORMAT}\n{line}\n{}\n", hex::write(&sealed));
    file::create(path, text.as_bytes()).map(drop)
}

/// The root key in the bytes of a recovery copy; [`Error::DoesNotOpen`] under another copy's code.
pub fn read(bytes: &[u8], code: &RecoveryCode) -> Result<Root> {
    let malformed = || Error::malformed("this file is not a recovery copy made by this program");
    let text = str::from_utf8(bytes).map_err(|_| malformed())?;
    let lines = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    let [FORMAT, line, digits] = lines[..] else { return Err(malformed()) };
    let mut sealed = [0; OVERHEAD + KEY_LEN];
    let salt = Salt::parse(line).ok_or_else(malformed)?;
    hex::read(digits, &mut sealed).ok_or_else(malformed)?;
    let plain = salt.key(&code.text())?.open(&sealed, &associated(line), "the recovery copy")?;
    crate::key::Key::read(&plain).map(Root::from_key).ok_or_else(malformed)
}

fn associated(line: &str) -> Associated {
    Associated::new("recovery").part(line.as_bytes())
}

/// A number below 31, each as likely as any other.
fn draw(rng: &mut (impl CryptoRng + ?Sized)) -> u8 {
    let mut byte = [0];
    loop {
        rng.fill_bytes(&mut byte);
        // 248 is 8 times 31: the bytes above would favour the first eight.
        if byte[0] < 248 {
            return byte[0] % 31;
        }
    }
}

/// The check of a group from its first three: different weights notice what changed places, the index groups that did.
fn check(index: usize, group: &[u8]) -> u8 {
    let sum = (1..GROUP).zip(group).map(|(weight, &value)| weight * usize::from(value)).sum::<usize>() + index;
    u8::try_from(sum % ALPHABET.len()).expect("a remainder by 31 is below 31")
}

#[cfg(test)]
mod tests;
