//! An installation whose first nine days have passed: on the first three people wrote and one of them withdrew, on the second a copy was
//! made, and on the eighth the one who withdrew was erased. Custody is led by hand; everything else is the built program's.

use crate::support::{assert_exit, candour};
use candour::App;
use candour::app::{Places, Start};
use candour::mail::Mailer;
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use jiff::Span;
use law::{Clock, Timestamp};
use notice::{Ask, Fields};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;
use store::{Settings, Store};
use tempfile::TempDir;

pub(crate) const NOTICE: &str = include_str!("../../../../notices/segfl.toml");

pub(crate) const ADDRESS: &str = "https://portal.segfl.example";

store::statements! {
    ADD_LINK = "INSERT INTO link (token, person_id, ground, until) VALUES ($1, $2, $3, $4)";
    ADD_ANSWER = "INSERT INTO idempotency (person_id, key, answer, day) VALUES ($1, $2, $3, $4)";
    COUNT_DOORS = "SELECT (SELECT count(*) FROM link) + (SELECT count(*) FROM idempotency)";
}

/// How long the house has stood.
pub(crate) const DAYS: i64 = 9;

/// Something that a person wrote.
#[derive(Clone, Copy)]
pub(crate) struct Enquiry {
    pub(crate) person: PersonId,
    pub(crate) ground: Ground,
    pub(crate) holding: HoldingId,
}

/// Its folder.
pub(crate) struct House {
    folder: TempDir,
}

/// The story of a house: its copy of the second day, who was erased since, whose value was replaced since, and who is kept.
pub(crate) struct Story {
    pub(crate) house: House,
    pub(crate) copy: PathBuf,
    pub(crate) erased: Enquiry,
    pub(crate) replaced: Enquiry,
    pub(crate) kept: Enquiry,
    /// Taken after the copy was made: no copy has it.
    pub(crate) lost: Enquiry,
}

impl House {
    /// A folder with a configuration.
    pub(crate) fn empty() -> Self {
        let house = Self { folder: tempfile::tempdir().expect("a folder") };
        let at = house.folder.path().display();
        let config = format!(
            r#"
listen = "127.0.0.1:0"
address = "{ADDRESS}"
data = "{at}/data"
keyring = ["{at}/keyring"]
root_key = "{at}/root.key"
journal = "{at}/journal"
backups = "{at}/backups"

[mail]
host = "localhost"
port = 25
security = "none"
from = "SEGfL <desk@segfl.example>"
"#
        );
        std::fs::write(house.path("candour.toml"), config).expect("written");
        std::fs::write(house.path("segfl.toml"), NOTICE).expect("written");
        house
    }

    /// With the shipped notice published by the program.
    pub(crate) fn published() -> Self {
        let house = Self::empty();
        let notice = house.path("segfl.toml");
        assert_exit(&house.run(&["notice", "publish", word(&notice)], &[]), 0);
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn places(&self) -> Places {
        Places::below(self.folder.path())
    }

    /// Runs a command on the configuration.
    pub(crate) fn run(&self, words: &[&str], environment: &[(&str, &str)]) -> Output {
        let config = self.path("candour.toml");
        candour(&[words, &["--config", word(&config)]].concat(), environment)
    }

    /// Opens it in this process, alone, on a clock.
    pub(crate) fn open(&self, clock: Clock) -> App {
        open_on(self.places(), clock).map_err(|error| error.to_string()).expect("opened")
    }
}

impl Story {
    pub(crate) fn told() -> Self {
        let house = House::empty();
        let app = house.open(nine_days_ago());
        begin(&app);
        let [erased, replaced, kept] =
            ["one", "two", "three"].map(|name| enquire(&app, &format!("{name}@oakfield.example")));
        withdraw(&app, erased);
        pass_day(&app);
        let (person, ground) = (kept.person, kept.ground);
        let linked = app.custody().write_blocking("link", move |tx| {
            let token: [u8; 32] = tx.bytes();
            let until = tx.now().as_millisecond() + 400 * 86_400_000;
            tx.execute(&ADD_LINK, &[token.into(), person.into(), ground.into(), until.into()])?;
            tx.execute(&ADD_ANSWER, &[person.into(), [1_u8; 16].into(), "done".into(), tx.today().into()])?;
            Ok::<_, Error>(())
        });
        linked.expect("written");
        let copy = house.path("first.copy");
        back_up(&app, &copy, &house.path("data/backup.db"));
        amend(&app, replaced, "new@oakfield.example");
        let lost = enquire(&app, "four@oakfield.example");
        (2..DAYS).for_each(|_| pass_day(&app));
        assert!(open(&app, erased).is_err(), "who withdrew is erased within eight days");
        app.custody().publish_now().expect("published");
        close(&house, app);
        Self { house, copy, erased, replaced, kept, lost }
    }

