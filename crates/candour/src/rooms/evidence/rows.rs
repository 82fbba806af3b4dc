//! Statements of the evidence room: impersonal columns only.

store::statements! {
    /// The checkpoints of the days since one, oldest first.
    LIST_CHECKPOINTS = "SELECT day, size FROM checkpoint WHERE day >= $1 ORDER BY day";
    /// The last checkpoint that was signed up to a day.
    FIND_CHECKPOINT = "SELECT day, text FROM checkpoint WHERE day <= $1 ORDER BY day DESC LIMIT 1";
    /// The first day of which a checkpoint stands.
    FIRST_CHECKPOINT = "SELECT min(day) FROM checkpoint";
    /// When the key of a day was destroyed.
    FIND_DESTROYED = "SELECT destroyed_on FROM epoch WHERE day = $1";
    /// The last run of a job.
    FIND_LAST_RUN = "SELECT day, count, held, outcome FROM run WHERE job = $1 ORDER BY at DESC LIMIT 1";
    /// The runs of the days from one to before another, oldest first.
    LIST_MONTH_RUNS = "SELECT job, day, count, held, outcome FROM run WHERE day >= $1 AND day < $2 ORDER BY at, run_id";
    /// What was refused from one day to before another, by clause.
    LIST_MONTH_REFUSALS = "SELECT clause, CAST(sum(count) AS BIGINT) FROM refusal WHERE day >= $1 AND day < $2 \
        GROUP BY clause ORDER BY sum(count) DESC, clause";
    /// The copies that took the database's place from one day to before another, oldest first.
    LIST_RESTORED = "SELECT day, copy_day, until_day, leaves, erased, shut, closed, applied FROM restored \
        WHERE finished = 1 AND day >= $1 AND day < $2 ORDER BY at";
    /// The last copy that took the database's place.
    FIND_RESTORED = "SELECT day, copy_day, until_day, leaves, erased, shut, closed, applied FROM restored \
        WHERE finished = 1 ORDER BY at DESC LIMIT 1";
}
