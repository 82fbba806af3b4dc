//! `[[recipient]]`, `[[cookie]]` and `[[store]]`: where data goes and stands beside the database.

use super::{A_PERIOD, country, id};
use crate::codes::{self, EXCEPTIONS, ROLES, TABLES};
use crate::entry::Entry;
use crate::gathered::Words;
use crate::{Cookie, Recipient, Store};

pub(crate) fn recipient(e: &mut Entry) -> Option<Recipient> {
    let id = id(e, false);
    let name = e.text("name");
    let derived = e.get("derived").is_some().then(|| e.one_of("derived", &TABLES)).flatten();
    e.required("purposes");
    let purposes = e.ids_of("purpose", "purposes");
    let fields = recipient_fields(e);
    let role = e.get("role").is_some().then(|| e.one_of("role", &ROLES)).flatten();
    let country = country(e);
    let safeguard = e.optional_text("safeguard");
    let contract = e.optional_text("contract");
    let contract_until = e.optional_date("contract_until");
    let accepted = e.optional_text("accepted");
    let checked = e.optional_date("checked");
    let example = e.flag("example");
    let said = e.plain_texts("said");
    for (key, what) in [("role", "in what role it receives data"), ("country", "in which country the data is then")] {
        if e.get(key).is_none() {
            let why = format!("`{}` does not say {what}", e.clause);
            let mend = format!("add a line `{key} = …`");
            unstated("C06", e, Words { why, mend, rests_on: "UK GDPR Art 13(1)(e), 13(1)(f)" });
        }
    }
    Some(Recipient {
        id: id?,
        name: name?,
        derived,
        role,
        purposes,
        fields,
        country,
        safeguard,
        contract,
        contract_until,
        accepted,
        checked,
        example,
        said,
    })
}

/// `fields = { account = ["name", "email"] }`: kinds and their fields.
fn recipient_fields(e: &mut Entry) -> Vec<(String, Vec<String>)> {
    let lists = e.lists("fields");
    for (kind, place, fields) in &lists {
        e.gathered.refer(&e.clause, format!("kind.{kind}"), place.clone());
        for (field, place) in fields {
            e.gathered.refer(&e.clause, format!("kind.{kind}.fields.{field}"), place.clone());
        }
    }
    lists.into_iter().map(|(kind, _, fields)| (kind, fields.into_iter().map(|(field, _)| field).collect())).collect()
}

pub(crate) fn cookie(e: &mut Entry) -> Option<Cookie> {
    let id = id(e, false);
    let name = e.text("name");
    let setter = e.text("setter");
    let host = e.optional_text("host");
    let minutes =
        e.converted("lifetime", "a life such as \"30 minutes\" or \"24 hours\", at most a year", codes::minutes);
    let words = e.text("words");
    let exception = e.get("exception").is_some().then(|| e.one_of("exception", &EXCEPTIONS)).flatten();
    let identifies = e.flag("identifies");
    let said = e.plain_texts("said");
    for (key, what) in [("lifetime", "for how long it lives"), ("exception", "why it needs no consent")] {
        if e.get(key).is_none() {
            let why = format!("`{}` does not say {what}", e.clause);
            let mend = format!("add a line `{key} = …`, or take the cookie out");
            unstated("C18", e, Words { why, mend, rests_on: "PECR reg 6 and Schedule A1" });
        }
    }
    if name.as_ref().is_some_and(|name| !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))) {
        let why = format!("`name` of `{}` is no name of a cookie", e.clause);
        e.bad("name", why, "write letters, digits, dashes and underscores".into());
    }
    Some(Cookie { id: id?, name: name?, setter: setter?, host, minutes, words: words?, exception, identifies, said })
}

pub(crate) fn store(e: &mut Entry) -> Option<Store> {
    let id = id(e, false);
    let words = e.text("words");
    let limit = e.optional_parsed("limit", A_PERIOD);
    let country = country(e);
    let said = e.plain_texts("said");
    if e.get("limit").is_none() {
        let why = format!("`{}` does not say how long data stands there", e.clause);
        let mend = "add a line such as `limit = \"14 days\"`".to_owned();
        unstated("C19", e, Words { why, mend, rests_on: "UK GDPR Art 5(1)(e), 13(2)(a)" });
    }
    Some(Store { id: id?, words: words?, limit, country, said })
}

/// Records that a clause leaves something unsaid: it closes, and stays in the notice so that people can read it.
pub(super) fn unstated(code: &'static str, e: &mut Entry, words: Words) {
    let (clause, place) = (e.clause.clone(), e.place.clone());
    e.gathered.uncovered(code, &clause, place, words);
}
