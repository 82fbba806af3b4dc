//! Mail through a server (RFC 5321).
//!
//! The conversation is led command by command, so that it is known on which side of the hand-over it broke: before the
//! server had the letter, it is tried again; after, nobody knows whether it left, and a person decides. One connection is
//! kept between letters, for they leave one after the other.

use super::Outgoing;
use super::deliver::{Outcome, Settlement};
use crate::command::Cannot;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use std::net::IpAddr;
use std::sync::{self, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long the server may take to answer a command.
const ANSWER: Duration = Duration::from_secs(20);

/// How long it may take to accept a letter: longer, for what is not known then is for a person to decide.
const ACCEPTANCE: Duration = Duration::from_mins(1);

/// A mail server. Has no `Debug`: it holds a password.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    from: Mailbox,
    kept: Mutex<Option<Box<AsyncSmtpConnection>>>,
    unsettled: sync::Mutex<Vec<Settlement>>,
}

/// How the conversation is kept from others.
enum Security {
    /// Not at all: the server is on this machine.
    Bare,
    /// After a first sentence in clear (RFC 3207). Without it nothing more is said.
    StartTls(TlsParameters),
    /// From the first byte (RFC 8314).
    Tls(TlsParameters),
}

impl Smtp {
    /// Sets it up; nothing is connected yet. `security` is `tls`, `starttls` or `none`, the last for this machine only;
    /// `from` is the sender as people see it: `SEGfL <desk@segfl.example>`.
    pub fn new(
        host: &str,
        port: u16,
        security: &str,
        credentials: Option<(String, String)>,
        from: &str,
    ) -> Result<Self, Cannot> {
        let tls = || {
            TlsParameters::new(host.to_owned())
                .map_err(|_| Cannot(format!("[mail] host: {host} is no name that a certificate can carry.")))
        };
        let security = match security {
            "tls" => Security::Tls(tls()?),
            "starttls" => Security::StartTls(tls()?),
            "none" if is_here(host) => Security::Bare,
            "none" => {
                return Err(Cannot(
                    "[mail] security: \"none\" is for a server on this machine. Write \"tls\" or \"starttls\"."
                        .to_owned(),
                ));
            }
            other => {
                return Err(Cannot(format!(
                    "[mail] security: \"{other}\" is none of \"tls\", \"starttls\" and \"none\"."
                )));
            }
        };
        let from = from
            .parse()
            .map_err(|_| Cannot("[mail] from is no sender. Write it as: SEGfL <desk@segfl.example>".to_owned()))?;
        Ok(Self {
            host: host.to_owned(),
            port,
            security,
            credentials: credentials.map(|(user, password)| Credentials::new(user, password)),
            from,
            kept: Mutex::default(),
            unsettled: sync::Mutex::default(),
        })
    }

