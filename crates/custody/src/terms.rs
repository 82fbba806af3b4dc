//! Terms: what binds a holding is the intersection of the notice it was taken under and the one in force.

use law::Date;
use notice::{Allowed, Ask, Fields, Notice, Refusal};

/// The two notices that bind a holding.
pub struct Terms<'a> {
    /// The notice it was taken under.
    pub taken: &'a Notice,
    /// The notice in force today.
    pub force: &'a Notice,
}

impl Terms<'_> {
    /// When a holding of `kind` falls due: the earlier of both notices. A kind that the notice in force does not cover
    /// is due at once (`at_once`: today). `day_of` gives the last day of each clock event.
    pub fn due(&self, kind: &str, day_of: &dyn Fn(&str) -> Option<Date>, at_once: Date) -> Option<Date> {
        if !self.force.covers(&format!("kind.{kind}")) {
            return Some(at_once);
        }
        let by = |notice: &Notice| notice.kind(kind).and_then(|kind| kind.keep.due(day_of));
        match (by(self.taken), by(self.force)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        }
    }

    /// Asks both notices; what is allowed are the fields that both allow.
    pub fn allow(&self, asked: &Allowed) -> std::result::Result<Vec<String>, Refusal> {
        let names: Vec<&str> = asked.fields().iter().map(String::as_str).collect();
        let mut fields = asked.fields().to_vec();
        for notice in [self.taken, self.force] {
            // A field that came into the notice later does not open what was promised without it: it drops out.
            let known: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| notice.kind(asked.kind()).is_some_and(|kind| kind.has_field(name)))
                .collect();
            let ask = Ask {
                actor: asked.actor(),
                purpose: asked.purpose(),
                kind: asked.kind(),
                fields: Fields::Named(&known),
            };
            let allowed = notice.allow(&ask)?;
            fields.retain(|field| allowed.fields().contains(field));
        }
        Ok(fields)
    }
}
