//! What is held: kinds and their fields, sources and retention; items of data; events.

use super::longer::keep_way;
use super::sentence::{listed, quoted, unless_empty};
use super::{At, Compare, Pair, Way, pairs};
use crate::{Event, Field, Keep, Kind, Notice, Shape};
use std::collections::{HashMap, HashSet};

pub(super) fn compare(compare: &mut Compare<'_>) {
    for pair in pairs(compare.both.old.kinds(), compare.both.new.kinds(), |kind| &kind.id) {
        match pair {
            Pair::New(kind) => kind_added(compare, kind),
            Pair::Gone(kind) => kind_removed(compare, kind),
            Pair::Both(old, new) => kind_changed(compare, old, new),
        }
    }
    for pair in pairs(compare.both.old.fields(), compare.both.new.fields(), |field| &field.id) {
        field(compare, &pair);
    }
    let moved = [moved(compare.both.old), moved(compare.both.new)];
    for pair in pairs(compare.both.old.events(), compare.both.new.events(), |event| &event.id) {
        event(compare, &pair, &moved);
    }
}

fn kind_added(compare: &mut Compare<'_>, kind: &Kind) {
    let labels: Vec<String> = kind.fields.iter().map(|(field, _)| compare.both.label(field)).collect();
    let until = match &kind.keep {
        Keep::Unstated => "this notice does not say until when".to_owned(),
        keep => format!("we keep it {}", keep.words(compare.both.new)),
    };
    let words = format!("We now hold {}: {}; {until}.", compare.both.thing(&kind.id), listed(&labels));
    compare.at(format!("kind.{}", kind.id), vec![kind.id.clone()]).say("kind-added", Way::Added, words);
}

fn kind_removed(compare: &mut Compare<'_>, kind: &Kind) {
    let words = format!("We no longer hold {}.", compare.both.thing(&kind.id));
    compare.at(format!("kind.{}", kind.id), vec![kind.id.clone()]).say("kind-removed", Way::Removed, words);
}

fn kind_changed(compare: &mut Compare<'_>, old: &Kind, new: &Kind) {
    let Kind {
        id,
        words,
        subject,
        fields: _,
        linked,
        names_others,
        listed_by,
        source: _,
        purposes: _,
        keep: _,
        warn: _,
        recipients: _, // Compared with what each recipient is given.
        obliged,
        without,
        said,
    } = new;
    let (clause, thing) = (format!("kind.{id}"), compare.both.thing(id));
    let both = compare.both;
    let label = |field: &str| both.label(field);
    // What was said of a field that is gone went with it.
    let kept = |fields: &[String]| -> Vec<String> {
        fields.iter().filter(|field| new.has_field(field) || !old.has_field(field)).cloned().collect()
    };

    let mut at = compare.at(&clause, vec![id.clone()]);
    at.value("words", "What we call a kind of data", Some(&old.words), Some(words));
    if old.subject != *subject {
        let words =
            format!("We now hold {thing} about {} instead of {}.", both.people(subject), both.people(&old.subject));
        at.say("subject", Way::Changed, words);
    }
    fields(&mut at, [old, new], &thing, &label);
    at.list(
        "field-changed",
        [&kept(&old.linked), linked],
        Way::Widened,
        |field| format!("{} of {thing} now stands outside the sealed record.", label(field)),
        |field| format!("{} of {thing} now stands inside the sealed record.", label(field)),
    );
    at.list(
        "field-changed",
        [&kept(&old.names_others), names_others],
        Way::Changed,
        |field| format!("{} of {thing} is now looked at before you get it, as it may name others.", label(field)),
        |field| format!("{} of {thing} is no longer looked at before you get it.", label(field)),
    );
    at.list(
        "field-changed",
        [&kept(&old.listed_by), listed_by],
        Way::Widened,
        |field| format!("Our staff can now list {thing} by {}.", label(field)),
        |field| format!("Our staff can no longer list {thing} by {}.", label(field)),
    );
    sources(&mut at, [old, new], &thing, &label);
    let [before, now] = [&old.obliged, obliged].map(|code| code.as_deref().map(obliging));
    at.value("obliged", &format!("What obliges you to give {thing}"), before, now);
    let what = format!("What follows if you do not give {thing}");
    at.value("obliged", &what, old.without.as_deref(), without.as_deref());
    at.said([&old.said, said]);
    keep(compare, [old, new], &thing);
    warn(compare, [old, new], &thing);
}

