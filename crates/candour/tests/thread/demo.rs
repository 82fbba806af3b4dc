//! The demonstration: its people, its clock, its mail and its door for staff.

use super::support::{Answer, Browser, Folder, House, urlencoded};
use axum::body::Body;
use axum::http::header;
use candour::App;
use candour::app::Start;
use candour::mail::Mailer;
use custody::Guard;
use law::{Clock, Date, Timestamp};
use std::collections::BTreeMap;

/// The demonstration as it begins at 09:00 on Monday 23 November 2026.
fn demonstration() -> House {
    let folder = Folder::new();
    let app = start(&folder, "2026-11-23T09:00:00Z", true);
    candour::rooms::demo::settle(&app).expect("settled");
    house(app, folder)
}

fn start(folder: &Folder, now: &str, demo: bool) -> App {
    App::start(Start {
        places: folder.places(),
        clock: Clock::fixed(now.parse::<Timestamp>().expect("an instant")),
        seed: Some([9; 32]),
        mailer: Mailer::page(),
        address: "https://portal.segfl.example".to_owned(),
        demo,
        serving: true,
        patience: candour::app::PATIENCE,
    })
    .expect("started")
}

fn house(app: App, folder: Folder) -> House {
    let router = candour::web::router(&app);
    House { app, router, folder }
}

/// Moves the clock as a script does: no browser, no origin, an answer to be read by a program.
async fn advance(house: &House, length: &str) -> Answer {
    let mut script = Browser::default();
    let request = script
        .request("POST", "/demo/clock")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(urlencoded(&[("advance", length)])));
    script.send(house, request.expect("a request")).await
}

/// A number in such an answer.
fn number(answer: &Answer, name: &str) -> u64 {
    let value: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    value[name].as_u64().expect("a number")
}

/// How many holdings there are, by kind.
fn held(house: &House) -> BTreeMap<String, u64> {
    let custody = house.app.custody().clone();
    let counts = house.app.custody().store().read_blocking("held", move |tx| custody.kind_counts(tx)).expect("counted");
    counts.into_iter().map(|one| (one.kind, one.count)).collect()
}

/// The days on which the last job of the day was done, oldest first.
fn days_run(house: &House) -> Vec<String> {
    let custody = house.app.custody().clone();
    let runs = house.app.custody().store().read_blocking("runs", move |tx| custody.runs(tx, 10_000)).expect("listed");
    let mut days: Vec<String> = runs.into_iter().filter(|run| run.job == "epochs").map(|run| run.day).collect();
    days.reverse();
    days
}

fn day(text: &str) -> Date {
    law::parse_iso(text).expect("a day")
}

/// The letters that have left: day, subject, text.
fn letters(house: &House) -> Vec<(Date, String, String)> {
    let Mailer::Page(page) = house.app.mailer() else { return Vec::new() };
    let page = page.lock().expect("the page");
    page.iter().map(|one| (law::london_day(one.at), one.subject.clone(), one.text.clone())).collect()
}

#[tokio::test]
async fn it_begins_today_with_a_past_and_without_letters() {
    let house = demonstration();
    assert_eq!(house.app.today(), day("2026-11-23"));
    assert_eq!(house.app.custody().guard().expect("looked"), Guard::Open);
    let held = held(&house);
    assert_eq!((held["enquiry"], held["staff"], held.get("outbound-mail")), (24, 4, None));
    assert_eq!(house.letters().await.len(), 0);
    let versions: Vec<_> = house.app.custody().history().expect("read").iter().map(|one| one.effective_on).collect();
    assert_eq!(versions.last(), Some(&day("2026-11-01")));
    Browser::default().get(&house, "/demo").await.expect(200).says("Monday 23 November 2026").says("One year on");
}

#[tokio::test]
async fn a_folder_that_was_kept_goes_on_on_the_day_it_was_left() {
    let house = demonstration();
    advance(&house, "P1W").await.expect(200);
    let before = held(&house);
    house.app.custody().store().clone().close();
    let House { app, router, folder } = house;
    drop((app, router));
    let app = start(&folder, "2027-05-05T12:00:00Z", true);
    candour::rooms::demo::settle(&app).expect("settled");
    let house = self::house(app, folder);
    assert_eq!(house.app.today(), day("2026-11-30"));
    assert_eq!(house.app.custody().guard().expect("looked"), Guard::Open);
    assert_eq!(held(&house), before);
}

