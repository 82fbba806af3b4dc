//! A small notice for the tests of this module.

use jiff::civil::{Date, date};
use notice::Notice;

pub(super) const TODAY: Date = date(2026, 11, 23);

/// Breaks out of text, attributes and elements wherever it is not escaped.
pub(super) const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;";

/// What was hostile is text now.
pub(super) fn assert_harmless(html: &str) {
    assert!(html.contains("alert(1)"), "the hostile value is not on the page: {html}");
    for piece in ["<script", "<img", "\"'>", "'&amp;amp;"] {
        assert!(!html.contains(piece), "{piece} was not escaped: {html}");
    }
}

pub(super) fn notice() -> Notice {
    let read = notice::read(TEXT).expect("the fixture is a notice");
    let errors: Vec<_> = read.findings.iter().filter(|f| f.severity == notice::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    read.notice.expect("the fixture is whole")
}

const TEXT: &str = r#"
[notice]
id = "segfl"
version = "2026-11"
effective = 2026-11-01
language = "en-GB"
jurisdiction = "uk"
backup_window = "14 days"

[controller]
name = "South East Grid for Learning Example"
short = "SEGfL"
address = "1 Example Street, Example"

[[contact]]
id = "officer"
role = "Data protection officer"
email = "privacy@segfl.example"

[[subject]]
id = "enquirer"
words = "People who ask us something"

[[field]]
id = "name"
label = "Name"
type = "text"
category = "identity"

[[field]]
id = "email"
label = "E-mail address"
type = "email"
category = "contact"
hint = "We answer to this address."

[[field]]
id = "telephone"
label = "Telephone number"
type = "telephone"
category = "contact"

[[field]]
id = "postcode"
label = "Postcode"
type = "postcode"
category = "contact"

[[field]]
id = "visit"
label = "Date of your visit"
type = "date"
category = "content"

[[field]]
id = "topic"
label = "Topic"
type = "choice"
category = "content"
options = [["broadband", "Broadband and network"], ["other", "Something else"]]

[[field]]
id = "message"
label = "Your message"
type = "message"
category = "content"

[[field]]
id = "answered-by"
label = "Answered by"
type = "text"
category = "identity"

[[field]]
id = "password"
label = "Password"
type = "secret"
category = "credential"

[[purpose]]
id = "answer-enquiries"
words = "Answer what you ask."
basis = "legitimate-interests"
interest = "Answering people who write to us."
assessment = "LIA-1"
objectable = true
by = ["desk", "officer"]

[[purpose]]
id = "show-you"
words = "Show you what we hold about you."
basis = "legal-obligation"
by = ["you"]

[[event]]
id = "enquiry.received"
words = "we received your enquiry"
counts = ["enquiry"]
certain = true

[[event]]
id = "enquiry.closed"
words = "we closed your enquiry"
counts = ["close"]

[[kind]]
id = "enquiry"
words = "Your enquiry and how to reach you"
subject = "enquirer"
fields = { name = "required", email = "required", telephone = "optional", postcode = "optional", visit = "optional", topic = "required" }
linked = ["topic"]
source = { default = "you" }
purposes = ["answer-enquiries", "show-you"]
keep = "earliest of 90 days after enquiry.closed, 12 months after enquiry.received"
warn = ["14 days"]
then = "erase"
recipients = ["mail-relay"]

[[kind]]
id = "enquiry-message"
words = "What you wrote and what we answered"
subject = "enquirer"
fields = { message = "required", answered-by = "optional", password = "optional" }
names_others = ["message"]
source = { default = "you", answered-by = "our staff" }
purposes = ["answer-enquiries", "show-you"]
keep = "earliest of 90 days after enquiry.closed, 12 months after enquiry.received"
then = "erase"
recipients = ["mail-relay"]

[[recipient]]
id = "mail-relay"
name = "Example Mail Limited"
role = "processor"
purposes = ["answer-enquiries"]
country = "GB"
contract = "C-1"
"#;
