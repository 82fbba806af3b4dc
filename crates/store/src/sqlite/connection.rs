//! Connections: how one is opened, and the only calls of rusqlite that run a statement.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::catalogue::{Catalogue, Column, Index};
use crate::driver::Link;
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::value::{Row, Val};

/// SQLite 3.7.0 to 3.51.2 can lose committed rows when a WAL is reset (sqlite.org/wal.html, "the WAL-reset bug").
const OLDEST: i32 = 3_051_003;

/// Statements kept prepared by each connection.
const PREPARED: usize = 256;

/// How long a checkpoint waits for readers.
const MOMENT: Duration = Duration::from_millis(250);

/// How to open one more connection to the same database.
#[derive(Clone)]
pub(crate) struct Opener {
    pub(crate) path: PathBuf,
    /// How long a connection waits for another's lock.
    pub(crate) patience: Duration,
}

impl Opener {
    /// The connection of the writer.
    pub(crate) fn writer(&self) -> Result<Connection> {
        let connection = self.open(
            "PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA cache_size = -65536;",
        )?;
        connection.busy_timeout(Duration::ZERO)?;
        can_write(&connection)?;
        connection.busy_timeout(self.patience)?;
        Ok(connection)
    }

    /// A connection that can only read.
    pub(crate) fn reader(&self) -> Result<Connection> {
        self.open(
            "PRAGMA query_only = ON;
             PRAGMA cache_size = -16384;",
        )
    }

    /// A connection that copies the whole database. It keeps little in memory: no page is read twice.
    pub(crate) fn copier(&self) -> Result<Connection> {
        self.open("PRAGMA cache_size = -2048;")
    }

    fn open(&self, pragmas: &str) -> Result<Connection> {
        if rusqlite::version_number() < OLDEST {
            return Err(Error::TooOld(rusqlite::version().to_owned()));
        }
        // Each connection is used by one thread at a time, so the engine's own locking is not needed.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(self.patience)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // A plan does not depend on the values that are bound, so no statement is planned anew when they change.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        keep_a_log(&connection)?;
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")?;
        connection.execute_batch(pragmas)?;
        Ok(connection)
    }
}

/// Refuses a connection that could never write. When the engine cannot open one of its files to write, if only for a moment,
/// it opens it to read and does not say so.
fn can_write(connection: &Connection) -> Result<()> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
    match begun.as_ref().err().and_then(rusqlite::Error::sqlite_error_code) {
        // Somebody else writes, so this one can.
        Some(ErrorCode::DatabaseBusy) => Ok(()),
        Some(ErrorCode::ReadOnly) => Err(Error::Io),
        _ => Ok(begun?),
    }
}

fn keep_a_log(connection: &Connection) -> Result<()> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(Error::Other("the file system of the database cannot keep a write-ahead log; use a local disk".to_owned()))
}

/// The folder that a database file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Runs a word of transaction control.
pub(crate) fn command(connection: &Connection, text: &str) -> Result<()> {
    connection.prepare_cached(text)?.raw_execute()?;
    Ok(())
}

/// Runs a statement to its end and counts the rows it changed.
pub(crate) fn execute(connection: &Connection, statement: &Statement, values: &[Val]) -> Result<u64> {
    let mut prepared = connection.prepare_cached(statement.text())?;
    bind(&mut prepared, statement, values)?;
    let mut answer = prepared.raw_query();
    while answer.next()?.is_some() {}
    drop(answer);
    // Meaningful only now: the count changes until the last returned row has been taken. A query leaves it untouched.
    Ok(if prepared.readonly() { 0 } else { connection.changes() })
}

/// Runs a statement and collects what it returns.
pub(crate) fn rows(connection: &Connection, statement: &Statement, values: &[Val]) -> Result<Vec<Row>> {
    let mut prepared = connection.prepare_cached(statement.text())?;
    bind(&mut prepared, statement, values)?;
    let width = prepared.column_count();
    let mut answer = prepared.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = answer.next()? {
        let values = (0..width).map(|i| owned(row.get_ref(i)?)).collect::<Result<_>>()?;
        rows.push(Row(values));
    }
    Ok(rows)
}

/// SQLite numbers `$3` by its first appearance; what counts here is the number in the name.
fn bind(prepared: &mut rusqlite::Statement<'_>, statement: &Statement, values: &[Val]) -> Result<()> {
    let misfit = || {
        Error::Other(format!("{} was given {} parameters, which is not what it takes", statement.name(), values.len()))
    };
    if prepared.parameter_count() != values.len() {
        return Err(misfit());
    }
    for place in 1..=values.len() {
        let number = prepared.parameter_name(place).and_then(number_of).ok_or_else(misfit)?;
        let value = values.get(number.wrapping_sub(1)).ok_or_else(misfit)?;
        match value {
            Val::Null => prepared.raw_bind_parameter(place, Null)?,
            Val::Int(value) => prepared.raw_bind_parameter(place, value)?,
            Val::Text(value) => prepared.raw_bind_parameter(place, value)?,
            Val::Bytes(value) => prepared.raw_bind_parameter(place, value)?,
        }
    }
    Ok(())
}

