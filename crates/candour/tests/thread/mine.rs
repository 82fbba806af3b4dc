//! The person's own pages: reading and writing again, everything that is held, and change, download and withdrawal behind a
//! code from the mailbox.

use crate::support::{Answer, Browser, House};
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use law::Timestamp;
use notice::{Ask, Fields};

store::statements! {
    @list pub(crate),
    FIND_WHOSE = "SELECT person_id, ground FROM enquiry_reference WHERE reference = $1";
    FIND_STATE = "SELECT state FROM enquiry WHERE person_id = $1 AND ground = $2";
    SET_STATE = "UPDATE enquiry SET state = $3 WHERE person_id = $1 AND ground = $2";
    INSERT_ENTRY = "INSERT INTO enquiry_entry (person_id, ground, holding_id, sort, at) VALUES ($1, $2, $3, $4, $5)";
    FIND_CONTACT = "SELECT holding_id FROM holding WHERE person_id = $1 AND ground = $2 AND kind = 'enquiry'";
    COUNT_ENTRIES = "SELECT count(*) FROM enquiry_entry WHERE person_id = $1";
    COUNT_CLOSED = "SELECT count(*) FROM clock WHERE person_id = $1 AND event = 'enquiry.closed'";
}

const NAME: &str = "Aoife Brennan";
const EMAIL: &str = "aoife.brennan@hillside.example";
const SCHOOL: &str = "Hillside Primary";
const MESSAGE: &str = "Our broadband is slow in the afternoon.\n\nCan you have a look?";

/// A person in a session of their own, and what the house knows them by.
pub(crate) struct Asked {
    pub(crate) browser: Browser,
    pub(crate) reference: String,
    link: String,
    pub(crate) person: PersonId,
    ground: Ground,
}

/// Asks, and opens the enquiry through the link in the letter.
pub(crate) async fn asked(house: &House, name: &str, email: &str) -> Asked {
    let mut browser = Browser::default();
    let form = [
        ("name", name),
        ("email", email),
        ("school", SCHOOL),
        ("role", ""),
        ("telephone", "01632 960 001"),
        ("topic", "broadband"),
        ("message", MESSAGE),
    ];
    let check = browser.post(house, "/enquiries/check", &form).await.expect(200);
    let sent = browser.post(house, "/enquiries", &[("form", &check.hidden("form"))]).await.expect(303);
    let reference = sent.location.rsplit('/').next().expect("a reference").to_owned();
    let (to, _, text) = house.letters().await.remove(0);
    assert_eq!(to, email);
    let link = link_in(&text);
    browser.post(house, &link, &[]).await.expect(303);
    let (person, ground) = whose(house, &reference);
    Asked { browser, reference, link, person, ground }
}

fn link_in(text: &str) -> String {
    let from = text.find("/enquiries/link/").expect("a link");
    text[from..].split_whitespace().next().expect("a link").to_owned()
}

fn whose(house: &House, reference: &str) -> (PersonId, Ground) {
    let reference = reference.to_owned();
    let store = house.app.custody().store();
    store
        .read_blocking("whose", move |tx| {
            let row = tx.one(&FIND_WHOSE, &[reference.as_str().into()])?;
            Ok::<_, store::Error>((PersonId(row.get(0)?), Ground(row.get(1)?)))
        })
        .expect("known")
}

fn count(house: &House, statement: &'static store::Statement, person: PersonId) -> i64 {
    let store = house.app.custody().store();
    store.read_blocking("count", move |tx| tx.one(statement, &[person.into()])?.get::<i64>(0)).expect("counted")
}

/// The n-th key of a form.
fn key(n: u32) -> String {
    format!("{n:0>21}A")
}

fn pass_minutes(house: &House, minutes: i64) {
    let at = house.app.clock().now().as_millisecond() + minutes * 60_000;
    house.app.clock().move_to(Timestamp::from_millisecond(at).expect("an instant"));
}

/// The code in the newest letter.
async fn code_in_mail(house: &House) -> String {
    let (_, subject, text) = house.letters().await.remove(0);
    assert!(subject.starts_with("Your code"), "{subject}");
    let from = text.find("Your code: ").expect("a code") + "Your code: ".len();
    text[from..].chars().take(6).collect()
}

impl Asked {
    async fn get(&mut self, house: &House, path: &str) -> Answer {
        self.browser.get(house, path).await
    }

