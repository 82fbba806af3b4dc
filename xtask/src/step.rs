//! One step of a task: a command whose output is shown as it comes and kept for reading.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use crate::stopwatch::Stopwatch;

/// What a command did.
pub(crate) struct Outcome {
    /// Whether it exited with 0.
    pub(crate) good: bool,
    /// Its standard output and standard error, line by line as they came.
    pub(crate) lines: Vec<String>,
    /// From its start to its end.
    pub(crate) took: Duration,
}

/// Runs a command to its end without standard input. A command that cannot be started is an outcome that is not good.
pub(crate) fn run(name: &str, command: &mut Command) -> Outcome {
    println!("\n{name}");
    let stopwatch = Stopwatch::start();
    let (good, lines) = match show_and_keep(command) {
        Ok(seen) => seen,
        Err(error) => {
            let sentence = format!("{} could not be run: {error}.", command.get_program().display());
            println!("{sentence}");
            (false, vec![sentence])
        }
    };
    Outcome { good, lines, took: stopwatch.elapsed() }
}

fn show_and_keep(command: &mut Command) -> std::io::Result<(bool, Vec<String>)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, receiver) = channel();
    if let Some(out) = child.stdout.take() {
        forward(out, sender.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward(err, sender);
    }
    // The channel closes when both pipes have: nothing of the output is lost, and nothing waits for a full pipe.
    let lines = receiver.into_iter().inspect(|line| println!("{line}")).collect();
    Ok((child.wait()?.success(), lines))
}

fn forward(pipe: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
}
