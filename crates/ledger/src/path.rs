//! Where a published log keeps its tiles, as in C2SP tlog-tiles with height 8: `tile/<level>/<n>[.p/<width>]` for hashes,
//! `tile/entries/<n>[.p/<width>]` for leaves.

use crate::wire::{Malformed, decimal};

/// One tile of hashes; at level 0 also the bundle of leaves under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// 0 for the hashes of leaves; a hash one level up stands for a full tile.
    pub level: u8,
    /// The tile's place in its level, from 0.
    pub n: u64,
    /// How many hashes, or leaves, it holds: 1 to 256. With less than 256 it is partial, at the right edge.
    pub width: u16,
}

/// How many hashes a full tile holds.
pub(crate) const FULL: u16 = 256;

/// The highest level that a path may name.
const TOP: u8 = 63;

impl TileId {
    /// Tile `n` of `level` as it stands in a log of `size` leaves; `None` where that log has none.
    pub fn within(level: u8, n: u64, size: u64) -> Option<Self> {
        let left = hashes(level, size).checked_sub(n.checked_mul(FULL.into())?)?;
        let width = u16::try_from(left).unwrap_or(FULL).min(FULL);
        (width > 0).then_some(Self { level, n, width })
    }

    /// Whether it is not partial, and so never changes again.
    pub fn is_full(self) -> bool {
        self.width == FULL
    }

    /// The path of its hashes, such as `tile/0/x001/234` or `tile/1/000.p/5`.
    pub fn path(self) -> String {
        format!("tile/{}/{}", self.level, self.end())
    }

    /// The path of its leaves, such as `tile/entries/x001/234.p/5`; there are leaves under level 0 alone.
    pub fn bundle_path(self) -> String {
        format!("tile/entries/{}", self.end())
    }

    /// The tile whose [`path`](Self::path) this is.
    pub fn parse(path: &str) -> Result<Self, Malformed> {
        let rest = path.strip_prefix("tile/").ok_or(Malformed::Path)?;
        let (level, end) = rest.split_once('/').ok_or(Malformed::Path)?;
        let level = decimal(level).ok().and_then(|level| u8::try_from(level).ok());
        let (n, width) = parse_end(end)?;
        let tile = Self { level: level.filter(|level| *level <= TOP).ok_or(Malformed::Path)?, n, width };
        if tile.path() == path { Ok(tile) } else { Err(Malformed::Path) }
    }

    /// The tile of level 0 whose [`bundle_path`](Self::bundle_path) this is.
    pub fn parse_bundle(path: &str) -> Result<Self, Malformed> {
        let (n, width) = parse_end(path.strip_prefix("tile/entries/").ok_or(Malformed::Path)?)?;
        let tile = Self { level: 0, n, width };
        if tile.bundle_path() == path { Ok(tile) } else { Err(Malformed::Path) }
    }

    /// The place in threes of digits, all but the last marked, so that no folder has more than 2,000 files.
    fn end(self) -> String {
        let mut end = format!("{:03}", self.n % 1_000);
        let mut rest = self.n / 1_000;
        while rest > 0 {
            end = format!("x{:03}/{end}", rest % 1_000);
            rest /= 1_000;
        }
        if self.is_full() { end } else { format!("{end}.p/{}", self.width) }
    }
}

/// Every tile that a log of `size` leaves has, lowest level first; those of level 0 are its bundles too.
pub fn needed(size: u64) -> impl Iterator<Item = TileId> {
    let levels = (0..=TOP).take_while(move |level| hashes(*level, size) > 0);
    levels.flat_map(move |level| (0..).map_while(move |n| TileId::within(level, n, size)))
}

/// How many hashes a level has in a log of `size` leaves.
pub(crate) fn hashes(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// Place and width. What is spelled otherwise than it is written falls to the comparison in the caller.
fn parse_end(end: &str) -> Result<(u64, u16), Malformed> {
    let (place, width) = match end.split_once(".p/") {
        Some((place, digits)) => (place, decimal(digits).ok().and_then(|width| u16::try_from(width).ok())),
        None => (end, Some(FULL)),
    };
    let width = width.filter(|width| (1..=FULL).contains(width)).ok_or(Malformed::Path)?;
    let mut n = 0_u64;
    for three in place.split('/') {
        let digits = three.strip_prefix('x').unwrap_or(three);
        let three: u64 = digits.parse().ok().filter(|three| *three < 1_000).ok_or(Malformed::Path)?;
        n = n.checked_mul(1_000).and_then(|n| n.checked_add(three)).ok_or(Malformed::Path)?;
    }
    Ok((n, width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(level: u8, n: u64, width: u16) -> TileId {
        TileId { level, n, width }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        for (id, path, bundle) in [
            (tile(0, 0, 256), "tile/0/000", "tile/entries/000"),
            (tile(0, 1_234_067, 256), "tile/0/x001/x234/067", "tile/entries/x001/x234/067"),
            (tile(0, 1_234, 5), "tile/0/x001/234.p/5", "tile/entries/x001/234.p/5"),
        ] {
            assert_eq!((id.path().as_str(), id.bundle_path().as_str()), (path, bundle));
            assert_eq!((TileId::parse(path), TileId::parse_bundle(bundle)), (Ok(id), Ok(id)));
        }
    }

    #[test]
    fn a_path_has_one_spelling() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/64/000",
            "tile/00/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/05",
            "tile/0/000.p/",
            "tile/0/000.p",
            "/tile/0/000",
            "tile/0/000/",
            "tile/entries/000",
            "tile/0/+01",
            "tile/0/..",
            "tile/0/%2e",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert_eq!(TileId::parse(path), Err(Malformed::Path), "{path}");
        }
        assert_eq!(TileId::parse_bundle("tile/0/000"), Err(Malformed::Path));
    }

    /// The examples of the specification: 70,000 leaves and 256.
    #[test]
    fn a_log_needs_the_tiles_of_the_specification() {
        let all: Vec<TileId> = needed(70_000).collect();
        let full = |level| all.iter().filter(|id| id.level == level && id.is_full()).count();
        assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
        let partial: Vec<TileId> = all.iter().copied().filter(|id| !id.is_full()).collect();
        assert_eq!(partial, [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)]);
        assert_eq!(needed(256).collect::<Vec<_>>(), [tile(0, 0, 256), tile(1, 0, 1)]);
        assert_eq!(needed(0).count(), 0);
    }

    #[test]
    fn the_largest_sizes_are_answered() {
        assert_eq!(TileId::within(0, u64::MAX, u64::MAX), None);
        assert_eq!(TileId::within(7, 0, u64::MAX), Some(tile(7, 0, 255)));
        assert_eq!(TileId::within(8, 0, u64::MAX), None);
        assert_eq!(TileId::within(255, 0, u64::MAX), None);
    }

    proptest! {
        #[test]
        fn a_path_is_read_as_it_was_written(level in 0..=TOP, n: u64, width in 1..=FULL) {
            let id = tile(level, n, width);
            prop_assert_eq!(TileId::parse(&id.path()), Ok(id));
        }

        #[test]
        fn any_path_is_one_tile_or_none(path in "tile/([0-9]{1,3}|entries)/(x?[0-9]{0,4}/){0,3}[0-9]{0,4}(.p/[0-9]{0,4})?") {
            if let Ok(id) = TileId::parse(&path) {
                prop_assert_eq!(id.path(), path);
            } else if let Ok(id) = TileId::parse_bundle(&path) {
                prop_assert_eq!(id.bundle_path(), path);
            }
        }
    }
}
