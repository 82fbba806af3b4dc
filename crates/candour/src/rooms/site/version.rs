//! A published notice among the others: what it is today, and where it stands for good.

use crate::App;
use crate::web::Stop;
use custody::Published;
use law::Date;
use notice::Digest;

/// The fewest digits of a digest that an address may give.
const DIGITS: usize = 8;

/// A published notice among the others.
pub(super) struct Version {
    /// As people cite it.
    pub(super) name: String,
    pub(super) digest: Digest,
    pub(super) published_on: Date,
    pub(super) effective_on: Date,
    approved_by: String,
    /// Whether it was the first.
    first: bool,
    pub(super) standing: Standing,
}

/// What a version is today.
pub(super) enum Standing {
    /// It was put aside by a later one before its day.
    Aside,
    /// It comes into force on its day.
    Future,
    /// The one that everything here obeys.
    InForce,
    /// It was replaced on this day.
    Replaced(Date),
}

impl Version {
    /// Its address for good.
    pub(super) fn href(&self) -> String {
        href(self.digest)
    }

    /// Its standing in words, to follow "This version": "is in force since Sunday 1 November 2026".
    pub(super) fn standing_words(&self) -> String {
        let from = law::words(self.effective_on);
        match self.standing {
            Standing::Aside => format!("was to come into force on {from}, and was put aside by a later one"),
            Standing::Future => format!("comes into force on {from}"),
            Standing::InForce => format!("is in force since {from}"),
            Standing::Replaced(day) => format!("was in force from {from} and was replaced on {}", law::words(day)),
        }
    }

    /// Its standing in a table.
    pub(super) fn standing_short(&self) -> String {
        match self.standing {
            Standing::Aside => "Put aside before its day".to_owned(),
            Standing::Future => "Not yet in force".to_owned(),
            Standing::InForce => "In force".to_owned(),
            Standing::Replaced(day) => format!("Replaced on {}", law::short_words(day)),
        }
    }

    /// Who approved it, in words: a role.
    pub(super) fn approved(&self) -> &str {
        match self.approved_by.as_str() {
            "operator" if self.first => "operator: it was the first, and nothing was held",
            "operator" => "operator: there were not two officers to approve it",
            other => other,
        }
    }

    pub(super) fn is_in_force(&self) -> bool {
        matches!(self.standing, Standing::InForce)
    }

    fn of(published: &Published, later: &[Published], current: Digest, today: Date) -> Self {
        let standing = match replacement(published, later) {
            _ if published.digest == current => Standing::InForce,
            Some(next) if published.aside && next.published_on < published.effective_on => Standing::Aside,
            Some(next) if next.effective_on <= today => {
                Standing::Replaced(next.effective_on.max(published.effective_on))
            }
            _ => Standing::Future,
        };
        Self {
            name: published.notice.head().version.clone(),
            digest: published.digest,
            published_on: published.published_on,
            effective_on: published.effective_on,
            approved_by: published.approved_by.clone(),
            first: published.follows.is_none(),
            standing,
        }
    }
}

/// The notice that put another aside, or that followed it in force.
fn replacement<'p>(published: &Published, later: &'p [Published]) -> Option<&'p Published> {
    let put_aside = |next: &&Published| next.effective_on <= published.effective_on;
    if published.aside { later.iter().find(put_aside) } else { later.iter().find(|next| !next.aside) }
}

/// The address of a published notice for good.
pub(crate) fn href(digest: Digest) -> String {
    format!("/privacy/{digest}")
}

/// Every published notice, in the order of publishing, with what it is today.
pub(super) fn list(app: &App) -> Result<Vec<Version>, Stop> {
    let (today, current) = (app.today(), app.notice()?.digest());
    let history = app.custody().history()?;
    Ok(history.iter().enumerate().map(|(n, one)| Version::of(one, &history[n + 1..], current, today)).collect())
}

/// The published notice that an address names: by its version, the latest of that name; or by its digest, or the first
/// digits of it where only one begins so.
pub(super) fn find(app: &App, named: &str) -> Result<Published, Stop> {
    let history = app.custody().history()?;
    if let Some(one) = history.iter().rev().find(|one| one.notice.head().version == named) {
        return Ok(one.clone());
    }
    let mut begun = history.iter().filter(|one| named.len() >= DIGITS && one.digest.to_string().starts_with(named));
    match (begun.next(), begun.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => Err(Stop::NotFound),
    }
}
