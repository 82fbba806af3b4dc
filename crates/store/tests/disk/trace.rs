//! What a process asked of its disk, call by call, as `strace` saw it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Calls that change files, or make changes durable. Those that the parser does not know are watched too, so that a store which
/// begins to use one is noticed.
const CALLS: &str = "trace=openat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,truncate,\
    fallocate,copy_file_range,unlink,unlinkat,rename,renameat,renameat2";

/// One thing that happened, in the order of its cause and effect.
#[derive(Debug)]
pub(crate) enum Event {
    /// A file was opened, and made if it did not stand.
    Opened(String),
    /// Bytes were written into a file.
    Wrote { file: String, at: usize, bytes: Vec<u8> },
    /// A file was cut, or filled with zeros, to a length.
    Cut { file: String, length: usize },
    /// A file's name was taken away.
    Unlinked(String),
    /// A sync began. What was written before is meant by it; the number tells which sync ends.
    SyncBegan { file: String, sync: usize },
    /// A sync ended well.
    Synced(usize),
    /// A sync failed. The system now takes what it meant for written, and will not try again.
    SyncFailed(usize),
    /// A line was written to standard output.
    Said(String),
}

/// Runs a program under `strace`, with faults if there are any, and adds what it did to the files of `folder`, which are
/// named without their folder (the folder itself: the empty name). Fails the test when the program fails.
pub(crate) fn record(events: &mut Vec<Event>, program: &Command, folder: &Path, faults: &[&str]) {
    watch(program, folder, &["-y", "-xx", "-s", "1000000", "-e", CALLS], faults);
    let text = std::fs::read_to_string(recording(folder)).expect("the recording is text");
    read(events, &text, folder);
}

/// Runs a program under `strace`, with faults in its calls that touch the folder or the given files of it; its lines, and how
/// many calls failed. Fails the test when the program fails.
pub(crate) fn with_faults(program: &Command, folder: &Path, files: &[&str], faults: &[&str]) -> (String, usize) {
    let mut options = vec!["-e", "trace=openat,pwrite64,fsync,fdatasync,ftruncate,unlink"];
    let files: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).chain([folder.to_owned()]).collect();
    options.extend(files.iter().flat_map(|file| ["-P", file.to_str().expect("a path of words")]));
    let said = watch(program, folder, &options, faults);
    let text = std::fs::read_to_string(recording(folder)).expect("the recording is text");
    (said, text.matches("(INJECTED)").count())
}

/// Where the calls of the last process are written.
pub(crate) fn recording(folder: &Path) -> PathBuf {
    folder.with_extension("trace")
}

fn watch(program: &Command, folder: &Path, options: &[&str], faults: &[&str]) -> String {
    let mut watched = Command::new("strace");
    watched.args(["--follow-forks", "--seccomp-bpf", "--signal=none"]).args(options);
    watched.args(faults.iter().map(|fault| format!("--inject={fault}")));
    watched.arg("-o").arg(recording(folder)).arg(program.get_program()).args(program.get_args());
    watched.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = watched.output().expect("strace is installed: cargo xtask setup");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let cried = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !cried.contains("panicked"), "{faults:?}:\n{said}\n{cried}");
    said
}

/// A call that has begun and not ended: its text so far, and how many events were before it.
struct Begun {
    text: String,
    place: usize,
}

fn read(events: &mut Vec<Event>, text: &str, folder: &Path) {
    let mut begun = HashMap::new();
    let folder = folder.to_str().expect("a path of words");
    for line in text.lines() {
        let (thread, rest) = line.split_once(' ').expect("a thread's number");
        let rest = rest.trim_start();
        if rest.starts_with("+++") {
            continue;
        }
        let (text, place) = if let Some(end) = rest.strip_prefix("<... ") {
            let Begun { text, place } = begun.remove(thread).expect("what ends has begun");
            (text + end.split_once(" resumed>").expect("the end of a call").1, place)
        } else {
            let place = events.len();
            events.extend(Call::read(rest).beginning(folder, place));
            (rest.to_owned(), place)
        };
        match text.split_once(" <unfinished ...>") {
            Some((start, _)) => drop(begun.insert(thread, Begun { text: start.to_owned(), place })),
            None => events.extend(Call::read(&text).end(folder, place)),
        }
    }
}

/// `name(first, …) = answer`, where every text is in hexadecimal digits.
struct Call<'a> {
    name: &'a str,
    rest: &'a str,
}

impl<'a> Call<'a> {
    fn read(text: &'a str) -> Self {
        let (name, rest) = text.split_once('(').expect("a call");
        Self { name, rest }
    }

    /// What the call answered; nothing when it failed.
    fn answer(&self) -> Option<usize> {
        let (_, answer) = self.rest.rsplit_once(" = ").expect("an answer");
        let digits: String = answer.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// The file of the first argument, a descriptor, if it lies in the folder.
    fn file(&self, folder: &str) -> Option<String> {
        let (_, path) = self.rest.split_once('<')?;
        within(path.split_once('>')?.0, folder)
    }

    /// The first text among the arguments.
    fn text(&self) -> Option<&'a str> {
        Some(self.rest.split_once('"')?.1.split_once('"')?.0)
    }

    /// The argument at a place, counted from zero; no argument of these calls has a comma in it.
    fn number(&self, place: usize) -> usize {
        let text = self.rest.split(", ").nth(place).unwrap_or_default();
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    }

    /// What is so from the moment at which the call begins.
    fn beginning(&self, folder: &str, place: usize) -> Option<Event> {
        match self.name {
            "fsync" | "fdatasync" => Some(Event::SyncBegan { file: self.file(folder)?, sync: place }),
            "write" if self.rest.starts_with("1<") => {
                Some(Event::Said(String::from_utf8_lossy(&bytes(self.text()?)).into_owned()))
            }
            _ => None,
        }
    }

    /// What is so from the moment at which the call has ended. `place`: where it began.
    fn end(&self, folder: &str, place: usize) -> Option<Event> {
        let path = || within(self.text().unwrap_or_default(), folder);
        match (self.name, self.answer()) {
            ("fsync" | "fdatasync", Some(_)) => self.file(folder).map(|_| Event::Synced(place)),
            ("fsync" | "fdatasync", None) => self.file(folder).map(|_| Event::SyncFailed(place)),
            ("openat", Some(_)) if self.rest.contains("O_CREAT") => Some(Event::Opened(path()?)),
            ("unlink", Some(_)) => Some(Event::Unlinked(path()?)),
            ("ftruncate", Some(_)) => Some(Event::Cut { file: self.file(folder)?, length: self.number(1) }),
            ("pwrite64", Some(written)) => {
                let mut bytes = bytes(self.text()?);
                bytes.truncate(written);
                Some(Event::Wrote { file: self.file(folder)?, at: self.number(3), bytes })
            }
            ("openat" | "unlink" | "ftruncate" | "pwrite64", _) => None,
            (name, _) => {
                let touched = self.file(folder).or_else(path);
                assert_eq!(touched, None, "the model of the disk knows nothing of {name}");
                None
            }
        }
    }
}

/// The name of a file within the folder. The shared memory beside a database is no file to the disk: it is made anew.
fn within(path: &str, folder: &str) -> Option<String> {
    let path = String::from_utf8(bytes(path)).ok()?;
    let name = path.strip_prefix(folder)?.trim_start_matches('/');
    (!name.ends_with("-shm")).then(|| name.to_owned())
}

/// `\x2f\x74`.
fn bytes(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).expect("hexadecimal digits")).collect()
}
