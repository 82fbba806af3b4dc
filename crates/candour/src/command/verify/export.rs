//! `candour verify export`: a person's download with proofs, or an auditor's pack, whole.

use super::books::{self, Told};
use super::source::Source;
use super::{By, Cannot, KEY, Outcome, Verdict, log, open, records};
use crate::archive::{MANIFEST, Manifest, hex};
use clap::Args;
use ledger::{Checkpoint, Hash, Leaf, TileId, Verifier, decode_bundle};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The most bytes of a manifest: that of a log of a hundred million entries, with a line for each 256 of them.
const LARGEST_MANIFEST: u64 = 128 << 20;

/// The most bytes of `checkpoints.txt`: more than a century of days.
const LARGEST_CHECKPOINTS: u64 = 16 << 20;

/// How many names are told one by one.
const NAMES: usize = 12;

/// A person's download with proofs, or an auditor's pack.
#[derive(Args)]
pub(in crate::command) struct Export {
    /// The archive, or the folder that it was unpacked in
    #[arg(value_name = "ZIP")]
    file: PathBuf,
    #[command(flatten)]
    by: By,
}

impl Export {
    pub(super) fn run(self) -> Outcome {
        let (source, mut verdict) = (open(&self.file)?, Verdict::default());
        let names = source.names()?;
        manifest(&source, &names, &mut verdict)?;
        let what = if source.read("log/checkpoint")?.is_some() {
            pack(&self.by, source, &names, &mut verdict)?;
            "the auditor's pack"
        } else if source.read("checkpoint")?.is_some() {
            person(&self.by, &source, &names, &mut verdict)?;
            "the download with proofs"
        } else {
            let name = source.name();
            return Err(Cannot(format!("{name} is neither a download with proofs nor an auditor's pack.")));
        };
        verdict.print(&format!("{what} {}", self.file.display()), self.by.format)
    }
}

/// Whether the files are those that the manifest names, and no others.
fn manifest(source: &Source, names: &[String], verdict: &mut Verdict) -> Result<(), Cannot> {
    let text = source.read_up_to(MANIFEST, LARGEST_MANIFEST)?.unwrap_or_default();
    let Some(Manifest { files, .. }) = Manifest::parse(&text) else {
        verdict.find(MANIFEST, None, "It is missing, or not what the program writes.");
        return Ok(());
    };
    drop(text);
    for (name, sum) in &files {
        match source.sum(name)? {
            None => verdict.find(name, None, "The manifest names it, and it is missing."),
            Some(there) if there != *sum => {
                verdict.find(name, None, "It is not what the manifest says: it was changed, or torn on its way.");
            }
            Some(_) => {}
        }
    }
    for name in names.iter().filter(|name| *name != MANIFEST && !files.contains_key(*name)) {
        verdict.find(name, None, "The manifest does not name it.");
    }
    verdict.say(format!("{} files, as the manifest names them.", files.len()));
    Ok(())
}

/// Every proof under one checkpoint, every notice there.
fn person(by: &By, source: &Source, names: &[String], verdict: &mut Verdict) -> Result<(), Cannot> {
    let key = by.key(source, verdict)?;
    let checkpoint = source.text("checkpoint")?.unwrap_or_default();
    if let Err(error) = Checkpoint::open(&checkpoint, &key) {
        verdict.find("checkpoint", None, format!("It is not genuine: {error}."));
    }
    let notices = notices(source, names, verdict)?;
    let (mut proofs, mut effects) = (0_u64, BTreeMap::<&str, u64>::new());
    for name in names.iter().filter(|name| name.starts_with("proofs/")) {
        let text = source.text(name)?.unwrap_or_default();
        let receipt = match ledger::verify_receipt(&text, &key) {
            Ok(receipt) => receipt,
            Err(error) => {
                verdict.find(name, None, format!("It is not genuine, or it was changed: {error}."));
                continue;
            }
        };
        if !text.ends_with(&checkpoint) {
            verdict.find(name, Some(receipt.index), "It stands under another checkpoint than the rest.");
        }
        named(&notices, &receipt.leaf.notice, name, receipt.index, verdict);
        *effects.entry(receipt.leaf.effect.word()).or_default() += 1;
        proofs += 1;
    }
    let effects: Vec<String> = effects.iter().map(|(effect, count)| format!("{effect} {count}")).collect();
    verdict.say(format!("{proofs} proofs under one checkpoint: {}.", effects.join(", ")));
    verdict.say(
        "They show that what they tell of was done. They cannot show that nothing was done which left no entry, nor that nobody kept \
         a copy.",
    );
    unvouched(names, verdict, |name| {
        matches!(name, "checkpoint" | KEY) || name.starts_with("proofs/") || is_notice(name, &notices)
    });
    Ok(())
}

