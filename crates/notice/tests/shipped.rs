//! The shipped notices: what is wrong with each is known, and the one of today keeps what the one of 2018 promised.

use notice::{Notice, Severity, read, report};
use std::collections::BTreeSet;
use std::path::PathBuf;

const OLD: Shipped = Shipped { file: "segfl-2018.toml", text: include_str!("../../../notices/segfl-2018.toml") };
const CURRENT: Shipped = Shipped { file: "segfl.toml", text: include_str!("../../../notices/segfl.toml") };
const NETWORK: Shipped = Shipped {
    file: "examples/university-network.toml",
    text: include_str!("../../../notices/examples/university-network.toml"),
};
const TRUST: Shipped =
    Shipped { file: "examples/academy-trust.toml", text: include_str!("../../../notices/examples/academy-trust.toml") };

/// The promises of 2018 that no clause of the current notice carries out. Its comments give the reason for each.
const NOT_KEPT: [&str; 8] = ["P11", "P15", "P25", "P46", "P48", "P51", "P52", "P54"];

/// A notice that is shipped.
struct Shipped {
    /// Below `notices/`.
    file: &'static str,
    text: &'static str,
}

impl Shipped {
    fn findings(&self) -> Vec<notice::Finding> {
        read(self.text).expect("a notice").findings
    }

    fn notice(&self) -> Notice {
        read(self.text).expect("a notice").notice.expect("a whole notice")
    }

    /// Where its findings are kept.
    fn snapshot(&self) -> PathBuf {
        let name = self.file.replace('/', "-").replace(".toml", ".txt");
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name)
    }
}

fn all() -> [Shipped; 4] {
    [OLD, CURRENT, NETWORK, TRUST]
}

/// Every promise that some clause says it carries out.
fn said(notice: &Notice) -> BTreeSet<&str> {
    let lists = notice
        .purposes()
        .iter()
        .map(|clause| &clause.said)
        .chain(notice.kinds().iter().map(|clause| &clause.said))
        .chain(notice.recipients().iter().map(|clause| &clause.said))
        .chain(notice.disclosures().iter().map(|clause| &clause.said))
        .chain(notice.rights().iter().map(|clause| &clause.said))
        .chain(notice.cookies().iter().map(|clause| &clause.said))
        .chain(notice.decisions().iter().map(|clause| &clause.said))
        .chain(notice.stores().iter().map(|clause| &clause.said))
        .chain(notice.change().into_iter().map(|clause| &clause.said))
        .chain(notice.texts().iter().map(|clause| &clause.said));
    lists.flatten().map(String::as_str).collect()
}

/// P01 to P58.
fn promises() -> BTreeSet<String> {
    (1..=58).map(|n| format!("P{n:02}")).collect()
}

#[test]
fn the_findings_of_each_shipped_notice_are_the_ones_kept_beside_it() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut stale = Vec::new();
    for shipped in all() {
        let said = report(&format!("notices/{}", shipped.file), shipped.text, &shipped.findings());
        let snapshot = shipped.snapshot();
        if update {
            std::fs::write(&snapshot, &said).expect("the snapshot can be written");
        } else if std::fs::read_to_string(&snapshot).ok().as_deref() != Some(said.as_str()) {
            stale.push(format!("{}:\n{said}", shipped.file));
        }
    }
    assert!(stale.is_empty(), "these findings are new; UPDATE_SNAPSHOTS=1 writes them:\n{}", stale.join("\n"));
}

#[test]
fn the_current_notice_and_the_examples_have_no_error_and_no_warning() {
    for shipped in [CURRENT, NETWORK, TRUST] {
        let mut grave = shipped.findings();
        grave.retain(|finding| finding.severity != Severity::Info);
        assert!(grave.is_empty(), "{}", report(shipped.file, shipped.text, &grave));
        assert_eq!(shipped.notice().closed(), [""; 0], "{}", shipped.file);
    }
}

#[test]
fn a_shipped_notice_reads_back_from_its_canonical_form() {
    for shipped in all() {
        let notice = shipped.notice();
        let again = read(&notice::print(&notice)).expect("a notice").notice.expect("a whole notice");
        assert_eq!(again, notice, "{}", shipped.file);
        assert_eq!(again.digest(), notice.digest(), "{}", shipped.file);
    }
}

#[test]
fn the_notice_of_2018_names_each_of_its_promises() {
    assert_eq!(said(&OLD.notice()), promises().iter().map(String::as_str).collect());
}

#[test]
fn every_promise_of_2018_is_carried_out_today_or_its_end_has_a_reason() {
    let (notice, promises) = (CURRENT.notice(), promises());
    let kept = said(&notice);
    let not_kept: Vec<&str> = promises.iter().map(String::as_str).filter(|promise| !kept.contains(promise)).collect();
    assert_eq!(not_kept, NOT_KEPT);
    assert!(kept.iter().all(|promise| promises.contains(*promise)), "{kept:?}");
    for promise in NOT_KEPT {
        let reason = CURRENT.text.lines().any(|line| line.starts_with('#') && line.contains(promise));
        assert!(reason, "no comment says why {promise} is not kept");
    }
}

#[test]
fn what_both_versions_hold_has_one_id_so_that_they_can_be_compared() {
    let (old, current) = (OLD.notice(), CURRENT.notice());
    let gone: Vec<&str> =
        old.kinds().iter().map(|kind| kind.id.as_str()).filter(|id| current.kind(id).is_none()).collect();
    assert_eq!(gone, ["device"]);
    let gone: Vec<&str> =
        old.purposes().iter().map(|purpose| purpose.id.as_str()).filter(|id| current.purpose(id).is_none()).collect();
    assert_eq!(gone, ["understand-use"]);
    assert!(old.rights().iter().all(|right| current.right(&right.id).is_some()));
    assert!(old.disclosures().iter().all(|ground| current.disclosure(&ground.id).is_some()));
}

#[test]
fn the_notice_of_2018_covers_nothing_that_it_left_unsaid() {
    let notice = OLD.notice();
    for clause in
        ["kind.enquiry.keep", "kind.device.keep", "recipient.jisc", "cookie.session", "right.complaint", "change"]
    {
        assert!(!notice.covers(clause), "{clause}");
    }
}

#[test]
fn every_address_of_a_shipped_notice_is_made_up() {
    for shipped in all() {
        for contact in shipped.notice().contacts() {
            let email = contact.email.as_deref().unwrap_or("role@consortium.example");
            assert!(email.ends_with(".example"), "{}: {email}", shipped.file);
        }
    }
}
