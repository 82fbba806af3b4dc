//! Statements of the demonstration: its staff.

store::statements! {
    /// A made-up member of staff, who needs no invitation.
    INSERT_COLLEAGUE = "INSERT INTO staff (person_id, ground, role, state, last_step, failures, locked_until) VALUES ($1, $2, $3, $4, 0, 0, 0)";
}
