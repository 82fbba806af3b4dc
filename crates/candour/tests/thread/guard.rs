//! The officers' pages of the guard: today's date, releases by two, legal holds, and what a person sees of a hold.

use super::desk::{Clerk, asked, whose};
use super::mine;
use super::support::House;
use custody::{Ground, PersonId};

store::statements! {
    DUE_AT_ONCE = "UPDATE holding SET due_on = $1 WHERE kind = $2";
    FORGET_FORECAST = "DELETE FROM forecast WHERE due_on >= $1";
    SPEND_ALL = "INSERT INTO budget (day, most, used) VALUES ($1, 50, 50) ON CONFLICT (day) DO UPDATE SET most = excluded.most, used = excluded.used";
    COUNT_HOLDS = "SELECT count(*) FROM legal_hold WHERE person_id = $1";
    COUNT_RELEASES = "SELECT count(*) FROM release";
    COUNT_CONFIRMATIONS = "SELECT count(*) FROM confirmation";
    COUNT_ACTS = "SELECT count(*) FROM trail t JOIN staff s ON s.person_id = t.person_id WHERE s.role = $1";
    COUNT_ENQUIRIES = "SELECT count(*) FROM holding WHERE person_id = $1 AND kind = 'enquiry'";
}

async fn count(house: &House, statement: &'static store::Statement, values: Vec<store::Val>) -> i64 {
    let found = house.app.custody().store().read("count", move |tx| tx.one(statement, &values)?.get::<i64>(0));
    found.await.expect("counted")
}

async fn run(house: &House, statement: &'static store::Statement, values: Vec<store::Val>) {
    let done = house.app.custody().store().write("run", move |tx| tx.execute(statement, &values));
    done.await.expect("done");
}

/// How many acts of staff in a role have their half in the evidence.
async fn acts(house: &House, role: &'static str) -> i64 {
    count(house, &COUNT_ACTS, vec![role.into()]).await
}

async fn person(house: &House, reference: &str) -> PersonId {
    let (person, _): (PersonId, Ground) = whose(house, reference).await;
    person
}

fn typed<'a>(day: &'a str, month: &'a str, year: &'a str) -> [(&'static str, &'a str); 3] {
    [("day", day), ("month", month), ("year", year)]
}

/// What the questions of a hold are answered; the day as ISO 8601.
fn wanted<'a>(reason: &'a str, until: &'a str) -> [(&'static str, &'a str); 4] {
    let mut parts = until.splitn(3, '-');
    let [year, month, day] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    [("reason", reason), ("day", day), ("month", month), ("year", year)]
}

/// An officer places a hold and comes to the list of holds.
async fn hold(house: &House, officer: &mut Clerk, reference: &str, reason: &str, until: &str) {
    let path = format!("/staff/enquiries/{reference}/hold");
    let answers = wanted(reason, until);
    let key = officer.post(house, &path, &answers).await.expect(200).hidden("key");
    let form = [&answers[..], &[("key", key.as_str())]].concat();
    for _ in 0..2 {
        let placed = officer.post(house, &format!("{path}/place"), &form).await.expect(303);
        assert_eq!(placed.location, "/staff/holds?done=placed");
    }
}

