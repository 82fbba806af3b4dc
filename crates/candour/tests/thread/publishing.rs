//! Publishing a notice: draft, findings, difference, rehearsal, a second officer, letters, banner, feed, and its day.

use super::desk::{Clerk, asked, whose};
use super::support::{Browser, House, NOTICE};
use aws_lc_rs::digest::{SHA256, digest};
use candour::rooms::staff;
use custody::{Error, PersonId};

store::statements! {
    OBJECT = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, $2, $3)";
    FIND_AUTHOR = "SELECT person_id FROM draft_act WHERE act = 'made'";
    DAMAGE = "UPDATE holding SET sealed = $2 WHERE person_id = $1";
    BREAK_TELLING = "INSERT INTO publication (digest, n, significant, telling, told, unreached, objected) \
        VALUES ($1, 99, 0, 'open', 0, 0, 0)";
    BREAK_NOTICE = "UPDATE notice SET text = 'Dear madam,' WHERE digest = $1";
    COUNT_TELLING = "SELECT count(*) FROM telling WHERE state = $1";
}

const KEEP: &str = "earliest of 90 days after enquiry.closed, 12 months after enquiry.received";
const SUBJECT: &str = "Our privacy notice changes on Monday 7 December 2026";

/// The same by another name: nobody needs to be told before.
fn version(name: &str) -> String {
    NOTICE.replacen("version = \"2026-11\"", &format!("version = \"{name}\""), 1)
}

/// Longer, so people are told before.
fn longer(name: &str) -> String {
    version(name).replace(KEEP, "earliest of 1 year after enquiry.closed, 2 years after enquiry.received")
}

/// Two officers, who work for all of a test.
struct Officers {
    first: Clerk,
    second: Clerk,
}

impl Officers {
    async fn hire(house: &House) -> Self {
        let first = Clerk::hire(house, "officer", "Tomos Pugh").await;
        Self { first, second: Clerk::hire(house, "officer", "Nia Okafor").await }
    }

    /// The first officer makes a draft; gives its address.
    async fn draft(&mut self, house: &House, text: &str) -> String {
        let key = self.first.get(house, "/staff/notices/new").await.expect(200).hidden("key");
        let parts = [("key", key.as_str()), ("text", text), ("file", "")];
        self.first.post_parts(house, "/staff/notices", &parts).await.expect(303).location
    }

    /// The first one makes and rehearses it, the second approves it.
    async fn publish(&mut self, house: &House, text: &str) {
        let draft = self.draft(house, text).await;
        self.first.post(house, &format!("{draft}/rehearse"), &[]).await.expect(303);
        let published = self.second.post(house, &format!("{draft}/approve"), &[]).await.expect(303);
        self.second.get(house, &published.location).await.expect(200).says("The notice is published.");
    }
}

impl House {
    /// A minute of a running program.
    async fn minute(&self) {
        let app = self.app.clone();
        tokio::task::spawn_blocking(move || candour::day::minute(&app))
            .await
            .expect("no panic")
            .expect("the minute ran");
    }

    /// Addresses to which word of the change went.
    async fn told(&self) -> Vec<String> {
        let mut told: Vec<String> =
            self.letters().await.into_iter().filter(|(_, subject, _)| subject == SUBJECT).map(|(to, ..)| to).collect();
        told.sort();
        told
    }

    async fn telling(&self, state: &'static str) -> i64 {
        let read =
            self.app.custody().store().read("telling", move |tx| tx.one(&COUNT_TELLING, &[state.into()])?.get(0));
        read.await.expect("counted")
    }
}

