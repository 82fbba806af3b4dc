//! The public notice as fragments of HTML for a page of the site: a summary first, then every clause in full.
//!
//! Every text of the file is escaped. Each clause has its address as its anchor in the detail, once, so that any other
//! page can link to the sentence it stands on. Headings begin at level 2.

mod cards;
mod markup;

use crate::{Controller, Kind, Notice, Purpose, Recipient, Store};
use cards::{
    COOKIE_COLUMNS, contact_address, contact_card, cookie_row, country_words, event_entry, prose, purpose_card,
    role_words,
};
pub use markup::anchor;
use markup::{Facts, card, entry, escape, in_a_row, lines, link, list, list_of_words, part, sentence};

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

/// Purposes for which at least three in four kinds are held, where there are four kinds or more.
fn shared_purposes(notice: &Notice) -> Vec<&Purpose> {
    let kinds = notice.kinds();
    let without = |purpose: &Purpose| kinds.iter().filter(|kind| !kind.purposes.contains(&purpose.id)).count();
    let shared = |purpose: &&Purpose| kinds.len() >= 4 && without(purpose) * 4 <= kinds.len();
    notice.purposes().iter().filter(shared).collect()
}

fn summary_row(kind: &Kind, shared: &[&Purpose], notice: &Notice) -> String {
    let own = own_purposes(kind, shared, notice);
    format!(
        "<tr><th scope=\"row\">{}</th><td data-label=\"Why\">{}</td><td data-label=\"Until when\">{}</td></tr>",
        link(&format!("kind.{}", kind.id), &kind.words),
        list_of_words(&own.iter().map(|purpose| escape(&purpose.words)).collect::<Vec<_>>()),
        escape(&sentence(&kind.keep.words(notice)))
    )
}

/// What a kind is held for beside the shared purposes; all it is held for, where that is all.
fn own_purposes<'n>(kind: &Kind, shared: &[&Purpose], notice: &'n Notice) -> Vec<&'n Purpose> {
    let all: Vec<&Purpose> = kind.purposes.iter().filter_map(|id| notice.purpose(id)).collect();
    let own: Vec<&Purpose> = all.iter().copied().filter(|purpose| !shared.contains(purpose)).collect();
    if own.is_empty() { all } else { own }
}

/// What nearly all kinds are held for; nothing where they share nothing.
fn shared_list(shared: &[&Purpose], notice: &Notice) -> String {
    if shared.is_empty() {
        return String::new();
    }
    let items = shared.iter().map(|purpose| shared_item(purpose, notice));
    format!("<p>All of it we use as well for what we owe to everybody:</p>{}", list(items))
}

/// A shared purpose with its basis, and the kinds it does not touch.
fn shared_item(purpose: &Purpose, notice: &Notice) -> String {
    let without: Vec<String> = notice
        .kinds()
        .iter()
        .filter(|kind| !kind.purposes.contains(&purpose.id))
        .map(|kind| link(&format!("kind.{}", kind.id), &kind.words))
        .collect();
    let not = if without.is_empty() { String::new() } else { format!(" Not for: {}.", without.join("; ")) };
    format!("<li>{}{not}</li>", with_basis(purpose))
}

/// "Answer what you ask us. (our legitimate interests)"
fn with_basis(purpose: &Purpose) -> String {
    format!("{} ({})", link(&format!("purpose.{}", purpose.id), &purpose.words), purpose.basis.words())
}

/// What the notice says about cookies: its prose and a row for each, for the page of its own and for the second layer.
pub fn cookies(notice: &Notice) -> String {
    let mut page = Page::new(notice);
    page.cookies();
    page.html
}

/// The second layer: everything the notice says, after a list of its parts.
pub fn detail(notice: &Notice) -> String {
    let mut page = Page::new(notice);
    page.who();
    page.kinds();
    page.purposes();
    page.section("Visiting our website", "visiting");
    page.section("Your rights", "rights");
    page.recipients();
    page.heading("Cookies");
    page.cookies();
    page.section("How we keep it safe", "security");
    page.stores();
    page.meanings();
    page.complaints();
    page.changes();
    format!("{}{}", contents(&page.headings), page.html)
}

fn contents(headings: &[&str]) -> String {
    let items = headings.iter().map(|words| format!("<li><a href=\"#{}\">{words}</a></li>", part(words)));
    format!("<nav aria-label=\"Parts of this notice\">{}</nav>", list(items))
}

struct Page<'n> {
    notice: &'n Notice,
    html: String,
    headings: Vec<&'static str>,
}

