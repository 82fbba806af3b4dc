//! Statements of retention that are not custody's: linked and impersonal columns only.

store::statements! {
    /// Epoch keys by state, with the first and the last day of each.
    COUNT_EPOCHS = "SELECT CASE WHEN destroyed_on IS NOT NULL THEN 'destroyed' WHEN closed_on IS NOT NULL THEN 'closed' ELSE 'open' END, \
        count(*), min(day), max(day) FROM epoch GROUP BY 1 ORDER BY 1";
    /// Whether an officer has agreed to a release.
    FIND_AGREED = "SELECT day FROM release_vote WHERE person_id = $1 AND release_id = $2";
    /// The legal hold on a ground.
    FIND_HOLD = "SELECT l.reason, l.authorised_by, l.from_day, l.until_day FROM legal_hold l JOIN holding h \
        ON h.person_id = l.person_id AND h.holding_id = l.holding_id WHERE l.person_id = $1 AND h.ground = $2 \
        AND l.until_day >= $3 ORDER BY l.until_day DESC, l.holding_id LIMIT 1";
    /// Legal holds by ground and kind, those that end first before the others.
    LIST_HOLDS = "SELECT l.reason, l.authorised_by, l.from_day, l.until_day, h.ground, e.reference, h.kind, count(*) \
        FROM legal_hold l JOIN holding h ON h.person_id = l.person_id AND h.holding_id = l.holding_id \
        LEFT JOIN enquiry e ON e.person_id = h.person_id AND e.ground = h.ground WHERE l.until_day >= $1 \
        GROUP BY l.reason, l.authorised_by, l.from_day, l.until_day, h.ground, e.reference, h.kind \
        ORDER BY l.until_day, h.ground, h.kind";
}
