//! The program's side of the comparison: each operation through custody's own verbs, in a transaction of its own.
//!
//! What lists are made by is, as everywhere in the program, a room's linked codes. The room of enquiries lends its table: `state`
//! is the kind of a record, `touched_at` its number. A ground holds one record, and has the record's own id.

use super::super::super::Cannot;
use super::super::clauses::KINDS;
use super::super::ids::Ids;
use super::super::place::Place;
use super::super::role::{Item, Role, TAKEN};
use super::act::{Act, Answer, Attribute, Line, Scope, Terms, Values, decision, effective};
use super::model::LOG;
use super::plan::{Plan, class, data, declared, field, purpose};
use custody::{Actor, Custody, Error, Ground, HoldingId, PersonId, Record, Result};
use ledger::Leaf;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Row, Tx};

store::statements! {
    /// Lists a record, or a person's own terms.
    INSERT_LISTED = "INSERT INTO enquiry (person_id, ground, reference, topic, state, received_on, answer_by, touched_at) \
        VALUES ($1, $2, '', '', $3, $4, $4, $5)";
    /// The records of a kind, with the day each is due.
    LIST_KIND = "SELECT e.touched_at, e.person_id, h.due_on FROM enquiry e JOIN holding h ON h.person_id = e.person_id \
        AND h.holding_id = e.ground WHERE e.state = $1 ORDER BY e.touched_at";
    /// The records of a person, with the day each is due.
    LIST_PERSON = "SELECT e.touched_at, e.state, h.due_on FROM enquiry e JOIN holding h ON h.person_id = e.person_id \
        AND h.holding_id = e.ground WHERE e.person_id = $1";
    /// The people of a purpose who have terms of their own.
    LIST_TERMS = "SELECT touched_at FROM enquiry WHERE state = $1 ORDER BY touched_at";
    /// Whether a person objected to a purpose.
    FIND_OBJECTION = "SELECT day FROM objection WHERE person_id = $1 AND purpose = $2";
    /// Who objected to a purpose.
    LIST_OBJECTIONS = "SELECT person_id FROM objection WHERE purpose = $1";
    /// A withdrawn record is listed no more.
    UNLIST = "UPDATE enquiry SET state = 'withdrawn' WHERE person_id = $1 AND ground = $2 AND state = $3";
    /// The last entries of the log about a person.
    LIST_LOG = "SELECT l.leaf FROM trail t JOIN log_leaf l ON l.idx = t.idx WHERE t.person_id = $1 ORDER BY t.n DESC LIMIT $2";
    /// What is left of a record.
    COUNT_TRACES = "SELECT (SELECT count(*) FROM holding WHERE person_id = $1 AND holding_id = $2), \
        (SELECT count(*) FROM data_key WHERE person_id = $1 AND holding_id = $2), \
        (SELECT count(*) FROM trail WHERE person_id = $1 AND holding_id = $2), \
        (SELECT count(*) FROM opening WHERE person_id = $1 AND holding_id = $2), \
        (SELECT count(*) FROM enquiry WHERE person_id = $1 AND ground = $2)";
}

/// The program with the records of the comparison in it: cheap to clone.
#[derive(Clone)]
pub(super) struct Records(Arc<Inner>);

struct Inner {
    custody: Custody,
    ids: Ids,
    plan: Plan,
    kinds: Vec<Kind>,
    terms: Role,
}

/// A kind with what the notice declares of it, and who may do what with it.
struct Kind {
    id: String,
    declared: Values,
    /// The desk, for the kind's purpose.
    desk: Role,
    /// The person.
    own: Role,
}

impl Records {
    pub(super) fn new(place: &Place, ids: Ids, plan: Plan) -> std::result::Result<Self, Cannot> {
        let notice = place.custody().in_force(place.today())?;
        let mut kinds = Vec::new();
        for class in 0..KINDS {
            let id = format!("k{class}");
            let values = notice.kind(&id).and_then(|kind| declared(kind, &notice));
            kinds.push(Kind {
                declared: values.ok_or(Cannot(format!("the notice says too little of the kind {id}.")))?,
                desk: Role::new(place, "desk", &format!("p{}", purpose(class)), &id)?,
                own: Role::new(place, "you", "show-you", &id)?,
                id,
            });
        }
        let terms = Role::new(place, "desk", "apply-terms", "terms")?;
        Ok(Self(Arc::new(Inner { custody: place.custody().clone(), ids, plan, kinds, terms })))
    }

