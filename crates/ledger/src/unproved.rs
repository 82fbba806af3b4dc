//! Why something is not proved.

use crate::wire::Malformed;

/// What was to be proved is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// The leaf is not at this index of the log that the checkpoint speaks of.
    #[error("the leaf is not in the log at this index")]
    Inclusion,
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The checkpoint names another log than the key does.
    #[error("the checkpoint is of another log")]
    Origin,
    /// A reveal opens no commitment of the leaf, or there are two for one commitment.
    #[error("a reveal does not open what the leaf commits to")]
    Reveal,
    /// An opening is not in the segment whose root the leaf holds, or one of the two is missing.
    #[error("the opening is not in the segment that the leaf commits to")]
    Segment,
    /// A signature of a known key is wrong.
    #[error("a signature is wrong")]
    Signature,
    /// There is no signature of a known key.
    #[error("no signature is by a key that is known")]
    Unsigned,
}
