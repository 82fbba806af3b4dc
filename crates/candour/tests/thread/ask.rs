//! Asking: from the form to the confirmation, the private link, asking for a new one, and the warning before the end.

use crate::support::{Answer, Browser, House, NOTICE};
use axum::body::Body;
use axum::http::header;
use law::Timestamp;

store::statements! {
    @list pub(crate),
    COUNT_ALL = "SELECT (SELECT count(*) FROM holding), (SELECT count(*) FROM enquiry), (SELECT count(*) FROM enquiry_reference), \
        (SELECT count(*) FROM enquiry_entry), (SELECT count(*) FROM link), (SELECT count(*) FROM session), (SELECT count(*) FROM opening), \
        (SELECT count(*) FROM mail_job), (SELECT count(*) FROM idempotency), (SELECT count(*) FROM trail), (SELECT count(*) FROM log_leaf), \
        (SELECT count(*) FROM clock)";
    LIST_LINKS = "SELECT token, until FROM link ORDER BY token";
    FIND_WHOSE = "SELECT person_id, ground FROM enquiry_reference WHERE reference = $1";
    SET_STATE = "UPDATE enquiry SET state = $2 WHERE reference = $1";
    INSERT_ANSWER = "INSERT INTO enquiry_entry (person_id, ground, holding_id, sort, at) VALUES ($1, $2, $3, 'answer', $4)";
}

const GOOD: [(&str, &str); 7] = [
    ("name", "Aoife O'Neil"),
    ("email", "aoife.oneil@hillside.example"),
    ("school", "Hillside Primary & Nursery"),
    ("role", "School business manager"),
    ("telephone", "01632 960 001"),
    ("topic", "broadband"),
    ("message", "May we have broadband of 1 Gbit/s by <September>?\r\nOur line is \"slow\" today."),
];

/// The good answers with one of them changed.
fn with<'a>(field: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    GOOD.into_iter().map(|(id, good)| if id == field { (id, value) } else { (id, good) }).collect()
}

/// As HTML writes a value.
fn escaped(value: &str) -> String {
    let text = value.replace("\r\n", "\n").replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
    text.replace('"', "&#34;").replace('\'', "&#39;")
}

fn assert_kept(page: &Answer, values: &[(&str, &str)]) {
    for (field, value) in values.iter().filter(|(field, _)| *field != "topic") {
        assert!(page.body.contains(&escaped(value)), "{field} was lost: {}", page.body);
    }
    assert!(
        page.body.contains("value=\"broadband\" checked") || page.body.contains("<dd>Broadband and network</dd>"),
        "{}",
        page.body
    );
}

/// Asks, and gives the reference.
async fn ask(house: &House, browser: &mut Browser, values: &[(&str, &str)]) -> String {
    let check = browser.post(house, "/enquiries/check", values).await.expect(200);
    let sent = browser.post(house, "/enquiries", &[("form", &check.hidden("form"))]).await.expect(303);
    sent.location.strip_prefix("/enquiries/sent/").expect("the confirmation").to_owned()
}

/// The path of the private link in a letter.
fn link(text: &str) -> String {
    let from = text.find("/enquiries/link/").expect("a link");
    text[from..].split_whitespace().next().expect("a link").to_owned()
}

/// How many rows stand in the tables that an enquiry touches.
fn counts(house: &House) -> Vec<i64> {
    let store = house.app.custody().store();
    store
        .read_blocking("counts", |tx| {
            let row = tx.one(&COUNT_ALL, &[])?;
            (0..12).map(|i| row.get(i)).collect::<Result<Vec<i64>, store::Error>>()
        })
        .expect("counted")
}

fn links(house: &House) -> Vec<(Vec<u8>, i64)> {
    let store = house.app.custody().store();
    store
        .read_blocking("links", |tx| {
            tx.all(&LIST_LINKS, &[])?
                .iter()
                .map(|row| Ok((row.get(0)?, row.get(1)?)))
                .collect::<Result<Vec<_>, store::Error>>()
        })
        .expect("listed")
}

fn enquiries(house: &House) -> i64 {
    counts(house)[1]
}

