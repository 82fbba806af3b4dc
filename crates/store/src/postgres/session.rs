//! A connection to the server, with its prepared statements and its transaction.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{BufMut, BytesMut};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::LIMIT;
use super::address::Address;
use super::fault::{self, Rules};
use super::queue::now;
use crate::driver::Link;
use crate::error::{Error, Result};
use crate::sql::{Token, tokens};
use crate::statement::Statement;
use crate::value::{Row, Val};

/// How a transaction that writes begins; its isolation is a setting of the session.
pub(crate) const WRITE: &str = "BEGIN";

/// How a transaction that reads begins.
pub(crate) const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A statement's time must not end the wait for a synchronous standby: the server would then acknowledge what the standby
/// has not confirmed. The program's own wait ends in an unknown outcome instead.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// An open connection, on the runtime of its thread.
pub(crate) struct Session {
    runtime: Rc<Runtime>,
    client: Client,
    driven: JoinHandle<()>,
    prepared: HashMap<String, Prepared>,
    rules: Arc<Rules>,
    transaction: State,
    /// Statements whose count is known already. They travel with the next one whose answer is needed, and before it.
    ahead: Vec<(Prepared, Vec<Bound>)>,
    /// Whether its transaction only reads.
    reads: bool,
    /// How long a statement is waited for; `None` while migrations and `VACUUM` run.
    pub(crate) limit: Option<Duration>,
    /// The tables that lost or replaced rows in this transaction.
    pub(crate) lost: Vec<String>,
}

/// How far the session's transaction is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    None,
    /// To be begun with the first statement, in one journey.
    Wanted(&'static str),
    Begun,
}

/// A statement that the server knows.
#[derive(Clone)]
struct Prepared {
    statement: tokio_postgres::Statement,
    /// Whether it changes rows at all.
    changes: bool,
    /// Whether it adds one row, or fails: its count is known before it is sent.
    adds_one: bool,
    /// The table that it takes rows from or replaces rows in.
    table: Option<String>,
}

/// Most statements that wait for the next journey.
const AHEAD: usize = 256;

impl Session {
    /// Connects, within this time.
    pub(crate) fn open(runtime: Rc<Runtime>, address: &Address, rules: Arc<Rules>, limit: Duration) -> Result<Self> {
        let (client, driven) = runtime.block_on(address.connect(limit))?;
        Ok(Self {
            runtime,
            client,
            driven,
            prepared: HashMap::new(),
            rules,
            transaction: State::None,
            ahead: Vec::new(),
            reads: false,
            limit: Some(LIMIT),
            lost: Vec::new(),
        })
    }

    /// A transaction begins with the next statement, which is waited for until then.
    pub(crate) fn want(&mut self, begin: &'static str, until: Instant) {
        self.limit = Some(until.saturating_duration_since(now()));
        self.lost.clear();
        self.ahead.clear();
        self.reads = begin == READ;
        self.transaction = State::Wanted(begin);
    }

    /// Commits. After [`Error::Unknown`] the session is of no use.
    pub(crate) fn commit(&mut self) -> Result<()> {
        if self.transaction != State::Begun && self.ahead.is_empty() {
            self.transaction = State::None;
            return Ok(());
        }
        let (runtime, journey) = (Rc::clone(&self.runtime), self.journey());
        let work = async {
            let (before, committed) = tokio::join!(biased; journey.go(&self.client), self.client.batch_execute(COMMIT));
            before.and(committed)
        };
        let answer = runtime.block_on(async { tokio::time::timeout(LIMIT, work).await });
        let outcome = match answer {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(fault::of_commit(&error, &self.rules)),
            Err(_) => Err(Error::Unknown),
        };
        match outcome {
            Ok(()) | Err(Error::Unknown) => self.transaction = State::None,
            // What was sent before failed, and the commit was not reached.
            Err(_) => self.roll_back().or(Err(Error::Unavailable))?,
        }
        outcome
    }

    /// Takes everything back. After an error the session is of no use.
    pub(crate) fn roll_back(&mut self) -> Result<()> {
        self.limit = Some(LIMIT);
        self.ahead.clear();
        match std::mem::replace(&mut self.transaction, State::None) {
            State::Begun => self.wait(self.client.batch_execute("ROLLBACK")),
            State::None | State::Wanted(_) => Ok(()),
        }
    }

    /// Whether the server still answers.
    pub(crate) fn ping(&mut self) -> Result<()> {
        self.wait(self.client.batch_execute(""))
    }

    /// Has the server read a statement.
    #[cfg(any(test, feature = "test"))]
    pub(crate) fn prepare(&mut self, statement: &Statement) -> Result<()> {
        self.prepared(statement).map(drop)
    }

    fn wait<T>(&self, work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>) -> Result<T> {
        let limited = async {
            match self.limit {
                Some(limit) => tokio::time::timeout(limit, work).await.ok(),
                None => Some(work.await),
            }
        };
        match self.runtime.block_on(limited) {
            Some(done) => done.map_err(|error| fault::of(&error, &self.rules)),
            None => Err(Error::Unavailable),
        }
    }

