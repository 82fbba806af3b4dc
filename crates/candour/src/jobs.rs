//! The jobs: everything the program does by itself, each with the clauses it stands on.
//!
//! A job runs only while the notice in force covers its clauses. One that is closed says so once a day in the log, and on the
//! retention page, and the others go on. Erasing is apart: no gap in a notice closes it. It rests on law (UK GDPR Art 5(1)(e),
//! 17) and on the terms under which each holding was taken, and a notice that says nothing of a kind makes it due, not kept
//! for ever. So what prepares and carries out erasing runs under every notice, and says why in [`Job::never_closed`].

use crate::App;
use custody::Error;
use law::Date;
use notice::Notice;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Something that the program does by itself.
#[derive(Debug)]
pub struct Job {
    /// Its name: `deliver-mail`.
    pub id: &'static str,
    /// The functions that do it, by their names.
    pub does: &'static [&'static str],
    /// Addresses of clauses. Empty with a reason, one of the two below.
    pub clauses: &'static [&'static str],
    /// Why it needs no clause: it touches no personal data.
    pub no_personal_data: Option<&'static str>,
    /// Why no gap in the notice closes it: what it erases is erased by law.
    pub never_closed: Option<&'static str>,
    /// Ids of the notice's decisions that it carries out, where it acts on people by itself.
    pub decisions: &'static [&'static str],
}

/// What a job is that names nothing.
const JOB: Job = Job { id: "", does: &[], clauses: &[], no_personal_data: None, never_closed: None, decisions: &[] };

/// Why erasing needs no clause.
const BY_LAW: &str =
    "erasing rests on law (UK GDPR Art 5(1)(e), 17) and on the terms under which each record was taken";

/// Why the evidence needs no clause.
const BY_ACCOUNT: &str = "what was done was allowed when it was done, and its evidence with it (UK GDPR Art 5(1)(f), 5(2)); this keeps it whole";

/// Each minute: notices that a command beside the server published.
pub static READ_NOTICES: Job = Job {
    id: "read-notices",
    does: &["reload_notices"],
    no_personal_data: Some("published texts name roles, not people"),
    ..JOB
};
/// Each minute: whether the configured file of the notice differs from the one in force.
pub static NOTICE_FILE: Job = Job {
    id: "notice-file",
    does: &["say"],
    no_personal_data: Some("it compares two texts, which name roles, not people"),
    ..JOB
};
/// Each minute: the write-ahead log is cut, so that nothing erased or replaced is left in it.
pub static CUT_LOG: Job = Job { id: "cut-log", does: &["truncate_log"], never_closed: Some(BY_LAW), ..JOB };
/// Each minute: the mark of the clock.
pub static WITNESS: Job = Job {
    id: "witness",
    does: &["witness", "witnessed"],
    no_personal_data: Some("it notes the days and instants that the clock showed"),
    ..JOB
};
/// Each minute: people are told of a notice that was published. While it is closed they wait, and are told when it opens.
pub static TELL: Job = Job {
    id: "tell-changes",
    does: &["tell"],
    clauses: &["purpose.tell-changes", "purpose.send-mail", "kind.outbound-mail"],
    ..JOB
};
/// Each day: people are warned before something of theirs is deleted. While it is closed, that nobody could be warned is
/// noted for each: deletion does not wait for a letter that may not be written.
pub static WARN: Job = Job {
    id: "warn",
    does: &["warn"],
    clauses: &["purpose.delete-on-time", "purpose.send-mail", "kind.outbound-mail"],
    ..JOB
};
/// Once under each notice: the day on which each holding is due.
pub static TERMS: Job = Job {
    id: "terms",
    does: &["refresh_terms"],
    clauses: &["purpose.delete-on-time"],
    never_closed: Some(BY_LAW),
    ..JOB
};
/// Each day: every key is wrapped anew, so that the keys of what was erased die with their epoch.
pub static TURN: Job = Job { id: "turn", does: &["turn"], never_closed: Some(BY_LAW), ..JOB };
/// Each day: what falls due soon is recorded before it is destroyed.
pub static FORECAST: Job = Job {
    id: "forecast",
    does: &["forecast_day"],
    clauses: &["purpose.delete-on-time"],
    never_closed: Some(BY_LAW),
    ..JOB
};
/// Each day: what is due or withdrawn is erased.
pub static SWEEP: Job = Job {
    id: "sweep",
    does: &["run_day", "sweep"],
    clauses: &["purpose.delete-on-time"],
    never_closed: Some(BY_LAW),
    decisions: &["delete-when-due", "delete-what-you-withdraw"],
    ..JOB
};
/// Each day, before anything is erased: its person is sent the receipt. While it is closed, that nobody was written to is noted
/// for each: deletion does not wait for a letter that may not be written.
pub static RECEIPTS: Job = Job {
    id: "receipts",
    does: &["receipts"],
    clauses: &["purpose.delete-on-time", "purpose.send-mail", "kind.outbound-mail"],
    ..JOB
};
/// Each day: the keys of past days are destroyed when no copy may need them.
pub static EPOCHS: Job = Job { id: "epochs", does: &["destroy_epochs"], never_closed: Some(BY_LAW), ..JOB };
/// Each day: the journal forgets what no copy can bring back any more.
pub static JOURNAL: Job = Job { id: "journal", does: &["prune_journal"], never_closed: Some(BY_LAW), ..JOB };
/// Each day: entries of the evidence log that are older than the notice keeps them are forgotten; their hashes stay.
pub static PRUNE: Job = Job { id: "prune", does: &["prune_log", "log_kept"], never_closed: Some(BY_LAW), ..JOB };
/// Each day, last: sessions, links, codes, invitations and answers that are over are forgotten, and old counts.
pub static DAY: Job = Job { id: "day", does: &["finish", "day_done"], never_closed: Some(BY_LAW), ..JOB };
/// Each second: letters that are ready leave. While it is closed they wait, until they are covered or due.
pub static DELIVER: Job =
    Job { id: "deliver-mail", does: &["deliver"], clauses: &["purpose.send-mail", "kind.outbound-mail"], ..JOB };
