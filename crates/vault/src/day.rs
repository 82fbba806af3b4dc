//! Civil days in names and lines.

use jiff::civil::Date;

/// The day that `text` names in the one spelling that we write, `YYYY-MM-DD`: the parser takes others too.
pub(crate) fn read(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (text == day.to_string()).then_some(day)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_day_has_one_spelling() {
        assert_eq!(super::read("2026-11-23"), Some(jiff::civil::date(2026, 11, 23)));
        for text in ["", "20261123", "2026-11-23T00:00", "2026-11-31", " 2026-11-23"] {
            assert_eq!(super::read(text), None, "{text}");
        }
    }
}
