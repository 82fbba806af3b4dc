//! Where a ciphertext belongs.

use jiff::civil::Date;

use crate::key::Associated;

/// The place of a ciphertext: it opens nowhere else, so nothing sealed can be moved to another person, holding, kind or version.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// The person's random id.
    pub person: &'a [u8; 16],
    /// The holding's random id.
    pub holding: &'a [u8; 16],
    /// The clause that names the kind; an opaque string here. Binds content only.
    pub kind: &'a str,
    /// The version of the holding, counted by its amendments. Binds content only.
    pub version: u64,
}

impl Bound<'_> {
    pub(crate) fn content(&self) -> Associated {
        self.holding("content").part(self.kind.as_bytes()).part(&self.version.to_be_bytes())
    }

    /// Neither kind nor version: a trail goes on while its holding is amended.
    pub(crate) fn trail(&self, n: u64) -> Associated {
        self.holding("trail").part(&n.to_be_bytes())
    }

    /// Neither kind nor version: the turn rewraps keys without reading what they open.
    pub(crate) fn wrap(&self, epoch: Date) -> Associated {
        self.holding("wrap").part(epoch.to_string().as_bytes())
    }

    fn holding(&self, used: &str) -> Associated {
        Associated::new(used).part(self.person).part(self.holding)
    }
}

#[cfg(test)]
mod tests;