    async fn post(&mut self, house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
        self.browser.post(house, path, form).await
    }

    /// Asks for a code and gives it.
    pub(crate) async fn prove(&mut self, house: &House, act: &str, n: u32) -> Answer {
        let page = format!("/enquiries/mine/code?act={act}");
        let sent = self.post(house, "/enquiries/mine/code", &[("act", act), ("key", &key(n))]).await.expect(303);
        assert_eq!(sent.location, page);
        self.get(house, &page).await.expect(200).says("autocomplete=\"one-time-code\"").says("inputmode=\"numeric\"");
        let code = code_in_mail(house).await;
        self.give(house, act, &code, n + 1_000).await.expect(303)
    }

    async fn give(&mut self, house: &House, act: &str, code: &str, n: u32) -> Answer {
        self.post(house, "/enquiries/mine/prove", &[("act", act), ("code", code), ("key", &key(n))]).await
    }

    /// Our staff write something, as a part of the enquiry.
    fn add(&self, house: &House, sort: &'static str, record: Record) {
        let (custody, person, ground) = (house.app.custody().clone(), self.person, self.ground);
        let kind = if sort == "note" { "enquiry-note" } else { "enquiry-message" };
        house
            .app
            .custody()
            .write_blocking("add", move |tx| {
                let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind, fields: Fields::All };
                let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(Error::Refused)?;
                let holding = HoldingId::draw(tx.random());
                let new = New { person, holding, ground, record: &record, events: &[] };
                custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
                let now = tx.now().as_millisecond();
                tx.execute(&INSERT_ENTRY, &[person.into(), ground.into(), holding.into(), sort.into(), now.into()])?;
                Ok::<_, Error>(())
            })
            .expect("added");
    }

    fn set_state(&self, house: &House, state: &'static str) {
        let (person, ground) = (self.person, self.ground);
        let store = house.app.custody().store();
        store
            .write_blocking("state", move |tx| {
                tx.execute(&SET_STATE, &[person.into(), ground.into(), state.into()]).map(drop)
            })
            .expect("set");
    }

    fn state(&self, house: &House) -> String {
        let (person, ground) = (self.person, self.ground);
        let store = house.app.custody().store();
        store
            .read_blocking("state", move |tx| tx.one(&FIND_STATE, &[person.into(), ground.into()])?.get::<String>(0))
            .expect("a state")
    }

    /// Whether the desk can open how to reach the person.
    fn desk_opens(&self, house: &House) -> bool {
        let (custody, person, ground) = (house.app.custody().clone(), self.person, self.ground);
        let opened = house.app.custody().write_blocking("desk", move |tx| {
            let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
            let allowed = custody.in_force(tx.today())?.allow(&ask).map_err(Error::Refused)?;
            let holding = HoldingId(tx.one(&FIND_CONTACT, &[person.into(), ground.into()])?.get(0)?);
            let permit = custody.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
            custody.open(tx, &permit)?;
            Ok::<_, Error>(())
        });
        assert!(matches!(opened, Ok(()) | Err(Error::Refused(_))), "neither opened nor refused");
        opened.is_ok()
    }

    /// Rows under the person's id, by table.
    fn rows(&self, house: &House) -> Vec<(String, usize)> {
        let (store, person) = (house.app.custody().store(), self.person);
        let catalogue = store.catalogue().expect("a catalogue");
        let tables = catalogue.into_iter().filter(|column| column.column == "person_id").map(|column| column.table);
        let counted = tables.map(|table| {
            let name = table.clone();
            let count = store.read_blocking("rows", move |tx| {
                tx.all(&store::select_by(&name, &["person_id"], &["person_id"]), &[person.into()])
                    .map(|rows| rows.len())
            });
            (table, count.expect("counted"))
        });
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

/// What a page owes to people who hear it: one heading of the first level, an id once, a label for each input.
fn assert_heard(page: &Answer) {
    let body = &page.body;
    assert_eq!(body.matches("<h1").count(), 1, "{body}");
    let mut ids: Vec<&str> = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "an id stands twice: {ids:?}");
    for input in body.split("<input ").skip(1).chain(body.split("<textarea ").skip(1)) {
        let tag = input.split('>').next().unwrap_or_default();
        if tag.contains("type=\"hidden\"") {
            continue;
        }
        let id = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
        assert!(body.contains(&format!("<label for=\"{id}\"")), "{id} has no label");
    }
    assert!(!body.contains(" style=") && !body.contains("<script"), "{body}");
}