/// What obliges a person to give data.
fn obliging(code: &str) -> &str {
    match code {
        "no" => "nothing",
        "contract" => "a contract",
        "law" => "the law",
        other => other,
    }
}

fn fields(at: &mut At<'_>, [old, new]: [&Kind; 2], thing: &str, label: &dyn Fn(&str) -> String) {
    for (field, required) in &new.fields {
        let label = label(field);
        match old.fields.iter().find(|(id, _)| id == field) {
            None if *required => at.say("field-added", Way::Added, format!("{label} is now part of {thing}.")),
            None => {
                at.say("field-added", Way::Added, format!("{label} is now part of {thing}, and you may leave it out."));
            }
            Some((_, was)) => at.flag(
                "field-changed",
                [*was, *required],
                Way::Widened,
                format!("{label} can no longer be left out of {thing}."),
                format!("{label} may now be left out of {thing}."),
            ),
        }
    }
    for (field, _) in old.fields.iter().filter(|(field, _)| !new.has_field(field)) {
        at.say("field-removed", Way::Removed, format!("{} is no longer part of {thing}.", label(field)));
    }
}

/// A sentence for all fields whose source changed alike.
fn sources(at: &mut At<'_>, [old, new]: [&Kind; 2], thing: &str, label: &dyn Fn(&str) -> String) {
    type From<'n> = [Option<&'n str>; 2];
    let mut alike: Vec<(From<'_>, Vec<String>)> = Vec::new();
    for (field, _) in new.fields.iter().filter(|(field, _)| old.has_field(field)) {
        let from = [old.source_of(field), new.source_of(field)];
        match alike.iter_mut().find(|(other, _)| *other == from) {
            Some((_, labels)) => labels.push(label(field)),
            None => alike.push((from, vec![label(field)])),
        }
    }
    for ([old, new], labels) in alike {
        at.value("source", &format!("The source of {} in {thing}", listed(&labels)), old, new);
    }
}

fn keep(compare: &mut Compare<'_>, [old, new]: [&Kind; 2], thing: &str) {
    let Some(way) = keep_way(&old.keep, &new.keep) else {
        return;
    };
    let [before, now] = [old.keep.words(compare.both.old), new.keep.words(compare.both.new)];
    let (code, words) = match (way, &old.keep, &new.keep) {
        (_, Keep::Unstated, _) => ("keep-changed", format!("This notice now says until when we keep {thing}: {now}.")),
        (_, _, Keep::Unstated) => {
            ("keep-changed", format!("This notice no longer says until when we keep {thing}; it was {before}."))
        }
        (Way::Widened, ..) => ("keep-longer", format!("We keep {thing} longer: {}.", instead(&now, &before))),
        (Way::Narrowed, ..) => ("keep-shorter", format!("We keep {thing} for less time: {}.", instead(&now, &before))),
        _ => ("keep-changed", format!("We keep {thing} until another day: {}.", instead(&now, &before))),
    };
    compare.at(format!("kind.{}.keep", new.id), vec![new.id.clone()]).say(code, way, words);
}

/// "1 year instead of 90 days after we closed your enquiry": the event of both is said once.
fn instead(now: &str, before: &str) -> String {
    let ends = now.match_indices(" after ").map(|(at, _)| &now[at..]);
    match (now.matches(" after ").count(), ends.last()) {
        (1, Some(end)) if before.ends_with(end) && before.matches(" after ").count() == 1 => {
            let [now, before] = [now, before].map(|words| &words[..words.len() - end.len()]);
            format!("{now} instead of {before}{end}")
        }
        _ => format!("{now}; before, it was {before}"),
    }
}

fn warn(compare: &mut Compare<'_>, [old, new]: [&Kind; 2], thing: &str) {
    let [before, now] = [old, new].map(|kind| kind.warn.iter().map(ToString::to_string).collect::<Vec<_>>());
    let [before, now] = [before, now].map(|periods| listed(&periods));
    let what = format!("How long before we erase {thing} you are warned");
    let mut at = compare.at(format!("kind.{}", new.id), vec![new.id.clone()]);
    at.value("warning", &what, unless_empty(&before), unless_empty(&now));
}

