//! What one leaf of the log says, and its bytes.

use crate::tree::Hash;
use crate::wire::{Malformed, VERSION, take, take_byte, take_slice, take_version};

/// The most bytes of an encoded leaf.
pub const MAX_LEAF: usize = 512;

/// One entry of the log: what was done, under which clauses, to how many, and how it ended. It names nobody; the
/// commitments are opened by [`Reveal`](crate::Reveal)s kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// What was done.
    pub effect: Effect,
    /// When: hours since 1970 in UTC. Nothing finer, so that a leaf is not found by its minute.
    pub hour: i64,
    /// The digest of the notice in force.
    pub notice: Hash,
    /// The clauses it rested on, by their addresses, in the order given.
    pub clauses: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// How many were affected: holdings, rows or places, as the effect has it.
    pub count: u32,
    /// The commitment to the holding.
    pub holding: Option<Hash>,
    /// The commitment to who did it.
    pub actor: Option<Hash>,
    /// The commitment to anything further.
    pub detail: Option<Hash>,
}

/// What was done. The codes are part of the format and never change; a new effect takes the next free one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Effect {
    /// A holding was corrected or replaced.
    Amend = 1,
    /// A person confirmed today's date after a gap or jump.
    ClockConfirmed = 2,
    /// A kind was closed because the notice no longer covers it.
    Close = 3,
    /// A new epoch key came into use.
    EpochBegun = 4,
    /// An epoch key was destroyed in every place.
    EpochDestroyed = 5,
    /// A holding was erased.
    Erase = 6,
    /// The erasure of a holding was decided.
    EraseDecided = 7,
    /// A person's data was given to that person.
    Export = 8,
    /// A legal hold was set.
    Hold = 9,
    /// A notice was published.
    NoticePublished = 10,
    /// A person objected to a purpose.
    Object = 11,
    /// Fields of a holding were opened.
    Opened = 12,
    /// Something was asked that the notice does not allow.
    Refused = 13,
    /// A backup was restored.
    Restore = 14,
    /// A holding was restricted or released.
    Restrict = 15,
    /// The sweep ran.
    SweepRun = 16,
    /// A holding was taken.
    Take = 17,
    /// Every key was wrapped again under a new epoch.
    Turn = 18,
    /// A person withdrew what was given.
    Withdraw = 19,
    /// A person took a withdrawal back in time.
    WithdrawCancelled = 20,
    /// What falls due soon was recorded, so that people can be warned before anything is destroyed.
    Forecast = 21,
    /// A legal hold was lifted before its end.
    HoldLifted = 22,
    /// An officer asked for more destruction in a week than the guard allows by itself.
    ReleaseAsked = 23,
    /// A second officer agreed to it.
    ReleaseGiven = 24,
    /// A draft of a notice was made.
    NoticeDrafted = 25,
    /// A backup was made.
    BackupMade = 26,
    /// An officer decided about a holding that a restore had closed.
    CheckUpSettled = 27,
    /// A restore was tried in isolation.
    DrillRun = 28,
    /// The log began again under a new origin, because its published part was lost.
    LogRestarted = 29,
    /// The oldest leaves are no longer kept; their hashes are. The count is how many leaves, from the first of the log
    /// on, are gone in all.
    Pruned = 30,
    /// The root key was replaced.
    RootRotated = 31,
    /// Every authentication tag and the root of the log were verified.
    Scrubbed = 32,
    /// A person took an objection back.
    Unobject = 33,
    /// A restriction was lifted.
    Unrestrict = 34,
}

