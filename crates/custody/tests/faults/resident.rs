//! The process that the others watch: this very program, started again with the name of one test. It takes, corrects, opens,
//! withdraws, publishes and erases, and says in lines what it was told; a refusal it takes for an answer and goes on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use custody::{Actor, Custody, Error, Ground, HoldingId, Manifest, New, PersonId, Record, WITHDRAW_DAYS};
use law::{Clock, Timestamp};
use ledger::{Checkpoint, Verifier};
use notice::{Allowed, Ask, Fields};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use store::{Engine, Settings, Store};
use vault::{Effect, Root};

use crate::house::{MIGRATIONS, NOTICE, custody_on};

/// How many people ask.
const PEOPLE: usize = 6;

/// Where the database stands unsealed while it is copied.
pub(crate) const SCRATCH: &str = "data/copy.db";

/// Tries until everything must go again: more than any fault lasts.
const TRIES: usize = 20;

/// One thing that the process says that it did.
pub(crate) enum Deed {
    /// This text stands in a holding.
    Stands { person: PersonId, holding: HoldingId, text: String },
    /// Something committed that the journal must know, and whether the caller was told that it is done.
    Owed { effect: Effect, hash: [u8; 32], acknowledged: bool },
    /// The holding with this hash is erased, whether the caller was told so or found out by looking.
    Erased([u8; 32]),
    /// A checkpoint was published.
    Published { size: usize, root: [u8; 32] },
}

impl Deed {
    /// A line as [`Deed::say`] writes it; `None` for any other line.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        Some(match words[..] {
            ["stands", person, holding, text] => {
                let (person, holding) = (PersonId(bytes(person)?), HoldingId(bytes(holding)?));
                Self::Stands { person, holding, text: text.to_owned() }
            }
            ["owed", effect, hash, acknowledged] => {
                Self::Owed { effect: Effect::parse(effect)?, hash: bytes(hash)?, acknowledged: acknowledged == "told" }
            }
            ["erased", hash] => Self::Erased(bytes(hash)?),
            ["published", size, root] => Self::Published { size: size.parse().ok()?, root: bytes(root)? },
            _ => return None,
        })
    }

    fn say(&self) {
        say(&match self {
            Self::Stands { person, holding, text } => format!("stands {} {} {text}", hex(&person.0), hex(&holding.0)),
            Self::Owed { effect, hash, acknowledged } => {
                format!("owed {} {} {}", effect.word(), hex(hash), if *acknowledged { "told" } else { "untold" })
            }
            Self::Erased(hash) => format!("erased {}", hex(hash)),
            Self::Published { size, root } => format!("published {size} {}", hex(root)),
        });
    }

    pub(crate) fn erased(&self) -> Option<[u8; 32]> {
        if let Self::Erased(hash) = self { Some(*hash) } else { None }
    }

    /// What this says of a holding's text.
    pub(crate) fn text_of(&self, which: HoldingId) -> Option<&String> {
        if let Self::Stands { holding, text, .. } = self { (*holding == which).then_some(text) } else { None }
    }
}

/// A resident of a folder. `killed`: it ends without making good what failed.
pub(crate) fn process(folder: &Path, killed: bool) -> Command {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "resident::live", "--ignored", "--nocapture"]).env("CANDOUR_FAULTS_FOLDER", folder);
    if killed {
        process.env("CANDOUR_FAULTS_KILLED", "yes");
    }
    process
}

/// A resident that asks and copies the database by turns, until it is killed.
pub(crate) fn copying_process(folder: &Path) -> Command {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "resident::copy", "--ignored", "--nocapture"]).env("CANDOUR_FAULTS_FOLDER", folder);
    process
}

/// The database file of a folder.
pub(crate) fn store(path: &Path) -> store::Result<Store> {
    Store::open(Settings {
        engine: Engine::sqlite(path),
        clock: Clock::fixed(Timestamp::constant(1_795_424_400, 0)),
        // Who starts again draws anew.
        seed: None,
        migrations: MIGRATIONS,
        alone: path.ends_with("candour.db"),
        patience: Duration::from_secs(5),
        readers: 2,
    })
}