#[tokio::test]
async fn deletion_goes_on_after_an_operator_has_typed_the_date() {
    let house = House::new();
    asked(&house).await;
    house.app.clock().move_to("2026-12-23T09:00:00Z".parse().expect("an instant"));
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    let page = operator.get(&house, "/staff/retention").await.expect(200);
    let page = page.says("Deletion waits until today’s date is confirmed").says("What needs you");
    page.says("The clock has been doubted since Monday 23 November 2026").says("href=\"/staff/retention/confirm\"");
    let page = operator.get(&house, "/staff/retention/confirm").await.expect(200);
    assert_eq!(page.body.matches("inputmode=\"numeric\"").count(), 3);

    let before = acts(&house, "operator").await;
    for (form, sentence) in [
        (typed("", "", ""), "Enter today’s date"),
        (typed("23", "", "2026"), "Today’s date must include a month"),
        (typed("31", "11", "2026"), "Today’s date must be a real date"),
        (typed("22", "12", "2026"), "The clock says Wednesday 23 December 2026, and you say Tuesday 22 December 2026."),
    ] {
        let page = operator.post(&house, "/staff/retention/confirm", &form).await.expect(422).says(sentence);
        for (name, value) in form {
            assert!(
                page.body.contains(&format!(
                    "name=\"{name}\" size=\"{}\" value=\"{value}\"",
                    if name == "year" { 4 } else { 2 }
                )),
                "{}",
                page.body
            );
        }
    }
    assert_eq!(count(&house, &COUNT_CONFIRMATIONS, Vec::new()).await, 0);

    for _ in 0..2 {
        let form = typed("23", "12", "2026");
        let done = operator.post(&house, "/staff/retention/confirm", &form).await.expect(303);
        operator.get(&house, &done.location).await.expect(200).says("Today’s date is confirmed.");
    }
    assert_eq!(count(&house, &COUNT_CONFIRMATIONS, Vec::new()).await, 1, "a repeated form confirms nothing twice");
    assert_eq!(acts(&house, "operator").await, before + 1);
}

#[tokio::test]
async fn only_an_officer_or_an_operator_confirms_the_date_and_only_an_officer_releases_or_holds() {
    let house = House::new();
    let reference = asked(&house).await;
    let hold = format!("/staff/enquiries/{reference}/hold");
    for role in ["desk", "operator"] {
        let mut clerk = Clerk::hire(&house, role, "Asha Rahman").await;
        for path in ["/staff/retention/release", "/staff/holds", &hold] {
            clerk.get(&house, path).await.expect(404);
        }
        for path in ["/staff/retention/release", "/staff/retention/release/AAAA", &hold] {
            clerk.post(&house, path, &[("key", "AAAAAAAAAAAAAAAAAAAAAA")]).await.expect(404);
        }
        let page = clerk.get(&house, "/staff/retention").await.expect(200);
        assert!(!page.body.contains("/staff/retention/release") && !page.body.contains("/staff/holds"));
    }
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff/retention/confirm").await.expect(404);
    desk.post(&house, "/staff/retention/confirm", &typed("23", "11", "2026")).await.expect(404);
    let page = desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    assert!(!page.body.contains("legal hold"), "{}", page.body);
}

#[tokio::test]
async fn what_is_over_the_days_share_waits_for_two_officers() {
    let house = House::new();
    asked(&house).await;
    house.pass_days(1).await;
    run(&house, &DUE_AT_ONCE, vec!["2026-11-24".into(), "enquiry-message".into()]).await;
    run(&house, &FORGET_FORECAST, vec!["2026-11-23".into()]).await;
    run(&house, &SPEND_ALL, vec!["2026-11-24".into()]).await;
    let mut first = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let page = first.get(&house, "/staff/retention").await.expect(200);
    let page = page.says("Not everything is deleted on time: 1 record is past their day");
    page.says("today’s share is spent").says("Ask for a release");

    let form = first.get(&house, "/staff/retention/release").await.expect(200);
    let key = form.hidden("key");
    let ask = |up_to| [("key", key.as_str()), ("reason", "backlog"), ("up-to", up_to)];
    for wrong in ["0", "a few", "1000001"] {
        first
            .post(&house, "/staff/retention/release", &ask(wrong))
            .await
            .expect(422)
            .says("a whole number from 1 to 1,000,000");
    }
    for _ in 0..2 {
        first.post(&house, "/staff/retention/release", &ask("200")).await.expect(303);
    }
    assert_eq!(count(&house, &COUNT_RELEASES, Vec::new()).await, 1, "a repeated form asks once");
    let page = first.get(&house, "/staff/retention").await.expect(200);
    let page = page.says("nobody else could agree").says("it ends on 1 December 2026");
    assert!(!page.body.contains("Agree to delete"), "{}", page.body);

    let mut second = Clerk::hire(&house, "officer", "Ruth Adler").await;
    first.get(&house, "/staff/retention").await.expect(200).says("any other officer may still agree");
    let page = second.get(&house, "/staff/retention").await.expect(200);
    let page = page.says("A release waits for you.").says("One officer asked").says("Agree to delete up to 200");
    let key = page.hidden("key");
    let from = page.body.find("action=\"/staff/retention/release/").expect("a form") + "action=\"".len();
    let href = page.body[from..].split('"').next().expect("an address").to_owned();

    let own = first.post(&house, &href, &[("key", "AAAAAAAAAAAAAAAAAAAAAA")]).await.expect(409);
    own.says("You agreed to this release already, so another officer has to. Nothing was changed.");
    let none = "/staff/retention/release/AAAAAAAAAAAAAAAAAAAAAA";
    second.post(&house, none, &[("key", "AAAAAAAAAAAAAAAAAAAAAA")]).await.expect(409).says("has ended, or never was");
    for _ in 0..2 {
        second.post(&house, &href, &[("key", &key)]).await.expect(303);
    }
    let page = second.get(&house, "/staff/retention").await.expect(200);
    page.says("You and another officer agreed").says("Two officers released it: the next run takes it.");
    first.post(&house, &href, &[("key", "AAAAAAAAAAAAAAAAAAAAAQ")]).await.expect(409);
}