#[tokio::test]
async fn a_significant_notice_is_drafted_rehearsed_approved_by_another_told_and_in_force_on_its_day() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    asked(&house).await;
    let draft = officers.draft(&house, &longer("2026-12")).await;
    let page = officers.first.get(&house, &draft).await.expect(200);
    let page = page.says("Draft of version 2026-12").says("Made by you on Monday 23 November 2026");
    let page = page.says("in force from Monday 7 December 2026").says("Not rehearsed yet").says("1 person");
    page.says("Some differences are significant: people know of them 14 days before")
        .says("People who ask us something");

    officers.first.post(&house, &format!("{draft}/rehearse"), &[]).await.expect(303);
    officers
        .first
        .get(&house, &draft)
        .await
        .expect(200)
        .says("Nothing that is held falls due earlier")
        .says("You made this draft, so another officer has to approve it.");
    let own = officers.first.post(&house, &format!("{draft}/approve"), &[]).await.expect(409);
    own.says("You made this draft, so another officer has to approve it. Nothing was changed.");
    officers.second.get(&house, &draft).await.expect(200).says("Made by another officer").says("Approve and publish");
    officers.second.post(&house, &format!("{draft}/approve"), &[]).await.expect(303);
    officers.second.post(&house, &format!("{draft}/approve"), &[]).await.expect(409).says("This draft waits no more");
    let list = officers.second.get(&house, "/staff/notices").await.expect(200);
    list.says("is published, and in force from Monday 7 December 2026")
        .says("Example Hosting Limited has accepted version 2026-11.");

    house.minute().await;
    let everybody = ["mary.poole@hillside.example", "officer@segfl.example", "officer@segfl.example"];
    assert_eq!(house.told().await, everybody);
    let letters = house.letters().await;
    let (_, _, text) = letters.iter().find(|(_, subject, _)| subject == SUBJECT).expect("a letter");
    for part in ["changes on Monday 7 December 2026", "longer", "https://portal.segfl.example/privacy/", "SEGfL"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    officers.first.get(&house, "/staff/notices").await.expect(200).says("Written to: 3 people.");

    let mut visitor = Browser::default();
    for path in ["/", "/privacy", "/enquiries/new", "/nowhere"] {
        let page = visitor.get(&house, path).await;
        assert!(page.body.contains("Our privacy notice changes on Monday 7 December 2026."), "{path}");
    }
    visitor.get(&house, "/privacy").await.says("Version 2026-11");
    house.pass_days(14).await;
    visitor
        .get(&house, "/privacy")
        .await
        .says("Version 2026-12")
        .says("Our privacy notice changed on Monday 7 December");
    house.pass_days(14).await;
    assert!(!visitor.get(&house, "/").await.body.contains("Our privacy notice changed"));
}

#[tokio::test]
async fn nobody_is_told_twice_whatever_stops_and_starts() {
    let mut house = House::new();
    let mut officers = Officers::hire(&house).await;
    for _ in 0..3 {
        asked(&house).await;
    }
    officers.publish(&house, &longer("2026-12")).await;
    // Stopped before anybody was told, and again after everybody was.
    house = house.restart();
    house.minute().await;
    assert_eq!(house.told().await.len(), 5);
    house = house.restart();
    house.minute().await;
    house.minute().await;
    assert!(house.told().await.is_empty(), "the demonstration's page of letters began anew, and no letter came");
    assert_eq!(house.telling("told").await, 5);
}

#[tokio::test]
async fn whoever_objected_or_whose_time_is_over_is_not_written_to_and_is_counted() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let (objected, withdrawn) = (asked(&house).await, asked(&house).await);
    let (person, _) = whose(&house, &objected).await;
    let write = house
        .app
        .custody()
        .store()
        .write("object", move |tx| tx.execute(&OBJECT, &[person.into(), "send-mail".into(), tx.today().into()]));
    write.await.expect("objected");
    let (person, ground) = whose(&house, &withdrawn).await;
    let custody = house.app.custody().clone();
    let withdrawing = house.app.custody().write("withdraw", move |tx| custody.withdraw(tx, person, ground, "enquiry"));
    withdrawing.await.expect("withdrawn");
    officers.publish(&house, &longer("2026-12")).await;
    house.minute().await;
    assert_eq!(house.told().await, ["officer@segfl.example", "officer@segfl.example"]);
    let list = officers.first.get(&house, "/staff/notices").await.expect(200);
    list.says("Without an address that may be used for it: 1 person. Objected to such e-mails: 1 person.");
}

#[tokio::test]
async fn a_record_that_cannot_be_opened_holds_up_nobody_and_is_not_tried_again() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let damaged = asked(&house).await;
    asked(&house).await;
    let (person, _) = whose(&house, &damaged).await;
    let damage = house
        .app
        .custody()
        .store()
        .write("damage", move |tx| tx.execute(&DAMAGE, &[person.into(), vec![0_u8; 40].into()]));
    damage.await.expect("damaged");
    officers.publish(&house, &longer("2026-12")).await;
    house.minute().await;
    house.minute().await;
    assert_eq!((house.telling("told").await, house.telling("unreached").await), (3, 1));
    assert_eq!(house.told().await.len(), 3);
    officers.first.get(&house, "/staff/notices").await.expect(200).says("may be used for it: 1 person.");
}

#[tokio::test]
async fn what_fails_in_telling_stops_no_day() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    asked(&house).await;
    officers.publish(&house, &longer("2026-12")).await;
    let write = house.app.custody().store().write("break", |tx| tx.execute(&BREAK_TELLING, &[vec![1_u8].into()]));
    write.await.expect("broken");
    house.minute().await;
    assert_eq!(house.telling("told").await, 0);
    assert!(house.app.custody().ran_on(house.app.today()).expect("asked"), "the day ran all the same");
}

#[tokio::test]
async fn what_fails_in_reading_the_notices_again_stops_no_day() {
    let house = House::new();
    let digest = house.app.notice().map_err(|_| ()).expect("a notice").digest();
    let write = house.app.custody().store().write("break", move |tx| tx.execute(&BREAK_NOTICE, &[digest.0.into()]));
    write.await.expect("broken");
    house.minute().await;
    assert!(house.app.custody().ran_on(house.app.today()).expect("asked"), "the day ran all the same");
}

