//! Receipts of deletion: they reach the person, anybody can check them, they outlive the data, and a second entry completes them.

use super::desk::Clerk;
use super::mine::asked;
use super::support::{Answer, Browser, House, NOTICE};
use custody::PersonId;
use ledger::{Effect, Verifier};

store::statements! {
    LIST_KINDS = "SELECT kind FROM holding WHERE person_id = $1 ORDER BY kind";
    FIND_STAFF = "SELECT person_id FROM staff WHERE role = $1";
}

const NAME: &str = "Aoife Brennan";
const EMAIL: &str = "aoife.brennan@hillside.example";

/// The receipt in a letter: what stands between the two lines.
fn enclosed(letter: &str) -> String {
    let from = letter.find("\n-----\n").expect("a line") + "\n-----\n".len();
    let until = letter[from..].find("\n-----\n").expect("another line");
    format!("{}\n", &letter[from..from + until])
}

/// The letters with receipts that went to an address, newest first.
async fn receipts(house: &House, to: &str) -> Vec<String> {
    let letters = house.letters().await.into_iter();
    letters
        .filter(|(address, subject, _)| address == to && subject.contains("receipt"))
        .map(|(.., text)| text)
        .collect()
}

async fn check(house: &House, text: &str) -> Answer {
    Browser::default().post(house, "/receipt", &[("receipt", text)]).await
}

async fn key(house: &House) -> Verifier {
    let key = Browser::default().get(house, "/log/key").await.expect(200).body;
    key.trim_end().parse().expect("a key")
}

async fn kinds(house: &House, person: PersonId) -> Vec<String> {
    let store = house.app.custody().store();
    let read = store.read("kinds", move |tx| {
        tx.all(&LIST_KINDS, &[person.into()])?.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, _>>()
    });
    read.await.expect("read")
}

/// Asks and withdraws.
async fn withdrawn(house: &House) -> PersonId {
    let mut asked = asked(house, NAME, EMAIL).await;
    asked.prove(house, "withdraw", 1).await;
    let key = asked.browser.get(house, "/enquiries/mine/withdraw").await.expect(200).hidden("key");
    asked.browser.post(house, "/enquiries/mine/withdraw", &[("key", &key)]).await.expect(303);
    asked.person
}

