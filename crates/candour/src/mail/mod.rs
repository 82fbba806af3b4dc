//! Outgoing mail. The address and the text are a holding of kind `outbound-mail`, kept as long as the notice says; the job
//! row carries ids, a template and a state, never an address or a word.
//!
//! A letter is queued in the transaction of its cause. It leaves at most once: a job is marked `sending` before the server
//! is spoken to, and a job that is found in that state at start, or after ten minutes, is `unknown`, for a person to decide.
//! What became of a letter while the database was away is kept in memory and written when it is back.

mod deliver;
mod smtp;

pub use deliver::{deliver, recover, send_again};
pub use smtp::Smtp;
pub(crate) use smtp::is_here;

use crate::App;
use custody::{Actor, Error, Ground, HoldingId, New, PersonId, Record};
use deliver::Settlement;
use law::Timestamp;
use notice::{Ask, Fields};
use std::collections::VecDeque;
use std::sync::Mutex;
use store::Tx;

store::statements! {
    /// A letter is queued.
    INSERT_JOB = "INSERT INTO mail_job (person_id, holding_id, ground, template, urgent, state, tries, next_at) \
        VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6)";
    /// Letters whose time has come: first those that somebody waits for.
    LIST_READY = "SELECT person_id, holding_id FROM mail_job WHERE state = 'queued' AND next_at <= $1 ORDER BY urgent DESC, next_at, person_id, holding_id LIMIT $2";
    /// A letter is claimed for sending. Meanwhile `next_at` is the instant of the claim.
    CLAIM_JOB = "UPDATE mail_job SET state = 'sending', tries = tries + 1, next_at = $3 WHERE person_id = $1 AND holding_id = $2 AND state = 'queued' RETURNING tries";
    /// A letter may not be opened for sending: it stays for a person to look at.
    KEEP_BACK_JOB = "UPDATE mail_job SET state = 'failed' WHERE person_id = $1 AND holding_id = $2 AND state = 'queued'";
    /// A letter has an outcome. The number of the try says that the claim was this one, doubted meanwhile or not.
    SETTLE_JOB = "UPDATE mail_job SET state = $3, next_at = $4 WHERE person_id = $1 AND holding_id = $2 AND state IN ('sending', 'unknown') AND tries = $5";
    /// How many letters were claimed long ago and have no outcome.
    COUNT_LATE = "SELECT count(*) FROM mail_job WHERE state = 'sending' AND next_at <= $1";
    /// Letters that were claimed long ago and have no outcome are for a person to look at.
    DOUBT_LATE = "UPDATE mail_job SET state = 'unknown' WHERE state = 'sending' AND next_at <= $1";
    /// Letters that were being sent when the program stopped.
    DOUBT_JOBS = "UPDATE mail_job SET state = 'unknown' WHERE state = $1";
    /// A person decides to send a doubtful or failed letter again.
    REQUEUE_JOB = "UPDATE mail_job SET state = 'queued', next_at = $3 WHERE person_id = $1 AND holding_id = $2 AND state IN ('unknown', 'failed')";
    /// The queue by template and state, for the operator.
    COUNT_JOBS = "SELECT template, state, count(*) FROM mail_job GROUP BY template, state ORDER BY template, state";
    /// Letters that need a person: doubtful, failed or often tried.
    LIST_STUCK = "SELECT person_id, holding_id, template, state, tries, next_at FROM mail_job WHERE state IN ('unknown', 'failed') OR (state = 'queued' AND tries > 0) ORDER BY next_at LIMIT 100";
}

/// A kind of letter: its name, its subject and the clauses it stands on.
pub struct Template {
    /// `enquiry-received`.
    pub id: &'static str,
    /// Addresses of clauses.
    pub clauses: &'static [&'static str],
    /// Whether somebody waits for it at a screen, such as for a code: it leaves before the rest.
    pub urgent: bool,
}

