//! The figures of the retention page, and how they are said.

use crate::App;
use crate::face::bars::{Chart, Count};
use crate::face::{Html, thousands};
use custody::{Error, ForecastRow, HeldRow, KindCount, RunRow};
use law::Date;
use notice::Notice;

/// How many runs stand on the page.
const RUNS: u32 = 12;

/// What the page is made of, of one moment.
pub(super) struct Figures {
    due: u64,
    next: Option<(Date, u64)>,
    forecast: Vec<ForecastRow>,
    kinds: Vec<KindCount>,
    runs: Vec<RunRow>,
    holds: Vec<HeldRow>,
    withdrawn: Vec<(String, u64)>,
}

/// Reads them.
pub(super) async fn read(app: &App) -> Result<Figures, Error> {
    let custody = app.custody().clone();
    app.custody()
        .store()
        .read("retention", move |tx| {
            Ok(Figures {
                due: custody.waiting(tx)?,
                next: custody.next_due(tx)?,
                forecast: custody.forecast(tx)?,
                kinds: custody.kind_counts(tx)?,
                runs: custody.runs(tx, RUNS)?,
                holds: custody.held(tx)?,
                withdrawn: custody.waiting_withdrawals(tx)?,
            })
        })
        .await
}

/// How many records of a kind fall due in a month.
pub(super) struct Forecast {
    pub month: String,
    pub kind: String,
    pub count: String,
}

/// How many records of a kind are held.
pub(super) struct Held {
    pub kind: String,
    pub clause: String,
    pub count: String,
    pub dated: String,
}

/// A run of a job.
pub(super) struct Run {
    pub job: String,
    pub day: String,
    pub count: String,
    pub held: String,
    pub outcome: String,
}

/// What a legal hold keeps.
pub(super) struct Hold {
    pub kind: String,
    pub reason: String,
    pub until: String,
    pub due: String,
    pub by: String,
}

impl Figures {
    /// "Next: 3 records on Saturday 12 December 2026."
    pub(super) fn finding(&self, today: Date) -> String {
        if self.due > 0 {
            return format!("{} due by today, closed already, and deleted by the next run.", records(self.due));
        }
        match self.next {
            Some((day, count)) => {
                format!("Next: {} on {}, {}.", records(count), law::words(day), crate::face::countdown(day, today))
            }
            None => "Nothing is held that has a day to be deleted on.".to_owned(),
        }
    }

    /// The forecast by month as a picture: every month from this one to the last with a count.
    pub(super) fn chart(&self, today: Date) -> Html {
        let months = months(today, self.forecast.last().map(|row| row.month.as_str()));
        let total =
            |month: &str| self.forecast.iter().filter(|row| row.month == month).map(|row| row.count).sum::<u64>();
        let counts: Vec<Count> = months
            .iter()
            .map(|month| Count { label: month_words(month), count: usize::try_from(total(month)).ok() })
            .collect();
        Chart { id: "forecast", what: "records fall due for deletion", by: "Month", counts: &counts, least: 1 }.html()
    }

    /// The forecast by month and kind.
    pub(super) fn forecast(&self, notice: &Notice) -> Vec<Forecast> {
        let line = |row: &ForecastRow| Forecast {
            month: month_words(&row.month),
            kind: kind_words(notice, &row.kind),
            count: number(row.count),
        };
        self.forecast.iter().map(line).collect()
    }

    /// What is held now.
    pub(super) fn held(&self, notice: &Notice) -> Vec<Held> {
        let line = |row: &KindCount| Held {
            kind: kind_words(notice, &row.kind),
            clause: format!("kind.{}", row.kind),
            count: number(row.count),
            dated: number(row.dated),
        };
        self.kinds.iter().map(line).collect()
    }

    /// The last runs, newest first.
    pub(super) fn runs(&self) -> Vec<Run> {
        let line = |row: &RunRow| Run {
            job: job_words(&row.job),
            day: day_words(&row.day),
            count: number(row.count),
            held: number(row.held),
            outcome: outcome_words(&row.outcome),
        };
        self.runs.iter().map(line).collect()
    }

    /// What legal holds keep.
    pub(super) fn holds(&self, notice: &Notice) -> Vec<Hold> {
        let line = |row: &HeldRow| Hold {
            kind: kind_words(notice, &row.kind),
            reason: row.reason.clone(),
            until: day_words(&row.until),
            due: row.due_on.as_deref().map_or_else(|| "No date yet".to_owned(), day_words),
            by: row.authorised_by.clone(),
        };
        self.holds.iter().map(line).collect()
    }

    /// Withdrawals that wait: how many, and their day.
    pub(super) fn withdrawn(&self) -> Vec<(String, String)> {
        self.withdrawn.iter().map(|(day, count)| (day_words(day), number(*count))).collect()
    }
}

/// "1 record", "3 records".
fn records(count: u64) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{} records", number(count)) }
}

fn number(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}

fn day_words(iso: &str) -> String {
    law::parse_iso(iso).map_or_else(|| iso.to_owned(), law::short_words)
}

/// A kind in the notice's words; its id where the notice in force no longer covers it.
fn kind_words(notice: &Notice, id: &str) -> String {
    notice.kind(id).map_or_else(|| id.to_owned(), |kind| kind.words.clone())
}

/// "2026-12" as "Dec 2026".
fn month_words(month: &str) -> String {
    law::parse_iso(&format!("{month}-01")).map_or_else(|| month.to_owned(), |day| day.strftime("%b %Y").to_string())
}

/// The months from today's to the last, as `2026-12`; three years at the most.
fn months(today: Date, last: Option<&str>) -> Vec<String> {
    let Some(last) = last else { return Vec::new() };
    let month =
        |n: i32| today.first_of_month().saturating_add(jiff::Span::new().months(n)).strftime("%Y-%m").to_string();
    (0..36).map(month).take_while(|month| month.as_str() <= last).collect()
}

fn job_words(job: &str) -> String {
    match job.split(' ').next().unwrap_or(job) {
        "day" => "The day’s run",
        "epochs" => "Keys of past days destroyed",
        "sweep" => "Records deleted",
        "terms" => "Dates computed again",
        "turn" => "Keys renewed",
        other => other,
    }
    .to_owned()
}

fn outcome_words(outcome: &str) -> String {
    match outcome {
        "done" => "Done",
        "failed" => "Failed: look at the log",
        "stopped-clock" => "Waited: today’s date is not confirmed",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_up_to_the_last_has_a_bar() {
        let today = law::parse_iso("2026-11-23").expect("a day");
        assert_eq!(months(today, Some("2027-02")), ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert!(months(today, None).is_empty());
        assert_eq!(months(today, Some("9999-12")).len(), 36);
        assert_eq!(month_words("2026-12"), "Dec 2026");
    }
}