impl Effect {
    /// Every effect, in the order of the alphabet.
    pub const ALL: [Self; 34] = [
        Self::Amend,
        Self::BackupMade,
        Self::CheckUpSettled,
        Self::ClockConfirmed,
        Self::Close,
        Self::DrillRun,
        Self::EpochBegun,
        Self::EpochDestroyed,
        Self::Erase,
        Self::EraseDecided,
        Self::Export,
        Self::Forecast,
        Self::Hold,
        Self::HoldLifted,
        Self::LogRestarted,
        Self::NoticeDrafted,
        Self::NoticePublished,
        Self::Object,
        Self::Opened,
        Self::Pruned,
        Self::Refused,
        Self::ReleaseAsked,
        Self::ReleaseGiven,
        Self::Restore,
        Self::Restrict,
        Self::RootRotated,
        Self::Scrubbed,
        Self::SweepRun,
        Self::Take,
        Self::Turn,
        Self::Unobject,
        Self::Unrestrict,
        Self::Withdraw,
        Self::WithdrawCancelled,
    ];

    /// The effect as pages and files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Amend => "amend",
            Self::BackupMade => "backup-made",
            Self::CheckUpSettled => "check-up-settled",
            Self::ClockConfirmed => "clock-confirmed",
            Self::Close => "close",
            Self::DrillRun => "drill-run",
            Self::EpochBegun => "epoch-begun",
            Self::EpochDestroyed => "epoch-destroyed",
            Self::Erase => "erase",
            Self::EraseDecided => "erase-decided",
            Self::Export => "export",
            Self::Forecast => "forecast",
            Self::Hold => "hold",
            Self::HoldLifted => "hold-lifted",
            Self::LogRestarted => "log-restarted",
            Self::NoticeDrafted => "notice-drafted",
            Self::NoticePublished => "notice-published",
            Self::Object => "object",
            Self::Opened => "opened",
            Self::Pruned => "pruned",
            Self::Refused => "refused",
            Self::ReleaseAsked => "release-asked",
            Self::ReleaseGiven => "release-given",
            Self::Restore => "restore",
            Self::Restrict => "restrict",
            Self::RootRotated => "root-rotated",
            Self::Scrubbed => "scrubbed",
            Self::SweepRun => "sweep-run",
            Self::Take => "take",
            Self::Turn => "turn",
            Self::Unobject => "unobject",
            Self::Unrestrict => "unrestrict",
            Self::Withdraw => "withdraw",
            Self::WithdrawCancelled => "withdraw-cancelled",
        }
    }

    fn from_code(code: u8) -> Result<Self, Malformed> {
        let mut all = Self::ALL.into_iter();
        all.find(|effect| *effect as u8 == code).ok_or(Malformed::Code)
    }
}

/// How an effect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// As asked.
    Done = 1,
    /// Not at all: a clause, or a missing clause, said no.
    Refused = 2,
    /// In part, or not yet: a guard stopped it.
    Stopped = 3,
}

impl Outcome {
    /// Every outcome, in the order of the alphabet.
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Stopped];

    /// The outcome as pages and files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
        }
    }

    fn from_code(code: u8) -> Result<Self, Malformed> {
        let mut all = Self::ALL.into_iter();
        all.find(|outcome| *outcome as u8 == code).ok_or(Malformed::Code)
    }
}

impl Leaf {
    /// The leaf's one encoding; the format stands in the crate's documentation. Refused are clauses that are not
    /// addresses and leaves longer than [`MAX_LEAF`].
    pub fn encode(&self) -> Result<Vec<u8>, Malformed> {
        let commitments = [self.holding, self.actor, self.detail];
        let mut bytes = vec![VERSION, self.effect as u8, self.outcome as u8];
        bytes.push(mask(&commitments));
        bytes.extend(self.hour.to_be_bytes());
        bytes.extend(self.count.to_be_bytes());
        bytes.extend(self.notice);
        bytes.extend(commitments.into_iter().flatten().flatten());
        bytes.push(length(self.clauses.len())?);
        for clause in &self.clauses {
            check_clause(clause.as_bytes())?;
            bytes.push(length(clause.len())?);
            bytes.extend(clause.as_bytes());
        }
        if bytes.len() > MAX_LEAF {
            return Err(Malformed::TooLong);
        }
        Ok(bytes)
    }