/// A letter to be queued. Its words hold nothing that anybody typed. Has no `Debug`.
pub struct Letter<'a> {
    /// The kind of letter.
    pub template: &'static Template,
    /// The address, as opened or as typed by the person it belongs to.
    pub to: &'a str,
    /// The subject line: no personal data.
    pub subject: String,
    /// The whole text.
    pub text: String,
}

/// A letter on its way out. Has no `Debug`.
pub struct Outgoing {
    /// Stable over repeated tries: the mail's Message-ID.
    pub id: String,
    /// When it leaves.
    pub at: Timestamp,
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// How mail leaves.
#[expect(clippy::large_enum_variant, reason = "a program has one, for as long as it runs")]
pub enum Mailer {
    /// Onto the demo's mail page, in memory only: newest first, the last 200.
    Page(Mutex<VecDeque<Outgoing>>),
    /// Through a mail server.
    Smtp(Smtp),
}

impl Mailer {
    /// The demo's.
    pub fn page() -> Self {
        Self::Page(Mutex::default())
    }

    /// Keeps what became of a letter until the database can hear it. The demo's letters go nowhere: theirs is not kept.
    fn keep(&self, settlement: Settlement) {
        if let Self::Smtp(smtp) = self {
            smtp.unsettled().push(settlement);
        }
    }

    /// Takes out what was kept.
    fn take_kept(&self) -> Vec<Settlement> {
        match self {
            Self::Page(_) => Vec::new(),
            Self::Smtp(smtp) => std::mem::take(&mut smtp.unsettled()),
        }
    }
}

/// Queues a letter to a person, in the transaction of its cause.
pub fn queue(app: &App, tx: &mut Tx<'_>, person: PersonId, letter: &Letter<'_>) -> Result<(), Error> {
    let custody = app.custody();
    let notice = custody.in_force(tx.today())?;
    if let Some(clause) = letter.template.clauses.iter().find(|clause| !notice.covers(clause)) {
        return Err(Error::Refused(notice::Refusal {
            clause: (*clause).to_owned(),
            actor: "mailer".to_owned(),
            purpose: "send-mail".to_owned(),
            kind: "outbound-mail".to_owned(),
            why: "the letter stands on a clause that is missing".to_owned(),
        }));
    }
    let allowed = notice.allow(&asking())?;
    let (holding, ground) = (HoldingId::draw(tx.random()), Ground::draw(tx.random()));
    let record =
        Record::new().with("mail-to", letter.to).with("mail-subject", &letter.subject).with("mail-text", &letter.text);
    let new = New { person, holding, ground, record: &record, events: &["mail.queued"] };
    custody.take(tx, &allowed, &mailer(), &new)?;
    let now = tx.now().as_millisecond();
    tx.execute(
        &INSERT_JOB,
        &[
            person.into(),
            holding.into(),
            ground.into(),
            letter.template.id.into(),
            letter.template.urgent.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// There is no address to write to: it was lost when a copy took the database's place. An outcome, shown and noted, that stops
/// nothing else.
pub(crate) fn nowhere(kind: &str) -> Error {
    Error::Refused(notice::Refusal {
        clause: format!("kind.{kind}.fields.email"),
        actor: "mailer".to_owned(),
        purpose: "send-mail".to_owned(),
        kind: kind.to_owned(),
        why: "the address is gone".to_owned(),
    })
}

fn asking() -> Ask<'static> {
    Ask { actor: "mailer", purpose: "send-mail", kind: "outbound-mail", fields: Fields::All }
}

fn mailer() -> Actor {
    Actor::system("mailer")
}

/// The lines of a letter that say how to reach a human: "Enquiry desk: desk@segfl.example".
pub(crate) fn human(notice: &notice::Notice) -> String {
    let lines = ["enquiries", "officer"].into_iter().filter_map(|id| {
        let contact = notice.contact(id)?;
        Some(format!("{}: {}", contact.role, contact.email.as_deref()?))
    });
    lines.collect::<Vec<_>>().join("\n")
}