#[tokio::test]
async fn a_hold_is_asked_checked_and_placed_once_and_its_person_reads_until_when_and_why() {
    let house = House::new();
    let mut person = mine::asked(&house, "Aoife Brennan", "aoife.brennan@hillside.example").await;
    let reference = person.reference.clone();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let path = format!("/staff/enquiries/{reference}/hold");
    let page = officer.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    page.says("Place a legal hold").says(&path);
    officer.get(&house, &path).await.expect(200).says("No legal hold keeps").says("A court ordered it");
    let post = |until| wanted("court-order", until);
    for wrong in ["2026-11-22", "2027-11-24"] {
        let page = officer.post(&house, &path, &post(wrong)).await.expect(422);
        page.says("and Tuesday 23 November 2027 at the latest").says(&format!("value=\"{}\"", &wrong[8..]));
    }
    officer.post(&house, &path, &wanted("", "")).await.expect(422).says("Select why it must be kept");
    let changed = [&post("2027-11-23")[..], &[("change", "day")]].concat();
    officer.post(&house, &path, &changed).await.expect(200).says("size=\"4\" value=\"2027\"").says("Continue");
    assert_eq!(count(&house, &COUNT_HOLDS, vec![person.person.into()]).await, 0, "a check page places nothing");

    let before = acts(&house, "officer").await;
    hold(&house, &mut officer, &reference, "court-order", "2027-11-23").await;
    let kept = count(&house, &COUNT_HOLDS, vec![person.person.into()]).await;
    assert_eq!(
        (kept > 1, acts(&house, "officer").await),
        (true, before + kept),
        "once for each record, by the officer"
    );
    let page = officer.get(&house, "/staff/holds").await.expect(200).says(&reference).says("A court ordered it");
    let page =
        page.says("our data protection officer").says("23 November 2027").says("No legal hold ends within 14 days.");
    assert!(!page.body.contains("Aoife") && !page.body.contains("hillside"), "{}", page.body);
    let page = officer.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200);
    page.says("Nothing is deleted until Tuesday 23 November 2027 is over").says("Change or lift the legal hold");

    let told = "Deletion waits: until Tuesday 23 November 2027 nothing of this is deleted, because a court ordered it.";
    person.browser.get(&house, "/enquiries/mine").await.expect(200).says(told);
    person.browser.get(&house, "/enquiries/mine/data").await.expect(200).says(told).says("court-order");

    let key = officer.get(&house, &path).await.expect(200).says("A court ordered it: held since").hidden("key");
    for _ in 0..2 {
        let lifted = officer.post(&house, &format!("{path}/lift"), &[("key", &key)]).await.expect(303);
        assert_eq!(lifted.location, "/staff/holds?done=lifted");
    }
    let again = officer.post(&house, &format!("{path}/lift"), &[("key", "AAAAAAAAAAAAAAAAAAAAAA")]).await.expect(303);
    officer.get(&house, &again.location).await.expect(200).says("there is no such hold any more");
    let page = person.browser.get(&house, "/enquiries/mine").await.expect(200);
    assert!(!page.body.contains("Deletion waits"), "{}", page.body);
}

