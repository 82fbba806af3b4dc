//! Keys from words that people keep: argon2id (RFC 9106), and the salt that goes with a passphrase.

use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{KEY_LEN, Key};
use crate::{Error, Result, file, hex};

/// The file in every place.
pub(crate) const NAME: &str = "root.salt";

const COMMENT: &str =
    "# Salt of the passphrase of a Candour keyring. It is no secret; without it the passphrase opens nothing.";

/// The second recommendation of RFC 9106, section 4, in one lane: 64 MiB, three passes.
const COST: Cost = Cost { memory_kib: 65_536, passes: 3, lanes: 1 };

/// No file can ask for more: 1 GiB, 16 passes, 4 lanes.
const MOST: Cost = Cost { memory_kib: 1_048_576, passes: 16, lanes: 4 };

struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What turns words into a key: the cost of argon2id and 16 random bytes.
pub(crate) struct Salt {
    cost: Cost,
    bytes: [u8; 16],
}

impl Salt {
    pub(crate) fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Salt {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Salt { cost: COST, bytes }
    }

    /// `argon2id MEMORY PASSES LANES SALT`: memory in KiB, the salt in hexadecimal.
    pub(crate) fn line(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        format!("argon2id {memory_kib} {passes} {lanes} {}", hex::write(&self.bytes))
    }

    /// `None` for anything that [`Salt::line`] does not write, and for a cost that would exhaust the machine.
    pub(crate) fn parse(line: &str) -> Option<Salt> {
        let words = line.split(' ').collect::<Vec<_>>();
        let ["argon2id", memory, passes, lanes, digits] = words[..] else { return None };
        let mut bytes = [0; 16];
        hex::read(digits, &mut bytes)?;
        let within = |word: &str, most: u32| word.parse().ok().filter(|number| (1..=most).contains(number));
        let cost = Cost {
            memory_kib: within(memory, MOST.memory_kib)?,
            passes: within(passes, MOST.passes)?,
            lanes: within(lanes, MOST.lanes)?,
        };
        Some(Salt { cost, bytes })
    }

    /// The key that `words` give with this salt.
    pub(crate) fn key(&self, words: &str) -> Result<Key> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let refused =
            |_| Error::malformed("this machine cannot work out a key from words: its memory does not suffice");
        let params = Params::new(memory_kib, passes, lanes, Some(KEY_LEN)).map_err(refused)?;
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(words.as_bytes(), &self.bytes, bytes.as_mut_slice())
            .map_err(refused)?;
        Key::read(bytes.as_slice()).ok_or_else(|| Error::malformed("argon2id did not give a key"))
    }
}

/// The salt that stands in `places`, if any of them has one.
pub(crate) fn find(places: &[PathBuf]) -> Result<Option<Salt>> {
    let Some((place, text)) = find_text(places)? else { return Ok(None) };
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let salt = lines.next().filter(|_| lines.next().is_none()).and_then(Salt::parse);
    let what = || format!("{} does not hold one line of salt", place.join(NAME).display());
    salt.map(Some).ok_or_else(|| Error::malformed(what()))
}

/// Has a salt stand in every place.
pub(crate) fn create(places: &[PathBuf], rng: &mut (impl CryptoRng + ?Sized)) -> Result<Salt> {
    let salt = Salt::generate(rng);
    let text = format!("{COMMENT}\n{}\n", salt.line());
    places.iter().try_for_each(|place| file::replace(&place.join(NAME), text.as_bytes()))?;
    Ok(salt)
}

/// Gives every place the salt that only another one has. There is none where the root is not a passphrase.
pub(crate) fn heal(places: &[PathBuf]) -> Result<()> {
    let Some((_, text)) = find_text(places)? else { return Ok(()) };
    for place in places {
        let path = place.join(NAME);
        if file::read(&path)?.is_none() {
            file::replace(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// The text of the salt and a place that has it; an error when two places differ.
fn find_text(places: &[PathBuf]) -> Result<Option<(&Path, String)>> {
    let mut found: Option<(&Path, String)> = None;
    for place in places {
        let path = place.join(NAME);
        let Some(bytes) = file::read(&path)? else { continue };
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| Error::malformed(format!("{} is not a text", path.display())))?;
        match &found {
            Some((first, other)) if *other != text => {
                let (path, first) = (path.display(), first.display());
                return Err(Error::malformed(format!("{path} differs from the one in {first}")));
            }
            Some(_) => {}
            None => found = Some((place, text)),
        }
    }
    Ok(found)
}
