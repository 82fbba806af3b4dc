//! Migrations: numbered texts, each applied once, in a transaction of its own, under a checksum.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use law::Timestamp;

use crate::driver::Link;
use crate::error::{Error, Result};
use crate::schema::migration_portability;
use crate::value::Val;

/// One step of the schema. The text is the same for every engine; three tokens and two types are replaced: `{bytes}`,
/// `{clustered}`, `{table}`; `BIGINT`, which strict tables of SQLite call `INTEGER`; and `TEXT`, which PostgreSQL must be
/// told to compare byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the order: 1, 2, 3, …
    pub number: u32,
    /// Its name: `thread`.
    pub name: &'static str,
    /// Its SQL.
    pub text: &'static str,
}

crate::statements! {
    @list pub(crate),
    /// The migrations that a database has.
    LIST_MIGRATIONS = "SELECT number, checksum FROM migration WHERE number >= $1 ORDER BY number";
    /// Notes that a migration was applied.
    RECORD_MIGRATION = "INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
}

/// The store's own table, which must stand before the first migration.
const OWN_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
  number     BIGINT NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  checksum   TEXT   NOT NULL, -- SHA-256 of the text, in hex
  applied_at BIGINT NOT NULL
) {table};";

/// Brings the database to the program's schema, or refuses: a newer schema, a changed text, a text for one engine only.
pub(crate) fn apply(link: &mut dyn Link, migrations: &[Migration], now: Timestamp) -> Result<()> {
    if !migrations.is_sorted_by(|earlier, later| earlier.number < later.number) {
        return Err(Error::Other("the program's migrations are not in ascending order".to_owned()));
    }
    link.script(&link.spell(OWN_TABLE))?;
    let applied = applied(link)?;
    let known = migrations.last().map_or(0, |migration| migration.number);
    if let Some(&(found, _)) =
        applied.iter().rfind(|(number, _)| !migrations.iter().any(|known| known.number == *number))
    {
        return Err(Error::Newer { found, known });
    }
    for migration in migrations {
        match applied.iter().find(|(number, _)| *number == migration.number) {
            Some((_, checksum)) if *checksum != checksum_of(migration.text) => {
                return Err(Error::Changed(migration.number));
            }
            Some(_) => {}
            None => apply_one(link, migration, now)?,
        }
    }
    Ok(())
}

fn applied(link: &mut dyn Link) -> Result<Vec<(u32, String)>> {
    link.rows(&LIST_MIGRATIONS, &[Val::Int(0)])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn apply_one(link: &mut dyn Link, migration: &Migration, now: Timestamp) -> Result<()> {
    if cfg!(debug_assertions) {
        refuse_unportable(migration)?;
    }
    link.script(link.begin())?;
    // Another process may have been first.
    if applied(link)?.iter().any(|(number, _)| *number == migration.number) {
        return link.script("ROLLBACK");
    }
    let done = link.script(&link.spell(migration.text)).and_then(|()| {
        let row = [migration.number.into(), migration.name.into(), checksum_of(migration.text).into(), now.into()];
        link.execute(&RECORD_MIGRATION, &row)?;
        link.script("COMMIT")
    });
    // When the engine has given the transaction up already, there is nothing left to take back.
    done.inspect_err(|_| drop(link.script("ROLLBACK")))
}

fn refuse_unportable(migration: &Migration) -> Result<()> {
    match migration_portability(migration.text).first() {
        None => Ok(()),
        Some(rule) => Err(Error::Portability(format!("migration {}: {rule}", migration.number))),
    }
}

/// Of the text as written, so that it is the same on every engine; line ends do not count.
pub(crate) fn checksum_of(text: &str) -> String {
    let sum = digest(&SHA256, text.replace("\r\n", "\n").as_bytes());
    sum.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
