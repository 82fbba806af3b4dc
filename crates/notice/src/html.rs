//! The public notice as fragments of HTML for a page of the site: a summary first, then every clause in full.
//!
//! Every text of the file is escaped. Each clause has its address as its anchor in the detail, once, so that any other
//! page can link to the sentence it stands on. Headings begin at level 2.

pub(crate) mod cards;
mod kinds;
pub(crate) mod markup;
pub(crate) mod promises;

use crate::{Controller, Notice, Recipient, Store, Subject};
use cards::{
    COOKIE_COLUMNS, contact_address, contact_card, cookie_entry, cookie_row, country_words, event_item, field_word,
    prose, purpose_entry, role_words, table_words,
};
use kinds::{SHARED, kind_card, people, shared_list, shared_purposes, summary_row};
pub use markup::anchor;
use markup::{Facts, entry, escape, first_capital, item, lines, link, list, list_of_words, marked_card};
use promises::{change, decisions, disclosures, rights};

/// What stands where the notice leaves out what it should say.
const UNSAID: &str = "This notice does not say.";

/// Follows a value that only the controller can know and has not given yet.
const EXAMPLE: &str = " <em>(example value)</em>";

/// The public notice in two layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html {
    /// One table: what, why, until when.
    pub summary: String,
    /// Everything, clause by clause.
    pub detail: String,
}

/// Both layers of the public notice.
pub fn html(notice: &Notice) -> Html {
    Html { summary: summary(notice), detail: detail(notice) }
}

/// The first layer: the summary's prose, whom to write to, then one row for each kind. What nearly all kinds are held for
/// stands once, below.
pub fn summary(notice: &Notice) -> String {
    let mut page = Page::new(notice);
    page.prose("summary");
    page.push(reach(notice));
    page.push("<table><caption>What we hold, why, and until when</caption><thead><tr>");
    page.push("<th scope=\"col\">What</th><th scope=\"col\">Why</th><th scope=\"col\">Until when</th>");
    page.push("</tr></thead><tbody>");
    let shared = shared_purposes(notice);
    for kind in notice.kinds() {
        page.push(summary_row(kind, &shared, notice));
    }
    page.push("</tbody></table>");
    page.push(shared_list(&shared, notice));
    page.html
}

/// The officer and the regulator, where the notice names them.
fn reach(notice: &Notice) -> String {
    let wanted = [("officer", "Questions, requests, objections and complaints"), ("regulator", "To complain further")];
    let lines = wanted.iter().filter_map(|(id, what)| {
        let contact = notice.contact(id)?;
        let role = link(&format!("contact.{id}"), &contact.role);
        let at = contact_address(contact).map(|at| format!(", {at}")).unwrap_or_default();
        Some(format!("<li>{what}: {role}{at}</li>"))
    });
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("<ul>{lines}</ul>") }
}

/// What the notice says about cookies, for the page of its own: its prose and a table with a row for each.
pub fn cookies(notice: &Notice) -> String {
    let mut page = Page::new(notice);
    page.prose("cookies");
    if notice.cookies().is_empty() {
        page.push("<p>We set none.</p>");
        return page.html;
    }
    page.push("<table><caption>Every cookie we set</caption><thead><tr>");
    for column in COOKIE_COLUMNS {
        page.push(format!("<th scope=\"col\">{column}</th>"));
    }
    page.push("</tr></thead><tbody>");
    for cookie in notice.cookies() {
        page.push(cookie_row(cookie));
    }
    page.push("</tbody></table>");
    page.html
}

/// The second layer: everything the notice says, after a list of its parts.
pub fn detail(notice: &Notice) -> String {
    let mut page = Page::new(notice);
    page.who();
    page.kinds();
    page.purposes();
    page.section("Visiting our website", "visiting");
    page.rights();
    page.decisions();
    page.recipients();
    page.cookies();
    page.section("How we keep it safe", "security");
    page.stores();
    page.meanings();
    page.complaints();
    page.changes();
    format!("{}{}", contents(&page.headings), page.html)
}

fn unheld_item(subject: &Subject) -> String {
    item(&format!("subject.{}", subject.id), &people(subject))
}

fn contents(headings: &[(&str, &str)]) -> String {
    let items = headings.iter().map(|(at, words)| format!("<li><a href=\"#{at}\">{words}</a></li>"));
    format!("<nav aria-label=\"Parts of this notice\">{}</nav>", list(items))
}

