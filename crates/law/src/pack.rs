//! The law pack: what the law demands of a notice, as dated data.
//!
//! A request, a complaint or a notice is judged by the law of its day: [`Pack::on`] gives it. What the law says lives in
//! `data/uk.toml`, each rule with its citation, its commencement and where that was found; the code that judges names
//! rules by their ids and holds no date.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use toml::value::Datetime;

use crate::{NotPeriod, Period};

/// The rules of one jurisdiction, with their times.
#[derive(Debug)]
pub struct Pack {
    as_at: Date,
    provisions: Vec<Provision>,
    regulators: Vec<Regulator>,
    adequate: Vec<Adequate>,
}

/// The law of one day.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    pack: &'static Pack,
    day: Date,
}

/// One rule of law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provision {
    /// `complaint`, `basis.contract`. One id may have several versions whose times do not overlap.
    pub id: String,
    /// The point of the checklist of Art 13 and 14 that it is: `13(2)(ca)`.
    pub point: Option<String>,
    /// What it demands, in one sentence of ours.
    pub says: String,
    /// Where it stands: "UK GDPR Art 13(2)(ca), 14(2)(da)".
    pub citation: String,
    /// When it is in force.
    pub times: Times,
    /// The time that it gives.
    pub limit: Option<Limit>,
    /// Where its words and its commencement were found.
    pub source: String,
    /// Whether the source was read; otherwise it is general knowledge that wants checking.
    pub read: bool,
}

/// From which day to which, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// First day; `None` where no commencement is known.
    pub from: Option<Date>,
    /// Last day; `None` while it has no end.
    pub until: Option<Date>,
}

/// A time that the law gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Calendar time: "1 month".
    Calendar(Period),
    /// Hours that really pass, whatever the day: "72 hours".
    Hours(u32),
}

/// Who supervises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regulator {
    /// As letters name it.
    pub name: String,
    /// When it supervises.
    pub times: Times,
    /// Web addresses, and when each is good.
    pub web: Vec<(String, Times)>,
}

/// Countries to which data may go without a further safeguard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adequate {
    /// ISO 3166 alpha-2.
    pub countries: Vec<String>,
    /// What says so.
    pub citation: String,
    /// The condition, where only part of a country's recipients is adequate: half a sentence.
    pub provided: Option<String>,
    /// When.
    pub times: Times,
    /// Whether the source was read; otherwise it wants checking.
    pub read: bool,
}

impl Pack {
    /// The pack of the United Kingdom.
    pub fn uk() -> &'static Pack {
        &UK
    }

    /// The law of a day.
    pub fn on(&'static self, day: Date) -> Law {
        Law { pack: self, day }
    }

    /// The day on which somebody last looked whether this is the law.
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    /// Every rule with every version, in force or not, in the order of the file.
    pub fn provisions(&self) -> &[Provision] {
        &self.provisions
    }

    /// The days after `day` on which anything begins or ends, each once, in order.
    pub fn changes_after(&self, day: Date) -> Vec<Date> {
        let provisions = self.provisions.iter().map(|provision| provision.times);
        let regulators = self.regulators.iter().map(|regulator| regulator.times);
        let addresses = self.regulators.iter().flat_map(|regulator| &regulator.web).map(|(_, times)| *times);
        let adequate = self.adequate.iter().map(|adequate| adequate.times);
        let times = provisions.chain(regulators).chain(addresses).chain(adequate);
        let days: BTreeSet<Date> = times.flat_map(|times| [times.from, times.after()]).flatten().collect();
        days.into_iter().filter(|change| *change > day).collect()
    }
}

impl Law {
    /// The day whose law it is.
    pub fn day(self) -> Date {
        self.day
    }

    /// The rule of that id, if it is in force.
    pub fn provision(self, id: &str) -> Option<&'static Provision> {
        self.in_force().find(|provision| provision.id == id)
    }

    /// Where the rule of that id stands, if it is in force.
    pub fn citation(self, id: &str) -> Option<&'static str> {
        self.provision(id).map(|provision| provision.citation.as_str())
    }

    /// The calendar time that a rule gives, if it is in force and gives one.
    pub fn period(self, id: &str) -> Option<Period> {
        match self.provision(id)?.limit? {
            Limit::Calendar(period) => Some(period),
            Limit::Hours(_) => None,
        }
    }

    /// Every rule in force, in the order of the pack.
    pub fn in_force(self) -> impl Iterator<Item = &'static Provision> {
        self.pack.provisions.iter().filter(move |provision| provision.times.holds(self.day))
    }

    /// The checklist of Art 13 and 14: every rule in force that is a point of it.
    pub fn checklist(self) -> impl Iterator<Item = &'static Provision> {
        self.in_force().filter(|provision| provision.point.is_some())
    }

    /// Who supervises; `None` before the pack begins.
    pub fn regulator(self) -> Option<&'static Regulator> {
        self.pack.regulators.iter().find(|regulator| regulator.times.holds(self.day))
    }

    /// Whether the regulator is known to answer at a web address. A slash at its end is no difference.
    pub fn knows_address(self, web: &str) -> bool {
        let known = self.regulator().into_iter().flat_map(|regulator| &regulator.web);
        let mut good = known.filter(|(_, times)| times.covers(self.day)).map(|(address, _)| address);
        good.any(|address| address.trim_end_matches('/') == web.trim_end_matches('/'))
    }

    /// Whether data may go to a country (ISO 3166 alpha-2) without a further safeguard: home, or adequate as a whole.
    pub fn is_adequate(self, country: &str) -> bool {
        country == "GB" || self.adequacy(country).is_some_and(|adequate| adequate.provided.is_none())
    }

    /// What is adequate about a country, perhaps on a condition.
    pub fn adequacy(self, country: &str) -> Option<&'static Adequate> {
        let mut adequate = self.pack.adequate.iter().filter(move |adequate| adequate.times.holds(self.day));
        adequate.find(|adequate| adequate.countries.iter().any(|one| one == country))
    }
}