/// The log, each day's checkpoint, every notice that an entry names, and the sweeps.
fn pack(by: &By, source: Source, names: &[String], verdict: &mut Verdict) -> Result<(), Cannot> {
    let checkpoints = source.read_up_to("checkpoints.txt", LARGEST_CHECKPOINTS)?;
    let records = records::read(&source, verdict)?;
    let notices = notices(&source, names, verdict)?;
    let source = source.log()?;
    let key = by.key(&source, verdict)?;
    let report = log::look(&source, &key, verdict)?;
    let Some(now) = &report.checkpoint else { return Ok(()) };
    if !report.is_whole() {
        // What does not derive is not compared with anything.
        return Ok(());
    }
    let signed = days(&source, &String::from_utf8_lossy(&checkpoints.unwrap_or_default()), now, &key, verdict)?;
    let told = entries(&source, now.size, &notices, verdict)?;
    if let Some(records) = &records {
        books::compare(records, &told, report.pruned, signed, verdict);
    }
    verdict.say("Of the records, days and numbers were compared; of the runs, the sweeps alone.");
    let tiles: BTreeSet<String> = ledger::needed(now.size).flat_map(|tile| [tile.path(), tile.bundle_path()]).collect();
    unvouched(names, verdict, |name| match name.strip_prefix("log/") {
        Some(name) => matches!(name, "checkpoint" | KEY) || tiles.contains(name),
        None => COMPARED.contains(&name) || is_notice(name, &notices),
    });
    Ok(())
}

/// What is compared with the log, if only in part.
const COMPARED: [&str; 6] = [
    "checkpoints.txt",
    "records/confirmations.jsonl",
    "records/covers.json",
    "records/epochs.jsonl",
    "records/restores.jsonl",
    "records/runs.jsonl",
];

fn is_notice(name: &str, notices: &BTreeSet<String>) -> bool {
    let digest = name.strip_prefix("notices/").and_then(|name| name.strip_suffix(".toml"));
    digest.is_some_and(|digest| notices.contains(digest))
}

/// Says which files rest on the manifest alone, which whoever changes a file writes anew.
fn unvouched(names: &[String], verdict: &mut Verdict, is_vouched: impl Fn(&str) -> bool) {
    let rest: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| *name != MANIFEST && !is_vouched(name)).collect();
    let (first, more) = rest.split_at(rest.len().min(NAMES));
    let more = if more.is_empty() { String::new() } else { format!(", and {} more", more.len()) };
    if !rest.is_empty() {
        verdict.say(format!(
            "Nothing in the log vouches for {}{more}: the manifest alone names them, and whoever changes a file can change it too.",
            first.join(", ")
        ));
    }
}

/// Whether the log continues each day's checkpoint; how many entries the newest covers. They are signed notes, one after the
/// other.
fn days(source: &Source, text: &str, now: &Checkpoint, key: &Verifier, verdict: &mut Verdict) -> Result<u64, Cannot> {
    let (mut count, mut older, mut newest) = (0_u64, 0_u64, 0);
    for (n, note) in (0..).zip(notes(text)) {
        let mut quiet = Verdict::default();
        match Checkpoint::open(note, key) {
            Ok(was) => {
                newest = newest.max(was.size);
                log::continues(source, &was, now, &mut quiet)?;
                count += 1;
            }
            Err(_) if is_of_an_older_log(note, key) => older += 1,
            Err(error) => quiet.find("", None, error.to_string()),
        }
        if !quiet.is_whole() {
            verdict.find("checkpoints.txt", Some(n), "The log does not continue this day's checkpoint.");
        }
    }
    verdict.say(format!("It continues {count} daily checkpoints."));
    if older > 0 {
        verdict.say(format!("{older} more are of an older log under the same key, which is not in this pack."));
    }
    Ok(newest)
}

