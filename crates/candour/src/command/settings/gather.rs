//! What the file and the environment say, key by key, each with its place; nothing is judged here but names and types.

use super::keys::{KEYS, Key, Kind, Need, PREFIX, is_no_key};
use super::problem::Problem;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What was said, and what was wrong so far.
pub(super) struct Gathered<'t> {
    file: &'t str,
    text: &'t str,
    given: BTreeMap<&'static str, Given>,
    /// Everything that is wrong, in the order it was found.
    pub(super) problems: Vec<Problem>,
}

/// The value of a key.
#[derive(Clone)]
struct Given {
    words: Vec<String>,
    place: String,
}

impl<'t> Gathered<'t> {
    /// Reads the file's text, then the environment, which wins.
    pub(super) fn new(file: &'t str, text: &'t str, environment: &[(String, String)]) -> Self {
        let mut gathered = Self { file, text, given: BTreeMap::new(), problems: Vec::new() };
        gathered.read_file();
        for (variable, value) in environment.iter().filter(|(variable, value)| is_ours(variable) && !value.is_empty()) {
            gathered.read_variable(variable, value);
        }
        gathered
    }

    /// The text of a key: what was given, or its default. A required one that is missing is a problem.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.list(name)?.into_iter().next()
    }

    /// The texts of a key.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        if let Some(given) = self.given.get(name) {
            return Some(given.words.clone());
        }
        let key = KEYS.iter().find(|key| key.name == name)?;
        match key.need {
            Need::Default(word) => return Some(vec![word.to_owned()]),
            // Where it stands with the wrong type, that has been said.
            Need::Required if !self.problems.iter().any(|problem| problem.key == Some(key.name)) => {
                let what = format!("{name} is missing ({})", key.words.trim_end_matches('.'));
                let mend = format!("Add it to the file, or set {}.", key.variable());
                self.problems.push(Problem::of(key.name, self.file.to_owned(), what, mend));
            }
            Need::Required | Need::Optional => {}
        }
        None
    }

    /// Says that the value of a key is wrong, at its place.
    pub(super) fn wrong(&mut self, name: &'static str, what: impl Into<String>, mend: impl Into<String>) {
        let place = self.given.get(name).map_or_else(|| self.file.to_owned(), |given| given.place.clone());
        self.problems.push(Problem::of(name, place, what, mend));
    }

    fn read_file(&mut self) {
        let (document, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let line = error.span().map_or(1, |span| line_of(self.text, span.start));
            let what = format!("this is not TOML: {}", error.message().replace('\n', ", "));
            self.problems.push(Problem::new(format!("{}:{line}", self.file), what, "Mend this line."));
        }
        for (name, value) in document.get_ref() {
            match (value.get_ref(), is_section(name.get_ref())) {
                (DeValue::Table(table), true) => {
                    for (key, value) in table {
                        self.read_key(&format!("{}.{}", name.get_ref(), key.get_ref()), key.span().start, value);
                    }
                }
                _ => self.read_key(name.get_ref(), name.span().start, value),
            }
        }
    }

    fn read_key(&mut self, name: &str, at: usize, value: &Spanned<DeValue<'_>>) {
        let place = format!("{}:{}", self.file, line_of(self.text, at));
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            let known = KEYS.iter().map(|key| key.name).chain(SECTIONS);
            self.problems.push(unknown(name, place, "key", known.map(str::to_owned)));
            return;
        };
        let Some(words) = words_of(value.get_ref(), key.kind) else {
            let kind = match key.kind {
                Kind::List => "a list of texts",
                Kind::Number => "a number",
                Kind::Text => "a text in quotes",
            };
            let (what, mend) = (format!("{name} must be {kind}"), format!("Write {name} as {kind}."));
            self.problems.push(Problem::of(key.name, place, what, mend));
            return;
        };
        self.given.insert(key.name, Given { words, place });
    }

    fn read_variable(&mut self, variable: &str, value: &str) {
        let Some(key) = KEYS.iter().find(|key| key.variable() == variable) else {
            let known = KEYS.iter().map(Key::variable);
            self.problems.push(unknown(variable, variable.to_owned(), "variable", known));
            return;
        };
        let words = match key.kind {
            Kind::List => value.split(':').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            Kind::Number | Kind::Text => vec![value.to_owned()],
        };
        // What the file says wrong of this key no longer counts.
        self.problems.retain(|problem| problem.key != Some(key.name));
        self.given.insert(key.name, Given { words, place: variable.to_owned() });
    }
}

const SECTIONS: [&str; 2] = ["mail", "tls"];

fn is_section(name: &str) -> bool {
    SECTIONS.contains(&name)
}

fn is_ours(variable: &str) -> bool {
    variable.starts_with(PREFIX) && !is_no_key(variable)
}

/// An unknown name, with the one that was probably meant. Its value is not quoted: it may be a secret.
fn unknown(name: &str, place: String, what: &str, known: impl Iterator<Item = String>) -> Problem {
    let distance = |one: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &one.to_lowercase());
    let nearest = known.map(|one| (distance(&one), one)).min();
    let near = nearest.filter(|(distance, one)| *distance <= 2.max(one.len() / 2));
    let mend = match near {
        Some((_, one)) => format!("Did you mean {one}? If not, take it out."),
        None => "Take it out; docs/operating.md lists every key.".to_owned(),
    };
    Problem::new(place, format!("there is no {what} {name}"), mend)
}

fn words_of(value: &DeValue<'_>, kind: Kind) -> Option<Vec<String>> {
    match (kind, value) {
        (Kind::Text, DeValue::String(text)) => Some(vec![text.to_string()]),
        (Kind::Number, DeValue::Integer(number)) => Some(vec![number.to_string()]),
        (Kind::List, DeValue::Array(list)) => list
            .iter()
            .map(|one| match one.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}
