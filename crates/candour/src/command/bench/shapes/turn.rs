//! Turn: a new day's key, and every key wrapped anew under it, so that the key of the day before can die.

use super::super::super::Cannot;
use super::super::figures::{Figures, Watch};
use super::super::progress::Progress;
use super::{Measured, Setting};
use custody::DayReport;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::Tx;

store::statements! {
    /// When the jobs of a day were done, in milliseconds since 1970.
    LIST_DONE = "SELECT job, at FROM run WHERE day = $1 AND at >= $2 ORDER BY at";
}

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    setting.place.pass_days(1)?;
    let night = night(setting, "turn")?;
    let right = night.report.turned == setting.standing.load(Ordering::Relaxed);
    let figures = Figures::together(night.report.turned, &night.watch, night.turned, right);
    Ok(vec![Measured::new("turn", "every key", 1, figures)])
}

/// A day's run.
pub(super) struct Night {
    pub report: DayReport,
    /// Over all of it.
    pub watch: Watch,
    /// How long the turn took.
    pub turned: Duration,
    /// How long the sweep took.
    pub swept: Duration,
}

/// Runs the day, and reads from its own notes when each of its jobs was done.
pub(super) fn night(setting: &Setting<'_>, what: &str) -> Result<Night, Cannot> {
    let (custody, progress) = (setting.place.custody(), Progress::new(what, 1));
    setting.place.settle()?;
    let (begun, watch) = (custody.store().clock().now().as_millisecond(), Watch::start());
    let report = custody.run_day(&|_, _| Ok(()))?;
    progress.at(1);
    let (day, whole) = (setting.place.today(), watch.wall());
    let done = custody.store().read_blocking("bench_done", move |tx: &mut Tx<'_>| {
        let rows = tx.all(&LIST_DONE, &[day.into(), begun.into()])?;
        rows.iter().map(|row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?))).collect::<store::Result<Vec<_>>>()
    })?;
    let at = |job: &str| done.iter().find(|(name, _)| name == job).map(|(_, at)| *at);
    let between = |from: Option<i64>, to: Option<i64>| {
        let ms = from.zip(to).and_then(|(from, to)| u64::try_from(to - from).ok());
        ms.map_or(whole, Duration::from_millis)
    };
    let (turned, swept) = (between(Some(begun), at("turn")), between(at("forecast"), at("sweep")));
    Ok(Night { report, watch, turned, swept })
}
