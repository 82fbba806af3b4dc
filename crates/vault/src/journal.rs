//! The journal: what was done to holdings, kept outside the database, so that restoring a copy never brings back what was erased.
//!
//! Before an effect commits its *intent* is written, after it its *done*. A restore repeats what is done and settles what has an
//! intent only. An intent line is `seq hash effect intent day`: the count, SHA-256 of the holding's id in hexadecimal, a word, and
//! the civil day. Its done line ends with the index of the evidence leaf, or `-`, instead of the day. What no copy can bring back
//! any more is pruned; a line `pruned first last` is left of it, so that every count up to the last one is accounted for.
//!
//! ```text
//! pruned 1 40
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase intent 2026-11-23
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase done 1207
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::{Error, Result, day, hex, place};

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
    /// The civil day of the intent.
    pub day: Date,
    /// Whether it was done; if not, whether it committed is unknown.
    pub done: bool,
    /// The index of its evidence leaf, when it was known at the time.
    pub leaf: Option<u64>,
}

/// The writing half. One process at a time has it: `PATH.lock` is locked until this is dropped.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Where the next line goes. Every write first cuts the file here, so a failed one leaves no half line in the middle.
    length: usize,
    /// Whether the name of `file` is synced: without it a power cut would lose the lines with the file.
    named: bool,
    next: u64,
    open: BTreeMap<u64, Entry>,
    _lock: File,
}

impl Journal {
    /// Opens the journal at `path`, or makes an empty one that its owner alone can read. While another process has it, this is
    /// [`Error::Locked`].
    pub fn open(path: &Path) -> Result<Journal> {
        // A file of its own, since pruning puts another file in the journal's place.
        let lock = place::lock(&path.with_added_extension("lock"), path)?;
        place::destroy(&place::temporary(path))?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(Error::io("open", path))?;
        place::sync_folder(path)?;
        let text = fs::read(path).map_err(Error::io("read", path))?;
        let whole = whole_lines(&text);
        let Account { next, mut entries } = Account::read(whole, path)?;
        entries.retain(|_, entry| !entry.done);
        Ok(Journal { path: path.to_owned(), file, length: whole.len(), named: true, next, open: entries, _lock: lock })
    }

    /// Writes down what is about to be done on `day`, each as SHA-256 of the holding's id and the effect, and syncs once. Returns
    /// the `seq` of the first; the others follow it.
    pub fn intent(&mut self, day: Date, entries: &[([u8; 32], Effect)]) -> Result<u64> {
        let first = self.next;
        let entries: Vec<Entry> = (first..)
            .zip(entries)
            .map(|(seq, &(holding, effect))| Entry { seq, holding, effect, day, done: false, leaf: None })
            .collect();
        self.append(&entries.iter().map(intent_line).collect::<String>())?;
        self.next += entries.len() as u64;
        self.open.extend(entries.into_iter().map(|entry| (entry.seq, entry)));
        Ok(first)
    }

    /// Writes down that the intents from `first_seq` on were done, each with the index of its leaf if that is known, and syncs
    /// once. An intent that is missing, or done already, is an error and nothing is written.
    pub fn done(&mut self, first_seq: u64, leaves: &[Option<u64>]) -> Result<()> {
        let entries = (first_seq..)
            .zip(leaves)
            .map(|(seq, &leaf)| {
                let open = self.open.get(&seq);
                let open = open.ok_or_else(|| Error::malformed(format!("the journal has no open intent {seq}")))?;
                Ok(Entry { done: true, leaf, ..open.clone() })
            })
            .collect::<Result<Vec<_>>>()?;
        self.append(&entries.iter().map(done_line).collect::<String>())?;
        for entry in &entries {
            self.open.remove(&entry.seq);
        }
        Ok(())
    }

    /// Forgets the entries that are done and whose intent is of a day earlier than `before`, and says how many. An open intent
    /// stays whatever its age. The file is exchanged as a whole: a power cut leaves it as it was, or pruned.
    pub fn prune(&mut self, before: Date) -> Result<u64> {
        let mut text = fs::read(&self.path).map_err(Error::io("read", &self.path))?;
        // A failed write may have left lines beyond, which were never acknowledged.
        text.truncate(self.length);
        let mut account = Account::read(&text, &self.path)?;
        let count = account.entries.len();
        account.entries.retain(|_, entry| !entry.done || entry.day >= before);
        let pruned = count - account.entries.len();
        if pruned > 0 {
            let text = account.text();
            self.file = place::exchange(&self.path, text.as_bytes())?;
            self.length = text.len();
            self.named = false;
        }
        self.sync_name()?;
        Ok(pruned as u64)
    }

