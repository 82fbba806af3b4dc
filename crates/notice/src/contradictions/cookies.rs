//! Cookies against what is said about them: X1, X3, X4 and X5.

use super::{Piece, has_any};
use crate::Cookie;
use crate::gathered::Words;
use crate::lawful::Case;

/// Stems that claim that nobody can be told.
const ANONYMOUS: [&str; 1] = ["anonym"];

/// What denies such a claim.
const DENIED: [&str; 3] = ["not anonym", "no anonym", "never anonym"];

/// What says that something about a device tells who somebody is.
const IDENTIFIES: [&str; 5] = ["can identify", "may identify", "could identify", "be identified", "identifies you"];

/// Stems of counting.
const COUNTING: [&str; 4] = ["anonym", "aggregat", "analy", "statistic"];

/// Using something, and what is made of it.
const USING: [&str; 5] = ["by using", "by visiting", "by continuing", "by browsing", "use of this website means"];
const AGREEING: [&str; 4] = ["agree", "consent", "accept", "permission"];

pub(super) fn check(case: &mut Case) {
    check_anonymous(case);
    let prose: Vec<String> = case.texts().map(|piece| piece.words.to_lowercase()).collect();
    for cookie in case.parts.cookies.iter().filter(|cookie| !cookie.is_ours()) {
        check_statistics(cookie, &prose, case);
        check_recipient(cookie, case);
    }
    check_agreement(case);
}

/// X1.
fn check_anonymous(case: &mut Case) {
    let Some(claim) = about_cookies(case).find(|piece| claims_anonymity(piece.words)) else { return };
    let cookie = case.parts.cookies.iter().find(|cookie| cookie.identifies);
    let device = case.texts().find(|piece| piece.words.contains("device") && has_any(piece.words, &IDENTIFIES));
    let Some(other) = cookie.map(|cookie| format!("cookie.{}", cookie.id)).or(device.map(|piece| piece.clause)) else {
        return;
    };
    let words = Words {
        why: format!(
            "`{}` calls cookies anonymous, but `{other}` tells who somebody is, or which browser",
            claim.clause
        ),
        mend: "say of each cookie what it tells, and leave the word out".into(),
        rests_on: "UK GDPR Art 4(1), 5(1)(a); promises P04, P48, P49",
    };
    case.find("X1", &claim.clause, "words", words);
}

fn claims_anonymity(prose: &str) -> bool {
    has_any(prose, &ANONYMOUS) && !has_any(prose, &DENIED)
}

/// The words of cookies, and the prose that stands with them.
fn about_cookies<'a>(case: &Case<'a>) -> impl Iterator<Item = Piece<'a>> {
    let cookies = case.parts.cookies.iter();
    let cookies = cookies.map(|cookie| Piece { clause: format!("cookie.{}", cookie.id), words: &cookie.words });
    let bound = |clause: &Option<String>| clause.as_deref().is_some_and(|clause| clause.starts_with("cookie."));
    let texts = case.parts.texts.iter().filter(move |text| text.under == "cookies" || bound(&text.clause));
    cookies.chain(texts.map(|text| Piece { clause: format!("text.{}", text.id), words: &text.words }))
}

/// X3.
fn check_statistics(cookie: &Cookie, prose: &[String], case: &mut Case) {
    let setter = cookie.setter.to_lowercase();
    let in_text = prose.iter().any(|words| words.contains(&setter) && has_any(words, &COUNTING));
    if !in_text && !has_any(&cookie.words, &COUNTING) {
        return;
    }
    let clause = format!("cookie.{}", cookie.id);
    let words = Words {
        why: format!(
            "`{clause}` lets somebody else count our visitors, and what tells one browser from another is not anonymous"
        ),
        mend: "count in totals on our own server, and take the cookie out".into(),
        rests_on: "UK GDPR Art 4(1), 5(1)(a); PECR reg 6; promises P49, P51",
    };
    case.find("X3", &clause, "setter", words);
}

/// X4.
fn check_recipient(cookie: &Cookie, case: &mut Case) {
    if case.is_recipient(&cookie.setter) {
        return;
    }
    let clause = format!("cookie.{}", cookie.id);
    let words = Words {
        why: format!("`{clause}` is set by somebody else, who therefore receives data and is not among the recipients"),
        mend: "add a [[recipient]] with its role and country, or take the cookie out".into(),
        rests_on: "UK GDPR Art 13(1)(e), 13(1)(f); promises P25, P51",
    };
    case.find("X4", &clause, "setter", words);
}

/// X5.
fn check_agreement(case: &mut Case) {
    let found = case.texts().filter(|piece| piece.words.split(['.', '!', '\n']).any(takes_use_for_agreement));
    for piece in found.collect::<Vec<_>>() {
        let words = Words {
            why: format!("`{}` takes use for agreement, and using something agrees to nothing", piece.clause),
            mend: "take the sentence out: a notice informs".into(),
            rests_on: "UK GDPR Art 4(11); PECR reg 6; promise P46",
        };
        case.find("X5", &piece.clause, "words", words);
    }
}

fn takes_use_for_agreement(sentence: &str) -> bool {
    has_any(sentence, &USING) && has_any(sentence, &AGREEING)
}
