//! A PostgreSQL server for tests: started once, in a folder of its own, and ended when they are done.

use std::process::{Command, Stdio};

use scratch::{Kind, Server};

use crate::stop::Stop;

/// A server that the tests find.
pub(crate) struct Postgres(Server);

impl Postgres {
    /// Starts one.
    pub(crate) fn start() -> Result<Self, Stop> {
        Server::start(Kind::Quick).map(Self).map_err(|sentence| Stop::Unable(format!("{sentence}.")))
    }

    /// Tells a command that its tests are about PostgreSQL, and where it is.
    pub(crate) fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("CANDOUR_TEST_ENGINE", "postgres").env("CANDOUR_TEST_POSTGRES", self.0.url("{database}"))
    }
}

/// Runs a command with a server.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), Stop> {
    let server = Postgres::start()?;
    let mut command = Command::new(program);
    let ran = server.tell(command.args(arguments)).stdin(Stdio::null()).status();
    if ran.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Stop::No("The command failed; see above.".to_owned()))
}
