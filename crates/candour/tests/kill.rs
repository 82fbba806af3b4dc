//! The program as a process. kill -9 at any moment: what was acknowledged is there, what was erased stays erased, and the
//! published log verifies and goes on from what it was. No room on the disk: a plain 503, and recovery without hands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ledger::{Hash, TileId, Verifier};
use vault::{Keyring, Root};

/// A running demonstration; killed without warning when it goes.
struct Demo {
    child: Child,
    address: String,
}

impl Demo {
    fn start(data: &Path) -> Self {
        // A file that may not grow is an error to the program, as a full disk is, and not its end.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" demo --listen 127.0.0.1:0 --data \"$1\""])
            .arg(env!("CARGO_BIN_EXE_candour"))
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()))
            .expect("it prints its address");
        // The rest is read, so that the program never waits for its reader.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own: status, headers and body; `None` when the program is gone.
fn ask(address: &str, method: &str, path: &str, form: &[(&str, &str)]) -> Option<(u16, String)> {
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let body = body.join("&");
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => format!("{all}{}", char::from(byte)),
        byte => format!("{all}%{byte:02X}"),
    })
}

/// Sends an enquiry; the reference once it is acknowledged.
fn enquire(address: &str, n: usize) -> Option<String> {
    let email = format!("person{n}@oakfield.example");
    let typed = [
        ("topic", "broadband"),
        ("name", "Priya Example"),
        ("email", email.as_str()),
        ("message", "Is the line down?"),
    ];
    let (_, page) = ask(address, "POST", "/enquiries/check", &typed)?;
    let form = page.split("name=\"form\" value=\"").nth(1)?.split('"').next()?;
    let (status, answer) = ask(address, "POST", "/enquiries", &[("form", form)])?;
    assert_eq!(status, 303, "{answer}");
    let location = answer
        .lines()
        .find_map(|line| line.to_ascii_lowercase().starts_with("location: ").then(|| line[10..].trim().to_owned()))?;
    Some(location)
}

/// The hashes of the leaves of the published log, which verifies whenever it is looked at and begins with what was published
/// `before`. It is never ahead of the database, or the program would refuse to start.
fn published(folder: &Path, before: &[Hash]) -> Vec<Hash> {
    let evidence = folder.join("evidence");
    if !evidence.join("checkpoint").exists() {
        assert!(before.is_empty(), "what was published is gone");
        return Vec::new();
    }
    let mut read = |path: &str| std::fs::read(evidence.join(path)).ok();
    let key = String::from_utf8(read("log.vkey").expect("the key is there")).expect("the key is text");
    let key: Verifier = key.trim_end().parse().expect("the key is one");
    let report = ledger::verify_log(&mut read, &key, &mut |_| ());
    assert!(report.is_whole(), "{:?}", report.findings);
    let size = report.checkpoint.expect("a checkpoint").size;
    let tiles = (0..).map_while(|n| TileId::within(0, n, size));
    let hashes: Vec<Hash> =
        tiles.flat_map(|tile| leaf_hashes(&read(&tile.bundle_path()).expect("entries"), tile)).collect();
    assert!(hashes.starts_with(before), "what was published before has changed");
    hashes
}

fn leaf_hashes(bundle: &[u8], tile: TileId) -> Vec<Hash> {
    let leaves = ledger::decode_bundle(bundle, tile.width).expect("a bundle");
    leaves.into_iter().map(ledger::leaf_hash).collect()
}

