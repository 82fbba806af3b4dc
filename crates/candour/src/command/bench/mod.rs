//! `candour bench custody`: how long custody takes, on this machine and its disk.
//!
//! It runs in a folder of its own, with a notice, people and keys of its own, everything durable and with evidence, and removes the
//! folder afterwards. Each answer is compared with a model in memory. Exit 0: every answer was right. 1: one was wrong. 2: it could
//! not run.
//!
//! `--format json` prints one object:
//!
//! ```text
//! {"program": "0.1.0", "engine": "sqlite", "processors": 2, "seed": 7,
//!  "shapes": {"people": 10000, "measured": [                      // null with --gb1
//!    {"shape": "open", "part": "again", "clients": 1, "operations": 2000, "seconds": 0.21, "per_second": 9500.0,
//!     "p50_us": 95.1, "p95_us": 130.0, "p99_us": 210.0, "max_us": 900.0,   // none for a job: sweep, turn
//!     "cpu_us": 80.2,                                             // of all threads, for each operation
//!     "checked": 2000, "wrong": 0,
//!     "facts": {"bytes_of_a_leaf": 312.0}}]},                     // append, on SQLite
//!  "gb1": {"records": 100000, "people": 10000, "load_seconds": 12.0, "seconds": 80.0, "correct_percent": 100.0,   // null without
//!    "bytes_for_a_byte": 12.0,                                    // null on a server
//!    "workloads": [{"workload": "controller", "mix": "repository", "operations": 10000, "seconds": 4.0,
//!      "correct_percent": 100.0, "parts": {"create": {"operations": 2500, "seconds": 0.9, "p50_us": 1.0}}}],
//!    "notes": ["what differs from the published driver"]}}
//! ```
//!
//! With one client the seconds are those of the operations alone. With several they are those of the section, in which the model's
//! checks have their share; where a section has two sorts of operation, `objection`, they are added up over the clients. The
//! processors' time is that of the whole process while the operation ran: the writer's thread, the checkpointer's and, each second,
//! the publisher's too.

mod clauses;
mod figures;
mod gb1;
mod ids;
mod place;
mod print;
pub(super) mod progress;
mod role;
mod section;
mod shapes;
#[cfg(test)]
mod tests;

use super::{Cannot, Outcome};
use clap::{Args, Subcommand, ValueEnum};
use place::Place;
use section::Limit;
use serde::Serialize;
use shapes::{Measured, Setting, Shape};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What can be measured.
#[derive(Subcommand)]
pub(super) enum Bench {
    /// Measures custody in a folder of its own: what people wait for, the nightly jobs, and the published comparison
    ///
    /// In the process, without a page or a network: `cargo xtask bench` measures over HTTP. Everything is durable, sealed and with its
    /// evidence, and each answer is compared with a model in memory. The disk decides most of the figures: name a folder on the
    /// one that you mean. Exit 0: every answer was right. 1: one was wrong. 2: it could not run.
    Custody(Box<Custody>),
}

impl Bench {
    pub(super) fn run(self) -> Outcome {
        let Self::Custody(custody) = self;
        custody.run()
    }
}

/// How custody is measured.
#[derive(Args)]
pub(super) struct Custody {
    /// How many people there are
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u64).range(20..=10_000_000))]
    people: u64,
    /// How many clients wait for an answer at the same time
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u64).range(1..=256))]
    clients: u64,
    /// Where the rows are
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// The address of an empty database on a PostgreSQL server; what is measured stays in it
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    database: Option<String>,
    /// What to measure, and again for more; everything, where nothing is named
    #[arg(long, value_enum, value_name = "NAME")]
    shape: Vec<Shape>,
    /// How long to measure each shape, in seconds
    #[arg(long, conflicts_with = "operations", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// How many operations of each shape [default: 2000], or of each workload of GB-1 [default: 10000]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    operations: Option<u64>,
    /// Runs GB-1, the published comparison, instead: four workloads in two mixes, of one client
    #[arg(long, conflicts_with_all = ["shape", "people", "clients", "seconds"])]
    gb1: bool,
    /// How many records GB-1 has
    #[arg(long, default_value = "100000", requires = "gb1", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    records: u64,
    /// What everything that is drawn follows from
    #[arg(long, default_value = "7")]
    seed: u64,
    /// How to print the figures
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// An empty folder to work in, on the disk that is to be measured; a temporary one where none is named
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Where the rows are.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// In the program's own database file
    Sqlite,
    /// On a server
    Postgres,
}

/// How figures are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One object
    Json,
    /// A table for people
    Table,
}

/// Everything that was measured.
#[derive(Serialize)]
struct Report {
    program: &'static str,
    engine: &'static str,
    processors: usize,
    seed: u64,
    shapes: Option<Shapes>,
    gb1: Option<gb1::Comparison>,
}

/// What was measured of our own shapes.
#[derive(Serialize)]
struct Shapes {
    people: u64,
    measured: Vec<Measured>,
}

/// Every statement of the measurements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    [&shapes::statements(), gb1::STATEMENTS].concat()
}

/// How many operations a shape has where nothing is said.
const OPERATIONS: u64 = 2_000;

/// How many a workload of GB-1 has: as published.
const GB1_OPERATIONS: u64 = 10_000;

impl Custody {
    fn run(&self) -> Outcome {
        let report = self.measure()?;
        super::say(&match self.format {
            Format::Json => format!("{:#}\n", serde_json::to_value(&report)?),
            Format::Table => print::table(&report),
        })?;
        Ok(if report.wrong() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn measure(&self) -> Result<Report, Cannot> {
        let (server, engine) = match self.engine {
            Engine::Sqlite if self.database.is_some() => {
                return Err(Cannot("--database goes with --engine postgres.".to_owned()));
            }
            Engine::Sqlite => (None, "sqlite"),
            Engine::Postgres => (self.database.as_deref(), "postgres"),
        };
        let place = Place::new(server, self.folder.as_deref(), self.seed)?;
        eprintln!("Works in {}, and removes it afterwards.", place.folder().display());
        let (shapes, gb1) = if self.gb1 {
            let operations = self.operations.unwrap_or(GB1_OPERATIONS);
            (None, Some(gb1::run(&place, self.seed, self.records, operations)?))
        } else {
            (Some(self.shapes(&place)?), None)
        };
        place.close()?;
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        Ok(Report { program: env!("CARGO_PKG_VERSION"), engine, processors, seed: self.seed, shapes, gb1 })
    }

    fn shapes(&self, place: &Place) -> Result<Shapes, Cannot> {
        let limit = match self.seconds {
            Some(seconds) => Limit::Time(Duration::from_secs(seconds)),
            None => Limit::Operations(self.operations.unwrap_or(OPERATIONS)),
        };
        let setting = Setting::load(place, self.seed, self.people, self.clients, limit)?;
        let mut wanted = if self.shape.is_empty() { Shape::value_variants().to_vec() } else { self.shape.clone() };
        wanted.sort_unstable();
        wanted.dedup();
        let mut measured = Vec::new();
        for shape in wanted {
            measured.extend(setting.run(shape)?);
        }
        Ok(Shapes { people: self.people, measured })
    }
}

impl Report {
    /// How many answers were not the model's.
    fn wrong(&self) -> u64 {
        let shapes = self.shapes.iter().flat_map(|shapes| &shapes.measured).map(|one| one.figures.wrong).sum::<u64>();
        shapes + self.gb1.as_ref().map_or(0, gb1::Comparison::wrong)
    }
}
