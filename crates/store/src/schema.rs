//! The rules that let one migration run on every engine, and that keep everything about a person together.

use crate::portability::{functions, word};
use crate::sql::{Token, tokens};

/// Words of SQL that only one engine has, or that move a decision into the schema, with what to do instead.
const WORDS: &[(&str, &str)] = &[
    ("blob", "write {bytes}"),
    ("bytea", "write {bytes}"),
    ("default", "the program states every value"),
    ("int", "write BIGINT"),
    ("integer", "write BIGINT"),
    ("jsonb", "keep no JSON that a statement must look into"),
    ("real", "write BIGINT, in a smaller unit"),
    ("strict", "write {table} or {clustered}"),
    ("timestamp", "write BIGINT for an instant, TEXT for a day"),
    ("timestamptz", "write BIGINT for an instant, TEXT for a day"),
    ("varchar", "write TEXT"),
    ("view", "write a statement"),
    ("without", "write {clustered}"),
];

/// Words that a statement may not use and a migration may.
const LAWFUL: &[&str] = &["alter", "create", "drop"];

/// Columns whose secret or number finds a person's row: alone the key of a table that names a person further on.
const OFF_PERSON: &[&str] = &["reference", "token"];

/// The rules that a migration breaks, in sentences. Empty when it breaks none.
///
/// Beside portable words: each table has a primary key; a table with a `person_id` has it first in its primary key, in its
/// unique keys and in its foreign keys and is `{clustered}`, unless its key is a token or a reference alone.
pub fn migration_portability(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let words = tokens.iter().filter_map(Token::word);
    let mut broken: Vec<String> = words.filter_map(forbidden).collect();
    broken.extend(functions(&tokens));
    for statement in tokens.split(|token| token.is(";")) {
        broken.extend(Table::read(statement).iter().flat_map(Table::broken));
        broken.extend(unique_index(statement));
    }
    broken
}

fn forbidden(found: &str) -> Option<String> {
    let own = WORDS.iter().find(|(forbidden, _)| *forbidden == found);
    match own {
        Some((_, instead)) => Some(format!("`{found}` is not portable in a migration: {instead}")),
        None if LAWFUL.contains(&found) => None,
        None => word(found),
    }
}

/// `CREATE TABLE name (…) {sort}`.
struct Table<'a> {
    name: &'a str,
    /// The definitions between the brackets, one for each comma outside further brackets.
    parts: Vec<&'a [Token]>,
    clustered: bool,
}

impl<'a> Table<'a> {
    fn read(statement: &'a [Token]) -> Option<Self> {
        let [create, table, Token::Word(name), open, rest @ ..] = statement else {
            return None;
        };
        if !create.is("create") || !table.is("table") || !open.is("(") {
            return None;
        }
        let close = rest.iter().rposition(|token| token.is(")"))?;
        Some(Self {
            name,
            parts: split(&rest[..close]),
            clustered: rest[close..].iter().any(|token| token.is("{clustered}")),
        })
    }

    fn broken(&self) -> Vec<String> {
        let name = self.name;
        let key = self.primary_key();
        let mut broken = Vec::new();
        if key.is_empty() {
            broken.push(format!("table {name} has no primary key"));
        }
        for column in key.iter().filter(|column| !self.refuses_null(column)) {
            broken.push(format!("{name}.{column} is part of the primary key, so it must be NOT NULL"));
        }
        let person_first = key.first() == Some(&"person_id");
        if person_first != self.clustered {
            broken.push(format!(
                "table {name} is {{clustered}} if its primary key begins with person_id, and {{table}} otherwise"
            ));
        }
        if !self.columns().any(|column| column == "person_id") {
            return broken;
        }
        let off_person = matches!(key.as_slice(), [only] if OFF_PERSON.contains(only));
        if !person_first && !off_person {
            broken.push(format!(
                "the primary key of {name} must begin with person_id, or be a token or a reference alone"
            ));
        }
        broken.extend(self.keys_off_the_person());
        broken
    }

    /// The columns' names: the first word of every part that is not a rule of the table.
    fn columns(&self) -> impl Iterator<Item = &'a str> {
        let rule = |name: &&str| !["check", "constraint", "foreign", "primary", "unique"].contains(name);
        self.parts.iter().filter_map(|part| part.first()?.word()).filter(rule)
    }

    fn primary_key(&self) -> Vec<&'a str> {
        let stated = self.parts.iter().find_map(|part| columns_after(part, &["primary", "key"]));
        stated.unwrap_or_else(|| {
            let inline = self.parts.iter().filter(|part| holds(part, &["primary", "key"]));
            inline.filter_map(|part| part.first()?.word()).collect()
        })
    }

    fn refuses_null(&self, column: &str) -> bool {
        let part = self.parts.iter().find(|part| part.first().is_some_and(|first| first.is(column)));
        part.is_some_and(|part| holds(part, &["not", "null"]))
    }

    /// Unique and foreign keys of a person's table, which stay with the person.
    fn keys_off_the_person(&self) -> Vec<String> {
        let name = self.name;
        let off =
            |columns: &Option<Vec<&str>>| columns.as_ref().is_some_and(|columns| columns.first() != Some(&"person_id"));
        let mut broken = Vec::new();
        for part in &self.parts {
            if off(&columns_after(part, &["unique"])) {
                broken.push(format!(
                    "a unique key of {name} must begin with person_id; any other stands in a table of its own"
                ));
            }
            if off(&columns_after(part, &["foreign", "key"])) {
                broken.push(format!("a foreign key of {name} must begin with person_id"));
            }
            let inline = !part.first().is_some_and(|first| first.is("foreign") || first.is("constraint"));
            if inline && part.iter().any(|token| token.is("references") || token.is("unique")) && !part[0].is("unique")
            {
                broken.push(format!(
                    "{name} states a unique or foreign key on one column: write it with person_id first"
                ));
            }
        }
        broken
    }
}

