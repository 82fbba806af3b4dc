//! A legal hold as its rows have it, and how it is said: to our staff, and to the person whose data it keeps.

use super::rows;
use custody::{Error, Ground, HoldReason, LinkedRow, PersonId};
use law::{Date, Period, Unit};
use store::{Row, Tx};

/// How many days before its end a hold stands among what needs an officer.
const REMIND_DAYS: i64 = 14;

/// How long a hold lasts at the most, as custody has it; it can be placed again.
const LONGEST: Period = Period { count: 12, unit: Unit::Month };

/// A legal hold that has not ended.
#[derive(Clone, Copy)]
pub(crate) struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// The hold on a ground, where there is one.
pub(crate) fn on_ground(tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<Option<Hold>, Error> {
    let today = tx.today();
    let row = tx.optional(&rows::FIND_HOLD, &[person.into(), ground.into(), today.into()])?;
    row.as_ref().map(Hold::read).transpose()
}

impl Hold {
    /// Reads the columns in which every statement of holds begins.
    pub(super) fn read(row: &Row) -> Result<Self, Error> {
        let reason = HoldReason::parse(&row.get::<String>(0)?).ok_or(Error::Nonsense("legal_hold.reason"))?;
        Ok(Self { reason, from: row.get(2)?, until: row.get(3)? })
    }

    /// To its person: what is kept past its day, until when and why.
    pub(crate) fn told(&self) -> String {
        let why = told(self.reason).unwrap_or("the law asks for it");
        format!(
            "Deletion waits: until {} nothing of this is deleted, because {why}. What is closed stays closed.",
            law::words(self.until)
        )
    }

    /// Whether it ends so soon that an officer is reminded.
    pub(super) fn ends_soon(&self, today: Date) -> bool {
        self.until <= today.saturating_add(jiff::Span::new().days(REMIND_DAYS))
    }
}

/// The last day that a hold of today may have.
pub(super) fn latest(today: Date) -> Date {
    LONGEST.after(today).unwrap_or(today)
}

/// Why something is held, as our staff read it.
pub(super) fn words(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Claim => "A legal claim needs it",
        HoldReason::Claimant => "Its person needs it for a claim of their own",
        HoldReason::CourtOrder => "A court ordered it",
        HoldReason::Inquiry => "A regulator or the police inquire",
        HoldReason::Restored => "It was held before a copy was restored: give its reason again",
    }
}

/// The same in a sentence to the person; `None` where telling would prejudice the claim or the inquiry (Data Protection Act
/// 2018, schedule 2, paragraphs 2, 5 and 7).
fn told(reason: HoldReason) -> Option<&'static str> {
    match reason {
        HoldReason::Claimant => Some("you need it for a claim of your own"),
        HoldReason::CourtOrder => Some("a court ordered it"),
        HoldReason::Claim | HoldReason::Inquiry | HoldReason::Restored => None,
    }
}

/// Leaves the reasons that are not told out of what a person sees of their rows.
pub(crate) fn close_reasons(rows: &mut [LinkedRow]) {
    let values = rows.iter_mut().filter(|row| row.table == "legal_hold").flat_map(|row| &mut row.values);
    for (_, value) in values {
        if HoldReason::parse(value).is_some_and(|reason| told(reason).is_none()) {
            "the law asks for it".clone_into(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_must_not_be_told_is_told_nowhere() {
        for reason in HoldReason::ALL {
            let day = law::parse_iso("2026-12-23").expect("a day");
            let told_now = Hold { reason, from: day, until: day }.told();
            let values = vec![("why it must not be deleted yet".to_owned(), reason.code().to_owned())];
            let mut rows = [LinkedRow { table: "legal_hold".to_owned(), values }];
            close_reasons(&mut rows);
            let open = matches!(reason, HoldReason::Claimant | HoldReason::CourtOrder);
            assert_eq!(rows[0].values[0].1 == reason.code(), open);
            assert_eq!(!told_now.contains("the law asks for it"), open, "{told_now}");
        }
    }

    #[test]
    fn an_officer_is_reminded_two_weeks_before_the_end() {
        let day = |iso: &str| law::parse_iso(iso).expect("a day");
        let hold = Hold { reason: HoldReason::Claim, from: day("2026-11-23"), until: day("2026-12-23") };
        assert!(!hold.ends_soon(day("2026-12-08")));
        assert!(hold.ends_soon(day("2026-12-09")));
        assert_eq!(latest(day("2026-11-23")), day("2027-11-23"));
    }
}