    /// What the notice declares of each kind.
    pub(super) fn declared(&self) -> Vec<Values> {
        self.0.kinds.iter().map(|kind| kind.declared).collect()
    }

    /// The person of a number.
    pub(super) fn person(&self, user: u64) -> PersonId {
        self.0.ids.person("user", user)
    }

    /// Takes the record of a number, and lists it.
    pub(super) fn insert_in(&self, tx: &mut Tx<'_>, number: u64) -> Result<()> {
        let (class, (person, holding, ground)) = (class(number), self.at(number));
        let record = Record::new().with(&field(class), data(number, 1));
        let kind = self.kind(class);
        kind.desk.take_in(tx, &Item { person, holding, ground, record }, &[KEPT])?;
        list(tx, person, ground, &kind.id, number)
    }

    /// Takes the terms of a purpose or a recipient, in which nothing is decided yet.
    pub(super) fn begin_terms_in(&self, tx: &mut Tx<'_>, scope: Scope) -> Result<()> {
        let (person, holding, ground) = self.terms_at(scope);
        self.0.terms.take_in(tx, &Item { person, holding, ground, record: Record::new() }, &[TAKEN])
    }

    /// Does an operation, which has this number.
    pub(super) fn answer(&self, act: Act, operation: u64) -> Result<Answer> {
        match act {
            Act::Change(scope, attribute, value) => self
                .write(move |records, tx| records.change(tx, scope, &decision(attribute, value, operation), attribute)),
            Act::DeleteRecord(number) => {
                self.write(move |records, tx| Ok(Answer::Changed(records.withdraw(tx, number)?)))
            }
            Act::DeleteUser(user) => self.write(move |records, tx| {
                let mut withdrawn = 0;
                for number in records.of_person(tx, user)? {
                    withdrawn += records.withdraw(tx, number.0)?;
                }
                Ok(Answer::Changed(withdrawn))
            }),
            Act::Insert(number) => self.write(move |records, tx| {
                records.insert_in(tx, number)?;
                Ok(Answer::Changed(1))
            }),
            Act::ListBy(attribute, value) => self.list(0..KINDS, Some((attribute, value))),
            Act::ListPurpose(of) => self.list((0..KINDS).filter(move |class| purpose(*class) == of), None),
            Act::ListUser(user) => self.write(move |records, tx| records.list_user(tx, user)),
            Act::Log(user) => self.read(move |records, tx| records.log(tx, user)),
            Act::ReadFor(number) => closed(self.write(move |records, tx| records.open(tx, number, false))),
            Act::ReadOwn(number) => closed(self.write(move |records, tx| records.open(tx, number, true))),
            Act::ReadUser(user) => self.write(move |records, tx| {
                let mut opened = Vec::new();
                for (number, _) in records.of_person(tx, user)? {
                    opened.push(records.opened(tx, number, true)?);
                }
                Ok(Answer::Opened(opened))
            }),
            Act::Trace(number) => self.read(move |records, tx| records.trace(tx, number)),
            Act::Update(number) => closed(self.write(move |records, tx| records.update(tx, number))),
        }
    }

