//! The rules that let one statement run on every engine, and be spread over many machines by person.
//!
//! The engines are SQLite, PostgreSQL, and distributed ones compatible with PostgreSQL, where everything about a person
//! lies together. Ids, times and random bytes are parameters made by the program; each statement says what it changes.

use std::collections::BTreeSet;

use crate::sql::{Token, tokens};

/// Words with what to do instead.
const WORDS: &[(&str, &str)] = &[
    ("alter", "the schema changes in migrations"),
    ("attach", "there is one database"),
    ("autoincrement", "make ids in the program"),
    ("begin", "the store begins and ends transactions"),
    ("bigserial", "make ids in the program"),
    ("collate", "text is compared byte by byte everywhere"),
    ("commit", "the store begins and ends transactions"),
    ("create", "the schema changes in migrations"),
    ("current_date", "pass the day as a parameter"),
    ("current_time", "pass the time as a parameter"),
    ("current_timestamp", "pass the time as a parameter"),
    ("drop", "the schema changes in migrations"),
    ("generated", "compute the value in the program"),
    ("glob", "use LIKE"),
    ("ilike", "use lower() and LIKE"),
    ("indexed", "let the engine choose"),
    ("interval", "compute dates in the program"),
    ("lateral", "use a join or two statements"),
    ("localtime", "pass the time as a parameter"),
    ("localtimestamp", "pass the time as a parameter"),
    ("oid", "use the primary key"),
    ("pragma", "the store alone sets up its engine"),
    ("regexp", "use LIKE"),
    ("rollback", "the store begins and ends transactions"),
    ("rowid", "use the primary key"),
    ("savepoint", "the store begins and ends transactions"),
    ("serial", "make ids in the program"),
    ("trigger", "write the effect where its cause is"),
    ("truncate", "delete by a bound condition"),
    ("vacuum", "the store alone tends its engine"),
];

/// Functions with what to do instead.
const FUNCTIONS: &[(&str, &str)] = &[
    ("changes", "use the count that execute gives"),
    ("clock_timestamp", "pass the time as a parameter"),
    ("currval", "make ids in the program"),
    ("date", "pass the day as a parameter"),
    ("datetime", "pass the time as a parameter"),
    ("gen_random_uuid", "make ids in the program"),
    ("group_concat", "join the rows in the program"),
    ("hex", "convert in the program"),
    ("ifnull", "use coalesce()"),
    ("iif", "use CASE"),
    ("instr", "use LIKE"),
    ("julianday", "compute dates in the program"),
    ("last_insert_rowid", "make ids in the program"),
    ("nextval", "make ids in the program"),
    ("now", "pass the time as a parameter"),
    ("printf", "format in the program"),
    ("random", "pass random bytes as a parameter"),
    ("randomblob", "pass random bytes as a parameter"),
    ("strftime", "compute dates in the program"),
    ("string_agg", "join the rows in the program"),
    ("time", "pass the time as a parameter"),
    ("total", "use sum() in a CAST to BIGINT"),
    ("to_char", "format in the program"),
    ("typeof", "the schema says the type"),
    ("unixepoch", "pass the time as a parameter"),
    ("uuid_generate_v4", "make ids in the program"),
    ("zeroblob", "pass the bytes as a parameter"),
];

/// Symbols with what to do instead.
const SYMBOLS: &[(&str, &str)] = &[
    ("?", "name parameters $1, $2"),
    ("->", "keep no JSON that a statement must look into"),
    ("->>", "keep no JSON that a statement must look into"),
    ("#>", "keep no JSON that a statement must look into"),
    ("#>>", "keep no JSON that a statement must look into"),
    ("@>", "keep no JSON that a statement must look into"),
    ("<@", "keep no JSON that a statement must look into"),
    ("::", "use CAST"),
    ("==", "use ="),
    (";", "one statement a text"),
];

/// Phrases with what to do instead.
const PHRASES: &[(&[&str], &str)] = &[
    (&["for", "update"], "lease by a conditional UPDATE"),
    (&["for", "share"], "lease by a conditional UPDATE"),
    (&["insert", "or"], "use ON CONFLICT"),
    (&["replace", "into"], "use ON CONFLICT"),
    (&["returning", "*"], "name the columns"),
    (&["select", "*"], "name the columns"),
    (&["skip", "locked"], "lease by a conditional UPDATE"),
    (&["update", "or"], "use ON CONFLICT"),
];

/// How a date or a time of day begins; each `0` is any digit.
const TIMES: &[&str] = &["0000-00", "00:00"];

/// The rules that a statement breaks, in sentences. Empty when it breaks none.
pub fn portability(statement_text: &str) -> Vec<String> {
    let tokens = tokens(statement_text);
    let mut broken: Vec<String> = tokens.iter().filter_map(of_token).collect();
    broken.extend(functions(&tokens));
    broken.extend(phrases(&tokens));
    broken.extend(shape(&tokens));
    broken.extend(several_arguments(&tokens));
    broken.extend(numbering(&tokens));
    broken.extend(boundless(&tokens));
    broken
}

