//! Doing again what the journal says was done.

use super::{Begun, Purpose};
use crate::owed::{of_event, of_id, of_purpose, of_version};
use crate::permit::find;
use crate::retention::{Cursor, START};
use crate::standing::Check;
use crate::{Custody, Error, Ground, HoldReason, HoldingId, PersonId, Record, Result, rows};
use jiff::Span;
use law::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Tx;
use vault::{Bound, Effect, Entry};

/// How many holdings are looked at in a page.
const PAGE: u64 = 2_000;

/// How long a hold of which nothing else is known lasts: an officer looks at it before.
const HOLD_DAYS: i64 = 30;

type Hash = [u8; 32];

/// The last that the journal says of something: whether it stands, and since when.
type Last = HashMap<Hash, (bool, Date)>;

/// What the journal wants done.
#[derive(Default)]
pub(crate) struct Wanted {
    erased: HashSet<Hash>,
    /// An erasure began, and no line says that it ended.
    intended: HashSet<Hash>,
    replaced: HashSet<Hash>,
    restricted: Last,
    objected: Last,
    withdrawn: Last,
    held: Last,
    /// Events that ended a ground, and the last day of each.
    ended: HashMap<Hash, Date>,
}

/// One thing to be done again.
enum Deed {
    Erase(PersonId, HoldingId),
    /// Its erasure began.
    Close(PersonId, HoldingId),
    /// A version that was replaced: the first that was not.
    Shut(PersonId, HoldingId, u64),
    Restrict(PersonId, HoldingId, (bool, Date)),
    Hold(PersonId, HoldingId, (bool, Date)),
    Object(PersonId, String, (bool, Date)),
    Withdraw(PersonId, Ground, (bool, Date)),
    End(PersonId, Ground, String, Date),
}

/// Counts of what was done.
#[derive(Clone, Copy, Default)]
struct Done {
    shut: u64,
    closed: u64,
    applied: u64,
}

/// Whom and what the pages have come past.
#[derive(Default)]
struct Passed {
    person: Option<PersonId>,
    grounds: BTreeSet<Ground>,
}

impl Wanted {
    pub(crate) fn of(journal: &[Entry]) -> Self {
        let mut wanted = Self::default();
        for &Entry { hash, effect, day, done, .. } in journal {
            let last = |last: &mut Last, stands| {
                last.insert(hash, (stands, day));
            };
            match effect {
                Effect::Erase if done => drop(wanted.erased.insert(hash)),
                Effect::Erase => drop(wanted.intended.insert(hash)),
                Effect::Replace => drop(wanted.replaced.insert(hash)),
                Effect::Restrict => last(&mut wanted.restricted, true),
                Effect::Unrestrict => last(&mut wanted.restricted, false),
                Effect::Object => last(&mut wanted.objected, true),
                Effect::Unobject => last(&mut wanted.objected, false),
                Effect::Withdraw => last(&mut wanted.withdrawn, true),
                Effect::Keep => last(&mut wanted.withdrawn, false),
                Effect::Hold => last(&mut wanted.held, true),
                Effect::Unhold => last(&mut wanted.held, false),
                Effect::End => drop(wanted.ended.insert(hash, day)),
                Effect::Notice => {}
            }
        }
        wanted
    }

    /// Whether the journal says that a holding was erased.
    pub(crate) fn was_erased(&self, holding: HoldingId) -> bool {
        self.erased.contains(&of_id(holding.0))
    }

    /// What is to be done with a holding.
    fn of_holding(&self, person: PersonId, holding: HoldingId, version: u64, copy_day: Date) -> Vec<Deed> {
        let hash = of_id(holding.0);
        if self.erased.contains(&hash) {
            return vec![Deed::Erase(person, holding)];
        }
        let mut deeds = Vec::new();
        if self.intended.contains(&hash) {
            deeds.push(Deed::Close(person, holding));
        }
        let is_replaced =
            |version: u64| !self.replaced.is_empty() && self.replaced.contains(&of_version(holding.0, version));
        if is_replaced(version) {
            // Versions are never given twice: the next is one that nobody replaced.
            let mut next = version + 1;
            while is_replaced(next) {
                next += 1;
            }
            deeds.push(Deed::Shut(person, holding, next));
        }
        if let Some(last) = self.restricted.get(&hash) {
            deeds.push(Deed::Restrict(person, holding, *last));
        }
        // A hold of before the copy stands in it as it was placed.
        if let Some(last) = self.held.get(&hash).filter(|(stands, day)| !stands || *day >= copy_day) {
            deeds.push(Deed::Hold(person, holding, *last));
        }
        deeds
    }

