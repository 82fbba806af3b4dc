//! A running demonstration with a data folder of its own.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use crate::stop::Stop;

const PATIENCE: Duration = Duration::from_mins(2);
const ANNOUNCEMENT: &str = "is at http://";

/// The program, started; ended and its data removed when dropped.
pub(crate) struct Demo {
    child: Child,
    data: PathBuf,
    /// Host and port, as `127.0.0.1:4321`.
    pub(crate) address: String,
}

impl Demo {
    /// Starts `candour demo` on a free port and waits for the address on its standard output.
    pub(crate) fn start(program: &Path) -> Result<Self, Stop> {
        let data = env::temp_dir().join(format!("candour-demo-{}", std::process::id()));
        let mut child = Command::new(program)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Stop::Unable(format!("{} could not be started: {error}.", program.display())))?;
        let (sender, receiver) = channel();
        if let Some(out) = child.stdout.take() {
            thread::spawn(move || listen(out, &sender));
        }
        let mut demo = Self { child, data, address: String::new() };
        demo.address = receiver
            .recv_timeout(PATIENCE)
            .map_err(|_| Stop::Unable("candour demo did not say where it is.".to_owned()))?;
        Ok(demo)
    }

    /// A value of the process in KiB: `VmRSS` is resident now, `VmHWM` was the most. None where there is no `/proc`.
    pub(crate) fn memory_kib(&self, value: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(value)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Nothing is left to do about a process that has gone already, or a folder that was never made.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.data));
    }
}

/// Sends the address and goes on reading, so that the program never waits for a full pipe.
fn listen(out: impl std::io::Read, address: &Sender<String>) {
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        if let Some((_, rest)) = line.split_once(ANNOUNCEMENT) {
            // Nobody waits any more once the patience has ended.
            drop(address.send(rest.trim_end_matches('/').to_owned()));
        }
    }
}