    fn write<T: Send + 'static>(
        &self,
        act: impl for<'t> Fn(&Self, &mut Tx<'t>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let records = self.clone();
        self.0.custody.write_blocking("bench_gb1", move |tx| act(&records, tx))
    }

    fn read<T: Send + 'static>(
        &self,
        act: impl for<'t> Fn(&Self, &mut Tx<'t>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let records = self.clone();
        self.0.custody.store().read_blocking("bench_gb1", move |tx| act(&records, tx))
    }

    fn change(&self, tx: &mut Tx<'_>, scope: Scope, decision: &Record, attribute: Attribute) -> Result<Answer> {
        let Scope::User(user) = scope else {
            let (person, holding, _) = self.terms_at(scope);
            self.0.terms.amend_in(tx, (person, holding), |_| decision.clone())?;
            return Ok(Answer::Changed(1));
        };
        let live = self.of_person(tx, user)?;
        if live.is_empty() {
            return Ok(Answer::Gone);
        }
        let (custody, person) = (&self.0.custody, self.person(user));
        match attribute {
            Attribute::Objection => {
                let (purpose, you) = (format!("p{}", purpose(class(user))), Actor::you(person));
                if !custody.object(tx, person, &purpose, &you)? {
                    custody.unobject(tx, person, &purpose, &you)?;
                }
            }
            Attribute::Retention => {
                live.iter().try_for_each(|(number, _)| custody.note(tx, person, self.at(*number).2, KEPT))?;
            }
            _ => self.change_own(tx, user, decision)?,
        }
        Ok(Answer::Changed(live.len() as u64))
    }

    fn change_own(&self, tx: &mut Tx<'_>, user: u64, decision: &Record) -> Result<()> {
        let (person, holding, ground) = self.terms_at(Scope::User(user));
        if self.0.custody.holding_on(tx, person, ground, "terms")?.is_some() {
            return self.0.terms.amend_in(tx, (person, holding), |_| decision.clone()).map(|_| ());
        }
        self.0.terms.take_in(tx, &Item { person, holding, ground, record: decision.clone() }, &[TAKEN])?;
        list(tx, person, ground, &own_terms(class(user)), user)
    }

    /// Withdraws a record, where it is listed: closed from now on, destroyed a week later. Says how many.
    fn withdraw(&self, tx: &mut Tx<'_>, number: u64) -> Result<u64> {
        let (kind, (person, _, ground)) = (self.kind(class(number)), self.at(number));
        let listed = tx.execute(&UNLIST, &[person.into(), ground.into(), kind.id.as_str().into()])?;
        if listed > 0 {
            self.0.custody.withdraw(tx, person, ground, &kind.id)?;
        }
        Ok(listed)
    }

    fn update(&self, tx: &mut Tx<'_>, number: u64) -> Result<Answer> {
        let (class, (person, holding, _)) = (class(number), self.at(number));
        let changes = |version| Record::new().with(&field(class), data(number, version));
        self.kind(class).own.amend_in(tx, (person, holding), changes)?;
        Ok(Answer::Changed(1))
    }

    fn open(&self, tx: &mut Tx<'_>, number: u64, own: bool) -> Result<Answer> {
        Ok(Answer::Opened(vec![self.opened(tx, number, own)?]))
    }

    fn opened(&self, tx: &mut Tx<'_>, number: u64, own: bool) -> Result<(String, String)> {
        let (class, (person, holding, _)) = (class(number), self.at(number));
        let kind = self.kind(class);
        let opened = if own { &kind.own } else { &kind.desk }.open_in(tx, person, holding)?;
        let data = opened.record.value(&field(class)).unwrap_or_default().to_owned();
        Ok((data, opened.due_on.map(law::iso).unwrap_or_default()))
    }

    /// The records of kinds, and what holds for each; of all kinds only those with a value of an attribute.
    ///
    /// What is listed is read beside the writer. What was decided later is opened, under a permit each.
    fn list(
        &self,
        classes: impl Iterator<Item = u64> + Clone + Send + 'static,
        wanted: Option<(Attribute, u64)>,
    ) -> Result<Answer> {
        let purposes: BTreeSet<u64> = classes.clone().map(purpose).collect();
        let known = self.write(move |records, tx| records.known(tx, &purposes))?;
        let whether =
            move |values: &Values| wanted.is_none_or(|(attribute, value)| values[attribute as usize] == value);
        self.read(move |records, tx| {
            let mut lines = Vec::new();
            for class in classes.clone() {
                records.list_kind(tx, &known, class, &whether, &mut lines)?;
            }
            lines.sort_unstable_by_key(|line| line.number);
            Ok(Answer::List(lines))
        })
    }

    fn list_kind(
        &self,
        tx: &mut Tx<'_>,
        known: &KnownTerms,
        class: u64,
        whether: &impl Fn(&Values) -> bool,
        lines: &mut Vec<Line>,
    ) -> Result<()> {
        let kind = self.kind(class);
        let general = known.general(&kind.declared, class);
        let values = effective(&kind.declared, &general.iter().copied());
        let own: BTreeMap<u64, Values> = known
            .own
            .iter()
            .filter(|(user, _)| super::plan::class(**user) == class)
            .map(|(user, terms)| (*user, effective(&kind.declared, &general.iter().copied().chain([terms]))))
            .collect();
        if !whether(&values) && !own.values().any(whether) {
            return Ok(());
        }
        let objected: BTreeSet<[u8; 16]> = tx
            .all(&LIST_OBJECTIONS, &[format!("p{}", purpose(class)).into()])?
            .iter()
            .map(|row| row.get(0))
            .collect::<store::Result<_>>()?;
        for row in tx.all(&LIST_KIND, &[kind.id.as_str().into()])? {
            let number = number(&row)?;
            let values = own.get(&self.0.plan.user(number)).unwrap_or(&values);
            if whether(values) {
                let objected = !objected.is_empty() && objected.contains(&row.get::<[u8; 16]>(1)?);
                lines.push(Line { number, due_on: row.get(2)?, objected, values: *values });
            }
        }
        Ok(())
    }

    /// The terms of purposes, of every recipient, and of the people of these purposes who have some of their own.
    fn known(&self, tx: &mut Tx<'_>, purposes: &BTreeSet<u64>) -> Result<KnownTerms> {
        let mut known = KnownTerms::default();
        for purpose in purposes {
            known.scopes.insert(Scope::Purpose(*purpose), self.terms(tx, Scope::Purpose(*purpose))?);
            for row in tx.all(&LIST_TERMS, &[own_terms(*purpose).into()])? {
                let user = number(&row)?;
                known.own.insert(user, self.terms(tx, Scope::User(user))?);
            }
        }
        let recipients = (0..KINDS).filter(|class| purposes.contains(&purpose(*class)));
        for recipient in recipients.map(|class| self.recipient(class)).collect::<BTreeSet<_>>() {
            known.scopes.insert(Scope::Recipient(recipient), self.terms(tx, Scope::Recipient(recipient))?);
        }
        Ok(known)
    }

    fn list_user(&self, tx: &mut Tx<'_>, user: u64) -> Result<Answer> {
        let live = self.of_person(tx, user)?;
        if live.is_empty() {
            return Ok(Answer::List(Vec::new()));
        }
        let (class, person) = (class(user), self.person(user));
        let (_, _, ground) = self.terms_at(Scope::User(user));
        let mut scopes = vec![self.terms(tx, Scope::Purpose(purpose(class)))?];
        scopes.push(self.terms(tx, Scope::Recipient(self.recipient(class)))?);
        if self.0.custody.holding_on(tx, person, ground, "terms")?.is_some() {
            scopes.push(self.terms(tx, Scope::User(user))?);
        }
        let values = effective(&self.kind(class).declared, &scopes.iter());
        let purpose = format!("p{}", purpose(class));
        let linked = tx.optional(&FIND_OBJECTION, &[person.into(), purpose.into()])?;
        let line = |(number, due_on)| Line { number, due_on, objected: linked.is_some(), values };
        Ok(Answer::List(live.into_iter().map(line).collect()))
    }

    fn terms(&self, tx: &mut Tx<'_>, scope: Scope) -> Result<Terms> {
        let (person, holding, _) = self.terms_at(scope);
        Ok(Terms::read(&self.0.terms.open_in(tx, person, holding)?.record))
    }

    fn log(&self, tx: &mut Tx<'_>, user: u64) -> Result<Answer> {
        let rows = tx.all(&LIST_LOG, &[self.person(user).into(), (LOG as u64).into()])?;
        let effect =
            |row: &Row| Ok(Leaf::decode(&row.get::<Vec<u8>>(0)?).map_err(|_| Error::Nonsense("a leaf"))?.effect);
        Ok(Answer::Effects(rows.iter().map(effect).collect::<Result<_>>()?))
    }

    fn trace(&self, tx: &mut Tx<'_>, number: u64) -> Result<Answer> {
        let (person, holding, _) = self.at(number);
        let row = tx.one(&COUNT_TRACES, &[person.into(), holding.into()])?;
        let mut traces = [0; 5];
        for (i, trace) in traces.iter_mut().enumerate() {
            *trace = u64::try_from(row.get::<i64>(i)?).unwrap_or(0);
        }
        // One row for each purpose and day: whether there is any is what counts.
        traces[3] = traces[3].min(1);
        Ok(Answer::Traces(traces))
    }

    /// The numbers of a person's listed records, with the day each is due.
    fn of_person(&self, tx: &mut Tx<'_>, user: u64) -> Result<Vec<(u64, String)>> {
        // Every record of a person is of one kind, which their number says; what is of another state is no record, or closed.
        let (kind, mut live) = (&self.kind(class(user)).id, Vec::new());
        for row in tx.all(&LIST_PERSON, &[self.person(user).into()])? {
            if row.get::<String>(1)? == *kind {
                live.push((number(&row)?, row.get(2)?));
            }
        }
        live.sort_unstable();
        Ok(live)
    }

    fn at(&self, number: u64) -> (PersonId, HoldingId, Ground) {
        let holding = self.0.ids.holding("record", number);
        (self.person(self.0.plan.user(number)), holding, Ground(holding.0))
    }

    fn terms_at(&self, scope: Scope) -> (PersonId, HoldingId, Ground) {
        let (of, n) = match scope {
            Scope::Purpose(n) => ("terms of a purpose", n),
            Scope::Recipient(n) => ("terms of a recipient", n),
            Scope::User(n) => ("terms of a user", n),
        };
        let holding = self.0.ids.holding(of, n);
        let person = if let Scope::User(user) = scope { self.person(user) } else { self.0.ids.person(of, n) };
        (person, holding, Ground(holding.0))
    }

    fn kind(&self, class: u64) -> &Kind {
        &self.0.kinds[usize::try_from(class % KINDS).unwrap_or(0)]
    }

    fn recipient(&self, class: u64) -> u64 {
        self.kind(class).declared[Attribute::Recipient as usize]
    }
}

