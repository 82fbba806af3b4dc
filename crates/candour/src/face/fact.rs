//! The fact and the clause: wherever personal data stands on a page, why it is held, from whom, until when and who opened
//! it stand beside it; and every page says in its margin which sentences of the notice it stands on.

use super::form::label_of;
use super::{Html, countdown, part};
use askama::Template;
use jiff::civil::Date;
use notice::{Notice, Shape};
use std::collections::BTreeSet;

/// Personal data with what the notice says about it. One kind, one end; one or more values.
#[derive(Clone)]
pub struct Fact {
    /// Anchor on the page, unique there; at first the kind's, so a page with several holdings of a kind sets it.
    pub id: String,
    /// What it is, in the notice's words: "Your enquiry and how to reach you".
    pub title: String,
    /// Address of the kind's clause: `kind.enquiry`.
    pub clause: String,
    /// The values, as the person gave them.
    pub values: Vec<Value>,
    /// What for: purposes in words, and the address of each one's clause.
    pub why: Vec<(String, String)>,
    /// Those who may be given it.
    pub to: Vec<Recipients>,
    /// Until when.
    pub until: Until,
    /// Who opened it, latest first.
    pub opened: Vec<Opened>,
}

/// One value of a fact.
#[derive(Clone)]
pub struct Value {
    /// As the notice calls the field.
    pub label: String,
    /// The value in words.
    pub value: String,
    /// From whom it came.
    pub from: String,
}

/// Those who may be given data, by what they are to us.
#[derive(Clone)]
pub struct Recipients {
    /// To stand before their names: "Handled for us by", "May be given to".
    pub how: &'static str,
    /// Legal names, in the notice's order.
    pub names: Vec<String>,
}

/// The end of a fact.
#[derive(Clone)]
pub struct Until {
    /// The due day as it stands today; `None` while nothing that ends it has happened.
    pub due: Option<Date>,
    /// Today.
    pub today: Date,
    /// What sets and moves the day, in words: "90 days after we closed your enquiry".
    pub moved_by: String,
}

/// One opening of a holding.
#[derive(Clone)]
pub struct Opened {
    /// The day.
    pub day: Date,
    /// The role that opened it: `desk`, `mailer`, `you`.
    pub by: String,
    /// The purpose's id.
    pub purpose: String,
}

impl Fact {
    /// What the notice says about a kind; `None` when it says nothing. Values are added with [`Fact::value`].
    #[must_use]
    pub fn of(notice: &Notice, kind: &str, due: Option<Date>, today: Date) -> Option<Self> {
        let kind = notice.kind(kind)?;
        let purposes = kind.purposes.iter().filter_map(|id| notice.purpose(id));
        Some(Self {
            id: format!("fact-{}", kind.id),
            title: kind.words.clone(),
            clause: format!("kind.{}", kind.id),
            values: Vec::new(),
            why: purposes.map(|p| (p.words.clone(), format!("purpose.{}", p.id))).collect(),
            to: Recipients::of(notice, &[&kind.id]),
            until: Until { due, today, moved_by: kind.keep.words(notice) },
            opened: Vec::new(),
        })
    }

    /// With the value of a field, in the notice's words. A field that the notice does not know is shown by its id, so that
    /// nothing held is ever left out.
    #[must_use]
    pub fn value(mut self, notice: &Notice, field: &str, value: &str) -> Self {
        let known = notice.field(field);
        let kind = self.clause.strip_prefix("kind.").and_then(|id| notice.kind(id));
        let asked = kind.filter(|kind| kind.fields.iter().any(|(id, _)| id == field));
        let source = asked.and_then(|kind| kind.source.get(field).or_else(|| kind.source.get("default")));
        self.values.push(Value {
            label: known.map_or(field, |known| &known.label).to_owned(),
            value: match known.map(|known| &known.shape) {
                Some(Shape::Choice(options)) => label_of(options, value).to_owned(),
                Some(Shape::Secret) => "Kept as a secret; nobody can read it".to_owned(),
                _ => value.to_owned(),
            },
            from: source.map_or("not recorded", String::as_str).to_owned(),
        });
        self
    }

    /// With an anchor of its own.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// With who opened it, latest first.
    #[must_use]
    pub fn opened(mut self, opened: Vec<Opened>) -> Self {
        self.opened = opened;
        self
    }

    /// As it stands on a page.
    pub fn html(&self) -> Html {
        part(&FactPart { fact: self })
    }

    /// The one source of all values, where there is only one.
    fn one_source(&self) -> Option<&str> {
        let first = &self.values.first()?.from;
        self.values.iter().all(|value| value.from == *first).then_some(first)
    }

    /// The purpose of an opening, in the notice's words.
    fn purpose_words<'a>(&'a self, opened: &'a Opened) -> &'a str {
        let named = |clause: &str| clause.strip_prefix("purpose.") == Some(opened.purpose.as_str());
        self.why.iter().find(|(_, clause)| named(clause)).map_or(&opened.purpose, |(words, _)| words)
    }

