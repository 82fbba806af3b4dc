//! What `candour notice check` does with a file of 3,000 lines: read it, find everything, and write the report.

use criterion::{Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;

const COUNTY: &str = include_str!("../src/tests/county.toml");
const LINES: usize = 3000;

/// A notice of 3,000 lines: the small one with more of everything.
fn large() -> String {
    let mut text = COUNTY.to_owned();
    let mut n = 0;
    while text.lines().count() < LINES {
        n += 1;
        write!(text, "{}", group(n)).expect("a String takes everything");
    }
    text
}

fn group(n: usize) -> String {
    format!(
        r#"
[[field]]
id = "code-{n}"
label = "Code {n}"
type = "choice"
category = "content"
options = [["a", "The first"], ["b", "The second"], ["c", "The third"]]

[[purpose]]
id = "purpose-{n}"
words = "Do the thing that has the number {n}."
basis = "legitimate-interests"
interest = "Having done the thing that has the number {n}"
assessment = "LIA-{n}"
objectable = true
by = ["desk", "officer"]

[[event]]
id = "thing-{n}.begun"
words = "we began the thing {n}"
certain = true

[[event]]
id = "thing-{n}.done"
words = "we did the thing {n}"

[[kind]]
id = "thing-{n}"
words = "The thing that has the number {n}"
subject = "enquirer"
fields = {{ name = "required", email = "required", code-{n} = "required", message = "optional" }}
linked = ["code-{n}"]
names_others = ["message"]
source = {{ default = "you" }}
purposes = ["purpose-{n}", "show-you"]
keep = "earliest of (latest of 90 days after thing-{n}.done, at least 1 month after thing-{n}.begun), 12 months after thing-{n}.begun"
warn = ["30 days", "14 days"]
then = "erase"
recipients = ["mail-relay"]

[[text]]
id = "about-{n}"
under = "kinds"
clause = "kind.thing-{n}"
words = """
What we say about the thing {n} takes a line or two, as notices do, and then it
goes on for another one.

And a second paragraph."""
"#
    )
}

fn check(criterion: &mut Criterion) {
    let whole = large();
    let notice = notice::read(&whole).expect("TOML").notice.expect("a whole notice");
    assert!(notice.closed().iter().all(|clause| !clause.starts_with("kind.thing")), "{:?}", notice.closed());
    let gaps = whole.replace("assessment = ", "assesment = ");
    for (name, text) in [("3000 lines, whole", &whole), ("3000 lines, a mistake in each purpose", &gaps)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read = notice::read_bytes(black_box(text.as_bytes())).expect("TOML");
                notice::report("notice.toml", text, &read.findings)
            });
        });
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
