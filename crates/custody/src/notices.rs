//! Published notices are rows: a notice comes into force by being published, never by editing a file.
//!
//! Notices stand in the order in which they were published. One that is published later and comes into force no later puts
//! an earlier one aside: that is how a published notice is taken back before its day.

use crate::{Actor, Custody, Error, Rehearsed, Result, rows};
use jiff::Span;
use law::Date;
use ledger::Effect;
use notice::{Difference, Digest, Notice};
use std::sync::Arc;
use store::Tx;

/// A published notice.
#[derive(Clone)]
pub struct Published {
    /// What it says.
    pub notice: Arc<Notice>,
    /// The file as it was published.
    pub text: Arc<str>,
    /// SHA-256 of its canonical form.
    pub digest: Digest,
    /// When it was published.
    pub published_on: Date,
    /// From when it is in force.
    pub effective_on: Date,
    /// The role that approved it: `operator` for the first, and for one that no two officers could approve.
    pub approved_by: String,
    /// The notice of which people last heard before it, and with which it is compared; `None` for the first.
    pub follows: Option<Digest>,
    /// Whether the difference was one of which people are told before it takes effect.
    pub significant: bool,
    /// Whether a later publication put it aside: from that one's first day on it is never in force.
    pub aside: bool,
}

/// What publishing a notice today would come to.
#[derive(Clone)]
pub struct Plan {
    /// The notice that would be in force on its day without it; `None` for the first.
    pub follows: Option<Published>,
    /// What differs between the two.
    pub difference: Difference,
    /// The notice of which people last heard: the last that was published, in force or to come.
    pub heard: Option<Published>,
    /// What differs from that: what people are shown, and told.
    pub news: Difference,
    /// From when it would be in force: its own day or today, and no earlier than people have known of a significant
    /// difference for as long as the notice in force promises.
    pub effective_on: Date,
}

impl Plan {
    /// Whether people are told of it by mail: something significant differs from what is in force, or from what they heard.
    pub fn is_significant(&self) -> bool {
        self.difference.is_significant() || self.news.is_significant()
    }

    /// Whether a rehearsal still says what would happen: it counted for the same first day and against the same notice, on
    /// this day or the day before.
    pub fn is_rehearsed(&self, rehearsed: &Rehearsed, today: Date) -> bool {
        let against = self.follows.as_ref().map(|one| one.digest);
        let fresh = rehearsed.on <= today && rehearsed.on.saturating_add(Span::new().days(REHEARSAL_DAYS)) > today;
        fresh && rehearsed.effective_on == self.effective_on && Some(rehearsed.against) == against
    }
}

/// For how many days a rehearsal stands, the day it was made included.
const REHEARSAL_DAYS: i64 = 2;

/// Who hears of a published notice by mail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    Nobody,
    Subjects,
}

/// A notice on its way into the rows.
pub(crate) struct Publishing<'a> {
    pub text: &'a str,
    pub notice: &'a Notice,
    pub approved_by: &'a str,
    /// The officer who approved it; `None` for the operator at the command line.
    pub officer: Option<&'a Actor>,
    pub plan: &'a Plan,
    pub telling: Telling,
}

impl Custody {
    /// Publishes a notice of which nobody needs to be told, such as the first: its own day, or today where that has passed.
    /// The first is in force as it says, even in the past, for nothing was held before it. Publishing what stands already
    /// changes nothing and says so with `false`. Stored due days follow in the next minute, by whoever serves; opening
    /// computes its own. The caller has refused notices with errors.
    pub fn publish(&self, text: &str, notice: &Notice, approved_by: &str) -> Result<bool> {
        self.publish_by(text, notice, approved_by, |list, notice, today| {
            let mut plan = plan(list, notice, today);
            plan.effective_on = own_day(list, notice, today);
            (plan, Telling::Nobody)
        })
    }

    /// Publishes a notice as its plan says: a significant difference waits, and people are told of it.
    pub fn publish_planned(&self, text: &str, notice: &Notice, approved_by: &str) -> Result<bool> {
        self.publish_by(text, notice, approved_by, |list, notice, today| {
            let plan = plan(list, notice, today);
            let telling = telling(&plan);
            (plan, telling)
        })
    }

