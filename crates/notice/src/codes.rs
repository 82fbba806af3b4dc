//! The words of the file for what the model has as types, and the plain words for people.

use crate::{Basis, Cookie, Right, Shape};

/// Who may act under a purpose: the actors the program knows.
pub(crate) const ACTORS: [&str; 7] = ["you", "desk", "officer", "operator", "mailer", "sweeper", "doorkeeper"];

/// The actors that are the program itself and whose acts touch people.
pub(crate) const AUTOMATIC: [&str; 2] = ["sweeper", "doorkeeper"];

/// Roles of a recipient.
pub(crate) const ROLES: [&str; 4] = ["processor", "joint-controller", "controller", "disclosure-only"];

/// The exceptions of PECR regulation 6 and Schedule A1 under which a cookie may be set without consent.
pub(crate) const EXCEPTIONS: [&str; 5] =
    ["strictly-necessary", "transmission", "statistics", "appearance", "emergency-assistance"];

/// Tables of the program from which recipients may be derived.
pub(crate) const TABLES: [&str; 3] = ["members", "schools", "relying-parties"];

/// Grounds of a disclosure.
pub(crate) const GROUNDS: [&str; 7] =
    ["legal-duty", "legal-claims", "crime", "rights-and-safety", "vital-interests", "professional-advice", "successor"];

/// Rights that a notice may give (UK GDPR Art 15 to 22D; DPA 2018 s.164A).
pub(crate) const RIGHTS: [&str; 8] =
    ["access", "rectification", "erasure", "restriction", "objection", "portability", "human-review", "complaint"];

/// Conditions of UK GDPR Art 9(2) that the language knows: (b), (c), (f), (g), (h), (i), (j).
pub(crate) const CONDITIONS: [&str; 7] = [
    "employment",
    "vital-interests",
    "legal-claims",
    "substantial-public-interest",
    "health-or-social-care",
    "public-health",
    "archiving",
];

/// Codes of differences between two notices, with their words: what [`crate::Change::significant`] may name.
pub const DIFFERENCES: [(&str, &str); 35] = [
    ("controller", "who answers for the data"),
    ("contact", "whom people can write to"),
    ("subject", "whose data it is"),
    ("window", "how long copies can be read"),
    ("field-added", "more data about people"),
    ("field-removed", "less data about people"),
    ("field-changed", "what an item of data is"),
    ("kind-added", "a new kind of data"),
    ("kind-removed", "a kind of data that is given up"),
    ("purpose-added", "a new purpose"),
    ("purpose-removed", "a purpose that is given up"),
    ("purpose-changed", "what a purpose is"),
    ("basis", "the lawful basis of a purpose"),
    ("source", "where data comes from"),
    ("obliged", "what people must give"),
    ("recipient-added", "somebody else who receives data"),
    ("recipient-removed", "somebody who no longer receives data"),
    ("recipient-changed", "what somebody who receives data may do with it"),
    ("acceptance", "who has to accept the notice"),
    ("transfer", "data that goes to another country"),
    ("disclosure", "when data may be disclosed once"),
    ("keep-longer", "data that is kept longer"),
    ("keep-shorter", "data that is kept for less time"),
    ("keep-changed", "data that is kept until something else, which may be sooner or later"),
    ("event", "what starts a period, so that it may end sooner or later"),
    ("warning", "when people are warned before their data is erased"),
    ("right-gained", "a right that people gain"),
    ("right-lost", "a right that people lose"),
    ("right-changed", "how a right is carried out"),
    ("cookie", "which cookies are set"),
    ("decision", "what is decided automatically"),
    ("store", "where data stands beside the database"),
    ("change", "how the notice is changed and how people learn of it"),
    ("promise", "what we promise in words"),
    ("words", "how something is said"),
];

/// What may oblige a person to give data.
pub(crate) const OBLIGED: [&str; 3] = ["no", "contract", "law"];

/// The parts of the page that prose can stand in.
pub(crate) const PARTS: [&str; 12] = [
    "summary",
    "who",
    "visiting",
    "kinds",
    "purposes",
    "rights",
    "recipients",
    "cookies",
    "stores",
    "security",
    "complaints",
    "changes",
];

/// Facts of a holding, beside its linked fields, by which a list may be ordered.
pub(crate) const FACTS: [&str; 3] = ["taken", "due", "state"];