#[tokio::test]
async fn what_an_officer_made_who_left_is_made_again() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let draft = officers.draft(&house, &version("2026-12")).await;
    officers.first.post(&house, &format!("{draft}/rehearse"), &[]).await.expect(303);
    officers.second.get(&house, &draft).await.expect(200).says("Approve and publish");
    let app = house.app.clone();
    let removed = tokio::task::spawn_blocking(move || {
        let row = app.custody().store().read_blocking("author", |tx| tx.one(&FIND_AUTHOR, &[]))?;
        let author = PersonId(row.get(0)?);
        let member = staff::list(&app)?.into_iter().find(|one| one.person == author);
        staff::remove(&app, &member.ok_or(Error::Gone)?)
    });
    assert!(removed.await.expect("no panic").expect("removed"));
    let page = officers.second.get(&house, &draft).await.expect(200).says("Its author has left. Make the draft again.");
    assert!(!page.body.contains("Approve and publish"));
    let refused = officers.second.post(&house, &format!("{draft}/approve"), &[]).await.expect(409);
    refused.says("Its author has left. Make the draft again.");
}

#[tokio::test]
async fn what_is_not_significant_is_in_force_at_once_and_old_enquiries_keep_the_stricter_terms() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    asked(&house).await;
    officers.publish(&house, &version("2026-12")).await;
    house.minute().await;
    assert_eq!(house.telling("told").await, 0);
    let mut visitor = Browser::default();
    visitor
        .get(&house, "/privacy")
        .await
        .says("Version 2026-12")
        .says("Our privacy notice changed on Monday 23 November");
    let page = visitor.get(&house, "/privacy/history").await.expect(200);
    page.says("Replaced on 23 November 2026").says("It means the same as the one before.").says("The first one.");
}

#[tokio::test]
async fn what_is_wrong_with_a_draft_is_said_and_what_it_would_close() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let first = &mut officers.first;
    let key = first.get(&house, "/staff/notices/new").await.expect(200).hidden("key");
    for (text, file, sentence) in [
        ("", "", "Paste the text of the notice, or choose its file"),
        ("a", "b", "Paste the text or choose a file, not both"),
        ("Dear madam,", "", "This is no notice: this is not TOML"),
    ] {
        let parts = [("key", key.as_str()), ("text", text), ("file", file)];
        let page = first.post_parts(&house, "/staff/notices", &parts).await.expect(422).says(sentence);
        assert!(text.is_empty() || page.body.contains(text), "what was typed is kept");
    }
    let misshapen = officers.draft(&house, &NOTICE.replacen("id = \"segfl\"", "idd = \"segfl\"", 1)).await;
    let page = officers.second.get(&house, &misshapen).await.expect(200);
    let page = page.says("parts of it cannot be read").says("Error: cannot be published").says("N01");
    assert!(!page.body.contains("Approve and publish"));
    officers.second.post(&house, &format!("{misshapen}/approve"), &[]).await.expect(409).says("makes no notice");

    let closing = version("2026-12").replacen(&format!("keep = \"{KEEP}\"\n"), "", 1);
    let draft = officers.draft(&house, &closing).await;
    let page = officers.second.get(&house, &draft).await.expect(200);
    page.says("Error: closes the clause").says("These features will be closed").says("enquiries: <code>kind.enquiry");
    let withdrawn = officers.second.post(&house, &format!("{draft}/withdraw"), &[]).await.expect(303);
    officers.first.get(&house, &withdrawn.location).await.expect(200).says("The draft is withdrawn.");
    officers.second.post(&house, &format!("{draft}/rehearse"), &[]).await.expect(303);
    officers.second.post(&house, &format!("{draft}/approve"), &[]).await.expect(409).says("waits no more");
}

#[tokio::test]
async fn a_notice_that_drops_a_kind_closes_it_on_its_day() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let reference = asked(&house).await;
    let dropping = version("2026-12").replace("\"enquiry\"", "\"question\"");
    let draft = officers.draft(&house, &dropping).await;
    officers.first.post(&house, &format!("{draft}/rehearse"), &[]).await.expect(303);
    let page = officers.second.get(&house, &draft).await.expect(200);
    page.says("is given up: it closes on Monday 7 December 2026").says("Data of 1 person (1 record) falls due earlier");
    officers.second.post(&house, &format!("{draft}/approve"), &[]).await.expect(303);
    house.pass_days(13).await;
    Clerk::hire(&house, "desk", "Asha Rahman").await.open(&house, &reference).await;
    house.pass_days(1).await;
    Browser::default().get(&house, "/enquiries/new").await.expect(403).says("kind.enquiry");
}

