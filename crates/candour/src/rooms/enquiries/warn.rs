//! The warning before an enquiry is deleted, as the notice promises it.

use super::{enquiry, letters};
use crate::App;
use custody::{Actor, Error, Warning};
use store::Tx;

/// Queues the warning to the person of an enquiry that is due soon.
pub(crate) fn warn(app: &App, tx: &mut Tx<'_>, warning: &Warning) -> Result<(), Error> {
    let row = enquiry::by_ground(tx, warning.person, warning.ground)?.ok_or(Error::Gone)?;
    let words = letters::ends_soon(app, tx, &row, warning.due_on)?;
    enquiry::letter_to(app, tx, &row, &Actor::system("sweeper"), "delete-on-time", words)
}
