//! The retention timeline: what is held, since when, until when, as a picture, a sentence and a table.
//!
//! Lengths are in per cent and text in the page's own size, so the picture is as wide as the page and its words stay
//! readable at 320 px.

use super::{Html, countdown, days, part};
use askama::Template;
use jiff::{ToSpan, civil::Date};

/// One holding, or one group of them with the same end.
#[derive(Clone)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Since when it is held.
    pub from: Date,
    /// The due day; `None` while nothing that ends it has happened.
    pub until: Option<Date>,
    /// What sets and moves the due day, in words.
    pub moved_by: String,
}

/// The picture with its sentence and its table. `id` names it on the page and must be unique there.
pub fn timeline(id: &str, bars: &[Bar], today: Date) -> Html {
    let scale = Scale::of(bars, today);
    let mut below = TOP;
    let rows: Vec<Row<'_>> = bars
        .iter()
        .map(|bar| {
            let row = Row::of(below, bar, &scale, today);
            below += ROW + LEADING * row.label.len();
            row
        })
        .collect();
    part(&Picture {
        id,
        finding: finding(bars, today),
        today_words: law::short_words(today),
        today_at: scale.at(today),
        today_anchor: anchor(scale.at(today)),
        ticks: scale.ticks(),
        height: below + FOOT,
        rows,
    })
}

/// The sentence that says what the picture shows.
#[must_use]
pub fn finding(bars: &[Bar], today: Date) -> String {
    let next = bars.iter().filter_map(|bar| Some((bar.until?, bar))).min_by_key(|(until, _)| *until);
    match (bars.len(), next) {
        (0, _) => "Nothing is held.".to_owned(),
        (_, None) => "Nothing has a deletion date yet.".to_owned(),
        (_, Some((until, bar))) if until <= today => {
            format!("“{}” is due for deletion since {}.", bar.label, law::words(until))
        }
        (1, Some((until, bar))) => {
            format!("“{}” will be deleted on {}, {}.", bar.label, law::words(until), countdown(until, today))
        }
        (_, Some((until, bar))) => {
            format!("“{}” will be deleted first, on {}, {}.", bar.label, law::words(until), countdown(until, today))
        }
    }
}

/// Heights in px: above the first row, of a row without its label, of a line of its label, below the last row.
const TOP: usize = 28;
const ROW: usize = 54;
const LEADING: usize = 18;
const FOOT: usize = 26;

/// Longest line of a label, in characters.
const LINE: usize = 34;

/// Days to per cent of the width.
struct Scale {
    start: Date,
    end: Date,
}

impl Scale {
    fn of(bars: &[Bar], today: Date) -> Self {
        let start = bars.iter().map(|bar| bar.from).min().unwrap_or(today).min(today);
        let last = bars.iter().filter_map(|bar| bar.until).max().unwrap_or(today);
        let year = today.checked_add(1.year()).unwrap_or(today);
        let end = if last > today { last } else { year };
        Self { start, end }
    }

    /// A day's place, 0.5 to 99.5 per cent, so that no mark is cut at the edge.
    #[expect(clippy::cast_precision_loss, reason = "days of a few centuries fit a float exactly")]
    fn at(&self, day: Date) -> f64 {
        let whole = days(self.start, self.end).max(1) as f64;
        let part = days(self.start, day) as f64;
        0.5 + 99.0 * (part / whole).clamp(0.0, 1.0)
    }

    /// At most five first days of months or years, with their names.
    fn ticks(&self) -> Vec<Tick> {
        let months = days(self.start, self.end) / 30;
        let fits = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|step| months / step <= 4);
        let step = fits.unwrap_or((months / 480 + 1) * 120);
        let mut ticks = Vec::new();
        let mut day = self.start.first_of_month();
        while day <= self.end {
            let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
            let at = self.at(day);
            if day > self.start && month % step == 0 && (10.0..=90.0).contains(&at) {
                let name = if step < 12 { day.strftime("%b %Y") } else { day.strftime("%Y") };
                ticks.push(Tick { at, name: name.to_string() });
            }
            let Ok(next) = day.checked_add(1.month()) else {
                break;
            };
            day = next;
        }
        ticks
    }
}

struct Tick {
    at: f64,
    name: String,
}

/// Which part of a text stands at its place, so that the text stays inside the picture.
fn anchor(at: f64) -> &'static str {
    match at {
        ..30.0 => "start",
        30.0..=70.0 => "middle",
        _ => "end",
    }
}

/// The label in lines that fit at 320 px: text in a picture does not wrap by itself.
fn lines(label: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

struct Row<'a> {
    bar: &'a Bar,
    label: Vec<(usize, String)>,
    bar_y: usize,
    end_y: usize,
    from_at: f64,
    past: f64,
    now_at: f64,
    left: f64,
    end_at: f64,
    anchor: &'static str,
    end_words: String,
}

