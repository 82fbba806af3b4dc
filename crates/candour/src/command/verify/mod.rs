//! `candour verify`: logs, receipts and exports, offline. No configuration, no database, no keyring: whoever has the file and the
//! public key can look.
//!
//! Exit 0: verified. 1: refused, with the place. 2: it could not look. As JSON:
//! `{"verified", "says": […], "findings": [{"file", "index", "says"}]}`, of the findings the first
//! thousand.

mod books;
mod export;
mod log;
mod proof;
mod records;
mod source;
mod verdict;

use super::{Cannot, Outcome};
use clap::{Args, Subcommand, ValueEnum};
use ledger::Verifier;
use source::Source;
use std::path::Path;
use verdict::Verdict;

/// The file of the key, in a log and in an export.
const KEY: &str = "log.vkey";

/// What can be verified.
#[derive(Subcommand)]
pub(super) enum Verify {
    /// A published log: every entry, every tile, the signature
    Log(log::Log),
    /// One receipt, or one proof of an export
    Proof(proof::Proof),
    /// A person's download with proofs, or an auditor's pack
    Export(export::Export),
}

/// By what is verified, and how it is said.
#[derive(Args)]
struct By {
    /// The log's public key, or a file with it; best from the public page /log/key or a printed report
    #[arg(long, value_name = "VKEY|FILE")]
    key: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// How the answer is printed.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One object
    Json,
    /// Lines for people
    Text,
}

impl Verify {
    pub(super) fn run(self) -> Outcome {
        let done = match self {
            Self::Log(log) => log.run(),
            Self::Proof(proof) => proof.run(),
            Self::Export(export) => export.run(),
        };
        // Why it cannot look may quote what it was given.
        done.map_err(|Cannot(why)| Cannot(verdict::plain(&why)))
    }
}

impl By {
    /// The key that was named.
    fn named(&self) -> Result<Option<Verifier>, Cannot> {
        let Some(key) = &self.key else { return Ok(None) };
        if let Ok(verifier) = key.trim().parse() {
            return Ok(Some(verifier));
        }
        let text = source::text(Path::new(key)).map_err(|error| {
            Cannot(format!("{key} is neither a public key, as it stands at /log/key, nor a file with one: {error}."))
        })?;
        parse(&text, key).map(Some)
    }

    /// The key that was named, or the one that lies with what is verified; then the verdict says what that is worth.
    fn key(&self, source: &Source, verdict: &mut Verdict) -> Result<Verifier, Cannot> {
        if let Some(verifier) = self.named()? {
            return Ok(verifier);
        }
        let name = source.name();
        let text = source.text(KEY)?.ok_or_else(|| {
            Cannot(format!(
                "{name} has no {KEY}. Name the public key with --key; it stands at /log/key of the service."
            ))
        })?;
        let verifier = parse(&text, name)?;
        verdict.say(format!("The key came with what was checked: {verifier}"));
        verdict.say(format!(
            "Compare it with the one at https://{}/log/key or in a printed report: whoever forges a log brings a key with it.",
            host(&verifier)
        ));
        Ok(verifier)
    }
}

fn parse(text: &str, name: &str) -> Result<Verifier, Cannot> {
    let parsed = text.trim().parse();
    parsed.map_err(|error| Cannot(format!("{name} holds no public key of a log: {error}.")))
}

/// The host that a log is named after.
fn host(verifier: &Verifier) -> &str {
    verifier.name().split('/').next().unwrap_or_default()
}

/// A path of the command line as a source.
fn open(path: &Path) -> Result<Source, Cannot> {
    Source::open(path)
}
