//! A database that cannot be written: a plain page, nothing half-done, recovery without hands.

use crate::support::{Browser, Folder, House};
use std::sync::mpsc;
use std::time::Duration;
use store::{Engine, Settings, Store};

const TYPED: &[(&str, &str)] = &[
    ("topic", "broadband"),
    ("name", "Priya Example"),
    ("email", "priya@oakfield.example"),
    ("message", "Is the line down?"),
];

/// A second handle on the same file, as a backup tool or a command beside the server has one.
fn beside(house: &House) -> Store {
    Store::open(Settings {
        engine: house.folder.engine(),
        clock: house.app.clock().clone(),
        seed: Some([9; 32]),
        migrations: candour::migrations::MIGRATIONS,
        alone: false,
        patience: Duration::from_secs(1),
        readers: 1,
    })
    .expect("a second handle")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_answers_503_plainly_and_the_same_form_is_taken_once_it_is_free() {
    let house = House::in_folder(Folder::with_file());
    let mut browser = Browser::default();
    let form = browser.post(&house, "/enquiries/check", TYPED).await.expect(200).hidden("form");

    let other = beside(&house);
    let (locked, is_locked) = mpsc::channel();
    let (free, is_free) = mpsc::channel::<()>();
    let (locked, is_free) = (std::sync::Mutex::new(locked), std::sync::Mutex::new(is_free));
    let holder = std::thread::spawn(move || {
        other.write_blocking("hold the lock", move |_| {
            locked.lock().expect("one holder").send(()).expect("told");
            let _ = is_free.lock().expect("one holder").recv();
            Ok::<_, store::Error>(())
        })
    });
    is_locked.recv().expect("locked");

    let answer = browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(503);
    assert!(answer.headers.contains_key("retry-after"));
    answer.says("Nothing is lost and nothing is half done");
    browser.get(&house, "/privacy").await.expect(200);

    free.send(()).expect("freed");
    holder.join().expect("the holder ends").expect("and commits");
    let answer = browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(303);
    browser.get(&house, &answer.location).await.expect(200);
    assert_eq!(house.letters().await.len(), 1, "taken once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_answers_503_plainly_and_the_same_form_is_taken_once_it_is_back() {
    let server = scratch::Server::start(scratch::Kind::Quick);
    let mut server = server.unwrap_or_else(|sentence| panic!("this test needs a PostgreSQL server: {sentence}"));
    let house = House::in_folder(Folder::with_engine(|folder| Engine::postgres(server.url("postgres"), folder)));
    let mut browser = Browser::default();
    let form = browser.post(&house, "/enquiries/check", TYPED).await.expect(200).hidden("form");
    server.stop().expect("stopped");
    let answer = browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(503);
    assert!(answer.headers.contains_key("retry-after"));
    answer.says("Nothing is lost and nothing is half done");
    let answer = browser.get(&house, "/enquiries/mine").await;
    assert!(matches!(answer.status.as_u16(), 303 | 503), "{}", answer.body);
    browser.get(&house, "/privacy").await.expect(200);
    server.restart().expect("started");
    let answer = browser.post(&house, "/enquiries", &[("form", &form)]).await.expect(303);
    browser.get(&house, &answer.location).await.expect(200);
    assert_eq!(house.letters().await.len(), 1, "taken once");
}

store::statements! {
    @list pub(crate),
    INSERT_OBJECTION = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, $2, $3)";
    LIST_JOBS = "SELECT state FROM mail_job ORDER BY state";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_may_not_be_opened_stays_behind_and_the_next_one_leaves() {
    let house = House::new();
    let barred = super::desk::asked(&house).await;
    let (person, _) = super::desk::whose(&house, &barred).await;
    let object = move |tx: &mut store::Tx<'_>| {
        let day = law::iso(tx.today());
        tx.execute(&INSERT_OBJECTION, &[person.into(), "send-mail".into(), day.into()]).map(|_| ())
    };
    house.app.custody().store().write_blocking("object", object).expect("objected");
    super::desk::asked(&house).await;
    assert_eq!(house.letters().await.len(), 1);
    let jobs = house.app.custody().store().read_blocking("jobs", |tx| {
        tx.all(&LIST_JOBS, &[])?.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>, store::Error>>()
    });
    assert_eq!(jobs.expect("read"), ["failed", "sent"]);
    let refusals = house.app.custody().refusals(house.app.today()).await.expect("read");
    assert_eq!(refusals[0].clause, "purpose.send-mail");
}
