//! Whether the sweeps that were recorded in the database are those that the log tells of. Two books, kept in one transaction.

use super::source::Source;
use super::{Cannot, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The folder of the records in a pack.
const FOLDER: &str = "records";

const HOUR_MS: i64 = 3_600_000;

/// The sweeps of a log, in its order: each its index, its hour and how many records it destroyed.
pub(super) type Sweeps = Vec<(u64, i64, u32)>;

/// From which day on, and until which instant, the records are complete.
#[derive(Deserialize)]
struct Covers {
    from: Option<String>,
    until: i64,
}

/// A run of a job.
#[derive(Deserialize)]
struct Run {
    job: String,
    day: String,
    at: i64,
    count: u64,
    held: u64,
    outcome: String,
}

/// A copy that took the database's place: the rows of the days between are lost.
#[derive(Deserialize)]
struct Restored {
    day: String,
    copy_day: String,
}

/// Compares them, where both are covered, and says what could not be compared.
pub(super) fn compare(source: &Source, sweeps: &Sweeps, pruned: u64, verdict: &mut Verdict) -> Result<(), Cannot> {
    let Some(covers) = one::<Covers>(source, "covers.json", verdict)? else { return Ok(()) };
    let runs = lines::<Run>(source, "runs.jsonl", verdict)?;
    let restored = lines::<Restored>(source, "restores.jsonl", verdict)?;
    let first = runs.iter().map(|run| run.day.as_str()).min().unwrap_or_default();
    let from = covers.from.as_deref().unwrap_or(first);
    let lost = |day: &str| restored.iter().any(|one| one.copy_day.as_str() <= day && day <= one.day.as_str());

    let mut open: BTreeMap<(i64, u64), Vec<u64>> = BTreeMap::new();
    for (index, hour, count) in sweeps {
        open.entry((*hour, (*count).into())).or_default().push(*index);
    }
    let (mut agree, mut apart) = (0_u64, 0_u64);
    let swept = |run: &&Run| run.job == "sweep" && run.outcome == "done" && run.count + run.held > 0;
    for (line, run) in (0..).zip(&runs).filter(|(_, run)| swept(run)) {
        let place = open.get_mut(&(run.at.div_euclid(HOUR_MS), run.count.min(u32::MAX.into())));
        match place.and_then(Vec::pop) {
            Some(_) => agree += 1,
            // Its entry may be among those that are no longer kept.
            None if pruned > 0 => apart += 1,
            None => verdict.find(
                format!("{FOLDER}/runs.jsonl"),
                Some(line),
                format!("A sweep of {} destroyed {} records, and the log does not tell of it.", run.day, run.count),
            ),
        }
    }
    for ((hour, count), indices) in open {
        let day = day_of(hour);
        let covered =
            from <= day.as_str() && !first.is_empty() && hour < covers.until.div_euclid(HOUR_MS) && !lost(&day);
        for index in indices {
            if covered {
                let says =
                    format!("The log tells of a sweep on {day} that destroyed {count} records; no run was recorded.");
                verdict.find("log", Some(index), says);
            } else {
                apart += 1;
            }
        }
    }
    verdict.say(format!("Sweeps that stand alike in the records and in the log: {agree}."));
    if apart > 0 {
        verdict.say(format!(
            "Not comparable: {apart} sweeps, of days that the records do not cover, that a restored copy did not know, or whose \
             entries are no longer kept."
        ));
    }
    Ok(())
}

/// The civil day of an hour.
fn day_of(hour: i64) -> String {
    let at = law::Timestamp::from_millisecond(hour.saturating_mul(HOUR_MS)).unwrap_or(law::Timestamp::UNIX_EPOCH);
    law::iso(law::london_day(at))
}

fn one<T: DeserializeOwned>(source: &Source, name: &str, verdict: &mut Verdict) -> Result<Option<T>, Cannot> {
    let name = format!("{FOLDER}/{name}");
    let parsed = source.text(&name)?.and_then(|text| serde_json::from_str(&text).ok());
    if parsed.is_none() {
        verdict.find(name, None, "It is missing, or not what the program writes.");
    }
    Ok(parsed)
}

/// The objects of a file, one a line.
fn lines<T: DeserializeOwned>(source: &Source, name: &str, verdict: &mut Verdict) -> Result<Vec<T>, Cannot> {
    let name = format!("{FOLDER}/{name}");
    let Some(text) = source.text(&name)? else {
        verdict.find(name, None, "It is missing.");
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (line, text) in (0..).zip(text.lines()) {
        match serde_json::from_str(text) {
            Ok(one) => all.push(one),
            Err(_) => verdict.find(&name, Some(line), "This line is not what the program writes."),
        }
    }
    Ok(all)
}
