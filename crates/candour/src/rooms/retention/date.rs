//! A date in three fields, typed and kept as typed.

use crate::web::Stop;
use law::Date;

/// The names of the fields.
pub(super) const FIELDS: [&str; 3] = ["day", "month", "year"];

/// What a page calls its date.
pub(super) struct Words {
    /// The question.
    pub legend: &'static str,
    /// Help below it.
    pub hint: &'static str,
    /// Said when nothing is typed: "Enter today’s date".
    pub missing: &'static str,
    /// The beginning of what is said otherwise: "Today’s date".
    pub noun: &'static str,
}

/// The question with what was typed and what is wrong.
pub(super) struct Question {
    /// What the page calls it.
    pub words: &'static Words,
    values: [String; 3],
    /// In which field, and what.
    pub error: Option<(&'static str, String)>,
}

impl Question {
    /// With nothing typed yet.
    pub(super) fn new(words: &'static Words) -> Self {
        Self { words, values: Default::default(), error: None }
    }

    /// With what a form sent: each field once.
    pub(super) fn filled(words: &'static Words, sent: &[(String, String)]) -> Result<Self, Stop> {
        let mut question = Self::new(words);
        for (value, name) in question.values.iter_mut().zip(FIELDS) {
            let mut given = sent.iter().filter(|(id, _)| id == name);
            let (Some((_, typed)), None) = (given.next(), given.next()) else { return Err(Stop::Bad("date")) };
            typed.trim().clone_into(value);
        }
        Ok(question)
    }

    /// The date; or says what is wrong.
    pub(super) fn check(&mut self) -> Option<Date> {
        match self.date() {
            Ok(date) => Some(date),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    /// Says what only the page could find wrong.
    pub(super) fn fail(&mut self, error: String) {
        self.error = Some((FIELDS[0], error));
    }

    /// Name, label, width and value of each field.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &'static str, usize, &String)> {
        let looks = [("Day", 2), ("Month", 2), ("Year", 4)];
        FIELDS.into_iter().zip(looks).zip(&self.values).map(|((name, (label, size)), value)| (name, label, size, value))
    }

    fn date(&self) -> Result<Date, (&'static str, String)> {
        let Words { missing, noun, .. } = self.words;
        let empty: Vec<&'static str> =
            FIELDS.into_iter().zip(&self.values).filter(|(_, value)| value.is_empty()).map(|(name, _)| name).collect();
        match empty.as_slice() {
            [] => {}
            [_, _, _] => return Err((FIELDS[0], (*missing).to_owned())),
            [first, ..] => return Err((first, format!("{noun} must include a {}", empty.join(" and a ")))),
        }
        let [day, month, year] = &self.values;
        let date =
            (year.len() == 4).then(|| Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok());
        date.flatten().ok_or_else(|| (FIELDS[0], format!("{noun} must be a real date")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORDS: Words = Words { legend: "", hint: "", missing: "Enter today’s date", noun: "Today’s date" };

    fn date(day: &str, month: &str, year: &str) -> Result<Date, (&'static str, String)> {
        let sent = FIELDS.map(str::to_owned).into_iter().zip([day, month, year].map(str::to_owned));
        Question::filled(&WORDS, &sent.collect::<Vec<_>>()).expect("three fields").date()
    }

    #[test]
    fn a_date_is_typed_in_three_fields_and_each_fault_has_its_sentence() {
        assert_eq!(date("3", "02", "2027"), Ok(law::parse_iso("2027-02-03").expect("a day")));
        assert_eq!(date("", "", ""), Err(("day", "Enter today’s date".to_owned())));
        assert_eq!(date("3", "", ""), Err(("month", "Today’s date must include a month and a year".to_owned())));
        for (day, month, year) in [("29", "2", "2027"), ("3", "13", "2027"), ("3", "2", "27"), ("x", "2", "2027")] {
            let wrong = Err(("day", "Today’s date must be a real date".to_owned()));
            assert_eq!(date(day, month, year), wrong, "{day} {month} {year}");
        }
    }

    #[test]
    fn a_field_that_is_missing_or_sent_twice_is_no_form_of_ours() {
        let one = ("day".to_owned(), "3".to_owned());
        assert!(Question::filled(&WORDS, std::slice::from_ref(&one)).is_err());
        let rest = [("month".to_owned(), "2".to_owned()), ("year".to_owned(), "2027".to_owned())];
        assert!(Question::filled(&WORDS, &[&[one.clone(), one][..], &rest].concat()).is_err());
    }
}
