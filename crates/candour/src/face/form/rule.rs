//! What makes an answer wrong, and how that is said.

use super::Question;
use crate::face::thousands;
use email_address::{EmailAddress, Options};
use jiff::civil::Date;
use notice::Shape;

/// The first thing wrong with a trimmed answer.
pub(super) fn error(question: &Question) -> Option<String> {
    let value = question.value.as_str();
    if value.is_empty() {
        return question.required.then(|| question.missing.clone());
    }
    let label = &question.label;
    if value.chars().count() > question.max {
        return Some(format!("{label} must be {} characters or fewer", thousands(question.max)));
    }
    let lines = question.shape == Shape::Message;
    if value.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\t'))) {
        return Some(format!("{label} must not have characters that cannot be shown"));
    }
    format_error(&question.shape, value, &question.missing)
}

fn format_error(shape: &Shape, value: &str, missing: &str) -> Option<String> {
    let (right, error) = match shape {
        Shape::Choice(options) => (options.iter().any(|(code, _)| code == value), missing),
        Shape::Date => (value.parse::<Date>().is_ok(), "Enter a real date, like 2026-11-23"),
        Shape::Email => (is_email(value), "Enter an e-mail address in the correct format, like name@school.example"),
        Shape::Postcode => (is_postcode(value), "Enter a full UK postcode, like RG1 1AA"),
        Shape::Telephone => (is_telephone(value), "Enter a telephone number, like 01632 960 001 or +44 1632 960 001"),
        Shape::Message | Shape::Role | Shape::School | Shape::Secret | Shape::Text => return None,
    };
    (!right).then(|| error.to_owned())
}

/// What is said when a needed answer is missing: "Enter your e-mail address", "Select your role".
pub(super) fn missing(label: &str, shape: &Shape) -> String {
    let noun = label.strip_prefix("Your ").unwrap_or(label);
    match shape {
        _ if label.ends_with('?') => format!("Answer “{label}”"),
        Shape::Choice(_) => format!("Select {} {}", article(noun), lower_first(noun)),
        _ if noun.contains(" your ") => format!("Enter the {}", lower_first(noun)),
        _ => format!("Enter your {}", lower_first(noun)),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// The label inside a sentence; abbreviations such as "URN" stay as they are.
fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// RFC 5321 syntax with a dot in the domain; quoted local parts are lawful there and refused here, because the systems
/// that people's mail passes through refuse them.
fn is_email(value: &str) -> bool {
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    value.is_ascii() && !value.starts_with('"') && EmailAddress::parse_with_options(value, options).is_ok()
}

/// A light check, kept as typed: people write extensions and brackets, and foreign numbers differ.
fn is_telephone(value: &str) -> bool {
    let lower = value.to_lowercase();
    let (number, extension) = match lower.split_once("ext").or_else(|| lower.split_once('x')) {
        Some((number, extension)) => (number, Some(extension.trim_matches(['.', ' ']))),
        None => (lower.as_str(), None),
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    value.chars().count() <= 32
        && (3..=15).contains(&digits)
        && number.trim_start().chars().enumerate().all(|(at, c)| match c {
            '+' => at == 0,
            '0'..='9' | '-' | '(' | ')' | ' ' => true,
            _ => false,
        })
        && extension.is_none_or(|e| (1..=6).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_digit()))
}

/// The shape that every UK postcode has: a letter first, and a digit and two letters last.
fn is_postcode(value: &str) -> bool {
    let code: Vec<u8> = value.bytes().filter(|b| *b != b' ').collect();
    let Some((outward, [digit, one, two])) = code.split_last_chunk::<3>() else {
        return false;
    };
    (2..=4).contains(&outward.len())
        && outward[0].is_ascii_alphabetic()
        && outward.iter().all(u8::is_ascii_alphanumeric)
        && digit.is_ascii_digit()
        && one.is_ascii_alphabetic()
        && two.is_ascii_alphabetic()
}
