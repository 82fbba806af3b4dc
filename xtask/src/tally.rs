//! Totals of tests, read from what the test programs print.

use std::fmt;
use std::ops::AddAssign;

use crate::step::Outcome;

/// How many checks passed and how many failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// A step that is one check.
    pub(crate) fn one(outcome: &Outcome) -> Self {
        Self { passed: outcome.good.into(), failed: (!outcome.good).into() }
    }

    /// A step that runs tests and must run some: their totals, and a failure when the program failed without naming one or
    /// ran nothing.
    pub(crate) fn of_tests(outcome: &Outcome) -> Self {
        let mut tally = Self::of_documents(outcome);
        if tally == Self::default() {
            tally.failed = 1;
        }
        tally
    }

    /// As `of_tests`, for examples in documents, of which there may be none.
    pub(crate) fn of_documents(outcome: &Outcome) -> Self {
        let mut tally = read(&outcome.lines);
        if !outcome.good && tally.failed == 0 {
            tally.failed = 1;
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn read(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    for found in lines.iter().filter_map(|line| nextest(line).or_else(|| libtest(line)).or_else(|| story(line))) {
        tally += found;
    }
    tally
}

/// `Summary [ 1.2s] 5/6 tests run: 3 passed (1 slow), 2 failed, 1 skipped`: what did not pass has failed, timed out or was
/// never run, whatever it is called.
fn nextest(line: &str) -> Option<Tally> {
    let (run, results) = line.trim_start().strip_prefix("Summary [")?.split_once("] ")?.1.split_once(" run: ")?;
    let all = run.split(' ').next()?.rsplit('/').next()?.parse::<u64>().ok()?;
    let passed = count(results, "passed").unwrap_or(0);
    Some(Tally { passed, failed: all.saturating_sub(passed) })
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
fn libtest(line: &str) -> Option<Tally> {
    let (_, results) = line.strip_prefix("test result: ")?.split_once(". ")?;
    Some(Tally { passed: count(results, "passed")?, failed: count(results, "failed")? })
}

/// `3 passed, 0 failed`, alone on its line.
fn story(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(" passed, ")?;
    Some(Tally { passed: passed.parse().ok()?, failed: failed.strip_suffix(" failed")?.parse().ok()? })
}

/// The number before a word in a list parted by commas or semicolons.
fn count(list: &str, word: &str) -> Option<u64> {
    list.split([',', ';']).find_map(|item| {
        let (number, rest) = item.trim().split_once(' ')?;
        rest.starts_with(word).then(|| number.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn outcome(good: bool, lines: &[&str]) -> Outcome {
        Outcome { good, lines: lines.iter().map(ToString::to_string).collect(), took: Duration::ZERO }
    }

    #[test]
    fn the_totals_of_each_test_program_are_read() {
        for (line, passed, failed) in [
            ("     Summary [   0.005s] 1 test run: 1 passed, 0 skipped", 1, 0),
            ("     Summary [  12.3s] 9 tests run: 5 passed (1 slow), 3 failed, 1 timed out, 2 skipped", 5, 4),
            ("     Summary [   0.3s] 4/6 tests run: 3 passed, 1 failed, 0 skipped", 3, 3),
            ("test result: FAILED. 7 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s", 7, 2),
            ("31 passed, 1 failed", 31, 1),
        ] {
            assert_eq!(read(&[line.to_owned()]), Tally { passed, failed }, "{line}");
        }
    }

    #[test]
    fn the_totals_of_several_test_programs_add_up() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 0 ignored",
            "noise",
            "test result: ok. 4 passed; 0 failed; 0 ignored",
        ];
        assert_eq!(Tally::of_tests(&outcome(true, &lines)), Tally { passed: 7, failed: 0 });
    }

    #[test]
    fn tests_that_ran_nothing_have_failed() {
        assert_eq!(Tally::of_tests(&outcome(true, &["nothing to do"])).failed, 1);
        assert_eq!(Tally::of_tests(&outcome(true, &["test result: ok. 0 passed; 0 failed; 5 ignored"])).failed, 1);
    }

    #[test]
    fn a_program_that_failed_without_naming_a_test_counts_as_one_failure() {
        assert_eq!(
            Tally::of_tests(&outcome(false, &["test result: ok. 3 passed; 0 failed"])),
            Tally { passed: 3, failed: 1 }
        );
        assert_eq!(Tally::of_documents(&outcome(false, &[])).failed, 1);
    }

    #[test]
    fn the_closing_line_is_the_one_that_is_read() {
        let tally = Tally { passed: 12, failed: 3 };
        assert_eq!(story(&tally.to_string()), Some(tally));
    }
}
