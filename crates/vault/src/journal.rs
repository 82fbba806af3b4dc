//! The journal: what was done with holdings, kept outside the database, so that restoring a copy never undoes it.
//!
//! An erasure's *intent* is written before it commits, its *done* after it: a restore repeats what is done and settles what has
//! an intent only. Every other effect is one line, *did*, written after its commit and before its answer. Each line begins with
//! the count, a SHA-256 in hexadecimal that says of what (see [`Effect`]), and a word; then follow `intent` and its civil day,
//! `done` and the index of the evidence leaf or `-`, or `did` and its day. What no copy can bring back any more is pruned; a line
//! `pruned first last` is left of it, so that every count up to the last one is accounted for.
//!
//! The last word of a line is its check: the first 8 digits of the SHA-256, in hexadecimal, of the check of the line before it
//! (nothing, before the first) and the line up to the space before its check. So a line that was changed, lost or moved is
//! noticed, but for whole lines missing from the end, which look like lines that were never written. An older journal has lines
//! without checks; the first check covers them too, and after it every line needs one. Pruning writes all lines with new checks.
//!
//! ```text
//! pruned 1 40 18064bb1
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase intent 2026-11-23 6337d700
//! 41 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 erase done 1207 54fea4b3
//! 42 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752 hold did 2026-11-23 25f6317b
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::{Error, Result, day, file, hex};

use chain::Chain;

mod chain;

/// What was done, and what its hash is of. An `id` is the 16 random bytes of a holding or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// A ground ended by an event that no copy may undo, such as somebody leaving the staff. Of the ground and the event in
    /// UTF-8.
    End,
    /// A holding's keys and rows were destroyed. Of its id.
    Erase,
    /// A holding was put under legal hold. Of its id.
    Hold,
    /// A withdrawal was taken back, so what it is about is kept. Of the ground.
    Keep,
    /// A notice was published. Its digest itself.
    Notice,
    /// A person objected to a purpose. Of the person's id and the purpose's bytes.
    Object,
    /// A holding's record was replaced, so the old version must stay shut. Of its id and the replaced version, 8 bytes, the
    /// first the most significant.
    Replace,
    /// A holding was restricted. Of its id.
    Restrict,
    /// A legal hold was lifted. Of the holding's id.
    Unhold,
    /// An objection was taken back. As for [`Effect::Object`].
    Unobject,
    /// A restriction was lifted. Of the holding's id.
    Unrestrict,
    /// A person withdrew. Of the ground.
    Withdraw,
}

impl Effect {
    /// Every effect, in the order of the words.
    pub const ALL: [Effect; 12] = [
        Effect::End,
        Effect::Erase,
        Effect::Hold,
        Effect::Keep,
        Effect::Notice,
        Effect::Object,
        Effect::Replace,
        Effect::Restrict,
        Effect::Unhold,
        Effect::Unobject,
        Effect::Unrestrict,
        Effect::Withdraw,
    ];

    /// The word in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Effect::End => "end",
            Effect::Erase => "erase",
            Effect::Hold => "hold",
            Effect::Keep => "keep",
            Effect::Notice => "notice",
            Effect::Object => "object",
            Effect::Replace => "replace",
            Effect::Restrict => "restrict",
            Effect::Unhold => "unhold",
            Effect::Unobject => "unobject",
            Effect::Unrestrict => "unrestrict",
            Effect::Withdraw => "withdraw",
        }
    }

    /// The effect with this word.
    pub fn parse(word: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.word() == word)
    }
}

