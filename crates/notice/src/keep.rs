//! The retention algebra: until when a kind is kept, as a sentence that people, the file and the sweeper share.
//!
//! ```text
//! keep   = "earliest of " item 1*(", " item)
//!        / "latest of " item 1*(", " item)
//!        / term
//! item   = term / "(" keep ")"
//! term   = ["at least "] period " after " event
//!        / "until " event
//!        / "until further notice"
//! ```

use crate::{Keep, Notice};
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

const DEEPEST: usize = 4;
const LONGEST: usize = 1000;

/// A text that is no retention, with one sentence why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoKeep(String);

impl Keep {
    /// The day on which a holding is due, from the last day of each event; `None` while that is not known.
    ///
    /// The earliest of several is the earliest *known* day; the latest needs all of them. "At least" counts as its
    /// period: it is the day from which erasing is allowed.
    pub fn due(&self, day_of: &dyn Fn(&str) -> Option<Date>) -> Option<Date> {
        match self {
            Keep::After(period, event, _) => period.after(day_of(event)?),
            Keep::Earliest(items) => items.iter().filter_map(|item| item.due(day_of)).min(),
            Keep::Latest(items) => {
                let days: Option<Vec<Date>> = items.iter().map(|item| item.due(day_of)).collect();
                days?.into_iter().max()
            }
            Keep::Until(event) => day_of(event),
            Keep::UntilFurtherNotice | Keep::Unstated => None,
        }
    }

    /// Ids of the events that move the due day, in the order of the text, each once.
    pub fn events(&self) -> Vec<&str> {
        let mut events = Vec::new();
        self.collect(&mut events);
        events
    }

    fn collect<'k>(&'k self, events: &mut Vec<&'k str>) {
        match self {
            Keep::After(_, event, _) | Keep::Until(event) => {
                if !events.contains(&event.as_str()) {
                    events.push(event);
                }
            }
            Keep::Earliest(items) | Keep::Latest(items) => {
                for item in items {
                    item.collect(events);
                }
            }
            Keep::UntilFurtherNotice | Keep::Unstated => {}
        }
    }

    /// Whether the retention ends without a further human act: an upper bound exists through events that are certain.
    pub fn has_backstop(&self, notice: &Notice) -> bool {
        self.ends(&|event| is_certain(event, notice))
    }

    /// Whether an upper bound exists through events that are certain.
    pub(crate) fn ends(&self, certain: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Keep::After(_, event, at_least) => !at_least && certain(event),
            Keep::Earliest(items) => items.iter().any(|item| item.ends(certain)),
            // "At least" may delay a latest, as long as something else ends it.
            Keep::Latest(items) => {
                let is_floor = |item: &Keep| matches!(item, Keep::After(_, event, true) if certain(event));
                items.iter().all(|item| item.ends(certain) || is_floor(item))
                    && items.iter().any(|item| item.ends(certain))
            }
            Keep::Until(event) => certain(event),
            Keep::UntilFurtherNotice | Keep::Unstated => false,
        }
    }

    /// As a person reads it: "90 days after we closed your enquiry, at the latest 12 months after we received it".
    pub fn words(&self, notice: &Notice) -> String {
        match self {
            Keep::After(period, event, false) => {
                format!("{period} after {}", event_words(event, notice))
            }
            Keep::After(period, event, true) => {
                format!("at least {period} after {}", event_words(event, notice))
            }
            Keep::Earliest(items) => earliest_words(items, notice),
            Keep::Latest(items) => latest_words(items, notice),
            Keep::Until(event) => format!("until {}", event_words(event, notice)),
            Keep::UntilFurtherNotice => "until further notice".to_owned(),
            Keep::Unstated => "this notice does not say".to_owned(),
        }
    }

    /// As it reads behind other words: "the day the contract ends", "the later of … and …".
    fn inner_words(&self, notice: &Notice) -> String {
        match self {
            Keep::Until(event) => format!("the day {}", event_words(event, notice)),
            Keep::Earliest(items) => one_of(["the earlier of", "the first of"], items, notice),
            Keep::Latest(items) => one_of(["the later of", "the last of"], items, notice),
            _ => self.words(notice),
        }
    }
}

fn is_certain(event: &str, notice: &Notice) -> bool {
    notice.event(event).is_some_and(|event| event.certain)
}

fn event_words<'n>(event: &'n str, notice: &'n Notice) -> &'n str {
    notice.event(event).map_or(event, |event| event.words.as_str())
}

/// Two items of which one is a backstop read as "A, at the latest B".
fn earliest_words(items: &[Keep], notice: &Notice) -> String {
    if let [a, b] = items {
        match (a.has_backstop(notice), b.has_backstop(notice)) {
            (false, true) => {
                return format!("{}, at the latest {}", outer_words(a, notice), back_reference(b, a, notice));
            }
            (true, false) => {
                return format!("{}, at the latest {}", outer_words(b, notice), back_reference(a, b, notice));
            }
            _ => {}
        }
    }
    format!("{}, whichever comes first", join_words(items, notice))
}

/// A floor under one other item reads as "A, but not before B".
fn latest_words(items: &[Keep], notice: &Notice) -> String {
    let is_floor = |item: &Keep| matches!(item, Keep::After(_, _, true));
    let (floor, other) = match items {
        [a, b] if is_floor(b) && !is_floor(a) => (b, a),
        [a, b] if is_floor(a) && !is_floor(b) => (a, b),
        _ => return format!("{}, whichever comes last", join_words(items, notice)),
    };
    let floor = back_reference(floor, other, notice);
    format!("{}, but not before {}", outer_words(other, notice), floor.trim_start_matches("at least "))
}

