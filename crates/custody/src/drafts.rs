//! Drafts: a notice before it is published. An officer, or the operator, makes one; a rehearsal counts what it would do; an
//! officer who did not make it approves, and that publishes it in the same commit.
//!
//! Two officers are two people who work here on that day. A draft whose author's rows are gone cannot show that, so nobody
//! approves it: whoever was invited again would otherwise approve their own.

use crate::notices::{self, Plan, Publishing};
use crate::permit::{clocks, find};
use crate::rehearse::{Counted, Rehearsal};
use crate::{Actor, Custody, DraftId, Error, HoldingId, PersonId, Result, rows};
use law::Date;
use ledger::Effect;
use notice::{Ask, Digest, Fields, Notice, Read};
use store::{Row, Tx};

/// A draft of a notice.
#[derive(Clone)]
pub struct Draft {
    /// Which.
    pub id: DraftId,
    /// Digest of the notice it makes; `None` while its shape is wrong.
    pub digest: Option<Digest>,
    /// Version as people cite it; empty while its shape is wrong.
    pub version: String,
    /// When it was made.
    pub made_on: Date,
    /// The role that made it: `officer`, `operator`.
    pub made_by: String,
    /// How far it has come.
    pub state: DraftState,
    /// Its last rehearsal.
    pub rehearsed: Option<Rehearsed>,
    /// The text; empty in a list.
    pub text: String,
}

/// How far a draft has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// It waits.
    Open,
    /// It was published.
    Published,
    /// It was withdrawn.
    Withdrawn,
}

/// When a draft was rehearsed, and under what conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// When.
    pub on: Date,
    /// The day on which it would have come into force.
    pub effective_on: Date,
    /// The notice it would have followed.
    pub against: Digest,
}

/// What approving a draft would come to, worked out before the transaction that does it.
#[derive(Clone)]
pub struct Proposal {
    id: DraftId,
    text: String,
    /// The notice that it makes, and its plan; `None` while its shape is wrong.
    planned: Option<(Notice, Plan)>,
    /// The notices that were published when it was worked out.
    known: Vec<Digest>,
    /// The day of the plan.
    on: Date,
}

/// What came of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Published, and in force from this day.
    From(Date),
    /// Whoever made a draft does not approve it.
    Own,
    /// Whoever made it works here no more, so nobody can tell whether a second officer approves it.
    AuthorLeft,
    /// The same notice was published before.
    Before,
    /// Its shape is wrong.
    Misshapen,
    /// It was withdrawn or published before.
    Over,
    /// It was not rehearsed.
    Unrehearsed,
    /// It was rehearsed for another first day, against a notice that it would no longer follow, or too long ago.
    Stale,
}

/// Who makes a draft at the command line.
const OPERATOR: &str = "operator";

/// How many drafts a list shows.
const LISTED: i64 = 50;

impl Custody {
    /// Keeps a draft. The id was drawn beforehand, so that a repeated form makes it once. `author` is a member of staff;
    /// `None` for the operator at the command line.
    pub fn make_draft(
        &self,
        tx: &mut Tx<'_>,
        id: DraftId,
        text: &str,
        read: &Read,
        author: Option<&Actor>,
    ) -> Result<()> {
        let notice = read.notice.as_ref();
        let made_by = author.map_or(OPERATOR, |author| author.role.as_str());
        let version = notice.map_or("", |notice| notice.head().version.as_str());
        let values = [
            id.into(),
            notice.map(|notice| notice.digest().0).into(),
            version.into(),
            text.into(),
            tx.today().into(),
            made_by.into(),
        ];
        if tx.execute(&rows::INSERT_DRAFT, &values)? == 0 {
            return Ok(());
        }
        if let Some(person) = author.and_then(|author| author.person) {
            act(tx, person, id, "made")?;
        }
        self.leave_notice(tx, Effect::NoticeDrafted, notice.map(Notice::digest), author)
    }

    /// A draft with its text.
    pub fn draft(&self, tx: &mut Tx<'_>, id: DraftId) -> Result<Draft> {
        Draft::read(&tx.optional(&rows::FIND_DRAFT, &[id.into()])?.ok_or(Error::Gone)?)
    }

