//! What a copy that took the database's place must not bring back: the ways in, and letters that may have left already.

use custody::Error;
use store::Tx;

store::statements! {
    /// Every session ends: whoever signed out since the copy was made would be signed in again.
    FORGET_SESSIONS = "DELETE FROM session WHERE until >= $1";
    /// Every code ends: some were used.
    FORGET_CODES = "DELETE FROM code WHERE until >= $1";
    /// Every link ends: some were used.
    FORGET_LINKS = "DELETE FROM link WHERE until >= $1";
    /// Every invitation ends: some were accepted.
    FORGET_INVITATIONS = "DELETE FROM invitation WHERE until >= $1";
    /// Every answer to a repeated request: it speaks of rows that the copy may not have.
    FORGET_ANSWERS = "DELETE FROM idempotency WHERE day >= $1";
    /// Whoever left the staff since: the event is there again, and the way in that the copy has is not theirs any more.
    SHUT_OUT = "UPDATE staff SET state = 'left' WHERE state = 'active' AND EXISTS (SELECT c.day FROM clock c \
        WHERE c.person_id = staff.person_id AND c.ground = staff.ground AND c.event = $1)";
    /// Every letter that waited: it may have left since the copy was made, so a person decides.
    DOUBT_LETTERS = "UPDATE mail_job SET state = 'unknown' WHERE state = $1";
}

/// Ends every way in and doubts every letter that waits, in the transaction that finishes a restore.
pub fn forget_doors(tx: &mut Tx<'_>) -> Result<(), Error> {
    for statement in [&FORGET_SESSIONS, &FORGET_CODES, &FORGET_LINKS, &FORGET_INVITATIONS] {
        // Since the first instant: all of them.
        tx.execute(statement, &[0_i64.into()])?;
    }
    tx.execute(&FORGET_ANSWERS, &["".into()])?;
    for state in ["queued", "sending"] {
        tx.execute(&DOUBT_LETTERS, &[state.into()])?;
    }
    tx.execute(&SHUT_OUT, &["staff.left".into()])?;
    Ok(super::staff::forget_absent(tx)?)
}
