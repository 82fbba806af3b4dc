//! The frame of every page: letterhead, way back, main part with its margin, foot.

use super::{Clause, style};
use jiff::civil::Date;
use notice::Notice;

/// What the frame shows around a page. Templates that extend `face/page.html` call it `shell`.
#[derive(Clone)]
pub struct Shell<'a> {
    /// The page's name: its heading, and the first words of its `<title>`.
    pub title: String,
    /// BCP 47 tag of the notice.
    pub lang: &'a str,
    /// The controller's short name, as the wordmark.
    pub organisation: &'a str,
    /// Main navigation: address and label.
    pub nav: &'a [(&'a str, &'a str)],
    /// Address of the navigation entry in which this page stands.
    pub here: &'a str,
    /// The way back: address and label.
    pub back: Option<(String, String)>,
    /// The slim bar of a demonstration.
    pub demo: Option<DemoBar>,
    /// The bar of signed-in staff.
    pub staff: Option<StaffBar>,
    /// One sentence that everybody must see, such as "Deletion waits until today's date is confirmed."
    pub alarm: Option<String>,
    /// That the notice changes, on public pages.
    pub banner: Option<Banner>,
    /// The margin note.
    pub clause: Option<Clause>,
    /// Version of the notice in force.
    pub version: &'a str,
    /// First day on which it was in force.
    pub since: Date,
    /// The address of the notice's officer, for pages that send somebody there.
    pub officer: Option<&'a str>,
    /// The number of the request, for error pages to have it quoted.
    pub number: Option<String>,
    /// Whether the page answers a form with errors: the `<title>` then begins with "Error: ".
    pub wrong: bool,
}

/// Shown on every page of a demonstration.
#[derive(Clone)]
pub struct DemoBar {
    /// Today in words, as the demonstration's clock has it: "Monday 23 November 2026".
    pub today: String,
}

/// Shown on every page of a signed-in member of staff.
#[derive(Clone)]
pub struct StaffBar {
    /// The role, not the name: `desk`.
    pub role: String,
}

/// Shown on every public page while the notice changes.
#[derive(Clone)]
pub struct Banner {
    /// The sentence.
    pub words: String,
    /// Where to read more.
    pub href: String,
    /// What stands there.
    pub label: &'static str,
}

impl<'a> Shell<'a> {
    /// The frame of a public page under the notice in force.
    #[must_use]
    pub fn new(notice: &'a Notice, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lang: &notice.head().language,
            organisation: &notice.controller().short,
            nav: &[],
            here: "",
            back: None,
            demo: None,
            staff: None,
            alarm: None,
            banner: None,
            clause: None,
            version: &notice.head().version,
            since: notice.head().effective,
            officer: notice.contact("officer").and_then(|officer| officer.email.as_deref()),
            number: None,
            wrong: false,
        }
    }

    /// With the main navigation, and the entry in which the page stands.
    #[must_use]
    pub fn nav(mut self, nav: &'a [(&'a str, &'a str)], here: &'a str) -> Self {
        self.nav = nav;
        self.here = here;
        self
    }

    /// With a way back above the heading.
    #[must_use]
    pub fn back(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.back = Some((href.into(), label.into()));
        self
    }

    /// With the margin note on what the page stands on.
    #[must_use]
    pub fn stands_on(mut self, clause: Clause) -> Self {
        self.clause = Some(clause);
        self
    }

    /// Says in the `<title>` whether the page reports errors.
    #[must_use]
    pub fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// The whole `<title>`.
    #[must_use]
    pub fn whole_title(&self) -> String {
        let error = if self.wrong { "Error: " } else { "" };
        format!("{error}{} – {}", self.title, self.organisation)
    }

    /// The day since which the notice is in force, in words.
    #[must_use]
    pub fn since_words(&self) -> String {
        law::words(self.since)
    }

    /// Address of the style sheet.
    #[must_use]
    pub fn style(&self) -> &'static str {
        style::path()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Clause, Trouble, fixture};
    use super::*;
    use askama::Template;

    #[derive(Template)]
    #[template(source = "{% extends \"face/page.html\" %}", ext = "html")]
    struct Empty<'a> {
        shell: Shell<'a>,
    }

    fn page(shell: Shell<'_>) -> String {
        super::super::render(&Empty { shell })
    }

    #[test]
    fn the_frame_is_small_and_needs_no_script() {
        let notice = fixture::notice();
        let html = page(Shell::new(&notice, "Home").nav(&[("/", "Home"), ("/privacy", "Privacy")], "/"));
        assert!(html.len() < 2_500, "{} bytes", html.len());
        assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("//"), "{html}");
    }

    #[test]
    fn the_frame_has_one_heading_landmarks_and_a_skip_link() {
        let notice = fixture::notice();
        let html = page(Shell::new(&notice, "Home"));
        assert_eq!(html.matches("<h1").count(), 1);
        for part in ["<header", "<main id=\"main\"", "<footer", "href=\"#main\"", "lang=\"en-GB\"", style::path()] {
            assert!(html.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn the_entry_in_which_a_page_stands_is_marked() {
        let notice = fixture::notice();
        let html = page(Shell::new(&notice, "x").nav(&[("/", "Home"), ("/privacy", "Privacy")], "/privacy"));
        assert!(html.contains("<a href=\"/privacy\" aria-current=\"page\">Privacy</a>"), "{html}");
        assert!(html.contains("<a href=\"/\">Home</a>"), "{html}");
    }

    #[test]
    fn errors_come_first_in_the_title() {
        let notice = fixture::notice();
        let html = page(Shell::new(&notice, "Ask us").wrong(true));
        assert!(html.contains("<title>Error: Ask us – SEGfL</title>"), "{html}");
    }

    #[test]
    fn hostile_words_are_escaped_everywhere_in_the_frame() {
        let notice = fixture::notice();
        let mut shell = Shell::new(&notice, fixture::HOSTILE)
            .back(fixture::HOSTILE, fixture::HOSTILE)
            .stands_on(Clause::of(&notice, &[fixture::HOSTILE]));
        shell.alarm = Some(fixture::HOSTILE.to_owned());
        shell.demo = Some(DemoBar { today: fixture::HOSTILE.to_owned() });
        shell.staff = Some(StaffBar { role: fixture::HOSTILE.to_owned() });
        shell.banner = Some(Banner { words: fixture::HOSTILE.into(), href: fixture::HOSTILE.into(), label: "More" });
        fixture::assert_harmless(&page(shell));
    }

    #[test]
    fn an_error_page_keeps_the_frame() {
        let notice = fixture::notice();
        let html = Trouble::NotFound.page(Shell::new(&notice, ""));
        assert!(html.contains("<footer"), "{html}");
    }
}
