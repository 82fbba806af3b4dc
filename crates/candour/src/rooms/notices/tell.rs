//! Telling people of a notice that was published: one letter for each person of whom a notice says so, in chunks, so that
//! other work goes on between them and a restart goes on where it stopped.

use super::rows;
use crate::App;
use crate::mail::{self, Letter};
use askama::Template;
use custody::{Actor, Error, HoldingId, PersonId, Published};
use notice::{Ask, Changed as Differs, Digest, Fields, Notice, Shape};
use std::collections::BTreeSet;
use store::Tx;

/// Why the mailer opens an address here.
const PURPOSE: &str = "tell-changes";

/// How many people a transaction tells.
const CHUNK: u64 = 50;

/// How many people a minute takes, so that the queue of letters is never long.
const MOST: u64 = 1_000;

/// How many differences a letter lists.
const LISTED: usize = 12;

pub(super) static CHANGED: mail::Template =
    mail::Template { id: "notice-changed", clauses: &["purpose.tell-changes", "purpose.send-mail"], urgent: false };

#[derive(Template)]
#[template(path = "rooms/notices/changed.txt")]
struct Changed<'a> {
    human: String,
    /// "changes on Monday 14 December 2026", "has changed since …".
    changes: String,
    words: Vec<&'a str>,
    more: usize,
    address: String,
    sender: &'a str,
}

/// A notice of which people are told.
#[derive(Clone)]
struct News {
    digest: Digest,
    /// Kinds whose people are told.
    kinds: Vec<String>,
    subject: String,
    text: String,
}

/// What became of telling a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// A letter is queued.
    Yes,
    /// They had objected to such letters.
    Objected,
    /// No address is held that may be used for it.
    Unreached,
}

impl Told {
    fn code(self) -> &'static str {
        match self {
            Self::Yes => "told",
            Self::Objected => "objected",
            Self::Unreached => "unreached",
        }
    }
}

/// Tells the next people of every notice that was published and is still to be told of. Says how many were looked at.
pub fn tell(app: &App) -> Result<u64, Error> {
    let open = app.custody().store().read_blocking("list_to_tell", |tx| {
        let rows = tx.all(&rows::LIST_TO_TELL, &[])?;
        rows.iter().map(|row| Ok(Digest(row.get(0)?))).collect::<Result<Vec<_>, Error>>()
    })?;
    let mut looked_at = 0;
    for digest in open {
        let Some(news) = News::of(app, digest)? else { continue };
        looked_at += tell_of(app, &news)?;
    }
    Ok(looked_at)
}

fn tell_of(app: &App, news: &News) -> Result<u64, Error> {
    let mut looked_at = 0;
    for kind in &news.kinds {
        let mut from = PersonId([0; 16]);
        loop {
            let next = next_people(app, news.digest, kind, from)?;
            let Some(last) = next.last().copied() else { break };
            (from, looked_at) = (last, looked_at + next.len() as u64);
            let (it, news) = (app.clone(), news.clone());
            app.custody().write_blocking("tell_people", move |tx| chunk(&it, tx, &news, &next))?;
            if looked_at >= MOST {
                return Ok(looked_at);
            }
        }
    }
    end(app, news.digest)?;
    Ok(looked_at)
}

/// The next people of a kind who have not been told. Each of them has a row afterwards, so nobody is looked at twice.
fn next_people(app: &App, digest: Digest, kind: &str, from: PersonId) -> Result<Vec<PersonId>, Error> {
    let kind = kind.to_owned();
    app.custody().store().read_blocking("next_people", move |tx| {
        let values = [kind.as_str().into(), from.into(), digest.0.into(), CHUNK.into()];
        let rows = tx.all(&rows::NEXT_PEOPLE, &values)?;
        rows.iter().map(|row| Ok(PersonId(row.get(0)?))).collect()
    })
}

fn chunk(app: &App, tx: &mut Tx<'_>, news: &News, people: &[PersonId]) -> Result<(), Error> {
    let mut counts = [0_u64; 3];
    for person in people {
        let key = [(*person).into(), news.digest.0.into()];
        if tx.optional(&rows::FIND_TELLING, &key)?.is_some() {
            continue;
        }
        let told = tell_one(app, tx, news, *person)?;
        counts[match told {
            Told::Yes => 0,
            Told::Unreached => 1,
            Told::Objected => 2,
        }] += 1;
        let [person, digest] = key;
        tx.execute(&rows::INSERT_TELLING, &[person, digest, told.code().into(), tx.today().into()])?;
    }
    let [told, unreached, objected] = counts;
    tx.execute(&rows::COUNT_TOLD, &[news.digest.0.into(), told.into(), unreached.into(), objected.into()])?;
    Ok(())
}

/// Tells one person, through the first of their records that gives an address.
fn tell_one(app: &App, tx: &mut Tx<'_>, news: &News, person: PersonId) -> Result<Told, Error> {
    for purpose in [PURPOSE, "send-mail"] {
        if tx.optional(&rows::FIND_OBJECTED, &[person.into(), purpose.into()])?.is_some() {
            return Ok(Told::Objected);
        }
    }
    for row in tx.all(&rows::LIST_HELD, &[person.into()])? {
        let (holding, kind) = (HoldingId(row.get(0)?), row.get::<String>(1)?);
        if !news.kinds.contains(&kind) {
            continue;
        }
        let Some(to) = address(app, tx, person, holding, &kind)? else { continue };
        let letter = Letter { template: &CHANGED, to: &to, subject: news.subject.clone(), text: news.text.clone() };
        return match mail::queue(app, tx, person, &letter) {
            Ok(()) => Ok(Told::Yes),
            Err(Error::Refused(_)) => Ok(Told::Unreached),
            Err(error) => Err(error),
        };
    }
    Ok(Told::Unreached)
}

