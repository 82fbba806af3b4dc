//! A thousand random histories against a model: what the guard lets go on each day is what the model says, to the record.
//!
//! The model knows the rules and nothing of the program: days are numbers, a record is a handful of facts. A history takes,
//! closes, uses, withdraws, holds and objects; publishes notices that shorten, lengthen or drop; sets the clock wrong and right;
//! cuts the power; forgets to warn. After every run exactly those records are gone that the model lets go, so nothing is destroyed
//! wrongly, and all that was due, forecast and witnessed is destroyed on its day.

use crate::house::{House, in_memory, publish};
use custody::{Actor, Error, Ground, Guard, HoldReason, HoldingId, New, PersonId, Record, Unwarned};
use jiff::{SignedDuration, Span};
use law::Date;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How many histories a test lives through; there are four tests, so that each meets every rule and two cores share them.
const EACH: u64 = 250;

/// How many steps a history has.
const STEPS: u32 = 20;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

store::statements! {
    /// A day that may take nothing without a forecast.
    NO_BUDGET = "INSERT INTO budget (day, most, used) VALUES ($1, 0, 0) ON CONFLICT (day) DO UPDATE SET most = 0";
    /// An objection, as the rights room will write it.
    OBJECT = "INSERT INTO objection (person_id, purpose, day) VALUES ($1, $2, $3) ON CONFLICT (person_id, purpose) DO NOTHING";
    FIND_HOLDING = "SELECT kind FROM holding WHERE person_id = $1 AND holding_id = $2";
}

/// The three kinds of the model: one that is warned of, one with a term shorter than seven days, one that use prolongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Letter,
    Slip,
    Card,
}

impl Kind {
    fn id(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Slip => "slip",
            Self::Card => "card",
        }
    }

    fn begins(self) -> &'static str {
        match self {
            Self::Letter => "letter.received",
            Self::Slip => "slip.taken",
            Self::Card => "card.used",
        }
    }
}

/// What a notice of the model says: the days that each kind is kept, or that it is not kept at all.
#[derive(Clone, Debug)]
struct Terms {
    /// Its first day.
    from: i64,
    /// Days after closing a letter, and after receiving it.
    letter: Option<(i64, i64)>,
    slip: Option<i64>,
    card: Option<i64>,
}

impl Terms {
    fn covers(&self, kind: Kind) -> bool {
        match kind {
            Kind::Letter => self.letter.is_some(),
            Kind::Slip => self.slip.is_some(),
            Kind::Card => self.card.is_some(),
        }
    }

    /// When a record falls due by this notice alone.
    fn due(&self, one: &Known) -> Option<i64> {
        match one.kind {
            Kind::Letter => {
                let (closed, received) = self.letter?;
                Some(one.closed.map_or(i64::MAX, |day| day + closed).min(one.begun + received))
            }
            Kind::Slip => Some(one.begun + self.slip?),
            Kind::Card => Some(one.begun + self.card?),
        }
    }

    fn text(&self, version: usize) -> String {
        let mut text = format!(
            "[notice]\nid = \"model\"\nversion = \"{version}\"\neffective = {}\nlanguage = \"en-GB\"\n\
             jurisdiction = \"uk\"\nbackup_window = \"14 days\"\n\n{HEAD}",
            day(self.from)
        );
        let mut kind = |kind: Kind, keep: String, warn: &str| {
            let id = kind.id();
            let _ = write!(
                text,
                "\n[[kind]]\nid = \"{id}\"\nwords = \"A {id}\"\nsubject = \"writer\"\nfields = {{ name = \"required\" }}\n\
                 source = {{ default = \"you\" }}\npurposes = [\"answer\", \"show-you\", \"delete-on-time\"]\n\
                 keep = \"{keep}\"\n{warn}then = \"erase\"\n"
            );
        };
        if let Some((closed, received)) = self.letter {
            let keep = format!("earliest of {closed} days after letter.closed, {received} days after letter.received");
            kind(Kind::Letter, keep, "warn = [\"5 days\", \"3 days\"]\n");
        }
        if let Some(days) = self.slip {
            kind(Kind::Slip, format!("{days} days after slip.taken"), "");
        }
        if let Some(days) = self.card {
            kind(Kind::Card, format!("{days} days after card.used"), "");
        }
        text
    }
}

