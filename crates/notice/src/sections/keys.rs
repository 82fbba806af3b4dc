//! The keys of every section with what they are: one table for reading, for the mends of N01, for the schema of editors and
//! for the reference page.

use crate::codes::{
    ACTORS, BASIS_CODES, CONDITIONS, DIFFERENCE_CODES, EXAMPLES, EXCEPTIONS, GROUNDS, LOOKUPS, OBLIGED, OUTPUTS, PARTS,
    RIGHTS, ROLES, SHAPE_CODES, TABLES,
};

/// A section's name and its keys, in the order of the canonical form.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    /// Whether it stands as often as needed, each with an id: `[[kind]]`.
    pub(crate) many: bool,
    /// What it says, in one sentence.
    pub(crate) help: &'static str,
    pub(crate) keys: &'static [Key],
}

/// A key of a section.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
    pub(crate) value: Value,
    /// What it says, in one sentence.
    pub(crate) help: &'static str,
}

/// What its absence means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It may be left out.
    May,
    /// Without it the file makes no notice (N03).
    Must,
    /// Without it this finding is made.
    Wanted(&'static str),
}

/// What stands behind a key.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// The address of a clause: `kind.enquiry.keep`.
    Address,
    /// A country: two capitals.
    Country,
    /// A date without quotes.
    Date,
    /// 64 hexadecimal digits.
    Digest,
    /// An e-mail address.
    Email,
    /// `{ FIELD = "required" }`.
    Fields,
    /// `true` or `false`.
    Flag,
    /// An id.
    Id,
    /// The id of a section of that name.
    IdOf(&'static str),
    /// Ids of sections of that name.
    IdsOf(&'static str),
    /// The retention algebra.
    Keep,
    /// `{ KIND = ["FIELD"] }`.
    KindFields,
    /// "24 hours".
    Lifetime,
    /// A whole number from and to.
    Number(u32, u32),
    /// `[["code", "Label"]]`.
    Options,
    /// Fields of the same section.
    OwnFields,
    /// "90 days".
    Period,
    /// A list of periods.
    Periods,
    /// `{ FIELD = "words" }`.
    Sources,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// An address that begins with https://.
    Web,
    /// One of these.
    Word(&'static [&'static str]),
    /// A list of these.
    Words(&'static [&'static str]),
    /// "5 working days".
    WorkingDays,
}

const fn must(name: &'static str, value: Value, help: &'static str) -> Key {
    Key { name, need: Need::Must, value, help }
}

const fn wanted(name: &'static str, code: &'static str, value: Value, help: &'static str) -> Key {
    Key { name, need: Need::Wanted(code), value, help }
}

const fn may(name: &'static str, value: Value, help: &'static str) -> Key {
    Key { name, need: Need::May, value, help }
}

const ID: Key = must("id", Value::Id, "What other clauses call it.");
const SAID: Key = may("said", Value::Texts, "Promises of an earlier notice that this clause carries out.");
const KINDS: Key = may("kinds", Value::IdsOf("kind"), "The kinds it is limited to; all where it is left out.");