/// "A, B or C".
fn join_words(items: &[Keep], notice: &Notice) -> String {
    let mut words: Vec<String> = items.iter().map(|item| item.inner_words(notice)).collect();
    if let (Some(first), Some(item)) = (words.first_mut(), items.first()) {
        *first = outer_words(item, notice);
    }
    crate::in_a_row(&words, "or")
}

/// As it reads before other words: in full, unless it has several parts of its own.
fn outer_words(item: &Keep, notice: &Notice) -> String {
    if let Keep::Until(_) = item { item.words(notice) } else { item.inner_words(notice) }
}

/// "the later of A and B", "the last of A, B and C".
fn one_of([of_two, of_more]: [&str; 2], items: &[Keep], notice: &Notice) -> String {
    let which = if items.len() == 2 { of_two } else { of_more };
    let words: Vec<String> = items.iter().map(|item| item.inner_words(notice)).collect();
    format!("{which} {}", crate::in_a_row(&words, "and"))
}

/// The words of `keep`, with "it" for what both it and the one before it speak of: "we received it".
fn back_reference(keep: &Keep, before: &Keep, notice: &Notice) -> String {
    let words = keep.inner_words(notice);
    let before = before.words(notice);
    let shared = shared_ending(&words, &before);
    match shared.split(' ').next() {
        Some("your" | "the" | "our") if !is_plural(shared) => {
            format!("{}it", &words[..words.len() - shared.len()])
        }
        _ => words,
    }
}

/// The longest run of whole words that ends both, from its last article or possessive on.
fn shared_ending<'w>(words: &'w str, other: &str) -> &'w str {
    let ends = words.match_indices(' ').map(|(at, _)| &words[at + 1..]);
    ends.filter(|end| other.ends_with(&format!(" {end}")))
        .find(|end| ["your ", "the ", "our "].iter().any(|start| end.starts_with(start)))
        .unwrap_or_default()
}

fn is_plural(noun: &str) -> bool {
    noun.ends_with('s') && !noun.ends_with("ss")
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Keep::After(period, event, false) => write!(f, "{period} after {event}"),
            Keep::After(period, event, true) => write!(f, "at least {period} after {event}"),
            Keep::Earliest(items) => write_items(f, "earliest of", items),
            Keep::Latest(items) => write_items(f, "latest of", items),
            Keep::Until(event) => write!(f, "until {event}"),
            Keep::UntilFurtherNotice => f.write_str("until further notice"),
            Keep::Unstated => Ok(()),
        }
    }
}

fn write_items(f: &mut fmt::Formatter<'_>, which: &str, items: &[Keep]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        f.write_str(if i == 0 { which } else { "," })?;
        match item {
            Keep::Earliest(_) | Keep::Latest(_) => write!(f, " ({item})")?,
            _ => write!(f, " {item}")?,
        }
    }
    Ok(())
}

impl FromStr for Keep {
    type Err = NoKeep;

    fn from_str(text: &str) -> Result<Keep, NoKeep> {
        if text.len() > LONGEST {
            return Err(NoKeep(format!("a retention has at most {LONGEST} characters")));
        }
        let plain: Vec<&str> = text.split_whitespace().collect();
        parse(&plain.join(" "), 0)
    }
}

fn parse(text: &str, depth: usize) -> Result<Keep, NoKeep> {
    if depth > DEEPEST {
        return Err(NoKeep(format!("brackets stand at most {DEEPEST} deep")));
    }
    if let Some(items) = text.strip_prefix("earliest of ") {
        return Ok(Keep::Earliest(parse_items(items, depth)?));
    }
    if let Some(items) = text.strip_prefix("latest of ") {
        return Ok(Keep::Latest(parse_items(items, depth)?));
    }
    parse_term(text)
}

fn parse_items(text: &str, depth: usize) -> Result<Vec<Keep>, NoKeep> {
    let items = split_items(text)?;
    if items.len() < 2 {
        return Err(NoKeep(format!("\"{text}\" needs at least two items with a comma between them")));
    }
    items
        .into_iter()
        .map(|item| match item.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => parse(inner.trim(), depth + 1),
            None => parse_term(item),
        })
        .collect()
}

/// Cuts at the commas that stand outside brackets.
fn split_items(text: &str) -> Result<Vec<&str>, NoKeep> {
    let mut items = Vec::new();
    let (mut open, mut start) = (0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => {
                return Err(NoKeep("a bracket closes that never opened".to_owned()));
            }
            ')' => open -= 1,
            ',' if open == 0 => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if open > 0 {
        return Err(NoKeep("a bracket opens and never closes".to_owned()));
    }
    items.push(text[start..].trim());
    Ok(items)
}

fn parse_term(text: &str) -> Result<Keep, NoKeep> {
    if text == "until further notice" {
        return Ok(Keep::UntilFurtherNotice);
    }
    if let Some(event) = text.strip_prefix("until ") {
        return Ok(Keep::Until(parse_event(event)?));
    }
    let (rest, at_least) = match text.strip_prefix("at least ") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let Some((period, event)) = rest.split_once(" after ") else {
        return Err(NoKeep(format!("\"{text}\" is neither \"90 days after an-event\" nor \"until an-event\"")));
    };
    let period = period.parse().map_err(|_| NoKeep(format!("\"{period}\" is no period such as \"90 days\"")))?;
    Ok(Keep::After(period, parse_event(event)?, at_least))
}

fn parse_event(text: &str) -> Result<String, NoKeep> {
    if crate::entry::is_id(text, true) {
        Ok(text.to_owned())
    } else {
        Err(NoKeep(format!("\"{text}\" is no id of an event, such as \"enquiry.closed\"")))
    }
}
