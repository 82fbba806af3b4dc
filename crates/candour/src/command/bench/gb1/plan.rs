//! What each record is, by its number: the published comparison gives every value as a function of it.

use super::super::clauses::{KINDS, PURPOSES, TENS};
use super::act::{Attribute, Values};
use notice::{Keep, Kind, Notice};

/// How many people there are, and with them who each record is about.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// How many people: 10,000, as published, or 100 for small runs.
    pub users: u64,
}

impl Plan {
    pub(super) fn new(records: u64) -> Self {
        Self { users: if records < 10_000 { KINDS } else { 10_000 } }
    }

    /// Whose record it is (`USR`).
    pub(super) fn user(self, number: u64) -> u64 {
        number % self.users
    }

    /// The numbers of a person's records, below `end`.
    pub(super) fn of_user(self, user: u64, end: u64) -> impl Iterator<Item = u64> {
        (user..end).step_by(usize::try_from(self.users).unwrap_or(usize::MAX))
    }
}

/// The kind of a record, or of every record of a person.
pub(super) fn class(number: u64) -> u64 {
    number % KINDS
}

/// The purpose of a kind.
pub(super) fn purpose(class: u64) -> u64 {
    class % PURPOSES
}

/// What the notice declares of a kind. Where the recipient, the source, the category and the retention stand in clauses, they
/// are read from them; for `ACL`, `DEC` and `OBJ` the language of notices has no number, and the kind's own stands for it.
pub(super) fn declared(kind: &Kind, notice: &Notice) -> Option<Values> {
    let class = kind.id.strip_prefix('k')?.parse::<u64>().ok()?;
    let number = |text: &str, prefix: &str| text.strip_prefix(prefix).and_then(|n| n.parse::<u64>().ok());
    let (field, _) = kind.fields.first()?;
    let category = notice.field(field).and_then(|field| number(&field.category, "category-"))?;
    let Keep::After(period, _, _) = &kind.keep else { return None };
    let mut values = [class; 7];
    values[Attribute::Roles as usize] = class % TENS;
    values[Attribute::Category as usize] = category;
    values[Attribute::Decision as usize] = class % 2;
    values[Attribute::Recipient as usize] = kind.recipients.iter().find_map(|id| number(id, "x"))?;
    values[Attribute::Source as usize] = kind.source.get("default").and_then(|words| number(words, "source "))?;
    values[Attribute::Retention as usize] = u64::from(period.count / 100).checked_sub(1)?;
    Some(values)
}

/// The field of a record's data.
pub(super) fn field(class: u64) -> String {
    format!("data{}", class % TENS)
}

/// The data of a version of a record: 100 bytes.
pub(super) fn data(number: u64, version: u64) -> String {
    format!("{:a<100}", format!("record {number} version {version} "))
}
