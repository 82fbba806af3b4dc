//! One SQL text behind one seam: transactions, group commit, migrations, test databases.
//!
//! # In scope
//! Two engines, with their settings and locks: SQLite in the program itself (one writer that commits many transactions with
//! one sync, readers beside) and PostgreSQL (a bounded pool of threads, each with its connection; retries; recovery after
//! a lost connection). Copies of the database in the program itself. Statements with names and the rules that keep them
//! portable; migrations; the classification of every column (`columns.toml`) and its comparison with the live catalogue;
//! databases for tests.
//!
//! # Out of scope
//! What the rows mean, keys and sealing, who may read what.
//!
//! # Invariants
//! - An answer is given after the commit that makes it durable, never before.
//! - A transaction is a synchronous closure that may run twice: it has no effect but rows. The time and the generator
//!   come from its [`Tx`].
//! - Transactions that write are as if they ran one after the other. One that fails or panics, or a statement of which failed,
//!   takes back its own rows alone, and never stops the writer.
//! - What a process left behind in a log is made safe before anything is built upon it, and a copy is whole or not there.
//! - A branch by engine stands in this crate only, behind [`driver`]; what the program must know is a fact
//!   ([`Tx::is_only_writer`]), not a name.
//! - A [`Tx`] carries a brand (`'tx`) that no other transaction has, so what is proved in one cannot be used in another.
//! - No parameter and no value of a row is ever part of an error, and rows have no `Debug`.

mod call;
mod catalogue;
mod columns;
mod driver;
mod error;
mod migration;
mod place;
mod portability;
mod postgres;
mod random;
mod schema;
mod settings;
mod sql;
mod sqlite;
mod statement;
mod store;
#[cfg(any(test, feature = "test"))]
pub mod test;
#[cfg(test)]
mod tests;
mod tx;
mod value;

pub use catalogue::{Catalogue, Column, Index};
pub use columns::{Class, Columns, DiesWith, columns, unclassified};
pub use error::{Error, Result};
pub use migration::Migration;
pub use portability::portability;
pub use random::random;
pub use schema::migration_portability;
pub use settings::{Engine, Settings};
pub use statement::{Statement, delete_by, select_by, select_without};
pub use store::Store;
pub use tx::Tx;
pub use value::{FromVal, Row, Val};
