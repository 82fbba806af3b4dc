//! Statements of the demonstration: its staff.

store::statements! {
    /// Somebody of a role who works here.
    FIND_COLLEAGUE = "SELECT person_id, ground FROM staff WHERE role = $1 AND state = $2 ORDER BY person_id LIMIT 1";
    /// A made-up member of staff, who needs no invitation.
    INSERT_COLLEAGUE = "INSERT INTO staff (person_id, ground, role, state, last_step, failures, locked_until) VALUES ($1, $2, $3, $4, 0, 0, 0)";
}
