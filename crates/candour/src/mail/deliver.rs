//! Delivery: claim, open under the mailer's purpose, send, settle.

use super::{
    CLAIM_JOB, COUNT_LATE, DOUBT_JOBS, DOUBT_LATE, KEEP_BACK_JOB, LIST_READY, Mailer, Outgoing, REQUEUE_JOB,
    SETTLE_JOB, asking, mailer,
};
use crate::{App, jobs};
use custody::{Error, HoldingId, PersonId};
use store::Tx;

/// How many letters one round takes.
const ROUND: i64 = 20;

/// After so many tries, about five days, a letter has failed and a person must look.
const TRIES: i64 = 120;

/// After so many milliseconds without an outcome nobody knows whether a letter left: ten minutes, three times what the
/// longest conversation takes.
const LATE: i64 = 600_000;

/// Delivers what is ready; says how many letters left. First what is known or doubtful of those before is written down.
pub async fn deliver(app: &App) -> Result<u64, Error> {
    settle_kept(app).await?;
    doubt_late(app).await?;
    if !jobs::DELIVER.is_open(app)? {
        return Ok(0);
    }
    let ready = app
        .custody()
        .store()
        .read("list_mail", |tx| {
            let now = tx.now().as_millisecond();
            let rows = tx.all(&LIST_READY, &[now.into(), ROUND.into()])?;
            rows.iter()
                .map(|row| Ok((PersonId(row.get(0)?), HoldingId(row.get(1)?))))
                .collect::<Result<Vec<_>, Error>>()
        })
        .await?;
    let mut sent = 0;
    for (person, holding) in ready {
        let Some((letter, tries)) = claim(app, person, holding).await? else { continue };
        let outcome = hand_over(app.mailer(), letter).await;
        sent += u64::from(outcome == Outcome::Sent);
        settle(app, Settlement { person, holding, outcome, tries }).await?;
    }
    Ok(sent)
}

/// At start: what was being sent when the program stopped may have left. Nobody guesses.
pub fn recover(app: &App) -> Result<u64, Error> {
    let doubted = jobs::RECOVER.run(app, |app| {
        app.custody().store().write_blocking("doubt_mail", |tx| Ok(tx.execute(&DOUBT_JOBS, &["sending".into()])?))
    })?;
    Ok(doubted.unwrap_or_default())
}

/// A person decides to send a doubtful or failed letter again.
pub async fn send_again(app: &App, person: PersonId, holding: HoldingId) -> Result<bool, Error> {
    app.custody()
        .store()
        .write("requeue_mail", move |tx| {
            let now = tx.now().as_millisecond();
            Ok(tx.execute(&REQUEUE_JOB, &[person.into(), holding.into(), now.into()])? > 0)
        })
        .await
}

/// What became of a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server took it.
    Sent,
    /// The server did not take it; it may later.
    Later,
    /// The server will not take it.
    Refused,
    /// The connection broke after the letter was handed over: it may have left.
    Unknown,
}

async fn hand_over(mailer: &Mailer, letter: Outgoing) -> Outcome {
    match mailer {
        Mailer::Page(page) => {
            let Ok(mut page) = page.lock() else { return Outcome::Later };
            page.push_front(letter);
            page.truncate(200);
            Outcome::Sent
        }
        Mailer::Smtp(smtp) => smtp.send(&letter).await,
    }
}