#[tokio::test]
async fn the_receipt_of_a_withdrawn_enquiry_arrives_is_genuine_and_outlives_the_data() {
    let house = House::new();
    let person = withdrawn(&house).await;
    house.pass_days(6).await;
    assert_eq!(receipts(&house, EMAIL).await.len(), 0);
    house.pass_days(1).await;
    let letters = receipts(&house, EMAIL).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    for words in ["Reference ENQ-", "You withdrew your enquiry", "2 records", "Monday 14 December 2026", "/receipt"] {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    assert!(!letter.contains(NAME) && !letter.contains("broadband"), "{letter}");
    let left = kinds(&house, person).await;
    assert!(!left.is_empty() && left.iter().all(|kind| kind == "outbound-mail"), "only letters stay: {left:?}");

    let receipt = enclosed(letter);
    let proved = ledger::verify_receipt(&receipt, &key(&house).await).expect("proved without us");
    assert_eq!((proved.leaf.effect, proved.leaf.count), (Effect::EraseDecided, 2));
    let page = check(&house, &receipt).await.expect(200).says("A genuine receipt").says("It was decided to delete");
    let page = page
        .says("Monday 30 November 2026, between 09:00 and 10:00")
        .says("until Monday 14 December 2026 at the latest");
    let page = page.says("What it does not prove").says(&format!("/privacy/{}", notice_digest()));
    assert!(!page.body.contains("/receipt/second/"), "the key still stands: {}", page.body);
    Browser::default().get(&house, "/receipt/second/2026-11-30").await.expect(404);

    house.pass_days(13).await;
    house.publish_log().await;
    let page = check(&house, &receipt).await.expect(200).says("Unreadable in every copy since");
    let page = page.says("href=\"/receipt/second/2026-11-30\"");
    assert!(!page.body.contains("at the latest"), "{}", page.body);
    let second = Browser::default().get(&house, "/receipt/second/2026-11-30").await.expect(200);
    assert!(ledger::verify_receipt(&second.body, &key(&house).await).is_ok());
    check(&house, &second.body).await.expect(200).says("This is the second entry").says("Monday 30 November 2026");
    assert_eq!(kinds(&house, person).await, [""; 0], "the letters go too");
}

fn notice_digest() -> String {
    notice::read(NOTICE).expect("a notice").notice.expect("a whole notice").digest().to_string()
}

#[tokio::test]
async fn a_receipt_is_read_however_a_letter_program_folds_or_quotes_it() {
    let house = House::new();
    withdrawn(&house).await;
    house.pass_days(7).await;
    let letter = receipts(&house, EMAIL).await.remove(0);
    let quoted = format!("> {}", letter.replace('\n', "\r\n> "));
    let folded = enclosed(&letter).lines().map(fold).collect::<Vec<_>>().join("\n");
    for pasted in [letter.clone(), quoted, folded, format!("\n\n{}  ", enclosed(&letter))] {
        check(&house, &pasted).await.expect(200).says("A genuine receipt");
    }
}

/// A line as a program with a narrow page sends it.
fn fold(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    letters.chunks(60).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_changed_receipt_is_refused_and_what_is_none_is_asked_for_again() {
    let house = House::new();
    withdrawn(&house).await;
    house.pass_days(7).await;
    let receipt = enclosed(&receipts(&house, EMAIL).await.remove(0));
    let lines = receipt.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty());
    for line in lines.map(|(line, _)| line) {
        let changed = changed(&receipt, line);
        let page = check(&house, &changed).await;
        assert!(!page.body.contains("A genuine receipt"), "line {line}: {changed}");
    }
    let swapped = receipt.replacen("index ", "index 1", 1);
    let page = check(&house, &swapped).await.expect(200).says("Not a genuine receipt").says("or it was changed");
    assert!(!page.body.contains("How many records"), "what is not proved is not shown: {}", page.body);
    for none in ["", "Good morning", &receipt[..receipt.len() / 2]] {
        check(&house, none).await.expect(422).says("Error: ").says("name=\"receipt\"");
    }
    let long = "a".repeat(60_000);
    check(&house, &long).await.expect(422);
}

/// The receipt with one letter of a line changed to another that could stand there.
fn changed(receipt: &str, line: usize) -> String {
    let lines = receipt.lines().enumerate().map(|(n, text)| {
        if n != line {
            return text.to_owned();
        }
        let at = text.char_indices().rev().nth(text.chars().count() / 3).map_or(0, |(at, _)| at);
        let (before, rest) = text.split_at(at);
        let mut rest = rest.chars();
        let old = rest.next().unwrap_or('A');
        format!("{before}{}{}", if old == '7' { '8' } else { '7' }, rest.as_str())
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[tokio::test]
async fn a_due_enquiry_is_receipted_once_and_its_address_was_opened_for_that_alone() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.act(&house, &asked.reference, "close", &[]).await.expect(303);
    house.pass_days(89).await;
    asked.browser.get(&house, "/").await.expect(200);
    assert_eq!(receipts(&house, EMAIL).await.len(), 0);
    house.pass_days(3).await;
    let letters = receipts(&house, EMAIL).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("The time for which we may keep your enquiry is over"), "{}", letters[0]);
    check(&house, &letters[0]).await.expect(200).says("A genuine receipt");
}

#[tokio::test]
async fn deletion_does_not_wait_for_a_receipt_that_may_not_be_written() {
    let without = NOTICE.replace("\"send-mail\"", "\"send-otherwise\"");
    let house = House::new();
    let asked = asked(&house, NAME, EMAIL).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.act(&house, &asked.reference, "close", &[]).await.expect(303);
    let notice = notice::read(&without).expect("a notice").notice.expect("a whole notice");
    house.app.custody().publish(&without, &notice, "officer").expect("published");
    house.pass_days(110).await;
    assert_eq!(receipts(&house, EMAIL).await.len(), 0);
    assert!(!kinds(&house, asked.person).await.iter().any(|kind| kind == "enquiry"));
}

#[tokio::test]
async fn a_due_record_opens_for_nobody_else_on_its_last_day() {
    let house = House::new();
    let person = withdrawn(&house).await;
    house.pass_days(1).await;
    let (app, custody) = (house.app.clone(), house.app.custody().clone());
    let decided = custody.store().read_blocking("decided", move |tx| {
        let one = app.custody().holdings(tx, person)?.into_iter().find(|one| one.kind == "enquiry").expect("held");
        Ok::<_, custody::Error>(custody::Decided {
            person,
            ground: one.ground,
            kind: "enquiry".to_owned(),
            holding: one.holding,
            holdings: 1,
            due_on: app.today(),
            withdrawn: true,
        })
    });
    let (app, decided) = (house.app.clone(), decided.expect("read"));
    // Nothing was decided yet: whoever says so all the same is not believed.
    let written = house.app.custody().write_blocking("receipt", move |tx| candour::rooms::receipt(&app, tx, &decided));
    assert!(matches!(written, Err(custody::Error::Gone)), "{written:?}");
}

#[tokio::test]
async fn a_member_of_staff_who_left_is_sent_receipts_of_both_parts() {
    let house = House::new();
    let mut clerk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    clerk.get(&house, "/staff").await.expect(200);
    let custody = house.app.custody().clone();
    let left = house.app.custody().write("leave", move |tx| {
        let row = tx.one(&FIND_STAFF, &["desk".into()])?;
        let person = PersonId(row.get(0)?);
        let ground = custody.holdings(tx, person)?.into_iter().map(|one| one.ground).next().expect("a record");
        custody.note(tx, person, ground, "staff.left")
    });
    left.await.expect("left");
    house.pass_days(32).await;
    let letters = receipts(&house, "desk@segfl.example").await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("your entry among our staff is over"), "{}", letters[0]);
    check(&house, &letters[0]).await.expect(200).says("A genuine receipt");
}

#[tokio::test]
async fn the_page_asks_for_the_receipt_and_for_nothing_else() {
    let house = House::new();
    let page = Browser::default().get(&house, "/receipt").await.expect(200).says("we keep nothing of it");
    assert_eq!(page.body.matches("<input").count() + page.body.matches("<textarea").count(), 1, "{}", page.body);
}
