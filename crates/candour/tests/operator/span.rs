//! What is written within a request carries its number.

use crate::support::House;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::Mailer;
use law::Clock;
use std::io::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use store::{Settings, Store};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

/// Where the test reads the log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("whole").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// How long a locked database is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

fn start(places: Places) -> App {
    App::start(Start {
        places,
        clock: Clock::system(),
        seed: None,
        mailer: Mailer::page(),
        address: "https://portal.segfl.example".to_owned(),
        demo: false,
        serving: true,
        patience: PATIENCE,
    })
    .expect("started")
}

async fn post(app: &App, path: &str, body: String) -> Response<Body> {
    let request =
        Request::post(path).header("content-type", "application/x-www-form-urlencoded").body(Body::from(body));
    candour::web::router(app).oneshot(request.expect("a request")).await.expect("an answer")
}

#[tokio::test]
async fn what_went_wrong_within_a_request_stands_under_its_number() {
    let (house, _) = House::made();
    let places = Places::below(&house.path("house"));
    let (app, lines) = (start(places.clone()), Lines::default());
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
    let _log = tracing::subscriber::set_default(subscriber);

    let typed = "topic=broadband&name=Priya&email=priya%40oakfield.example&message=Hello";
    let page = post(&app, "/enquiries/check", typed.to_owned()).await;
    let page = String::from_utf8(to_bytes(page.into_body(), 1 << 20).await.expect("a body").to_vec()).expect("text");
    let note = page.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");

    let (locked, is_locked) = mpsc::channel();
    let (free, is_free) = mpsc::channel::<()>();
    let holder = std::thread::spawn(move || hold(places, locked, is_free));
    is_locked.recv().expect("locked");
    let answer = post(&app, "/enquiries", format!("form={note}")).await;
    free.send(()).expect("freed");
    holder.join().expect("the holder ends");

    assert_eq!(answer.status(), 503);
    let number = answer.headers()["x-request-id"].to_str().expect("text");
    let log = String::from_utf8(lines.0.lock().expect("whole").clone()).expect("text");
    let all: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    for code in ["store", "request"] {
        let found = all.iter().any(|line| line["code"] == code && line["span"]["id"] == number);
        assert!(found, "{code} under {number} in {log}");
    }
    assert!(!log.contains("oakfield") && !log.contains("Priya"), "{log}");
}

/// Locks the database from a second handle until it is told to let go.
pub(crate) fn hold(places: Places, locked: mpsc::Sender<()>, is_free: mpsc::Receiver<()>) {
    let other = Store::open(Settings {
        engine: places.engine,
        clock: Clock::system(),
        seed: None,
        migrations: candour::migrations::MIGRATIONS,
        alone: false,
        patience: PATIENCE,
        readers: 1,
    });
    let (locked, is_free) = (Mutex::new(locked), Mutex::new(is_free));
    let held = other.expect("a second handle").write_blocking("hold the lock", move |_| {
        locked.lock().expect("one holder").send(()).expect("told");
        let _ = is_free.lock().expect("one holder").recv();
        Ok::<_, store::Error>(())
    });
    held.expect("committed");
}