/// What a word breaks, in a statement or a migration.
pub(crate) fn word(word: &str) -> Option<String> {
    advice(WORDS, word)
}

/// Functions that only one engine has, or that read a clock or a generator.
pub(crate) fn functions(tokens: &[Token]) -> Vec<String> {
    let calls = tokens.windows(2).filter(|pair| pair[1].is("(")).filter_map(|pair| pair[0].word());
    calls.filter_map(function).collect()
}

fn function(name: &str) -> Option<String> {
    if name.starts_with("json") {
        return Some(format!("`{name}` is not portable: keep no JSON that a statement must look into"));
    }
    advice(FUNCTIONS, name)
}

fn advice(list: &[(&str, &str)], found: &str) -> Option<String> {
    let (_, instead) = list.iter().find(|(forbidden, _)| *forbidden == found)?;
    Some(format!("`{found}` is not portable: {instead}"))
}

fn of_token(token: &Token) -> Option<String> {
    match token {
        Token::Quoted => Some("a quoted name is not portable: use words of a–z and _".to_owned()),
        Token::Strange(c) => Some(format!("`{c}` is not portable SQL")),
        Token::Symbol(symbol) => advice(SYMBOLS, symbol),
        Token::Text(text) if is_time(text) => Some(format!("`'{text}'` is a time in the text: pass it as a parameter")),
        Token::Parameter(_) | Token::Text(_) => None,
        Token::Word(found) => word(found),
    }
}

fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    text == "now" || TIMES.iter().any(|time| shape.starts_with(time))
}

fn phrases(tokens: &[Token]) -> Vec<String> {
    let stands = |phrase: &[&str]| {
        tokens.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(|(token, text)| token.is(text)))
    };
    let broken = PHRASES.iter().filter(|(phrase, _)| stands(phrase));
    broken.map(|(phrase, instead)| format!("`{}` is not portable: {instead}", phrase.join(" "))).collect()
}

/// What a statement must look like as a whole.
fn shape(tokens: &[Token]) -> Vec<String> {
    let mut broken = Vec::new();
    if !matches!(tokens.first().and_then(Token::word), Some("delete" | "insert" | "select" | "update" | "with")) {
        broken.push("a statement begins with SELECT, INSERT, UPDATE, DELETE or WITH".to_owned());
    }
    // INSERT INTO table (columns)
    if tokens.windows(4).any(|four| four[0].is("insert") && four[1].is("into") && !four[3].is("(")) {
        broken.push("an INSERT names its columns".to_owned());
    }
    if tokens.windows(2).any(|pair| pair[0].is(".") && pair[1].is("*")) {
        broken.push("`.*` is not portable: name the columns".to_owned());
    }
    let compares = |word: &Token| !["not", "null", "distinct", "true", "false"].iter().any(|fixed| word.is(fixed));
    let is_compares = |pair: &[Token]| pair[0].is("is") && compares(&pair[1]);
    let is_not_compares = |three: &[Token]| three[0].is("is") && three[1].is("not") && compares(&three[2]);
    if tokens.windows(2).any(is_compares) || tokens.windows(3).any(is_not_compares) {
        broken.push("`is` between values is not portable: use IS NOT DISTINCT FROM".to_owned());
    }
    broken
}

/// `max(a, b)` and `LIMIT a, b`, which one engine alone has.
fn several_arguments(tokens: &[Token]) -> Vec<String> {
    let mut broken = Vec::new();
    let calls = (0..tokens.len()).filter(|place| tokens[*place].is("max") || tokens[*place].is("min"));
    if calls.into_iter().any(|place| has_several(&tokens[place + 1..])) {
        broken.push("max() and min() of several values are not portable: use CASE".to_owned());
    }
    if tokens.windows(3).any(|three| three[0].is("limit") && three[2].is(",")) {
        broken.push("`limit a, b` is not portable: page by key".to_owned());
    }
    broken
}

/// Whether a comma stands in the bracket that these tokens begin with, and in none within it.
fn has_several(tokens: &[Token]) -> bool {
    let mut depth = 0_u32;
    for token in tokens {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 || (depth == 1 && token.is(",")) {
            return depth == 1;
        }
    }
    false
}

/// Parameters are counted without a gap, for an engine must be able to tell the type of each.
fn numbering(tokens: &[Token]) -> Option<String> {
    let numbers: BTreeSet<usize> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Parameter(number) => Some(*number),
            _ => None,
        })
        .collect();
    let gapless = numbers.iter().copied().eq(1..=numbers.len());
    (!gapless).then(|| "the parameters are not $1, $2, … without a gap".to_owned())
}

