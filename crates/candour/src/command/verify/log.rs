//! `candour verify log`: a published log, and whether it continues one that was published before.

use super::source::{self, Source};
use super::{By, Cannot, Outcome, Verdict, open};
use crate::command::bench::progress::Progress;
use clap::Args;
use ledger::{Checkpoint, Malformed, Report, TileId, Verifier, tiles};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Logs of fewer entries are done before a line about it is read.
const LONG: u64 = 100_000;

/// A published log: every entry, every tile, the signature.
#[derive(Args)]
pub(in crate::command) struct Log {
    /// The folder of the log, or a ZIP archive with it
    #[arg(value_name = "FOLDER|ZIP")]
    place: PathBuf,
    /// A checkpoint that was published before, as a file; one that was printed may be typed in, its first three lines suffice
    #[arg(long, value_name = "FILE")]
    was: Option<PathBuf>,
    #[command(flatten)]
    by: By,
}

impl Log {
    pub(super) fn run(self) -> Outcome {
        let (source, mut verdict) = (open(&self.place)?.log()?, Verdict::default());
        let key = self.by.key(&source, &mut verdict)?;
        let report = look(&source, &key, &mut verdict)?;
        if let (Some(was), Some(checkpoint)) = (&self.was, &report.checkpoint) {
            continues(&source, &read_was(was, &key)?, checkpoint, &mut verdict)?;
        }
        verdict.print(&format!("the log in {}", source.name()), self.by.format)
    }
}

/// Verifies a whole log, and says what it is.
pub(super) fn look(source: &Source, key: &Verifier, verdict: &mut Verdict) -> Result<Report, Cannot> {
    let failed = RefCell::new(None);
    let mut read = |name: &str| {
        source.read(name).unwrap_or_else(|error| {
            failed.borrow_mut().get_or_insert(error);
            None
        })
    };
    let size = size(source)?.filter(|size| *size >= LONG);
    let progress = size.map(|size| Progress::new("Entries checked", size));
    let report = ledger::verify_log(&mut read, key, &mut |done| progress.iter().for_each(|progress| progress.at(done)));
    drop(progress);
    if let Some(error) = failed.into_inner() {
        return Err(error);
    }
    for finding in &report.findings {
        verdict.find(&finding.file, finding.index, &finding.sentence);
    }
    if let Some(checkpoint) = &report.checkpoint {
        let Report { leaves, pruned, .. } = &report;
        verdict.say(format!("{}: {} entries, {leaves} of them read.", checkpoint.origin, checkpoint.size));
        if *pruned > 0 {
            verdict.say(format!("The first {pruned} are no longer kept, by the notice; their hashes are."));
        }
        let effects: Vec<String> =
            report.effects.iter().map(|(effect, count)| format!("{} {count}", effect.word())).collect();
        verdict.say(format!("What was done: {}.", effects.join(", ")));
    }
    Ok(report)
}

/// How many entries the checkpoint speaks of; not yet believed.
fn size(source: &Source) -> Result<Option<u64>, Cannot> {
    let text = source.text("checkpoint")?.unwrap_or_default();
    Ok(text.lines().nth(1).and_then(|line| line.parse().ok()))
}

/// An older checkpoint: signed, or as somebody typed it from paper.
fn read_was(file: &Path, key: &Verifier) -> Result<Checkpoint, Cannot> {
    let name = file.display();
    let text = source::text(file).map_err(|error| Cannot(format!("{name} cannot be read: {error}.")))?;
    if let Ok(checkpoint) = Checkpoint::open(&text, key) {
        return Ok(checkpoint);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect();
    Checkpoint::parse(&format!("{}\n", lines.join("\n"))).map_err(|error| {
        Cannot(format!(
            "{name} holds no checkpoint: {error}. Its three lines are the name of the log, its size and its root."
        ))
    })
}

/// Says whether a log begins with what an older checkpoint speaks of. The log itself was verified before.
pub(super) fn continues(
    source: &Source,
    was: &Checkpoint,
    now: &Checkpoint,
    verdict: &mut Verdict,
) -> Result<(), Cannot> {
    if was.origin != now.origin {
        verdict.find("checkpoint", None, format!("The older checkpoint is of another log, {}.", was.origin));
        return Ok(());
    }
    if was.size > now.size {
        let (was, now) = (was.size, now.size);
        verdict.find("checkpoint", None, format!("The log had {was} entries and has {now}: some were taken away."));
        return Ok(());
    }
    match root_at(source, was.size, now.size)? {
        Ok(root) if root == was.root => {
            verdict.say(format!("It continues the checkpoint of {} entries: none of them was changed.", was.size));
        }
        _ => verdict.find(
            "checkpoint",
            None,
            format!("Its first {} entries are not those of the older checkpoint: history was rewritten.", was.size),
        ),
    }
    Ok(())
}

/// The root of the first `size` entries of a log of `of`, from its tiles.
fn root_at(source: &Source, size: u64, of: u64) -> Result<Result<ledger::Hash, Malformed>, Cannot> {
    let mut failed = None;
    let mut tile = |id: TileId| -> Result<Vec<u8>, Malformed> {
        // The tile that stands may be wider: the log has grown since.
        let whole = TileId::within(id.level, id.n, of).ok_or(Malformed::Place)?;
        let bytes = source.read(&whole.path()).unwrap_or_else(|error| {
            failed = Some(error);
            None
        });
        let mut bytes = bytes.ok_or(Malformed::Length)?;
        bytes.truncate(usize::from(id.width) * 32);
        Ok(bytes)
    };
    let root = tiles::root(size, &mut tile);
    failed.map_or(Ok(root), Err)
}
