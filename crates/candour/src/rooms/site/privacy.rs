//! The privacy notice: the one in force, every published one under the address of its digest, and the list of them.

use super::public;
use crate::App;
use crate::face::{Html, Shell};
use crate::web::{Answer, Stop};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use custody::Published;
use law::Date;
use notice::Digest;

#[derive(Template)]
#[template(path = "rooms/site/privacy.html")]
struct Privacy<'a> {
    shell: Shell<'a>,
    version: Version,
    summary: Html,
    detail: Html,
}

#[derive(Template)]
#[template(path = "rooms/site/versions.html")]
struct Versions<'a> {
    shell: Shell<'a>,
    versions: Vec<Version>,
}

/// A published notice among the others.
struct Version {
    /// As people cite it.
    name: String,
    digest: Digest,
    published_on: Date,
    effective_on: Date,
    /// The role that approved it.
    approved_by: String,
    standing: Standing,
}

/// What a version is today.
enum Standing {
    /// It comes into force on its day.
    Future,
    /// The one that everything here obeys.
    InForce,
    /// It was replaced on this day.
    Replaced(Date),
}

impl Version {
    /// Its address for good.
    fn href(&self) -> String {
        format!("/privacy/{}", self.digest)
    }

    /// Its standing in words, to follow "This version": "is in force since Sunday 1 November 2026".
    fn standing_words(&self) -> String {
        match self.standing {
            Standing::Future => format!("comes into force on {}", law::words(self.effective_on)),
            Standing::InForce => format!("is in force since {}", law::words(self.effective_on)),
            Standing::Replaced(day) => {
                format!("was in force from {} and was replaced on {}", law::words(self.effective_on), law::words(day))
            }
        }
    }

    /// Its standing in a table.
    fn standing_short(&self) -> String {
        match self.standing {
            Standing::Future => "Not yet in force".to_owned(),
            Standing::InForce => "In force".to_owned(),
            Standing::Replaced(day) => format!("Replaced on {}", law::short_words(day)),
        }
    }

    fn is_in_force(&self) -> bool {
        matches!(self.standing, Standing::InForce)
    }
}

/// `GET /privacy`
pub(super) async fn in_force(State(app): State<App>, headers: HeaderMap) -> Answer {
    let digest = app.notice()?.digest();
    show(&app, &headers, digest, "Privacy notice".to_owned(), "/privacy")
}

/// `GET /privacy/{digest}`
pub(super) async fn version(State(app): State<App>, Path(digest): Path<String>, headers: HeaderMap) -> Answer {
    let digest = digest.parse::<Digest>().map_err(|_| Stop::NotFound)?;
    let published = app.custody().history()?.into_iter().find(|one| one.digest == digest).ok_or(Stop::NotFound)?;
    let title = format!("Privacy notice, version {}", published.notice.head().version);
    show(&app, &headers, digest, title, "")
}

fn show(app: &App, headers: &HeaderMap, digest: Digest, title: String, here: &'static str) -> Answer {
    let notice = app.notice()?;
    let shown = app.custody().published(digest)?;
    let version = list(app)?.into_iter().find(|version| version.digest == digest).ok_or(Stop::NotFound)?;
    let page = Privacy {
        shell: app.shell(&notice, title, here),
        version,
        summary: Html::summary(&shown),
        detail: Html::detail(&shown),
    };
    Ok(public(headers, &page))
}

/// `GET /privacy/versions`
pub(super) async fn versions(State(app): State<App>, headers: HeaderMap) -> Answer {
    let notice = app.notice()?;
    let mut versions = list(&app)?;
    versions.reverse();
    let shell = app.shell(&notice, "Versions of our privacy notice", "").back("/privacy", "Privacy notice");
    Ok(public(&headers, &Versions { shell, versions }))
}

/// Every published notice, oldest first, with what it is today.
fn list(app: &App) -> Result<Vec<Version>, Stop> {
    let today = app.today();
    let current = app.notice()?.digest();
    let history = app.custody().history()?;
    let next = history.iter().skip(1).map(|next| Some(next.effective_on)).chain([None]);
    Ok(history.iter().zip(next).map(|(one, next)| Version::of(one, next, current, today)).collect())
}

impl Version {
    fn of(published: &Published, next: Option<Date>, current: Digest, today: Date) -> Self {
        let standing = match next {
            _ if published.digest == current => Standing::InForce,
            Some(next) if published.effective_on <= today => Standing::Replaced(next),
            _ => Standing::Future,
        };
        Self {
            name: published.notice.head().version.clone(),
            digest: published.digest,
            published_on: published.published_on,
            effective_on: published.effective_on,
            approved_by: published.approved_by.clone(),
            standing,
        }
    }
}
