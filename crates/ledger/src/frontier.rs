//! The right edge of the tree: all that is needed to append and to know the root.

use crate::tree::{Hash, empty_root, node_hash};
use crate::wire::Malformed;

/// The most leaves a log can have: rows count with a signed number of 64 bits.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// The hashes of the perfect subtrees that make up a tree, largest first: one for each binary one of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf_hash: Hash) {
        // Each trailing binary one of the size is a subtree as large as what is being added: they become one.
        let mut peak = leaf_hash;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
        // A decoded size leaves room for as many leaves again.
        self.size += 1;
    }

    /// The root of the tree (RFC 6962 section 2.1).
    pub fn root(&self) -> Hash {
        self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// The hashes one after another, 32 bytes each, largest subtree first. The size is kept beside them.
    pub fn encode(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// The frontier of a tree of `size` leaves from what [`Frontier::encode`] gave.
    pub fn decode(size: u64, bytes: &[u8]) -> Result<Self, Malformed> {
        if size > MAX_SIZE {
            return Err(Malformed::Size);
        }
        let (peaks, rest) = bytes.as_chunks();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(Malformed::Length);
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{root, tests::leaves};

    #[test]
    fn a_frontier_has_the_root_of_its_leaves() {
        let leaves = leaves(600);
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), empty_root());
        for (n, leaf) in leaves.iter().enumerate() {
            frontier.append(*leaf);
            assert_eq!(frontier.size(), n as u64 + 1);
            assert_eq!(frontier.root(), root(&leaves[..=n]), "{} leaves", n + 1);
        }
    }

    #[test]
    fn a_frontier_is_read_as_it_was_written() {
        let mut frontier = Frontier::new();
        for leaf in leaves(300) {
            let read = Frontier::decode(frontier.size(), &frontier.encode());
            assert_eq!(read.as_ref(), Ok(&frontier));
            frontier.append(leaf);
        }
    }

    #[test]
    fn a_frontier_of_another_size_is_refused() {
        let mut frontier = Frontier::new();
        for leaf in leaves(5) {
            frontier.append(leaf);
        }
        let bytes = frontier.encode();
        for size in [0, 4, 7, 8] {
            assert_eq!(Frontier::decode(size, &bytes), Err(Malformed::Length));
        }
        assert_eq!(Frontier::decode(5, &bytes[1..]), Err(Malformed::Length), "a byte is missing");
        assert_eq!(Frontier::decode(5, &[&bytes[..], &[0]].concat()), Err(Malformed::Length), "a byte is left over");
    }

    #[test]
    fn a_log_that_cannot_be_counted_is_refused() {
        let peaks = vec![7; 63 * 32];
        let mut full = Frontier::decode(MAX_SIZE, &peaks).expect("63 subtrees");
        full.append([0; 32]);
        assert_eq!(full.encode().len(), 32);
        let again = Frontier::decode(full.size(), &full.encode());
        assert_eq!(again, Err(Malformed::Size));
    }
}
