//! Full tiles of the tree, as in C2SP tlog-tiles with height 8.

use crate::tree::{Hash, root};
use crate::wire::Malformed;

/// The tiles that the last leaf of a log of `size` leaves filled, as level and place in the level, lowest level first.
/// Most leaves fill none; level 0 is filled at every 256th leaf, level 1 at every 65,536th, and so on.
///
/// Tile `n` of level 0 holds the hashes of the leaves from `256 n`; tile `n` of a higher level holds the
/// [roots](Tile::root) of the 256 tiles from `256 n` of the level below, which stand already or come earlier in the
/// answer.
pub fn full_tiles(size: u64) -> Vec<(u8, u64)> {
    let mut tiles = Vec::new();
    let (mut level, mut hashes) = (0, size);
    while hashes > 0 && hashes.is_multiple_of(WIDTH) {
        hashes /= WIDTH;
        tiles.push((level, hashes - 1));
        level += 1;
    }
    tiles
}

/// The 256 hashes of a full tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile(Vec<Hash>);

impl Tile {
    /// A tile of exactly 256 hashes.
    pub fn new(hashes: Vec<Hash>) -> Result<Self, Malformed> {
        if hashes.len() as u64 == WIDTH { Ok(Self(hashes)) } else { Err(Malformed::Length) }
    }

    /// The hashes, in order.
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// The hash that stands for this tile one level above.
    pub fn root(&self) -> Hash {
        root(&self.0)
    }

    /// The hashes one after another: 8,192 bytes, the content of a published tile.
    pub fn encode(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// The tile from what [`Tile::encode`] gave.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        match bytes.as_chunks() {
            (hashes, []) => Self::new(hashes.to_vec()),
            _ => Err(Malformed::Length),
        }
    }
}

const WIDTH: u64 = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::leaves;

    #[test]
    fn every_256th_leaf_fills_a_tile() {
        let filled = [
            (0, vec![]),
            (1, vec![]),
            (255, vec![]),
            (256, vec![(0, 0)]),
            (257, vec![]),
            (512, vec![(0, 1)]),
            (65_536, vec![(0, 255), (1, 0)]),
            (65_792, vec![(0, 256)]),
            (131_072, vec![(0, 511), (1, 1)]),
            (16_777_216, vec![(0, 65_535), (1, 255), (2, 0)]),
        ];
        for (size, tiles) in filled {
            assert_eq!(full_tiles(size), tiles, "{size} leaves");
        }
    }

    #[test]
    fn every_tile_is_filled_once_and_after_its_parts() {
        let mut standing = Vec::new();
        for size in 1..=131_072 {
            for (level, n) in full_tiles(size) {
                let mut parts = n * WIDTH..(n + 1) * WIDTH;
                if level == 0 {
                    assert_eq!(parts.end, size);
                } else {
                    assert!(parts.all(|part| standing.contains(&(level - 1, part))));
                }
                standing.push((level, n));
            }
        }
        assert_eq!(standing.len(), 512 + 2);
    }

    #[test]
    fn tiles_have_the_root_of_their_leaves() {
        let leaves = leaves(512);
        let (left, right) = leaves.split_at(256);
        let above = [left, right].map(|half| Tile::new(half.to_vec()).expect("256 hashes").root());
        assert_eq!(root(&above), root(&leaves));
    }

    #[test]
    fn a_tile_is_256_hashes_and_nothing_else() {
        let tile = Tile::new(leaves(256)).expect("256 hashes");
        let bytes = tile.encode();
        assert_eq!(bytes.len(), 8_192);
        assert_eq!(Tile::decode(&bytes), Ok(tile));
        assert_eq!(Tile::decode(&bytes[32..]), Err(Malformed::Length));
        assert_eq!(Tile::decode(&bytes[1..]), Err(Malformed::Length));
        assert_eq!(Tile::decode(&[]), Err(Malformed::Length));
        assert_eq!(Tile::new(leaves(257)), Err(Malformed::Length));
    }

    #[test]
    fn the_largest_sizes_are_answered() {
        assert_eq!(full_tiles(u64::MAX), []);
        assert_eq!(full_tiles(1 << 63).len(), 7);
    }
}