    /// After a restore: who was erased and what was replaced does not open, who is kept does.
    pub(crate) fn assert_as_it_should_be(&self) {
        let app = self.house.open(Clock::system());
        assert!(open(&app, self.erased).is_err(), "who was erased is back");
        assert!(open(&app, self.replaced).is_err(), "a replaced value opens again");
        assert_eq!(open(&app, self.kept).expect("kept"), "three@oakfield.example");
        assert!(open(&app, self.lost).is_err(), "no copy has it");
        let doors = app.custody().store().read_blocking("doors", |tx| tx.one(&COUNT_DOORS, &[])?.get::<i64>(0));
        assert_eq!(doors, Ok(0), "a link or an answer came back");
        close(&self.house, app);
    }
}

/// Opens the program on these places, alone.
pub(crate) fn open_on(places: Places, clock: Clock) -> Result<App, Error> {
    App::start(Start {
        places,
        clock,
        seed: None,
        mailer: Mailer::page(),
        address: ADDRESS.to_owned(),
        demo: false,
        serving: true,
        patience: Duration::from_secs(10),
    })
}

pub(crate) fn nine_days_ago() -> Clock {
    let clock = Clock::system();
    clock.move_to(clock.now().checked_sub(jiff::SignedDuration::from_hours(24 * DAYS)).expect("a time"));
    clock
}

/// Publishes the shipped notice.
pub(crate) fn begin(app: &App) {
    let notice = notice::read(NOTICE).expect("a notice").notice.expect("a whole notice");
    app.custody().publish(NOTICE, &notice, "operator").expect("published");
    app.custody().witness().expect("witnessed");
}

pub(crate) fn back_up(app: &App, to: &Path, scratch: &Path) {
    app.custody().back_up(to, scratch, &opened).expect("copied");
}

/// Opens a copy of a database as the program does.
pub(crate) fn opened(path: &Path) -> Result<Store, store::Error> {
    with_migrations(path, candour::migrations::MIGRATIONS)
}

pub(crate) fn with_migrations(path: &Path, migrations: &'static [store::Migration]) -> Result<Store, store::Error> {
    Store::open(Settings {
        engine: store::Engine::sqlite(path),
        clock: Clock::system(),
        seed: None,
        migrations,
        readers: 1,
        alone: false,
        patience: Duration::from_secs(10),
    })
}

/// Closes it, and waits until its keyring is free: the writer may still hold the last closure.
pub(crate) fn close(house: &House, app: App) {
    app.custody().store().clone().close();
    drop(app);
    let lock = std::fs::File::open(house.path("keyring/lock")).expect("a lock");
    while lock.try_lock().is_err() {
        std::thread::yield_now();
    }
}

pub(crate) fn enquire(app: &App, email: &str) -> Enquiry {
    let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    let allowed = app.custody().in_force(app.today()).expect("a notice").allow(&ask).expect("allowed");
    let (custody, email) = (app.custody().clone(), email.to_owned());
    let taken = app.custody().write_blocking("enquire", move |tx| {
        let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
        let holding = HoldingId::draw(tx.random());
        let record = Record::new().with("name", "Priya Example").with("email", &email);
        let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
        custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
        Ok::<_, Error>(Enquiry { person, ground, holding })
    });
    taken.expect("taken")
}

pub(crate) fn open(app: &App, enquiry: Enquiry) -> Result<String, Error> {
    let ask = Ask { actor: "desk", purpose: "answer-enquiries", kind: "enquiry", fields: Fields::All };
    let allowed = app.custody().in_force(app.today())?.allow(&ask)?;
    let custody = app.custody().clone();
    app.custody().write_blocking("open", move |tx| {
        let permit = custody.permit(tx, &allowed, &Actor::system("desk"), enquiry.person, enquiry.holding)?;
        Ok(custody.open(tx, &permit)?.record.value("email").unwrap_or_default().to_owned())
    })
}

fn amend(app: &App, enquiry: Enquiry, email: &'static str) {
    let ask = Ask { actor: "you", purpose: "show-you", kind: "enquiry", fields: Fields::All };
    let allowed = app.custody().in_force(app.today()).expect("a notice").allow(&ask).expect("allowed");
    let custody = app.custody().clone();
    let amended = app.custody().write_blocking("amend", move |tx| {
        let permit = custody.permit(tx, &allowed, &Actor::you(enquiry.person), enquiry.person, enquiry.holding)?;
        custody.amend(tx, permit, &Record::new().with("email", email), &[])
    });
    amended.expect("amended");
}

pub(crate) fn withdraw(app: &App, enquiry: Enquiry) {
    let custody = app.custody().clone();
    let done = app
        .custody()
        .write_blocking("withdraw", move |tx| custody.withdraw(tx, enquiry.person, enquiry.ground, "enquiry"));
    done.expect("withdrawn");
}

/// Lets a day pass as a running program would.
pub(crate) fn pass_day(app: &App) {
    let clock = app.clock();
    let next = clock.now().checked_add(Span::new().hours(24)).unwrap_or(Timestamp::MAX);
    clock.move_to(next);
    app.custody().witness().expect("witnessed");
    candour::day::run(app).expect("the day was run");
}

pub(crate) fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
