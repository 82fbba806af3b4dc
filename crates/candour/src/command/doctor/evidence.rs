//! The public log, the copies, their trial, the nightly check for damage, and the recovery copies of the root key.

use super::Line;
use crate::App;
use crate::rooms::evidence::{Last, last_runs};
use custody::Error;
use law::{Date, Timestamp};
use std::path::Path;

store::statements! {
    /// How many entries the log has, and its name since it was published.
    FIND_SIZE = "SELECT size, origin FROM log_head WHERE log = 'main'";
    /// The newest checkpoint that was signed.
    FIND_NEWEST = "SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1";
    /// How many recovery copies of the root key were made since it was drawn or replaced.
    COUNT_RECOVERY = "SELECT count(*) FROM run WHERE job = 'recovery-copy' \
        AND at >= (SELECT COALESCE(max(at), 0) FROM run WHERE job = 'root-rotated')";
}

/// For so long entries may wait for their checkpoint while a server runs, in seconds.
const WAIT_S: i64 = 300;

/// A copy of the night before last is too old, in days.
const COPY_DAYS: i32 = 2;

/// A trial of the copies is due once a month, in days.
const DRILL_DAYS: i32 = 35;

/// How many recovery copies there should be: one for each of two people.
const RECOVERY: u64 = 2;

/// Whether the published log is that of the database, and keeps up with it.
pub(super) fn look(app: &App, folder: &Path, running: bool) -> Vec<Line> {
    let rows = app.custody().store().read_blocking("doctor_log", |tx| {
        let log = tx.optional(&FIND_SIZE, &[])?;
        let log = log.map(|row| Ok::<_, Error>((row.get::<u64>(0)?, row.get::<Option<String>>(1)?))).transpose()?;
        let signed = tx.optional(&FIND_NEWEST, &[])?;
        let signed = signed.map(|row| Ok::<_, Error>((row.get::<u64>(0)?, row.get::<String>(1)?))).transpose()?;
        Ok::<_, Error>((log.unwrap_or_default(), signed))
    });
    let ((size, origin), signed) = match rows {
        Ok(rows) => rows,
        Err(error) => return vec![Line::problem("evidence", format!("{error}"), "Look at the database.")],
    };
    let path = folder.join("checkpoint");
    let note = std::fs::read_to_string(&path).ok();
    if note.is_none() && origin.is_some() {
        let says = format!("{} has no checkpoint, though the log was published.", folder.display());
        return vec![Line::problem("evidence", says, "Put the folder back, or run candour restore --recovered.")];
    }
    let written = path.metadata().and_then(|there| there.modified()).ok();
    let written = written.and_then(|at| Timestamp::try_from(at).ok());
    let waited = written.map_or(0, |at| app.clock().now().as_second() - at.as_second());
    vec![published(folder, size, signed.as_ref(), note.as_deref(), running.then_some(waited))]
}

/// `waited`: how long ago the newest checkpoint was written, in seconds, while a server runs.
fn published(
    folder: &Path,
    size: u64,
    signed: Option<&(u64, String)>,
    note: Option<&str>,
    waited: Option<i64>,
) -> Line {
    let name = folder.display();
    let Some(note) = note else {
        let mend = "The next start of candour serve writes it; keep it on another disk than the data.";
        return Line::warning("evidence", format!("{name} has no log yet."), mend);
    };
    let covered = note.lines().nth(1).and_then(|line| line.parse::<u64>().ok());
    let Some(covered) = covered else {
        return Line::problem("evidence", format!("The checkpoint in {name} is damaged."), "Bring the folder back.");
    };
    if covered > size {
        let says =
            format!("The database has {size} entries in its log, and {covered} were published: it is an older copy.");
        return Line::problem("evidence", says, "Put the newest database back, or run candour restore --recovered.");
    }
    if signed.is_some_and(|(of, text)| *of > covered || (*of == covered && text != note)) {
        let says = format!("The log in {name} is not the one that this database published.");
        return Line::problem("evidence", says, "Put the right folder in place; nothing starts on another log.");
    }
    match (size - covered, waited) {
        (0, _) => Line::ok("evidence", format!("The log in {name} is published whole: {size} entries.")),
        (wait, None) => {
            Line::ok("evidence", format!("{wait} entries wait for the next start to be published in {name}."))
        }
        (_, Some(waited)) if waited <= WAIT_S => {
            Line::ok("evidence", format!("The log in {name} is published: {covered} entries."))
        }
        (wait, Some(_)) => Line::problem(
            "evidence",
            format!("{wait} entries have waited for more than five minutes to be published in {name}."),
            "Look at that disk, and in the log of candour serve for log-not-published.",
        ),
    }
}