#[tokio::test]
async fn a_person_reads_where_their_enquiry_stands_and_what_was_written() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let page = asked.get(&house, "/enquiries/mine").await.expect(200);
    let page = page
        .says("We will answer by Monday 30 November 2026.")
        .says(&asked.reference)
        .says("You, Monday 23 November 2026");
    let page = page.says("<p>Our broadband is slow in the afternoon.</p>").says("<p>Can you have a look?</p>");
    assert_heard(&page);

    asked.add(
        &house,
        "answer",
        Record::new().with("message", "We looked: it is mended.").with("answered-by", "Rowan Ellis"),
    );
    asked.set_state(&house, "answered");
    let page = asked.get(&house, "/enquiries/mine").await.expect(200).says("We answered on Monday 23 November 2026.");
    page.says("Rowan Ellis, SEGfL desk").says("We looked: it is mended.");
}

#[tokio::test]
async fn a_late_answer_is_owned_up_to() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    house.pass_days(8).await;
    let link = asked.link.clone();
    asked.post(&house, &link, &[]).await.expect(303);
    asked
        .get(&house, "/enquiries/mine")
        .await
        .expect(200)
        .says("We promised an answer by Monday 30 November 2026 and are late.");
}

#[tokio::test]
async fn writing_again_is_done_once_and_reopens_a_closed_enquiry() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let (custody, person, ground) = (house.app.custody().clone(), asked.person, asked.ground);
    house
        .app
        .custody()
        .write_blocking("close", move |tx| custody.note(tx, person, ground, "enquiry.closed"))
        .expect("closed");
    asked.set_state(&house, "closed");
    let page = asked.get(&house, "/enquiries/mine").await.expect(200).says("We have closed your enquiry.");
    let key = page.hidden("key");
    for _ in 0..2 {
        let form = [("key", key.as_str()), ("message", "It is slow again.")];
        let answer = asked.post(&house, "/enquiries/mine/write", &form).await.expect(303);
        assert_eq!(answer.location, "/enquiries/mine?done=written");
    }
    assert_eq!(count(&house, &COUNT_ENTRIES, asked.person), 2);
    assert_eq!(count(&house, &COUNT_CLOSED, asked.person), 0);
    assert_eq!(asked.state(&house), "waiting");
    let page = asked.get(&house, "/enquiries/mine?done=written").await.expect(200);
    page.says("Your message is with us.").says("It is slow again.").says("We will answer by Monday 30 November 2026.");
}

#[tokio::test]
async fn an_empty_message_is_answered_with_what_to_do() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let page = asked.post(&house, "/enquiries/mine/write", &[("key", &key(1)), ("message", "  ")]).await.expect(422);
    assert_heard(&page.says("There is a problem").says("Enter your message"));
    asked
        .post(&house, "/enquiries/mine/write", &[("key", &key(1)), ("message", "x"), ("answered-by", "me")])
        .await
        .expect(400);
    asked.post(&house, "/enquiries/mine/write", &[("key", "short"), ("message", "x")]).await.expect(400);
    assert_eq!(count(&house, &COUNT_ENTRIES, asked.person), 1);
}

#[tokio::test]
async fn your_data_shows_every_value_with_why_until_when_and_who_opened_it() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    assert!(asked.desk_opens(&house));
    let page = asked.get(&house, "/enquiries/mine/data").await.expect(200);
    for words in [
        NAME,
        EMAIL,
        SCHOOL,
        "01632 960 001",
        "Broadband and network",
        "Our broadband is slow in the afternoon.",
        "/privacy#purpose-answer-enquiries",
        "/privacy#kind-enquiry-keep",
        "Tuesday 23 November 2027",
        "Our desk",
        "Our mail system",
        "You, Monday 23 November 2026",
        "E-mail to you of 23 November 2026",
        "This is everything we hold for this enquiry",
        "Notes by our staff are listed",
        "beyond this enquiry, write to privacy@segfl.example (Data protection officer).",
        "Seen on 1 day: by ",
        "What else stands beside it",
        "the reference of your enquiry",
        "<svg",
        "The same as a table",
    ] {
        assert!(page.body.contains(words), "{words} is missing: {}", page.body);
    }
    assert!(!page.body.contains(&asked.link), "the page gives a link away: {}", page.body);
    assert_heard(&page);
}