const HEAD: &str = r#"
[controller]
name = "Example Limited"
short = "Example"
address = "1 Example Street"

[[contact]]
id = "officer"
role = "Data protection officer"
email = "privacy@example.example"

[[contact]]
id = "regulator"
role = "Information Commissioner"
web = "https://ico.org.uk/"

[[subject]]
id = "writer"
words = "People who write"

[[subject]]
id = "staff"
words = "People who work for us"

[[field]]
id = "name"
label = "Name"
type = "text"
category = "identity"

[[purpose]]
id = "answer"
words = "Answer what you write."
basis = "legal-obligation"
by = ["desk", "officer"]

[[purpose]]
id = "show-you"
words = "Show you what we hold about you."
basis = "legal-obligation"
by = ["you"]

[[purpose]]
id = "delete-on-time"
words = "Delete your data on the day it is due."
basis = "legal-obligation"
by = ["sweeper"]

[[event]]
id = "letter.received"
words = "we received your letter"
certain = true

[[event]]
id = "letter.closed"
words = "we closed your letter"

[[event]]
id = "slip.taken"
words = "we took the slip"
certain = true

[[event]]
id = "card.used"
words = "you last used your card"
counts = ["using it"]
certain = true

[[event]]
id = "staff.joined"
words = "you joined us"
certain = true

[[kind]]
id = "staff"
words = "Who works here"
subject = "staff"
fields = { name = "required" }
source = { default = "you" }
purposes = ["answer", "show-you", "delete-on-time"]
keep = "10 years after staff.joined"
then = "erase"
"#;

/// What the model knows of a record.
#[derive(Clone, Debug)]
struct Known {
    person: PersonId,
    ground: Ground,
    holding: HoldingId,
    kind: Kind,
    taken: i64,
    /// Under which notice.
    under: usize,
    /// The day from which its term counts.
    begun: i64,
    closed: Option<i64>,
    destroy: Option<i64>,
    held_until: Option<i64>,
    lifted: Option<i64>,
    /// The day it falls due, and since when that is known.
    forecast: Option<(i64, i64)>,
    /// The days of deletion that its person was warned of for the last time, or could not be.
    warned: BTreeSet<i64>,
    gone: bool,
}

/// The clock as the model sees it, in milliseconds since the model's first midnight.
struct Time {
    wall: i64,
    steady: i64,
    /// Where gains are counted from.
    base: (i64, i64),
    mark: i64,
    /// The steady side at the last mark of this process, or at its start.
    marked: i64,
    /// Each witnessed day with its last mark and what of it went unseen.
    days: BTreeMap<i64, (i64, i64)>,
    /// Confirmed dates: the instant, the last witnessed day before, and the day.
    confirmed: Vec<(i64, i64, i64)>,
}

impl Time {
    fn today(&self) -> i64 {
        self.wall.div_euclid(DAY_MS)
    }

    /// The day by which events are dated.
    fn day(&self) -> i64 {
        self.wall.max(self.mark).div_euclid(DAY_MS)
    }

    fn open(&self) -> bool {
        let gained = (self.wall - self.base.0) - (self.steady - self.base.1);
        self.wall - self.mark <= 48 * HOUR_MS
            && self.mark - self.wall <= HOUR_MS
            && gained <= HOUR_MS
            && self.unseen_in_a_week() <= 48 * HOUR_MS
    }

    fn unseen(&self) -> i64 {
        ((self.wall - self.mark) - (self.steady - self.marked)).max(0)
    }

    /// What went unseen in the last seven witnessed days beyond sixteen hours each.
    fn unseen_in_a_week(&self) -> i64 {
        let mut days: BTreeMap<i64, i64> = self.days.iter().map(|(day, (_, unseen))| (*day, *unseen)).collect();
        *days.entry(self.today()).or_default() += self.unseen();
        days.values().rev().take(7).map(|unseen| (unseen - 16 * HOUR_MS).max(0)).sum()
    }

    fn witness(&mut self) {
        let (today, unseen) = (self.today(), self.unseen());
        let day = self.days.entry(today).or_insert((self.wall, 0));
        *day = (day.0.max(self.wall), day.1 + unseen);
        if self.wall > self.mark {
            (self.mark, self.marked) = (self.wall, self.steady);
        }
    }