    /// Every effect in the journal at `path`, by `seq`. A torn last line was never acknowledged and is passed over; any other
    /// nonsense is an error that names the line.
    pub fn read(path: &Path) -> Result<Vec<Entry>> {
        let text = fs::read(path).map_err(Error::io("read", path))?;
        Ok(Account::read(whole_lines(&text), path)?.entries.into_values().collect())
    }

    fn append(&mut self, lines: &str) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.sync_name()?;
        let length = self.length as u64;
        let write = || -> io::Result<()> {
            self.file.set_len(length)?;
            self.file.write_all_at(lines.as_bytes(), length)?;
            self.file.sync_all()
        };
        write().map_err(Error::io("write to", &self.path))?;
        self.length += lines.len();
        Ok(())
    }

    fn sync_name(&mut self) -> Result<()> {
        if !self.named {
            place::sync_folder(&self.path)?;
            self.named = true;
        }
        Ok(())
    }
}

/// What the lines of a journal add up to.
struct Account {
    /// The count of the next intent.
    next: u64,
    entries: BTreeMap<u64, Entry>,
}

impl Account {
    fn read(text: &[u8], path: &Path) -> Result<Account> {
        let mut account = Account { next: 1, entries: BTreeMap::new() };
        for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            str::from_utf8(line).ok().and_then(|line| account.admit(line.strip_suffix('\n')?)).ok_or_else(|| {
                Error::malformed(format!("line {number} of the journal {} is not one of its lines", path.display()))
            })?;
        }
        Ok(account)
    }

    /// An intent, or what was pruned, follows the one before it without a gap, so a lost line is noticed; a done repeats an open
    /// intent. `None` for anything else.
    fn admit(&mut self, line: &str) -> Option<()> {
        if let Some(range) = line.strip_prefix("pruned ") {
            let (first, last) = range.split_once(' ')?;
            let (first, last) = (read_seq(first)?, read_seq(last)?);
            self.follow(first, last)
        } else {
            let [seq, holding, effect, word, last] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
            let (seq, holding, effect) = (read_seq(seq)?, read_hash(holding)?, read_effect(effect)?);
            match word {
                "intent" => {
                    let entry = Entry { seq, holding, effect, day: day::read(last)?, done: false, leaf: None };
                    self.follow(seq, seq)?;
                    self.entries.insert(seq, entry);
                    Some(())
                }
                "done" => {
                    let open = self.entries.get_mut(&seq).filter(|entry| !entry.done)?;
                    (open.holding == holding && open.effect == effect).then_some(())?;
                    open.leaf = if last == "-" { None } else { Some(last.parse().ok()?) };
                    open.done = true;
                    Some(())
                }
                _ => None,
            }
        }
    }

    fn follow(&mut self, first: u64, last: u64) -> Option<()> {
        (first == self.next && first <= last).then(|| self.next = last + 1)
    }

    /// The lines that say this: the gaps between the entries are what was pruned.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut next = 1;
        for entry in self.entries.values() {
            text += &pruned_line(next, entry.seq);
            text += &intent_line(entry);
            if entry.done {
                text += &done_line(entry);
            }
            next = entry.seq + 1;
        }
        text + &pruned_line(next, self.next)
    }
}

fn intent_line(entry: &Entry) -> String {
    format!("{} {} {} intent {}\n", entry.seq, hex::write(&entry.holding), entry.effect.word(), entry.day)
}

fn done_line(entry: &Entry) -> String {
    let leaf = entry.leaf.map_or("-".to_owned(), |leaf| leaf.to_string());
    format!("{} {} {} done {leaf}\n", entry.seq, hex::write(&entry.holding), entry.effect.word())
}

/// The line for what is missing from `first` to before `next`; empty if nothing is.
fn pruned_line(first: u64, next: u64) -> String {
    if first < next { format!("pruned {first} {}\n", next - 1) } else { String::new() }
}

/// `text` without a last line that has no end.
fn whole_lines(text: &[u8]) -> &[u8] {
    let length = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    &text[..length]
}

fn read_seq(word: &str) -> Option<u64> {
    // Half the range is free above any count, so the next one always exists.
    word.parse().ok().filter(|&seq| seq <= u64::MAX / 2)
}

fn read_hash(word: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::read(word, &mut hash).map(|()| hash)
}

fn read_effect(word: &str) -> Option<Effect> {
    Effect::ALL.into_iter().find(|effect| effect.word() == word)
}

#[cfg(test)]
mod tests;
