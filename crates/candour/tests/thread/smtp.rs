//! Letters through a mail server that misbehaves: each leaves once, and what is not known is said.

use super::support::{Folder, NOTICE};
use candour::App;
use candour::app::Start;
use candour::mail::{self, Letter, Mailer, Smtp, Template};
use custody::{Error, HoldingId, PersonId};
use law::{Clock, Timestamp};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

store::statements! {
    @list pub(crate),
    FIND_JOB = "SELECT state, tries, holding_id FROM mail_job WHERE person_id = $1";
    SET_SENDING = "UPDATE mail_job SET state = 'sending', tries = 1 WHERE person_id = $1";
}

static TEMPLATE: Template = Template { id: "test", clauses: &["kind.outbound-mail"], urgent: false };

/// What the server does with a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It takes it.
    Takes,
    /// It takes it and breaks off without a word.
    TakesAndBreaksOff,
    /// It breaks off before it has it.
    BreaksOff,
    /// It says no to the recipient: not now, or never.
    Says(&'static str),
}

/// A mail server on this machine. It does as it is told, one word for each letter; afterwards it takes everything.
#[derive(Clone)]
struct Sink {
    port: u16,
    told: Arc<Mutex<VecDeque<Does>>>,
    taken: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Sink {
    async fn open(told: &[Does]) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("a port"), told)
    }

    fn on(listener: TcpListener, told: &[Does]) -> Self {
        let port = listener.local_addr().expect("an address").port();
        let sink = Self {
            port,
            told: Arc::new(Mutex::new(told.iter().copied().collect())),
            taken: Arc::default(),
            connections: Arc::default(),
        };
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                server.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        sink
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let mut does = Does::Takes;
        stream.write_all(b"220 sink\r\n").await.ok()?;
        loop {
            let line = read(&mut stream).await?;
            let answer = match line.split([' ', ':', '\r']).next()? {
                "MAIL" => {
                    does = self.told.lock().expect("told").pop_front().unwrap_or(Does::Takes);
                    "250 ok"
                }
                "RCPT" if does == Does::BreaksOff => return None,
                "RCPT" => match does {
                    Does::Says(no) => no,
                    _ => "250 ok",
                },
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    while !letter.ends_with("\r\n.\r\n") {
                        letter.push_str(&read(&mut stream).await?);
                    }
                    self.taken.lock().expect("taken").push(letter);
                    if does == Does::TakesAndBreaksOff {
                        return None;
                    }
                    "250 taken"
                }
                _ => "250 ok",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("taken").clone()
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then_some(line)
}

fn start(folder: &Folder, port: u16, clock: Clock) -> App {
    let smtp = Smtp::new("127.0.0.1", port, "none", None, "SEGfL <desk@segfl.example>");
    App::start(Start {
        places: folder.places(),
        clock,
        seed: Some([5; 32]),
        mailer: Mailer::Smtp(smtp.ok().expect("a server")),
        address: "https://portal.segfl.example".to_owned(),
        demo: false,
        serving: true,
        patience: candour::app::PATIENCE,
    })
    .expect("started")
}

fn office(folder: &Folder, port: u16) -> App {
    let app = start(folder, port, Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().expect("an instant")));
    let notice = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice");
    app.custody().publish(NOTICE, &notice, "officer").expect("published");
    app
}

/// Queues a letter.
async fn write(app: &App, to: &'static str) -> PersonId {
    let it = app.clone();
    let queued = app.custody().write("queue", move |tx| {
        let person = PersonId::draw(tx.random());
        let letter = Letter {
            template: &TEMPLATE,
            to,
            subject: "Your enquiry".to_owned(),
            text: "Good morning.\n.\nGoodbye.\n".to_owned(),
        };
        mail::queue(&it, tx, person, &letter)?;
        Ok::<_, Error>(person)
    });
    queued.await.expect("queued")
}

/// What became of it: its state and how often it was tried.
fn job(app: &App, person: PersonId) -> (String, i64) {
    let job = app.custody().store().read_blocking("job", move |tx| {
        let row = tx.one(&FIND_JOB, &[person.into()])?;
        Ok::<_, store::Error>((row.get(0)?, row.get(1)?))
    });
    job.expect("a job")
}

fn later(app: &App, seconds: i64) {
    let at = app.clock().now().as_millisecond() + seconds * 1_000;
    app.clock().move_to(Timestamp::from_millisecond(at).expect("an instant"));
}

async fn deliver(app: &App) -> u64 {
    mail::deliver(app).await.expect("delivered")
}

