//! The six answers: from flags, from a file, or asked at the terminal; each is looked at as it is given.

use super::super::settings::fault;
use super::{Cannot, NOTICE, checked_notice};
use clap::Args;
use serde::Deserialize;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// What was given without asking.
#[derive(Args, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The folder for data, keys and configuration
    #[arg(long)]
    folder: Option<String>,
    /// A second folder for the keyring, on another disk, or "none"
    #[arg(long, value_name = "FOLDER")]
    keyring: Option<String>,
    /// The notice to publish, instead of the one that comes with Candour
    #[arg(long, value_name = "FILE")]
    notice: Option<String>,
    /// The public address, such as https://portal.segfl.example
    #[arg(long)]
    address: Option<String>,
    /// The mail server with its port, such as mail.segfl.example:587
    #[arg(long, value_name = "HOST:PORT")]
    mail: Option<String>,
    /// The sender of letters, such as "SEGfL <desk@segfl.example>"
    #[arg(long)]
    from: Option<String>,
}

/// All of them.
pub(super) struct Answers {
    pub(super) folder: PathBuf,
    /// The second place of the keyring.
    pub(super) keyring: Option<PathBuf>,
    /// `None`: the notice that comes with the program.
    pub(super) notice: Option<PathBuf>,
    pub(super) address: String,
    pub(super) mail: (String, u16),
    pub(super) from: String,
}

/// A question.
struct Question {
    name: &'static str,
    words: &'static str,
    default: Option<String>,
    fault: fn(&str) -> Option<String>,
}

impl Answers {
    /// Flags first, then the file, then the terminal. Without a terminal, what has a default is not asked.
    pub(super) fn gather(flags: Given, file: Option<&Path>) -> Result<Self, Cannot> {
        let given = flags.or(file.map(read).transpose()?.unwrap_or_default());
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            return given.complete(&mut Terminal { input: stdin.lock(), output: std::io::stdout() });
        }
        given.complete(&mut Silent { missing: Vec::new() })
    }
}

fn read(file: &Path) -> Result<Given, Cannot> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| Cannot(format!("{name} cannot be read: {error}.")))?;
    toml::from_str(&text).map_err(|error| Cannot(format!("{name}: {}.", error.message())))
}

impl Given {
    fn or(self, other: Self) -> Self {
        Self {
            folder: self.folder.or(other.folder),
            keyring: self.keyring.or(other.keyring),
            notice: self.notice.or(other.notice),
            address: self.address.or(other.address),
            mail: self.mail.or(other.mail),
            from: self.from.or(other.from),
        }
    }

    fn complete(self, asked: &mut impl Asked) -> Result<Answers, Cannot> {
        let Self { folder, keyring, notice, address, mail, from } = self;
        let folder = asked.answer(folder, &question("folder", "Folder for data and keys", Some(FOLDER), no_fault))?;
        let keyring = asked.answer(
            keyring,
            &question("keyring", "Second folder for the keyring, on another disk", Some(NONE), no_fault),
        )?;
        let keyring = keyring.filter(|keyring| keyring != NONE).map(std::path::absolute).transpose()?;
        let notice = asked.answer(
            notice,
            &question("notice", "Privacy notice: a file, or the one that comes with Candour", Some(SHIPPED), no_notice),
        )?;
        let file = notice.filter(|notice| notice != SHIPPED).map(PathBuf::from);
        let address = asked
            .answer(address, &question("address", "Public address (https://…)", None, |text| fault("address", text)))?;
        let mail = asked.answer(mail, &question("mail", "Mail server with port", Some("localhost:25"), no_server))?;
        let from = asked.answer(
            from,
            &Question {
                default: sender(file.as_deref()),
                ..question("from", "Sender of letters", None, |text| fault("mail.from", text))
            },
        )?;
        asked.missing()?;
        let (Some(folder), Some(address), Some(mail), Some(from)) = (folder, address, mail, from) else {
            return Err(Cannot("an answer is missing.".to_owned()));
        };
        let (host, port) = server(&mail).ok_or_else(|| Cannot(format!("\"{mail}\" is no server with a port.")))?;
        let (folder, mail) = (std::path::absolute(folder)?, (host.to_owned(), port));
        Ok(Answers { folder, keyring, notice: file, address, mail, from })
    }
}

/// Where everything stands unless said otherwise.
const FOLDER: &str = "/var/lib/candour";

/// The answer that gives the keyring one place.
const NONE: &str = "none";

/// The answer that takes the notice of the program.
const SHIPPED: &str = "shipped";

fn question(
    name: &'static str,
    words: &'static str,
    default: Option<&str>,
    fault: fn(&str) -> Option<String>,
) -> Question {
    Question { name, words, default: default.map(str::to_owned), fault }
}

fn no_fault(_: &str) -> Option<String> {
    None
}

fn no_notice(text: &str) -> Option<String> {
    let file = Some(Path::new(text)).filter(|_| text != SHIPPED);
    checked_notice(file).err().map(|Cannot(sentence)| sentence)
}

fn no_server(text: &str) -> Option<String> {
    server(text).is_none().then(|| format!("\"{text}\" is no server with a port. Write it as mail.segfl.example:587."))
}

/// `mail.segfl.example:587`.
fn server(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    Some((host, port.parse().ok().filter(|port| *port > 0)?)).filter(|(host, _)| !host.is_empty())
}

