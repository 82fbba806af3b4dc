//! The workloads: who does what how often. The mix of the published repository, whose regulator is absent, and the mix of its paper.

use super::super::clauses::{KINDS, PURPOSES, TENS};
use super::super::ids::below;
use super::act::{Act, Attribute, Scope};
use super::model::Model;
use super::plan::{class, purpose};
use super::zipf::{Keys, Zipf};
use rand_chacha::ChaCha20Rng;

/// A workload: its name, its mix, how it draws keys, and its operations in percent.
pub(super) struct Workload {
    pub name: &'static str,
    pub mix: &'static str,
    zipf: bool,
    parts: &'static [(u64, Sort)],
}

/// A sort of operation, before anything is drawn for it.
#[derive(Clone, Copy)]
enum Sort {
    ChangePurpose,
    ChangeRecipient,
    ChangeUser,
    DeleteRecord,
    DeleteUser,
    Insert,
    ListDecision,
    ListObjection,
    ListPurpose,
    ListUser,
    Log,
    ReadFor,
    ReadOwn,
    ReadUser,
    Trace,
    Update,
}

use Sort::{
    ChangePurpose, ChangeRecipient, ChangeUser, DeleteRecord, DeleteUser, Insert, ListDecision, ListObjection,
    ListPurpose, ListUser, Log, ReadFor, ReadOwn, ReadUser, Trace, Update,
};

/// The workloads in the order in which they run: on one load, those that delete after those that only read, the regulator last. The
/// shares are in 60ths of a percent, so that what the paper gives three operations together is shared evenly.
pub(super) const WORKLOADS: [Workload; 7] = [
    Workload {
        name: "processor",
        mix: "repository",
        zipf: false,
        parts: &[(20 * 60, ReadFor), (40 * 60, ListPurpose), (40 * 60, ListUser)],
    },
    Workload {
        name: "processor",
        mix: "paper",
        zipf: false,
        parts: &[(80 * 60, ReadFor), (400, ListPurpose), (400, ListObjection), (400, ListDecision)],
    },
    Workload {
        name: "customer",
        mix: "repository",
        zipf: true,
        parts: &[
            (20 * 60, ReadOwn),
            (10 * 60, ListPurpose),
            (10 * 60, ListUser),
            (20 * 60, Update),
            (10 * 60, ChangePurpose),
            (10 * 60, ChangeUser),
            (20 * 60, DeleteRecord),
        ],
    },
    Workload {
        name: "controller",
        mix: "repository",
        zipf: false,
        parts: &[(25 * 60, Insert), (25 * 60, DeleteRecord), (25 * 60, ChangePurpose), (25 * 60, ChangeUser)],
    },
    Workload {
        name: "customer",
        mix: "paper",
        zipf: true,
        parts: &[
            (20 * 60, ReadUser),
            (20 * 60, ListUser),
            (20 * 60, Update),
            (20 * 60, ChangeUser),
            (20 * 60, DeleteRecord),
        ],
    },
    Workload {
        name: "controller",
        mix: "paper",
        zipf: false,
        parts: &[
            (25 * 60, Insert),
            (25 * 60, DeleteUser),
            (1_000, ChangePurpose),
            (1_000, ChangeUser),
            (1_000, ChangeRecipient),
        ],
    },
    Workload {
        name: "regulator",
        mix: "paper",
        zipf: true,
        parts: &[(46 * 60, ListUser), (31 * 60, Log), (23 * 60, Trace)],
    },
];

impl Workload {
    /// How keys are drawn from the records that there are when it begins.
    pub(super) fn keys(&self, records: u64) -> Keys {
        if self.zipf { Keys::Zipf(Zipf::new(records)) } else { Keys::Uniform(records) }
    }

    /// Draws an operation.
    pub(super) fn draw(&self, random: &mut ChaCha20Rng, keys: &Keys, model: &Model) -> Act {
        let whole: u64 = self.parts.iter().map(|(share, _)| share).sum();
        let (mut at, key) = (below(random, whole) as u64, keys.draw(random));
        let mut drawn = ReadFor;
        for (share, sort) in self.parts {
            drawn = *sort;
            if at < *share {
                break;
            }
            at -= share;
        }
        let user = model.plan().user(key);
        match drawn {
            ChangePurpose => change(random, model, Scope::Purpose(purpose(class(key)))),
            ChangeRecipient => change(random, model, Scope::Recipient(key % TENS)),
            ChangeUser => change(random, model, Scope::User(user)),
            DeleteRecord => Act::DeleteRecord(key),
            DeleteUser => Act::DeleteUser(user),
            Insert => Act::Insert(model.records()),
            ListDecision => Act::ListBy(Attribute::Decision, key % 2),
            ListObjection => Act::ListBy(Attribute::Objection, key % KINDS),
            ListPurpose => Act::ListPurpose(key % PURPOSES),
            ListUser => Act::ListUser(user),
            Log => Act::Log(user),
            ReadFor => Act::ReadFor(key),
            ReadOwn => Act::ReadOwn(key),
            ReadUser => Act::ReadUser(user),
            Trace => Act::Trace(key),
            Update => Act::Update(key),
        }
    }
}

/// One of the attributes becomes its value and one.
fn change(random: &mut ChaCha20Rng, model: &Model, scope: Scope) -> Act {
    let attribute = Attribute::ALL[below(random, Attribute::ALL.len() as u64)];
    Act::Change(scope, attribute, model.value_of(scope, attribute) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_each_workload_are_a_hundred_percent() {
        for workload in &WORKLOADS {
            let whole: u64 = workload.parts.iter().map(|(share, _)| share).sum();
            assert_eq!(whole, 6_000, "{} of the {}", workload.name, workload.mix);
        }
    }
}
