//! The day: what runs once each civil day, in order, and the minute that looks whether it is time.

use crate::rooms::evidence;
use crate::{App, jobs};
use custody::{DayReport, Decided, Error, Guard, ReceiptState, Unwarned, Warning};

store::statements! {
    /// Answers to repeated requests are kept for two days.
    DELETE_OLD_ANSWERS = "DELETE FROM idempotency WHERE day < $1";
    /// Links that are over.
    DELETE_OLD_LINKS = "DELETE FROM link WHERE until <= $1";
    /// Codes that are over.
    DELETE_OLD_CODES = "DELETE FROM code WHERE until <= $1";
    /// Invitations that are over.
    DELETE_OLD_INVITATIONS = "DELETE FROM invitation WHERE until <= $1";
}

/// What a day's run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Warnings that were queued.
    pub warned: u64,
    /// What custody's jobs did.
    pub report: DayReport,
}

/// Runs the day's jobs: warnings while data can still be opened, then turn, sweep and epochs, then what is short-lived.
/// Blocking: call it off the runtime.
pub fn run(app: &App) -> Result<Ran, Error> {
    let warned = match app.custody().witness()? {
        Guard::Open => warn(app)?,
        Guard::Stopped { .. } => 0,
    };
    let report = app.custody().run_day(&|_, decided| receipts(app, decided))?;
    if !report.stopped {
        finish(app)?;
    }
    // What the day did is published with it, such as the keys that it destroyed: receipts wait for that.
    jobs::PUBLISH.run_or_say(app, |app| app.custody().publish_log());
    Ok(Ran { warned, report })
}

/// Warns everybody whose warning is due, one transaction each, and says how many. A missed day is caught up. Where nobody can be
/// warned that is noted, also where the job is closed: what falls due waits for its warning otherwise.
fn warn(app: &App) -> Result<u64, Error> {
    let (mut warned, open) = (0, jobs::WARN.is_open(app)?);
    for warning in app.custody().warnings()? {
        if !open {
            not_warned(app, warning, Unwarned::Refused)?;
            continue;
        }
        let (it, one) = (app.clone(), warning.clone());
        match app.custody().write_blocking("warn", move |tx| crate::rooms::warn(&it, tx, &one)) {
            Ok(true) => warned += 1,
            Ok(false) => not_warned(app, warning, Unwarned::NoContact)?,
            // Withdrawn, restricted or gone meanwhile: nobody is written to, and the others are.
            Err(Error::Gone) => {}
            Err(Error::Refused(_)) => not_warned(app, warning, Unwarned::Refused)?,
            Err(error) => return Err(error),
        }
    }
    Ok(warned)
}

fn not_warned(app: &App, warning: Warning, why: Unwarned) -> Result<(), Error> {
    let custody = app.custody().clone();
    app.custody().write_blocking("not_warned", move |tx| custody.not_warned(tx, &warning, why))
}

/// Sends the receipts of what is about to be erased, one transaction each. Whoever cannot be written to is erased all the same,
/// and that is noted; a letter that could be written and was not keeps everything, and the next minute tries again.
fn receipts(app: &App, decided: Vec<Decided>) -> Result<(), Error> {
    let open = jobs::RECEIPTS.is_open(app)?;
    for one in decided {
        if !open {
            not_written(app, one, ReceiptState::Refused)?;
            continue;
        }
        let (it, about) = (app.clone(), one.clone());
        match app.custody().write_blocking("receipt", move |tx| crate::rooms::receipt(&it, tx, &about)) {
            Ok(true) => {}
            // Gone: cancelled or erased meanwhile, by whoever was faster.
            Ok(false) | Err(Error::Gone) => not_written(app, one, ReceiptState::Nobody)?,
            Err(Error::Refused(_)) => not_written(app, one, ReceiptState::Refused)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn not_written(app: &App, decided: Decided, state: ReceiptState) -> Result<(), Error> {
    let custody = app.custody().clone();
    let noted = app.custody().write_blocking("not_written", move |tx| custody.receipted(tx, &decided, state));
    match noted {
        Err(Error::Gone) => Ok(()),
        other => other,
    }
}

/// Forgets what is short-lived (sessions, links, codes, invitations, the answers to repeated requests) and ends the day.
fn finish(app: &App) -> Result<(), Error> {
    let custody = app.custody().clone();
    app.custody().write_blocking("finish_day", move |tx| {
        let now = tx.now().as_millisecond();
        crate::web::session::sweep(tx)?;
        for statement in [&DELETE_OLD_LINKS, &DELETE_OLD_CODES, &DELETE_OLD_INVITATIONS] {
            tx.execute(statement, &[now.into()])?;
        }
        crate::rooms::staff::forget_absent(tx)?;
        let yesterday = tx.today().saturating_sub(jiff::Span::new().days(1));
        tx.execute(&DELETE_OLD_ANSWERS, &[law::iso(yesterday).into()])?;
        custody.day_done(tx)
    })
}

/// Each minute: notices published by a command beside the server, the write-ahead log with what was erased or replaced in
/// it, the clock's mark, and the day's run where it is due.
pub fn minute(app: &App) -> Result<(), Error> {
    // Whoever moves the demonstration's clock runs its days.
    let hands = app.demo().map(crate::rooms::demo::Demo::hands);
    if hands.as_ref().is_some_and(Option::is_none) {
        return Ok(());
    }
    jobs::READ_NOTICES.run_or_say(app, |app| app.custody().reload_notices());
    jobs::CUT_LOG.run_or_say(app, |app| app.custody().truncate_log());
    jobs::OWED.run_or_say(app, |app| app.custody().settle_owed());
    jobs::SEGMENTS.run_or_say(app, |app| app.custody().cut_segment());
    if let Guard::Stopped { .. } = app.custody().witness()? {
        tracing::error!(
            code = "clock-jumped",
            cause = "the clock contradicts what this service saw of the time; destruction waits until today's date is confirmed"
        );
        return Ok(());
    }
    // On witnessed time only: what a clock that has jumped calls in force may not be.
    jobs::TERMS.run(app, |app| app.custody().refresh_terms())?;
    app.notice_file().say(app);
    jobs::TELL.run_or_say(app, crate::rooms::notices::tell);
    if !app.custody().ran_on(app.today())? {
        let Ran { warned, report } = run(app)?;
        tracing::info!(
            code = "day",
            warned,
            turned = report.turned,
            forecast = report.forecast,
            erased = report.erased,
            kept = report.kept,
            waiting = report.waiting,
            epochs = report.epochs
        );
    }
    Ok(())
}

/// Once each civil day, when the day's run is done: looks at every record, key and entry for damage, and says in the log where
/// there is some. Long where much is held: blocking, in a loop of its own.
pub fn scrub(app: &App) -> Result<(), Error> {
    let today = app.today();
    let lasts = app.custody().store().read_blocking("last_scrub", evidence::last_runs)?;
    let scrubbed = lasts.iter().any(|last| last.job == jobs::SCRUB.id && last.day == Some(today));
    if scrubbed || !app.custody().ran_on(today)? {
        return Ok(());
    }
    let Some(scrubbed) = jobs::SCRUB.run(app, |app| app.custody().scrub(|_| ()))? else { return Ok(()) };
    for damage in &scrubbed.damage {
        tracing::error!(code = "damage", table = damage.table, place = damage.key, cause = damage.what);
    }
    Ok(())
}