    /// What is to be done with a ground, once however many holdings stand on it.
    fn of_ground(&self, person: PersonId, ground: Ground, events: &BTreeSet<String>) -> Vec<Deed> {
        let withdrawn = self.withdrawn.get(&of_id(ground.0)).map(|last| Deed::Withdraw(person, ground, *last));
        let ended = events.iter().filter(|_| !self.ended.is_empty()).filter_map(|event| {
            let day = self.ended.get(&of_event(ground.0, event))?;
            Some(Deed::End(person, ground, event.clone(), *day))
        });
        withdrawn.into_iter().chain(ended).collect()
    }

    fn of_person(&self, person: PersonId, purposes: &BTreeSet<String>) -> Vec<Deed> {
        if self.objected.is_empty() {
            return Vec::new();
        }
        let last = |purpose: &String| self.objected.get(&of_purpose(person.0, purpose)).copied();
        let deed = |purpose: &String| Some(Deed::Object(person, purpose.clone(), last(purpose)?));
        purposes.iter().filter_map(deed).collect()
    }
}

impl Custody {
    /// Looks at every holding of the copy and does with it what the journal wants.
    pub(super) fn do_again(&self, wanted: &Wanted, begun: Begun, purpose: Purpose) -> Result<()> {
        let (purposes, events) = (self.ever_declared()?, self.events_ever_declared()?);
        let (mut passed, mut after) = (Passed::default(), Some(START));
        while let Some(from) = after {
            let page = self.store().read_blocking("page_versions", move |tx| versions(tx, from))?;
            after = page.last().map(|one| (one.person.0, one.holding.0));
            let mut deeds = Vec::new();
            for one in &page {
                if passed.person != Some(one.person) {
                    passed = Passed { person: Some(one.person), grounds: BTreeSet::new() };
                    deeds.extend(wanted.of_person(one.person, &purposes));
                }
                if passed.grounds.insert(one.ground) {
                    deeds.extend(wanted.of_ground(one.person, one.ground, &events));
                }
                deeds.extend(wanted.of_holding(one.person, one.holding, one.version, begun.copy_day));
            }
            if !deeds.is_empty() {
                self.do_page(deeds, begun, purpose)?;
            }
        }
        Ok(())
    }

    /// What is erased again has its lines in the journal again: the journal names every erasure of the log.
    fn do_page(&self, deeds: Vec<Deed>, begun: Begun, purpose: Purpose) -> Result<()> {
        let erased = deeds.iter().filter_map(|deed| match deed {
            Deed::Erase(_, holding) => Some((of_id(holding.0), Effect::Erase)),
            _ => None,
        });
        let lines: Vec<_> = erased.collect();
        let writes = purpose == Purpose::Service && !lines.is_empty();
        let today = self.store().clock().today();
        let intent = if writes { self.journal(|journal| journal.intent(today, &lines))? } else { 0 };
        let custody = self.clone();
        let leaves = self.write_blocking("do_again", move |tx| {
            let leaves = custody.erase_again(tx, &deeds)?;
            let done = custody.do_rest(tx, &deeds)?;
            begun.count(tx, [0, leaves.len() as u64, done.shut, done.closed, done.applied])?;
            Ok::<_, Error>(leaves)
        })?;
        if writes { self.journal(|journal| journal.done(intent, &leaves)) } else { Ok(()) }
    }

