//! Purposes: what data is used for, on what basis, by whom.

use super::sentence::{deed, quoted};
use super::{At, Compare, Pair, Way, pairs};
use crate::html::cards::actor_words;
use crate::{Output, Purpose};

pub(super) fn compare(compare: &mut Compare<'_>) {
    for pair in pairs(compare.both.old.purposes(), compare.both.new.purposes(), |purpose| &purpose.id) {
        match pair {
            Pair::New(purpose) => added(compare, purpose),
            Pair::Gone(purpose) => removed(compare, purpose),
            Pair::Both(old, new) => {
                kinds(compare, new);
                changed(compare, old, new);
            }
        }
    }
}

fn added(compare: &mut Compare<'_>, purpose: &Purpose) {
    let kinds = compare.both.kinds_where(|_, kind| kind.purposes.contains(&purpose.id));
    let on = format!("we rest this on {} ({})", purpose.basis.words(), purpose.basis.article());
    let words = match compare.both.things(&kinds).as_str() {
        "" => format!("We have a new purpose, to {}; {on}.", deed(&purpose.words)),
        things => format!("We now use {things} to {}; {on}.", deed(&purpose.words)),
    };
    compare.at(format!("purpose.{}", purpose.id), kinds).say("purpose-added", Way::Added, words);
}

fn removed(compare: &mut Compare<'_>, purpose: &Purpose) {
    let kinds = compare.both.kinds_where(|_, kind| kind.purposes.contains(&purpose.id));
    let words = match compare.both.things(&kinds).as_str() {
        "" => format!("We no longer have the purpose to {}.", deed(&purpose.words)),
        things => format!("We no longer use {things} to {}.", deed(&purpose.words)),
    };
    compare.at(format!("purpose.{}", purpose.id), kinds).say("purpose-removed", Way::Removed, words);
}

/// Kinds of both notices that are used for a purpose of both, in one of the two only.
fn kinds(compare: &mut Compare<'_>, purpose: &Purpose) {
    let (both, deed) = (compare.both, deed(&purpose.words));
    for (old, new) in both.kept_kinds() {
        let used = [old, new].map(|kind| kind.purposes.contains(&purpose.id));
        if used[0] == used[1] {
            continue;
        }
        let thing = both.thing(&new.id);
        compare.at(format!("kind.{}", new.id), vec![new.id.clone()]).either(
            used,
            ("purpose-added", Way::Widened, format!("We now use {thing} to {deed} as well.")),
            ("purpose-removed", Way::Narrowed, format!("We no longer use {thing} to {deed}.")),
        );
    }
}

fn changed(compare: &mut Compare<'_>, old: &Purpose, new: &Purpose) {
    let Purpose {
        id,
        words,
        basis,
        interest,
        assessment,
        law,
        condition,
        schedule,
        objectable: _, // Compared with the right to object.
        by,
        output,
        said,
    } = new;
    let kinds = compare.both.kinds_where(|_, kind| kind.purposes.contains(id));
    let mut at = compare.at(format!("purpose.{id}"), kinds);
    let name = quoted(words);
    at.value("purpose-changed", "A purpose", Some(&old.words), Some(words));
    if old.basis != *basis {
        let [before, now] = [old.basis, *basis].map(|basis| format!("{} ({})", basis.words(), basis.article()));
        at.say("basis", Way::Changed, format!("We rest {name} on {now} instead of {before}."));
    }
    let texts = [
        (format!("The interest behind {name}"), &old.interest, interest),
        (format!("Our assessment of {name}"), &old.assessment, assessment),
        (format!("The law behind {name}"), &old.law, law),
        (format!("The condition for special category data under {name}"), &old.condition, condition),
        (format!("The paragraph of Schedule 1 that goes with {name}"), &old.schedule, schedule),
    ];
    for (what, old, new) in texts {
        at.value("purpose-changed", &what, old.as_deref(), new.as_deref());
    }
    at.list(
        "purpose-changed",
        [&old.by, by],
        Way::Widened,
        |actor| format!("{name} is now also done by {}.", actor_words(actor)),
        |actor| format!("{name} is no longer done by {}.", actor_words(actor)),
    );
    results(&mut at, [old.output, *output], &name);
    at.said([&old.said, said]);
}

fn results(at: &mut At<'_>, output: [Output; 2], name: &str) {
    match output {
        [Output::Personal, Output::Aggregate { min_group }] => {
            let words = format!("{name} now gives totals over at least {min_group} people only.");
            at.say("purpose-changed", Way::Narrowed, words);
        }
        [Output::Aggregate { .. }, Output::Personal] => {
            at.say("purpose-changed", Way::Widened, format!("{name} now gives values about one person, not totals."));
        }
        [Output::Aggregate { min_group: old }, Output::Aggregate { min_group: new }] if old != new => {
            // The larger the group, the less its total says about anybody in it.
            let way = if new > old { Way::Narrowed } else { Way::Widened };
            let words = format!("{name} now gives totals over at least {new} people instead of {old}.");
            at.say("purpose-changed", way, words);
        }
        _ => {}
    }
}
