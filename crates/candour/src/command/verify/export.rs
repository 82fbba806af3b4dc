//! `candour verify export`: a person's download with proofs, or an auditor's pack, whole.

use super::records::{self, Sweeps};
use super::source::Source;
use super::{By, Cannot, Outcome, Verdict, log, open};
use crate::archive::{MANIFEST, hex};
use clap::Args;
use ledger::{Checkpoint, Effect, Hash, Leaf, TileId, Verifier, decode_bundle};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
    let text = source.text(MANIFEST)?.unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(files) = manifest["files"].as_object() else {
        verdict.find(MANIFEST, None, "It is missing, or names no files.");
        return Ok(());
    };
    for (name, sum) in files {
        match source.read(name)? {
            None => verdict.find(name, None, "The manifest names it, and it is missing."),
            Some(bytes) if *sum != hex(&vault::sha256(&bytes)) => {
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
    Ok(())
}

/// The log, each day's checkpoint, every notice that an entry names, and the sweeps.
fn pack(by: &By, source: Source, names: &[String], verdict: &mut Verdict) -> Result<(), Cannot> {
    let checkpoints = source.text("checkpoints.txt")?.unwrap_or_default();
    let notices = notices(&source, names, verdict)?;
    let source = source.log()?;
    let key = by.key(&source, verdict)?;
    let report = log::look(&source, &key, verdict)?;
    let Some(now) = &report.checkpoint else { return Ok(()) };
    if !report.is_whole() {
        // What does not derive is not compared with anything.
        return Ok(());
    }
    days(&source, &checkpoints, now, &key, verdict)?;
    let sweeps = entries(&source, now.size, &notices, verdict)?;
    records::compare(&source.whole(), &sweeps, report.pruned, verdict)
}

/// Whether the log continues each day's checkpoint. They are signed notes, one after the other.
fn days(source: &Source, text: &str, now: &Checkpoint, key: &Verifier, verdict: &mut Verdict) -> Result<(), Cannot> {
    let (mut rest, mut count) = (text, 0_u64);
    while !rest.trim().is_empty() {
        let note: String = rest.split_inclusive('\n').take(5).collect();
        rest = &rest[note.len()..];
        let mut quiet = Verdict::default();
        match Checkpoint::open(&note, key) {
            Ok(was) if was.origin == now.origin => log::continues(source, &was, now, &mut quiet)?,
            Ok(_) => {}
            Err(_) if is_of_an_older_log(&note, key) => {}
            Err(error) => quiet.find("", None, error.to_string()),
        }
        if !quiet.is_whole() {
            verdict.find("checkpoints.txt", Some(count), "The log does not continue this day's checkpoint.");
        }
        count += 1;
    }
    verdict.say(format!("It continues {count} daily checkpoints."));
    Ok(())
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

/// Reads every entry that is kept: their notices must be there; the sweeps are given back.
fn entries(source: &Source, size: u64, notices: &BTreeSet<String>, verdict: &mut Verdict) -> Result<Sweeps, Cannot> {
    let (mut sweeps, mut seen) = (Sweeps::new(), BTreeSet::new());
    for tile in ledger::needed(size).take_while(|tile| tile.level == 0) {
        let path = tile.bundle_path();
        let Some(bytes) = source.read(&path)? else { continue };
        for (index, leaf) in (first(tile)..).zip(decode_bundle(&bytes, tile.width)?) {
            let leaf = Leaf::decode(leaf)?;
            if leaf.effect == Effect::SweepRun {
                sweeps.push((index, leaf.hour, leaf.count));
            }
            if seen.insert(leaf.notice) {
                named(notices, &leaf.notice, &path, index, verdict);
            }
        }
    }
    verdict.say(format!("Every notice that an entry names is there: {}.", seen.len()));
    Ok(sweeps)
}

fn first(tile: TileId) -> u64 {
    tile.n.saturating_mul(256)
}
