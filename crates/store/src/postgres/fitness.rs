//! Whether a server keeps what is promised: acknowledged is durable, and damage is noticed.

use super::session::Session;
use crate::driver::Link;
use crate::error::{Error, Result};
use crate::statement::Statement;

/// PostgreSQL 15.
const OLDEST: i64 = 150_000;

static SERVER: Statement = Statement::new(
    "SERVER",
    "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version'),
            current_setting('data_checksums'), current_setting('server_encoding'), current_setting('synchronous_commit'),
            current_setting('fsync'), current_setting('full_page_writes')",
);

/// Refuses a server that is too old or set up to lose rows, with what to do.
pub(crate) fn check(session: &mut Session) -> Result<()> {
    let rows = session.rows(&SERVER, &[])?;
    let row = rows.first().ok_or(Error::Missing)?;
    let setting = |i| row.get::<String>(i);
    let unfit = |sentence: &str| Err(Error::Unfit(sentence.to_owned()));
    if row.get::<i64>(0)? < OLDEST {
        return Err(Error::Unfit(format!("PostgreSQL {} is too old; version 15 or later is needed", setting(1)?)));
    }
    if setting(2)? != "on" {
        return unfit("the database server does not notice damage on its disk; stop it and run pg_checksums --enable");
    }
    if setting(3)? != "UTF8" {
        return unfit("the database does not keep text as UTF-8; create it with ENCODING 'UTF8'");
    }
    if !matches!(setting(4)?.as_str(), "on" | "remote_apply") {
        return unfit("the database server acknowledges what is not durable; set synchronous_commit to on");
    }
    if setting(5)? != "on" || setting(6)? != "on" {
        return unfit("the database server does not wait for its disk; set fsync and full_page_writes to on");
    }
    Ok(())
}
