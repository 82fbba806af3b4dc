//! Sweep: the night on which one in ten of the people is due. What is due is found, judged again, and erased.

use super::super::super::Cannot;
use super::super::figures::Figures;
use super::turn::night;
use super::{Measured, Setting};
use custody::Error;
use std::sync::atomic::Ordering;

/// How long the brief ones are held, as the notice of the measurements says.
const BRIEF_DAYS: i64 = 30;

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let due_on = setting.loaded_on.saturating_add(jiff::Span::new().days(BRIEF_DAYS));
    let left = setting.place.today().until(due_on)?.get_days();
    setting.place.pass_days(u32::try_from(left.max(0))?)?;
    let night = night(setting, "sweep")?;
    let due = setting.people.count().div_ceil(10);
    let mut right = night.report.erased == due && night.report.waiting == 0;
    for n in (0..setting.people.count()).step_by(10) {
        setting.people.known(n).gone = true;
    }
    setting.standing.fetch_sub(due, Ordering::Relaxed);
    // Of the first hundred that were due nothing is left, and their neighbours stand.
    for n in (0..setting.people.count().min(1_000)).flat_map(|n| [n, n + 1]).filter(|n| *n < setting.people.count()) {
        right &= stands(setting, n)? != setting.people.known(n).gone;
    }
    let figures = Figures::together(night.report.erased, &night.watch, night.swept, right);
    Ok(vec![Measured::new("sweep", "one in ten due", 1, figures)])
}

/// Whether anything is held about a person.
fn stands(setting: &Setting<'_>, n: u64) -> Result<bool, Cannot> {
    let (custody, (person, _)) = (setting.place.custody(), setting.people.at(n));
    let asked = custody.clone();
    let held = custody.store().read_blocking("bench_stands", move |tx| asked.holdings(tx, person))?;
    Ok::<_, Error>(!held.is_empty()).map_err(Cannot::from)
}
