//! Plain pages for what went wrong: what happened, what to do, what was kept.
//!
//! Unknown and forbidden look the same to someone who may not know: both are [`Trouble::NotFound`].

use super::{Clause, Shell, render};
use askama::Template;
use notice::{Notice, Refusal};

/// What went wrong.
#[derive(Clone)]
pub enum Trouble {
    /// 400: the request was not made by one of our forms.
    BadRequest,
    /// 500: our mistake.
    Broken,
    /// 404: no page, or none that this reader may know of.
    NotFound,
    /// 503: nobody knows yet whether the transaction was kept.
    NotKnown,
    /// 503: the transaction failed, and nothing of it was kept.
    NotSaved,
    /// 403: the notice does not allow it.
    Refused(Refusal),
    /// 413: more than we take.
    TooLarge,
    /// 429: too often.
    TooOften,
    /// 403: the form was sent from another site.
    WrongOrigin,
}

/// Three answers that every such page gives.
struct Words {
    title: &'static str,
    happened: String,
    mend: &'static str,
    kept: &'static str,
}

impl Trouble {
    /// HTTP status code (RFC 9110 section 15; 429 is RFC 6585 section 4).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Broken => 500,
            Self::NotFound => 404,
            Self::NotKnown | Self::NotSaved => 503,
            Self::Refused(_) | Self::WrongOrigin => 403,
            Self::TooLarge => 413,
            Self::TooOften => 429,
        }
    }

    /// The page, in the given frame; the frame's title is replaced.
    #[must_use]
    pub fn page(&self, mut shell: Shell<'_>) -> String {
        let words = self.words();
        words.title.clone_into(&mut shell.title);
        if let Self::Refused(refusal) = self {
            shell.clause =
                Some(Clause { stands_on: vec![(refusal.clause.clone(), String::new())], missing: Vec::new() });
        }
        let officer = shell.officer.filter(|_| matches!(self, Self::Refused(_)));
        render(&ErrorPage { shell, words, officer })
    }

    fn words(&self) -> Words {
        let nothing = "Nothing was saved and nothing was changed.";
        match self {
            Self::BadRequest => Words {
                title: "We could not read what was sent",
                happened: "What reached us does not fit the page it came from.".to_owned(),
                mend: "Go back, load the page again and send the form once more.",
                kept: nothing,
            },
            Self::Broken => Words {
                title: "Something went wrong here",
                happened: "This is our mistake, not yours. It stands in our log.".to_owned(),
                mend: "Try again in a few minutes. If it happens again, write to us.",
                kept: "What you were doing was saved as a whole or not at all; nothing is half done.",
            },
            Self::NotFound => Words {
                title: "Page not found",
                happened: "There is no page at this address.".to_owned(),
                mend: "Check the address, or start from the home page.",
                kept: "We keep no record of the address you asked for.",
            },
            Self::NotKnown => Words {
                title: "We do not know yet whether this was saved",
                happened: "Our records stopped answering while this was being written.".to_owned(),
                mend: "Go back and send the same form once more: if it was saved, you get the same answer, and nothing is done twice.",
                kept: "It was saved as a whole or not at all; nothing is half done.",
            },
            Self::NotSaved => Words {
                title: "We could not save this",
                happened: "Our records could not be written just now.".to_owned(),
                mend: "Go back and send the form again: it cannot be done twice.",
                kept: "Nothing is lost and nothing is half done. Go back and your answers are still in the form.",
            },
            Self::Refused(refusal) => Words {
                title: "Our privacy notice does not allow this",
                happened: sentence(&refusal.why),
                mend: "Nobody can override this here. If it ought to be possible, write to our data protection officer:",
                kept: "Nothing was opened. That it was refused is recorded, without your data.",
            },
            Self::TooLarge => Words {
                title: "That is more than we can take",
                happened: "What was sent is larger than this form accepts.".to_owned(),
                mend: "Go back and send a shorter text.",
                kept: nothing,
            },
            Self::TooOften => Words {
                title: "Please wait a moment",
                happened: "This was asked too often in a short time.".to_owned(),
                mend: "Try again in a minute.",
                kept: nothing,
            },
            Self::WrongOrigin => Words {
                title: "This form was sent from another site",
                happened: "Your browser says that the form did not come from our pages.".to_owned(),
                mend: "If you meant to send it, open the page here and fill it in again.",
                kept: nothing,
            },
        }
    }
}

