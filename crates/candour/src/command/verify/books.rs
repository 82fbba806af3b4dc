//! Whether the records of a pack say what its log says: two books, kept in one transaction. Compared are sweeps, restores,
//! confirmed dates and destroyed keys, where both books have the day.

use super::Verdict;
use super::records::{Confirmation, Day, Ended, Epoch, FOLDER, Records, Restored, Run};
use jiff::Span;
use law::{Date, Timestamp};
use ledger::{Effect, Leaf};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;

/// For how many years the program keeps its runs.
const RUNS_YEARS: i64 = 2;

/// How many hours a restore takes at the most, from its row to its entry: a long one, and a night in which it was interrupted.
const RESTORE_HOURS: i64 = 48;

/// What the log tells of that records tell of too.
#[derive(Default)]
pub(super) struct Told {
    sweeps: Vec<Entry>,
    restores: Vec<Entry>,
    confirmed: Vec<Entry>,
    /// By the day of the key.
    destroyed: BTreeMap<String, Vec<Entry>>,
    /// The last index of each hour that has entries.
    hours: BTreeMap<i64, u64>,
    /// The hour of the first entry that is kept.
    first: Option<i64>,
}

#[derive(Clone, Copy)]
struct Entry {
    index: u64,
    hour: i64,
    count: u64,
}

impl Told {
    /// Takes an entry in, in the order of the log.
    pub(super) fn add(&mut self, index: u64, leaf: &Leaf) {
        let entry = Entry { index, hour: leaf.hour, count: leaf.count.into() };
        self.first.get_or_insert(leaf.hour);
        self.hours.insert(leaf.hour, index);
        match leaf.effect {
            Effect::SweepRun => self.sweeps.push(entry),
            Effect::Restore => self.restores.push(entry),
            Effect::ClockConfirmed => self.confirmed.push(entry),
            Effect::EpochDestroyed => {
                for day in leaf.clauses.iter().filter_map(|clause| clause.strip_prefix("epoch.")) {
                    self.destroyed.entry(day.to_owned()).or_default().push(entry);
                }
            }
            _ => {}
        }
    }
}

/// Compares them, where both are covered, and says what could not be compared. `signed` is how many entries the newest of the
/// daily checkpoints covers.
pub(super) fn compare(records: &Records, told: &Told, pruned: u64, signed: u64, verdict: &mut Verdict) {
    let mut books = Books {
        from: records.covers.from.map(|day| day.0),
        until: records.covers.until.div_euclid(HOUR_MS),
        signed,
        // Entries of neighbouring hours may stand in another order than that of the hours.
        pruned: told.first.filter(|_| pruned > 0).map(|first| first.saturating_add(1)),
        lost: Vec::new(),
    };
    books.checkpoints(told, verdict);
    // First what excuses the others.
    books.restores(&records.restores, &told.restores, verdict);
    books.confirmations(&records.confirmations, &told.confirmed, verdict);
    books.epochs(&records.epochs, &told.destroyed, verdict);
    books.sweeps(&records.runs, &told.sweeps, verdict);
}

/// What both books have.
struct Books {
    /// The first day of the records.
    from: Option<Date>,
    /// The hour in which the records end.
    until: i64,
    /// How many entries the newest checkpoint in them covers.
    signed: u64,
    /// Up to which hour entries may be no longer kept.
    pruned: Option<i64>,
    /// What was lost when a copy took the database's place.
    lost: Vec<Lost>,
}

/// The records of these days, of entries that stand before that of the restore.
struct Lost {
    from: Date,
    to: Date,
    before: u64,
}

/// How many stand alike, and how many stand in one book and cannot be looked for in the other.
#[derive(Default)]
struct Count {
    alike: u64,
    apart: u64,
}

impl Count {
    fn say(&self, what: &str, verdict: &mut Verdict) {
        let Self { alike, apart } = self;
        verdict.say(format!("{what} that stand alike in the records and in the log: {alike}."));
        if *apart > 0 {
            verdict.say(format!(
                "Not comparable: {apart} of them, of days that the records do not cover, that a restored copy did not know, or \
                 whose entries are no longer kept."
            ));
        }
    }
}