    /// "Seen on 2 days: by our desk and by you". What is recorded is one role, purpose and day, however often it looked: so
    /// days are counted, not looks.
    fn seen_words(&self) -> String {
        if self.opened.is_empty() {
            return "Nobody has seen it".to_owned();
        }
        let days: BTreeSet<Date> = self.opened.iter().map(|opened| opened.day).collect();
        let mut roles: Vec<String> = Vec::new();
        for opened in &self.opened {
            let by = format!("by {}", role_words(&opened.by));
            if !roles.contains(&by) {
                roles.push(by);
            }
        }
        let count = days.len();
        format!("Seen on {count} day{}: {}", if count == 1 { "" } else { "s" }, notice::in_a_row(&roles, "and"))
    }
}

impl Recipients {
    /// Those of these kinds, each once; empty where nobody else receives them.
    #[must_use]
    pub fn of(notice: &Notice, kinds: &[&str]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for id in kinds.iter().filter_map(|kind| notice.kind(kind)).flat_map(|kind| &kind.recipients) {
            let Some(recipient) = notice.recipient(id) else { continue };
            let how =
                if recipient.role.as_deref() == Some("processor") { "Handled for us by" } else { "May be given to" };
            match all.iter_mut().find(|one| one.how == how) {
                Some(one) if one.names.contains(&recipient.name) => {}
                Some(one) => one.names.push(recipient.name.clone()),
                None => all.push(Self { how, names: vec![recipient.name.clone()] }),
            }
        }
        all
    }

    /// Their names in a sentence: "Example Mail Limited and Example Hosting Limited".
    #[must_use]
    pub fn in_a_row(&self) -> String {
        notice::in_a_row(&self.names, "and")
    }
}

/// Who acts in a role, as the person reads it: "our desk", "you".
#[must_use]
pub fn role_words(role: &str) -> &str {
    match role {
        "desk" => "our desk",
        "doorkeeper" => "our sign-in",
        "mailer" => "our mail system",
        "officer" => "our data protection officer",
        "operator" => "our operator",
        "sweeper" => "our deletion run",
        other => other,
    }
}

impl Until {
    /// "Friday 19 February 2027, in 88 days"; past its day: "Due since …: closed, and being deleted".
    fn words(&self) -> String {
        match self.due {
            None => "No date yet".to_owned(),
            Some(due) if due <= self.today => {
                format!("Due since {}: closed, and being deleted", law::words(due))
            }
            Some(due) => format!("{}, {}", law::words(due), countdown(due, self.today)),
        }
    }

    /// The state as a style class: the words say it too.
    fn state(&self) -> &'static str {
        match self.due.map(|due| super::days(self.today, due)) {
            Some(..=0) => "overdue",
            Some(1..=14) => "soon",
            _ => "kept",
        }
    }
}

impl Opened {
    /// At the beginning of a line: "Our desk".
    fn who(&self) -> String {
        let mut words = role_words(&self.by).chars();
        words.next().map(|first| first.to_uppercase().chain(words).collect()).unwrap_or_default()
    }

    fn words(&self) -> String {
        law::words(self.day)
    }
}

/// The margin note: the clauses that a page stands on, and those that are missing.
#[derive(Clone, Default)]
pub struct Clause {
    /// Clauses in force: address, and what it says in words.
    pub stands_on: Vec<(String, String)>,
    /// Addresses that the notice does not cover.
    pub missing: Vec<String>,
}

impl Clause {
    /// Looks the addressed clauses up in the notice in force.
    #[must_use]
    pub fn of(notice: &Notice, addresses: &[&str]) -> Self {
        let mut clause = Self::default();
        for address in addresses {
            if notice.covers(address) {
                clause.stands_on.push(((*address).to_owned(), says(notice, address)));
            } else {
                clause.missing.push((*address).to_owned());
            }
        }
        clause
    }

    /// As it stands in the margin.
    pub fn html(&self) -> Html {
        part(&ClausePart { clause: self })
    }
}

/// What a clause says, in the notice's words; empty where it is no sentence.
fn says(notice: &Notice, address: &str) -> String {
    let Some((section, id)) = address.split_once('.') else {
        return String::new();
    };
    let words = match section {
        "cookie" => notice.cookie(id).map(|cookie| cookie.words.clone()),
        "event" => notice.event(id).map(|event| event.words.clone()),
        "field" => notice.field(id).map(|field| field.label.clone()),
        "kind" => kind_says(notice, id),
        "purpose" => notice.purpose(id).map(|purpose| purpose.words.clone()),
        "recipient" => notice.recipient(id).map(|recipient| recipient.name.clone()),
        "store" => notice.store(id).map(|store| store.words.clone()),
        _ => None,
    };
    words.unwrap_or_default()
}

