//! The sweep: flag what is due, verify it again, erase it. Idempotent, and it catches up.

use crate::guard::Witnessed;
use crate::retention::{CHUNK, Cursor, START, record};
use crate::{Custody, HoldingId, PersonId, Result, rows};
use ledger::{Effect, Outcome};
use store::{Statement, Tx};

/// How often the sweep asks for the write-ahead log before it leaves it to the next minute.
const ASK: u32 = 20;

impl Custody {
    /// Cuts the write-ahead log, so that nothing erased or replaced is left in it. Readers that stay are waited for, and then
    /// left to the next minute.
    pub fn truncate_log(&self) -> Result<()> {
        for _ in 0..ASK {
            match self.store().truncate_log() {
                Err(store::Error::Busy) => {}
                other => return Ok(other?),
            }
        }
        Ok(())
    }

    /// The sweep: flag what is due or withdrawn and ripe, then verify each again and erase it.
    pub(crate) fn sweep(&self, witnessed: &Witnessed) -> Result<(u64, u64)> {
        for statement in [&rows::LIST_DUE, &rows::LIST_RIPE] {
            let mut after = Some((String::new(), START));
            while let Some(from) = after {
                after = self.write_blocking("flag", move |tx| flag_chunk(tx, statement, &from))?;
            }
        }
        let (mut erased, mut flagged, mut from) = (0, 0, START);
        loop {
            let page = self.store().read_blocking("list_flagged", move |tx| {
                let rows = tx.all(&rows::LIST_FLAGGED, &[from.0.into(), from.1.into(), CHUNK.into()])?;
                rows.iter().map(|row| Ok((PersonId(row.get(0)?), HoldingId(row.get(1)?)))).collect::<Result<Vec<_>>>()
            })?;
            let Some((person, holding)) = page.last() else {
                break;
            };
            from = (person.0, holding.0);
            flagged += page.len() as u64;
            erased += self.erase(witnessed, page)?;
        }
        if erased > 0 {
            self.truncate_log()?;
        }
        let (custody, kept) = (self.clone(), flagged - erased);
        self.write_blocking("sweep_run", move |tx| {
            if flagged > 0 {
                custody.leave_system(tx, Effect::SweepRun, Outcome::Done, Vec::new(), erased)?;
            }
            record(tx, "sweep", erased, kept, "done")
        })?;
        Ok((erased, kept))
    }
}

/// Flags a page of rows in the order of their days; gives where the next page begins.
fn flag_chunk(tx: &mut Tx<'_>, statement: &Statement, from: &(String, Cursor)) -> Result<Option<(String, Cursor)>> {
    let today = law::iso(tx.today());
    let (day, (person, holding)) = from;
    let after = [today.as_str().into(), day.as_str().into(), (*person).into(), (*holding).into(), CHUNK.into()];
    let mut last = None;
    for row in tx.all(statement, &after)? {
        let (person, holding): Cursor = (row.get(0)?, row.get(1)?);
        let due_on: String = row.get(2)?;
        tx.execute(
            &rows::UPSERT_FLAG,
            &[person.into(), holding.into(), today.as_str().into(), due_on.as_str().into()],
        )?;
        last = Some((due_on, (person, holding)));
    }
    Ok(last)
}