    fn confirm(&mut self) {
        let (wall, from, to) = (self.wall, self.mark.div_euclid(DAY_MS), self.today());
        self.days.retain(|_, (mark, _)| *mark <= wall);
        self.days.values_mut().for_each(|(_, unseen)| *unseen = 0);
        self.days.insert(to, (wall, 0));
        self.confirmed.retain(|(at, ..)| *at <= wall);
        self.confirmed.push((wall, from, to));
        (self.base, self.mark, self.marked) = ((wall, self.steady), wall, self.steady);
    }

    /// Whether a jump that was confirmed less than a week ago keeps a record that fell due on a day.
    fn keeps(&self, taken: i64, due: i64) -> bool {
        let jumps = self.confirmed.iter().filter(|(_, from, to)| *to > from + 7 && self.today() < to + 7);
        jumps.into_iter().any(|(_, from, to)| taken < *to && due > from + 7)
    }
}

struct Model {
    time: Time,
    notices: Vec<Terms>,
    known: Vec<Known>,
    /// Notices whose terms every record was looked at under: as the one in force, or as one to come.
    seen: BTreeSet<(usize, bool)>,
    /// Days whose forecast was recorded.
    recorded: BTreeSet<i64>,
    /// Days that may take nothing without a forecast.
    spent: BTreeSet<i64>,
    /// What was met with, so that no rule goes untried.
    met: BTreeSet<Verdict>,
}

/// What a day's run does with a record, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Asked,
    Budget,
    DroppedWaits,
    Foreseen,
    Held,
    Jumped,
    NotDue,
    Short,
    ShortenedWaits,
    UnwarnedWaits,
    Waits,
}

impl Verdict {
    const ALL: [Self; 11] = [
        Self::Asked,
        Self::Budget,
        Self::DroppedWaits,
        Self::Foreseen,
        Self::Held,
        Self::Jumped,
        Self::NotDue,
        Self::Short,
        Self::ShortenedWaits,
        Self::UnwarnedWaits,
        Self::Waits,
    ];

    fn goes(self) -> bool {
        matches!(self, Self::Asked | Self::Budget | Self::Foreseen | Self::Short)
    }
}

impl Model {
    /// The notices that no later one puts aside by beginning no later, in the order of publishing.
    fn standing(&self) -> impl DoubleEndedIterator<Item = usize> {
        let aside = |n: usize| self.notices[n + 1..].iter().any(|later| later.from <= self.notices[n].from);
        (0..self.notices.len()).filter(move |n| !aside(*n))
    }

    fn in_force(&self, day: i64) -> usize {
        self.standing().rfind(|n| self.notices[*n].from <= day).unwrap()
    }

    fn to_come(&self, day: i64) -> impl Iterator<Item = usize> {
        self.standing().filter(move |n| self.notices[*n].from > day)
    }

    /// When a record falls due if this notice is the one in force.
    fn due_under(&self, one: &Known, force: usize) -> i64 {
        let force = &self.notices[force];
        let by_force = force.due(one).map_or(force.from, |day| day.max(force.from));
        self.notices[one.under].due(one).map_or(by_force, |day| day.min(by_force))
    }

    fn due(&self, one: &Known, day: i64) -> i64 {
        self.due_under(one, self.in_force(day))
    }

    /// Records what is now known of when it falls due.
    fn foresee(&self, one: &Known, day: i64) -> Option<(i64, i64)> {
        let ahead = self.to_come(day).map(|n| self.due_under(one, n)).chain([self.due(one, day)]).min().unwrap();
        let since = match one.forecast {
            Some((due, since)) if due <= ahead && since <= day => since,
            _ => day,
        };
        (ahead <= day + 30).then_some((ahead, since))
    }

    fn foresee_all(&mut self, day: i64) {
        for n in 0..self.known.len() {
            self.known[n].forecast = self.foresee(&self.known[n], day);
        }
    }

    /// Looks at every record where a notice came into force or was published.
    fn refresh(&mut self) {
        let day = self.time.today();
        let mut jobs = vec![(self.in_force(day), false)];
        jobs.extend(self.to_come(day).map(|n| (n, true)));
        if jobs.iter().any(|job| !self.seen.contains(job)) {
            self.seen.extend(jobs);
            self.foresee_all(self.time.day());
        }
    }

