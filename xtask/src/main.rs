//! The project's own tasks, run as `cargo xtask TASK`.
//!
//! In scope: preparing a machine for the tests, running every check in order, and measuring the built program from outside.
//! Out of scope: what is checked; that belongs to the crates and to the browser story. Standard library only, so that a fresh
//! clone has its tasks within seconds.
//!
//! Invariants: a check that could not run has failed; every process started here is ended by its own handle; exit 0 means
//! done, 1 that a check failed, 2 that the task could not run, with one sentence on standard error.

mod bench;
mod demo;
mod measure;
mod page;
mod place;
mod postgres;
mod setup;
mod soak;
mod step;
mod stop;
mod stopwatch;
mod tally;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask TASK

  setup                  install what the tests need, where that is allowed
  test                   format, lint, tests on both engines, build, browser story; ends with the totals
  bench [ARGUMENTS]      load a demonstration with enquiries; the arguments go to the load generator
  measure [--from-clone] start, memory and page sizes of the release build; from the clone as well if asked
  postgres COMMAND …     run a command with a PostgreSQL server for its tests
  soak [ROUNDS]          the long tests, ROUNDS rounds each (1000 unless told)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["setup"] => setup::run(),
        ["test"] => test::run(),
        ["bench", rest @ ..] => bench::run(rest),
        ["measure"] => measure::run(false),
        ["measure", "--from-clone"] => measure::run(true),
        ["postgres", program, rest @ ..] => postgres::run(program, rest),
        ["soak"] => soak::run(soak::ROUNDS),
        ["soak", rounds] => soak::parse(rounds).and_then(soak::run),
        _ => Err(stop::Stop::Unable(USAGE.to_owned())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if let Some(sentence) = stop.sentence() {
                eprintln!("{sentence}");
            }
            stop.exit_code()
        }
    }
}
