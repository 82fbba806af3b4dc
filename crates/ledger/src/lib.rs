//! The evidence log: what a leaf says, how leaves form a Merkle tree, and how anyone checks it.
//!
//! **Purpose.** Every effect on personal data leaves one [`Leaf`] in an append-only log. The leaf names no person: it
//! carries commitments, and a [`Reveal`] opens one of them. When the key of the reveal is destroyed, the commitment is
//! as good as random bytes, and the log still verifies.
//!
//! **In scope.** The hashes of RFC 6962 section 2.1 ([`leaf_hash`], [`node_hash`], [`empty_root`], [`root`]); the
//! [`Frontier`], which is all a writer keeps in order to append; inclusion and consistency proofs (RFC 9162 sections
//! 2.1.3 and 2.1.4), over leaves or from [`tiles`]; the encodings of leaves and reveals. The formats of a published log,
//! which others' programs read: its tiles, bundles and their paths (C2SP tlog-tiles), [notes](note) (C2SP signed-note, Ed25519),
//! [`Checkpoint`] (C2SP tlog-checkpoint) and [`ProofFile`] (C2SP tlog-proof), each as the text of its specification has it.
//! Offline verification of a whole log ([`verify_log`]) and of one receipt ([`verify_receipt`]).
//!
//! **Out of scope.** Files, storage and publishing; witnesses, whose signatures under a checkpoint are passed over; which
//! effect deserves a leaf; how reveals are sealed; the texts of notices, which a leaf names by their digests.
//!
//! **Invariants.**
//! - No clock and no generator: the hour and the 32 random bytes of a reveal are given.
//! - One value has one encoding, and decoding takes nothing else: unknown versions and codes, wrong lengths and trailing
//!   bytes are refused.
//! - No input makes a decoder or a verifier panic, and what is read has a limit of size.
//! - Every bit counts: one that is changed in a checkpoint, a receipt, or a file that a log's verification reads is found.
//!   Without meaning are signatures of keys that are not known and, to [`ProofFile::verify`] alone, the extra bytes.
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
//! # Extra bytes of a proof, version 1
//!
//! What a receipt carries in the line `extra` of its [`ProofFile`].
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 1 |
//! | 2, then as many | the leaf |
//! | 1 | how many reveals |
//! | 2, then as many | each reveal |
//! | 1 | whether a segment follows: 0 or 1 |
//! | 8 | the opening's place in the segment, from 0 |
//! | 8 | how many openings the segment has, which is the leaf's count |
//! | 1 | how many hashes |
//! | 32 each | the inclusion proof in the segment, lowest first |
//!
//! A segment is the tree over the commitments of some openings; each is a leaf of it, hashed as any leaf is. Its root stands
//! as it is, uncommitted, as the detail of one leaf [`Effect::Opened`].
//!
//! # A log
//!
//! ```
//! use ledger::{Checkpoint, Signer, TileId, encode_bundle, leaf_hash, verify_log};
//! # use ledger::{Effect, Leaf, Outcome};
//! # let leaf = Leaf { effect: Effect::Turn, hour: 0, notice: [0; 32], clauses: vec![], outcome: Outcome::Done, count: 1,
//! #     holding: None, actor: None, detail: None };
//! # let leaf = leaf.encode()?;
//! let signer = Signer::from_seed("learn.example/log", &[7; 32])?;
//! let tile = TileId { level: 0, n: 0, width: 1 };
//! let checkpoint = Checkpoint { origin: "learn.example/log".into(), size: 1, root: leaf_hash(&leaf) };
//! let files = [
//!     ("checkpoint".to_owned(), checkpoint.sign(&signer)?.into_bytes()),
//!     (tile.path(), leaf_hash(&leaf).to_vec()),
//!     (tile.bundle_path(), encode_bundle(&[&leaf])?),
//! ];
//! let mut read = |path: &str| files.iter().find(|(file, _)| file == path).map(|(_, bytes)| bytes.clone());
//! let report = verify_log(&mut read, signer.verifier(), &mut |_| ());
//! assert!(report.is_whole() && report.leaves == 1);
//! # Ok::<(), ledger::Unproved>(())
//! ```
//!
//! # Adding an effect
//!
//! Give it the next free code in `leaf.rs`, its place in the alphabet and its word. A code is never used again.

mod bundle;
mod checkpoint;
mod extra;
mod frontier;
mod leaf;
pub mod note;
mod path;
mod proof;
mod proof_file;
mod receipt;
mod reveal;
mod tile;
pub mod tiles;
mod tree;
mod unproved;
mod verify;
mod wire;

pub use bundle::{decode_bundle, encode_bundle};
pub use checkpoint::Checkpoint;
pub use extra::{Extra, SegmentProof};
pub use frontier::{Frontier, MAX_SIZE};
pub use leaf::{Effect, Leaf, MAX_LEAF, Outcome};
pub use note::{Signer, Verifier};
pub use path::{TileId, needed};
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use proof_file::{MAX_PROOF_FILE, ProofFile};
pub use receipt::{Receipt, verify_receipt};
pub use reveal::{Domain, Reveal};
pub use tile::{Tile, full_tiles};
pub use tree::{Hash, empty_root, leaf_hash, node_hash, root};
pub use unproved::Unproved;
pub use verify::{Finding, MAX_FINDINGS, Report, verify_log};
pub use wire::Malformed;