#[tokio::test]
async fn a_notice_edited_on_disk_is_ignored_and_that_is_said() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    let file = house.folder.path().join("notice.toml");
    std::fs::write(&file, NOTICE).expect("written");
    house.app.notice_file().is_at(file.clone());
    assert!(!officers.first.get(&house, "/staff/notices").await.body.contains("notice.toml"));
    std::fs::write(&file, longer("2026-12")).expect("written");
    house.minute().await;
    let page = officers.first.get(&house, "/staff/notices").await.expect(200);
    page.says("differs from the notice in force").says("Editing a file changes nothing");
    Browser::default().get(&house, "/privacy").await.says("Version 2026-11");
    officers.publish(&house, &longer("2026-12")).await;
    officers.first.get(&house, "/staff/notices").await.says("is published, and in force from Monday 7 December 2026");
    std::fs::write(&file, "Dear madam,").expect("written");
    officers.first.get(&house, "/staff/notices").await.says("makes no notice");
    std::fs::remove_file(&file).expect("removed");
    officers.first.get(&house, "/staff/notices").await.says("cannot be read");
}

#[tokio::test]
async fn only_officers_see_the_room() {
    let house = House::new();
    for role in ["desk", "operator"] {
        let mut clerk = Clerk::hire(&house, role, "Asha Rahman").await;
        for path in ["/staff/notices", "/staff/notices/new", "/staff/notices/AAAAAAAAAAAAAAAAAAAAAA"] {
            clerk.get(&house, path).await.expect(404);
        }
        clerk.post(&house, "/staff/notices/AAAAAAAAAAAAAAAAAAAAAA/approve", &[]).await.expect(404);
        assert!(!clerk.get(&house, "/staff/retention").await.body.contains("/staff/notices"));
    }
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    officer.get(&house, "/staff/notices/AAAAAAAAAAAAAAAAAAAAAA").await.expect(404);
    officer.get(&house, "/staff/notices/x").await.expect(404);
    officer.get(&house, "/staff/notices").await.expect(200).says("There is no draft.");
    assert_eq!(Browser::default().get(&house, "/staff/notices").await.expect(303).location, "/staff/sign-in");
}

#[tokio::test]
async fn one_officer_alone_is_told_what_to_do() {
    let house = House::new();
    let mut alone = Officers {
        first: Clerk::hire(&house, "officer", "Tomos Pugh").await,
        second: Clerk::hire(&house, "desk", "Asha Rahman").await,
    };
    let draft = alone.draft(&house, &version("2026-12")).await;
    alone.first.get(&house, &draft).await.expect(200).says("Invite a second officer").says("candour notice publish");
}

#[tokio::test]
async fn a_version_stands_for_good_under_its_name_its_digest_and_the_first_digits_of_it() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    officers.publish(&house, &longer("2026-12")).await;
    let mut visitor = Browser::default();
    let whole = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice").digest().to_string();
    for named in ["2026-11", &whole, &whole[..8]] {
        visitor.get(&house, &format!("/privacy/{named}")).await.expect(200).says("Privacy notice, version 2026-11");
        visitor.get(&house, &format!("/privacy/{named}/changes")).await.expect(200).says(&whole);
        let text = visitor.get(&house, &format!("/privacy/{named}/notice.toml")).await.expect(200);
        assert_eq!(text.body, NOTICE);
        let canonical = visitor.get(&house, &format!("/privacy/{named}/canonical.toml")).await.expect(200);
        let sum = digest(&SHA256, canonical.body.as_bytes());
        let hex = sum.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(hex, whole, "anybody can check the digest");
    }
    visitor.get(&house, "/privacy/2026-12/changes").await.expect(200).says("Compared with").says("Significant");
    for nothing in [&whole[..7], "2026", "%00", "history/changes/x"] {
        visitor.get(&house, &format!("/privacy/{nothing}")).await.expect(404);
    }
}

#[tokio::test]
async fn the_feed_tells_everybody_else() {
    let house = House::new();
    let mut officers = Officers::hire(&house).await;
    officers.publish(&house, &longer("2026-12").replace("SEGfL (example", "SEGfL & <friends> (example")).await;
    let feed = Browser::default().get(&house, "/privacy/feed").await.expect(200);
    assert_eq!(feed.headers["content-type"], "application/atom+xml; charset=utf-8");
    let feed = feed
        .says("<feed xmlns=\"http://www.w3.org/2005/Atom\"")
        .says("version 2026-12, in force from Monday 7 December");
    assert_eq!(feed.body.matches("<entry>").count(), 2);
    let feed = feed.says("<updated>2026-11-23T00:00:00Z</updated>").says("https://portal.segfl.example/privacy/");
    assert!(feed.body.starts_with("<?xml"), "{}", feed.body);
}