    /// The leaf from what [`Leaf::encode`] gave, and from nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut clauses = Vec::new();
        let leaf = Self::read(bytes, |clause| clauses.push(clause.to_owned()))?;
        Ok(Self { clauses, ..leaf })
    }

    /// Reads a leaf without its clauses, which are checked and handed to `each`: so that a whole log can be read without
    /// allocating for each leaf.
    pub(crate) fn read<'a>(bytes: &'a [u8], each: impl FnMut(&'a str)) -> Result<Self, Malformed> {
        if bytes.len() > MAX_LEAF {
            return Err(Malformed::TooLong);
        }
        let rest = &mut &*bytes;
        take_version(rest)?;
        let effect = Effect::from_code(take_byte(rest)?)?;
        let outcome = Outcome::from_code(take_byte(rest)?)?;
        let mask = take_byte(rest)?;
        if mask > HOLDING | ACTOR | DETAIL {
            return Err(Malformed::Code);
        }
        let leaf = Self {
            effect,
            outcome,
            hour: i64::from_be_bytes(take(rest)?),
            count: u32::from_be_bytes(take(rest)?),
            notice: take(rest)?,
            holding: take_commitment(rest, mask & HOLDING)?,
            actor: take_commitment(rest, mask & ACTOR)?,
            detail: take_commitment(rest, mask & DETAIL)?,
            clauses: Vec::new(),
        };
        take_clauses(rest, each)?;
        if rest.is_empty() { Ok(leaf) } else { Err(Malformed::Length) }
    }
}

const HOLDING: u8 = 1;
const ACTOR: u8 = 2;
const DETAIL: u8 = 4;

/// Which of the three commitments are there.
fn mask(commitments: &[Option<Hash>; 3]) -> u8 {
    [HOLDING, ACTOR, DETAIL].into_iter().zip(commitments).filter_map(|(bit, commitment)| commitment.map(|_| bit)).sum()
}

fn length(length: usize) -> Result<u8, Malformed> {
    u8::try_from(length).map_err(|_| Malformed::TooLong)
}

fn check_clause(letters: &[u8]) -> Result<(), Malformed> {
    let is_address = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    if letters.is_empty() || letters.len() > 255 || !letters.iter().all(is_address) {
        return Err(Malformed::Clause);
    }
    Ok(())
}

fn take_commitment(rest: &mut &[u8], present: u8) -> Result<Option<Hash>, Malformed> {
    if present == 0 {
        return Ok(None);
    }
    take(rest).map(Some)
}

