//! Rehearsing a notice: what it would make due, counted without writing anything.
//!
//! Every holding is looked at twice: when it falls due under its own notice and the one that the candidate would follow, and
//! when under its own and the candidate. What falls due earlier is counted, by people and by records.

use crate::retention::{CHUNK, Cursor, START};
use crate::{Custody, Error, Plan, Published, Result, Terms, rows};
use law::Date;
use notice::{Digest, Notice};
use std::collections::{BTreeMap, HashMap};
use store::{Row, Tx};

/// For how many days from its first a rehearsal counts day by day.
pub const REHEARSED_DAYS: i64 = 60;

/// What a notice would make due earlier than it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// The day on which the notice would come into force: nothing falls due by it before.
    pub effective_on: Date,
    /// The notice that it would follow.
    pub against: Digest,
    /// What falls due earlier: in all, by kind, by day, and by both.
    pub counts: Vec<Counted>,
}

/// How much falls due earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Of one kind; of all where `None`.
    pub kind: Option<String>,
    /// On one of the first sixty days; on any day where `None`.
    pub day: Option<Date>,
    /// How many people.
    pub people: u64,
    /// How many records.
    pub holdings: u64,
}

/// A page of holdings with the clocks of their people.
struct Page {
    holdings: Vec<Seen>,
    clocks: HashMap<Cursor, Vec<(String, Date)>>,
    last: Option<Cursor>,
}

struct Seen {
    person: [u8; 16],
    ground: [u8; 16],
    kind: String,
    taken: Digest,
}

/// Counts by kind and day. Holdings come in the order of their people, so the last person is all that must be remembered.
#[derive(Default)]
struct Tally(BTreeMap<(Option<String>, Option<Date>), Bucket>);

/// What is counted of one kind on one day.
#[derive(Default)]
struct Bucket {
    /// The person who was counted last. An id of zeroes stands for nobody.
    last: [u8; 16],
    people: u64,
    holdings: u64,
}

impl Rehearsal {
    /// In all: people and records.
    pub fn total(&self) -> (u64, u64) {
        let all = self.counts.iter().find(|one| one.kind.is_none() && one.day.is_none());
        all.map_or((0, 0), |all| (all.people, all.holdings))
    }

    /// By kind, over all days.
    pub fn by_kind(&self) -> impl Iterator<Item = &Counted> {
        self.counts.iter().filter(|one| one.kind.is_some() && one.day.is_none())
    }

    /// By day, over all kinds.
    pub fn by_day(&self) -> impl Iterator<Item = &Counted> {
        self.counts.iter().filter(|one| one.kind.is_none() && one.day.is_some())
    }
}

impl Custody {
    /// Rehearses a notice as its plan has it. Reads a page at a time, each of its own moment, so that nothing waits for it.
    pub fn rehearse(&self, notice: &Notice, plan: &Plan) -> Result<Rehearsal> {
        self.rehearse_aloud(notice, plan, &mut |_| {})
    }

    /// The same, saying after each page how many records have been looked at.
    pub fn rehearse_aloud(&self, notice: &Notice, plan: &Plan, progress: &mut dyn FnMut(u64)) -> Result<Rehearsal> {
        let (base, effective) = (plan.follows.as_ref().ok_or(Error::NoNotice)?, plan.effective_on);
        let (mut tally, mut looked_at, mut after) = (Tally::default(), 0, Some(START));
        while let Some(from) = after {
            let page = self.store().read_blocking("rehearse", move |tx| page(tx, from))?;
            for seen in &page.holdings {
                if let Some(day) = self.earlier(seen, &page.clocks, base, notice, effective)? {
                    tally.add(seen, day, effective);
                }
            }
            looked_at += page.holdings.len() as u64;
            progress(looked_at);
            after = page.last;
        }
        Ok(Rehearsal { effective_on: effective, against: base.digest, counts: tally.into_counts() })
    }

    /// The day on which a holding would fall due, where that is earlier than it is.
    fn earlier(
        &self,
        seen: &Seen,
        clocks: &HashMap<Cursor, Vec<(String, Date)>>,
        base: &Published,
        notice: &Notice,
        effective: Date,
    ) -> Result<Option<Date>> {
        let clocks = clocks.get(&(seen.person, seen.ground)).map(Vec::as_slice).unwrap_or_default();
        let day_of = |event: &str| clocks.iter().find(|(id, _)| id == event).map(|(_, day)| *day);
        let taken = self.published(seen.taken)?;
        let due = |force: &Notice, since| Terms { taken: &taken, force }.due(&seen.kind, &day_of, since);
        let (before, then) = (due(&base.notice, base.effective_on), due(notice, effective));
        Ok(then.map(|day| day.max(effective)).filter(|day| before.is_none_or(|before| *day < before)))
    }

    /// How many people each kind is held about, by kind.
    pub fn people_by_kind(&self, tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>> {
        tx.all(&rows::COUNT_PEOPLE, &[])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}

impl Tally {
    fn into_counts(self) -> Vec<Counted> {
        let counted = |((kind, day), Bucket { people, holdings, .. })| Counted { kind, day, people, holdings };
        self.0.into_iter().map(counted).collect()
    }

    fn add(&mut self, seen: &Seen, day: Date, effective: Date) {
        let last = effective.saturating_add(jiff::Span::new().days(REHEARSED_DAYS));
        for day in std::iter::once(None).chain((day < last).then_some(Some(day))) {
            for kind in [None, Some(seen.kind.clone())] {
                let bucket = self.0.entry((kind, day)).or_default();
                bucket.people += u64::from(bucket.last != seen.person);
                bucket.holdings += 1;
                bucket.last = seen.person;
            }
        }
    }
}

fn page(tx: &mut Tx<'_>, from: Cursor) -> Result<Page> {
    let rows = tx.all(&rows::PAGE_TO_REHEARSE, &[from.0.into(), from.1.into(), CHUNK.into()])?;
    let last = rows.last().map(|row| Ok::<_, Error>((row.get(0)?, row.get(1)?))).transpose()?;
    let holdings: Vec<Seen> = rows.iter().map(Seen::read).collect::<Result<_>>()?;
    let mut clocks: HashMap<Cursor, Vec<(String, Date)>> = HashMap::new();
    if let (Some(first), Some(end)) = (holdings.first(), holdings.last()) {
        for row in tx.all(&rows::PAGE_CLOCKS, &[first.person.into(), end.person.into()])? {
            clocks.entry((row.get(0)?, row.get(1)?)).or_default().push((row.get(2)?, row.get(3)?));
        }
    }
    Ok(Page { holdings, clocks, last })
}

impl Seen {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self { person: row.get(0)?, kind: row.get(2)?, ground: row.get(3)?, taken: Digest(row.get(4)?) })
    }
}
