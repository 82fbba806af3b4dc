//! The journal: what was done to holdings, kept outside the database, so that restoring a copy never brings back what was erased.
//!
//! Before an effect commits its *intent* is written, after it its *done*. A restore repeats what is done and settles what has an
//! intent only. A line is `seq hash effect intent|done leaf`: the count, SHA-256 of the holding's id in hexadecimal, a word, and
//! the index of the evidence leaf or `-`.
//!
//! ```text
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase intent -
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase done 1207
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::{Error, Result, hex, place};

/// What was done to a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Its keys and rows were destroyed.
    Erase,
    /// It was put under legal hold, or released.
    Hold,
    /// Its terms changed with the notice.
    Notice,
    /// Its person objected to a purpose.
    Object,
    /// Its record was replaced, so the old version must stay shut.
    Replace,
    /// It was restricted, or released.
    Restrict,
}

impl Effect {
    const ALL: [Effect; 6] =
        [Effect::Erase, Effect::Hold, Effect::Notice, Effect::Object, Effect::Replace, Effect::Restrict];

    /// The word in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Erase => "erase",
            Effect::Hold => "hold",
            Effect::Notice => "notice",
            Effect::Object => "object",
            Effect::Replace => "replace",
            Effect::Restrict => "restrict",
        }
    }
}

/// One effect, as far as the journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The journal's own count, from 1.
    pub seq: u64,
    /// SHA-256 of the holding's id.
    pub holding: [u8; 32],
    /// What was intended.
    pub effect: Effect,
    /// Whether it was done; if not, whether it committed is unknown.
    pub done: bool,
    /// The index of its evidence leaf, when it was known at the time.
    pub leaf: Option<u64>,
}

/// The writing half. One process at a time has it: the file is locked until this is dropped.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Where the next line goes. Every write first cuts the file here, so a failed one leaves no half line in the middle.
    length: u64,
    next: u64,
    open: BTreeMap<u64, ([u8; 32], Effect)>,
}

impl Journal {
    /// Opens the journal at `path`, or makes an empty one that its owner alone can read.
    pub fn open(path: &Path) -> Result<Journal> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(Error::io("open", path))?;
        file.try_lock().map_err(|error| Error::io("lock", path)(error.into()))?;
        place::sync_folder(path)?;
        let text = fs::read(path).map_err(Error::io("read", path))?;
        let whole = whole_lines(&text);
        let entries = parse(whole, path)?;
        Ok(Journal {
            path: path.to_owned(),
            file,
            length: whole.len() as u64,
            next: entries.last().map_or(1, |entry| entry.seq + 1),
            open: entries
                .iter()
                .filter(|entry| !entry.done)
                .map(|entry| (entry.seq, (entry.holding, entry.effect)))
                .collect(),
        })
    }

    /// Writes down what is about to be done, each as SHA-256 of the holding's id and the effect, and syncs once. Returns the `seq`
    /// of the first; the others follow it.
    pub fn intent(&mut self, entries: &[([u8; 32], Effect)]) -> Result<u64> {
        let first = self.next;
        let lines: Vec<Entry> = (first..)
            .zip(entries)
            .map(|(seq, &(holding, effect))| Entry { seq, holding, effect, done: false, leaf: None })
            .collect();
        self.append(&lines)?;
        self.next += lines.len() as u64;
        self.open.extend((first..).zip(entries.iter().copied()));
        Ok(first)
    }

    /// Writes down that the intents from `first_seq` on were done, each with the index of its leaf if that is known, and syncs
    /// once. An intent that is missing, or done already, is an error and nothing is written.
    pub fn done(&mut self, first_seq: u64, leaves: &[Option<u64>]) -> Result<()> {
        let lines = (first_seq..)
            .zip(leaves)
            .map(|(seq, &leaf)| {
                let &(holding, effect) = self
                    .open
                    .get(&seq)
                    .ok_or_else(|| Error::malformed(format!("the journal has no open intent {seq}")))?;
                Ok(Entry { seq, holding, effect, done: true, leaf })
            })
            .collect::<Result<Vec<_>>>()?;
        self.append(&lines)?;
        for line in &lines {
            self.open.remove(&line.seq);
        }
        Ok(())
    }

    /// Every effect in the journal at `path`, by `seq`. A torn last line was never acknowledged and is passed over; any other
    /// nonsense is an error that names the line.
    pub fn read(path: &Path) -> Result<Vec<Entry>> {
        let text = fs::read(path).map_err(Error::io("read", path))?;
        parse(whole_lines(&text), path)
    }

    fn append(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut lines = String::new();
        for entry in entries {
            write_line(&mut lines, entry);
        }
        let write = || -> io::Result<()> {
            self.file.set_len(self.length)?;
            self.file.write_all_at(lines.as_bytes(), self.length)?;
            self.file.sync_all()
        };
        write().map_err(Error::io("write to", &self.path))?;
        self.length += lines.len() as u64;
        Ok(())
    }
}

fn write_line(lines: &mut String, entry: &Entry) {
    let leaf = entry.leaf.map_or("-".to_owned(), |leaf| leaf.to_string());
    writeln!(
        lines,
        "{} {} {} {} {leaf}",
        entry.seq,
        hex::write(&entry.holding),
        entry.effect.word(),
        if entry.done { "done" } else { "intent" },
    )
    .expect("writing to a string does not fail");
}

/// `text` without a last line that has no end.
fn whole_lines(text: &[u8]) -> &[u8] {
    let length = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    &text[..length]
}

fn parse(text: &[u8], path: &Path) -> Result<Vec<Entry>> {
    let mut entries = BTreeMap::new();
    for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
        str::from_utf8(line)
            .ok()
            .and_then(|line| read_line(line.strip_suffix('\n')?))
            .and_then(|entry| admit(&mut entries, entry))
            .ok_or_else(|| {
                Error::malformed(format!("line {number} of the journal {} is not one of its lines", path.display()))
            })?;
    }
    Ok(entries.into_values().collect())
}

fn read_line(line: &str) -> Option<Entry> {
    let mut words = line.split(' ');
    // Half the range is free above any count, so the next one always exists.
    let seq = words.next()?.parse().ok().filter(|&seq| seq <= u64::MAX / 2)?;
    let mut holding = [0; 32];
    hex::read(words.next()?, &mut holding)?;
    let effect = words.next()?;
    let effect = Effect::ALL.into_iter().find(|known| known.word() == effect)?;
    let done = match words.next()? {
        "intent" => false,
        "done" => true,
        _ => return None,
    };
    let leaf = match words.next()? {
        "-" => None,
        leaf => Some(leaf.parse().ok()?),
    };
    words.next().is_none().then_some(Entry { seq, holding, effect, done, leaf })
}

/// An intent follows the one before it without a gap, so a lost line is noticed; a done repeats an open intent. `None` for
/// anything else.
fn admit(entries: &mut BTreeMap<u64, Entry>, entry: Entry) -> Option<()> {
    if entry.done {
        let open = entries.get_mut(&entry.seq)?;
        let same = !open.done && open.holding == entry.holding && open.effect == entry.effect;
        *open = same.then_some(entry)?;
    } else {
        let expected = entries.last_key_value().map_or(entry.seq, |(last, _)| last + 1);
        (entry.leaf.is_none() && entry.seq == expected).then_some(())?;
        entries.insert(entry.seq, entry);
    }
    Some(())
}

#[cfg(test)]
mod tests;