    /// The holdings of this copy that the journal says were erased since.
    pub(crate) fn erased_since(&self, wanted: &Wanted) -> Result<Vec<(PersonId, HoldingId)>> {
        let (mut erased, mut after) = (Vec::new(), Some(START));
        while let Some(from) = after {
            let page = self.store().read_blocking("page_versions", move |tx| versions(tx, from))?;
            after = page.last().map(|one| (one.person.0, one.holding.0));
            let since = page.iter().filter(|one| wanted.was_erased(one.holding));
            erased.extend(since.map(|one| (one.person, one.holding)));
        }
        Ok(erased)
    }

    /// Every purpose that a published notice declares or declared.
    fn ever_declared(&self) -> Result<BTreeSet<String>> {
        let notices = self.notices()?;
        let purposes = notices.iter().flat_map(|one| one.notice.purposes().iter().map(|purpose| purpose.id.clone()));
        Ok(purposes.collect())
    }

    /// Every clock event that a published notice declares or declared.
    fn events_ever_declared(&self) -> Result<BTreeSet<String>> {
        let notices = self.notices()?;
        Ok(notices.iter().flat_map(|one| one.notice.events().iter().map(|event| event.id.clone())).collect())
    }

    /// After the erasures: whoever is gone objects to nothing.
    fn do_rest(&self, tx: &mut Tx<'_>, deeds: &[Deed]) -> Result<Done> {
        let mut done = Done::default();
        for deed in deeds {
            match deed {
                Deed::Erase(..) => {}
                Deed::Close(person, holding) => done.closed += check_up(tx, *person, *holding, Check::Intent)?,
                Deed::Shut(person, holding, next) => done.shut += self.shut(tx, *person, *holding, *next)?,
                Deed::Restrict(person, holding, (stands, day)) => {
                    let key = [(*person).into(), (*holding).into(), (*day).into()];
                    done.applied += if *stands {
                        tx.execute(&rows::INSERT_RESTRICTION, &key)?
                    } else {
                        tx.execute(&rows::DELETE_RESTRICTION, &key[..2])?
                    };
                }
                Deed::Hold(person, holding, last) => done.applied += hold_again(tx, *person, *holding, *last)?,
                Deed::Object(person, purpose, (stands, day)) => {
                    let key = [(*person).into(), purpose.as_str().into(), (*day).into()];
                    done.applied += if !*stands {
                        tx.execute(&rows::DELETE_OBJECTION, &key[..2])?
                    } else if tx.one(&rows::COUNT_PERSON, &key[..1])?.get::<i64>(0)? > 0 {
                        tx.execute(&rows::INSERT_OBJECTION, &key)?
                    } else {
                        0
                    };
                }
                Deed::Withdraw(person, ground, last) => done.applied += withdraw_again(tx, *person, *ground, *last)?,
                Deed::End(person, ground, event, day) => {
                    done.applied += self.end_again(tx, *person, *ground, event, *day)?;
                }
            }
        }
        Ok(done)
    }

    /// Erases, person by person; gives the index of each leaf, in the order of the deeds, which is that of the keys.
    fn erase_again(&self, tx: &mut Tx<'_>, deeds: &[Deed]) -> Result<Vec<Option<u64>>> {
        let mut people: BTreeMap<PersonId, Vec<HoldingId>> = BTreeMap::new();
        for deed in deeds {
            if let Deed::Erase(person, holding) = deed {
                people.entry(*person).or_default().push(*holding);
            }
        }
        let mut leaves = Vec::new();
        for (person, holdings) in people {
            let held = holdings.into_iter().map(|holding| find(tx, person, holding)).collect::<Result<Vec<_>>>()?;
            let all = tx.one(&rows::COUNT_PERSON, &[person.into()])?.get::<u64>(0)? == held.len() as u64;
            let first = self.destroy_rows(tx, person, &held, all)?;
            leaves.extend((first..).take(held.len()).map(Some));
        }
        Ok(leaves)
    }

    fn end_again(&self, tx: &mut Tx<'_>, person: PersonId, ground: Ground, event: &str, day: Date) -> Result<u64> {
        if tx.one(&rows::COUNT_GROUND, &[person.into(), ground.into()])?.get::<i64>(0)? == 0 {
            return Ok(0);
        }
        let moved = tx.execute(&rows::UPSERT_CLOCK, &[person.into(), ground.into(), event.into(), day.into()])?;
        self.refresh_ground(tx, person, ground)?;
        Ok(moved)
    }

