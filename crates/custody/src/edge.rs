//! The right edge of the log, as tiles have it: for each level the hashes of its last tile while it is not full.
//!
//! It is all that is needed to append, to write the next tiles and to know the root; it is read from the rows at any size that
//! the log once had.

use crate::evidence::{damaged, index};
use crate::{Error, Result, rows};
use ledger::{Frontier, Hash, Tile};
use store::Tx;

/// How many hashes a tile has.
pub(crate) const WIDTH: u64 = 256;

/// The edge of a log of some size.
#[derive(Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge that the log had at a size, from its rows. Leaves may be pruned below the last tile of level 0.
    pub(crate) fn read(tx: &mut Tx<'_>, size: u64) -> Result<Self> {
        let mut levels = Vec::new();
        let mut hashes = size;
        while hashes > 0 {
            let (first, width) = (hashes - hashes % WIDTH, hashes % WIDTH);
            let level = if levels.is_empty() {
                leaves(tx, first, width)?.iter().map(|leaf| ledger::leaf_hash(leaf)).collect()
            } else {
                roots(tx, levels.len() - 1, first, width)?
            };
            levels.push(level);
            hashes /= WIDTH;
        }
        Ok(Self { size, levels })
    }

    /// How many leaves the log has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the last tile of each level, lowest first; none where every tile of it is full.
    pub(crate) fn levels(&self) -> &[Vec<Hash>] {
        &self.levels
    }

    /// Appends a leaf by its hash, and tells of each tile that it filled: level, place in the level, and hashes.
    pub(crate) fn append(&mut self, leaf: Hash, mut full: impl FnMut(u8, u64, &[Hash]) -> Result<()>) -> Result<()> {
        let (mut hash, mut at) = (leaf, self.size);
        self.size += 1;
        for level in 0..=u8::MAX {
            let here = usize::from(level);
            if self.levels.len() == here {
                self.levels.push(Vec::new());
            }
            self.levels[here].push(hash);
            if (self.levels[here].len() as u64) < WIDTH {
                break;
            }
            full(level, at / WIDTH, &self.levels[here])?;
            hash = ledger::root(&self.levels[here]);
            self.levels[here].clear();
            at /= WIDTH;
        }
        Ok(())
    }

    /// The root of the log.
    pub(crate) fn root(&self) -> Result<Hash> {
        Ok(self.frontier()?.root())
    }

    /// The same as a frontier: a tile of 2^a + 2^b + … hashes is as many perfect subtrees, largest first.
    pub(crate) fn frontier(&self) -> Result<Frontier> {
        let mut peaks = Vec::new();
        for level in self.levels.iter().rev() {
            let mut rest = level.as_slice();
            while !rest.is_empty() {
                let (subtree, after) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(ledger::root(subtree));
                rest = after;
            }
        }
        Frontier::decode(self.size, &peaks.concat()).map_err(damaged)
    }
}

/// Leaves of the log, all of them.
pub(crate) fn leaves(tx: &mut Tx<'_>, first: u64, count: u64) -> Result<Vec<Vec<u8>>> {
    let rows = tx.all(&rows::PAGE_LEAVES, &[index(first)?.into(), count.into()])?;
    whole(&rows, first, count, "leaf")?;
    rows.iter().map(|row| Ok(row.get(1)?)).collect()
}

/// The roots of full tiles of a level, all of them.
fn roots(tx: &mut Tx<'_>, level: usize, first: u64, count: u64) -> Result<Vec<Hash>> {
    let rows = tx.all(&rows::PAGE_TILES, &[(level as u64).into(), index(first)?.into(), count.into()])?;
    whole(&rows, first, count, "tile")?;
    rows.iter().map(|row| Ok(Tile::decode(&row.get::<Vec<u8>>(1)?).map_err(damaged)?.root())).collect()
}

/// Nothing is missing between the first row and the last.
fn whole(rows: &[store::Row], first: u64, count: u64, what: &str) -> Result<()> {
    for (row, at) in rows.iter().zip(first..) {
        if row.get::<u64>(0)? != at {
            return Err(Error::Log(format!("{what} {at} is missing")));
        }
    }
    if rows.len() as u64 == count {
        Ok(())
    } else {
        Err(Error::Log(format!("{what} {} is missing", first + rows.len() as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_has_the_root_of_its_leaves_and_fills_the_tiles_that_the_log_has() {
        let (mut edge, mut frontier, mut filled) = (Edge::default(), Frontier::new(), Vec::new());
        for n in 0u64..66_000 {
            let leaf = ledger::leaf_hash(&n.to_be_bytes());
            let mut tiles = Vec::new();
            edge.append(leaf, |level, n, hashes| {
                assert_eq!(hashes.len(), 256);
                tiles.push((level, n));
                Ok(())
            })
            .unwrap();
            frontier.append(leaf);
            assert_eq!(tiles, ledger::full_tiles(n + 1));
            filled.extend(tiles);
            if n % 97 == 0 || n > 65_500 {
                assert_eq!(edge.root().unwrap(), frontier.root(), "{} leaves", n + 1);
            }
        }
        assert_eq!(filled.len(), 258);
    }
}
