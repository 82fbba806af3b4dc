//! The running program: what every handler and job is given.

use crate::face::{DemoBar, Shell, StaffBar};
use crate::mail::Mailer;
use crate::replace;
use crate::web::{Stop, session::Session};
use custody::{Custody, Guard, Parts, Recovered};
use law::{Clock, Date};
use notice::Notice;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Engine, Settings, Store};
use tokio::sync::Semaphore;
use vault::{Keyring, Root};
use zeroize::Zeroizing;

/// Where things stand. Has no `Debug`: the address of a server may carry a password.
#[derive(Clone)]
pub struct Places {
    /// Folder of the data, with the lock of this machine.
    pub data: PathBuf,
    /// The database: a file in that folder, or a server.
    pub engine: Engine,
    /// Folders of the keyring, outside the data folder and every backup.
    pub keyring: Vec<PathBuf>,
    /// Where the root key comes from.
    pub root: RootPlace,
    /// The journal of erasures, outside the database.
    pub journal: PathBuf,
    /// Folder of the public log, outside the database.
    pub evidence: PathBuf,
}

/// Where the root key comes from. Has no `Debug`: it may be a secret itself.
#[derive(Clone)]
pub enum RootPlace {
    /// A credential of systemd, by its name in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// A file, drawn the first time.
    File(PathBuf),
    /// What somebody knows. Its salt stands in the keyring.
    Passphrase(Zeroizing<String>),
}

impl Places {
    /// Everything below one folder: for the demo and for tests. A real installation keeps the keyring elsewhere.
    pub fn below(folder: &Path) -> Self {
        Self {
            data: folder.join("data"),
            engine: Engine::sqlite(database(&folder.join("data"))),
            keyring: vec![folder.join("keyring")],
            root: RootPlace::File(folder.join("root.key")),
            journal: folder.join("journal"),
            evidence: folder.join("evidence"),
        }
    }
}

impl Places {
    /// Whether the keyring has a key in any place.
    pub(crate) fn has_keys(&self) -> bool {
        let entries = self.keyring.iter().filter_map(|place| std::fs::read_dir(place).ok()).flatten().flatten();
        entries.into_iter().any(|entry| entry.file_name().to_string_lossy().ends_with(".slot"))
    }

    /// The root key that stands.
    pub(crate) fn root(&self) -> Result<Root, custody::Error> {
        Ok(match &self.root {
            RootPlace::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    let says = format!("the root key is the credential {name}, and systemd handed none over");
                    store::Error::Other(format!("{says}; start this as the unit does, with LoadCredential={name}:…"))
                })?;
                Root::credential(name, Path::new(&folder))?
            }
            RootPlace::File(file) if !file.exists() => {
                let says =
                    format!("the root key {} is not there. Bring it back, or write it anew from a", file.display());
                return Err(
                    store::Error::Other(format!("{says} recovery copy: candour keys recover --from FILE")).into()
                );
            }
            RootPlace::File(file) => Root::load(file)?,
            RootPlace::Passphrase(words) => Root::from_passphrase(words, &self.keyring)?,
        })
    }
}

/// The database file in a data folder.
pub(crate) fn database(data: &Path) -> PathBuf {
    data.join("candour.db")
}

/// What the program is started with.
pub struct Start {
    /// Where things stand.
    pub places: Places,
    /// The clock; the demo's moves.
    pub clock: Clock,
    /// Seed of the generator; `None` takes it from the operating system.
    pub seed: Option<[u8; 32]>,
    /// How mail leaves.
    pub mailer: Mailer,
    /// The public address, without a slash at the end, for links in mails: `https://portal.segfl.example`.
    pub address: String,
    /// Whether this is the demo, with its clock and its mail page.
    pub demo: bool,
    /// Whether this process serves and is alone on the data folder; commands beside a running server are not.
    pub serving: bool,
    /// How long a request waits for a locked database before it is told to try again.
    pub patience: Duration,
}

/// The wait of a real installation: a copy being taken, a command beside the server.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often, and how long apart in milliseconds, a starting server asks for a folder that a command is just using.
const ASKS: (u32, u64) = (50, 100);

