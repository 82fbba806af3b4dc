//! The room `enquiries`.

use super::Room;
use crate::App;
use custody::Error;

/// Its rooms.
pub(super) fn rooms() -> Vec<Room> {
    Vec::new()
}

/// Its statements.
pub(super) fn statements() -> Vec<&'static store::Statement> {
    Vec::new()
}

/// Warns people whose enquiries are due soon.
pub(crate) fn warn(app: &App) -> Result<(), Error> {
    let _ = app.custody().warnings()?;
    Ok(())
}