fn rounds(default: usize) -> usize {
    std::env::var("CANDOUR_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Begins a copy of the data beside the running program, into a file of this round's.
fn begin_copy(folder: &Path, round: usize) -> Child {
    let config = folder.join("candour.toml");
    let place = |name: &str| folder.join(name).display().to_string();
    let places = ["data", "root.key", "journal", "evidence"].map(place);
    let [data, root, journal, evidence] = places;
    let text = format!(
        "address = \"https://portal.segfl.example\"\ndata = {data:?}\nkeyring = [{:?}]\nroot_key = {root:?}\njournal = {journal:?}\n\
         evidence = {evidence:?}\n[mail]\nhost = \"localhost\"\nfrom = \"portal@segfl.example\"\n",
        place("keyring")
    );
    std::fs::write(&config, text).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_candour"));
    command.args(["backup", "--to"]).arg(copy_of(folder, round)).arg("--config").arg(config);
    // It takes each variable of this prefix for a setting.
    command.env_remove("CANDOUR_ROUNDS").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs")
}

fn copy_of(folder: &Path, round: usize) -> PathBuf {
    folder.join(format!("{round}.copy"))
}

/// Opens a copy as a restore would; what a copy that is refused leaves is nothing.
fn unpack(folder: &Path, copy: &Path) -> custody::Result<custody::Manifest> {
    let keyring = Keyring::open_beside(vec![folder.join("keyring")], Root::load(&folder.join("root.key"))?)?;
    let open = |path: &Path| {
        store::Store::open(store::Settings {
            engine: store::Engine::sqlite(path),
            clock: law::Clock::system(),
            seed: None,
            migrations: include!("../../../migrations/list.rs"),
            alone: false,
            patience: Duration::from_secs(1),
            readers: 1,
        })
    };
    let to = tempfile::tempdir().expect("a folder");
    custody::unpack(copy, &keyring, &to.path().join("candour.db"), &open)
}

/// Every third round a copy is made while everything is killed.
fn copies(round: usize) -> bool {
    round % 3 == 1
}

/// Kills a program that copies, and says whether it was done; then its copy opens as a whole, and otherwise it is not there.
fn kill_copy(folder: &Path, round: usize, mut copying: Child) -> bool {
    if round.is_multiple_of(2) {
        copying.kill().expect("killed");
    }
    let copied = copying.wait().expect("gone").success();
    let copy = copy_of(folder, round);
    if copy.exists() {
        let manifest = unpack(folder, &copy).expect("a copy that is there opens");
        assert!(manifest.ledger.size > 0);
    } else {
        assert!(!copied, "round {round}: a copy was acknowledged and is gone");
    }
    let unfinished = copy.with_extension("copy.new");
    if unfinished.exists() && unpack(folder, &unfinished).is_err() {
        std::fs::remove_file(unfinished).expect("removed");
    }
    copied
}

fn kill_in_rounds(rounds: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut acknowledged, mut log, mut copied) = (Vec::<String>::new(), Vec::new(), 0);
    let mut fresh = 0;
    for round in 0..rounds {
        let demo = Demo::start(folder.path());
        // What was there before is looked at again at the end.
        for place in &acknowledged[fresh..] {
            let (status, page) = ask(&demo.address, "GET", place, &[]).expect("an answer");
            assert_eq!(status, 200, "{place} was acknowledged and is lost: {page}");
        }
        let (tell, told) = mpsc::channel();
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (address, tell) = (demo.address.clone(), tell.clone());
                thread::spawn(move || {
                    let mut n = (round * 4 + sender) * 10_000;
                    while let Some(place) = enquire(&address, n) {
                        n += 1;
                        if tell.send(place).is_err() {
                            break;
                        }
                    }
                })
            })
            .collect();
        drop(tell);
        let copying = copies(round).then(|| begin_copy(folder.path(), round));
        // The moment of the kill is counted in acknowledgements, a different number in each round.
        let wanted = 3 + (round * 7) % 11;
        fresh = acknowledged.len();
        acknowledged.extend(told.iter().take(wanted));
        demo.kill();
        copied += usize::from(copying.is_some_and(|copying| kill_copy(folder.path(), round, copying)));
        acknowledged.extend(told.iter());
        for sender in senders {
            sender.join().expect("a sender ends");
        }
        log = published(folder.path(), &log);
    }
    let demo = Demo::start(folder.path());
    for place in &acknowledged {
        assert_eq!(
            ask(&demo.address, "GET", place, &[]).expect("an answer").0,
            200,
            "{place} was acknowledged and is lost"
        );
    }
    let last = begin_copy(folder.path(), rounds).wait_with_output().expect("it ends");
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    let left = ["", "-wal", "-shm", "-journal", ".old"].map(|end| folder.path().join(format!("data/backup.db{end}")));
    assert!(!left.iter().any(|file| file.exists()), "the next copy takes away what a killed one left");
    let (acknowledged, leaves) = (acknowledged.len(), log.len());
    println!(
        "{rounds} rounds, {acknowledged} acknowledged, none lost, {leaves} leaves published, {copied} copies whole"
    );
}