    fn prepared(&mut self, statement: &Statement) -> Result<Prepared> {
        if let Some(prepared) = self.prepared.get(statement.text()) {
            return Ok(prepared.clone());
        }
        let known = self.wait(self.client.prepare(statement.text()))?;
        let words = tokens(statement.text());
        let changes = words.iter().any(|word| ["delete", "insert", "update"].iter().any(|change| word.is(change)));
        let prepared = Prepared { statement: known, changes, adds_one: adds_one(&words), table: loser(&words) };
        self.prepared.insert(statement.text().to_owned(), prepared.clone());
        Ok(prepared)
    }

    /// The values, once it is certain that the statement may run here and takes as many and such ones: the server is not to
    /// guess, and its refusal would look as if it had become a standby.
    fn bound(&self, statement: &Statement, prepared: &Prepared, values: &[Val]) -> Result<Vec<Bound>> {
        let kinds = prepared.statement.params();
        let name = statement.name();
        if self.reads && prepared.changes {
            return Err(Error::Other(format!("{name} changes rows, in a transaction that only reads")));
        }
        if kinds.len() != values.len() {
            let count = values.len();
            return Err(Error::Other(format!("{name} was given {count} parameters, which is not what it takes")));
        }
        if let Some(place) = values.iter().zip(kinds).position(|(value, kind)| !fits(value, kind)) {
            return Err(Error::Other(format!(
                "{name} was given another sort of value than it takes as ${}",
                place + 1
            )));
        }
        Ok(values.iter().cloned().map(Bound).collect())
    }

    /// What goes before the next statement, in one journey with it.
    fn journey(&mut self) -> Journey {
        let begin = match self.transaction {
            State::Wanted(begin) => Some(begin),
            State::Begun | State::None => None,
        };
        if begin.is_some() {
            self.transaction = State::Begun;
        }
        Journey { begin, ahead: std::mem::take(&mut self.ahead) }
    }

    /// Sends a statement after what waits to go before it.
    fn send<T>(
        &mut self,
        work: impl AsyncFnOnce(&Client) -> std::result::Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let journey = self.journey();
        let begins = journey.begin.is_some();
        let done = self.wait(async {
            let (before, done) = tokio::join!(biased; journey.go(&self.client), work(&self.client));
            before.and(done)
        });
        if begins {
            // The server has shown that it answers.
            self.limit = Some(LIMIT);
        }
        done
    }
}

/// What goes before a statement.
struct Journey {
    begin: Option<&'static str>,
    ahead: Vec<(Prepared, Vec<Bound>)>,
}

impl Journey {
    /// Sends it. A statement is sent when it is first asked how far it is, and they are asked in order; after one that fails,
    /// the server refuses the rest of the transaction, and the first refusal is the reason.
    async fn go(self, client: &Client) -> std::result::Result<(), tokio_postgres::Error> {
        let begun = async {
            match self.begin {
                Some(begin) => client.batch_execute(begin).await,
                None => Ok(()),
            }
        };
        let (begun, sent) = tokio::join!(biased; begun, all(client, self.ahead));
        begun.and(sent.map(drop))
    }
}

/// Sends statements in order and counts the rows that they changed.
async fn all(client: &Client, ready: Vec<(Prepared, Vec<Bound>)>) -> std::result::Result<u64, tokio_postgres::Error> {
    let sent = ready.into_iter().map(|(prepared, bound)| async move {
        let count = client.execute_raw(&prepared.statement, bound).await?;
        Ok(if prepared.changes { count } else { 0 })
    });
    futures_util::future::join_all(sent).await.into_iter().sum()
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driven.abort();
        // The runtime runs only while something waits on it: the connection is closed now, not with the next one.
        self.runtime.block_on(tokio::task::yield_now());
    }
}

impl Link for Session {
    fn execute(&mut self, statement: &Statement, values: &[Val]) -> Result<u64> {
        let prepared = self.prepared(statement)?;
        let bound = self.bound(statement, &prepared, values)?;
        if prepared.adds_one && self.transaction != State::None {
            self.ahead.push((prepared, bound));
            if self.ahead.len() >= AHEAD {
                self.send(async |_| Ok(()))?;
            }
            return Ok(1);
        }
        let count = self.send(async |client| client.execute_raw(&prepared.statement, bound).await)?;
        if !prepared.changes {
            return Ok(0);
        }
        if count > 0 {
            self.lost.extend(prepared.table);
        }
        Ok(count)
    }

    fn execute_all(&mut self, statements: &[(&Statement, Vec<Val>)]) -> Result<u64> {
        let mut ready = Vec::with_capacity(statements.len());
        for (statement, values) in statements {
            let prepared = self.prepared(statement)?;
            let bound = self.bound(statement, &prepared, values)?;
            ready.push((prepared, bound));
        }
        let tables = ready.iter().filter_map(|(prepared, _)| prepared.table.clone());
        self.lost.extend(tables);
        self.send(async |client| all(client, ready).await)
    }