/// Lets hours pass on a running program, witnessed, without the days' jobs.
fn pass_hours(house: &House, hours: i64) {
    let mut left = hours;
    while left > 0 {
        let step = left.min(40);
        let at = house.app.clock().now().as_millisecond() + step * 3_600_000;
        house.app.clock().move_to(Timestamp::from_millisecond(at).expect("an instant"));
        house.app.custody().witness().expect("witnessed");
        left -= step;
    }
}

#[tokio::test]
async fn an_enquiry_goes_from_the_form_to_its_confirmation_and_loses_nothing_on_the_way() {
    let (house, mut browser) = (House::new(), Browser::default());
    browser
        .get(&house, "/enquiries/new")
        .await
        .expect(200)
        .says("Monday 30 November 2026")
        .says("/privacy#kind-enquiry-keep");

    let check = browser
        .post(&house, "/enquiries/check", &GOOD)
        .await
        .expect(200)
        .says("We have kept nothing yet: check your answers, then send.");
    assert_kept(&check, &GOOD);
    assert_eq!(enquiries(&house), 0);
    let again =
        browser.post(&house, "/enquiries", &[("change", "school"), ("form", &check.hidden("form"))]).await.expect(200);
    assert_kept(&again, &GOOD);

    let changed = with("school", "Riverside Academy");
    let check = browser.post(&house, "/enquiries/check", &changed).await.expect(200).says("Riverside Academy");
    let sent = browser.post(&house, "/enquiries", &[("form", &check.hidden("form"))]).await.expect(303);
    assert!(sent.location.starts_with("/enquiries/sent/ENQ-"), "{}", sent.location);
    let reference = sent.location.rsplit('/').next().expect("a reference");
    let confirmed = browser.get(&house, &sent.location).await.expect(200).says("Monday 30 November 2026");
    assert!(confirmed.body.contains(&format!("Your reference is <strong>{reference}</strong>")), "{}", confirmed.body);
    for (_, value) in changed.iter().filter(|(field, _)| *field != "topic") {
        assert!(!confirmed.body.contains(&escaped(value)), "the confirmation shows {value}");
    }
    assert!(browser.cookies().is_empty(), "{:?}", browser.cookies());
    assert_eq!(enquiries(&house), 1);
}

#[tokio::test]
async fn above_the_button_stands_who_uses_the_answers_for_what_and_that_one_can_object() {
    let (house, mut browser) = (House::new(), Browser::default());
    let notice = house.app.notice().expect("a notice");
    let page = browser.get(&house, "/enquiries/new").await.expect(200).body;
    let above = page.split("<button>Continue").next().expect("a button");
    let named = ["answer-enquiries", "send-mail"].map(|id| notice.purpose(id).expect("a purpose"));
    for purpose in named {
        let interest = purpose.interest.as_deref().expect("an interest");
        let basis = format!("Our lawful basis is {}: {}", purpose.basis.words(), escaped(interest));
        assert!(above.contains(&escaped(&purpose.words)) && above.contains(&basis), "{above}");
    }
    for words in [
        notice.controller().name.as_str(),
        "Handled for us by Example Hosting Limited and Example Mail Limited.",
        "<p><strong>You can object</strong> to this at any time: write to privacy@segfl.example (Data protection officer), or withdraw your enquiry.</p>",
        "how to complain: <a href=\"/privacy\">our privacy notice</a>",
    ] {
        assert!(above.contains(words), "{words} is missing: {above}");
    }
}

