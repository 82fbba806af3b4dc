//! The store as its users see it, on the real schema.

mod copy;
mod faults;
mod files;
mod schema;
mod server;
mod transactions;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

// The list of migrations names the crate from outside.
use crate as store;
use crate::test::{Database, database};
use crate::{Engine, Error, Migration, Result, Settings, Store, Tx, Val, statements};

const MIGRATIONS: &[Migration] = include!("../../../../migrations/list.rs");

statements! {
    @list pub(crate),
    /// Adds a leaf.
    ADD_LEAF = "INSERT INTO log_leaf (idx, leaf) VALUES ($1, $2)";
    /// Adds a leaf with its parameters the other way round.
    ADD_LEAF_BACKWARDS = "INSERT INTO log_leaf (leaf, idx) VALUES ($2, $1)";
    /// The leaves from an index on, in order.
    LIST_LEAVES = "SELECT idx, leaf FROM log_leaf WHERE idx >= $1 ORDER BY idx";
    /// Changes a leaf, and tells which.
    CHANGE_LEAF = "UPDATE log_leaf SET leaf = $2 WHERE idx >= $1 RETURNING idx";
    /// Counts one more on a day.
    COUNT = "INSERT INTO refusal (day, clause, actor, purpose, kind, count) VALUES ($1, 'c', 'a', 'p', 'k', 1) \
        ON CONFLICT (day, clause, actor, purpose, kind) DO UPDATE SET count = refusal.count + 1";
    /// What was counted on a day.
    READ_COUNT = "SELECT count FROM refusal WHERE day = $1";
    /// Places a commitment of a segment.
    PLACE = "INSERT INTO segment (idx, place, commitment) VALUES ($1, 0, $2)";
    /// One epoch.
    FIND_EPOCH = "SELECT closed_on FROM epoch WHERE day = $1";
}

fn fresh() -> Database {
    database(MIGRATIONS).expect("a fresh database")
}

/// Settings for a database of a test's own.
fn settings(engine: Engine, migrations: &'static [Migration]) -> Settings {
    Settings {
        engine,
        clock: law::Clock::fixed(law::Timestamp::UNIX_EPOCH),
        seed: None,
        migrations,
        alone: true,
        patience: std::time::Duration::from_millis(100),
        readers: 1,
    }
}

fn add_leaf(tx: &mut Tx<'_>, idx: i64) -> Result<u64> {
    tx.execute(&ADD_LEAF, &[idx.into(), [7_u8; 32].into()])
}

fn leaves(store: &Store) -> Vec<i64> {
    store
        .read_blocking("list_leaves", |tx| tx.all(&LIST_LEAVES, &[Val::Int(0)])?.iter().map(|row| row.get(0)).collect())
        .unwrap_or_else(|error: Error| panic!("the leaves cannot be read: {error}"))
}

/// Something a transaction waits behind, so that others queue up meanwhile.
struct Gate(Mutex<Receiver<()>>);

impl Gate {
    /// The gate, and what opens it when it is dropped.
    fn shut() -> (Self, Sender<()>) {
        let (opener, gate) = channel();
        (Self(Mutex::new(gate)), opener)
    }

    fn pass(&self) -> Result<()> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).recv() {
            Ok(()) => Err(Error::Other("a gate is opened by dropping its opener".to_owned())),
            Err(_) => Ok(()),
        }
    }
}

/// What a fault of the program does.
fn fault() -> Result<()> {
    panic!("a fault of the program")
}
