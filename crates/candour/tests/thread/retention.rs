//! The pages that count: retention, refusals, mail.

use super::desk::{Clerk, asked, whose};
use super::support::House;
use axum::http::StatusCode;

store::statements! {
    COUNT_MONTH = "SELECT count(*) FROM holding WHERE substr(due_on, 1, 7) = $1";
    COUNT_KIND = "SELECT count(*) FROM holding WHERE kind = $1";
    COUNT_NEXT = "SELECT count(*) FROM holding WHERE due_on = $1";
    DOUBT = "UPDATE mail_job SET state = $2, tries = 3 WHERE template = $1";
    HOLD = "INSERT INTO legal_hold (person_id, holding_id, reason, authorised_by, from_day, until_day) \
        SELECT person_id, holding_id, 'court-order', 'officer', $2, $3 FROM holding WHERE person_id = $1 AND kind = 'enquiry'";
}

async fn count(house: &House, statement: &'static store::Statement, of: &'static str) -> i64 {
    let found = house.app.custody().store().read("count", move |tx| tx.one(statement, &[of.into()])?.get::<i64>(0));
    found.await.expect("counted")
}

async fn run(house: &House, statement: &'static store::Statement, values: Vec<store::Val>) {
    let done = house.app.custody().store().write("run", move |tx| tx.execute(statement, &values));
    done.await.expect("done");
}

#[tokio::test]
async fn the_numbers_of_the_page_are_the_numbers_of_the_rows() {
    let house = House::new();
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    let closed = asked(&house).await;
    asked(&house).await;
    desk.act(&house, &closed, "close", &[]).await.expect(303);
    let page = operator.get(&house, "/staff/retention").await.expect(200);
    let next = count(&house, &COUNT_NEXT, "2026-11-30").await;
    let page = page.says(&format!("Next: {next} records on Monday 30 November 2026, in 7 days."));
    assert!(page.body.contains(&format!("30 Nov: {next}.")), "{next}: {}", page.body);
    for (month, words) in [("2026-11", "Nov 2026"), ("2027-02", "Feb 2027"), ("2027-11", "Nov 2027")] {
        let number = count(&house, &COUNT_MONTH, month).await;
        let rows = page.body.split("<tr>").filter(|row| row.starts_with(&format!("<th scope=\"row\">{words}<")));
        let shown = rows.map(|row| {
            let cell = row.rsplit("class=\"number\">").next().expect("a number");
            cell.split('<').next().expect("a number").parse::<i64>().expect("a number")
        });
        assert!(number > 0, "{month}");
        assert_eq!(shown.sum::<i64>(), number, "{words}: {}", page.body);
    }
    for kind in ["enquiry", "enquiry-message", "outbound-mail", "staff"] {
        let number = count(&house, &COUNT_KIND, kind).await;
        let cells = format!("href=\"/privacy#kind-{kind}\"");
        let row = page
            .body
            .split("Records by kind")
            .nth(1)
            .expect("a table")
            .split("<tr>")
            .find(|row| row.contains(&cells))
            .expect("a row");
        assert!(row.contains(&format!(">{number}</td>")), "{kind} {number}: {row}");
    }
    assert!(!page.body.contains("Mary") && !page.body.contains("Asha"));
    page.says("No legal hold keeps anything past its day.").says("No withdrawal waits.").says("within 14 days");
}

#[tokio::test]
async fn what_is_held_back_is_said_with_its_reason() {
    let house = House::new();
    let (held, withdrawn) = (asked(&house).await, asked(&house).await);
    let (person, _) = whose(&house, &held).await;
    run(&house, &HOLD, vec![person.into(), "2026-11-23".into(), "2029-01-31".into()]).await;
    let (person, ground) = whose(&house, &withdrawn).await;
    let custody = house.app.custody().clone();
    let withdrawing = house.app.custody().write("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry"));
    withdrawing.await.expect("withdrawn");
    house.pass_days(1).await;
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    let page = officer.get(&house, "/staff/retention").await.expect(200);
    let page = page
        .says("A court ordered it")
        .says("31 January 2029")
        .says("Withdrawn by their person")
        .says("30 November 2026");
    page.says("Records deleted").says("Keys renewed").says("Done");
}

#[tokio::test]
async fn the_notice_promises_the_days_of_grace_that_the_program_gives() {
    let house = House::new();
    let page = super::support::Browser::default().get(&house, "/privacy").await.expect(200);
    let words = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("closed at once and deleted after {} days.", custody::WITHDRAW_DAYS)), "{words}");
}