#[tokio::test]
async fn a_month_runs_each_of_its_days_in_order() {
    let house = demonstration();
    let answer = advance(&house, "P1M").await.expect(200);
    assert!(
        answer.body.starts_with("{\"from\":\"2026-11-23\",\"to\":\"2026-12-23\",\"days\":30,\"warned\":"),
        "{}",
        answer.body
    );
    // The demonstration has run its first day before anybody moves the clock.
    let mut one = day("2026-11-23");
    let mut expected = vec![law::iso(one)];
    while one < day("2026-12-23") {
        one = one.tomorrow().expect("a day");
        expected.push(law::iso(one));
    }
    assert_eq!(days_run(&house), expected);
    Browser::default().get(&house, "/demo").await.expect(200).says("Wednesday 23 December 2026");
}

#[tokio::test]
async fn a_year_erases_every_enquiry_and_warns_each_person_before() {
    let house = demonstration();
    let mut visitor = Browser::default();
    let before = held(&house);
    let answer = advance(&house, "P1Y").await.expect(200);
    let after = held(&house);
    for kind in ["enquiry", "enquiry-message", "enquiry-note"] {
        assert_eq!(after.get(kind).copied().unwrap_or_default(), 0, "{kind}");
    }
    // Receipts of the last week stand for a few days more.
    assert!(after.get("outbound-mail").copied().unwrap_or_default() < 8, "{after:?}");
    assert_eq!(number(&answer, "days"), 365);
    assert!(number(&answer, "erased") >= before.values().sum::<u64>() - before["staff"]);
    assert!(number(&answer, "epochs") > 340);
    let (receipts, warnings): (Vec<_>, Vec<_>) =
        letters(&house).into_iter().partition(|(_, subject, _)| subject.contains("a receipt"));
    assert_eq!(receipts.len() as u64, before["enquiry"], "one for each enquiry");
    assert_eq!(number(&answer, "warned"), warnings.len() as u64);
    // Those who fell due within the first fortnight had been warned before the demonstration began.
    assert!((20..=24).contains(&warnings.len()), "{}", warnings.len());
    for (on, subject, text) in warnings {
        let due = on.saturating_add(jiff::Span::new().days(14));
        assert!(due <= house.app.today() && text.contains(&law::words(due)), "{subject} of {on} says: {text}");
        let reference = subject.split(['(', ')']).nth(1).expect("a reference");
        visitor.get(&house, &format!("/enquiries/sent/{reference}")).await.expect(404);
    }
}

#[tokio::test]
async fn a_clock_that_jumps_destroys_nothing_until_somebody_confirms_the_day() {
    let house = demonstration();
    let mut visitor = Browser::default();
    let before = held(&house);
    let there = house.app.clock().now().as_millisecond() + 400 * 86_400_000;
    house.app.clock().move_to(Timestamp::from_millisecond(there).expect("an instant"));
    candour::day::minute(&house.app).expect("looked");
    assert_eq!(held(&house), before);
    visitor.get(&house, "/demo").await.expect(200).says("Deletion waits").says("Confirm that today is");
    let answer = advance(&house, "P1D").await.expect(200);
    assert_eq!((number(&answer, "erased"), number(&answer, "epochs")), (0, 0));
    assert_eq!(held(&house), before);
    visitor.get(&house, "/demo").await.expect(200).says("Deletion waited");

    visitor.post(&house, "/demo/clock/confirm", &[("today", "2026-11-23")]).await.expect(400);
    let page = visitor.get(&house, "/demo").await;
    let today = page.hidden("today");
    assert_eq!(visitor.post(&house, "/demo/clock/confirm", &[("today", &today)]).await.expect(303).location, "/demo");
    // A day takes what was due within a week of the last witnessed day; the rest has a week to be seen in the forecast.
    let answer = advance(&house, "P1D").await.expect(200);
    assert!((1..50).contains(&number(&answer, "erased")), "{}", answer.body);
    let answer = advance(&house, "P1W").await.expect(200);
    assert!(number(&answer, "erased") > 0);
    assert_eq!(held(&house).get("enquiry"), None);
}

