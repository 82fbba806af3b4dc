//! Letters while the connection to the database is lost: none is doubted whose outcome is known, none waits for a restart.

use crate::span::{PATIENCE, hold};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::{self, Letter, Mailer, Smtp, Template};
use custody::{Error, PersonId};
use law::{Clock, Timestamp};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};

store::statements! {
    FIND_STATE = "SELECT state FROM mail_job WHERE person_id = $1";
    CLAIM_AND_FALL_SILENT = "UPDATE mail_job SET state = 'sending', tries = 1, next_at = $2 WHERE person_id = $1";
}

const NOTICE: &str = include_str!("../../../../notices/segfl.toml");

static TEMPLATE: Template = Template { id: "test", clauses: &["kind.outbound-mail"], urgent: false };

/// A mail server that says when it has a letter, and answers when it is told to.
struct Post {
    port: u16,
    has: Receiver<()>,
    answer: Sender<()>,
}

impl Post {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ((told, has), (answer, answers)) = (mpsc::channel(), mpsc::channel());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                talk(stream, &told, &answers);
            }
        });
        Self { port, has, answer }
    }
}

fn talk(mut stream: TcpStream, told: &Sender<()>, answers: &Receiver<()>) -> Option<()> {
    stream.write_all(b"220 mail.segfl.example\r\n").ok()?;
    for line in BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok) {
        let answer: &[u8] = match line.as_str() {
            "DATA" => b"354 go on\r\n",
            "QUIT" => b"221 bye\r\n",
            "." => {
                told.send(()).ok()?;
                answers.recv().ok()?;
                b"250 taken\r\n"
            }
            line if ["EHLO", "MAIL", "RCPT", "NOOP"].iter().any(|word| line.starts_with(word)) => b"250 ok\r\n",
            _ => continue,
        };
        stream.write_all(answer).ok()?;
    }
    Some(())
}

fn office(places: Places, port: u16) -> App {
    let smtp = Smtp::new("127.0.0.1", port, "none", None, "SEGfL <desk@segfl.example>");
    let app = App::start(Start {
        places,
        clock: Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().expect("an instant")),
        seed: Some([5; 32]),
        mailer: Mailer::Smtp(smtp.ok().expect("a server")),
        address: "https://portal.segfl.example".to_owned(),
        demo: false,
        serving: true,
        patience: PATIENCE,
    })
    .expect("started");
    let notice = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice");
    app.custody().publish(NOTICE, &notice, "officer").expect("published");
    app
}

async fn write(app: &App) -> PersonId {
    let it = app.clone();
    let queued = app.custody().write("queue", move |tx| {
        let person = PersonId::draw(tx.random());
        let (subject, text) = ("Your enquiry".to_owned(), "Good morning.\n".to_owned());
        mail::queue(&it, tx, person, &Letter { template: &TEMPLATE, to: "head@oakwood.example", subject, text })?;
        Ok::<_, Error>(person)
    });
    queued.await.expect("queued")
}

fn state(app: &App, person: PersonId) -> String {
    let read = app.custody().store().read_blocking("state", move |tx| tx.one(&FIND_STATE, &[person.into()])?.get(0));
    read.expect("a job")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_letter_is_written_down_when_the_database_is_back() {
    // Also where a second server started meanwhile and doubted what it found.
    for doubted in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let (places, post) = (Places::below(folder.path()), Post::open());
        let app = office(places.clone(), post.port);
        let person = write(&app).await;
        let it = app.clone();
        let delivery = tokio::spawn(async move { mail::deliver(&it).await });
        post.has.recv().expect("a letter");

        let ((locked, is_locked), (free, is_free)) = (mpsc::channel(), mpsc::channel());
        let holder = std::thread::spawn(move || hold(places, locked, is_free));
        is_locked.recv().expect("locked");
        post.answer.send(()).expect("answered");
        assert!(matches!(delivery.await.expect("it ends"), Err(Error::Store(_))));
        assert!(mail::deliver(&app).await.is_err(), "still away");
        assert_eq!(state(&app, person), "sending");
        free.send(()).expect("freed");
        holder.join().expect("the holder ends");

        if doubted {
            assert_eq!(mail::recover(&app).expect("recovered"), 1);
            assert_eq!(state(&app, person), "unknown");
        }
        assert_eq!(mail::deliver(&app).await.expect("delivered"), 0);
        assert_eq!(state(&app, person), "sent");
        assert!(post.has.try_recv().is_err(), "it left twice");
    }
}

#[tokio::test]
async fn a_claim_without_an_outcome_is_doubted_after_ten_minutes_and_not_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = office(Places::below(folder.path()), Post::open().port);
    let (person, now) = (write(&app).await, app.clock().now().as_millisecond());
    let claim = move |tx: &mut store::Tx<'_>| tx.execute(&CLAIM_AND_FALL_SILENT, &[person.into(), now.into()]);
    assert_eq!(app.custody().store().write("claim", claim).await.expect("claimed"), 1);
    for (minutes, expected) in [(9, "sending"), (10, "unknown")] {
        let at = Timestamp::from_millisecond(now + minutes * 60_000).expect("an instant");
        app.clock().move_to(at);
        assert_eq!(mail::deliver(&app).await.expect("looked"), 0);
        assert_eq!(state(&app, person), expected, "after {minutes} minutes");
    }
}