#[tokio::test]
async fn a_reason_whose_telling_would_prejudice_is_told_to_nobody_but_officers() {
    let house = House::new();
    let mut person = mine::asked(&house, "Aoife Brennan", "aoife.brennan@hillside.example").await;
    let reference = person.reference.clone();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    hold(&house, &mut officer, &reference, "inquiry", "2026-12-23").await;
    officer.get(&house, "/staff/holds").await.expect(200).says("A regulator or the police inquire");
    let told = "nothing of this is deleted, because the law asks for it";
    person.browser.get(&house, "/enquiries/mine").await.expect(200).says(told);
    let page = person.browser.get(&house, "/enquiries/mine/data").await.expect(200).says(told);
    assert!(!page.body.contains("inquiry") && !page.body.contains("police"), "{}", page.body);
    person.prove(&house, "download", 1).await;
    for file in ["json", "html"] {
        let copy = person.browser.get(&house, &format!("/enquiries/mine/download.{file}")).await.expect(200);
        assert!(!copy.body.contains("inquiry"), "{}", copy.body);
        copy.says("the law asks for it");
    }
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let page = desk.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200).says("Legal hold");
    assert!(!page.body.contains("police"), "{}", page.body);
}

#[tokio::test]
async fn a_withdrawal_under_a_hold_says_that_it_waits_and_is_destroyed_after_it() {
    let house = House::new();
    let mut person = mine::asked(&house, "Aoife Brennan", "aoife.brennan@hillside.example").await;
    let reference = person.reference.clone();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    hold(&house, &mut officer, &reference, "claimant", "2026-12-05").await;
    person.prove(&house, "withdraw", 1).await;
    let told = "Deletion waits: until Saturday 5 December 2026 nothing of this is deleted";
    let page = person.browser.get(&house, "/enquiries/mine/withdraw").await.expect(200).says(told);
    assert!(!page.body.contains("It is deleted after 7 days"), "{}", page.body);
    let key = page.hidden("key");
    person.browser.post(&house, "/enquiries/mine/withdraw", &[("key", &key)]).await.expect(303);
    person.browser.get(&house, "/enquiries/mine").await.expect(200).says(told).says("Keep my enquiry after all");
    let (_, _, letter) = house.letters().await.remove(0);
    assert!(letter.contains(told) && !letter.contains("It is deleted after"), "{letter}");
    officer.get(&house, &format!("/staff/enquiries/{reference}")).await.expect(200).says("kept under a legal hold");

    let there = |house| count(house, &COUNT_ENQUIRIES, vec![person.person.into()]);
    house.pass_days(12).await;
    assert_eq!(there(&house).await, 1, "the last day of the hold");
    house.pass_days(1).await;
    assert_eq!(there(&house).await, 0);
}

#[tokio::test]
async fn an_officer_reads_two_weeks_before_that_a_hold_ends() {
    let house = House::new();
    let reference = asked(&house).await;
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    hold(&house, &mut officer, &reference, "claim", "2026-12-23").await;
    officer.get(&house, "/staff/retention").await.expect(200).says("Nothing needs you.").says("A legal claim needs it");
    house.pass_days(16).await;
    let reminder = "1 legal hold ends within 14 days";
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    officer.get(&house, "/staff/retention").await.expect(200).says(reminder);
    officer.get(&house, "/staff/holds").await.expect(200).says(reminder).says("class=\"soon\"");
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let page = desk.get(&house, "/staff/retention").await.expect(200);
    assert!(!page.body.contains(reminder), "{}", page.body);
    assert_eq!(count(&house, &COUNT_ENQUIRIES, vec![person(&house, &reference).await.into()]).await, 1);
}

#[tokio::test]
async fn the_page_says_both_numbers_of_the_window_and_what_became_of_the_keys() {
    let house = House::new();
    asked(&house).await;
    house.pass_days(15).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let page = desk.get(&house, "/staff/retention").await.expect(200);
    let page = page.says("Everything is deleted on time. Nothing needs you.").says("Nothing is past its day.");
    let page = page.says("unreadable in every copy within 14 days. A copy can be restored for 12 days.");
    let page = page.says("Open: records stand under it").says("Closed: it opens old copies only");
    page.says("Destroyed: copies of these days cannot be read").says("What falls due soon recorded");
}
