//! A transaction as its closure sees it.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::{LazyLock, Mutex, PoisonError};

use law::{Clock, Date, Timestamp};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use crate::driver::Link;
use crate::error::{Error, Result};
use crate::portability::portability;
use crate::random::Random;
use crate::statement::Statement;
use crate::value::{Row, Val};

crate::statements! {
    @list pub(crate),
    /// The answer that was given to a request of this key.
    FIND_ANSWER = "SELECT answer FROM idempotency WHERE person_id = $1 AND key = $2";
    /// Keeps the answer to a request of this key.
    KEEP_ANSWER = "INSERT INTO idempotency (person_id, key, answer, day) VALUES ($1, $2, $3, $4)";
}

/// A running transaction. `'tx` is its brand: closures are generic over it, so nothing that carries it can leave the
/// closure or be mistaken for something of another transaction.
///
/// ```
/// # use std::marker::PhantomData;
/// # use store::{Error, Store, Tx};
/// struct Proof<'tx>(PhantomData<fn(&'tx ()) -> &'tx ()>);
/// fn prove<'tx>(_: &mut Tx<'tx>) -> Proof<'tx> { Proof(PhantomData) }
/// fn rely<'tx>(_: &mut Tx<'tx>, _: &Proof<'tx>) {}
///
/// fn lawful(store: &Store) -> Result<(), Error> {
///     store.read_blocking("lawful", |tx| { let proof = prove(tx); rely(tx, &proof); Ok(()) })
/// }
/// ```
///
/// What is proved in one transaction does not leave it:
///
/// ```compile_fail
/// # use std::marker::PhantomData;
/// # use store::{Error, Store, Tx};
/// # struct Proof<'tx>(PhantomData<fn(&'tx ()) -> &'tx ()>);
/// # fn prove<'tx>(_: &mut Tx<'tx>) -> Proof<'tx> { Proof(PhantomData) }
/// fn leaks(store: &Store) {
///     let _ = store.read_blocking("leaks", |tx| Ok::<_, Error>(prove(tx)));
/// }
/// ```
///
/// nor does it serve in another:
///
/// ```compile_fail
/// # use std::marker::PhantomData;
/// # use store::{Error, Store, Tx};
/// # struct Proof<'tx>(PhantomData<fn(&'tx ()) -> &'tx ()>);
/// # fn prove<'tx>(_: &mut Tx<'tx>) -> Proof<'tx> { Proof(PhantomData) }
/// # fn rely<'tx>(_: &mut Tx<'tx>, _: &Proof<'tx>) {}
/// fn mistakes<'a, 'b>(one: &mut Tx<'a>, other: &mut Tx<'b>) {
///     let proof = prove(one);
///     rely(other, &proof);
/// }
/// ```
pub struct Tx<'tx> {
    link: &'tx mut (dyn Link + 'tx),
    now: Timestamp,
    random: ChaCha20Rng,
    failure: Option<Error>,
    owes: bool,
    /// Makes `'tx` invariant: a brand can be neither shortened nor prolonged.
    brand: PhantomData<fn(&'tx ()) -> &'tx ()>,
}