#[tokio::test]
async fn a_stopped_guard_shows_the_alarm_on_every_staff_page_and_what_to_do() {
    let house = House::new();
    asked(&house).await;
    house.app.clock().move_to("2026-12-23T09:00:00Z".parse().expect("an instant"));
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    for path in ["/staff", "/staff/retention", "/staff/refusals", "/staff/mail"] {
        desk.get(&house, path).await.expect(200).says("class=\"alarm\"").says("Deletion waits");
    }
    desk.get(&house, "/staff/retention").await.expect(200).says("today’s date is not confirmed");
    let app = house.app.clone();
    tokio::task::spawn_blocking(move || app.custody().confirm_clock(app.today()))
        .await
        .expect("no panic")
        .expect("confirmed");
    let page = desk.get(&house, "/staff/retention").await.expect(200);
    assert!(!page.body.contains("Deletion waits"), "{}", page.body);
}

#[tokio::test]
async fn refusals_are_counted_by_clause_and_an_empty_list_explains_itself() {
    let house = House::new();
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    operator
        .get(&house, "/staff/refusals")
        .await
        .expect(200)
        .says("Nothing was refused in the last 90 days.")
        .says("the program refuses and counts it here");
    let reference = asked(&house).await;
    for _ in 0..3 {
        operator.get(&house, &format!("/staff/enquiries/{reference}?for=answer-enquiries")).await.expect(403);
    }
    // What is no purpose at all is a mistaken address. A clause may have gone since it refused.
    operator.get(&house, &format!("/staff/enquiries/{reference}?for=horoscope")).await.expect(400);
    let gone = notice::Refusal {
        clause: "purpose.horoscope".to_owned(),
        actor: "desk".to_owned(),
        purpose: "horoscope".to_owned(),
        kind: "enquiry".to_owned(),
        why: "it is not there".to_owned(),
    };
    house.app.custody().count_refusal(gone).await.expect("counted");
    let page = operator.get(&house, "/staff/refusals").await.expect(200);
    let page = page.says("4 refusals in the last 90 days, most by purpose.answer-enquiries (3).");
    let page = page
        .says("href=\"/privacy#purpose-answer-enquiries\"")
        .says("<code>purpose.horoscope</code> is not in the notice");
    assert!(!page.body.contains(&reference) && !page.body.contains("Grace"));
}

#[tokio::test]
async fn the_queue_is_counted_and_names_no_address() {
    let house = House::new();
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff/mail").await.expect(200).says("Nothing waits, and no letter is stuck.");
    asked(&house).await;
    let page = desk.get(&house, "/staff/mail").await.expect(200);
    let page = page.says("1 letter waits to leave; none is stuck.").says("enquiry-received").says("Waiting to leave");
    assert!(!page.body.contains("hillside.example"));
    house.post_letters().await;
    desk.get(&house, "/staff/mail").await.expect(200).says("Left");
}

#[tokio::test]
async fn a_doubtful_letter_is_sent_again_by_the_operator_alone_and_once() {
    let house = House::new();
    asked(&house).await;
    house.post_letters().await;
    run(&house, &DOUBT, vec!["enquiry-received".into(), "unknown".into()]).await;
    let mut operator = Clerk::hire(&house, "operator", "Grace Adeyemi").await;
    let page = operator.get(&house, "/staff/mail").await.expect(200).says("1 letter needs a look.").says("Send again");
    let letter = page.hidden("letter");
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    assert!(!desk.get(&house, "/staff/mail").await.expect(200).body.contains("Send again"));
    desk.post(&house, "/staff/mail/again", &[("letter", &letter)]).await.expect(404);
    let before = house.letters().await.len();
    let again = operator.post(&house, "/staff/mail/again", &[("letter", &letter)]).await.expect(303);
    assert_eq!(again.location, "/staff/mail?done=again");
    let twice = operator.post(&house, "/staff/mail/again", &[("letter", &letter)]).await.expect(303);
    assert_eq!(twice.location, "/staff/mail?done=not");
    assert_eq!(house.letters().await.len(), before + 1);
    for wrong in ["", "AAAA", "?"] {
        assert_eq!(
            operator.post(&house, "/staff/mail/again", &[("letter", wrong)]).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}
