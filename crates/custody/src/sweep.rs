//! The sweep: flag what is due, verify it again, erase it. Idempotent, and it catches up.

use crate::guard::Witnessed;
use crate::permit::{Verdict, Way};
use crate::receipt::Receipts;
use crate::release::Allowance;
use crate::retention::{CHUNK, Cursor, START, record};
use crate::{Custody, Error, HoldingId, PersonId, Result, rows};
use law::Date;
use ledger::{Effect, Outcome};
use store::{Row, Statement, Tx};

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

    /// The sweep: flag what is due or withdrawn and ripe, then judge each again, give receipts of what may go, and erase it.
    pub(crate) fn sweep(&self, witnessed: &Witnessed, receipts: Receipts<'_>) -> Result<Swept> {
        let day = witnessed.day();
        let flagged = self.flag(&rows::LIST_DUE, day)? + self.flag(&rows::LIST_RIPE, day)?;
        if flagged > 0 {
            self.begin_budget(day)?;
        }
        let (mut swept, mut after) = (Swept::default(), Some(START));
        while let Some(from) = after {
            let judged = self.judge(witnessed, from)?;
            swept.kept += judged.keep.len() as u64;
            // First: a receipt counts what is flagged.
            self.unflag(judged.keep)?;
            self.give_receipts(witnessed, &judged.destroy, receipts)?;
            swept.erased += self.erase(witnessed, &judged.destroy)?;
            swept.waiting += judged.waiting;
            after = judged.last;
        }
        if swept.erased > 0 {
            self.truncate_log()?;
        }
        let custody = self.clone();
        self.write_blocking("sweep_run", move |tx| {
            let Swept { erased, kept, waiting } = swept;
            if erased + kept + waiting > 0 {
                let outcome = if waiting > 0 { Outcome::Stopped } else { Outcome::Done };
                custody.leave_system(tx, Effect::SweepRun, outcome, Vec::new(), erased)?;
            }
            record(tx, "sweep", erased, kept + waiting, "done")
        })?;
        Ok(swept)
    }

    /// Flags what a list names up to a day, and says how many that were. What there is to flag is found beside the writer.
    fn flag(&self, statement: &'static Statement, day: Date) -> Result<u64> {
        let (mut flagged, mut from) = (0, (String::new(), START));
        loop {
            let page = self.store().read_blocking("list_due", move |tx| {
                let (due_on, (person, holding)) = &from;
                let after = [day.into(), due_on.into(), (*person).into(), (*holding).into(), CHUNK.into()];
                let rows = tx.all(statement, &after)?;
                rows.iter().map(|row| Ok((row.get(2)?, (row.get(0)?, row.get(1)?)))).collect::<Result<Vec<_>>>()
            })?;
            let Some(last) = page.last() else {
                return Ok(flagged);
            };
            from = last.clone();
            flagged += page.len() as u64;
            self.write_blocking("flag", move |tx| flag_page(tx, day, &page))?;
        }
    }

    /// Judges a page of what is flagged, beside the writer.
    fn judge(&self, witnessed: &Witnessed, from: Cursor) -> Result<Judged> {
        let (custody, witnessed) = (self.clone(), witnessed.again());
        self.store().read_blocking("judge", move |tx| {
            let mut page = tx.all(&rows::LIST_FLAGGED, &[from.0.into(), from.1.into(), CHUNK.into()])?;
            leave_last_person(&mut page)?;
            let mut allowance = Allowance::of_holdings(tx, witnessed.day())?;
            let mut judged = Judged::default();
            for row in &page {
                let (person, holding) = (PersonId(row.get(0)?), HoldingId(row.get(1)?));
                match custody.verdict(tx, person, holding, &witnessed) {
                    Ok(Verdict::Destroy(_, way)) if way != Way::Unforeseen || allowance.take() => {
                        judged.destroy.push((person, holding));
                    }
                    Ok(Verdict::Destroy(..) | Verdict::Wait) => judged.waiting += 1,
                    Ok(Verdict::Keep) => judged.keep.push((person, holding)),
                    Err(Error::Gone) => {}
                    Err(other) => return Err(other),
                }
                judged.last = Some((person.0, holding.0));
            }
            Ok(judged)
        })
    }

    /// What was flagged and is not, or no longer, to be destroyed loses its flag.
    fn unflag(&self, keep: Vec<(PersonId, HoldingId)>) -> Result<()> {
        if keep.is_empty() {
            return Ok(());
        }
        self.store().write_blocking("unflag", move |tx| {
            for (person, holding) in &keep {
                tx.execute(&rows::DELETE_FLAG, &[(*person).into(), (*holding).into()])?;
            }
            Ok(())
        })
    }
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Holdings erased.
    pub erased: u64,
    /// Holdings that were flagged and are kept: under a legal hold, or a week after one was lifted, or no longer due.
    pub kept: u64,
    /// Holdings that are due and closed, and wait for their forecast, a budget or a release.
    pub waiting: u64,
}

/// A page of what was flagged, judged.
#[derive(Default)]
struct Judged {
    destroy: Vec<(PersonId, HoldingId)>,
    keep: Vec<(PersonId, HoldingId)>,
    waiting: u64,
    last: Option<Cursor>,
}

/// A page that may end within a person ends before them, so that what goes on one of their grounds goes together. One person who
/// fills a page is gone through in several.
fn leave_last_person(page: &mut Vec<Row>) -> Result<()> {
    let Some(last) = page.last().filter(|_| page.len() as u64 == CHUNK) else {
        return Ok(());
    };
    let last: [u8; 16] = last.get(0)?;
    let before = page.iter().take_while(|row| row.get::<[u8; 16]>(0).is_ok_and(|person| person != last)).count();
    if before > 0 {
        page.truncate(before);
    }
    Ok(())
}

/// Flags a page of rows: the day each is due, and its key.
fn flag_page(tx: &mut Tx<'_>, today: Date, page: &[(String, Cursor)]) -> Result<()> {
    for (due_on, (person, holding)) in page {
        tx.execute(&rows::UPSERT_FLAG, &[person.into(), holding.into(), today.into(), due_on.into()])?;
    }
    Ok(())
}
