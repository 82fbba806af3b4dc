//! Openings in the log: a commitment to each, and one leaf for all that came together.
//!
//! An opening is a row that its person can see, and it changes while its day lasts. What it says is committed to when the row
//! is made, and again when its fields widen; the commitments wait in `opening_outbox`. Each minute they become the leaves of a
//! small tree, sorted by their bytes so that nothing is learnt from their order, whose root is the detail of one leaf of the
//! log. So a service that is read a thousand times a minute writes one leaf of it. When an opening's row dies with its holding,
//! its commitment is as good as random bytes.

use crate::evidence::index;
use crate::{Custody, Result, rows};
use ledger::{Domain, Hash, Reveal};
use store::{Tx, Val};

/// How many openings share a leaf at the most: the path of one in it has then twelve hashes.
const TOGETHER: u64 = 4_096;

/// An opening as its row has it.
pub(crate) struct Opening<'a> {
    pub holding: [u8; 16],
    pub actor: &'a str,
    pub purpose: &'a str,
    pub day: &'a str,
    /// In order, separated by spaces.
    pub fields: &'a str,
}

impl Opening<'_> {
    /// What is committed to, and with what it is opened: the row as one line of text, the holding's id in hexadecimal digits. A
    /// member of staff is their role here: a number of theirs would go from one person's proofs to another's.
    pub(crate) fn reveal(&self, r: [u8; 32]) -> Reveal {
        let Self { holding, actor, purpose, day, fields } = self;
        let payload = format!("{} {actor} {purpose} {day} {fields}", hex(holding));
        Reveal { r, domain: Domain::Opening, payload: payload.into_bytes() }
    }
}

/// Commits to an opening, which is written down with the `r` that this gives.
pub(crate) fn commit(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<[u8; 32]> {
    let r = tx.bytes();
    tx.execute(&rows::INSERT_OPENING_OUTBOX, &[opening.reveal(r).commitment().into()])?;
    Ok(r)
}

impl Custody {
    /// Gives every opening that waits its place in the log, and says how many that were. Blocking.
    pub fn cut_segment(&self) -> Result<u64> {
        self.sequence()?;
        let mut cut = 0;
        loop {
            let custody = self.clone();
            let round = {
                let _turn = self.appending();
                self.write_blocking("cut_segment", move |tx| custody.cut_round(tx))?
            };
            cut += round;
            if round < TOGETHER {
                return Ok(cut);
            }
        }
    }

    fn cut_round(&self, tx: &mut Tx<'_>) -> Result<u64> {
        let waiting = tx.all(&rows::LIST_OPENING_OUTBOX, &[TOGETHER.into()])?;
        let commitments = waiting.iter().map(|row| Ok(row.get(0)?)).collect::<Result<Vec<Hash>>>()?;
        let Some(last) = commitments.last() else {
            return Ok(0);
        };
        let count = commitments.len() as u64;
        let idx = index(Self::next_index(tx)?)?;
        self.leave_segment(tx, ledger::root(&hashes(&commitments)), count)?;
        Self::integrate(tx)?;
        let placed = commitments.iter().zip(0i64..);
        let placed = placed
            .map(|(commitment, place)| (&rows::INSERT_SEGMENT, vec![idx.into(), place.into(), Val::from(*commitment)]));
        tx.execute_all(&placed.collect::<Vec<_>>())?;
        // All that stand up to the last one are in the segment.
        tx.execute(&rows::DELETE_OPENING_OUTBOX, &[last.into()])?;
        Ok(count)
    }
}

/// The hashes of a segment's leaves.
pub(crate) fn hashes(commitments: &[Hash]) -> Vec<Hash> {
    commitments.iter().map(|commitment| ledger::leaf_hash(commitment)).collect()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_one_line_of_text() {
        let opening = Opening {
            holding: [0xab; 16],
            actor: "desk",
            purpose: "answer-enquiries",
            day: "2026-11-23",
            fields: "email name",
        };
        let text = String::from_utf8(opening.reveal([1; 32]).payload).unwrap();
        assert_eq!(text, format!("{} desk answer-enquiries 2026-11-23 email name", "ab".repeat(16)));
    }
}
