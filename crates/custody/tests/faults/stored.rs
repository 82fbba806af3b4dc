//! A house that was lived in and then closed: a folder with the database file, the keyring, the journal and the published log.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use custody::{Actor, Custody, Error, HoldReason, HoldingId, PersonId};
use law::{Clock, Timestamp};
use rusqlite::{Connection, OpenFlags};
use store::{Engine, Settings, Store};
use tempfile::TempDir;

use crate::house::{Enquiry, House, MIGRATIONS, custody_on, in_memory};

/// Enough that most pages of the file are in use.
const PEOPLE: usize = 200;

/// A closed house, to be copied and damaged.
pub(crate) struct Stored {
    folder: TempDir,
    /// When it was closed.
    at: Timestamp,
    /// The holdings that were open to the desk, and some that were not.
    holdings: Vec<(PersonId, HoldingId)>,
}

/// A copy of it.
pub(crate) struct Copied {
    folder: TempDir,
    at: Timestamp,
}

impl Stored {
    /// People who ask, correct, object, withdraw, are looked at, put on hold and forgotten, over some weeks.
    pub(crate) fn new() -> Self {
        in_memory();
        let house = House::in_a_file();
        let officer = house.officer();
        let enquiries: Vec<Enquiry> =
            (0..PEOPLE).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
        for (n, enquiry) in enquiries.iter().enumerate() {
            house.open(enquiry).unwrap();
            live(&house, &officer, n, enquiry);
        }
        house.pass_days(12);
        enquiries.iter().step_by(2).for_each(|enquiry| drop(house.open(enquiry)));
        house.custody.publish_now().unwrap();
        house.custody.settle_owed().unwrap();
        house.custody.run_day(&|_, _| Ok(())).unwrap();
        house.custody.publish_now().unwrap();
        let holdings = enquiries.iter().map(|enquiry| (enquiry.person, enquiry.holding)).collect();
        Self::closed(house, holdings)
    }

    fn closed(house: House, holdings: Vec<(PersonId, HoldingId)>) -> Self {
        let at = house.custody.store().clock().now();
        let path = house.database.path();
        let House { custody, keys, database } = house;
        drop(custody);
        database.store().clone().close();
        assert!(!path.with_extension("db-wal").exists(), "what is closed has no log beside it");
        let folder = tempfile::tempdir().unwrap();
        copy(keys.path(), folder.path());
        fs::copy(path, folder.path().join("candour.db")).unwrap();
        Self { folder, at, holdings }
    }

    /// The files below a name of the folder, by their paths in it, in order.
    pub(crate) fn files(&self, below: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().join(below)];
        while let Some(next) = folders.pop() {
            if next.is_file() {
                files.push(next.strip_prefix(self.folder.path()).unwrap().to_owned());
            } else {
                folders.extend(fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
        files.sort();
        files
    }

    pub(crate) fn length(&self, file: &Path) -> u64 {
        fs::metadata(self.folder.path().join(file)).unwrap().len()
    }

    pub(crate) fn holdings(&self) -> &[(PersonId, HoldingId)] {
        &self.holdings
    }

    pub(crate) fn copied(&self) -> Copied {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        Copied { folder, at: self.at }
    }
}

impl Copied {
    pub(crate) fn path(&self, file: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Turns one bit of a file.
    pub(crate) fn flip(&self, file: &Path, bit: u64) {
        let path = self.path(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        fs::write(path, bytes).unwrap();
    }

    /// Custody of what is there.
    pub(crate) fn custody(&self) -> Result<Custody, Error> {
        let store = Store::open(Settings {
            engine: Engine::sqlite(self.path("candour.db")),
            clock: Clock::fixed(self.at),
            seed: Some([8; 32]),
            migrations: MIGRATIONS,
            alone: true,
            patience: Duration::from_secs(1),
            readers: 1,
        })?;
        custody_on(store, self.folder.path())
    }

    /// The database file as it is, to look at and not to change.
    pub(crate) fn connection(&self) -> rusqlite::Result<Connection> {
        let path = self.path("candour.db");
        let place = format!("file:{}?immutable=1", path.display());
        Connection::open_with_flags(place, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
    }
}

/// What becomes of the `n`th enquiry.
fn live(house: &House, officer: &Actor, n: usize, enquiry: &Enquiry) {
    let (person, ground, holding, officer) = (enquiry.person, enquiry.ground, enquiry.holding, officer.clone());
    let until = house.today().checked_add(jiff::Span::new().days(40)).unwrap();
    match n % 10 {
        0 | 1 => drop(house.amend(enquiry, &format!("other{n}@oakfield.example")).unwrap()),
        2 => drop(house.write(move |custody, tx| custody.withdraw(tx, person, ground, "enquiry")).unwrap()),
        3 => house
            .write(move |custody, tx| {
                custody.place_hold(tx, &officer, person, ground, HoldReason::Claim, until).map(drop)
            })
            .unwrap(),
        4 => drop(house.write(move |custody, tx| custody.restrict(tx, person, holding, &officer)).unwrap()),
        5 => house.note(enquiry, "enquiry.closed"),
        6 => drop(house.open_as("you", "show-you", person, holding).unwrap()),
        _ => {}
    }
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&place).unwrap();
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
