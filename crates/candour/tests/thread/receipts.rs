//! Receipts of deletion: they reach the person, anybody can check them, they outlive the data, and a second entry completes them.

use super::desk::Clerk;
use super::mine::asked;
use super::support::{Answer, Browser, House, NOTICE};
use custody::{Actor, Decided, Ground, HoldingId, New, PersonId, Record};
use ledger::{Effect, Verifier};
use notice::{Ask, Fields};
use std::sync::{Arc, Mutex};

store::statements! {
    LIST_KINDS = "SELECT kind FROM holding WHERE person_id = $1 ORDER BY kind";
    FIND_STAFF = "SELECT person_id, ground FROM staff WHERE role = $1";
    LIST_OPENED = "SELECT o.actor, o.purpose, o.day, o.fields FROM opening o \
        JOIN holding h ON h.person_id = o.person_id AND h.holding_id = o.holding_id \
        WHERE o.person_id = $1 AND h.kind = $2 ORDER BY o.day, o.actor, o.purpose";
    INSERT_HOLD = "INSERT INTO legal_hold (person_id, holding_id, reason, authorised_by, from_day, until_day) \
        SELECT person_id, holding_id, 'claim', 'officer', $3, $2 FROM holding WHERE person_id = $1 AND kind = 'enquiry-message'";
    SPOIL_EPOCH = "UPDATE epoch SET destroyed_on = $2 WHERE day = $1";
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

/// The subjects of the same letters.
async fn subjects(house: &House, to: &str) -> Vec<String> {
    let letters = house.letters().await.into_iter();
    letters
        .filter(|(address, subject, _)| address == to && subject.contains("receipt"))
        .map(|(_, subject, _)| subject)
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
    for words in
        ["by Monday 14 December 2026; if our service", "FILE --key KEY", "segfl.example/log or a printed report"]
    {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    assert!(letter.contains("for about 14 days more") && !letter.contains("at the latest"), "{letter}");
    assert!(!letter.contains(NAME) && !letter.contains("broadband"), "{letter}");
    let left = kinds(&house, person).await;
    assert!(!left.is_empty() && left.iter().all(|kind| kind == "outbound-mail"), "only letters stay: {left:?}");

    let receipt = enclosed(letter);
    let proved = ledger::verify_receipt(&receipt, &key(&house).await).expect("proved without us");
    assert_eq!((proved.leaf.effect, proved.leaf.count), (Effect::EraseDecided, 2));
    let page = check(&house, &receipt).await.expect(200).says("A genuine receipt").says("It was decided to delete");
    let page = page
        .says("Monday 30 November 2026, between 09:00 and 10:00")
        .says("expected to be destroyed by Monday 14 December 2026");
    let page = page
        .says("What it does not prove")
        .says("our own copy of the letter")
        .says(&format!("/privacy/{}", notice_digest()));
    assert!(!page.body.contains("/receipt/second/"), "the key still stands: {}", page.body);
    Browser::default().get(&house, "/receipt/second/2026-11-30").await.expect(404);

    house.pass_days(13).await;
    house.publish_log().await;
    let page = check(&house, &receipt).await.expect(200).says("Unreadable in every copy since");
    let page = page.says("href=\"/receipt/second/2026-11-30\"");
    assert!(!page.body.contains("expected to be destroyed"), "{}", page.body);
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
    let asked = asked(&house, NAME, EMAIL).await;
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.act(&house, &asked.reference, "close", &[]).await.expect(303);
    house.pass_days(89).await;
    assert_eq!(receipts(&house, EMAIL).await.len(), 0);
    move_days(&house, 1);
    // The run stops after the letter was written and before anything is erased, as when the power fails.
    let mut written = run_until_receipts(&house).await;
    assert_eq!(written.len(), 1, "{written:?}");
    let today = law::iso(house.app.today());
    let opened = openings_of(&house, asked.person, "enquiry").await;
    let opened: Vec<_> = opened.iter().filter(|one| one.day == today).collect();
    assert_eq!(opened.len(), 1, "{opened:?}");
    let Opening { actor, purpose, fields, .. } = opened[0];
    assert_eq!((actor.as_str(), purpose.as_str(), fields.as_str()), ("sweeper", "delete-on-time", "email"));
    assert!(openings_of(&house, asked.person, "enquiry-message").await.iter().all(|one| one.day != today));
    // Once written it opens no more, for the receipt neither; and the days that follow write no other.
    let again = write(&house, written.remove(0)).await;
    assert!(matches!(again, Err(custody::Error::Gone)), "{again:?}");
    run_day(&house).await;
    assert!(!kinds(&house, asked.person).await.iter().any(|kind| kind.starts_with("enquiry")));
    house.pass_days(3).await;
    let letters = receipts(&house, EMAIL).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("The time for which we may keep your enquiry is over"), "{}", letters[0]);
    check(&house, &letters[0]).await.expect(200).says("A genuine receipt");
}

/// Moves the clock some days on, to nine in the morning, and runs nothing.
fn move_days(house: &House, days: i64) {
    let day = house.app.today().saturating_add(jiff::Span::new().days(days));
    let at = law::london_start(day).as_millisecond() + 9 * 3_600_000;
    house.app.clock().move_to(law::Timestamp::from_millisecond(at).expect("an instant"));
}

/// Runs today's jobs.
async fn run_day(house: &House) {
    let app = house.app.clone();
    tokio::task::spawn_blocking(move || candour::day::run(&app)).await.expect("no panic").expect("the day ran");
}

/// Writes a receipt as the day's run does.
async fn write(house: &House, decided: Decided) -> Result<bool, custody::Error> {
    let app = house.app.clone();
    house.app.custody().write("receipt", move |tx| candour::rooms::receipt(&app, tx, &decided)).await
}

/// Runs the day's jobs until the receipts are written, and no further: nothing is erased.
async fn run_until_receipts(house: &House) -> Vec<Decided> {
    let (app, written) = (house.app.clone(), Arc::new(Mutex::new(Vec::new())));
    let kept = written.clone();
    let ran = tokio::task::spawn_blocking(move || {
        app.custody().witness()?;
        app.custody().run_day(&|custody, decided| {
            for one in decided {
                let (it, about) = (app.clone(), one.clone());
                if custody.write_blocking("receipt", move |tx| candour::rooms::receipt(&it, tx, &about))? {
                    kept.lock().expect("the list").push(one);
                }
            }
            Err(store::Error::Busy.into())
        })
    });
    let stopped = ran.await.expect("no panic");
    assert!(stopped.is_err(), "nothing was decided");
    std::mem::take(&mut *written.lock().expect("the list"))
}

/// An opening as its row says it.
#[derive(Debug)]
struct Opening {
    actor: String,
    purpose: String,
    day: String,
    fields: String,
}

async fn openings_of(house: &House, person: PersonId, kind: &'static str) -> Vec<Opening> {
    let store = house.app.custody().store();
    let read = store.read("openings", move |tx| {
        let rows = tx.all(&LIST_OPENED, &[person.into(), kind.into()])?;
        let one = |row: &store::Row| {
            Ok::<_, store::Error>(Opening {
                actor: row.get(0)?,
                purpose: row.get(1)?,
                day: row.get(2)?,
                fields: row.get(3)?,
            })
        };
        rows.iter().map(one).collect::<Result<Vec<_>, _>>()
    });
    read.await.expect("read")
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
    Clerk::hire(&house, "desk", "Asha Rahman").await;
    let custody = house.app.custody().clone();
    let left = house.app.custody().write("leave", move |tx| {
        let row = tx.one(&FIND_STAFF, &["desk".into()])?;
        let (person, ground) = (PersonId(row.get(0)?), Ground(row.get(1)?));
        let ask = Ask { actor: "you", purpose: "staff-sign-in", kind: "sign-in", fields: Fields::All };
        let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(custody::Error::Refused)?;
        let record = Record::new().with("password", "a hash").with("totp", "a secret");
        let new = New { person, holding: HoldingId::draw(tx.random()), ground, record: &record, events: &[] };
        custody.take(tx, &allowed, &Actor::you(person), &new)?;
        custody.note(tx, person, ground, "staff.left")?;
        Ok::<_, custody::Error>(person)
    });
    let person = left.await.expect("left");
    let to = "desk@segfl.example";
    house.pass_days(20).await;
    assert_eq!(subjects(&house, to).await, ["Part of your entry among our staff is deleted: a receipt"]);
    let stands = kinds(&house, person).await;
    assert!(stands.iter().any(|kind| kind == "staff") && !stands.iter().any(|kind| kind == "sign-in"), "{stands:?}");
    let part = receipts(&house, to).await.remove(0);
    assert!(part.contains("a part of your entry among our staff is over") && part.contains("1 record,"), "{part}");
    house.pass_days(15).await;
    assert_eq!(
        subjects(&house, to).await,
        [
            "Your entry among our staff is deleted: a receipt",
            "Part of your entry among our staff is deleted: a receipt"
        ]
    );
    assert!(!kinds(&house, person).await.iter().any(|kind| kind == "staff"));
    let whole = receipts(&house, to).await.remove(0);
    assert!(whole.contains("keep your entry among our staff is over"), "{whole}");
    for letter in [part, whole] {
        check(&house, &letter).await.expect(200).says("A genuine receipt");
    }
}

#[tokio::test]
async fn a_letter_about_a_part_of_an_enquiry_says_so_in_its_subject() {
    let house = House::new();
    let person = withdrawn(&house).await;
    run(&house, &INSERT_HOLD, vec![person.into(), "2027-03-01".into(), "2026-11-23".into()]).await;
    house.pass_days(7).await;
    let subject = subjects(&house, EMAIL).await.remove(0);
    assert!(subject.starts_with("Part of your enquiry is deleted: a receipt (ENQ-"), "{subject}");
    let letter = receipts(&house, EMAIL).await.remove(0);
    assert!(letter.contains("So we delete a part of it now"), "{letter}");
    assert!(kinds(&house, person).await.iter().any(|kind| kind == "enquiry-message"));
}

#[tokio::test]
async fn no_date_completes_a_receipt_but_the_second_entry_alone() {
    let house = House::new();
    withdrawn(&house).await;
    house.pass_days(7).await;
    let receipt = enclosed(&receipts(&house, EMAIL).await.remove(0));
    // The program does not run for three weeks.
    move_days(&house, 21);
    let page =
        check(&house, &receipt).await.expect(200).says("was expected to be destroyed by Monday 14 December 2026");
    assert!(!page.body.contains("Unreadable"), "{}", page.body);
    // A row alone is no proof.
    run(&house, &SPOIL_EPOCH, vec!["2026-11-30".into(), "2026-12-13".into()]).await;
    let page = check(&house, &receipt).await.expect(200).says("the entry that proves it does not stand");
    assert!(!page.body.contains("Unreadable") && !page.body.contains("/receipt/second/"), "{}", page.body);
}

async fn run(house: &House, statement: &'static store::Statement, values: Vec<store::Val>) {
    let done = house.app.custody().store().write("run", move |tx| tx.execute(statement, &values));
    done.await.expect("done");
}

#[tokio::test]
async fn the_page_asks_for_the_receipt_and_for_nothing_else() {
    let house = House::new();
    let page = Browser::default().get(&house, "/receipt").await.expect(200).says("we keep nothing of it");
    assert_eq!(page.body.matches("<input").count() + page.body.matches("<textarea").count(), 1, "{}", page.body);
}
