//! The desk: lists without openings, openings under a purpose, answers, notes, closing.

use super::support::{Answer, Browser, House, urlencoded};
use axum::body::Body;
use axum::http::header;
use candour::web::session::{self, STAFF};
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use notice::{Ask, Fields};

store::statements! {
    INSERT_STAFF = "INSERT INTO staff (person_id, ground, role, state, last_step, failures, locked_until) VALUES ($1, $2, $3, 'active', 0, 0, 0)";
    FIND_PERSON = "SELECT person_id, ground FROM enquiry_reference WHERE reference = $1";
    LIST_OPENINGS = "SELECT h.kind, o.actor, o.purpose FROM opening o JOIN holding h ON h.person_id = o.person_id AND h.holding_id = o.holding_id \
        WHERE o.person_id = $1 AND h.ground = $2 ORDER BY h.kind, o.actor, o.purpose, o.day";
    LIST_DUE = "SELECT kind, due_on FROM holding WHERE person_id = $1 AND ground = $2 ORDER BY kind, due_on";
    COUNT_ENTRIES = "SELECT count(*) FROM enquiry_entry WHERE person_id = $1 AND ground = $2 AND sort = $3";
}

const MESSAGE: &str = "Our line fails each morning at registration.";
const REPLY: &str = "An engineer has replaced the termination unit.";

/// A member of staff at a browser.
pub(crate) struct Clerk {
    browser: Browser,
    cookie: String,
}

impl Clerk {
    /// Joins with a record and a session of their own.
    pub(crate) async fn hire(house: &House, role: &'static str, name: &'static str) -> Self {
        let custody = house.app.custody().clone();
        let taking = house.app.custody().write("hire", move |tx| {
            let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
            let (actor, holding) = (Actor::staff(role, person), HoldingId::draw(tx.random()));
            let ask = Ask { actor: role, purpose: "run-desk", kind: "staff", fields: Fields::All };
            let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(Error::Refused)?;
            let record = Record::new().with("name", name).with("email", format!("{role}@segfl.example"));
            let new = New { person, holding, ground, record: &record, events: &["staff.joined", "staff.last-sign-in"] };
            custody.take(tx, &allowed, &actor, &new)?;
            tx.execute(&INSERT_STAFF, &[person.into(), ground.into(), role.into()])?;
            Ok::<_, Error>(session::begin(tx, STAFF, person, ground, role)?.text())
        });
        let token = taking.await.expect("hired");
        Self { browser: Browser::default(), cookie: format!("__Host-staff={token}") }
    }

    /// Asks for a page.
    pub(crate) async fn get(&mut self, house: &House, path: &str) -> Answer {
        let request = self.browser.request("GET", path).header(header::COOKIE, &self.cookie).body(Body::empty());
        self.browser.send(house, request.expect("a request")).await
    }

    /// Sends a form from our own page.
    pub(crate) async fn post(&mut self, house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self
            .browser
            .request("POST", path)
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(urlencoded(form)));
        self.browser.send(house, request.expect("a request")).await
    }

    /// Sends a form with a file from our own page.
    pub(crate) async fn post_parts(&mut self, house: &House, path: &str, parts: &[(&str, &str)]) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            let file = if *name == "file" { "; filename=\"notice.toml\"" } else { "" };
            format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        };
        let body = parts.iter().map(part).collect::<String>() + "--part--\r\n";
        let request = self
            .browser
            .request("POST", path)
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part")
            .body(Body::from(body));
        self.browser.send(house, request.expect("a request")).await
    }

    /// Opens an enquiry to answer it.
    pub(crate) async fn open(&mut self, house: &House, reference: &str) -> Answer {
        self.get(house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await.expect(200)
    }

    /// Opens it and sends one of its forms, with the key of that page.
    pub(crate) async fn act(&mut self, house: &House, reference: &str, act: &str, more: &[(&str, &str)]) -> Answer {
        let key = self.open(house, reference).await.hidden("key");
        let form = [&[("key", key.as_str()), ("for", "answer-enquiries")], more].concat();
        self.post(house, &format!("/staff/enquiries/{reference}/{act}"), &form).await
    }
}

