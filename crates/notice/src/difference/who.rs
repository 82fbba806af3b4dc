//! Who answers for the data, whom people write to, and whose data it is.

use super::sentence::{quoted, set, unless_empty};
use super::{Compare, Pair, Way, pairs};
use crate::{Contact, Controller, Subject};

pub(super) fn compare(compare: &mut Compare<'_>) {
    controller(compare);
    for pair in pairs(compare.both.old.contacts(), compare.both.new.contacts(), |contact| &contact.id) {
        contact(compare, &pair);
    }
    for pair in pairs(compare.both.old.subjects(), compare.both.new.subjects(), |subject| &subject.id) {
        subject(compare, &pair);
    }
}

fn controller(compare: &mut Compare<'_>) {
    let (old, new) = (compare.both.old.controller(), compare.both.new.controller());
    let Controller { name, short, address, registration, company, charity, public_authority, example } = new;
    let mut at = compare.at("controller", Vec::new());
    at.value("controller", "The name of who answers for your data", Some(&old.name), Some(name));
    at.value("controller", "Our short name", Some(&old.short), Some(short));
    at.value("controller", "Our address", Some(&old.address), Some(address));
    let numbers = [
        ("Our registration with the regulator", &old.registration, registration),
        ("Our company number", &old.company, company),
        ("Our charity number", &old.charity, charity),
    ];
    for (what, old, new) in numbers {
        at.value("controller", what, old.as_deref(), new.as_deref());
    }
    at.flag(
        "controller",
        [old.public_authority, *public_authority],
        Way::Changed,
        "We are now a public authority.".to_owned(),
        "We are no longer a public authority.".to_owned(),
    );
    let [old, new] = [&old.example, example].map(|keys| set(keys).join(", "));
    at.value("controller", "What is marked as an example about us", unless_empty(&old), unless_empty(&new));
}

fn contact(compare: &mut Compare<'_>, pair: &Pair<'_, Contact>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let mut at = compare.at(format!("contact.{}", one.id), Vec::new());
    let who = quoted(&one.role);
    let old = match pair {
        Pair::New(_) => return at.say("contact", Way::Added, format!("You can now write to {who}.")),
        Pair::Gone(_) => {
            return at.say("contact", Way::Removed, format!("{who} is no longer among those you can write to."));
        }
        Pair::Both(old, _) => old,
    };
    let Contact { id: _, role, email, post, web, answers_within } = one;
    at.value("contact", "The name of a contact", Some(&old.role), Some(role));
    at.value("contact", &format!("The e-mail address of {who}"), old.email.as_deref(), email.as_deref());
    at.value("contact", &format!("The postal address of {who}"), old.post.as_deref(), post.as_deref());
    at.value("contact", &format!("The web address of {who}"), old.web.as_deref(), web.as_deref());
    let what = format!("The number of working days within which {who} answers");
    at.number("contact", &what, old.answers_within, *answers_within);
}

fn subject(compare: &mut Compare<'_>, pair: &Pair<'_, Subject>) {
    let (Pair::Both(_, one) | Pair::New(one) | Pair::Gone(one)) = pair;
    let kinds = compare.both.kinds_where(|_, kind| kind.subject == one.id);
    let mut at = compare.at(format!("subject.{}", one.id), kinds);
    let who = quoted(&one.words);
    let old = match pair {
        Pair::New(_) => return at.say("subject", Way::Added, format!("This notice now speaks of {who}.")),
        Pair::Gone(_) => return at.say("subject", Way::Removed, format!("This notice no longer speaks of {who}.")),
        Pair::Both(old, _) => old,
    };
    let Subject { id: _, words, party, children } = one;
    at.value("subject", "What a group of people is called", Some(&old.words), Some(words));
    at.flag(
        "subject",
        [old.party, *party],
        Way::Changed,
        format!("{who} now counts as party to a contract with us."),
        format!("{who} no longer counts as party to a contract with us."),
    );
    at.flag(
        "subject",
        [old.children, *children],
        Way::Changed,
        format!("{who} now includes children."),
        format!("{who} no longer includes children."),
    );
}
