//! What a load run found, for readers and for scripts.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

/// Times are of the sending, from the moment it was due until it was accepted, in milliseconds.
#[derive(Serialize)]
pub(crate) struct Report {
    rate_per_s: u32,
    took_s: f64,
    accepted: usize,
    pub(crate) failed: usize,
    median_ms: Option<f64>,
    p99_ms: Option<f64>,
    max_ms: Option<f64>,
    /// How often each failure occurred.
    errors: BTreeMap<String, usize>,
}

impl Report {
    /// Sorts the times and counts the errors.
    pub(crate) fn new(rate_per_s: u32, took: Duration, mut times: Vec<Duration>, errors: &[String]) -> Self {
        times.sort_unstable();
        let mut counted = BTreeMap::new();
        for error in errors {
            *counted.entry(error.clone()).or_default() += 1;
        }
        Self {
            rate_per_s,
            took_s: took.as_secs_f64(),
            accepted: times.len(),
            failed: errors.len(),
            median_ms: percentile(&times, 50),
            p99_ms: percentile(&times, 99),
            max_ms: percentile(&times, 100),
            errors: counted,
        }
    }

    /// One table row with its heading.
    pub(crate) fn table(&self) -> String {
        let cell = |ms: Option<f64>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.2} ms"));
        let head =
            "| enquiries a second | accepted | failed | median | p99 | longest |\n|---:|---:|---:|---:|---:|---:|";
        let row = format!(
            "| {} | {} | {} | {} | {} | {} |",
            self.rate_per_s,
            self.accepted,
            self.failed,
            cell(self.median_ms),
            cell(self.p99_ms),
            cell(self.max_ms)
        );
        let errors = self.errors.iter().map(|(error, times)| format!("{times} × {error}"));
        [head.to_owned(), row].into_iter().chain(errors).collect::<Vec<_>>().join("\n")
    }

    /// One line of JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts are always JSON")
    }
}

/// The smallest time that at least `percent` of all times do not exceed (nearest rank).
fn percentile(sorted: &[Duration], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map(|time| time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Some(100.0));
        assert_eq!(percentile(&times, 99), Some(198.0));
        assert_eq!(percentile(&times, 100), Some(200.0));
        assert_eq!(percentile(&times[..1], 99), Some(1.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn errors_are_counted_by_their_sentence() {
        let report =
            Report::new(50, Duration::from_secs(1), Vec::new(), &["a".to_owned(), "b".to_owned(), "a".to_owned()]);
        assert_eq!((report.failed, report.errors["a"], report.errors["b"]), (3, 2, 1));
        assert!(report.json().contains("\"median_ms\":null"));
    }
}