impl<'n> Page<'n> {
    fn new(notice: &'n Notice) -> Self {
        Self { notice, html: String::new(), headings: Vec::new() }
    }

    fn push(&mut self, html: impl AsRef<str>) {
        self.html.push_str(html.as_ref());
    }

    fn heading(&mut self, words: &'static str) {
        self.push(format!("<h2 id=\"{}\">{words}</h2>", part(words)));
        self.headings.push(words);
    }

    /// A part of prose under its own heading; nothing where the notice has none.
    fn section(&mut self, words: &'static str, under: &str) {
        if self.notice.texts_under(under).next().is_some() {
            self.heading(words);
            self.prose(under);
        }
    }

    fn prose(&mut self, under: &str) {
        for text in self.notice.texts_under(under) {
            self.push(prose(text));
        }
    }

    fn who(&mut self) {
        let Controller { name, short, address, registration, example } = self.notice.controller();
        let mark = |key: &str| if example.iter().any(|known| known == key) { EXAMPLE } else { "" };
        self.heading("Who we are");
        self.push(format!(
            "<div class=\"clause\" id=\"controller\"><p>{}{} ({}) answers for your data.</p><p>{}{}</p>",
            escape(name),
            mark("name"),
            escape(short),
            lines(address),
            mark("address")
        ));
        if let Some(number) = registration {
            let mark = mark("registration");
            self.push(format!("<p>Registration with the regulator: {}{mark}</p>", escape(number)));
        }
        self.push("</div>");
        self.prose("who");
    }

    fn kinds(&mut self) {
        self.heading("What we hold and why");
        self.prose("kinds");
        let shared = shared_purposes(self.notice);
        self.push(shared_list(&shared, self.notice));
        for kind in self.notice.kinds() {
            self.push(self.kind(kind, &shared));
        }
    }

    fn kind(&self, kind: &Kind, shared: &[&Purpose]) -> String {
        let clause = format!("kind.{}", kind.id);
        let mut facts = Facts::default();
        if let Some(subject) = self.notice.subject(&kind.subject) {
            facts.add("Whose data", link(&format!("subject.{}", subject.id), &subject.words));
        }
        facts.add("What", self.fields(kind));
        let why = own_purposes(kind, shared, self.notice);
        facts.add("Why", list_of_words(&why.into_iter().map(with_basis).collect::<Vec<_>>()));
        facts.add("Where from", self.sources(kind));
        let until = escape(&sentence(&kind.keep.words(self.notice)));
        let warning =
            if kind.warn.is_empty() { String::new() } else { format!(" We warn you {} before.", in_a_row(&kind.warn)) };
        facts.add_at("Until when", &format!("{clause}.keep"), format!("{until} Then we erase it.{warning}"));
        facts.add("Who receives it", self.receivers(kind));
        format!(
            "<section class=\"clause\" id=\"{}\"><h3>{}</h3>{}</section>",
            anchor(&clause),
            escape(&kind.words),
            facts.list()
        )
    }

    /// "Name, E-mail address. Optional: Telephone number."
    fn fields(&self, kind: &Kind) -> String {
        let labels = |needed: bool| {
            let fields = kind.fields.iter().filter(|(_, required)| *required == needed);
            let labels = fields.filter_map(|(id, _)| {
                let label = escape(&self.notice.field(id)?.label);
                let at = anchor(&format!("kind.{}.fields.{id}", kind.id));
                Some(format!("<a id=\"{at}\" href=\"#{}\">{label}</a>", anchor(&format!("field.{id}"))))
            });
            labels.collect::<Vec<_>>().join(", ")
        };
        let (needed, optional) = (labels(true), labels(false));
        let parts = [(needed, ""), (optional, "Optional: ")].into_iter().filter(|(labels, _)| !labels.is_empty());
        parts.map(|(labels, before)| format!("{before}{labels}.")).collect::<Vec<_>>().join(" ")
    }

    fn sources(&self, kind: &Kind) -> String {
        let own: Vec<String> = kind
            .fields
            .iter()
            .filter_map(|(id, _)| {
                let label = self.notice.field(id).map_or(id.as_str(), |field| field.label.as_str());
                let words = kind.source.get(id)?;
                Some(format!("<li>{}: {}</li>", escape(label), escape(words)))
            })
            .collect();
        match kind.source.get("default") {
            Some(words) if own.is_empty() => escape(&sentence(words)),
            Some(words) => list(own.into_iter().chain([format!("<li>Everything else: {}</li>", escape(words))])),
            None => list(own.into_iter()),
        }
    }

