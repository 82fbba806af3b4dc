//! What stands beside the records, for its person: the linked rows, by table and in words; and what is stored, for people
//! and for programs.

use super::super::enquiry::topic_words;
use crate::face::fact::role_words;
use custody::LinkedRow;
use law::Timestamp;
use notice::Notice;

/// Linked rows of one table.
pub(super) struct Table {
    /// The table's name, readable.
    pub name: String,
    /// Rows: what each value is, and the value in words.
    pub rows: Vec<Vec<(String, String)>>,
}

/// Linked rows by table, in words.
pub(super) fn tables(notice: &Notice, rows: &[LinkedRow]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for row in rows.iter().filter(|row| !row.values.is_empty()) {
        let name = row.table.replace('_', " ");
        let values = row.values.iter().map(|(called, value)| (called.clone(), words(notice, value))).collect();
        match tables.iter_mut().find(|table| table.name == name) {
            Some(table) => table.rows.push(values),
            None => tables.push(Table { name, rows: vec![values] }),
        }
    }
    tables
}

/// A day, an instant or a code of the notice as people read it; everything else as it is.
pub(super) fn words(notice: &Notice, value: &str) -> String {
    if let Some(day) = law::parse_iso(value) {
        return law::short_words(day);
    }
    if let Some(at) = instant(value) {
        return law::london_time(at).strftime("%-d %B %Y at %H:%M").to_string();
    }
    code_words(notice, value).trim_end_matches('.').to_owned()
}

/// A stored value as a program reads it: an instant as ISO 8601, everything else as it is.
pub(super) fn iso(value: &str) -> String {
    instant(value).map_or_else(|| value.to_owned(), |at| at.to_string())
}

/// Instants are stored as milliseconds since 1970. They have thirteen digits from 2001 to 2286; no count of ours has.
fn instant(value: &str) -> Option<Timestamp> {
    let at = value.parse::<i64>().ok().filter(|_| value.len() == 13)?;
    Timestamp::from_millisecond(at).ok()
}

/// What the notice calls a code; a list of fields as their labels.
fn code_words(notice: &Notice, code: &str) -> String {
    let called = (notice.purpose(code).map(|purpose| &purpose.words))
        .or_else(|| notice.kind(code).map(|kind| &kind.words))
        .or_else(|| notice.event(code).map(|event| &event.words))
        .or_else(|| notice.cookie(code).map(|cookie| &cookie.words));
    if let Some(words) = called {
        return words.clone();
    }
    let labels: Option<Vec<&str>> =
        code.split(' ').map(|field| notice.field(field).map(|field| field.label.as_str())).collect();
    labels.map_or_else(|| topic_words(notice, role_words(code)), |labels| labels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{iso, words};

    #[test]
    fn what_is_stored_is_shown_as_people_read_it() {
        let read = notice::read(include_str!("../../../../../../notices/segfl.toml")).expect("a notice");
        let notice = read.notice.expect("a whole notice");
        for (stored, shown) in [
            ("2026-11-23", "23 November 2026"),
            ("1795424400000", "23 November 2026 at 09:00"),
            ("show-you", notice.purpose("show-you").expect("a purpose").words.trim_end_matches('.')),
            ("enquiry", &notice.kind("enquiry").expect("a kind").words),
            ("enquiry.received", "we received your enquiry"),
            ("broadband", "Broadband and network"),
            ("name email", "Name, E-mail address"),
            ("desk", "our desk"),
            ("answered", "answered"),
            ("-1", "-1"),
        ] {
            assert_eq!(words(&notice, stored), shown, "{stored}");
        }
    }

    #[test]
    fn a_program_reads_instants_as_iso_8601_and_everything_else_as_stored() {
        assert_eq!(iso("1795424400000"), "2026-11-23T09:00:00Z");
        for value in ["2026-11-23", "broadband", "-1", "179542440000"] {
            assert_eq!(iso(value), value);
        }
    }
}
