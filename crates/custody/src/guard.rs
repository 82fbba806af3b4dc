//! The guard on destruction: nothing is destroyed on a clock that nobody witnessed.
//!
//! While the program runs it writes high-water marks. A clock that stands more than 48 hours beyond the last mark has
//! jumped, or the program was down: destruction waits until a person confirms today's date.

use crate::{Custody, Result, rows};
use law::Timestamp;
use ledger::{Effect, Outcome};
use store::Tx;

/// The longest unwitnessed time: 48 hours.
const GAP_MS: i64 = 48 * 60 * 60 * 1_000;

/// Whether destruction may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Time is witnessed.
    Open,
    /// The clock stands more than 48 hours beyond this last witnessed instant.
    Stopped {
        /// The high-water mark.
        last: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
}

/// Proof that the guard was found open: whatever destroys demands it.
pub(crate) struct Witnessed(());

impl Custody {
    /// Looks at the clock, and witnesses it unless it has jumped.
    pub fn witness(&self) -> Result<Guard> {
        self.store().write_blocking("witness", |tx| {
            let guard = look(tx)?;
            if guard == Guard::Open {
                mark(tx, "running")?;
            }
            Ok(guard)
        })
    }

    /// Looks without writing.
    pub fn guard(&self) -> Result<Guard> {
        self.store().read_blocking("guard", look)
    }

    /// Proof that destruction may run now.
    pub(crate) fn witnessed(&self) -> Result<Option<Witnessed>> {
        Ok((self.guard()? == Guard::Open).then_some(Witnessed(())))
    }

    /// A person confirms that today is the date the clock says.
    pub fn confirm_clock(&self) -> Result<()> {
        let custody = self.clone();
        self.write_blocking("confirm_clock", move |tx| {
            mark(tx, "confirmed")?;
            custody.leave_system(tx, Effect::ClockConfirmed, Outcome::Done, Vec::new(), 1)
        })
    }
}

fn look(tx: &mut Tx<'_>) -> Result<Guard> {
    let now = tx.now();
    let last = tx.one(&rows::LAST_MARK, &[])?.get::<Option<i64>>(0)?;
    Ok(match last {
        Some(last) if now.as_millisecond() - last > GAP_MS => {
            Guard::Stopped { last: Timestamp::from_millisecond(last).unwrap_or(now), now }
        }
        _ => Guard::Open,
    })
}

fn mark(tx: &mut Tx<'_>, kind: &str) -> Result<()> {
    let (day, now) = (law::iso(tx.today()), tx.now().as_millisecond());
    tx.execute(&rows::UPSERT_MARK, &[day.into(), now.into(), kind.into()])?;
    Ok(())
}