    /// Connects as for a letter, with encryption and sign-in, says goodbye and sends nothing. The sentence says what failed.
    pub async fn greet(&self) -> Result<(), String> {
        match timeout(ANSWER, self.connect()).await {
            Ok(Ok(mut connection)) => {
                // The server has said all that was asked; whether it hears the farewell does not matter.
                let _ = timeout(ANSWER, connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("the server does not answer within {} seconds", ANSWER.as_secs())),
        }
    }

    /// What became of letters that the database has not heard of yet.
    pub(super) fn unsettled(&self) -> MutexGuard<'_, Vec<Settlement>> {
        // A list has no half-changed state, so a panic elsewhere does not spoil it.
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn send(&self, letter: &Outgoing) -> Outcome {
        let Some(message) = self.message(letter) else { return Outcome::Refused };
        let mut kept = self.kept.lock().await;
        let Some(mut connection) = self.connection(kept.take()).await else { return Outcome::Later };
        let outcome = hand_over(&mut connection, &message).await;
        if outcome == Outcome::Sent {
            *kept = Some(connection);
        } else {
            // What this connection may still say belongs to no letter. Whether it hears our farewell does not matter.
            let _ = timeout(ANSWER, connection.abort()).await;
        }
        outcome
    }

    /// The letter as it travels. `None` when the address is none. Every header is a type that writes no line break, so
    /// nothing in a letter can become a header.
    fn message(&self, letter: &Outgoing) -> Option<Message> {
        let to: Address = letter.to.parse().ok()?;
        Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .subject(letter.subject.as_str())
            .date(letter.at.try_into().ok()?)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .ok()
    }

    /// The kept connection while it answers, else a new one. `None` while the server cannot be reached.
    async fn connection(&self, kept: Option<Box<AsyncSmtpConnection>>) -> Option<Box<AsyncSmtpConnection>> {
        if let Some(mut kept) = kept
            && timeout(ANSWER, kept.test_connected()).await.unwrap_or(false)
        {
            return Some(kept);
        }
        match timeout(ANSWER, self.connect()).await {
            Ok(Ok(connection)) => return Some(Box::new(connection)),
            Ok(Err(error)) => tracing::warn!(code = "mail-server", cause = %error),
            Err(_) => tracing::warn!(code = "mail-server", cause = "the server does not answer"),
        }
        None
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let outer = match &self.security {
            Security::Tls(tls) => Some(tls.clone()),
            Security::Bare | Security::StartTls(_) => None,
        };
        let place = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(place, Some(ANSWER), &hello, outer, None).await?;
        if let Security::StartTls(tls) = &self.security {
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// Speaks one letter (RFC 5321 section 3.3).
async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message) -> Outcome {
    let Some(commands) = commands(connection, message) else { return Outcome::Refused };
    for command in commands {
        match timeout(ANSWER, connection.command(command)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) if error.is_permanent() => return Outcome::Refused,
            // Nothing has been handed over.
            Ok(Err(_)) | Err(_) => return Outcome::Later,
        }
    }
    match timeout(ACCEPTANCE, connection.message(&message.formatted())).await {
        Ok(Ok(_)) => Outcome::Sent,
        Ok(Err(error)) if error.is_permanent() => Outcome::Refused,
        Ok(Err(error)) if error.is_transient() => Outcome::Later,
        Ok(Err(_)) | Err(_) => Outcome::Unknown,
    }
}

/// What is said before the letter itself. `None` for an address that this server cannot read (RFC 6531).
fn commands(connection: &AsyncSmtpConnection, message: &Message) -> Option<Vec<String>> {
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    if !envelope.from().into_iter().chain(envelope.to()).all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        connection.server_info().supports_feature(Extension::SmtpUtfEight).then_some(())?;
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let mut commands = vec![Mail::new(envelope.from().cloned(), parameters).to_string()];
    commands.extend(envelope.to().iter().map(|to| Rcpt::new(to.clone(), Vec::new()).to_string()));
    commands.push(Data.to_string());
    Some(commands)
}

/// Says that no person wrote it, so that nobody's absence answers (RFC 3834 section 5).
#[derive(Clone)]
struct AutoSubmitted;

const AUTO: &str = "auto-generated";

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if text == AUTO { Ok(Self) } else { Err("another value".into()) }
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), AUTO.to_owned())
    }
}

/// Whether a host is this machine.
pub(crate) fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(security: &str, from: &str) -> Result<Smtp, Cannot> {
        Smtp::new("mail.segfl.example", 587, security, None, from)
    }

    #[test]
    fn nothing_is_said_in_clear_to_another_machine() {
        assert!(server("none", "SEGfL <desk@segfl.example>").is_err_and(|cannot| cannot.0.contains("on this machine")));
        assert!(["localhost", "127.0.0.1", "::1"].into_iter().all(is_here));
        assert!(!is_here("localhost.segfl.example") && !is_here("128.0.0.1"));
    }

    #[test]
    fn what_the_settings_say_wrong_is_named() {
        assert!(server("ssl", "desk@segfl.example").is_err_and(|cannot| cannot.0.contains("\"ssl\"")));
        assert!(server("tls", "nobody").is_err_and(|cannot| cannot.0.contains("from")));
    }

    #[test]
    fn nothing_in_a_letter_becomes_a_header() {
        let smtp = server("starttls", "SEGfL <desk@segfl.example>").ok().unwrap();
        let letter = Outgoing {
            id: "00ff".to_owned(),
            at: "2026-11-23T09:00:00Z".parse().unwrap(),
            to: "head@oakwood.example".to_owned(),
            subject: "Hello\r\nBcc: everybody@oakwood.example".to_owned(),
            text: "Good morning.\r\n.\r\nBcc: everybody@oakwood.example\r\n".to_owned(),
        };
        let text = String::from_utf8(smtp.message(&letter).unwrap().formatted()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.contains("\r\nBcc"), "{head}");
        for line in [
            "From: SEGfL <desk@segfl.example>",
            "To: head@oakwood.example",
            "Message-ID: <00ff@segfl.example>",
            "Auto-Submitted: auto-generated",
            "Date: Mon, 23 Nov 2026 09:00:00 +0000",
        ] {
            assert!(head.lines().any(|one| one == line), "{line} is missing in {head}");
        }
        for to in [
            "head@oakwood.example\r\nRCPT TO:<x@y.example>",
            "a@b.example, c@d.example",
            "",
            "Head <head@oakwood.example>",
        ] {
            assert!(smtp.message(&Outgoing { to: to.to_owned(), ..copy(&letter) }).is_none(), "{to}");
        }
    }

    fn copy(letter: &Outgoing) -> Outgoing {
        Outgoing {
            id: letter.id.clone(),
            at: letter.at,
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text: letter.text.clone(),
        }
    }
}
