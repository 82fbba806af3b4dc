//! The rows that tell whether anything was lost: each transaction adds a link to a chain of hashes, adds a weight, and takes
//! an old weight away. So a link without its earlier ones, or half a transaction, cannot hide.

use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use law::{Clock, Timestamp};
use store::{Engine, Error, Migration, Result, Settings, Store, Tx, Val, statements};

const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "chain",
    text: "CREATE TABLE link (n BIGINT NOT NULL PRIMARY KEY, hash {bytes} NOT NULL) {table};
           CREATE TABLE weight (n BIGINT NOT NULL PRIMARY KEY, bytes {bytes} NOT NULL) {table};",
}];

/// So many weights stand, so that pages are freed and used again.
const WEIGHTS: i64 = 40;

/// The longest weight, in bytes: a page and a half.
const HEAVY: usize = 6_000;

statements! {
    /// The newest link.
    LAST_LINK = "SELECT n, hash FROM link ORDER BY n DESC LIMIT 1";
    /// Adds a link.
    ADD_LINK = "INSERT INTO link (n, hash) VALUES ($1, $2)";
    /// Adds a weight.
    ADD_WEIGHT = "INSERT INTO weight (n, bytes) VALUES ($1, $2)";
    /// Takes a weight away.
    DROP_WEIGHT = "DELETE FROM weight WHERE n = $1";
    /// The chain from a link on.
    LIST_LINKS = "SELECT n, hash FROM link WHERE n >= $1 ORDER BY n";
    /// The weights from a link on.
    LIST_WEIGHTS = "SELECT n, bytes FROM weight WHERE n >= $1 ORDER BY n";
}

/// Opens the database of a folder, alone.
pub(crate) fn open(folder: &Path) -> Result<Store> {
    Store::open(Settings {
        engine: Engine::sqlite(folder.join("candour.db")),
        clock: Clock::fixed(Timestamp::UNIX_EPOCH),
        seed: Some([7; 32]),
        migrations: MIGRATIONS,
        alone: true,
        patience: Duration::from_secs(10),
        readers: 2,
    })
}

/// Adds one link in a transaction of its own, and tells its number.
pub(crate) fn add(store: &Store) -> Result<i64> {
    store.write_blocking("add_link", |tx| {
        let (last, hash) = last(tx)?;
        let n = last + 1;
        tx.execute(&ADD_LINK, &[n.into(), link(n, &hash).into()])?;
        tx.execute(&ADD_WEIGHT, &[n.into(), weight(n).into()])?;
        tx.execute(&DROP_WEIGHT, &[(n - WEIGHTS).into()])?;
        Ok(n)
    })
}

/// The number of the newest link, after a look at every row; what is wrong, in a sentence.
pub(crate) fn check(store: &Store) -> std::result::Result<i64, String> {
    store.read_blocking("check", whole).map_err(|error: Error| error.to_string())?
}

fn whole(tx: &mut Tx<'_>) -> Result<std::result::Result<i64, String>> {
    let (mut last, mut hash) = (0, Vec::new());
    for row in tx.all(&LIST_LINKS, &[Val::Int(0)])? {
        let n = row.get::<i64>(0)?;
        if n != last + 1 {
            return Ok(Err(format!("link {} is missing, and {n} is there", last + 1)));
        }
        (last, hash) = (n, link(n, &hash));
        if row.get::<Vec<u8>>(1)? != hash {
            return Ok(Err(format!("link {n} does not follow from the one before it")));
        }
    }
    let mut stand = Vec::new();
    for row in tx.all(&LIST_WEIGHTS, &[Val::Int(0)])? {
        let n = row.get::<i64>(0)?;
        if row.get::<Vec<u8>>(1)? != weight(n) {
            return Ok(Err(format!("weight {n} has changed")));
        }
        stand.push(n);
    }
    let expected: Vec<i64> = (1..=last).filter(|n| n + WEIGHTS > last).collect();
    if stand == expected { Ok(Ok(last)) } else { Ok(Err(format!("after link {last} the weights {stand:?} stand"))) }
}

fn last(tx: &mut Tx<'_>) -> Result<(i64, Vec<u8>)> {
    let row = tx.optional(&LAST_LINK, &[])?;
    row.map_or(Ok((0, Vec::new())), |row| Ok((row.get(0)?, row.get(1)?)))
}

fn link(n: i64, before: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[before, &n.to_be_bytes()].concat()).as_ref().to_vec()
}

/// Of any length up to the longest, and unlike every other.
fn weight(n: i64) -> Vec<u8> {
    let hash = link(n, b"weight");
    let length = usize::from(u16::from_be_bytes([hash[0], hash[1]])) % HEAVY;
    hash.into_iter().cycle().take(length).collect()
}