    /// What a day's run does with a record.
    fn judge(&self, one: &Known) -> Verdict {
        let today = self.time.today();
        let due = self.due(one, today);
        let asked = one.destroy.is_some_and(|day| day <= today);
        if one.gone || !(asked || due <= today) {
            return Verdict::NotDue;
        }
        if one.held_until.is_some_and(|day| today <= day) || one.lifted.is_some_and(|day| today < day + 7) {
            return Verdict::Held;
        }
        if asked {
            return Verdict::Asked;
        }
        if self.time.keeps(one.taken, due) {
            return Verdict::Jumped;
        }
        let covered = self.notices[self.in_force(today)].covers(one.kind);
        let told = self.notices[one.under].due(one).unwrap();
        let forecast = one.forecast.filter(|(due, _)| *due <= today);
        let stood = forecast.is_some_and(|(_, since)| since + 7 <= today);
        let short = forecast.is_some_and(|(_, since)| since == one.taken) && told < one.taken + 7;
        let first = forecast.map_or(due, |(day, _)| day.min(due));
        let warned = one.kind != Kind::Letter || !covered || one.warned.range(first..=today).next().is_some();
        match () {
            () if stood && warned => Verdict::Foreseen,
            () if short && warned => Verdict::Short,
            () if covered && told <= today && !self.spent.contains(&today) => Verdict::Budget,
            () if !covered => Verdict::DroppedWaits,
            () if told > today => Verdict::ShortenedWaits,
            () if stood => Verdict::UnwarnedWaits,
            () => Verdict::Waits,
        }
    }

    /// A day's run: what goes.
    fn run(&mut self) -> BTreeSet<usize> {
        let today = self.time.today();
        self.refresh();
        if self.recorded.insert(today) {
            self.foresee_all(self.time.day());
        }
        let verdicts: Vec<Verdict> = self.known.iter().map(|one| self.judge(one)).collect();
        let goes: BTreeSet<usize> = (0..verdicts.len()).filter(|n| verdicts[*n].goes()).collect();
        for n in &goes {
            self.known[*n].gone = true;
        }
        self.met.extend(verdicts);
        goes
    }
}

/// The n-th day of the model.
fn day(n: i64) -> Date {
    law::parse_iso("2026-11-23").unwrap().saturating_add(Span::new().days(n))
}

fn number(of: Date) -> i64 {
    i64::from((of - day(0)).get_days())
}

struct History {
    house: House,
    model: Model,
    rng: ChaCha20Rng,
    officer: Actor,
    /// Whether no day may take anything without a forecast.
    lean: bool,
    /// Whether nobody is ever warned.
    silent: bool,
    told: Vec<String>,
}

impl History {
    fn begin(seed: u64) -> Self {
        let first = Terms { from: -30, letter: Some((5, 14)), slip: Some(4), card: Some(40) };
        let house = House::under(&first.text(0));
        // The house stands at nine in the morning of the first day, and has witnessed it. It is winter: no hour is missing.
        let officer = officer(&house);
        let time = Time {
            wall: 9 * HOUR_MS,
            steady: 0,
            base: (9 * HOUR_MS, 0),
            mark: 9 * HOUR_MS,
            marked: 0,
            days: BTreeMap::from([(0, (9 * HOUR_MS, 0))]),
            confirmed: Vec::new(),
        };
        let model = Model {
            time,
            notices: vec![first],
            known: Vec::new(),
            seen: BTreeSet::new(),
            recorded: BTreeSet::new(),
            spent: BTreeSet::new(),
            met: BTreeSet::new(),
        };
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let (lean, silent, told) = (seed % 2 == 1, seed % 4 > 1, vec![format!("seed {seed}")]);
        Self { house, model, rng, officer, lean, silent, told }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.rng.next_u64() % n
    }

    /// One that is there and open.
    fn one(&mut self) -> Option<usize> {
        let (day, model) = (self.model.time.day(), &self.model);
        let open = |one: &Known| !one.gone && model.due(one, day) > day && one.destroy.is_none();
        let there: Vec<usize> = (0..model.known.len()).filter(|n| open(&model.known[*n])).collect();
        let n = self.below(there.len().max(1) as u64);
        there.get(usize::try_from(n).unwrap()).copied()
    }

