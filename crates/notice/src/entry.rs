//! One table of the file being read: every key is asked for by its type, and every mismatch becomes a finding at its place.
//!
//! A method gives `None` (or an empty list) where a finding was recorded, so a section reads all its keys first and
//! only then asks whether it has them: all findings come at once.

use crate::codes::nearest;
use crate::gathered::{Gathered, Place};
use crate::sections::Key;
use jiff::civil::Date;
use std::collections::HashSet;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Longest text of one key, in bytes.
const LONGEST: usize = 20_000;

/// Most items of one list or inner table. Also keeps what is compared item by item cheap.
const MOST_ITEMS: usize = 500;

/// Texts with their places.
pub(crate) type Texts = Vec<(String, Place)>;

pub(crate) struct Entry<'g, 't> {
    /// Address of the clause: `kind.enquiry`.
    pub(crate) clause: String,
    /// The header, or what else stands for the whole.
    pub(crate) place: Place,
    pub(crate) gathered: &'g mut Gathered,
    table: &'t DeTable<'t>,
}

impl<'g, 't> Entry<'g, 't> {
    /// Enters a table whose keys must be among the known ones.
    pub(crate) fn enter(
        clause: String,
        place: Place,
        table: &'t DeTable<'t>,
        known: &[Key],
        gathered: &'g mut Gathered,
    ) -> Entry<'g, 't> {
        gathered.stands(clause.clone(), place.clone());
        for (key, value) in table {
            gathered.stands(format!("{clause}#{}", key.get_ref()), value.span());
            if !known.iter().any(|known| known.name == key.get_ref()) {
                unknown_key(&clause, key, known, gathered);
            }
        }
        Entry { clause, place, gathered, table }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// Declares an address within this clause, at a key's value.
    pub(crate) fn declare(&mut self, clause: &str, place: Place) {
        self.gathered.stands(clause.to_owned(), place.clone());
        self.gathered.declare(clause, place);
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        self.required(key)?;
        self.optional_text(key)
    }

    /// A text that may be there.
    pub(crate) fn optional_text(&mut self, key: &str) -> Option<String> {
        let value = self.get(key)?;
        self.checked_text(key, value)
    }

    /// One of the listed words.
    pub(crate) fn one_of(&mut self, key: &str, words: &[&str]) -> Option<String> {
        let word = self.text(key)?;
        self.check_word(key, &word, words, self.gathered.place(&self.clause, key)).then_some(word)
    }

    /// A text that may be there and must parse.
    pub(crate) fn optional_parsed<T: FromStr>(&mut self, key: &str, example: &str) -> Option<T> {
        self.converted(key, example, |text| text.parse().ok())
    }

    /// A text that may be there and must convert.
    pub(crate) fn converted<T>(&mut self, key: &str, example: &str, convert: fn(&str) -> Option<T>) -> Option<T> {
        let text = self.optional_text(key)?;
        let value = convert(&text);
        if value.is_none() {
            self.bad(key, format!("`{key}` of `{}` is {text:?}", self.clause), format!("write {example}"));
        }
        value
    }

    /// A civil date that must be there.
    pub(crate) fn date(&mut self, key: &str) -> Option<Date> {
        self.required(key)?;
        self.optional_date(key)
    }

    /// A civil date that may be there.
    pub(crate) fn optional_date(&mut self, key: &str) -> Option<Date> {
        let value = self.get(key)?;
        let datetime = value.get_ref().as_datetime().filter(|d| d.time.is_none() && d.offset.is_none());
        let Some(day) = datetime.and_then(|d| d.date) else {
            self.wrong_type(key, value, "a date without quotes, such as 2026-11-01");
            return None;
        };
        let date = i16::try_from(day.year)
            .ok()
            .and_then(|year| Date::new(year, day.month.try_into().ok()?, day.day.try_into().ok()?).ok());
        if date.is_none() {
            self.bad(key, format!("`{key}` of `{}` is no day of the calendar", self.clause), "write a real day".into());
        }
        date
    }

    /// `true` or `false`; false where absent.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "true or false without quotes");
        }
        flag.unwrap_or_default()
    }

    /// A whole number within limits, where present.
    pub(crate) fn number(&mut self, key: &str, limits: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(key, value, "a whole number without quotes");
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|n| limits.contains(n));
        if number.is_none() {
            let mend = format!("write a number from {} to {}", limits.start(), limits.end());
            self.bad(key, format!("`{key}` of `{}` is out of range", self.clause), mend);
        }
        number
    }

    /// A list of texts, each once, with their places; empty where absent.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<(String, Place)> {
        match self.get(key) {
            Some(value) => self.texts_of(key, value),
            None => Vec::new(),
        }
    }

    fn texts_of(&mut self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Vec<(String, Place)> {
        let array = self.items_of(key, value, "a list in square brackets");
        let mut seen = HashSet::new();
        let mut texts = Vec::new();
        for item in array {
            let Some(text) = self.checked_text(key, item) else {
                continue;
            };
            if seen.insert(text.clone()) {
                texts.push((text, item.span()));
            } else {
                let why = format!("`{key}` of `{}` names `{text}` twice", self.clause);
                self.gathered.misshapen("N04", &self.clause, item.span(), why, "take one of them out".into());
            }
        }
        texts
    }

    /// A list of texts without their places.
    pub(crate) fn plain_texts(&mut self, key: &str) -> Vec<String> {
        self.texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A list of the listed words.
    pub(crate) fn words(&mut self, key: &str, words: &[&str]) -> Vec<String> {
        let texts = self.texts(key);
        texts
            .into_iter()
            .filter_map(|(word, place)| self.check_word(key, &word, words, place).then_some(word))
            .collect()
    }

    /// A list of ids of another section.
    pub(crate) fn ids_of(&mut self, section: &str, key: &str) -> Vec<String> {
        let texts = self.texts(key);
        for (id, place) in &texts {
            self.gathered.refer(&self.clause, format!("{section}.{id}"), place.clone());
        }
        texts.into_iter().map(|(id, _)| id).collect()
    }

    /// The keys and texts of an inner table, in the order of the file.
    pub(crate) fn pairs(&mut self, key: &str) -> Vec<(String, String, Place)> {
        let items = self.inner(key).into_iter();
        items.filter_map(|(name, place, value)| Some((name, self.checked_text(key, value)?, place))).collect()
    }

    /// The keys of an inner table with their lists of texts, in the order of the file.
    pub(crate) fn lists(&mut self, key: &str) -> Vec<(String, Place, Texts)> {
        let items = self.inner(key).into_iter();
        items.map(|(name, place, value)| (name, place, self.texts_of(key, value))).collect()
    }

    /// The keys and values of an inner table that is not too long, in the order of the file, which the TOML reader does not keep.
    fn inner(&mut self, key: &str) -> Vec<(String, Place, &'t Spanned<DeValue<'t>>)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table in curly brackets");
            return Vec::new();
        };
        if table.len() > MOST_ITEMS {
            self.too_many(key);
            return Vec::new();
        }
        let mut items: Vec<_> = table.iter().collect();
        items.sort_by_key(|(name, _)| name.span().start);
        items.into_iter().map(|(name, value)| (name.get_ref().to_string(), name.span(), value)).collect()
    }

    /// Pairs of texts in a list of lists: `[["code", "Label"]]`.
    pub(crate) fn options(&mut self, key: &str) -> Vec<(String, String)> {
        let array = self.items(key, "a list of pairs, such as [[\"code\", \"Label\"]]");
        let mut seen = HashSet::new();
        let mut options = Vec::new();
        for item in array {
            let pair = item.get_ref().as_array().filter(|pair| pair.len() == 2);
            let Some((code, label)) = pair.and_then(|pair| Some((pair.first()?, pair.get(1)?))) else {
                self.wrong_type(key, item, "a pair, such as [\"code\", \"Label\"]");
                continue;
            };
            let (code, label) = (self.checked_text(key, code), self.checked_text(key, label));
            let (Some(code), Some(label)) = (code, label) else {
                continue;
            };
            if !is_id(&code, false) || !seen.insert(code.clone()) {
                let why = format!("`{key}` of `{}` has the code {code:?} twice, or it is no id", self.clause);
                self.bad_at(item.span(), why, "give each pair an own code of small letters and dashes".into());
            }
            options.push((code, label));
        }
        options
    }

    /// The items of a list that is not too long.
    fn items(&mut self, key: &str, wanted: &str) -> &'t [Spanned<DeValue<'t>>] {
        let Some(value) = self.get(key) else {
            return &[];
        };
        self.items_of(key, value, wanted)
    }

    fn items_of(&mut self, key: &str, value: &'t Spanned<DeValue<'t>>, wanted: &str) -> &'t [Spanned<DeValue<'t>>] {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, wanted);
            return &[];
        };
        if array.len() > MOST_ITEMS {
            self.too_many(key);
            return &[];
        }
        array
    }

    fn too_many(&mut self, key: &str) {
        let why = format!("`{key}` of `{}` has more than {MOST_ITEMS} items", self.clause);
        self.bad(key, why, "name fewer".into());
    }

    /// Records N03 where a key is absent.
    pub(crate) fn required(&mut self, key: &str) -> Option<()> {
        if self.get(key).is_some() {
            return Some(());
        }
        let why = format!("`{}` has no `{key}`", self.clause);
        self.gathered.misshapen("N03", &self.clause, self.place.clone(), why, format!("add a line `{key} = …`"));
        None
    }

    /// Records N07 at a key.
    pub(crate) fn bad(&mut self, key: &str, why: String, mend: String) {
        let place = self.gathered.place(&self.clause, key);
        self.bad_at(place, why, mend);
    }

    /// Records N07 at a place.
    pub(crate) fn bad_at(&mut self, place: Place, why: String, mend: String) {
        self.gathered.misshapen("N07", &self.clause, place, why, mend);
    }

    fn check_word(&mut self, key: &str, word: &str, words: &[&str], place: Place) -> bool {
        if words.contains(&word) {
            return true;
        }
        let why = format!("`{key}` of `{}` does not know {word:?}", self.clause);
        let mend = match nearest(word, words.iter().copied()) {
            Some(near) => format!("write \"{near}\""),
            None => format!("write one of: {}", words.join(", ")),
        };
        self.bad_at(place, why, mend);
        false
    }

    fn checked_text(&mut self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "a text in quotes");
            return None;
        };
        // Line ends and outer white space are the editor's, not the author's: they must not move the digest.
        let text = text.replace("\r\n", "\n").trim().to_owned();
        let trouble = if text.is_empty() {
            "is empty"
        } else if text.len() > LONGEST {
            "is longer than 20,000 bytes"
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            "has a control character"
        } else if text.chars().any(is_invisible) {
            "has a character that cannot be seen or turns the direction of the text"
        } else {
            return Some(text);
        };
        let why = format!("`{key}` of `{}` {trouble}", self.clause);
        self.bad_at(value.span(), why, "write plain words, or take the key out".into());
        None
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        let found = value.get_ref().type_str();
        let why = format!("`{key}` of `{}` is of type {found}", self.clause);
        self.gathered.misshapen("N02", &self.clause, value.span(), why, format!("write {wanted}"));
    }
}

fn unknown_key(clause: &str, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[Key], gathered: &mut Gathered) {
    let name = shortened(key.get_ref());
    let near = nearest(&name, known.iter().map(|key| key.name));
    let mend = match known.iter().find(|key| Some(key.name) == near) {
        Some(near) => format!("write `{}`: {}", near.name, near.help),
        None => format!("take it out; known here: {}", named(known.iter().map(|key| key.name))),
    };
    gathered.misshapen("N01", clause, key.span(), format!("`{clause}` does not know the key `{name}`"), mend);
}

/// Names in a row.
pub(crate) fn named(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Characters that nobody sees and that can make a sentence read otherwise than it is written (Unicode Technical Report 36,
/// section 2.10; marks, embeddings, overrides and isolates of direction, and what has no width).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A name from a file, short and printable enough to stand in a sentence.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Whether a text is an id: small letters, digits and dashes, beginning with a letter; dots only where allowed.
pub(crate) fn is_id(text: &str, dots: bool) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || (dots && c == '.');
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(plain)
}
