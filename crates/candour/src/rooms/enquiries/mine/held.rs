//! Everything that is held about a person, opened for that person: what the page *your data* and the copy to take away
//! are both made of.

use super::super::enquiry::{self, EnquiryRow, Sort};
use super::super::footing::officer;
use super::{open, proof, rows};
use crate::App;
use crate::rooms::retention::{Hold, close_reasons, on_ground};
use crate::web::Stop;
use crate::web::session::Session;
use custody::{Actor, Holding, HoldingId, LinkedRow};
use law::Date;
use notice::{Ask, Fields, Kind, Notice};
use std::borrow::Cow;
use store::Tx;

/// Everything.
pub(super) struct Held {
    /// The enquiry of the session.
    pub row: EnquiryRow,
    /// Every holding about the person: the enquiry, what was written in order, then the letters.
    pub records: Vec<Seen>,
    /// Every linked row.
    pub beside: Vec<LinkedRow>,
    /// The legal hold on the enquiry.
    pub hold: Option<Hold>,
    /// Today.
    pub today: Date,
}

/// A holding, opened.
pub(super) struct Seen {
    /// What custody says of it: standing, end, openings, the ones of this look included.
    pub holding: Holding,
    /// What part of the enquiry it is; `None` for how to reach the person, and for letters.
    pub sort: Option<Sort>,
    /// Field ids and values, in the order of the kind. Private links are left out of them.
    pub values: Vec<(String, String)>,
    /// Fields that are held and not shown here, and why.
    pub kept_back: Vec<(String, KeptBack)>,
}

/// Why a field is not shown to the person it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeptBack {
    /// It holds a code that still works: shown here, it would prove nothing.
    Code,
    /// Others wrote it, and it may speak of somebody else: released once a person has looked (Art 15(4)).
    Others,
}

impl KeptBack {
    /// In words, to stand where the value would.
    pub(super) fn words(self, notice: &Notice) -> String {
        match self {
            Self::Code => {
                "Kept back: it holds a code that still works. It is shown here once the code is over.".to_owned()
            }
            Self::Others => {
                let officer = officer(notice);
                format!(
                    "Kept back, because it may speak of other people. Ask for it, and someone will look: {officer}."
                )
            }
        }
    }
}

impl Seen {
    /// What it is, as a heading.
    pub(super) fn title(&self, notice: &Notice) -> String {
        let on = law::short_words(self.holding.taken_on);
        match (self.sort, self.holding.kind.as_str()) {
            (Some(Sort::Answer), _) => format!("Our answer of {on}"),
            (Some(Sort::Message), _) => format!("Your message of {on}"),
            (Some(Sort::Note), _) => format!("A note by our staff of {on}"),
            (None, "outbound-mail") => format!("E-mail to you of {on}"),
            (None, kind) => notice.kind(kind).map_or(kind, |kind| &kind.words).to_owned(),
        }
    }

    /// From whom a value came, in words. What our staff answered is not "you", though the field is the same.
    pub(super) fn source<'n>(&self, notice: &'n Notice, field: &str) -> Option<&'n str> {
        let kind = notice.kind(&self.holding.kind)?;
        kind.source_of(if self.sort == Some(Sort::Answer) { "answered-by" } else { field })
    }
}

/// How far the answer reaches, to stand beside it wherever it is given: notes, and whom to ask for anything else.
pub(super) fn scope(notice: &Notice) -> String {
    format!(
        "Notes by our staff are listed; their text follows once someone has checked whether it speaks of other people. For that, and for anything we hold about you beyond this enquiry, write to {}.",
        officer(notice)
    )
}

