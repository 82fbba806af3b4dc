//! What a person is told where they give us data, and in our first letter (UK GDPR Art 13): who answers for it, what it is
//! used for and on what basis, who handles it, until when; and, apart from all else, that they can object (Art 21(4)). Every
//! promise in it is the notice's own words.

use crate::face::clause_href;
use crate::face::fact::Recipients;
use notice::{Basis, Notice, Purpose};

/// The kinds that an enquiry begins with: what is asked, and our letters about it.
const KINDS: [&str; 3] = ["enquiry", "enquiry-message", "outbound-mail"];

/// What stands above the button of the question page.
pub(super) struct Footing {
    /// The full legal name of who answers for the data.
    pub controller: String,
    /// What it is used for, beyond what the law obliges us to.
    pub uses: Vec<Use>,
    /// Who handles it for us, or may be given it.
    pub recipients: Vec<Recipients>,
    /// Until when.
    pub end: End,
    /// How to object; `None` where nothing here can be objected to.
    pub objection: Option<String>,
}

/// One purpose with its basis.
pub(super) struct Use {
    /// The purpose in words.
    pub words: String,
    /// Where the notice says so.
    pub href: String,
    /// Its lawful basis, with the interest where that is the basis: "our legitimate interests: Answering schools."
    pub basis: String,
}

/// Until when the answers are kept, as it stands above a button.
pub(super) struct End {
    /// "90 days after we closed your enquiry, at the latest 12 months after we received it".
    pub keep: String,
    /// Where the notice says so.
    pub href: String,
}

impl Footing {
    /// As the notice in force says.
    pub(super) fn of(notice: &Notice) -> Self {
        Self {
            controller: notice.controller().name.clone(),
            uses: uses(notice).into_iter().map(Use::of).collect(),
            recipients: Recipients::of(notice, &KINDS),
            end: End::of(notice),
            objection: objection(notice),
        }
    }
}

impl Use {
    fn of(purpose: &Purpose) -> Self {
        let basis = purpose.basis.words();
        Self {
            words: purpose.words.clone(),
            href: clause_href(&format!("purpose.{}", purpose.id)),
            basis: match &purpose.interest {
                Some(interest) => format!("{basis}: {interest}"),
                None => format!("{basis}."),
            },
        }
    }
}

impl End {
    /// As the notice in force says.
    pub(super) fn of(notice: &Notice) -> Self {
        let keep = notice.kind("enquiry").map(|kind| kind.keep.words(notice)).unwrap_or_default();
        Self { keep, href: clause_href("kind.enquiry.keep") }
    }
}

/// What enquiries are used for by our own choice: in the order of the kinds, each once.
fn uses(notice: &Notice) -> Vec<&Purpose> {
    let mut uses: Vec<&Purpose> = Vec::new();
    for id in KINDS.iter().filter_map(|kind| notice.kind(kind)).flat_map(|kind| &kind.purposes) {
        let Some(purpose) = notice.purpose(id) else { continue };
        if purpose.basis != Basis::LegalObligation && !uses.iter().any(|one| one.id == *id) {
            uses.push(purpose);
        }
    }
    uses
}

/// How to object to these uses, to follow "You can object to this at any time:".
pub(super) fn objection(notice: &Notice) -> Option<String> {
    let objectable = uses(notice).iter().any(|purpose| purpose.objectable);
    objectable.then(|| format!("write to {}, or withdraw your enquiry.", officer(notice)))
}

/// Whom to write to about data: "privacy@segfl.example (Data protection officer)".
pub(super) fn officer(notice: &Notice) -> String {
    match notice.contact("officer") {
        Some(officer) => match &officer.email {
            Some(email) => format!("{email} ({})", officer.role),
            None => officer.role.clone(),
        },
        None => "our data protection officer".to_owned(),
    }
}

/// Whom to write to about anything else: "desk@segfl.example".
pub(super) fn desk(notice: &Notice) -> &str {
    notice.contact("enquiries").and_then(|contact| contact.email.as_deref()).unwrap_or("our enquiry desk")
}
