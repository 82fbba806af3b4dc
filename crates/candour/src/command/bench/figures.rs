//! What is measured: the wall time of each operation, the time that the process's threads spent on a processor, and whether each
//! answer was the one that the model in memory gives.

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use std::time::{Duration, Instant};

/// A start: of the wall's time and of the processors' time of this process.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    wall: Instant,
    cpu: Duration,
}

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "a measurement reads how much time passed")]
    pub(super) fn start() -> Self {
        Self { wall: Instant::now(), cpu: spent() }
    }

    /// How much time passed.
    pub(super) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    /// How much of it, on all processors together, this process was given.
    pub(super) fn cpu(&self) -> Duration {
        spent().saturating_sub(self.cpu)
    }
}

/// The processors' time of every thread of this process since it began.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What was measured of one sort of operation.
#[derive(Default)]
pub(super) struct Samples {
    nanos: Vec<u64>,
    cpu: Duration,
    checked: u64,
    wrong: u64,
}

impl Samples {
    /// Runs an operation and measures it.
    pub(super) fn time<T>(&mut self, operation: impl FnOnce() -> T) -> T {
        let watch = Watch::start();
        let result = operation();
        let wall = watch.wall();
        self.cpu += watch.cpu();
        self.nanos.push(u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX));
        result
    }

    /// Notes whether an answer was the model's.
    pub(super) fn check(&mut self, right: bool) {
        self.checked += 1;
        self.wrong += u64::from(!right);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.nanos.extend(other.nanos);
        self.cpu += other.cpu;
        self.checked += other.checked;
        self.wrong += other.wrong;
    }

    /// The wall time of all operations, one after the other.
    pub(super) fn total(&self) -> Duration {
        Duration::from_nanos(self.nanos.iter().sum())
    }

    /// The figures. `whole` is the watch over a section in which several clients ran side by side; of one client the times of
    /// its operations count, and what it did between them, such as checking, does not.
    pub(super) fn figures(mut self, whole: Option<&Watch>) -> Figures {
        let (took, cpu) = whole.map_or_else(|| (self.total(), self.cpu), |whole| (whole.wall(), whole.cpu()));
        self.nanos.sort_unstable();
        let operations = self.nanos.len() as u64;
        Figures {
            operations,
            seconds: took.as_secs_f64(),
            per_second: ratio(operations, took.as_secs_f64()),
            latency: Latency::of(&self.nanos),
            cpu_us: ratio_us(cpu, operations),
            checked: self.checked,
            wrong: self.wrong,
        }
    }
}

/// The figures of one sort of operation.
#[derive(Serialize)]
pub(super) struct Figures {
    /// How many were done.
    pub operations: u64,
    /// In how many seconds.
    pub seconds: f64,
    /// How many a second.
    pub per_second: f64,
    /// How long each took; none where they were done together.
    #[serde(flatten)]
    pub latency: Option<Latency>,
    /// Microseconds on a processor for each, of all threads of the process together.
    pub cpu_us: f64,
    /// How many answers were compared with the model.
    pub checked: u64,
    /// How many of them were not the model's.
    pub wrong: u64,
}

impl Figures {
    /// Of many that were done together, by a job.
    pub(super) fn together(operations: u64, watch: &Watch, took: Duration, right: bool) -> Self {
        Self {
            operations,
            seconds: took.as_secs_f64(),
            per_second: ratio(operations, took.as_secs_f64()),
            latency: None,
            cpu_us: ratio_us(watch.cpu(), operations),
            checked: 1,
            wrong: u64::from(!right),
        }
    }
}

/// How long operations took, in microseconds: the time that this share of them did not exceed.
#[expect(clippy::struct_field_names, reason = "the result names the unit of each")]
#[derive(Serialize)]
pub(super) struct Latency {
    pub p50_us: f64,
    pub p95_us: f64,
    pub p99_us: f64,
    pub max_us: f64,
}

impl Latency {
    /// Of sorted nanoseconds; `None` of none.
    fn of(sorted: &[u64]) -> Option<Self> {
        let at =
            |share: usize| sorted.get((sorted.len() * share).div_ceil(1_000).saturating_sub(1)).map(|ns| micros(*ns));
        Some(Self { p50_us: at(500)?, p95_us: at(950)?, p99_us: at(990)?, max_us: at(1_000)? })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read: nobody counts beyond 2^52 nanoseconds")]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1_000.0
}

fn ratio_us(time: Duration, count: u64) -> f64 {
    ratio_of(time.as_secs_f64() * 1e6, count)
}

/// How many for one of the other.
#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
pub(super) fn ratio(count: u64, of: f64) -> f64 {
    if of > 0.0 { count as f64 / of } else { 0.0 }
}

/// How much of something for one of many.
#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
pub(super) fn ratio_of(amount: f64, count: u64) -> f64 {
    if count > 0 { amount / count as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let samples = Samples { nanos: (1..=100).rev().map(|n| n * 1_000).collect(), ..Samples::default() };
        let figures = samples.figures(None);
        let latency = figures.latency.expect("something was measured");
        assert!((figures.operations, figures.wrong) == (100, 0));
        let found = [latency.p50_us, latency.p95_us, latency.p99_us, latency.max_us];
        assert!(
            found.iter().zip([50.0, 95.0, 99.0, 100.0]).all(|(is, wanted)| (is - wanted).abs() < 1e-9),
            "{found:?}"
        );
    }

    #[test]
    fn of_nothing_there_are_no_percentiles() {
        assert!(Samples::default().figures(None).latency.is_none());
    }

    #[test]
    fn a_wrong_answer_is_counted() {
        let mut samples = Samples::default();
        samples.check(true);
        samples.check(false);
        let figures = samples.figures(None);
        assert_eq!((figures.checked, figures.wrong), (2, 1));
    }
}
