//! The figures of the retention page: what the rows say at one moment.

use super::holds::{self, Held};
use super::rows;
use crate::App;
use crate::face::thousands;
use crate::rooms::evidence::{self, Last};
use crate::rooms::staff;
use crate::web::session::Session;
use custody::{Custody, Error, ForecastDay, ForecastRow, Guard, KindCount, Release, RunRow, Waiting, Why};
use law::Date;
use notice::Notice;
use store::Tx;

/// How many runs stand on the page.
const RUNS: u32 = 12;

/// What the page is made of, of one moment.
pub(super) struct Figures {
    /// What custody thinks of the clock.
    pub guard: Guard,
    /// The next day on which something falls due.
    pub next: Option<(Date, u64)>,
    /// What is due and still there.
    pub waits: Vec<Waiting>,
    /// The forecast by day and kind.
    pub days: Vec<ForecastDay>,
    /// What falls due at any time, by month and kind.
    pub months: Vec<ForecastRow>,
    /// What is held.
    pub kinds: Vec<KindCount>,
    /// The last runs.
    pub runs: Vec<RunRow>,
    /// Legal holds.
    pub holds: Vec<Held>,
    /// Withdrawals by their day.
    pub withdrawn: Vec<(String, u64)>,
    /// Keys of days.
    pub epochs: Vec<Epochs>,
    /// Releases that have not ended.
    pub releases: Vec<Known>,
    /// How many officers can sign in.
    pub officers: u64,
    /// The last copy, its last trial and the last check.
    pub lasts: Vec<Last>,
    /// That a restore keeps the schedule waiting.
    pub restored: Option<String>,
}

/// Epoch keys in one state.
pub(super) struct Epochs {
    /// `open`, `closed`, `destroyed`.
    pub state: String,
    /// How many.
    pub count: u64,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// A release, and whether the reader agreed to it.
pub(super) struct Known {
    /// The release.
    pub release: Release,
    /// The reader asked for it, or agreed.
    pub own: bool,
}

/// Reads them for one reader.
pub(super) async fn read(app: &App, session: &Session) -> Result<Figures, Error> {
    let (custody, session) = (app.custody().clone(), session.clone());
    let guard = app.custody().guard()?;
    app.custody()
        .store()
        .read("retention", move |tx| {
            Ok(Figures {
                guard,
                next: custody.next_due(tx)?,
                waits: custody.waits(tx)?,
                days: custody.forecast_days(tx)?,
                months: custody.forecast(tx)?,
                kinds: custody.kind_counts(tx)?,
                runs: custody.runs(tx, RUNS)?,
                holds: holds::list(tx)?,
                withdrawn: custody.waiting_withdrawals(tx)?,
                epochs: epochs(tx)?,
                releases: known(&custody, tx, &session)?,
                officers: staff::active(tx, "officer")?,
                lasts: evidence::last_runs(tx)?,
                restored: evidence::waiting_since_restore(tx)?,
            })
        })
        .await
}

fn epochs(tx: &mut Tx<'_>) -> Result<Vec<Epochs>, Error> {
    let rows = tx.all(&rows::COUNT_EPOCHS, &[])?;
    let read =
        |row: &store::Row| Ok(Epochs { state: row.get(0)?, count: row.get(1)?, first: row.get(2)?, last: row.get(3)? });
    rows.iter().map(read).collect()
}

fn known(custody: &Custody, tx: &mut Tx<'_>, session: &Session) -> Result<Vec<Known>, Error> {
    let mut known = Vec::new();
    for release in custody.releases(tx)? {
        let own = tx.optional(&rows::FIND_AGREED, &[session.person.into(), release.id.into()])?.is_some();
        known.push(Known { release, own });
    }
    Ok(known)
}

/// Something that somebody has to do: in words, and where.
pub(super) struct Need {
    pub words: String,
    pub href: &'static str,
    pub act: &'static str,
}

impl Figures {
    /// How many records are past their day for another reason than a hold, or than that today's run has yet to come.
    fn late(&self) -> u64 {
        let late = self.waits.iter().filter(|one| !matches!(one.why, Why::Hold | Why::Run));
        late.map(|one| one.count).sum()
    }

    /// The answer to why the reader came: is everything deleted on time?
    pub(super) fn finding(&self, needs: &[Need]) -> String {
        let answer = match (self.guard, self.late()) {
            (Guard::Stopped { .. }, 0) => {
                "Deletion waits until today’s date is confirmed; nothing is late yet.".to_owned()
            }
            (Guard::Stopped { .. }, late) => {
                format!(
                    "Deletion waits until today’s date is confirmed: {} past their day, closed to everybody.",
                    are(late)
                )
            }
            (Guard::Open, 0) => "Everything is deleted on time.".to_owned(),
            (Guard::Open, late) => {
                format!("Not everything is deleted on time: {} past their day, closed to everybody.", are(late))
            }
        };
        if needs.is_empty() { format!("{answer} Nothing needs you.") } else { answer }
    }

    /// What a reader of this role has to do.
    pub(super) fn needs(&self, role: &str, today: Date) -> Vec<Need> {
        let mut needs = Vec::new();
        if self.guard != Guard::Open && super::confirm::ROLES.contains(&role) {
            let words = "Somebody has to say what day it is.".to_owned();
            needs.push(Need { words, href: "/staff/retention/confirm", act: "Confirm today’s date" });
        }
        if self.runs.first().is_some_and(|run| run.outcome == "failed") && role == "operator" {
            let words = "The last run failed: the server’s log says why.".to_owned();
            needs.push(Need { words, href: "#runs", act: "See the runs" });
        }
        if self.lasts.iter().any(|last| last.damaged > 0) {
            let words = "Damage was found in what is held, in its log or in its copies.".to_owned();
            needs.push(Need { words, href: "/staff/evidence", act: "See the evidence" });
        }
        if role != "officer" {
            return needs;
        }
        let asked = self.releases.iter().filter(|known| !known.own && !known.release.is_given()).count();
        if asked > 0 {
            let words = if asked == 1 {
                "A release waits for you.".to_owned()
            } else {
                format!("{asked} releases wait for you.")
            };
            needs.push(Need { words, href: "#releases", act: "Look at what is asked" });
        }
        let over = self.waits.iter().filter(|one| matches!(one.why, Why::Budget | Why::Unwarned)).map(|one| one.count);
        let over: u64 = over.sum();
        if over > 0 && self.releases.is_empty() {
            let words = format!("{} over what a day may take.", are(over));
            needs.push(Need { words, href: "/staff/retention/release", act: "Ask for a release" });
        }
        let soon = self.holds.iter().filter(|one| one.hold.ends_soon(today)).count();
        if soon > 0 {
            needs.push(Need { words: holds_end(soon), href: "/staff/holds", act: "Look at the holds" });
        }
        needs
    }
}

/// "1 legal hold ends within 14 days."
pub(super) fn holds_end(count: usize) -> String {
    match count {
        1 => "1 legal hold ends within 14 days: place it again if it is still needed.".to_owned(),
        n => format!("{n} legal holds end within 14 days: place them again if they are still needed."),
    }
}

/// "1 record is", "3 records are".
fn are(count: u64) -> String {
    format!("{} {}", records(count), if count == 1 { "is" } else { "are" })
}

/// "1 record", "3 records".
pub(super) fn records(count: u64) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{} records", number(count)) }
}

/// A number as people read it.
pub(super) fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A kind in the notice's words; its id where the notice in force no longer covers it.
pub(super) fn kind_words(notice: &Notice, id: &str) -> String {
    notice.kind(id).map_or_else(|| id.to_owned(), |kind| kind.words.clone())
}
