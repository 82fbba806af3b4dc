//! `candour notice diff`: what differs between two notices, and beside a database how many people each difference touches.

use super::notice::{Format, name, whole};
use super::settings::Settings;
use super::{Cannot, Outcome, say};
use crate::rooms::notices::words::{People, whom};
use clap::Args;
use notice::{Changed, Difference, Notice};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit 0 without a difference, 1 with some, 2 when it could not run.
#[derive(Args)]
pub(super) struct Diff {
    /// The notice before
    old: PathBuf,
    /// The notice after
    new: PathBuf,
    /// How to print what differs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Counts the people whom each difference touches, in the database of that configuration file
    #[arg(long, value_name = "CONFIG")]
    beside: Option<PathBuf>,
}

impl Diff {
    pub(super) fn run(self) -> Outcome {
        if [&self.old, &self.new].iter().all(|file| file.as_path() == Path::new("-")) {
            return Err(Cannot("Standard input is one notice only: name a file for the other.".to_owned()));
        }
        let (old, new) = (whole(&self.old)?, whole(&self.new)?);
        let people = self.beside.as_deref().map(people).transpose()?;
        let difference = notice::diff(&old, &new);
        match self.format {
            Format::Json => say(&format!("{:#}\n", object(&difference, &old, &new, people.as_ref())))?,
            Format::Text => say(&self.words(&difference, people.as_ref()))?,
        }
        Ok(if difference.changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn words(&self, difference: &Difference, people: Option<&People>) -> String {
        if difference.changes.is_empty() {
            return format!("{} and {} mean the same.\n", name(&self.old), name(&self.new));
        }
        let mut parts = Vec::new();
        for (heading, significant) in [("Significant differences", true), ("Other differences", false)] {
            let changes = difference.changes.iter().filter(|changed| changed.significant == significant);
            let lines: Vec<String> = changes.map(|changed| line(changed, people)).collect();
            if !lines.is_empty() {
                parts.push(format!("{heading} ({})\n\n{}\n\n", lines.len(), lines.join("\n")));
            }
        }
        let lost = difference.rights_lost().count();
        if lost > 0 {
            parts.push(format!("Rights lost: {lost}.\n"));
        }
        parts.concat()
    }
}

/// How many people each kind is held about, in the database of a configuration.
fn people(config: &Path) -> Result<People, Cannot> {
    let app = Settings::read(config)?.open(false)?;
    let custody = app.custody().clone();
    let counts = app.custody().store().read_blocking("people_by_kind", move |tx| custody.people_by_kind(tx))?;
    Ok(counts.into_iter().collect())
}

/// "- We keep your enquiry longer: … (kind.enquiry.keep; 212 people)".
fn line(changed: &Changed, people: Option<&People>) -> String {
    let touched = people.map(|people| format!("; {}", whom(changed, people))).unwrap_or_default();
    format!("- {} ({}{touched})", changed.words, changed.clause)
}

/// `{"significant", "subjects", "differences": [{"code", "clause", "way", "significant", "words", "kinds", "people"}]}`.
/// `people` gives a number for each kind, and stands only beside a database.
fn object(difference: &Difference, old: &Notice, new: &Notice, people: Option<&People>) -> Value {
    let one = |changed: &Changed| {
        let mut value = json!(changed);
        if let Some(people) = people {
            let counts = changed.kinds.iter().map(|kind| (kind.clone(), people.get(kind).copied().unwrap_or_default()));
            value["people"] = json!(counts.collect::<People>());
        }
        value
    };
    json!({
        "old": old.digest().to_string(),
        "new": new.digest().to_string(),
        "significant": difference.is_significant(),
        "subjects": difference.subjects(old, new),
        "differences": difference.changes.iter().map(one).collect::<Vec<_>>(),
    })
}