/// Somebody asks; gives the reference.
pub(crate) async fn asked(house: &House) -> String {
    asks(house, "broadband", "mary.poole@hillside.example").await
}

/// The same, about another topic.
async fn asked_about(house: &House, topic: &str) -> String {
    asks(house, topic, "mary.poole@hillside.example").await
}

/// The same, from another address.
async fn asked_from(house: &House, email: &str) -> String {
    asks(house, "broadband", email).await
}

async fn asks(house: &House, topic: &str, email: &str) -> String {
    let mut browser = Browser::default();
    let form = [
        ("name", "Mary Poole"),
        ("email", email),
        ("school", "Hillside Primary"),
        ("role", ""),
        ("telephone", ""),
        ("topic", topic),
        ("message", MESSAGE),
    ];
    let check = browser.post(house, "/enquiries/check", &form).await.expect(200);
    let sent = browser.post(house, "/enquiries", &[("form", &check.hidden("form"))]).await.expect(303);
    sent.location.rsplit('/').next().expect("a reference").to_owned()
}

/// Whose an enquiry is.
pub(crate) async fn whose(house: &House, reference: &str) -> (PersonId, Ground) {
    let reference = reference.to_owned();
    let found = house.app.custody().store().read("whose", move |tx| {
        let row = tx.one(&FIND_PERSON, &[reference.as_str().into()])?;
        Ok::<_, store::Error>((PersonId(row.get(0)?), Ground(row.get(1)?)))
    });
    found.await.expect("found")
}

async fn openings(house: &House, reference: &str) -> Vec<(String, String, String)> {
    let (person, ground) = whose(house, reference).await;
    let found = house.app.custody().store().read("openings", move |tx| {
        let rows = tx.all(&LIST_OPENINGS, &[person.into(), ground.into()])?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect::<Result<Vec<_>, store::Error>>()
    });
    found.await.expect("found")
}

async fn due_days(house: &House, reference: &str) -> Vec<String> {
    let (person, ground) = whose(house, reference).await;
    let found = house.app.custody().store().read("due", move |tx| {
        let rows = tx.all(&LIST_DUE, &[person.into(), ground.into()])?;
        rows.iter().map(|row| row.get(1)).collect::<Result<Vec<String>, store::Error>>()
    });
    found.await.expect("found")
}

async fn entries(house: &House, reference: &str, sort: &'static str) -> i64 {
    let (person, ground) = whose(house, reference).await;
    let found =
        house.app.custody().store().read("entries", move |tx| {
            tx.one(&COUNT_ENTRIES, &[person.into(), ground.into(), sort.into()])?.get::<i64>(0)
        });
    found.await.expect("found")
}

async fn subjects(house: &House, begin: &str) -> Vec<String> {
    house
        .letters()
        .await
        .into_iter()
        .map(|(_, subject, _)| subject)
        .filter(|subject| subject.starts_with(begin))
        .collect()
}

#[tokio::test]
async fn a_visitor_is_led_to_the_sign_in() {
    let house = House::new();
    for path in ["/staff", "/staff/enquiries/ENQ-0000-0000", "/staff/retention", "/staff/refusals", "/staff/mail"] {
        let answer = Browser::default().get(&house, path).await.expect(303);
        assert_eq!(answer.location, "/staff/sign-in", "{path}");
    }
}

#[tokio::test]
async fn the_inbox_says_what_waits_and_opens_nothing() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff").await.expect(200).says("No enquiry waits for an answer.");
    let reference = asked(&house).await;
    let inbox = desk.get(&house, "/staff").await.expect(200);
    let inbox = inbox
        .says("1 enquiry waits for an answer, since Monday 23 November 2026.")
        .says(&reference)
        .says("Broadband and network");
    for secret in ["Mary", "Hillside", MESSAGE] {
        assert!(!inbox.body.contains(secret), "{secret}");
    }
    desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200).says("Open to answer the enquiry");
    assert!(openings(&house, &reference).await.iter().all(|(_, actor, _)| actor != "desk"));
}

