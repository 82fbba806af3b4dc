//! `candour verify proof`: what one receipt shows, in plain words, and what it cannot.

use super::{By, Cannot, Outcome, Verdict, host, log, open, source};
use crate::rooms::evidence::{effect_words, epoch, hour_words, join, outcome_words};
use clap::Args;
use ledger::{Effect, Outcome as Ended, Receipt, Verifier};
use std::path::PathBuf;

/// One receipt, or one proof of an export.
#[derive(Args)]
pub(in crate::command) struct Proof {
    /// The receipt: the whole letter, or the lines of the proof alone
    file: PathBuf,
    /// The log that it should stand in: its folder, or a ZIP archive with it
    #[arg(long, value_name = "FOLDER|ZIP")]
    log: Option<PathBuf>,
    #[command(flatten)]
    by: By,
}

impl Proof {
    pub(super) fn run(self) -> Outcome {
        let name = self.file.display().to_string();
        let text = source::text(&self.file).map_err(|error| Cannot(format!("{name} cannot be read: {error}.")))?;
        let text = join(&text).ok_or_else(|| {
            Cannot(format!(
                "{name} holds no proof. It begins with the line c2sp.org/tlog-proof@v1; take the whole of it."
            ))
        })?;
        let mut verdict = Verdict::default();
        let source = self.log.as_ref().map(|log| open(log)?.log()).transpose()?;
        let key = match &source {
            Some(source) => self.by.key(source, &mut verdict)?,
            None => self.by.named()?.ok_or_else(|| without_key(&text))?,
        };
        match ledger::verify_receipt(&text, &key) {
            Err(error) => verdict.find(&name, None, format!("It is not genuine, or it was changed: {error}.")),
            Ok(receipt) => {
                show(&receipt, &key, &mut verdict);
                if let Some(source) = &source {
                    let report = log::look(source, &key, &mut verdict)?;
                    if let Some(now) = &report.checkpoint {
                        log::continues(source, &receipt.checkpoint, now, &mut verdict)?;
                    }
                }
            }
        }
        verdict.print(&name, self.by.format)
    }
}

/// A receipt does not carry its key: then it would vouch for itself.
fn without_key(text: &str) -> Cannot {
    let checkpoint = text.split_once("\n\n").map_or("", |(_, checkpoint)| checkpoint);
    let origin = checkpoint.lines().next().unwrap_or_default();
    let host = origin.split('/').next().unwrap_or_default();
    Cannot(format!(
        "a receipt carries no key, or it would vouch for itself. Name the key of the log {origin} with --key; it stands at \
         https://{host}/log/key and in printed reports."
    ))
}

/// What a genuine receipt shows, and what it cannot.
fn show(receipt: &Receipt, key: &Verifier, verdict: &mut Verdict) {
    let (leaf, at) = (&receipt.leaf, hour_words(receipt.leaf.hour));
    verdict.say(format!("{}: {at}.", effect_words(leaf.effect)));
    if leaf.count > 0 {
        let of = if leaf.effect == Effect::EpochDestroyed { "Places" } else { "Records" };
        verdict.say(format!("{of}: {}.", leaf.count));
    }
    if leaf.outcome != Ended::Done {
        verdict.say(format!("How it ended: {}.", outcome_words(leaf.outcome)));
    }
    if let Some((_, size)) = receipt.opening {
        verdict.say(format!("One of {size} openings of about a minute."));
    }
    if !leaf.clauses.is_empty() {
        verdict.say(format!("Clauses: {}.", leaf.clauses.join(", ")));
    }
    verdict.say(format!("Under the notice {}.", crate::archive::hex(&leaf.notice)));
    let checkpoint = &receipt.checkpoint;
    verdict.say(format!("Entry {} of {}, when it had {}.", receipt.index, checkpoint.origin, checkpoint.size));
    match leaf.effect {
        Effect::EraseDecided => {
            let day = epoch(&receipt.reveals).map_or_else(String::new, |day| format!(" of {}", law::words(day)));
            verdict.say(format!(
                "Copies made before the deletion open with the key{day} and with older ones. When that key is destroyed, at the end of the \
                 backup window of that notice, nothing opens them; the page https://{}/receipt then gives the second entry that says so.",
                host(key)
            ));
        }
        Effect::EpochDestroyed => {
            verdict.say("From that hour on no copy opens what was deleted while this key was the newest.");
        }
        _ => {}
    }
    verdict.say(
        "It cannot show that nobody kept a copy of a key, a screen or an export made before, nor that a place of the keyring \
         kept nothing; and it names nobody: only whoever holds it can connect it with a person.",
    );
}
