//! Rows that stand alone: what is known under a person's random number dies with a holding, with the last on its ground, or with
//! the last of the person, so a row without it has lost its number to damage, or should have died.

use super::Scrubbed;
use crate::error::short;
use crate::{Custody, Error, Result, rows};
use store::{DiesWith, Val};

/// People's numbers are random, so each value of their first four bits has a share of them that one statement can look at.
const SHARES: u8 = 16;

/// How many rows of a table are told of.
const MOST: usize = 20;

impl Custody {
    /// Every table that `columns.toml` lets die with something. What is on its way into the log and about nobody has the number
    /// of nobody, nought, which is looked for nowhere.
    pub(super) fn scrub_alone(&self, scrubbed: &mut Scrubbed) -> Result<()> {
        for (table, with) in self.columns().tables() {
            let what = match with {
                DiesWith::Ground => "nothing is held on its ground",
                DiesWith::Holding => "its record is not there",
                DiesWith::Never => continue,
                DiesWith::Person => "nothing is held about its person",
            };
            if table != "holding" {
                self.find_alone(scrubbed, (table, with.key()), "holding", what)?;
            }
        }
        // Leaves that were pruned are not there, and nobody asks for them.
        if self.pruned()? == 0 {
            self.find_alone(scrubbed, ("trail", &["idx"]), "log_leaf", "the log has no such leaf")?;
        }
        Ok(())
    }

    fn pruned(&self) -> Result<u64> {
        self.store().read_blocking("find_log", |tx| {
            let log = tx.optional(&rows::FIND_LOG, &[])?;
            Ok::<_, Error>(log.map_or(Ok(0), |row| row.get(3))?)
        })
    }

    /// Rows of a table to which no row of another belongs, by a key that both have.
    fn find_alone(
        &self,
        scrubbed: &mut Scrubbed,
        (table, key): (&str, &[&str]),
        other: &str,
        what: &str,
    ) -> Result<()> {
        let alone = store::select_without(table, key, other, "person_id");
        let (mut rest, last) = (MOST, key.len().saturating_sub(1));
        for share in 0..SHARES {
            let ([above, upto], most, alone) = (bounds(share), rest as u64, alone.clone());
            let found = self.store().read_blocking("scrub_alone", move |tx| {
                let rows = tx.all(&alone, &[above.into(), upto.into(), most.into()])?;
                rows.iter().map(|row| row.get(last)).collect::<store::Result<Vec<Val>>>()
            })?;
            rest = rest.saturating_sub(found.len());
            for key in found {
                scrubbed.found(table, told(&key), what);
            }
            if rest == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// Above which number a share begins, and the last of it.
fn bounds(share: u8) -> [[u8; 16]; 2] {
    let last = |share: u8| {
        let mut number = [0xff; 16];
        number[0] = share << 4 | 0x0f;
        number
    };
    [share.checked_sub(1).map_or([0; 16], last), last(share)]
}

/// The last column of a key: an id by its first bytes, or a place in the log.
fn told(key: &Val) -> String {
    match key {
        Val::Bytes(bytes) => short(bytes),
        Val::Int(number) => number.to_string(),
        Val::Null | Val::Text(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_but_that_of_nobody_is_in_one_share() {
        let shares: Vec<_> = (0..SHARES).map(bounds).collect();
        assert_eq!((shares[0][0], shares[15][1]), ([0; 16], [0xff; 16]));
        assert!(shares.windows(2).all(|pair| pair[0][1] == pair[1][0] && pair[1][0] < pair[1][1]));
    }
}