#[tokio::test]
async fn the_inbox_is_narrowed_by_state() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let (open, closed) = (asked(&house).await, asked(&house).await);
    desk.act(&house, &closed, "close", &[]).await.expect(303);
    let waiting = desk.get(&house, "/staff?state=waiting").await.expect(200);
    assert!(waiting.body.contains(&open) && !waiting.body.contains(&closed));
    let shut = desk.get(&house, "/staff?state=closed").await.expect(200);
    assert!(shut.body.contains(&closed) && !shut.body.contains(&open));
}

#[tokio::test]
async fn the_inbox_goes_on_from_page_to_page() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let mut all = Vec::new();
    for n in 0..27 {
        all.push(asked_from(&house, &format!("mary.poole{n}@hillside.example")).await);
    }
    let first = desk.get(&house, "/staff").await.expect(200);
    let next = first
        .body
        .split("href=\"")
        .find(|link| link.contains("before="))
        .expect("a link")
        .split('"')
        .next()
        .expect("an end")
        .replace("&amp;", "&");
    let second = desk.get(&house, &next).await.expect(200);
    let on = |page: &Answer| all.iter().filter(|one| page.body.contains(one.as_str())).count();
    assert_eq!((on(&first), on(&second)), (25, 2));
}

#[tokio::test]
async fn what_is_overdue_is_said_in_words() {
    let house = House::new();
    let reference = asked(&house).await;
    house.pass_days(9).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff").await.expect(200).says("Overdue: promised for 30 Nov 2026");
    desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200).says("An answer is overdue");
}

#[tokio::test]
async fn opening_shows_the_conversation_and_leaves_one_row_a_day() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let page = desk.open(&house, &reference).await;
    page.says("Mary Poole").says(MESSAGE).says("Hillside Primary").says("Our desk").says("Send the answer");
    desk.open(&house, &reference).await;
    let mine = |rows: Vec<(String, String, String)>| {
        rows.into_iter().filter(|(_, actor, _)| actor == "desk").collect::<Vec<_>>()
    };
    let row = |kind: &str| (kind.to_owned(), "desk".to_owned(), "answer-enquiries".to_owned());
    let once = mine(openings(&house, &reference).await);
    assert!(once.contains(&row("enquiry")) && once.contains(&row("enquiry-message")), "{once:?}");
    let named: Vec<_> = openings(&house, &reference).await;
    desk.open(&house, &reference).await;
    assert_eq!(named, openings(&house, &reference).await, "a repeated opening of a day adds no row");
    house.pass_days(1).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.open(&house, &reference).await;
    assert_eq!(mine(openings(&house, &reference).await).len(), once.len() + 2);
}