#[tokio::test]
async fn a_note_of_our_staff_is_listed_and_its_text_waits_until_someone_has_looked() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.add(&house, "note", Record::new().with("note", "Ask Bryony Cole, who knows that line."));
    asked.add(&house, "answer", Record::new().with("message", "We are on it.").with("answered-by", "Rowan Ellis"));
    let page = asked.get(&house, "/enquiries/mine/data").await.expect(200);
    let page =
        page.says("A note by our staff of 23 November 2026").says("Kept back, because it may speak of other people.");
    let page = page.says("privacy@segfl.example").says("We are on it.");
    assert!(!page.body.contains("Bryony"), "{}", page.body);
    assert!(!asked.get(&house, "/enquiries/mine").await.expect(200).body.contains("Bryony"));
    asked.prove(&house, "download", 1).await;
    for file in ["json", "html"] {
        let file = asked
            .get(&house, &format!("/enquiries/mine/download.{file}"))
            .await
            .expect(200)
            .says("may speak of other people");
        assert!(!file.body.contains("Bryony"), "{}", file.body);
    }
}

#[tokio::test]
async fn without_a_code_nothing_is_changed_downloaded_or_withdrawn() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let pages = [
        ("/enquiries/mine/change", "change"),
        ("/enquiries/mine/download", "download"),
        ("/enquiries/mine/download.json", "download"),
        ("/enquiries/mine/download.html", "download"),
        ("/enquiries/mine/withdraw", "withdraw"),
    ];
    for (page, act) in pages {
        let asking = format!("/enquiries/mine/code?act={act}");
        assert_eq!(asked.get(&house, page).await.expect(303).location, asking);
        assert_heard(&asked.get(&house, &asking).await.expect(200).says("Send me a code"));
    }
    let answer = asked.post(&house, "/enquiries/mine/withdraw", &[("key", &key(1))]).await.expect(303);
    assert_eq!(answer.location, "/enquiries/mine/code?act=withdraw");
    assert!(asked.desk_opens(&house));
    asked.get(&house, "/enquiries/mine/code?act=erase").await.expect(400);

    // A code for one act proves no other.
    asked.prove(&house, "download", 1).await;
    assert_eq!(
        asked.get(&house, "/enquiries/mine/withdraw").await.expect(303).location,
        "/enquiries/mine/code?act=withdraw"
    );
}

#[tokio::test]
async fn five_wrong_codes_end_a_code() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.post(&house, "/enquiries/mine/code", &[("act", "withdraw"), ("key", &key(1))]).await.expect(303);
    let code = code_in_mail(&house).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (n, words) in [
        (10, "You have 4 tries left"),
        (11, "You have 3 tries left"),
        (12, "You have 2 tries left"),
        (13, "You have one try left"),
    ] {
        let page = asked.give(&house, "withdraw", wrong, n).await.expect(422).says("That is not the code.").says(words);
        assert_heard(&page);
        // The same request again counts nothing.
        asked.give(&house, "withdraw", wrong, n).await.expect(422).says(words);
    }
    asked.give(&house, "withdraw", "", 20).await.expect(422).says("Enter the code from our e-mail");
    asked.give(&house, "withdraw", wrong, 14).await.expect(422).says("no longer works");
    asked.give(&house, "withdraw", &code, 15).await.expect(422).says("no longer works");
    assert_eq!(
        asked.get(&house, "/enquiries/mine/withdraw").await.expect(303).location,
        "/enquiries/mine/code?act=withdraw"
    );
    asked.prove(&house, "withdraw", 2).await;
    asked.get(&house, "/enquiries/mine/withdraw").await.expect(200);
}

#[tokio::test]
async fn a_code_works_for_fifteen_minutes_and_proves_for_ten() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.post(&house, "/enquiries/mine/code", &[("act", "download"), ("key", &key(1))]).await.expect(303);
    let code = code_in_mail(&house).await;
    pass_minutes(&house, 15);
    asked.give(&house, "download", &code, 2).await.expect(422).says("That code is over").says("Send me a code");
    let place = asked.prove(&house, "download", 3).await.location;
    assert_eq!(place, "/enquiries/mine/download");
    asked.get(&house, &place).await.expect(200);
    pass_minutes(&house, 10);
    assert_eq!(asked.get(&house, &place).await.expect(303).location, "/enquiries/mine/code?act=download");
}

