//! The receipt of an erasure. It must be made before: afterwards nothing is left that could say what was erased.
//!
//! When the sweep is about to destroy what it flagged, a leaf says that the erasure of a ground was decided and under which
//! day's key it was held; what opens it lies in the trail of one of the holdings. The leaf is published, whoever wants to give
//! the person a receipt does, and only then the data goes. The receipt is complete once a second leaf, of the destruction of that
//! day's key, is published: then no copy opens it.

use crate::guard::Witnessed;
use crate::permit::find;
use crate::proofs::{Prover, find_leaf, reveal};
use crate::publish::find_log;
use crate::{Custody, Error, Ground, HoldingId, PersonId, Result, rows};
use law::Date;
use ledger::{Extra, ProofFile};
use std::collections::BTreeMap;
use store::Tx;

/// How many decisions share a transaction, so that requests go on between them.
const TOGETHER: usize = 50;

/// An erasure that was decided, and has not happened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Whose data it is.
    pub person: PersonId,
    /// What is erased: everything that is flagged on this ground.
    pub ground: Ground,
    /// The kind of the first of its holdings.
    pub kind: String,
    /// That holding, whose trail has the proof.
    pub holding: HoldingId,
    /// How many holdings.
    pub holdings: u64,
    /// The day for which it was flagged.
    pub due_on: Date,
    /// Whether the person asked for it.
    pub withdrawn: bool,
}

/// Gives the people of these erasures their receipts, if they can be given any. An error keeps the data, and the day's run
/// fails: whoever is not written to for a reason is [noted](Custody::receipted) instead.
pub type Receipts<'a> = &'a dyn Fn(&Custody, Vec<Decided>) -> Result<()>;

/// What became of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptState {
    /// It is on its way.
    Written,
    /// There is no address to which it could go.
    Nobody,
    /// The notice, or what stands against the holding, says no.
    Refused,
}

impl ReceiptState {
    fn code(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Nobody => "nobody",
            Self::Refused => "refused",
        }
    }
}

/// What a person is given before the erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The proof that it was decided, as the text of a file (C2SP tlog-proof).
    pub proof: String,
    /// The day under whose key it was held; the destruction of that key completes the receipt.
    pub epoch: Date,
    /// The day by which no copy opens it.
    pub gone_by: Date,
}

/// A ground of which something is to be destroyed: the oldest holding among that.
#[derive(Clone)]
struct Going {
    taken_on: Date,
    holding: HoldingId,
    due_on: Date,
}

impl Custody {
    /// Before these holdings are destroyed: decides, publishes, and has receipts given.
    pub(crate) fn give_receipts(
        &self,
        witnessed: &Witnessed,
        destroy: &[(PersonId, HoldingId)],
        receipts: Receipts<'_>,
    ) -> Result<()> {
        let decided = self.decide(witnessed, destroy)?;
        if decided.is_empty() {
            return Ok(());
        }
        self.publish_now()?;
        receipts(self, decided)
    }

    /// Decides the erasure of the grounds of these holdings, and names those whose receipt has not been settled. What was decided
    /// on another day and waited is decided again, for copies of the days between are sealed under later keys than it named.
    fn decide(&self, witnessed: &Witnessed, destroy: &[(PersonId, HoldingId)]) -> Result<Vec<Decided>> {
        let (day, destroy) = (witnessed.day(), destroy.to_vec());
        let grounds = self.store().read_blocking("list_going", move |tx| going(tx, &destroy))?;
        let mut decided = Vec::with_capacity(grounds.len());
        for together in grounds.chunks(TOGETHER) {
            let (custody, together) = (self.clone(), together.to_vec());
            decided.extend(self.write_blocking("decide", move |tx| {
                let mut decided = Vec::with_capacity(together.len());
                for ((person, ground), going) in &together {
                    decided.extend(custody.decide_ground(tx, day, *person, *ground, going)?);
                }
                Ok::<_, Error>(decided)
            })?);
        }
        Ok(decided)
    }

    fn decide_ground(
        &self,
        tx: &mut Tx<'_>,
        day: Date,
        person: PersonId,
        ground: Ground,
        going: &Going,
    ) -> Result<Option<Decided>> {
        let row = tx.optional(&rows::FIND_WITHDRAWAL, &[person.into(), ground.into()])?;
        let withdrawn = row.map_or(Ok(false), |row| Ok::<_, Error>(row.get::<Date>(1)? <= day))?;
        let holdings = tx.one(&rows::COUNT_FLAGGED, &[person.into(), ground.into()])?.get(0)?;
        let due_on = going.due_on;
        let decided = |holding, kind| Some(Decided { person, ground, kind, holding, holdings, due_on, withdrawn });
        if let Some(row) = tx.optional(&rows::FIND_DECISION, &[person.into(), ground.into()])?
            && let Some(kind) = row.get::<Option<String>>(3)?
            && row.get::<Date>(4)? == day
        {
            let is_open = row.get::<String>(0)? == "decided";
            return Ok(if is_open { decided(HoldingId(row.get(1)?), kind) } else { None });
        }
        let held = match find(tx, person, going.holding) {
            Err(Error::Gone) => return Ok(None),
            held => held?,
        };
        let (keys, epoch) = (self.unwrap(&held)?, self.current_key()?.day());
        let payload = [&ground.0[..], law::iso(epoch).as_bytes()].concat();
        let n = self.leave_decided(tx, &held.kind, (person, held.holding), keys.trail(), payload, holdings)?;
        let values = [person.into(), ground.into(), held.holding.into(), n.into(), day.into()];
        tx.execute(&rows::UPSERT_DECISION, &values)?;
        Ok(decided(held.holding, held.kind))
    }