fn take_clauses<'a>(rest: &mut &'a [u8], mut each: impl FnMut(&'a str)) -> Result<(), Malformed> {
    for _ in 0..take_byte(rest)? {
        let length = take_byte(rest)?;
        let letters = take_slice(rest, length.into())?;
        check_clause(letters)?;
        each(str::from_utf8(letters).map_err(|_| Malformed::Clause)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn erasure() -> Leaf {
        Leaf {
            effect: Effect::Erase,
            hour: 498_660,
            notice: [9; 32],
            clauses: vec!["kind.enquiry.keep".into()],
            outcome: Outcome::Done,
            count: 1,
            holding: Some([1; 32]),
            actor: None,
            detail: Some([3; 32]),
        }
    }

    #[test]
    fn codes_are_distinct_and_effects_in_alphabetical_order() {
        assert!(Effect::ALL.is_sorted_by(|a, b| a.word() < b.word()));
        assert!(Outcome::ALL.is_sorted_by(|a, b| a.word() < b.word()));
        for code in 0..=u8::MAX {
            let effects = Effect::ALL.into_iter().filter(|e| *e as u8 == code).count();
            assert_eq!(Effect::from_code(code).is_ok(), effects == 1);
            // No code is left out: whoever counts by code needs as many places as there are effects.
            assert_eq!(effects == 1, (1..=Effect::ALL.len()).contains(&code.into()), "code {code}");
        }
    }

    #[test]
    fn a_leaf_with_anything_missing_or_left_over_is_refused() {
        let bytes = erasure().encode().expect("well formed");
        for end in 0..bytes.len() {
            assert!(Leaf::decode(&bytes[..end]).is_err(), "{end} bytes");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Leaf::decode(&longer), Err(Malformed::Length));
        assert_eq!(Leaf::decode(&[1; 513]), Err(Malformed::TooLong));
    }

    #[test]
    fn unknown_versions_and_codes_are_refused() {
        let bytes = erasure().encode().expect("well formed");
        let wrong = [
            (0, 0, Malformed::Version),
            (0, 2, Malformed::Version),
            (1, 0, Malformed::Code),
            (1, 35, Malformed::Code),
            (2, 0, Malformed::Code),
            (2, 4, Malformed::Code),
            (3, 8, Malformed::Code),
            (3, 0x85, Malformed::Code),
        ];
        for (at, byte, error) in wrong {
            let mut changed = bytes.clone();
            changed[at] = byte;
            assert_eq!(Leaf::decode(&changed), Err(error), "byte {at} is {byte}");
        }
    }

    #[test]
    fn a_clause_is_an_address_and_nothing_else() {
        let long = "a".repeat(256);
        for clause in ["", "kind enquiry", "Kind.enquiry", "ruth@school.example", "café", &long] {
            let leaf = Leaf { clauses: vec![clause.into()], ..erasure() };
            assert_eq!(leaf.encode(), Err(Malformed::Clause), "{clause}");
        }
        let mut bytes = erasure().encode().expect("well formed");
        *bytes.last_mut().expect("a letter") = b'@';
        assert_eq!(Leaf::decode(&bytes), Err(Malformed::Clause));
    }

    #[test]
    fn no_leaf_is_longer_than_512_bytes() {
        // 48 bytes, three commitments, the number of clauses, and two lengths leave 365 letters.
        let leaf =
            |letters| Leaf { actor: Some([2; 32]), clauses: vec!["a".repeat(255), "b".repeat(letters)], ..erasure() };
        assert_eq!(leaf(110).encode().map(|bytes| bytes.len()), Ok(MAX_LEAF));
        assert_eq!(leaf(111).encode(), Err(Malformed::TooLong));
        let many = Leaf { clauses: vec!["a".into(); 256], ..erasure() };
        assert_eq!(many.encode(), Err(Malformed::TooLong));
    }

    fn any_leaf() -> impl Strategy<Value = Leaf> {
        let clauses = prop::collection::vec("[a-z0-9._-]{1,60}", 0..6);
        (
            prop::sample::select(&Effect::ALL[..]),
            prop::sample::select(&Outcome::ALL[..]),
            any::<(i64, u32, Hash)>(),
            any::<[Option<Hash>; 3]>(),
            clauses,
        )
            .prop_map(|(effect, outcome, (hour, count, notice), commitments, clauses)| {
                let [holding, actor, detail] = commitments;
                Leaf { effect, hour, notice, clauses, outcome, count, holding, actor, detail }
            })
    }

    proptest! {
        #[test]
        fn a_leaf_is_read_as_it_was_written(leaf in any_leaf()) {
            let bytes = leaf.encode().expect("short enough");
            prop_assert!(bytes.len() <= MAX_LEAF);
            prop_assert_eq!(Leaf::decode(&bytes), Ok(leaf));
        }

        #[test]
        fn a_leaf_has_one_encoding(leaf in any_leaf(), at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = leaf.encode().expect("short enough");
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(read) = Leaf::decode(&bytes) {
                prop_assert_eq!(read.encode(), Ok(bytes));
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>) {
            let _ = Leaf::decode(&bytes);
        }
    }
}
