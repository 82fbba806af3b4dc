//! A bar chart of counts, such as the deletion forecast by month: a picture, a sentence and a table.

use super::{Html, part, thousands};
use askama::Template;

/// One bar.
#[derive(Clone)]
pub struct Count {
    /// What is counted here, short: "Feb 2027".
    pub label: String,
    /// How many; `None` where there are too few to show (see [`Chart::least`]).
    pub count: Option<usize>,
}

/// Counts of one thing.
#[derive(Clone)]
pub struct Chart<'a> {
    /// Names the picture on the page; unique there.
    pub id: &'a str,
    /// What is counted, in the plural: "holdings due for deletion".
    pub what: &'a str,
    /// What the bars stand for: "Month".
    pub by: &'a str,
    /// The word before a bar's label in the sentence: "in" a month, "on" a day.
    pub on: &'a str,
    /// The bars, in the order in which they are read.
    pub counts: &'a [Count],
    /// The smallest count that is shown as a number.
    pub least: usize,
}

impl Chart<'_> {
    /// The picture with its sentence and its table.
    pub fn html(&self) -> Html {
        let most = self.counts.iter().filter_map(|count| count.count).max().unwrap_or(0).max(1);
        let rows: Vec<Row<'_>> = self.counts.iter().enumerate().map(|(at, count)| self.row(at, count, most)).collect();
        part(&Picture {
            chart: self,
            finding: self.finding(),
            total: self.total_words(),
            height: HEIGHT * rows.len() + 4,
            rows,
        })
    }

    /// The sentence that says what the picture shows.
    pub fn finding(&self) -> String {
        let shown = self.counts.iter().filter_map(|count| Some((count.count?, count)));
        match shown.rev().max_by_key(|(number, _)| *number) {
            Some((number, most)) if number > 0 => {
                format!(
                    "{} {}, most {} {} ({}).",
                    self.total_words(),
                    self.what,
                    self.on,
                    most.label,
                    thousands(number)
                )
            }
            _ if self.counts.iter().any(|count| count.count.is_none()) => {
                format!("Everywhere fewer than {} {}.", self.least, self.what)
            }
            _ => format!("No {}.", self.what),
        }
    }

    /// The sum of the shown counts; it says so when some are not shown.
    fn total_words(&self) -> String {
        let total = thousands(self.counts.iter().filter_map(|count| count.count).sum());
        if self.counts.iter().all(|count| count.count.is_some()) { total } else { format!("At least {total}") }
    }

    #[expect(clippy::cast_precision_loss, reason = "a bar's length needs no more than a float's precision")]
    fn row<'a>(&self, at: usize, count: &'a Count, most: usize) -> Row<'a> {
        let (part, words) = match count.count {
            Some(number) => (number as f64 / most as f64, thousands(number)),
            None => (self.least as f64 / most as f64, format!("fewer than {}", self.least)),
        };
        let width = WIDEST * part.min(1.0);
        Row { count, y: HEIGHT * at, width, number_at: FROM + width, words }
    }
}

/// Height of a row in px; where bars begin and how long the longest is, in per cent of the width.
const HEIGHT: usize = 30;
const FROM: f64 = 24.0;
const WIDEST: f64 = 58.0;

struct Row<'a> {
    count: &'a Count,
    y: usize,
    width: f64,
    number_at: f64,
    words: String,
}

#[derive(Template)]
#[template(path = "face/bars.html")]
struct Picture<'a> {
    chart: &'a Chart<'a>,
    finding: String,
    total: String,
    height: usize,
    rows: Vec<Row<'a>>,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, assert_harmless};
    use super::*;

    fn counts(numbers: &[Option<usize>]) -> Vec<Count> {
        let months = ["Dec 2026", "Jan 2027", "Feb 2027", "Mar 2027"];
        months.iter().zip(numbers).map(|(month, count)| Count { label: (*month).into(), count: *count }).collect()
    }

    fn chart(counts: &[Count]) -> Chart<'_> {
        Chart { id: "forecast", what: "holdings due for deletion", by: "Month", on: "in", counts, least: 5 }
    }

    #[test]
    fn the_sum_of_the_table_is_the_sum_of_the_marks() {
        let counts = counts(&[Some(12), Some(0), Some(1041), Some(7)]);
        let html = chart(&counts).html().to_string();
        assert!(html.contains("<td class=\"number\" data-label=\"Number\">1,060</td>"), "{html}");
        let most = 1041.0;
        let drawn: f64 = (0..4).map(|at| chart(&counts).row(at, &counts[at], 1041).width / WIDEST * most).sum();
        assert!((drawn - 1060.0).abs() < 1e-6, "{drawn}");
    }

    #[test]
    fn the_sentence_is_computed_from_the_counts() {
        assert_eq!(
            chart(&counts(&[Some(12), Some(40), Some(40)])).finding(),
            "92 holdings due for deletion, most in Jan 2027 (40)."
        );
        assert_eq!(chart(&counts(&[Some(0)])).finding(), "No holdings due for deletion.");
        assert_eq!(chart(&[]).finding(), "No holdings due for deletion.");
        assert_eq!(chart(&counts(&[None])).finding(), "Everywhere fewer than 5 holdings due for deletion.");
        assert_eq!(
            chart(&counts(&[None, Some(9)])).finding(),
            "At least 9 holdings due for deletion, most in Jan 2027 (9)."
        );
    }

    #[test]
    fn too_few_to_show_is_drawn_as_such_and_never_as_nought() {
        let html = chart(&counts(&[None, Some(9)])).html().to_string();
        assert!(html.contains("class=\"left open\"") && html.matches("fewer than 5").count() >= 2, "{html}");
    }

    #[test]
    fn the_chart_has_a_name_and_a_description() {
        let html = chart(&counts(&[Some(1)])).html().to_string();
        assert!(
            html.contains("aria-labelledby=\"forecast-title forecast-desc\"")
                && html.contains("<desc id=\"forecast-desc\">Dec 2026: 1. </desc>"),
            "{html}"
        );
    }

    #[test]
    fn hostile_labels_are_escaped_in_the_chart() {
        let counts = [Count { label: HOSTILE.into(), count: Some(3) }];
        let chart = Chart { what: HOSTILE, by: HOSTILE, ..chart(&counts) };
        assert_harmless(chart.html().as_str());
    }
}
