//! A server: made, started, stopped, killed; and a standby of it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::place::{Owner, bin};

/// How often, and how long apart, a server is asked whether it takes connections.
const ASKS: u32 = 600;
const APART: Duration = Duration::from_millis(50);

/// The name of the first account in it.
const USER: &str = "candour";

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The disk of the machine: for what is said to survive a loss of power.
    Durable,
    /// Memory, where there is a file system in it with room: for many databases that live for a second.
    Quick,
}

/// A server and its folder.
pub struct Server {
    folder: PathBuf,
    port: u16,
    owner: Owner,
    bin: PathBuf,
    child: Option<Child>,
}

impl Server {
    /// Makes a server and starts it. The sentence of an error says what is missing.
    pub fn start(kind: Kind) -> Result<Self, String> {
        let mut server = Self::empty(kind, 5432)?;
        let data = server.data();
        run(server
            .program("initdb")
            .args(["-k", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "-U", USER, "-D"])
            .arg(&data))?;
        server.launch(&[])?;
        Ok(server)
    }

    /// A standby that streams from this server, which from now on acknowledges nothing that the standby has not on its disk.
    pub fn standby(&self, kind: Kind) -> Result<Self, String> {
        let mut standby = Self::empty(kind, self.port + 1)?;
        let data = standby.data();
        run(standby
            .program("pg_basebackup")
            .args(["-U", USER, "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-R", "-X", "stream", "-c", "fast", "-D"])
            .arg(&data))?;
        standby.launch(&["cluster_name=standby"])?;
        self.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")?;
        self.sql("SELECT pg_reload_conf()")?;
        self.until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1")?;
        Ok(standby)
    }

