//! Published notices are rows: a notice comes into force by being published, never by editing a file.

use crate::{Custody, Error, Result, rows};
use law::Date;
use ledger::{Effect, Outcome};
use notice::{Digest, Notice};
use std::sync::Arc;
use store::Tx;

/// A published notice.
#[derive(Clone)]
pub struct Published {
    /// What it says.
    pub notice: Arc<Notice>,
    /// SHA-256 of its canonical form.
    pub digest: Digest,
    /// When it was published.
    pub published_on: Date,
    /// From when it is in force.
    pub effective_on: Date,
    /// The role that approved it.
    pub approved_by: String,
}

impl Custody {
    /// Publishes a notice: its own effective date, or today where that has passed. Publishing what stands already changes
    /// nothing and says so with `false`. Stored due days follow in the next minute, by whoever serves; opening computes its own. The caller has refused notices with errors.
    pub fn publish(&self, text: &str, notice: &Notice, approved_by: &str) -> Result<bool> {
        let (text, notice, by) = (text.to_owned(), notice.clone(), approved_by.to_owned());
        let custody = self.clone();
        let new = self.write_blocking("publish_notice", move |tx| {
            let today = tx.today();
            // The first notice is in force as it says, even in the past: nothing was held before it.
            let first = tx.all(&rows::LIST_NOTICES, &[])?.is_empty();
            let effective = if first { notice.head().effective } else { notice.head().effective.max(today) };
            let added = tx.execute(
                &rows::INSERT_NOTICE,
                &[
                    notice.digest().0.into(),
                    notice.head().version.as_str().into(),
                    text.as_str().into(),
                    law::iso(today).into(),
                    law::iso(effective).into(),
                    by.as_str().into(),
                ],
            )?;
            if added > 0 {
                custody.leave_system(tx, Effect::NoticePublished, Outcome::Done, vec!["notice".to_owned()], 1)?;
            }
            Ok::<_, Error>(added > 0)
        })?;
        self.reload_notices()?;
        Ok(new)
    }

    /// Reads the published notices again; another process may have published one.
    pub fn reload_notices(&self) -> Result<()> {
        let list = self.store().read_blocking("list_notices", list)?;
        self.set_notices(list)
    }

    /// The notice in force on a day: of those effective by then, the latest.
    pub fn in_force(&self, today: Date) -> Result<Arc<Notice>> {
        self.published_on(today).map(|published| published.notice)
    }

    /// The same, with when and by whom it was published.
    pub fn published_on(&self, today: Date) -> Result<Published> {
        let list = self.notices()?;
        list.iter().rev().find(|published| published.effective_on <= today).cloned().ok_or(Error::NoNotice)
    }

    /// A published notice by its digest.
    pub fn published(&self, digest: Digest) -> Result<Arc<Notice>> {
        let list = self.notices()?;
        list.iter()
            .find(|published| published.digest == digest)
            .map(|published| published.notice.clone())
            .ok_or(Error::NoNotice)
    }

    /// Every published notice, oldest first.
    pub fn history(&self) -> Result<Vec<Published>> {
        Ok(self.notices()?.to_vec())
    }
}

fn list(tx: &mut Tx<'_>) -> Result<Vec<Published>> {
    let rows = tx.all(&rows::LIST_NOTICES, &[])?;
    rows.iter()
        .map(|row| {
            let read = notice::read(&row.get::<String>(2)?)
                .map_err(|_| Error::Nonsense("a published notice cannot be read"))?;
            let notice = read.notice.ok_or(Error::Nonsense("a published notice is not whole"))?;
            let digest = Digest(row.get(0)?);
            if notice.digest() != digest {
                return Err(Error::Nonsense("a published notice does not have its digest"));
            }
            Ok(Published {
                notice: Arc::new(notice),
                digest,
                published_on: crate::permit::day(&row.get::<String>(3)?)?,
                effective_on: crate::permit::day(&row.get::<String>(4)?)?,
                approved_by: row.get(5)?,
            })
        })
        .collect()
}
