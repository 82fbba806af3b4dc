//! A section of a measurement: clients that do the same sort of operation until so many are done, or so much time is over.

use super::super::Cannot;
use super::figures::{Figures, Samples, Watch};
use super::progress::Progress;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// When a section ends.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    /// After so many operations.
    Operations(u64),
    /// After so much time.
    Time(Duration),
}

/// How a section runs.
#[derive(Clone, Copy)]
pub(super) struct Section {
    /// How many clients wait for an answer at the same time.
    pub clients: u64,
    /// When it ends.
    pub limit: Limit,
    /// How many operations there can be at the most: as many as there are people of whom each is met once.
    pub most: u64,
}

impl Section {
    /// Runs it. `act` does the operation of a number, each number once; it measures with one of `sorts` samples, whose figures
    /// come back in their order.
    pub(super) fn run(
        self,
        what: &str,
        sorts: usize,
        act: impl Fn(&mut [Samples], u64) -> Result<(), Cannot> + Sync,
    ) -> Result<Vec<Figures>, Cannot> {
        let (next, failed, watch) = (AtomicU64::new(0), AtomicBool::new(false), Watch::start());
        let progress = Progress::new(what, self.whole());
        let client = || {
            let mut samples: Vec<Samples> = (0..sorts).map(|_| Samples::default()).collect();
            while !failed.load(Ordering::Relaxed)
                && let Some(n) = self.next(&next, &watch)
            {
                act(&mut samples, n).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
                progress.at(self.done(n, &watch));
            }
            Ok(samples)
        };
        let all = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..self.clients).map(|_| scope.spawn(client)).collect();
            clients.into_iter().map(|client| client.join().unwrap_or_else(|_| Err(panicked()))).collect::<Vec<_>>()
        });
        let mut merged: Vec<Samples> = (0..sorts).map(|_| Samples::default()).collect();
        for samples in all {
            merged.iter_mut().zip(samples?).for_each(|(into, from)| into.merge(from));
        }
        // Of several sorts side by side nobody can say which took how much of the section.
        let whole = (self.clients > 1 && sorts == 1).then_some(&watch);
        Ok(merged.into_iter().map(|samples| samples.figures(whole)).collect())
    }

    /// The number of the next operation, while there is one.
    fn next(self, next: &AtomicU64, watch: &Watch) -> Option<u64> {
        let goes_on = match self.limit {
            Limit::Operations(_) => true,
            Limit::Time(time) => watch.wall() < time,
        };
        let n = goes_on.then(|| next.fetch_add(1, Ordering::Relaxed))?;
        (n < self.numbers()).then_some(n)
    }

    /// How many operations there are at the most.
    fn numbers(self) -> u64 {
        match self.limit {
            Limit::Operations(operations) => operations.min(self.most),
            Limit::Time(_) => self.most,
        }
    }

    /// How far it can go, in operations or in milliseconds.
    fn whole(self) -> u64 {
        match self.limit {
            Limit::Operations(_) => self.numbers(),
            Limit::Time(time) => millis(time),
        }
    }

    fn done(self, n: u64, watch: &Watch) -> u64 {
        match self.limit {
            Limit::Operations(_) => n + 1,
            Limit::Time(_) => millis(watch.wall()),
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn panicked() -> Cannot {
    Cannot("a client panicked.".to_owned())
}