#[tokio::test]
async fn an_operator_opens_nothing_and_the_refusal_is_counted_once() {
    let house = House::new();
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    let reference = asked(&house).await;
    let refused = operator.get(&house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await.expect(403);
    let refused = refused
        .says("/privacy#purpose-answer-enquiries")
        .says("The role &#34;operator&#34; may not use this for the purpose &#34;Answer what you ask us")
        .says("mailto:privacy@segfl.example");
    assert!(!refused.body.contains("Mary"));
    let refusals = operator.get(&house, "/staff/refusals").await.expect(200);
    refusals.says("1 refusal in the last 90 days, by purpose.answer-enquiries.").says("Answer what you ask us");
    assert!(openings(&house, &reference).await.iter().all(|(_, actor, _)| actor != "operator"));
    let key = "AAAAAAAAAAAAAAAAAAAAAA";
    for act in ["answer", "note", "close", "reopen"] {
        let path = format!("/staff/enquiries/{reference}/{act}");
        operator.post(&house, &path, &[("key", key), ("message", REPLY)]).await.expect(403);
    }
}

#[tokio::test]
async fn whom_the_notice_lets_see_no_enquiry_is_shown_no_list_and_no_reference() {
    let house = House::new();
    let reference = asked(&house).await;
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    assert_eq!(operator.get(&house, "/staff").await.expect(303).location, "/staff/retention");
    operator.get(&house, "/staff/refusals").await.expect(200).says("Nothing was refused in the last 90 days.");
    let refused = operator.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(403);
    assert!(!refused.body.contains("Broadband") && !refused.body.contains(&reference), "{}", refused.body);
    operator.get(&house, "/staff/refusals").await.expect(200).says("1 refusal in the last 90 days");
}

#[tokio::test]
async fn a_request_about_data_is_acknowledged_and_only_the_officer_answers_and_closes_it() {
    let house = House::new();
    let reference = asked_about(&house, "privacy").await;
    let letters = house.letters().await;
    let (_, _, text) =
        letters.iter().find(|(_, subject, _)| subject.starts_with("We have received")).expect("a letter");
    assert!(text.contains("this letter acknowledges it. We answer within one month."), "{text}");

    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let page = desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    page.says("Acknowledged").says("Wednesday 23 December 2026").says("the data protection officer answers it");
    let page = desk.open(&house, &reference).await.says("Save the note");
    assert!(!page.body.contains("Send the answer") && !page.body.contains("Close the enquiry"), "{}", page.body);
    desk.act(&house, &reference, "note", &[("note", "Passed to Tomos.")]).await.expect(303);
    let refused = desk.act(&house, &reference, "answer", &[("message", REPLY)]).await.expect(403);
    refused.says("/privacy#purpose-handle-rights");
    desk.act(&house, &reference, "close", &[]).await.expect(403);
    assert_eq!(entries(&house, &reference, "answer").await, 0);

    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    officer.act(&house, &reference, "answer", &[("message", REPLY)]).await.expect(303);
    officer.act(&house, &reference, "close", &[]).await.expect(303);
    assert_eq!(subjects(&house, "We have answered").await.len(), 1);
    let row = ("enquiry".to_owned(), "officer".to_owned(), "handle-rights".to_owned());
    assert!(openings(&house, &reference).await.contains(&row));
}

#[tokio::test]
async fn other_enquiries_are_not_called_requests() {
    let house = House::new();
    let reference = asked(&house).await;
    assert!(house.letters().await.iter().all(|(_, _, text)| !text.contains("acknowledges")));
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let page = officer.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    assert!(!page.body.contains("One month ends"));
}

#[tokio::test]
async fn staff_read_of_the_person_and_not_when_they_looked() {
    let house = House::new();
    let reference = asked(&house).await;
    let (person, ground) = whose(&house, &reference).await;
    let custody = house.app.custody().clone();
    let looking = house.app.custody().write("look", move |tx| {
        let you = Actor::you(person);
        let ask = Ask { actor: "you", purpose: "show-you", kind: "enquiry", fields: Fields::All };
        let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(Error::Refused)?;
        let holding = custody.holding_on(tx, person, ground, "enquiry")?.ok_or(Error::Gone)?;
        let permit = custody.permit(tx, &allowed, &you, person, holding)?;
        custody.open(tx, &permit).map(drop)
    });
    looking.await.expect("looked");
    assert!(openings(&house, &reference).await.iter().any(|(_, actor, _)| actor == "you"));
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let page = desk.open(&house, &reference).await.says("The enquiry, and how to reach the person");
    let fact = page.body.split("<section class=\"fact\"").nth(1).expect("a fact").split("</section>").next();
    let seen = fact.expect("an end").split("<details>").nth(1).expect("who opened it");
    assert!(!seen.to_lowercase().contains("you,") && !seen.contains("person themself"), "{seen}");
    assert!(page.body.contains("<dd>the person</dd>"), "{}", page.body);
}

#[tokio::test]
async fn the_officer_has_a_purpose_more_than_the_desk() {
    let house = House::new();
    let reference = asked(&house).await;
    let path = format!("/staff/enquiries/{reference}");
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    officer.get(&house, &path).await.expect(200).says("Open to handle their rights");
    officer.get(&house, &format!("{path}?for=handle-rights")).await.expect(200).says(MESSAGE);
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, &format!("{path}?for=handle-rights")).await.expect(403).says("purpose.handle-rights");
    desk.get(&house, &format!("{path}?for=nonsense")).await.expect(400);
}

