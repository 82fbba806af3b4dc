//! Append: a bare leaf in the log, durable and with its index, of one client and of 64.
//!
//! The leaf goes to the outbox as custody's own do, and about nobody, so that nothing else is written with it. On a server the
//! transaction ends with the outbox: the index comes within a second, and the measurement ends when the last has it.

use super::super::super::Cannot;
use super::super::section::Section;
use super::{Measured, Setting};
use custody::Error;
use ledger::{Effect, Leaf, Outcome};
use store::Val;

store::statements! {
    /// A leaf about nobody, on its way to the log.
    INSERT_BARE = "INSERT INTO outbox (person_id, n, leaf, actor_id, actor_n) VALUES ($1, $2, $3, $4, $5)";
    /// How many leaves have their index.
    COUNT_LEAVES = "SELECT size FROM log_head WHERE log = 'main'";
}

/// Nobody has this id.
const NOBODY: [u8; 16] = [0xff; 16];

pub(super) fn run(setting: &Setting<'_>) -> Result<Vec<Measured>, Cannot> {
    let custody = setting.place.custody();
    let notice = custody.in_force(setting.place.today())?.digest().0;
    let hour = custody.store().clock().now().as_second().div_euclid(3_600);
    let mut measured = Vec::new();
    for clients in [1, 64] {
        let bytes = setting.place.bytes()?;
        let before = size(setting)?;
        let section = Section { clients, limit: setting.limit, most: u64::MAX };
        let figures = section.run(&format!("append, {clients} at a time"), 1, |samples, n| {
            let leaf = encoded(hour, notice)?;
            samples[0].time(|| {
                custody.write_blocking("bench_append", move |tx| {
                    let leaf = leaf.as_slice().into();
                    tx.execute(&INSERT_BARE, &[NOBODY.into(), (n + 1).into(), leaf, Val::Null, Val::Null])?;
                    Ok::<_, Error>(())
                })
            })?;
            Ok(())
        })?;
        let (after, grown) = (setting.place.bytes()?, size(setting)? - before);
        for mut figures in figures {
            // Whatever else was done meanwhile has leaves too.
            (figures.checked, figures.wrong) = (1, u64::from(grown < figures.operations));
            let mut one = Measured::new("append", "bare leaf", clients, figures);
            if let Some((before, after)) = bytes.zip(after) {
                let grew = super::super::figures::ratio(after.saturating_sub(before), 1.0);
                one.facts.insert("bytes_of_a_leaf", super::super::figures::ratio_of(grew, grown));
            }
            measured.push(one);
        }
    }
    custody.verify_log()?;
    Ok(measured)
}

fn encoded(hour: i64, notice: [u8; 32]) -> Result<Vec<u8>, Cannot> {
    let clauses = vec!["purpose.measure".to_owned()];
    let (outcome, holding, actor, detail) = (Outcome::Done, None, None, None);
    Ok(Leaf { effect: Effect::Take, hour, notice, clauses, outcome, count: 1, holding, actor, detail }.encode()?)
}

/// How many leaves the log has, once none waits.
fn size(setting: &Setting<'_>) -> Result<u64, Cannot> {
    let custody = setting.place.custody();
    custody.await_index()?;
    let read = |tx: &mut store::Tx<'_>| tx.optional(&COUNT_LEAVES, &[])?.map(|row| row.get::<i64>(0)).transpose();
    let size: Option<i64> = custody.store().read_blocking("bench_leaves", read)?;
    Ok(u64::try_from(size.unwrap_or(0))?)
}
