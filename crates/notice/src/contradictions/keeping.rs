//! Deletion against what is kept, and what is promised about it: X9, X10, X12 and X18.

use crate::gathered::Words;
use crate::lawful::{Case, is_stated};
use crate::{Event, Keep, Kind};

pub(super) fn check(case: &mut Case) {
    for kind in &case.parts.kinds {
        check_claims(kind, case);
    }
    for event in &case.parts.events {
        check_activity(event, case);
    }
    if case.is_whole() {
        check_logs(case);
        check_machine(case);
    }
}

/// X9.
fn check_claims(kind: &Kind, case: &mut Case) {
    let Some(end) = kind.keep.ends_at().filter(|event| event.contains("contract")) else { return };
    let wants = |kinds: &[String]| kinds.is_empty() || kinds.contains(&kind.id);
    let mut claims = case.parts.disclosures.iter().filter(|disclosure| disclosure.ground == "legal-claims");
    let Some(claim) = claims.find(|disclosure| wants(&disclosure.kinds)) else { return };
    if case.parts.kinds.iter().any(|other| other.keep.outlasts(end)) {
        return;
    }
    let clause = format!("kind.{}", kind.id);
    let words = Words {
        why: format!("`{clause}` ends with `{end}`, but `disclosure.{}` wants it for claims, which come later", claim.id),
        mend: "give the records of the contract a kind of their own, with few fields and their own period, or limit the disclosure's `kinds`"
            .into(),
        rests_on: "UK GDPR Art 5(1)(e), 17(3)(e); promises P20, P32",
    };
    case.find("X9", &clause, "keep", words);
}

impl Keep {
    /// The event at which, and not after which, the retention ends.
    fn ends_at(&self) -> Option<&str> {
        match self {
            Keep::Until(event) => Some(event),
            Keep::Earliest(items) | Keep::Latest(items) => items.iter().find_map(Keep::ends_at),
            Keep::After(..) | Keep::Unstated | Keep::UntilFurtherNotice => None,
        }
    }

    /// Whether the retention goes on after an event.
    fn outlasts(&self, end: &str) -> bool {
        match self {
            Keep::After(_, event, _) => event == end,
            Keep::Earliest(items) | Keep::Latest(items) => items.iter().any(|item| item.outlasts(end)),
            Keep::Until(_) | Keep::Unstated | Keep::UntilFurtherNotice => false,
        }
    }
}

/// X12.
fn check_activity(event: &Event, case: &mut Case) {
    let is_activity = ["activ", "last use"].iter().any(|stem| event.id.contains(stem) || event.words.contains(stem));
    if !is_activity || !event.counts.is_empty() {
        return;
    }
    if !case.parts.kinds.iter().any(|kind| kind.keep.events().contains(&event.id.as_str())) {
        return;
    }
    let clause = format!("event.{}", event.id);
    let words = Words {
        why: format!("data is kept by `{clause}`, and nothing says what counts as one"),
        mend: "add a line such as `counts = [\"signing in\"]`: what a person does, and nobody else".into(),
        rests_on: "UK GDPR Art 5(1)(e), 13(2)(a); promise P30",
    };
    case.find("X12", &clause, "", words);
}

/// X10.
fn check_logs(case: &mut Case) {
    let names_logs =
        |words: &str| words.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "log" | "logs" | "Logs"));
    let parts = case.parts;
    let in_store = parts.stores.iter().any(|store| names_logs(&store.id) || names_logs(&store.words));
    if in_store || !deletes(case) || case.texts().any(|piece| names_logs(piece.words)) {
        return;
    }
    let words = Words {
        why: "data is deleted on its day, and nothing says what logs remember about it".into(),
        mend: "add a [[store]] for logs with its limit, and say what is in them".into(),
        rests_on: "UK GDPR Art 5(1)(e), 13(2)(a); promise P31",
    };
    case.find("X10", "notice", "", words);
}

/// X18. Where the notice lets the sweeper act, C25 asks for the decision.
fn check_machine(case: &mut Case) {
    let parts = case.parts;
    let sweeps = parts.purposes.iter().any(|purpose| purpose.by.iter().any(|by| by == "sweeper"));
    if sweeps || !parts.decisions.is_empty() || !deletes(case) {
        return;
    }
    let right = case.has_right("human-review").then(|| "right.human-review".to_owned());
    let mut texts = parts.texts.iter();
    let text = texts.find(|text| text.answers.iter().any(|point| point == "13(2)(f)"));
    let Some(promise) = right.or(text.map(|text| format!("text.{}", text.id))) else { return };
    let words = Words {
        why: format!("`{promise}` promises that no machine alone decides, and data is deleted by date alone"),
        mend: "add a [[decision]] for deletion: its effect, why it is not significant, and the human who looks at it again".into(),
        rests_on: "UK GDPR Art 13(2)(f), 22A; promises P30, P38",
    };
    case.find("X18", &promise, "", words);
}

/// Whether anything is deleted by its date.
fn deletes(case: &Case) -> bool {
    case.parts.kinds.iter().any(|kind| is_stated(&kind.keep))
}