#[tokio::test]
async fn a_new_code_replaces_the_old_and_five_are_sent_in_a_day() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    let before = house.letters().await.len();
    let mut codes = Vec::new();
    for n in 1..=7 {
        let form = [("act", "change"), ("key", &*key(n))];
        asked.post(&house, "/enquiries/mine/code", &form).await.expect(303);
        // Sent twice, done once.
        asked.post(&house, "/enquiries/mine/code", &form).await.expect(303);
        codes.push(code_in_mail(&house).await);
    }
    assert_eq!(house.letters().await.len(), before + 5);
    asked.get(&house, "/enquiries/mine/code?act=change").await.expect(200).says("We have sent five codes today");
    if codes[0] != codes[6] {
        asked.give(&house, "change", &codes[0], 20).await.expect(422);
    }
    asked.give(&house, "change", &codes[6], 21).await.expect(303);
}

#[tokio::test]
async fn a_code_that_still_works_is_not_shown_beside_the_letter_that_holds_it() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.post(&house, "/enquiries/mine/code", &[("act", "withdraw"), ("key", &key(1))]).await.expect(303);
    let code = code_in_mail(&house).await;
    let line = format!("Your code: {code}");
    let page = asked.get(&house, "/enquiries/mine/data").await.expect(200).says("it holds a code that still works");
    assert!(!page.body.contains(&line), "{}", page.body);
    pass_minutes(&house, 15);
    asked.get(&house, "/enquiries/mine/data").await.expect(200).says(&line);
}

#[tokio::test]
async fn a_changed_detail_is_shown_and_the_old_one_is_gone() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.prove(&house, "change", 1).await;
    let form = asked.get(&house, "/enquiries/mine/change").await.expect(200).says(NAME).says(EMAIL);
    assert!(!form.body.contains("name=\"topic\""), "the topic is fixed: {}", form.body);
    assert_heard(&form);
    let note = form.hidden("form");
    let typed = |email: &'static str| {
        vec![("name", "Aoife Byrne"), ("email", email), ("school", SCHOOL), ("role", "Head teacher"), ("telephone", "")]
    };
    let send = |email: &'static str, note: &str| {
        let mut pairs: Vec<(String, String)> =
            typed(email).into_iter().map(|(id, value)| (id.to_owned(), value.to_owned())).collect();
        pairs.push(("form".to_owned(), note.to_owned()));
        pairs
    };
    let pairs = send("nowhere", &note);
    let borrowed: Vec<(&str, &str)> = pairs.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    let wrong = asked.post(&house, "/enquiries/mine/change", &borrowed).await.expect(422);
    let wrong = wrong
        .says("Enter an e-mail address in the correct format")
        .says("Aoife Byrne")
        .says("Head teacher")
        .says("nowhere");
    assert_heard(&wrong);

    // More than ten minutes with the form: what was typed is not lost to a code that is over.
    pass_minutes(&house, 12);
    let pairs = send("aoife.byrne@hillside.example", &wrong.hidden("form"));
    let borrowed: Vec<(&str, &str)> = pairs.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    let check = asked.post(&house, "/enquiries/mine/change", &borrowed).await.expect(200).says("Nothing is saved yet.");
    let check = check.says(NAME).says("Aoife Byrne").says("Not given").says("Head teacher");
    assert_heard(&check);
    let note = check.hidden("form");
    let back = [("form", note.as_str()), ("change", "form")];
    asked.post(&house, "/enquiries/mine/change", &back).await.expect(200).says("value=\"Aoife Byrne\"");

    let letters = house.letters().await.len();
    for _ in 0..2 {
        let saved = asked.post(&house, "/enquiries/mine/change/save", &[("form", &note)]).await.expect(303);
        assert_eq!(saved.location, "/enquiries/mine/data?done=moved");
    }
    let page =
        asked.get(&house, "/enquiries/mine/data?done=moved").await.expect(200).says("Your details are changed. E-mails already sent still show the old address until they are deleted, and copies become unreadable within 14 days.");
    // The letters that went to the old address say so for the seven days that they are kept.
    let contact = page.body.split("id=\"record-2\"").next().expect("the first record");
    assert!(
        contact.contains("Aoife Byrne")
            && contact.contains("aoife.byrne@hillside.example")
            && contact.contains("Head teacher")
    );
    assert!(!contact.contains(NAME) && !contact.contains(EMAIL) && !contact.contains("01632"), "{contact}");

    let sent = house.letters().await;
    assert_eq!(sent.len(), letters + 2);
    let mut to: Vec<&str> = sent[..2].iter().map(|(to, ..)| to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [EMAIL, "aoife.byrne@hillside.example"]);
    for (to, subject, text) in &sent[..2] {
        assert!(subject.starts_with("The e-mail address of your enquiry has changed"), "{subject}");
        assert!(!text.contains("hillside") && !text.contains("Aoife"), "{text}");
        assert_eq!(text.contains("/enquiries/link/"), *to != EMAIL, "{text}");
        assert_eq!(text.contains("/enquiries/find"), *to != EMAIL, "{text}");
    }
    // Links to the old address are over; the new one works.
    let new = link_in(&sent[..2].iter().find(|(to, ..)| *to != EMAIL).expect("the new address").2);
    let (mut one, mut other) = (Browser::default(), Browser::default());
    one.post(&house, &asked.link, &[]).await;
    assert!(one.cookies().is_empty(), "{:?}", one.cookies());
    other.post(&house, &new, &[]).await.expect(303);
    other.get(&house, "/enquiries/mine").await.expect(200).says(&asked.reference);
    for entry in walk(house.folder.path()) {
        let bytes = std::fs::read(&entry).expect("a file");
        for value in [NAME, "Aoife Byrne", EMAIL] {
            assert!(
                !bytes.windows(value.len()).any(|window| window == value.as_bytes()),
                "{value} stands in {}",
                entry.display()
            );
        }
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_change_without_a_difference_changes_nothing() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.prove(&house, "change", 1).await;
    let note = asked.get(&house, "/enquiries/mine/change").await.expect(200).hidden("form");
    let same = [
        ("form", note.as_str()),
        ("name", NAME),
        ("email", EMAIL),
        ("school", SCHOOL),
        ("role", ""),
        ("telephone", "01632 960 001"),
    ];
    let answer = asked.post(&house, "/enquiries/mine/change", &same).await.expect(303);
    assert_eq!(answer.location, "/enquiries/mine/data?done=same");
    asked.get(&house, &answer.location).await.expect(200).says("nothing was changed");
    // A note that was never checked saves nothing.
    asked.post(&house, "/enquiries/mine/change/save", &[("form", &note)]).await.expect(400);
}

