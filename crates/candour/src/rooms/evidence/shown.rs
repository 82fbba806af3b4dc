//! What a proof shows, in plain words.

use crate::rooms::site::version_href;
use custody::Published;
use law::{Date, Timestamp};
use ledger::{Domain, Effect, Outcome, Receipt, Reveal, Unproved};
use notice::Notice;

/// An hour, in seconds.
const HOUR_S: i64 = 3_600;

/// What a checked text shows.
pub(super) struct Shown {
    /// Whether all of it is proved.
    pub genuine: bool,
    /// The answer.
    pub lead: String,
    /// What else it shows: each with what it is.
    pub facts: Vec<(&'static str, String)>,
    /// The version of the notice: its name and its address for good.
    pub notice: Option<(String, String)>,
    /// The day whose key was the last to open what was deleted.
    pub epoch: Option<Date>,
    /// Where the second entry is.
    pub second: Option<String>,
}

impl Shown {
    /// What is not proved shows nothing.
    pub(super) fn refused(why: Unproved) -> Self {
        Self {
            genuine: false,
            lead: format!("This is not a genuine receipt of ours, or it was changed: {why}."),
            facts: Vec::new(),
            notice: None,
            epoch: None,
            second: None,
        }
    }

    /// What is proved: `named` is the published notice of the entry.
    pub(super) fn of(notice: &Notice, named: Option<&Published>, receipt: &Receipt) -> Self {
        let leaf = &receipt.leaf;
        let mut facts = vec![("What was done", effect_words(leaf.effect).to_owned())];
        let kinds = leaf.clauses.iter().filter_map(|clause| clause.strip_prefix("kind."));
        let of = named.map_or(notice, |named| &named.notice);
        facts.extend(kinds.map(|kind| ("About", of.kind(kind).map_or(kind, |kind| &kind.words).to_owned())));
        let day = leaf.clauses.iter().find_map(|clause| law::parse_iso(clause.strip_prefix("epoch.")?));
        facts.extend(day.map(|day| ("The key of", law::words(day))));
        facts.push(("When", hour_words(leaf.hour)));
        if leaf.count > 0 {
            facts.push((if day.is_some() { "In how many places" } else { "How many records" }, leaf.count.to_string()));
        }
        if let Some((_, size)) = receipt.opening {
            facts.push(("Among", format!("{size} openings of about a minute")));
        }
        if leaf.outcome != Outcome::Done {
            facts.push(("How it ended", outcome_words(leaf.outcome).to_owned()));
        }
        let checkpoint = &receipt.checkpoint;
        facts.push((
            "Where it stands",
            format!("entry {} of {}, when it had {}", receipt.index, checkpoint.origin, checkpoint.size),
        ));
        let lead = match leaf.effect {
            Effect::EraseDecided => "This receipt is genuine: the decision to delete stands in our log.",
            Effect::EpochDestroyed => "This is the second entry, and it is genuine: the key of that day is destroyed.",
            _ => "This proof is genuine: the entry stands in our log.",
        };
        Self {
            genuine: true,
            lead: lead.to_owned(),
            facts,
            notice: named.map(|named| (named.notice.head().version.clone(), version_href(named.digest))),
            epoch: (leaf.effect == Effect::EraseDecided).then(|| epoch(&receipt.reveals)).flatten(),
            second: None,
        }
    }

