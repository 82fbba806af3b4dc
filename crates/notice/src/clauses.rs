//! Looking up what a notice says, and which of its clauses stand.

use crate::{
    Change, Contact, Controller, Cookie, Decision, Digest, Disclosure, Event, Field, Head, Kind, Notice, Purpose,
    Recipient, Right, Store, Subject, Text,
};

/// What every use of data stands on.
pub(crate) const WHOLE: [&str; 2] = ["notice", "controller"];

/// What reading found out about a notice. No part of what it says: any two are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Addresses of clauses with an error finding, sorted.
    pub(crate) closed: Vec<String>,
    /// SHA-256 of the canonical form.
    pub(crate) digest: Digest,
}

impl PartialEq for Known {
    fn eq(&self, _: &Known) -> bool {
        true
    }
}

impl Eq for Known {}

/// A list of clauses and the look-up by id, in the order of the file.
macro_rules! listed {
    ($(#[$all:meta])* $list:ident, $(#[$one:meta])* $item:ident: $Type:ident) => {
        $(#[$all])*
        pub fn $list(&self) -> &[$Type] {
            &self.$list
        }

        $(#[$one])*
        pub fn $item(&self, id: &str) -> Option<&$Type> {
            self.$list.iter().find(|item| item.id == id)
        }
    };
}

impl Notice {
    /// `[notice]`.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// `[controller]`.
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    listed! {
        /// Roles that people can write to.
        contacts,
        /// The contact of that id.
        contact: Contact
    }
    listed! {
        /// Whose data it is.
        subjects,
        /// The subject of that id.
        subject: Subject
    }
    listed! {
        /// Items of personal data.
        fields,
        /// The field of that id.
        field: Field
    }
    listed! {
        /// Why fields may be opened.
        purposes,
        /// The purpose of that id.
        purpose: Purpose
    }
    listed! {
        /// What starts or moves a retention clock.
        events,
        /// The event of that id.
        event: Event
    }
    listed! {
        /// What is held.
        kinds,
        /// The kind of that id.
        kind: Kind
    }
    listed! {
        /// Who else receives data.
        recipients,
        /// The recipient of that id.
        recipient: Recipient
    }
    listed! {
        /// Grounds of disclosures.
        disclosures,
        /// The disclosure of that id.
        disclosure: Disclosure
    }
    listed! {
        /// What a person may ask for.
        rights,
        /// The right of that id.
        right: Right
    }
    listed! {
        /// Automatic acts.
        decisions,
        /// The decision of that id.
        decision: Decision
    }
    listed! {
        /// Cookies that may be set.
        cookies,
        /// The cookie of that id.
        cookie: Cookie
    }
    listed! {
        /// Where data stands beside the database.
        stores,
        /// The store of that id.
        store: Store
    }
    listed! {
        /// Prose.
        texts,
        /// The text of that id.
        text: Text
    }

    /// `[change]`, where the notice has it.
    pub fn change(&self) -> Option<&Change> {
        self.change.as_ref()
    }

    /// Prose that stands in one part of the page: `rights`.
    pub fn texts_under<'n>(&'n self, under: &'n str) -> impl Iterator<Item = &'n Text> {
        self.texts.iter().filter(move |text| text.under == under)
    }

    /// Whether the addressed clause exists and stands: neither it nor anything it stands on has an error. Addresses:
    /// `notice`, `controller`, `purpose.ID`, `kind.ID`, `kind.ID.keep`, `kind.ID.fields.FIELD`, `event.ID` and so on for
    /// each section. Everything else is not covered.
    ///
    /// A purpose stands on the notice and its controller; a kind on them too, on all its parts, its subject, its fields
    /// and the events of its retention, and every part of it on the kind; a decision on the contact who looks again; a
    /// text on the clause it is bound to.
    pub fn covers(&self, clause: &str) -> bool {
        self.says(clause) && self.closed_under(clause).is_none()
    }

    /// The first closed clause that a clause stands on, itself before all others.
    pub(crate) fn closed_under(&self, clause: &str) -> Option<String> {
        let closed = |clause: &String| self.known.closed.binary_search(clause).is_ok();
        let mut under = vec![clause.to_owned()];
        let (section, id) = clause.split_once('.').unwrap_or((clause, ""));
        match section {
            "purpose" => under.extend(WHOLE.map(str::to_owned)),
            "kind" => {
                let kind = self.kind(id.split('.').next().unwrap_or_default())?;
                let whole = format!("kind.{}", kind.id);
                let part = format!("{whole}.");
                under.extend(self.known.closed.iter().filter(|c| **c == whole || c.starts_with(&part)).cloned());
                under.extend(WHOLE.map(str::to_owned));
                under.push(format!("subject.{}", kind.subject));
                under.extend(kind.fields.iter().map(|(id, _)| format!("field.{id}")));
                under.extend(kind.keep.events().into_iter().map(|id| format!("event.{id}")));
            }
            "decision" => under.extend(self.decision(id)?.human.iter().map(|human| format!("contact.{human}"))),
            // No text stands on itself (N09), so this ends.
            "text" if !closed(&under[0]) => return self.closed_under(self.text(id)?.clause.as_deref()?),
            _ => {}
        }
        under.into_iter().find(closed)
    }

    /// Addresses of the clauses that have an error finding, sorted.
    pub fn closed(&self) -> &[String] {
        &self.known.closed
    }

    /// Whether the addressed clause exists.
    pub(crate) fn says(&self, clause: &str) -> bool {
        let Some((section, id)) = clause.split_once('.') else {
            return matches!(clause, "notice" | "controller") || (clause == "change" && self.change.is_some());
        };
        match section {
            "contact" => self.contact(id).is_some(),
            "cookie" => self.cookie(id).is_some(),
            "notice" => id == "backup_window",
            "decision" => self.decision(id).is_some(),
            "disclosure" => self.disclosure(id).is_some(),
            "right" => self.right(id).is_some(),
            "event" => self.event(id).is_some(),
            "field" => self.field(id).is_some(),
            "kind" => self.says_of_kind(id),
            "purpose" => self.purpose(id).is_some(),
            "recipient" => self.recipient(id).is_some(),
            "store" => self.store(id).is_some(),
            "subject" => self.subject(id).is_some(),
            "text" => self.text(id).is_some(),
            _ => false,
        }
    }

    fn says_of_kind(&self, address: &str) -> bool {
        let (id, part) = address.split_once('.').map_or((address, None), |(id, part)| (id, Some(part)));
        let Some(kind) = self.kind(id) else {
            return false;
        };
        match part {
            None | Some("keep") => true,
            Some(part) => part.strip_prefix("fields.").is_some_and(|field| kind.has_field(field)),
        }
    }
}

impl Kind {
    /// Whether a field belongs to this kind.
    pub fn has_field(&self, id: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == id)
    }

    /// Where a field comes from, in words: "you".
    pub fn source_of(&self, field: &str) -> Option<&str> {
        self.source.get(field).or_else(|| self.source.get("default")).map(String::as_str)
    }
}
