//! What is asked at the terminal and must not be seen: passphrases and the codes of recovery copies. Never an argument, which
//! every process of the machine can read.

use super::Cannot;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes of a secret.
const LONGEST: u64 = 1_024;

/// The secret in a file, or typed twice to be sure where `twice`, or typed once.
pub(super) fn secret(what: &str, file: Option<&Path>, twice: bool) -> Result<Zeroizing<String>, Cannot> {
    if let Some(file) = file {
        return read(file, what);
    }
    let typed = hidden(&format!("{what}: "), what)?;
    if twice && *hidden("The same again: ", what)? != *typed {
        return Err(Cannot("the two differ. Nothing was changed.".to_owned()));
    }
    Ok(typed)
}

/// The first line of a file.
fn read(file: &Path, what: &str) -> Result<Zeroizing<String>, Cannot> {
    let cannot = |error: std::io::Error| Cannot(format!("the {what} in {} cannot be read: {error}.", file.display()));
    line(File::open(file).map_err(cannot)?).map_err(cannot)
}

/// A line that is typed without being shown. Without a terminal, the line comes from standard input as it stands.
fn hidden(prompt: &str, what: &str) -> Result<Zeroizing<String>, Cannot> {
    let stdin = std::io::stdin();
    let _quiet = if stdin.is_terminal() {
        eprint!("{prompt}");
        std::io::stderr().flush()?;
        Some(Quiet::new()?)
    } else {
        None
    };
    let typed = line(stdin.lock())?;
    if typed.is_empty() {
        return Err(Cannot(format!(
            "the {what} was not given. Type it at the terminal, or hand it over on standard input."
        )));
    }
    Ok(typed)
}

/// One line without its end. Standard input is read byte by byte, so that what follows stays for the next question.
fn line(input: impl Read) -> std::io::Result<Zeroizing<String>> {
    let mut input = BufReader::with_capacity(1, input.take(LONGEST));
    // Grown once, so that no part of it stays behind in memory that was given back.
    let mut text = Zeroizing::new(String::with_capacity(1_024));
    input.read_line(&mut text)?;
    while text.ends_with(['\n', '\r']) {
        text.pop();
    }
    Ok(text)
}

/// The terminal without its echo, until this goes.
struct Quiet(Termios);

impl Quiet {
    fn new() -> Result<Self, Cannot> {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).map_err(std::io::Error::from)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &quiet).map_err(std::io::Error::from)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that has gone away needs no echo.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0);
        eprintln!();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_first_line_of_its_file_without_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        for (text, secret) in [("plain", "plain"), ("with end\r\n", "with end"), ("first\nsecond\n", "first"), ("", "")]
        {
            std::fs::write(&file, text).expect("written");
            assert_eq!(*super::secret("passphrase", Some(&file), true).ok().expect("read"), secret);
        }
        let missing = super::secret("passphrase", Some(&folder.path().join("none")), false);
        assert!(missing.is_err_and(|Cannot(sentence)| sentence.contains("none cannot be read")));
    }
}
