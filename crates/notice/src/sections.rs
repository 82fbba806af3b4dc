//! The sections of the file and their keys: from one spanned table to one value of the model.

mod keys;
mod kind;
mod others;
mod promises;

use crate::codes::{self, ACTORS, BASES, PARTS, SHAPES};
use crate::entry::{Entry, is_id};
use crate::gathered::Words;
use crate::{Basis, Contact, Controller, Event, Field, Head, Output, Purpose, Shape, Subject, Text};
pub(crate) use keys::{ALL, Key, Need, Section, Value, keys};
pub(crate) use kind::kind;
use law::{Period, Unit};
pub(crate) use others::{cookie, recipient, store};
pub(crate) use promises::{change, decision, disclosure, right};

const A_PERIOD: &str = "a period such as \"90 days\" or \"1 year\"";
const A_DIGEST: &str = "the 64 hexadecimal digits of a notice's digest";

pub(crate) fn head(e: &mut Entry) -> Option<Head> {
    let id = id(e, false);
    let version = e.text("version");
    let effective = e.date("effective");
    let language = language(e);
    let jurisdiction = jurisdiction(e);
    let supersedes = e.optional_parsed("supersedes", A_DIGEST);
    let review_due = e.optional_date("review_due");
    let backup_window = e.optional_parsed("backup_window", A_PERIOD);
    if e.get("backup_window").is_none() {
        let words = Words {
            why: "the notice does not say within what time erased data is gone from every copy".into(),
            mend: "add a line `backup_window = \"14 days\"`".into(),
            rests_on: "UK GDPR Art 5(1)(e), 17; promise P31",
        };
        e.gathered.uncovered("C13", "notice.backup_window", e.place.clone(), words);
    }
    Some(Head {
        id: id?,
        version: version?,
        effective: effective?,
        supersedes,
        language: language?,
        jurisdiction: jurisdiction?,
        review_due,
        backup_window,
    })
}

fn language(e: &mut Entry) -> Option<String> {
    let tag = e.text("language")?;
    let is_tag = tag.len() <= 35
        && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if is_tag {
        return Some(tag);
    }
    e.bad("language", format!("`language` of `notice` is {tag:?}"), "write a BCP 47 tag such as \"en-GB\"".into());
    None
}

fn jurisdiction(e: &mut Entry) -> Option<String> {
    let law = e.text("jurisdiction")?;
    if law == "uk" {
        return Some(law);
    }
    let why = format!("the law of {law:?} is not supported yet");
    unsupported(e, "jurisdiction", why, "write \"uk\"");
    None
}

pub(crate) fn controller(e: &mut Entry) -> Option<Controller> {
    let name = e.text("name");
    let short = e.text("short");
    let address = e.text("address");
    let registration = e.optional_text("registration");
    let company = e.optional_text("company");
    let charity = e.optional_text("charity");
    let public_authority = e.flag("public_authority");
    let example = e.words("example", &codes::EXAMPLES);
    Some(Controller {
        name: name?,
        short: short?,
        address: address?,
        registration,
        company,
        charity,
        public_authority,
        example,
    })
}

pub(crate) fn contact(e: &mut Entry) -> Option<Contact> {
    let id = id(e, false);
    let role = e.text("role");
    let email = e.optional_text("email");
    let post = e.optional_text("post");
    let web = e.optional_text("web");
    let answers_within = e.converted("answers_within", "working days such as \"5 working days\"", codes::working_days);
    if email.as_ref().is_some_and(|email| !is_address(email)) {
        e.bad(
            "email",
            format!("`email` of `{}` is no address", e.clause),
            "write an address such as \"desk@county.example\"".into(),
        );
    }
    if web.as_ref().is_some_and(|web| !is_web(web)) {
        e.bad(
            "web",
            format!("`web` of `{}` is no web address", e.clause),
            "write an address that begins with https://".into(),
        );
    }
    Some(Contact { id: id?, role: role?, email, post, web, answers_within })
}

/// A light check: the role's own mail system is the judge of the rest.
fn is_address(email: &str) -> bool {
    email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
        && !email.chars().any(|c| c.is_whitespace() || "<>\"'&".contains(c))
}

/// Only https: nothing else may become a link of a page.
fn is_web(web: &str) -> bool {
    web.strip_prefix("https://").is_some_and(|rest| rest.contains('.'))
        && !web.chars().any(|c| c.is_whitespace() || "<>\"'".contains(c))
}

pub(crate) fn subject(e: &mut Entry) -> Option<Subject> {
    let id = id(e, false);
    let words = e.text("words");
    let party = e.flag("party");
    let children = e.flag("children");
    Some(Subject { id: id?, words: words?, party, children })
}

pub(crate) fn field(e: &mut Entry) -> Option<Field> {
    let id = id(e, false);
    let label = e.text("label");
    let shape = shape(e);
    let category = e.text("category");
    let hint = e.optional_text("hint");
    let max = e.number("max", 1..=20_000);
    let special = e.flag("special");
    let lookup = e.get("lookup").is_some() && e.one_of("lookup", &codes::LOOKUPS)? == "exact";
    let shape = shape?;
    let max = max.map_or(shape.max(), |max| max as usize);
    Some(Field { id: id?, label: label?, shape, category: category?, hint, max, special, lookup })
}

