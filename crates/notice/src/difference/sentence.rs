//! The pieces of a sentence about a difference.

/// First words after which a heading without commas can stand in a sentence without quotation marks.
const OPENINGS: [&str; 12] = ["Your", "Our", "The", "A", "An", "Who", "What", "How", "When", "Where", "Which", "That"];

/// What a kind is called inside a sentence: "your enquiry and how to reach you".
pub(super) fn thing(words: &str) -> String {
    let first = words.split(' ').next().unwrap_or_default();
    let is_one_phrase = OPENINGS.contains(&first) && !words.contains([',', ';', ':']);
    if is_one_phrase { small_initial(words) } else { quoted(words) }
}

/// What a purpose does, to follow "to": "answer what you ask us".
pub(super) fn deed(words: &str) -> String {
    small_initial(words.trim_end_matches('.'))
}

fn small_initial(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

/// A text of the notice inside a sentence, on one line and without its own full stop.
pub(super) fn quoted(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("“{}”", lines.join(", ").trim_end_matches('.'))
}

/// "a, b and c".
pub(super) fn listed(items: &[String]) -> String {
    crate::in_a_row(items, "and")
}

/// A list of which the order means nothing.
pub(super) fn set(items: &[String]) -> Vec<&str> {
    let mut items: Vec<&str> = items.iter().map(String::as_str).collect();
    items.sort_unstable();
    items
}

pub(super) fn unless_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