#[test]
fn what_was_acknowledged_is_there_after_kill_nine() {
    kill_in_rounds(rounds(50));
}

#[test]
#[ignore = "long: run by cargo xtask soak"]
fn what_was_acknowledged_is_there_after_many_kills() {
    kill_in_rounds(rounds(1_000));
}

#[test]
fn what_was_erased_stays_erased_after_kill_nine() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let place = enquire(&demo.address, 1).expect("acknowledged");
    assert_eq!(ask(&demo.address, "POST", "/demo/clock", &[("advance", "P1Y")]).expect("an answer").0, 303);
    assert_eq!(ask(&demo.address, "GET", &place, &[]).expect("an answer").0, 404, "a year later it is erased");
    demo.kill();
    let demo = Demo::start(folder.path());
    assert_eq!(ask(&demo.address, "GET", &place, &[]).expect("an answer").0, 404, "it came back");
}

/// Lets no file of the process grow beyond so many bytes.
fn limit_files(demo: &Demo, bytes: &str) {
    let done =
        Command::new("prlimit").args(["--pid", &demo.child.id().to_string(), &format!("--fsize={bytes}")]).status();
    assert!(done.expect("this test needs prlimit, of the package util-linux").success(), "prlimit refused");
}

#[test]
fn no_room_on_the_disk_is_a_plain_503_and_once_there_is_room_the_form_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let kept = enquire(&demo.address, 1).expect("acknowledged");
    let typed = [
        ("topic", "other"),
        ("name", "Priya Example"),
        ("email", "priya@oakfield.example"),
        ("message", "Anybody there?"),
    ];
    let (_, page) = ask(&demo.address, "POST", "/enquiries/check", &typed).expect("the check page");
    let form = page.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its form");

    limit_files(&demo, "4096:unlimited");
    let (status, page) = ask(&demo.address, "POST", "/enquiries", &[("form", form)]).expect("an answer");
    assert_eq!(status, 503, "{page}");
    assert!(page.contains("nothing is half done"), "{page}");
    assert_eq!(ask(&demo.address, "GET", &kept, &[]).expect("an answer").0, 200, "reading goes on");

    limit_files(&demo, "unlimited");
    let (status, page) = ask(&demo.address, "POST", "/enquiries", &[("form", form)]).expect("an answer");
    assert_eq!(status, 303, "{page}");
}

#[test]
fn commands_beside_a_running_server_leave_its_keyring_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let place = enquire(&demo.address, 1).expect("acknowledged");
    let data = folder.path().to_owned();
    let (stop, stopped) = mpsc::channel::<()>();
    let commands = thread::spawn(move || {
        let mut done = 0;
        while stopped.try_recv().is_err() {
            let list =
                Command::new(env!("CARGO_BIN_EXE_candour")).args(["staff", "list", "--data"]).arg(&data).output();
            let list = list.expect("it runs");
            assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
            done += 1;
        }
        done
    });
    for _ in 0..3 {
        assert_eq!(ask(&demo.address, "POST", "/demo/clock", &[("advance", "P1W")]).expect("an answer").0, 303);
    }
    stop.send(()).expect("told");
    assert!(commands.join().expect("no command failed") > 1);
    demo.kill();
    let demo = Demo::start(folder.path());
    assert_eq!(ask(&demo.address, "GET", &place, &[]).expect("an answer").0, 200, "every key still opens at start");
}