impl<'a> Row<'a> {
    fn of(top: usize, bar: &'a Bar, scale: &Scale, today: Date) -> Self {
        let lines = lines(&bar.label);
        let bar_y = top + 8 + LEADING * lines.len();
        let (from_at, end_at) = (scale.at(bar.from), bar.until.map_or(99.5, |until| scale.at(until)));
        let now_at = scale.at(today).clamp(from_at, end_at.max(from_at));
        Self {
            bar,
            label: lines.into_iter().enumerate().map(|(at, line)| (top + LEADING * (at + 1), line)).collect(),
            bar_y,
            end_y: bar_y + 30,
            from_at,
            past: now_at - from_at,
            now_at,
            left: (end_at - now_at).max(0.0),
            end_at,
            anchor: anchor(end_at),
            end_words: match bar.until {
                Some(until) => format!("{}, {}", law::short_words(until), countdown(until, today)),
                None => "no date yet".to_owned(),
            },
        }
    }

    fn since_words(&self) -> String {
        law::short_words(self.bar.from)
    }
}

#[derive(Template)]
#[template(path = "face/timeline.html")]
struct Picture<'a> {
    id: &'a str,
    finding: String,
    today_words: String,
    today_at: f64,
    today_anchor: &'static str,
    ticks: Vec<Tick>,
    height: usize,
    rows: Vec<Row<'a>>,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, TODAY, assert_harmless};
    use super::*;
    use jiff::civil::date;

    fn bar(label: &str, from: Date, until: Option<Date>) -> Bar {
        Bar { label: label.into(), from, until, moved_by: "90 days after we closed it".into() }
    }

    fn bars() -> Vec<Bar> {
        vec![
            bar("Your enquiry", date(2026, 9, 1), Some(date(2027, 2, 19))),
            bar("Our mail to you", date(2026, 11, 20), Some(date(2026, 11, 27))),
            bar("Your account", date(2025, 3, 1), None),
        ]
    }

    #[test]
    fn the_picture_has_a_name_a_description_and_a_table() {
        let html = timeline("kept", &bars(), TODAY).to_string();
        for words in [
            "role=\"img\"",
            "aria-labelledby=\"kept-title kept-desc\"",
            "<title id=\"kept-title\">“Our mail to you” will be deleted first, on Friday 27 November 2026, in 4 days.</title>",
            "<desc id=\"kept-desc\">",
            "<table",
            "<caption",
            "scope=\"col\"",
        ] {
            assert!(html.contains(words), "{words} is missing: {html}");
        }
        assert!(html.contains("Your enquiry: from 1 September 2026, 19 February 2027, in 88 days."), "{html}");
    }

    #[test]
    fn every_bar_is_drawn_and_stands_in_the_table() {
        let html = timeline("kept", &bars(), TODAY).to_string();
        assert_eq!(html.matches("class=\"past\"").count(), 3);
        assert_eq!(html.matches("scope=\"row\"").count(), 3);
        assert_eq!(html.matches("no date yet").count(), 3, "picture, description, table");
    }

    #[test]
    fn what_is_past_and_what_is_left_make_the_whole_bar() {
        let bars = bars();
        let scale = Scale::of(&bars, TODAY);
        for bar in &bars {
            let row = Row::of(0, bar, &scale, TODAY);
            assert!((row.from_at + row.past + row.left - row.end_at).abs() < 1e-9);
            assert!(row.from_at >= 0.0 && row.end_at <= 100.0);
        }
    }

    #[test]
    fn the_sentence_says_what_the_reader_came_for() {
        assert_eq!(finding(&[], TODAY), "Nothing is held.");
        assert_eq!(finding(&bars()[2..], TODAY), "Nothing has a deletion date yet.");
        assert_eq!(
            finding(&bars()[..1], TODAY),
            "“Your enquiry” will be deleted on Friday 19 February 2027, in 88 days."
        );
        let due = [bar("Your enquiry", date(2026, 9, 1), Some(TODAY))];
        assert_eq!(finding(&due, TODAY), "“Your enquiry” is due for deletion since Monday 23 November 2026.");
    }

    #[test]
    fn ticks_are_few_and_in_order_whatever_the_span() {
        for years in [0, 1, 3, 10, 80, 900] {
            let until = TODAY.checked_add(years.years()).map(|day| day.checked_add(20.days()).expect("in range"));
            let ticks = Scale::of(&[bar("x", TODAY, until.ok())], TODAY).ticks();
            assert!(ticks.len() <= 5, "{years}: {}", ticks.len());
            assert!(ticks.is_sorted_by(|a, b| a.at < b.at));
        }
    }

    #[test]
    fn long_labels_are_set_in_lines_that_fit() {
        assert_eq!(lines("Your enquiry"), ["Your enquiry"]);
        let lines = lines("The messages of your enquiry: yours and our answers");
        assert_eq!(lines, ["The messages of your enquiry:", "yours and our answers"]);
    }

    #[test]
    fn a_bar_that_ends_before_it_begins_breaks_nothing() {
        let html = timeline("x", &[bar("x", TODAY, Some(date(2020, 1, 1)))], TODAY).to_string();
        assert!(!html.contains("=\"-") && !html.contains("NaN"), "{html}");
    }

    #[test]
    fn nothing_held_draws_nothing() {
        let html = timeline("x", &[], TODAY).to_string();
        assert!(html.contains("Nothing is held.") && !html.contains("<svg"), "{html}");
    }

    #[test]
    fn hostile_labels_are_escaped_in_the_picture() {
        let mut hostile = bar(HOSTILE, TODAY, None);
        hostile.moved_by = HOSTILE.into();
        assert_harmless(timeline("x", &[hostile], TODAY).as_str());
    }
}