/// Every `basis` of the file with its type.
pub(crate) const BASES: [(&str, Basis); 6] = [
    ("contract", Basis::Contract),
    ("legal-obligation", Basis::LegalObligation),
    ("legitimate-interests", Basis::LegitimateInterests),
    ("public-task", Basis::PublicTask),
    ("recognised-legitimate-interest", Basis::RecognisedLegitimateInterest),
    ("vital-interests", Basis::VitalInterests),
];

/// Every `type` of a field. A choice has its options from elsewhere.
pub(crate) static SHAPES: [(&str, Shape); 10] = [
    ("text", Shape::Text),
    ("email", Shape::Email),
    ("telephone", Shape::Telephone),
    ("postcode", Shape::Postcode),
    ("school", Shape::School),
    ("role", Shape::Role),
    ("choice", Shape::Choice(Vec::new())),
    ("message", Shape::Message),
    ("date", Shape::Date),
    ("secret", Shape::Secret),
];

/// Every `basis`.
pub(crate) const BASIS_CODES: [&str; 6] = first_of(&BASES);

/// Every `type` of a field.
pub(crate) const SHAPE_CODES: [&str; 10] = first_of(&SHAPES);

/// The codes of [`DIFFERENCES`].
pub(crate) const DIFFERENCE_CODES: [&str; DIFFERENCES.len()] = first_of(&DIFFERENCES);

/// Keys of the controller whose values may be examples.
pub(crate) const EXAMPLES: [&str; 6] = ["name", "short", "address", "registration", "company", "charity"];

/// Ways of looking a field up.
pub(crate) const LOOKUPS: [&str; 2] = ["exact", "none"];

/// What may come out of a purpose.
pub(crate) const OUTPUTS: [&str; 2] = ["personal", "aggregate"];

const fn first_of<T, const N: usize>(pairs: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut codes = [""; N];
    let mut n = 0;
    while n < N {
        codes[n] = pairs[n].0;
        n += 1;
    }
    codes
}

impl Basis {
    /// As the file writes it: `legitimate-interests`.
    pub fn code(self) -> &'static str {
        match self {
            Basis::Contract => "contract",
            Basis::LegalObligation => "legal-obligation",
            Basis::LegitimateInterests => "legitimate-interests",
            Basis::PublicTask => "public-task",
            Basis::RecognisedLegitimateInterest => "recognised-legitimate-interest",
            Basis::Unstated => "",
            Basis::VitalInterests => "vital-interests",
        }
    }

    /// As a person reads it, to follow "our lawful basis is": "our legitimate interests".
    pub fn words(self) -> &'static str {
        match self {
            Basis::Contract => "a contract with you, or steps you asked for before one",
            Basis::LegalObligation => "a duty the law gives us",
            Basis::LegitimateInterests => "our legitimate interests",
            Basis::PublicTask => "a task in the public interest",
            Basis::RecognisedLegitimateInterest => "a recognised legitimate interest",
            Basis::Unstated => "no basis that this notice states",
            Basis::VitalInterests => "someone's vital interests",
        }
    }

    /// The article of the UK GDPR: "UK GDPR Art 6(1)(f)".
    pub fn article(self) -> &'static str {
        match self {
            Basis::Contract => "UK GDPR Art 6(1)(b)",
            Basis::LegalObligation => "UK GDPR Art 6(1)(c)",
            Basis::LegitimateInterests => "UK GDPR Art 6(1)(f)",
            Basis::PublicTask => "UK GDPR Art 6(1)(e)",
            Basis::RecognisedLegitimateInterest => "UK GDPR Art 6(1)(ea)",
            Basis::Unstated => "UK GDPR Art 6(1)",
            Basis::VitalInterests => "UK GDPR Art 6(1)(d)",
        }
    }
}

