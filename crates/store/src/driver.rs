//! The seam between the store and its engines: what a connection does, and what an engine does with transactions.

use std::path::Path;

use crate::call::Call;
use crate::catalogue::Catalogue;
use crate::error::Result;
use crate::statement::Statement;
use crate::value::{Row, Val};

/// A connection, as transactions and migrations need it. No transaction control goes through it but that of migrations.
pub(crate) trait Link {
    /// Runs a statement to its end and counts the rows it changed; a query changes none.
    fn execute(&mut self, statement: &Statement, values: &[Val]) -> Result<u64>;
    /// Runs several statements in order, each to its end, and counts the rows that they changed. It stops at the first that
    /// fails.
    fn execute_all(&mut self, statements: &[(&Statement, Vec<Val>)]) -> Result<u64>;
    /// Runs a statement and collects what it returns.
    fn rows(&mut self, statement: &Statement, values: &[Val]) -> Result<Vec<Row>>;
    /// Runs a text of several statements without parameters.
    fn script(&mut self, text: &str) -> Result<()>;
    /// A migration's text in the words of this engine.
    fn spell(&self, migration: &str) -> String;
    /// The words that begin a transaction which writes.
    fn begin(&self) -> &'static str;
    /// Whether no other transaction can write while this one does.
    fn is_only_writer(&self) -> bool;
}

/// An engine, opened and migrated.
pub(crate) trait Driver: Send + Sync {
    /// Takes a transaction that writes, to run and settle it; an error when it cannot be taken.
    fn write(&self, call: Box<dyn Call>) -> Result<()>;
    /// Takes a transaction that reads, to run and settle it, perhaps before this returns.
    fn read(&self, call: Box<dyn Call>) -> Result<()>;
    /// The live schema.
    fn catalogue(&self) -> Result<Catalogue>;
    /// Whether a transaction could begin now, of either sort.
    fn health(&self) -> Result<()>;
    /// What the engine's own check finds wrong with the files, a line each.
    fn check(&self) -> Result<Vec<String>>;
    /// Cuts what deleted and replaced rows have left behind.
    fn cut(&self) -> Result<()>;
    /// Writes a copy of the database, of one moment, to a file that does not stand yet.
    fn copy_to(&self, path: &Path) -> Result<()>;
    /// Whether this process has the data to itself.
    fn is_alone(&self) -> bool;
    /// Whether every transaction that writes runs in this one process, one after the other.
    fn is_only_writer(&self) -> bool;
    /// Ends what runs, after what is queued. May be called again, and by a closure of its own.
    fn close(&self);
}