fn kind_says(notice: &Notice, id: &str) -> Option<String> {
    match id.split_once('.') {
        None => Some(notice.kind(id)?.words.clone()),
        Some((id, "keep")) => Some(notice.kind(id)?.keep.words(notice)),
        Some((id, _)) => Some(notice.kind(id)?.words.clone()),
    }
}

#[derive(Template)]
#[template(path = "face/fact.html")]
struct FactPart<'a> {
    fact: &'a Fact,
}

#[derive(Template)]
#[template(path = "face/clause.html")]
struct ClausePart<'a> {
    clause: &'a Clause,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, HOSTILE, TODAY, notice};
    use super::*;
    use jiff::civil::date;

    fn fact(due: Option<Date>) -> Fact {
        let notice = notice();
        let fact = Fact::of(&notice, "enquiry", due, TODAY).expect("the fixture has enquiries");
        fact.value(&notice, "name", "Mary Poole").value(&notice, "topic", "broadband")
    }

    #[test]
    fn a_fact_says_why_from_whom_until_when_and_who_opened_it() {
        let html = fact(Some(date(2027, 2, 19))).html().to_string();
        for words in [
            "Mary Poole",
            "Broadband and network",
            "href=\"/privacy#purpose-answer-enquiries\"",
            "Answer what you ask.",
            "you",
            "Friday 19 February 2027, in 88 days",
            "90 days after we closed your enquiry",
            "Example Mail Limited",
            "Nobody has seen it",
            "<dt>Handled for us by</dt>",
        ] {
            assert!(html.contains(words), "{words} is missing: {html}");
        }
    }

    #[test]
    fn days_on_which_it_was_seen_are_counted_and_roles_named_once() {
        let opening = |day, by: &str| Opened { day, by: by.into(), purpose: "answer-enquiries".into() };
        let html = fact(None).opened(vec![opening(TODAY, "desk"), opening(TODAY, "you")]).html().to_string();
        assert!(html.contains("Seen on 1 day: by our desk and by you"), "{html}");
        let seen = [opening(TODAY, "desk"), opening(date(2026, 11, 21), "mailer"), opening(TODAY, "you")];
        let again = [opening(date(2026, 11, 20), "desk")];
        let html = fact(None).opened(seen.into_iter().chain(again).collect()).html().to_string();
        assert!(html.contains("Seen on 3 days: by our desk, by our mail system and by you"), "{html}");
        assert!(html.contains("Our desk") && html.contains("You"), "{html}");
    }

    #[test]
    fn the_end_is_said_in_words_before_it_is_coloured() {
        let until = |due| Until { due, today: TODAY, moved_by: String::new() };
        assert_eq!(until(None).words(), "No date yet");
        assert_eq!(
            (until(Some(date(2026, 11, 24))).words().as_str(), until(Some(date(2026, 11, 24))).state()),
            ("Tuesday 24 November 2026, tomorrow", "soon")
        );
        assert_eq!(
            (until(Some(TODAY)).words().as_str(), until(Some(TODAY)).state()),
            ("Due since Monday 23 November 2026: closed, and being deleted", "overdue")
        );
    }

    #[test]
    fn a_field_unknown_to_the_notice_is_still_shown() {
        let html = fact(None).value(&notice(), "fax", "01632 960 002").html().to_string();
        assert!(html.contains("fax") && html.contains("01632 960 002") && html.contains("not recorded"), "{html}");
    }

    #[test]
    fn a_secret_is_never_shown() {
        let html = fact(None).value(&notice(), "password", "correct horse").html().to_string();
        assert!(!html.contains("horse"), "{html}");
    }

    #[test]
    fn hostile_values_are_escaped_in_a_fact() {
        let mut hostile = fact(None).value(&notice(), "name", HOSTILE);
        hostile.title = HOSTILE.into();
        hostile.why.push((HOSTILE.into(), HOSTILE.into()));
        hostile.to.push(Recipients { how: "May be given to", names: vec![HOSTILE.into()] });
        hostile.until.moved_by = HOSTILE.into();
        hostile.opened.push(Opened { day: TODAY, by: HOSTILE.into(), purpose: HOSTILE.into() });
        fixture::assert_harmless(hostile.html().as_str());
    }

    #[test]
    fn the_margin_quotes_clauses_and_names_those_that_are_missing() {
        let html = Clause::of(&notice(), &["purpose.answer-enquiries", "kind.enquiry.keep", "kind.horoscope"])
            .html()
            .to_string();
        assert!(
            html.contains("href=\"/privacy#purpose-answer-enquiries\"") && html.contains("Answer what you ask."),
            "{html}"
        );
        assert!(html.contains("90 days after we closed your enquiry"), "{html}");
        assert!(html.contains("Missing") && html.contains("kind.horoscope"), "{html}");
    }
}