/// The notes of a text, in one pass: each begins where a line follows a signature and is none.
fn notes(text: &str) -> Vec<&str> {
    let (mut notes, mut begin, mut at, mut signed) = (Vec::new(), 0, 0, false);
    for line in text.split_inclusive('\n') {
        let is_signature = line.starts_with('—');
        if signed && !is_signature {
            notes.push(&text[begin..at]);
            begin = at;
        }
        (at, signed) = (at + line.len(), is_signature);
    }
    if begin < text.len() {
        notes.push(&text[begin..]);
    }
    notes
}

/// A log that began anew, since its published part was lost, has had another name before: that one is not in this pack.
fn is_of_an_older_log(note: &str, key: &Verifier) -> bool {
    let name = note.lines().next().unwrap_or_default();
    name != key.name() && Verifier::new(name, *key.key()).is_ok_and(|older| Checkpoint::open(note, &older).is_ok())
}

/// The digests of the notices in it. Each file is named after what it says.
fn notices(source: &Source, names: &[String], verdict: &mut Verdict) -> Result<BTreeSet<String>, Cannot> {
    let mut digests = BTreeSet::new();
    for name in names.iter().filter(|name| name.starts_with("notices/")) {
        let Some(digest) = name.trim_start_matches("notices/").strip_suffix(".toml") else { continue };
        let read = notice::read(&source.text(name)?.unwrap_or_default()).ok().and_then(|read| read.notice);
        if read.is_some_and(|notice| notice.digest().to_string() == digest) {
            digests.insert(digest.to_owned());
        } else {
            verdict.find(name, None, "The notice in it does not have the digest that it is named after.");
        }
    }
    Ok(digests)
}

/// Whether the notice that an entry names is there.
fn named(notices: &BTreeSet<String>, notice: &Hash, file: &str, index: u64, verdict: &mut Verdict) {
    // Before the first notice there was none to name.
    if *notice != [0; 32] && !notices.contains(&hex(notice)) {
        verdict.find(file, Some(index), format!("It names the notice {}, which is not there.", hex(notice)));
    }
}

/// Reads every entry that is kept: their notices must be there; what records tell of too is given back.
fn entries(source: &Source, size: u64, notices: &BTreeSet<String>, verdict: &mut Verdict) -> Result<Told, Cannot> {
    let (mut told, mut seen) = (Told::default(), BTreeSet::new());
    for tile in ledger::needed(size).take_while(|tile| tile.level == 0) {
        let path = tile.bundle_path();
        let Some(bytes) = source.read(&path)? else { continue };
        for (index, leaf) in (first(tile)..).zip(decode_bundle(&bytes, tile.width)?) {
            let leaf = Leaf::decode(leaf)?;
            told.add(index, &leaf);
            if seen.insert(leaf.notice) {
                named(notices, &leaf.notice, &path, index, verdict);
            }
        }
    }
    verdict.say(format!("Every notice that an entry names is there: {}.", seen.len()));
    Ok(told)
}

fn first(tile: TileId) -> u64 {
    tile.n.saturating_mul(256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_parted_after_their_signatures() {
        let one = "a.example/log\n3\nroot\n\n— a.example/log sig\n— w.example sig\n";
        let two = "a.example/log\n4\nroot\n\n— a.example/log sig\n";
        assert_eq!(notes(&format!("{one}{two}")), [one, two]);
        assert_eq!(notes(&format!("{two}rest")), [two, "rest"]);
        assert!(notes("").is_empty());
        assert_eq!(notes(&"\n".repeat(1 << 20)).len(), 1);
    }
}
