//! The schema, embedded: every migration in order, and the classification of every column.

use store::Migration;

/// Every migration, oldest first.
pub const MIGRATIONS: &[Migration] = include!("../../../migrations/list.rs");

/// `columns.toml`: sealed, linked or impersonal, with clause or reason.
pub const COLUMNS: &str = include_str!("../../../migrations/columns.toml");

/// Every statement of the program, for the test that holds them to the rules of portability.
pub fn statements() -> Vec<&'static store::Statement> {
    let own = [custody::STATEMENTS, crate::day::STATEMENTS, crate::mail::STATEMENTS, crate::web::session::STATEMENTS];
    let others = [crate::rooms::statements(), crate::command::statements()].concat();
    own.into_iter().flatten().copied().chain(others).collect()
}
