//! The canonical form: one way to write a notice, so that what it says has one digest.
//!
//! Keys stand in a fixed order, items in the order of the file, defaults are left out, every text is a basic string
//! (prose with more than one line a multi-line one), sections are parted by one empty line.

use crate::{
    Contact, Controller, Cookie, Event, Field, Head, Kind, Notice, Output, Purpose, Recipient, Shape, Store, Subject,
    Text,
};
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
    notice.cookies.iter().for_each(|cookie| page.cookie(cookie));
    notice.stores.iter().for_each(|store| page.store(store));
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
        self.text("backup_window", &head.backup_window.to_string());
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
        self.text("basis", purpose.basis.code());
        self.optional("interest", purpose.interest.as_deref());
        self.optional("assessment", purpose.assessment.as_deref());
        self.flag("objectable", purpose.objectable);
        self.bare("by", array(&purpose.by));
        if let Output::Aggregate { min_group } = purpose.output {
            self.text("output", "aggregate");
            self.bare("min_group", min_group);
        }
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
        self.text("keep", &kind.keep.to_string());
        let warn: Vec<String> = kind.warn.iter().map(ToString::to_string).collect();
        self.list("warn", &warn);
        self.text("then", "erase");
        self.list("recipients", &kind.recipients);
        self.list("said", &kind.said);
    }

    fn recipient(&mut self, recipient: &Recipient) {
        self.section("recipient", &recipient.id);
        self.text("name", &recipient.name);
        self.text("role", &recipient.role);
        self.bare("purposes", array(&recipient.purposes));
        self.text("country", &recipient.country);
        self.optional("safeguard", recipient.safeguard.as_deref());
        self.optional("contract", recipient.contract.as_deref());
        if let Some(day) = recipient.contract_until {
            self.bare("contract_until", day);
        }
        self.flag("example", recipient.example);
    }

    fn cookie(&mut self, cookie: &Cookie) {
        self.section("cookie", &cookie.id);
        self.text("name", &cookie.name);
        self.text("setter", &cookie.setter);
        self.text("lifetime", &cookie.lifetime());
        self.text("words", &cookie.words);
        self.text("exception", &cookie.exception);
    }

    fn store(&mut self, store: &Store) {
        self.section("store", &store.id);
        self.text("words", &store.words);
        self.text("limit", &store.limit.to_string());
    }

    fn prose(&mut self, text: &Text) {
        self.section("text", &text.id);
        self.text("under", &text.under);
        self.optional("clause", text.clause.as_deref());
        self.flag("informative", text.clause.is_none());
        self.text("words", &text.words);
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