#[tokio::test]
async fn an_answer_carries_the_name_of_who_gave_it_and_its_letter_repeats_nothing() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let back = desk.act(&house, &reference, "answer", &[("message", REPLY)]).await.expect(303);
    assert_eq!(back.location, format!("/staff/enquiries/{reference}?for=answer-enquiries&done=answered"));
    let page = desk.get(&house, &back.location).await.expect(200);
    page.says("Your answer is saved").says(REPLY).says("Asha Rahman, our answer").says("Answered");
    let letters = house.letters().await;
    let (to, _, text) =
        letters.iter().find(|(_, subject, _)| subject.starts_with("We have answered")).expect("a letter");
    assert_eq!(to, "mary.poole@hillside.example");
    assert!(
        text.contains(&reference) && text.contains("/enquiries/link/") && text.contains("desk@segfl.example"),
        "{text}"
    );
    for (_, subject, text) in &letters {
        for typed in [MESSAGE, REPLY, "Mary", "Hillside", "Asha"] {
            assert!(!text.contains(typed) && !subject.contains(typed), "{typed}: {text}");
        }
    }
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_answer_and_one_letter() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let key = desk.open(&house, &reference).await.hidden("key");
    for _ in 0..2 {
        let form = [("key", key.as_str()), ("for", "answer-enquiries"), ("message", REPLY)];
        desk.post(&house, &format!("/staff/enquiries/{reference}/answer"), &form).await.expect(303);
    }
    assert_eq!(entries(&house, &reference, "answer").await, 1);
    assert_eq!(subjects(&house, "We have answered").await.len(), 1);
}

#[tokio::test]
async fn an_empty_answer_is_said_and_a_long_one_is_not_lost() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let empty = desk.act(&house, &reference, "answer", &[("message", " ")]).await.expect(422);
    empty.says("There is a problem").says("Enter your answer").says("<title>Error: ").says(MESSAGE);
    let long = "long ".repeat(4_000);
    let kept = desk.act(&house, &reference, "answer", &[("message", &long)]).await.expect(422);
    kept.says(long.trim());
    assert_eq!(entries(&house, &reference, "answer").await, 0);
    assert!(subjects(&house, "We have answered").await.is_empty());
}

#[tokio::test]
async fn a_form_that_is_not_ours_changes_nothing() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let path = format!("/staff/enquiries/{reference}");
    desk.post(&house, &format!("{path}/answer"), &[("message", REPLY)]).await.expect(400);
    desk.act(&house, &reference, "answer", &[("message", REPLY), ("horoscope", "Leo")]).await.expect(400);
    desk.act(&house, &reference, "close", &[("message", REPLY)]).await.expect(400);
    desk.act(&house, &reference, "answer", &[("message", "a"), ("message", "b")]).await.expect(400);
    desk.get(&house, "/staff/enquiries/ENQ-0000-0000").await.expect(404);
    desk.get(&house, "/staff/enquiries/nonsense?for=answer-enquiries").await.expect(404);
    assert_eq!(entries(&house, &reference, "answer").await, 0);
}

#[tokio::test]
async fn a_note_stands_beside_the_conversation_and_no_letter_speaks_of_it() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let before = house.letters().await.len();
    let note = "Rang the school; <b>they call back</b>.";
    let back = desk.act(&house, &reference, "note", &[("note", note)]).await.expect(303);
    let page = desk.get(&house, &back.location).await.expect(200);
    page.says("Note by our staff").says("Rang the school; &#60;b&#62;they call back").says("Waits for an answer");
    assert_eq!(house.letters().await.len(), before);
    desk.act(&house, &reference, "note", &[("note", "")]).await.expect(422).says("Enter your note");
}

