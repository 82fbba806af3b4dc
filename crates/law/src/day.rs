//! Civil days in Europe/London: their instants and their spelling.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

static LONDON: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled()
        .get("Europe/London")
        .expect("the time zone database is compiled into the program, London with it")
});

/// The civil day in Europe/London on which `at` falls.
pub fn london_day(at: Timestamp) -> Date {
    london_time(at).date()
}

/// What the clocks in London show at `at`.
pub fn london_time(at: Timestamp) -> DateTime {
    LONDON.to_datetime(at)
}

/// The first instant of a civil day in Europe/London. The first and last days of the calendar, whose midnights it
/// cannot express, begin with its first and last instants.
pub fn london_start(day: Date) -> Timestamp {
    let end = if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    LONDON.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).unwrap_or(end)
}

/// A day as a sentence has it: "Tuesday 29 December 2026".
pub fn words(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// A day as a table has it: "29 December 2026".
pub fn short_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A day as rows and files have it: "2026-12-29" (ISO 8601, extended).
pub fn iso(day: Date) -> String {
    day.to_string()
}

/// Reads what [`iso`] writes and nothing else.
pub fn parse_iso(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (iso(day) == text).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_day_begins_at_midnight_in_london() {
        let starts = [
            (date(2026, 1, 1), "2026-01-01T00:00:00Z"),
            // The day the clocks go forward begins in winter time and the next one in summer time.
            (date(2026, 3, 29), "2026-03-29T00:00:00Z"),
            (date(2026, 3, 30), "2026-03-29T23:00:00Z"),
            // The day they go back is 25 hours long.
            (date(2026, 10, 25), "2026-10-24T23:00:00Z"),
            (date(2026, 10, 26), "2026-10-26T00:00:00Z"),
        ];
        for (day, start) in starts {
            assert_eq!(london_start(day), at(start), "{day}");
        }
    }

    #[test]
    fn clocks_in_london_go_forward_and_back() {
        let shown = [
            ("2026-03-29T00:59:59Z", date(2026, 3, 29).at(0, 59, 59, 0)),
            ("2026-03-29T01:00:00Z", date(2026, 3, 29).at(2, 0, 0, 0)),
            ("2026-10-25T00:30:00Z", date(2026, 10, 25).at(1, 30, 0, 0)),
            ("2026-10-25T01:30:00Z", date(2026, 10, 25).at(1, 30, 0, 0)),
        ];
        for (instant, time) in shown {
            assert_eq!(london_time(at(instant)), time, "{instant}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_have_a_start() {
        assert_eq!(london_start(Date::MIN), Timestamp::MIN);
        assert_eq!(london_start(Date::MAX), Timestamp::MAX);
    }

    #[test]
    fn days_are_spelt_without_padding_or_commas() {
        assert_eq!(words(date(2026, 12, 29)), "Tuesday 29 December 2026");
        assert_eq!(words(date(2027, 2, 1)), "Monday 1 February 2027");
        assert_eq!(short_words(date(2026, 12, 29)), "29 December 2026");
        assert_eq!(short_words(date(2027, 2, 1)), "1 February 2027");
        assert_eq!(iso(date(2027, 2, 1)), "2027-02-01");
    }

    #[test]
    fn only_the_one_spelling_of_a_day_is_read() {
        assert_eq!(parse_iso("2027-02-01"), Some(date(2027, 2, 1)));
        for text in ["", "2027-2-1", "20270201", "2027-02-30", " 2027-02-01", "2027-02-01T00:00", "2027-W05-1"] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_day_is_read_as_it_was_written(ms in -2_000_000_000_000_i64..32_000_000_000_000) {
            let day = london_day(Timestamp::from_millisecond(ms).expect("in range"));
            prop_assert_eq!(parse_iso(&iso(day)), Some(day));
        }

        #[test]
        fn the_start_of_a_day_is_its_first_instant(ms in -2_000_000_000_000_i64..32_000_000_000_000) {
            let day = london_day(Timestamp::from_millisecond(ms).expect("in range"));
            let start = london_start(day).as_millisecond();
            let before = Timestamp::from_millisecond(start - 1).expect("in range");
            prop_assert!(start <= ms);
            prop_assert_eq!(london_day(before), day.yesterday().expect("in range"));
        }
    }
}
