//! Looking at a stored house: what the program finds wrong with it, and what it holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use custody::{Actor, Custody, Error, HoldingId, PersonId};
use ledger::{Checkpoint, Verifier};
use notice::{Ask, Fields};
use rusqlite::types::Value;
use vault::Journal;

use crate::stored::Copied;

/// Rows of tables, by the tables' names; the engine's words where they cannot be read.
type Tables = BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>;

/// What stands in the folder, looked at from outside the program.
#[derive(PartialEq)]
pub(crate) struct Content {
    pub(crate) tables: Result<Tables, String>,
    /// What the engine's own check of its structure says.
    pub(crate) structure: String,
    /// Every file beside the database, but those that nobody reads.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// What the program makes of it.
pub(crate) struct Sight {
    /// Who found something wrong, and what.
    pub(crate) alarms: Vec<(&'static str, String)>,
    /// What opening each holding gave: its text, or the refusal.
    pub(crate) opened: Vec<Result<String, String>>,
}

/// What is there, before the program touches it.
pub(crate) fn content(copied: &Copied, files: &[PathBuf]) -> Content {
    let structure = copied
        .connection()
        .and_then(|connection| connection.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)));
    let files = files.iter().map(|file| (file.display().to_string(), meaning(&copied.path(file))));
    Content {
        tables: tables(copied).map_err(|error| error.to_string()),
        structure: structure.unwrap_or_else(|error| error.to_string()),
        files: files.collect(),
        checkpoint: verify_log(copied).1,
    }
}

/// The bytes of a file. Of a notice its digest: what a comment says, or how it is spaced, is no part of it.
fn meaning(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    digest(&bytes).filter(|_| path.extension().is_some_and(|end| end == "toml")).map_or(bytes, String::into_bytes)
}

fn digest(bytes: &[u8]) -> Option<String> {
    let notice = notice::read_bytes(bytes).ok()?.notice?;
    Some(notice.digest().to_string())
}

/// The text of a notice as its digest.
fn meant(text: &Value) -> Value {
    let Value::Text(text) = text else { return text.clone() };
    Value::Text(digest(text.as_bytes()).unwrap_or_else(|| text.clone()))
}

#[expect(clippy::disallowed_methods, reason = "what stands in the file, whatever the program makes of it")]
fn tables(copied: &Copied) -> rusqlite::Result<Tables> {
    let connection = copied.connection()?;
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let names = names.into_iter().chain(["sqlite_schema".to_owned()]);
    names.map(|name| table(&connection, &name).map(|table| (name, table))).collect()
}

#[expect(clippy::disallowed_methods, reason = "as above")]
fn table(connection: &rusqlite::Connection, name: &str) -> rusqlite::Result<(Vec<String>, Vec<Vec<Value>>)> {
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\""))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let rows = statement.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect());
    let mut rows: Vec<Vec<Value>> = rows?.collect::<Result<_, _>>()?;
    if let Some(at) = columns.iter().position(|column| name == "notice" && column == "text") {
        for row in &mut rows {
            row[at] = meant(&row[at]);
        }
    }
    Ok((columns, rows))
}

/// What the program finds wrong, and what it opens.
pub(crate) fn sight(copied: &Copied, holdings: &[(PersonId, HoldingId)]) -> Sight {
    let mut sight = Sight { alarms: Vec::new(), opened: Vec::new() };
    sight.alarms.extend(verify_log(copied).0.map(|finding| ("verify log", finding)));
    sight.alarms.extend(verify_notices(copied).map(|finding| ("verify notices", finding)));
    if let Err(error) = Journal::read(&copied.path("journal")) {
        sight.alarms.push(("journal", error.to_string()));
    }
    match copied.custody() {
        Ok(custody) => {
            let opened = holdings.iter().map(|(person, holding)| open(&custody, *person, *holding));
            sight.opened = opened.map(|opened| told(opened, &mut sight.alarms)).collect();
            sight.alarms.extend(scrub(&custody).map(|finding| ("scrub", finding)));
        }
        Err(Error::Store(error)) => sight.alarms.push(("opening the database", error.to_string())),
        Err(error) => sight.alarms.push(("start", error.to_string())),
    }
    sight
}

/// A refusal is an answer, and an absence too; any other error tells of damage.
fn told(opened: Result<String, Error>, alarms: &mut Vec<(&'static str, String)>) -> Result<String, String> {
    opened.map_err(|error| {
        if !matches!(error, Error::Gone | Error::Refused(_)) {
            alarms.push(("opening a record", error.to_string()));
        }
        error.to_string()
    })
}

fn open(custody: &Custody, person: PersonId, holding: HoldingId) -> Result<String, Error> {
    let today = custody.store().clock().today();
    let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    let allowed = custody.in_force(today)?.allow(&ask)?;
    let verbs = custody.clone();
    custody.write_blocking("open", move |tx| {
        let permit = verbs.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
        Ok(verbs.open(tx, &permit)?.record.value("email").unwrap_or_default().to_owned())
    })
}

fn scrub(custody: &Custody) -> Option<String> {
    match custody.scrub(|_| ()) {
        Ok(scrubbed) => {
            scrubbed.damage.first().map(|damage| format!("{} {}: {}", damage.table, damage.key, damage.what))
        }
        Err(error) => Some(error.to_string()),
    }
}

/// The published log under the key that lies in it.
fn verify_log(copied: &Copied) -> (Option<String>, Option<Checkpoint>) {
    let evidence = copied.path("evidence");
    let key = fs::read(evidence.join("log.vkey")).unwrap();
    let key = match String::from_utf8_lossy(&key).trim_end().parse::<Verifier>() {
        Ok(key) => key,
        Err(error) => return (Some(error.to_string()), None),
    };
    let report = ledger::verify_log(&mut |path| fs::read(evidence.join(path)).ok(), &key, &mut |_| ());
    (report.findings.first().map(|finding| format!("{}: {}", finding.file, finding.sentence)), report.checkpoint)
}

/// Each published notice has the digest that is its name.
fn verify_notices(copied: &Copied) -> Option<String> {
    let entries = fs::read_dir(copied.path("evidence/notices")).unwrap().map(|entry| entry.unwrap().path());
    let mut texts = entries.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    texts.find_map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let found = digest(&fs::read(&path).unwrap());
        (found.as_deref() != Some(name)).then(|| format!("the notice {name} has another digest"))
    })
}
