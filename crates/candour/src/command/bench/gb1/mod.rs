//! GB-1: the published comparison (*GDPRbench*, VLDB 2020), as far as it can be asked of a program whose policy is its notice.
//!
//! A record has a key, data of 100 bytes, and beside them `PUR`, `TTL`, `USR`, `OBJ`, `DEC`, `ACL`, `SHR`, `SRC` and `CAT`. There,
//! all nine stand in each record. Here a record is a holding about a person (`USR`) of one of 100 kinds, and the kind's clauses in
//! the notice say the rest: **policy by reference**. What is decided later stands once too, in a sealed record of terms of the
//! purpose, the recipient or the person it was decided for; a person's objection and the clock of their records are rows of
//! custody's own. Every list shows what holds after all of them, and the model in memory checks every line of it.
//!
//! Every operation is one durable transaction with the check of its purpose, its evidence, and the opening rows of what it opened.
//! What of the published driver cannot be asked so, [`NOTES`] says; the notes are part of every result.

mod act;
mod load;
mod mix;
mod model;
mod plan;
mod records;
mod zipf;

use super::super::Cannot;
use super::figures::{Figures, Samples, ratio, ratio_of};
use super::ids::Ids;
use super::place::Place;
use super::progress::Progress;
use act::Act;
use custody::WITHDRAW_DAYS;
use mix::{WORKLOADS, Workload};
use model::Model;
use plan::Plan;
use records::Records;
pub(super) use records::STATEMENTS;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

/// What differs from the published driver, and why.
pub(super) const NOTES: [&str; 9] = [
    "Policy is by reference: PUR, TTL, SHR, SRC and CAT of a record are clauses of its kind in the notice, ACL, DEC and OBJ follow \
     from the number of its kind, and an update by PUR or SHR is one amended record of terms, not one update a record.",
    "An update of OBJ by USR is an objection to the records' purpose, or takes it back: records then no longer open for that \
     purpose. An update of TTL by USR moves the clock of each of the person's records to today.",
    "A deletion closes the record at once and is destroyed a week later, because people may take it back until then. The \
     destruction is run at the end of the workload and counted in it; the week itself is let pass by moving the clock.",
    "Lists by PUR, OBJ, DEC and USR give what is kept beside the data: sealed data is opened one record at a time, under a permit and \
     with a row that its person sees, and nobody opens thousands at once.",
    "Deletion by PUR or TTL, which the paper names beside USR, is left out: each takes a 25th or a 10th of the store, so that little \
     would be left to measure. The shape `sweep` measures that kind of deletion.",
    "TTL is in days, not seconds, because the law counts days; the published wait for expired rows before each run is left out, as \
     is its read of a log file: the regulator reads the evidence about one person.",
    "The repository has no regulator, so there is one of the paper only. The paper gives operations together; they are shared evenly.",
    "The workloads follow each other on one load, processors first: what one has deleted, the next does not find.",
    "One client, in the process: neither a network nor a page is in these figures. 10,000 people, or 100 below 10,000 records.",
];

/// The result of the comparison.
#[derive(Serialize)]
pub(super) struct Comparison {
    /// How many records were loaded.
    pub records: u64,
    /// About how many people.
    pub people: u64,
    /// How many seconds that took.
    pub load_seconds: f64,
    /// The workloads, in the order in which they ran.
    pub workloads: Vec<Result>,
    /// The time of all workloads together.
    pub seconds: f64,
    /// The share of answers that were the model's, in percent.
    pub correct_percent: f64,
    /// Bytes of the database file for each byte of data, after the load; none on a server.
    pub bytes_for_a_byte: Option<f64>,
    /// What differs from the published driver.
    pub notes: [&'static str; 9],
}

/// The result of a workload.
#[derive(Serialize)]
pub(super) struct Result {
    /// `controller`, `customer`, `processor`, `regulator`.
    pub workload: &'static str,
    /// `repository` or `paper`.
    pub mix: &'static str,
    /// How many operations.
    pub operations: u64,
    /// How many seconds they took.
    pub seconds: f64,
    /// The share of answers that were the model's, in percent.
    pub correct_percent: f64,
    /// By sort of operation.
    pub parts: BTreeMap<&'static str, Figures>,
}

impl Comparison {
    /// How many answers were not the model's.
    pub(super) fn wrong(&self) -> u64 {
        self.workloads.iter().flat_map(|result| result.parts.values()).map(|figures| figures.wrong).sum()
    }
}

/// The comparison while it runs.
struct Run<'a> {
    place: &'a Place,
    ids: Ids,
    records: Records,
    model: Model,
}

/// Loads the records and runs every workload.
pub(super) fn run(place: &Place, seed: u64, records: u64, operations: u64) -> std::result::Result<Comparison, Cannot> {
    let (plan, ids) = (Plan::new(records), Ids(seed));
    let program = Records::new(place, ids, plan)?;
    let model = Model::new(plan, program.declared(), place.today());
    let mut run = Run { place, ids, records: program, model };
    let load_seconds = load::load(&mut run, records)?;
    let bytes_for_a_byte = place.bytes()?.map(|bytes| ratio_of(ratio(bytes, 1.0), run.model.bytes()));
    let workloads = WORKLOADS
        .iter()
        .map(|workload| run.workload(workload, operations))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    place.custody().verify_log()?;
    let checked = workloads.iter().flat_map(|result| result.parts.values()).map(|figures| figures.checked).sum();
    let mut comparison = Comparison {
        records,
        people: plan.users.min(records),
        load_seconds,
        seconds: workloads.iter().map(|result| result.seconds).sum(),
        workloads,
        correct_percent: 0.0,
        bytes_for_a_byte,
        notes: NOTES,
    };
    comparison.correct_percent = percent(comparison.wrong(), checked);
    Ok(comparison)
}

