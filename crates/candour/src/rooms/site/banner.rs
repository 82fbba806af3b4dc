//! The sentence on every public page while the notice changes: from publishing until fourteen days after it took effect.

use crate::App;
use crate::face::Banner;
use jiff::Span;

/// How long after its first day a notice is still new.
const NEW_DAYS: i64 = 14;

/// What is said of the notice that was published last, while it is new. The first notice of all changes nothing.
pub(crate) fn banner(app: &App) -> Option<Banner> {
    let (today, history) = (app.today(), app.custody().history().ok()?);
    let is_new = |day: law::Date| today < day.saturating_add(Span::new().days(NEW_DAYS));
    let standing = history.iter().enumerate().rev().filter(|(n, one)| *n > 0 && !one.aside);
    let (_, one) = standing.into_iter().find(|(_, one)| is_new(one.effective_on))?;
    let (verb, label) =
        if today < one.effective_on { ("changes", "What changes") } else { ("changed", "What changed") };
    Some(Banner {
        words: format!("Our privacy notice {verb} on {}.", law::words(one.effective_on)),
        href: format!("{}/changes", super::version::href(one.digest)),
        label,
    })
}