#[tokio::test]
async fn closing_moves_the_end_to_ninety_days_and_reopening_moves_it_back() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    desk.act(&house, &reference, "note", &[("note", "Rang the school.")]).await.expect(303);
    let open = due_days(&house, &reference).await;
    assert!(open.iter().all(|day| day == "2027-11-23"), "{open:?}");
    let back = desk.act(&house, &reference, "close", &[]).await.expect(303);
    desk.get(&house, &back.location).await.expect(200).says("The enquiry is closed").says("Sunday 21 February 2027");
    let closed = due_days(&house, &reference).await;
    assert!(closed.len() == 3 && closed.iter().all(|day| day == "2027-02-21"), "{closed:?}");
    let letters = house.letters().await;
    let (_, _, text) =
        letters.iter().find(|(_, subject, _)| subject.starts_with("Your enquiry is closed")).expect("a letter");
    assert!(text.contains("Sunday 21 February 2027") && !text.contains("Mary"), "{text}");
    // Closing what is closed writes to nobody.
    desk.act(&house, &reference, "close", &[]).await.expect(303);
    assert_eq!(subjects(&house, "Your enquiry is closed").await.len(), 1);
    let back = desk.act(&house, &reference, "reopen", &[]).await.expect(303);
    desk.get(&house, &back.location).await.expect(200).says("The enquiry is open again").says("Waits for an answer");
    assert_eq!(due_days(&house, &reference).await, open);
}

#[tokio::test]
async fn an_answer_to_a_closed_enquiry_opens_it_again() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    desk.act(&house, &reference, "close", &[]).await.expect(303);
    desk.act(&house, &reference, "answer", &[("message", REPLY)]).await.expect(303);
    assert!(due_days(&house, &reference).await.iter().all(|day| day == "2027-11-23"));
}

#[tokio::test]
async fn a_withdrawn_enquiry_is_closed_to_the_desk() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    let key = desk.open(&house, &reference).await.hidden("key");
    let (person, ground) = whose(&house, &reference).await;
    let custody = house.app.custody().clone();
    let withdrawing = house.app.custody().write("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry"));
    withdrawing.await.expect("withdrawn");
    let page = desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    let page = page.says("The person withdrew this. It is closed, and will be deleted on Monday 30 November 2026.");
    assert!(!page.body.contains("<button name=\"for\""));
    let refused = desk.get(&house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await.expect(403);
    assert!(!refused.body.contains("Mary"));
    for (act, field) in [("answer", "message"), ("note", "note"), ("close", ""), ("reopen", "")] {
        let mut form = vec![("key", key.as_str())];
        form.extend((!field.is_empty()).then_some((field, REPLY)));
        desk.post(&house, &format!("/staff/enquiries/{reference}/{act}"), &form).await.expect(403);
    }
    assert_eq!(entries(&house, &reference, "note").await, 0);
    assert!(!desk.get(&house, "/staff").await.expect(200).body.contains(&reference));
    house.pass_days(8).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(404);
}

#[tokio::test]
async fn a_due_enquiry_says_that_it_is_closed_and_gives_nothing() {
    let house = House::new();
    let reference = asked(&house).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.act(&house, &reference, "close", &[]).await.expect(303);
    // The clock alone makes it due; no sweep has run.
    house.app.clock().move_to("2027-02-21T09:00:00Z".parse().expect("an instant"));
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, &format!("/staff/enquiries/{reference}"))
        .await
        .expect(200)
        .says("The time for which this may be kept is over");
    let refused = desk.get(&house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await.expect(403);
    assert!(refused.body.contains("/privacy#kind-enquiry-keep") && !refused.body.contains("Mary"), "{}", refused.body);
}

#[tokio::test]
async fn a_notice_without_notes_closes_notes_alone() {
    let notice = super::support::NOTICE.replace("id = \"enquiry-note\"", "id = \"enquiry-remark\"");
    let house = House::under(&notice);
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let reference = asked(&house).await;
    assert!(!desk.open(&house, &reference).await.body.contains("Save the note"));
    desk.act(&house, &reference, "note", &[("note", "x")]).await.expect(403).says("kind.enquiry-note");
    desk.act(&house, &reference, "answer", &[("message", REPLY)]).await.expect(303);
}