/// Within what time copies are unreadable.
pub(crate) fn window_words(notice: &Notice) -> String {
    notice.head().backup_window.map_or_else(
        || "This notice does not say when what we erase is unreadable in every copy.".to_owned(),
        |window| format!("What we erase from our database is unreadable in every copy of it {window} later."),
    )
}

struct Page<'n> {
    notice: &'n Notice,
    html: String,
    headings: Vec<(&'static str, &'static str)>,
}

impl<'n> Page<'n> {
    fn new(notice: &'n Notice) -> Self {
        Self { notice, html: String::new(), headings: Vec::new() }
    }

    fn push(&mut self, html: impl AsRef<str>) {
        self.html.push_str(html.as_ref());
    }

    /// A heading with its short address on the page.
    fn heading(&mut self, at: &'static str, words: &'static str) {
        self.push(format!("<h2 id=\"{at}\">{words}</h2>"));
        self.headings.push((at, words));
    }

    /// A part of prose under its own heading; nothing where the notice has none.
    fn section(&mut self, words: &'static str, under: &'static str) {
        if self.notice.texts_under(under).next().is_some() {
            self.heading(under, words);
            self.prose(under);
        }
    }

    fn prose(&mut self, under: &str) {
        for text in self.notice.texts_under(under) {
            self.push(prose(text));
        }
    }

    fn who(&mut self) {
        let Controller { name, short, address, registration, company, charity, public_authority, example } =
            self.notice.controller();
        let mark = |key: &str| if example.iter().any(|known| known == key) { EXAMPLE } else { "" };
        self.heading("who", "Who we are");
        self.push(format!(
            "<div class=\"clause\" id=\"controller\"><p>{}{} ({}) answers for your data.</p><p>{}{}</p>",
            escape(name),
            mark("name"),
            escape(short),
            lines(address),
            mark("address")
        ));
        let numbers = [
            ("registration", "Registration with the regulator", registration),
            ("company", "Company number", company),
            ("charity", "Charity number", charity),
        ];
        for (key, words, number) in numbers {
            if let Some(number) = number {
                self.push(format!("<p>{words}: {}{}</p>", escape(number), mark(key)));
            }
        }
        if *public_authority {
            self.push("<p>A public authority.</p>");
        }
        self.push("</div>");
        self.prose("who");
    }

    fn kinds(&mut self) {
        self.heading("kinds", "What we hold and why");
        self.prose("kinds");
        let shared = shared_purposes(self.notice);
        if !shared.is_empty() {
            self.push(format!(
                "<p>All of it we use as well for <a href=\"#{SHARED}\">what we owe to everybody</a>.</p>"
            ));
        }
        for kind in self.notice.kinds() {
            self.push(kind_card(kind, &shared, self.notice));
        }
    }

    fn purposes(&mut self) {
        self.heading("purposes", "Why we use data, and on what lawful basis");
        self.prose("purposes");
        self.push("<dl>");
        for purpose in self.notice.purposes() {
            self.push(purpose_entry(purpose));
        }
        self.push("</dl>");
    }

    fn recipients(&mut self) {
        self.heading("recipients", "Who receives data");
        self.prose("recipients");
        if self.notice.recipients().is_empty() {
            self.push("<p>Nobody.</p>");
        }
        for recipient in self.notice.recipients() {
            self.push(self.recipient(recipient));
        }
        self.push(disclosures(self.notice));
    }

    fn rights(&mut self) {
        self.heading("rights", "Your rights");
        if !self.notice.rights().is_empty() {
            self.push(rights(self.notice));
        } else if self.notice.texts_under("rights").next().is_none() {
            self.push(format!("<p>{UNSAID}</p>"));
        }
        self.prose("rights");
    }

    fn decisions(&mut self) {
        if !self.notice.decisions().is_empty() {
            self.heading("decisions", "What happens automatically");
            self.push(decisions(self.notice));
        }
    }

    fn recipient(&self, recipient: &Recipient) -> String {
        let mut facts = Facts::default();
        if let Some(table) = &recipient.derived {
            facts.add("Who", format!("Those who are {}.", table_words(table)));
        }
        let role = recipient.role.as_deref().map_or(UNSAID.to_owned(), role_words);
        facts.add("In what role", escape(&role));
        let purposes = recipient.purposes.iter().filter_map(|id| self.notice.purpose(id));
        let what_for: Vec<String> =
            purposes.map(|purpose| link(&format!("purpose.{}", purpose.id), &purpose.words)).collect();
        if !what_for.is_empty() {
            facts.add("What for", list_of_words(&what_for));
        }
        if !recipient.fields.is_empty() {
            let given: Vec<String> = recipient.fields.iter().map(|(kind, fields)| self.given(kind, fields)).collect();
            facts.add("What", list_of_words(&given));
        }
        let country = recipient.country.as_deref().map_or(UNSAID, country_words);
        facts.add("Country", escape(country));
        if let Some(safeguard) = &recipient.safeguard {
            facts.add("Safeguard", escape(safeguard));
        }
        if let Some(day) = recipient.contract_until {
            facts.add("Contract until", law::short_words(day));
        }
        if let Some(version) = &recipient.accepted {
            facts.add("Keeps to", format!("Version {} of this notice.", escape(version)));
        }
        let mark = if recipient.example { EXAMPLE } else { "" };
        marked_card(&format!("recipient.{}", recipient.id), &recipient.name, mark, &facts)
    }

