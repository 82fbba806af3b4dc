//! What people are promised: rights, disclosures, automatic acts, and word of changes.

use super::cards::actor_words;
use super::markup::{clause, entry, escape, first_capital, link, sentence};
use crate::{Change, DIFFERENCES, Disclosure, Kind, Notice, Right};

/// Every right. How they are answered stands once, for all of which the same is true.
pub(super) fn rights(notice: &Notice) -> String {
    let terms: Vec<String> = notice.rights().iter().map(Right::terms).collect();
    let count = |words: &String| terms.iter().filter(|other| *other == words).count();
    let usual = terms.iter().max_by_key(|words| count(words)).filter(|words| count(words) > 1);
    let mut html = match usual {
        Some(usual) if count(usual) == terms.len() => format!("<p>{usual}</p>"),
        Some(usual) => format!("<p>{usual} Where a right says otherwise, that holds.</p>"),
        None => String::new(),
    };
    html.push_str("<dl>");
    for (right, terms) in notice.rights().iter().zip(&terms) {
        let own = if Some(terms) == usual { String::new() } else { format!(" {terms}") };
        let beyond = if right.voluntary { " The law does not oblige us to this." } else { "" };
        let words = format!("{}{}{own}{beyond}", escape(&sentence(&right.words)), limited(&right.kinds, notice));
        html.push_str(&entry(&format!("right.{}", right.id), &right.title(), &words));
    }
    html + "</dl>"
}

/// " Only for: …" with links to kinds; nothing where all are meant.
fn limited(kinds: &[String], notice: &Notice) -> String {
    let kinds: Vec<&Kind> = kinds.iter().filter_map(|id| notice.kind(id)).collect();
    let links: Vec<String> = kinds.iter().map(|kind| link(&format!("kind.{}", kind.id), &kind.words)).collect();
    if links.is_empty() { String::new() } else { format!(" Only for: {}.", links.join("; ")) }
}

/// An id as words: "Human review".
pub(crate) fn spoken(id: &str) -> String {
    first_capital(&id.replace('-', " "))
}

/// When data may go once to somebody who is no recipient; nothing where the notice names no ground.
pub(super) fn disclosures(notice: &Notice) -> String {
    if notice.disclosures().is_empty() {
        return String::new();
    }
    let told = |disclosure: &Disclosure| match disclosure.told {
        Some(true) => " We tell you, unless the law forbids it.",
        Some(false) => " We do not tell you.",
        None => " This notice does not say whether we tell you.",
    };
    let first = notice.disclosures().first().map(told).unwrap_or_default();
    let same = notice.disclosures().iter().all(|disclosure| told(disclosure) == first);
    let mut html = format!(
        "<h3>Once, when there is a ground</h3><p>We may disclose data:{}</p><dl>",
        if same { first } else { "" }
    );
    for disclosure in notice.disclosures() {
        let told = if same { "" } else { told(disclosure) };
        let words = format!("{}{}{told}", escape(&sentence(&disclosure.words)), limited(&disclosure.kinds, notice));
        html.push_str(&entry(&format!("disclosure.{}", disclosure.id), &spoken(&disclosure.ground), &words));
    }
    html + "</dl>"
}

/// Automatic acts, each with its effect and the person who looks again.
pub(super) fn decisions(notice: &Notice) -> String {
    let mut html = String::from("<dl>");
    for decision in notice.decisions() {
        let weight = if decision.significant {
            "It affects you significantly."
        } else {
            "It does not affect you significantly."
        };
        let reason = match &decision.reason {
            Some(reason) => escape(&sentence(reason)),
            None => "This notice does not say why that is fair.".to_owned(),
        };
        let human = match decision.human.as_deref().and_then(|id| notice.contact(id)) {
            Some(contact) => {
                let role = link(&format!("contact.{}", contact.id), &contact.role);
                format!("If you ask, a person looks at it again: {role}.")
            }
            None => "This notice does not say which person looks at it again.".to_owned(),
        };
        let by = first_capital(actor_words(&decision.by));
        let words = format!("{by}.{} {weight} {reason} {human}", limited(&decision.kinds, notice));
        html.push_str(&entry(&format!("decision.{}", decision.id), &decision.words, &words));
    }
    html + "</dl>"
}

/// Which changes are significant: said by what is not, where that is shorter.
fn significant_words(significant: &[String]) -> String {
    let is = |(code, _): &&(&str, &str)| significant.iter().any(|one| one == code);
    let (these, others): (Vec<_>, Vec<_>) = DIFFERENCES.iter().partition(is);
    let words = |list: Vec<&(&str, &str)>| list.iter().map(|(_, words)| *words).collect::<Vec<_>>().join("; ");
    match (these.len(), others.len()) {
        (0, _) => "This notice does not say which changes are significant.".to_owned(),
        (_, 0) => "Every change is significant.".to_owned(),
        (many, few) if few < many => format!("Every change is significant but these: {}.", words(others)),
        _ => format!("Significant changes: {}.", words(these)),
    }
}

/// How people learn of a new version.
pub(super) fn change(change: Option<&Change>, notice: &Notice) -> String {
    let Some(Change { significant, wait, tell, .. }) = change else {
        return "<p>This notice does not say which changes are significant, nor how long before people are told.</p>"
            .to_owned();
    };
    let what = significant_words(significant);
    let before = wait.map_or("This notice does not say how long before.".to_owned(), |wait| {
        format!("We say so on this website {wait} before one takes effect.")
    });
    let subjects = tell.iter().filter_map(|id| notice.subject(id));
    let told: Vec<String> = subjects.map(|subject| link(&format!("subject.{}", subject.id), &subject.words)).collect();
    let told = if told.is_empty() { String::new() } else { format!(" By e-mail: {}.", told.join("; ")) };
    clause("change", &format!("<p>{what} {before}{told}</p>"))
}
