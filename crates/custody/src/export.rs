//! What is held about a person: every holding with its standing and its openings, and every linked row.

use crate::{Custody, Ground, HoldingId, PersonId, Result, Standing, rows};
use law::Date;
use store::{Class, DiesWith, Tx, Val};

/// A holding as its person may see it, before it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its id.
    pub holding: HoldingId,
    /// Its kind.
    pub kind: String,
    /// Its ground.
    pub ground: Ground,
    /// The day it was taken.
    pub taken_on: Date,
    /// The day it falls due under its terms.
    pub due_on: Option<Date>,
    /// Its version.
    pub version: u64,
    /// Its standing today.
    pub standing: Standing,
    /// Who opened it, for what, when.
    pub openings: Vec<OpeningRow>,
}

/// One opening: who, for what, when, which fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningRow {
    /// The role.
    pub actor: String,
    /// The purpose.
    pub purpose: String,
    /// The day.
    pub day: Date,
    /// The fields.
    pub fields: Vec<String>,
}

/// A row under the person id, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedRow {
    /// The table.
    pub table: String,
    /// What each linked column is called to its person, and its value; what only points from row to row is left out, for
    /// it says nothing to anybody.
    pub values: Vec<(String, String)>,
}

impl Custody {
    /// Every holding about a person.
    pub fn holdings(&self, tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Holding>> {
        let rows = tx.all(&rows::LIST_PERSON, &[person.into()])?;
        let mut list = Vec::with_capacity(rows.len());
        for row in rows {
            let held = crate::permit::find(tx, person, HoldingId(row.get(0)?))?;
            let (today, taken) = (self.day(tx), self.published(held.notice)?);
            let facts = self.facts(tx, &held, &taken, today)?;
            list.push(Holding {
                holding: held.holding,
                ground: held.ground,
                taken_on: held.taken_on,
                due_on: facts.due_on,
                version: held.version,
                standing: crate::standing(&facts, today),
                openings: openings(tx, person, held.holding)?,
                kind: held.kind,
            });
        }
        Ok(list)
    }

    /// Every linked row under a person id, from every table that `columns.toml` names: nothing that is linked can be left
    /// out of an answer.
    pub fn linked(&self, tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<LinkedRow>> {
        let mut found = Vec::new();
        for (name, dies_with) in self.columns().tables() {
            let linked = self.columns().of_table(name).filter_map(|(column, class)| match class {
                Class::Linked { words, pointer: false, .. } => Some((column.to_owned(), words.clone())),
                _ => None,
            });
            let (columns, words): (Vec<String>, Vec<String>) = linked.unzip();
            if columns.is_empty() || dies_with == DiesWith::Never {
                continue;
            }
            let statement = store::select_by(name, &columns, &["person_id"]);
            for row in tx.all(&statement, &[Val::from(person.0)])? {
                let mut values = Vec::new();
                for (i, words) in words.iter().enumerate() {
                    values.extend(text(&row, i)?.map(|value| (words.clone(), value)));
                }
                found.push(LinkedRow { table: name.to_owned(), values });
            }
        }
        Ok(found)
    }
}

/// A value as text, whatever its type.
fn text(row: &store::Row, i: usize) -> Result<Option<String>> {
    if let Ok(text) = row.get::<Option<String>>(i) {
        return Ok(text);
    }
    Ok(Some(row.get::<i64>(i)?.to_string()))
}

fn openings(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId) -> Result<Vec<OpeningRow>> {
    let rows = tx.all(&rows::LIST_OPENINGS, &[person.into(), holding.into()])?;
    rows.iter()
        .map(|row| {
            Ok(OpeningRow {
                actor: row.get(0)?,
                purpose: row.get(1)?,
                day: crate::permit::day(&row.get::<String>(2)?)?,
                fields: row.get::<String>(3)?.split(' ').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
            })
        })
        .collect()
}