    /// The address of a database on it.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql:///{database}?user={USER}&host={}&port={}", self.folder.display(), self.port)
    }

    /// One address of a database on this server or on another: whichever takes writes.
    pub fn url_with(&self, other: &Self, database: &str) -> String {
        let (here, there) = (self.folder.display(), other.folder.display());
        format!("user={USER} dbname={database} host={here},{there} port={},{}", self.port, other.port)
    }

    /// Runs a statement with `psql` and gives what it prints.
    pub fn sql(&self, text: &str) -> Result<String, String> {
        let mut psql = self.program("psql");
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", "postgres", "-h"]).arg(&self.folder);
        run(psql.args(["-p", &self.port.to_string(), "-c", text]))
    }

    /// Waits until a statement prints this.
    pub fn until(&self, text: &str, printed: &str) -> Result<(), String> {
        for _ in 0..ASKS {
            if self.sql(text).is_ok_and(|answer| answer.trim() == printed) {
                return Ok(());
            }
            thread::sleep(APART);
        }
        Err(format!("the server never answered {printed} to: {text}"))
    }

    /// Ends it as an administrator would: connections are cut, what is acknowledged is on the disk.
    pub fn stop(&mut self) -> Result<(), String> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        let ended = child.wait();
        match (asked, ended) {
            (Ok(_), Ok(_)) => Ok(()),
            _ => Err("the server could not be stopped".to_owned()),
        }
    }

    /// Ends every process of it without warning, as a loss of power would.
    pub fn kill(&mut self) -> Result<(), String> {
        self.signal("KILL")?;
        let ended = self.child.take().map(|mut child| child.wait());
        ended.transpose().map(drop).map_err(|error| format!("the server could not be killed: {error}"))
    }

    /// Starts it again after it was stopped or killed.
    pub fn restart(&mut self) -> Result<(), String> {
        self.launch(&[])
    }

    /// Keeps its write-ahead log apart from now on, so that it can be recovered to a point in time.
    pub fn archive(&mut self) -> Result<(), String> {
        let folder = self.archived();
        let made = std::fs::create_dir(&folder).and_then(|()| self.owner.own(&folder));
        made.map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        let command = format!("archive_command=cp %p {}/%f", folder.display());
        self.restart_with(&["archive_mode=on", &command])
    }

    /// A base backup of it, in its folder.
    pub fn base_backup(&self) -> Result<PathBuf, String> {
        let to = self.folder.join("base");
        run(self
            .program("pg_basebackup")
            .args(["-U", USER, "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-X", "none", "-c", "fast", "-D"])
            .arg(&to))?;
        Ok(to)
    }

    /// Stops it, and starts it again as it was at a restore point after a base backup of it, by what it kept apart.
    pub fn recover_to(&mut self, base: &Path, point: &str) -> Result<(), String> {
        self.sql("SELECT pg_switch_wal()")?;
        self.stop()?;
        let signal = base.join("recovery.signal");
        let placed = std::fs::rename(self.data(), self.folder.join("lost"))
            .and_then(|()| std::fs::write(&signal, ""))
            .and_then(|()| self.owner.own(&signal))
            .and_then(|()| std::fs::rename(base, self.data()));
        placed.map_err(|error| format!("the base backup cannot be put in place: {error}"))?;
        let command = format!("restore_command=cp {}/%f %p", self.archived().display());
        let target = format!("recovery_target_name={point}");
        self.launch(&[&command, &target, "recovery_target_action=promote"])?;
        self.until("SELECT pg_is_in_recovery()", "f")
    }

    fn archived(&self) -> PathBuf {
        self.folder.join("archive")
    }

    /// Makes a standby take writes.
    pub fn promote(&self) -> Result<(), String> {
        run(self.program("pg_ctl").args(["promote", "-w", "-D"]).arg(self.data())).map(drop)
    }

    /// Stops every process of it where it stands: it keeps its connections and answers nothing, until [`Self::wake`].
    pub fn freeze(&self) -> Result<(), String> {
        self.signal("STOP")
    }

    /// Lets it go on.
    pub fn wake(&self) -> Result<(), String> {
        self.signal("CONT")
    }

    /// Sets a parameter that takes a restart, and restarts it.
    pub fn restart_with(&mut self, settings: &[&str]) -> Result<(), String> {
        self.stop()?;
        self.launch(settings)
    }

    /// Stops it, turns the checksums of its pages off, and starts it again.
    pub fn forget_checksums(&mut self) -> Result<(), String> {
        self.stop()?;
        run(self.program("pg_checksums").args(["--disable", "-D"]).arg(self.data()))?;
        self.launch(&[])
    }

    /// Makes it listen on this machine's own address too, encrypted with this certificate and key, and gives the port.
    pub fn encrypt(&mut self, certificate: &str, key: &str) -> Result<u16, String> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| format!("there is no free port: {error}"))?.port();
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = self.folder.join(name);
            let kept = std::fs::write(&file, text)
                .and_then(|()| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)))
                .and_then(|()| self.owner.own(&file));
            kept.map_err(|error| format!("{} cannot be made: {error}", file.display()))?;
        }
        self.stop()?;
        self.port = port;
        let file = |setting: &str, name: &str| format!("{setting}={}", self.folder.join(name).display());
        let files = [file("ssl_cert_file", "server.crt"), file("ssl_key_file", "server.key")];
        self.launch(&["ssl=on", &files[0], &files[1], "listen_addresses=127.0.0.1"])?;
        Ok(port)
    }

    /// Sends a signal to the server and to every process that it has made: they are no group of processes.
    fn signal(&self, name: &str) -> Result<(), String> {
        let Some(child) = &self.child else { return Err("the server does not run".to_owned()) };
        let family = std::iter::once(child.id()).chain(made_by(child.id()));
        match Command::new("kill")
            .args(["-s", name])
            .args(family.map(|id| id.to_string()))
            .stderr(Stdio::null())
            .status()
        {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("the server could not be sent {name}: {error}")),
        }
    }

    fn empty(kind: Kind, port: u16) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);

        let bin = bin().ok_or("PostgreSQL is not installed here; run cargo xtask setup")?;
        let owner = Owner::unprivileged().ok_or("there is no account that a PostgreSQL server could run as")?;
        let name = format!("candour-pg-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = parent(kind).join(name);
        let made = std::fs::create_dir(&folder).and_then(|()| owner.own(&folder));
        made.map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        Ok(Self { folder, port, owner, bin, child: None })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = self.owner.command(&self.bin.join(name));
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn launch(&mut self, settings: &[&str]) -> Result<(), String> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.map_err(|error| format!("the server's log cannot be made: {error}"))?;
        let socket = format!("unix_socket_directories={}", self.folder.display());
        let port = format!("port={}", self.port);
        let fixed = [
            socket.as_str(),
            port.as_str(),
            "listen_addresses=",
            "max_connections=300",
            "shared_buffers=64MB",
            "max_wal_size=256MB",
            // In its folder, so that nothing of a killed server is left.
            "dynamic_shared_memory_type=mmap",
        ];
        let mut postgres = self.program("postgres");
        for setting in fixed.iter().chain(settings) {
            postgres.args(["-c", setting]);
        }
        postgres.arg("-D").arg(self.data()).stdout(Stdio::null()).stderr(log);
        self.child = Some(postgres.spawn().map_err(|error| format!("postgres cannot be started: {error}"))?);
        self.until("SELECT 1", "1")
            .map_err(|_| format!("the server did not start; {} says why", self.folder.join("log").display()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do about a server that has gone already, or a folder that was never filled.
        drop(self.stop());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{name} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The folder that the server's folder is made in.
fn parent(kind: Kind) -> PathBuf {
    /// A few hundred small databases at a time, and the server's own log of them.
    const ROOM_MIB: u64 = 2_048;

    let memory = Path::new("/dev/shm");
    if kind == Kind::Quick && room_mib(memory).is_some_and(|room| room >= ROOM_MIB) {
        return memory.to_owned();
    }
    std::env::temp_dir()
}

/// The processes whose parent is this one.
fn made_by(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
    let parent_of = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // `17 (name) S 1 …`: the name may hold anything, the parent is the second word after it.
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    ids.filter(|id| parent_of(id) == Some(parent)).collect()
}

/// What is free on a file system.
fn room_mib(place: &Path) -> Option<u64> {
    let output = Command::new("df").args(["-Pm"]).arg(place).output().ok()?;
    String::from_utf8(output.stdout).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}
