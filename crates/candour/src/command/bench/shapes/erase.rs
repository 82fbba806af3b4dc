//! Erase: one person with all that is held of them, in one step: the intent in the journal, keys, records, trail and linked rows in
//! one commit, the evidence with it.
//!
//! People ask for it a week before, because what they ask for can be taken back for so long; that week is let pass.

use super::super::super::Cannot;
use super::super::figures::ratio;
use super::subjects::{self, RECORDS};
use super::{Measured, Setting};
use custody::WITHDRAW_DAYS;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many people are erased at the most.
const MOST: u64 = 2_000;

const OF: &str = "erase";

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let (count, custody) = (subjects::load(setting, OF, MOST)?, setting.place.custody());
    for n in 0..count {
        let (asked, (person, ground)) = (custody.clone(), subjects::at(setting.ids, OF, n));
        custody.write_blocking("bench_withdraw", move |tx| asked.withdraw(tx, person, ground, "answer").map(|_| ()))?;
    }
    setting.place.pass_days(u32::try_from(WITHDRAW_DAYS)?)?;
    setting.place.settle()?;
    let again = AtomicU64::new(0);
    let figures = setting.section(count).run("erase", 1, |samples, n| {
        let person = setting.ids.person(OF, n);
        let erased = samples[0].time(|| setting.place.erase(person, &again))?;
        setting.standing.fetch_sub(erased, Ordering::Relaxed);
        // Nothing is left of them: neither a record nor a linked row.
        let asked = custody.clone();
        let left = custody.store().read_blocking("bench_left", move |tx| {
            Ok::<_, custody::Error>(asked.holdings(tx, person)?.len() + asked.linked(tx, person)?.len())
        })?;
        samples[0].check(erased == RECORDS && left == 0);
        Ok(())
    })?;
    let mut measured = Vec::new();
    for figures in figures {
        let mut one = Measured::new("erase", "80 records", setting.clients, figures);
        one.facts.insert("done_again", ratio(again.load(Ordering::Relaxed), 1.0));
        measured.push(one);
    }
    Ok(measured)
}
