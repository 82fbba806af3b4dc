//! Loads the records: as many as there are to be, in the order of their numbers, a hundred in a transaction.

use super::super::super::Cannot;
use super::super::clauses::{PURPOSES, TENS};
use super::super::figures::Watch;
use super::super::progress::Progress;
use super::Run;
use super::act::Scope;
use custody::Error;

/// How many records share a transaction.
const TOGETHER: u64 = 100;

/// Loads so many, and the terms of purposes and recipients in which nothing is decided yet; says how many seconds it took.
pub(super) fn load(run: &mut Run<'_>, records: u64) -> Result<f64, Cannot> {
    let (progress, watch) = (Progress::new(format!("Load {records} records"), records), Watch::start());
    let (custody, program) = (run.place.custody(), run.records.clone());
    custody
        .write_blocking("bench_load", move |tx| {
            let mut scopes = (0..PURPOSES).map(Scope::Purpose).chain((0..TENS).map(Scope::Recipient));
            scopes.try_for_each(|scope| program.begin_terms_in(tx, scope))
        })
        .map_err(|error: Error| Cannot::from(error))?;
    for from in (0..records).step_by(usize::try_from(TOGETHER)?) {
        let (until, program) = (records.min(from + TOGETHER), run.records.clone());
        let inserted = custody
            .write_blocking("bench_load", move |tx| (from..until).try_for_each(|number| program.insert_in(tx, number)));
        inserted.map_err(|error: Error| Cannot::from(error))?;
        progress.at(until);
    }
    (0..records).for_each(|_| run.model.insert());
    Ok(watch.wall().as_secs_f64())
}
