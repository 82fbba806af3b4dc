//! The long tests: those that stop the program in the middle of its work, many more times than an ordinary run does.

use crate::place;
use crate::step;
use crate::stop::Stop;
use crate::tally::Tally;

/// How many rounds each long test makes unless told.
pub(crate) const ROUNDS: u32 = 1_000;

/// The long tests read their number of rounds from this variable of the environment.
const VARIABLE: &str = "CANDOUR_ROUNDS";

/// Reads the number of rounds.
pub(crate) fn parse(text: &str) -> Result<u32, Stop> {
    let rounds = text.parse().ok().filter(|rounds| *rounds > 0);
    rounds.ok_or_else(|| Stop::Unable("The number of rounds is a whole number from 1.".to_owned()))
}

/// Runs every test marked `#[ignore]`, with the number of rounds in its environment.
pub(crate) fn run(rounds: u32) -> Result<(), Stop> {
    let mut long = place::cargo("test --workspace --locked --no-fail-fast -- --ignored --nocapture --test-threads=1");
    let outcome = step::run("soak", long.env(VARIABLE, rounds.to_string()));
    let tally = Tally::of_tests(&outcome);
    println!("\n{rounds} rounds in {:.0} s\n\n{tally}", outcome.took.as_secs_f64());
    if tally.failed == 0 {
        return Ok(());
    }
    Err(Stop::Told)
}
