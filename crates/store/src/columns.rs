//! `columns.toml`: what every column of the schema holds, and when its rows die.
//!
//! ```toml
//! [enquiry]
//! dies_with = "ground"
//! topic     = { linked = "kind.enquiry", words = "what your enquiry is about" }
//!
//! [holding]
//! dies_with = "holding"
//! sealed    = { sealed = "every kind" }
//!
//! [log_head]
//! dies_with = "never"
//! size      = { impersonal = "a count of all leaves" }
//! ```
//!
//! A table that names a person has no impersonal column, and one that does not has nothing else, so that what is linked
//! always dies with someone and what stays is about nobody.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalogue::Column;
use crate::error::{Error, Result};

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// About nobody; kept for the reason given.
    Impersonal {
        /// Why it says nothing about a person.
        reason: String,
    },
    /// Ids, dates and closed codes under a random person id.
    Linked {
        /// The clauses it stands on (`kind.enquiry`), or `every kind`.
        clauses: Vec<String>,
        /// What it is called in the person's export.
        words: String,
        /// Whether it only points from row to row (an id, a token, a digest), so that the export leaves its value out.
        pointer: bool,
    },
    /// Personal data, readable only with the keys of its holding.
    Sealed {
        /// The clauses it stands on, or `every kind`.
        clauses: Vec<String>,
    },
}

/// When the rows of a table die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiesWith {
    /// With the last holding on their ground.
    Ground,
    /// With their holding.
    Holding,
    /// Never: they are about nobody.
    Never,
    /// With the last holding of their person.
    Person,
}

impl DiesWith {
    /// The columns that tell the rows that die.
    pub fn key(self) -> &'static [&'static str] {
        match self {
            Self::Ground => &["person_id", "ground"],
            Self::Holding => &["person_id", "holding_id"],
            Self::Never => &[],
            Self::Person => &["person_id"],
        }
    }
}

/// The classification of a schema. [`columns`] is the only way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(BTreeMap<String, Table>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Table {
    dies_with: DiesWith,
    columns: BTreeMap<String, Class>,
}

impl Columns {
    /// What a column holds, if it is classified.
    pub fn class(&self, table: &str, column: &str) -> Option<&Class> {
        self.0.get(table)?.columns.get(column)
    }

    /// The columns of a table with their classes, in order of name.
    pub fn of_table(&self, table: &str) -> impl Iterator<Item = (&str, &Class)> {
        let columns = self.0.get(table).into_iter().flat_map(|table| &table.columns);
        columns.map(|(name, class)| (name.as_str(), class))
    }

    /// When the rows of a table die, if it is classified.
    pub fn dies_with(&self, table: &str) -> Option<DiesWith> {
        Some(self.0.get(table)?.dies_with)
    }

    /// Every table with when its rows die, in order of name.
    pub fn tables(&self) -> impl Iterator<Item = (&str, DiesWith)> {
        self.0.iter().map(|(name, table)| (name.as_str(), table.dies_with))
    }
}

/// Reads the text of `columns.toml`.
pub fn columns(text: &str) -> Result<Columns> {
    let tables: BTreeMap<String, RawTable> = toml::from_str(text)
        .map_err(|error| wrong(&format!("it does not read as tables of columns: {}", error.message())))?;
    let tables = tables.into_iter().map(|(name, raw)| {
        let table = raw.classify(&name)?;
        table.check(&name)?;
        Ok((name, table))
    });
    Ok(Columns(tables.collect::<Result<_>>()?))
}

/// Where the classification and the live catalogue differ, both ways, in sentences that say what to do. Empty when they agree.
pub fn unclassified(columns: &Columns, live: &[Column]) -> Vec<String> {
    let missing = live.iter().filter(|live| columns.class(&live.table, &live.column).is_none()).map(|Column { table, column, .. }| {
        format!("{table}.{column} is not classified: say under [{table}] in columns.toml whether {column} is sealed, linked or impersonal")
    });
    let is_live = |table: &str, column: &str| live.iter().any(|live| live.table == table && live.column == column);
    let classified = columns.0.iter().flat_map(|(table, body)| body.columns.keys().map(move |column| (table, column)));
    let gone = classified.filter(|(table, column)| !is_live(table, column)).map(|(table, column)| {
        format!("columns.toml classifies {table}.{column}, which the database does not have: take the line out, or add the column in a migration")
    });
    missing.chain(gone).collect()
}

