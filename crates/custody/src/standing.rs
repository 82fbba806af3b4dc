//! Standing: one pure function of a holding's facts and today. Separate facts, never one state field.

use crate::forecast::STOOD_DAYS;
use jiff::Span;
use law::Date;

/// The facts that stand in the rows about one holding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// When it falls due under its terms; `None` while no clock has started.
    pub due_on: Option<Date>,
    /// The last day of a legal hold.
    pub held_until: Option<Date>,
    /// The last day on which a legal hold on it was lifted.
    pub lifted_on: Option<Date>,
    /// Whether its use is restricted (Art 18).
    pub restricted: bool,
    /// The day of a withdrawal and the day on which it destroys.
    pub withdrawn: Option<(Date, Date)>,
    /// The day on which the sweep flagged it.
    pub flagged_on: Option<Date>,
    /// What an officer is to look at since a copy was restored.
    pub check: Option<Check>,
}

/// Why an officer is to look at a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// A legal hold was set again by a restore, which did not know its reason nor its end.
    Hold,
    /// Its erasure had begun, and nobody knows whether it ended.
    Intent,
    /// Its newest value was lost with the database, and the one before it had been replaced: its person must be asked.
    Replaced,
}

impl Check {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Hold, Self::Intent, Self::Replaced];

    /// As rows have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Intent => "intent",
            Self::Replaced => "replaced",
        }
    }

    /// Reads what [`code`](Self::code) writes and nothing else.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.code() == code)
    }
}

/// What follows from the facts today.
#[expect(clippy::struct_excessive_bools, reason = "separate facts, never one state field: they hold side by side")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its time is over: nothing opens it, swept or not.
    pub due: bool,
    /// It must be kept, though perhaps closed.
    pub held: bool,
    /// A hold on it was lifted less than seven days ago: what another officer may still want to keep is kept.
    pub lifted: bool,
    /// Kept, but used only where the law still allows it.
    pub restricted: bool,
    /// The person withdrew it: closed at once, cancellable until its day.
    pub withdrawn: bool,
    /// Marked for destruction by a sweep.
    pub flagged: bool,
    /// Its erasure may have been asked for: closed until an officer has looked.
    pub unsure: bool,
    /// Its value was lost with a database: only its person, or whoever acts on their rights, sees that it is empty.
    pub lost: bool,
    /// The person asked for its destruction, and the day has come.
    pub ripe: bool,
    /// Destruction may take it, once the guard lets it.
    pub destroyable: bool,
}

/// Computes a holding's standing on a civil day.
pub fn standing(facts: &Facts, today: Date) -> Standing {
    let due = facts.due_on.is_some_and(|day| day <= today);
    let held = facts.held_until.is_some_and(|day| today <= day);
    let lifted = facts.lifted_on.is_some_and(|day| today < day.saturating_add(Span::new().days(STOOD_DAYS)));
    let ripe = facts.withdrawn.is_some_and(|(_, destroy_on)| destroy_on <= today);
    Standing {
        due,
        held,
        lifted,
        restricted: facts.restricted,
        withdrawn: facts.withdrawn.is_some(),
        flagged: facts.flagged_on.is_some(),
        unsure: facts.check == Some(Check::Intent),
        lost: facts.check == Some(Check::Replaced),
        ripe,
        destroyable: (due || ripe) && !held && !lifted,
    }
}

/// The purposes for which a restricted holding still opens: the person's own rights (Art 18(2)).
const UNDER_RESTRICTION: [&str; 2] = ["show-you", "handle-rights"];

impl Standing {
    /// `None` when the holding opens for this purpose; else the reason, in words for a person.
    pub fn bars(&self, purpose: &str) -> Option<&'static str> {
        if self.due {
            Some("the time for which it may be kept is over")
        } else if self.withdrawn {
            Some("it has been withdrawn and waits to be destroyed")
        } else if self.unsure {
            Some("an older copy was restored, and an officer has yet to say whether it was to be erased")
        } else if self.lost && !UNDER_RESTRICTION.contains(&purpose) {
            Some("an older copy was restored, and its newest value was lost")
        } else if self.restricted && !UNDER_RESTRICTION.contains(&purpose) {
            Some("its use is restricted")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: i64) -> Date {
        law::parse_iso("2026-01-01").unwrap().saturating_add(jiff::Span::new().days(n))
    }

    proptest! {
        #[test]
        fn once_due_a_holding_stays_due_and_closed_for_every_purpose(due in 0i64..900, later in 0i64..900, purpose in "[a-z-]{1,20}") {
            let facts = Facts { due_on: Some(day(due)), ..Facts::default() };
            let standing = standing(&facts, day(due + later));
            prop_assert!(standing.due);
            prop_assert!(standing.bars(&purpose).is_some());
            prop_assert!(standing.destroyable);
        }

        #[test]
        fn a_legal_hold_stops_destruction_and_opens_nothing(due in 0i64..900, hold in 0i64..900) {
            let facts = Facts { due_on: Some(day(due)), held_until: Some(day(due + hold)), ..Facts::default() };
            let standing = standing(&facts, day(due));
            prop_assert!(!standing.destroyable);
            prop_assert!(standing.bars("show-you").is_some());
        }
    }

    #[test]
    fn what_is_lifted_waits_seven_days_whatever_would_destroy_it() {
        let lifted = Facts { lifted_on: Some(day(10)), withdrawn: Some((day(0), day(7))), ..Facts::default() };
        for facts in [Facts { due_on: Some(day(0)), ..lifted.clone() }, lifted] {
            assert!(!standing(&facts, day(16)).destroyable);
            assert!(standing(&facts, day(17)).destroyable);
        }
    }

    #[test]
    fn a_withdrawn_holding_is_closed_at_once_and_destroyed_only_on_its_day() {
        let facts = Facts { withdrawn: Some((day(0), day(7))), ..Facts::default() };
        assert!(standing(&facts, day(0)).bars("answer-enquiries").is_some());
        assert!(!standing(&facts, day(6)).destroyable);
        assert!(standing(&facts, day(7)).destroyable);
    }

    #[test]
    fn a_restricted_holding_opens_for_the_persons_own_rights_only() {
        let facts = Facts { restricted: true, ..Facts::default() };
        assert!(standing(&facts, day(0)).bars("show-you").is_none());
        assert!(standing(&facts, day(0)).bars("answer-enquiries").is_some());
    }
}