/// At start: a letter that was being sent when the program stopped is left for a person to decide.
pub static RECOVER: Job = Job { id: "recover-mail", does: &["recover"], clauses: &["kind.outbound-mail"], ..JOB };
/// Each second: the entries of the evidence log get their index, and the log its signed checkpoint outside the database.
pub static PUBLISH: Job =
    Job { id: "publish", does: &["publish_log", "sequence"], never_closed: Some(BY_ACCOUNT), ..JOB };
/// Each minute: what was opened meanwhile gets its entry in the log.
pub static SEGMENTS: Job = Job { id: "segments", does: &["cut_segment"], never_closed: Some(BY_ACCOUNT), ..JOB };
/// Each minute: effects that a copy must not undo are in the journal outside the database.
pub static OWED: Job = Job { id: "owed", does: &["settle_owed"], never_closed: Some(BY_LAW), ..JOB };
/// Each day, after the others: every record, key and entry is looked at for damage. Nothing is released, so nothing is opened.
pub static SCRUB: Job = Job { id: "scrub", does: &["scrub"], never_closed: Some(BY_ACCOUNT), ..JOB };
/// Each minute: a certificate that was renewed on disk.
pub static CERTIFICATE: Job = Job {
    id: "certificate",
    does: &["look_again"],
    no_personal_data: Some("it reads the certificate of the server"),
    ..JOB
};

/// Every job.
pub static ALL: &[&Job] = &[
    &READ_NOTICES,
    &NOTICE_FILE,
    &CUT_LOG,
    &WITNESS,
    &TELL,
    &WARN,
    &TERMS,
    &TURN,
    &FORECAST,
    &SWEEP,
    &RECEIPTS,
    &EPOCHS,
    &JOURNAL,
    &PRUNE,
    &DAY,
    &DELIVER,
    &RECOVER,
    &PUBLISH,
    &SEGMENTS,
    &OWED,
    &SCRUB,
    &CERTIFICATE,
];

impl Job {
    /// The addresses of everything it stands on, its decisions included.
    pub fn stands_on(&self) -> Vec<String> {
        let decisions = self.decisions.iter().map(|id| format!("decision.{id}"));
        self.clauses.iter().map(|clause| (*clause).to_owned()).chain(decisions).collect()
    }

    /// The clauses that the notice does not cover.
    pub fn missing(&self, notice: &Notice) -> Vec<String> {
        self.stands_on().into_iter().filter(|clause| !notice.covers(clause)).collect()
    }

    /// Whether it is closed under a notice.
    pub fn is_closed(&self, notice: &Notice) -> bool {
        self.never_closed.is_none() && !self.missing(notice).is_empty()
    }

    /// Whether it runs under the notice in force; where it does not, that is said once a day.
    pub fn is_open(&self, app: &App) -> Result<bool, Error> {
        if self.never_closed.is_some() || self.stands_on().is_empty() {
            return Ok(true);
        }
        let missing = match app.custody().in_force(app.today()) {
            Ok(notice) => self.missing(&notice),
            Err(Error::NoNotice) => self.stands_on(),
            Err(error) => return Err(error),
        };
        if !missing.is_empty() && app.closed_jobs().is_news(self.id, app.today()) {
            tracing::warn!(code = "job-closed", job = self.id, missing = missing.join(", "));
        }
        Ok(missing.is_empty())
    }

    /// Does it, where it is open; `None` where it is closed.
    pub fn run<T>(&self, app: &App, does: impl FnOnce(&App) -> Result<T, Error>) -> Result<Option<T>, Error> {
        if self.is_open(app)? { does(app).map(Some) } else { Ok(None) }
    }

    /// The same where its failure stops nothing else, deletion least of all: it is said in the log, and the next minute
    /// tries again.
    pub fn run_or_say<T>(&self, app: &App, does: impl FnOnce(&App) -> Result<T, Error>) {
        if let Err(error) = self.run(app, does) {
            tracing::error!(code = "job-failed", job = self.id, cause = %error);
        }
    }
}

/// The jobs that a notice closes, and the clauses that each lacks.
pub fn closed(notice: &Notice) -> Vec<(&'static str, String)> {
    let closed = ALL.iter().filter(|job| job.is_closed(notice));
    closed.map(|job| (job.id, job.missing(notice).join(", "))).collect()
}

/// Which closed jobs the log has named, and on which day.
#[derive(Default)]
pub struct ClosedJobs(Mutex<BTreeMap<&'static str, Date>>);

impl ClosedJobs {
    /// Whether the log has not named the job today. It has afterwards.
    fn is_news(&self, id: &'static str, today: Date) -> bool {
        // A map of days has no half-changed state, so a panic elsewhere does not spoil it.
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.insert(id, today) != Some(today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_job_is_named_once_a_day() {
        let (said, day) = (ClosedJobs::default(), |text| law::parse_iso(text).expect("a day"));
        assert!(said.is_news("warn", day("2026-11-23")));
        assert!(!said.is_news("warn", day("2026-11-23")));
        assert!(said.is_news("tell-changes", day("2026-11-23")));
        assert!(said.is_news("warn", day("2026-11-24")));
    }
}
