//! Every check of the project in order, with the seconds and totals of each and the sum as the last line. Tests that stand on a
//! database run twice, once for each engine.

use std::process::Command;

use crate::place;
use crate::postgres::Postgres;
use crate::setup;
use crate::step::{self, Outcome};
use crate::stop::Stop;
use crate::tally::Tally;

/// Runs every check, the later ones also when an earlier one failed, so that one run shows all there is to mend.
pub(crate) fn run() -> Result<(), Stop> {
    setup::check()?;
    let mut report = Report::default();
    report.check("format", "fmt --all --check");
    report.check("lint", "clippy --workspace --all-targets --locked -- --deny warnings");
    tests(&mut report);
    if report.check("build", "build --package candour --locked") {
        report.tests("browser story", &mut browser_story());
    } else {
        // An older program would answer for this one.
        report.failed("browser story");
    }
    report.close()
}

/// The tests that stand on a database: all others say the same on either engine, those of files too. Of the random histories,
/// which are about the guard, every tenth.
const ON_DATABASE: &str = "((package(store) & test(/^tests::(faults|schema|transactions)::/)) \
    | (kind(test) & (package(custody) | binary(thread)))) - test(/^histories::.*_[1-9]$/) \
    - (package(custody) & binary(faults)) - test(/^schedules::/)";

fn tests(report: &mut Report) {
    const ALL: &str = "--workspace --locked --no-fail-fast";
    const SOME: &str = "--package store --package custody --package candour --locked --no-fail-fast";
    let has_nextest = place::on_path("cargo-nextest").is_some();
    let runner = if has_nextest { "nextest run" } else { "test" };
    report.tests("SQLite", place::cargo(&format!("{runner} {ALL}")).env_remove("CANDOUR_TEST_ENGINE"));
    match Postgres::start() {
        Ok(server) => {
            let mut again = place::cargo(&format!("{runner} {SOME}"));
            if has_nextest {
                again.args(["--filterset", ON_DATABASE]);
            }
            report.tests("PostgreSQL", server.tell(&mut again));
        }
        Err(stop) => {
            println!("\nPostgreSQL\n{}", stop.sentence().unwrap_or_default());
            report.failed("PostgreSQL");
        }
    }
    if has_nextest {
        // nextest leaves the examples in documents to cargo.
        let documents = step::run("documents", &mut place::cargo(&format!("test --doc {ALL}")));
        report.add("documents", &documents, Tally::of_documents(&documents));
    }
}

fn browser_story() -> Command {
    let mut node = Command::new("node");
    node.arg("story.mjs").current_dir(place::story()).env("CANDOUR", place::built("debug", "candour"));
    if let Some(chromium) = place::chromium() {
        node.env("CHROMIUM", chromium);
    }
    node
}

/// One line for each step.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    total: Tally,
}

impl Report {
    /// A cargo command that is one check. Answers whether it passed.
    fn check(&mut self, name: &str, words: &str) -> bool {
        let outcome = step::run(name, &mut place::cargo(words));
        self.add(name, &outcome, Tally::one(&outcome));
        outcome.good
    }

    /// A step that runs tests.
    fn tests(&mut self, name: &str, command: &mut Command) {
        let outcome = step::run(name, command);
        self.add(name, &outcome, Tally::of_tests(&outcome));
    }

    fn add(&mut self, name: &str, outcome: &Outcome, tally: Tally) {
        self.lines.push(format!("{name:<14} {:>7.1} s   {tally}", outcome.took.as_secs_f64()));
        self.total += tally;
    }

    /// A step that cannot run.
    fn failed(&mut self, name: &str) {
        self.lines.push(format!("{name:<14}   not run   failed"));
        self.total.failed += 1;
    }

    fn close(self) -> Result<(), Stop> {
        println!("\n{}\n\n{}", self.lines.join("\n"), self.total);
        if self.total.failed == 0 {
            return Ok(());
        }
        Err(Stop::Told)
    }
}