/// One effect, as far as the journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The journal's own count, from 1.
    pub seq: u64,
    /// The SHA-256 that says of what; see [`Effect`].
    pub hash: [u8; 32],
    /// What was intended, or done.
    pub effect: Effect,
    /// The civil day of the intent, or of the effect.
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
    /// How long the file was when it was last synced. Every write first cuts the file here, so a failed one leaves no half line
    /// in the middle, and what the system lost in a failed sync is written again.
    synced: usize,
    /// The lines that were written since.
    since: String,
    /// Whether the file holds `since`, as far as is known: a write that failed may have cut it off, a sync that failed lost it.
    stands: bool,
    /// What all lines add up to, those of `since` included.
    chain: Chain,
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
        let lock = file::lock(&path.with_added_extension("lock"), path)?;
        file::destroy(&file::temporary(path))?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(Error::io("open", path))?;
        file::sync_folder(path)?;
        let text = fs::read(path).map_err(Error::io("read", path))?;
        let Account { next, chain, entries: mut open } = Account::read(&text, path)?;
        open.retain(|_, entry| !entry.done);
        let (path, synced, since) = (path.to_owned(), whole_length(&text), String::new());
        Ok(Journal { path, file, synced, since, stands: true, chain, named: true, next, open, _lock: lock })
    }

    /// Writes down what is about to be done on `day`, each as the hash that says of what and the effect, and syncs once. Returns
    /// the `seq` of the first; the others follow it.
    pub fn intent(&mut self, day: Date, entries: &[([u8; 32], Effect)]) -> Result<u64> {
        let first = self.next;
        let entries: Vec<Entry> = (first..)
            .zip(entries)
            .map(|(seq, &(hash, effect))| Entry { seq, hash, effect, day, done: false, leaf: None })
            .collect();
        self.append_synced(&entries.iter().map(intent_line).collect::<String>())?;
        self.next += entries.len() as u64;
        self.open.extend(entries.into_iter().map(|entry| (entry.seq, entry)));
        Ok(first)
    }

    /// Writes down that the intents from `first_seq` on were done, each with the index of its leaf if that is known. An intent
    /// that is missing, or done already, is an error and nothing is written.
    ///
    /// The lines are not synced: the next line that is, or [`Journal::sync`], covers them. A power cut before that leaves the
    /// intents, and a restore shuts what has an intent only, so nothing comes back, and an officer decides instead of nobody.
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

    /// Writes down what was done, each as the hash that says of what, the effect and its civil day, and syncs once.
    pub fn did(&mut self, entries: &[([u8; 32], Effect, Date)]) -> Result<()> {
        let lines = (self.next..)
            .zip(entries)
            .map(|(seq, &(hash, effect, day))| did_line(&Entry { seq, hash, effect, day, done: true, leaf: None }))
            .collect::<String>();
        self.append_synced(&lines)?;
        self.next += entries.len() as u64;
        Ok(())
    }

    /// Syncs what [`Journal::done`] wrote; when all is synced already nothing happens.
    pub fn sync(&mut self) -> Result<()> {
        if self.since.is_empty() {
            return Ok(());
        }
        self.rewrite()?;
        let synced = file::operate().and_then(|()| self.file.sync_data());
        self.stands = synced.is_ok();
        synced.map_err(Error::io("write to", &self.path))?;
        self.synced += self.since.len();
        self.since.clear();
        Ok(())
    }

    /// Forgets the entries that are done and whose intent is of a day earlier than `before`, and says how many. An open intent
    /// stays whatever its age. The file is exchanged as a whole: a power cut leaves it as it was, or pruned.
    pub fn prune(&mut self, before: Date) -> Result<u64> {
        self.rewrite()?;
        let mut text = fs::read(&self.path).map_err(Error::io("read", &self.path))?;
        // A failed write may have left lines beyond, which were never acknowledged.
        text.truncate(self.synced + self.since.len());
        let mut account = Account::read(&text, &self.path)?;
        let count = account.entries.len();
        account.entries.retain(|_, entry| !entry.done || entry.day >= before);
        let pruned = count - account.entries.len();
        if pruned > 0 {
            let mut chain = Chain::default();
            let text = chain.checked(&account.text());
            self.file = file::exchange(&self.path, text.as_bytes())?;
            self.synced = text.len();
            self.since.clear();
            self.chain = chain;
            self.named = false;
        }
        self.sync_name()?;
        Ok(pruned as u64)
    }

    /// Every effect in the journal at `path`, by `seq`. A torn last line was never acknowledged and is passed over; any other
    /// nonsense, and a line that its check does not fit, is an error that names the line.
    pub fn read(path: &Path) -> Result<Vec<Entry>> {
        let text = fs::read(path).map_err(Error::io("read", path))?;
        Ok(Account::read(&text, path)?.entries.into_values().collect())
    }

    /// Writes lines that the next sync covers, each with its check.
    fn append(&mut self, lines: &str) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.sync_name()?;
        let mut chain = self.chain.clone();
        let text = format!("{}{}", self.since, chain.checked(lines));
        self.write(&text)?;
        (self.since, self.chain) = (text, chain);
        Ok(())
    }

    /// Writes lines that count only once they are synced.
    fn append_synced(&mut self, lines: &str) -> Result<()> {
        let (before, chain) = (self.since.len(), self.chain.clone());
        self.append(lines)?;
        self.sync().inspect_err(|_| {
            self.since.truncate(before);
            self.chain = chain;
        })
    }

    /// Writes `since` again if it may be missing from the file.
    fn rewrite(&mut self) -> Result<()> {
        if self.stands { Ok(()) } else { self.write(&self.since.clone()) }
    }

    /// Puts `text` behind what is synced, in the place of whatever is there.
    fn write(&mut self, text: &str) -> Result<()> {
        let synced = self.synced as u64;
        let cut = file::operate().and_then(|()| self.file.set_len(synced));
        let written = cut.and_then(|()| file::operate()).and_then(|()| self.file.write_all_at(text.as_bytes(), synced));
        self.stands = written.is_ok();
        written.map_err(Error::io("write to", &self.path))
    }

    fn sync_name(&mut self) -> Result<()> {
        if !self.named {
            file::sync_folder(&self.path)?;
            self.named = true;
        }
        Ok(())
    }
}

