//! `load`: enquiries at a steady rate against a running program.
//!
//! In scope: the whole way of an enquiry (question page, check page, sending) as a browser without script goes it, and the time
//! that sending takes. Out of scope: what the program does inside, and starting it.
//!
//! Invariants: the load is open: an enquiry begins when its moment comes, whether or not earlier ones are done. The time of a
//! sending counts from the moment it was due, so a program that stalls pays for everyone who waited. Everything sent is made up.

mod client;
mod enquiry;
mod form;
mod report;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::report::Report;

/// Between opening the form and sending it, so that sendings come as evenly as enquiries begin.
const THINKING: Duration = Duration::from_secs(1);

/// Sends enquiries at a steady rate and says how long the last step took.
#[derive(Parser)]
struct Arguments {
    /// Host and port of the running program.
    #[arg(long)]
    to: String,
    /// Enquiries begun each second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// For how many seconds enquiries begin.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Print the JSON document alone.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Nothing is measured against a program that does not take a single enquiry.
    if let Err(error) = enquiry::make(&arguments.to, 0, Instant::now()).await {
        eprintln!("No enquiry could be made at {}: {error}.", arguments.to);
        return ExitCode::from(2);
    }
    let report = carry(&arguments).await;
    if !arguments.json {
        println!("{}", report.table());
    }
    println!("{}", report.json());
    if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn carry(arguments: &Arguments) -> Report {
    let begun = Instant::now();
    let mut enquiries = JoinSet::new();
    for number in 0..arguments.rate * arguments.seconds {
        let start = begun + Duration::from_secs(1) * number / arguments.rate;
        sleep_until(start).await;
        let to = arguments.to.clone();
        enquiries.spawn(async move { enquiry::make(&to, number + 1, start + THINKING).await });
    }
    let mut times = Vec::new();
    let mut errors = Vec::new();
    while let Some(ended) = enquiries.join_next().await {
        match ended {
            Ok(Ok(time)) => times.push(time),
            Ok(Err(error)) => errors.push(error.to_string()),
            Err(error) => errors.push(error.to_string()),
        }
    }
    Report::new(arguments.rate, begun.elapsed(), times, &errors)
}