#[tokio::test]
async fn the_confirmation_says_where_the_enquiry_stands_on_every_day() {
    let (house, mut browser) = (House::new(), Browser::default());
    let page = format!("/enquiries/sent/{}", ask(&house, &mut browser, &GOOD).await);
    browser
        .get(&house, &page)
        .await
        .expect(200)
        .says("We answer by Monday 30 November 2026.")
        .says("What happens next");
    house.pass_days(8).await;
    let late = browser.get(&house, &page).await.expect(200).says("Monday 30 November 2026 and are late. We are sorry.");
    assert!(!late.body.contains("We answer by"), "{}", late.body);

    let reference = page.rsplit('/').next().expect("a reference");
    set_state(&house, reference, "closed");
    let closed = browser.get(&house, &page).await.expect(200).says("<h1>We have closed your enquiry</h1>");
    assert!(!closed.body.contains("have answered"), "nobody has answered: {}", closed.body);
    answer(&house, reference);
    for state in ["answered", "waiting", "closed"] {
        set_state(&house, reference, state);
        let told = browser.get(&house, &page).await.expect(200).says("<h1>We have answered your enquiry</h1>");
        told.says("Use your private link to read our answer.").says("/enquiries/find");
    }

    let (custody, name) = (house.app.custody().clone(), reference.to_owned());
    let withdrawn = house.app.custody().write_blocking("withdraw", move |tx| {
        let row = tx.one(&FIND_WHOSE, &[name.as_str().into()])?;
        custody.withdraw(tx, custody::PersonId(row.get(0)?), custody::Ground(row.get(1)?), "enquiry")
    });
    let on = law::words(withdrawn.expect("withdrawn"));
    let told = browser.get(&house, &page).await.expect(200).says("This enquiry is withdrawn");
    told.says(&format!("It is deleted on {on}."));
}

/// Moves the state of an enquiry, and nothing else.
fn set_state(house: &House, reference: &str, state: &'static str) {
    let (store, reference) = (house.app.custody().store(), reference.to_owned());
    let set =
        store.write_blocking("state", move |tx| tx.execute(&SET_STATE, &[reference.as_str().into(), state.into()]));
    assert_eq!(set.expect("set"), 1);
}

/// Our staff answer, without a letter.
fn answer(house: &House, reference: &str) {
    let (custody, reference) = (house.app.custody().clone(), reference.to_owned());
    let answered = house.app.custody().write_blocking("answer", move |tx| {
        let row = tx.one(&FIND_WHOSE, &[reference.as_str().into()])?;
        let (person, ground) = (custody::PersonId(row.get(0)?), custody::Ground(row.get(1)?));
        let fields = notice::Fields::All;
        let ask = notice::Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry-message", fields };
        let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(custody::Error::Refused)?;
        let holding = custody::HoldingId::draw(tx.random());
        let record = custody::Record::new().with("message", "Yes.").with("answered-by", "Rowan Ellis");
        let new = custody::New { person, holding, ground, record: &record, events: &[] };
        custody.take(tx, &allowed, &custody::Actor::system("desk"), &new)?;
        let now = tx.now().as_millisecond();
        tx.execute(&INSERT_ANSWER, &[person.into(), ground.into(), holding.into(), now.into()])?;
        Ok::<_, custody::Error>(())
    });
    answered.expect("answered");
}

/// Our staff close an enquiry: its clock towards deletion runs.
fn close(house: &House, reference: &str) {
    let (custody, name) = (house.app.custody().clone(), reference.to_owned());
    let closed = house.app.custody().write_blocking("close", move |tx| {
        let row = tx.one(&FIND_WHOSE, &[name.as_str().into()])?;
        custody.note(tx, custody::PersonId(row.get(0)?), custody::Ground(row.get(1)?), "enquiry.closed")
    });
    closed.expect("closed");
}

#[tokio::test]
async fn a_confirmation_that_nobody_was_given_is_not_found() {
    let (house, mut browser) = (House::new(), Browser::default());
    browser.get(&house, "/enquiries/sent/ENQ-0000-0000").await.expect(404);
    browser.get(&house, "/enquiries/sent/anything").await.expect(404);
}

#[tokio::test]
async fn an_empty_form_is_answered_with_what_is_missing() {
    let (house, mut browser) = (House::new(), Browser::default());
    let page = browser.post(&house, "/enquiries/check", &[]).await.expect(422);
    let page = page
        .says("<title>Error: ")
        .says("There is a problem")
        .says("Enter your name")
        .says("Enter your e-mail address");
    page.says("Select a topic").says("Enter your message");
}

#[tokio::test]
async fn a_form_with_a_mistake_keeps_everything_that_was_typed() {
    let (house, mut browser) = (House::new(), Browser::default());
    let long = "a line of words\n".repeat(1_000);
    for (field, value) in [("email", "aoife.oneil@"), ("telephone", "ask at the desk"), ("message", long.trim())] {
        let typed = with(field, value);
        let page = browser.post(&house, "/enquiries/check", &typed).await.expect(422);
        assert_kept(&page, &typed);
        assert_eq!(page.body.matches("<li><a href=\"#").count(), 1, "{}", page.body);
    }
}

