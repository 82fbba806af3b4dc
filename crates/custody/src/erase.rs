//! Erase: keys, record, trail and everything that hangs on a holding, in one transaction; the intent is in the journal
//! outside the database before, and the log of the database is truncated after.

use crate::evidence::append;
use crate::guard::Witnessed;
use crate::owed::of_id;
use crate::permit::{Case, Held, Verdict, Way};
use crate::release::Allowance;
use crate::{Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use law::Date;
use std::collections::{BTreeMap, BTreeSet};
use store::{DiesWith, Statement, Tx, Val};
use vault::Journal;

/// What dies with a holding, a ground or a person: one statement for each table that `columns.toml` names.
pub(crate) struct Dying {
    holding: Vec<Statement>,
    ground: Vec<Statement>,
    /// Everything of a person at once, when nothing is left.
    person: Vec<Statement>,
}

impl Dying {
    pub(crate) fn new(columns: &store::Columns) -> Self {
        let all = |dies: DiesWith| {
            let tables = columns.tables().filter(|(name, with)| *with == dies && *name != "holding");
            tables.map(|(name, with)| store::delete_by(name, with.key())).collect()
        };
        let of_people = columns.tables().filter(|(_, with)| *with != DiesWith::Never);
        let person = of_people.map(|(name, _)| store::delete_by(name, DiesWith::Person.key())).collect();
        Self { holding: all(DiesWith::Holding), ground: all(DiesWith::Ground), person }
    }
}

/// How many erasures share a transaction, so that requests go on between them; one person's share one however many they are.
const TOGETHER: usize = 40;

/// What became of a holding that was to be erased.
enum Ended {
    /// It is erased; its leaf has this index.
    Erased(u64),
    /// It was gone before.
    Gone,
    /// It stays: what was found before is no longer so.
    Stays,
}

/// Holdings of one person.
type OfOne = (PersonId, Vec<HoldingId>);

impl Custody {
    /// Erases these holdings and says how many. Each is judged again in the transaction that erases it, and stays where the
    /// judgement changed. Idempotent: what is gone is counted as nothing.
    ///
    /// The intent of one that stays is never answered by a done: a restore that finds it looks whether the holding is there.
    pub(crate) fn erase(&self, witnessed: &Witnessed, batch: &[(PersonId, HoldingId)]) -> Result<u64> {
        let people = by_person(batch);
        let intent = self.intend(witnessed.day(), &people)?;
        let mut ended = Vec::with_capacity(batch.len());
        let outcome = together(people).into_iter().try_for_each(|people| {
            ended.extend(self.erase_together(witnessed, people)?);
            Ok(())
        });
        self.settle(intent, &ended)?;
        outcome.map(|()| erased(&ended))
    }

    /// Erases, in one transaction, whatever of a person may be destroyed today, flagged by a sweep or not, and says how many
    /// holdings that were. While the guard is closed that is nothing.
    pub fn erase_person(&self, person: PersonId) -> Result<u64> {
        let Some(witnessed) = self.witnessed()? else {
            return Ok(0);
        };
        let day = witnessed.day();
        let (doomed, asked) = self.store().read_blocking("list_doomed", move |tx| {
            let rows = tx.all(&rows::LIST_PERSON_DOOMED, &[person.into(), day.into()])?;
            let doomed = rows.iter().map(|row| Ok(HoldingId(row.get(0)?))).collect::<Result<Vec<_>>>()?;
            let asked = rows.iter().map(|row| Ok(row.get::<Option<Date>>(1)?.is_some())).collect::<Result<Vec<_>>>()?;
            Ok::<_, Error>((doomed, asked.into_iter().all(|asked| asked)))
        })?;
        if doomed.is_empty() {
            return Ok(0);
        }
        if !asked {
            self.begin_budget(day)?;
        }
        let people = vec![(person, doomed)];
        let intent = self.intend(day, &people)?;
        let ended = self.erase_together(&witnessed, people)?;
        self.settle(intent, &ended)?;
        Ok(erased(&ended))
    }

    fn intend(&self, day: Date, people: &[OfOne]) -> Result<u64> {
        let holdings = people.iter().flat_map(|(_, holdings)| holdings);
        let entries: Vec<_> = holdings.map(|holding| (of_id(holding.0), vault::Effect::Erase)).collect();
        if entries.is_empty() {
            return Ok(0);
        }
        self.journal(|journal| journal.intent(day, &entries))
    }

    fn settle(&self, intent: u64, ended: &[Ended]) -> Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        self.journal(|journal| settle(journal, intent, ended))
    }

    fn erase_together(&self, witnessed: &Witnessed, people: Vec<OfOne>) -> Result<Vec<Ended>> {
        let (custody, witnessed) = (self.clone(), witnessed.again());
        let _turn = self.appending();
        self.write_blocking("erase", move |tx| {
            let mut allowance = Allowance::of_holdings(tx, witnessed.day())?;
            let mut ended = Vec::new();
            for (person, holdings) in &people {
                ended.extend(custody.erase_of(tx, *person, holdings, &witnessed, &mut allowance)?);
            }
            allowance.spend(tx)?;
            Ok::<_, Error>(ended)
        })
    }

    /// Judges a person's holdings again and erases those that may go.
    fn erase_of(
        &self,
        tx: &mut Tx<'_>,
        person: PersonId,
        holdings: &[HoldingId],
        witnessed: &Witnessed,
        allowance: &mut Allowance,
    ) -> Result<Vec<Ended>> {
        let cases = self.cases(tx, person, witnessed.day())?;
        let all = cases.len();
        let mut cases: BTreeMap<HoldingId, Case> = cases.into_iter().map(|case| (case.held.holding, case)).collect();
        let (mut doomed, mut ended) = (Vec::new(), Vec::with_capacity(holdings.len()));
        for holding in holdings {
            let Some(case) = cases.remove(holding) else {
                ended.push(Ended::Gone);
                continue;
            };
            match self.verdict_on(tx, case, witnessed)? {
                Verdict::Destroy(permit, way) if way != Way::Unforeseen || allowance.take() => {
                    // Counted from the first until that is known.
                    ended.push(Ended::Erased(doomed.len() as u64));
                    doomed.push(permit.held);
                }
                _ => ended.push(Ended::Stays),
            }
        }
        let first = self.destroy_rows(tx, person, &doomed, doomed.len() == all)?;
        for ended in &mut ended {
            if let Ended::Erased(index) = ended {
                *index += first;
            }
        }
        Ok(ended)
    }

    /// Destroys holdings of a person, with everything that hangs on them, and leaves a leaf for each: the index of the first.
    /// `all` says that nothing else is held about the person.
    pub(crate) fn destroy_rows(&self, tx: &mut Tx<'_>, person: PersonId, doomed: &[Held], all: bool) -> Result<u64> {
        if doomed.is_empty() {
            return Ok(0);
        }
        // What this transaction did before has its leaves before these, and the outbox keeps no row of the person.
        Self::integrate(tx)?;
        if all {
            let dying = self.dying().person.iter().map(|statement| (statement, vec![person.into()]));
            tx.execute_all(&dying.collect::<Vec<_>>())?;
        } else {
            self.destroy_some(tx, person, doomed)?;
        }
        // They name nobody, so those of one kind are alike.
        let mut of_kind: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        let mut leaves = Vec::with_capacity(doomed.len());
        for held in doomed {
            if !of_kind.contains_key(held.kind.as_str()) {
                of_kind.insert(&held.kind, self.erased_leaf(tx, &held.kind)?);
            }
            leaves.extend(of_kind.get(held.kind.as_str()).cloned());
        }
        append(tx, &leaves)
    }

    fn destroy_some(&self, tx: &mut Tx<'_>, person: PersonId, doomed: &[Held]) -> Result<()> {
        for held in doomed {
            let key: [Val; 2] = [person.into(), held.holding.into()];
            let dying = self.dying().holding.iter().chain([&rows::DELETE_HOLDING]);
            tx.execute_all(&dying.map(|statement| (statement, key.to_vec())).collect::<Vec<_>>())?;
        }
        let grounds: BTreeSet<Ground> = doomed.iter().map(|held| held.ground).collect();
        for ground in grounds {
            self.destroy_ground(tx, person, ground)?;
        }
        Ok(())
    }

    /// When nothing is held on a ground any more, its linked rows and look-ups go too.
    fn destroy_ground(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground) -> Result<()> {
        if tx.one(&rows::COUNT_GROUND, &[person.into(), ground.into()])?.get::<i64>(0)? > 0 {
            return Ok(());
        }
        let dying = self.dying().ground.iter().map(|statement| (statement, vec![person.into(), ground.into()]));
        tx.execute_all(&dying.collect::<Vec<_>>())?;
        Ok(())
    }
}