/// Terms that were opened for a list.
#[derive(Default)]
struct KnownTerms {
    scopes: BTreeMap<Scope, Terms>,
    own: BTreeMap<u64, Terms>,
}

impl KnownTerms {
    /// What was decided for a kind's purpose and its recipient.
    fn general(&self, declared: &Values, class: u64) -> Vec<&Terms> {
        let scopes = [Scope::Purpose(purpose(class)), Scope::Recipient(declared[Attribute::Recipient as usize])];
        scopes.iter().filter_map(|scope| self.scopes.get(scope)).collect()
    }
}

/// The event that moves a record's clock, and with it the day on which it is due.
const KEPT: &str = "record.kept";

/// How the terms of a person of a class are listed: by the purpose.
fn own_terms(class: u64) -> String {
    format!("terms.p{}", purpose(class))
}

fn list(tx: &mut Tx<'_>, person: PersonId, ground: Ground, state: &str, number: u64) -> Result<()> {
    let today = tx.today();
    tx.execute(&INSERT_LISTED, &[person.into(), ground.into(), state.into(), today.into(), number.into()])?;
    Ok(())
}

fn number(row: &Row) -> Result<u64> {
    u64::try_from(row.get::<i64>(0)?).map_err(|_| Error::Nonsense("a number"))
}

/// What is gone or closed is an answer too.
fn closed(answer: Result<Answer>) -> Result<Answer> {
    match answer {
        Err(Error::Gone) => Ok(Answer::Gone),
        Err(Error::Refused(_)) => Ok(Answer::Refused),
        other => other,
    }
}
