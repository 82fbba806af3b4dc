//! Openings in the log: one commitment each, one leaf for all of a minute.

use crate::house::{Enquiry, House};
use ledger::{Effect, Leaf};

store::statements! {
    @list pub(crate),
    COUNT_WAITING_OPENINGS = "SELECT count(*) FROM opening_outbox";
    COUNT_PLACED = "SELECT count(*) FROM segment";
    LIST_R = "SELECT r FROM opening WHERE person_id = $1 ORDER BY day, purpose";
    LAST_LEAF = "SELECT leaf FROM log_leaf ORDER BY idx DESC LIMIT 1";
    LIST_PLACED = "SELECT commitment FROM segment ORDER BY idx, place";
}

fn count(house: &House, statement: &'static store::Statement) -> u64 {
    house.custody.store().read_blocking("count", |tx| tx.one(statement, &[])?.get::<u64>(0)).unwrap()
}

fn rs(house: &House, enquiry: &Enquiry) -> Vec<Vec<u8>> {
    let person = enquiry.person;
    house
        .custody
        .store()
        .read_blocking("rs", move |tx| {
            tx.all(&LIST_R, &[person.into()])?.iter().map(|row| row.get::<Vec<u8>>(0)).collect::<Result<_, _>>()
        })
        .unwrap()
}

#[test]
fn an_opening_is_committed_to_once_however_often_it_happens() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    house.open(&enquiry).unwrap();
    let first = rs(&house, &enquiry);
    for _ in 0..3 {
        house.open(&enquiry).unwrap();
    }
    assert_eq!(rs(&house, &enquiry), first);
    assert_eq!(count(&house, &COUNT_WAITING_OPENINGS), 1);
    house.open_as("you", "show-you", enquiry.person, enquiry.holding).unwrap();
    assert_eq!(count(&house, &COUNT_WAITING_OPENINGS), 2);
}

#[test]
fn the_openings_of_a_minute_are_one_leaf() {
    let house = House::new();
    let enquiries: Vec<_> = (0..20).map(|n| house.enquire(&format!("person{n}@oakfield.example"))).collect();
    for enquiry in &enquiries {
        house.open(enquiry).unwrap();
    }
    house.custody.sequence().unwrap();
    let (size, _) = house.custody.verify_log().unwrap();
    assert_eq!(house.custody.cut_segment().unwrap(), 20);
    assert_eq!(house.custody.verify_log().unwrap().0, size + 1);
    assert_eq!((count(&house, &COUNT_WAITING_OPENINGS), count(&house, &COUNT_PLACED)), (0, 20));
    let (leaf, placed) = house
        .custody
        .store()
        .read_blocking("leaf", |tx| {
            let placed =
                tx.all(&LIST_PLACED, &[])?.iter().map(|row| row.get::<[u8; 32]>(0)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, store::Error>((tx.one(&LAST_LEAF, &[])?.get::<Vec<u8>>(0)?, placed))
        })
        .unwrap();
    let leaf = Leaf::decode(&leaf).unwrap();
    assert_eq!((leaf.effect, leaf.count, leaf.holding, leaf.actor), (Effect::Opened, 20, None, None));
    assert!(placed.is_sorted());
    let hashes: Vec<_> = placed.iter().map(|commitment| ledger::leaf_hash(commitment)).collect();
    assert_eq!(leaf.detail, Some(ledger::root(&hashes)));
    assert_eq!(house.custody.cut_segment().unwrap(), 0);
    assert_eq!(house.custody.verify_log().unwrap().0, size + 1, "of nothing there is no leaf");
}

#[test]
fn what_opens_a_commitment_dies_with_its_holding_and_the_log_still_stands() {
    let house = House::new();
    let enquiry = house.enquire("ada@oakfield.example");
    house.open(&enquiry).unwrap();
    house.custody.cut_segment().unwrap();
    house.note(&enquiry, "enquiry.closed");
    assert_eq!(house.pass_days(90), 1);
    assert_eq!(rs(&house, &enquiry), Vec::<Vec<u8>>::new());
    assert_eq!(count(&house, &COUNT_PLACED), 1);
    house.custody.verify_log().unwrap();
}
