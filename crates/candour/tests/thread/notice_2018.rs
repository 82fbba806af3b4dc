//! The program under the notice of 2018, which covers almost nothing that it does, and under today's with any part left out:
//! it runs, says what is closed and why, and opens with a notice that covers it.

use super::desk::{Clerk, asked};
use super::house::addresses;
use super::site::PAGES;
use super::support::{Browser, House, NOTICE};
use candour::coverage::{self, State};
use candour::mail::{self, Letter};
use candour::{jobs, rooms};
use custody::{Error, PersonId};
use notice::{Notice, Severity};
use std::collections::BTreeSet;
use toml::{Table, Value};

/// As it was published.
const OLD: &str = include_str!("../../../../notices/segfl-2018.toml");

fn whole(text: &str) -> Notice {
    notice::read(text).expect("a notice").notice.expect("a whole notice")
}

/// Publishes today's notice.
fn publish(house: &House) {
    house.app.custody().publish(NOTICE, &whole(NOTICE), "officer").expect("published");
}

async fn minute(house: &House) {
    let app = house.app.clone();
    let done = tokio::task::spawn_blocking(move || candour::day::minute(&app)).await;
    done.expect("no panic").expect("the minute ran");
}

#[tokio::test]
async fn public_pages_answer_and_say_what_the_notice_does_not_say() {
    let house = House::under(OLD);
    let mut visitor = Browser::default();
    for path in PAGES {
        visitor.get(&house, path).await.expect(200).says("SEGfL");
    }
    let page = visitor.get(&house, "/privacy").await.says("Version 2018-05").says("This notice does not say");
    page.says("Respond to enquiries that you submit.");
    visitor.get(&house, "/healthz").await.expect(200);
    visitor.get(&house, candour::face::style::path()).await.expect(200);
    assert_eq!(visitor.cookies(), [""; 0]);
}

#[tokio::test]
async fn every_page_answers_or_names_the_clause_that_is_missing() {
    let house = House::under(OLD);
    house.publish_log().await;
    let door = house.app.demo().expect("the demonstration").staff_path();
    let mut visitor = Browser::default();
    let mut closed = BTreeSet::new();
    for path in addresses().into_iter().chain(["/enquiries/link/x".to_owned(), "/staff/join/x".to_owned()]) {
        let page = visitor.get(&house, &path).await;
        let status = page.status.as_u16();
        assert!(matches!(status, 200 | 303 | 403), "{path} answers {status}: {}", page.body);
        assert!(!page.body.is_empty() || status == 303, "{path} is blank");
        if status == 403 {
            assert!(
                page.body.contains("This service is closed") && page.body.contains("<li><code>"),
                "{path}: {}",
                page.body
            );
            closed.insert(path);
        }
    }
    for path in [
        "/enquiries/new",
        "/enquiries/find",
        "/enquiries/mine",
        "/staff",
        "/staff/sign-in",
        "/staff/mail",
        "/staff/coverage",
    ] {
        assert!(closed.contains(path), "{path} is open");
    }
    for (path, clause) in [
        ("/enquiries", "kind.enquiry"),
        ("/enquiries/check", "purpose.answer-enquiries"),
        ("/enquiries/find", "cookie.enquiry-session"),
        ("/staff/sign-in", "cookie.staff-session"),
        (door.as_str(), "cookie.staff-session"),
    ] {
        let page = visitor.post(&house, path, &[("role", "desk")]).await.expect(403);
        page.says(&format!("<code>{clause}</code>"));
    }
    assert_eq!(visitor.cookies(), [""; 0], "no cookie is set that the notice does not declare");
}

#[tokio::test]
async fn no_letter_is_written_and_the_jobs_run() {
    let house = House::under(OLD);
    for template in rooms::letters() {
        let app = house.app.clone();
        let queued = house.app.custody().write("queue", move |tx| {
            let letter = Letter { template, to: "priya@oakfield.example", subject: String::new(), text: String::new() };
            mail::queue(&app, tx, PersonId([7; 16]), &letter)
        });
        let Err(Error::Refused(refusal)) = queued.await else { panic!("{} was written", template.id) };
        assert!(template.clauses.contains(&refusal.clause.as_str()), "{} names {}", template.id, refusal.clause);
    }
    minute(&house).await;
    house.pass_days(3).await;
    minute(&house).await;
    assert!(house.app.custody().ran_on(house.app.today()).expect("read"), "the day's run is done");
    for job in [&jobs::TELL, &jobs::WARN, &jobs::DELIVER] {
        assert!(!job.is_open(&house.app).expect("known"), "{}", job.id);
    }
    for job in [&jobs::SWEEP, &jobs::TURN, &jobs::EPOCHS, &jobs::DAY] {
        assert!(job.is_open(&house.app).expect("known"), "{}", job.id);
    }
}

#[tokio::test]
async fn publishing_a_notice_that_covers_it_opens_everything() {
    let house = House::under(OLD);
    Browser::default().get(&house, "/enquiries/new").await.expect(403);
    publish(&house);
    minute(&house).await;
    let reference = asked(&house).await;
    assert!(house.letters().await.iter().any(|(_, subject, _)| subject.contains("received your enquiry")));
    let mut desk = Clerk::hire(&house, "desk", "Asha Rahman").await;
    desk.get(&house, "/staff").await.expect(200).says(&reference);
    for job in jobs::ALL {
        assert!(job.is_open(&house.app).expect("known"), "{}", job.id);
    }
}

