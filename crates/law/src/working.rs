//! Working days: neither a Saturday, a Sunday nor a bank holiday in England and Wales
//! (Banking and Financial Dealings Act 1971, section 1 and Schedule 1, with the days proclaimed under it).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The day lies outside the published table of bank holidays, so nobody can say whether it is a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bank holidays are published for {first} to {last} only")]
pub struct PastTable {
    /// The first day of the table.
    pub first: Date,
    /// The last day of the table.
    pub last: Date,
}

/// Whether `day` is a working day in England and Wales.
pub fn is_working_day(day: Date) -> Result<bool, PastTable> {
    let table = &*TABLE;
    if day < table.first || day > table.last {
        return Err(table.past());
    }
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    Ok(!weekend && !table.holidays.contains(&day))
}

/// The working day that is `count` working days after `day`. The given day is day 0, working or not, and is never
/// counted: one working day after a Friday or a Saturday is Monday, unless that is a bank holiday.
pub fn add_working_days(day: Date, count: u32) -> Result<Date, PastTable> {
    let mut at = day;
    let mut left = count;
    while left > 0 {
        at = at.tomorrow().map_err(|_| TABLE.past())?;
        left -= u32::from(is_working_day(at)?);
    }
    Ok(at)
}

struct Table {
    first: Date,
    last: Date,
    holidays: BTreeSet<Date>,
}

impl Table {
    fn past(&self) -> PastTable {
        PastTable { first: self.first, last: self.last }
    }

    fn read(text: &str) -> Option<Self> {
        let divisions: Divisions = serde_json::from_str(text).ok()?;
        let holidays = divisions
            .england_and_wales
            .events
            .iter()
            .map(|event| crate::parse_iso(&event.date))
            .collect::<Option<BTreeSet<_>>>()?;
        // Bank holidays are published for whole years.
        Some(Self { first: holidays.first()?.first_of_year(), last: holidays.last()?.last_of_year(), holidays })
    }
}

#[derive(Deserialize)]
struct Divisions {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Deserialize)]
struct Division {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    date: String,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::read(include_str!("../data/bank-holidays.json"))
        .expect("the table is compiled into the program and a test reads it")
});

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_table_holds_whole_years() {
        for year in TABLE.first.year()..=TABLE.last.year() {
            let days = TABLE.holidays.iter().filter(|day| day.year() == year);
            // Eight by law, more when one is proclaimed.
            assert!(days.count() >= 8, "{year} is not complete");
        }
    }

    #[test]
    fn saturdays_sundays_and_bank_holidays_are_not_working_days() {
        let days = [
            (date(2026, 11, 23), true),  // a Monday
            (date(2026, 11, 21), false), // a Saturday
            (date(2026, 11, 22), false), // a Sunday
            (date(2026, 12, 25), false), // Christmas Day, a Friday
            (date(2026, 12, 28), false), // in place of Boxing Day, a Saturday
            (date(2026, 12, 29), true),
            (date(2026, 8, 3), true),  // a bank holiday in Scotland only
            (date(2023, 5, 8), false), // the coronation of King Charles III
        ];
        for (day, working) in days {
            assert_eq!(is_working_day(day), Ok(working), "{day}");
        }
    }

    #[test]
    fn the_given_day_is_day_nought() {
        let steps = [
            (date(2026, 11, 23), 0, date(2026, 11, 23)),
            (date(2026, 11, 21), 0, date(2026, 11, 21)),
            (date(2026, 11, 23), 1, date(2026, 11, 24)),
            (date(2026, 11, 20), 1, date(2026, 11, 23)),
            (date(2026, 11, 21), 1, date(2026, 11, 23)),
            (date(2026, 11, 23), 5, date(2026, 11, 30)),
            (date(2026, 12, 24), 1, date(2026, 12, 29)),
            (date(2027, 3, 25), 2, date(2027, 3, 31)), // over Easter
        ];
        for (day, count, end) in steps {
            assert_eq!(add_working_days(day, count), Ok(end), "{day} and {count}");
        }
    }

    #[test]
    fn no_working_day_is_promised_outside_the_table() {
        let past = Err(TABLE.past());
        let (first, last) = (TABLE.first, TABLE.last);
        assert_eq!(add_working_days(last, 1), past);
        assert_eq!(add_working_days(date(2026, 11, 23), u32::MAX), past);
        assert_eq!(add_working_days(Date::MAX, 1), past);
        assert!(is_working_day(first).is_ok() && is_working_day(last).is_ok());
        for day in [first.yesterday(), last.tomorrow()] {
            assert!(is_working_day(day.expect("in range")).is_err());
        }
    }

    #[test]
    fn a_table_with_a_wrong_day_is_not_read() {
        assert!(Table::read("{}").is_none());
        assert!(Table::read(r#"{"england-and-wales":{"events":[]}}"#).is_none());
        assert!(Table::read(r#"{"england-and-wales":{"events":[{"date":"2026-02-30"}]}}"#).is_none());
    }
}
