//! Keys and sealed records: generate, wrap, seal, turn, destroy.
//!
//! **Purpose.** Every version of every holding has a random key of its own, so a value can be destroyed by destroying 32 bytes,
//! in the database and in every copy of it. This crate makes those keys, wraps them under the key of an epoch (a civil day),
//! keeps the epoch keys in a keyring outside the database, and destroys them there.
//!
//! **In scope.** The root key: file, passphrase, credential, recovery copies, rotation; the keyring and its places; the seed that
//! signs the log; wrapping and sealing; sealed copies of the data; the journal of effects that a restore replays; files that
//! stand, or are gone, after a power cut; SHA-256, HMAC-SHA256 and comparison in constant time.
//!
//! **Out of scope.** What a copy holds and when one is made; signing. SQL, HTTP, kinds, notices and dates of retention: a kind is an opaque string here. When an epoch may be
//! destroyed is decided by the caller.
//!
//! **Invariants.**
//! 1. A key is drawn from the generator that the caller passes; a holding's key is never derived from another.
//! 2. What is sealed opens only where it was sealed: under the same use, person, holding, kind, version, epoch or count.
//! 3. An epoch key stands synced in every place before its first use.
//! 4. A destroyed epoch key is overwritten, unlinked and synced in every place; the current one cannot be destroyed.
//! 5. One process at a time writes to a keyring or a journal; beside it a keyring can be read, and reading changes no byte.
//! 6. An intent stands in the journal until it is done; what was pruned leaves its count behind. Every line is checked, so one
//!    that was changed, lost or moved by chance is noticed.
//! 7. Keys are zeroised when dropped and have no `Debug`.
//! 8. While the root is rotated every slot opens, at every moment and in every place, under the old root or the new one.
//! 9. A copy gives only bytes that are authenticated, and says so when it is not whole.
//! 10. While any place holds a key, the folder of a missing one is not made: no key lands below the mount point of another disk.
//!
//! # Format
//! A ciphertext is `suite ‖ nonce ‖ sealed ‖ tag`: 1, 12, n and 16 bytes. Suite 1 is AES-256-GCM-SIV (RFC 8452). Its associated
//! data is `suite ‖ use ‖ parts…`, every part after the suite preceded by its length. A record is padded before it is sealed
//! (`length ‖ record ‖ zeros`, the last two together a multiple of 64 bytes); a key is not, since keys are all of one length.
//!
//! | use | key | parts | sealed |
//! |---|---|---|---|
//! | `slot` | root | epoch | epoch key |
//! | `log-key` | root | | seed of the key that signs the log |
//! | `recovery` | code, by argon2id | line of argon2id | root key |
//! | `copy` | epoch and copy, by HKDF | epoch, copy, part, last | part of a copy |
//! | `wrap` | epoch, by HKDF | person, holding, epoch | content key ‖ trail key |
//! | `note` | epoch and label, by HKDF | epoch, label | padded note |
//! | `content` | content | person, holding, kind, version | padded record |
//! | `trail` | trail | person, holding, n | padded reveal |
//!
//! The files, all readable by their owner alone:
//!
//! | file | what it is |
//! |---|---|
//! | `PLACE/epoch-DAY.slot` | the sealed key of the epoch `DAY` (`YYYY-MM-DD`) |
//! | `PLACE/log.key` | the sealed seed of the key that signs the log |
//! | `PLACE/root.salt` | the salt of the passphrase, where the root key is one; text |
//! | `PLACE/FILE.new` | one of these that is being written, or was superseded; no reader looks at it |
//! | `PLACE/FILE.old`, `FILE.new.old` | one that is being overwritten; no reader looks at it |
//! | `PLACE/lock` | empty; locked by the process that owns the keyring |
//! | `JOURNAL` | the journal, lines of text |
//! | `JOURNAL.new`, `JOURNAL.new.old` | the same while it is pruned; no reader looks at it |
//! | `JOURNAL.lock` | empty; locked by the process that writes the journal |
//!
//! | line of the journal | what it says |
//! |---|---|
//! | `SEQ HASH EFFECT intent DAY CHECK` | on the civil day `DAY` the effect was about to be done |
//! | `SEQ HASH EFFECT done LEAF CHECK` | it was done; `LEAF` is the index of its evidence, or `-` |
//! | `SEQ HASH EFFECT did DAY CHECK` | it was done on the civil day `DAY` |
//! | `pruned FIRST LAST CHECK` | the entries from `FIRST` to `LAST` were done and have been forgotten |
//!
//! `CHECK` is the first 8 digits of the SHA-256, in hexadecimal, of the `CHECK` of the line before, if there is one, and the line
//! up to the space before its own. Lines that were written before there were checks end without it.

mod bound;
mod copy;
mod day;
mod epoch;
mod error;
pub mod file;
mod hash;
mod hex;
mod holding;
mod journal;
mod key;
mod keyring;
mod padding;
pub mod recovery;
mod root;
mod salt;
mod slot;

pub use bound::Bound;
pub use copy::{CopyHead, CopyReader, CopyWriter};
pub use epoch::EpochKey;
pub use error::{Error, Result};
pub use hash::{Sha256, equal, hmac_sha256, sha256};
pub use holding::{ContentKey, HoldingKeys, TrailKey};
pub use journal::{Effect, Entry, Journal};
pub use keyring::Keyring;
pub use recovery::RecoveryCode;
pub use root::Root;