#[tokio::test]
async fn a_request_that_our_form_did_not_make_is_refused() {
    let (house, mut browser) = (House::new(), Browser::default());
    let twice: Vec<_> = GOOD.into_iter().chain([("name", "Mary Poole")]).collect();
    browser.post(&house, "/enquiries/check", &twice).await.expect(400);
    let unknown: Vec<_> = GOOD.into_iter().chain([("answered-by", "Mary Poole")]).collect();
    browser.post(&house, "/enquiries/check", &unknown).await.expect(400);
    browser.post(&house, "/enquiries", &[]).await.expect(400);
    browser.post(&house, "/enquiries", &[("form", "a"), ("form", "b")]).await.expect(400);
    browser.post(&house, "/enquiries/find", &[("reference", "a"), ("reference", "b")]).await.expect(400);
    let huge = "a".repeat(70 * 1024);
    browser.post(&house, "/enquiries/check", &with("message", &huge)).await.expect(413).says("more than we can take");
    assert_eq!(enquiries(&house), 0);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let (house, mut browser) = (House::new(), Browser::default());
    let hostile = "\"'></textarea><script>alert(1)</script>";
    let typed: Vec<_> = GOOD
        .into_iter()
        .map(|(id, good)| (id, if ["email", "topic", "telephone"].contains(&id) { good } else { hostile }))
        .collect();
    let check = browser.post(&house, "/enquiries/check", &typed).await.expect(200);
    let again =
        browser.post(&house, "/enquiries", &[("change", "name"), ("form", &check.hidden("form"))]).await.expect(200);
    for page in [check, again] {
        assert!(page.body.contains(&escaped(hostile)) && !page.body.contains("<script"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_form_sent_from_another_site_is_refused_plainly() {
    let (house, mut browser) = (House::new(), Browser::default());
    for path in ["/enquiries", "/enquiries/check", "/enquiries/find"] {
        let foreign = browser
            .request("POST", path)
            .header("origin", "https://elsewhere.example")
            .header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = browser.send(&house, foreign.body(Body::from("form=x")).expect("a request")).await;
        answer.expect(403).says("sent from another site");
    }
}

#[tokio::test]
async fn an_enquiry_that_is_sent_twice_is_received_once_with_one_letter() {
    let (house, mut browser) = (House::new(), Browser::default());
    let form = browser.post(&house, "/enquiries/check", &GOOD).await.expect(200).hidden("form");
    let sending = [("form", form.as_str())];
    let mut other = browser.clone();
    let (one, two) =
        tokio::join!(browser.post(&house, "/enquiries", &sending), other.post(&house, "/enquiries", &sending));
    assert_eq!(one.expect(303).location, two.expect(303).location);
    pass_hours(&house, 23);
    browser.post(&house, "/enquiries", &sending).await.expect(303);
    assert_eq!(enquiries(&house), 1);
    assert_eq!(house.letters().await.len(), 1);
}

#[tokio::test]
async fn a_changed_or_made_up_form_is_not_sent_and_the_page_says_so() {
    let (house, mut browser) = (House::new(), Browser::default());
    let form = browser.post(&house, "/enquiries/check", &GOOD).await.expect(200).hidden("form");
    let mut changed = form.clone().into_bytes();
    changed[60] = if changed[60] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("text");
    for forged in ["", "x", &form[..form.len() - 4], &changed] {
        browser
            .post(&house, "/enquiries", &[("form", forged)])
            .await
            .expect(400)
            .says("can no longer be sent")
            .says("Start again");
    }
    assert_eq!(enquiries(&house), 0);
}

#[tokio::test]
async fn a_form_that_waited_for_more_than_a_day_is_looked_through_again() {
    let (house, mut browser) = (House::new(), Browser::default());
    let form = browser.post(&house, "/enquiries/check", &GOOD).await.expect(200).hidden("form");
    pass_hours(&house, 25);
    let page = browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(200).says("more than a day");
    assert_kept(&page, &GOOD);
    assert_eq!(enquiries(&house), 0);
}

#[tokio::test]
async fn a_form_whose_key_is_destroyed_opens_for_nobody() {
    let (house, mut browser) = (House::new(), Browser::default());
    let form = browser.post(&house, "/enquiries/check", &GOOD).await.expect(200).hidden("form");
    house.pass_days(15).await;
    browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(400).says("can no longer be sent");
}

#[tokio::test]
async fn a_form_checked_under_an_older_notice_is_looked_through_again() {
    let (house, mut browser) = (House::new(), Browser::default());
    let form = browser.post(&house, "/enquiries/check", &GOOD).await.expect(200).hidden("form");
    let newer = NOTICE
        .replace("version = \"2026-11\"", "version = \"2026-12\"")
        .replace("90 days after enquiry.closed", "60 days after enquiry.closed");
    let read = notice::read(&newer).expect("a notice").notice.expect("a whole notice");
    house.app.custody().publish(&newer, &read, "officer").expect("published");
    let page = browser
        .post(&house, "/enquiries", &[("form", &form)])
        .await
        .expect(200)
        .says("privacy notice has changed")
        .says("60 days after");
    assert_kept(&page, &GOOD);
    assert_eq!(enquiries(&house), 0);
}

#[tokio::test]
async fn the_letter_brings_reference_link_and_dates_and_echoes_nothing_typed() {
    let (house, mut browser) = (House::new(), Browser::default());
    let reference = ask(&house, &mut browser, &GOOD).await;
    let letters = house.letters().await;
    let [(to, subject, text)] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert_eq!(to, "aoife.oneil@hillside.example");
    assert!(subject.contains(&reference), "{subject}");
    let first: Vec<&str> = text.lines().take(2).collect();
    assert!(first[0].contains(&reference) && first[1].contains("desk@segfl.example"), "{text}");
    for words in [
        "Monday 30 November 2026",
        "Wednesday 23 December 2026",
        "https://portal.segfl.example/enquiries/link/",
        "90 days after we closed your enquiry",
        "We e-mail you at this address when the answer is there, with a private link to read it.",
        "it is deleted after 7 days; you can change your mind until then",
        "\n\nYou can object to our use of your data at any time: write to privacy@segfl.example (Data protection officer), or withdraw your enquiry.\n\n",
        "how to complain: https://portal.segfl.example/privacy\n",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert!(!text.contains("\n\n\n"), "{text}");
    for (field, value) in GOOD {
        for line in value.lines() {
            assert!(!text.contains(line) && !subject.contains(line), "the letter echoes {field}");
        }
    }
}

#[tokio::test]
async fn looking_at_the_link_changes_nothing_and_its_button_opens_the_enquiry() {
    let (house, mut browser) = (House::new(), Browser::default());
    ask(&house, &mut browser, &GOOD).await;
    let path = link(&house.letters().await[0].2);
    let before = (counts(&house), links(&house));
    for _ in 0..3 {
        let page = browser.get(&house, &path).await.expect(200).says("Open my enquiry");
        assert!(!page.headers.contains_key(header::SET_COOKIE));
        assert!(!page.body.contains("Aoife"), "{}", page.body);
        let head = browser.request("HEAD", &path).body(Body::empty()).expect("a request");
        browser.send(&house, head).await.expect(200);
    }
    assert_eq!((counts(&house), links(&house)), before);
    assert!(browser.cookies().is_empty());

    let opened = browser.post(&house, &path, &[]).await.expect(303);
    assert_eq!(opened.location, "/enquiries/mine");
    assert_eq!(browser.cookies(), ["__Host-enquiry"]);
    Browser::default().post(&house, &path, &[]).await.expect(303);
    assert_eq!(counts(&house)[5], 2, "the link serves again until its day");
}

#[tokio::test]
async fn a_link_that_is_over_or_was_never_given_leads_to_a_new_one() {
    let (house, mut browser) = (House::new(), Browser::default());
    ask(&house, &mut browser, &GOOD).await;
    let path = link(&house.letters().await[0].2);
    pass_hours(&house, 30 * 24 - 1);
    browser.get(&house, &path).await.expect(200);
    pass_hours(&house, 2);
    for path in [path.as_str(), "/enquiries/link/x", &format!("/enquiries/link/{}", "A".repeat(43))] {
        browser.get(&house, path).await.expect(404).says("does not work any more").says("Send me a new link");
        browser.post(&house, path, &[]).await.expect(404).says("does not work any more");
    }
    assert!(browser.cookies().is_empty());
}

#[tokio::test]
async fn asking_for_a_link_is_answered_the_same_whoever_asks() {
    let (house, mut browser) = (House::new(), Browser::default());
    let reference = ask(&house, &mut browser, &GOOD).await;
    let first = link(&house.letters().await[0].2);
    browser.get(&house, "/enquiries/find").await.expect(200).says("Send me a new link");
    let mut pages = Vec::new();
    for (reference, email) in [
        (reference.to_lowercase().as_str(), "Aoife.ONeil@hillside.example"),
        (&reference, "someone@elsewhere.example"),
        ("ENQ-0000-0000", "aoife.oneil@hillside.example"),
    ] {
        pages.push(
            browser
                .post(&house, "/enquiries/find", &[("reference", reference), ("email", email)])
                .await
                .expect(200)
                .body,
        );
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    let letters = house.letters().await;
    assert_eq!(letters.len(), 2);
    let (to, subject, text) = &letters[0];
    assert_eq!(to, "aoife.oneil@hillside.example");
    assert!(subject.contains(&reference) && text.contains("desk@segfl.example") && link(text) != first, "{text}");
    browser.post(&house, &link(text), &[]).await.expect(303);
}

#[tokio::test]
async fn a_search_with_a_mistake_keeps_what_was_typed() {
    let (house, mut browser) = (House::new(), Browser::default());
    let page = browser
        .post(&house, "/enquiries/find", &[("reference", "seven"), ("email", "a@hillside.example")])
        .await
        .expect(422);
    page.says("Enter a reference like").says("value=\"seven\"").says("value=\"a@hillside.example\"");
    browser.post(&house, "/enquiries/find", &[]).await.expect(422).says("Enter your e-mail address");
}

#[tokio::test]
async fn an_enquiry_is_given_three_links_a_day() {
    let (house, mut browser) = (House::new(), Browser::default());
    let reference = ask(&house, &mut browser, &GOOD).await;
    let search = [("reference", reference.as_str()), ("email", "aoife.oneil@hillside.example")];
    for _ in 0..4 {
        browser.post(&house, "/enquiries/find", &search).await.expect(200);
    }
    assert_eq!(links(&house).len(), 3);
    pass_hours(&house, 25);
    browser.post(&house, "/enquiries/find", &search).await.expect(200);
    assert_eq!(links(&house).len(), 4);
}

#[tokio::test]
async fn asking_for_links_too_often_has_to_wait() {
    let house = std::sync::Arc::new(House::new());
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..31 {
        let house = house.clone();
        all.spawn(async move {
            let search = [("reference", "ENQ-0000-0000"), ("email", "a@hillside.example")];
            Browser::default().post(&house, "/enquiries/find", &search).await.status.as_u16()
        });
    }
    let answers = all.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 30, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_person_is_warned_once_before_an_enquiry_is_deleted() {
    let (house, mut browser) = (House::new(), Browser::default());
    let reference = ask(&house, &mut browser, &GOOD).await;
    assert_eq!(house.letters().await.len(), 1);
    close(&house, &reference);
    pass_hours(&house, 74 * 24);
    house.pass_days(1).await;
    assert_eq!(house.letters().await.len(), 1, "16 days before is too early");
    house.pass_days(3).await;
    let letters = house.letters().await;
    assert_eq!(letters.len(), 2);
    let (to, subject, text) = &letters[0];
    assert_eq!(to, "aoife.oneil@hillside.example");
    assert!(subject.contains(&reference) && text.contains("Sunday 21 February 2027"), "{text}");
    assert!(!text.contains("Aoife") && !text.contains("Hillside"), "{text}");
    // Closed and never answered: writing again opens it, until the year after it was received is over.
    for words in ["We have not answered you. We are sorry.", "at the latest until Tuesday 23 November 2027", HUMAN] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert!(!text.contains("need nothing more"), "{text}");
    browser.get(&house, &link(text)).await.expect(200);
}

const HUMAN: &str = "If you would like a person to look at this, write to desk@segfl.example.";

#[tokio::test]
async fn the_warning_promises_nothing_that_writing_again_cannot_do() {
    let (house, mut browser) = (House::new(), Browser::default());
    ask(&house, &mut browser, &GOOD).await;
    pass_hours(&house, 350 * 24);
    house.pass_days(2).await;
    let text = &house.letters().await[0].2;
    // A year after it was received an enquiry goes, whoever writes.
    for words in ["We have not answered you. We are sorry.", "https://portal.segfl.example/enquiries/new", HUMAN] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert!(text.contains("Tuesday 23 November 2027") && !text.contains("stays open"), "{text}");
}

#[tokio::test]
async fn the_warning_of_an_answered_enquiry_asks_for_nothing() {
    let (house, mut browser) = (House::new(), Browser::default());
    let reference = ask(&house, &mut browser, &GOOD).await;
    answer(&house, &reference);
    close(&house, &reference);
    pass_hours(&house, 76 * 24);
    house.pass_days(1).await;
    let text = &house.letters().await[0].2;
    assert!(text.contains("If you need nothing more") && text.contains(HUMAN), "{text}");
    assert!(!text.contains("not answered"), "{text}");
}

#[tokio::test]
async fn without_its_purpose_in_the_notice_the_room_is_closed_and_says_which_clause_is_missing() {
    let house = House::under(&NOTICE.replace("\"answer-enquiries\"", "\"answer-letters\""));
    let mut browser = Browser::default();
    for path in ["/enquiries/new", "/enquiries/find"] {
        browser.get(&house, path).await.expect(403).says("purpose.answer-enquiries").says("closed");
    }
    browser.post(&house, "/enquiries/check", &GOOD).await.expect(403).says("purpose.answer-enquiries");
    browser.post(&house, "/enquiries", &[("form", "x")]).await.expect(403).says("purpose.answer-enquiries");
}

#[tokio::test]
async fn every_page_of_the_way_is_small_and_needs_no_script() {
    let (house, mut browser) = (House::new(), Browser::default());
    let sheet =
        browser.request("GET", candour::face::style::path()).header("accept-encoding", "gzip").body(Body::empty());
    let response =
        tower::ServiceExt::oneshot(house.router.clone(), sheet.expect("a request")).await.expect("an answer");
    let sheet = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body").len();
    let check = browser.post(&house, "/enquiries/check", &GOOD).await;
    let sent = browser.post(&house, "/enquiries", &[("form", &check.hidden("form"))]).await.location;
    let path = link(&house.letters().await[0].2);
    let mut pages = vec![check, browser.post(&house, "/enquiries/check", &[]).await];
    for path in ["/enquiries/new", sent.as_str(), path.as_str(), "/enquiries/find", "/enquiries/link/x"] {
        pages.push(browser.get(&house, path).await);
    }
    for page in pages {
        assert!(page.body.len() + sheet <= 12 * 1024, "{} bytes and {sheet} of style: {}", page.body.len(), page.body);
        assert!(
            !page.body.contains("<script") && !page.body.contains("style=") && page.body.matches("<h1").count() == 1
        );
    }
}

#[tokio::test]
async fn a_sixth_enquiry_of_one_address_in_a_day_waits_with_everything_that_was_typed() {
    let house = House::new();
    for n in 0..6 {
        let mut browser = Browser::default();
        let typed = [
            ("topic", "broadband"),
            ("name", "Priya Example"),
            ("email", "priya@oakfield.example"),
            ("school", ""),
            ("role", ""),
            ("telephone", ""),
            ("message", "Is the line down?"),
        ];
        let form = browser.post(&house, "/enquiries/check", &typed).await.expect(200).hidden("form");
        let answer = browser.post(&house, "/enquiries", &[("form", &form)]).await;
        if n < 5 {
            answer.expect(303);
        } else {
            answer.says("five enquiries from this e-mail address today").says("Is the line down?");
        }
    }
    assert_eq!(house.letters().await.len(), 5);
}
