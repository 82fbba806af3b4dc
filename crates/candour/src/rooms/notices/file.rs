//! The configured file of the notice: it changes nothing, and that it differs is said.

use crate::App;
use law::Date;
use notice::Digest;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The file that the configuration names, if it names one.
#[derive(Default)]
pub struct NoticeFile {
    path: OnceLock<PathBuf>,
    /// What was last said in the log, and on which day.
    said: Mutex<Option<(Date, String)>>,
}

impl NoticeFile {
    /// Names the file, once.
    pub fn is_at(&self, path: PathBuf) {
        let _ = self.path.set(path);
    }

    /// In which way the file differs from what was published; `None` where none is named or where it does not.
    pub(crate) fn differs(&self, app: &App) -> Option<String> {
        let path = self.path.get()?;
        let name = path.display();
        let ignored = "Editing a file changes nothing: a notice comes into force by being published";
        let Ok(text) = std::fs::read_to_string(path) else {
            return Some(format!("The notice’s file {name} cannot be read. {ignored}."));
        };
        let digest = notice::read(&text).ok().and_then(|read| read.notice).map(|notice| notice.digest());
        let Some(digest) = digest else {
            return Some(format!("The notice’s file {name} makes no notice. {ignored}."));
        };
        let force = app.custody().published_on(app.today()).ok()?;
        if digest == force.digest {
            return None;
        }
        let published = app.custody().history().ok()?.into_iter().find(|one| one.digest == digest);
        Some(match published {
            Some(one) if one.effective_on > app.today() && !one.aside => {
                format!("The notice’s file {name} is published, and in force from {}.", law::words(one.effective_on))
            }
            Some(one) => format!(
                "The notice’s file {name} is version {}, which is not the one in force. {ignored}.",
                one.notice.head().version
            ),
            None => differing(&name.to_string(), digest, force.digest, ignored),
        })
    }

    /// Says in the log, once a day and whenever it changes, that the file differs.
    pub(crate) fn say(&self, app: &App) {
        let now = self.differs(app).map(|sentence| (app.today(), sentence));
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sentence)) = now.as_ref().filter(|now| said.as_ref() != Some(*now)) {
            tracing::warn!(code = "notice-file", cause = %sentence);
        }
        *said = now;
    }
}

fn differing(name: &str, file: Digest, force: Digest, ignored: &str) -> String {
    format!(
        "The notice’s file {name} ({}) differs from the notice in force ({}), and is not published. {ignored}.",
        file.short(),
        force.short()
    )
}
