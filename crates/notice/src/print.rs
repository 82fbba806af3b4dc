//! The canonical form: one way to write a notice, so that what it says has one digest.
//!
//! Keys stand in a fixed order, items in the order of the file, defaults are left out, every text is a basic string
//! (prose with more than one line a multi-line one), sections are parted by one empty line.

use crate::{
    Basis, Change, Contact, Controller, Cookie, Decision, Disclosure, Event, Field, Head, Keep, Kind, Notice, Output,
    Purpose, Recipient, Right, Shape, Store, Subject, Text,
};
use jiff::civil::Date;
use law::Period;
use std::fmt::Display;

/// Writes a notice in its canonical form: TOML that [`crate::read`] turns into the same notice.
pub fn print(notice: &Notice) -> String {
    let mut page = Page::default();
    page.head(&notice.head);
    page.controller(&notice.controller);
    notice.contacts.iter().for_each(|contact| page.contact(contact));
    notice.subjects.iter().for_each(|subject| page.subject(subject));
    notice.fields.iter().for_each(|field| page.field(field));
    notice.purposes.iter().for_each(|purpose| page.purpose(purpose));
    notice.events.iter().for_each(|event| page.event(event));
    notice.kinds.iter().for_each(|kind| page.kind(kind));
    notice.recipients.iter().for_each(|recipient| page.recipient(recipient));
    notice.disclosures.iter().for_each(|disclosure| page.disclosure(disclosure));
    notice.rights.iter().for_each(|right| page.right(right));
    notice.cookies.iter().for_each(|cookie| page.cookie(cookie));
    notice.decisions.iter().for_each(|decision| page.decision(decision));
    notice.stores.iter().for_each(|store| page.store(store));
    notice.change.iter().for_each(|change| page.change(change));
    notice.texts.iter().for_each(|text| page.prose(text));
    page.toml
}

#[derive(Default)]
struct Page {
    toml: String,
}

impl Page {
    fn head(&mut self, head: &Head) {
        self.toml.push_str("[notice]\n");
        self.text("id", &head.id);
        self.text("version", &head.version);
        self.bare("effective", head.effective);
        self.text("language", &head.language);
        self.text("jurisdiction", &head.jurisdiction);
        self.period("backup_window", head.backup_window);
        if let Some(digest) = head.supersedes {
            self.text("supersedes", &digest.to_string());
        }
        if let Some(day) = head.review_due {
            self.bare("review_due", day);
        }
    }

    fn controller(&mut self, controller: &Controller) {
        self.toml.push_str("\n[controller]\n");
        self.text("name", &controller.name);
        self.text("short", &controller.short);
        self.text("address", &controller.address);
        self.optional("registration", controller.registration.as_deref());
        self.optional("company", controller.company.as_deref());
        self.optional("charity", controller.charity.as_deref());
        self.flag("public_authority", controller.public_authority);
        self.list("example", &controller.example);
    }

    fn contact(&mut self, contact: &Contact) {
        self.section("contact", &contact.id);
        self.text("role", &contact.role);
        self.optional("email", contact.email.as_deref());
        self.optional("post", contact.post.as_deref());
        self.optional("web", contact.web.as_deref());
        if let Some(days) = contact.answers_within {
            let plural = if days == 1 { "" } else { "s" };
            self.text("answers_within", &format!("{days} working day{plural}"));
        }
    }

    fn subject(&mut self, subject: &Subject) {
        self.section("subject", &subject.id);
        self.text("words", &subject.words);
        self.flag("party", subject.party);
        self.flag("children", subject.children);
    }

    fn field(&mut self, field: &Field) {
        self.section("field", &field.id);
        self.text("label", &field.label);
        self.text("type", field.shape.code());
        self.text("category", &field.category);
        self.optional("hint", field.hint.as_deref());
        if field.max != field.shape.max() {
            self.bare("max", field.max);
        }
        self.flag("special", field.special);
        if field.lookup {
            self.text("lookup", "exact");
        }
        if let Shape::Choice(options) = &field.shape {
            let pairs = options.iter().map(|(code, label)| format!("[{}, {}]", quoted(code), quoted(label)));
            self.bare("options", format_args!("[{}]", joined(pairs)));
        }
    }

    fn purpose(&mut self, purpose: &Purpose) {
        self.section("purpose", &purpose.id);
        self.text("words", &purpose.words);
        if purpose.basis != Basis::Unstated {
            self.text("basis", purpose.basis.code());
        }
        self.optional("interest", purpose.interest.as_deref());
        self.optional("assessment", purpose.assessment.as_deref());
        self.optional("law", purpose.law.as_deref());
        self.optional("condition", purpose.condition.as_deref());
        self.optional("schedule", purpose.schedule.as_deref());
        self.flag("objectable", purpose.objectable);
        self.bare("by", array(&purpose.by));
        if let Output::Aggregate { min_group } = purpose.output {
            self.text("output", "aggregate");
            self.bare("min_group", min_group);
        }
        self.list("said", &purpose.said);
    }

    fn event(&mut self, event: &Event) {
        self.section("event", &event.id);
        self.text("words", &event.words);
        self.list("counts", &event.counts);
        self.flag("certain", event.certain);
    }

