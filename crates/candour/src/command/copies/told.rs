//! What a restore says when it is done: what came back, what did not, and what to do today.

use super::counted;
use crate::App;
use crate::command::Cannot;
use custody::{Error, Guard, Recovered};
use ledger::{Effect, Leaf};
use std::collections::BTreeSet;

store::statements! {
    @list pub(in crate::command),
    /// The name of the log.
    FIND_ORIGIN = "SELECT origin FROM log_head WHERE log = 'main'";
    /// Entries of the log, from one to before another.
    LIST_LEAVES = "SELECT idx, leaf FROM log_leaf WHERE idx >= $1 AND idx < $2 ORDER BY idx";
    /// Which of them are of records that the database has.
    LIST_TRAILS = "SELECT idx FROM trail WHERE idx >= $1 AND idx < $2";
}

/// What was so before the restore, and cannot be seen afterwards.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// Whether a published log stood in the evidence folder.
    pub(super) published: bool,
    /// Whether the journal was gone.
    pub(super) without_journal: bool,
    /// How many entries the copy's log had, where that is known.
    pub(super) size: Option<u64>,
}

/// What a restore came to.
pub(super) struct Told {
    recovered: Recovered,
    before: Before,
    /// How many records were taken since the copy, where that is known.
    taken: Option<u64>,
    /// The name under which a log that was lost goes on.
    restarted: Option<String>,
    /// Whether deletion waits for a person to confirm the date.
    waits: bool,
}

impl Told {
    pub(super) fn look(app: &App, recovered: Recovered, before: Before) -> Result<Self, Cannot> {
        let (origin, taken) = app.custody().store().read_blocking("restored_log", move |tx| {
            let origin = tx.optional(&FIND_ORIGIN, &[])?.map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
            let Some(first) = before.size else { return Ok::<_, Error>((origin, None)) };
            let range = [first.into(), first.saturating_add(recovered.leaves).into()];
            let kept = tx.all(&LIST_TRAILS, &range)?;
            let kept = kept.iter().map(|row| row.get::<u64>(0)).collect::<Result<BTreeSet<_>, _>>()?;
            let mut taken = 0;
            for row in tx.all(&LIST_LEAVES, &range)? {
                let leaf = Leaf::decode(&row.get::<Vec<u8>>(1)?)?;
                if leaf.effect == Effect::Take && !kept.contains(&row.get::<u64>(0)?) {
                    taken += u64::from(leaf.count);
                }
            }
            Ok((origin, Some(taken)))
        })?;
        let numbered = |name: &String| name.rsplit('/').next().is_some_and(|last| last.parse::<u32>().is_ok());
        let restarted = origin.filter(|name| !before.published && numbered(name));
        let waits = matches!(app.custody().guard(), Ok(Guard::Stopped { .. }));
        Ok(Self { recovered, before, taken: taken.filter(|_| restarted.is_none()), restarted, waits })
    }

    /// What became of the log, in a sentence.
    pub(super) fn log(&self) -> String {
        let from = "taken from the evidence folder";
        match (&self.restarted, self.recovered.leaves) {
            (Some(name), _) => {
                format!("Its log goes on as {name}, for what was published before is lost. Tell your auditor.")
            }
            (None, 0) => "Its evidence log was complete.".to_owned(),
            (None, 1) => format!("1 entry of the evidence log was {from}."),
            (None, leaves) => format!("{leaves} entries of the evidence log were {from}."),
        }
    }

    /// Everything after the first line, which says what was restored.
    pub(super) fn tell(&self) {
        let Recovered { copy_day, until_day, erased, shut, closed, applied, to_check, notices, notices_lost, .. } =
            self.recovered;
        if self.before.without_journal {
            println!(
                "The journal was lost: what was erased, corrected, withdrawn or objected to after {} has not been done again. Tell \
                 your data protection officer today.",
                law::words(copy_day)
            );
        }
        let shut = match shut {
            0 => "Kept shut: nothing".to_owned(),
            1 => "Kept shut: 1 value that was replaced since; ask its person for the new one".to_owned(),
            shut => format!("Kept shut: {shut} values that were replaced since; ask their people for the new ones"),
        };
        println!("Erased again: {}. {shut}.", counted(erased, "record"));
        println!(
            "Objections, restrictions, withdrawals and holds set again: {applied}. Closed until an officer looks: {closed}."
        );
        if notices > 0 {
            println!("Notices taken from the evidence folder: {notices}.");
        }
        if notices_lost > 0 {
            println!(
                "{} published since and stand nowhere any more: publish them again.",
                if notices_lost == 1 { "1 notice was".to_owned() } else { format!("{notices_lost} notices were") }
            );
        }
        if let Some(lost) = self.lost() {
            println!(
                "{lost} A loss of personal data may have to be notified within 72 hours: tell the data protection officer today."
            );
        }
        println!("Sign-ins, links and codes have ended. Letters that waited are left for a person to send again.");
        println!(
            "Until {} nothing is destroyed by schedule. What is due is closed all the same.",
            law::words(until_day)
        );
        println!("Next: start candour serve.");
        if self.waits {
            println!("Then confirm the date, as your own calendar has it: candour clock confirm DATE.");
        }
        if to_check > 0 {
            println!("Then an officer opens Evidence and settles what waits there: {}.", counted(to_check, "record"));
        }
    }

    /// What was taken since the copy, in a sentence; nothing where the log shows that nothing was.
    fn lost(&self) -> Option<String> {
        match (self.taken, self.recovered.leaves) {
            (Some(0), _) => None,
            (Some(taken), _) => Some(format!("Taken since the copy was made, and lost: {}.", counted(taken, "record"))),
            (None, 0) if self.restarted.is_none() => None,
            (None, _) => Some("What was taken since the copy was made is lost.".to_owned()),
        }
    }
}
