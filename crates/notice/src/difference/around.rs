//! Cookies, automatic acts, where data stands beside the database, prose, and how the notice itself changes.

use super::sentence::{listed, quoted, set, unless_empty};
use super::{Compare, Pair, Way, pairs};
use crate::html::cards::{actor_words, country_words, exception_words};
use crate::{Cookie, DIFFERENCES, Decision, Head, Store, Text};
use std::collections::HashSet;

pub(super) fn compare(compare: &mut Compare<'_>) {
    for pair in pairs(compare.both.old.cookies(), compare.both.new.cookies(), |cookie| &cookie.id) {
        cookie(compare, &pair);
    }
    for pair in pairs(compare.both.old.decisions(), compare.both.new.decisions(), |decision| &decision.id) {
        decision(compare, &pair);
    }
    for pair in pairs(compare.both.old.stores(), compare.both.new.stores(), |store| &store.id) {
        store(compare, &pair);
    }
    head(compare);
    change(compare);
    for pair in pairs(compare.both.old.texts(), compare.both.new.texts(), |text| &text.id) {
        text(compare, &pair);
    }
}

/// The clauses that carry out other promises of an earlier notice, in one sentence: it is a matter of references.
pub(super) fn said(compare: &mut Compare<'_>) {
    let clauses = std::mem::take(&mut compare.said);
    if !clauses.is_empty() {
        let words = format!("Other promises of an earlier notice are now carried out by {}.", listed(&clauses));
        compare.at("notice", Vec::new()).say("words", Way::Changed, words);
    }
}

fn cookie(compare: &mut Compare<'_>, pair: &Pair<'_, Cookie>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let called = quoted(&one.name);
    let mut at = compare.at(format!("cookie.{}", one.id), Vec::new());
    let old = match pair {
        Pair::New(_) => {
            let words = format!("There is a new cookie, {called}: {}.", quoted(&one.words));
            return at.say("cookie", Way::Added, words);
        }
        Pair::Gone(_) => return at.say("cookie", Way::Removed, format!("The cookie {called} is no longer set.")),
        Pair::Both(old, _) => old,
    };
    let Cookie { id: _, name, setter, host, minutes, words, exception, identifies, said } = one;
    at.value("cookie", "The name of a cookie", Some(&old.name), Some(name));
    at.value("cookie", &format!("Who sets the cookie {called}"), Some(&old.setter), Some(setter));
    at.value("cookie", &format!("The host that sets the cookie {called}"), old.host.as_deref(), host.as_deref());
    match (old.minutes, *minutes) {
        (Some(before), Some(now)) if before != now => {
            let way = if now > before { Way::Widened } else { Way::Narrowed };
            let words = format!("The cookie {called} now lives {} instead of {}.", one.lifetime(), old.lifetime());
            at.say("cookie", way, words);
        }
        (before, now) => {
            let [before, now] = [before.map(|_| old.lifetime()), now.map(|_| one.lifetime())];
            at.value("cookie", &format!("The life of the cookie {called}"), before.as_deref(), now.as_deref());
        }
    }
    at.value("cookie", &format!("What the cookie {called} is for"), Some(&old.words), Some(words));
    let [before, now] = [&old.exception, exception].map(|code| code.as_deref().map(|code| exception_words(Some(code))));
    at.value("cookie", &format!("Why the cookie {called} needs no consent"), before, now);
    at.flag(
        "cookie",
        [old.identifies, *identifies],
        Way::Widened,
        format!("The cookie {called} now tells one browser from another."),
        format!("The cookie {called} no longer tells one browser from another."),
    );
    at.said([&old.said, said]);
}