/// Copies the database of a folder to `candour.copy` beside it.
pub(crate) fn back_up(custody: &Custody, folder: &Path) -> Result<Manifest, Error> {
    custody.back_up(&folder.join("candour.copy"), &folder.join(SCRATCH), &store)
}

/// Custody of a resident's folder, which is made if it is not there.
pub(crate) fn custody(folder: &Path) -> Result<Custody, Error> {
    if !folder.join("root.key").exists() {
        Root::create(&folder.join("root.key"), &mut ChaCha20Rng::from_seed([1; 32]))?;
    }
    custody_on(store(&folder.join("data/candour.db"))?, folder)
}

pub(crate) fn open(custody: &Custody, person: PersonId, holding: HoldingId) -> Result<String, Error> {
    let (verbs, allowed) = (custody.clone(), allow(custody, "desk", "answer-enquiries")?);
    custody.write_blocking("open", move |tx| {
        let permit = verbs.permit(tx, &allowed, &Actor::system("desk"), person, holding)?;
        Ok(verbs.open(tx, &permit)?.record.value("email").unwrap_or_default().to_owned())
    })
}

fn allow(custody: &Custody, actor: &str, purpose: &str) -> Result<Allowed, Error> {
    let today = custody.store().clock().today();
    Ok(custody.in_force(today)?.allow(&Ask { actor, purpose, kind: "enquiry", fields: Fields::All })?)
}

#[test]
#[ignore = "the process that the others watch"]
fn live() {
    let Some(folder) = std::env::var_os("CANDOUR_FAULTS_FOLDER").map(PathBuf::from) else { return };
    let custody = until_it_works(|| custody(&folder));
    until_it_works(|| publish_notice(&custody));
    until_it_works(|| custody.witness());
    let people: Vec<(PersonId, Ground, HoldingId)> = (0..PEOPLE).map(|n| ask(&custody, n)).collect();
    for (n, (person, ground, holding)) in people.iter().enumerate() {
        amend(&custody, n, *person, *holding);
        publish_log(&custody);
        if n % 2 == 0 {
            withdraw(&custody, *person, *ground);
        }
    }
    for _ in 0..=WITHDRAW_DAYS {
        custody.store().clock().pass(Duration::from_hours(24));
        until_it_works(|| custody.witness());
    }
    for (person, _, holding) in people.iter().step_by(2) {
        erase(&custody, *person, *holding);
        publish_log(&custody);
    }
    if std::env::var_os("CANDOUR_FAULTS_KILLED").is_some() {
        std::process::exit(0);
    }
    until_it_works(|| custody.settle_owed());
    until_it_works(|| custody.publish_now());
    publish_log(&custody);
}

#[test]
#[ignore = "the process that the others watch"]
fn copy() {
    let Some(folder) = std::env::var_os("CANDOUR_FAULTS_FOLDER").map(PathBuf::from) else { return };
    let custody = custody(&folder).unwrap();
    publish_notice(&custody).unwrap();
    for n in 0.. {
        ask(&custody, n);
        custody.publish_log().unwrap();
        say(&format!("copied {}", back_up(&custody, &folder).unwrap().ledger.size));
    }
}

/// What is done and owes a line counts as done, once it is read again.
fn publish_notice(custody: &Custody) -> Result<(), Error> {
    custody.reload_notices()?;
    if custody.in_force(custody.store().clock().today()).is_ok() {
        return Ok(());
    }
    let notice = notice::read(NOTICE).unwrap().notice.unwrap();
    custody.publish(NOTICE, &notice, "officer").map(drop)
}

