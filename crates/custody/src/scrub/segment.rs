//! Segments against the leaves that name their roots.

use crate::evidence::index;
use crate::segments::hashes;
use crate::{Result, rows};
use ledger::{Effect, Hash, Leaf};
use store::Tx;

/// The leaves of this page, from the index `first` on, whose segment is not what they say: its commitments, in order, have
/// another root than the leaf's detail, or another number than its count.
///
/// A restore imports leaves without the openings that they are about, so after one a leaf may have no commitment at all.
pub(super) fn broken(tx: &mut Tx<'_>, page: &[Vec<u8>], first: u64) -> Result<Vec<u64>> {
    let mut broken = Vec::new();
    for (leaf, idx) in page.iter().zip(first..) {
        let Ok(Leaf { effect: Effect::Opened, detail: Some(root), count, .. }) = Leaf::decode(leaf) else { continue };
        let rows = tx.all(&rows::LIST_SEGMENT, &[index(idx)?.into()])?;
        let commitments = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Hash>>>();
        let holds = match commitments {
            Ok(commitments) if commitments.is_empty() => count == 0 || was_restored(tx)?,
            Ok(commitments) => {
                commitments.len() as u64 == u64::from(count) && ledger::root(&hashes(&commitments)) == root
            }
            Err(_) => false,
        };
        if !holds {
            broken.push(idx);
        }
    }
    Ok(broken)
}

fn was_restored(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.one(&rows::LAST_RESTORED, &[])?.get::<Option<i64>>(0)?.is_some())
}