fn number_of(name: &str) -> Option<usize> {
    name.strip_prefix('$')?.parse().ok()
}

fn owned(value: ValueRef<'_>) -> Result<Val> {
    match value {
        ValueRef::Null => Ok(Val::Null),
        ValueRef::Integer(value) => Ok(Val::Int(value)),
        ValueRef::Blob(value) => Ok(Val::Bytes(value.to_vec())),
        ValueRef::Text(value) => match std::str::from_utf8(value) {
            Ok(value) => Ok(Val::Text(value.to_owned())),
            Err(_) => Err(Error::Nonsense("a text is not UTF-8")),
        },
        ValueRef::Real(_) => Err(Error::Nonsense("a fraction stands where the schema has none")),
    }
}

impl Link for &Connection {
    fn execute(&mut self, statement: &Statement, values: &[Val]) -> Result<u64> {
        execute(self, statement, values)
    }

    fn execute_all(&mut self, statements: &[(&Statement, Vec<Val>)]) -> Result<u64> {
        statements.iter().map(|(statement, values)| execute(self, statement, values)).sum()
    }

    fn rows(&mut self, statement: &Statement, values: &[Val]) -> Result<Vec<Row>> {
        rows(self, statement, values)
    }

    fn script(&mut self, text: &str) -> Result<()> {
        Ok(self.execute_batch(text)?)
    }

    fn spell(&self, migration: &str) -> String {
        migration
            .replace("{bytes}", "BLOB")
            .replace("{clustered}", "WITHOUT ROWID, STRICT")
            .replace("{table}", "STRICT")
            .replace("BIGINT", "INTEGER")
    }

    fn begin(&self) -> &'static str {
        "BEGIN IMMEDIATE"
    }

    fn is_only_writer(&self) -> bool {
        true
    }
}

/// The live schema.
pub(crate) fn catalogue(connection: &Connection) -> Result<Catalogue> {
    Ok(Catalogue { columns: columns(connection)?, indexes: indexes(connection)? })
}

fn columns(connection: &Connection) -> Result<Vec<Column>> {
    let live = Statement::new(
        "COLUMNS",
        "SELECT t.name, c.name, CASE c.type WHEN 'BLOB' THEN '{bytes}' WHEN 'INTEGER' THEN 'BIGINT' ELSE c.type END,
                c.\"notnull\", c.pk
         FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'
         ORDER BY t.name, c.cid",
    );
    let column = |row: &Row| {
        Ok(Column {
            table: row.get(0)?,
            column: row.get(1)?,
            kind: row.get(2)?,
            not_null: row.get(3)?,
            key_position: row.get(4)?,
        })
    };
    rows(connection, &live, &[])?.iter().map(column).collect()
}

fn indexes(connection: &Connection) -> Result<Vec<Index>> {
    let live = Statement::new(
        "INDEXES",
        "SELECT t.name, CASE i.origin WHEN 'c' THEN i.name ELSE '' END, i.\"unique\",
                (SELECT group_concat(p.name, ' ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) p)
         FROM sqlite_schema t JOIN pragma_index_list(t.name) i
         WHERE t.type = 'table' AND i.origin <> 'pk'",
    );
    let index = |row: &Row| {
        let columns = row.get::<String>(3)?.split(' ').map(str::to_owned).collect();
        Ok(Index { table: row.get(0)?, name: row.get(1)?, columns, unique: row.get(2)? })
    };
    let mut indexes = rows(connection, &live, &[])?.iter().map(index).collect::<Result<Vec<_>>>()?;
    indexes.sort();
    Ok(indexes)
}

/// What is wrong with the structure of the file: at most a hundred lines, that name pages, tables, columns and places of rows.
pub(crate) fn check(connection: &Connection) -> Result<Vec<String>> {
    let check = Statement::new("CHECK", "PRAGMA integrity_check(100)");
    let lines = rows(connection, &check, &[])?.iter().map(|row| row.get(0)).collect::<Result<Vec<String>>>()?;
    Ok(if lines == ["ok"] { Vec::new() } else { lines })
}

/// Moves what it can of the log into the database file, without waiting for anybody.
pub(crate) fn move_log(connection: &Connection) -> Result<()> {
    rows(connection, &Statement::new("MOVE_LOG", "PRAGMA wal_checkpoint(PASSIVE)"), &[]).map(|_| ())
}

/// Moves the log into the database file and cuts it to nothing. Writers wait meanwhile, so readers are given a moment to
/// finish, not the whole patience.
pub(crate) fn truncate_log(connection: &Connection, patience: Duration) -> Result<()> {
    let checkpoint = Statement::new("TRUNCATE_LOG", "PRAGMA wal_checkpoint(TRUNCATE)");
    connection.busy_timeout(patience.min(MOMENT))?;
    let answer = rows(connection, &checkpoint, &[]);
    connection.busy_timeout(patience)?;
    let row = answer?.into_iter().next().ok_or(Error::Missing)?;
    if row.get(0)? { Err(Error::Busy) } else { Ok(()) }
}
