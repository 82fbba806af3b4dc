//! Delivery: claim, open under the mailer's purpose, send, settle.

use super::{
    CLAIM_JOB, DOUBT_JOBS, KEEP_BACK_JOB, LIST_READY, Mailer, Outgoing, REQUEUE_JOB, SETTLE_JOB, asking, mailer,
};
use crate::App;
use custody::{Error, HoldingId, PersonId};
use store::Tx;

/// How many letters one round takes.
const ROUND: i64 = 20;

/// After so many tries, about five days, a letter has failed and a person must look.
const TRIES: i64 = 120;

/// Delivers what is ready; says how many letters left.
pub async fn deliver(app: &App) -> Result<u64, Error> {
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
        settle(app, person, holding, outcome, tries).await?;
    }
    Ok(sent)
}

/// At start: what was being sent when the program stopped may have left. Nobody guesses.
pub fn recover(app: &App) -> Result<u64, Error> {
    app.custody().store().write_blocking("doubt_mail", |tx| Ok(tx.execute(&DOUBT_JOBS, &["sending".into()])?))
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
            let Some(claimed) = tx.optional(&CLAIM_JOB, &[person.into(), holding.into()])? else { return Ok(None) };
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

async fn settle(app: &App, person: PersonId, holding: HoldingId, outcome: Outcome, tries: i64) -> Result<(), Error> {
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
            tx.execute(&SETTLE_JOB, &[person.into(), holding.into(), state.into(), next_at.into()])?;
            Ok(())
        })
        .await
}

/// The wait after the n-th try: 30 s, doubled each time, an hour at the most.
fn wait_ms(tries: i64) -> i64 {
    let doubled = 30_000i64.saturating_mul(1i64 << tries.clamp(1, 20).saturating_sub(1));
    doubled.min(3_600_000)
}