    fn rows(&mut self, statement: &Statement, values: &[Val]) -> Result<Vec<Row>> {
        let prepared = self.prepared(statement)?;
        let bound = self.bound(statement, &prepared, values)?;
        let parameters: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.send(async |client| client.query(&prepared.statement, &parameters).await)?;
        if !rows.is_empty() {
            self.lost.extend(prepared.table);
        }
        rows.iter().map(owned).collect()
    }

    fn script(&mut self, text: &str) -> Result<()> {
        // A transaction that a script begins, it ends.
        self.send(async |client| client.batch_execute(text).await)
    }

    fn spell(&self, migration: &str) -> String {
        migration
            .replace("{bytes}", "BYTEA")
            .replace("{clustered}", "")
            .replace("{table}", "")
            .replace("TEXT", "TEXT COLLATE \"C\"")
    }

    fn begin(&self) -> &'static str {
        WRITE
    }

    fn is_only_writer(&self) -> bool {
        false
    }
}

/// The table that a statement takes rows from or replaces rows in: `DELETE FROM t`, `UPDATE t`, `INSERT INTO t … UPDATE`.
fn loser(words: &[Token]) -> Option<String> {
    let follows = |phrase: &[&str]| {
        let at = words
            .windows(phrase.len())
            .position(|window| window.iter().zip(phrase).all(|(word, text)| word.is(text)))?;
        words.get(at + phrase.len())?.word()
    };
    let upserted = || follows(&["do", "update"]).and_then(|_| follows(&["insert", "into"]));
    let found = follows(&["delete", "from"]).or_else(upserted).or_else(|| follows(&["update"]));
    found.map(str::to_owned)
}

/// Whether a statement is `INSERT INTO t (…) VALUES (…)` and nothing more.
fn adds_one(words: &[Token]) -> bool {
    let values = words.iter().position(|word| word.is("values"));
    let ends_there = |at: usize| {
        let closed = words[at..].iter().position(|word| word.is(")"));
        closed.is_some_and(|closed| at + closed + 1 == words.len())
    };
    words.first().is_some_and(|word| word.is("insert")) && values.is_some_and(ends_there)
}

/// A value on its way to a parameter.
struct Bound(Val);

impl fmt::Debug for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

impl ToSql for Bound {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &self.0 {
            Val::Null => return Ok(IsNull::Yes),
            Val::Int(value) if *kind == Type::INT4 => out.put_i32(i32::try_from(*value)?),
            Val::Int(value) => out.put_i64(*value),
            Val::Text(value) => out.put_slice(value.as_bytes()),
            Val::Bytes(value) => out.put_slice(value),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn fits(value: &Val, kind: &Type) -> bool {
    match value {
        Val::Null => true,
        Val::Int(value) => *kind == Type::INT8 || (*kind == Type::INT4 && i32::try_from(*value).is_ok()),
        Val::Text(_) => *kind == Type::TEXT,
        Val::Bytes(_) => *kind == Type::BYTEA,
    }
}

/// A value on its way from a row.
struct Taken(Val);

impl<'a> FromSql<'a> for Taken {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> std::result::Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(match *kind {
            Type::BOOL => Val::Int(bool::from_sql(kind, raw)?.into()),
            Type::INT2 => Val::Int(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Val::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Val::Int(i64::from_sql(kind, raw)?),
            Type::BYTEA => Val::Bytes(raw.to_vec()),
            Type::TEXT | Type::VARCHAR | Type::NAME => Val::Text(std::str::from_utf8(raw)?.to_owned()),
            _ => return Err("a value of a type that the schema does not have".into()),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Val::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn owned(row: &tokio_postgres::Row) -> Result<Row> {
    let value = |place| {
        let taken: std::result::Result<Taken, _> = row.try_get(place);
        taken.map(|taken| taken.0).map_err(|_| Error::Nonsense("a value stands where the schema has none of its type"))
    };
    (0..row.len()).map(value).collect::<Result<_>>().map(Row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_adds_one_row_is_known_by_its_text() {
        for (text, one) in [
            ("INSERT INTO t (a, b) VALUES ($1, 'x')", true),
            ("INSERT INTO t (a) VALUES ($1), ($2)", false),
            ("INSERT INTO t (a) VALUES ($1) RETURNING a", false),
            ("INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING", false),
            ("INSERT INTO t (a) VALUES ((SELECT max(b) FROM u))", false),
            ("INSERT INTO t (a) SELECT b FROM u", false),
            ("UPDATE t SET a = $1 WHERE b = $2", false),
        ] {
            assert_eq!(adds_one(&tokens(text)), one, "{text}");
        }
    }

    #[test]
    fn the_table_that_loses_rows_is_found_in_the_statement() {
        for (text, table) in [
            ("DELETE FROM holding WHERE a = $1", Some("holding")),
            ("UPDATE data_key SET a = $1 WHERE b = $2", Some("data_key")),
            ("INSERT INTO clock (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = $2", Some("clock")),
            ("WITH due AS (SELECT a FROM t) DELETE FROM u WHERE a = $1", Some("u")),
            ("INSERT INTO clock (a) VALUES ($1) ON CONFLICT (a) DO NOTHING", None),
            ("SELECT a FROM holding", None),
        ] {
            assert_eq!(loser(&tokens(text)).as_deref(), table, "{text}");
        }
    }
}
