//! The load generator against a demonstration of the release build.

use std::process::Stdio;

use crate::demo::Demo;
use crate::place;
use crate::stop::Stop;

/// Builds both programs, starts the demonstration with empty data and runs `load` with the given arguments.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Stop> {
    let mut build = place::cargo("build --release --locked --package candour --package bench");
    if !build.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Err(Stop::No("The programs do not build.".to_owned()));
    }
    let demo = Demo::start(&place::built("release", "candour"))?;
    let mut load = std::process::Command::new(place::built("release", "load"));
    let ran = load.arg("--to").arg(&demo.address).args(arguments).stdin(Stdio::null()).status();
    if ran.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Stop::No("The load was not carried; see above.".to_owned()))
}