    fn step(mut self) -> Self {
        match self.below(34) {
            0..=5 => self.take(),
            6..=8 | 30..=31 => self.note(Kind::Letter, "letter.closed"),
            9 => self.note(Kind::Card, "card.used"),
            10 => self.withdraw(),
            11 => self.cancel(),
            12 => self.hold(),
            13 => self.lift(),
            14 => self.object(),
            15..=16 | 32..=33 => self.publish(),
            17 => self.spend(),
            18 => self.jump(),
            19 => self.confirm(),
            20 => return self.cut(),
            n => {
                let days = 1 + self.below(if n > 26 { 6 } else { 2 });
                let warns = self.below(8) > 0 && !self.silent;
                (0..days).for_each(|_| self.pass(DAY_MS, warns));
            }
        }
        self
    }

    fn tell(&mut self, what: &str) {
        self.told.push(format!("day {}: {what}", self.model.time.today()));
    }

    fn take(&mut self) {
        let kind = [Kind::Letter, Kind::Letter, Kind::Slip, Kind::Card][usize::try_from(self.below(4)).unwrap()];
        let day = self.model.time.day();
        let under = self.model.in_force(day);
        if !self.model.notices[under].covers(kind) {
            return;
        }
        let notice = self.house.custody.in_force(self::day(day)).unwrap();
        let ask = notice::Ask { actor: "desk", purpose: "answer", kind: kind.id(), fields: notice::Fields::All };
        let allowed = notice.allow(&ask).unwrap();
        let (person, ground, holding) = self
            .house
            .write(move |custody, tx| {
                let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
                let holding = HoldingId::draw(tx.random());
                let record = Record::new().with("name", "Priya Example");
                let events = [kind.begins()];
                let new = New { person, holding, ground, record: &record, events: &events };
                custody.take(tx, &allowed, &Actor::system("desk"), &new)?;
                Ok((person, ground, holding))
            })
            .unwrap();
        let mut one = Known {
            person,
            ground,
            holding,
            kind,
            taken: day,
            under,
            begun: day,
            closed: None,
            destroy: None,
            held_until: None,
            lifted: None,
            forecast: None,
            warned: BTreeSet::new(),
            gone: false,
        };
        one.forecast = self.model.foresee(&one, day);
        self.tell(&format!("take {} {kind:?}", self.model.known.len()));
        self.model.known.push(one);
    }

    fn note(&mut self, kind: Kind, event: &'static str) {
        let Some(n) = self.one().filter(|n| self.model.known[*n].kind == kind) else {
            return;
        };
        let one = self.model.known[n].clone();
        self.house.write(move |custody, tx| custody.note(tx, one.person, one.ground, event)).unwrap();
        let day = self.model.time.day();
        let one = &mut self.model.known[n];
        match kind {
            Kind::Letter => one.closed = one.closed.max(Some(day)),
            Kind::Slip | Kind::Card => one.begun = one.begun.max(day),
        }
        self.model.known[n].forecast = self.model.foresee(&self.model.known[n], day);
        self.tell(&format!("{event} {n}"));
    }

    fn withdraw(&mut self) {
        let Some(n) = self.one() else { return };
        let one = self.model.known[n].clone();
        let destroy =
            self.house.write(move |custody, tx| custody.withdraw(tx, one.person, one.ground, one.kind.id())).unwrap();
        assert_eq!(number(destroy), self.model.time.day() + 7);
        self.model.known[n].destroy = Some(number(destroy));
        self.tell(&format!("withdraw {n}"));
    }

    fn cancel(&mut self) {
        let waits = |one: &Known| !one.gone && one.destroy.is_some();
        let Some(n) = self.model.known.iter().position(waits) else { return };
        let one = self.model.known[n].clone();
        self.house
            .write(move |custody, tx| custody.cancel_withdrawal(tx, one.person, one.ground, one.kind.id()))
            .unwrap();
        self.model.known[n].destroy = None;
        self.tell(&format!("cancel {n}"));
    }

    fn hold(&mut self) {
        let Some(n) = self.one() else { return };
        let (one, officer) = (self.model.known[n].clone(), self.officer.clone());
        let today = self.model.time.day();
        let until = today + i64::try_from(self.below(20)).unwrap();
        let placed = self.house.write(move |custody, tx| {
            custody.place_hold(tx, &officer, one.person, one.ground, HoldReason::Claim, day(until))
        });
        if one.held_until.is_some_and(|last| today <= last && until < last) {
            assert!(matches!(placed, Err(Error::Refused(_))), "{}", self.story());
            return;
        }
        placed.unwrap();
        self.model.known[n].held_until = Some(until);
        self.tell(&format!("hold {n} until {until}"));
    }

