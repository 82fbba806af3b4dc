//! The records of an auditor's pack, each line in its own form: what else stands there is refused.

use super::source::Source;
use super::{Cannot, Verdict};
use law::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The folder of the records in a pack.
pub(super) const FOLDER: &str = "records";

/// The most bytes of a file of records: those of two years of a large service, ten times over.
const LARGEST: u64 = 32 << 20;

/// The most bytes of a line.
const LINE: usize = 4_096;

/// A civil day as records write it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Day(pub Date);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        law::parse_iso(&text).map(Self).ok_or("no day")
    }
}

/// From which day on, and until which instant, the records are complete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Covers {
    pub from: Option<Day>,
    pub until: i64,
}

/// A run of a job.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub job: String,
    pub day: Day,
    pub at: i64,
    pub count: u64,
    pub held: u64,
    pub outcome: Ended,
}

/// How a run ended.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ended {
    Done,
    Failed,
    StoppedClock,
}

/// A copy that took the database's place: the rows of the days between are lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Restored {
    pub at: i64,
    pub day: Day,
    pub copy_day: Day,
    #[serde(rename = "until_day")]
    _until_day: Day,
    pub finished: u8,
    #[serde(rename = "leaves")]
    _leaves: u64,
    erased: u64,
    shut: u64,
    closed: u64,
    applied: u64,
}

impl Restored {
    /// How many things were done again: what its entry counts.
    pub(super) fn done(&self) -> u64 {
        [self.erased, self.shut, self.closed, self.applied].into_iter().fold(0, u64::saturating_add)
    }
}

/// A date that a person confirmed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    #[serde(rename = "n")]
    _n: u64,
    pub at: i64,
    pub day: Day,
    #[serde(rename = "witnessed_on")]
    _witnessed_on: Option<Day>,
}

/// The key of a day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Epoch {
    pub day: Day,
    pub closed_on: Option<Day>,
    pub destroyed_on: Option<Day>,
}

/// What falls due on a day, counted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "nothing vouches for it: it is read so that nothing else stands in its place")]
struct Forecast {
    due_on: Day,
    kind: String,
    count: u64,
    recorded_first: Day,
    recorded_last: Day,
}

/// What the notice refused on a day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "nothing vouches for it: it is read so that nothing else stands in its place")]
struct Refusal {
    day: Day,
    clause: String,
    actor: String,
    purpose: String,
    kind: String,
    count: u64,
}

/// What officers released beyond the budget.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "nothing vouches for it: it is read so that nothing else stands in its place")]
struct Release {
    id: String,
    reason: String,
    up_to: u64,
    used: u64,
    asked_on: Day,
    ends_on: Day,
}

/// What a day could destroy, and did, without a forecast.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "nothing vouches for it: it is read so that nothing else stands in its place")]
struct Budget {
    day: Day,
    unforeseen_most: u64,
    unforeseen: u64,
}

/// What can be compared with the log.
pub(super) struct Records {
    pub covers: Covers,
    pub runs: Vec<Run>,
    pub restores: Vec<Restored>,
    pub confirmations: Vec<Confirmation>,
    pub epochs: Vec<Epoch>,
}

/// Reads every file of records; `None`, and a finding, where it cannot be known what they cover.
pub(super) fn read(source: &Source, verdict: &mut Verdict) -> Result<Option<Records>, Cannot> {
    lines::<Forecast>(source, "forecast.jsonl", verdict)?;
    lines::<Refusal>(source, "refusals.jsonl", verdict)?;
    lines::<Release>(source, "releases.jsonl", verdict)?;
    lines::<Budget>(source, "sweeps.jsonl", verdict)?;
    let (runs, restores) = (lines(source, "runs.jsonl", verdict)?, lines(source, "restores.jsonl", verdict)?);
    let confirmations = lines(source, "confirmations.jsonl", verdict)?;
    let epochs = lines(source, "epochs.jsonl", verdict)?;
    let covers = source.read(&format!("{FOLDER}/covers.json"))?.and_then(|text| serde_json::from_slice(&text).ok());
    if covers.is_none() {
        verdict.find(format!("{FOLDER}/covers.json"), None, "It is missing, or not what the program writes.");
    }
    Ok(covers.map(|covers| Records { covers, runs, restores, confirmations, epochs }))
}

/// The objects of a file, one a line.
fn lines<T: DeserializeOwned>(source: &Source, name: &str, verdict: &mut Verdict) -> Result<Vec<T>, Cannot> {
    let name = format!("{FOLDER}/{name}");
    let Some(text) = source.read_up_to(&name, LARGEST)? else {
        verdict.find(name, None, "It is missing.");
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (n, line) in (0..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let read = (line.len() <= LINE).then(|| serde_json::from_slice(line).ok()).flatten();
        match read {
            Some(one) => all.push(one),
            None => verdict.find(&name, Some(n), "This line is not what the program writes."),
        }
    }
    Ok(all)
}
