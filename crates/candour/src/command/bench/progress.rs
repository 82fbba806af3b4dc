//! How far a long step is: one line that is rewritten on a terminal, a line each tenth elsewhere. On standard error, so that the
//! figures on standard output stay alone.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicU64, Ordering};

/// The progress of one step; it may be told from several threads.
pub(in crate::command) struct Progress {
    what: String,
    of: u64,
    terminal: bool,
    told: AtomicU64,
}

impl Progress {
    /// Begins a step of so many parts.
    pub(in crate::command) fn new(what: impl Into<String>, of: u64) -> Self {
        let progress =
            Self { what: what.into(), of: of.max(1), terminal: stderr().is_terminal(), told: AtomicU64::new(0) };
        progress.tell(0);
        progress
    }

    /// So many are done.
    pub(in crate::command) fn at(&self, done: u64) {
        let percent = (done.min(self.of) * 100) / self.of;
        let step = if self.terminal { percent } else { percent - percent % 10 };
        if self.told.fetch_max(step, Ordering::Relaxed) < step {
            self.tell(step);
        }
    }

    fn tell(&self, percent: u64) {
        let mut out = stderr().lock();
        // Nothing is lost with a line of progress that nobody can be shown.
        let _ = if self.terminal {
            write!(out, "\r{}: {percent} %\x1b[K", self.what).and_then(|()| out.flush())
        } else {
            writeln!(out, "{}: {percent} %", self.what)
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            let _ = writeln!(stderr());
        }
    }
}
