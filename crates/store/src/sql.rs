//! SQL as tokens: as much as the rules of portability need to know, and no more. Comments are left out.

/// A piece of SQL. Words are in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// `$3`.
    Parameter(usize),
    /// A name in quotes of any sort but single ones.
    Quoted,
    /// An operator, a bracket, a comma.
    Symbol(&'static str),
    /// A character that belongs to no portable SQL.
    Strange(char),
    /// `'queued'`, without its quotes.
    Text(String),
    /// A name, a keyword, a number, or a token of a migration such as `{bytes}`.
    Word(String),
}

impl Token {
    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        match self {
            Self::Symbol(symbol) => *symbol == text,
            Self::Word(word) => word == text,
            _ => false,
        }
    }
}

/// Longest first, so that `->>` is not read as `->` and `>`.
const SYMBOLS: &[&str] = &[
    "->>", "#>>", "->", "#>", "@>", "<@", "::", "==", "||", "<=", ">=", "<>", "!=", "<<", ">>", "(", ")", ",", ";",
    "=", "<", ">", "+", "-", "*", "/", "%", ".", "?", "&", "|",
];

/// Reads a text into tokens. An open quote or comment ends with the text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = read(first, rest);
        tokens.extend(token);
        rest = after.trim_start();
    }
    tokens
}

fn read(first: char, rest: &str) -> (Option<Token>, &str) {
    if rest.starts_with("--") {
        return (None, rest.split_once('\n').map_or("", |(_, after)| after));
    }
    if rest.starts_with("/*") {
        return (None, rest.split_once("*/").map_or("", |(_, after)| after));
    }
    if first == '\'' {
        let (text, after) = quoted(&rest[1..], '\'');
        return (Some(Token::Text(text)), after);
    }
    if matches!(first, '"' | '`') {
        return (Some(Token::Quoted), quoted(&rest[1..], first).1);
    }
    if let Some((number, after)) = parameter(rest) {
        return (Some(Token::Parameter(number)), after);
    }
    if is_of_word(first) {
        let (word, after) = rest.split_at(rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()));
        return (Some(Token::Word(word.to_ascii_lowercase())), after);
    }
    match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        Some(symbol) => (Some(Token::Symbol(symbol)), &rest[symbol.len()..]),
        None => (Some(Token::Strange(first)), &rest[first.len_utf8()..]),
    }
}

/// The text up to its closing quote, where two quotes stand for one, and what follows it.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut inside = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(quote) {
        inside.push_str(before);
        let Some(more) = after.strip_prefix(quote) else {
            return (inside, after);
        };
        inside.push(quote);
        rest = more;
    }
    (inside + rest, "")
}

fn parameter(rest: &str) -> Option<(usize, &str)> {
    let name = rest.strip_prefix('$')?;
    let (number, after) = name.split_at(name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len()));
    Some((number.parse().ok()?, after))
}

fn is_of_word(c: char) -> bool {
    c == '_' || c == '{' || c == '}' || c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_are_left_out_and_quotes_are_kept_whole() {
        let read = tokens("SELECT 'it''s -- here' -- gone; 'too'\n/* and this */ FROM \"a b\" WHERE x->>$12");
        let word = |word: &str| Token::Word(word.to_owned());
        assert_eq!(
            read,
            [
                word("select"),
                Token::Text("it's -- here".to_owned()),
                word("from"),
                Token::Quoted,
                word("where"),
                word("x"),
                Token::Symbol("->>"),
                Token::Parameter(12),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in ".*") {
            tokens(&text);
        }

        #[test]
        fn any_sql_like_text_can_be_read(text in "[a-z$'\"`é0-9 \n*/();>-]*") {
            tokens(&text);
        }
    }
}