#[tokio::test]
async fn another_person_sees_and_uses_nothing_of_an_enquiry() {
    let house = House::new();
    let mut first = asked(&house, NAME, EMAIL).await;
    let mut second = asked(&house, "Tomos Price", "tomos.price@valley.example").await;
    for page in ["/enquiries/mine", "/enquiries/mine/data"] {
        let page = second.get(&house, page).await.expect(200);
        for value in [NAME, EMAIL, &*first.reference] {
            assert!(!page.body.contains(value), "{value}: {}", page.body);
        }
    }
    first.prove(&house, "change", 1).await;
    let note = first.get(&house, "/enquiries/mine/change").await.expect(200).hidden("form");
    let answer =
        second.post(&house, "/enquiries/mine/change", &[("form", &note), ("change", "form")]).await.expect(303);
    assert_eq!(answer.location, "/enquiries/mine/code?act=change");
    // The first person's code is no proof for the second.
    first.post(&house, "/enquiries/mine/code", &[("act", "withdraw"), ("key", &key(5))]).await.expect(303);
    let code = code_in_mail(&house).await;
    second.give(&house, "withdraw", &code, 6).await.expect(422);
    let mut stranger = Browser::default();
    for page in ["/enquiries/mine", "/enquiries/mine/data", "/enquiries/mine/download.json"] {
        assert_eq!(stranger.get(&house, page).await.expect(303).location, "/enquiries/find");
    }
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_or_when_the_person_says_so() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    pass_minutes(&house, 29);
    asked.get(&house, "/enquiries/mine").await.expect(200);
    pass_minutes(&house, 1);
    assert_eq!(asked.get(&house, "/enquiries/mine").await.expect(303).location, "/enquiries/find");
    let link = asked.link.clone();
    asked.post(&house, &link, &[]).await.expect(303);
    asked.get(&house, "/enquiries/mine").await.expect(200);
    let mut copy = asked.browser.clone();
    assert_eq!(asked.post(&house, "/enquiries/mine/leave", &[]).await.expect(303).location, "/");
    assert!(asked.browser.cookies().is_empty());
    copy.get(&house, "/enquiries/mine").await.expect(303);
}