    fn publish_by(
        &self,
        text: &str,
        notice: &Notice,
        approved_by: &str,
        how: fn(&[Published], &Notice, Date) -> (Plan, Telling),
    ) -> Result<bool> {
        let (text, notice, approved_by) = (text.to_owned(), notice.clone(), approved_by.to_owned());
        let custody = self.clone();
        let published = self.write_blocking("publish_notice", move |tx| {
            let (plan, telling) = how(&list(tx)?, &notice, tx.today());
            let publishing = Publishing {
                text: &text,
                notice: &notice,
                approved_by: &approved_by,
                officer: None,
                plan: &plan,
                telling,
            };
            custody.insert_notice(tx, &publishing)
        });
        // Also where the journal could not be written: it is published all the same.
        self.reload_notices()?;
        published
    }

    /// Writes a notice with its place in the order of publishing. `false` where it stands already. The caller reads the
    /// notices again after the commit.
    pub(crate) fn insert_notice(&self, tx: &mut Tx<'_>, new: &Publishing<'_>) -> Result<bool> {
        let digest = new.notice.digest();
        let added = tx.execute(
            &rows::INSERT_NOTICE,
            &[
                digest.0.into(),
                new.notice.head().version.as_str().into(),
                new.text.into(),
                tx.today().into(),
                new.plan.effective_on.into(),
                new.approved_by.into(),
            ],
        )?;
        if added == 0 {
            return Ok(false);
        }
        let n = tx.one(&rows::LAST_PUBLICATION, &[])?.get::<Option<i64>>(0)?.unwrap_or_default() + 1;
        let heard = new.plan.heard.as_ref().map(|one| one.digest.0);
        let telling = match new.telling {
            Telling::Nobody => "nobody",
            Telling::Subjects => "open",
        };
        let significant = new.plan.is_significant();
        let values = [digest.0.into(), n.into(), heard.into(), significant.into(), telling.into()];
        tx.execute(&rows::INSERT_PUBLICATION, &values)?;
        self.leave_notice(tx, Effect::NoticePublished, Some(digest), new.officer)?;
        self.owe(tx, vault::Effect::Notice, digest.0)?;
        Ok(true)
    }

    /// What publishing a notice today would come to.
    pub fn plan(&self, notice: &Notice) -> Result<Plan> {
        Ok(plan(&self.notices()?, notice, self.store().clock().today()))
    }

    /// Reads the published notices again; another process may have published one.
    pub fn reload_notices(&self) -> Result<()> {
        let list = self.store().read_blocking("list_notices", list)?;
        self.set_notices(list)
    }

    /// The same where waiting would hold up others: after a request has published one.
    pub async fn read_notices(&self) -> Result<()> {
        let list = self.store().read("list_notices", list).await?;
        self.set_notices(list)
    }

    /// The notice in force on a day: of those effective by then, the latest.
    pub fn in_force(&self, today: Date) -> Result<Arc<Notice>> {
        self.published_on(today).map(|published| published.notice)
    }

    /// The same, with when and by whom it was published.
    pub fn published_on(&self, today: Date) -> Result<Published> {
        on(&self.notices()?, today).cloned().ok_or(Error::NoNotice)
    }

    /// A published notice by its digest.
    pub fn published(&self, digest: Digest) -> Result<Arc<Notice>> {
        let list = self.notices()?;
        list.iter()
            .find(|published| published.digest == digest)
            .map(|published| published.notice.clone())
            .ok_or(Error::NoNotice)
    }

    /// Every published notice, in the order of publishing.
    pub fn history(&self) -> Result<Vec<Published>> {
        Ok(self.notices()?.to_vec())
    }
}

/// The notice in force on a day.
fn on(list: &[Published], day: Date) -> Option<&Published> {
    list.iter().rev().find(|published| !published.aside && published.effective_on <= day)
}

/// The day that a notice gives itself, and no day that has passed unless it is the first.
fn own_day(list: &[Published], notice: &Notice, today: Date) -> Date {
    if list.is_empty() { notice.head().effective } else { notice.head().effective.max(today) }
}