impl Books {
    /// Whether the records know of an entry: it was there before they were read, as its hour says or the newest checkpoint in them.
    fn covers(&self, index: u64, hour: i64) -> bool {
        (hour < self.until || index < self.signed) && self.is_known(index, day_of(hour))
    }

    /// Whether the records know a day as it was when an entry was made.
    fn is_known(&self, index: u64, day: Date) -> bool {
        let is_lost = self.lost.iter().any(|lost| index < lost.before && (lost.from..=lost.to).contains(&day));
        self.from.is_none_or(|from| from <= day) && !is_lost
    }

    fn is_pruned(&self, hour: i64) -> bool {
        self.pruned.is_some_and(|last| hour <= last)
    }

    /// A pack is made of a log that was just published: the last checkpoint of a day covers all but the last hours.
    fn checkpoints(&self, told: &Told, verdict: &mut Verdict) {
        let signed = self.signed;
        let before = told.hours.range(..self.until.saturating_sub(1));
        let newest = before.filter(|(hour, _)| self.from.is_none_or(|from| from <= day_of(**hour)));
        if newest.map(|(_, index)| *index).max().is_some_and(|index| signed <= index) {
            let says = format!("The last checkpoint in it covers {signed} entries: those of later days are missing.");
            verdict.find("checkpoints.txt", None, says);
        }
    }

    /// A restore is believed, and excuses what its copy did not know, where the log tells of it.
    fn restores(&mut self, rows: &[Restored], entries: &[Entry], verdict: &mut Verdict) {
        let (file, mut count, mut open) = (format!("{FOLDER}/restores.jsonl"), Count::default(), entries.to_vec());
        for (line, row) in (0..).zip(rows) {
            let hour = row.at.div_euclid(HOUR_MS);
            if row.finished != 1 || row.day.0 != day_at(row.at) || row.copy_day > row.day {
                verdict.find(&file, Some(line), "This restore did not end, or its days cannot be.");
                continue;
            }
            let soon = hour..=hour.saturating_add(RESTORE_HOURS);
            let place = open.iter().position(|one| soon.contains(&one.hour) && one.count == row.done());
            let before = if let Some(place) = place {
                count.alike += 1;
                open.remove(place).index
            } else if self.is_pruned(hour) {
                count.apart += 1;
                u64::MAX
            } else {
                let says = format!(
                    "A restore of {} did {} things again, and the log does not tell of it.",
                    iso(row.day),
                    row.done()
                );
                verdict.find(&file, Some(line), says);
                continue;
            };
            self.lost.push(Lost { from: row.copy_day.0, to: row.day.0, before });
        }
        for Entry { index, hour, .. } in open {
            // Its row may be of the day before.
            if self.covers(index, hour) && self.is_known(index, day_of(hour.saturating_sub(RESTORE_HOURS))) {
                let says = format!("The log tells of a restore on {}; none was recorded.", law::iso(day_of(hour)));
                verdict.find("log", Some(index), says);
            } else {
                count.apart += 1;
            }
        }
        count.say("Restores", verdict);
    }

    fn confirmations(&self, rows: &[Confirmation], entries: &[Entry], verdict: &mut Verdict) {
        let (file, mut count, mut open) =
            (format!("{FOLDER}/confirmations.jsonl"), Count::default(), by(entries, |_| 0));
        for (line, row) in (0..).zip(rows) {
            let hour = row.at.div_euclid(HOUR_MS);
            if row.day.0 != day_at(row.at) {
                verdict.find(&file, Some(line), "The date that was confirmed is not that of its hour.");
            } else if open.get_mut(&(hour, 0)).and_then(Vec::pop).is_some() {
                count.alike += 1;
            } else if self.is_pruned(hour) {
                count.apart += 1;
            } else {
                let says = format!("The date {} was confirmed, and the log does not tell of it.", iso(row.day));
                verdict.find(&file, Some(line), says);
            }
        }
        for ((hour, _), index) in left(open) {
            if self.covers(index, hour) {
                let says =
                    format!("The log tells of a date confirmed on {}; none was recorded.", law::iso(day_of(hour)));
                verdict.find("log", Some(index), says);
            } else {
                count.apart += 1;
            }
        }
        count.say("Confirmed dates", verdict);
    }