impl<'tx> Tx<'tx> {
    pub(crate) fn new(link: &'tx mut (dyn Link + 'tx), clock: &Clock, random: &Random) -> Self {
        Self { link, now: clock.now(), random: random.draw(), failure: None, owes: false, brand: PhantomData }
    }

    /// Runs a statement and counts the rows it changed. After a statement that failed, none runs any more.
    ///
    /// An `INSERT` of one row may be refused as late as by the next statement, or by the commit: where the engine is across a
    /// network, it travels with that. To know before whether a row stands, ask for it.
    pub fn execute(&mut self, statement: &Statement, values: &[Val]) -> Result<u64> {
        self.run(statement, |link| link.execute(statement, values))
    }

    /// Runs several statements in order and counts the rows they changed together. Where the engine is across a network, they
    /// travel in one journey.
    pub fn execute_all(&mut self, statements: &[(&Statement, Vec<Val>)]) -> Result<u64> {
        for (statement, _) in statements {
            sound(statement)?;
        }
        self.link(|link| link.execute_all(statements))
    }

    /// The one row that a statement returns; [`Error::Missing`] if there is none, [`Error::Nonsense`] if there are more.
    pub fn one(&mut self, statement: &Statement, values: &[Val]) -> Result<Row> {
        self.optional(statement, values)?.ok_or(Error::Missing)
    }

    /// The one row that a statement returns, or nothing; [`Error::Nonsense`] if there are more.
    pub fn optional(&mut self, statement: &Statement, values: &[Val]) -> Result<Option<Row>> {
        let mut rows = self.all(statement, values)?;
        if rows.len() > 1 {
            return Err(Error::Nonsense("one row was expected, and there are more"));
        }
        Ok(rows.pop())
    }

    /// Every row that a statement returns.
    pub fn all(&mut self, statement: &Statement, values: &[Val]) -> Result<Vec<Row>> {
        self.run(statement, |link| link.rows(statement, values))
    }

    /// The instant at which this transaction began. It stands still.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The civil day of [`now`](Self::now) in Europe/London.
    pub fn today(&self) -> Date {
        law::london_day(self.now)
    }

    /// The generator of this transaction.
    pub fn random(&mut self) -> &mut ChaCha20Rng {
        &mut self.random
    }

    /// `N` fresh random bytes: an id, a token.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    /// The answer already given to a request of this person under this key, if it was done before.
    pub fn once(&mut self, person: [u8; 16], key: [u8; 16]) -> Result<Option<String>> {
        let row = self.optional(&FIND_ANSWER, &[person.into(), key.into()])?;
        row.map(|row| row.get(0)).transpose()
    }

    /// Keeps the answer, in the transaction of the effect it speaks of. A second answer under one key is
    /// [`Error::Constraint`].
    pub fn done(&mut self, person: [u8; 16], key: [u8; 16], answer: &str) -> Result<()> {
        let today = self.today();
        self.execute(&KEEP_ANSWER, &[person.into(), key.into(), answer.into(), today.into()])?;
        Ok(())
    }

    /// Notes that this transaction owes something to a place outside the database: whoever runs it settles that after the
    /// commit, and before anybody is told that it is done.
    pub fn owe(&mut self) {
        self.owes = true;
    }

    /// Whether something is owed.
    pub fn owes(&self) -> bool {
        self.owes
    }

    /// Whether no other transaction can write before this one has committed, so that it may touch what all of them need.
    pub fn is_only_writer(&self) -> bool {
        self.link.is_only_writer()
    }

    /// What the engine refused: after it, a transaction can only be taken back.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Runs a text that no statement may hold.
    #[cfg(test)]
    pub(crate) fn raw(&mut self, text: &str) -> Result<()> {
        self.link.script(text)
    }

    fn run<T>(&mut self, statement: &Statement, call: impl FnOnce(&mut dyn Link) -> Result<T>) -> Result<T> {
        sound(statement)?;
        self.link(call)
    }

    fn link<T>(&mut self, call: impl FnOnce(&mut dyn Link) -> Result<T>) -> Result<T> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        call(self.link).inspect_err(|error| self.failure = Some(error.clone()))
    }
}

/// Refuses a statement that was made of bad names and, in debug builds, one that is not portable.
fn sound(statement: &Statement) -> Result<()> {
    static SEEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

    if statement.text().is_empty() {
        return Err(Error::Portability(format!("{} was made of names that are not words", statement.name())));
    }
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.contains(statement.text()) {
        return Ok(());
    }
    if let Some(rule) = portability(statement.text()).first() {
        return Err(Error::Portability(format!("{}: {rule}", statement.name())));
    }
    seen.insert(statement.text().to_owned());
    Ok(())
}
