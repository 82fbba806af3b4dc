//! Whether each cookie may be set without consent: L28 to L31. One without any exception, C18 says.

use super::Case;
use crate::Cookie;
use crate::gathered::Words;

pub(super) fn check(case: &mut Case) {
    for cookie in &case.parts.cookies {
        let Some(exception) = cookie.exception.as_deref() else { continue };
        check_known(cookie, exception, case);
        check_setter(cookie, exception, case);
        if exception == "statistics" {
            check_statistics(cookie, case);
        }
    }
}

/// An error: until its day, an exception is none and the cookie needs consent.
fn check_known(cookie: &Cookie, exception: &str, case: &mut Case) {
    let Some(rests_on) = case.law.citation("cookies") else { return };
    if case.law.provision(&format!("cookie.{exception}")).is_none() {
        let clause = format!("cookie.{}", cookie.id);
        let words = Words {
            why: format!("`{clause}` rests on the exception \"{exception}\", which the law does not have on that day"),
            mend: "take the cookie out until the law has it: it needs consent".into(),
            rests_on,
        };
        case.find("L28", &clause, "exception", words);
    }
}

/// An error: what somebody else sets for purposes of their own needs consent. A processor sets it for us.
fn check_setter(cookie: &Cookie, exception: &str, case: &mut Case) {
    let Some(rests_on) = case.law.citation("cookies") else { return };
    let sets = |name: &str| name.eq_ignore_ascii_case(&cookie.setter);
    let is_processor = |role: &Option<String>| role.as_deref() == Some("processor");
    let mut recipients = case.parts.recipients.iter();
    let for_us = recipients.any(|one| is_processor(&one.role) && (sets(&one.id) || sets(&one.name)));
    if cookie.is_ours() || for_us {
        return;
    }
    let clause = format!("cookie.{}", cookie.id);
    let words = Words {
        why: format!(
            "`{clause}` is set by somebody who is no processor of ours, so the exception \"{exception}\" does not cover it"
        ),
        mend: "take the cookie out, or name its setter as a processor among the recipients".into(),
        rests_on,
    };
    case.find("L30", &clause, "setter", words);
}

/// The way to object is a condition of the exception: without it an error. That the value tells browsers apart is a warning:
/// the exception is for how a service is used, not for who uses it.
fn check_statistics(cookie: &Cookie, case: &mut Case) {
    let Some(rests_on) = case.law.citation("cookie.statistics") else { return };
    let clause = format!("cookie.{}", cookie.id);
    let bound = case.parts.texts.iter().any(|text| text.clause.as_deref() == Some(clause.as_str()));
    if !bound && !case.answers("A1(5)") {
        let words = Words {
            why: format!("`{clause}` counts for statistics, and nothing says how to object to it"),
            mend: format!("say it in a [[text]] with `clause = \"{clause}\"`"),
            rests_on,
        };
        case.find("L29", &clause, "exception", words);
    }
    if cookie.identifies {
        let words = Words {
            why: format!("`{clause}` counts for statistics, and tells one browser from another"),
            mend: "count without telling browsers apart".into(),
            rests_on,
        };
        case.find("L31", &clause, "identifies", words);
    }
}

impl Cookie {
    /// Whether the controller sets it.
    pub(crate) fn is_ours(&self) -> bool {
        self.setter.eq_ignore_ascii_case("us")
    }
}