/// What publishing a notice on `today` comes to. It is compared with the notice that is in force on its own day, so that one
/// which takes back what was published and has not begun need not wait. Where that makes it wait, it follows whatever is in
/// force on the later day: what waits once waits, so that there are two days at most.
pub(crate) fn plan(list: &[Published], notice: &Notice, today: Date) -> Plan {
    let own_day = own_day(list, notice, today);
    let compared = |day| {
        let follows = on(list, day).or(list.last());
        (follows, difference(follows, notice))
    };
    let (mut follows, mut differs) = compared(own_day);
    let wait = on(list, today).and_then(|force| force.notice.change()).and_then(|change| change.wait);
    let known_for = wait.filter(|_| differs.is_significant()).map(|wait| wait.after(today).unwrap_or(Date::MAX));
    let effective_on = own_day.max(known_for.unwrap_or(own_day));
    let later = on(list, effective_on).or(list.last());
    if later.map(|one| one.digest) != follows.map(|one| one.digest) {
        (follows, differs) = compared(effective_on);
    }
    let heard = list.last();
    let same = heard.map(|one| one.digest) == follows.map(|one| one.digest);
    let news = if same { differs.clone() } else { difference(heard, notice) };
    Plan { follows: follows.cloned(), difference: differs, heard: heard.cloned(), news, effective_on }
}

fn difference(old: Option<&Published>, new: &Notice) -> Difference {
    old.map(|old| notice::diff(&old.notice, new)).unwrap_or_default()
}

/// Whether anybody hears of it by mail: of a significant difference, those whom either notice names.
pub(crate) fn telling(plan: &Plan) -> Telling {
    if plan.is_significant() { Telling::Subjects } else { Telling::Nobody }
}

/// The digests of the published notices, in their own order.
pub(crate) fn digests(tx: &mut Tx<'_>) -> Result<Vec<Digest>> {
    tx.all(&rows::LIST_DIGESTS, &[])?.iter().map(|row| Ok(Digest(row.get(0)?))).collect()
}

/// The same of notices that were read before.
pub(crate) fn digests_of(list: &[Published]) -> Vec<Digest> {
    let mut digests: Vec<Digest> = list.iter().map(|one| one.digest).collect();
    digests.sort_unstable();
    digests
}

/// Writes a notice that a restored copy lacks, as it was published. People who were to be told of it and may not have been are
/// told again.
pub(crate) fn readmit(
    tx: &mut Tx<'_>,
    text: &str,
    notice: &Notice,
    (published_on, effective_on): (Date, Date),
    approved_by: &str,
) -> Result<()> {
    let known = list(tx)?;
    let plan = plan(&known, notice, published_on);
    let digest = notice.digest();
    let values = [digest.0.into(), notice.head().version.as_str().into(), text.into()];
    let days = [published_on.into(), effective_on.into(), approved_by.into()];
    if tx.execute(&rows::INSERT_NOTICE, &[values, days].concat())? == 0 {
        return Ok(());
    }
    let n = tx.one(&rows::LAST_PUBLICATION, &[])?.get::<Option<i64>>(0)?.unwrap_or_default() + 1;
    let heard = plan.heard.as_ref().map(|one| one.digest.0);
    let telling = match telling(&plan) {
        Telling::Nobody => "nobody",
        Telling::Subjects if effective_on > tx.today() => "open",
        Telling::Subjects => "done",
    };
    let values = [digest.0.into(), n.into(), heard.into(), plan.is_significant().into(), telling.into()];
    tx.execute(&rows::INSERT_PUBLICATION, &values)?;
    Ok(())
}

/// The published notices as their rows have them.
pub(crate) fn list(tx: &mut Tx<'_>) -> Result<Vec<Published>> {
    let rows = tx.all(&rows::LIST_NOTICES, &[])?;
    let mut list: Vec<Published> = rows
        .iter()
        .map(|row| {
            let text: String = row.get(1)?;
            let read = notice::read(&text).map_err(|_| Error::Nonsense("a published notice cannot be read"))?;
            let notice = read.notice.ok_or(Error::Nonsense("a published notice is not whole"))?;
            let digest = Digest(row.get(0)?);
            if notice.digest() != digest {
                return Err(Error::Nonsense("a published notice does not have its digest"));
            }
            Ok(Published {
                notice: Arc::new(notice),
                text: text.into(),
                digest,
                published_on: row.get(2)?,
                effective_on: row.get(3)?,
                approved_by: row.get(4)?,
                follows: row.get::<Option<[u8; 32]>>(5)?.map(Digest),
                significant: row.get(6)?,
                aside: false,
            })
        })
        .collect::<Result<_>>()?;
    for n in 0..list.len() {
        let (before, after) = list.split_at_mut(n + 1);
        before[n].aside = after.iter().any(|later| later.effective_on <= before[n].effective_on);
    }
    Ok(list)
}
