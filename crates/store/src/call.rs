//! A transaction on its way: the closure, who waits for it, and what it has answered so far.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};
use crate::tx::Tx;

/// A transaction that waits for its turn.
pub(crate) trait Call: Send {
    /// Runs the closure and keeps its answer; `false` when its rows are to be taken back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Gives the kept answer, or the reason why the commit failed.
    fn settle(self: Box<Self>, committed: Result<()>);
    /// The name of the transaction, for traces.
    fn name(&self) -> &'static str;
}

/// A call of the store, with the closure that takes its answer.
pub(crate) struct Waiting<T, E, F, R> {
    name: &'static str,
    f: F,
    reply: R,
    answer: Option<std::result::Result<T, E>>,
}

impl<T, E, F, R> Waiting<T, E, F, R> {
    pub(crate) fn new(name: &'static str, f: F, reply: R) -> Self {
        Self { name, f, reply, answer: None }
    }
}

impl<T, E, F, R> Call for Waiting<T, E, F, R>
where
    T: Send,
    E: From<Error> + Send,
    F: for<'tx> Fn(&mut Tx<'tx>) -> std::result::Result<T, E> + Send,
    R: FnOnce(std::result::Result<T, E>) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // The closure's rows are taken back, and nothing of it is used again, so it may be in any state.
        let answer = catch_unwind(AssertUnwindSafe(|| (self.f)(tx)));
        let answer = answer.unwrap_or_else(|_| Err(Error::Panicked(self.name).into()));
        // A closure that passed over what the engine refused must not believe that its rows are kept.
        let answer = answer.and_then(|value| match tx.failure() {
            None => Ok(value),
            Some(error) => Err(error.clone().into()),
        });
        self.answer.insert(answer).is_ok()
    }

    fn settle(self: Box<Self>, committed: Result<()>) {
        let answer = match committed {
            Ok(()) => self.answer.unwrap_or_else(|| Err(Error::Unknown.into())),
            Err(error) => Err(error.into()),
        };
        (self.reply)(answer);
    }

    fn name(&self) -> &'static str {
        self.name
    }
}
