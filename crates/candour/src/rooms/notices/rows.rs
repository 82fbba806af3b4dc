//! The rows of publishing that are not custody's: who could approve, and how far telling people has come.

store::statements! {
    /// The notices of which people are still to be told.
    LIST_TO_TELL = "SELECT digest FROM publication WHERE telling = 'open' ORDER BY n";
    /// How far telling people of each notice has come.
    LIST_TOLD = "SELECT digest, telling, told, unreached, objected FROM publication ORDER BY n";
    /// People of a kind who have not been told of a notice, in the order of their ids.
    NEXT_PEOPLE = "SELECT DISTINCT h.person_id FROM holding h WHERE h.kind = $1 AND h.person_id > $2 AND NOT EXISTS \
        (SELECT t.state FROM telling t WHERE t.person_id = h.person_id AND t.digest = $3) ORDER BY h.person_id LIMIT $4";
    /// Whether a person has been told of a notice.
    FIND_TELLING = "SELECT state FROM telling WHERE person_id = $1 AND digest = $2";
    /// What is held about a person, the latest first.
    LIST_HELD = "SELECT holding_id, kind FROM holding WHERE person_id = $1 ORDER BY taken_on DESC, holding_id";
    /// Whether a person objected to a use.
    FIND_OBJECTED = "SELECT day FROM objection WHERE person_id = $1 AND purpose = $2";
    /// A person has been told, or cannot be.
    INSERT_TELLING = "INSERT INTO telling (person_id, digest, state, day) VALUES ($1, $2, $3, $4)";
    /// A chunk of people is done.
    COUNT_TOLD = "UPDATE publication SET told = told + $2, unreached = unreached + $3, objected = objected + $4 WHERE digest = $1";
    /// Everybody has been told.
    END_TELLING = "UPDATE publication SET telling = 'done' WHERE digest = $1";
}
