//! One SQL text behind one seam: transactions, group commit, migrations, test databases.
//!
//! # In scope
//! The engine (SQLite, embedded), its settings and its lock; one writer that commits many transactions with one
//! sync; readers; statements with names and the rules that keep them portable; migrations; the classification of
//! every column (`columns.toml`) and its comparison with the live catalogue; databases for tests.
//!
//! # Out of scope
//! What the rows mean, keys and sealing, who may read what. A second engine comes later behind the same types, which
//! therefore name nothing of the first.
//!
//! # Invariants
//! - An answer is given after the commit that makes it durable, never before.
//! - A transaction is a synchronous closure that may run twice: it has no effect but rows. The time and the generator
//!   come from its [`Tx`].
//! - A transaction that fails or panics takes back its own rows alone, and never stops the writer.
//! - A [`Tx`] carries a brand (`'tx`) that no other transaction has, so what is proved in one cannot be used in another.
//! - No parameter and no value of a row is ever part of an error, and rows have no `Debug`.

mod checkpointer;
mod columns;
mod connection;
mod error;
mod migration;
mod portability;
mod random;
mod readers;
mod schema;
mod settings;
mod sql;
mod statement;
mod store;
#[cfg(any(test, feature = "test"))]
pub mod test;
#[cfg(test)]
mod tests;
mod tx;
mod value;
mod writer;

pub use columns::{Class, Columns, DiesWith, columns, unclassified};
pub use connection::Column;
pub use error::{Error, Result};
pub use migration::Migration;
pub use portability::portability;
pub use schema::migration_portability;
pub use settings::Settings;
pub use statement::{Statement, delete_by, select_by};
pub use store::Store;
pub use tx::Tx;
pub use value::{FromVal, Row, Val};
