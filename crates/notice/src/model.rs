//! What a notice says, as types. [`crate::read`] is the only way to make a [`Notice`].

use crate::clauses::Known;
use jiff::civil::Date;
use law::Period;
use std::collections::BTreeMap;

/// SHA-256 of a notice's canonical form ([`crate::print()`]).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

/// A whole notice: every section, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub(crate) head: Head,
    pub(crate) controller: Controller,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) fields: Vec<Field>,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) events: Vec<Event>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) disclosures: Vec<Disclosure>,
    pub(crate) rights: Vec<Right>,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) stores: Vec<Store>,
    pub(crate) change: Option<Change>,
    pub(crate) texts: Vec<Text>,
    pub(crate) known: Known,
}

/// `[notice]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Short name: `segfl`.
    pub id: String,
    /// Version as people cite it: `2026-11`.
    pub version: String,
    /// First civil day on which the notice may be in force.
    pub effective: Date,
    /// Digest of the notice it replaces.
    pub supersedes: Option<Digest>,
    /// BCP 47 tag: `en-GB`.
    pub language: String,
    /// Law pack: `uk`.
    pub jurisdiction: String,
    /// When the controller looks at it again.
    pub review_due: Option<Date>,
    /// Longest time for which a copy can still be read after erasure, where the notice states it: [`Head::window`].
    pub backup_window: Option<Period>,
}

/// The shortest backup window the keys allow: they must turn, reach every place and be destroyed within it.
pub const SHORTEST_WINDOW: Period = Period { count: 4, unit: law::Unit::Day };

impl Head {
    /// The backup window: as stated, and the shortest that the keys allow where the notice is silent. Whoever promises
    /// deletion and says nothing of copies has reserved no time for them.
    pub fn window(&self) -> Period {
        self.backup_window.unwrap_or(SHORTEST_WINDOW)
    }
}

/// `[controller]`: the legal person that answers for the data (UK GDPR Art 13(1)(a)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Full legal name.
    pub name: String,
    /// The short name that pages use: `SEGfL`.
    pub short: String,
    /// Postal address.
    pub address: String,
    /// Registration number with the regulator.
    pub registration: Option<String>,
    /// Registration number as a company.
    pub company: Option<String>,
    /// Registration number as a charity.
    pub charity: Option<String>,
    /// Whether it is a public authority, which may not rest its tasks on legitimate interests (UK GDPR Art 6(1)).
    pub public_authority: bool,
    /// Keys of this section whose values are examples, to be replaced by the consortium.
    pub example: Vec<String>,
}

/// `[[contact]]`: a role that people can write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `officer`, `enquiries`, `regulator`.
    pub id: String,
    /// The role in words, never a person's name.
    pub role: String,
    /// E-mail address of the role.
    pub email: Option<String>,
    /// Postal address, if not the controller's.
    pub post: Option<String>,
    /// Web address.
    pub web: Option<String>,
    /// Working days within which the role answers.
    pub answers_within: Option<u32>,
}

/// `[[subject]]`: whose data it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `enquirer`.
    pub id: String,
    /// In words: "People who ask us something".
    pub words: String,
    /// Whether these people are themselves party to a contract with the controller, or ask for steps before one
    /// (UK GDPR Art 6(1)(b)).
    pub party: bool,
    /// Whether they are children, or may be (UK GDPR Art 12(1), 8).
    pub children: bool,
}

/// `[[field]]`: one item of personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `email`.
    pub id: String,
    /// As a form and the notice call it: "E-mail address".
    pub label: String,
    /// What a form accepts and how a page shows it.
    pub shape: Shape,
    /// Category of personal data (Art 14(1)(d), Art 30(1)(c)): `contact`, `identity`, `content`, `credential`.
    pub category: String,
    /// Help below the label of a form.
    pub hint: Option<String>,
    /// Longest accepted value, in characters.
    pub max: usize,
    /// Special category (Art 9).
    pub special: bool,
    /// Whether equal values may be found by a keyed look-up.
    pub lookup: bool,
}

/// The `type` of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of the listed codes; the second of each pair is the label.
    Choice(Vec<(String, String)>),
    /// A civil date.
    Date,
    /// An e-mail address.
    Email,
    /// Several lines of free text.
    Message,
    /// A postcode.
    Postcode,
    /// A person's role at work.
    Role,
    /// A school's name.
    School,
    /// A secret: never shown again.
    Secret,
    /// A telephone number.
    Telephone,
    /// One line of text.
    Text,
}