#[tokio::test]
async fn the_download_holds_every_value_once_with_its_purposes() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.prove(&house, "download", 1).await;
    assert_heard(&asked.get(&house, "/enquiries/mine/download").await.expect(200));
    let file = asked.get(&house, "/enquiries/mine/download.json").await.expect(200);
    assert_eq!(file.headers["content-type"], "application/json");
    assert_eq!(file.headers["content-disposition"], format!("attachment; filename=\"segfl-{}.json\"", asked.reference));
    let json: serde_json::Value = serde_json::from_str(&file.body).expect("JSON");
    assert_eq!(json["format"], "candour-export-1");
    assert_eq!(json["reference"], asked.reference);
    assert_eq!(json["notice"]["digest"].as_str().map(str::len), Some(64));
    let holdings = json["holdings"].as_array().expect("holdings");
    for (kind, field, value) in [
        ("enquiry", "name", NAME),
        ("enquiry", "email", EMAIL),
        ("enquiry", "school", SCHOOL),
        ("enquiry", "telephone", "01632 960 001"),
        ("enquiry", "topic", "broadband"),
        ("enquiry-message", "message", MESSAGE),
    ] {
        let of_kind = holdings.iter().filter(|one| one["kind"] == kind);
        let fields = of_kind.flat_map(|one| one["fields"].as_array().expect("fields"));
        let found: Vec<_> = fields.filter(|one| one["id"] == field && one["value"] == value).collect();
        assert_eq!(found.len(), 1, "{field}: {}", file.body);
        assert_eq!(found[0]["source"], "you");
    }
    for one in holdings {
        let purposes = one["purposes"].as_array().expect("purposes");
        assert!(
            purposes.iter().any(|purpose| purpose["id"] == "show-you" && purpose["basis"] == "legal-obligation"),
            "{one}"
        );
        assert!(
            one["openings"].as_array().is_some_and(|openings| openings.iter().any(|opening| opening["by"] == "you")),
            "{one}"
        );
        assert!(one["until"].is_string() && one["keep"].is_string(), "{one}");
    }
    assert!(
        json["beside"].as_array().is_some_and(|rows| rows.iter().any(|row| row["table"] == "enquiry")),
        "{}",
        file.body
    );
    let beside: Vec<&str> = json["beside"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row["values"].as_array().expect("values"))
        .map(|value| value["value"].as_str().expect("text"))
        .collect();
    assert!(beside.contains(&"2026-11-23T09:00:00Z"), "{beside:?}");
    assert!(beside.iter().all(|value| value.len() != 13 || value.parse::<i64>().is_err()), "{beside:?}");
    let has = |list: &str, key: &str, value: &str| {
        json[list].as_array().is_some_and(|all| all.iter().any(|one| one[key] == value))
    };
    assert!(has("recipients", "country", "GB") && has("contacts", "email", "privacy@segfl.example"), "{}", file.body);
    assert!(has("contacts", "web", "https://ico.org.uk/make-a-complaint/"), "{}", file.body);
    for (list, words) in [("rights", "Objection: "), ("complaints", "within 30 days")] {
        let all = json[list].as_array().expect("paragraphs");
        assert!(all.iter().any(|one| one.as_str().is_some_and(|one| one.contains(words))), "{list}: {all:?}");
    }
    assert!(json["scope"].as_str().is_some_and(|scope| scope.contains("privacy@segfl.example")), "{}", file.body);
    let token = asked.link.rsplit('/').next().expect("a token").to_owned();
    assert!(!file.body.contains(&token), "the file gives a link away");

    let page = asked.get(&house, "/enquiries/mine/download.html").await.expect(200);
    assert_eq!(page.headers["content-disposition"], format!("attachment; filename=\"segfl-{}.html\"", asked.reference));
    let page = page.says(NAME).says(EMAIL).says("UK GDPR Art 6(1)(f)").says("holds for your enquiry");
    let page = page.says("Broadband and network").says("23 November 2026, you: Show you what we hold");
    let page = page.says("Example Hosting Limited, United Kingdom").says("https://ico.org.uk/make-a-complaint/");
    let page = page.says("Objection: ").says("within 30 days").says("privacy@segfl.example");
    assert!(!page.body.contains(&token), "the file gives a link away");
    assert!(!page.body.contains("2026-11-23") && !page.body.contains("broadband<"), "{}", page.body);
    for asking in ["<link", "href=", "src=", "url(", "@import"] {
        assert!(!page.body.contains(asking), "the file asks for something else: {asking}");
    }
}