/// The address in a record, opened for this purpose; `None` where the notices give none, or what stands against the record.
fn address(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    holding: HoldingId,
    kind: &str,
) -> Result<Option<String>, Error> {
    let (custody, mailer) = (app.custody(), Actor::system("mailer"));
    let force = custody.in_force(tx.today())?;
    let Some(field) = address_field(&force, kind) else { return Ok(None) };
    let ask = Ask { actor: "mailer", purpose: PURPOSE, kind, fields: Fields::Named(&[field]) };
    let Ok(allowed) = force.allow(&ask) else { return Ok(None) };
    let permit = match custody.permit(tx, &allowed, &mailer, person, holding) {
        Ok(permit) => permit,
        Err(error) => return unopened(error),
    };
    let opened = match custody.open(tx, &permit) {
        Ok(opened) => opened,
        Err(error) => return unopened(error),
    };
    Ok(opened.record.value(field).filter(|to| !to.is_empty()).map(str::to_owned))
}

/// A record that gives no address. One that is damaged gives none either, and holds up nobody else: it is said in the log,
/// and its person is not looked at again. What the database did not do is tried again.
fn unopened(error: Error) -> Result<Option<String>, Error> {
    match error {
        Error::Store(error) => Err(error.into()),
        Error::Refused(_) | Error::Gone => Ok(None),
        error => {
            tracing::error!(code = "tell-unopened", cause = %error);
            Ok(None)
        }
    }
}

/// The field of a kind that is an e-mail address.
fn address_field<'n>(notice: &'n Notice, kind: &str) -> Option<&'n str> {
    let is_address = |id: &&str| notice.field(id).is_some_and(|field| field.shape == Shape::Email);
    notice.kind(kind)?.fields.iter().map(|(id, _)| id.as_str()).find(is_address)
}

fn end(app: &App, digest: Digest) -> Result<(), Error> {
    app.custody().write_blocking("end_telling", move |tx| {
        tx.execute(&rows::END_TELLING, &[digest.0.into()])?;
        Ok::<_, Error>(())
    })
}

impl News {
    /// What is to be told of a published notice; `None` until this process has read it.
    fn of(app: &App, digest: Digest) -> Result<Option<Self>, Error> {
        let history = app.custody().history()?;
        let Some(new) = history.iter().find(|one| one.digest == digest) else { return Ok(None) };
        let Some(old) = new.follows.and_then(|old| history.iter().find(|one| one.digest == old)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            digest,
            kinds: kinds(&old.notice, &new.notice),
            subject: subject(app, new),
            text: text(app, &old.notice, new),
        }))
    }
}

/// Subjects who are told by mail: those that the one notice names or the other.
pub(super) fn subjects(old: &Notice, new: &Notice) -> Vec<String> {
    let mut subjects: Vec<String> = Vec::new();
    for subject in [old, new].into_iter().filter_map(Notice::change).flat_map(|change| &change.tell) {
        if !subjects.contains(subject) {
            subjects.push(subject.clone());
        }
    }
    subjects
}

/// Kinds about those subjects, each once.
fn kinds(old: &Notice, new: &Notice) -> Vec<String> {
    let subjects = subjects(old, new);
    let kinds = [old, new].into_iter().flat_map(Notice::kinds).filter(|kind| subjects.contains(&kind.subject));
    kinds.map(|kind| kind.id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_to_come(app: &App, new: &Published) -> bool {
    new.effective_on > app.today()
}

fn subject(app: &App, new: &Published) -> String {
    let day = law::words(new.effective_on);
    if is_to_come(app, new) {
        format!("Our privacy notice changes on {day}")
    } else {
        format!("Our privacy notice changed on {day}")
    }
}

/// What people want to know first: what they lose, who gets more, what is kept longer or used anew, and then the rest.
fn weight(code: &str) -> u8 {
    match code {
        "right-lost" | "right-changed" => 0,
        "recipient-added" | "transfer" => 1,
        "keep-longer" | "purpose-added" | "kind-added" | "field-added" => 2,
        _ => 3,
    }
}

/// The letter: the same for everybody, so it holds nobody's data.
fn text(app: &App, old: &Notice, new: &Published) -> String {
    let difference = notice::diff(old, &new.notice);
    // Where only the day is significant, whatever differs is listed.
    let listed = |one: &&Differs| one.significant || !difference.is_significant();
    let mut changes: Vec<&Differs> = difference.changes.iter().filter(listed).collect();
    changes.sort_by_key(|one| weight(one.code));
    let words: Vec<&str> = changes.into_iter().map(|one| one.words.as_str()).collect();
    let day = law::words(new.effective_on);
    crate::face::render(&Changed {
        human: mail::human(&new.notice),
        changes: if is_to_come(app, new) { format!("changes on {day}") } else { format!("has changed since {day}") },
        more: words.len().saturating_sub(LISTED),
        words: words.into_iter().take(LISTED).collect(),
        address: format!("{}/privacy/{}", app.address(), new.digest),
        sender: &new.notice.controller().short,
    })
}