/// The lawful bases of UK GDPR Art 6(1) that the language knows. `consent` is a finding until it is supported.
/// [`Basis::Unstated`] is what a purpose has that names none: its clause is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Art 6(1)(b).
    Contract,
    /// Art 6(1)(c).
    LegalObligation,
    /// Art 6(1)(f).
    LegitimateInterests,
    /// Art 6(1)(e).
    PublicTask,
    /// Art 6(1)(ea).
    RecognisedLegitimateInterest,
    /// The notice does not say.
    Unstated,
    /// Art 6(1)(d).
    VitalInterests,
}

/// `[[purpose]]`: why fields may be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// `answer-enquiries`.
    pub id: String,
    /// In words: a whole sentence that begins with a verb.
    pub words: String,
    /// Its one lawful basis.
    pub basis: Basis,
    /// The legitimate interest, where that is the basis (Art 13(1)(d)).
    pub interest: Option<String>,
    /// Reference of the assessment behind it.
    pub assessment: Option<String>,
    /// The law that lays down the duty or the task (Art 6(3)): "UK GDPR Art 5(1)(e)".
    pub law: Option<String>,
    /// The condition of Art 9(2) under which special category data is used: `employment`.
    pub condition: Option<String>,
    /// The paragraph of Schedule 1 of the Data Protection Act 2018 that goes with the condition.
    pub schedule: Option<String>,
    /// Whether a person may object (Art 21).
    pub objectable: bool,
    /// Who acts under it: `desk`, `officer`, `mailer`, `you`.
    pub by: Vec<String>,
    /// What comes out.
    pub output: Output,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// What a purpose may produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Totals over at least so many people.
    Aggregate {
        /// Smallest group that may be shown.
        min_group: u32,
    },
    /// Values about one person.
    Personal,
}

/// `[[event]]`: what starts or moves a retention clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `enquiry.closed`.
    pub id: String,
    /// In words, to follow "after": "we closed your enquiry".
    pub words: String,
    /// What counts as one.
    pub counts: Vec<String>,
    /// Whether it happens for every holding without a further human act, such as the taking itself.
    pub certain: bool,
}

/// `[[kind]]`: which fields about which people, for what, until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// `enquiry`.
    pub id: String,
    /// In words: "Your enquiry and how to reach you".
    pub words: String,
    /// Whose data it is.
    pub subject: String,
    /// Fields, in the order of forms; `true` where required.
    pub fields: Vec<(String, bool)>,
    /// Fields kept as codes under the person id, so that lists can show them.
    pub linked: Vec<String>,
    /// Free text that may name other people: released only after someone looked.
    pub names_others: Vec<String>,
    /// Linked fields and facts by which lists may be ordered and narrowed.
    pub listed_by: Vec<String>,
    /// Where the fields come from, `default` and by field: "you", "your school's administrator".
    pub source: BTreeMap<String, String>,
    /// Purposes for which its fields may be opened.
    pub purposes: Vec<String>,
    /// Until when.
    pub keep: Keep,
    /// How long before the due day the person is warned, longest first.
    pub warn: Vec<Period>,
    /// Recipients who may be given it.
    pub recipients: Vec<String>,
    /// Whether a person must give it: `no`, `contract`, `law` (Art 13(2)(e)).
    pub obliged: Option<String>,
    /// What follows when it is not given, in a whole sentence (Art 13(2)(e)).
    pub without: Option<String>,
    /// Promises of the published notice that this clause carries out.
    pub said: Vec<String>,
}

/// The retention algebra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// `"90 days after enquiry.closed"`; the flag is true for `"at least …"`.
    After(Period, String, bool),
    /// `"earliest of A, B"`.
    Earliest(Vec<Keep>),
    /// `"latest of A, B"`.
    Latest(Vec<Keep>),
    /// `"until further notice"`: parses, and is a finding.
    UntilFurtherNotice,
    /// `"until contract.end"`.
    Until(String),
    /// The notice does not say: a finding, and the clause is closed.
    Unstated,
}

