//! Pruning the log by its own term: entries go, hashes stay, and everything still verifies.

use crate::house::{House, NOTICE};
use crate::publish::verify;
use custody::{Custody, Error};
use law::Period;
use ledger::Effect;

store::statements! {
    @list pub(crate),
    COUNT_LEAVES = "SELECT count(*) FROM log_leaf";
    FIRST_LEAF = "SELECT min(idx) FROM log_leaf";
    COUNT_SEGMENTS = "SELECT count(*) FROM segment";
}

fn count(house: &House, statement: &'static store::Statement) -> u64 {
    house.custody.store().read_blocking("count", |tx| tx.one(statement, &[])?.get::<u64>(0)).unwrap()
}

fn year() -> Period {
    "1 year".parse().unwrap()
}

/// A house whose first bundles are of one day, and some leaves of more than a year later.
fn aged(early: u64, late: u64) -> House {
    aged_under(NOTICE, early, late)
}

fn aged_under(notice: &str, early: u64, late: u64) -> House {
    let house = House::under(notice);
    for n in 0..early {
        let enquiry = house.enquire(&format!("person{n}@oakfield.example"));
        if n == 0 {
            house.open(&enquiry).unwrap();
            house.custody.cut_segment().unwrap();
        }
    }
    house.custody.publish_now().unwrap();
    house.move_to(house.today().saturating_add(jiff::Span::new().days(400)));
    house.custody.confirm_clock(house.today()).unwrap();
    for n in 0..late {
        house.enquire(&format!("later{n}@oakfield.example"));
    }
    house.custody.publish_now().unwrap();
    // What a confirmed jump made old waits a week.
    for _ in 0..8 {
        house.move_to(house.today().tomorrow().unwrap());
        house.custody.witness().unwrap();
    }
    house
}

/// The same house after a stop, once the lease that it had is over.
fn restarted(house: House) -> House {
    house.custody.store().clock().pass(std::time::Duration::from_secs(6));
    house.restart()
}

#[test]
fn without_a_term_the_log_is_kept_for_good() {
    let house = aged(300, 1);
    assert_eq!(house.custody.prune_log(None).unwrap(), 0);
}

#[test]
fn the_day_prunes_by_the_limit_of_the_notice_alone() {
    let stated = "\n[[store]]\nid = \"evidence\"\nwords = \"The log.\"\nlimit = \"1 year\"\ncountry = \"GB\"\n";
    let stands = |notice: &str| {
        let house = aged_under(notice, 300, 1);
        house.pass_days(1);
        house.custody.store().read_blocking("first", |tx| tx.one(&FIRST_LEAF, &[])?.get::<u64>(0)).unwrap()
    };
    assert_eq!((stands(NOTICE), stands(&format!("{NOTICE}{stated}"))), (0, 256));
}

#[test]
fn whole_bundles_that_are_over_go_and_everything_still_verifies() {
    let house = aged(600, 10);
    let mut pruned = 0;
    // A run takes a bundle at the least, and a hundredth.
    for bundles in 1..=2 {
        assert_eq!(house.custody.prune_log(Some(year())).unwrap(), 256);
        pruned += 256;
        house.custody.sequence().unwrap();
        assert_eq!(count(&house, &COUNT_LEAVES), house.custody.verify_log().unwrap().0 - pruned);
        house.custody.publish_now().unwrap();
        let report = verify(&house);
        assert!(report.is_whole(), "{:?}", report.findings.first().map(|one| &one.sentence));
        assert_eq!((report.pruned, pruned), (256 * bundles, 256 * bundles));
    }
    assert_eq!(house.custody.prune_log(Some(year())).unwrap(), 0, "the next bundle is not whole or not over");
    assert_eq!(count(&house, &COUNT_SEGMENTS), 0);
    let effects = verify(&house).effects;
    assert!(effects.contains(&(Effect::Pruned, 2)));
    let path = house.keys.path().join("evidence/tile/entries");
    assert!(!path.join("000").exists() && !path.join("001").exists() && path.join("002.p").exists());
    assert!(house.keys.path().join("evidence/tile/0/000").exists());
    let house = restarted(house);
    house.enquire("after@oakfield.example");
    house.custody.publish_now().unwrap();
    assert!(verify(&house).is_whole());
}

#[test]
fn a_log_whose_folder_is_gone_does_not_start_and_is_written_anew_by_a_restore_though_pruned() {
    let house = aged(600, 10);
    house.custody.prune_log(Some(year())).unwrap();
    house.custody.publish_now().unwrap();
    std::fs::remove_dir_all(house.keys.path().join("evidence")).unwrap();
    house.custody.store().clock().pass(std::time::Duration::from_secs(6));
    let House { custody, keys, database } = house;
    drop(custody);
    let parts = || crate::recover::parts(database.store().clone(), keys.path());
    assert!(matches!(Custody::new(parts()), Err(Error::EvidenceMissing(_))));
    let (custody, _) = Custody::recover(parts(), |_| Ok(())).unwrap();
    let house = House { custody, keys, database };
    house.custody.publish_now().unwrap();
    let report = verify(&house);
    assert!(report.is_whole(), "{:?}", report.findings.first().map(|one| &one.sentence));
    assert_eq!(report.pruned, 256);
}

#[test]
fn what_was_not_published_and_what_is_young_stays() {
    let house = House::new();
    for n in 0..300 {
        house.enquire(&format!("person{n}@oakfield.example"));
    }
    assert_eq!(house.custody.prune_log(Some("1 day".parse().unwrap())).unwrap(), 0, "nothing is published");
    house.custody.publish_now().unwrap();
    assert_eq!(house.custody.prune_log(Some("1 day".parse().unwrap())).unwrap(), 0, "all of it is of today");
}

#[test]
fn on_a_clock_that_jumped_nothing_goes() {
    let house = House::new();
    for n in 0..300 {
        house.enquire(&format!("person{n}@oakfield.example"));
    }
    house.custody.publish_now().unwrap();
    house.move_to(house.today().saturating_add(jiff::Span::new().days(400)));
    assert_eq!(house.custody.prune_log(Some(year())).unwrap(), 0);
    house.custody.confirm_clock(house.today()).unwrap();
    assert_eq!(house.custody.prune_log(Some(year())).unwrap(), 0, "what a confirmed jump made old waits a week");
}