impl Shape {
    /// As the file writes it: `telephone`.
    pub fn code(&self) -> &'static str {
        match self {
            Shape::Choice(_) => "choice",
            Shape::Date => "date",
            Shape::Email => "email",
            Shape::Message => "message",
            Shape::Postcode => "postcode",
            Shape::Role => "role",
            Shape::School => "school",
            Shape::Secret => "secret",
            Shape::Telephone => "telephone",
            Shape::Text => "text",
        }
    }

    /// Longest accepted value in characters, where the file gives none.
    pub(crate) fn max(&self) -> usize {
        match self {
            Shape::Message => 4000,
            _ => 200,
        }
    }

    /// Whether values are ids, dates or closed codes, which alone may stand beside the person id unsealed.
    pub(crate) fn may_be_linked(&self) -> bool {
        matches!(self, Shape::Choice(_) | Shape::Date | Shape::Role | Shape::School)
    }
}

impl Right {
    /// As a heading: "Human review".
    pub fn title(&self) -> String {
        crate::html::promises::spoken(&self.id)
    }

    /// How it is answered: "We answer within 1 month, free of charge." A complaint is acknowledged within its limit (DPA 2018
    /// s.164A(3)).
    pub fn terms(&self) -> String {
        let (fee, fee_only) = if self.fee {
            ("and may ask a fee", "We may ask a fee")
        } else {
            ("free of charge", "It is free of charge")
        };
        let deed = if self.id == "complaint" { "acknowledge it" } else { "answer" };
        match (self.limit, self.extension) {
            (None, _) => format!("This notice does not say within what time we {deed}. {fee_only}."),
            (Some(limit), None) => format!("We {deed} within {limit}, {fee}."),
            (Some(limit), Some(longer)) => {
                format!("We {deed} within {limit}, or up to {longer} later if we tell you why, {fee}.")
            }
        }
    }
}

impl Cookie {
    /// Longest life in words: "30 minutes", "24 hours".
    pub fn lifetime(&self) -> String {
        let Some(minutes) = self.minutes else {
            return "not stated".to_owned();
        };
        let (count, unit) = match minutes {
            m if m % 1440 == 0 && m > 2880 => (m / 1440, "day"),
            m if m % 60 == 0 => (m / 60, "hour"),
            m => (m, "minute"),
        };
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    }
}

/// Minutes of "30 minutes", "24 hours" or "7 days". At most a year; `None` for anything else.
pub(crate) fn minutes(lifetime: &str) -> Option<u32> {
    let (count, unit) = lifetime.split_once(' ')?;
    let each = match unit {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => 1440,
        _ => return None,
    };
    let minutes = count.parse::<u32>().ok()?.checked_mul(each)?;
    (1..=366 * 1440).contains(&minutes).then_some(minutes)
}

/// Days of "5 working days". At most 99; `None` for anything else.
pub(crate) fn working_days(text: &str) -> Option<u32> {
    let count = text.strip_suffix(" working days").or_else(|| text.strip_suffix(" working day"))?;
    let days = count.parse().ok()?;
    (1..=99).contains(&days).then_some(days)
}

/// Words in a sentence, with `last` before the last of them: "one, another and a third".
pub fn in_a_row(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// The known word nearest to a mistaken one, if any is near enough to be meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    if length > 64 {
        return None;
    }
    let worst = 1 + length / 3;
    known
        .into_iter()
        .filter(|k| k.len() <= 64 && k.chars().count().abs_diff(length) <= worst)
        .map(|k| (distance(word, k), k))
        .filter(|(d, _)| *d <= worst)
        .min()
        .map(|(_, k)| k)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let swap = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = swap.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_basis_and_shape_is_written_as_it_is_read() {
        assert!(BASES.iter().all(|(code, basis)| *code == basis.code()));
        assert!(SHAPES.iter().all(|(code, shape)| *code == shape.code()));
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("porpose", ["purpose", "kind"]), Some("purpose"));
        assert_eq!(nearest("words", ["purpose", "kind"]), None);
        assert_eq!(nearest("", ["purpose"]), None);
    }

    #[test]
    fn lifetimes_and_answering_times_are_read_within_their_limits() {
        assert_eq!(minutes("30 minutes"), Some(30));
        assert_eq!(minutes("24 hours"), Some(1440));
        assert_eq!(minutes("7 days"), Some(10_080));
        for wrong in ["", "30", "0 minutes", "-1 days", "4294967295 days", "367 days", "30  minutes", "a month"] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
        assert_eq!(working_days("5 working days"), Some(5));
        assert_eq!(working_days("5 days"), None);
        assert_eq!(working_days("0 working days"), None);
    }
}