/// Gathers everything, opening each holding for `you` under `show-you`.
pub(super) fn gather(app: &App, tx: &mut Tx<'_>, session: &Session) -> Result<Held, Stop> {
    let row = open(app, tx, session)?;
    let entries = enquiry::entries(tx, session.person, session.ground)?;
    let codes = code_letters(tx, session)?;
    let mut records = Vec::new();
    for holding in app.custody().holdings(tx, session.person)? {
        let sort = entries.iter().find(|entry| entry.holding == holding.holding).map(|entry| entry.sort);
        let mut seen = Seen { holding, sort, values: Vec::new(), kept_back: Vec::new() };
        read(app, tx, session, &mut seen, &codes)?;
        if seen.holding.kind == "enquiry" && seen.holding.ground == row.ground {
            seen.values.push(("topic".to_owned(), row.topic.clone()));
        }
        records.push(seen);
    }
    // The openings of this very look are part of the answer.
    for (seen, holding) in records.iter_mut().zip(app.custody().holdings(tx, session.person)?) {
        seen.holding = holding;
    }
    records.sort_by_key(|seen| match seen.sort {
        None if seen.holding.kind == "enquiry" => (0, 0),
        None => (2, 0),
        Some(_) => (1, entries.iter().position(|entry| entry.holding == seen.holding.holding).unwrap_or_default()),
    });
    let mut beside = app.custody().linked(tx, session.person)?;
    close_reasons(&mut beside);
    let hold = on_ground(tx, row.person, row.ground)?;
    Ok(Held { row, records, beside, hold, today: tx.today() })
}

/// Opens what of a holding its person may see at once. What is due or withdrawn stays closed, and is listed as such.
fn read(app: &App, tx: &mut Tx<'_>, session: &Session, seen: &mut Seen, codes: &[HoldingId]) -> Result<(), Stop> {
    let notice = app.custody().in_force(tx.today())?;
    let Some(kind) = notice.kind(&seen.holding.kind) else { return Ok(()) };
    if seen.holding.standing.bars("show-you").is_some() {
        return Ok(());
    }
    let (back, fields): (Vec<_>, Vec<_>) = kind
        .fields
        .iter()
        .map(|(field, _)| (field.as_str(), kept_back(kind, field, seen, codes)))
        .partition(|(_, why)| why.is_some());
    seen.kept_back = back.into_iter().filter_map(|(field, why)| Some((field.to_owned(), why?))).collect();
    let fields: Vec<&str> = fields.into_iter().map(|(field, _)| field).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let ask = Ask { actor: "you", purpose: "show-you", kind: &kind.id, fields: Fields::Named(&fields) };
    // A kind that is not held for showing, such as what proves a sign-in, is listed without its values.
    let Ok(allowed) = notice.allow(&ask) else { return Ok(()) };
    let permit =
        app.custody().permit(tx, &allowed, &Actor::you(session.person), session.person, seen.holding.holding)?;
    let opened = app.custody().open(tx, &permit)?;
    let shown = |field: &&str| Some(((*field).to_owned(), without_links(opened.record.value(field)?).into_owned()));
    seen.values = fields.iter().filter_map(shown).collect();
    Ok(())
}

/// A text without the private links in it: a page that stays open, or a file that is passed on, gives nobody access.
fn without_links(text: &str) -> Cow<'_, str> {
    const LINK: &str = "/enquiries/link/";
    if !text.contains(LINK) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(LINK);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(part.len());
        shown.extend([LINK, "(only in the e-mail itself)", &part[end..]]);
    }
    Cow::Owned(shown)
}

fn kept_back(kind: &Kind, field: &str, seen: &Seen, codes: &[HoldingId]) -> Option<KeptBack> {
    let between_us = matches!(seen.sort, Some(Sort::Answer | Sort::Message));
    if kind.names_others.iter().any(|one| one == field) && !between_us {
        Some(KeptBack::Others)
    } else if field == "mail-text" && codes.contains(&seen.holding.holding) {
        Some(KeptBack::Code)
    } else {
        None
    }
}

/// Letters with codes, while one of these codes is live.
fn code_letters(tx: &mut Tx<'_>, session: &Session) -> Result<Vec<HoldingId>, Stop> {
    let now = tx.now().as_millisecond();
    if tx.one(&rows::COUNT_LIVE, &[session.person.into(), now.into()])?.get::<i64>(0)? == 0 {
        return Ok(Vec::new());
    }
    let rows = tx.all(&rows::LIST_LETTERS, &[session.person.into(), proof::LETTER.id.into()])?;
    rows.iter().map(|row| Ok(HoldingId(row.get(0)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::without_links;

    #[test]
    fn a_private_link_is_left_out_of_a_shown_letter() {
        let text = "Here:\nhttps://a.example/enquiries/link/Ab-_9\nand /enquiries/link/x.";
        let shown = "Here:\nhttps://a.example/enquiries/link/(only in the e-mail itself)\nand /enquiries/link/(only in the e-mail itself).";
        assert_eq!(without_links(text), shown);
        assert_eq!(without_links("No link."), "No link.");
    }
}
