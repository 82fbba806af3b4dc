//! Calendar periods, as a notice writes them: "90 days", "1 year".

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::Date;

/// A length of calendar time: a count of one unit.
///
/// Written and read in one spelling: the count in digits without leading zeros, one space, the unit, plural unless the
/// count is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// The unit of a [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A civil day, whatever its hours.
    Day,
    /// Seven days.
    Week,
    /// A calendar month: to the same day number, or to the last day of a shorter month.
    Month,
    /// A calendar year: to the same day and month, or from 29 to 28 February.
    Year,
}

impl Period {
    /// The day that lies this period after `day`: 31 January and 1 month give 28 February. `None` past the calendar's
    /// range (year 9999).
    pub fn after(self, day: Date) -> Option<Date> {
        day.checked_add(self.span()?).ok()
    }

    /// The day that lies this period before `day`: 31 March less 1 month is 28 February. `None` past the calendar's
    /// range (year -9999).
    pub fn before(self, day: Date) -> Option<Date> {
        day.checked_sub(self.span()?).ok()
    }

    /// Whether the period is no time at all.
    pub fn is_zero(self) -> bool {
        self.count == 0
    }

    /// `None` when the count is longer than the calendar.
    fn span(self) -> Option<Span> {
        let (span, count) = (Span::new(), i64::from(self.count));
        match self.unit {
            Unit::Day => span.try_days(count),
            Unit::Week => span.try_weeks(count),
            Unit::Month => span.try_months(count),
            Unit::Year => span.try_years(count),
        }
        .ok()
    }
}

impl Unit {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// The unit in words, singular.
    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.count, self.unit.word())
    }
}

/// The text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is a whole number and a unit (days, weeks, months, years), such as \"90 days\" or \"1 year\"")]
pub struct NotPeriod;

impl FromStr for Period {
    type Err = NotPeriod;

    fn from_str(text: &str) -> Result<Self, NotPeriod> {
        let (count, word) = text.split_once(' ').ok_or(NotPeriod)?;
        let singular = word.strip_suffix('s').unwrap_or(word);
        let unit = Unit::ALL.into_iter().find(|unit| unit.word() == singular).ok_or(NotPeriod)?;
        let count = count.parse().map_err(|_| NotPeriod)?;
        let period = Self { count, unit };
        // One spelling: "+1 day", "01 day" and "1 days" are not what Display writes.
        (period.to_string() == text).then_some(period).ok_or(NotPeriod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn a_period_ends_where_the_calendar_says() {
        let ends = [
            (date(2026, 1, 31), "1 month", date(2026, 2, 28)),
            (date(2024, 1, 31), "1 month", date(2024, 2, 29)),
            (date(2026, 1, 31), "2 months", date(2026, 3, 31)),
            (date(2026, 8, 31), "1 month", date(2026, 9, 30)),
            (date(2026, 12, 31), "2 months", date(2027, 2, 28)),
            (date(2024, 2, 29), "1 year", date(2025, 2, 28)),
            (date(2024, 2, 29), "4 years", date(2028, 2, 29)),
            (date(2026, 11, 23), "90 days", date(2027, 2, 21)),
            (date(2026, 11, 23), "2 weeks", date(2026, 12, 7)),
            (date(2026, 11, 23), "0 days", date(2026, 11, 23)),
            // A civil day is a day, also when the clocks change.
            (date(2026, 3, 28), "1 day", date(2026, 3, 29)),
            (date(2026, 10, 24), "2 days", date(2026, 10, 26)),
        ];
        for (day, text, end) in ends {
            assert_eq!(period(text).after(day), Some(end), "{day} and {text}");
        }
    }

    #[test]
    fn a_period_begins_where_the_calendar_says() {
        let starts = [
            (date(2026, 3, 31), "1 month", date(2026, 2, 28)),
            (date(2024, 2, 29), "1 year", date(2023, 2, 28)),
            (date(2027, 2, 21), "90 days", date(2026, 11, 23)),
        ];
        for (day, text, start) in starts {
            assert_eq!(period(text).before(day), Some(start), "{text} to {day}");
        }
    }

    #[test]
    fn past_the_calendar_there_is_no_day() {
        assert_eq!(period("1 day").after(Date::MAX), None);
        assert_eq!(period("1 day").before(Date::MIN), None);
        for unit in Unit::ALL {
            let longest = Period { count: u32::MAX, unit };
            assert_eq!(longest.after(date(2026, 1, 1)), None);
        }
    }

    #[test]
    fn only_the_one_spelling_of_a_period_is_read() {
        assert_eq!(period("14 days"), Period { count: 14, unit: Unit::Day });
        assert_eq!(period("1 year"), Period { count: 1, unit: Unit::Year });
        assert!(period("0 weeks").is_zero());
        for text in [
            "",
            "days",
            "90",
            "90days",
            "90  days",
            " 90 days",
            "90 days ",
            "+90 days",
            "-1 day",
            "01 day",
            "1 days",
            "2 day",
            "0 day",
            "90 Days",
            "90 dayss",
            "1.5 years",
            "3 hours",
            "4294967296 days",
        ] {
            assert_eq!(text.parse::<Period>(), Err(NotPeriod), "{text}");
        }
    }

    fn any_period() -> impl Strategy<Value = Period> {
        (any::<u32>(), prop::sample::select(&Unit::ALL[..])).prop_map(|(count, unit)| Period { count, unit })
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (1900_i16..2200, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
    }

    proptest! {
        #[test]
        fn a_period_is_read_as_it_was_written(period in any_period()) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn a_later_day_never_ends_earlier(a in any_day(), b in any_day(), count in 0_u32..400, period in any_period()) {
            let period = Period { count, ..period };
            let (earlier, later) = (a.min(b), a.max(b));
            prop_assert!(period.after(earlier) <= period.after(later));
            prop_assert!(period.before(earlier) <= period.before(later));
        }

        #[test]
        fn a_longer_period_never_ends_earlier(day in any_day(), a in 0_u32..400, b in 0_u32..400, period in any_period()) {
            let shorter = Period { count: a.min(b), ..period };
            let longer = Period { count: a.max(b), ..period };
            prop_assert!(shorter.after(day) <= longer.after(day));
        }
    }
}