/// Opens the database, after what an interrupted restore decided has been finished.
fn open_store(start: &Start) -> Result<Store, custody::Error> {
    let data = &start.places.data;
    if replace::is_open(data) {
        match replace::hold(data)? {
            Some(_held) => replace::finish(data)?,
            None => return Err(store::Error::Locked(data.clone()).into()),
        };
    }
    let settings = || Settings {
        engine: start.places.engine.clone(),
        clock: start.clock.clone(),
        seed: start.seed,
        migrations: crate::migrations::MIGRATIONS,
        readers: 4,
        alone: start.serving,
        patience: start.patience,
    };
    for _ in 1..ASKS.0 {
        match Store::open(settings()) {
            Err(store::Error::Locked(_)) => std::thread::sleep(Duration::from_millis(ASKS.1)),
            other => return Ok(other?),
        }
    }
    Ok(Store::open(settings())?)
}

/// Opens a copy of the database in a folder of its own.
pub(crate) fn open_copy(path: &Path) -> Result<Store, store::Error> {
    Store::open(Settings {
        engine: Engine::sqlite(path),
        clock: Clock::system(),
        seed: None,
        migrations: crate::migrations::MIGRATIONS,
        readers: 1,
        alone: false,
        patience: PATIENCE,
    })
}

/// What custody stands on. Only who is alone on the data may tidy, heal, begin or destroy keys; a command beside a server reads.
fn parts(start: &Start) -> Result<Parts, custody::Error> {
    let store = open_store(start)?;
    let places = &start.places;
    let root = root(places, &store)?;
    let open = if store.is_alone() { Keyring::open } else { Keyring::open_beside };
    let keyring = open(places.keyring.clone(), root).map_err(|error| interrupted(places, error))?;
    let columns = store::columns(crate::migrations::COLUMNS)?;
    let (journal, evidence) = (places.journal.clone(), places.evidence.clone());
    Ok(Parts { store, keyring, journal, columns, evidence, origin: origin(&start.address) })
}

/// What to do where a rotation of the root key was interrupted.
fn interrupted(places: &Places, error: vault::Error) -> custody::Error {
    match (&error, &places.root) {
        (vault::Error::DoesNotOpen { .. }, RootPlace::File(file)) if file.with_added_extension("next").exists() => {
            let says = "a rotation of the root key was interrupted; run candour keys rotate again, and then start";
            store::Error::Other(says.to_owned()).into()
        }
        _ => error.into(),
    }
}

/// The root key; drawn, or made from its passphrase, the first time. A keyring that has slots already has one.
fn root(places: &Places, store: &Store) -> Result<Root, custody::Error> {
    let first = store.is_alone() && !places.has_keys();
    Ok(match &places.root {
        RootPlace::File(file) if first && !file.exists() => Root::create(file, &mut store.random())?,
        RootPlace::Passphrase(words) if first => {
            Root::create_from_passphrase(words, &places.keyring, &mut store.random())?
        }
        _ => places.root()?,
    })
}

/// The name of the public log, from the public address: its host, and a path.
pub(crate) fn origin(address: &str) -> String {
    let host = address.parse().ok().and_then(|uri: axum::http::Uri| uri.host().map(str::to_owned));
    format!("{}/log", host.as_deref().unwrap_or("localhost"))
}

/// The running program: cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    custody: Custody,
    mailer: Mailer,
    address: std::sync::OnceLock<String>,
    demo: Option<crate::rooms::demo::Demo>,
    notice_file: crate::rooms::notices::NoticeFile,
    closed_jobs: crate::jobs::ClosedJobs,
    hashing: Semaphore,
}

impl App {
    /// Opens the data and the keyring, creating them the first time.
    pub fn start(start: Start) -> Result<Self, custody::Error> {
        let parts = parts(&start)?;
        if parts.store.is_alone() {
            // What a restore, and a backup, left that never came to their end.
            replace::give_up(&start.places.data)?;
            crate::command::tidy(&start.places.data)?;
        }
        let demo = start.demo.then(|| crate::rooms::demo::Demo::new(&mut parts.store.random()));
        Ok(Self::of(Custody::new(parts)?, demo, start.mailer, start.address))
    }

