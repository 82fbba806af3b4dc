//! The room `refusals`.

use super::Room;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    Vec::new()
}