    fn lift(&mut self) {
        let held = |one: &Known| !one.gone && one.held_until.is_some();
        let Some(n) = self.model.known.iter().position(held) else { return };
        let (one, officer) = (self.model.known[n].clone(), self.officer.clone());
        self.house.write(move |custody, tx| custody.lift_hold(tx, &officer, one.person, one.ground)).unwrap();
        let today = self.model.time.day();
        let one = &mut self.model.known[n];
        (one.held_until, one.lifted) = (None, Some(today));
        one.forecast = one.forecast.map(|(due, _)| (due, today));
        self.tell(&format!("lift {n}"));
    }

    /// An objection stops a purpose, never a deletion.
    fn object(&mut self) {
        let Some(n) = self.one() else { return };
        let person = self.model.known[n].person;
        self.house
            .write(move |_, tx| {
                let today = tx.today();
                Ok(tx.execute(&OBJECT, &[person.into(), "answer".into(), today.into()])?)
            })
            .unwrap();
        self.tell(&format!("object {n}"));
    }

    /// A notice comes today or later that keeps things shorter, longer or not at all.
    fn publish(&mut self) {
        if self.model.notices.len() > 4 || !self.model.time.open() {
            return;
        }
        let from = self.model.time.today() + [0, 0, 3, 9, 15][usize::try_from(self.below(5)).unwrap()];
        let mut some = |least: u64, more: u64| {
            let days = i64::try_from(least + self.rng.next_u64() % more).unwrap();
            (!self.rng.next_u64().is_multiple_of(5)).then_some(days)
        };
        let terms =
            Terms { from, letter: some(2, 12).map(|closed| (closed, closed + 5)), slip: some(2, 9), card: some(5, 50) };
        publish(&self.house.custody, &terms.text(self.model.notices.len()));
        self.tell(&format!("publish {terms:?}"));
        self.model.notices.push(terms);
    }

    fn spend(&mut self) {
        let today = self.model.time.today();
        self.house.write(move |_, tx| Ok(tx.execute(&NO_BUDGET, &[day(today).into()])?)).unwrap();
        self.model.spent.insert(today);
        self.tell("no budget");
    }

    /// Somebody sets the clock, and whoever is at work in between dates by it.
    fn jump(&mut self) {
        let by = [1, -1, 30, -3, 47, -47, 400 * 24, -20 * 24][usize::try_from(self.below(8)).unwrap()];
        self.set(by);
        for _ in 0..self.below(3) {
            self.take();
        }
        if self.below(4) > 0 {
            self.run();
            self.set(-by);
        }
    }

    fn set(&mut self, hours: i64) {
        self.house.custody.store().clock().jump(SignedDuration::from_hours(hours));
        self.model.time.wall += hours * HOUR_MS;
        self.tell(&format!("jump {hours} h"));
    }

    fn confirm(&mut self) {
        let today = self.model.time.today();
        self.house.custody.confirm_clock(day(today)).unwrap();
        self.model.time.confirm();
        // The program hears of the new mark when it next looks.
        assert_eq!(self.house.custody.guard().unwrap(), Guard::Open);
        self.tell("confirm");
    }

    /// The power goes, and comes back after hours or days; or after weeks, and somebody confirms the date.
    fn cut(mut self) -> Self {
        // Summer stays away: no hour is missing.
        let long = self.below(3) == 0 && self.model.time.today() < 60;
        let hours = if long { 24 * (8 + self.below(14)) } else { 1 + self.below(90) };
        let hours = i64::try_from(hours).unwrap();
        self.house.custody.store().clock().pass(std::time::Duration::from_secs(hours.unsigned_abs() * 3_600));
        let time = &mut self.model.time;
        time.wall += hours * HOUR_MS;
        time.steady += hours * HOUR_MS;
        (time.base, time.marked) = ((time.wall, time.steady), time.steady);
        self.tell(&format!("power cut of {hours} h"));
        self.house = self.house.restart();
        self.run();
        if long {
            self.confirm();
            self.run();
        }
        self
    }

    fn pass(&mut self, ms: i64, warns: bool) {
        self.house.custody.store().clock().pass(std::time::Duration::from_millis(ms.unsigned_abs()));
        self.model.time.wall += ms;
        self.model.time.steady += ms;
        let open = self.look();
        if open && warns {
            self.warn();
        }
        self.run();
    }