fn shape(e: &mut Entry) -> Option<Shape> {
    let options = e.options("options");
    let code = e.one_of("type", &codes::SHAPE_CODES)?;
    match (code.as_str(), e.get("options").is_some()) {
        ("choice", true) if options.is_empty() => {
            e.bad("options", format!("`{}` is a choice with nothing to choose", e.clause), "add options".into());
            None
        }
        ("choice", true) => Some(Shape::Choice(options)),
        ("choice", false) => {
            e.required("options")?;
            None
        }
        (_, true) => {
            let why = format!("`{}` has options but is no choice", e.clause);
            e.bad("options", why, "write `type = \"choice\"`, or take the options out".into());
            None
        }
        (code, false) => SHAPES.iter().find(|(name, _)| *name == code).map(|(_, shape)| shape.clone()),
    }
}

pub(crate) fn purpose(e: &mut Entry) -> Option<Purpose> {
    let id = id(e, false);
    let words = e.text("words");
    let basis = basis(e);
    let interest = e.optional_text("interest");
    let assessment = e.optional_text("assessment");
    let law = e.optional_text("law");
    let condition = e.get("condition").is_some().then(|| e.one_of("condition", &codes::CONDITIONS)).flatten();
    let schedule = e.optional_text("schedule");
    let objectable = e.flag("objectable");
    e.required("by");
    let by = e.words("by", &ACTORS);
    let output = output(e);
    let said = e.plain_texts("said");
    Some(Purpose {
        id: id?,
        words: words?,
        basis: basis?,
        interest,
        assessment,
        law,
        condition,
        schedule,
        objectable,
        by,
        output: output?,
        said,
    })
}

fn basis(e: &mut Entry) -> Option<Basis> {
    let Some(value) = e.get("basis") else {
        no_basis(e, format!("`{}` has no lawful basis", e.clause));
        return Some(Basis::Unstated);
    };
    if value.get_ref().is_array() {
        no_basis(e, format!("`{}` has a list of bases, but each purpose rests on one", e.clause));
        return Some(Basis::Unstated);
    }
    if value.get_ref().as_str() == Some("consent") {
        let why = format!(
            "`{}` rests on consent, which is not supported yet: it needs records of it and a way to withdraw it",
            e.clause
        );
        unsupported(e, "basis", why, "choose another basis, or leave the purpose out");
        return None;
    }
    let word = e.one_of("basis", &codes::BASIS_CODES)?;
    BASES.into_iter().find(|(code, _)| *code == word).map(|(_, basis)| basis)
}

fn no_basis(e: &mut Entry, why: String) {
    let place = e.gathered.place(&e.clause, "basis");
    let mend = "add one `basis`, and split a purpose that needs two".to_owned();
    e.gathered.uncovered("C05", &e.clause, place, Words { why, mend, rests_on: "UK GDPR Art 6(1), 13(1)(c)" });
}

fn output(e: &mut Entry) -> Option<Output> {
    let min_group = e.number("min_group", 2..=1_000_000);
    let aggregate = e.get("output").is_some() && e.one_of("output", &codes::OUTPUTS)? == "aggregate";
    if aggregate {
        e.required("min_group")?;
        return Some(Output::Aggregate { min_group: min_group? });
    }
    if e.get("min_group").is_some() {
        let why = format!("`{}` has a smallest group but gives no totals", e.clause);
        e.bad("min_group", why, "write `output = \"aggregate\"`, or take `min_group` out".into());
    }
    Some(Output::Personal)
}

pub(crate) fn event(e: &mut Entry) -> Option<Event> {
    let id = id(e, true);
    let words = e.text("words");
    let counts = e.plain_texts("counts");
    let certain = e.flag("certain");
    Some(Event { id: id?, words: words?, counts, certain })
}

/// The fewest days a period can have.
pub(crate) fn least_days(period: Period) -> u64 {
    let each = match period.unit {
        Unit::Day => 1,
        Unit::Week => 7,
        Unit::Month => 28,
        Unit::Year => 365,
    };
    u64::from(period.count) * each
}

fn country(e: &mut Entry) -> Option<String> {
    let country = e.optional_text("country")?;
    if country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase()) {
        return Some(country);
    }
    e.bad(
        "country",
        format!("`country` of `{}` is {country:?}", e.clause),
        "write two capitals, such as \"GB\"".into(),
    );
    None
}

pub(crate) fn text(e: &mut Entry) -> Option<Text> {
    let id = id(e, false);
    let under = e.one_of("under", &PARTS);
    let clause = e.optional_text("clause");
    let informative = e.flag("informative");
    let answers = e.plain_texts("answers");
    let words = e.text("words");
    let said = e.plain_texts("said");
    if let Some(clause) = &clause {
        let place = e.gathered.place(&e.clause, "clause");
        e.gathered.refer(&e.clause, clause.clone(), place);
        if informative {
            let why = format!("`{}` is bound to a clause and informative at once", e.clause);
            e.bad("informative", why, "take one of the two out".into());
        }
    }
    Some(Text { id: id?, under: under?, clause, answers, words: words?, said })
}

fn id(e: &mut Entry, dots: bool) -> Option<String> {
    let id = e.text("id")?;
    // As it stands, not trimmed: the id that was declared is the one of the file.
    if e.get("id").and_then(|value| value.get_ref().as_str()).is_some_and(|raw| is_id(raw, dots)) {
        return Some(id);
    }
    let why = format!("{:?} is no id", crate::entry::shortened(&id));
    e.bad("id", why, "write small letters, digits and dashes, beginning with a letter, at most 64".into());
    None
}

fn unsupported(e: &mut Entry, key: &str, why: String, mend: &str) {
    let place = e.gathered.place(&e.clause, key);
    e.gathered.misshapen("N08", &e.clause, place, why, mend.to_owned());
}