    /// Puts a copy in the database's place in order, and then opens it: nothing else may start before. `without_journal` where
    /// that is gone for good.
    pub(crate) fn recover(start: Start, without_journal: bool) -> Result<(Self, Recovered), custody::Error> {
        let (parts, also) = (parts(&start)?, crate::rooms::forget_doors);
        let (custody, recovered) = if without_journal {
            Custody::recover_without_journal(parts, also)?
        } else {
            Custody::recover(parts, also)?
        };
        Ok((Self::of(custody, None, start.mailer, start.address), recovered))
    }

    fn of(custody: Custody, demo: Option<crate::rooms::demo::Demo>, mailer: Mailer, public: String) -> Self {
        let address = std::sync::OnceLock::new();
        if !public.is_empty() {
            let _ = address.set(public);
        }
        Self(Arc::new(Inner {
            custody,
            mailer,
            address,
            demo,
            notice_file: crate::rooms::notices::NoticeFile::default(),
            closed_jobs: crate::jobs::ClosedJobs::default(),
            hashing: Semaphore::new(2),
        }))
    }

    /// Custody of everything that is held.
    pub fn custody(&self) -> &Custody {
        &self.0.custody
    }

    /// How mail leaves.
    pub fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.0.custody.store().clock()
    }

    /// Today's civil date.
    pub fn today(&self) -> Date {
        self.clock().today()
    }

    /// The public address, for links in mails.
    pub fn address(&self) -> &str {
        self.0.address.get().map_or("", String::as_str)
    }

    /// Sets the public address once the listener knows its port; what was configured stays.
    pub fn listening_at(&self, address: String) {
        let _ = self.0.address.set(address);
    }

    /// The demo's own state, where this is the demo.
    pub fn demo(&self) -> Option<&crate::rooms::demo::Demo> {
        self.0.demo.as_ref()
    }

    /// The configured file of the notice, to say where it differs from what is in force.
    pub fn notice_file(&self) -> &crate::rooms::notices::NoticeFile {
        &self.0.notice_file
    }

    /// Which closed jobs the log has named today.
    pub(crate) fn closed_jobs(&self) -> &crate::jobs::ClosedJobs {
        &self.0.closed_jobs
    }

    /// How many passwords may be hashed at the same time.
    pub fn hashing(&self) -> &Semaphore {
        &self.0.hashing
    }

    /// The notice in force.
    pub fn notice(&self) -> Result<Arc<Notice>, Stop> {
        Ok(self.custody().in_force(self.today())?)
    }

    /// The frame of a page under the notice in force: navigation, the demo's bar, an alarm while destruction waits.
    pub fn shell<'a>(&self, notice: &'a Notice, title: impl Into<String>, here: &'a str) -> Shell<'a> {
        let mut shell = Shell::new(notice, title).nav(crate::rooms::NAV, here);
        if let Ok(published) = self.custody().published_on(self.today()) {
            shell.since = published.effective_on;
        }
        shell.banner = crate::rooms::site::banner(self);
        if self.demo().is_some() {
            shell.demo = Some(DemoBar { today: law::words(self.today()) });
        }
        shell
    }

    /// The same for signed-in staff: their navigation and role, and the alarm while destruction waits.
    pub fn staff_shell<'a>(
        &self,
        notice: &'a Notice,
        session: &Session,
        title: impl Into<String>,
        here: &'a str,
    ) -> Shell<'a> {
        let mut shell = self.shell(notice, title, here).nav(crate::rooms::staff_nav(notice, &session.role), here);
        shell.staff = Some(StaffBar { role: session.role.clone() });
        shell.alarm = self.alarm();
        shell.banner = None;
        shell
    }

    /// The sentence that everybody on the staff must see while destruction waits.
    pub fn alarm(&self) -> Option<String> {
        match self.custody().guard() {
            Ok(Guard::Open) => None,
            Ok(Guard::Stopped { last, now }) => Some(format!(
                "Deletion waits: the clock says {} but this service last saw {}. An officer or an operator confirms today’s date on the page Retention, or with “candour clock confirm”.",
                law::words(law::london_day(now)),
                law::words(law::london_day(last)),
            )),
            Err(_) => Some("Deletion waits: the clock’s record cannot be read.".to_owned()),
        }
    }
}
