//! The operations of the comparison and their answers. The program and the model in memory give an answer to the same operation,
//! and the two are compared whole.

use super::super::clauses::ATTRIBUTES;
use custody::Record;
use ledger::Effect;
use std::collections::BTreeMap;

/// What is kept about a record beside its data and its purpose, as the published comparison names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Attribute {
    /// `ACL`: who may use it.
    Roles,
    /// `CAT`: the category of its data.
    Category,
    /// `DEC`: whether a machine decides with it.
    Decision,
    /// `OBJ`: what was objected to.
    Objection,
    /// `SHR`: who receives it.
    Recipient,
    /// `SRC`: where it comes from.
    Source,
    /// `TTL`: how long it is kept.
    Retention,
}

impl Attribute {
    pub(super) const ALL: [Self; 7] =
        [Self::Roles, Self::Category, Self::Decision, Self::Objection, Self::Recipient, Self::Source, Self::Retention];

    /// The field of a record of terms.
    fn field(self) -> &'static str {
        ATTRIBUTES[self as usize]
    }
}

/// A value of each attribute, in the order of [`Attribute::ALL`].
pub(super) type Values = [u64; 7];

/// For what something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Whatever is held for a purpose.
    Purpose(u64),
    /// Whatever the notice lets a recipient have.
    Recipient(u64),
    /// Whatever is held about a person.
    User(u64),
}

/// What was decided later than the notice: a value of an attribute, and by which operation; the last one wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms(BTreeMap<usize, (u64, u64)>);

impl Terms {
    pub(super) fn set(&mut self, attribute: Attribute, value: u64, operation: u64) {
        self.0.insert(attribute as usize, (operation, value));
    }

    /// The operation that decided it, and the value.
    pub(super) fn of(&self, attribute: Attribute) -> Option<(u64, u64)> {
        self.0.get(&(attribute as usize)).copied()
    }

    /// Reads a record of terms; whatever it does not understand says nothing.
    pub(super) fn read(record: &Record) -> Self {
        let mut terms = Self::default();
        for attribute in Attribute::ALL {
            let pair = record.value(attribute.field()).and_then(|text| text.split_once(' '));
            if let Some((operation, value)) =
                pair.and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)))
            {
                terms.set(attribute, value, operation);
            }
        }
        terms
    }
}

/// A decision as a record of terms has it: by which operation, and the value.
pub(super) fn decision(attribute: Attribute, value: u64, operation: u64) -> Record {
    Record::new().with(attribute.field(), format!("{operation} {value}"))
}

/// The values that hold: those of the notice, each replaced by the last decision in any of the scopes.
pub(super) fn effective<'t>(declared: &Values, scopes: &(impl Iterator<Item = &'t Terms> + Clone)) -> Values {
    Attribute::ALL.map(|attribute| {
        let last = scopes.clone().filter_map(|terms| terms.of(attribute)).max();
        last.map_or(declared[attribute as usize], |(_, value)| value)
    })
}

/// An operation, with everything that was drawn for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// A value of an attribute is decided for a scope.
    Change(Scope, Attribute, u64),
    /// A record is deleted.
    DeleteRecord(u64),
    /// Every record of a person is deleted.
    DeleteUser(u64),
    /// A record is taken.
    Insert(u64),
    /// What is kept beside the records of this value of an attribute.
    ListBy(Attribute, u64),
    /// What is kept beside the records of a purpose.
    ListPurpose(u64),
    /// What is kept beside the records of a person.
    ListUser(u64),
    /// The last hundred entries of the log about a person.
    Log(u64),
    /// A record, opened for its purpose.
    ReadFor(u64),
    /// A record, opened for the person.
    ReadOwn(u64),
    /// Every record of a person, opened for them.
    ReadUser(u64),
    /// What is left of a record: data, key, trail, openings, linked row.
    Trace(u64),
    /// The data of a record is replaced.
    Update(u64),
}

impl Act {
    /// What it is called in the figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Change(Scope::Purpose(_), ..) => "update metadata by purpose",
            Self::Change(Scope::Recipient(_), ..) => "update metadata by recipient",
            Self::Change(Scope::User(_), ..) => "update metadata by person",
            Self::DeleteRecord(_) => "delete by key",
            Self::DeleteUser(_) => "delete by person",
            Self::Insert(_) => "create",
            Self::ListBy(Attribute::Objection, _) => "read metadata by objection",
            Self::ListBy(..) => "read metadata by decision",
            Self::ListPurpose(_) => "read metadata by purpose",
            Self::ListUser(_) => "read metadata by person",
            Self::Log(_) => "read the log",
            Self::ReadFor(_) => "read by key",
            Self::ReadOwn(_) => "read one's own by key",
            Self::ReadUser(_) => "read by person",
            Self::Trace(_) => "verify a deletion",
            Self::Update(_) => "update data",
        }
    }
}

/// A record in a list: its number, the day it is due, whether its person objected to its purpose, and the values that hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub number: u64,
    pub due_on: String,
    pub objected: bool,
    pub values: Values,
}

/// What an operation answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// So many were changed.
    Changed(u64),
    /// The effects in the log, newest first.
    Effects(Vec<Effect>),
    /// There is none.
    Gone,
    /// Lines, by number.
    List(Vec<Line>),
    /// Data with its due day, by number.
    Opened(Vec<(String, String)>),
    /// It is closed.
    Refused,
    /// Rows of data, keys, trail, openings and linked codes.
    Traces([u64; 5]),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_they_are_written() {
        let mut terms = Terms::default();
        terms.set(Attribute::Source, 4, 17);
        assert!(Terms::read(&decision(Attribute::Source, 4, 17)) == terms);
        assert!(Terms::read(&Record::new()) == Terms::default());
    }

    #[test]
    fn the_last_decision_wins_whatever_its_scope() {
        let [mut early, mut late] = [Terms::default(), Terms::default()];
        early.set(Attribute::Source, 1, 10);
        late.set(Attribute::Source, 2, 11);
        let declared = [9; 7];
        for both in [[&early, &late], [&late, &early]] {
            let values = effective(&declared, &both.into_iter());
            assert_eq!((values[Attribute::Source as usize], values[Attribute::Roles as usize]), (2, 9));
        }
    }
}
