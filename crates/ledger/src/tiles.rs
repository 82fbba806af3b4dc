//! Roots and proofs from tiles: a few tiles are read, however large the log.
//!
//! `read` gives the bytes of a tile at exactly the width asked for, 32 bytes a hash. Whoever holds a wider one cuts it.
//! The caller's error takes in [`Malformed`], for a tile that has another length or a place that is not there. What is
//! derived is only as good as the tiles: compare the root with a signed one.

use crate::frontier::{Frontier, MAX_SIZE};
use crate::path::{FULL, TileId};
use crate::proof::{consistency_ranges, inclusion_ranges};
use crate::tree::{self, Hash, empty_root, node_hash};
use crate::wire::Malformed;
use std::ops::Range;

/// The root of the tree over the first `size` leaves.
pub fn root<E: From<Malformed>>(size: u64, read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>) -> Result<Hash, E> {
    Tiles::new(size, read)?.range(0..size)
}

/// The proof that leaf `index` is in the tree over the first `size` leaves, as [`inclusion_proof`](crate::inclusion_proof)
/// makes it.
pub fn inclusion<E: From<Malformed>>(
    index: u64,
    size: u64,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, E> {
    let ranges = inclusion_ranges(index, size).ok_or(Malformed::Place)?;
    Tiles::new(size, read)?.ranges(ranges)
}

/// The proof that the tree over the first `size` leaves begins with the tree over the first `old`, as
/// [`consistency_proof`](crate::consistency_proof) makes it.
pub fn consistency<E: From<Malformed>>(
    old: u64,
    size: u64,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, E> {
    let ranges = consistency_ranges(old, size).ok_or(Malformed::Place)?;
    Tiles::new(size, read)?.ranges(ranges)
}

/// All that is needed to append after the first `size` leaves.
pub fn frontier<E: From<Malformed>>(
    size: u64,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Frontier, E> {
    let mut tiles = Tiles::new(size, read)?;
    let peaks = perfect(&(0..size)).map(|(height, n)| tiles.subtree(height, n)).collect::<Result<Vec<_>, E>>()?;
    Ok(Frontier::decode(size, &peaks.concat())?)
}

/// The hashes of a tile of this width from its bytes.
pub(crate) fn decode(bytes: &[u8], width: u16) -> Result<&[Hash], Malformed> {
    match bytes.as_chunks() {
        (hashes, []) if hashes.len() == usize::from(width) => Ok(hashes),
        _ => Err(Malformed::Length),
    }
}

struct Tiles<'a, F> {
    size: u64,
    read: &'a mut F,
    held: Vec<(TileId, Vec<Hash>)>,
}

impl<'a, E: From<Malformed>, F: FnMut(TileId) -> Result<Vec<u8>, E>> Tiles<'a, F> {
    fn new(size: u64, read: &'a mut F) -> Result<Self, E> {
        if size > MAX_SIZE { Err(Malformed::Size.into()) } else { Ok(Self { size, read, held: Vec::new() }) }
    }

    fn ranges(&mut self, ranges: Vec<Range<u64>>) -> Result<Vec<Hash>, E> {
        ranges.into_iter().map(|range| self.range(range)).collect()
    }

    /// The root of the tree over a range of leaves, which begins where a subtree of its size can begin.
    fn range(&mut self, range: Range<u64>) -> Result<Hash, E> {
        let hashes = perfect(&range).map(|(height, n)| self.subtree(height, n)).collect::<Result<Vec<_>, E>>()?;
        Ok(hashes.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root))
    }

    /// The root of perfect subtree `n` of those with 2^`height` leaves: of a few neighbours in one tile.
    fn subtree(&mut self, height: u32, n: u64) -> Result<Hash, E> {
        let level = u8::try_from(height / 8).unwrap_or(u8::MAX);
        let (first, count) = (n << (height % 8), 1_usize << (height % 8));
        let at = usize::try_from(first % u64::from(FULL)).unwrap_or_default();
        let tile = self.tile(level, first / u64::from(FULL))?;
        let hashes = tile.get(at..at + count).ok_or(Malformed::Length)?;
        Ok(tree::root(hashes))
    }

    fn tile(&mut self, level: u8, n: u64) -> Result<&[Hash], E> {
        let id = TileId::within(level, n, self.size).ok_or(Malformed::Place)?;
        let held = self.held.iter().position(|(held, _)| *held == id);
        if held.is_none() {
            let bytes = (self.read)(id)?;
            self.held.push((id, decode(&bytes, id.width)?.to_vec()));
        }
        let at = held.unwrap_or(self.held.len() - 1);
        Ok(&self.held[at].1)
    }
}

/// The perfect subtrees that make up a range, largest first: height, and place among those of that height.
fn perfect(range: &Range<u64>) -> impl Iterator<Item = (u32, u64)> + use<> {
    let (mut start, end) = (range.start, range.end);
    std::iter::from_fn(move || {
        let height = (end - start).checked_ilog2()?;
        let n = start >> height;
        start += 1 << height;
        Some((height, n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{first, leaves};
    use crate::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};

    /// Gives the tiles over these leaves and counts how many were asked for.
    fn source<'a>(
        leaves: &'a [Hash],
        asked: &'a mut usize,
    ) -> impl FnMut(TileId) -> Result<Vec<u8>, Malformed> + use<'a> {
        move |id| {
            *asked += 1;
            let span = 1_usize << (8 * id.level);
            let from = usize::try_from(id.n).expect("small") * 256 * span;
            let parts = leaves[from..].chunks_exact(span).take(id.width.into());
            Ok(parts.map(tree::root).collect::<Vec<_>>().concat())
        }
    }

    #[test]
    fn roots_and_proofs_are_those_over_the_leaves() {
        let all = leaves(1_100);
        for size in [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 600, 1_024, 1_025, 1_100] {
            let (leaves, mut asked) = (first(&all, size), 0);
            let mut read = source(leaves, &mut asked);
            assert_eq!(root(size, &mut read), Ok(tree::root(leaves)), "{size} leaves");
            let mut grown = Frontier::new();
            for leaf in leaves {
                grown.append(*leaf);
            }
            assert_eq!(frontier(size, &mut read), Ok(grown));
            for index in (0..size).step_by(37).chain(size.checked_sub(1)) {
                let expected = inclusion_proof(leaves, index).expect("a leaf");
                assert_eq!(inclusion(index, size, &mut read), Ok(expected), "{index} of {size}");
            }
            for old in (0..=size).step_by(31).chain([size]) {
                let expected = consistency_proof(leaves, old).expect("enough leaves");
                assert_eq!(consistency(old, size, &mut read), Ok(expected), "{old} of {size}");
            }
        }
    }

    #[test]
    fn a_proof_reads_two_tiles_a_level_at_most() {
        let (all, mut asked) = (leaves(70_000), 0);
        let whole = tree::root(&all);
        let mut read = source(&all, &mut asked);
        let proof = inclusion(12_345, 70_000, &mut read).expect("a leaf");
        assert!(verify_inclusion(&all[12_345], 12_345, 70_000, &proof, &whole));
        let proof = consistency(34_567, 70_000, &mut read).expect("smaller");
        assert!(verify_consistency(34_567, &tree::root(&all[..34_567]), 70_000, &whole, &proof));
        drop(read);
        assert!(asked <= 2 * 2 * 3, "{asked} tiles for two proofs");
    }

    #[test]
    fn wrong_tiles_and_places_are_refused() {
        let mut short = |_| Ok(vec![0; 31]);
        assert_eq!(root(1, &mut short), Err(Malformed::Length));
        assert_eq!(root(MAX_SIZE + 1, &mut short), Err(Malformed::Size));
        assert_eq!(inclusion(5, 5, &mut short), Err(Malformed::Place));
        assert_eq!(consistency(6, 5, &mut short), Err(Malformed::Place));
    }

    #[test]
    fn the_largest_sizes_are_answered() {
        let mut read = |id: TileId| Ok::<_, Malformed>(vec![7; 32 * usize::from(id.width)]);
        assert_eq!(inclusion(0, MAX_SIZE, &mut read).map(|proof| proof.len()), Ok(63));
        assert!(consistency(1 << 62, MAX_SIZE, &mut read).is_ok());
        assert!(frontier(MAX_SIZE, &mut read).is_ok());
    }
}