/// A half-sentence as a sentence: a capital at its beginning, a full stop at its end.
fn sentence(half: &str) -> String {
    let mut rest = half.trim_end_matches('.').chars();
    let first = rest.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(rest).chain(['.']).collect()
}

/// The page of a feature that the notice in force does not cover (status 404 or 503 is for the caller to choose): it names
/// the clauses that are missing. `feature` follows "We cannot": "take enquiries".
#[must_use]
pub fn closed(mut shell: Shell<'_>, notice: &Notice, feature: &str, clauses: &[&str]) -> String {
    let Clause { stands_on, missing } = Clause::of(notice, clauses);
    "This service is closed".clone_into(&mut shell.title);
    shell.clause = (!stands_on.is_empty()).then(|| Clause { stands_on, missing: Vec::new() });
    render(&ClosedPage { shell, feature, missing })
}

#[derive(Template)]
#[template(path = "face/error.html")]
struct ErrorPage<'a> {
    shell: Shell<'a>,
    words: Words,
    officer: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "face/closed.html")]
struct ClosedPage<'a> {
    shell: Shell<'a>,
    feature: &'a str,
    missing: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, assert_harmless, notice};
    use super::*;

    fn refusal(why: &str) -> Refusal {
        Refusal {
            clause: "purpose.send-mail".into(),
            actor: "desk".into(),
            purpose: "send-mail".into(),
            kind: "enquiry".into(),
            why: why.into(),
        }
    }

    #[test]
    fn every_page_says_what_happened_what_to_do_and_what_was_kept() {
        let notice = notice();
        let all = [
            (Trouble::BadRequest, 400),
            (Trouble::Broken, 500),
            (Trouble::NotFound, 404),
            (Trouble::NotKnown, 503),
            (Trouble::NotSaved, 503),
            (Trouble::Refused(refusal("The desk may not do this.")), 403),
            (Trouble::TooLarge, 413),
            (Trouble::TooOften, 429),
            (Trouble::WrongOrigin, 403),
        ];
        for (trouble, status) in all {
            let html = trouble.page(Shell::new(&notice, "replaced"));
            assert_eq!(trouble.status(), status);
            assert!(!html.contains("replaced"));
            for heading in ["<h1>", "What to do", "What was kept", "href=\"/\""] {
                assert!(html.contains(heading), "{status}: {heading} is missing");
            }
        }
    }

    #[test]
    fn a_refusal_quotes_the_clause_that_says_no() {
        let notice = notice();
        let html = Trouble::Refused(refusal("The desk may not do this.")).page(Shell::new(&notice, ""));
        assert!(
            html.contains("href=\"/privacy#purpose-send-mail\"") && html.contains("The desk may not do this."),
            "{html}"
        );
        let html = Trouble::Refused(refusal("it says nothing of this")).page(Shell::new(&notice, ""));
        assert!(html.contains(">It says nothing of this.<") && html.contains("mailto:"), "{html}");
        assert!(!Trouble::NotFound.page(Shell::new(&notice, "")).contains("mailto:"));
    }

    #[test]
    fn a_page_that_could_not_save_says_that_nothing_is_half_done() {
        let notice = notice();
        let html = Trouble::NotSaved.page(Shell::new(&notice, ""));
        assert!(html.contains("Nothing is lost and nothing is half done."), "{html}");
    }

    #[test]
    fn a_closed_feature_names_the_missing_clauses_only() {
        let notice = notice();
        let html = closed(Shell::new(&notice, ""), &notice, "take orders", &["kind.order", "kind.enquiry"]);
        assert!(html.contains("We cannot take orders") && html.contains("<code>kind.order</code>"), "{html}");
        assert!(!html.contains("<code>kind.enquiry</code>"), "{html}");
    }

    #[test]
    fn hostile_words_are_escaped_on_error_pages() {
        let notice = notice();
        let mut hostile = refusal(HOSTILE);
        hostile.clause = HOSTILE.into();
        assert_harmless(&Trouble::Refused(hostile).page(Shell::new(&notice, HOSTILE)));
        assert_harmless(&closed(Shell::new(&notice, HOSTILE), &notice, HOSTILE, &[HOSTILE]));
    }
}
