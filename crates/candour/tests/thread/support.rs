//! A visitor's browser in miniature: it keeps cookies, sends forms as a browser does, and reads the demo's mail.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::Mailer;
use law::{Clock, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use store::Engine;
use store::test::Place;
use tempfile::TempDir;
use tower::ServiceExt;

/// The shipped notice.
pub(crate) const NOTICE: &str = include_str!("../../../../notices/segfl.toml");

/// The program in a folder of its own, at 09:00 on Monday 23 November 2026.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) folder: Folder,
}

/// A folder of a test's own, and a database on the engine of this run; both go with it.
pub(crate) struct Folder {
    folder: TempDir,
    database: Place,
}

impl Folder {
    /// An empty folder and an empty database.
    pub(crate) fn new() -> Self {
        Self::with(|folder| Place::new(folder, candour::migrations::MIGRATIONS))
    }

    /// With a database file, whatever engine this run is about: for tests that look into it.
    pub(crate) fn with_file() -> Self {
        Self::with(|folder| Place::sqlite(folder, candour::migrations::MIGRATIONS))
    }

    /// With a database that the test has already.
    pub(crate) fn with_engine(engine: impl FnOnce(&Path) -> Engine) -> Self {
        Self::with(|folder| Ok(Place::of(engine(folder))))
    }

    fn with(place: impl FnOnce(&Path) -> Result<Place, store::Error>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = place(&folder.path().join("data")).expect("a database");
        Self { folder, database }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the rows are.
    pub(crate) fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// How long a call waits: for a locked file, so short that a test does not; for a server, as long as it may.
    fn patience(&self) -> Duration {
        match self.engine() {
            Engine::Postgres { .. } => candour::app::PATIENCE,
            Engine::Sqlite { .. } => Duration::from_millis(100),
        }
    }

    /// Where the program finds things.
    pub(crate) fn places(&self) -> Places {
        Places { engine: self.engine(), ..Places::below(self.path()) }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

/// A browser with its cookies.
#[derive(Default, Clone)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl House {
    /// Under the shipped notice.
    pub(crate) fn new() -> Self {
        Self::under(NOTICE)
    }

    /// Under another notice.
    pub(crate) fn under(notice: &str) -> Self {
        Self::at(Folder::new(), notice)
    }

    /// Under the shipped notice, in a folder that the test has chosen.
    pub(crate) fn in_folder(folder: Folder) -> Self {
        Self::at(folder, NOTICE)
    }

    fn at(folder: Folder, notice: &str) -> Self {
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().expect("an instant"));
        let app = start(&folder, clock);
        let read = notice::read(notice).expect("a notice");
        app.custody().publish(notice, &read.notice.expect("a whole notice"), "officer").expect("published");
        app.custody().witness().expect("witnessed");
        let router = candour::web::router(&app);
        Self { app, router, folder }
    }

    /// Stops the program and starts it again on the same data, at the same time.
    pub(crate) fn restart(self) -> Self {
        let clock = self.app.clock().clone();
        self.app.custody().store().clone().close();
        drop((self.app, self.router));
        let app = start(&self.folder, clock);
        candour::mail::recover(&app).expect("recovered");
        let router = candour::web::router(&app);
        Self { app, router, folder: self.folder }
    }

    /// Runs days, one civil day after the other, as a running program would: witness, jobs, mail.
    pub(crate) async fn pass_days(&self, days: u32) {
        for _ in 0..days {
            let tomorrow = self.app.today().tomorrow().expect("a day");
            let at = law::london_start(tomorrow).as_millisecond() + 9 * 3_600_000;
            self.app.clock().move_to(Timestamp::from_millisecond(at).expect("an instant"));
            let app = self.app.clone();
            tokio::task::spawn_blocking(move || candour::day::run(&app)).await.expect("no panic").expect("the day ran");
            self.post_letters().await;
        }
    }

    /// Publishes the log, openings too, as a running program does each second; says how many entries it has.
    pub(crate) async fn publish_log(&self) -> u64 {
        let app = self.app.clone();
        let published = tokio::task::spawn_blocking(move || app.custody().publish_now());
        published.await.expect("no panic").expect("published")
    }

    /// Sends what is queued.
    pub(crate) async fn post_letters(&self) {
        candour::mail::deliver(&self.app).await.expect("delivered");
    }

    /// The letters that have left, newest first: address, subject, text.
    pub(crate) async fn letters(&self) -> Vec<(String, String, String)> {
        self.post_letters().await;
        let Mailer::Page(page) = self.app.mailer() else { return Vec::new() };
        page.lock()
            .expect("the page")
            .iter()
            .map(|one| (one.to.clone(), one.subject.clone(), one.text.clone()))
            .collect()
    }
}

fn start(folder: &Folder, clock: Clock) -> App {
    App::start(Start {
        places: folder.places(),
        clock,
        seed: Some([7; 32]),
        mailer: Mailer::page(),
        address: "https://portal.segfl.example".to_owned(),
        demo: true,
        serving: true,
        patience: folder.patience(),
    })
    .expect("started")
}

impl Browser {
    /// Asks for a page.
    pub(crate) async fn get(&mut self, house: &House, path: &str) -> Answer {
        let request = self.request("GET", path).header("sec-fetch-site", "same-origin").body(Body::empty());
        self.send(house, request.expect("a request")).await
    }

    /// Sends a form as a browser does from our own page.
    pub(crate) async fn post(&mut self, house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(urlencoded(form)));
        self.send(house, request.expect("a request")).await
    }

    /// A request with this browser's cookies, to be changed before it is sent.
    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut builder = Request::builder().method(method).uri(path).header(header::HOST, "portal.segfl.example");
        if !jar.is_empty() {
            builder = builder.header(header::COOKIE, jar.join("; "));
        }
        builder
    }

    /// Sends a request and keeps the cookies of the answer.
    pub(crate) async fn send(&mut self, house: &House, request: Request<Body>) -> Answer {
        let response = house.router.clone().oneshot(request).await.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 22).await.expect("a body");
        Answer {
            status: parts.status,
            location: parts
                .headers
                .get(header::LOCATION)
                .map(|value| value.to_str().expect("text").to_owned())
                .unwrap_or_default(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Names of the cookies it holds.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }
}

impl Answer {
    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let from =
            self.body.find(&mark).unwrap_or_else(|| panic!("no hidden field {name} in {}", self.body)) + mark.len();
        self.body[from..].split('"').next().unwrap_or_default().to_owned()
    }

    /// Asserts a status, showing the page where it differs.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// Asserts that the page says this.
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "the page does not say {words:?}: {}", self.body);
        self
    }
}

/// As a browser encodes a form.
pub(crate) fn urlencoded(form: &[(&str, &str)]) -> String {
    let one = |text: &str| {
        text.bytes().fold(String::new(), |all, byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => format!("{all}{}", char::from(byte)),
            byte => format!("{all}%{byte:02X}"),
        })
    };
    form.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect::<Vec<_>>().join("&")
}
