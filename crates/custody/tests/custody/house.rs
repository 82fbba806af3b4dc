//! A house for custody: a real database, real keys, the shipped notice, and a clock that stands until it is moved.

use custody::{Actor, Custody, Error, Ground, HoldingId, New, Parts, PersonId, Record};
use law::{Date, Timestamp};
use notice::{Allowed, Ask, Fields};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use store::{Migration, Tx};
use tempfile::TempDir;
use vault::{Keyring, Root};

pub(crate) const NOTICE: &str = include_str!("../../../../notices/segfl.toml");
pub(crate) const MIGRATIONS: &[Migration] = include!("../../../../migrations/list.rs");
pub(crate) const ORIGIN: &str = "portal.segfl.example/log";
pub(crate) const COLUMNS: &str = include_str!("../../../../migrations/columns.toml");

pub(crate) struct House {
    pub(crate) custody: Custody,
    pub(crate) keys: TempDir,
    pub(crate) database: store::test::Database,
}

/// An enquiry as the desk takes it.
pub(crate) struct Enquiry {
    pub(crate) person: PersonId,
    pub(crate) ground: Ground,
    pub(crate) holding: HoldingId,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::under(NOTICE)
    }

    pub(crate) fn under(notice: &str) -> Self {
        Self::on(store::test::database(MIGRATIONS).unwrap(), notice)
    }

    /// In a database file, whatever engine this run is about: for tests that look into it or copy it.
    pub(crate) fn in_a_file() -> Self {
        Self::on(store::test::database_file(MIGRATIONS).unwrap(), NOTICE)
    }

    fn on(database: store::test::Database, notice: &str) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        Root::create(&keys.path().join("root.key"), &mut rng).unwrap();
        let custody = custody_on(database.store().clone(), keys.path()).unwrap();
        publish(&custody, notice);
        custody.witness().unwrap();
        Self { custody, keys, database }
    }

    pub(crate) fn today(&self) -> Date {
        self.custody.store().clock().today()
    }

    pub(crate) fn move_to(&self, day: Date) {
        let at = law::london_start(day).as_millisecond() + 9 * 3_600_000;
        self.custody.store().clock().move_to(Timestamp::from_millisecond(at).unwrap());
    }

    /// Runs the day; nobody is given a receipt.
    pub(crate) fn run_day(&self) -> Result<custody::DayReport, Error> {
        self.custody.run_day(&|_, _| Ok(()))
    }

    /// Lets days pass as a running program would: witness and run each.
    pub(crate) fn pass_days(&self, days: u32) -> u64 {
        let mut erased = 0;
        for _ in 0..days {
            self.move_to(self.today().tomorrow().unwrap());
            self.custody.witness().unwrap();
            erased += self.run_day().unwrap().erased;
            let custody = self.custody.clone();
            self.custody.write_blocking("day_done", move |tx| custody.day_done(tx)).unwrap();
        }
        erased
    }

    /// Custody forgets what it saw and begins anew on the same data, on the same clock, as after a stop.
    pub(crate) fn restart(self) -> Self {
        let Self { custody, keys, database } = self;
        drop(custody);
        // The writer may still hold the last closure, and with it the keyring's lock.
        let custody = loop {
            match custody_on(database.store().clone(), keys.path()) {
                Err(Error::Vault(vault::Error::Locked { .. })) => std::thread::yield_now(),
                custody => break custody.unwrap(),
            }
        };
        Self { custody, keys, database }
    }

    /// Runs a transaction on custody.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl for<'tx> Fn(&Custody, &mut Tx<'tx>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let custody = self.custody.clone();
        self.custody.write_blocking("test", move |tx| f(&custody, tx))
    }

    /// An officer with a record among the staff.
    pub(crate) fn officer(&self) -> Actor {
        let allowed = self.allow("officer", "run-desk", "staff");
        self.write(move |custody, tx| {
            let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
            let holding = HoldingId::draw(tx.random());
            let record = Record::new().with("name", "Tomos Pugh").with("email", "tomos@segfl.example");
            let new = New { person, holding, ground, record: &record, events: &["staff.joined", "staff.last-sign-in"] };
            custody.take(tx, &allowed, &Actor::system("officer"), &new)?;
            Ok(Actor::staff("officer", person))
        })
        .unwrap()
    }

    /// A member of staff leaves, for good.
    pub(crate) fn leave(&self, person: PersonId) {
        self.write(move |custody, tx| {
            let own = custody.holdings(tx, person)?.remove(0);
            custody.note_for_good(tx, person, own.ground, "staff.left")
        })
        .unwrap();
    }

    /// The days whose keys stand.
    pub(crate) fn epochs(&self) -> Vec<Date> {
        let root = Root::load(&self.keys.path().join("root.key")).unwrap();
        Keyring::open_beside(vec![self.keys.path().join("keyring")], root).unwrap().epochs()
    }

    pub(crate) fn allow(&self, actor: &str, purpose: &str, kind: &str) -> Allowed {
        let ask = Ask { actor, purpose, kind, fields: Fields::All };
        self.custody.in_force(self.today()).unwrap().allow(&ask).unwrap()
    }

    pub(crate) fn enquire(&self, email: &str) -> Enquiry {
        let (custody, allowed) = (self.custody.clone(), self.allow("desk", "answer-enquiries", "enquiry"));
        let email = email.to_owned();
        self.custody
            .write_blocking("enquire", move |tx| {
                let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
                let holding = HoldingId::draw(tx.random());
                let record = Record::new().with("name", "Priya Example").with("email", &email);
                let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
                custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
                Ok::<_, Error>(Enquiry { person, ground, holding })
            })
            .unwrap()
    }

    pub(crate) fn open_as(
        &self,
        role: &str,
        purpose: &str,
        person: PersonId,
        holding: HoldingId,
    ) -> Result<String, Error> {
        let (custody, allowed) = (self.custody.clone(), self.allow(role, purpose, "enquiry"));
        let actor = if role == "you" { Actor::you(person) } else { Actor::system(role) };
        self.custody.write_blocking("open", move |tx| {
            let permit = custody.permit(tx, &allowed, &actor, person, holding)?;
            let opened = custody.open(tx, &permit)?;
            Ok(opened.record.value("email").unwrap_or_default().to_owned())
        })
    }

    pub(crate) fn open(&self, enquiry: &Enquiry) -> Result<String, Error> {
        self.open_as("desk", "answer-enquiries", enquiry.person, enquiry.holding)
    }

    pub(crate) fn amend(&self, enquiry: &Enquiry, email: &str) -> Result<u64, Error> {
        let (custody, allowed) = (self.custody.clone(), self.allow("you", "show-you", "enquiry"));
        let (person, holding, email) = (enquiry.person, enquiry.holding, email.to_owned());
        self.custody.write_blocking("amend", move |tx| {
            let permit = custody.permit(tx, &allowed, &Actor::you(person), person, holding)?;
            custody.amend(tx, permit, &Record::new().with("email", &email), &[])
        })
    }

    pub(crate) fn note(&self, enquiry: &Enquiry, event: &'static str) {
        let (custody, person, ground) = (self.custody.clone(), enquiry.person, enquiry.ground);
        self.custody.write_blocking("note", move |tx| custody.note(tx, person, ground, event)).unwrap();
    }

    pub(crate) fn count(&self, table: &'static str, person: PersonId) -> usize {
        let columns = vec!["person_id".to_owned()];
        self.custody
            .store()
            .read_blocking("count", move |tx| {
                Ok::<_, store::Error>(
                    tx.all(&store::select_by(table, &columns, &["person_id"]), &[person.into()])?.len(),
                )
            })
            .unwrap()
    }
}