#[tokio::test]
async fn a_withdrawal_closes_at_once_and_can_be_cancelled() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.prove(&house, "withdraw", 1).await;
    let page = asked
        .get(&house, "/enquiries/mine/withdraw")
        .await
        .expect(200)
        .says("Monday 30 November 2026")
        .says("Monday 14 December 2026");
    assert_heard(&page);
    let key = page.hidden("key");
    let letters = house.letters().await.len();
    for _ in 0..2 {
        assert_eq!(
            asked.post(&house, "/enquiries/mine/withdraw", &[("key", &key)]).await.expect(303).location,
            "/enquiries/mine"
        );
    }
    assert!(!asked.desk_opens(&house));
    let page = asked
        .get(&house, "/enquiries/mine")
        .await
        .expect(200)
        .says("Withdrawn: it will be destroyed on Monday 30 November 2026");
    assert!(!page.body.contains("broadband") && !page.body.contains(NAME), "{}", page.body);
    assert_heard(&page);
    for path in [
        "/enquiries/mine/data",
        "/enquiries/mine/change",
        "/enquiries/mine/withdraw",
        "/enquiries/mine/code?act=download",
    ] {
        assert_eq!(asked.get(&house, path).await.expect(303).location, "/enquiries/mine", "{path}");
    }
    let form = [("key", "0000000000000000000AAA"), ("message", "Hello?")];
    asked.post(&house, "/enquiries/mine/write", &form).await.expect(303);
    assert_eq!(count(&house, &COUNT_ENTRIES, asked.person), 1);

    let sent = house.letters().await;
    assert_eq!(sent.len(), letters + 1);
    assert!(sent[0].1.starts_with("You have withdrawn your enquiry"), "{}", sent[0].1);
    assert!(!sent[0].2.contains(NAME) && !sent[0].2.contains("broadband"), "{}", sent[0].2);
    let mut browser = Browser::default();
    browser.post(&house, &link_in(&sent[0].2), &[]).await.expect(303);
    let page = browser.get(&house, "/enquiries/mine").await.expect(200).says("Keep my enquiry after all");
    for _ in 0..2 {
        let form = [("key", &*page.hidden("key"))];
        assert_eq!(
            browser.post(&house, "/enquiries/mine/cancel", &form).await.expect(303).location,
            "/enquiries/mine?done=cancelled"
        );
    }
    browser
        .get(&house, "/enquiries/mine?done=cancelled")
        .await
        .expect(200)
        .says("open again")
        .says("Our broadband is slow");
    assert!(asked.desk_opens(&house));
    house.pass_days(8).await;
    assert!(asked.desk_opens(&house));
}

#[tokio::test]
async fn a_withdrawn_enquiry_leaves_no_row_after_its_day() {
    let house = House::new();
    let mut asked = asked(&house, NAME, EMAIL).await;
    asked.add(&house, "note", Record::new().with("note", "Called once."));
    asked.get(&house, "/enquiries/mine/data").await.expect(200);
    asked.prove(&house, "withdraw", 1).await;
    let key = asked.get(&house, "/enquiries/mine/withdraw").await.expect(200).hidden("key");
    asked.post(&house, "/enquiries/mine/withdraw", &[("key", &key)]).await.expect(303);
    assert!(!asked.rows(&house).is_empty());
    house.pass_days(8).await;
    let left: Vec<String> = asked.rows(&house).into_iter().map(|(table, _)| table).collect();
    let of_a_letter = ["clock", "data_key", "forecast", "holding", "mail_job", "opening", "trail"];
    assert_eq!(left, of_a_letter, "only the letter with the receipt stays, for a week");
    house.pass_days(8).await;
    assert_eq!(asked.rows(&house), []);
    let (mut browser, link) = (Browser::default(), asked.link.clone());
    browser.post(&house, &link, &[]).await;
    assert!(browser.cookies().is_empty());
}
