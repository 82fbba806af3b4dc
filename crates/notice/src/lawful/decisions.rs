//! Whether what is decided automatically may be: L32 and L33.

use super::Case;
use crate::Decision;
use crate::gathered::Words;

pub(super) fn check(case: &mut Case) {
    for decision in case.parts.decisions.iter().filter(|decision| decision.significant) {
        check_safeguards(decision, case);
        check_special(decision, case);
    }
}

/// An error: the safeguards are what makes a significant decision lawful. That a human is named, C21 says; here it is the
/// right to be heard and to contest.
fn check_safeguards(decision: &Decision, case: &mut Case) {
    let Some(rests_on) = case.law.citation("decisions") else { return };
    if case.has_right("human-review") || case.answers("22C") {
        return;
    }
    let clause = format!("decision.{}", decision.id);
    let words = Words {
        why: format!("`{clause}` has a significant effect, and no right lets people contest it before a human"),
        mend: "add a [[right]] with `id = \"human-review\"`".into(),
        rests_on,
    };
    case.find("L32", &clause, "significant", words);
}

/// An error.
fn check_special(decision: &Decision, case: &mut Case) {
    let Some(rests_on) = case.law.citation("decisions-special") else { return };
    let is_public = |condition: &Option<String>| condition.as_deref() == Some("substantial-public-interest");
    let is_covered = |kind| case.purposes_of(kind).any(|purpose| is_public(&purpose.condition));
    let uncovered = case.kinds_among(&decision.kinds).find(|kind| case.is_special(kind) && !is_covered(kind));
    let Some(kind) = uncovered else { return };
    let clause = format!("decision.{}", decision.id);
    let words = Words {
        why: format!(
            "`{clause}` has a significant effect and rests on the special category data of `kind.{}`",
            kind.id
        ),
        mend: "let a human decide, or take the kind out of the decision".into(),
        rests_on,
    };
    case.find("L33", &clause, "kinds", words);
}
