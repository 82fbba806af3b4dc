//! The home page: the one thing to do today, what the consortium does, and how data is treated.

use super::public;
use crate::App;
use crate::face::{Shell, clause_href};
use crate::web::Answer;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use notice::Notice;

/// What a consortium does for schools.
struct Service {
    name: &'static str,
    words: &'static str,
    /// The kind of data that its pages will stand on.
    kind: &'static str,
}

/// None has pages of its own yet, and the home page says so.
const SERVICES: [Service; 4] = [
    Service {
        name: "Broadband and network",
        words: "Lines for schools, with the filtering and firewalls that belong to them.",
        kind: "service-contact",
    },
    Service { name: "Passport", words: "One sign-in to the services that a school has ordered.", kind: "account" },
    Service {
        name: "Certificates",
        words: "Certificates by which browsers know a school’s servers, renewed in time.",
        kind: "service-contact",
    },
    Service {
        name: "Procurement and quotes",
        words: "Advice before a school buys, and quotes that it can compare.",
        kind: "service-contact",
    },
];

#[derive(Template)]
#[template(path = "rooms/site/home.html")]
struct Home<'a> {
    shell: Shell<'a>,
    answers_within: Option<u32>,
    services: &'static [Service],
    /// What the services will hold, in the notice's words, and where it says so.
    holds: Vec<(&'a str, String)>,
    promises: Vec<Promise>,
}

/// A sentence about data that a clause makes true.
struct Promise {
    sentence: String,
    clause: &'static str,
}

/// `GET /`
pub(super) async fn show(State(app): State<App>, headers: HeaderMap) -> Answer {
    let notice = app.notice()?;
    let page = Home {
        shell: app.shell(&notice, "Internet services for schools", "/"),
        answers_within: notice.contact("enquiries").and_then(|contact| contact.answers_within),
        services: &SERVICES,
        holds: holds(&notice),
        promises: promises(&notice),
    };
    Ok(public(&headers, &page))
}

/// The kinds that the services will stand on, each once, where the notice covers them.
fn holds(notice: &Notice) -> Vec<(&str, String)> {
    let kinds = notice.kinds().iter().filter(|kind| SERVICES.iter().any(|service| service.kind == kind.id));
    let clauses = kinds.map(|kind| (kind.words.as_str(), format!("kind.{}", kind.id)));
    clauses.filter(|(_, clause)| notice.covers(clause)).map(|(words, clause)| (words, clause_href(&clause))).collect()
}

/// Of these sentences, those that the notice in force makes true.
fn promises(notice: &Notice) -> Vec<Promise> {
    let keep = notice.kind("enquiry").map(|kind| kind.keep.words(notice)).unwrap_or_default();
    let all = [
        ("kind.enquiry.keep", format!("We keep what you tell us so long and no longer: {keep}.")),
        (
            "purpose.show-you",
            "You can see what we hold about you and who opened it, and correct, download or withdraw it yourself."
                .to_owned(),
        ),
        ("text.about-cookies", "Reading these pages sets no cookie.".to_owned()),
    ];
    let covered = all.into_iter().filter(|(clause, _)| notice.covers(clause));
    covered.map(|(clause, sentence)| Promise { sentence, clause }).collect()
}