    fn receivers(&self, kind: &Kind) -> String {
        let recipients = kind.recipients.iter().filter_map(|id| self.notice.recipient(id));
        let recipients: Vec<String> =
            recipients.map(|recipient| link(&format!("recipient.{}", recipient.id), &recipient.name)).collect();
        if recipients.is_empty() { "Nobody else.".to_owned() } else { list_of_words(&recipients) }
    }

    fn purposes(&mut self) {
        self.heading("Why we use data, and on what lawful basis");
        self.prose("purposes");
        for purpose in self.notice.purposes() {
            self.push(purpose_card(purpose));
        }
    }

    fn recipients(&mut self) {
        self.heading("Who receives data");
        self.prose("recipients");
        if self.notice.recipients().is_empty() {
            self.push("<p>Nobody.</p>");
        }
        for recipient in self.notice.recipients() {
            self.push(self.recipient(recipient));
        }
    }

    fn recipient(&self, recipient: &Recipient) -> String {
        let mut facts = Facts::default();
        if recipient.example {
            facts.add("Mark", "An example, to be replaced before this notice is used.");
        }
        facts.add("In what role", escape(&role_words(&recipient.role)));
        let purposes = recipient.purposes.iter().filter_map(|id| self.notice.purpose(id));
        let what_for: Vec<String> =
            purposes.map(|purpose| link(&format!("purpose.{}", purpose.id), &purpose.words)).collect();
        if !what_for.is_empty() {
            facts.add("What for", list_of_words(&what_for));
        }
        facts.add("Country", escape(country_words(&recipient.country)));
        if let Some(safeguard) = &recipient.safeguard {
            facts.add("Safeguard", escape(safeguard));
        }
        if let Some(day) = recipient.contract_until {
            facts.add("Contract until", law::short_words(day));
        }
        card(&format!("recipient.{}", recipient.id), &recipient.name, &facts)
    }

    fn cookies(&mut self) {
        self.prose("cookies");
        if self.notice.cookies().is_empty() {
            self.push("<p>We set none.</p>");
            return;
        }
        self.push("<table><caption>Every cookie we set</caption><thead><tr>");
        for column in COOKIE_COLUMNS {
            self.push(format!("<th scope=\"col\">{column}</th>"));
        }
        self.push("</tr></thead><tbody>");
        for cookie in self.notice.cookies() {
            self.push(cookie_row(cookie));
        }
        self.push("</tbody></table>");
    }

    fn stores(&mut self) {
        self.heading("Where else data stands");
        self.prose("stores");
        let window = self.notice.head().backup_window;
        self.push(format!("<p>What we erase from our database is unreadable in every copy of it {window} later.</p>"));
        if self.notice.stores().is_empty() {
            return;
        }
        self.push("<dl>");
        for Store { id, words, limit } in self.notice.stores() {
            self.push(entry(&format!("store.{id}"), words, &format!("At most {limit}.")));
        }
        self.push("</dl>");
    }

    fn meanings(&mut self) {
        self.heading("What our words mean");
        self.push("<h3>People</h3><dl>");
        for subject in self.notice.subjects() {
            let held = self.notice.kinds().iter().filter(|kind| kind.subject == subject.id);
            let held: Vec<String> = held.map(|kind| link(&format!("kind.{}", kind.id), &kind.words)).collect();
            let held = if held.is_empty() { "Nothing about them is written down.".to_owned() } else { held.join("; ") };
            self.push(entry(&format!("subject.{}", subject.id), &subject.words, &held));
        }
        self.push("</dl><h3>Items of data</h3><dl>");
        for field in self.notice.fields() {
            let hint = field.hint.as_deref().map(|hint| format!(" {}", escape(&sentence(hint)))).unwrap_or_default();
            let meaning = format!("{}{hint}", escape(&sentence(&field.category)));
            self.push(entry(&format!("field.{}", field.id), &field.label, &meaning));
        }
        self.push("</dl><h3>What starts a period</h3><dl>");
        for event in self.notice.events() {
            self.push(event_entry(event));
        }
        self.push("</dl>");
    }

    fn complaints(&mut self) {
        self.heading("Contact and complaint");
        for contact in self.notice.contacts() {
            self.push(contact_card(contact));
        }
        self.prose("complaints");
    }

    fn changes(&mut self) {
        let head = self.notice.head();
        self.heading("Changes");
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
        self.prose("changes");
    }
}