    /// Adds what became of the copies. The receipt is complete when the second entry stands in the published log, and never
    /// because a day has come: the destruction of keys waits while the program does not run.
    pub(super) fn tell_copies(&mut self, destroyed: Option<Date>, by: Option<Date>, second: bool, today: Date) {
        let words = match (destroyed, by) {
            (Some(day), _) if second => format!("Unreadable in every copy since {}", law::words(day)),
            (Some(day), _) => format!(
                "By our records the last key was destroyed on {}; the entry that proves it does not stand in the published log",
                law::words(day)
            ),
            (None, Some(by)) if today <= by => format!(
                "Copies made before the deletion can still be opened. The last key is expected to be destroyed by {}; if our \
                 service or this destruction stands still meanwhile, that many days later",
                law::words(by)
            ),
            (None, Some(by)) => format!(
                "Copies made before the deletion can still be opened. The last key was expected to be destroyed by {}, but our \
                 service or this destruction stood still",
                law::words(by)
            ),
            (None, None) => {
                "Copies made before the deletion can still be opened, for a time that our notice says".to_owned()
            }
        };
        self.facts.push(("In our copies", words));
        let day = self.epoch.filter(|_| destroyed.is_some() && second);
        self.second = day.map(|day| format!("/receipt/second/{}", law::iso(day)));
    }
}

/// The day that a decided erasure names: its reveal is the ground, sixteen bytes, and the day.
pub(crate) fn epoch(reveals: &[Reveal]) -> Option<Date> {
    let reveal = reveals.iter().find(|reveal| reveal.domain == Domain::Holding)?;
    law::parse_iso(std::str::from_utf8(reveal.payload.get(16..)?).ok()?)
}

/// "Monday 23 November 2026, between 09:00 and 10:00". Entries know the hour and nothing finer.
pub(crate) fn hour_words(hour: i64) -> String {
    let at = |hour: i64| Timestamp::from_second(hour.saturating_mul(HOUR_S)).unwrap_or(Timestamp::UNIX_EPOCH);
    let clock = |hour: i64| law::london_time(at(hour)).strftime("%H:%M").to_string();
    format!("{}, between {} and {}", law::words(law::london_day(at(hour))), clock(hour), clock(hour.saturating_add(1)))
}

pub(crate) fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "As asked",
        Outcome::Refused => "Not at all: our notice does not allow it",
        Outcome::Stopped => "In part, or not yet: a guard stopped it",
    }
}

/// What an entry says was done.
pub(crate) fn effect_words(effect: Effect) -> &'static str {
    match effect {
        Effect::Amend => "A record was corrected or replaced",
        Effect::BackupMade => "A copy of the database was made",
        Effect::CheckUpSettled => "After a restore, an officer decided about a record",
        Effect::ClockConfirmed => "Somebody confirmed the date",
        Effect::Close => "A kind of record was closed: our notice no longer covers it",
        Effect::DrillRun => "A copy of the database was tried out",
        Effect::EpochBegun => "A new key of the day came into use",
        Effect::EpochDestroyed => "A key of a day was destroyed in every place",
        Effect::Erase => "A record was deleted",
        Effect::EraseDecided => "It was decided to delete",
        Effect::Export => "A copy was given to its person",
        Effect::Forecast => "What falls due soon was recorded",
        Effect::Hold => "A legal hold was placed",
        Effect::HoldLifted => "A legal hold was lifted",
        Effect::LogRestarted => "The log began anew",
        Effect::NoticeDrafted => "A draft of our notice was made",
        Effect::NoticePublished => "A notice was published",
        Effect::Object => "A person objected to a use",
        Effect::Opened => "Records were opened",
        Effect::Pruned => "Old entries of the log were deleted",
        Effect::Refused => "Something was refused that our notice does not allow",
        Effect::ReleaseAsked => "An officer asked to delete more than a day may",
        Effect::ReleaseGiven => "A second officer agreed to delete more than a day may",
        Effect::Restore => "A copy took the place of the database",
        Effect::Restrict => "The use of a record was restricted",
        Effect::RootRotated => "The key that wraps all others was replaced",
        Effect::Scrubbed => "Every record, key and entry was checked for damage",
        Effect::SweepRun => "What was due was deleted",
        Effect::Take => "A record was taken",
        Effect::Turn => "Every key was wrapped anew",
        Effect::Unobject => "A person took an objection back",
        Effect::Unrestrict => "The use of a record is no longer restricted",
        Effect::Withdraw => "A person withdrew what they gave us",
        Effect::WithdrawCancelled => "A person took a withdrawal back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_hour_is_told_as_people_in_london_read_it() {
        assert_eq!(hour_words(498_729), "Monday 23 November 2026, between 09:00 and 10:00");
        assert_eq!(hour_words(i64::MAX), hour_words(i64::MAX), "no input panics");
    }

    #[test]
    fn every_effect_has_words_of_its_own() {
        let words: BTreeSet<&str> = Effect::ALL.iter().map(|effect| effect_words(*effect)).collect();
        assert_eq!(words.len(), Effect::ALL.len());
    }

    #[test]
    fn the_day_of_a_decided_erasure_is_read_and_nothing_else_is() {
        let reveal = |payload: &[u8]| Reveal { r: [0; 32], domain: Domain::Holding, payload: payload.to_vec() };
        let whole = [&[7; 16][..], b"2026-11-30"].concat();
        assert_eq!(epoch(&[reveal(&whole)]), law::parse_iso("2026-11-30"));
        for wrong in [&b""[..], &whole[..20], &[7; 40]] {
            assert_eq!(epoch(&[reveal(wrong)]), None);
        }
    }
}
