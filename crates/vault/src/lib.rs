//! Keys and sealed records: generate, wrap, seal, turn, destroy.
//!
//! **Purpose.** Every version of every holding has a random key of its own, so a value can be destroyed by destroying 32 bytes,
//! in the database and in every copy of it. This crate makes those keys, wraps them under the key of an epoch (a civil day),
//! keeps the epoch keys in a keyring outside the database, and destroys them there.
//!
//! **In scope.** The root key file; the keyring and its places; wrapping and sealing; the journal of effects that a restore
//! replays; SHA-256, HMAC-SHA256 and comparison in constant time.
//!
//! **Out of scope.** SQL, HTTP, kinds, notices and dates of retention: a kind is an opaque string here. When an epoch may be
//! destroyed is decided by the caller.
//!
//! **Invariants.**
//! 1. A key is drawn from the generator that the caller passes; a holding's key is never derived from another.
//! 2. What is sealed opens only where it was sealed: under the same use, person, holding, kind, version, epoch or count.
//! 3. An epoch key stands synced in every place before its first use.
//! 4. A destroyed epoch key is overwritten, unlinked and synced in every place; the current one cannot be destroyed.
//! 5. One process at a time writes to a keyring or a journal; beside it a keyring can be read, and reading changes no byte.
//! 6. An intent stands in the journal until it is done; what was pruned leaves its count behind, so a lost line is noticed.
//! 7. Keys are zeroised when dropped and have no `Debug`.
//!
//! # Format
//! A ciphertext is `suite ‖ nonce ‖ sealed ‖ tag`: 1, 12, n and 16 bytes. Suite 1 is AES-256-GCM-SIV (RFC 8452). Its associated
//! data is `suite ‖ use ‖ parts…`, every part after the suite preceded by its length. A record is padded before it is sealed
//! (`length ‖ record ‖ zeros`, the last two together a multiple of 64 bytes); a key is not, since keys are all of one length.
//!
//! | use | key | parts | sealed |
//! |---|---|---|---|
//! | `slot` | root | epoch | epoch key |
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
//! | `PLACE/epoch-DAY.slot.new` | a slot that is being written; no reader looks at it |
//! | `PLACE/epoch-DAY.slot.old`, `….slot.new.old` | one that is being overwritten; no reader looks at it |
//! | `PLACE/lock` | empty; locked by the process that owns the keyring |
//! | `JOURNAL` | the journal, lines of text |
//! | `JOURNAL.new`, `JOURNAL.new.old` | the same while it is pruned; no reader looks at it |
//! | `JOURNAL.lock` | empty; locked by the process that writes the journal |
//!
//! | line of the journal | what it says |
//! |---|---|
//! | `SEQ HASH EFFECT intent DAY` | on the civil day `DAY` the effect on the holding was about to be done |
//! | `SEQ HASH EFFECT done LEAF` | it was done; `LEAF` is the index of its evidence, or `-` |
//! | `pruned FIRST LAST` | the entries from `FIRST` to `LAST` were done and have been forgotten |

mod bound;
mod day;
mod epoch;
mod error;
mod hash;
mod hex;
mod holding;
mod journal;
mod key;
mod keyring;
mod padding;
mod place;
mod root;

pub use bound::Bound;
pub use epoch::EpochKey;
pub use error::{Error, Result};
pub use hash::{equal, hmac_sha256, sha256};
pub use holding::{ContentKey, HoldingKeys, TrailKey};
pub use journal::{Effect, Entry, Journal};
pub use keyring::Keyring;
pub use root::Root;