/// Copies and their trial, the check for damage, the recovery copies. `copied`: whether the program makes copies itself, or a
/// server's own tools do; `folder`: where it keeps them.
pub(super) fn copies(app: &App, copied: bool, folder: Option<&Path>) -> Vec<Line> {
    let read = app.custody().store().read_blocking("doctor_runs", |tx| {
        Ok::<_, Error>((last_runs(tx)?, tx.one(&COUNT_RECOVERY, &[])?.get::<u64>(0)?))
    });
    let (runs, recovery) = match read {
        Ok(read) => read,
        Err(error) => return vec![Line::problem("copies", format!("{error}"), "Look at the database.")],
    };
    let (today, run) = (app.today(), |job: &str| runs.iter().find(|last| last.job == job));
    let mut lines = Vec::new();
    if copied {
        let mend = folder
            .map_or("Name a folder backups, and run candour backup each night.", |_| "Run candour backup each night.");
        lines.push(dated("backup", "A copy was made", run("backup"), COPY_DAYS, mend, today));
        let mend = "Run candour restore --drill once a month.";
        lines.push(dated("drill", "A copy was tried", run("drill"), DRILL_DAYS, mend, today));
    }
    lines.push(scrubbed(run("scrub"), today));
    lines.push(recoverable(recovery));
    lines
}

fn days(since: Date, today: Date) -> i32 {
    today.since(since).map_or(0, |span| span.get_days())
}

fn dated(check: &'static str, what: &str, last: Option<&Last>, most: i32, mend: &str, today: Date) -> Line {
    match last.and_then(|last| Some((last.day?, last.done))) {
        None => Line::warning(check, format!("{what}: never."), mend),
        Some((day, false)) => {
            Line::problem(check, format!("It failed on {}.", law::words(day)), "Run it again, and read what it says.")
        }
        Some((day, true)) if days(day, today) > most => {
            Line::warning(check, format!("{what} last on {}.", law::words(day)), mend)
        }
        Some((day, true)) => Line::ok(check, format!("{what} on {}.", law::words(day))),
    }
}

fn scrubbed(last: Option<&Last>, today: Date) -> Line {
    let Some((last, day)) = last.and_then(|last| Some((last, last.day?))) else {
        return Line::ok("scrub", "Nothing has been checked for damage yet: it is done after the first day's run.");
    };
    if last.damaged > 0 || !last.done {
        let says = format!("Damage was found on {}: {} places.", law::words(day), last.damaged);
        return Line::problem("scrub", says, "Look in the log for damage, and restore a copy from before.");
    }
    if days(day, today) > COPY_DAYS {
        let says = format!("Everything was last checked for damage on {}.", law::words(day));
        return Line::warning("scrub", says, "See that candour serve runs, and look in its log for scrub-failed.");
    }
    Line::ok("scrub", format!("Everything was checked for damage on {}.", law::words(day)))
}

fn recoverable(copies: u64) -> Line {
    let mend =
        "Make one for each of two people: candour keys copy --to FILE. Whoever loses the root key loses everything.";
    match copies {
        0 => Line::warning("recovery", "No recovery copy of the root key has been made.", mend),
        copies if copies < RECOVERY => Line::warning("recovery", "The root key has one recovery copy.", mend),
        copies => Line::ok("recovery", format!("The root key has {copies} recovery copies.")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn verdict(size: u64, signed: Option<(u64, &str)>, note: Option<&str>, waited: Option<i64>) -> Verdict {
        let signed = signed.map(|(size, text)| (size, text.to_owned()));
        published(Path::new("/evidence"), size, signed.as_ref(), note, waited).verdict
    }

    #[test]
    fn a_log_that_is_behind_forked_or_unpublished_for_long_is_a_problem() {
        let note = "portal.segfl.example/log\n7\nAAAA\n";
        assert_eq!(verdict(7, Some((7, note)), Some(note), Some(9_000)), Verdict::Ok);
        assert_eq!(verdict(6, Some((6, note)), Some(note), None), Verdict::Problem);
        assert_eq!(verdict(7, Some((7, "another")), Some(note), None), Verdict::Problem);
        assert_eq!(verdict(9, Some((9, "newer")), Some(note), None), Verdict::Problem);
        assert_eq!(verdict(9, Some((7, note)), Some(note), Some(WAIT_S)), Verdict::Ok);
        assert_eq!(verdict(9, Some((7, note)), Some(note), Some(WAIT_S + 1)), Verdict::Problem);
        assert_eq!(verdict(9, Some((7, note)), Some(note), None), Verdict::Ok);
        assert_eq!(verdict(9, None, None, None), Verdict::Warning);
        assert_eq!(verdict(9, None, Some("nonsense"), None), Verdict::Problem);
    }

    #[test]
    fn two_recovery_copies_are_enough() {
        assert_eq!(
            [0, 1, 2].map(|copies| recoverable(copies).verdict),
            [Verdict::Warning, Verdict::Warning, Verdict::Ok]
        );
    }
}
