//! Statements of the person's own pages: linked columns only.

store::statements! {
    /// The code of an act that has not ended, in the session that asked for it.
    FIND_CODE = "SELECT hash, tries FROM code WHERE person_id = $1 AND ground = $2 AND session = $3 AND act = $4 AND until > $5";
    /// A new code replaces the old one.
    UPSERT_CODE = "INSERT INTO code (person_id, ground, session, act, hash, until, tries) VALUES ($1, $2, $3, $4, $5, $6, 0) \
        ON CONFLICT (person_id, ground, session, act) DO UPDATE SET hash = excluded.hash, until = excluded.until, tries = 0";
    /// A wrong code was given.
    COUNT_TRY = "UPDATE code SET tries = tries + 1 WHERE person_id = $1 AND ground = $2 AND session = $3 AND act = $4";
    /// The right code was given: the row is proof from now on.
    PROVE = "UPDATE code SET tries = -1, until = $5 WHERE person_id = $1 AND ground = $2 AND session = $3 AND act = $4";
    /// Codes of a person that would still be accepted.
    COUNT_LIVE = "SELECT count(*) FROM code WHERE person_id = $1 AND until > $2 AND tries >= 0";
    /// Letters of one sort that were written to a person on a day.
    COUNT_LETTERS = "SELECT count(*) FROM mail_job j JOIN holding h ON h.person_id = j.person_id AND h.holding_id = j.holding_id \
        WHERE j.person_id = $1 AND j.template = $2 AND h.taken_on = $3";
    /// Letters of one sort to a person.
    LIST_LETTERS = "SELECT holding_id FROM mail_job WHERE person_id = $1 AND template = $2";
    /// Every code of an enquiry ends: they went to an address that is no longer its own.
    DELETE_CODES = "DELETE FROM code WHERE person_id = $1 AND ground = $2";
    /// Every link to an enquiry ends: they went to an address that is no longer its own.
    DELETE_LINKS = "DELETE FROM link WHERE person_id = $1 AND ground = $2";
}