#[tokio::test]
async fn the_clock_moves_forwards_and_five_years_at_the_most() {
    let house = demonstration();
    for length in ["", "P6Y", "-P1D", "PT5H", "tomorrow", "P0D!"] {
        advance(&house, length).await.expect(400);
    }
    Browser::default().post(&house, "/demo/clock", &[("advance", "P1D"), ("advance", "P1D")]).await.expect(400);
    assert_eq!(house.app.today(), day("2026-11-23"));
    let moved = Browser::default().post(&house, "/demo/clock", &[("advance", "P1D")]).await.expect(303);
    assert_eq!((moved.location.as_str(), house.app.today()), ("/demo", day("2026-11-24")));
}

#[tokio::test]
async fn staff_enter_by_the_link_that_was_printed_and_by_no_other() {
    let house = demonstration();
    let mut browser = Browser::default();
    let door = house.app.demo().expect("the demonstration").staff_path();
    browser.get(&house, "/demo/staff/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.expect(404);
    browser.post(&house, "/demo/staff/no-token", &[("role", "desk")]).await.expect(404);
    browser
        .get(&house, &door)
        .await
        .expect(200)
        .says("Asha Rahman")
        .says("Tomos Pugh")
        .says("Grace Adeyemi")
        .says("Ruth Adler");
    browser.post(&house, &door, &[("role", "auditor")]).await.expect(400);
    assert_eq!(browser.cookies(), Vec::<&str>::new());
    for role in ["desk", "officer", "operator"] {
        let entered = browser.post(&house, &door, &[("role", role)]).await.expect(303);
        assert_eq!(entered.location, "/staff");
        browser.get(&house, "/staff/refusals").await.expect(200).says(&format!("<strong>{role}</strong>"));
    }
    // What the first officer asks, the second may agree to: they are two people.
    browser.post(&house, &door, &[("role", "officer")]).await.expect(303);
    let key = browser.get(&house, "/staff/retention/release").await.expect(200).hidden("key");
    let form = [("key", key.as_str()), ("reason", "backlog"), ("up-to", "10")];
    browser.post(&house, "/staff/retention/release", &form).await.expect(303);
    browser.post(&house, &door, &[("role", "second-officer")]).await.expect(303);
    browser.get(&house, "/staff/retention").await.expect(200).says("A release waits for you.");
    // The notice ends the entry of somebody who has not signed in for 13 months: the door then takes on a new one.
    advance(&house, "P1Y").await.expect(200);
    advance(&house, "P2M").await.expect(200);
    assert_eq!(held(&house).get("staff"), None);
    browser.post(&house, &door, &[("role", "desk")]).await.expect(303);
    browser.get(&house, "/staff").await.expect(200);
}

#[tokio::test]
async fn letters_are_read_on_the_mail_page() {
    let house = demonstration();
    let mut visitor = Browser::default();
    visitor.get(&house, "/demo/mail").await.expect(200).says("No letter has been written yet");
    advance(&house, "P1M").await.expect(200);
    let list = visitor.get(&house, "/demo/mail").await.expect(200).says("will be deleted soon");
    let from = list.body.find("/demo/mail/").expect("a letter");
    let path = list.body[from..].split('"').next().expect("an address").to_owned();
    let letter = visitor.get(&house, &path).await.expect(200);
    let link = letter.body.find("<a href=\"/enquiries/").expect("a link that can be followed");
    let link = letter.body[link + 9..].split('"').next().expect("an address").to_owned();
    visitor.get(&house, &link).await.expect(200);
    visitor.get(&house, "/demo/mail/00").await.expect(404);
}

#[tokio::test]
async fn elsewhere_there_is_no_such_page() {
    let folder = Folder::new();
    let app = start(&folder, "2026-11-23T09:00:00Z", false);
    let notice = notice::read(super::support::NOTICE).expect("a notice").notice.expect("a whole notice");
    app.custody().publish(super::support::NOTICE, &notice, "officer").expect("published");
    let house = house(app, folder);
    let mut browser = Browser::default();
    let token = "/demo/staff/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for path in ["/demo", "/demo/mail", "/demo/mail/00", token] {
        browser.get(&house, path).await.expect(404);
    }
    for path in ["/demo/clock", "/demo/clock/confirm", token] {
        browser.post(&house, path, &[("advance", "P1D"), ("role", "desk")]).await.expect(404);
    }
    assert_eq!(house.app.today(), day("2026-11-23"));
}
