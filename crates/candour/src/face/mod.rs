//! The look: the frame of every page, the style sheet, forms, and the components that show personal data.
//!
//! In scope: turning values and clauses of the notice into HTML. Out of scope: deciding what may be shown (that is
//! `notice::allow` and custody), routes, and status codes beyond naming them in [`error::Trouble::status`].
//!
//! A page is a struct with a `shell` and a template beside its Rust file:
//!
//! ```html
//! {% extends "face/page.html" %}
//! {% block before %}{{ form.summary() }}{% endblock %}      (above the heading; left out where nothing can go wrong)
//! {% block main %}
//! <form method="post" novalidate>{{ form.fields() }}<button>Continue</button></form>
//! {% endblock %}
//! ```
//!
//! The heading is the shell's title; a page that needs another writes `{% block heading %}`.
//!
//! Invariants: every value is escaped where it meets HTML, and only [`Html`], which nobody outside this module can make,
//! is not escaped again; nothing here needs a script, an inline style or another host; a state is said in words before it
//! is said in colour.

pub mod bars;
pub mod error;
pub mod fact;
pub mod form;
pub mod page;
pub mod style;
pub mod timeline;

#[cfg(test)]
mod fixture;

pub use error::{Trouble, closed};
pub use fact::{Clause, Fact, Opened};
pub use form::{Change, Form, Question};
pub use page::{Banner, DemoBar, Shell, StaffBar};

use askama::Template;
use jiff::civil::Date;
use std::fmt;

/// Markup that this module made, escaped already: a template prints it as it is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Html(String);

impl Html {
    /// The markup as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The notice's summary, rendered and escaped by the notice crate.
    #[must_use]
    pub fn summary(notice: &notice::Notice) -> Self {
        Self(notice::summary(notice))
    }

    /// What the notice says about cookies, rendered and escaped by the notice crate.
    #[must_use]
    pub fn cookies(notice: &notice::Notice) -> Self {
        Self(notice::cookies(notice))
    }

    /// The notice's detail, rendered and escaped by the notice crate.
    #[must_use]
    pub fn detail(notice: &notice::Notice) -> Self {
        Self(notice::detail(notice))
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Renders a page or a part of one.
#[must_use]
pub fn render(template: &impl Template) -> String {
    template.render().expect("templates here only write text, and writing to a String does not fail")
}

/// Renders a part of a page, to stand in a template without being escaped again.
fn part(template: &impl Template) -> Html {
    Html(render(template))
}

/// Where the published notice says this: `/privacy#kind-enquiry` for `kind.enquiry`.
#[must_use]
pub fn clause_href(clause: &str) -> String {
    format!("/privacy#{}", notice::anchor(clause))
}

/// How far a day is from today, in words: "in 88 days", "tomorrow", "today", "yesterday", "5 days ago".
#[must_use]
pub fn countdown(day: Date, today: Date) -> String {
    match days(today, day) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        n if n > 0 => format!("in {n} days"),
        n => format!("{} days ago", n.unsigned_abs()),
    }
}

/// A number as people read it: `4,000`.
#[must_use]
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// Whole days from one civil day to another; negative when the second is earlier.
fn days(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}
