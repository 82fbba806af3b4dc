//! Every statement of custody: one text for both engines.

store::statements! {
    /// A holding with its wrapped key: everything that opening needs, in one row.
    FIND_HOLDING = "SELECT h.kind, h.ground, h.taken_on, h.notice_digest, h.version, h.sealed, k.epoch, k.wrapped, h.due_on \
        FROM holding h JOIN data_key k ON k.person_id = h.person_id AND k.holding_id = h.holding_id \
        WHERE h.person_id = $1 AND h.holding_id = $2";
    /// The holdings of a person.
    LIST_PERSON = "SELECT holding_id FROM holding WHERE person_id = $1 ORDER BY taken_on, holding_id";
    /// The holdings of one ground.
    LIST_GROUND = "SELECT h.holding_id, h.kind, h.notice_digest, h.due_on, f.due_on, f.recorded_on FROM holding h \
        LEFT JOIN forecast f ON f.person_id = h.person_id AND f.holding_id = h.holding_id \
        WHERE h.person_id = $1 AND h.ground = $2 ORDER BY h.taken_on, h.holding_id";
    /// All holdings, a page at a time in key order.
    PAGE_HOLDINGS = "SELECT h.holding_id, h.kind, h.notice_digest, h.due_on, f.due_on, f.recorded_on, h.person_id, h.ground \
        FROM holding h LEFT JOIN forecast f ON f.person_id = h.person_id AND f.holding_id = h.holding_id \
        WHERE (h.person_id, h.holding_id) > ($1, $2) ORDER BY h.person_id, h.holding_id LIMIT $3";
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
    /// The same, unless somebody wrapped other keys meanwhile.
    TURN_KEY = "UPDATE data_key SET epoch = $3, wrapped = $4 WHERE person_id = $1 AND holding_id = $2 AND wrapped = $5";
    /// Keys that an older epoch wraps, a chunk at a time in key order.
    PAGE_OLD_KEYS = "SELECT person_id, holding_id, epoch, wrapped FROM data_key \
        WHERE epoch <> $1 AND (person_id, holding_id) > ($2, $3) ORDER BY person_id, holding_id LIMIT $4";
    /// The epochs that still wrap a key.
    LIST_USED = "SELECT DISTINCT epoch FROM data_key ORDER BY epoch";

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
    UPSERT_OPENING = "INSERT INTO opening (person_id, holding_id, actor, actor_id, purpose, day, fields, r) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (person_id, holding_id, actor, actor_id, purpose, day) \
        DO UPDATE SET fields = excluded.fields, r = excluded.r";
    /// Who opened a holding.
    LIST_OPENINGS = "SELECT actor, purpose, day, fields FROM opening WHERE person_id = $1 AND holding_id = $2 ORDER BY day, actor, purpose";

    /// The legal hold on a holding.
    FIND_HOLD = "SELECT until_day FROM legal_hold WHERE person_id = $1 AND holding_id = $2";
    /// An objection of a person to a purpose.
    FIND_OBJECTION = "SELECT day FROM objection WHERE person_id = $1 AND purpose = $2";
    /// The withdrawal of a ground.
    FIND_WITHDRAWAL = "SELECT asked_on, destroy_on FROM withdrawal WHERE person_id = $1 AND ground = $2";
    /// Withdraws a ground.
    INSERT_WITHDRAWAL = "INSERT INTO withdrawal (person_id, ground, asked_on, destroy_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, ground) DO NOTHING";
    /// Withdraws a ground again after a restore: what was asked last counts.
    UPSERT_WITHDRAWAL = "INSERT INTO withdrawal (person_id, ground, asked_on, destroy_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, ground) DO UPDATE SET asked_on = excluded.asked_on, destroy_on = excluded.destroy_on \
        WHERE withdrawal.asked_on <> excluded.asked_on";
    /// Cancels a withdrawal.
    DELETE_WITHDRAWAL = "DELETE FROM withdrawal WHERE person_id = $1 AND ground = $2";
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
    LIST_HELD = "SELECT h.kind, h.due_on, l.reason, l.until_day, l.authorised_by, l.from_day FROM legal_hold l JOIN holding h \
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
    /// Leaves up to this one have arrived.
    DELETE_OUTBOX = "DELETE FROM outbox WHERE (person_id, n) <= ($1, $2)";
    /// How many leaves are on their way.
    COUNT_OUTBOX = "SELECT count(*) FROM outbox";
    /// Takes or renews a lease, unless another holds it. One that reaches further than leases do was written by a clock that
    /// was wrong, and holds nothing.
    LEASE = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
        SET holder = excluded.holder, until = excluded.until \
        WHERE lease.holder = excluded.holder OR lease.until <= $4 OR lease.until > $5";
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
    UPSERT_MARK = "INSERT INTO witness (day, mark, kind, unseen_ms) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (day) DO UPDATE SET mark = excluded.mark, kind = excluded.kind, \
        unseen_ms = coalesce(witness.unseen_ms, 0) + excluded.unseen_ms WHERE witness.mark < excluded.mark";
    /// How much of the last witnessed days nobody saw.
    LIST_UNSEEN = "SELECT day, coalesce(unseen_ms, 0) FROM witness ORDER BY day DESC LIMIT $1";
    /// A confirmed date settles what went unseen before it.
    SETTLE_UNSEEN = "UPDATE witness SET unseen_ms = 0 WHERE mark <= $1";

    /// A job ran.
    INSERT_RUN = "INSERT INTO run (run_id, job, day, at, count, held, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// The last day up to one on which the day's run was done.
    LAST_DAY = "SELECT max(day) FROM run WHERE job = $1 AND outcome = 'done' AND day <= $2";
    /// Whether a job was done on a day.
    FIND_RUN = "SELECT day FROM run WHERE job = $1 AND day = $2 AND outcome = 'done' LIMIT 1";
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

    // ── The guard ──

    /// What a later confirmation disproves.
    DELETE_LATER_MARKS = "DELETE FROM witness WHERE mark > $1";
    /// The last confirmation of a date.
    LAST_CONFIRMATION = "SELECT n, at FROM confirmation ORDER BY n DESC LIMIT 1";
    /// A person confirms today's date.
    INSERT_CONFIRMATION = "INSERT INTO confirmation (n, at, day, witnessed_on) VALUES ($1, $2, $3, $4)";
    /// The dates confirmed after a day, with the last witnessed day before each; not those that a later confirmation disproves.
    LIST_CONFIRMED = "SELECT c.witnessed_on, c.day FROM confirmation c WHERE c.day > $1 AND c.witnessed_on IS NOT NULL \
        AND NOT EXISTS (SELECT later.n FROM confirmation later WHERE later.n > c.n AND later.at < c.at) ORDER BY c.n";

    /// What was forecast of a holding.
    FIND_FORECAST = "SELECT due_on, recorded_on FROM forecast WHERE person_id = $1 AND holding_id = $2";
    /// Records when a holding falls due, and since when that is known.
    UPSERT_FORECAST = "INSERT INTO forecast (person_id, holding_id, due_on, recorded_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, holding_id) DO UPDATE SET due_on = excluded.due_on, recorded_on = excluded.recorded_on";
    /// A holding no longer falls due soon.
    DELETE_FORECAST = "DELETE FROM forecast WHERE person_id = $1 AND holding_id = $2";
    /// Holdings that fall due by a day and are not recorded, or are by a clock that had jumped; in the order of their days.
    LIST_ENTERING = "SELECT h.person_id, h.holding_id, h.due_on FROM holding h WHERE h.due_on <= $1 \
        AND (h.due_on, h.person_id, h.holding_id) > ($2, $3, $4) AND NOT EXISTS (SELECT f.due_on FROM forecast f \
        WHERE f.person_id = h.person_id AND f.holding_id = h.holding_id AND f.due_on <= h.due_on AND f.recorded_on <= $5) \
        ORDER BY h.due_on, h.person_id, h.holding_id LIMIT $6";
    /// The stored day of a holding with its forecast.
    FIND_STORED = "SELECT h.due_on, f.due_on, f.recorded_on FROM holding h LEFT JOIN forecast f \
        ON f.person_id = h.person_id AND f.holding_id = h.holding_id WHERE h.person_id = $1 AND h.holding_id = $2";
    /// How many holdings stand in the forecast.
    COUNT_FORECAST = "SELECT count(*) FROM forecast";
    /// The forecast by day and kind.
    LIST_FORECAST = "SELECT f.due_on, h.kind, count(*) FROM forecast f JOIN holding h ON h.person_id = f.person_id \
        AND h.holding_id = f.holding_id GROUP BY f.due_on, h.kind ORDER BY f.due_on, h.kind";
    /// What is due by today: by kind, hold and day of its forecast.
    LIST_WAITING = "SELECT h.kind, CASE WHEN l.until_day >= $1 THEN 1 ELSE 0 END, \
        CASE WHEN f.due_on <= $1 THEN f.recorded_on ELSE NULL END, count(*) FROM holding h \
        LEFT JOIN legal_hold l ON l.person_id = h.person_id AND l.holding_id = h.holding_id \
        LEFT JOIN forecast f ON f.person_id = h.person_id AND f.holding_id = h.holding_id \
        WHERE h.due_on <= $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

    /// Grounds that a notice to come makes due in a span, before their own day.
    LIST_TO_WARN_AHEAD = "SELECT f.person_id, h.ground, min(f.due_on) FROM forecast f JOIN holding h \
        ON h.person_id = f.person_id AND h.holding_id = f.holding_id WHERE f.due_on > $2 AND f.due_on <= $3 AND h.kind = $1 \
        AND (h.due_on IS NULL OR f.due_on < h.due_on) GROUP BY f.person_id, h.ground ORDER BY f.person_id, h.ground";
    /// Holdings that are due, not held, and neither warned of by this step nor noted as not to be warned of.
    LIST_TO_WARN_LATE = "SELECT h.person_id, h.ground, h.holding_id FROM holding h \
        JOIN forecast f ON f.person_id = h.person_id AND f.holding_id = h.holding_id \
        WHERE h.kind = $1 AND h.due_on <= $2 AND NOT EXISTS (SELECT l.holding_id FROM legal_hold l \
        WHERE l.person_id = h.person_id AND l.holding_id = h.holding_id AND l.until_day >= $2) \
        AND NOT EXISTS (SELECT w.day FROM warning w WHERE w.person_id = h.person_id AND w.ground = h.ground \
        AND w.step = $3 AND w.due_on >= f.due_on) \
        AND NOT EXISTS (SELECT u.day FROM unwarned u WHERE u.person_id = h.person_id AND u.ground = h.ground \
        AND u.due_on >= f.due_on) ORDER BY h.person_id, h.ground, h.holding_id";
    /// Whether a warning named a day in a span.
    FIND_WARNED = "SELECT day FROM warning WHERE person_id = $1 AND ground = $2 AND due_on >= $3 AND due_on <= $4 AND step = $5 \
        LIMIT 1";
    /// Whether a warning of a day in a span could not be given.
    FIND_UNWARNED = "SELECT why FROM unwarned WHERE person_id = $1 AND ground = $2 AND due_on >= $3 AND due_on <= $4 LIMIT 1";
    /// Notes that a warning could not be given.
    INSERT_UNWARNED = "INSERT INTO unwarned (person_id, ground, due_on, day, why) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (person_id, ground, due_on) DO NOTHING";

    /// How many holdings there are.
    COUNT_HOLDINGS = "SELECT count(*) FROM holding";
    /// What a day may take without a forecast, and what it took.
    FIND_BUDGET = "SELECT most, used FROM budget WHERE day = $1";
    /// The day's first run says what the day may take.
    INSERT_BUDGET = "INSERT INTO budget (day, most, used) VALUES ($1, $2, 0) ON CONFLICT (day) DO NOTHING";
    /// The day has taken more.
    SPEND_BUDGET = "UPDATE budget SET used = used + $2 WHERE day = $1";
    /// Days of two years ago are forgotten.
    DELETE_OLD_BUDGETS = "DELETE FROM budget WHERE day < $1";

    /// An officer asks for a release.
    INSERT_RELEASE = "INSERT INTO release (release_id, reason, up_to, used, asked_on, ends_on) VALUES ($1, $2, $3, 0, $4, $5)";
    /// A release, with how many officers agreed to it.
    FIND_RELEASE = "SELECT release_id, reason, up_to, used, asked_on, ends_on, (SELECT count(*) FROM release_vote v \
        WHERE v.release_id = release.release_id) FROM release WHERE release_id = $1";
    /// The releases that have not ended, oldest first, with how many officers agreed to each.
    LIST_RELEASES = "SELECT release_id, reason, up_to, used, asked_on, ends_on, (SELECT count(*) FROM release_vote v \
        WHERE v.release_id = release.release_id) FROM release WHERE ends_on > $1 ORDER BY asked_on, release_id";
    /// A release lets some go.
    SPEND_RELEASE = "UPDATE release SET used = used + $2 WHERE release_id = $1";
    /// Releases of two years ago are forgotten.
    DELETE_OLD_RELEASES = "DELETE FROM release WHERE ends_on < $1";
    /// Votes of two years ago are forgotten.
    DELETE_OLD_VOTES = "DELETE FROM release_vote WHERE day < $1";
    /// Whether an officer has agreed to a release.
    FIND_VOTE = "SELECT day FROM release_vote WHERE person_id = $1 AND release_id = $2";
    /// An officer agrees to a release.
    INSERT_VOTE = "INSERT INTO release_vote (person_id, release_id, day) VALUES ($1, $2, $3)";

    /// The hold on a ground, as one of its holdings has it.
    FIND_GROUND_HOLD = "SELECT l.reason, l.authorised_by, l.from_day, l.until_day FROM legal_hold l JOIN holding h \
        ON h.person_id = l.person_id AND h.holding_id = l.holding_id WHERE l.person_id = $1 AND h.ground = $2 \
        AND l.until_day >= $3 ORDER BY l.until_day DESC, l.holding_id LIMIT 1";
    /// Holds a holding.
    UPSERT_HOLD = "INSERT INTO legal_hold (person_id, holding_id, reason, authorised_by, from_day, until_day) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, holding_id) DO UPDATE SET reason = excluded.reason, \
        authorised_by = excluded.authorised_by, from_day = excluded.from_day, until_day = excluded.until_day";
    /// A hold on a holding is lifted.
    UPSERT_LIFTED = "INSERT INTO lifted (person_id, holding_id, day) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, holding_id) DO UPDATE SET day = excluded.day";
    /// What is known of a holding's day counts from another day.
    COUNT_ANEW = "UPDATE forecast SET recorded_on = $3 WHERE person_id = $1 AND holding_id = $2";
    /// Lets a holding go.
    DELETE_HOLD = "DELETE FROM legal_hold WHERE person_id = $1 AND holding_id = $2";

    // ── Publishing ──

    /// Published notices, in the order of publishing.
    LIST_NOTICES = "SELECT n.digest, n.text, n.published_on, n.effective_on, n.approved_by, p.follows, \
        coalesce(p.significant, 0) FROM notice n LEFT JOIN publication p ON p.digest = n.digest \
        ORDER BY coalesce(p.n, 0), n.effective_on, n.published_on, n.version";
    /// The digests of the published notices.
    LIST_DIGESTS = "SELECT digest FROM notice ORDER BY digest";
    /// Publishes a notice.
    INSERT_NOTICE = "INSERT INTO notice (digest, version, text, published_on, effective_on, approved_by) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (digest) DO NOTHING";
    /// The last place in the order of publishing.
    LAST_PUBLICATION = "SELECT max(n) FROM publication";
    /// A notice takes its place in the order of publishing.
    INSERT_PUBLICATION = "INSERT INTO publication (digest, n, follows, significant, telling, told, unreached, objected) \
        VALUES ($1, $2, $3, $4, $5, 0, 0, 0)";

    /// A draft is made.
    INSERT_DRAFT = "INSERT INTO draft (draft_id, digest, version, text, made_on, made_by, state) \
        VALUES ($1, $2, $3, $4, $5, $6, 'open') ON CONFLICT (draft_id) DO NOTHING";
    /// A draft.
    FIND_DRAFT = "SELECT draft_id, digest, version, made_on, made_by, state, rehearsed_on, rehearsed_for, rehearsed_against, text \
        FROM draft WHERE draft_id = $1";
    /// The last drafts, newest first.
    LIST_DRAFTS = "SELECT draft_id, digest, version, made_on, made_by, state, rehearsed_on, rehearsed_for, rehearsed_against, '' \
        FROM draft ORDER BY made_on DESC, version DESC, draft_id LIMIT $1";
    /// An open draft of this digest.
    FIND_OPEN_DRAFT = "SELECT draft_id FROM draft WHERE digest = $1 AND state = 'open' ORDER BY draft_id LIMIT 1";
    /// An open draft ends.
    SETTLE_DRAFT = "UPDATE draft SET state = $2 WHERE draft_id = $1 AND state = 'open'";
    /// An open draft was rehearsed.
    NOTE_REHEARSAL = "UPDATE draft SET rehearsed_on = $2, rehearsed_for = $3, rehearsed_against = $4 \
        WHERE draft_id = $1 AND state = 'open'";
    /// What the rehearsal before counted.
    DELETE_REHEARSAL = "DELETE FROM rehearsal WHERE draft_id = $1";
    /// What a rehearsal counted.
    INSERT_REHEARSAL = "INSERT INTO rehearsal (draft_id, kind, day, people, holdings) VALUES ($1, $2, $3, $4, $5)";
    /// What the last rehearsal counted.
    LIST_REHEARSAL = "SELECT kind, day, people, holdings FROM rehearsal WHERE draft_id = $1 ORDER BY kind, day";
    /// An officer did something with a draft.
    INSERT_DRAFT_ACT = "INSERT INTO draft_act (person_id, draft_id, act, day) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, draft_id, act) DO NOTHING";
    /// Who made a draft, while their own rows stand.
    FIND_DRAFT_AUTHOR = "SELECT person_id FROM draft_act WHERE draft_id = $1 AND act = 'made' ORDER BY person_id LIMIT 1";
    /// Whether an officer did this with a draft.
    FIND_DRAFT_ACT = "SELECT day FROM draft_act WHERE person_id = $1 AND draft_id = $2 AND act = $3";

    /// A page of holdings for a rehearsal, in key order.
    PAGE_TO_REHEARSE = "SELECT person_id, holding_id, kind, ground, notice_digest FROM holding \
        WHERE (person_id, holding_id) > ($1, $2) ORDER BY person_id, holding_id LIMIT $3";
    /// The clock events of the people of such a page.
    PAGE_CLOCKS = "SELECT person_id, ground, event, day FROM clock WHERE person_id >= $1 AND person_id <= $2";
    /// How many people each kind is held about.
    COUNT_PEOPLE = "SELECT kind, count(DISTINCT person_id) FROM holding GROUP BY kind ORDER BY kind";

    // ── What no restore brings back ──

    /// A line that the journal is owed.
    INSERT_OWED = "INSERT INTO journal_outbox (id, hash, effect, day) VALUES ($1, $2, $3, $4)";
    /// Lines that the journal is owed, in the order in which the effects happened.
    LIST_OWED = "SELECT id, hash, effect, day FROM journal_outbox ORDER BY id";
    /// A line stands in the journal.
    DELETE_OWED = "DELETE FROM journal_outbox WHERE id = $1";

    /// A person objects to a purpose.
    INSERT_OBJECTION = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, purpose) DO NOTHING";
    /// A person takes an objection back.
    DELETE_OBJECTION = "DELETE FROM objection WHERE person_id = $1 AND purpose = $2";
    /// Restricts a holding.
    INSERT_RESTRICTION = "INSERT INTO restriction (person_id, holding_id, day) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, holding_id) DO NOTHING";
    /// Takes a restriction back.
    DELETE_RESTRICTION = "DELETE FROM restriction WHERE person_id = $1 AND holding_id = $2";

    /// The facts of a holding's standing.
    FIND_FACTS = "SELECT l.until_day, d.day, r.day, w.asked_on, w.destroy_on, f.flagged_on, c.why FROM holding h \
        LEFT JOIN legal_hold l ON l.person_id = h.person_id AND l.holding_id = h.holding_id \
        LEFT JOIN lifted d ON d.person_id = h.person_id AND d.holding_id = h.holding_id \
        LEFT JOIN restriction r ON r.person_id = h.person_id AND r.holding_id = h.holding_id \
        LEFT JOIN withdrawal w ON w.person_id = h.person_id AND w.ground = h.ground \
        LEFT JOIN flag f ON f.person_id = h.person_id AND f.holding_id = h.holding_id \
        LEFT JOIN check_up c ON c.person_id = h.person_id AND c.holding_id = h.holding_id \
        WHERE h.person_id = $1 AND h.holding_id = $2";
    /// A person's holdings, without their records.
    LIST_HOLDINGS = "SELECT holding_id, kind, ground, taken_on, notice_digest, version, due_on FROM holding WHERE person_id = $1 \
        ORDER BY holding_id";
    /// The forecasts of a person's holdings.
    LIST_PERSON_FORECASTS = "SELECT holding_id, due_on, recorded_on FROM forecast WHERE person_id = $1";
    /// The legal holds of a person's holdings.
    LIST_PERSON_HOLDS = "SELECT holding_id, until_day FROM legal_hold WHERE person_id = $1";
    /// Which holds on a person's holdings were lifted.
    LIST_PERSON_LIFTED = "SELECT holding_id, day FROM lifted WHERE person_id = $1";
    /// Which of a person's holdings are restricted.
    LIST_PERSON_RESTRICTED = "SELECT holding_id, day FROM restriction WHERE person_id = $1";
    /// Which of a person's holdings are flagged.
    LIST_PERSON_FLAGS = "SELECT holding_id, flagged_on FROM flag WHERE person_id = $1";
    /// Which of a person's holdings wait for an officer.
    LIST_PERSON_CHECKS = "SELECT holding_id, why FROM check_up WHERE person_id = $1";
    /// Which of a person's grounds are withdrawn.
    LIST_PERSON_WITHDRAWN = "SELECT ground, asked_on, destroy_on FROM withdrawal WHERE person_id = $1";
    /// A person's holdings whose day has come, and whether their person asked for it.
    LIST_PERSON_DOOMED = "SELECT h.holding_id, w.destroy_on FROM holding h LEFT JOIN withdrawal w ON w.person_id = h.person_id \
        AND w.ground = h.ground AND w.destroy_on <= $2 WHERE h.person_id = $1 AND (h.due_on <= $2 OR w.destroy_on IS NOT NULL) \
        ORDER BY h.holding_id";
    /// The clock events of every ground of a person.
    LIST_PERSON_CLOCKS = "SELECT ground, event, day FROM clock WHERE person_id = $1 ORDER BY ground";

    /// The day before which nothing is destroyed by schedule.
    SPARED_UNTIL = "SELECT max(until_day) FROM restored WHERE finished = 1";
    /// What waits for an officer to look at it.
    LIST_CHECK_UPS = "SELECT c.person_id, c.holding_id, h.kind, h.ground, c.why, c.day FROM check_up c JOIN holding h \
        ON h.person_id = c.person_id AND h.holding_id = c.holding_id ORDER BY c.day, c.why, c.person_id, c.holding_id LIMIT $1";
    /// Why a holding waits for an officer.
    FIND_CHECK_UP = "SELECT why FROM check_up WHERE person_id = $1 AND holding_id = $2";
    /// A holding waits for an officer.
    INSERT_CHECK_UP = "INSERT INTO check_up (person_id, holding_id, why, day) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id, holding_id) DO UPDATE SET why = excluded.why WHERE excluded.why = 'intent' AND check_up.why = 'hold'";
    /// An officer looked at a holding.
    DELETE_CHECK_UP = "DELETE FROM check_up WHERE person_id = $1 AND holding_id = $2";
    /// How many holdings wait for an officer.
    COUNT_CHECK_UPS = "SELECT count(*) FROM check_up";
    /// The restore that did not end.
    FIND_UNFINISHED = "SELECT at, copy_day, until_day FROM restored WHERE finished = 0 ORDER BY at LIMIT 1";
    /// The last restore.
    LAST_RESTORED = "SELECT max(at) FROM restored";
    /// A restore begins.
    INSERT_RESTORED = "INSERT INTO restored (at, day, copy_day, until_day, finished, leaves, erased, shut, closed, applied) \
        VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0)";
    /// A restore did more.
    COUNT_RESTORED = "UPDATE restored SET leaves = leaves + $2, erased = erased + $3, shut = shut + $4, closed = closed + $5, \
        applied = applied + $6 WHERE at = $1";
    /// A restore ends.
    FINISH_RESTORED = "UPDATE restored SET finished = 1 WHERE at = $1";
    /// What a restore did.
    FIND_RESTORED = "SELECT leaves, erased, shut, closed, applied FROM restored WHERE at = $1";
    /// The log has another name from here on.
    RENAME_LOG = "UPDATE log_head SET origin = $1 WHERE log = $2";
    /// A leaf of an older copy's outbox has arrived.
    DELETE_ARRIVED = "DELETE FROM outbox WHERE person_id = $1 AND n = $2";
    /// Holdings with their versions, in key order.
    PAGE_VERSIONS = "SELECT person_id, holding_id, ground, version FROM holding WHERE (person_id, holding_id) > ($1, $2) \
        ORDER BY person_id, holding_id LIMIT $3";
    /// Whether a holding stands, with or without its key.
    FIND_KIND = "SELECT kind FROM holding WHERE person_id = $1 AND holding_id = $2";
    /// Holdings with their keys and records, in key order; a key that is missing is none.
    PAGE_RECORDS = "SELECT h.person_id, h.holding_id, h.kind, h.version, h.sealed, k.epoch, k.wrapped FROM holding h \
        LEFT JOIN data_key k ON k.person_id = h.person_id AND k.holding_id = h.holding_id \
        WHERE (h.person_id, h.holding_id) > ($1, $2) ORDER BY h.person_id, h.holding_id LIMIT $3";
    /// Trails with their keys and leaves, in key order; a leaf that was pruned, or is on its way, is none.
    PAGE_TRAILS = "SELECT t.person_id, t.holding_id, t.n, t.sealed, k.epoch, k.wrapped, l.leaf FROM trail t \
        LEFT JOIN data_key k ON k.person_id = t.person_id AND k.holding_id = t.holding_id \
        LEFT JOIN log_leaf l ON l.idx = t.idx WHERE (t.person_id, t.holding_id, t.n) > ($1, $2, $3) \
        ORDER BY t.person_id, t.holding_id, t.n LIMIT $4";
    /// Openings that were committed to, in key order.
    PAGE_COMMITTED = "SELECT o.person_id, o.holding_id, o.actor, o.actor_id, o.purpose, o.day, o.fields, o.r FROM opening o \
        WHERE (o.person_id, o.holding_id, o.actor, o.actor_id, o.purpose, o.day) > ($1, $2, $3, $4, $5, $6) \
        AND o.r IS NOT NULL ORDER BY o.person_id, o.holding_id, o.actor, o.actor_id, o.purpose, o.day LIMIT $7";
    /// Where a commitment to an opening stands: in a segment, or on its way to one.
    FIND_COMMITMENT = "SELECT commitment FROM segment WHERE commitment = $1 \
        UNION ALL SELECT commitment FROM opening_outbox WHERE commitment = $1 LIMIT 1";
    /// A lost value was given again.
    DELETE_LOST = "DELETE FROM check_up WHERE person_id = $1 AND holding_id = $2 AND why = 'replaced'";

    // ── Evidence that outsiders check ──

    /// A commitment to an opening waits for its segment.
    INSERT_OPENING_OUTBOX = "INSERT INTO opening_outbox (commitment) VALUES ($1)";
    /// Commitments that wait, in the order of their bytes.
    LIST_OPENING_OUTBOX = "SELECT commitment FROM opening_outbox ORDER BY commitment LIMIT $1";
    /// Commitments up to this one have their place.
    DELETE_OPENING_OUTBOX = "DELETE FROM opening_outbox WHERE commitment <= $1";
    /// A commitment has its place in a segment.
    INSERT_SEGMENT = "INSERT INTO segment (idx, place, commitment) VALUES ($1, $2, $3)";
    /// Where a commitment has its place.
    FIND_SEGMENT = "SELECT idx, place FROM segment WHERE commitment = $1 ORDER BY idx LIMIT 1";
    /// The commitments of a segment.
    LIST_SEGMENT = "SELECT commitment FROM segment WHERE idx = $1 ORDER BY place";

    /// The head of the log as it is published.
    FIND_LOG = "SELECT size, frontier, origin, coalesce(first, 0) FROM log_head WHERE log = 'main'";
    /// A log that is published for the first time has its name for good.
    NAME_LOG = "UPDATE log_head SET origin = $1 WHERE log = $2 AND origin IS NULL";
    /// The newest checkpoint that was signed.
    LAST_CHECKPOINT = "SELECT size, text FROM checkpoint ORDER BY size DESC, day DESC LIMIT 1";
    /// The last checkpoint of a day.
    UPSERT_CHECKPOINT = "INSERT INTO checkpoint (day, size, text) VALUES ($1, $2, $3) \
        ON CONFLICT (day) DO UPDATE SET size = excluded.size, text = excluded.text WHERE checkpoint.size <= excluded.size";
    /// A full tile.
    FIND_TILE = "SELECT hashes FROM log_tile WHERE level = $1 AND n = $2";
    /// A leaf of the log.
    FIND_LEAF = "SELECT leaf FROM log_leaf WHERE idx = $1";
    /// Whether a restore began and did not end.
    COUNT_UNFINISHED = "SELECT count(*) FROM restored WHERE finished = 0";

    /// The wrapped keys of a person's holdings.
    LIST_KEYS = "SELECT h.holding_id, h.ground, h.kind, k.epoch, k.wrapped FROM holding h \
        JOIN data_key k ON k.person_id = h.person_id AND k.holding_id = h.holding_id WHERE h.person_id = $1 \
        ORDER BY h.holding_id";
    /// The reveals of a person whose leaves stand below a size, with those leaves.
    LIST_TRAIL = "SELECT t.holding_id, t.n, t.sealed, t.idx, l.leaf FROM trail t JOIN log_leaf l ON l.idx = t.idx \
        WHERE t.person_id = $1 AND t.idx < $2 ORDER BY t.idx, t.n";
    /// The openings of a person that were committed to.
    LIST_COMMITTED = "SELECT holding_id, actor, purpose, day, fields, r FROM opening \
        WHERE person_id = $1 AND r IS NOT NULL ORDER BY day, holding_id, actor, actor_id, purpose";

    /// A flagged holding: its ground, when it was taken, and the day it was flagged for.
    FIND_FLAGGED = "SELECT h.ground, h.taken_on, f.due_on FROM flag f \
        JOIN holding h ON h.person_id = f.person_id AND h.holding_id = f.holding_id \
        WHERE f.person_id = $1 AND f.holding_id = $2";
    /// What is flagged on a ground: how many holdings.
    COUNT_FLAGGED = "SELECT count(*) FROM flag f JOIN holding h ON h.person_id = f.person_id AND h.holding_id = f.holding_id \
        WHERE f.person_id = $1 AND h.ground = $2";
    /// The decision to erase a ground that stands, and whether the holding that keeps its proof does.
    FIND_DECISION = "SELECT r.state, r.holding_id, r.n, h.kind, r.day FROM receipt r LEFT JOIN holding h \
        ON h.person_id = r.person_id AND h.holding_id = r.holding_id WHERE r.person_id = $1 AND r.ground = $2";
    /// The erasure of a ground is decided.
    UPSERT_DECISION = "INSERT INTO receipt (person_id, ground, holding_id, n, state, day) VALUES ($1, $2, $3, $4, 'decided', $5) \
        ON CONFLICT (person_id, ground) DO UPDATE SET holding_id = excluded.holding_id, n = excluded.n, \
        state = excluded.state, day = excluded.day";
    /// What became of the receipt of a decision.
    UPDATE_DECISION = "UPDATE receipt SET state = $3 WHERE person_id = $1 AND ground = $2";
    /// The reveal of a decision.
    FIND_DECIDED = "SELECT t.sealed, t.idx FROM trail t WHERE t.person_id = $1 AND t.holding_id = $2 AND t.n = $3";
    /// The leaf that says that an epoch's key is destroyed.
    NAME_EPOCH_LEAF = "UPDATE epoch SET leaf = $2 WHERE day = $1";
    /// The same, as it was written down.
    FIND_EPOCH_LEAF = "SELECT leaf FROM epoch WHERE day = $1";

    /// Leaves that are pruned.
    DELETE_OLD_LEAVES = "DELETE FROM log_leaf WHERE idx < $1";
    /// Segments whose leaf is pruned.
    DELETE_OLD_SEGMENTS = "DELETE FROM segment WHERE idx < $1";
    /// The first leaf that still stands.
    UPDATE_FIRST = "UPDATE log_head SET first = $1 WHERE log = $2";
}