impl Times {
    /// Whether a day lies within; never without a known beginning.
    pub fn holds(self, day: Date) -> bool {
        self.from.is_some_and(|from| from <= day) && self.covers(day)
    }

    /// Whether a day lies within; without a known beginning, from ever.
    fn covers(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// The first day after the end.
    fn after(self) -> Option<Date> {
        self.until?.tomorrow().ok()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Calendar(period) => period.fmt(f),
            Limit::Hours(hours) => write!(f, "{hours} hours"),
        }
    }
}

impl FromStr for Limit {
    type Err = NotPeriod;

    fn from_str(text: &str) -> Result<Self, NotPeriod> {
        match text.strip_suffix(" hours") {
            Some(hours) => hours.parse().map(Limit::Hours).map_err(|_| NotPeriod),
            None => text.parse().map(Limit::Calendar),
        }
    }
}

static UK: LazyLock<Pack> = LazyLock::new(|| {
    Pack::read(include_str!("../data/uk.toml")).expect("the pack is compiled into the program and a test reads it")
});

impl Pack {
    fn read(text: &str) -> Option<Pack> {
        let file: File = toml::from_str(text).ok()?;
        Some(Pack {
            as_at: day(file.as_at)?,
            provisions: file.provision.into_iter().map(ProvisionRow::read).collect::<Option<_>>()?,
            regulators: file.regulator.into_iter().map(RegulatorRow::read).collect::<Option<_>>()?,
            adequate: file.adequate.into_iter().map(AdequateRow::read).collect::<Option<_>>()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "jurisdiction")]
    _jurisdiction: String,
    as_at: Datetime,
    provision: Vec<ProvisionRow>,
    regulator: Vec<RegulatorRow>,
    adequate: Vec<AdequateRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionRow {
    id: String,
    point: Option<String>,
    says: String,
    citation: String,
    from: Option<Datetime>,
    until: Option<Datetime>,
    limit: Option<String>,
    source: String,
    read: bool,
}

impl ProvisionRow {
    fn read(self) -> Option<Provision> {
        Some(Provision {
            times: times(self.from, self.until)?,
            limit: self.limit.map(|limit| limit.parse()).transpose().ok()?,
            id: self.id,
            point: self.point,
            says: self.says,
            citation: self.citation,
            source: self.source,
            read: self.read,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegulatorRow {
    name: String,
    from: Option<Datetime>,
    until: Option<Datetime>,
    web: Vec<WebRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebRow {
    address: String,
    from: Option<Datetime>,
    until: Option<Datetime>,
}

impl RegulatorRow {
    fn read(self) -> Option<Regulator> {
        let web = self.web.into_iter().map(|web| Some((web.address, times(web.from, web.until)?)));
        Some(Regulator { name: self.name, times: times(self.from, self.until)?, web: web.collect::<Option<_>>()? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdequateRow {
    countries: Vec<String>,
    citation: String,
    provided: Option<String>,
    from: Option<Datetime>,
    until: Option<Datetime>,
    read: bool,
}

impl AdequateRow {
    fn read(self) -> Option<Adequate> {
        Some(Adequate {
            times: times(self.from, self.until)?,
            countries: self.countries,
            citation: self.citation,
            provided: self.provided,
            read: self.read,
        })
    }
}

/// `None` where one of the two is no day.
fn times(from: Option<Datetime>, until: Option<Datetime>) -> Option<Times> {
    let from = from.map_or(Some(None), |from| day(from).map(Some))?;
    let until = until.map_or(Some(None), |until| day(until).map(Some))?;
    Some(Times { from, until })
}

fn day(datetime: Datetime) -> Option<Date> {
    let date = datetime.date.filter(|_| datetime.time.is_none())?;
    Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NOVEMBER: Date = date(2026, 11, 23);

    #[test]
    fn every_rule_has_its_sentence_its_citation_and_its_source() {
        for provision in Pack::uk().provisions() {
            for words in [&provision.says, &provision.citation, &provision.source] {
                assert!(!words.trim().is_empty(), "{}", provision.id);
            }
            assert!(provision.says.ends_with('.'), "{}", provision.id);
            assert!(provision.times.until.is_none_or(|until| Some(until) > provision.times.from), "{}", provision.id);
        }
        assert!(Pack::uk().adequate.iter().all(|adequate| !adequate.citation.is_empty()));
    }

    #[test]
    fn versions_of_a_rule_follow_each_other_without_overlap() {
        let days = Pack::uk().changes_after(date(2018, 5, 24));
        assert_eq!(days.first(), Some(&date(2018, 5, 25)));
        for day in days {
            let ids: Vec<&str> = Pack::uk().on(day).in_force().map(|provision| provision.id.as_str()).collect();
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), once.len(), "{day}");
            for id in ["answer", "children", "cookie.transmission", "decisions", "extension", "transfer"] {
                assert!(once.contains(id), "{id} on {day}");
            }
        }
    }

    #[test]
    fn a_rule_begins_on_its_day_and_not_before() {
        let in_force = |day, id| Pack::uk().on(day).provision(id).is_some();
        let begins = [
            ("complaint", date(2026, 6, 19)),
            ("complaint-to-controller", date(2026, 6, 19)),
            ("basis.recognised-legitimate-interest", date(2026, 2, 5)),
            ("cookie.statistics", date(2026, 2, 5)),
            ("search", date(2024, 1, 1)),
            ("controller", date(2018, 5, 25)),
        ];
        for (id, first) in begins {
            assert!(in_force(first, id), "{id}");
            assert!(!in_force(first.yesterday().unwrap(), id), "{id}");
        }
        assert!(!in_force(Date::MAX, "commission"), "no commencement is known");
        assert_eq!(Pack::uk().on(date(2026, 2, 4)).citation("decisions"), Some("UK GDPR Art 22"));
        assert_eq!(Pack::uk().on(date(2026, 2, 5)).citation("decisions"), Some("UK GDPR Art 22A to 22D"));
    }

    #[test]
    fn the_times_of_the_law_are_those_of_the_law() {
        let law = Pack::uk().on(NOVEMBER);
        let limits =
            [("answer", "1 month"), ("extension", "2 months"), ("complaint", "30 days"), ("breach", "72 hours")];
        for (id, limit) in limits {
            assert_eq!(law.provision(id).unwrap().limit.unwrap().to_string(), limit);
        }
        assert_eq!(law.period("answer").map(|period| period.to_string()).as_deref(), Some("1 month"));
        assert_eq!(law.period("breach"), None);
        assert_eq!(Pack::uk().on(date(2018, 5, 25)).period("complaint"), None);
    }

    #[test]
    fn the_checklist_has_fifteen_points_today_and_had_fourteen_in_2018() {
        let points = |day| Pack::uk().on(day).checklist().count();
        assert_eq!(points(NOVEMBER), 15);
        assert_eq!(points(date(2018, 5, 25)), 14);
        assert_eq!(points(date(2018, 5, 24)), 0);
    }

    #[test]
    fn the_regulator_is_known_with_its_addresses_of_the_day() {
        let today = Pack::uk().on(NOVEMBER);
        assert_eq!(today.regulator().unwrap().name, "Information Commissioner");
        assert!(today.knows_address("https://ico.org.uk/make-a-complaint"));
        assert!(!today.knows_address("https://ico.org.uk/concerns/"));
        assert!(Pack::uk().on(date(2018, 5, 25)).knows_address("https://ico.org.uk/concerns/"));
        assert!(!today.knows_address("https://ico.example/"));
        assert!(Pack::uk().on(date(2018, 5, 24)).regulator().is_none());
    }

    #[test]
    fn a_country_is_adequate_as_a_whole_on_a_condition_or_not_at_all() {
        let law = Pack::uk().on(NOVEMBER);
        for country in ["GB", "IE", "JE", "NZ"] {
            assert!(law.is_adequate(country), "{country}");
        }
        assert!(!law.is_adequate("US"));
        assert!(law.adequacy("US").unwrap().provided.is_some());
        assert!(Pack::uk().on(date(2023, 10, 11)).adequacy("US").is_none());
        assert!(law.adequacy("BR").is_none());
    }

    #[test]
    fn what_changes_later_comes_in_order() {
        let days = Pack::uk().changes_after(date(2026, 2, 4));
        assert_eq!(days, [date(2026, 2, 5), date(2026, 6, 19), date(2026, 11, 23)]);
        assert!(Pack::uk().changes_after(NOVEMBER).is_empty());
    }

    #[test]
    fn a_pack_with_a_mistake_is_not_read() {
        let good = "jurisdiction = \"uk\"\nas_at = 2026-11-23\nprovision = []\nregulator = []\nadequate = []\n";
        assert!(Pack::read(good).is_some());
        for bad in [
            good.replace("2026-11-23", "2026-02-30"),
            good.replace("2026-11-23", "2026-11-23T00:00:00Z"),
            good.replace("provision", "provisions"),
            format!("{good}[[more]]\n"),
        ] {
            assert!(Pack::read(&bad).is_none(), "{bad}");
        }
        assert_eq!("72 hours".parse(), Ok(Limit::Hours(72)));
        assert_eq!("a few hours".parse::<Limit>(), Err(NotPeriod));
    }
}