    fn epochs(&self, rows: &[Epoch], entries: &BTreeMap<String, Vec<Entry>>, verdict: &mut Verdict) {
        let (file, mut count, mut open) = (format!("{FOLDER}/epochs.jsonl"), Count::default(), entries.clone());
        for (line, row) in (0..).zip(rows) {
            let Some(destroyed_on) = row.destroyed_on else { continue };
            let told = open.remove(&iso(row.day)).unwrap_or_default();
            // A copy that did not know it writes the day of its restore.
            let settled = self.lost.iter().any(|lost| is_on(destroyed_on.0, lost.to));
            let alike = |one: &Entry| {
                let day = day_of(one.hour);
                is_on(day, destroyed_on.0) || settled && day <= destroyed_on.0
            };
            if row.closed_on.is_none_or(|closed_on| closed_on > destroyed_on) {
                verdict.find(&file, Some(line), "This key was destroyed before it was closed.");
            } else if told.iter().any(alike) {
                count.alike += 1;
            } else if told.is_empty() && (settled || self.pruned.is_some_and(|last| destroyed_on.0 <= day_of(last))) {
                count.apart += 1;
            } else {
                let (day, on) = (iso(row.day), iso(destroyed_on));
                let says =
                    format!("The key of {day} was destroyed on {on}, and the log does not tell of it on that day.");
                verdict.find(&file, Some(line), says);
            }
        }
        for (day, entries) in open {
            let of = law::parse_iso(&day);
            for Entry { index, hour, .. } in entries {
                if of.is_some_and(|day| self.is_known(index, day)) && self.covers(index, hour) {
                    let says = format!("The log tells that the key of {day} was destroyed; the records do not.");
                    verdict.find("log", Some(index), says);
                } else {
                    count.apart += 1;
                }
            }
        }
        count.say("Destroyed keys", verdict);
    }

    fn sweeps(&self, rows: &[Run], entries: &[Entry], verdict: &mut Verdict) {
        let (file, mut count) = (format!("{FOLDER}/runs.jsonl"), Count::default());
        let mut open = by(entries, |entry| entry.count);
        let swept =
            |run: &Run| run.job == "sweep" && run.outcome == Ended::Done && run.count.saturating_add(run.held) > 0;
        for (line, run) in (0..).zip(rows).filter(|(_, run)| swept(run)) {
            let hour = run.at.div_euclid(HOUR_MS);
            if open.get_mut(&(hour, run.count.min(u32::MAX.into()))).and_then(Vec::pop).is_some() {
                count.alike += 1;
            } else if self.is_pruned(hour) {
                count.apart += 1;
            } else {
                let says = format!(
                    "A sweep of {} destroyed {} records, and the log does not tell of it.",
                    iso(run.day),
                    run.count
                );
                verdict.find(&file, Some(line), says);
            }
        }
        // Older runs are no longer kept.
        let kept = day_of(self.until).saturating_sub(Span::new().years(RUNS_YEARS));
        for ((hour, many), index) in left(open) {
            let day = day_of(hour);
            if self.covers(index, hour) && kept <= day {
                let day = law::iso(day);
                let says =
                    format!("The log tells of a sweep on {day} that destroyed {many} records; no run was recorded.");
                verdict.find("log", Some(index), says);
            } else {
                count.apart += 1;
            }
        }
        count.say("Sweeps", verdict);
    }
}

/// The indexes of entries by their hour and a number.
type ByHour = BTreeMap<(i64, u64), Vec<u64>>;

