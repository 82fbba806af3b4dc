//! Every key of the configuration, once: the reader, the environment and the page for operators all take it from here.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Kind {
    /// A list of texts; in the environment they are parted by colons, as in `PATH`.
    List,
    /// A whole number.
    Number,
    /// A text.
    Text,
}

/// Whether a key must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Need {
    /// It has this value where nothing is said.
    Default(&'static str),
    /// It may be left out.
    Optional,
    /// It must be given.
    Required,
}

/// A key.
pub(in crate::command) struct Key {
    /// As the file has it; `mail.host` is `host` in the section `[mail]`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be given.
    pub need: Need,
    /// What it says, in a sentence for the operator.
    pub words: &'static str,
}

impl Key {
    /// Its environment variable: `CANDOUR_` and the name in capitals, its dot an underscore.
    pub(in crate::command) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// What every variable begins with.
pub(in crate::command) const PREFIX: &str = "CANDOUR_";

/// Variables of this prefix that are no keys: where the file stands, and what the test suite reads.
pub(super) fn is_no_key(variable: &str) -> bool {
    matches!(variable, "CANDOUR_CONFIG" | "CANDOUR_ROUNDS") || variable.starts_with("CANDOUR_TEST_")
}

/// Every key, as they stand in the file that `candour init` writes.
pub(in crate::command) const KEYS: &[Key] = &[
    text("listen", Need::Default("127.0.0.1:8080"), "Where to listen: address and port."),
    text("address", Need::Required, "The public address, for links in mails: `https://portal.segfl.example`."),
    text("data", Need::Required, "The folder of the database and of its lock."),
    list(
        "keyring",
        Need::Required,
        "The folders of the keyring, the same keys in each: outside `data` and every backup.",
    ),
    text(
        "root_key",
        Need::Required,
        "The root key: its file, outside `data` and apart from the keyring; `credential:NAME` of systemd; or `passphrase`.",
    ),
    text(
        "passphrase_file",
        Need::Optional,
        "The file with that passphrase; without it, it is asked at the terminal when something starts.",
    ),
    text("journal", Need::Required, "The file of the journal of erasures: outside `data`."),
    text(
        "evidence",
        Need::Optional,
        "The folder of the public log, outside `data`; unless said otherwise `evidence` beside the journal.",
    ),
    text("backups", Need::Optional, "The folder that `candour backup` writes to: outside `data` and the keyring."),
    text("database", Need::Default("sqlite"), "`sqlite`, in the data folder, or `postgresql://user@host/name`."),
    text("database_password_file", Need::Optional, "The file with the password of the PostgreSQL user."),
    text("notice", Need::Optional, "The file of the notice, for `candour doctor` to compare with what is in force."),
    text("log", Need::Default("text"), "`text`, or `json` for one object a line."),
    text("mail.host", Need::Required, "The mail server."),
    number("mail.port", Need::Default("587"), "Its port: 587 or 465; 25 on the same machine."),
    text("mail.security", Need::Default("starttls"), "`starttls`, `tls`, or `none` on the same machine only."),
    text("mail.user", Need::Optional, "The user name, where the server wants one."),
    text("mail.password_file", Need::Optional, "The file with that user's password."),
    text("mail.from", Need::Required, "The sender: `SEGfL <desk@segfl.example>`."),
    text("tls.certificate", Need::Optional, "The file of the certificate chain (PEM), where no proxy stands in front."),
    text("tls.key", Need::Optional, "The file of its private key (PEM)."),
];

const fn text(name: &'static str, need: Need, words: &'static str) -> Key {
    Key { name, kind: Kind::Text, need, words }
}

const fn list(name: &'static str, need: Need, words: &'static str) -> Key {
    Key { name, kind: Kind::List, need, words }
}

const fn number(name: &'static str, need: Need, words: &'static str) -> Key {
    Key { name, kind: Kind::Number, need, words }
}
