//! The room `staff`.

use super::Room;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    Vec::new()
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    Vec::new()
}