fn decision(compare: &mut Compare<'_>, pair: &Pair<'_, Decision>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let name = quoted(&one.words);
    let clause = format!("decision.{}", one.id);
    let old = match pair {
        Pair::New(_) | Pair::Gone(_) => {
            let kinds = compare.both.scope(&[&one.kinds]);
            let mut at = compare.at(clause, kinds);
            return match pair {
                Pair::New(_) => at.say("decision", Way::Added, format!("This is now done automatically: {name}.")),
                _ => at.say("decision", Way::Removed, format!("This is no longer done automatically: {name}.")),
            };
        }
        Pair::Both(old, _) => old,
    };
    let Decision { id: _, words, by, kinds, significant, reason, human, said } = one;
    let [before, now] = [&old.kinds, kinds].map(|kinds| compare.both.scope(&[kinds]));
    let scope = compare.both.scope(&[&old.kinds, kinds]);
    let both = compare.both;
    let mut at = compare.at(clause, scope);
    at.value("decision", "What is done automatically", Some(&old.words), Some(words));
    let [was, is] = [&old.by, by].map(|actor| Some(actor_words(actor)));
    at.value("decision", &format!("What does {name}"), was, is);
    at.list(
        "decision",
        [&before, &now],
        Way::Widened,
        |kind| format!("{name} now touches {}.", both.thing(kind)),
        |kind| format!("{name} no longer touches {}.", both.thing(kind)),
    );
    at.flag(
        "decision",
        [old.significant, *significant],
        Way::Changed,
        format!("{name} now counts as significant for you."),
        format!("{name} no longer counts as significant for you."),
    );
    at.value("decision", &format!("Why {name} is fair"), old.reason.as_deref(), reason.as_deref());
    at.value("decision", &format!("Who looks again at {name}"), old.human.as_deref(), human.as_deref());
    at.said([&old.said, said]);
}

fn store(compare: &mut Compare<'_>, pair: &Pair<'_, Store>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let mut at = compare.at(format!("store.{}", one.id), Vec::new());
    let name = quoted(&one.words);
    let old = match pair {
        Pair::New(_) => return at.say("store", Way::Added, format!("Data now also stands in {name}.")),
        Pair::Gone(_) => return at.say("store", Way::Removed, format!("Data no longer stands in {name}.")),
        Pair::Both(old, _) => old,
    };
    let Store { id: _, words, limit, country, said } = one;
    at.value("words", "What we call a place where data stands", Some(&old.words), Some(words));
    at.period("store", &format!("The longest time in {name}"), old.limit, *limit);
    let [before, now] = [&old.country, country].map(|country| country.as_deref().map(country_words));
    at.value("transfer", &format!("The country of {name}"), before, now);
    at.said([&old.said, said]);
}

fn head(compare: &mut Compare<'_>) {
    let (old, new) = (compare.both.old.head(), compare.both.new.head());
    let Head {
        id,
        version: _,    // A version,
        effective: _,  // its day
        supersedes: _, // and what it replaces tell one notice from another, not one meaning from another.
        language,
        jurisdiction,
        review_due,
        backup_window,
    } = new;
    let mut at = compare.at("notice.backup_window", Vec::new());
    let what = "The time until what we erase is unreadable in every copy";
    at.period("window", what, old.backup_window, *backup_window);
    let mut at = compare.at("notice", Vec::new());
    at.value("words", "The short name of this notice", Some(&old.id), Some(id));
    at.value("words", "The language of this notice", Some(&old.language), Some(language));
    at.value("change", "The law of this notice", Some(&old.jurisdiction), Some(jurisdiction));
    let [before, now] = [old.review_due, *review_due].map(|day| day.map(law::short_words));
    at.value("change", "The day by which we look at this notice again", before.as_deref(), now.as_deref());
}

