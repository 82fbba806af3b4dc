//! Export: all records of one person among all, opened for the person, with every linked row; and the proofs that go with them.

use super::super::super::Cannot;
use super::super::role::Role;
use super::subjects::{self, RECORDS, answer};
use super::{Measured, Setting};
use custody::{Custody, PersonId};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many people are exported at the most.
const MOST: u64 = 500;

const OF: &str = "export";

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let count = subjects::load(setting, OF, MOST)?;
    let (role, custody) = (Role::new(setting.place, "you", "show-you", "answer")?, setting.place.custody());
    let exported: Vec<AtomicBool> = (0..count).map(|_| AtomicBool::new(false)).collect();
    let records = setting.section(count).run("export, records", 1, |samples, n| {
        let person = setting.ids.person(OF, n);
        let answers = samples[0].time(|| export(custody, &role, person))?;
        let wanted: BTreeSet<String> = (0..RECORDS).map(|record| answer(n, record)).collect();
        samples[0].check(answers.len() as u64 == RECORDS && answers.into_iter().collect::<BTreeSet<_>>() == wanted);
        mark(&exported, n).store(true, Ordering::Relaxed);
        Ok(())
    })?;
    // Proofs are of what is published; so is a download's, which waits for it.
    custody.publish_now()?;
    let proofs = setting.section(count).run("export, proofs", 1, |samples, n| {
        let (asked, person) = (custody.clone(), setting.ids.person(OF, n));
        let proofs = samples[0]
            .time(|| custody.store().read_blocking("bench_proofs", move |tx| asked.proofs(tx, person, None)))?;
        // A leaf for each taking, and the opening of each record that was exported.
        let wanted = if mark(&exported, n).load(Ordering::Relaxed) { 2 * RECORDS } else { RECORDS };
        samples[0].check(proofs.len() as u64 == wanted);
        Ok(())
    })?;
    let parts = [("80 records", records), ("160 proofs", proofs)];
    let measured = |(part, figures): (_, Vec<_>)| {
        figures.into_iter().map(move |figures| Measured::new("export", part, setting.clients, figures))
    };
    Ok(parts.into_iter().flat_map(measured).collect())
}

/// The mark of a number below the number of marks.
fn mark(marks: &[AtomicBool], n: u64) -> &AtomicBool {
    &marks[usize::try_from(n).unwrap_or(0)]
}

fn export(custody: &Custody, role: &Role, person: PersonId) -> custody::Result<Vec<String>> {
    let (asked, role) = (custody.clone(), role.clone());
    custody.write_blocking("bench_export", move |tx| {
        let mut answers = Vec::new();
        for held in asked.holdings(tx, person)? {
            let opened = role.open_in(tx, person, held.holding)?;
            answers.push(opened.record.value("answer").unwrap_or_default().to_owned());
        }
        asked.linked(tx, person)?;
        Ok(answers)
    })
}
