//! Databases on a server, cloned from a template that is migrated once for all test programs of a run.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use law::Clock;

use super::{folder, open, start};
use crate::driver::Link;
use crate::migration;
use crate::postgres::aside;
use crate::{Engine, Error, Migration, Result, Statement, Val};

/// Any number that no other program locks there.
const TEMPLATING: i64 = 4_471;

/// Long enough for another program to migrate.
const PATIENCE: Duration = Duration::from_mins(1);

static LOCK: Statement = Statement::new("LOCK", "SELECT CAST(pg_advisory_lock($1) AS TEXT)");
static FIND: Statement =
    Statement::new("FIND", "SELECT CAST(datname AS TEXT) FROM pg_database WHERE CAST(datname AS TEXT) = $1");

/// The name of a database that is dropped when this goes.
pub(super) struct Name(String);

impl Name {
    pub(super) fn url(&self) -> String {
        // Without an address there is no name.
        address().unwrap_or_default().replace("{database}", &self.0)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let text = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.0);
        // What cannot be dropped goes with the server.
        let _ = run_there(move |link| link.script(&text));
    }
}

/// A new database with these migrations.
pub(super) fn create(migrations: &'static [Migration]) -> Result<Name> {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let template = template(migrations)?;
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let text = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
    run_there(move |link| link.script(&text))?;
    Ok(Name(name))
}

/// The template's name; it is made under a lock by the first who asks.
fn template(migrations: &'static [Migration]) -> Result<String> {
    let sum = migration::checksum_of(&migrations.iter().map(|migration| migration.text).collect::<String>());
    let name = format!("template_{}", &sum[..16]);
    let made = name.clone();
    run_there(move |link| {
        link.rows(&LOCK, &[Val::Int(TEMPLATING)])?;
        if !link.rows(&FIND, &[made.as_str().into()])?.is_empty() {
            return Ok(());
        }
        link.script(&format!("DROP DATABASE IF EXISTS making_{made}"))?;
        link.script(&format!("CREATE DATABASE making_{made} TEMPLATE template0 ENCODING 'UTF8'"))?;
        let making = Name(format!("making_{made}"));
        let folder = folder()?;
        open(Engine::postgres(making.url(), folder.path()), migrations, Clock::fixed(start()))?.close();
        link.script(&format!("ALTER DATABASE making_{made} RENAME TO {made}"))
    })?;
    Ok(name)
}

/// Has the server read a statement.
pub(super) fn understand(name: &Name, statement: &Statement) -> Result<()> {
    let statement = statement.clone();
    aside(&name.url(), PATIENCE, move |session| session.prepare(&statement))
}

fn run_there<T: Send + 'static>(work: impl FnOnce(&mut dyn Link) -> Result<T> + Send + 'static) -> Result<T> {
    aside(&address()?.replace("{database}", "postgres"), PATIENCE, move |session| work(session))
}

fn address() -> Result<String> {
    std::env::var("CANDOUR_TEST_POSTGRES").map_err(|_| {
        Error::Other(
            "these tests need a PostgreSQL server and CANDOUR_TEST_POSTGRES names none; run cargo xtask test"
                .to_owned(),
        )
    })
}
