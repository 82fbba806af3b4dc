//! PostgreSQL servers for tests and measurements.
//!
//! # In scope
//! A server in a folder of its own, set up as the program demands (checksums, UTF-8, durable commits), reached through a
//! socket in that folder alone; a standby of it; stopping, killing, promoting. Standard library only, so that the tasks of a
//! fresh clone build within seconds.
//!
//! # Out of scope
//! What is in the databases.
//!
//! # Invariants
//! - A server runs as a child of this process, never as root, listens on no network, and is ended by its own handle.
//! - A folder made here is removed with its handle.

mod place;
mod server;

pub use place::{Owner, bin};
pub use server::{Kind, Server};
