//! The one question custody asks: may this actor, for this purpose, use these fields of this kind?

use crate::clauses::WHOLE;
use crate::{Digest, Kind, Notice, Output};
use std::fmt;

/// A question to a notice.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who acts: `desk`, `you`, `mailer`.
    pub actor: &'a str,
    /// What for: an id of `[[purpose]]`.
    pub purpose: &'a str,
    /// On what: an id of `[[kind]]`.
    pub kind: &'a str,
    /// Which fields of it.
    pub fields: Fields<'a>,
}

/// Which fields of a kind.
#[derive(Clone, Copy, Debug)]
pub enum Fields<'a> {
    /// Every field of the kind.
    All,
    /// These. None at all is lawful: erasing needs no value.
    Named(&'a [&'a str]),
}

/// The answer yes. Only [`Notice::allow`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    actor: String,
    purpose: String,
    kind: String,
    fields: Vec<String>,
    digest: Digest,
}

impl Allowed {
    /// Who acts.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// What for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// On what kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Which fields, in the order of the kind, each once.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The notice that allowed it.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// The answer no, with the clause that says so. An outcome, not a fault: it is shown, counted and evidenced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The privacy notice does not allow this: {why}.")]
pub struct Refusal {
    /// The clause that says no, or the one that is missing.
    pub clause: String,
    /// Who asked.
    pub actor: String,
    /// What for.
    pub purpose: String,
    /// On what kind.
    pub kind: String,
    /// Why, as a half-sentence without a full stop.
    pub why: String,
}

impl Notice {
    /// Answers whether the notice lets an actor use fields of a kind for a purpose. Pure: holdings have their own say
    /// (standing, terms, objections) afterwards.
    pub fn allow(&self, ask: &Ask) -> Result<Allowed, Refusal> {
        let refuse = |clause: String, why: fmt::Arguments| Refusal {
            clause,
            actor: ask.actor.to_owned(),
            purpose: ask.purpose.to_owned(),
            kind: ask.kind.to_owned(),
            why: why.to_string(),
        };
        for whole in WHOLE {
            if !self.covers(whole) {
                return Err(refuse(whole.to_owned(), format_args!("its part \"{whole}\" has an error")));
            }
        }
        let clause = format!("purpose.{}", ask.purpose);
        let Some(purpose) = self.purpose(ask.purpose) else {
            return Err(refuse(clause, format_args!("it says nothing of the purpose \"{}\"", ask.purpose)));
        };
        let for_what = half_sentence(&purpose.words);
        if !self.covers(&clause) {
            return Err(refuse(clause, format_args!("its purpose \"{for_what}\" has an error and is closed")));
        }
        if !purpose.by.iter().any(|by| by == ask.actor) {
            return Err(refuse(
                clause,
                format_args!("the role \"{}\" may not use this for the purpose \"{for_what}\"", ask.actor),
            ));
        }
        if purpose.output != Output::Personal {
            return Err(refuse(clause, format_args!("the purpose \"{for_what}\" gives totals only")));
        }
        let clause = format!("kind.{}", ask.kind);
        let Some(kind) = self.kind(ask.kind) else {
            return Err(refuse(clause, format_args!("it says nothing of the kind \"{}\"", ask.kind)));
        };
        let what = half_sentence(&kind.words);
        if let Some(closed) = self.closed_under(&clause) {
            return Err(refuse(closed, format_args!("\"{what}\" stands on a clause with an error and is closed")));
        }
        if !kind.purposes.iter().any(|p| p == ask.purpose) {
            return Err(refuse(clause, format_args!("\"{what}\" is not held for the purpose \"{for_what}\"")));
        }
        if let Fields::Named(names) = ask.fields
            && let Some(absent) = names.iter().find(|name| !kind.has_field(name))
        {
            let clause = format!("kind.{}.fields.{absent}", ask.kind);
            return Err(refuse(clause, format_args!("\"{what}\" has no field \"{absent}\"")));
        }
        Ok(Allowed {
            actor: ask.actor.to_owned(),
            purpose: ask.purpose.to_owned(),
            kind: ask.kind.to_owned(),
            fields: chosen(kind, ask.fields),
            digest: self.digest(),
        })
    }
}

/// The words of a clause without their full stop.
fn half_sentence(words: &str) -> &str {
    words.trim_end_matches('.')
}

fn chosen(kind: &Kind, fields: Fields) -> Vec<String> {
    kind.fields
        .iter()
        .map(|(id, _)| id)
        .filter(|id| match fields {
            Fields::All => true,
            Fields::Named(names) => names.contains(&id.as_str()),
        })
        .cloned()
        .collect()
}
