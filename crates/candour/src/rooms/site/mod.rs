//! The room `site`.

use super::Room;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    Vec::new()
}