/// The sender, as the notice has it.
fn sender(file: Option<&Path>) -> Option<String> {
    let text = file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_else(|| NOTICE.to_owned());
    let notice = notice::read(&text).ok().and_then(|read| read.notice)?;
    let email = notice.contact("enquiries").and_then(|contact| contact.email.clone())?;
    Some(format!("{} <{email}>", notice.controller().short))
}

/// How a missing answer is come by.
trait Asked {
    /// The given answer, or another.
    fn answer(&mut self, given: Option<String>, question: &Question) -> Result<Option<String>, Cannot>;

    /// Everything that was missing, once all has been looked at.
    fn missing(&mut self) -> Result<(), Cannot> {
        Ok(())
    }
}

/// Nobody to ask: defaults are taken, and everything else that is missing or wrong is said at once.
struct Silent {
    missing: Vec<String>,
}

impl Asked for Silent {
    fn answer(&mut self, given: Option<String>, question: &Question) -> Result<Option<String>, Cannot> {
        let answer = given.or_else(|| question.default.clone());
        match &answer {
            None => self.missing.push(format!("--{} is missing: {}.", question.name, question.words)),
            Some(answer) => {
                self.missing.extend((question.fault)(answer).map(|fault| format!("--{}: {fault}", question.name)));
            }
        }
        Ok(answer)
    }

    fn missing(&mut self) -> Result<(), Cannot> {
        if self.missing.is_empty() { Ok(()) } else { Err(Cannot(self.missing.join("\n"))) }
    }
}

/// Somebody at a terminal.
struct Terminal<I, O> {
    input: I,
    output: O,
}

impl<I: BufRead, O: Write> Asked for Terminal<I, O> {
    fn answer(&mut self, given: Option<String>, question: &Question) -> Result<Option<String>, Cannot> {
        let mut answer = given;
        loop {
            if let Some(answer) = answer {
                let Some(fault) = (question.fault)(&answer) else { return Ok(Some(answer)) };
                writeln!(self.output, "{fault}")?;
            }
            answer = self.ask(question)?;
        }
    }
}

impl<I: BufRead, O: Write> Terminal<I, O> {
    /// One line; an empty one takes the default, and the end of the input gives up.
    fn ask(&mut self, question: &Question) -> Result<Option<String>, Cannot> {
        match &question.default {
            Some(default) => write!(self.output, "{} [{default}]: ", question.words)?,
            None => write!(self.output, "{}: ", question.words)?,
        }
        self.output.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            return Err(Cannot("the answers ended too soon. Nothing was made.".to_owned()));
        }
        let line = line.trim();
        Ok(if line.is_empty() { question.default.clone() } else { Some(line.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(given: Given, lines: &str) -> (Result<Answers, Cannot>, String) {
        let mut terminal = Terminal { input: lines.as_bytes(), output: Vec::new() };
        let answers = given.complete(&mut terminal);
        (answers, String::from_utf8(terminal.output).expect("text"))
    }

    #[test]
    fn six_questions_are_asked_and_an_empty_line_takes_what_stands_in_brackets() {
        let (answers, shown) = typed(Given::default(), "\n\n\nhttps://portal.segfl.example\n\n\n");
        let answers = answers.ok().expect("answers");
        assert_eq!(shown.matches(": ").count() - shown.matches("notice: a").count(), 6, "{shown}");
        assert_eq!(answers.folder, Path::new(FOLDER));
        assert_eq!(answers.mail, ("localhost".to_owned(), 25));
        assert!(
            answers.keyring.is_none()
                && answers.notice.is_none()
                && answers.from.contains('<')
                && answers.from.contains('@')
        );
    }

    #[test]
    fn what_does_not_fit_is_said_and_asked_again() {
        let (answers, shown) = typed(
            Given::default(),
            "\n\n\nportal.segfl.example\nhttps://portal.segfl.example\nmail\nmail.segfl.example:587\nnobody\nSEGfL <desk@segfl.example>\n",
        );
        let answers = answers.ok().expect("answers");
        assert_eq!(
            (answers.mail.0.as_str(), answers.from.as_str()),
            ("mail.segfl.example", "SEGfL <desk@segfl.example>")
        );
        for fault in ["no public address", "no server with a port", "no sender"] {
            assert!(shown.contains(fault), "{fault} is missing in {shown}");
        }
    }

    #[test]
    fn what_was_given_is_not_asked() {
        let given = Given { from: Some("SEGfL <desk@segfl.example>".to_owned()), ..Given::default() };
        let (_, shown) = typed(given, "\n\n\nhttps://portal.segfl.example\n\n");
        assert!(!shown.contains("Sender"), "{shown}");
    }

    #[test]
    fn when_the_answers_end_nothing_is_guessed() {
        assert!(typed(Given::default(), "\n\n").0.is_err_and(|Cannot(sentence)| sentence.contains("Nothing was made")));
    }

    #[test]
    fn without_a_terminal_everything_that_is_missing_is_said_at_once() {
        let given = Given { mail: Some("mail".to_owned()), ..Given::default() };
        let Err(Cannot(said)) = given.complete(&mut Silent { missing: Vec::new() }) else { panic!("it was complete") };
        assert!(said.contains("--address is missing") && said.contains("--mail: \"mail\" is no server"), "{said}");
    }
}
