//! What a rehearsal found, in sentences: the same on the officers' page and at the command line.

pub(crate) use super::touched::{People, people_words, purposes_lost, whom};

use super::touched::number;
use custody::{Counted, Rehearsal};
use notice::{Difference, Notice};

/// The findings of a rehearsal: what falls due earlier, which kinds are dropped, which purposes and rights are lost.
pub(crate) fn findings(
    old: &Notice,
    new: &Notice,
    difference: &Difference,
    rehearsal: &Rehearsal,
    people: &People,
) -> Vec<String> {
    let mut lines = vec![earlier(rehearsal)];
    for id in dropped(old, new) {
        let words = old.kind(id).map_or(id, |kind| kind.words.as_str());
        let whom = people_words(people.get(id).copied().unwrap_or_default());
        let day = law::words(rehearsal.effective_on);
        lines.push(format!("“{words}” is given up: it closes on {day}, and is deleted ({whom})."));
    }
    for (kind, purpose) in purposes_lost(old, new) {
        lines.push(format!("“{kind}” is no longer used for this: “{purpose}”"));
    }
    for changed in difference.rights_lost() {
        lines.push(format!("{} This touches {}.", changed.words, whom(changed, people)));
    }
    lines
}

/// Kinds that the one notice covers and the other does not.
fn dropped<'n>(old: &'n Notice, new: &Notice) -> Vec<&'n str> {
    let kinds = old.kinds().iter().map(|kind| kind.id.as_str());
    let covers = |notice: &Notice, id: &str| notice.covers(&format!("kind.{id}"));
    kinds.filter(|id| covers(old, id) && !covers(new, id)).collect()
}

fn earlier(rehearsal: &Rehearsal) -> String {
    let (people, holdings) = rehearsal.total();
    if holdings == 0 {
        return "Nothing that is held falls due earlier.".to_owned();
    }
    let first = rehearsal.by_day().min_by_key(|one| one.day);
    let first = first.map(|one| format!("; the first, {}", on(one))).unwrap_or_default();
    format!("Data of {} ({}) falls due earlier than now{first}.", people_words(people), records(holdings))
}

/// "212 people (340 records) on Tuesday 1 December 2026".
fn on(counted: &Counted) -> String {
    let day = counted.day.map(law::words).unwrap_or_default();
    format!("{} ({}), on {day}", people_words(counted.people), records(counted.holdings))
}

/// "1 record", "340 records".
pub(crate) fn records(count: u64) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{} records", number(count)) }
}
