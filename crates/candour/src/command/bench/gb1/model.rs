//! The model in memory: what every operation must answer.

use super::super::clauses::{KINDS, days};
use super::act::{Act, Answer, Attribute, Line, Scope, Terms, Values, effective};
use super::plan::{Plan, class, data, purpose};
use jiff::Span;
use law::Date;
use ledger::Effect;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the program must know.
pub(super) struct Model {
    plan: Plan,
    declared: Vec<Values>,
    records: Vec<Record>,
    terms: BTreeMap<Scope, Terms>,
    objected: BTreeSet<u64>,
    /// What the log has about a person's records, oldest first: of which record, and what.
    log: BTreeMap<u64, Vec<(u64, Effect)>>,
    today: Date,
    operation: u64,
}

/// A record of a number.
#[derive(Clone)]
struct Record {
    version: u64,
    state: State,
    kept_on: Date,
    opened: bool,
}

/// Whether a record opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Gone,
    Live,
    Withdrawn,
}

/// What stands for a person's own terms in the log: no record has this number.
const OWN_TERMS: u64 = u64::MAX;

impl Model {
    /// An empty one, with what the notice declares of each kind.
    pub(super) fn new(plan: Plan, declared: Vec<Values>, today: Date) -> Self {
        let (records, terms, objected, log) = (Vec::new(), BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self { plan, declared, records, terms, objected, log, today, operation: 0 }
    }

    pub(super) fn plan(&self) -> Plan {
        self.plan
    }

    /// How many records were ever taken.
    pub(super) fn records(&self) -> u64 {
        self.records.len() as u64
    }

    /// How many bytes of data are held.
    pub(super) fn bytes(&self) -> u64 {
        let held = |(number, record): (usize, &Record)| {
            (record.state != State::Gone).then(|| data(number as u64, record.version).len() as u64)
        };
        self.records.iter().enumerate().filter_map(held).sum()
    }

    /// A day has come.
    pub(super) fn at(&mut self, today: Date) {
        self.today = today;
    }

    /// The number of the next operation that decides something: later ones win.
    pub(super) fn next_operation(&mut self) -> u64 {
        self.operation += 1;
        self.operation
    }

    /// Takes a record of the next number.
    pub(super) fn insert(&mut self) {
        let number = self.records();
        self.records.push(Record { version: 1, state: State::Live, kept_on: self.today, opened: false });
        self.log.entry(self.plan.user(number)).or_default().push((number, Effect::Take));
    }

    /// The value that an attribute of a scope has now.
    pub(super) fn value_of(&self, scope: Scope, attribute: Attribute) -> u64 {
        let class = match scope {
            Scope::Purpose(n) | Scope::Recipient(n) => n,
            Scope::User(user) => class(user),
        };
        let terms = self.terms.get(&scope);
        effective(&self.declared[at(class)], &terms.into_iter())[attribute as usize]
    }

    /// The people of whom something was withdrawn, with how many records, now that these are destroyed.
    pub(super) fn destroy(&mut self) -> BTreeMap<u64, u64> {
        let mut people = BTreeMap::new();
        for (record, number) in self.records.iter_mut().zip(0..) {
            if record.state == State::Withdrawn {
                record.state = State::Gone;
                *people.entry(self.plan.user(number)).or_default() += 1;
            }
        }
        for user in people.keys() {
            let records = &self.records;
            let stands = |number: u64| number == OWN_TERMS || records[at(number)].state != State::Gone;
            self.log.entry(*user).or_default().retain(|(number, _)| stands(*number));
            // An objection goes with the last that is held of a person.
            if !self.holds(*user) {
                self.objected.remove(user);
            }
        }
        people
    }

    /// What an operation must answer, which also does it here.
    pub(super) fn answer(&mut self, act: Act) -> Answer {
        match act {
            Act::Change(scope, attribute, value) => self.change(scope, attribute, value),
            Act::DeleteRecord(number) => Answer::Changed(self.withdraw(number)),
            Act::DeleteUser(user) => {
                let numbers: Vec<u64> = self.plan.of_user(user, self.records()).collect();
                Answer::Changed(numbers.into_iter().map(|number| self.withdraw(number)).sum())
            }
            Act::Insert(_) => {
                self.insert();
                Answer::Changed(1)
            }
            Act::ListBy(attribute, value) => self.list(|line| line.values[attribute as usize] == value, 0..KINDS),
            Act::ListPurpose(of) => self.list(|_| true, (0..KINDS).filter(|class| purpose(*class) == of)),
            Act::ListUser(user) => self.list_user(user),
            Act::Log(user) => self.read_log(user),
            Act::ReadFor(number) if self.objected.contains(&self.plan.user(number)) && self.lives(number) => {
                Answer::Refused
            }
            Act::ReadFor(number) | Act::ReadOwn(number) => self.open(number),
            Act::ReadUser(user) => self.open_user(user),
            Act::Trace(number) => self.trace(number),
            Act::Update(number) => self.update(number),
        }
    }

    fn change(&mut self, scope: Scope, attribute: Attribute, value: u64) -> Answer {
        let Scope::User(user) = scope else {
            self.decide(scope, attribute, value);
            return Answer::Changed(1);
        };
        let live: Vec<u64> = self.live_of(user).collect();
        if live.is_empty() {
            return Answer::Gone;
        }
        match attribute {
            Attribute::Objection => {
                if !self.objected.remove(&user) {
                    self.objected.insert(user);
                }
            }
            Attribute::Retention => live.iter().for_each(|number| self.records[at(*number)].kept_on = self.today),
            _ => {
                let effect = if self.terms.contains_key(&scope) { Effect::Amend } else { Effect::Take };
                self.log.entry(user).or_default().push((OWN_TERMS, effect));
                self.decide(scope, attribute, value);
            }
        }
        Answer::Changed(live.len() as u64)
    }

    fn decide(&mut self, scope: Scope, attribute: Attribute, value: u64) {
        let operation = self.operation;
        self.terms.entry(scope).or_default().set(attribute, value, operation);
    }

    fn withdraw(&mut self, number: u64) -> u64 {
        if !self.lives(number) {
            return 0;
        }
        self.records[at(number)].state = State::Withdrawn;
        1
    }

    fn update(&mut self, number: u64) -> Answer {
        match self.state(number) {
            State::Gone => Answer::Gone,
            State::Withdrawn => Answer::Refused,
            State::Live => {
                self.records[at(number)].version += 1;
                self.log.entry(self.plan.user(number)).or_default().push((number, Effect::Amend));
                Answer::Changed(1)
            }
        }
    }

    fn open(&mut self, number: u64) -> Answer {
        match self.state(number) {
            State::Gone => Answer::Gone,
            State::Withdrawn => Answer::Refused,
            State::Live => Answer::Opened(vec![self.opened(number)]),
        }
    }

    fn open_user(&mut self, user: u64) -> Answer {
        let live: Vec<u64> = self.live_of(user).collect();
        Answer::Opened(live.into_iter().map(|number| self.opened(number)).collect())
    }

    fn opened(&mut self, number: u64) -> (String, String) {
        let record = &mut self.records[at(number)];
        record.opened = true;
        (data(number, record.version), self.due_on(number))
    }

    fn list(&self, wanted: impl Fn(&Line) -> bool, classes: impl Iterator<Item = u64>) -> Answer {
        let numbers = classes.flat_map(|class| (class..self.records()).step_by(at(KINDS)));
        let lines = numbers.filter(|number| self.lives(*number)).map(|number| self.line(number));
        sorted(lines.filter(|line| wanted(line)).collect())
    }

    fn list_user(&self, user: u64) -> Answer {
        sorted(self.live_of(user).map(|number| self.line(number)).collect())
    }

    fn line(&self, number: u64) -> Line {
        let (class, user) = (class(number), self.plan.user(number));
        let declared = &self.declared[at(class)];
        let scopes = [
            Scope::Purpose(purpose(class)),
            Scope::Recipient(declared[Attribute::Recipient as usize]),
            Scope::User(user),
        ];
        let terms = scopes.iter().filter_map(|scope| self.terms.get(scope));
        let values = effective(declared, &terms);
        Line { number, due_on: self.due_on(number), objected: self.objected.contains(&user), values }
    }

    fn read_log(&self, user: u64) -> Answer {
        let log = self.log.get(&user).map(Vec::as_slice).unwrap_or_default();
        Answer::Effects(log.iter().rev().take(LOG).map(|(_, effect)| *effect).collect())
    }

    fn trace(&self, number: u64) -> Answer {
        let state = self.state(number);
        if state == State::Gone {
            return Answer::Traces([0; 5]);
        }
        let log = self.log.get(&self.plan.user(number)).map(Vec::as_slice).unwrap_or_default();
        let trail = log.iter().filter(|(of, _)| *of == number).count() as u64;
        Answer::Traces([1, 1, trail, u64::from(self.records[at(number)].opened), 1])
    }

    fn due_on(&self, number: u64) -> String {
        let rule = self.declared[at(class(number))][Attribute::Retention as usize];
        let days = i64::try_from(days(rule)).unwrap_or(i64::MAX);
        law::iso(self.records[at(number)].kept_on.saturating_add(Span::new().days(days)))
    }

    fn state(&self, number: u64) -> State {
        self.records.get(at(number)).map_or(State::Gone, |record| record.state)
    }

    fn lives(&self, number: u64) -> bool {
        self.state(number) == State::Live
    }

    fn live_of(&self, user: u64) -> impl Iterator<Item = u64> {
        self.plan.of_user(user, self.records()).filter(|number| self.lives(*number))
    }

    /// Whether anything is held of a person, open or closed.
    fn holds(&self, user: u64) -> bool {
        self.terms.contains_key(&Scope::User(user))
            || self.plan.of_user(user, self.records()).any(|number| self.state(number) != State::Gone)
    }
}

/// How many entries of the log the regulator reads.
pub(super) const LOG: usize = 100;

fn sorted(mut lines: Vec<Line>) -> Answer {
    lines.sort_unstable_by_key(|line| line.number);
    Answer::List(lines)
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
