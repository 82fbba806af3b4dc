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
    /// When a holding of `kind` falls due: the earlier of both notices. The notice in force binds from the day `since`, so it
    /// makes nothing due before that day; a kind that it does not cover is due on it. `day_of` gives the last day of each
    /// clock event.
    pub fn due(&self, kind: &str, day_of: &dyn Fn(&str) -> Option<Date>, since: Date) -> Option<Date> {
        let by = |notice: &Notice| notice.kind(kind).and_then(|kind| kind.keep.due(day_of));
        let taken = by(self.taken);
        let force = if self.covers(kind) { by(self.force).map(|day| day.max(since)) } else { Some(since) };
        match (taken, force) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        }
    }

    /// Whether the notice in force still covers the kind. What it dropped is closed, and destroyed by its forecast alone.
    pub(crate) fn covers(&self, kind: &str) -> bool {
        self.force.covers(&format!("kind.{kind}"))
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
