//! The records of a pack: rows about nobody, one object a line. Of the forecast, which stands by person, counts alone.

use super::Cannot;
use crate::App;
use crate::archive::hex;
use custody::Error;
use law::Date;
use serde_json::{Map, Value};
use store::{Row, Statement, Tx, Val};

store::statements! {
    /// Runs of jobs.
    PACK_RUNS = "SELECT job, day, at, count, held, outcome FROM run WHERE day >= $1 ORDER BY at, run_id";
    /// What stands in the forecast, counted.
    PACK_FORECAST = "SELECT f.due_on, h.kind, count(*), min(f.recorded_on), max(f.recorded_on) FROM forecast f \
        JOIN holding h ON h.person_id = f.person_id AND h.holding_id = f.holding_id WHERE f.due_on >= $1 \
        GROUP BY f.due_on, h.kind ORDER BY f.due_on, h.kind";
    /// What each day could destroy, and did, without a forecast.
    PACK_BUDGETS = "SELECT day, most, used FROM budget WHERE day >= $1 ORDER BY day";
    /// What officers released beyond it.
    PACK_RELEASES = "SELECT release_id, reason, up_to, used, asked_on, ends_on FROM release WHERE asked_on >= $1 ORDER BY asked_on, release_id";
    /// What the notice refused.
    PACK_REFUSALS = "SELECT day, clause, actor, purpose, kind, count FROM refusal WHERE day >= $1 ORDER BY day, clause, actor, purpose, kind";
    /// Dates that people confirmed.
    PACK_CONFIRMATIONS = "SELECT n, at, day, witnessed_on FROM confirmation WHERE day >= $1 ORDER BY n";
    /// Copies that took the database's place.
    PACK_RESTORES = "SELECT at, day, copy_day, until_day, finished, leaves, erased, shut, closed, applied FROM restored WHERE day >= $1 ORDER BY at";
    /// The keys of days.
    PACK_EPOCHS = "SELECT day, closed_on, destroyed_on FROM epoch WHERE day >= $1 ORDER BY day";
    /// The last checkpoint of each day.
    PACK_CHECKPOINTS = "SELECT text FROM checkpoint WHERE day >= $1 ORDER BY day";
}

/// A file of records: its name, what is in it, and what the columns are called.
struct File {
    name: &'static str,
    statement: &'static Statement,
    columns: &'static [&'static str],
}

const FILES: &[File] = &[
    file("confirmations", &PACK_CONFIRMATIONS, &["n", "at", "day", "witnessed_on"]),
    file("epochs", &PACK_EPOCHS, &["day", "closed_on", "destroyed_on"]),
    file("forecast", &PACK_FORECAST, &["due_on", "kind", "count", "recorded_first", "recorded_last"]),
    file("refusals", &PACK_REFUSALS, &["day", "clause", "actor", "purpose", "kind", "count"]),
    file("releases", &PACK_RELEASES, &["id", "reason", "up_to", "used", "asked_on", "ends_on"]),
    file(
        "restores",
        &PACK_RESTORES,
        &["at", "day", "copy_day", "until_day", "finished", "leaves", "erased", "shut", "closed", "applied"],
    ),
    file("runs", &PACK_RUNS, &["job", "day", "at", "count", "held", "outcome"]),
    file("sweeps", &PACK_BUDGETS, &["day", "unforeseen_most", "unforeseen"]),
];

const fn file(name: &'static str, statement: &'static Statement, columns: &'static [&'static str]) -> File {
    File { name, statement, columns }
}

/// Every file of records with its bytes, of one moment.
pub(super) fn read(app: &App, from: Option<Date>) -> Result<Vec<(String, Vec<u8>)>, Cannot> {
    Ok(app.custody().store().read_blocking("pack_records", move |tx| all(tx, from))?)
}

fn all(tx: &mut Tx<'_>, from: Option<Date>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let since = from.map_or_else(String::new, law::iso);
    let notes = tx.all(&PACK_CHECKPOINTS, &[since.as_str().into()])?;
    let notes: String = notes.iter().map(|row| row.get::<String>(0)).collect::<Result<_, _>>()?;
    let covers = serde_json::json!({ "from": from.map(law::iso), "until": tx.now().as_millisecond() });
    let mut files = vec![
        ("checkpoints.txt".to_owned(), notes.into_bytes()),
        ("records/covers.json".to_owned(), format!("{covers}\n").into_bytes()),
    ];
    for File { name, statement, columns } in FILES {
        let mut text = Vec::new();
        for row in tx.all(statement, &[since.as_str().into()])? {
            text.extend(object(&row, columns)?.to_string().into_bytes());
            text.push(b'\n');
        }
        files.push((format!("records/{name}.jsonl"), text));
    }
    Ok(files)
}

fn object(row: &Row, columns: &[&str]) -> Result<Value, Error> {
    let mut object = Map::new();
    for (i, column) in columns.iter().enumerate() {
        let value = match row.get(i)? {
            Val::Null => Value::Null,
            Val::Int(number) => number.into(),
            Val::Text(text) => text.into(),
            Val::Bytes(bytes) => hex(&bytes).into(),
        };
        object.insert((*column).to_owned(), value);
    }
    Ok(object.into())
}