fn by(entries: &[Entry], number: impl Fn(&Entry) -> u64) -> ByHour {
    let mut all = ByHour::new();
    for entry in entries {
        all.entry((entry.hour, number(entry))).or_default().push(entry.index);
    }
    all
}

fn left(open: ByHour) -> impl Iterator<Item = ((i64, u64), u64)> {
    open.into_iter().flat_map(|(key, indexes)| indexes.into_iter().map(move |index| (key, index)))
}

/// Whether something was written on a day, or in the night after it.
fn is_on(day: Date, of: Date) -> bool {
    day == of || of.tomorrow().is_ok_and(|next| day == next)
}

fn iso(day: Day) -> String {
    law::iso(day.0)
}

/// The civil day of an instant.
fn day_at(ms: i64) -> Date {
    law::london_day(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The civil day of an hour.
fn day_of(hour: i64) -> Date {
    day_at(hour.saturating_mul(HOUR_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 November 2026, at noon.
    const NOON: i64 = 498_204;

    fn epoch(line: &str) -> Epoch {
        serde_json::from_str(line).expect("a record")
    }

    fn books() -> Books {
        Books { from: None, until: NOON + 100, signed: 0, pruned: None, lost: Vec::new() }
    }

    /// What is found when the log tells at noon that the key of 18 October was destroyed.
    fn found(books: &Books, rows: &[Epoch]) -> bool {
        let entry = Entry { index: 7, hour: NOON, count: 1 };
        let mut verdict = Verdict::default();
        books.epochs(rows, &BTreeMap::from([("2026-10-18".to_owned(), vec![entry])]), &mut verdict);
        !verdict.is_whole()
    }

    #[test]
    fn a_destroyed_key_stands_in_both_books_on_the_same_day() {
        assert_eq!(law::iso(day_of(NOON)), "2026-11-01");
        let good = || epoch(r#"{"day":"2026-10-18","closed_on":"2026-10-19","destroyed_on":"2026-11-01"}"#);
        assert!(!found(&books(), &[good()]));
        assert!(found(&books(), &[]), "a key that the records do not have");
        let old = epoch(r#"{"day":"2020-01-01","closed_on":"2020-01-02","destroyed_on":"2020-01-14"}"#);
        assert!(found(&books(), &[good(), old]), "a key that the log does not have");
        let early = epoch(r#"{"day":"2026-10-18","closed_on":"2026-10-19","destroyed_on":"2026-10-25"}"#);
        assert!(found(&books(), &[early]), "another day");
        let open = epoch(r#"{"day":"2026-10-18","closed_on":null,"destroyed_on":"2026-11-01"}"#);
        assert!(found(&books(), &[open]), "never closed");
    }

    #[test]
    fn what_a_book_does_not_cover_is_no_finding() {
        let late = Books { from: law::parse_iso("2026-10-19"), ..books() };
        assert!(!found(&late, &[]));
        assert!(!found(&Books { until: NOON, signed: 7, ..books() }, &[]));
        assert!(found(&Books { until: NOON, signed: 8, ..books() }, &[]), "a checkpoint in the records covers it");
        let day = day_of(NOON);
        let lost = |from, to, before| Books { lost: vec![Lost { from, to, before }], ..books() };
        let key = law::parse_iso("2026-10-18").expect("a day");
        assert!(!found(&lost(key, day, 8), &[]));
        assert!(found(&lost(key, day, 7), &[]), "destroyed after the restore");
        // After a restore the records have the day of the restore, and the log the day before.
        let settled = epoch(r#"{"day":"2026-10-18","closed_on":"2026-10-19","destroyed_on":"2026-11-04"}"#);
        let restored = law::parse_iso("2026-11-04").expect("a day");
        assert!(!found(&lost(restored, restored, 9), &[settled]));
        let pruned = epoch(r#"{"day":"2020-01-01","closed_on":"2020-01-02","destroyed_on":"2020-01-14"}"#);
        assert!(!found(&Books { pruned: Some(NOON), until: NOON, ..books() }, &[pruned]));
    }
}
