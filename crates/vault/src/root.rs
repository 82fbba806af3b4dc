//! The root key: it wraps the slots of the keyring, never data. Its custody is a file, a passphrase, or a credential of the
//! service manager.

use std::fs;
use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{KEY_LEN, Key};
use crate::{Error, Result, file, hex, keyring, salt};

const COMMENT: &str =
    "# Root key of a Candour keyring. Who has this file and the keyring can read everything: keep them apart.";

/// The fewest characters of a passphrase: with argon2id before it, five random words withstand whoever has the places.
const LEAST: usize = 16;

/// The root key: 32 bytes, random or from a passphrase.
pub struct Root(Key);

impl Root {
    /// Draws a root key and writes it to `path`, which must not exist yet: one line of comment, one of 64 hexadecimal digits,
    /// readable by the owner alone, synced before this returns.
    pub fn create(path: &Path, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Root> {
        let root = Root(Key::generate(rng));
        root.save(path)?;
        Ok(root)
    }

    /// Writes this root key to `path`, which must not exist yet, as [`Root::create`] does: one that came from a recovery copy.
    pub fn save(&self, path: &Path) -> Result<()> {
        let digits = Zeroizing::new(hex::write(self.key().bytes()));
        let text = Zeroizing::new([COMMENT, &digits, ""].join("\n"));
        file::create(path, text.as_bytes()).map(drop)
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

    /// The root key that the service manager hands over: the file `name` in the folder `credentials` (of systemd:
    /// `$CREDENTIALS_DIRECTORY`), which holds what [`Root::create`] writes.
    pub fn credential(name: &str, credentials: &Path) -> Result<Root> {
        let plain = Path::new(name).file_name().is_some_and(|file| file == name);
        let path = plain.then(|| credentials.join(name));
        Root::load(
            &path
                .ok_or_else(|| Error::malformed("the name of a credential is the name of a file, without a folder"))?,
        )
    }

    /// The root key from a passphrase of at least 16 characters, the first time: draws a salt and writes it to `root.salt` in every
    /// place, synced, before this returns. A salt that stands in a place already is used, so that a new passphrase can follow an
    /// old one. Nobody else may own the places, or this is [`Error::Locked`]: open the keyring afterwards. Folders that are missing
    /// are made, or refused, as by [`crate::Keyring::open`].
    pub fn create_from_passphrase(
        passphrase: &str,
        places: &[PathBuf],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Root> {
        if passphrase.chars().count() < LEAST {
            return Err(Error::malformed(format!("a passphrase has at least {LEAST} characters")));
        }
        let _locks = keyring::take(places)?;
        salt::heal(places)?;
        let salt = match salt::find(places)? {
            Some(salt) => salt,
            None => salt::create(places, rng)?,
        };
        salt.key(passphrase).map(Root)
    }

    /// The root key from a passphrase and the salt that stands in the places, byte for byte as it was given the first time. A wrong
    /// one gives another key, which opens no slot: [`Error::DoesNotOpen`] when the keyring is opened.
    pub fn from_passphrase(passphrase: &str, places: &[PathBuf]) -> Result<Root> {
        let salt = salt::find(places)?;
        let salt = salt.ok_or_else(|| Error::malformed(format!("no place of the keyring has a {}", salt::NAME)))?;
        salt.key(passphrase).map(Root)
    }

    pub(crate) fn from_key(key: Key) -> Root {
        Root(key)
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }
}