/// A DELETE or UPDATE without a bound condition would change a whole table, on every machine.
fn boundless(tokens: &[Token]) -> Option<String> {
    let changes = |place: usize| {
        let after_do = place > 0 && (tokens[place - 1].is("do") || tokens[place - 1].is("for"));
        (tokens[place].is("delete") || tokens[place].is("update")) && !after_do
    };
    let last = (0..tokens.len()).rev().find(|place| changes(*place))?;
    let condition = tokens[last..].iter().skip_while(|token| !token.is("where"));
    let bound = condition.into_iter().any(|token| matches!(token, Token::Parameter(_)));
    (!bound).then(|| "a DELETE or UPDATE needs a WHERE with a parameter".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_statements_break_nothing() {
        for good in [
            "SELECT a, count(*) FROM t WHERE a = $1 GROUP BY a ORDER BY a LIMIT $2",
            "SELECT max(day) FROM witness",
            "SELECT max(coalesce(a, b)), min(c) FROM t LIMIT 5",
            "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING RETURNING a",
            "UPDATE job SET state = 'sending' WHERE state = 'queued' AND next_at <= $1 RETURNING person_id",
            "DELETE FROM t WHERE (a, b) > ($2, $1)",
            "SELECT a FROM t WHERE b IS NULL AND c IS NOT NULL AND d IS NOT DISTINCT FROM $1",
            "-- now() and a ; in a comment\nSELECT replace(a, 'x', 'y') || 'now you' FROM t",
            "WITH due AS (SELECT a FROM t WHERE b < $1) DELETE FROM t WHERE a IN (SELECT a FROM due) AND c = $2",
        ] {
            assert_eq!(portability(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn bad_statements_are_told_what_to_do_instead() {
        for (bad, word) in [
            ("SELECT now()", "`now`"),
            ("SELECT a FROM t WHERE b < CURRENT_TIMESTAMP", "`current_timestamp`"),
            ("SELECT datetime ('now')", "`datetime`"),
            ("SELECT a FROM t WHERE id = gen_random_uuid()", "`gen_random_uuid`"),
            ("SELECT a ->> 'b' FROM t", "`->>`"),
            ("SELECT a -> 'b' FROM t", "`->`"),
            ("SELECT json_extract(a, 'b') FROM t", "`json_extract`"),
            ("SELECT a FROM t, LATERAL (SELECT b FROM u) v", "`lateral`"),
            ("SELECT a FROM t WHERE b = $1 FOR UPDATE", "`for update`"),
            ("SELECT a FROM t WHERE b ILIKE $1", "`ilike`"),
            ("SELECT * FROM t", "`select *`"),
            ("SELECT t.* FROM t", "`.*`"),
            ("DELETE FROM t WHERE a = $1 RETURNING *", "`returning *`"),
            ("INSERT OR IGNORE INTO t (a) VALUES ($1)", "`insert or`"),
            ("REPLACE INTO t (a) VALUES ($1)", "`replace into`"),
            ("INSERT INTO t VALUES ($1)", "names its columns"),
            ("SELECT rowid FROM t", "`rowid`"),
            ("PRAGMA user_version", "`pragma`"),
            ("SELECT a FROM t WHERE b = ?", "`?`"),
            ("SELECT a FROM t WHERE b = :b", "`:`"),
            ("SELECT a FROM t WHERE b = $name", "`$`"),
            ("SELECT a FROM t WHERE b = $2", "without a gap"),
            ("SELECT a FROM t WHERE b IS $1", "`is`"),
            ("SELECT a FROM t WHERE b IS NOT $1", "`is`"),
            ("SELECT \"a\" FROM t", "quoted name"),
            ("SELECT a::text FROM t", "`::`"),
            ("SELECT a FROM t; DROP TABLE t", "`;`"),
            ("DELETE FROM t", "WHERE with a parameter"),
            ("DELETE FROM t WHERE state = 'done'", "WHERE with a parameter"),
            ("UPDATE t SET a = $1", "WHERE with a parameter"),
            ("SELECT a FROM t WHERE day < '2026-11-23'", "a time in the text"),
            ("SELECT a FROM t WHERE at < '09:00'", "a time in the text"),
            ("CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END", "`trigger`"),
            ("SELECT max(a, $1) FROM t", "use CASE"),
            ("SELECT min(coalesce(a, b), c) FROM t", "use CASE"),
            ("SELECT a FROM t LIMIT 5, 10", "page by key"),
            ("SELECT a FROM t ORDER BY b COLLATE NOCASE", "`collate`"),
            ("", "begins with"),
        ] {
            let broken = portability(bad);
            assert!(broken.iter().any(|sentence| sentence.contains(word)), "{bad}: {broken:?}");
        }
    }
}
