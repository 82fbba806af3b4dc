//! Refusals are outcomes: counted by day and clause, without anybody in the row.

use crate::{Custody, Result, rows};
use law::Date;
use notice::{Notice, Refusal};

/// How often a clause said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalCount {
    /// The clause, or the missing clause.
    pub clause: String,
    /// The role that asked.
    pub actor: String,
    /// For what.
    pub purpose: String,
    /// About which kind.
    pub kind: String,
    /// How often.
    pub count: u64,
    /// The last day on which it happened.
    pub last_on: String,
}

impl Custody {
    /// Counts a refusal, in a transaction of its own: the refused one was rolled back.
    pub async fn count_refusal(&self, mut refusal: Refusal) -> Result<()> {
        self.without_typed_words(&mut refusal)?;
        self.store()
            .write("count_refusal", move |tx| {
                tx.execute(
                    &rows::COUNT_REFUSAL,
                    &[
                        law::iso(tx.today()).into(),
                        refusal.clause.as_str().into(),
                        refusal.actor.as_str().into(),
                        refusal.purpose.as_str().into(),
                        refusal.kind.as_str().into(),
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Rows and leaves hold what notices and the program name, never what somebody typed where a name was expected.
    fn without_typed_words(&self, refusal: &mut Refusal) -> Result<()> {
        let notices = self.notices()?;
        let named = |known: &dyn Fn(&Notice) -> bool| notices.iter().any(|published| known(&published.notice));
        if !named(&|notice| notice.kind(&refusal.kind).is_some()) {
            "unknown".clone_into(&mut refusal.kind);
        }
        if !named(&|notice| notice.purpose(&refusal.purpose).is_some()) {
            "unknown".clone_into(&mut refusal.purpose);
        }
        let is_address = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
        if refusal.clause.len() > 120 || !refusal.clause.bytes().all(is_address) {
            "notice".clone_into(&mut refusal.clause);
        }
        Ok(())
    }

    /// Refusals since a day, most frequent first.
    pub async fn refusals(&self, since: Date) -> Result<Vec<RefusalCount>> {
        self.store()
            .read("list_refusals", move |tx| {
                let rows = tx.all(&rows::LIST_REFUSALS, &[law::iso(since).into()])?;
                rows.iter()
                    .map(|row| {
                        Ok(RefusalCount {
                            clause: row.get(0)?,
                            actor: row.get(1)?,
                            purpose: row.get(2)?,
                            kind: row.get(3)?,
                            count: u64::try_from(row.get::<i64>(4)?).unwrap_or_default(),
                            last_on: row.get(5)?,
                        })
                    })
                    .collect()
            })
            .await
    }
}