/// The same holdings, person by person, in the order given.
fn by_person(batch: &[(PersonId, HoldingId)]) -> Vec<OfOne> {
    let same = |a: &(PersonId, HoldingId), b: &(PersonId, HoldingId)| a.0 == b.0;
    let people = batch.chunk_by(same);
    people.map(|one| (one[0].0, one.iter().map(|(_, holding)| *holding).collect())).collect()
}

/// The people whose holdings go in one transaction, transaction by transaction.
fn together(people: Vec<OfOne>) -> Vec<Vec<OfOne>> {
    let (mut all, mut count) = (vec![Vec::new()], 0);
    for one in people {
        if count >= TOGETHER {
            all.push(Vec::new());
            count = 0;
        }
        count += one.1.len();
        if let Some(last) = all.last_mut() {
            last.push(one);
        }
    }
    all
}

fn erased(ended: &[Ended]) -> u64 {
    ended.iter().filter(|ended| matches!(ended, Ended::Erased(_))).count() as u64
}

/// Answers the intents from `first` on for what is gone, run by run.
fn settle(journal: &mut Journal, first: u64, ended: &[Ended]) -> vault::Result<()> {
    let mut from = first;
    for run in ended.split(|ended| matches!(ended, Ended::Stays)) {
        let leaves: Vec<Option<u64>> = run
            .iter()
            .map(|ended| match ended {
                Ended::Erased(index) => Some(*index),
                Ended::Gone | Ended::Stays => None,
            })
            .collect();
        journal.done(from, &leaves)?;
        // The one that ended the run stays.
        from += leaves.len() as u64 + 1;
    }
    Ok(())
}