    /// Shuts a value that had been replaced: it is overwritten by an empty one under a content key of its own, so that it opens
    /// never again; the newer one is lost, and an officer asks the person.
    fn shut(&self, tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, next: u64) -> Result<u64> {
        let held = find(tx, person, holding)?;
        if held.version >= next {
            return Ok(0);
        }
        let keys = self.unwrap(&held)?.renew(tx.random());
        let bound = Bound { person: &person.0, holding: &holding.0, kind: &held.kind, version: next };
        let sealed = keys.content().seal(&Record::new().encode()?, &bound, tx.random());
        let (epoch, wrapped) = self.wrap(tx, &keys, &bound)?;
        let values = [person.into(), holding.into(), next.into(), sealed.into(), held.version.into()];
        tx.execute(&rows::UPDATE_HOLDING, &values)?;
        tx.execute(&rows::UPDATE_KEY, &[person.into(), holding.into(), epoch.into(), wrapped.into()])?;
        check_up(tx, person, holding, Check::Replaced)?;
        Ok(1)
    }
}

/// A holding as the pages have it.
struct Standing {
    person: PersonId,
    holding: HoldingId,
    ground: Ground,
    version: u64,
}

fn versions(tx: &mut Tx<'_>, from: Cursor) -> Result<Vec<Standing>> {
    let page = tx.all(&rows::PAGE_VERSIONS, &[from.0.into(), from.1.into(), PAGE.into()])?;
    let read = |row: &store::Row| -> Result<Standing> {
        let (person, holding) = (PersonId(row.get(0)?), HoldingId(row.get(1)?));
        Ok(Standing { person, holding, ground: Ground(row.get(2)?), version: row.get(3)? })
    };
    page.iter().map(read).collect()
}

/// A holding waits for an officer, unless it does already.
fn check_up(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, why: Check) -> Result<u64> {
    let today = tx.today();
    Ok(tx.execute(&rows::INSERT_CHECK_UP, &[person.into(), holding.into(), why.code().into(), today.into()])?)
}

/// A hold that was placed since is placed again without its reason, unless one stands; either way an officer looks at it.
fn hold_again(tx: &mut Tx<'_>, person: PersonId, holding: HoldingId, (stands, day): (bool, Date)) -> Result<u64> {
    let (key, today) = ([person.into(), holding.into()], tx.today());
    if !stands {
        let lifted = tx.execute(&rows::DELETE_HOLD, &key)?;
        if lifted > 0 {
            tx.execute(&rows::UPSERT_LIFTED, &[person.into(), holding.into(), day.into()])?;
        }
        return Ok(lifted);
    }
    let until = today.saturating_add(Span::new().days(HOLD_DAYS));
    let last = tx.optional(&rows::FIND_HOLD, &key)?.map(|row| row.get::<Date>(0)).transpose()?;
    let mut placed = 0;
    if last.is_none_or(|last| last < today) {
        let hold = [HoldReason::Restored.code().into(), "operator".into(), today.into(), until.into()];
        placed = tx.execute(&rows::UPSERT_HOLD, &[key.as_slice(), &hold].concat())?;
    }
    check_up(tx, person, holding, Check::Hold)?;
    Ok(placed)
}

fn withdraw_again(tx: &mut Tx<'_>, person: PersonId, ground: Ground, (stands, day): (bool, Date)) -> Result<u64> {
    let key = [person.into(), ground.into()];
    if !stands {
        return Ok(tx.execute(&rows::DELETE_WITHDRAWAL, &key)?);
    }
    // Its last holding may have been erased in this very page.
    if tx.one(&rows::COUNT_GROUND, &key)?.get::<i64>(0)? == 0 {
        return Ok(0);
    }
    let [person, ground] = key;
    let destroy_on = crate::withdrawn_until(day);
    Ok::<_, Error>(tx.execute(&rows::UPSERT_WITHDRAWAL, &[person, ground, day.into(), destroy_on.into()])?)
}