fn field(compare: &mut Compare<'_>, pair: &Pair<'_, Field>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let kinds = compare.both.kinds_where(|_, kind| kind.has_field(&one.id));
    let (is_held, label) = (!kinds.is_empty(), quoted(&one.label));
    let mut at = compare.at(format!("field.{}", one.id), kinds);
    let old = match pair {
        // The kinds that hold it have said so.
        Pair::New(_) | Pair::Gone(_) if is_held => return,
        Pair::New(_) => return at.say("words", Way::Added, format!("{label} is now described, but nothing holds it.")),
        Pair::Gone(_) => return at.say("words", Way::Removed, format!("{label}, which nothing held, is gone.")),
        Pair::Both(old, _) => old,
    };
    let Field { id: _, label: called, shape, category, hint, max, special, lookup } = one;
    at.value("words", "What we call an item of data", Some(&old.label), Some(called));
    at.value("field-changed", &format!("The form of {label}"), Some(old.shape.code()), Some(shape.code()));
    if let (Shape::Choice(before), Shape::Choice(now)) = (&old.shape, shape) {
        options(&mut at, [before, now], &label);
    }
    at.value("field-changed", &format!("The category of {label}"), Some(&old.category), Some(category));
    at.value("words", &format!("The help for {label}"), old.hint.as_deref(), hint.as_deref());
    at.number("field-changed", &format!("The longest {label}, in characters,"), Some(old.max), Some(*max));
    at.flag(
        "field-changed",
        [old.special, *special],
        Way::Widened,
        format!("{label} is now special category data."),
        format!("{label} is no longer special category data."),
    );
    at.flag(
        "field-changed",
        [old.lookup, *lookup],
        Way::Widened,
        format!("We can now look you up by {label}."),
        format!("We can no longer look you up by {label}."),
    );
}

fn options(at: &mut At<'_>, [old, new]: [&[(String, String)]; 2], label: &str) {
    for (code, words) in new {
        match old.iter().find(|(before, _)| before == code) {
            None => at.say("field-changed", Way::Widened, format!("{label} can now be {}.", quoted(words))),
            Some((_, before)) => at.value("words", &format!("A choice of {label}"), Some(before), Some(words)),
        }
    }
    for (_, words) in old.iter().filter(|(code, _)| !new.iter().any(|(now, _)| now == code)) {
        at.say("field-changed", Way::Narrowed, format!("{label} can no longer be {}.", quoted(words)));
    }
}

fn event(compare: &mut Compare<'_>, pair: &Pair<'_, Event>, moved: &[HashSet<(&str, &str)>; 2]) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let moves = |kind: &Kind| moved.iter().any(|moved| moved.contains(&(one.id.as_str(), kind.id.as_str())));
    let kinds = compare.both.kinds_where(|_, kind| moves(kind));
    let (is_used, words) = (!kinds.is_empty(), quoted(&one.words));
    let mut at = compare.at(format!("event.{}", one.id), kinds);
    let old = match pair {
        // The kinds that wait for it have said so.
        Pair::New(_) | Pair::Gone(_) if is_used => return,
        Pair::New(_) => {
            return at.say("words", Way::Added, format!("{words} is now described, but nothing waits for it."));
        }
        Pair::Gone(_) => return at.say("words", Way::Removed, format!("{words}, which nothing waited for, is gone.")),
        Pair::Both(old, _) => old,
    };
    let Event { id: _, words: now, counts, certain } = one;
    at.value("event", "What starts a period", Some(&old.words), Some(now));
    at.list(
        "event",
        [&old.counts, counts],
        Way::Changed,
        |what| format!("{} now counts for {words}.", quoted(what)),
        |what| format!("{} no longer counts for {words}.", quoted(what)),
    );
    at.flag(
        "event",
        [old.certain, *certain],
        Way::Changed,
        format!("It is now certain that {words} happens."),
        format!("It is no longer certain that {words} happens."),
    );
}

/// Which event moves the day on which which kind is due: by itself, or by counting for one that does.
fn moved(notice: &Notice) -> HashSet<(&str, &str)> {
    let events: HashMap<&str, &Event> = notice.events().iter().map(|event| (event.id.as_str(), event)).collect();
    let mut moved = HashSet::new();
    for kind in notice.kinds() {
        for id in kind.keep.events() {
            moved.insert((id, kind.id.as_str()));
            let counts = events.get(id).map_or(&[][..], |event| &event.counts);
            moved.extend(counts.iter().map(|count| (count.as_str(), kind.id.as_str())));
        }
    }
    moved
}
