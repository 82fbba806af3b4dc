//! The evidence log: what a leaf says, how leaves form a Merkle tree, and how anyone checks it.
//!
//! **Purpose.** Every effect on personal data leaves one [`Leaf`] in an append-only log. The leaf names no person: it
//! carries commitments, and a [`Reveal`] opens one of them. When the key of the reveal is destroyed, the commitment is
//! as good as random bytes, and the log still verifies.
//!
//! **In scope.** The hashes of RFC 6962 section 2.1 ([`leaf_hash`], [`node_hash`], [`empty_root`], [`root`]); the
//! [`Frontier`], which is all a writer keeps in order to append; full tiles of height 8 as in C2SP tlog-tiles
//! ([`full_tiles`], [`Tile`]); inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4); the encodings of
//! leaves and reveals.
//!
//! **Out of scope.** Checkpoints, signatures, witnesses and the files of a published log; partial tiles; storage; which
//! effect deserves a leaf; how reveals are sealed.
//!
//! **Invariants.**
//! - No clock and no generator: the hour and the 32 random bytes of a reveal are given.
//! - One value has one encoding, and decoding takes nothing else: unknown versions and codes, wrong lengths and trailing
//!   bytes are refused.
//! - No input makes a decoder or a verifier panic.
//! - A leaf has no room for free text: clauses are addresses in small letters, digits and `. - _`.
//!
//! # Leaf, version 1
//!
//! At most [`MAX_LEAF`] bytes; numbers are big-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 1 |
//! | 1 | effect, the code of [`Effect`] |
//! | 1 | outcome, the code of [`Outcome`] |
//! | 1 | which commitments follow: 1 holding + 2 actor + 4 detail |
//! | 8 | hours since 1970 in UTC, signed |
//! | 4 | count |
//! | 32 | digest of the notice |
//! | 0 to 96 | the commitments, 32 bytes each, in that order |
//! | 1 | how many clauses |
//! | the rest | each clause: one byte of length (1 to 255), then its letters |
//!
//! ```
//! use ledger::{Effect, Leaf, Outcome, leaf_hash};
//!
//! let leaf = Leaf {
//!     effect: Effect::Take,
//!     hour: 498_660, // 20 November 2026, 12:00 UTC
//!     notice: [0xaa; 32],
//!     clauses: vec!["kind.enquiry".into(), "purpose.answer".into()],
//!     outcome: Outcome::Done,
//!     count: 1,
//!     holding: Some([0xbb; 32]),
//!     actor: None,
//!     detail: None,
//! };
//! let bytes = leaf.encode()?;
//! let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
//! assert_eq!(hex, concat!(
//!     "01", "11", "01", "01", // version 1, take, done, holding follows
//!     "0000000000079be4", "00000001", // hour, count
//!     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", // notice
//!     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", // holding
//!     "02", // two clauses
//!     "0c", "6b696e642e656e7175697279", // kind.enquiry
//!     "0e", "707572706f73652e616e73776572", // purpose.answer
//! ));
//! assert!(Leaf::decode(&bytes)? == leaf);
//!
//! // What the tree holds of it: SHA-256 of a zero byte and the leaf.
//! let hash: String = leaf_hash(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
//! assert_eq!(hash, "71781b153ebb05ea7c56444483d3b82caaa97144ce3a7e19079f7f9a78672365");
//! # Ok::<(), ledger::Malformed>(())
//! ```
//!
//! # Reveal, version 1
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 1 |
//! | 1 | domain, the code of [`Domain`] |
//! | 32 | r, random bytes drawn for this reveal alone |
//! | the rest | the payload, which may be empty |
//!
//! The commitment is SHA-256(r ‖ domain ‖ payload). The first two parts have fixed lengths, so no two reveals feed the
//! same bytes to the hash.
//!
//! ```
//! use ledger::{Domain, Reveal};
//!
//! let reveal = Reveal { r: [7; 32], domain: Domain::Holding, payload: b"enquiry 12".to_vec() };
//! let commitment = reveal.commitment();
//! assert!(reveal.opens(&commitment));
//! assert!(Reveal::decode(&reveal.encode())? == reveal);
//! # Ok::<(), ledger::Malformed>(())
//! ```
//!
//! # Adding an effect
//!
//! Give it the next free code in `leaf.rs`, its place in the alphabet and its word. A code is never used again.

mod frontier;
mod leaf;
mod proof;
mod reveal;
mod tile;
mod tree;
mod wire;

pub use frontier::{Frontier, MAX_SIZE};
pub use leaf::{Effect, Leaf, MAX_LEAF, Outcome};
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use reveal::{Domain, Reveal};
pub use tile::{Tile, full_tiles};
pub use tree::{Hash, empty_root, leaf_hash, node_hash, root};
pub use wire::Malformed;