    /// What the person is given before the erasure. [`store::Error::Busy`] while its leaf is not published.
    pub fn receipt(&self, tx: &mut Tx<'_>, decided: &Decided) -> Result<Receipt> {
        let (person, holding) = (decided.person, decided.holding);
        let row = tx.optional(&rows::FIND_DECISION, &[person.into(), decided.ground.into()])?.ok_or(Error::Gone)?;
        let n: u64 = row.get(2)?;
        let row = tx.optional(&rows::FIND_DECIDED, &[person.into(), holding.into(), n.into()])?.ok_or(Error::Gone)?;
        let sealed: Vec<u8> = row.get(0)?;
        let signed = self.signed(tx)?.ok_or(store::Error::Busy)?;
        let mut prover = Prover::new(signed);
        let index = row.get::<Option<u64>>(1)?.filter(|index| prover.covers(*index)).ok_or(store::Error::Busy)?;
        let keys = self.unwrap(&find(tx, person, holding)?)?;
        let reveal = reveal(&keys, person, holding, n, &sealed)?;
        let epoch = epoch_of(&reveal.payload)?;
        let extra = Extra { leaf: find_leaf(tx, index)?, reveals: vec![reveal], segment: None };
        let proof = prover.prove(tx, index, &extra)?.encode();
        let window = self.in_force(tx.today())?.head().window();
        Ok(Receipt { proof, epoch, gone_by: window.after(epoch).unwrap_or(Date::MAX) })
    }

    /// Notes what became of a receipt, in the transaction that wrote it.
    pub fn receipted(&self, tx: &mut Tx<'_>, decided: &Decided, state: ReceiptState) -> Result<()> {
        let values = [decided.person.into(), decided.ground.into(), state.code().into()];
        if tx.execute(&rows::UPDATE_DECISION, &values)? == 0 { Err(Error::Gone) } else { Ok(()) }
    }

    /// What completes the receipts of what was held under a day's key: the proof that this key was destroyed in every place.
    /// `None` while it stands, and until the leaf that says so is published. Blocking.
    pub fn completion(&self, epoch: Date) -> Result<Option<ProofFile>> {
        let custody = self.clone();
        self.store().read_blocking("completion", move |tx| {
            let row = tx.optional(&rows::FIND_EPOCH_LEAF, &[epoch.into()])?;
            let index = row.map(|row| row.get::<Option<u64>>(0)).transpose()?.flatten();
            let (Some(index), Some(signed)) = (index, custody.signed(tx)?) else {
                return Ok(None);
            };
            let mut prover = Prover::new(signed);
            if !prover.covers(index) || index < find_log(tx)?.first {
                return Ok(None);
            }
            let extra = Extra { leaf: find_leaf(tx, index)?, reveals: Vec::new(), segment: None };
            prover.prove(tx, index, &extra).map(Some)
        })
    }
}

/// The grounds of what is to be destroyed, in the order of their people, with the oldest holding of each.
fn going(tx: &mut Tx<'_>, destroy: &[(PersonId, HoldingId)]) -> Result<Vec<((PersonId, Ground), Going)>> {
    let mut grounds: BTreeMap<(PersonId, Ground), Going> = BTreeMap::new();
    for (person, holding) in destroy {
        let Some(row) = tx.optional(&rows::FIND_FLAGGED, &[(*person).into(), (*holding).into()])? else {
            continue;
        };
        let one = Going { taken_on: row.get(1)?, holding: *holding, due_on: row.get(2)? };
        let known = grounds.entry((*person, Ground(row.get(0)?))).or_insert(one.clone());
        if (one.taken_on, one.holding) < (known.taken_on, known.holding) {
            *known = one;
        }
    }
    Ok(grounds.into_iter().collect())
}

/// The epoch that a decision names, after its ground.
fn epoch_of(payload: &[u8]) -> Result<Date> {
    let day = payload.get(16..).and_then(|day| std::str::from_utf8(day).ok()).and_then(law::parse_iso);
    day.ok_or(Error::Nonsense("the reveal of a decision"))
}