/// For tests of many days: houses stand in memory from here on, where the machine offers it.
pub(crate) fn in_memory() {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        // Refused when another test of this program chose it before: then it stands.
        let _ = tempfile::env::override_temp_dir(memory);
    }
}

pub(crate) fn publish(custody: &Custody, text: &str) {
    let read = notice::read(text).unwrap();
    let notice = read.notice.unwrap_or_else(|| panic!("{:?}", read.findings));
    custody.publish(text, &notice, "officer").unwrap();
}

/// Custody of a database with the keyring of a folder.
pub(crate) fn custody_on(store: store::Store, keys: &std::path::Path) -> Result<Custody, Error> {
    let root = Root::load(&keys.join("root.key"))?;
    let keyring = Keyring::open(vec![keys.join("keyring")], root)?;
    Custody::new(Parts {
        store,
        keyring,
        journal: keys.join("journal"),
        columns: store::columns(COLUMNS)?,
        evidence: keys.join("evidence"),
        origin: ORIGIN.to_owned(),
    })
}

/// The same for a process beside the one that has the keyring.
pub(crate) fn custody_beside(store: store::Store, keys: &std::path::Path) -> Result<Custody, Error> {
    let root = Root::load(&keys.join("root.key"))?;
    let keyring = Keyring::open_beside(vec![keys.join("keyring")], root)?;
    Custody::new(Parts {
        store,
        keyring,
        journal: keys.join("journal"),
        columns: store::columns(COLUMNS)?,
        evidence: keys.join("evidence"),
        origin: ORIGIN.to_owned(),
    })
}