/// `CREATE UNIQUE INDEX`: the rule of a table, hidden elsewhere.
fn unique_index(statement: &[Token]) -> Option<String> {
    let [create, unique, ..] = statement else {
        return None;
    };
    (create.is("create") && unique.is("unique"))
        .then(|| "a unique key is stated in its table, not as an index".to_owned())
}

/// The parts between commas outside brackets.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_u32;
    let at_comma = |token: &Token| {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is(",")
    };
    tokens.split(at_comma).collect()
}

fn holds(part: &[Token], phrase: &[&str]) -> bool {
    part.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(|(token, text)| token.is(text)))
}

/// The columns in the brackets that follow a phrase, if both are there.
fn columns_after<'a>(part: &'a [Token], phrase: &[&str]) -> Option<Vec<&'a str>> {
    let place =
        part.windows(phrase.len()).position(|window| window.iter().zip(phrase).all(|(token, text)| token.is(text)))?;
    let (open, rest) = part[place + phrase.len()..].split_first()?;
    let inside = rest.split(|token| token.is(")")).next()?;
    open.is("(").then(|| inside.iter().filter_map(Token::word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_tables_break_nothing() {
        for good in [
            "CREATE TABLE a (day TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL) {table};",
            "CREATE TABLE a (level BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (level, n), CHECK (n > 0)) {table};",
            "CREATE TABLE a (person_id {bytes} NOT NULL, b {bytes} NOT NULL, PRIMARY KEY (person_id, b)) {clustered}; CREATE INDEX a_b ON a (b);",
            "CREATE TABLE a (token {bytes} NOT NULL PRIMARY KEY, person_id {bytes} NOT NULL) {table};",
            "CREATE TABLE a (person_id {bytes} NOT NULL, b {bytes} NOT NULL, c TEXT NOT NULL, PRIMARY KEY (person_id, b),
               UNIQUE (person_id, c), FOREIGN KEY (person_id, b) REFERENCES holding (person_id, holding_id)) {clustered};",
            "ALTER TABLE a ADD COLUMN c TEXT;",
        ] {
            assert_eq!(migration_portability(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn bad_tables_are_told_what_to_do_instead() {
        for (bad, words) in [
            ("CREATE TABLE a (b TEXT) {table}", "a has no primary key"),
            ("CREATE TABLE a (b TEXT PRIMARY KEY) {table}", "a.b is part of the primary key"),
            ("CREATE TABLE a (id BIGSERIAL NOT NULL PRIMARY KEY) {table}", "`bigserial`"),
            ("CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT) {table}", "`autoincrement`"),
            ("CREATE TABLE a (b BLOB NOT NULL PRIMARY KEY) {table}", "write {bytes}"),
            ("CREATE TABLE a (b BIGINT NOT NULL PRIMARY KEY DEFAULT 0) {table}", "`default`"),
            ("CREATE TABLE a (b BIGINT NOT NULL PRIMARY KEY, c TEXT DEFAULT CURRENT_DATE) {table}", "`current_date`"),
            (
                "CREATE TABLE a (b BIGINT NOT NULL PRIMARY KEY, c BIGINT GENERATED ALWAYS AS (b + 1)) {table}",
                "`generated`",
            ),
            ("CREATE TRIGGER t AFTER INSERT ON a", "`trigger`"),
            (
                "CREATE TABLE a (b TEXT NOT NULL PRIMARY KEY, person_id {bytes} NOT NULL) {table}",
                "must begin with person_id",
            ),
            (
                "CREATE TABLE a (person_id {bytes} NOT NULL, b TEXT NOT NULL, PRIMARY KEY (b, person_id)) {table}",
                "must begin with person_id",
            ),
            ("CREATE TABLE a (person_id {bytes} NOT NULL, PRIMARY KEY (person_id)) {table}", "{clustered}"),
            (
                "CREATE TABLE a (person_id {bytes} NOT NULL, b TEXT NOT NULL, PRIMARY KEY (person_id), UNIQUE (b)) {clustered}",
                "a unique key of a",
            ),
            (
                "CREATE TABLE a (person_id {bytes} NOT NULL, b TEXT NOT NULL UNIQUE, PRIMARY KEY (person_id)) {clustered}",
                "on one column",
            ),
            (
                "CREATE TABLE a (person_id {bytes} NOT NULL, b TEXT REFERENCES c (b), PRIMARY KEY (person_id)) {clustered}",
                "on one column",
            ),
            (
                "CREATE TABLE a (person_id {bytes} NOT NULL, b TEXT, PRIMARY KEY (person_id), FOREIGN KEY (b) REFERENCES c (b)) {clustered}",
                "a foreign key of a",
            ),
            ("CREATE UNIQUE INDEX a_b ON a (b)", "not as an index"),
        ] {
            let broken = migration_portability(bad);
            assert!(broken.iter().any(|sentence| sentence.contains(words)), "{bad}: {broken:?}");
        }
    }
}
