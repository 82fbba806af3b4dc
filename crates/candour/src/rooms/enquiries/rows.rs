//! Every statement that asking, finding and following an enquiry share: linked columns only.

store::statements! {
    /// An enquiry begins.
    INSERT_ENQUIRY = "INSERT INTO enquiry (person_id, ground, reference, topic, state, received_on, answer_by, touched_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// How people name it.
    INSERT_REFERENCE = "INSERT INTO enquiry_reference (reference, person_id, ground) VALUES ($1, $2, $3)";
    /// Whose a reference is.
    FIND_REFERENCE = "SELECT person_id, ground FROM enquiry_reference WHERE reference = $1";
    /// An enquiry by its ground.
    FIND_ENQUIRY = "SELECT reference, topic, state, received_on, answer_by, touched_at FROM enquiry WHERE person_id = $1 AND ground = $2";
    /// Something happened to an enquiry.
    UPDATE_STATE = "UPDATE enquiry SET state = $3, touched_at = $4 WHERE person_id = $1 AND ground = $2";
    /// The day by which the next answer is promised.
    UPDATE_ANSWER_BY = "UPDATE enquiry SET answer_by = $3 WHERE person_id = $1 AND ground = $2";
    /// A message, an answer or a note is part of an enquiry.
    INSERT_ENTRY = "INSERT INTO enquiry_entry (person_id, ground, holding_id, sort, at) VALUES ($1, $2, $3, $4, $5)";
    /// The parts of an enquiry, oldest first.
    LIST_ENTRIES = "SELECT holding_id, sort, at FROM enquiry_entry WHERE person_id = $1 AND ground = $2 ORDER BY at, holding_id";
    /// The notice under which the first holding of a kind was taken.
    FIND_NOTICE = "SELECT notice_digest FROM holding WHERE person_id = $1 AND ground = $2 AND kind = $3 ORDER BY taken_on, holding_id LIMIT 1";
    /// A link goes into a letter.
    INSERT_LINK = "INSERT INTO link (token, person_id, ground, until) VALUES ($1, $2, $3, $4)";
    /// A link that has not ended.
    FIND_LINK = "SELECT person_id, ground FROM link WHERE token = $1 AND until > $2";
    /// How many links of an enquiry end after this instant.
    COUNT_LINKS = "SELECT count(*) FROM link WHERE person_id = $1 AND ground = $2 AND until > $3";
}