#[derive(Deserialize)]
struct RawTable {
    dies_with: DiesWith,
    #[serde(flatten)]
    columns: BTreeMap<String, RawClass>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    impersonal: Option<String>,
    linked: Option<RawClauses>,
    sealed: Option<RawClauses>,
    words: Option<String>,
    #[serde(default)]
    pointer: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawClauses {
    One(String),
    Several(Vec<String>),
}

impl RawTable {
    fn classify(self, table: &str) -> Result<Table> {
        let classes = self.columns.into_iter().map(|(column, raw)| {
            let class = raw.classify().map_err(|reason| wrong(&format!("{table}.{column} {reason}")))?;
            Ok((column, class))
        });
        Ok(Table { dies_with: self.dies_with, columns: classes.collect::<Result<_>>()? })
    }
}

impl RawClass {
    fn classify(self) -> std::result::Result<Class, &'static str> {
        let pointer = self.pointer;
        match (self.sealed, self.linked, self.impersonal, self.words) {
            (Some(clauses), None, None, None) if !pointer => Ok(Class::Sealed { clauses: clauses.stated()? }),
            (None, Some(clauses), None, Some(words)) if !words.is_empty() => {
                Ok(Class::Linked { clauses: clauses.stated()?, words, pointer })
            }
            (None, Some(_), None, _) => Err("is linked and needs its words for the person's export"),
            (None, None, Some(reason), None) if !reason.is_empty() && !pointer => Ok(Class::Impersonal { reason }),
            _ => Err("must be exactly one of sealed, linked with words, and impersonal with a reason"),
        }
    }
}

impl RawClauses {
    fn stated(self) -> std::result::Result<Vec<String>, &'static str> {
        let clauses = match self {
            Self::One(clause) => vec![clause],
            Self::Several(clauses) => clauses,
        };
        if clauses.is_empty() || clauses.iter().any(String::is_empty) {
            return Err("must name the clause it stands on");
        }
        Ok(clauses)
    }
}

impl Table {
    /// A table is either about persons, and dies with them, or about nobody.
    fn check(&self, name: &str) -> Result<()> {
        if let Some(column) = self.dies_with.key().iter().find(|column| !self.columns.contains_key(**column)) {
            return Err(wrong(&format!("{name} cannot die that way without a column {column}")));
        }
        let personal = self.columns.contains_key("person_id");
        if personal && self.dies_with == DiesWith::Never {
            return Err(wrong(&format!("{name} names a person, so its rows must die with something")));
        }
        let misplaced = |class: &Class| personal == matches!(class, Class::Impersonal { .. });
        match self.columns.iter().find(|(_, class)| misplaced(class)) {
            Some((column, _)) if personal => {
                Err(wrong(&format!("{name}.{column} stands beside a person id, so it is not impersonal")))
            }
            Some((column, _)) => {
                Err(wrong(&format!("{name}.{column} has no person id beside it, so it must be impersonal")))
            }
            None => Ok(()),
        }
    }
}

fn wrong(sentence: &str) -> Error {
    Error::Other(format!("columns.toml: {sentence}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        columns(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_column_is_exactly_one_thing() {
        let text = |class: &str| format!("[t]\ndies_with = \"person\"\nperson_id = {class}");
        for bad in [
            "{ linked = \"kind.a\" }",
            "{ linked = [], words = \"w\" }",
            "{ linked = \"kind.a\", words = \"w\", sealed = \"kind.a\" }",
            "{ words = \"w\" }",
            "{ sealed = \"\" }",
            "{ secret = \"kind.a\" }",
            "\"linked\"",
        ] {
            assert!(refused(&text(bad)).starts_with("columns.toml: "), "{bad}");
        }
        assert_eq!(refused(&text("{ linked = [\"kind.a\", \"kind.b\"], words = \"w\" }")), "");
    }

    #[test]
    fn what_stands_beside_a_person_is_not_impersonal() {
        let text = "[t]\ndies_with = \"person\"\nperson_id = { linked = \"kind.a\", words = \"w\" }\nsize = { impersonal = \"a count\" }";
        assert_eq!(refused(text), "columns.toml: t.size stands beside a person id, so it is not impersonal");
    }

    #[test]
    fn what_has_no_person_beside_it_is_impersonal() {
        let text = "[t]\ndies_with = \"never\"\nday = { linked = \"kind.a\", words = \"w\" }";
        assert_eq!(refused(text), "columns.toml: t.day has no person id beside it, so it must be impersonal");
    }

    #[test]
    fn a_table_dies_by_columns_that_it_has() {
        let text = "[t]\ndies_with = \"ground\"\nperson_id = { linked = \"kind.a\", words = \"w\" }";
        assert_eq!(refused(text), "columns.toml: t cannot die that way without a column ground");
        let never = text.replace("ground", "never");
        assert_eq!(refused(&never), "columns.toml: t names a person, so its rows must die with something");
        assert!(refused(&text.replace("ground", "table")).starts_with("columns.toml: "));
    }
}