pub(crate) const ALL: [Section; 16] = [
    Section {
        name: "notice",
        many: false,
        help: "What this notice is, from when it holds and under which law.",
        keys: &[
            ID,
            must("version", Value::Text, "The version as people cite it: `2026-11`."),
            must("effective", Value::Date, "The first day on which it may be in force."),
            must("language", Value::Text, "The language it is written in, as a BCP 47 tag: `en-GB`."),
            must("jurisdiction", Value::Word(&["uk"]), "The law it is judged by."),
            wanted(
                "backup_window",
                "C13",
                Value::Period,
                "Within what time erased data is unreadable in every copy; 4 days at least.",
            ),
            may("supersedes", Value::Digest, "The digest of the notice it replaces."),
            may("review_due", Value::Date, "The day by which the organisation looks at it again."),
        ],
    },
    Section {
        name: "controller",
        many: false,
        help: "The legal person that answers for the data.",
        keys: &[
            must("name", Value::Text, "The full legal name."),
            must("short", Value::Text, "The short name that pages use."),
            must("address", Value::Text, "The postal address."),
            may("registration", Value::Text, "The registration number with the regulator."),
            may("company", Value::Text, "The registration number as a company."),
            may("charity", Value::Text, "The registration number as a charity."),
            may(
                "public_authority",
                Value::Flag,
                "Whether it is a public authority, which has no legitimate interests in its tasks.",
            ),
            may(
                "example",
                Value::Words(&EXAMPLES),
                "Keys of this section whose values are examples, still to be replaced.",
            ),
        ],
    },
    Section {
        name: "contact",
        many: true,
        help: "A role that people can write to: not a person, so that it still answers when its holder has left. `officer` and \
               `regulator` are wanted in every notice.",
        keys: &[
            ID,
            must("role", Value::Text, "The role in words."),
            may("email", Value::Email, "Its e-mail address; it needs this, `post` or `web`."),
            may("post", Value::Text, "Its postal address, if it is not the controller's."),
            may("web", Value::Web, "Its web address."),
            may("answers_within", Value::WorkingDays, "Within what time it answers."),
        ],
    },
    Section {
        name: "subject",
        many: true,
        help: "Whose data it is.",
        keys: &[
            ID,
            must("words", Value::Text, "Who they are: \"People who ask us something\"."),
            may(
                "party",
                Value::Flag,
                "Whether they are themselves party to a contract with the controller, or ask for steps before one.",
            ),
            may("children", Value::Flag, "Whether they are children, or may be."),
        ],
    },
    Section {
        name: "field",
        many: true,
        help: "One item of personal data.",
        keys: &[
            ID,
            must("label", Value::Text, "What forms and the notice call it."),
            must("type", Value::Word(&SHAPE_CODES), "What a form accepts and how a page shows it."),
            must(
                "category",
                Value::Text,
                "The category of personal data: `identity`, `contact`, `work`, `content`, `credential`.",
            ),
            may("hint", Value::Text, "Help in forms, below the label."),
            may(
                "max",
                Value::Number(1, 20_000),
                "The longest value in characters; 4000 for a message and 200 for the rest where it is left out.",
            ),
            may("special", Value::Flag, "Whether it is special category data (UK GDPR Art 9)."),
            may(
                "lookup",
                Value::Word(&LOOKUPS),
                "Whether equal values may be found by a keyed look-up; `none` where it is left out.",
            ),
            may("options", Value::Options, "What there is to choose, for a `choice` and for nothing else."),
        ],
    },
    Section {
        name: "purpose",
        many: true,
        help: "Why fields may be opened, and the one lawful basis of it.",
        keys: &[
            ID,
            must("words", Value::Text, "What for: a whole sentence that begins with a verb."),
            wanted(
                "basis",
                "C05",
                Value::Word(&BASIS_CODES),
                "The lawful basis (UK GDPR Art 6(1)): one, and not `consent` yet.",
            ),
            may("interest", Value::Text, "The legitimate interest; wanted where that is the basis (Art 13(1)(d))."),
            may("assessment", Value::Text, "The reference of the assessment behind it."),
            may("law", Value::Text, "The law that lays down the duty or the task (Art 6(3))."),
            may(
                "condition",
                Value::Word(&CONDITIONS),
                "The condition under which special category data is used (Art 9(2)).",
            ),
            may(
                "schedule",
                Value::Text,
                "The paragraph of Schedule 1 of the Data Protection Act 2018 that goes with the condition.",
            ),
            may("objectable", Value::Flag, "Whether a person may object (Art 21)."),
            must(
                "by",
                Value::Words(&ACTORS),
                "Who acts under it; `mailer`, `sweeper` and `doorkeeper` are the program itself.",
            ),
            may(
                "output",
                Value::Word(&OUTPUTS),
                "What comes out: values about one person, or totals; `personal` where it is left out.",
            ),
            may(
                "min_group",
                Value::Number(2, 1_000_000),
                "The smallest number of people that a total may be about; needed with `aggregate`.",
            ),
            SAID,
        ],
    },
    Section {
        name: "event",
        many: true,
        help: "What starts or moves a retention clock. Its id may have dots.",
        keys: &[
            ID,
            must("words", Value::Text, "What follows \"after\": \"we closed your enquiry\"."),
            may("counts", Value::Texts, "What counts as one, in words or as the id of another event."),
            may("certain", Value::Flag, "Whether it happens to every holding without anybody remembering to act."),
        ],
    },
    Section {
        name: "kind",
        many: true,
        help: "Which fields about which people, for what, from where, until when, to whom.",
        keys: &[
            ID,
            must("words", Value::Text, "What it is: \"Your enquiry, and how to reach you\"."),
            must("subject", Value::IdOf("subject"), "Whose data it is."),
            must("fields", Value::Fields, "Its fields, in the order of forms."),
            may(
                "linked",
                Value::OwnFields,
                "Fields kept as codes or dates under the person's id, so that lists can show them; all others are sealed.",
            ),
            may(
                "names_others",
                Value::OwnFields,
                "Free text that may speak of other people: shown to the person once someone has looked.",
            ),
            may(
                "listed_by",
                Value::OwnFields,
                "Linked fields, or `taken`, `due` and `state`, by which lists are ordered and narrowed.",
            ),
            wanted("source", "C04", Value::Sources, "Where each field comes from, in words; `default` for the others."),
            wanted("purposes", "C03", Value::IdsOf("purpose"), "What it may be opened for."),
            wanted("keep", "C01", Value::Keep, "Until when it is kept."),
            may("warn", Value::Periods, "How long before its last day the person is warned."),
            must("then", Value::Word(&["erase"]), "What happens at the end."),
            may("recipients", Value::IdsOf("recipient"), "Who may be given it."),
            may(
                "obliged",
                Value::Word(&OBLIGED),
                "Whether a person must give it, and what obliges them (Art 13(2)(e)).",
            ),
            may("without", Value::Text, "What follows when it is not given: a whole sentence; wanted with `obliged`."),
            SAID,
        ],
    },
    Section {
        name: "recipient",
        many: true,
        help: "Who else receives data.",
        keys: &[
            ID,
            must("name", Value::Text, "The legal name, or the category in words where a table lists them."),
            may(
                "derived",
                Value::Word(&TABLES),
                "The table of the program that lists them: who leaves it is no recipient from that day.",
            ),
            wanted("role", "C06", Value::Word(&ROLES), "In what role it receives data."),
            must("purposes", Value::IdsOf("purpose"), "What it receives data for."),
            may(
                "fields",
                Value::KindFields,
                "Which fields of which kind it may be given; all of a kind that is not named.",
            ),
            wanted("country", "C06", Value::Country, "Where the data goes, by ISO 3166: `GB`."),
            may("safeguard", Value::Text, "What protects a transfer out of the United Kingdom (Art 46)."),
            may(
                "contract",
                Value::Text,
                "The reference of its contract; wanted for a `processor` that no table lists.",
            ),
            may("contract_until", Value::Date, "The last day of the contract."),
            may("accepted", Value::Text, "The version of this notice that it has accepted."),
            may("checked", Value::Date, "When somebody last checked that it still exists under this name."),
            may("example", Value::Flag, "Whether its values are examples, still to be replaced."),
            SAID,
        ],
    },
    Section {
        name: "disclosure",
        many: true,
        help: "A ground on which data may be given once to somebody who is no recipient.",
        keys: &[
            ID,
            must("ground", Value::Word(&GROUNDS), "The ground."),
            must("words", Value::Text, "What follows \"We may disclose data\": \"to the police, when …\"."),
            KINDS,
            wanted("told", "C23", Value::Flag, "Whether the person is told, unless the law forbids it."),
            SAID,
        ],
    },
    Section {
        name: "right",
        many: true,
        help: "What a person may ask for.",
        keys: &[
            must("id", Value::Word(&RIGHTS), "Which right."),
            must("words", Value::Text, "What it gives: a whole sentence."),
            KINDS,
            wanted("limit", "C20", Value::Period, "Within what time it is answered."),
            may("extension", Value::Period, "By how much that time may be extended; not at all where it is left out."),
            may("fee", Value::Flag, "Whether a fee may be asked."),
            may("voluntary", Value::Flag, "Whether the notice gives it beyond what the law demands."),
            SAID,
        ],
    },
    Section {
        name: "cookie",
        many: true,
        help: "A cookie that may be set; no other can be.",
        keys: &[
            ID,
            must("name", Value::Text, "The name on the wire: `__Host-staff`."),
            must("setter", Value::Text, "Who sets it: `us`, or the name of somebody else."),
            may("host", Value::Text, "The host that sets it, where that is not the portal's own."),
            wanted("lifetime", "C18", Value::Lifetime, "For how long it lives, at most a year."),
            must("words", Value::Text, "What it is for."),
            wanted(
                "exception",
                "C18",
                Value::Word(&EXCEPTIONS),
                "Why it needs no consent (PECR reg 6 and Schedule A1).",
            ),
            may("identifies", Value::Flag, "Whether its value tells one browser from another."),
            SAID,
        ],
    },
    Section {
        name: "decision",
        many: true,
        help: "An automatic act that affects a person.",
        keys: &[
            ID,
            must("words", Value::Text, "What is done automatically, and its effect: a whole sentence."),
            must("by", Value::Word(&ACTORS), "Who does it."),
            KINDS,
            may("significant", Value::Flag, "Whether its effect is legal or similarly significant (UK GDPR Art 22A)."),
            wanted(
                "reason",
                "C21",
                Value::Text,
                "Why it is not significant, or which safeguards stand: a whole sentence.",
            ),
            wanted("human", "C21", Value::IdOf("contact"), "The contact who looks at it again."),
            SAID,
        ],
    },
    Section {
        name: "store",
        many: true,
        help: "Where data stands beside the database.",
        keys: &[
            ID,
            must("words", Value::Text, "What stands there."),
            wanted("limit", "C19", Value::Period, "How long it stands there at most."),
            may("country", Value::Country, "Where it stands, by ISO 3166: `GB`."),
            SAID,
        ],
    },
    Section {
        name: "change",
        many: false,
        help: "Which differences between two versions are significant, and how people learn of them. It may be left out.",
        keys: &[
            may("significant", Value::Words(&DIFFERENCE_CODES), "The significant differences."),
            wanted("wait", "C22", Value::Period, "How long people know before a significant difference takes effect."),
            may("tell", Value::IdsOf("subject"), "Who is told by e-mail; everybody else by a banner and a feed."),
            SAID,
        ],
    },
    Section {
        name: "text",
        many: true,
        help: "Prose of the notice. Absolute words (never, always, only, anonymous) need a clause.",
        keys: &[
            ID,
            must("under", Value::Word(&PARTS), "The part of the page it stands in."),
            may("clause", Value::Address, "The clause that makes it true; it needs this or `informative`."),
            may("informative", Value::Flag, "Whether it promises nothing of its own."),
            may("answers", Value::Texts, "Points of the law's checklist that it answers: `13(2)(e)`."),
            must("words", Value::Text, "The prose: paragraphs parted by an empty line."),
            SAID,
        ],
    },
];

/// The keys of a section.
pub(crate) fn keys(name: &str) -> &'static [Key] {
    ALL.iter().find(|section| section.name == name).map_or(&[], |section| section.keys)
}
