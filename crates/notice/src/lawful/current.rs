//! Whether the notice is up to date: L34 to L37.

use super::Case;
use crate::gathered::Words;
use law::short_words;

/// A review that is due is a warning; none at all a remark, because the law asks for accuracy and not for a date.
pub(super) fn check(case: &mut Case) {
    let Some(head) = &case.parts.head else { return };
    let Some(rests_on) = case.law.citation("accountable") else { return };
    match head.review_due {
        Some(due) if due < case.law.day() => {
            let words = Words {
                why: format!("the review of this notice was due on {}", short_words(due)),
                mend: "look at the notice again, and give `review_due` a later day".into(),
                rests_on,
            };
            case.find("L34", "notice", "review_due", words);
        }
        Some(_) => {}
        None => {
            let words = Words {
                why: "the notice does not say when it is looked at again".into(),
                mend: "add a line `review_due = …`".into(),
                rests_on,
            };
            case.find("L35", "notice", "review_due", words);
        }
    }
}

/// Warnings: a letter to the wrong place helps nobody. That there is no regulator, C16 says.
pub(super) fn check_regulator(case: &mut Case) {
    let Some(contact) = case.parts.contacts.iter().find(|contact| contact.id == "regulator") else { return };
    let Some((regulator, rests_on)) = case.law.regulator().zip(case.law.citation("complaint-to-regulator")) else {
        return;
    };
    if let Some(web) = contact.web.as_deref().filter(|web| !case.law.knows_address(web)) {
        let known = regulator.web.iter().rev().map(|(address, _)| address.as_str());
        let known = known.into_iter().find(|address| case.law.knows_address(address)).unwrap_or_default();
        let words = Words {
            why: format!("the {} is not known at {web}", regulator.name),
            mend: format!("write \"{known}\""),
            rests_on,
        };
        case.find("L36", "contact.regulator", "web", words);
    }
    if !contact.role.contains(&regulator.name) {
        let words = Words {
            why: format!("the regulator is called {} on that day", regulator.name),
            mend: format!("write `role = \"{}\"`", regulator.name),
            rests_on,
        };
        case.find("L37", "contact.regulator", "role", words);
    }
}
