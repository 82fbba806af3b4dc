//! The part that every letter with a receipt has: the receipt between two lines, how to check it, and what it cannot prove.

use crate::App;
use custody::{Actor, Decided, Error, Receipt};
use notice::{Ask, Fields};
use store::Tx;
use zeroize::Zeroizing;

/// What is enclosed with a letter. The template `enclosed.txt` is included in those of the letters.
pub(crate) struct Enclosed {
    /// The proof, as everybody can check it.
    pub proof: String,
    /// The day by which no copy opens it any more, unless the service or the destruction of keys stands still.
    pub gone_by: String,
    /// How many records.
    pub records: String,
    /// Where it is checked.
    pub page: String,
    /// Where the key stands that verifies the log.
    pub log: String,
    /// Until when the letter itself is kept: "7 days after …".
    pub keep: String,
    /// For how long copies of it open after that: "14 days".
    pub window: String,
}

impl Enclosed {
    /// Of an erasure that was decided. Its entry stands in the log, and under a published checkpoint.
    pub(crate) fn of(app: &App, tx: &mut Tx<'_>, decided: &Decided) -> Result<Self, Error> {
        let Receipt { proof, gone_by, .. } = app.custody().receipt(tx, decided)?;
        let notice = app.custody().in_force(tx.today())?;
        let keep = notice.kind("outbound-mail").map(|kind| kind.keep.words(&notice)).unwrap_or_default();
        Ok(Self {
            proof: proof.trim_end().to_owned(),
            gone_by: law::words(gone_by),
            records: match decided.holdings {
                1 => "1 record".to_owned(),
                many => format!("{many} records"),
            },
            page: format!("{}/receipt", app.address()),
            log: format!("{}/log", app.address()),
            keep,
            window: notice.head().window().to_string(),
        })
    }
}

/// Whether everything of a ground goes, or only a part of it.
pub(crate) fn is_whole(app: &App, tx: &mut Tx<'_>, decided: &Decided) -> Result<bool, Error> {
    let held = app.custody().holdings(tx, decided.person)?;
    let on_ground: Vec<_> = held.iter().filter(|one| one.ground == decided.ground).collect();
    // What a legal hold keeps may have been counted all the same: it stays.
    let all_go = on_ground.iter().all(|one| one.standing.destroyable);
    Ok(all_go && u64::try_from(on_ground.len()).is_ok_and(|held| held <= decided.holdings))
}

/// The address of the person of an erasure that was decided, opened for its receipt and nothing else: what is due or withdrawn is
/// closed, and this is the last moment in which its person can be told. `None` where no record on the ground has one.
pub(crate) fn opened_address(
    app: &App,
    tx: &mut Tx<'_>,
    decided: &Decided,
    kind: &str,
) -> Result<Option<Zeroizing<String>>, Error> {
    let (custody, sweeper) = (app.custody(), Actor::system("sweeper"));
    let Some(holding) = custody.holding_on(tx, decided.person, decided.ground, kind)? else { return Ok(None) };
    let ask = Ask { actor: &sweeper.role, purpose: "delete-on-time", kind, fields: Fields::Named(&["email"]) };
    let allowed = custody.in_force(tx.today())?.allow(&ask)?;
    let permit = custody.permit_receipt(tx, &allowed, &sweeper, decided, holding)?;
    let opened = custody.open(tx, &permit)?;
    Ok(opened.record.value("email").map(|email| Zeroizing::new(email.to_owned())))
}
