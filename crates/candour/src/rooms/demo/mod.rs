//! The room `demo`.

use super::Room;

/// The demo's own state.
pub struct Demo {}

impl Demo {
    /// Draws the secret of the staff link.
    pub(crate) fn new(_rng: &mut rand_chacha::ChaCha20Rng) -> Self {
        Self {}
    }
}

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    Vec::new()
}