    /// "Your enquiry: name, e-mail address".
    fn given(&self, kind: &str, fields: &[String]) -> String {
        let labels = fields.iter().filter_map(|id| self.notice.field(id)).map(|field| escape(&field.label));
        let words = self.notice.kind(kind).map_or(kind, |kind| kind.words.as_str());
        format!("{}: {}", link(&format!("kind.{kind}"), words), labels.collect::<Vec<_>>().join(", "))
    }

    fn cookies(&mut self) {
        self.heading("cookies", "Cookies");
        self.prose("cookies");
        if self.notice.cookies().is_empty() {
            self.push("<p>We set none.</p>");
            return;
        }
        self.push("<dl>");
        for cookie in self.notice.cookies() {
            self.push(cookie_entry(cookie));
        }
        self.push("</dl>");
    }

    fn stores(&mut self) {
        self.heading("stores", "Where else data stands");
        self.prose("stores");
        let window = window_words(self.notice);
        self.push(format!("<p id=\"{}\">{window}</p>", anchor("notice.backup_window")));
        if self.notice.stores().is_empty() {
            return;
        }
        self.push("<dl>");
        for Store { id, words, limit, country, .. } in self.notice.stores() {
            let limit =
                limit.map_or("This notice does not say how long.".to_owned(), |limit| format!("At most {limit}."));
            let place = country.as_deref().map(|at| format!(" {}.", escape(country_words(at)))).unwrap_or_default();
            self.push(entry(&format!("store.{id}"), words, &format!("{limit}{place}")));
        }
        self.push("</dl>");
    }

    fn meanings(&mut self) {
        self.heading("words", "What our words mean");
        let unheld = self.notice.subjects().iter().filter(|subject| !self.holds(subject));
        let unheld: Vec<String> = unheld.map(unheld_item).collect();
        if !unheld.is_empty() {
            self.push("<h3>People of whom we hold nothing</h3>");
            self.push(list(unheld.into_iter()));
        }
        self.push("<h3>Items of data</h3>");
        self.push(self.items());
        self.push("<h3>What starts a period</h3>");
        self.push(list(self.notice.events().iter().map(event_item)));
    }

    fn holds(&self, subject: &Subject) -> bool {
        self.notice.kinds().iter().any(|kind| kind.subject == subject.id)
    }

    /// Fields by their categories: "Contact: E-mail address, Telephone number."
    fn items(&self) -> String {
        let fields = self.notice.fields();
        let mut categories: Vec<&str> = Vec::new();
        for field in fields {
            if !categories.contains(&field.category.as_str()) {
                categories.push(&field.category);
            }
        }
        list(categories.into_iter().map(|category| {
            let of: Vec<String> = fields.iter().filter(|field| field.category == category).map(field_word).collect();
            format!("<li>{}: {}.</li>", escape(&first_capital(category)), of.join(", "))
        }))
    }

    fn complaints(&mut self) {
        self.heading("complaints", "Contact and complaint");
        for contact in self.notice.contacts() {
            self.push(contact_card(contact));
        }
        self.prose("complaints");
    }

    fn changes(&mut self) {
        let head = self.notice.head();
        self.heading("changes", "Changes");
        self.push(format!(
            "<div class=\"clause\" id=\"notice\"><p>This is version {}. In force from {}. Its digest is <code>{}</code>.</p>",
            escape(&head.version),
            law::short_words(head.effective),
            self.notice.digest()
        ));
        if let Some(before) = head.supersedes {
            self.push(format!("<p>It replaces the notice with the digest <code>{before}</code>.</p>"));
        }
        if let Some(day) = head.review_due {
            self.push(format!("<p>We look at it again by {}.</p>", law::short_words(day)));
        }
        self.push("</div>");
        self.push(change(self.notice.change(), self.notice));
        self.prose("changes");
    }
}