impl Run<'_> {
    fn workload(&mut self, workload: &Workload, operations: u64) -> std::result::Result<Result, Cannot> {
        self.pass_days(1)?;
        let Workload { name, mix, .. } = workload;
        let progress = Progress::new(format!("GB-1 {name} of the {mix}"), operations);
        let (mut random, keys) = (self.ids.generator(&format!("{name} {mix}"), 0), workload.keys(self.model.records()));
        let mut parts: BTreeMap<&'static str, Samples> = BTreeMap::new();
        for done in 1..=operations {
            let act = workload.draw(&mut random, &keys, &self.model);
            self.act(act, parts.entry(act.name()).or_default())?;
            progress.at(done);
        }
        self.destroy(&mut parts)?;
        let seconds = parts.values().map(|samples| samples.total().as_secs_f64()).sum();
        let parts: BTreeMap<_, _> = parts.into_iter().map(|(part, samples)| (part, samples.figures(None))).collect();
        let [checked, wrong] = [|figures: &Figures| figures.checked, |figures: &Figures| figures.wrong]
            .map(|count| parts.values().map(count).sum::<u64>());
        Ok(Result { workload: name, mix, operations, seconds, correct_percent: percent(wrong, checked), parts })
    }

    fn act(&mut self, act: Act, samples: &mut Samples) -> std::result::Result<(), Cannot> {
        let operation = self.model.next_operation();
        let answer = samples.time(|| self.records.answer(act, operation))?;
        samples.check(answer == self.model.answer(act));
        Ok(())
    }

    /// Destroys what was deleted, a week later: one person at a time.
    fn destroy(&mut self, parts: &mut BTreeMap<&'static str, Samples>) -> std::result::Result<(), Cannot> {
        let people = self.model.destroy();
        if people.is_empty() {
            return Ok(());
        }
        self.pass_days(u32::try_from(WITHDRAW_DAYS)?)?;
        let samples = parts.entry("destroy what a person deleted").or_default();
        for (user, records) in people {
            let (place, person) = (self.place, self.records.person(user));
            let erased = samples.time(|| place.erase(person, &AtomicU64::new(0)))?;
            samples.check(erased == records);
        }
        Ok(())
    }

    fn pass_days(&mut self, days: u32) -> std::result::Result<(), Cannot> {
        self.place.pass_days(days)?;
        self.place.settle()?;
        self.model.at(self.place.today());
        Ok(())
    }
}

fn percent(wrong: u64, checked: u64) -> f64 {
    100.0 * (1.0 - ratio_of(ratio(wrong, 1.0), checked))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comparison of a hundred records on a file.
    fn compared(test: impl FnOnce(&mut Run<'_>)) {
        let place = Place::new(None, None, 7).map_err(|why| why.0).expect("a place");
        let (plan, ids) = (Plan::new(100), Ids(7));
        let records = Records::new(&place, ids, plan).map_err(|why| why.0).expect("records");
        let model = Model::new(plan, records.declared(), place.today());
        let mut run = Run { place: &place, ids, records, model };
        load::load(&mut run, 100).map_err(|why| why.0).expect("loaded");
        test(&mut run);
        drop(run);
        place.close().map_err(|why| why.0).expect("closed");
    }

    fn wrong(run: &mut Run<'_>, act: Act) -> u64 {
        let mut samples = Samples::default();
        run.act(act, &mut samples).map_err(|why| why.0).expect("answered");
        samples.figures(None).wrong
    }

    #[test]
    fn what_the_program_forgets_to_do_is_a_wrong_answer() {
        compared(|run| {
            assert_eq!(wrong(run, Act::ListPurpose(3)), 0);
            // The model alone deletes a record, and decides for another purpose.
            run.model.answer(Act::DeleteRecord(3));
            run.model.answer(Act::Change(act::Scope::Purpose(4), act::Attribute::Source, 77));
            for act in [Act::ListPurpose(3), Act::ListUser(3), Act::ReadOwn(3), Act::ListPurpose(4), Act::ListUser(29)]
            {
                assert_eq!(wrong(run, act), 1, "{act:?}");
            }
            assert_eq!(wrong(run, Act::ListPurpose(5)), 0);
        });
    }

    #[test]
    fn an_objection_closes_a_record_for_its_purpose_and_not_for_its_person() {
        compared(|run| {
            let object = Act::Change(act::Scope::User(7), act::Attribute::Objection, 1);
            assert_eq!(wrong(run, object), 0);
            assert!(run.records.answer(Act::ReadFor(7), 0).is_ok_and(|answer| answer == act::Answer::Refused));
            for act in [Act::ReadFor(7), Act::ReadOwn(7), Act::ListPurpose(7), object, Act::ReadFor(7)] {
                assert_eq!(wrong(run, act), 0, "{act:?}");
            }
        });
    }
}
