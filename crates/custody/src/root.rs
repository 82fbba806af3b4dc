//! What an operator did with the root key: noted, so that everybody who looks can see it.

use crate::retention::record;
use crate::{Custody, Result};
use ledger::{Effect, Outcome};

/// The run that says that the root key was replaced.
const ROTATED: &str = "root-rotated";

/// The run that says that a recovery copy was made.
const COPIED: &str = "recovery-copy";

impl Custody {
    /// The root key was replaced in every place of the keyring: a leaf says so. Recovery copies made before are of no use.
    pub fn note_rotation(&self) -> Result<()> {
        let custody = self.clone();
        self.write_blocking("root_rotated", move |tx| {
            let places = custody.keyring()?.places().len() as u64;
            custody.leave_system(tx, Effect::RootRotated, Outcome::Done, Vec::new(), places)?;
            record(tx, ROTATED, places, 0, "done")
        })
    }

    /// A recovery copy of the root key was made.
    pub fn note_recovery_copy(&self) -> Result<()> {
        self.write_blocking("recovery_copy", |tx| record(tx, COPIED, 1, 0, "done"))
    }
}