/// What the lines of a journal add up to.
struct Account {
    /// The count of the next intent.
    next: u64,
    chain: Chain,
    entries: BTreeMap<u64, Entry>,
}

impl Account {
    fn read(text: &[u8], path: &Path) -> Result<Account> {
        let mut account = Account { next: 1, chain: Chain::default(), entries: BTreeMap::new() };
        for (number, line) in (1..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            let admitted = match line.strip_suffix(b"\n") {
                Some(line) => str::from_utf8(line).ok().and_then(|line| account.admit(line)),
                None => (!account.has_another_end(line)).then_some(()),
            };
            admitted.ok_or_else(|| {
                let path = path.display();
                Error::malformed(format!(
                    "line {number} of the journal {path} was changed, or does not follow the one before it"
                ))
            })?;
        }
        Ok(account)
    }

    /// Whether the last line is whole but for another byte in the place of its end: then it was changed, not torn. What was never
    /// written is zero on some file systems.
    fn has_another_end(&self, line: &[u8]) -> bool {
        let Some((&end, line)) = line.split_last() else { return false };
        let whole = str::from_utf8(line).ok().and_then(|line| self.chain.follow(line));
        end != 0 && whole.is_some_and(|(_, chain)| chain.begun)
    }

    /// An intent, what was done without one, or what was pruned, follows the one before it without a gap; a done repeats an open
    /// intent. `None` for anything else.
    fn admit(&mut self, line: &str) -> Option<()> {
        let (line, chain) = self.chain.follow(line)?;
        self.chain = chain;
        if let Some(range) = line.strip_prefix("pruned ") {
            let (first, last) = range.split_once(' ')?;
            let (first, last) = (read_seq(first)?, read_seq(last)?);
            self.follow(first, last)
        } else {
            let [seq, hash, effect, word, last] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
            let (seq, hash, effect) = (read_seq(seq)?, read_hash(hash)?, Effect::parse(effect)?);
            match word {
                "intent" | "did" => {
                    let entry = Entry { seq, hash, effect, day: day::read(last)?, done: word == "did", leaf: None };
                    self.follow(seq, seq)?;
                    self.entries.insert(seq, entry);
                    Some(())
                }
                "done" => {
                    let open = self.entries.get_mut(&seq).filter(|entry| !entry.done)?;
                    (open.hash == hash && open.effect == effect).then_some(())?;
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

    /// The fewest lines that say this, without their checks: the gaps between the entries are what was pruned.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut next = 1;
        for entry in self.entries.values() {
            text += &pruned_line(next, entry.seq);
            text += &entry_lines(entry);
            next = entry.seq + 1;
        }
        text + &pruned_line(next, self.next)
    }
}

/// A did says all that is known of what was done without a leaf, whatever its lines were.
fn entry_lines(entry: &Entry) -> String {
    match entry {
        Entry { done: false, .. } => intent_line(entry),
        Entry { leaf: None, .. } => did_line(entry),
        Entry { leaf: Some(_), .. } => intent_line(entry) + &done_line(entry),
    }
}

fn intent_line(entry: &Entry) -> String {
    line(entry, "intent", &entry.day.to_string())
}

fn done_line(entry: &Entry) -> String {
    line(entry, "done", &entry.leaf.map_or("-".to_owned(), |leaf| leaf.to_string()))
}

fn did_line(entry: &Entry) -> String {
    line(entry, "did", &entry.day.to_string())
}

fn line(entry: &Entry, word: &str, last: &str) -> String {
    format!("{} {} {} {word} {last}\n", entry.seq, hex::write(&entry.hash), entry.effect.word())
}

/// The line for what is missing from `first` to before `next`; empty if nothing is.
fn pruned_line(first: u64, next: u64) -> String {
    if first < next { format!("pruned {first} {}\n", next - 1) } else { String::new() }
}

/// How long `text` is without a last line that has no end.
fn whole_length(text: &[u8]) -> usize {
    text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)
}

fn read_seq(word: &str) -> Option<u64> {
    // Half the range is free above any count, so the next one always exists.
    word.parse().ok().filter(|&seq| seq <= u64::MAX / 2)
}

fn read_hash(word: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::read(word, &mut hash).map(|()| hash)
}

#[cfg(test)]
mod tests;
