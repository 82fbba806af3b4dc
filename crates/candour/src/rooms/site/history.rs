//! The history of the notice: every version that was published, and what each changed.

use super::differences::Differences;
use super::public;
use super::version::{Version, find, href, list};
use crate::App;
use crate::face::Shell;
use crate::web::{Answer, Stop};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use custody::Published;
use notice::{Changed, Difference};

#[derive(Template)]
#[template(path = "rooms/site/history.html")]
struct History<'a> {
    shell: Shell<'a>,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "rooms/site/changes.html")]
struct Changes<'a> {
    shell: Shell<'a>,
    entry: Entry,
    /// The name and the address of the version before.
    before: Option<(String, String)>,
    digest: String,
}

/// A version with what it changed.
struct Entry {
    version: Version,
    /// Whether people had to be told before.
    significant: bool,
    /// `None` for the first.
    changes: Option<Vec<Change>>,
}

/// A difference in words.
struct Change {
    words: String,
    significant: bool,
}

impl Entry {
    fn of(version: Version, difference: Option<&Difference>) -> Self {
        let change = |one: &Changed| Change { words: one.words.clone(), significant: one.significant };
        Self {
            version,
            significant: difference.is_some_and(Difference::is_significant),
            changes: difference.map(|difference| difference.changes.iter().map(change).collect()),
        }
    }
}

/// `GET /privacy/history`
pub(super) async fn show(
    State(app): State<App>,
    Extension(differences): Extension<Differences>,
    headers: HeaderMap,
) -> Answer {
    let notice = app.notice()?;
    let history = app.custody().history()?;
    let mut entries = Vec::with_capacity(history.len());
    for (version, published) in list(&app)?.into_iter().zip(&history) {
        let changed = differences.of(&app, published).await?;
        entries.push(Entry::of(version, changed.as_ref().map(|(_, difference)| &**difference)));
    }
    entries.reverse();
    let shell = app.shell(&notice, "The history of our privacy notice", "").back("/privacy", "Privacy notice");
    Ok(public(&headers, &History { shell, entries }))
}

/// `GET /privacy/{version}/changes`
pub(super) async fn changes(
    State(app): State<App>,
    Extension(differences): Extension<Differences>,
    Path(named): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let (notice, published) = (app.notice()?, find(&app, &named)?);
    let (digest, name) = (published.digest, published.notice.head().version.clone());
    let version = list(&app)?.into_iter().find(|version| version.digest == digest).ok_or(Stop::NotFound)?;
    let changed = differences.of(&app, &published).await?;
    let before = changed.as_ref().map(|(old, _)| (old.notice.head().version.clone(), href(old.digest)));
    let page = Changes {
        shell: app.shell(&notice, format!("What changed with version {name}"), "").back(href(digest), "This version"),
        entry: Entry::of(version, changed.as_ref().map(|(_, difference)| &**difference)),
        before,
        digest: digest.to_string(),
    };
    Ok(public(&headers, &page))
}

/// What a version changed, in sentences, for the feed.
pub(super) async fn sentences(
    app: &App,
    differences: &Differences,
    published: &Published,
) -> Result<Option<Vec<String>>, Stop> {
    let changed = differences.of(app, published).await?;
    Ok(changed.map(|(_, difference)| difference.changes.iter().map(|one| one.words.clone()).collect()))
}
