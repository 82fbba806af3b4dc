//! Ids are types: a holding is never passed where a person is meant.

use rand_core::RngCore;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Draws a new one: 128 random bits that say nothing about whom they stand for.
            pub fn draw(rng: &mut (impl RngCore + ?Sized)) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }
        }

        impl From<$name> for store::Val {
            fn from(id: $name) -> Self {
                store::Val::from(id.0)
            }
        }

        impl std::fmt::Debug for $name {
            /// The first four bytes: enough to tell two apart in a test, too few to follow anyone in a log.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:02x}{:02x}{:02x}{:02x}…)"), self.0[0], self.0[1], self.0[2], self.0[3])
            }
        }
    };
}

id! {
    /// A person: an opaque random id.
    PersonId
}
id! {
    /// One instance of a kind, about one person, on one ground.
    HoldingId
}
id! {
    /// What a holding is held for: this account, this enquiry, this mail.
    Ground
}

id! {
    /// A draft of a notice.
    DraftId
}

/// Who acts. The role is one of those that purposes name in `by`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `you`, `desk`, `officer`, `operator`, `mailer`, `sweeper`, `doorkeeper`.
    pub role: String,
    /// The person, where the actor is one: the member of staff, or the data subject for `you`.
    pub person: Option<PersonId>,
}

impl Actor {
    /// A part of the program that acts under a declared purpose.
    pub fn system(role: &str) -> Self {
        Self { role: role.to_owned(), person: None }
    }

    /// The person the data is about.
    pub fn you(person: PersonId) -> Self {
        Self { role: "you".to_owned(), person: Some(person) }
    }

    /// A member of staff.
    pub fn staff(role: &str, person: PersonId) -> Self {
        Self { role: role.to_owned(), person: Some(person) }
    }

    /// Whether evidence about this actor is sealed under the actor's own staff holding.
    pub(crate) fn is_staff(&self) -> bool {
        self.person.is_some() && self.role != "you"
    }

    /// As `opening.actor_id` stores it: zeroes where nobody on the staff acted.
    pub(crate) fn staff_id(&self) -> [u8; 16] {
        match self.person {
            Some(person) if self.is_staff() => person.0,
            _ => [0; 16],
        }
    }
}