/// `[[recipient]]`: who else receives data (Art 13(1)(e)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// `mail-relay`.
    pub id: String,
    /// Legal name, or the category in words where [`Recipient::derived`] names a table.
    pub name: String,
    /// The table of the program that lists them: `members`, `schools`. Who leaves it is no recipient from that day.
    pub derived: Option<String>,
    /// `processor`, `joint-controller`, `controller`, `disclosure-only`.
    pub role: Option<String>,
    /// What for.
    pub purposes: Vec<String>,
    /// Which fields of which kind may be given; a kind that is not named gives all its fields.
    pub fields: Vec<(String, Vec<String>)>,
    /// Where the data goes: ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Safeguard of Art 46 for a transfer out of the United Kingdom.
    pub safeguard: Option<String>,
    /// Contract reference.
    pub contract: Option<String>,
    /// Last day of the contract.
    pub contract_until: Option<Date>,
    /// The version of this notice that the recipient has accepted.
    pub accepted: Option<String>,
    /// When somebody last checked that it still exists under this name.
    pub checked: Option<Date>,
    /// Whether the values are examples.
    pub example: bool,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[disclosure]]`: a ground on which data may be given once to somebody who is no recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// `crime`.
    pub id: String,
    /// `legal-duty`, `legal-claims`, `crime`, `rights-and-safety`, `vital-interests`, `professional-advice`, `successor`.
    pub ground: String,
    /// In words, to follow "We may disclose data": "to the police, when it is needed to prevent or detect a crime".
    pub words: String,
    /// Kinds it is limited to; all where empty.
    pub kinds: Vec<String>,
    /// Whether the person is told, unless the law forbids it; `None` where the notice does not say.
    pub told: Option<bool>,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[right]]`: what a person may ask for (UK GDPR chapter III; DPA 2018 s.164A).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// `access`, `rectification`, `erasure`, `restriction`, `objection`, `portability`, `human-review`, `complaint`.
    pub id: String,
    /// In words: a whole sentence.
    pub words: String,
    /// Kinds it is limited to; all where empty.
    pub kinds: Vec<String>,
    /// Within what time it is answered.
    pub limit: Option<Period>,
    /// By how much the time may be extended (Art 12A); `None` where it may not.
    pub extension: Option<Period>,
    /// Whether a fee may be asked.
    pub fee: bool,
    /// Whether the notice gives it beyond what the law demands.
    pub voluntary: bool,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[cookie]]`: the only function that sets a cookie takes its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// `staff-session`.
    pub id: String,
    /// Name on the wire: `__Host-staff`.
    pub name: String,
    /// Who sets it: `us`, or the name of somebody else.
    pub setter: String,
    /// The host that sets it, where that is not the portal's own.
    pub host: Option<String>,
    /// Longest life; `None` where the notice does not say.
    pub minutes: Option<u32>,
    /// What for, in words.
    pub words: String,
    /// The exception of PECR regulation 6 and Schedule A1 it rests on: `strictly-necessary`.
    pub exception: Option<String>,
    /// Whether its value tells one browser from another.
    pub identifies: bool,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[decision]]`: an automatic act that affects a person (UK GDPR Art 22A to 22D).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `delete-when-due`.
    pub id: String,
    /// What is done automatically, and its effect: a whole sentence.
    pub words: String,
    /// The actor of the program that does it: `sweeper`.
    pub by: String,
    /// Kinds it touches; all where empty.
    pub kinds: Vec<String>,
    /// Whether the effect is legal or similarly significant (Art 22A).
    pub significant: bool,
    /// Why it is not significant, or what safeguards stand (Art 22C): a whole sentence.
    pub reason: Option<String>,
    /// The contact whose holder looks at it again.
    pub human: Option<String>,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[store]]`: where data stands beside the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// `backups`.
    pub id: String,
    /// What stands there, in words.
    pub words: String,
    /// Longest time there; `None` where the notice does not say.
    pub limit: Option<Period>,
    /// Where it stands: ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[change]`: which differences between two versions are significant, and how people learn of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Codes of differences: [`crate::DIFFERENCES`].
    pub significant: Vec<String>,
    /// How long people know before a significant difference takes effect.
    pub wait: Option<Period>,
    /// Subjects who are told by e-mail; everybody else by the banner and the feed.
    pub tell: Vec<String>,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}

/// `[[text]]`: prose of the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// `security`.
    pub id: String,
    /// The part of the page it stands in: `summary`, `security`, `rights`, `complaints`, `changes`, `cookies`.
    pub under: String,
    /// The clause that makes it true; `None` where it is informative only.
    pub clause: Option<String>,
    /// Points of the law's checklist that this prose answers: `13(2)(e)`.
    pub answers: Vec<String>,
    /// The prose: paragraphs separated by blank lines.
    pub words: String,
    /// Promises of an earlier notice that this clause carries out.
    pub said: Vec<String>,
}