#[tokio::test]
async fn what_a_later_notice_drops_waits_closed_and_the_retention_page_says_so() {
    let house = House::new();
    let mut officer = Clerk::hire(&house, "officer", "Tomos Pugh").await;
    asked(&house).await;
    let without = NOTICE.replace("\"tell-changes\"", "\"tell-otherwise\"");
    house.app.custody().publish(&without, &whole(&without), "officer").expect("published");
    let page = officer.get(&house, "/staff/retention").await.expect(200);
    page.says("The job <code>tell-changes</code> is closed: the notice does not cover purpose.tell-changes.");
    let page = officer.get(&house, "/staff/coverage").await.expect(200);
    page.says("Closed without purpose.tell-changes").says("things are closed");
    minute(&house).await;
}

#[tokio::test]
async fn letters_wait_while_their_job_is_closed_and_leave_when_it_opens() {
    let house = House::new();
    asked(&house).await;
    house.letters().await;
    let reference = asked(&house).await;
    house.app.custody().publish(OLD, &whole(OLD), "officer").expect("published");
    assert_eq!(mail::deliver(&house.app).await.expect("looked"), 0);
    let again = NOTICE.replacen("version = \"2026-11\"", "version = \"2026-12\"", 1);
    house.app.custody().publish(&again, &whole(&again), "officer").expect("published");
    assert_eq!(mail::deliver(&house.app).await.expect("delivered"), 1, "the letter about {reference}");
}

/// What was left out of the notice, in words and as the address of a clause, and the text without it.
struct Without {
    what: String,
    /// The clause that is gone; `None` where only a key of it is.
    clause: Option<String>,
    text: String,
}

/// Today's notice without each of its entries, and without each key of those that something stands on.
fn mutilated() -> Vec<Without> {
    let whole: Table = NOTICE.parse().expect("TOML");
    let lines = coverage::of(&self::whole(NOTICE)).expect("the lists");
    let stood: BTreeSet<&str> = lines.iter().flat_map(|line| &line.clauses).map(String::as_str).collect();
    let is_stood_on = |clause: &str| stood.contains(clause);
    let mut all = Vec::new();
    for (section, value) in &whole {
        let mut without = |what: String, clause: Option<String>, change: &dyn Fn(&mut Table)| {
            let mut table = whole.clone();
            change(&mut table);
            all.push(Without { what, clause, text: toml::to_string(&table).expect("TOML") });
        };
        match value {
            Value::Array(entries) => {
                for (n, entry) in entries.iter().enumerate() {
                    let entry = entry.as_table().expect("an entry");
                    let clause = format!("{section}.{}", entry["id"].as_str().expect("an id"));
                    without(clause.clone(), Some(clause.clone()), &|table| {
                        table[section].as_array_mut().expect("entries").remove(n);
                    });
                    for key in entry.keys().filter(|_| is_stood_on(&clause)) {
                        without(format!("{key} of {clause}"), None, &|table| {
                            table[section][n].as_table_mut().expect("an entry").remove(key);
                        });
                    }
                }
            }
            Value::Table(entry) => {
                without(section.clone(), Some(section.clone()), &|table| {
                    table.remove(section);
                });
                for key in entry.keys() {
                    without(format!("{key} of {section}"), None, &|table| {
                        table[section].as_table_mut().expect("a section").remove(key);
                    });
                }
            }
            _ => {}
        }
    }
    all
}

/// Clauses that an error of the notice names, and those that it does not have at all.
fn gone(without: &Without, read: &notice::Read) -> BTreeSet<String> {
    let errors = read.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.clause.clone()).chain(without.clause.clone()).collect()
}

#[test]
fn whatever_is_left_out_of_the_notice_it_is_refused_with_a_sentence_or_what_stood_on_it_is_closed() {
    let (mut refused, mut closing, mut whole) = (0, 0, 0);
    for without in mutilated() {
        let what = &without.what;
        let read = match notice::read(&without.text) {
            Ok(read) => read,
            Err(error) => {
                assert!(!error.to_string().is_empty(), "{what}");
                refused += 1;
                continue;
            }
        };
        let Some(notice) = &read.notice else {
            let why = read.findings.iter().find(|finding| finding.severity == Severity::Error);
            assert!(
                why.is_some_and(|finding| !finding.why.is_empty() && !finding.mend.is_empty()),
                "without {what} it is refused without a reason"
            );
            refused += 1;
            continue;
        };
        let gone = gone(&without, &read);
        if gone.is_empty() {
            whole += 1;
            continue;
        }
        let lines = coverage::of(notice).expect("the lists");
        for line in &lines {
            let stood = line.clauses.iter().any(|clause| gone.contains(clause));
            assert!(!stood || line.state != State::Open, "without {what}, {} {} is open", line.sort, line.id);
            let by_law = line.state == State::OpenByLaw;
            assert!(
                !by_law || line.reason.is_some(),
                "without {what}, {} {} runs and does not say why",
                line.sort,
                line.id
            );
            assert_eq!(line.missing.is_empty(), line.state == State::Open, "without {what}, {} {}", line.sort, line.id);
        }
        let erasing = lines.iter().find(|line| line.sort == "job" && line.id == "sweep").expect("the sweep");
        assert_ne!(erasing.state, State::Closed, "without {what}, nothing would be erased");
        closing += usize::from(lines.iter().any(|line| line.state != State::Open));
    }
    assert!(
        refused > 50 && closing > 20 && whole > 20,
        "{refused} refused, {closing} close something, {whole} close nothing"
    );
}
