//! The rows of staff: a role, a state and counts under a random person id, never a name.

store::statements! {
    /// Somebody is invited.
    INSERT_STAFF = "INSERT INTO staff (person_id, ground, role, state, last_step, failures, locked_until) \
        VALUES ($1, $2, $3, 'invited', 0, 0, 0)";
    /// The invitation of somebody who is invited.
    INSERT_INVITATION = "INSERT INTO invitation (token, person_id, ground, until) VALUES ($1, $2, $3, $4)";
    /// An invitation that is not over, and the role it invites to.
    FIND_INVITATION = "SELECT i.person_id, i.ground, i.until, s.role FROM invitation i \
        JOIN staff s ON s.person_id = i.person_id AND s.ground = i.ground \
        WHERE i.token = $1 AND i.until > $2 AND s.state = 'invited'";
    /// An invitation is used.
    DELETE_INVITATION = "DELETE FROM invitation WHERE token = $1";
    /// An invitation is taken back.
    DELETE_INVITATIONS = "DELETE FROM invitation WHERE person_id = $1";
    /// People whose invitation ended before they joined.
    DELETE_ABSENT = "DELETE FROM staff WHERE state = 'invited' AND NOT EXISTS (SELECT i.until FROM invitation i \
        WHERE i.person_id = staff.person_id AND i.ground = staff.ground AND i.until > $1)";
    /// Somebody invited is no longer expected.
    DELETE_INVITED = "DELETE FROM staff WHERE person_id = $1 AND state = 'invited'";

    /// Somebody invited joins; the code they joined with is used.
    JOIN = "UPDATE staff SET state = 'active', last_step = $3 WHERE person_id = $1 AND ground = $2 AND state = 'invited'";
    /// Somebody leaves.
    LEAVE = "UPDATE staff SET state = 'left' WHERE person_id = $1 AND ground = $2 AND state = 'active'";
    /// How many of a role can sign in.
    COUNT_ACTIVE = "SELECT count(*) FROM staff WHERE role = $1 AND state = 'active'";
    /// Everybody, by state and role.
    LIST_STAFF = "SELECT person_id, ground, role, state FROM staff ORDER BY state, role, person_id, ground";

    /// Everybody who can sign in, with their holding of one kind: the scope in which the doorkeeper looks.
    LIST_ACTIVE = "SELECT s.person_id, s.ground, h.holding_id FROM staff s \
        JOIN holding h ON h.person_id = s.person_id AND h.ground = s.ground \
        WHERE s.state = 'active' AND h.kind = $1 ORDER BY s.person_id, s.ground LIMIT 5000";
    /// What the doorkeeper knows about one who signs in.
    FIND_ACTIVE = "SELECT s.failures, s.locked_until, h.holding_id FROM staff s \
        JOIN holding h ON h.person_id = s.person_id AND h.ground = s.ground \
        WHERE s.person_id = $1 AND s.ground = $2 AND s.state = 'active' AND h.kind = $3";
    /// A try, counted as failed until it is judged.
    COUNT_TRY = "UPDATE staff SET failures = $3, locked_until = $4 WHERE person_id = $1 AND ground = $2";
    /// A try succeeded with the code of a later step than any before.
    ADMIT = "UPDATE staff SET failures = 0, locked_until = 0, last_step = $3 \
        WHERE person_id = $1 AND ground = $2 AND state = 'active' AND last_step < $3 RETURNING role";
}