#[tokio::test]
async fn a_letter_waits_while_the_server_is_away_and_then_leaves_once() {
    let folder = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let app = office(&folder, address.port());
    let person = write(&app, "head@oakwood.example").await;
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(job(&app, person), ("queued".to_owned(), 1));

    let sink = Sink::on(TcpListener::bind(address).await.expect("the same port"), &[]);
    assert_eq!(deliver(&app).await, 0, "it is tried again only after its wait");
    later(&app, 31);
    assert_eq!(deliver(&app).await, 1);
    later(&app, 3_600);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(job(&app, person), ("sent".to_owned(), 2));
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    for line in [
        "From: SEGfL <desk@segfl.example>",
        "To: head@oakwood.example",
        "Auto-Submitted: auto-generated",
        "Date: Mon, 23 Nov 2026 09:00:31 +0000",
    ] {
        assert!(taken[0].contains(line), "{line} is missing in {}", taken[0]);
    }
    // A line of one full stop does not end the letter (RFC 5321 section 4.5.2).
    assert!(taken[0].contains("\r\n..\r\nGoodbye."), "{}", taken[0]);
}

#[tokio::test]
async fn letters_in_a_row_share_one_connection() {
    let folder = Folder::new();
    let sink = Sink::open(&[]).await;
    let app = office(&folder, sink.port);
    for to in ["a@oakwood.example", "b@oakwood.example", "c@oakwood.example"] {
        write(&app, to).await;
    }
    assert_eq!(deliver(&app).await, 3);
    assert_eq!((sink.taken().len(), sink.connections.load(Ordering::SeqCst)), (3, 1));
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    for busy in [Does::Says("451 come back later"), Does::BreaksOff] {
        let folder = Folder::new();
        let sink = Sink::open(&[busy]).await;
        let app = office(&folder, sink.port);
        let person = write(&app, "head@oakwood.example").await;
        assert_eq!(deliver(&app).await, 0);
        assert_eq!(job(&app, person), ("queued".to_owned(), 1));
        later(&app, 31);
        assert_eq!(deliver(&app).await, 1);
        assert_eq!((job(&app, person).0.as_str(), sink.taken().len()), ("sent", 1));
    }
}

#[tokio::test]
async fn what_a_server_will_never_take_has_failed() {
    let folder = Folder::new();
    let sink = Sink::open(&[Does::Says("550 nobody of that name")]).await;
    let app = office(&folder, sink.port);
    let person = write(&app, "nobody@oakwood.example").await;
    assert_eq!(deliver(&app).await, 0);
    later(&app, 86_400);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(job(&app, person), ("failed".to_owned(), 1));
    // The next letter is not held up.
    write(&app, "head@oakwood.example").await;
    assert_eq!(deliver(&app).await, 1);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_letter_leaves_it_to_a_person() {
    let folder = Folder::new();
    let sink = Sink::open(&[Does::TakesAndBreaksOff]).await;
    let app = office(&folder, sink.port);
    let person = write(&app, "head@oakwood.example").await;
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(job(&app, person), ("unknown".to_owned(), 1));
    later(&app, 86_400);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(sink.taken().len(), 1);

    assert!(mail::send_again(&app, person, holding(&app, person)).await.expect("queued"));
    assert_eq!(deliver(&app).await, 1);
    assert_eq!((job(&app, person).0.as_str(), sink.taken().len()), ("sent", 2));
}

#[tokio::test]
async fn what_was_being_sent_when_the_program_stopped_is_left_to_a_person() {
    let folder = Folder::new();
    let sink = Sink::open(&[]).await;
    let app = office(&folder, sink.port);
    let person = write(&app, "head@oakwood.example").await;
    let stopped = app.custody().store().write("stop", move |tx| tx.execute(&SET_SENDING, &[person.into()]));
    assert_eq!(stopped.await.expect("marked"), 1);
    let clock = app.clock().clone();
    app.custody().store().clone().close();
    drop(app);

    let app = start(&folder, sink.port, clock);
    assert_eq!(mail::recover(&app).expect("recovered"), 1);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!((job(&app, person).0.as_str(), sink.taken().len()), ("unknown", 0));
}

fn holding(app: &App, person: PersonId) -> HoldingId {
    let found = app.custody().store().read_blocking("holding", move |tx| {
        let row = tx.one(&FIND_JOB, &[person.into()])?;
        Ok::<_, store::Error>(HoldingId(row.get(2)?))
    });
    found.expect("a holding")
}
