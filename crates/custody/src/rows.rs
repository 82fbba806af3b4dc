//! Every statement of custody: one text for both engines.

store::statements! {
    /// A holding with its wrapped key: everything that opening needs, in one row.
    FIND_HOLDING = "SELECT h.kind, h.ground, h.taken_on, h.notice_digest, h.version, h.sealed, k.epoch, k.wrapped, h.due_on \
        FROM holding h JOIN data_key k ON k.person_id = h.person_id AND k.holding_id = h.holding_id \
        WHERE h.person_id = $1 AND h.holding_id = $2";
    /// The holdings of a person.
    LIST_PERSON = "SELECT holding_id FROM holding WHERE person_id = $1 ORDER BY taken_on, holding_id";
    /// The holdings of one ground.
    LIST_GROUND = "SELECT holding_id, kind, notice_digest, due_on FROM holding WHERE person_id = $1 AND ground = $2 ORDER BY taken_on, holding_id";
    /// All holdings, a page at a time in key order.
    PAGE_HOLDINGS = "SELECT person_id, holding_id, kind, ground, notice_digest, due_on FROM holding \
        WHERE (person_id, holding_id) > ($1, $2) ORDER BY person_id, holding_id LIMIT $3";
    /// Takes a holding.
    INSERT_HOLDING = "INSERT INTO holding (person_id, holding_id, kind, ground, taken_on, due_on, notice_digest, version, sealed) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Amends a holding: a new version under a new content key.
    UPDATE_HOLDING = "UPDATE holding SET version = $3, sealed = $4 WHERE person_id = $1 AND holding_id = $2 AND version = $5";
    /// Moves the stored due day.
    UPDATE_DUE = "UPDATE holding SET due_on = $3 WHERE person_id = $1 AND holding_id = $2";
    /// Erases a holding.
    DELETE_HOLDING = "DELETE FROM holding WHERE person_id = $1 AND holding_id = $2";
    /// Whether anything is left on a ground.
    COUNT_GROUND = "SELECT count(*) FROM holding WHERE person_id = $1 AND ground = $2";
    /// Whether anything is left of a person.
    COUNT_PERSON = "SELECT count(*) FROM holding WHERE person_id = $1";

    /// The first wrapped key.
    INSERT_KEY = "INSERT INTO data_key (person_id, holding_id, epoch, wrapped) VALUES ($1, $2, $3, $4)";
    /// A key wrapped anew.
    UPDATE_KEY = "UPDATE data_key SET epoch = $3, wrapped = $4 WHERE person_id = $1 AND holding_id = $2";
    /// Keys that an older epoch wraps, a chunk at a time in key order.
    PAGE_OLD_KEYS = "SELECT person_id, holding_id, epoch, wrapped FROM data_key \
        WHERE epoch <> $1 AND (person_id, holding_id) > ($2, $3) ORDER BY person_id, holding_id LIMIT $4";
    /// A key that an epoch still wraps, if there is one.
    FIND_UNDER_EPOCH = "SELECT epoch FROM data_key WHERE epoch = $1 LIMIT 1";

    /// The clock events of a ground.
    LIST_CLOCKS = "SELECT event, day FROM clock WHERE person_id = $1 AND ground = $2";
    /// An event happened: a clock only moves forward.
    UPSERT_CLOCK = "INSERT INTO clock (person_id, ground, event, day) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, ground, event) DO UPDATE SET day = excluded.day WHERE clock.day < excluded.day";
    /// An event is taken back, such as a close that is reopened.
    DELETE_CLOCK = "DELETE FROM clock WHERE person_id = $1 AND ground = $2 AND event = $3";

    /// What of a holding has been opened by this actor, for this purpose, on this day.
    FIND_OPENING = "SELECT fields FROM opening WHERE person_id = $1 AND holding_id = $2 AND actor = $3 AND actor_id = $4 \
        AND purpose = $5 AND day = $6";
    /// An opening: one row per holding, actor, purpose and day.
    UPSERT_OPENING = "INSERT INTO opening (person_id, holding_id, actor, actor_id, purpose, day, fields) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person_id, holding_id, actor, actor_id, purpose, day) \
        DO UPDATE SET fields = excluded.fields";
    /// Who opened a holding.
    LIST_OPENINGS = "SELECT actor, purpose, day, fields FROM opening WHERE person_id = $1 AND holding_id = $2 ORDER BY day, actor, purpose";

    /// The legal hold on a holding.
    FIND_HOLD = "SELECT until_day FROM legal_hold WHERE person_id = $1 AND holding_id = $2";
    /// A restriction on a holding.
    FIND_RESTRICTION = "SELECT day FROM restriction WHERE person_id = $1 AND holding_id = $2";
    /// An objection of a person to a purpose.
    FIND_OBJECTION = "SELECT day FROM objection WHERE person_id = $1 AND purpose = $2";
    /// The withdrawal of a ground.
    FIND_WITHDRAWAL = "SELECT asked_on, destroy_on FROM withdrawal WHERE person_id = $1 AND ground = $2";
    /// Withdraws a ground.
    INSERT_WITHDRAWAL = "INSERT INTO withdrawal (person_id, ground, asked_on, destroy_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, ground) DO NOTHING";
    /// Cancels a withdrawal.
    DELETE_WITHDRAWAL = "DELETE FROM withdrawal WHERE person_id = $1 AND ground = $2";
    /// The flag of a sweep.
    FIND_FLAG = "SELECT flagged_on FROM flag WHERE person_id = $1 AND holding_id = $2";
    /// Flags a holding for destruction.
    UPSERT_FLAG = "INSERT INTO flag (person_id, holding_id, flagged_on, due_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, holding_id) DO NOTHING";
    /// Takes a flag back: the holding is no longer due.
    DELETE_FLAG = "DELETE FROM flag WHERE person_id = $1 AND holding_id = $2";

    /// Holdings whose stored day has come, in the order of the index on it.
    LIST_DUE = "SELECT person_id, holding_id, due_on FROM holding WHERE due_on <= $1 \
        AND (due_on, person_id, holding_id) > ($2, $3, $4) ORDER BY due_on, person_id, holding_id LIMIT $5";
    /// Holdings whose withdrawal has come to its day.
    LIST_RIPE = "SELECT h.person_id, h.holding_id, w.destroy_on FROM withdrawal w \
        JOIN holding h ON h.person_id = w.person_id AND h.ground = w.ground WHERE w.destroy_on <= $1 \
        AND (w.destroy_on, h.person_id, h.holding_id) > ($2, $3, $4) ORDER BY w.destroy_on, h.person_id, h.holding_id LIMIT $5";
    /// Flagged holdings, in key order.
    LIST_FLAGGED = "SELECT person_id, holding_id FROM flag WHERE (person_id, holding_id) > ($1, $2) ORDER BY person_id, holding_id LIMIT $3";
    /// Grounds with a due day in a span, for warnings.
    LIST_TO_WARN = "SELECT person_id, ground, min(due_on) FROM holding WHERE kind = $1 AND due_on > $2 AND due_on <= $3 \
        GROUP BY person_id, ground ORDER BY person_id, ground";
    /// Whether a warning went out.
    FIND_WARNING = "SELECT day FROM warning WHERE person_id = $1 AND ground = $2 AND due_on = $3 AND step = $4";
    /// A warning goes out.
    INSERT_WARNING = "INSERT INTO warning (person_id, ground, due_on, step, day) VALUES ($1, $2, $3, $4, $5)";
    /// How many holdings fall due, by month and kind.
    FORECAST = "SELECT substr(due_on, 1, 7), kind, count(*) FROM holding WHERE due_on IS NOT NULL GROUP BY substr(due_on, 1, 7), kind \
        ORDER BY 1, 2";
    /// How many holdings there are of each kind, and how many have no date yet.
    COUNT_KINDS = "SELECT kind, count(*), count(due_on) FROM holding GROUP BY kind ORDER BY kind";
    /// How many records wait for the next run: due, and not under a legal hold.
    COUNT_DUE = "SELECT count(*) FROM holding h WHERE h.due_on <= $1 AND NOT EXISTS (SELECT l.holding_id FROM legal_hold l \
        WHERE l.person_id = h.person_id AND l.holding_id = h.holding_id AND l.until_day >= $1)";
    /// The next day on which records fall due, and how many.
    NEXT_DUE = "SELECT due_on, count(*) FROM holding WHERE due_on > $1 GROUP BY due_on ORDER BY due_on LIMIT 1";
    /// What is due but held back.
    LIST_HELD = "SELECT h.kind, h.due_on, l.reason, l.until_day, l.authorised_by FROM legal_hold l JOIN holding h \
        ON h.person_id = l.person_id AND h.holding_id = l.holding_id WHERE l.until_day >= $1 ORDER BY l.until_day, h.kind";
    /// Withdrawals that wait for their day.
    COUNT_WITHDRAWN = "SELECT destroy_on, count(*) FROM withdrawal GROUP BY destroy_on ORDER BY destroy_on";

    /// The next number of a person's leaves: trails that stand and leaves under way.
    NEXT_LEAF = "SELECT coalesce((SELECT max(n) FROM trail WHERE person_id = $1), 0), \
        coalesce((SELECT max(n) FROM outbox WHERE person_id = $1), 0)";
    /// A leaf on its way to the log.
    INSERT_OUTBOX = "INSERT INTO outbox (person_id, n, leaf, actor_id, actor_n) VALUES ($1, $2, $3, $4, $5)";
    /// Leaves on their way.
    LIST_OUTBOX = "SELECT person_id, n, leaf, actor_id, actor_n FROM outbox ORDER BY person_id, n LIMIT $1";
    /// A leaf has arrived.
    DELETE_OUTBOX = "DELETE FROM outbox WHERE person_id = $1 AND n = $2";
    /// A reveal, sealed under a trail key.
    INSERT_TRAIL = "INSERT INTO trail (person_id, holding_id, n, sealed) VALUES ($1, $2, $3, $4)";
    /// The index of a leaf that has arrived.
    UPDATE_TRAIL = "UPDATE trail SET idx = $3 WHERE person_id = $1 AND n = $2";
    /// The holding of a person of one kind: a member of staff's own record.
    FIND_OWN = "SELECT holding_id FROM holding WHERE person_id = $1 AND kind = $2 ORDER BY holding_id LIMIT 1";
    /// The first holding of a kind on a ground.
    FIND_ON_GROUND = "SELECT holding_id FROM holding WHERE person_id = $1 AND ground = $2 AND kind = $3 \
        ORDER BY taken_on, holding_id LIMIT 1";

    /// The head of the log.
    FIND_HEAD = "SELECT size, frontier FROM log_head WHERE log = 'main'";
    /// The head moves.
    UPSERT_HEAD = "INSERT INTO log_head (log, size, frontier) VALUES ('main', $1, $2) \
        ON CONFLICT (log) DO UPDATE SET size = excluded.size, frontier = excluded.frontier";
    /// A leaf in the log.
    INSERT_LEAF = "INSERT INTO log_leaf (idx, leaf) VALUES ($1, $2)";
    /// Leaves of the log, in order.
    PAGE_LEAVES = "SELECT idx, leaf FROM log_leaf WHERE idx >= $1 ORDER BY idx LIMIT $2";
    /// A full tile.
    INSERT_TILE = "INSERT INTO log_tile (level, n, hashes) VALUES ($1, $2, $3)";
    /// Full tiles of one level, in order.
    PAGE_TILES = "SELECT n, hashes FROM log_tile WHERE level = $1 AND n >= $2 ORDER BY n LIMIT $3";

    /// Published notices, oldest first.
    LIST_NOTICES = "SELECT digest, version, text, published_on, effective_on, approved_by FROM notice ORDER BY effective_on, published_on, version";
    /// Publishes a notice.
    INSERT_NOTICE = "INSERT INTO notice (digest, version, text, published_on, effective_on, approved_by) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (digest) DO NOTHING";

    /// A new epoch.
    INSERT_EPOCH = "INSERT INTO epoch (day) VALUES ($1) ON CONFLICT (day) DO NOTHING";
    /// The epochs that still stand.
    LIST_EPOCHS = "SELECT day, closed_on FROM epoch WHERE destroyed_on IS NULL ORDER BY day";
    /// The epochs whose keys must be in the keyring: they wrap something, or are open.
    LIST_NEEDED = "SELECT DISTINCT epoch FROM data_key UNION SELECT day FROM epoch WHERE closed_on IS NULL ORDER BY 1";
    /// The epochs whose keys were destroyed.
    LIST_DESTROYED = "SELECT day FROM epoch WHERE destroyed_on IS NOT NULL ORDER BY day";
    /// Closes an epoch: no key is left under it.
    CLOSE_EPOCH = "UPDATE epoch SET closed_on = $2 WHERE day = $1 AND closed_on IS NULL";
    /// An epoch's key is destroyed in every place.
    DESTROY_EPOCH = "UPDATE epoch SET destroyed_on = $2 WHERE day = $1";

    /// The latest instant that was witnessed.
    LAST_MARK = "SELECT max(mark) FROM witness";
    /// Witnesses an instant.
    UPSERT_MARK = "INSERT INTO witness (day, mark, kind) VALUES ($1, $2, $3) \
        ON CONFLICT (day) DO UPDATE SET mark = excluded.mark, kind = excluded.kind WHERE witness.mark < excluded.mark";

    /// A job ran.
    INSERT_RUN = "INSERT INTO run (run_id, job, day, at, count, held, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// The last runs.
    LIST_RUNS = "SELECT job, day, at, count, held, outcome FROM run ORDER BY at DESC, job LIMIT $1";
    /// The last day on which a job was done.
    LAST_RUN = "SELECT max(day) FROM run WHERE job = $1 AND outcome = 'done'";

    /// Runs of two years ago are forgotten.
    DELETE_OLD_RUNS = "DELETE FROM run WHERE day < $1";
    /// Refusals of two years ago are forgotten.
    DELETE_OLD_REFUSALS = "DELETE FROM refusal WHERE day < $1";
    /// Counts a refusal.
    COUNT_REFUSAL = "INSERT INTO refusal (day, clause, actor, purpose, kind, count) VALUES ($1, $2, $3, $4, $5, 1) \
        ON CONFLICT (day, clause, actor, purpose, kind) DO UPDATE SET count = refusal.count + 1";
    /// Refusals by clause.
    LIST_REFUSALS = "SELECT clause, actor, purpose, kind, CAST(sum(count) AS BIGINT), max(day) FROM refusal WHERE day >= $1 \
        GROUP BY clause, actor, purpose, kind ORDER BY sum(count) DESC, clause, actor, purpose, kind";
    /// The refusals of whole days, from a day up to another, for the evidence.
    DAY_REFUSALS = "SELECT day, clause, CAST(sum(count) AS BIGINT) FROM refusal WHERE day >= $1 AND day < $2 \
        GROUP BY day, clause ORDER BY day, clause";
}
