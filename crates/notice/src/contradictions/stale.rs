//! What has gone stale: X16. Read from words alone, so it may be wrong: it is a warning that asks for a look.

use super::Piece;
use crate::Contact;
use crate::gathered::Words;
use crate::lawful::Case;
use jiff::civil::Date;
use law::short_words;

const RESTS_ON: &str = "UK GDPR Art 5(1)(a), 5(1)(d); promises P42, P44, P58";

pub(super) fn check(case: &mut Case) {
    for contact in &case.parts.contacts {
        check_contact(contact, case);
    }
    for piece in case.prose() {
        check_links(&piece, case);
        check_days(&piece, case);
        check_doubled(&piece, case);
    }
}

fn check_contact(contact: &Contact, case: &mut Case) {
    let clause = format!("contact.{}", contact.id);
    let address = contact.email.as_deref().and_then(|email| email.split('@').next()).unwrap_or_default();
    let key = match (names_person(&contact.role), is_of_person(address)) {
        (true, _) => "role",
        (false, true) => "email",
        (false, false) => return,
    };
    let words = Words {
        why: format!("`{clause}` seems to name a person, and a person leaves"),
        mend: "name the role, with an address that its next holder reads too".into(),
        rests_on: RESTS_ON,
    };
    case.find("X16", &clause, key, words);
}

/// Words of roles and of addresses that belong to roles.
const OF_ROLES: [&str; 68] = [
    "admin",
    "administrator",
    "agent",
    "authority",
    "board",
    "bursar",
    "business",
    "chair",
    "chief",
    "clerk",
    "college",
    "commission",
    "commissioner",
    "complaints",
    "contact",
    "controller",
    "coordinator",
    "council",
    "data",
    "department",
    "desk",
    "digital",
    "director",
    "dpo",
    "education",
    "enquiries",
    "enquiry",
    "executive",
    "governance",
    "governor",
    "governors",
    "head",
    "headteacher",
    "hello",
    "help",
    "info",
    "information",
    "lead",
    "mail",
    "manager",
    "member",
    "members",
    "network",
    "office",
    "officer",
    "ombudsman",
    "post",
    "president",
    "principal",
    "privacy",
    "protection",
    "records",
    "registrar",
    "regulator",
    "representative",
    "rights",
    "safeguarding",
    "school",
    "secretary",
    "security",
    "service",
    "services",
    "support",
    "teacher",
    "team",
    "trust",
    "university",
    "webmaster",
];

const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir"];

/// Whether what stands as a role reads as a name: a title, or two to four capitalised words of which none is of a role.
fn names_person(role: &str) -> bool {
    let words: Vec<&str> = role.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let is_among = |known: &[&str]| words.iter().any(|word| known.contains(&word.to_lowercase().as_str()));
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase);
    is_among(&TITLES) || ((2..=4).contains(&words.len()) && words.iter().all(is_capital) && !is_among(&OF_ROLES))
}

/// Whether the part of an address before the @ reads as first and last name.
fn is_of_person(address: &str) -> bool {
    let Some((first, last)) = address.split_once('.') else { return false };
    let is_name = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    is_name(first)
        && is_name(last)
        && ![first, last].iter().any(|part| OF_ROLES.contains(&part.to_lowercase().as_str()))
}

fn check_links(piece: &Piece, case: &mut Case) {
    if piece.words.contains("http://") {
        let words = Words {
            why: format!("`{}` has a link that begins with http:, which anybody on the way can change", piece.clause),
            mend: "write https:, after a look whether the page is still there".into(),
            rests_on: RESTS_ON,
        };
        case.find("X16", &piece.clause, "words", words);
    }
}

/// A right that people "will have from" a day that has come.
fn check_days(piece: &Piece, case: &mut Case) {
    let words: Vec<&str> = piece.words.split_whitespace().collect();
    let is_promise = words.contains(&"will");
    let day = words.windows(4).find_map(|four| match four {
        [from, day, month, year] if from.eq_ignore_ascii_case("from") => date_of(day, month, year),
        _ => None,
    });
    let Some(day) = day.filter(|day| is_promise && *day <= case.law.day()) else { return };
    let words = Words {
        why: format!("`{}` speaks of {} as of a day to come", piece.clause, short_words(day)),
        mend: "say what is so now".into(),
        rests_on: RESTS_ON,
    };
    case.find("X16", &piece.clause, "words", words);
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn date_of(day: &str, month: &str, year: &str) -> Option<Date> {
    let month = MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name))?;
    let year = year.trim_end_matches(|c: char| !c.is_ascii_digit());
    Date::new(year.parse().ok()?, i8::try_from(month).ok()? + 1, day.parse().ok()?).ok()
}

/// Words that may stand twice in good English.
const MAY_DOUBLE: [&str; 2] = ["had", "that"];

fn check_doubled(piece: &Piece, case: &mut Case) {
    let words: Vec<&str> = piece.words.split_whitespace().collect();
    let is_word = |word: &str| word.len() > 2 && word.chars().all(char::is_alphabetic) && !MAY_DOUBLE.contains(&word);
    let Some(pair) = words.windows(2).find(|pair| pair[0] == pair[1] && is_word(pair[0])) else { return };
    let words = Words {
        why: format!("`{}` says \"{} {}\"", piece.clause, pair[0], pair[1]),
        mend: "take one of the two out".into(),
        rests_on: RESTS_ON,
    };
    case.find("X16", &piece.clause, "words", words);
}
