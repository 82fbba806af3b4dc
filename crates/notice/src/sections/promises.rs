//! `[[disclosure]]`, `[[right]]`, `[[decision]]` and `[change]`: what people are promised.

use super::others::unstated;
use super::{A_PERIOD, id};
use crate::codes::{ACTORS, DIFFERENCE_CODES, GROUNDS, RIGHTS};
use crate::entry::Entry;
use crate::gathered::Words;
use crate::{Change, Decision, Disclosure, Right};

pub(crate) fn disclosure(e: &mut Entry) -> Option<Disclosure> {
    let id = id(e, false);
    let ground = e.one_of("ground", &GROUNDS);
    let words = e.text("words");
    let kinds = e.ids_of("kind", "kinds");
    let told = e.get("told").is_some().then(|| e.flag("told"));
    let said = e.plain_texts("said");
    if told.is_none() {
        let words = Words {
            why: format!("`{}` does not say whether the person is told", e.clause),
            mend: "add a line `told = true`, or `told = false`".to_owned(),
            rests_on: "UK GDPR Art 5(1)(a)",
        };
        e.gathered.warn("C23", &e.clause, e.place.clone(), words);
    }
    Some(Disclosure { id: id?, ground: ground?, words: words?, kinds, told, said })
}

pub(crate) fn right(e: &mut Entry) -> Option<Right> {
    let id = e.one_of("id", &RIGHTS);
    let words = e.text("words");
    let kinds = e.ids_of("kind", "kinds");
    let limit = e.optional_parsed("limit", A_PERIOD);
    let extension = e.optional_parsed("extension", A_PERIOD);
    let fee = e.flag("fee");
    let voluntary = e.flag("voluntary");
    let said = e.plain_texts("said");
    if e.get("limit").is_none() {
        let why = format!("`{}` does not say within what time it is answered", e.clause);
        // A complaint has a limit of its own: thirty days to acknowledge it.
        let (limit, rests_on) = match id.as_deref() {
            Some("complaint") => ("30 days", "DPA 2018 s.164A(3)"),
            _ => ("1 month", "UK GDPR Art 12(3)"),
        };
        unstated("C20", e, Words { why, mend: format!("add a line `limit = \"{limit}\"`"), rests_on });
    }
    Some(Right { id: id?, words: words?, kinds, limit, extension, fee, voluntary, said })
}

pub(crate) fn decision(e: &mut Entry) -> Option<Decision> {
    let id = id(e, false);
    let words = e.text("words");
    let by = e.one_of("by", &ACTORS);
    let kinds = e.ids_of("kind", "kinds");
    let significant = e.flag("significant");
    let reason = e.optional_text("reason");
    let human = e.optional_text("human");
    let said = e.plain_texts("said");
    if let Some(human) = &human {
        let place = e.gathered.place(&e.clause, "human");
        e.gathered.refer(&e.clause, format!("contact.{human}"), place);
    }
    for (key, what) in [("human", "which person looks at it again"), ("reason", "why that is fair")] {
        if e.get(key).is_none() {
            let why = format!("`{}` does not say {what}", e.clause);
            let mend = format!("add a line `{key} = …`");
            unstated("C21", e, Words { why, mend, rests_on: "UK GDPR Art 22A to 22D; promise P38" });
        }
    }
    Some(Decision { id: id?, words: words?, by: by?, kinds, significant, reason, human, said })
}

#[expect(clippy::unnecessary_wraps, reason = "a section gives an option, and this one lacks nothing it must have")]
pub(crate) fn change(e: &mut Entry) -> Option<Change> {
    let significant = e.words("significant", &DIFFERENCE_CODES);
    let wait = e.optional_parsed("wait", A_PERIOD);
    let tell = e.ids_of("subject", "tell");
    let said = e.plain_texts("said");
    if e.get("wait").is_none() {
        let why = "the notice does not say how long before a significant change people are told".to_owned();
        let mend = "add a line such as `wait = \"14 days\"`".to_owned();
        unstated("C22", e, Words { why, mend, rests_on: "UK GDPR Art 5(1)(a), 13(3); promise P56" });
    }
    Some(Change { significant, wait, tell, said })
}
