//! The root key: it wraps the slots of the keyring, never data.

use std::fs;
use std::path::Path;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{KEY_LEN, Key};
use crate::{Error, Result, hex, place};

const COMMENT: &str =
    "# Root key of a Candour keyring. Who has this file and the keyring can read everything: keep them apart.";

/// The root key, 32 random bytes in a file of its own.
pub struct Root(Key);

impl Root {
    /// Draws a root key and writes it to `path`, which must not exist yet: one line of comment, one of 64 hexadecimal digits,
    /// readable by the owner alone, synced before this returns.
    pub fn create(path: &Path, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Root> {
        let root = Root(Key::generate(rng));
        let digits = Zeroizing::new(hex::write(root.key().bytes()));
        let text = Zeroizing::new([COMMENT, &digits, ""].join("\n"));
        place::create(path, text.as_bytes())?;
        Ok(root)
    }

    /// Reads what [`Root::create`] wrote; lines that begin with `#` and empty lines are passed over.
    pub fn load(path: &Path) -> Result<Root> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(Error::io("read", path))?);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        let key = match (lines.next(), lines.next()) {
            (Some(line), None) => hex::read(line, bytes.as_mut_slice()).and_then(|()| Key::read(bytes.as_slice())),
            _ => None,
        };
        key.map(Root).ok_or_else(|| {
            Error::malformed(format!(
                "the root key file {} does not hold one line of 64 hexadecimal digits",
                path.display()
            ))
        })
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }
}
