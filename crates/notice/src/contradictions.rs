//! Where a notice speaks against itself: codes `X…`, after the contradictions found in real notices.
//!
//! All are warnings or remarks: prose that is wrong about a lawful use closes nothing, and an unlawful use is closed by the
//! law's own finding. Structure is asked first; words are read where words alone betray it, by stems and without grammar.

mod bases;
mod cookies;
mod keeping;
mod people;
mod stale;

use crate::gathered::Words;
use crate::lawful::{Case, informed};

pub(crate) fn check(case: &mut Case) {
    cookies::check(case);
    bases::check(case);
    keeping::check(case);
    people::check(case);
    stale::check(case);
    check_open_points(case);
}

/// So many open points of the checklist are no slip: the notice needs a new look.
const MANY: usize = 3;

/// X14.
fn check_open_points(case: &mut Case) {
    if !case.is_whole() {
        return;
    }
    let open = informed::open_points(case);
    if open.len() >= MANY {
        let words = Words {
            why: format!(
                "of the {} points that people must be told, {} are open wholly or in part: {}",
                case.law.checklist().count(),
                open.len(),
                open.join(", ")
            ),
            mend: "mend the findings that name them one by one".into(),
            rests_on: "UK GDPR Art 13, 14",
        };
        case.find("X14", "notice", "", words);
    }
}

/// A piece of prose with its clause.
struct Piece<'a> {
    clause: String,
    words: &'a str,
}

impl<'a> Case<'a> {
    /// Prose of texts.
    fn texts(&self) -> impl Iterator<Item = Piece<'a>> {
        self.parts.texts.iter().map(|text| Piece { clause: format!("text.{}", text.id), words: &text.words })
    }

    /// Every sentence of the notice that people read.
    fn prose(&self) -> Vec<Piece<'a>> {
        let piece = |section: &str, id: &str, words: &'a str| Piece { clause: format!("{section}.{id}"), words };
        let parts = self.parts;
        let mut prose: Vec<Piece> = self.texts().collect();
        prose.extend(parts.purposes.iter().map(|purpose| piece("purpose", &purpose.id, &purpose.words)));
        prose.extend(parts.kinds.iter().map(|kind| piece("kind", &kind.id, &kind.words)));
        prose.extend(parts.disclosures.iter().map(|disclosure| piece("disclosure", &disclosure.id, &disclosure.words)));
        prose.extend(parts.rights.iter().map(|right| piece("right", &right.id, &right.words)));
        prose.extend(parts.cookies.iter().map(|cookie| piece("cookie", &cookie.id, &cookie.words)));
        prose.extend(parts.decisions.iter().map(|decision| piece("decision", &decision.id, &decision.words)));
        prose
    }
}

/// Whether prose has any of these stems, whatever their case.
fn has_any(prose: &str, stems: &[&str]) -> bool {
    let prose = prose.to_lowercase();
    stems.iter().any(|stem| prose.contains(stem))
}
