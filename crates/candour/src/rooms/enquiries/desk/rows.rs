//! The statements of the inbox: linked columns only. What is due or withdrawn is closed, and stands in no list.

store::statements! {
    /// Enquiries in given states, newest activity first, with the instant of the person's last message.
    LIST_INBOX = "SELECT e.reference, e.topic, e.state, e.received_on, e.answer_by, e.touched_at, \
        coalesce((SELECT max(m.at) FROM enquiry_entry m WHERE m.person_id = e.person_id AND m.ground = e.ground AND m.sort = 'message'), e.touched_at) \
        FROM enquiry e \
        JOIN holding h ON h.person_id = e.person_id AND h.ground = e.ground AND h.kind = 'enquiry' \
        WHERE e.state IN ($1, $2, $3, $4) AND (h.due_on IS NULL OR h.due_on > $5) \
        AND NOT EXISTS (SELECT w.ground FROM withdrawal w WHERE w.person_id = e.person_id AND w.ground = e.ground) \
        AND (e.touched_at, e.reference) < ($6, $7) \
        ORDER BY e.touched_at DESC, e.reference DESC LIMIT $8";
    /// How many enquiries wait for an answer, and since when the oldest does.
    COUNT_WAITING = "SELECT count(*), min(asked_at) FROM (SELECT coalesce((SELECT max(m.at) FROM enquiry_entry m \
            WHERE m.person_id = e.person_id AND m.ground = e.ground AND m.sort = 'message'), e.touched_at) AS asked_at \
        FROM enquiry e \
        JOIN holding h ON h.person_id = e.person_id AND h.ground = e.ground AND h.kind = 'enquiry' \
        WHERE e.state IN ('new', 'waiting') AND (h.due_on IS NULL OR h.due_on > $1) \
        AND NOT EXISTS (SELECT w.ground FROM withdrawal w WHERE w.person_id = e.person_id AND w.ground = e.ground)) AS waiting";
}