fn change(compare: &mut Compare<'_>) {
    let [old, new] = [compare.both.old.change(), compare.both.new.change()];
    let both = compare.both;
    let mut at = compare.at("change", Vec::new());
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(_)) => {
            return at.say("change", Way::Added, "This notice now says how it is changed and who is told.".to_owned());
        }
        (Some(_), None) => {
            let words = "This notice no longer says how it is changed and who is told.".to_owned();
            return at.say("change", Way::Removed, words);
        }
        (None, None) => return,
    };
    let crate::Change { significant, wait, tell, said } = new;
    at.list(
        "change",
        [&old.significant, significant],
        Way::Changed,
        |code| format!("This now counts as a significant change: {}.", difference_words(code)),
        |code| format!("This no longer counts as a significant change: {}.", difference_words(code)),
    );
    at.period("change", "The time between telling you of a significant change and its effect", old.wait, *wait);
    at.list(
        "change",
        [&old.tell, tell],
        Way::Changed,
        |subject| format!("We now write to {} before a significant change.", both.people(subject)),
        |subject| format!("We no longer write to {} before a significant change.", both.people(subject)),
    );
    at.said([&old.said, said]);
}

fn text(compare: &mut Compare<'_>, pair: &Pair<'_, Text>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let part = part_words(&one.under);
    // Prose that stands on a clause or carries out a promise is more than words.
    let code = if one.clause.is_some() || !one.said.is_empty() { "promise" } else { "words" };
    let mut at = compare.at(format!("text.{}", one.id), Vec::new());
    let old = match pair {
        Pair::New(one) => {
            let words = format!("There is something new to read about {part}: {}.", quoted(&flat(&one.words)));
            return at.say(code, Way::Added, words);
        }
        Pair::Gone(one) => {
            let words = format!("Something to read about {part} is gone: {}.", quoted(&flat(&one.words)));
            return at.say(code, Way::Removed, words);
        }
        Pair::Both(old, _) => old,
    };
    let Text { id: _, under, clause, answers, words, said } = one;
    if old.words != *words {
        // Sentence by sentence: a promise that goes is quoted, however long the text around it.
        let [before, now] = [&old.words, words].map(|words| sentences(words));
        let [was, is] = [&before, &now].map(|sentences| sentences.iter().collect::<HashSet<_>>());
        for gone in before.iter().filter(|one| !is.contains(one)) {
            at.say(code, Way::Removed, format!("About {part} we no longer say: {}.", quoted(gone)));
        }
        for new in now.iter().filter(|one| !was.contains(one)) {
            at.say(code, Way::Added, format!("About {part} we now say: {}.", quoted(new)));
        }
        if was == is {
            at.say(code, Way::Changed, format!("What we say about {part} stands in another order."));
        }
    }
    let [before, now] = [&old.under, under].map(|under| Some(part_words(under)));
    at.value("words", &format!("What `text.{}` is about", one.id), before, now);
    let what = format!("The clause that makes true what we say about {part}");
    at.value("words", &what, old.clause.as_deref(), clause.as_deref());
    let [before, now] = [&old.answers, answers].map(|points| set(points).join(", "));
    let what = format!("The points of the law that we answer about {part}");
    at.value("words", &what, unless_empty(&before), unless_empty(&now));
    at.said([&old.said, said]);
}

/// Prose on one line.
fn flat(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences of prose, without their line breaks.
fn sentences(words: &str) -> Vec<String> {
    let paragraphs = words.split("\n\n").map(flat);
    let sentences = paragraphs.flat_map(|paragraph| {
        paragraph.split_inclusive(". ").map(|one| one.trim().trim_end_matches('.').to_owned()).collect::<Vec<_>>()
    });
    sentences.filter(|sentence| !sentence.is_empty()).collect()
}

fn difference_words(code: &str) -> &str {
    DIFFERENCES.iter().find(|(known, _)| *known == code).map_or(code, |(_, words)| words)
}

/// What a part of the page is about, to follow "about".
fn part_words(under: &str) -> &str {
    match under {
        "summary" => "this notice in short",
        "who" => "who we are",
        "visiting" => "visiting our website",
        "kinds" => "what we hold",
        "purposes" => "why we use data",
        "rights" => "your rights",
        "recipients" => "who receives data",
        "stores" => "where else data stands",
        "security" => "how we keep it safe",
        other => other,
    }
}
