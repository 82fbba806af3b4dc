//! The statements of the retention page: counts by day.

store::statements! {
    /// How many records wait for the next run: due, and not under a legal hold.
    COUNT_DUE = "SELECT count(*) FROM holding h WHERE h.due_on <= $1 AND NOT EXISTS \
        (SELECT l.holding_id FROM legal_hold l WHERE l.person_id = h.person_id AND l.holding_id = h.holding_id AND l.until_day >= $1)";
    /// The next day on which records fall due, and how many.
    NEXT_DUE = "SELECT due_on, count(*) FROM holding WHERE due_on > $1 GROUP BY due_on ORDER BY due_on LIMIT 1";
}
