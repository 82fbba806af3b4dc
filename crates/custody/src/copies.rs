//! Copies: the database as one sealed file, what is needed to put it back, and the drill that shows that this works.
//!
//! A copy is sealed whole under a key that comes from the epoch key of its day, so it dies when that key is destroyed, linked
//! rows and all. Its manifest says what is in it, and is sealed with it. The unsealed file of the moment between stands in the
//! data folder alone, and is overwritten and removed whatever happens.

use crate::evidence::head;
use crate::recover::{Purpose, Wanted};
use crate::retention::record;
use crate::segments::hex;
use crate::{Custody, Error, HoldingId, Parts, PersonId, Record, Result, rows};
use law::{Date, Timestamp};
use ledger::{Effect, Outcome};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use store::{Columns, Store, Tx};
use vault::{Bound, CopyReader, CopyWriter, Journal, Keyring, Sha256};

/// The format of the manifest.
const FORMAT: u32 = 1;

/// How much of a file is in memory at a time.
const PIECE: usize = 256 * 1024;

/// What opens a database file beside everything else, with the program's own migrations.
pub type Opener<'a> = &'a dyn Fn(&Path) -> store::Result<Store>;

/// What a copy says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this manifest.
    pub format: u32,
    /// When the copy was made, in milliseconds since 1970 in UTC.
    pub made_at: i64,
    /// The civil day on which it was made.
    pub day: String,
    /// The version of the program that made it.
    pub program: String,
    /// `sqlite`.
    pub engine: String,
    /// The newest migration of the database.
    pub schema: u64,
    /// The database file.
    pub database: DatabaseFile,
    /// The log in it.
    pub ledger: LedgerState,
    /// The digest of the notice in force, in hexadecimal.
    pub notice: Option<String>,
    /// The epochs whose keys are needed to open what is in it.
    pub epochs: Vec<String>,
}

/// The database file of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseFile {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// The log of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerState {
    /// Its name, once it was published.
    pub origin: Option<String>,
    /// How many leaves it has.
    pub size: u64,
    /// Its root, in hexadecimal.
    pub root: String,
}

/// What a drill showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drilled {
    /// The day under whose key the copy is sealed.
    pub copy_day: Date,
    /// Whether the copy opens: not once its day's key is destroyed, and then everything in it is out of reach.
    pub opens: bool,
    /// Holdings of the copy that were erased since it was made.
    pub erased_since: u64,
    /// Of them, those that opened before the journal was done again: it shows that the drill can see.
    pub before_open: u64,
    /// Of them, those that still opened afterwards: none, or the drill has failed.
    pub after_open: u64,
    /// Of them, those that stand in no row any more.
    pub gone: u64,
}

impl Custody {
    /// Makes a copy of the database, sealed under today's epoch key, at `out`, which is there as a whole or not at all. The
    /// unsealed file stands at `scratch`, a name in the data folder, while it is made. Blocking; a server is copied by its own
    /// tools, which the error names.
    pub fn back_up(&self, out: &Path, scratch: &Path, open: Opener<'_>) -> Result<Manifest> {
        destroy_database(scratch)?;
        // Before too: a copy knows that its log was published.
        self.publish_copied()?;
        let copied = self.store().copy_to(scratch).map_err(Error::from);
        let copied = copied.and_then(|()| self.publish_copied());
        let manifest = copied.and_then(|()| self.seal(out, scratch, open));
        // Whatever became of the copy; its own error is the one to hear of.
        let destroyed = destroy_database(scratch);
        let manifest = manifest?;
        destroyed?;
        let (custody, bytes) = (self.clone(), manifest.database.bytes);
        let epoch = format!("epoch.{}", self.current_key()?.day());
        self.write_blocking("backup_made", move |tx| {
            custody.leave_system(tx, Effect::BackupMade, Outcome::Done, vec![epoch.clone()], 1)?;
            record(tx, "backup", bytes, 0, "done")
        })?;
        Ok(manifest)
    }

