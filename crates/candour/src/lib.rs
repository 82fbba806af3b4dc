//! Candour, the program: an education consortium's portal whose published privacy notice is its configuration.
//!
//! **Purpose.** Put the mechanisms (notice, custody, store, vault, ledger, law) behind pages, mail, jobs and a command line.
//!
//! **In scope.** Rooms: each feature's pages, types, rows and tests in one folder. The web frame, the face, mail, the day's
//! jobs, configuration, commands.
//!
//! **Out of scope.** Whether something may be held, opened or kept: the notice says it and custody does it.
//!
//! **Invariants.**
//! - A feature whose clauses the notice in force does not cover is closed, and its page says which clause is missing.
//! - The only function that sets a cookie takes its id in the notice ([`web::cookie`]).
//! - No page needs a script, and none asks another host for anything.
//! - Handlers hold no personal data longer than their answer; logs hold none.

pub mod acts;
pub mod app;
pub mod archive;
pub mod command;
pub mod coverage;
pub mod day;
pub mod face;
pub mod jobs;
pub mod mail;
pub mod migrations;
mod replace;
pub mod rooms;
pub mod web;

pub use app::App;
