//! The warning before an enquiry is deleted, as the notice promises it.

use super::{enquiry, letters};
use crate::App;
use custody::{Actor, Error, Warning};
use store::Tx;

/// Warns people whose enquiries are due soon, one transaction each, and says how many. A missed day is caught up.
pub(crate) fn warn(app: &App) -> Result<u64, Error> {
    let mut warned = 0;
    for warning in app.custody().warnings()?.into_iter().filter(|warning| warning.kind == "enquiry") {
        let it = app.clone();
        let done = app.custody().write_blocking("warn_enquiry", move |tx| warn_one(&it, tx, &warning));
        match done {
            Ok(()) => warned += 1,
            // Withdrawn, restricted or gone meanwhile: nobody is written to, and the others are.
            Err(Error::Gone | Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(warned)
}

fn warn_one(app: &App, tx: &mut Tx<'_>, warning: &Warning) -> Result<(), Error> {
    let row = enquiry::by_ground(tx, warning.person, warning.ground)?.ok_or(Error::Gone)?;
    let words = letters::ends_soon(app, tx, &row, warning.due_on)?;
    enquiry::letter_to(app, tx, &row, &Actor::system("sweeper"), "delete-on-time", words)?;
    app.custody().warned(tx, warning)
}