    /// The last fifty drafts, newest first, without their texts.
    pub fn drafts(&self, tx: &mut Tx<'_>) -> Result<Vec<Draft>> {
        tx.all(&rows::LIST_DRAFTS, &[LISTED.into()])?.iter().map(Draft::read).collect()
    }

    /// The open draft that makes this notice.
    pub fn open_draft(&self, tx: &mut Tx<'_>, digest: Digest) -> Result<Option<DraftId>> {
        let row = tx.optional(&rows::FIND_OPEN_DRAFT, &[digest.0.into()])?;
        row.map(|row| Ok(DraftId(row.get(0)?))).transpose()
    }

    /// Whether somebody made a draft.
    pub fn made_draft(&self, tx: &mut Tx<'_>, id: DraftId, person: PersonId) -> Result<bool> {
        Ok(tx.optional(&rows::FIND_DRAFT_ACT, &[person.into(), id.into(), "made".into()])?.is_some())
    }

    /// Whether a draft is nobody's any more: an officer made it who works here no longer. The operator's never is.
    pub fn author_left(&self, tx: &mut Tx<'_>, draft: &Draft) -> Result<bool> {
        if draft.made_by == OPERATOR {
            return Ok(false);
        }
        let Some(row) = tx.optional(&rows::FIND_DRAFT_AUTHOR, &[draft.id.into()])? else { return Ok(true) };
        match self.working(tx, &Actor::staff(&draft.made_by, PersonId(row.get(0)?))) {
            Ok(_) => Ok(false),
            Err(Error::Refused(_) | Error::Gone) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// An officer who works here. Who has left does not, though their record stands for a while.
    fn working(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<PersonId> {
        let person = self.officer(tx, actor)?;
        let own = tx.optional(&rows::FIND_OWN, &[person.into(), "staff".into()])?.ok_or(Error::Gone)?;
        let held = find(tx, person, HoldingId(own.get(0)?))?;
        if clocks(tx, person, held.ground)?.iter().any(|(event, _)| event == "staff.left") {
            let ask = Ask { actor: &actor.role, purpose: "run-desk", kind: "staff", fields: Fields::All };
            return Err(Error::refused(&ask, "kind.staff".to_owned(), "whoever has left does nothing more here"));
        }
        Ok(person)
    }

    /// Withdraws an open draft; `false` when it is open no more.
    pub fn withdraw_draft(&self, tx: &mut Tx<'_>, id: DraftId, person: PersonId) -> Result<bool> {
        let withdrawn = tx.execute(&rows::SETTLE_DRAFT, &[id.into(), "withdrawn".into()])? > 0;
        if withdrawn {
            act(tx, person, id, "withdrawn")?;
        }
        Ok(withdrawn)
    }

    /// Works out what approving a draft would come to, under the notices as the rows have them. Blocking, and long for a
    /// long text: call it off the runtime, and outside of any transaction.
    pub fn propose(&self, draft: &Draft) -> Result<Proposal> {
        let published = self.store().read_blocking("list_digests", notices::digests)?;
        if published != notices::digests_of(&self.notices()?) {
            self.reload_notices()?;
        }
        let (list, on) = (self.notices()?, self.store().clock().today());
        let notice = notice::read(&draft.text).ok().and_then(|read| read.notice);
        let planned = notice.map(|notice| {
            let plan = notices::plan(&list, &notice, on);
            (notice, plan)
        });
        Ok(Proposal { id: draft.id, text: draft.text.clone(), planned, known: notices::digests_of(&list), on })
    }

    /// Approves a draft and publishes it in the same commit, where nothing was published since it was proposed. The caller
    /// reads the notices again after the commit. Refused to whoever is no officer who works here.
    pub fn approve_draft(&self, tx: &mut Tx<'_>, proposal: &Proposal, approver: &Actor) -> Result<Approval> {
        let person = self.working(tx, approver)?;
        let (id, draft) = (proposal.id, self.draft(tx, proposal.id)?);
        if draft.state != DraftState::Open {
            return Ok(Approval::Over);
        }
        if self.made_draft(tx, id, person)? {
            return Ok(Approval::Own);
        }
        if self.author_left(tx, &draft)? {
            return Ok(Approval::AuthorLeft);
        }
        let Some((notice, plan)) = &proposal.planned else { return Ok(Approval::Misshapen) };
        let Some(rehearsed) = draft.rehearsed else { return Ok(Approval::Unrehearsed) };
        let current = tx.today() == proposal.on && notices::digests(tx)? == proposal.known;
        if !current || !plan.is_rehearsed(&rehearsed, tx.today()) {
            return Ok(Approval::Stale);
        }
        let (text, approved_by) = (proposal.text.as_str(), approver.role.as_str());
        let telling = notices::telling(plan);
        let publishing = Publishing { text, notice, approved_by, officer: Some(approver), plan, telling };
        if !self.insert_notice(tx, &publishing)? {
            return Ok(Approval::Before);
        }
        tx.execute(&rows::SETTLE_DRAFT, &[id.into(), "published".into()])?;
        act(tx, person, id, "approved")?;
        Ok(Approval::From(plan.effective_on))
    }

    /// Keeps what a rehearsal counted, in place of the one before.
    pub fn note_rehearsal(&self, tx: &mut Tx<'_>, id: DraftId, rehearsal: &Rehearsal) -> Result<()> {
        let values = [id.into(), tx.today().into(), rehearsal.effective_on.into(), rehearsal.against.0.into()];
        if tx.execute(&rows::NOTE_REHEARSAL, &values)? == 0 {
            return Ok(());
        }
        tx.execute(&rows::DELETE_REHEARSAL, &[id.into()])?;
        for Counted { kind, day, people, holdings } in &rehearsal.counts {
            let day = day.map(law::iso).unwrap_or_default();
            let kind = kind.as_deref().unwrap_or_default();
            let values = [id.into(), kind.into(), day.into(), (*people).into(), (*holdings).into()];
            tx.execute(&rows::INSERT_REHEARSAL, &values)?;
        }
        Ok(())
    }

    /// What the last rehearsal of a draft counted; `None` where there was none.
    pub fn rehearsal(&self, tx: &mut Tx<'_>, draft: &Draft) -> Result<Option<Rehearsal>> {
        let Some(Rehearsed { effective_on, against, .. }) = draft.rehearsed else { return Ok(None) };
        let rows = tx.all(&rows::LIST_REHEARSAL, &[draft.id.into()])?;
        let counts = rows
            .iter()
            .map(|row| {
                Ok(Counted {
                    kind: Some(row.get::<String>(0)?).filter(|kind| !kind.is_empty()),
                    day: law::parse_iso(&row.get::<String>(1)?),
                    people: row.get(2)?,
                    holdings: row.get(3)?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Some(Rehearsal { effective_on, against, counts }))
    }
}

impl Draft {
    fn read(row: &Row) -> Result<Self> {
        let rehearsed = match (row.get(6)?, row.get(7)?, row.get::<Option<[u8; 32]>>(8)?) {
            (Some(on), Some(effective_on), Some(against)) => {
                Some(Rehearsed { on, effective_on, against: Digest(against) })
            }
            _ => None,
        };
        Ok(Self {
            id: DraftId(row.get(0)?),
            digest: row.get::<Option<[u8; 32]>>(1)?.map(Digest),
            version: row.get(2)?,
            made_on: row.get(3)?,
            made_by: row.get(4)?,
            state: match row.get::<String>(5)?.as_str() {
                "open" => DraftState::Open,
                "published" => DraftState::Published,
                "withdrawn" => DraftState::Withdrawn,
                _ => return Err(Error::Nonsense("draft.state")),
            },
            rehearsed,
            text: row.get(9)?,
        })
    }
}

fn act(tx: &mut Tx<'_>, person: PersonId, id: DraftId, act: &str) -> Result<()> {
    let day = tx.today();
    tx.execute(&rows::INSERT_DRAFT_ACT, &[person.into(), id.into(), act.into(), day.into()])?;
    Ok(())
}
