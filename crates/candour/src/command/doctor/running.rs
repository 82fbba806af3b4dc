//! What the running program knows: the database, the clock, the notice in force and the last day's run.

use super::{Line, evidence};
use crate::App;
use crate::command::Cannot;
use crate::command::settings::Settings;
use law::Date;
use std::fs::File;
use store::Engine;

/// The shortest backup window that leaves the keys their time, in days.
const WINDOW: i32 = 4;

/// Opens the data as a command beside a server would, and looks.
pub(super) fn look(settings: Settings) -> Vec<Line> {
    if let Engine::Sqlite { path } = &settings.places.engine
        && !path.exists()
    {
        let says = format!("There is no database {}.", path.display());
        return vec![Line::problem("database", says, "Make one with candour init, or bring it back.")];
    }
    // Held while we look: who is alone on the data heals and destroys keys, and a doctor must not.
    let lock = File::options().create(true).append(true).open(settings.places.data.join("lock"));
    let (named, engine) = (settings.notice.is_some(), settings.places.engine.clone());
    let (folder, backups) = (settings.places.evidence.clone(), settings.backups.clone());
    let alone = lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok());
    let app = match settings.open(false) {
        Ok(app) => app,
        Err(Cannot(sentence)) => {
            let mend = "Nothing starts before this is mended.";
            return vec![Line::problem("database", format!("{}.", sentence.trim_end_matches('.')), mend)];
        }
    };
    let mut lines = vec![server(alone), database(&app, &engine), clock(&app)];
    lines.extend(notices(&app, named));
    lines.push(day(&app));
    lines.extend(evidence::look(&app, &folder, !alone));
    let copied = matches!(engine, Engine::Sqlite { .. });
    lines.extend(evidence::copies(&app, copied, backups.as_deref()));
    lines
}

fn server(alone: bool) -> Line {
    if alone {
        return Line::warning("server", "No server is running on this data.", "Start it with candour serve.");
    }
    Line::ok("server", "A server is running on this data.")
}

/// Opening has refused an engine that is too old or set up so that it could lose what was acknowledged.
fn database(app: &App, engine: &Engine) -> Line {
    let kind = match engine {
        Engine::Postgres { .. } => "PostgreSQL, 15 or later, with data checksums and synchronous commits",
        Engine::Sqlite { .. } => "SQLite, 3.51.3 or later, with a write-ahead log that is synced at each commit",
    };
    match app.custody().store().health() {
        Ok(()) => Line::ok("database", format!("It reads and writes: {kind}.")),
        Err(error) => Line::problem("database", format!("{error}."), "Look at the disk and at the database."),
    }
}

fn clock(app: &App) -> Line {
    match app.alarm() {
        None => Line::ok("clock", "It agrees with the time that was witnessed last."),
        Some(alarm) => Line::problem("clock", alarm, "Compare with a calendar, then confirm the date."),
    }
}

fn notices(app: &App, named: bool) -> Vec<Line> {
    let today = app.today();
    let Ok(force) = app.custody().published_on(today) else {
        return vec![Line::problem(
            "notice",
            "No notice is in force.",
            "Publish one with candour notice publish FILE.",
        )];
    };
    let head = force.notice.head();
    let since = law::words(force.effective_on);
    let mut lines = vec![Line::ok("notice", format!("Version {} is in force since {since}.", head.version))];
    lines.extend(named.then(|| compared(app)));
    if let Some(review) = head.review_due {
        lines.push(reviewed(review, today));
    }
    lines.push(window(head.window().after(today), today));
    lines
}

/// Whether the file that the operator edits is the notice in force.
fn compared(app: &App) -> Line {
    match app.notice_file().differs(app) {
        None => Line::ok("notice", "Its configured file is what is in force."),
        Some(says) => Line::warning("notice", says, "Publish it with candour notice publish, or undo the change."),
    }
}

fn reviewed(review: Date, today: Date) -> Line {
    let day = law::words(review);
    if review < today {
        return Line::warning(
            "notice",
            format!("Its review was due on {day}."),
            "Review it and publish a new version.",
        );
    }
    Line::ok("notice", format!("Its next review is due on {day}."))
}

fn window(end: Option<Date>, today: Date) -> Line {
    let days = end.and_then(|end| end.since(today).ok()).map_or(0, |span| span.get_days());
    if days < WINDOW {
        let says = format!("Its backup window of {days} days is too short for the keys to be destroyed in it.");
        return Line::problem("notice", says, "Publish one with at least 4 days.");
    }
    Line::ok("notice", format!("What is erased leaves every copy within {days} days."))
}

/// Whether the day's run was done today or yesterday: it may not have come to today's yet.
fn day(app: &App) -> Line {
    let yesterday = app.today().yesterday().unwrap_or(app.today());
    match (app.custody().ran_on(Date::MIN), app.custody().ran_on(yesterday)) {
        (Ok(false), Ok(_)) => Line::ok("day", "No day has been run yet: the first runs a minute after candour serve."),
        (Ok(true), Ok(true)) => Line::ok("day", "The last day's run was done."),
        (Ok(true), Ok(false)) => Line::problem(
            "day",
            "The day's run was done neither today nor yesterday.",
            "See that candour serve runs, and look in its log for day-failed and clock-jumped.",
        ),
        (Err(error), _) | (_, Err(error)) => {
            Line::problem("day", format!("{}.", error.to_string().trim_end_matches('.')), "Look at the database.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_review_that_has_passed_and_a_window_that_is_too_short_are_said() {
        let today = date(2026, 11, 23);
        assert_eq!(reviewed(today, today).verdict, Verdict::Ok);
        assert_eq!(reviewed(date(2026, 11, 22), today).verdict, Verdict::Warning);
        assert_eq!(window(Some(date(2026, 11, 27)), today).verdict, Verdict::Ok);
        assert_eq!(window(Some(date(2026, 11, 26)), today).verdict, Verdict::Problem);
        assert_eq!(window(None, today).verdict, Verdict::Problem);
    }
}