    /// The guard says what the model says.
    fn look(&mut self) -> bool {
        let guard = self.house.custody.witness().unwrap();
        let open = self.model.time.open();
        assert_eq!(guard == Guard::Open, open, "{}", self.story());
        if open {
            self.model.time.witness();
        }
        open
    }

    /// Warns of what falls due, as the day's run does; now and then somebody cannot be reached.
    fn warn(&mut self) {
        for warning in self.house.custody.warnings().unwrap() {
            let today = self.model.time.today();
            let n = self.model.known.iter().position(|one| one.ground == warning.ground).unwrap();
            let (one, due) = (&self.model.known[n], number(warning.due_on));
            assert!(!one.gone && one.kind == Kind::Letter && one.destroy.is_none(), "{}", self.story());
            let late = due == today + 7 && self.model.notices[one.under].due(one).unwrap() > today;
            assert!(late || due > today && due <= today + 5, "{}", self.story());
            let reached = self.below(5) > 0;
            let last = warning.step.count == 3;
            self.house
                .write(move |custody, tx| {
                    if reached {
                        custody.warned(tx, &warning)
                    } else {
                        custody.not_warned(tx, &warning, Unwarned::NoContact)
                    }
                })
                .unwrap();
            if last || !reached {
                self.model.known[n].warned.insert(due);
            }
            self.tell(&format!("warn {n} of {due}: {reached}"));
        }
    }

    /// A day's run, and what became of every record.
    fn run(&mut self) {
        if self.lean {
            self.spend();
        }
        let open = self.look();
        let report = self.house.run_day().unwrap();
        assert_eq!(report.stopped, !open, "{}", self.story());
        let goes = if open { self.model.run() } else { BTreeSet::new() };
        let told = format!("run: {goes:?}");
        self.tell(&told);
        let there: Vec<(PersonId, HoldingId)> = self.model.known.iter().map(|one| (one.person, one.holding)).collect();
        let there = self
            .house
            .custody
            .store()
            .read_blocking("there", move |tx| {
                let mut found = BTreeMap::new();
                for (n, (person, holding)) in there.iter().enumerate() {
                    let row = tx.optional(&FIND_HOLDING, &[(*person).into(), (*holding).into()])?;
                    found.insert(n, row.is_some());
                }
                Ok::<_, store::Error>(found)
            })
            .unwrap();
        for (n, there) in there {
            let one = &self.model.known[n];
            assert_eq!(there, !one.gone, "record {n} {one:?}\n{}", self.story());
        }
        assert_eq!(report.erased, goes.len() as u64, "{}", self.story());
    }

    fn story(&self) -> String {
        self.told.join("\n")
    }
}

fn officer(house: &House) -> Actor {
    let allowed = house.allow("officer", "answer", "staff");
    house
        .write(move |custody, tx| {
            let (person, ground) = (PersonId::draw(tx.random()), Ground::draw(tx.random()));
            let holding = HoldingId::draw(tx.random());
            let record = Record::new().with("name", "Tomos Pugh");
            let new = New { person, holding, ground, record: &record, events: &["staff.joined"] };
            custody.take(tx, &allowed, &Actor::system("officer"), &new)?;
            Ok(Actor::staff("officer", person))
        })
        .unwrap()
}

/// Lives through the histories of one test.
fn live(test: u64) {
    in_memory();
    let mut met = BTreeSet::new();
    for seed in test * EACH..(test + 1) * EACH {
        let mut history = History::begin(seed);
        for _ in 0..STEPS {
            history = history.step();
        }
        history.house.custody.verify_log().unwrap();
        met.extend(history.model.met);
    }
    assert!(Verdict::ALL.iter().all(|verdict| met.contains(verdict)), "only {met:?} was tried");
}

macro_rules! histories {
    ($($name:ident $test:literal)*) => {$(
        #[test]
        fn $name() {
            live($test);
        }
    )*};
}

histories! {
    the_guard_lets_go_what_the_model_lets_go_0 0
    the_guard_lets_go_what_the_model_lets_go_1 1
    the_guard_lets_go_what_the_model_lets_go_2 2
    the_guard_lets_go_what_the_model_lets_go_3 3
}