fn ask(custody: &Custody, n: usize) -> (PersonId, Ground, HoldingId) {
    let allowed = allow(custody, "desk", "answer-enquiries").unwrap();
    let text = format!("person{n}@oakfield.example");
    until_it_works(|| {
        let (verbs, allowed, email) = (custody.clone(), allowed.clone(), text.clone());
        let (person, ground, holding) = custody.write_blocking("ask", move |tx| {
            let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
            let holding = HoldingId::draw(tx.random());
            let record = Record::new().with("name", "Priya Example").with("email", &email);
            let new = New { person, holding, ground, record: &record, events: &["enquiry.received"] };
            verbs.take(tx, &allowed, &Actor::system("desk"), &new)?;
            Ok::<_, Error>((person, ground, holding))
        })?;
        Deed::Stands { person, holding, text: text.clone() }.say();
        Ok((person, ground, holding))
    })
}

fn amend(custody: &Custody, n: usize, person: PersonId, holding: HoldingId) {
    let allowed = allow(custody, "you", "show-you").unwrap();
    let text = format!("other{n}@oakfield.example");
    let (verbs, email) = (custody.clone(), text.clone());
    let amended = custody.write_blocking("amend", move |tx| {
        let permit = verbs.permit(tx, &allowed, &Actor::you(person), person, holding)?;
        verbs.amend(tx, permit, &Record::new().with("email", &email), &[])
    });
    let Some(acknowledged) = is_done(&amended.map(drop)) else { return };
    // The first version, for nobody corrects twice.
    let hash = vault::sha256(&[&holding.0[..], &1u64.to_be_bytes()].concat());
    Deed::Stands { person, holding, text }.say();
    Deed::Owed { effect: Effect::Replace, hash, acknowledged }.say();
}

fn withdraw(custody: &Custody, person: PersonId, ground: Ground) {
    let verbs = custody.clone();
    let withdrawn =
        custody.write_blocking("withdraw", move |tx| verbs.withdraw(tx, person, ground, "enquiry").map(drop));
    let Some(acknowledged) = is_done(&withdrawn) else { return };
    Deed::Owed { effect: Effect::Withdraw, hash: vault::sha256(&ground.0), acknowledged }.say();
}

fn erase(custody: &Custody, person: PersonId, holding: HoldingId) {
    let hash = vault::sha256(&holding.0);
    match custody.erase_person(person) {
        Ok(1) => Deed::Erased(hash).say(),
        Ok(_) => say("refused nothing to erase"),
        Err(error) => {
            say(&format!("refused {error}"));
            // Whether it is erased all the same is known by looking.
            if matches!(open(custody, person, holding), Err(Error::Gone)) {
                Deed::Erased(hash).say();
            }
        }
    }
}

fn publish_log(custody: &Custody) {
    if let Err(error) = custody.publish_log() {
        return say(&format!("refused {error}"));
    }
    let key: Verifier = custody.log_key().unwrap().parse().unwrap();
    let checkpoint = Checkpoint::open(&custody.checkpoint().unwrap().unwrap(), &key).unwrap();
    Deed::Published { size: usize::try_from(checkpoint.size).unwrap(), root: checkpoint.root }.say();
}

/// Whether it is done, and then whether the caller was told so; `None` where nothing is done.
fn is_done(outcome: &Result<(), Error>) -> Option<bool> {
    match outcome {
        Ok(()) => Some(true),
        Err(Error::Journal(_)) => Some(false),
        Err(error) => {
            say(&format!("refused {error}"));
            None
        }
    }
}

/// A fault passes, and then everything goes on.
fn until_it_works<T>(mut work: impl FnMut() -> Result<T, Error>) -> T {
    let mut answers = (0..TRIES).map(|_| {
        work().inspect_err(|error| {
            say(&format!("refused {error}"));
            if matches!(error, Error::Vault(vault::Error::Locked { .. }) | Error::Store(store::Error::Locked(_))) {
                std::thread::yield_now();
            }
        })
    });
    answers.find_map(Result::ok).expect("the fault has passed")
}

/// Says a line, in one system call.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |all, byte| format!("{all}{byte:02x}"))
}

fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}
