//! Pruning the log: entries that are older than the notice promises to keep them go, their hashes stay.
//!
//! Whole bundles go, from the first on: the rows, the files outside the database, and the segments of openings. Tiles stay, so
//! that the log still has its root and every proof that was given still holds. Under the guard: on witnessed time, no more in a
//! run than a hundredth of what stands, and only what was published.

use crate::edge::{WIDTH, leaves};
use crate::evidence::{damaged, index};
use crate::guard::Witnessed;
use crate::publish::{Signed, find_log, remove_bundles};
use crate::{Custody, Error, Result, rows};
use law::{Date, Period, Timestamp};
use ledger::Leaf;
use store::Tx;

/// How many bundles go in a transaction, so that requests go on between them.
const TOGETHER: u64 = 16;

/// The share of the leaves that stand of which a run may take one, where that is more than a bundle.
const SHARE: u64 = 100;

impl Custody {
    /// Drops entries of the log that are older than they are kept, and says how many. Without a period the log is kept for good.
    /// On an unwitnessed clock nothing goes. Blocking; for the process that publishes.
    pub fn prune_log(&self, keep: Option<Period>) -> Result<u64> {
        let (Some(keep), Some(witnessed)) = (keep, self.witnessed()?) else {
            return Ok(0);
        };
        if witnessed.spares() {
            return Ok(0);
        }
        let custody = self.clone();
        let span = self.store().read_blocking("span_of_log", move |tx| {
            let first = find_log(tx)?.first;
            Ok::<_, Error>(custody.signed(tx)?.map(|signed: std::sync::Arc<Signed>| (first, signed.edge.size())))
        })?;
        let Some((mut first, size)) = span else {
            return Ok(0);
        };
        let (begun, most) = (first, first + (size - first).div_euclid(SHARE).max(WIDTH));
        while first + WIDTH <= most.min(size) {
            let (custody, witnessed) = (self.clone(), witnessed.again());
            let end = most.min(size).min(first + TOGETHER * WIDTH);
            let next =
                self.write_blocking("prune_log", move |tx| custody.prune_bundles(tx, &witnessed, keep, first, end))?;
            if next == first {
                break;
            }
            first = next;
        }
        remove_bundles(self.publisher().folder(), first / WIDTH)?;
        Ok(first - begun)
    }

    /// Drops the bundles from `first` on that end before `end` and are old, and says where the log begins then.
    fn prune_bundles(&self, tx: &mut Tx<'_>, witnessed: &Witnessed, keep: Period, first: u64, end: u64) -> Result<u64> {
        let mut next = first;
        while next + WIDTH <= end && is_over(tx, witnessed, keep, next)? {
            next += WIDTH;
        }
        if next > first {
            tx.execute(&rows::DELETE_OLD_LEAVES, &[index(next)?.into()])?;
            tx.execute(&rows::DELETE_OLD_SEGMENTS, &[index(next)?.into()])?;
            tx.execute(&rows::UPDATE_FIRST, &[index(next)?.into(), "main".into()])?;
            self.leave_pruned(tx, next)?;
        }
        Ok(next)
    }
}

/// Whether every leaf of a bundle has been kept for its time.
fn is_over(tx: &mut Tx<'_>, witnessed: &Witnessed, keep: Period, first: u64) -> Result<bool> {
    for leaf in leaves(tx, first, WIDTH)? {
        let day = day_of(&Leaf::decode(&leaf).map_err(damaged)?)?;
        let due_on = keep.after(day);
        if due_on.is_none_or(|due_on| due_on > witnessed.day()) || !witnessed.lets_go(due_on, day) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The civil day on which the hour of a leaf ended.
fn day_of(leaf: &Leaf) -> Result<Date> {
    let end = leaf.hour.saturating_add(1).saturating_mul(3_600);
    Timestamp::from_second(end).map(law::london_day).map_err(|_| Error::Nonsense("a leaf's hour"))
}