    /// The leaves that the copy has are published, so that no other history ever has others in their place. Where nobody
    /// publishes, nobody writes either.
    fn publish_copied(&self) -> Result<()> {
        match self.publish_now() {
            Err(Error::Store(store::Error::Busy)) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn seal(&self, out: &Path, scratch: &Path, open: Opener<'_>) -> Result<Manifest> {
        let key = self.current_key()?;
        let manifest = self.describe(scratch, open)?;
        let new = out.with_added_extension("new");
        let sealed = seal_file(scratch, &new, &manifest, &key, self.store().random());
        if sealed.is_err() {
            // What was written of it is sealed and of no use.
            let _ = std::fs::remove_file(&new);
        }
        sealed?;
        std::fs::rename(&new, out).map_err(failed("rename", &new))?;
        vault::file::sync_folder(out)?;
        Ok(manifest)
    }

    /// What the copied file says of itself: of the moment at which it was copied, whatever was written since.
    fn describe(&self, scratch: &Path, open: Opener<'_>) -> Result<Manifest> {
        let (now, today) = (self.store().clock().now(), self.store().clock().today());
        let copy = open(scratch)?;
        let (ledger, epochs) = copy.read_blocking("describe", |tx| {
            let needed = tx.all(&rows::LIST_NEEDED, &[])?;
            let epochs = needed.iter().map(|row| Ok(row.get::<String>(0)?)).collect::<Result<Vec<_>>>()?;
            Ok::<_, Error>((ledger_state(tx)?, epochs))
        })?;
        let schema = copy.schema();
        copy.close();
        let (sha256, bytes) = hash_file(scratch)?;
        Ok(Manifest {
            format: FORMAT,
            made_at: now.as_millisecond(),
            day: law::iso(today),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: "sqlite".to_owned(),
            schema,
            database: DatabaseFile { sha256: hex(&sha256), bytes },
            ledger,
            notice: self.in_force(today).ok().map(|notice| hex(&notice.digest().0)),
            epochs,
        })
    }

    /// Puts a copy back in a folder of its own, sees that what was erased since opens in it, does the journal again, and sees
    /// that it opens no more. The live data is only read, but for the leaf that says how it went. `keyring` is one opened beside
    /// this process's own; of the drill's files an empty lock is left in the
    /// folder.
    pub fn drill(&self, copy: &Path, folder: &Path, keyring: Keyring, open: Opener<'_>) -> Result<Drilled> {
        let copy_day = read_day(copy)?;
        let to = folder.join("drill.db");
        destroy_database(&to)?;
        let drilled = match unpack(copy, &keyring, &to, open) {
            Err(Error::Vault(vault::Error::EpochGone(_))) => {
                Ok(Drilled { copy_day, opens: false, erased_since: 0, before_open: 0, after_open: 0, gone: 0 })
            }
            Err(error) => Err(error),
            Ok(_) => self.drill_in(&to, copy_day, keyring, open),
        };
        let destroyed = destroy_database(&to);
        let drilled = drilled?;
        destroyed?;
        let custody = self.clone();
        self.write_blocking("drill_run", move |tx| {
            let passed = drilled.after_open == 0 && drilled.before_open == drilled.erased_since;
            let (outcome, word) = if passed { (Outcome::Done, "done") } else { (Outcome::Stopped, "failed") };
            custody.leave_system(tx, Effect::DrillRun, outcome, Vec::new(), drilled.erased_since)?;
            record(tx, "drill", drilled.erased_since, drilled.after_open, word)
        })?;
        Ok(drilled)
    }

    fn drill_in(&self, to: &Path, copy_day: Date, keyring: Keyring, open: Opener<'_>) -> Result<Drilled> {
        let (evidence, origin) = self.publisher().place();
        let columns: Columns = self.columns().clone();
        let journal: PathBuf = self.0.journal_at.clone();
        let wanted = Wanted::of(&Journal::read(&journal)?);
        let isolated = Self::assemble(Parts { store: open(to)?, keyring, journal, columns, evidence, origin })?;
        let erased = isolated.erased_since(&wanted)?;
        let before_open = isolated.count_opening(&erased)?;
        isolated.bring_back(Purpose::Drill, |_| Ok(()))?;
        let after_open = isolated.count_opening(&erased)?;
        let gone = isolated.count_gone(&erased)?;
        isolated.store().clone().close();
        let erased_since = erased.len() as u64;
        Ok(Drilled { copy_day, opens: true, erased_since, before_open, after_open, gone })
    }

    /// How many of these holdings open with the keys that stand. What opens is overwritten at once.
    fn count_opening(&self, holdings: &[(PersonId, HoldingId)]) -> Result<u64> {
        let (custody, holdings) = (self.clone(), holdings.to_vec());
        self.store().read_blocking("count_opening", move |tx| {
            let opens = |tx: &mut Tx<'_>, (person, holding)| -> Result<Record> {
                let held = crate::permit::find(tx, person, holding)?;
                let bound = Bound { person: &person.0, holding: &holding.0, kind: &held.kind, version: held.version };
                Record::decode(&custody.unwrap(&held)?.content().open(&held.sealed, &bound)?)
            };
            Ok::<_, Error>(holdings.iter().filter(|one| opens(tx, **one).is_ok()).count() as u64)
        })
    }

    fn count_gone(&self, holdings: &[(PersonId, HoldingId)]) -> Result<u64> {
        let holdings = holdings.to_vec();
        self.store().read_blocking("count_gone", move |tx| {
            let mut gone = 0;
            for (person, holding) in &holdings {
                let key = [(*person).into(), (*holding).into()];
                gone += u64::from(tx.optional(&rows::FIND_KIND, &key)?.is_none());
            }
            Ok::<_, Error>(gone)
        })
    }
}

/// What a copy says of itself. [`vault::Error::EpochGone`] when its day's key is destroyed: it opens nowhere.
pub fn read_manifest(copy: &Path, keyring: &Keyring) -> Result<Manifest> {
    Ok(open_copy(copy, keyring)?.0)
}

/// Unseals a copy as the database file `to`, which must not stand yet, and believes it only when it is what its manifest says:
/// its hash and length, its schema no newer than the program's, its log. What is not believed is removed.
pub fn unpack(copy: &Path, keyring: &Keyring, to: &Path, open: Opener<'_>) -> Result<Manifest> {
    let (manifest, reader) = open_copy(copy, keyring)?;
    let unpacked = unpack_to(reader, to).and_then(|()| check_unpacked(&manifest, to, open));
    if let Err(error) = unpacked {
        // The first error is the one to hear of.
        let _ = destroy_database(to);
        return Err(error);
    }
    Ok(manifest)
}

fn open_copy(copy: &Path, keyring: &Keyring) -> Result<(Manifest, CopyReader<BufReader<File>>)> {
    let file = File::open(copy).map_err(failed("open", copy))?;
    let (manifest, reader) = CopyReader::open(BufReader::with_capacity(PIECE, file), keyring)?;
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .map_err(|_| Error::Copy("its manifest is not one that this program reads".to_owned()))?;
    if manifest.format != FORMAT {
        return Err(Error::Copy(format!(
            "its manifest has format {}, and this program reads {FORMAT}",
            manifest.format
        )));
    }
    Ok((manifest, reader))
}

fn unpack_to(reader: CopyReader<BufReader<File>>, to: &Path) -> Result<()> {
    let mut out = create(to)?;
    reader.unpack(&mut out)?;
    out.sync_all().map_err(failed("sync", to))?;
    Ok(vault::file::sync_folder(to)?)
}

fn check_unpacked(manifest: &Manifest, to: &Path, open: Opener<'_>) -> Result<()> {
    let (sha256, bytes) = hash_file(to)?;
    if (hex(&sha256), bytes) != (manifest.database.sha256.clone(), manifest.database.bytes) {
        return Err(Error::Copy("its database is not the one that its manifest names".to_owned()));
    }
    // Refuses a schema that this program does not know, and brings an older one up.
    let copy = open(to)?;
    let ledger = copy.read_blocking("ledger_state", ledger_state);
    copy.close();
    if ledger? == manifest.ledger {
        Ok(())
    } else {
        Err(Error::Copy("its log is not the one that its manifest names".to_owned()))
    }
}

fn ledger_state(tx: &mut Tx<'_>) -> Result<LedgerState> {
    let head = head(tx)?;
    let origin = tx.optional(&rows::FIND_LOG, &[])?.map(|row| row.get::<Option<String>>(2)).transpose()?.flatten();
    Ok(LedgerState { origin, size: head.size(), root: hex(&head.root()) })
}

/// The day under whose key a copy is sealed.
fn read_day(copy: &Path) -> Result<Date> {
    let mut file = File::open(copy).map_err(failed("open", copy))?;
    Ok(vault::CopyHead::read(&mut file)?.day())
}

fn seal_file(from: &Path, to: &Path, manifest: &Manifest, key: &vault::EpochKey, rng: impl CryptoRng) -> Result<()> {
    let text = serde_json::to_vec(manifest).map_err(|_| Error::Nonsense("a manifest cannot be written"))?;
    let mut file = File::open(from).map_err(failed("open", from))?;
    // What an interrupted run left is sealed, and of no use.
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed("remove", to)(error)),
        _ => {}
    }
    let mut writer = CopyWriter::new(create(to)?, key, &text, rng)?;
    let mut piece = zeroize::Zeroizing::new(vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(failed("read", from))?;
        if read == 0 {
            break;
        }
        writer.write_all(&piece[..read]).map_err(failed("write", to))?;
    }
    writer.finish()?.sync_all().map_err(failed("sync", to))
}

fn hash_file(path: &Path) -> Result<([u8; 32], u64)> {
    let mut file = File::open(path).map_err(failed("open", path))?;
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(failed("read", path))?;
        if read == 0 {
            return Ok((hash.finish(), bytes));
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
}

/// A file that its owner alone can read, and that does not stand yet.
fn create(path: &Path) -> Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed("create", path))
}

/// Overwrites and removes a database file and what the engine keeps beside it.
fn destroy_database(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        vault::file::destroy(Path::new(&name))?;
    }
    Ok(())
}

fn failed(what: &'static str, place: &Path) -> impl FnOnce(std::io::Error) -> Error {
    move |source| vault::Error::Io { what, place: place.to_owned(), source }.into()
}

impl Manifest {
    /// When the copy was made.
    pub fn made_at(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.made_at).ok()
    }
}