/// Claims a letter and opens it; `None` when another has it or it is closed by now.
async fn claim(app: &App, person: PersonId, holding: HoldingId) -> Result<Option<(Outgoing, i64)>, Error> {
    let custody = app.custody().clone();
    let claimed = app
        .custody()
        .write("claim_mail", move |tx| {
            let now = tx.now().as_millisecond();
            let Some(claimed) = tx.optional(&CLAIM_JOB, &[person.into(), holding.into(), now.into()])? else {
                return Ok(None);
            };
            let allowed = custody.in_force(tx.today())?.allow(&asking())?;
            let permit = custody.permit(tx, &allowed, &mailer(), person, holding)?;
            let opened = custody.open(tx, &permit)?;
            let value = |field: &str| opened.record.value(field).unwrap_or_default().to_owned();
            let id = holding.0.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
            let letter = Outgoing {
                id,
                at: tx.now(),
                to: value("mail-to"),
                subject: value("mail-subject"),
                text: value("mail-text"),
            };
            Ok::<_, Error>(Some((letter, claimed.get(0)?)))
        })
        .await;
    match claimed {
        // Due, objected to or no longer covered: it never leaves.
        Err(Error::Refused(refusal)) => {
            keep_back(app, person, holding).await?;
            app.custody().count_refusal(refusal).await?;
            Ok(None)
        }
        Err(Error::Gone) => Ok(None),
        // The database is away: every letter waits. Anything else is this letter's own trouble.
        Err(Error::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(code = "letter", cause = %error);
            keep_back(app, person, holding).await?;
            Ok(None)
        }
        Ok(claimed) => Ok(claimed),
    }
}

/// A letter that cannot leave stays behind, for a person to look at, and holds up no other.
async fn keep_back(app: &App, person: PersonId, holding: HoldingId) -> Result<(), Error> {
    let write = move |tx: &mut Tx<'_>| tx.execute(&KEEP_BACK_JOB, &[person.into(), holding.into()]);
    app.custody().store().write("keep_back_mail", write).await?;
    Ok(())
}

/// What became of one try of a letter.
#[derive(Clone, Copy)]
pub(super) struct Settlement {
    person: PersonId,
    holding: HoldingId,
    outcome: Outcome,
    tries: i64,
}

/// Writes down what became of a letter. Where the database is away it is kept for [`settle_kept`]: a letter that left must
/// not be doubted because nobody could say so.
async fn settle(app: &App, settlement: Settlement) -> Result<(), Error> {
    let settled = write_down(app, settlement).await;
    if let Err(Error::Store(error)) = &settled
        && error.is_unavailable()
    {
        app.mailer().keep(settlement);
    }
    settled
}

/// Tries again what could not be written down. Written twice it does no harm: the second finds no such try.
async fn settle_kept(app: &App) -> Result<(), Error> {
    let mut all = Ok(());
    for settlement in app.mailer().take_kept() {
        all = all.and(settle(app, settlement).await);
    }
    all
}

async fn write_down(app: &App, settlement: Settlement) -> Result<(), Error> {
    let Settlement { person, holding, outcome, tries } = settlement;
    app.custody()
        .store()
        .write("settle_mail", move |tx| {
            let now = tx.now().as_millisecond();
            let (state, next_at) = match outcome {
                Outcome::Sent => ("sent", now),
                Outcome::Refused => ("failed", now),
                Outcome::Unknown => ("unknown", now),
                Outcome::Later if tries >= TRIES => ("failed", now),
                Outcome::Later => ("queued", now + wait_ms(tries)),
            };
            tx.execute(&SETTLE_JOB, &[person.into(), holding.into(), state.into(), next_at.into(), tries.into()])?;
            Ok(())
        })
        .await
}

/// A letter whose claim or outcome was lost on the way to the database is for a person to look at.
async fn doubt_late(app: &App) -> Result<(), Error> {
    let store = app.custody().store();
    let late = store
        .read("count_late_mail", |tx| {
            let until = tx.now().as_millisecond() - LATE;
            Ok::<i64, Error>(tx.one(&COUNT_LATE, &[until.into()])?.get(0)?)
        })
        .await?;
    if late > 0 {
        let doubt = |tx: &mut Tx<'_>| {
            let until = tx.now().as_millisecond() - LATE;
            tx.execute(&DOUBT_LATE, &[until.into()])
        };
        let doubted = store.write("doubt_late_mail", doubt).await?;
        tracing::warn!(code = "letter", doubted, cause = "nobody knows whether these letters left");
    }
    Ok(())
}

/// The wait after the n-th try: 30 s, doubled each time, an hour at the most.
fn wait_ms(tries: i64) -> i64 {
    let doubled = 30_000i64.saturating_mul(1i64 << tries.clamp(1, 20).saturating_sub(1));
    doubled.min(3_600_000)
}
