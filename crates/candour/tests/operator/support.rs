//! An installation in a folder, its running server, a mail server that only greets, and a plain client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// A folder with an installation in it, or before one.
pub(crate) struct House {
    folder: TempDir,
    mail: u16,
}

impl House {
    /// With a mail server, and nothing made yet.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), mail: greeter() }
    }

    /// Made by `candour init`; also its words.
    pub(crate) fn made() -> (Self, String) {
        let house = Self::empty();
        let output = house.init(&[]);
        assert_exit(&output, 0);
        (house, said(&output))
    }

    /// Runs `candour init` with every answer as a flag.
    pub(crate) fn init(&self, more: &[&str]) -> Output {
        let (folder, mail) = (self.path("house"), format!("127.0.0.1:{}", self.mail));
        let mut words = vec!["init", "--folder", folder.to_str().expect("a path"), "--mail", &mail];
        words.extend(["--address", "https://portal.segfl.example", "--from", "SEGfL <desk@segfl.example>"]);
        words.extend(more);
        candour(&words, &[])
    }

    /// Runs `candour doctor`.
    pub(crate) fn doctor(&self, more: &[&str], environment: &[(&str, &str)]) -> Output {
        let config = self.path("house/candour.toml");
        candour(&[&["doctor", "--config", config.to_str().expect("a path")], more].concat(), environment)
    }

    /// A path in the folder around the installation.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts `candour serve` on a free port.
    pub(crate) fn serve(&self, environment: &[(&str, &str)]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candour"))
            .args(["serve", "--config"])
            .arg(self.path("house/candour.toml"))
            .env("CANDOUR_LISTEN", "127.0.0.1:0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut errors = child.stderr.take().expect("its log");
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).expect("a text");
            log
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let place = line.rsplit_once("listening on ").map(|(_, place)| place.trim_end_matches([')', '\n']).to_owned());
        Server { child, place: place.expect("it prints where it listens"), log: Some(log) }
    }
}

/// A running server; killed when it goes.
pub(crate) struct Server {
    child: Child,
    /// Address and port.
    pub(crate) place: String,
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Ends it and gives its log.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().expect("killed");
        self.log.take().expect("its log").join().expect("read")
    }

    /// One request on a connection of its own; the whole answer.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.place).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("set");
        exchange(&mut stream, request)
    }

    /// Asks for a page, with more headers.
    pub(crate) fn get(&self, path: &str, headers: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: portal.segfl.example\r\nConnection: close\r\n{headers}\r\n"))
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, body: &str) -> String {
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: portal.segfl.example\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says something on a connection and hears it to its end.
pub(crate) fn exchange(stream: &mut (impl Read + Write), request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The value of a header in an answer.
pub(crate) fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let lines = answer.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Runs the program without a terminal.
pub(crate) fn candour(words: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_candour"))
        .args(words)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("it ran")
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub(crate) fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub(crate) fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}\n{}", said(output), complained(output));
}

/// A mail server that greets, and takes no letter.
fn greeter() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || greet(stream));
        }
    });
    port
}

fn greet(mut stream: TcpStream) -> Option<()> {
    stream.write_all(b"220 mail.segfl.example\r\n").ok()?;
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    for line in lines.map_while(Result::ok) {
        let word = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer: &[u8] = match word.as_str() {
            "EHLO" => b"250 mail.segfl.example\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"502 no\r\n",
        };
        stream.write_all(answer).ok()?;
    }
    Some(())
}
