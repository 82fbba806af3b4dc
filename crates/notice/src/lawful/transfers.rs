//! Whether data may go to where it goes: L26 and L27.

use super::Case;
use crate::gathered::Words;

/// A recipient abroad without a safeguard is an error. A store abroad is a warning, because a controller's own machine
/// abroad need not be a transfer.
pub(super) fn check(case: &mut Case) {
    let Some(rests_on) = case.law.citation("transfer") else { return };
    let parts = case.parts;
    for recipient in parts.recipients.iter().filter(|recipient| recipient.safeguard.is_none()) {
        let Some(country) = recipient.country.as_deref().filter(|country| !case.law.is_adequate(country)) else {
            continue;
        };
        let clause = format!("recipient.{}", recipient.id);
        let mend = match case.law.adequacy(country).and_then(|adequate| adequate.provided.as_deref()) {
            Some(provided) => {
                format!("if {provided}, say so in `safeguard = …`; otherwise name another safeguard there")
            }
            None => "add a line `safeguard = …`, such as the international data transfer agreement".into(),
        };
        let why =
            format!("`{clause}` receives data in {country}, which is not adequate as a whole, without a safeguard");
        case.find("L26", &clause, "country", Words { why, mend, rests_on });
    }
    for store in &parts.stores {
        let Some(country) = store.country.as_deref().filter(|country| !case.law.is_adequate(country)) else {
            continue;
        };
        if case.answers("13(1)(f)") {
            continue;
        }
        let clause = format!("store.{}", store.id);
        let words = Words {
            why: format!("`{clause}` stands in {country}, and nothing says what protects the data there"),
            mend: "say it in a [[text]] with `answers = [\"13(1)(f)\"]`".into(),
            rests_on,
        };
        case.find("L27", &clause, "country", words);
    }
}