    fn kind(&mut self, kind: &Kind) {
        self.section("kind", &kind.id);
        self.text("words", &kind.words);
        self.text("subject", &kind.subject);
        let fields = kind.fields.iter().map(|(field, required)| {
            let need = if *required { "required" } else { "optional" };
            format!("{field} = \"{need}\"")
        });
        self.bare("fields", format_args!("{{ {} }}", joined(fields)));
        self.list("linked", &kind.linked);
        self.list("names_others", &kind.names_others);
        self.list("listed_by", &kind.listed_by);
        if !kind.source.is_empty() {
            let source = kind.source.iter().map(|(field, words)| format!("{field} = {}", quoted(words)));
            self.bare("source", format_args!("{{ {} }}", joined(source)));
        }
        self.list("purposes", &kind.purposes);
        if kind.keep != Keep::Unstated {
            self.text("keep", &kind.keep.to_string());
        }
        let warn: Vec<String> = kind.warn.iter().map(ToString::to_string).collect();
        self.list("warn", &warn);
        self.text("then", "erase");
        self.list("recipients", &kind.recipients);
        self.optional("obliged", kind.obliged.as_deref());
        self.optional("without", kind.without.as_deref());
        self.list("said", &kind.said);
    }

    fn recipient(&mut self, recipient: &Recipient) {
        self.section("recipient", &recipient.id);
        self.text("name", &recipient.name);
        self.optional("derived", recipient.derived.as_deref());
        self.optional("role", recipient.role.as_deref());
        self.bare("purposes", array(&recipient.purposes));
        if !recipient.fields.is_empty() {
            let fields = recipient.fields.iter().map(|(kind, fields)| format!("{kind} = {}", array(fields)));
            self.bare("fields", format_args!("{{ {} }}", joined(fields)));
        }
        self.optional("country", recipient.country.as_deref());
        self.optional("safeguard", recipient.safeguard.as_deref());
        self.optional("contract", recipient.contract.as_deref());
        self.day("contract_until", recipient.contract_until);
        self.optional("accepted", recipient.accepted.as_deref());
        self.day("checked", recipient.checked);
        self.flag("example", recipient.example);
        self.list("said", &recipient.said);
    }

    fn disclosure(&mut self, disclosure: &Disclosure) {
        self.section("disclosure", &disclosure.id);
        self.text("ground", &disclosure.ground);
        self.text("words", &disclosure.words);
        self.list("kinds", &disclosure.kinds);
        if let Some(told) = disclosure.told {
            self.bare("told", told);
        }
        self.list("said", &disclosure.said);
    }

    fn right(&mut self, right: &Right) {
        self.section("right", &right.id);
        self.text("words", &right.words);
        self.list("kinds", &right.kinds);
        self.period("limit", right.limit);
        self.period("extension", right.extension);
        self.flag("fee", right.fee);
        self.flag("voluntary", right.voluntary);
        self.list("said", &right.said);
    }

    fn cookie(&mut self, cookie: &Cookie) {
        self.section("cookie", &cookie.id);
        self.text("name", &cookie.name);
        self.text("setter", &cookie.setter);
        self.optional("host", cookie.host.as_deref());
        if cookie.minutes.is_some() {
            self.text("lifetime", &cookie.lifetime());
        }
        self.text("words", &cookie.words);
        self.optional("exception", cookie.exception.as_deref());
        self.flag("identifies", cookie.identifies);
        self.list("said", &cookie.said);
    }

    fn decision(&mut self, decision: &Decision) {
        self.section("decision", &decision.id);
        self.text("words", &decision.words);
        self.text("by", &decision.by);
        self.list("kinds", &decision.kinds);
        self.flag("significant", decision.significant);
        self.optional("reason", decision.reason.as_deref());
        self.optional("human", decision.human.as_deref());
        self.list("said", &decision.said);
    }

    fn store(&mut self, store: &Store) {
        self.section("store", &store.id);
        self.text("words", &store.words);
        self.period("limit", store.limit);
        self.optional("country", store.country.as_deref());
        self.list("said", &store.said);
    }

    fn change(&mut self, change: &Change) {
        self.toml.push_str("\n[change]\n");
        self.list("significant", &change.significant);
        self.period("wait", change.wait);
        self.list("tell", &change.tell);
        self.list("said", &change.said);
    }

    fn prose(&mut self, text: &Text) {
        self.section("text", &text.id);
        self.text("under", &text.under);
        self.optional("clause", text.clause.as_deref());
        self.flag("informative", text.clause.is_none());
        self.list("answers", &text.answers);
        self.text("words", &text.words);
        self.list("said", &text.said);
    }

    fn section(&mut self, name: &str, id: &str) {
        self.toml.extend(["\n[[", name, "]]\n"]);
        self.text("id", id);
    }

    fn bare(&mut self, key: &str, value: impl Display) {
        self.toml.extend([key, " = ", &value.to_string(), "\n"]);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.bare(key, quoted(text));
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn period(&mut self, key: &str, period: Option<Period>) {
        if let Some(period) = period {
            self.text(key, &period.to_string());
        }
    }

    fn day(&mut self, key: &str, day: Option<Date>) {
        if let Some(day) = day {
            self.bare(key, day);
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.bare(key, true);
        }
    }

    fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.bare(key, array(texts));
        }
    }
}

fn array(texts: &[String]) -> String {
    format!("[{}]", joined(texts.iter().map(|text| quoted(text))))
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A TOML basic string; a multi-line one where the text has lines. The reader lets no other control character in.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    if text.contains('\n') { format!("\"\"\"\n{escaped}\"\"\"") } else { format!("\"{escaped}\"") }
}
